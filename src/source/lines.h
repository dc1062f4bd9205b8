/* SPDX-License-Identifier: Apache-2.0 */
/* lines.h - lines of a stream, for the readers of plain text. */
#ifndef TM_SOURCE_LINES_H
#define TM_SOURCE_LINES_H

#include "base/str.h"
#include "base/stream.h"

/* The line that begins at `at` in the window, without its line feed; false when the window is full
 * before its end. At the end of the stream the line is what is left. */
bool tm_line_at(struct tm_stream *stream, size_t at, struct tm_str *ret_line);

static inline bool tm_line_is_blank(struct tm_str line)
{
    return tm_str_trim(line).n == 0;
}

/* Bytes of a line and its line feed, if it has one, in what is left of the window from it on. */
static inline size_t tm_line_step(struct tm_str line, size_t left)
{
    return line.n == left ? line.n : line.n + 1;
}

/* Consumes blank lines; false at the end of the stream. */
bool tm_line_skip_blanks(struct tm_stream *stream);

#endif
