/* SPDX-License-Identifier: Apache-2.0 */
#include "pack/opened.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "pack/folder.h"
#include "pack/ledger_json.h"
#include "pack/partial.h"

static const char manifest_name[] = "manifest.json";

static enum tm_status no_memory(struct tm_err *err)
{
    return tm_fail(err, TM_ERR_NOMEM, "", TM_NO_OFFSET, "out of memory");
}

static enum tm_status bad(const char *what, struct tm_err *err)
{
    return tm_fail(err, TM_ERR_FORMAT, manifest_name, TM_NO_OFFSET,
                   "%s is missing or no such value", what);
}

static bool take_digest(const struct tm_value *object, const char *key, size_t n, char *ret)
{
    struct tm_str text = tm_value_text(tm_value_get(object, key));
    if (text.n != n)
        return false;
    for (size_t i = 0; i < n; i++)
        if (strchr("0123456789abcdef", text.p[i]) == NULL || text.p[i] == '\0')
            return false;
    memcpy(ret, text.p, n);
    ret[n] = '\0';
    return true;
}

/* The only names that shards have, so that a manifest cannot lead out of the release. */
static bool stream_of_path(struct tm_str path, enum tm_pack_stream *ret_stream)
{
    static const struct {
        const char *prefix;
        enum tm_pack_stream stream;
    } known[] = {
        {"data/ru/train-", TM_PACK_RU}, {"data/en/train-", TM_PACK_EN},
        {"data/other/train-", TM_PACK_OTHER}, {"provenance/part-", TM_PACK_PROVENANCE},
    };
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        struct tm_str prefix = tm_str_of(known[i].prefix);
        if (!tm_str_starts(path, prefix))
            continue;
        for (size_t k = prefix.n; k < path.n; k++)
            if (path.p[k] == '/' || path.p[k] == '\0')
                return false;
        *ret_stream = known[i].stream;
        return true;
    }
    return false;
}

static bool take_frame(const struct tm_value *value, struct tm_frame_info *frame)
{
    char digest[33];
    if (!tm_value_u64(tm_value_get(value, "records"), &frame->records) ||
        !tm_value_u64(tm_value_get(value, "bytes"), &frame->bytes) ||
        !tm_value_u64(tm_value_get(value, "compressed_bytes"), &frame->packed) ||
        !take_digest(value, "xxh128", 32, digest))
        return false;
    frame->digest = tm_hash128_of_hex(digest);
    return true;
}

static enum tm_status take_shard(struct tm_opened *opened, const struct tm_value *value, size_t i,
                                 struct tm_err *err)
{
    struct tm_shard *shard = &opened->shards[i];
    struct tm_str path = tm_value_text(tm_value_get(value, "path"));
    const struct tm_value *frames = tm_value_get(value, "frames");
    if (path.n >= sizeof shard->path || !stream_of_path(path, &opened->streams[i]))
        return bad("a shard's path", err);
    memcpy(shard->path, path.p, path.n);
    if (!tm_value_u64(tm_value_get(value, "records"), &shard->records) ||
        !tm_value_u64(tm_value_get(value, "text_bytes"), &shard->text_bytes) ||
        !tm_value_u64(tm_value_get(value, "bytes"), &shard->bytes) ||
        !tm_value_u64(tm_value_get(value, "compressed_bytes"), &shard->packed))
        return bad("a number of a shard", err);
    if (!take_digest(value, "sha256", 64, shard->sha256) ||
        !take_digest(value, "content_sha256", 64, shard->content_sha256))
        return bad("a digest of a shard", err);
    if (frames == NULL || frames->kind != TM_KIND_ARRAY)
        return bad("the list of frames of a shard", err);
    shard->frames = tm_arena_alloc(opened->arena, (frames->n + 1) * sizeof *shard->frames);
    if (shard->frames == NULL)
        return no_memory(err);
    for (const struct tm_value *f = frames->first; f != NULL; f = f->next) {
        struct tm_frame_info *frame = &shard->frames[shard->n_frames++];
        *frame = (struct tm_frame_info){0};
        if (!take_frame(f, frame))
            return bad("a frame of a shard", err);
    }
    return TM_OK;
}

static enum tm_status take_shards(struct tm_opened *opened, struct tm_err *err)
{
    const struct tm_value *list = tm_value_get(opened->manifest, "shards");
    if (list == NULL || list->kind != TM_KIND_ARRAY)
        return bad("\"shards\"", err);
    size_t n = list->n + 1;
    opened->shards = tm_arena_alloc(opened->arena, n * sizeof *opened->shards);
    opened->streams = tm_arena_alloc(opened->arena, n * sizeof *opened->streams);
    if (opened->shards == NULL || opened->streams == NULL)
        return no_memory(err);
    memset(opened->shards, 0, n * sizeof *opened->shards);
    enum tm_status status = TM_OK;
    for (const struct tm_value *v = list->first; v != NULL && status == TM_OK; v = v->next)
        status = take_shard(opened, v, opened->n_shards++, err);
    return status;
}

static bool take_reasons(const struct tm_value *object, uint64_t *ret_values)
{
    for (int i = 0; i < TM_REASON_COUNT; i++)
        if (!tm_value_u64(tm_value_get(object, tm_reason_name((enum tm_reason)i)), &ret_values[i]))
            return false;
    return true;
}

