/* SPDX-License-Identifier: Apache-2.0 */
#include <zstd.h>

#include "base/hash.h"
#include "base/icu.h"
#include "clean/mask.h"
#include "pack/ledger_json.h"
#include "pack/packing.h"

static void put_masked(struct tm_pretty *json, const char *key, struct tm_str text)
{
    struct tm_buf masked = {0};
    tm_mask_personal(text, &masked);
    tm_pretty_str(json, key, masked.n == 0 ? TM_STR("") : tm_buf_view(&masked));
    json->buf->failed |= masked.failed;
    tm_buf_finish(&masked);
}

static void put_versions(struct tm_pretty *json, const struct tm_manifest_info *info)
{
    char icu[U_MAX_VERSION_STRING_LENGTH];
    char unicode[U_MAX_VERSION_STRING_LENGTH];
    tm_icu_version(icu);
    tm_unicode_version(unicode);
    tm_pretty_open(json, "tolmach", '{');
    tm_pretty_text(json, "version", info->tool_version);
    tm_pretty_text(json, "clean", TM_CLEAN_VERSION);
    tm_pretty_text(json, "dedup", info->dedup_version);
    tm_pretty_text(json, "language_model", tm_lang_model_version());
    tm_pretty_text(json, "zstd", ZSTD_versionString());
    tm_pretty_text(json, "icu", icu);
    tm_pretty_text(json, "unicode", unicode);
    tm_pretty_text(json, "emoji", info->emoji_version);
    tm_pretty_close(json, '{');
}

static void put_recipe(struct tm_pretty *json, const struct tm_manifest_info *info)
{
    char digest[TM_SHA256_HEX];
    if (!tm_sha256_of(info->recipe.p == NULL ? "" : info->recipe.p, info->recipe.n, digest))
        json->buf->failed = true;
    tm_pretty_open(json, "recipe", '{');
    tm_pretty_text(json, "sha256", digest);
    tm_pretty_str(json, "text", info->recipe);
    tm_pretty_close(json, '{');
}

static void put_settings(struct tm_pretty *json, const struct tm_pack_options *options)
{
    tm_pretty_open(json, "pack", '{');
    tm_pretty_u64(json, "level", (uint64_t)options->level);
    tm_pretty_u64(json, "frame", options->frame);
    tm_pretty_u64(json, "shard", options->shard);
    tm_pretty_close(json, '{');
}

static void put_inputs(struct tm_pretty *json, const struct tm_manifest_info *info)
{
    tm_pretty_open(json, "inputs", '[');
    for (size_t i = 0; i < info->n_inputs; i++) {
        const struct tm_input_report *r = &info->inputs[i];
        tm_pretty_open(json, NULL, '{');
        tm_pretty_text(json, "name", r->name);
        tm_pretty_text(json, "format", r->format);
        tm_pretty_text(json, "sha256", r->sha256);
        tm_pretty_text(json, "encoding", r->encoding);
        tm_pretty_u64(json, "confidence", r->confidence);
        tm_pretty_u64(json, "bytes", r->bytes);
        tm_pretty_i64(json, "recode", r->recode);
        tm_pretty_u64(json, "markup", r->markup);
        tm_pretty_u64(json, "metadata", r->metadata);
        tm_pretty_u64(json, "body", r->body);
        tm_pretty_i64(json, "decode", r->decode);
        tm_pretty_u64(json, "skipped", r->skipped);
        tm_pretty_u64(json, "broken", r->broken);
        tm_pretty_u64(json, "documents", r->documents);
        tm_pretty_u64(json, "skipped_documents", r->skipped_documents);
        tm_pretty_u64(json, "broken_documents", r->broken_documents);
        tm_pretty_u64(json, "repairs", r->repairs);
        tm_pretty_close(json, '{');
    }
    tm_pretty_close(json, '[');
}

static void put_by_lang(struct tm_pretty *json, const char *key, const uint64_t values[3])
{
    tm_pretty_open(json, key, '{');
    for (int i = TM_PACK_RU; i <= TM_PACK_OTHER; i++)
        tm_pretty_u64(json, tm_pack_stream_lang((enum tm_pack_stream)i), values[i]);
    tm_pretty_close(json, '{');
}

