/* SPDX-License-Identifier: Apache-2.0 */
/*
 * frame.h - a run of rows as one independent zstd frame, the places where such runs end, and the
 * seek table that stands behind the frames of a shard (zstd seekable format 0.1.0).
 *
 * Frames end at borders of rows which depend on the rows alone, so that the next version of a
 * growing corpus cuts at the same places and shares its frames with this one.
 */
#ifndef TM_PACK_FRAME_H
#define TM_PACK_FRAME_H

#include "base/buf.h"
#include "base/hash.h"

/* Largest row, and largest mean of a frame: so one stays below the 1 GiB of the seekable format. */
#define TM_FRAME_MOST ((uint64_t)256 << 20)

/* What the seek table and the manifest say of a frame. */
struct tm_frame_info {
    uint64_t bytes;                 /* of content */
    uint64_t packed;                /* compressed */
    uint64_t records;
    struct tm_hash128 digest;       /* of the content */
    uint32_t check;                 /* low half of the XXH64 of the content */
};

/* A frame under way. A zeroed one is empty; buffers and context are kept for the next use. */
struct tm_frame {
    struct tm_buf content;
    struct tm_buf packed;
    struct tm_frame_info info;
    uint64_t text_bytes;            /* of the records in it */
    unsigned stream;
    size_t shard;                   /* number of the shard in its stream */
    void *context;                  /* ZSTD_CCtx */
    struct tm_frame *next;          /* in a list of spare ones */
};

void tm_frame_finish(struct tm_frame *frame);

/* Empties it. */
void tm_frame_reset(struct tm_frame *frame);

/* Fills `packed` and `info` from `content`. The result depends on content, level and the version
 * of zstd alone. */
enum tm_status tm_frame_compress(struct tm_frame *frame, int level, struct tm_err *err);

/* Fills `info` but for the records, of a frame whose `packed` is known to hold its content. */
void tm_frame_describe(struct tm_frame *frame);

/* The checksum of a compressed frame: its last field, and what the seek table asks for. */
uint32_t tm_frame_check(const struct tm_buf *packed);

/* True if a frame of `bytes` whose last row is `line` ends behind it: at least mean/4, and either
 * 2 x mean is reached or the digest of the row says so, with a chance in proportion to its length,
 * so that frames of `mean` bytes are what comes out on average. */
bool tm_frame_ends_after(uint64_t bytes, struct tm_str line, uint64_t mean);

/* The skippable frame that ends a shard. */
void tm_seek_table_write(struct tm_buf *buf, const struct tm_frame_info *frames, size_t n);

/* Bytes of the seek table of n frames. */
static inline uint64_t tm_seek_table_size(uint64_t n)
{
    return 8 + 12 * n + 9;
}

#endif
