/* SPDX-License-Identifier: Apache-2.0 */
/* Going on after a fault, and copying values. */
#include "base/json.h"

#include <string.h>

int tm_json_indent(const struct tm_json *json)
{
    size_t i = json->token;
    int blanks = 0;
    while (i > 0 && (json->stream->p[i - 1] == ' ' || json->stream->p[i - 1] == '\t')) {
        i--;
        blanks++;
    }
    bool first = i > 0 ? json->stream->p[i - 1] == '\n' : json->stream->offset == json->begin;
    return first ? blanks : -1;
}

/* Consumes up to and with the next line feed; false at the end. */
static bool next_line(struct tm_stream *stream)
{
    for (;;) {
        const char *feed = stream->n == 0 ? NULL : memchr(stream->p, '\n', stream->n);
        if (feed != NULL) {
            tm_stream_consume(stream, (size_t)(feed - stream->p) + 1);
            return true;
        }
        tm_stream_consume(stream, stream->n);
        if (tm_stream_more(stream) != TM_OK)
            return false;
    }
}

/* Is this line nothing but a closing bracket, with or without a comma? */
static bool closes_array(struct tm_stream *stream, size_t at)
{
    tm_stream_ensure(stream, at + 4);
    const char *p = stream->p + at;
    if (*p++ != ']')
        return false;
    p += *p == ',';
    p += *p == '\r';
    return *p == '\n' || *p == '\0';
}

enum line { OTHER_LINE, OBJECT_LINE, END_LINE, OUTER_LINE };

/* What the line at the start of the window begins with, beside objects with `indent` blanks before
 * them in an array (or at the root). An outer line is one that stands outside the array although
 * its end was not seen: whose objects follow it cannot be known. */
static enum line line_kind(struct tm_stream *stream, size_t indent, bool array, size_t *ret_blanks)
{
    size_t blanks = 0;
    tm_stream_ensure(stream, indent + 2);
    while (blanks <= indent && (stream->p[blanks] == ' ' || stream->p[blanks] == '\t'))
        blanks++;
    *ret_blanks = blanks;
    char first = stream->p[blanks];
    if (blanks == indent && first == '{')
        return OBJECT_LINE;
    if (array && blanks <= indent && closes_array(stream, blanks))
        return END_LINE;
    return blanks < indent && (first == '{' || first == '}') ? OUTER_LINE : OTHER_LINE;
}

bool tm_json_resync(struct tm_json *json, uint64_t from, unsigned depth, int indent,
                    uint64_t *ret_resumed)
{
    struct tm_stream *stream = json->stream;
    enum line line = OTHER_LINE;
    if (from > stream->offset)
        tm_stream_consume(stream, (size_t)(from - stream->offset));
    while (line == OTHER_LINE && indent >= 0 && next_line(stream))
        line = line_kind(stream, (size_t)indent, depth > 0, &json->at);
    bool found = line == OBJECT_LINE || line == END_LINE;
    if (found) {
        json->state = line == END_LINE ? TM_JSON_AT_COMMA
                      : depth == 0     ? TM_JSON_AT_ROOT
                                       : TM_JSON_AT_VALUE;
        json->depth = depth;
    } else {
        tm_stream_drain(stream);
        json->at = 0;
        json->state = TM_JSON_AT_ROOT;
        json->depth = 0;
    }
    json->token = json->at;
    json->status = TM_OK;
    json->bad_utf8 = TM_NO_OFFSET;
    json->oversize = false;
    *ret_resumed = stream->offset + json->at;
    return found;
}

static void copy_string(struct tm_json *json, struct tm_buf *buf)
{
    tm_buf_byte(buf, '"');
    if (!json->mended && !json->giant) {
        size_t at = (size_t)(json->start - json->stream->offset) + 1;
        tm_buf_add(buf, json->stream->p + at, (size_t)json->raw);
    } else {
        for (size_t i = 0; i < json->value.n; i++) {
            unsigned char c = (unsigned char)json->value.p[i];
            if (c < 0x20 || c == '"' || c == '\\')
                tm_buf_printf(buf, "\\u%04x", c);
            else
                tm_buf_byte(buf, (char)c);
        }
    }
    tm_buf_byte(buf, '"');
}

bool tm_json_copy(struct tm_json *json, enum tm_json_event event, struct tm_buf *buf)
{
    bool container = event == TM_JSON_OBJECT || event == TM_JSON_ARRAY;
    unsigned outside = json->depth - container;
    bool first = true;
    for (;;) {
        bool end = event == TM_JSON_OBJECT_END || event == TM_JSON_ARRAY_END;
        if (!first && !end)
            tm_buf_byte(buf, ',');
        first = false;
        switch (event) {
        case TM_JSON_ERROR:
        case TM_JSON_END:
            return false;
        case TM_JSON_KEY:
            copy_string(json, buf);
            tm_buf_byte(buf, ':');
            first = true;
            break;
        case TM_JSON_STRING:
            copy_string(json, buf);
            break;
        case TM_JSON_NULL:
            tm_buf_text(buf, "null");
            break;
        case TM_JSON_OBJECT:
        case TM_JSON_ARRAY:
            first = true;
            tm_buf_str(buf, json->value);
            break;
        case TM_JSON_OBJECT_END:
        case TM_JSON_ARRAY_END:
        case TM_JSON_NUMBER:
        case TM_JSON_TRUE:
        case TM_JSON_FALSE:
            tm_buf_str(buf, json->value);
            break;
        }
        if (json->depth == outside)
            return true;
        event = tm_json_next(json);
    }
}
