/* SPDX-License-Identifier: Apache-2.0 */
#include "pack/partial.h"

#include <stdio.h>
#include <string.h>

#include "base/str.h"
#include "pack/folder.h"

#define SUFFIX ".jsonl.zst"

static enum tm_status no_memory(struct tm_err *err)
{
    return tm_fail(err, TM_ERR_NOMEM, "", TM_NO_OFFSET, "out of memory");
}

static enum tm_status bad(const char *what, struct tm_err *err)
{
    return tm_fail(err, TM_ERR_FORMAT, TM_PARTIAL_FILE, TM_NO_OFFSET,
                   "%s is missing or no such value", what);
}

static bool ends_with(const char *text, const char *suffix)
{
    size_t n = strlen(text);
    size_t k = strlen(suffix);
    return n > k && strcmp(text + n - k, suffix) == 0;
}

bool tm_partial_is_sample(const char *path)
{
    return ends_with(path, TM_SAMPLE_SUFFIX);
}

bool tm_partial_sample_path(const char *path, char *ret_path, size_t size)
{
    if (!ends_with(path, SUFFIX))
        return false;
    int n = snprintf(ret_path, size, "%.*s%s", (int)(strlen(path) - strlen(SUFFIX)), path,
                     TM_SAMPLE_SUFFIX);
    return n > 0 && (size_t)n < size;
}

bool tm_partial_cut(struct tm_shard *shard, const size_t *frames, size_t n,
                    struct tm_arena *arena)
{
    struct tm_frame_info *kept = tm_arena_alloc(arena, (n + 1) * sizeof *kept);
    if (kept == NULL)
        return false;
    shard->records = 0;
    shard->bytes = 0;
    shard->text_bytes = 0;
    shard->packed = tm_seek_table_size(n);
    shard->sha256[0] = '\0';
    shard->content_sha256[0] = '\0';
    for (size_t i = 0; i < n; i++) {
        kept[i] = shard->frames[frames[i]];
        shard->records += kept[i].records;
        shard->bytes += kept[i].bytes;
        shard->packed += kept[i].packed;
    }
    shard->frames = kept;
    shard->n_frames = n;
    return true;
}

/* Reads the numbers of the frames of a sample. */
static enum tm_status take_frames(struct tm_opened *opened, const struct tm_value *list,
                                  struct tm_shard *shard, struct tm_err *err)
{
    if (list == NULL || list->kind != TM_KIND_ARRAY || list->n == 0)
        return bad("\"frames\"", err);
    size_t *frames = tm_arena_alloc(opened->arena, list->n * sizeof *frames);
    if (frames == NULL)
        return no_memory(err);
    size_t n = 0;
    for (const struct tm_value *v = list->first; v != NULL; v = v->next) {
        uint64_t number;
        if (!tm_value_u64(v, &number) || number >= shard->n_frames ||
            (n != 0 && number <= frames[n - 1]))
            return bad("the number of a frame", err);
        frames[n++] = (size_t)number;
    }
    return tm_partial_cut(shard, frames, n, opened->arena) ? TM_OK : no_memory(err);
}

static bool take_digest(const struct tm_value *file, const char *key, char ret[TM_SHA256_HEX])
{
    struct tm_str text = tm_value_text(tm_value_get(file, key));
    if (text.n != TM_SHA256_HEX - 1)
        return false;
    memcpy(ret, text.p, text.n);
    ret[text.n] = '\0';
    return true;
}

static enum tm_status take_sample(struct tm_opened *opened, const struct tm_value *file,
                                  struct tm_shard *shard, struct tm_err *err)
{
    char path[sizeof shard->path];
    enum tm_status status = take_frames(opened, tm_value_get(file, "frames"), shard, err);
    if (status != TM_OK)
        return status;
    if (!tm_partial_sample_path(shard->path, path, sizeof path) ||
        !tm_str_is(tm_value_text(tm_value_get(file, "path")), path))
        return bad("the path of a sample", err);
    memcpy(shard->path, path, sizeof path);
    if (!take_digest(file, "sha256", shard->sha256) ||
        !take_digest(file, "content_sha256", shard->content_sha256))
        return bad("a digest of a sample", err);
    return TM_OK;
}

/* Moves the shards that are named to the front. */
static enum tm_status take_files(struct tm_opened *opened, const struct tm_value *files,
                                 struct tm_err *err)
{
    size_t next = 0;
    size_t kept = 0;
    for (const struct tm_value *file = files->first; file != NULL; file = file->next) {
        struct tm_str of = tm_value_text(tm_value_get(file, "of"));
        struct tm_str path = of.p != NULL ? of : tm_value_text(tm_value_get(file, "path"));
        while (next < opened->n_shards && !tm_str_is(path, opened->shards[next].path))
            next++;
        if (next == opened->n_shards)
            return bad("the path of a shard", err);
        opened->shards[kept] = opened->shards[next];
        opened->streams[kept] = opened->streams[next++];
        enum tm_status status = of.p == NULL
            ? TM_OK : take_sample(opened, file, &opened->shards[kept], err);
        if (status != TM_OK)
            return status;
        kept++;
    }
    opened->n_shards = kept;
    return TM_OK;
}

enum tm_status tm_partial_apply(struct tm_opened *opened, struct tm_err *err)
{
    char path[TM_PACK_PATH];
    struct tm_value *partial = NULL;
    uint64_t version = 0;
    opened->n_published = opened->n_shards;
    if (!tm_path_join(path, opened->dir, TM_PARTIAL_FILE) || !tm_path_exists(path))
        return TM_OK;
    enum tm_status status = tm_value_load(path, TM_PARTIAL_FILE, opened->arena, &partial, err);
    if (status != TM_OK)
        return status;
    if (!tm_value_u64(tm_value_get(partial, "partial_version"), &version))
        return bad("\"partial_version\"", err);
    if (version != TM_PARTIAL_VERSION) {
        (void)tm_fail(err, TM_ERR_FORMAT, TM_PARTIAL_FILE, TM_NO_OFFSET,
                      "it is of a version that this tolmach does not know");
        return tm_hint(err, "use a newer tolmach");
    }
    const struct tm_value *files = tm_value_get(partial, "files");
    if (files == NULL || files->kind != TM_KIND_ARRAY)
        return bad("\"files\"", err);
    opened->partial = partial;
    return take_files(opened, files, err);
}
