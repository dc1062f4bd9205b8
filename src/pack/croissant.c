/* SPDX-License-Identifier: Apache-2.0 */
/*
 * croissant.json: the dataset in the words of MLCommons Croissant 1.1 (JSON-LD on schema.org), so
 * that tools find the files, their digests and the fields of a record without reading a card.
 */
#include <stdio.h>

#include <tolmach/quality.h>

#include "base/json_write.h"
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

struct field {
    const char *name;
    const char *type;           /* of schema.org */
    bool list;
};

static const struct field record_fields[] = {
    {"id", "sc:Text", false}, {"text", "sc:Text", false}, {"lang", "sc:Text", false},
    {"lang_score", "sc:Float", false}, {"doc_id", "sc:Text", false}, {"seg", "sc:Integer", false},
    {"n_segs", "sc:Integer", false}, {"channel", "sc:Text", false},
    {"forwarded_from", "sc:Text", false}, {"author", "sc:Text", false},
    {"date", "sc:DateTime", false}, {"url", "sc:URL", false}, {"hashtags", "sc:Text", true},
    {"n_chars", "sc:Integer", false}, {"n_words", "sc:Integer", false}, {"extra", "sc:Text", false},
};

static const struct field provenance_fields[] = {
    {"id", "sc:Text", false}, {"source_file", "sc:Text", false},
    {"source_offset", "sc:Integer", false}, {"source_length", "sc:Integer", false},
    {"n_dups", "sc:Integer", false}, {"cluster_id", "sc:Text", false},
    {"n_versions", "sc:Integer", false}, {"reply_to", "sc:Text", false}, {"views", "sc:Integer", false},
    {"edited", "sc:DateTime", false}, {"media", "sc:Text", false}, {"urls", "sc:URL", true},
};

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

static void put_field(struct tm_pretty *json, const char *set, const struct field *field)
{
    tm_pretty_open(json, NULL, '{');
    tm_pretty_text(json, "@type", "cr:Field");
    put_id(json, NULL, set, field->name);
    tm_pretty_text(json, "name", field->name);
    tm_pretty_text(json, "dataType", field->type);
    if (field->list) {
        tm_pretty_key(json, "repeated");
        tm_buf_text(json->buf, "true");
    }
    put_source(json, set, field->name);
    tm_pretty_close(json, '{');
}

static void put_signal(struct tm_pretty *json, const char *set, const char *name,
                       const char *text, const char *type)
{
    char path[64];
    (void)snprintf(path, sizeof path, "quality.%s", name);
    tm_pretty_open(json, NULL, '{');
    tm_pretty_text(json, "@type", "cr:Field");
    put_id(json, NULL, set, path);
    tm_pretty_text(json, "name", path);
    tm_pretty_text(json, "description", text);
    tm_pretty_text(json, "dataType", type);
    put_source(json, set, path);
    tm_pretty_close(json, '{');
}

static void put_quality(struct tm_pretty *json, const char *set)
{
    put_signal(json, set, "ad", "carried an advertising label", "sc:Boolean");
    put_signal(json, set, "kept", "share of the raw bytes that stayed", "sc:Float");
    for (int i = 0; i < TM_SIGNAL_COUNT; i++) {
        enum tm_signal signal = (enum tm_signal)i;
        put_signal(json, set, tm_signal_name(signal), tm_signal_text(signal),
                   tm_signal_is_count(signal) ? "sc:Integer" : "sc:Float");
    }
}

static void put_record_set(struct tm_pretty *json, int stream)
{
    const char *set = set_name(stream);
    bool provenance = stream == TM_PACK_PROVENANCE;
    const struct field *fields = provenance ? provenance_fields : record_fields;
    size_t n = provenance ? sizeof provenance_fields / sizeof *provenance_fields
                          : sizeof record_fields / sizeof *record_fields;
    tm_pretty_open(json, NULL, '{');
    tm_pretty_text(json, "@type", "cr:RecordSet");
    put_id(json, NULL, set, "");
    tm_pretty_text(json, "name", set);
    put_id(json, "key", set, "id");
    tm_pretty_open(json, "field", '[');
    for (size_t i = 0; i < n; i++)
        put_field(json, set, &fields[i]);
    if (!provenance)
        put_quality(json, set);
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
