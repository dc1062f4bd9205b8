/* SPDX-License-Identifier: Apache-2.0 */
/*
 * croissant.json: the dataset in the words of MLCommons Croissant 1.1 (JSON-LD on schema.org), so
 * that tools find the files, their digests and the fields of a record without reading a card.
 */
#include <stdio.h>

#include "base/json_write.h"
#include "pack/fields.h"
#include "pack/packing.h"
#include "pack/pretty.h"

static const char context[] =
    "{\n"
    "    \"@language\": \"en\",\n"
    "    \"@vocab\": \"https://schema.org/\",\n"
    "    \"citeAs\": \"cr:citeAs\",\n"
    "    \"column\": \"cr:column\",\n"
    "    \"conformsTo\": \"dct:conformsTo\",\n"
    "    \"containedIn\": \"cr:containedIn\",\n"
    "    \"cr\": \"http://mlcommons.org/croissant/\",\n"
    "    \"data\": {\"@id\": \"cr:data\", \"@type\": \"@json\"},\n"
    "    \"dataType\": {\"@id\": \"cr:dataType\", \"@type\": \"@vocab\"},\n"
    "    \"dct\": \"http://purl.org/dc/terms/\",\n"
    "    \"equivalentProperty\": \"cr:equivalentProperty\",\n"
    "    \"examples\": {\"@id\": \"cr:examples\", \"@type\": \"@json\"},\n"
    "    \"extract\": \"cr:extract\",\n"
    "    \"field\": \"cr:field\",\n"
    "    \"fileObject\": \"cr:fileObject\",\n"
    "    \"fileProperty\": \"cr:fileProperty\",\n"
    "    \"fileSet\": \"cr:fileSet\",\n"
    "    \"format\": \"cr:format\",\n"
    "    \"includes\": \"cr:includes\",\n"
    "    \"isLiveDataset\": \"cr:isLiveDataset\",\n"
    "    \"jsonPath\": \"cr:jsonPath\",\n"
    "    \"key\": \"cr:key\",\n"
    "    \"md5\": \"cr:md5\",\n"
    "    \"parentField\": \"cr:parentField\",\n"
    "    \"path\": \"cr:path\",\n"
    "    \"rai\": \"http://mlcommons.org/croissant/RAI/\",\n"
    "    \"recordSet\": \"cr:recordSet\",\n"
    "    \"references\": \"cr:references\",\n"
    "    \"regex\": \"cr:regex\",\n"
    "    \"repeated\": \"cr:repeated\",\n"
    "    \"replace\": \"cr:replace\",\n"
    "    \"samplingRate\": \"cr:samplingRate\",\n"
    "    \"sc\": \"https://schema.org/\",\n"
    "    \"separator\": \"cr:separator\",\n"
    "    \"source\": \"cr:source\",\n"
    "    \"subField\": \"cr:subField\",\n"
    "    \"transform\": \"cr:transform\"\n"
    "  }";

/* "ru", "en", "other", "provenance" */
static const char *set_name(int stream)
{
    const char *lang = tm_pack_stream_lang((enum tm_pack_stream)stream);
    return lang[0] == '\0' ? "provenance" : lang;
}

static void put_id(struct tm_pretty *json, const char *key, const char *first, const char *second)
{
    char id[128];
    (void)snprintf(id, sizeof id, "%s%s%s", first, second[0] == '\0' ? "" : "/", second);
    if (key == NULL) {
        tm_pretty_text(json, "@id", id);
        return;
    }
    tm_pretty_open(json, key, '{');
    tm_pretty_text(json, "@id", id);
    tm_pretty_close(json, '{');
}

static void put_file(struct tm_pretty *json, const struct tm_shard *shard)
{
    char size[32];
    (void)snprintf(size, sizeof size, "%llu B", (unsigned long long)shard->packed);
    tm_pretty_open(json, NULL, '{');
    tm_pretty_text(json, "@type", "cr:FileObject");
    tm_pretty_text(json, "@id", shard->path);
    tm_pretty_text(json, "name", shard->path);
    tm_pretty_text(json, "contentUrl", shard->path);
    tm_pretty_text(json, "contentSize", size);
    tm_pretty_text(json, "encodingFormat", "application/zstd");
    tm_pretty_text(json, "sha256", shard->sha256);
    tm_pretty_close(json, '{');
}

static void put_file_set(struct tm_pretty *json, int stream)
{
    const char *name = set_name(stream);
    char id[64];
    char files[64];
    (void)snprintf(id, sizeof id, "%s-files", name);
    (void)snprintf(files, sizeof files, stream == TM_PACK_PROVENANCE ? "%s/*.jsonl.zst"
                                                                    : "data/%s/*.jsonl.zst", name);
    tm_pretty_open(json, NULL, '{');
    tm_pretty_text(json, "@type", "cr:FileSet");
    tm_pretty_text(json, "@id", id);
    tm_pretty_text(json, "name", id);
    tm_pretty_text(json, "description", "JSON lines, in independent zstd frames");
    tm_pretty_text(json, "encodingFormat", "application/jsonlines");
    tm_pretty_text(json, "includes", files);
    tm_pretty_close(json, '{');
}

static void put_distribution(struct tm_pretty *json, const struct tm_packer *packer)
{
    tm_pretty_open(json, "distribution", '[');
    for (int i = TM_PACK_RU; i <= TM_PACK_PROVENANCE; i++)
        if (packer->streams[i].set.n != 0)
            put_file_set(json, i);
    for (int i = TM_PACK_RU; i <= TM_PACK_PROVENANCE; i++)
        for (size_t k = 0; k < packer->streams[i].set.n; k++)
            put_file(json, &packer->streams[i].set.shards[k]);
    tm_pretty_close(json, '[');
}

