/* SPDX-License-Identifier: Apache-2.0 */
/*
 * columns.h - the rows of one stream of a release, each as spans of its first columns: no tree is
 * built, and what is not asked for is stepped over.
 *
 * Frames are checked as pack/frames_read.h checks them, and their UTF-8 once as a whole.
 */
#ifndef TM_REPORT_COLUMNS_H
#define TM_REPORT_COLUMNS_H

#include "pack/opened.h"

#define TM_COLUMNS_MOST 24

struct tm_columns {
    const char *name;               /* of the shard under way, or NULL */
    uint64_t offset;                /* of the last row in the content of its shard */
    struct tm_str cells[TM_COLUMNS_MOST];   /* JSON of each value; good until the next row */
    /* private */
    const struct tm_opened *opened;
    enum tm_pack_stream stream;
    const struct tm_str *names;
    size_t n;
    size_t next_shard;
    bool is_open;
    struct tm_frames frames;
    size_t next_frame;
    size_t at;                      /* in the content of the frame */
    uint64_t before;                /* content of the shard before the frame */
};

/* A key as it stands in a row. */
#define TM_COLUMN(name) TM_STR_INIT("\"" name "\":")

/* `names`: keys that rows begin with, in their order, at most TM_COLUMNS_MOST; borrowed. */
void tm_columns_begin(struct tm_columns *columns, const struct tm_opened *opened,
                      enum tm_pack_stream stream, const struct tm_str *names, size_t n);
void tm_columns_end(struct tm_columns *columns);

/* TM_END after the last row. TM_ERR_VERIFY: the shard is not what the manifest states;
 * TM_ERR_FORMAT: a row has other keys. */
enum tm_status tm_columns_next(struct tm_columns *columns, struct tm_err *err);

/* The same of one row: `line` with its line feed and TM_COLUMNS_PAD zeros behind it. Returns the
 * bytes of the line, 0 if it has other keys. */
#define TM_COLUMNS_PAD 64
size_t tm_columns_of(struct tm_str line, const struct tm_str *names, size_t n,
                     struct tm_str *ret_cells);

/* The text of a string; unknown if the cell is no string. Borrowed from the cell, or put into
 * `scratch`, which is emptied first, if it has escapes. */
struct tm_str tm_cell_text(struct tm_str cell, struct tm_buf *scratch);

/* A decimal number times 10^decimals, further digits cut; what is no number is 0. */
uint64_t tm_cell_fixed(struct tm_str cell, unsigned decimals);

/* Steps through an array or an object: the next value behind *at (0 at first), its key in
 * *ret_key if it has one. False at the end. */
bool tm_cell_next(struct tm_str cell, size_t *at, struct tm_str *ret_key, struct tm_str *ret_value);

#endif
