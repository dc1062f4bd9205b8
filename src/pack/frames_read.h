/* SPDX-License-Identifier: Apache-2.0 */
/*
 * frames_read.h - the frames of one shard file, any of them at once by its seek table, each checked
 * against the table and the manifest before it is given.
 */
#ifndef TM_PACK_FRAMES_READ_H
#define TM_PACK_FRAMES_READ_H

#include "pack/shard.h"

/* Largest content of a frame in the seekable format. */
#define TM_FRAME_CONTENT_MOST ((uint64_t)1 << 30)

/* Least bytes of a compressed frame. */
#define TM_FRAME_LEAST 9u

struct tm_frames {
    const char *name;               /* what messages call the file, borrowed */
    const struct tm_shard *stated;  /* what the manifest says of it, or NULL; borrowed */
    int fd;
    uint64_t size;                  /* of the file */
    struct tm_frame_info *list;     /* by the seek table; records and digest as they are read */
    uint64_t *offsets;              /* of each in the file */
    size_t n;
    struct tm_buf packed;
    struct tm_buf content;          /* of the frame that was loaded last */
    void *context;                  /* ZSTD_DCtx */
};

/* Opens dir/name and reads its seek table. TM_ERR_READ or TM_ERR_VERIFY when it is not as it must
 * be; close is needed after success alone. */
enum tm_status tm_frames_open(struct tm_frames *frames, const char *dir, const char *name,
                              const struct tm_shard *stated, struct tm_err *err);
void tm_frames_close(struct tm_frames *frames);

/* Reads frame `index` to frames->content: whole rows. */
enum tm_status tm_frames_load(struct tm_frames *frames, size_t index, struct tm_err *err);

/* One compressed frame in memory. `frame->bytes` and `frame->packed` say what it must be; fills its
 * records, digest and check, and *content. TM_ERR_VERIFY when it is no such frame. */
enum tm_status tm_frame_unpack(void *context, const char *packed, struct tm_frame_info *frame,
                               struct tm_buf *content, struct tm_err *err);

/* True if both have the same content. */
static inline bool tm_frame_same(const struct tm_frame_info *a, const struct tm_frame_info *b)
{
    return a->bytes == b->bytes && a->records == b->records && a->digest.high == b->digest.high &&
           a->digest.low == b->digest.low;
}

#endif
