/* SPDX-License-Identifier: Apache-2.0 */
#include "base/json.h"

#include <string.h>

void tm_json_init(struct tm_json *json, struct tm_stream *stream, bool mend)
{
    memset(json, 0, sizeof *json);
    json->stream = stream;
    json->begin = stream->offset;
    json->mend = mend;
    json->state = TM_JSON_AT_ROOT;
    json->bad_utf8 = TM_NO_OFFSET;
    json->first_repair = TM_NO_OFFSET;
}

void tm_json_finish(struct tm_json *json)
{
    tm_buf_finish(&json->scratch);
}

enum tm_json_event tm_json_fail(struct tm_json *json, size_t at, const char *what)
{
    if (json->status == TM_OK)
        json->status = TM_ERR_FORMAT;
    json->what = what;
    json->where = json->stream->offset + at;
    json->state = TM_JSON_AT_FAULT;
    return TM_JSON_ERROR;
}

void tm_json_repaired(struct tm_json *json, size_t at)
{
    if (json->repairs++ == 0)
        json->first_repair = json->stream->offset + at;
    json->mended = true;
}

/* Throws away what lies before the token, or the beginning of the token too when it fills the
 * window by itself. */
static void give_up_window(struct tm_json *json)
{
    size_t n = json->token;
    json->oversize = true;
    if (n == 0) {
        n = json->at;
        json->giant = true;
    } else {
        json->token = 0;
    }
    tm_stream_consume(json->stream, n);
    json->at -= n;
}

/* Gets more bytes behind the window; json->at must be the place up to which the caller is done. */
bool tm_json_more(struct tm_json *json)
{
    enum tm_status status = tm_stream_more(json->stream);
    while (status == TM_ERR_LIMIT && (json->token != 0 || json->at != 0)) {
        give_up_window(json);
        status = tm_stream_more(json->stream);
    }
    if (status == TM_ERR_NOMEM)
        json->status = TM_ERR_NOMEM;
    return status == TM_OK;
}

/* Passes blanks; the next byte, or -1 at the end. */
static int peek(struct tm_json *json)
{
    for (;;) {
        const char *p = json->stream->p + json->at;
        unsigned char c = (unsigned char)*p;
        while (c == ' ' || c == '\n' || c == '\r' || c == '\t')
            c = (unsigned char)*++p;
        json->at = (size_t)(p - json->stream->p);
        if (json->at < json->stream->n)
            return c;
        json->token = json->at;
        if (!tm_json_more(json))
            return -1;
    }
}

static bool in_object(const struct tm_json *json)
{
    unsigned level = json->depth - 1;
    return (json->objects[level / 64] >> (level % 64)) & 1;
}

static void value_done(struct tm_json *json)
{
    json->state = json->depth == 0 ? TM_JSON_AT_ROOT : TM_JSON_AT_COMMA;
}

static enum tm_json_event token_done(struct tm_json *json, size_t n, enum tm_json_event event)
{
    json->at += n;
    json->start = json->stream->offset + json->token;
    json->end = json->start + n;
    json->raw = n;
    json->value = (struct tm_str){json->stream->p + json->token, n};
    return event;
}

static enum tm_json_event open_container(struct tm_json *json, bool object)
{
    if (json->depth == TM_JSON_DEPTH)
        return tm_json_fail(json, json->at, "nested deeper than 512 levels");
    unsigned level = json->depth++;
    uint64_t bit = (uint64_t)1 << (level % 64);
    if (object)
        json->objects[level / 64] |= bit;
    else
        json->objects[level / 64] &= ~bit;
    json->state = object ? TM_JSON_AT_FIRST_KEY : TM_JSON_AT_FIRST_VALUE;
    return token_done(json, 1, object ? TM_JSON_OBJECT : TM_JSON_ARRAY);
}

static enum tm_json_event close_container(struct tm_json *json)
{
    bool object = in_object(json);
    json->depth--;
    value_done(json);
    return token_done(json, 1, object ? TM_JSON_OBJECT_END : TM_JSON_ARRAY_END);
}

static enum tm_json_event literal(struct tm_json *json, const char *word, size_t n,
                                  enum tm_json_event event)
{
    while (json->stream->n - json->at < n && tm_json_more(json))
        ;
    if (json->stream->n - json->at < n || memcmp(json->stream->p + json->at, word, n) != 0)
        return json->mend ? tm_json_unquoted(json)
                          : tm_json_fail(json, json->at, "not a JSON value");
    value_done(json);
    return token_done(json, n, event);
}

static bool digit(char c)
{
    return c >= '0' && c <= '9';
}

/* Length of the number at p by the grammar of the RFC, 0 when it is none; *ret_open: it reaches
 * the zero behind the window and may go on. */
