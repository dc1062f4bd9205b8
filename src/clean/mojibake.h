/* SPDX-License-Identifier: Apache-2.0 */
/*
 * mojibake.h - text that was decoded with the wrong code page on its way here.
 *
 * Two kinds: UTF-8 that was read as windows-1251 or windows-1252, which stands in whole runs of
 * characters beyond ASCII whose bytes are UTF-8 again; and texts in one Russian code page that were
 * read as another one. Both are undone only when it is certain: every character of the run has its
 * byte in the page, the bytes read back, and what comes out is likely Russian, or a dash or quote.
 */
#ifndef TM_CLEAN_MOJIBAKE_H
#define TM_CLEAN_MOJIBAKE_H

#include "base/buf.h"

/* A stretch of the text, and what belongs in its place: n bytes from `at` in the buffer. */
struct tm_mojibake_span {
    size_t from;
    size_t to;
    size_t at;
    size_t n;
};

/* May the text hold any? Quick; false for nearly all text that is sound. */
bool tm_mojibake_suspect(struct tm_str text);

/* What to put where in `text`, which is valid UTF-8: appends the replacements to `out` and a
 * struct tm_mojibake_span each to `spans`, in order. The number of spans. Text that was misread
 * twice takes two calls. Depends on nothing but the text. *ret_doubtful: something read back as
 * UTF-8 and was left alone, since what comes out is not likely. */
size_t tm_mojibake_repair(struct tm_str text, struct tm_buf *out, struct tm_buf *spans,
                          bool *ret_doubtful);

#endif