/* Where the values of a field stand: `path` inside a row. */
static void put_source(struct tm_pretty *json, const char *set, const char *path)
{
    char files[64];
    char json_path[128];
    (void)snprintf(files, sizeof files, "%s-files", set);
    (void)snprintf(json_path, sizeof json_path, "$.%s", path);
    tm_pretty_open(json, "source", '{');
    put_id(json, "fileSet", files, "");
    tm_pretty_open(json, "extract", '{');
    tm_pretty_text(json, "jsonPath", json_path);
    tm_pretty_close(json, '{');
    tm_pretty_close(json, '{');
}

/* Types of schema.org. */
static const char *data_type(enum tm_field_type type)
{
    switch (type) {
    case TM_FIELD_TIME: return "sc:DateTime";
    case TM_FIELD_URL:
    case TM_FIELD_URLS: return "sc:URL";
    case TM_FIELD_COUNT:
    case TM_FIELD_SIGNED: return "sc:Integer";
    case TM_FIELD_SHARE:
    case TM_FIELD_NUMBER: return "sc:Float";
    case TM_FIELD_FLAG: return "sc:Boolean";
    case TM_FIELD_TEXT:
    case TM_FIELD_TEXTS:
    case TM_FIELD_OBJECT:
    case TM_FIELD_OBJECTS: break;
    }
    return "sc:Text";
}

static void put_field(struct tm_pretty *json, const char *set, const struct tm_field *field,
                      const char *path)
{
    tm_pretty_open(json, NULL, '{');
    tm_pretty_text(json, "@type", "cr:Field");
    put_id(json, NULL, set, path);
    tm_pretty_text(json, "name", path);
    tm_pretty_text(json, "description", field->text);
    tm_pretty_text(json, "dataType", data_type(field->type));
    if (field->type == TM_FIELD_TEXTS || field->type == TM_FIELD_URLS) {
        tm_pretty_key(json, "repeated");
        tm_buf_text(json->buf, "true");
    }
    put_source(json, set, path);
    tm_pretty_close(json, '{');
}

/* Members of an object are fields of their own. Lists of objects are left out: the format has no
 * type for them. */
static void put_fields(struct tm_pretty *json, const char *set, const struct tm_field *field,
                       const char *group)
{
    for (; field->name != NULL; field++) {
        char path[64];
        (void)snprintf(path, sizeof path, "%s%s%s", group, field->name,
                       field->members == NULL ? "" : ".");
        if (field->members == NULL)
            put_field(json, set, field, path);
        else if (field->type == TM_FIELD_OBJECT)
            put_fields(json, set, field->members, path);
    }
}

static void put_record_set(struct tm_pretty *json, int stream)
{
    const char *set = set_name(stream);
    tm_pretty_open(json, NULL, '{');
    tm_pretty_text(json, "@type", "cr:RecordSet");
    put_id(json, NULL, set, "");
    tm_pretty_text(json, "name", set);
    put_id(json, "key", set, "id");
    tm_pretty_open(json, "field", '[');
    put_fields(json, set, stream == TM_PACK_PROVENANCE ? tm_provenance_fields : tm_record_fields, "");
    tm_pretty_close(json, '[');
    tm_pretty_close(json, '{');
}

static void put_description(struct tm_pretty *json, const struct tm_packer *packer,
                            const struct tm_manifest_info *info)
{
    char text[256];
    (void)snprintf(text, sizeof text,
                   "Clean Russian and English text: %llu records in Russian, %llu in English, from "
                   "%zu sources.",
                   (unsigned long long)packer->streams[TM_PACK_RU].rows,
                   (unsigned long long)packer->streams[TM_PACK_EN].rows, info->n_sources);
    tm_pretty_text(json, "description", info->description != NULL ? info->description : text);
}

void tm_croissant_write(struct tm_buf *buf, const struct tm_packer *packer,
                        const struct tm_manifest_info *info)
{
    struct tm_pretty json = {.buf = buf};
    tm_pretty_open(&json, NULL, '{');
    tm_pretty_key(&json, "@context");
    tm_buf_text(buf, context);
    tm_pretty_text(&json, "@type", "sc:Dataset");
    tm_pretty_text(&json, "conformsTo", "http://mlcommons.org/croissant/1.1");
    tm_pretty_text(&json, "name", packer->name);
    if (info->title != NULL)
        tm_pretty_text(&json, "alternateName", info->title);
    put_description(&json, packer, info);
    tm_pretty_text(&json, "license", info->licence == NULL ? "other" : info->licence);
    tm_pretty_text(&json, "url", info->url == NULL ? "./" : info->url);
    tm_pretty_open(&json, "creator", '{');
    tm_pretty_text(&json, "@type", "sc:Organization");
    tm_pretty_text(&json, "name", info->creator == NULL ? "unknown" : info->creator);
    tm_pretty_close(&json, '{');
    tm_pretty_key(&json, "datePublished");
    tm_json_put_time(buf, info->created == TM_UNKNOWN ? 0 : info->created);
    tm_pretty_text(&json, "version", packer->version);
    tm_pretty_open(&json, "inLanguage", '[');
    for (int i = TM_PACK_RU; i <= TM_PACK_EN; i++)
        if (packer->streams[i].rows != 0)
            tm_pretty_text(&json, NULL, tm_pack_stream_lang((enum tm_pack_stream)i));
    tm_pretty_close(&json, '[');
    put_distribution(&json, packer);
    tm_pretty_open(&json, "recordSet", '[');
    for (int i = TM_PACK_RU; i <= TM_PACK_PROVENANCE; i++)
        if (packer->streams[i].set.n != 0)
            put_record_set(&json, i);
    tm_pretty_close(&json, '[');
    tm_pretty_close(&json, '{');
}