static size_t number_length(const char *p, const char *end, bool *ret_open)
{
    const char *q = p + (*p == '-');
    bool good = digit(*q);
    if (*q == '0')
        q++;
    else
        while (digit(*q))
            q++;
    if (good && *q == '.') {
        q++;
        good = digit(*q);
        while (digit(*q))
            q++;
    }
    if (good && (*q == 'e' || *q == 'E')) {
        q++;
        q += *q == '+' || *q == '-';
        good = digit(*q);
        while (digit(*q))
            q++;
    }
    *ret_open = q >= end;
    return good ? (size_t)(q - p) : 0;
}

static enum tm_json_event number(struct tm_json *json)
{
    for (;;) {
        const char *p = json->stream->p + json->at;
        const char *end = json->stream->p + json->stream->n;
        bool open;
        size_t n = number_length(p, end, &open);
        if (open && tm_json_more(json)) {
            if (json->giant)
                return tm_json_fail(json, json->at, "number of endless length");
            continue;
        }
        if (n == 0)
            return json->mend && *p == '-' ? tm_json_unquoted(json)
                                           : tm_json_fail(json, json->at, "not a number");
        value_done(json);
        return token_done(json, n, TM_JSON_NUMBER);
    }
}

static enum tm_json_event value(struct tm_json *json, int c)
{
    switch (c) {
    case '"':
        value_done(json);
        return tm_json_string(json, TM_JSON_STRING);
    case '{':
        return open_container(json, true);
    case '[':
        return open_container(json, false);
    case 't':
        return literal(json, "true", 4, TM_JSON_TRUE);
    case 'f':
        return literal(json, "false", 5, TM_JSON_FALSE);
    case 'n':
        return literal(json, "null", 4, TM_JSON_NULL);
    case '-':
    case '0': case '1': case '2': case '3': case '4':
    case '5': case '6': case '7': case '8': case '9':
        return number(json);
    default:
        return json->mend ? tm_json_unquoted(json)
                          : tm_json_fail(json, json->at, "not a JSON value");
    }
}

/* A comma or the end of the container; with a comma the event is that of the next token. */
static enum tm_json_event after_comma(struct tm_json *json, int c)
{
    bool object = in_object(json);
    if (c == (object ? '}' : ']'))
        return close_container(json);
    if (c != ',')
        return tm_json_fail(json, json->at, object ? "expected a comma or }"
                                                   : "expected a comma or ]");
    json->at++;
    json->state = object ? TM_JSON_AT_KEY : TM_JSON_AT_VALUE;
    return tm_json_next(json);
}

enum tm_json_event tm_json_next(struct tm_json *json)
{
    if (json->state == TM_JSON_AT_FAULT)
        return TM_JSON_ERROR;
    int c = peek(json);
    if (c == ':' && json->state == TM_JSON_AT_COLON) {
        json->at++;
        json->state = TM_JSON_AT_VALUE;
        c = peek(json);
    }
    json->token = json->at;
    json->mended = false;
    json->giant = false;
    if (c < 0) {
        if (json->status != TM_OK)
            return tm_json_fail(json, json->at, "out of memory");
        if (json->state == TM_JSON_AT_ROOT)
            return TM_JSON_END;
        return tm_json_fail(json, json->at, in_object(json) ? "ends inside an object"
                                                            : "ends inside an array");
    }
    switch (json->state) {
    case TM_JSON_AT_COMMA:
        return after_comma(json, c);
    case TM_JSON_AT_FIRST_KEY:
    case TM_JSON_AT_KEY:
        if (c == '}' && json->state == TM_JSON_AT_FIRST_KEY)
            return close_container(json);
        if (c != '"')
            return tm_json_fail(json, json->at, "expected a key");
        json->state = TM_JSON_AT_COLON;
        return tm_json_string(json, TM_JSON_KEY);
    case TM_JSON_AT_COLON:
        return tm_json_fail(json, json->at, "expected a colon");
    case TM_JSON_AT_FIRST_VALUE:
        if (c == ']')
            return close_container(json);
        return value(json, c);
    default:
        return value(json, c);
    }
}

bool tm_json_skip(struct tm_json *json, enum tm_json_event event)
{
    if (event == TM_JSON_ERROR)
        return false;
    if (event != TM_JSON_OBJECT && event != TM_JSON_ARRAY)
        return true;
    unsigned depth = json->depth;
    while (json->depth >= depth) {
        if (tm_json_next(json) == TM_JSON_ERROR)
            return false;
    }
    return true;
}

void tm_json_commit(struct tm_json *json)
{
    tm_stream_consume(json->stream, json->at);
    json->at = 0;
    json->token = 0;
}

void tm_json_commit_before(struct tm_json *json)
{
    tm_stream_consume(json->stream, json->token);
    json->at -= json->token;
    json->token = 0;
}
