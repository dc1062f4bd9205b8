/* SPDX-License-Identifier: Apache-2.0 */
/* What a manifest from elsewhere must be before anything follows it. */
#include <inttypes.h>
#include <string.h>

#include "base/str.h"
#include "fetch/fetching.h"

static enum tm_status refused(const struct fetch *fetch, const char *what, const char *path,
                              struct tm_err *err)
{
    (void)tm_fail(err, TM_ERR_FORMAT, fetch->mirrors[0].shown, TM_NO_OFFSET,
                  "its manifest is refused: %s%s%s", what, path[0] == '\0' ? "" : " of ", path);
    return tm_hint(err, "it is damaged or not to be trusted; tell its publisher");
}

/* Sizes that a frame of the format can have; zstd's bound for what cannot be compressed. */
static bool frame_ok(const struct tm_frame_info *frame)
{
    return frame->bytes != 0 && frame->bytes <= TM_FRAME_CONTENT_MOST &&
           frame->packed >= TM_FRAME_LEAST &&
           frame->packed <= frame->bytes + (frame->bytes >> 8) + 1024 &&
           frame->records != 0 && frame->records <= frame->bytes;
}

static const char *shard_fault(const struct fetch *fetch, const struct tm_shard *shard)
{
    uint64_t packed = tm_seek_table_size(shard->n_frames);
    uint64_t bytes = 0;
    uint64_t records = 0;
    const char *name = strrchr(shard->path, '/');
    size_t n = strlen(shard->path);
    if (name == NULL || !tm_pack_name_ok(name + 1) || n < 10 ||
        strcmp(shard->path + n - 10, ".jsonl.zst") != 0)
        return "the path";
    if (shard->n_frames == 0 || shard->n_frames > UINT32_MAX / 16)
        return "the number of frames";
    for (size_t i = 0; i < shard->n_frames; i++) {
        if (!frame_ok(&shard->frames[i]))
            return "the size of a frame";
        packed += shard->frames[i].packed;
        bytes += shard->frames[i].bytes;
        records += shard->frames[i].records;
    }
    if (packed != shard->packed || bytes != shard->bytes || records != shard->records)
        return "the sum of the frames";
    for (size_t i = 0; i < fetch->sums.n; i++)
        if (strcmp(fetch->sums.list[i].path, shard->path) == 0)
            return strcmp(fetch->sums.list[i].sha256, shard->sha256) == 0
                ? NULL : "SHA256SUMS has another digest";
    return "SHA256SUMS has no digest";
}

enum tm_status tm_fetch_check(const struct fetch *fetch, struct tm_err *err)
{
    const struct tm_opened *opened = &fetch->opened;
    for (size_t i = 0; i < opened->n_shards; i++) {
        const char *fault = shard_fault(fetch, &opened->shards[i]);
        if (fault != NULL)
            return refused(fetch, fault, opened->shards[i].path, err);
        /* In byte order, as they are written: so none comes twice. */
        if (i != 0 && opened->streams[i] == opened->streams[i - 1] &&
            strcmp(opened->shards[i - 1].path, opened->shards[i].path) >= 0)
            return refused(fetch, "the order", opened->shards[i].path, err);
    }
    return TM_OK;
}