static void put_sources(struct tm_pretty *json, const struct tm_manifest_info *info)
{
    tm_pretty_open(json, "sources", '[');
    for (size_t i = 0; i < info->n_sources; i++) {
        const struct tm_manifest_source *s = &info->sources[i];
        tm_pretty_open(json, NULL, '{');
        tm_pretty_str(json, "key", s->key);
        tm_pretty_str(json, "title", s->title);
        tm_pretty_text(json, "markup", s->markup);
        tm_pretty_u64(json, "marked", s->marked);
        tm_pretty_u64(json, "learnt_posts", s->learnt_posts);
        tm_pretty_u64(json, "documents", s->documents);
        put_by_lang(json, "records", s->records);
        put_by_lang(json, "bytes", s->bytes);
        tm_pretty_close(json, '{');
    }
    tm_pretty_close(json, '[');
}

static void put_counts(struct tm_pretty *json, const struct tm_packer *packer,
                       const struct tm_manifest_info *info)
{
    uint64_t documents = 0;
    uint64_t records[3];
    uint64_t bytes[3];
    for (size_t i = 0; i < info->n_sources; i++)
        documents += info->sources[i].documents;
    for (int i = TM_PACK_RU; i <= TM_PACK_OTHER; i++) {
        records[i] = packer->streams[i].rows;
        bytes[i] = packer->streams[i].text_bytes;
    }
    tm_pretty_open(json, "counts", '{');
    tm_pretty_u64(json, "sources", info->n_sources);
    tm_pretty_u64(json, "documents", documents);
    tm_pretty_u64(json, "edits", info->edits);
    put_by_lang(json, "records", records);
    put_by_lang(json, "bytes", bytes);
    if (info->paragraphs != NULL) {
        tm_pretty_open(json, "paragraphs", '{');
        tm_pretty_u64(json, "recurring", info->paragraphs[0]);
        tm_pretty_u64(json, "bytes", info->paragraphs[1]);
        tm_pretty_close(json, '{');
    } else {
        tm_pretty_str(json, "paragraphs", TM_STR_UNKNOWN);
    }
    tm_pretty_close(json, '{');
}

static void put_learnt(struct tm_pretty *json, const struct tm_manifest_info *info)
{
    tm_pretty_open(json, "learnt", '[');
    for (size_t i = 0; i < info->n_learnt; i++) {
        const struct tm_learnt_line *l = &info->learnt[i];
        char digest[33];
        tm_pretty_open(json, NULL, '{');
        tm_pretty_str(json, "source", l->source_key);
        put_masked(json, "line", l->line);
        put_masked(json, "example", l->example);
        tm_hash128_hex((struct tm_hash128){l->digest[0], l->digest[1]}, digest);
        tm_pretty_text(json, "line_xxh128", digest);
        tm_pretty_text(json, "where", l->handle ? "handle" : l->leading ? "opening" : "closing");
        tm_pretty_u64(json, "posts", l->posts);
        tm_pretty_u64(json, "source_posts", l->source_posts);
        tm_pretty_key(json, "evident");
        tm_buf_text(json->buf, l->evident ? "true" : "false");
        tm_pretty_key(json, "removed");
        tm_buf_text(json->buf, l->removed ? "true" : "false");
        tm_pretty_close(json, '{');
    }
    tm_pretty_close(json, '[');
}

/* Digests alone: what is forgotten is not named. */
static void put_forget(struct tm_pretty *json, const struct tm_manifest_info *info)
{
    tm_pretty_open(json, "forget", '[');
    for (size_t i = 0; i < info->n_forget; i++)
        tm_pretty_text(json, NULL, info->forget[i]);
    tm_pretty_close(json, '[');
}

static void put_quality(struct tm_pretty *json, const struct tm_manifest_info *info)
{
    tm_pretty_open(json, "quality", '{');
    tm_pretty_u64(json, "documents_in_doubtful_encoding", info->suspects);
    for (int i = TM_PRESET_NONE + 1; i < TM_PRESET_COUNT && info->quality != NULL; i++) {
        tm_pretty_open(json, tm_preset_name(i), '{');
        tm_pretty_u64(json, "would_remove_records", info->quality[i].records);
        tm_pretty_u64(json, "would_remove_bytes", info->quality[i].bytes);
        tm_pretty_close(json, '{');
    }
    tm_pretty_close(json, '{');
}

static void put_against(struct tm_pretty *json, const struct tm_manifest_info *info)
{
    tm_pretty_open(json, "against", '[');
    for (size_t i = 0; i < info->n_against; i++) {
        tm_pretty_open(json, NULL, '{');
        tm_pretty_text(json, "name", info->against[i].name);
        tm_pretty_u64(json, "segments", info->against[i].segments);
        tm_pretty_close(json, '{');
    }
    tm_pretty_close(json, '[');
}