static enum tm_status take_ledger(struct tm_opened *opened, struct tm_err *err)
{
    const struct tm_value *value = tm_value_get(opened->manifest, "ledger");
    struct tm_ledger *ledger = &opened->ledger;
    for (const struct tm_ledger_column *c = tm_ledger_columns; c->name != NULL; c++) {
        void *at = (char *)ledger + c->offset;
        const struct tm_value *number = tm_value_get(value, c->name);
        if (c->is_signed ? !tm_value_i64(number, at) : !tm_value_u64(number, at))
            return bad("a column of the ledger", err);
    }
    const struct tm_value *rules = tm_value_get(value, "rules");
    for (int i = 0; i < TM_RULE_COUNT; i++) {
        const struct tm_value *rule = tm_value_get(rules, tm_rule_name((enum tm_rule)i));
        if (!tm_value_u64(tm_value_get(rule, "edits"), &ledger->rules[i].edits) ||
            !tm_value_u64(tm_value_get(rule, "removed"), &ledger->rules[i].removed) ||
            !tm_value_i64(tm_value_get(rule, "delta"), &ledger->rules[i].delta))
            return bad("a rule of the ledger", err);
    }
    if (!take_reasons(tm_value_get(value, "bytes"), ledger->bytes) ||
        !take_reasons(tm_value_get(value, "segments"), ledger->segments) ||
        !take_reasons(tm_value_get(value, "documents"), ledger->documents))
        return bad("a reason of the ledger", err);
    return TM_OK;
}

static enum tm_status take_manifest(struct tm_opened *opened, struct tm_err *err)
{
    struct tm_value *manifest = NULL;
    char path[TM_PACK_PATH];
    uint64_t schema = 0;
    if (!tm_path_join(path, opened->dir, manifest_name))
        return tm_fail(err, TM_ERR_READ, opened->dir, TM_NO_OFFSET, "the path is too long");
    enum tm_status status = tm_value_load(path, manifest_name, opened->arena, &manifest, err);
    if (status == TM_ERR_READ) {
        (void)tm_fail(err, TM_ERR_READ, opened->dir, TM_NO_OFFSET,
                      "no release: it has no manifest.json that can be read");
        return tm_hint(err, "give the folder OUT/NAME/VERSION");
    }
    if (status != TM_OK)
        return status;
    opened->manifest = manifest;
    if (!tm_value_u64(tm_value_get(manifest, "schema_version"), &schema))
        return bad("\"schema_version\"", err);
    if (schema != TM_MANIFEST_SCHEMA) {
        (void)tm_fail(err, TM_ERR_FORMAT, manifest_name, TM_NO_OFFSET,
                      "its schema is of a version that this tolmach does not know");
        return tm_hint(err, "use a newer tolmach");
    }
    opened->name = tm_value_text(tm_value_get(manifest, "name"));
    opened->version = tm_value_text(tm_value_get(manifest, "version"));
    if (opened->name.n == 0 || opened->version.n == 0)
        return bad("\"name\" or \"version\"", err);
    status = take_shards(opened, err);
    if (status == TM_OK)
        status = take_ledger(opened, err);
    return status == TM_OK ? tm_partial_apply(opened, err) : status;
}

/* OUT/NAME/audit/VERSION, beside OUT/NAME/VERSION; the folder itself may have been renamed. */
static void find_audit(struct tm_opened *opened, const char *audit_dir)
{
    char beside[TM_PACK_PATH];
    char version[128];
    if (audit_dir != NULL) {
        (void)snprintf(opened->audit_dir, sizeof opened->audit_dir, "%s", audit_dir);
        return;
    }
    (void)snprintf(version, sizeof version, "%.*s", (int)opened->version.n, opened->version.p);
    if (!tm_pack_name_ok(version) || !tm_path_join(beside, opened->dir, "../audit") ||
        !tm_path_join(opened->audit_dir, beside, version) || !tm_path_exists(opened->audit_dir))
        opened->audit_dir[0] = '\0';
}

enum tm_status tm_opened_init(struct tm_opened *opened, const char *dir, const char *audit_dir,
                              struct tm_err *err)
{
    *opened = (struct tm_opened){.arena = tm_arena_create()};
    if (opened->arena == NULL)
        return no_memory(err);
    (void)snprintf(opened->dir, sizeof opened->dir, "%s", dir);
    enum tm_status status = take_manifest(opened, err);
    if (status == TM_OK)
        find_audit(opened, audit_dir);
    else
        tm_opened_finish(opened);
    return status;
}

void tm_opened_finish(struct tm_opened *opened)
{
    tm_arena_destroy(opened->arena);
    opened->arena = NULL;
}

void tm_walk_begin(struct tm_walk *walk, const struct tm_opened *opened,
                   enum tm_pack_stream stream)
{
    *walk = (struct tm_walk){.opened = opened, .stream = stream};
}

void tm_walk_end(struct tm_walk *walk)
{
    if (walk->is_open)
        tm_rows_close(&walk->rows);
    walk->is_open = false;
}

enum tm_status tm_walk_next(struct tm_walk *walk, const struct tm_value **ret_row,
                            uint64_t *ret_offset, struct tm_err *err)
{
    const struct tm_opened *opened = walk->opened;
    for (;;) {
        if (walk->is_open) {
            enum tm_status status = tm_rows_next(&walk->rows, ret_row, ret_offset, err);
            if (status != TM_END)
                return status;
            if (walk->ended != NULL)
                walk->ended(walk->user, walk->next - 1, &walk->rows);
            tm_walk_end(walk);
        }
        while (walk->next < opened->n_shards && opened->streams[walk->next] != walk->stream)
            walk->next++;
        if (walk->next == opened->n_shards)
            return TM_END;
        const struct tm_shard *shard = &opened->shards[walk->next++];
        enum tm_status status = tm_rows_open(&walk->rows, opened->dir, shard->path, shard, err);
        if (status != TM_OK)
            return status;
        walk->rows.skip = walk->skip;
        walk->rows.n_skip = walk->n_skip;
        walk->is_open = true;
    }
}
