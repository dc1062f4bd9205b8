/* SPDX-License-Identifier: Apache-2.0 */
/* Which shards and frames are wanted, and what a partial copy says of itself. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "fetch/fetching.h"
#include "fetch/select.h"
#include "pack/folder.h"
#include "pack/partial.h"
#include "pack/pretty.h"

static enum tm_status no_memory(struct tm_err *err)
{
    return tm_fail(err, TM_ERR_NOMEM, "", TM_NO_OFFSET, "out of memory");
}

static bool is_wanted(const struct tm_fetch_options *options, enum tm_pack_stream stream,
                      uint64_t number)
{
    if (stream == TM_PACK_PROVENANCE)
        return !options->some_shards && options->sample == 0;
    if (options->lang != NULL && strcmp(options->lang, tm_pack_stream_lang(stream)) != 0)
        return false;
    return !options->some_shards ||
           (number >= options->first_shard && number <= options->last_shard);
}

/* A frame that may go into the sample of a language. */
struct candidate {
    struct tm_hash128 digest;
    uint64_t records;
    struct wanted_file *file;
    size_t frame;
};

static int by_digest(const void *a, const void *b)
{
    const struct candidate *x = a;
    const struct candidate *y = b;
    if (x->digest.high != y->digest.high)
        return x->digest.high < y->digest.high ? -1 : 1;
    return x->digest.low < y->digest.low ? -1 : x->digest.low > y->digest.low;
}

static enum tm_status set_frames(struct fetch *fetch, struct wanted_file *file,
                                 const size_t *numbers, size_t n, struct tm_err *err)
{
    char path[sizeof file->shard.path];
    const struct tm_shard *whole = &fetch->opened.shards[file->index];
    file->frames = calloc(n + 1, sizeof *file->frames);
    if (file->frames == NULL)
        return no_memory(err);
    if (n != whole->n_frames) {
        if (!tm_partial_cut(&file->shard, numbers, n, fetch->opened.arena))
            return no_memory(err);
        if (!tm_partial_sample_path(whole->path, path, sizeof path))
            return tm_fail(err, TM_ERR_FORMAT, "manifest.json", TM_NO_OFFSET,
                           "a shard's path is too long for a sample");
        memcpy(file->shard.path, path, sizeof path);
    }
    uint64_t local = 0;
    uint64_t remote = 0;
    for (size_t i = 0, k = 0; i < whole->n_frames; i++) {
        if (k < n && numbers[k] == i) {
            file->frames[k++] = (struct tm_wanted){.info = whole->frames[i], .remote = remote,
                                                   .local = local, .number = i};
            local += whole->frames[i].packed;
        }
        remote += whole->frames[i].packed;
    }
    return TM_OK;
}

/* Marks the frames of the smallest digests until their records suffice. */
static enum tm_status draw_sample(struct fetch *fetch, enum tm_pack_stream stream, char **taken,
                                  struct tm_err *err)
{
    size_t n = 0;
    for (size_t i = 0; i < fetch->n_files; i++)
        n += fetch->files[i].shard.n_frames;
    struct candidate *list = calloc(n + 1, sizeof *list);
    if (list == NULL)
        return no_memory(err);
    n = 0;
    for (size_t i = 0; i < fetch->n_files; i++) {
        struct wanted_file *file = &fetch->files[i];
        for (size_t k = 0; k < file->shard.n_frames; k++)
            if (fetch->opened.streams[file->index] == stream)
                list[n++] = (struct candidate){file->shard.frames[k].digest,
                                               file->shard.frames[k].records, file, k};
    }
    qsort(list, n, sizeof *list, by_digest);
    uint64_t records = 0;
    for (size_t i = 0; i < n && records < fetch->options->sample; i++) {
        taken[list[i].file - fetch->files][list[i].frame] = 1;
        records += list[i].records;
    }
    free(list);
    return TM_OK;
}

/* The numbers of the frames that are taken; how many. */
static size_t list_taken(const char *taken, size_t n, bool all, size_t *ret_numbers)
{
    size_t count = 0;
    for (size_t i = 0; i < n; i++)
        if (all || taken[i] != 0)
            ret_numbers[count++] = i;
    return count;
}

