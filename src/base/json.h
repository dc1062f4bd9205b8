/* SPDX-License-Identifier: Apache-2.0 */
/*
 * json.h - a strict pull reader for JSON (RFC 8259) over a stream, which knows the place of each
 * token in the source to the byte, goes on after a fault, and mends what Telegram Desktop is known
 * to write wrongly.
 *
 * Several values may follow each other at the root. The reader never consumes the stream by itself
 * (so the source bytes of a document stay in the window) until tm_json_commit, or until the window
 * is full: then `oversize` is set, and it goes on with what it has passed thrown away.
 */
#ifndef TM_BASE_JSON_H
#define TM_BASE_JSON_H

#include "base/buf.h"
#include "base/stream.h"

#define TM_JSON_DEPTH 512

enum tm_json_event {
    TM_JSON_ERROR = -1,     /* see `status`, `what`, `where`; only tm_json_resync goes on */
    TM_JSON_END = 0,        /* no more values at the root */
    TM_JSON_OBJECT,
    TM_JSON_OBJECT_END,
    TM_JSON_ARRAY,
    TM_JSON_ARRAY_END,
    TM_JSON_KEY,
    TM_JSON_STRING,
    TM_JSON_NUMBER,
    TM_JSON_TRUE,
    TM_JSON_FALSE,
    TM_JSON_NULL,
};

struct tm_json {
    /* the last event */
    struct tm_str value;    /* key or string, decoded; digits; good until the next call */
    uint64_t start;         /* of the token, its quote or bracket included */
    uint64_t end;           /* behind it */
    uint64_t raw;           /* bytes of the value as it stands, without quotes */
    bool mended;            /* the value is not what stands there: it had to be repaired */
    unsigned depth;         /* containers that are open after it */
    /* the last error */
    enum tm_status status;
    const char *what;
    uint64_t where;
    /* kept until the caller clears them */
    uint64_t bad_utf8;      /* first byte that is no UTF-8, or TM_NO_OFFSET; only with `mend` */
    bool oversize;
    uint64_t repairs;
    uint64_t first_repair;
    /* private */
    struct tm_stream *stream;
    uint64_t begin;         /* stream offset of the first byte */
    bool mend;
    bool giant;             /* the token alone fills the window: its value is not kept */
    int state;
    size_t token;           /* start of the token, in the window */
    size_t at;              /* next byte, in the window */
    struct tm_buf scratch;  /* strings with escapes */
    uint64_t objects[TM_JSON_DEPTH / 64];   /* bit per level: object or array */
};

/* `mend` allows the repairs (\xHH, an unquoted path as value, NaN, raw control bytes in strings,
 * and bad UTF-8, which is passed on as it stands and noted in bad_utf8); without it the reader is
 * as strict as the RFC. Lone surrogates become U+FFFD either way. */
void tm_json_init(struct tm_json *json, struct tm_stream *stream, bool mend);
void tm_json_finish(struct tm_json *json);

enum tm_json_event tm_json_next(struct tm_json *json);

/* Skips the rest of the value whose first event has just been given (a container to its end).
 * False on an error. */
bool tm_json_skip(struct tm_json *json, enum tm_json_event event);

/* Consumes all that has been read. */
void tm_json_commit(struct tm_json *json);

/* Consumes all before the token of the last event. */
void tm_json_commit_before(struct tm_json *json);

/* Blanks before the token of the last event if it is the first of its line, else -1. */
int tm_json_indent(const struct tm_json *json);

/* After an error: looks for the next object at the same depth, in lines after the stream offset
 * `from`: a line that begins with `indent` blanks and a brace, or, inside an array, the array's
 * closing bracket. True if reading goes on there; *ret_resumed is that place, or the end. */
bool tm_json_resync(struct tm_json *json, uint64_t from, unsigned depth, int indent,
                    uint64_t *ret_resumed);

/* Appends the value whose first event has just been given as compact JSON: tokens as they stand,
 * mended ones rewritten. False on an error. */
bool tm_json_copy(struct tm_json *json, enum tm_json_event event, struct tm_buf *buf);

/* private to json*.c */
enum tm_json_event tm_json_fail(struct tm_json *json, size_t at, const char *what);
bool tm_json_more(struct tm_json *json);
enum tm_json_event tm_json_string(struct tm_json *json, enum tm_json_event event);
enum tm_json_event tm_json_unquoted(struct tm_json *json);
void tm_json_repaired(struct tm_json *json, size_t at);

/* What is expected next; private too. */
enum {
    TM_JSON_AT_ROOT,
    TM_JSON_AT_VALUE,
    TM_JSON_AT_FIRST_VALUE,     /* or the end of the array */
    TM_JSON_AT_FIRST_KEY,       /* or the end of the object */
    TM_JSON_AT_KEY,
    TM_JSON_AT_COLON,
    TM_JSON_AT_COMMA,           /* or the end of the container */
    TM_JSON_AT_FAULT,
};

#endif