/* A frame a line: there may be many. */
static void put_frames(struct tm_pretty *json, const struct tm_shard *shard)
{
    tm_pretty_open(json, "frames", '[');
    for (size_t i = 0; i < shard->n_frames; i++) {
        const struct tm_frame_info *f = &shard->frames[i];
        char digest[33];
        tm_hash128_hex(f->digest, digest);
        tm_pretty_key(json, NULL);
        tm_buf_text(json->buf, "{\"records\": ");
        tm_buf_u64(json->buf, f->records);
        tm_buf_text(json->buf, ", \"bytes\": ");
        tm_buf_u64(json->buf, f->bytes);
        tm_buf_text(json->buf, ", \"compressed_bytes\": ");
        tm_buf_u64(json->buf, f->packed);
        tm_buf_text(json->buf, ", \"xxh128\": \"");
        tm_buf_text(json->buf, digest);
        tm_buf_text(json->buf, "\"}");
    }
    tm_pretty_close(json, '[');
}

/* In byte order of the paths. */
static const enum tm_pack_stream shard_order[] = {TM_PACK_EN, TM_PACK_OTHER, TM_PACK_RU,
                                                  TM_PACK_PROVENANCE};

static void put_shards(struct tm_pretty *json, const struct tm_packer *packer)
{
    tm_pretty_open(json, "shards", '[');
    for (size_t i = 0; i < sizeof shard_order / sizeof *shard_order; i++) {
        const struct tm_shard_set *set = &packer->streams[shard_order[i]].set;
        const char *lang = tm_pack_stream_lang(shard_order[i]);
        for (size_t k = 0; k < set->n; k++) {
            const struct tm_shard *shard = &set->shards[k];
            tm_pretty_open(json, NULL, '{');
            tm_pretty_text(json, "path", shard->path);
            tm_pretty_text(json, "lang", lang[0] == '\0' ? NULL : lang);
            tm_pretty_u64(json, "records", shard->records);
            tm_pretty_u64(json, "text_bytes", shard->text_bytes);
            tm_pretty_u64(json, "bytes", shard->bytes);
            tm_pretty_u64(json, "compressed_bytes", shard->packed);
            tm_pretty_text(json, "sha256", shard->sha256);
            tm_pretty_text(json, "content_sha256", shard->content_sha256);
            put_frames(json, shard);
            tm_pretty_close(json, '{');
        }
    }
    tm_pretty_close(json, '[');
}

static void put_corpus_digest(struct tm_pretty *json, const struct tm_packer *packer)
{
    struct tm_buf lines = {0};
    for (size_t i = 0; i < sizeof shard_order / sizeof *shard_order; i++) {
        const struct tm_shard_set *set = &packer->streams[shard_order[i]].set;
        for (size_t k = 0; k < set->n && shard_order[i] != TM_PACK_PROVENANCE; k++)
            tm_buf_printf(&lines, "%s  %s\n", set->shards[k].content_sha256, set->shards[k].path);
    }
    char digest[TM_SHA256_HEX] = "";
    if (lines.failed || !tm_sha256_of(lines.n == 0 ? "" : lines.p, lines.n, digest))
        json->buf->failed = true;
    tm_pretty_text(json, "corpus_digest", digest);
    tm_buf_finish(&lines);
}

void tm_manifest_write(struct tm_buf *buf, const struct tm_packer *packer,
                       const struct tm_manifest_info *info)
{
    struct tm_pretty json = {.buf = buf};
    tm_pretty_open(&json, NULL, '{');
    tm_pretty_u64(&json, "schema_version", TM_MANIFEST_SCHEMA);
    tm_pretty_text(&json, "name", packer->name);
    tm_pretty_text(&json, "version", packer->version);
    tm_pretty_text(&json, "parent", info->parent);
    tm_pretty_text(&json, "title", info->title);
    tm_pretty_text(&json, "description", info->description);
    tm_pretty_text(&json, "licence", info->licence == NULL ? "other" : info->licence);
    tm_pretty_key(&json, "created");
    tm_json_put_time(buf, info->created == TM_UNKNOWN ? 0 : info->created);
    tm_pretty_text(&json, "unit", info->unit == NULL ? "segment" : info->unit);
    put_versions(&json, info);
    put_recipe(&json, info);
    put_settings(&json, &packer->options);
    put_inputs(&json, info);
    put_sources(&json, info);
    put_counts(&json, packer, info);
    tm_ledger_put(&json, "ledger", info->ledger);
    put_learnt(&json, info);
    put_forget(&json, info);
    put_quality(&json, info);
    put_against(&json, info);
    put_corpus_digest(&json, packer);
    put_shards(&json, packer);
    tm_pretty_close(&json, '{');
}