static enum tm_status set_all_frames(struct fetch *fetch, char **taken, struct tm_err *err)
{
    enum tm_status status = TM_OK;
    size_t kept = 0;
    for (size_t i = 0; i < fetch->n_files && status == TM_OK; i++) {
        struct wanted_file *file = &fetch->files[kept];
        size_t n = fetch->files[i].shard.n_frames;
        size_t *numbers = calloc(n + 1, sizeof *numbers);
        if (numbers == NULL)
            return no_memory(err);
        *file = fetch->files[i];
        size_t count = list_taken(taken[i], n, fetch->options->sample == 0, numbers);
        if (count != 0) {
            status = set_frames(fetch, file, numbers, count, err);
            kept++;
        }
        free(numbers);
    }
    if (status == TM_OK)
        fetch->n_files = kept;
    return status;
}

static enum tm_status pick_frames(struct fetch *fetch, struct tm_err *err)
{
    char **taken = calloc(fetch->n_files + 1, sizeof *taken);
    enum tm_status status = taken == NULL ? no_memory(err) : TM_OK;
    size_t n = fetch->n_files;
    for (size_t i = 0; i < n && status == TM_OK; i++) {
        taken[i] = calloc(fetch->files[i].shard.n_frames + 1, 1);
        status = taken[i] == NULL ? no_memory(err) : TM_OK;
    }
    for (int i = TM_PACK_RU; i <= TM_PACK_OTHER && status == TM_OK && fetch->options->sample != 0;
         i++)
        status = draw_sample(fetch, (enum tm_pack_stream)i, taken, err);
    if (status == TM_OK)
        status = set_all_frames(fetch, taken, err);
    for (size_t i = 0; taken != NULL && i < n; i++)
        free(taken[i]);
    free(taken);
    return status;
}

enum tm_status tm_select(struct fetch *fetch, struct tm_err *err)
{
    const struct tm_opened *opened = &fetch->opened;
    uint64_t numbers[TM_PACK_STREAMS] = {0};
    fetch->files = calloc(opened->n_shards + 1, sizeof *fetch->files);
    if (fetch->files == NULL)
        return no_memory(err);
    bool data = false;
    for (size_t i = 0; i < opened->n_shards; i++) {
        enum tm_pack_stream stream = opened->streams[i];
        if (!is_wanted(fetch->options, stream, numbers[stream]++))
            continue;
        data = data || stream != TM_PACK_PROVENANCE;
        fetch->files[fetch->n_files++] = (struct wanted_file){
            .index = i, .shard = opened->shards[i], .remote_path = opened->shards[i].path,
            .remote_size = opened->shards[i].packed, .fd = -1};
    }
    fetch->partial = fetch->options->lang != NULL || fetch->options->some_shards ||
                     fetch->options->sample != 0;
    if (fetch->partial && !data)
        return tm_fail(err, TM_ERR_USAGE, fetch->mirrors[0].shown, TM_NO_OFFSET,
                       "the release has no such shards");
    return pick_frames(fetch, err);
}

void tm_select_put(const struct fetch *fetch, struct tm_buf *buf)
{
    struct tm_pretty json = {.buf = buf};
    tm_pretty_open(&json, NULL, '{');
    tm_pretty_u64(&json, "partial_version", TM_PARTIAL_VERSION);
    tm_pretty_text(&json, "manifest_sha256", fetch->manifest_sha256);
    tm_pretty_u64(&json, "shards", fetch->n_files);
    tm_pretty_u64(&json, "of_shards", fetch->opened.n_shards);
    tm_pretty_open(&json, "files", '[');
    for (size_t i = 0; i < fetch->n_files; i++) {
        const struct wanted_file *file = &fetch->files[i];
        tm_pretty_open(&json, NULL, '{');
        tm_pretty_text(&json, "path", file->shard.path);
        if (tm_partial_is_sample(file->shard.path)) {
            tm_pretty_text(&json, "of", file->remote_path);
            tm_pretty_key(&json, "frames");
            for (size_t k = 0; k < file->shard.n_frames; k++)
                tm_buf_printf(buf, "%s%zu", k == 0 ? "[" : ", ", file->frames[k].number);
            tm_buf_byte(buf, ']');
            tm_pretty_text(&json, "sha256", file->shard.sha256);
            tm_pretty_text(&json, "content_sha256", file->shard.content_sha256);
        }
        tm_pretty_close(&json, '{');
    }
    tm_pretty_close(&json, '[');
    tm_pretty_close(&json, '{');
}
