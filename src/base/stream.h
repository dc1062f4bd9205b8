/* SPDX-License-Identifier: Apache-2.0 */
/*
 * stream.h - a window over a byte source: what has been read and not yet consumed, contiguous.
 *
 * The window is followed by TM_STREAM_PAD zero bytes, so that scanners may look a block ahead and
 * stop at the zero without a bounds check. Positions relative to `p` stay good when the window
 * grows; pointers do not. Only tm_stream_consume moves its start.
 */
#ifndef TM_BASE_STREAM_H
#define TM_BASE_STREAM_H

#include <sys/types.h>

#include <tolmach/base.h>

#include "base/hash.h"

#define TM_STREAM_PAD 64

/* Reads up to n bytes to p; 0 at the end; -1 on failure, with *err filled. */
typedef ssize_t tm_read_fn(void *user, void *p, size_t n, struct tm_err *err);

struct tm_stream {
    char *p;                /* the window */
    size_t n;
    uint64_t offset;        /* of p[0] in the stream */
    bool ended;             /* nothing comes after the window */
    struct tm_err err;      /* status is TM_OK, or why the stream ended before its time */
    /* private */
    char *buffer;
    size_t capacity;        /* without the pad */
    size_t limit;           /* largest window */
    tm_read_fn *read;
    void *user;
    struct tm_sha256 *sha;  /* NULL when somebody has taken it over */
};

/* `limit`: the window never holds more than this and one chunk. */
enum tm_status tm_stream_init(struct tm_stream *stream, tm_read_fn *read, void *user, size_t limit,
                              struct tm_err *err);
void tm_stream_finish(struct tm_stream *stream);

/* Appends at least one byte to the window. TM_END when there is none (a failing source ends too:
 * see stream->err), TM_ERR_LIMIT when the window is full, TM_ERR_NOMEM. */
enum tm_status tm_stream_more(struct tm_stream *stream);

/* Reads until the window holds n bytes or cannot; true if it holds them. */
bool tm_stream_ensure(struct tm_stream *stream, size_t n);

static inline void tm_stream_consume(struct tm_stream *stream, size_t n)
{
    stream->p += n;
    stream->n -= n;
    stream->offset += n;
}

/* Consumes all that is left. */
void tm_stream_drain(struct tm_stream *stream);

/* Digest of all bytes read; call it once, when the stream is drained. */
void tm_stream_sha256(struct tm_stream *stream, char ret_hex[TM_SHA256_HEX]);

#endif
