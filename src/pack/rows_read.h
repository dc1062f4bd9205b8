/* SPDX-License-Identifier: Apache-2.0 */
/*
 * rows_read.h - the rows of one shard file, frame by frame by its seek table, each frame checked
 * before any of its rows is given.
 */
#ifndef TM_PACK_ROWS_READ_H
#define TM_PACK_ROWS_READ_H

#include "pack/frames_read.h"
#include "pack/value.h"

struct tm_rows {
    const char *name;               /* what messages call the file, borrowed */
    struct tm_frames frames;
    size_t next_frame;
    const struct tm_hash128 *skip;  /* frames by the digests of `stated` that are left out, sorted;
                                       borrowed */
    size_t n_skip;
    size_t given;                   /* bytes of its content that the stream has taken */
    uint64_t lines;                 /* in the frames read so far */
    struct tm_stream stream;
    struct tm_json json;
    struct tm_arena *arena;
    uint64_t rows;
    uint64_t row_end;               /* place in the content behind the last row and its newline */
};

/* Opens dir/name and reads its seek table. TM_ERR_READ, TM_ERR_VERIFY or TM_ERR_FORMAT when it is
 * not as it must be; close is needed after success alone. */
enum tm_status tm_rows_open(struct tm_rows *rows, const char *dir, const char *name,
                            const struct tm_shard *stated, struct tm_err *err);
void tm_rows_close(struct tm_rows *rows);

/* The next row, an object, good until the next call; and where it begins in the content. TM_END
 * after the last one, when all that was read is as it must be. */
enum tm_status tm_rows_next(struct tm_rows *rows, const struct tm_value **ret_row,
                            uint64_t *ret_offset, struct tm_err *err);

/* After TM_END: SHA-256 of the content. */
void tm_rows_digest(struct tm_rows *rows, char ret_hex[TM_SHA256_HEX]);

#endif
