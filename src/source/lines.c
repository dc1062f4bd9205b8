/* SPDX-License-Identifier: Apache-2.0 */
#include "source/lines.h"

bool tm_line_at(struct tm_stream *stream, size_t at, struct tm_str *ret_line)
{
    size_t seen = at;
    for (;;) {
        size_t left = stream->n - seen;
        const char *feed = left == 0 ? NULL : memchr(stream->p + seen, '\n', left);
        if (feed != NULL) {
            *ret_line = (struct tm_str){stream->p + at, (size_t)(feed - stream->p) - at};
            return true;
        }
        seen = stream->n;
        enum tm_status status = tm_stream_more(stream);
        if (status == TM_OK)
            continue;
        *ret_line = (struct tm_str){stream->p + at, stream->n - at};
        return status == TM_END;
    }
}

bool tm_line_skip_blanks(struct tm_stream *stream)
{
    struct tm_str line;
    while (tm_stream_ensure(stream, 1)) {
        size_t feeds = 0;
        while (feeds < stream->n && stream->p[feeds] == '\n')
            feeds++;
        if (feeds > 0) {
            tm_stream_consume(stream, feeds);
            continue;
        }
        if (!tm_line_at(stream, 0, &line) || !tm_line_is_blank(line))
            return true;
        tm_stream_consume(stream, tm_line_step(line, stream->n));
    }
    return false;
}
