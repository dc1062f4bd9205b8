/* SPDX-License-Identifier: Apache-2.0 */
#include "base/stream.h"

#include <stdlib.h>
#include <string.h>

#include "base/pages.h"

#define CHUNK ((size_t)256 << 10)

enum tm_status tm_stream_init(struct tm_stream *stream, tm_read_fn *read, void *user, size_t limit,
                              struct tm_err *err)
{
    memset(stream, 0, sizeof *stream);
    stream->read = read;
    stream->user = user;
    stream->limit = limit;
    stream->capacity = 2 * CHUNK;
    stream->buffer = malloc(stream->capacity + TM_STREAM_PAD);
    stream->sha = tm_sha256_create();
    if (stream->buffer == NULL || stream->sha == NULL) {
        tm_stream_finish(stream);
        return tm_fail(err, TM_ERR_NOMEM, NULL, TM_NO_OFFSET, "out of memory");
    }
    tm_pages_touch(stream->buffer, CHUNK);
    stream->p = stream->buffer;
    memset(stream->p, 0, TM_STREAM_PAD);
    return TM_OK;
}

void tm_stream_finish(struct tm_stream *stream)
{
    free(stream->buffer);
    tm_sha256_destroy(stream->sha);
    stream->buffer = NULL;
    stream->sha = NULL;
    stream->p = NULL;
    stream->n = 0;
    stream->ended = true;
}

/* Makes room behind the window: by moving it to the start of the buffer when that is cheap, else
 * by doubling the buffer. */
static bool make_room(struct tm_stream *stream)
{
    size_t begin = (size_t)(stream->p - stream->buffer);
    if (begin >= stream->n && begin != 0) {
        memcpy(stream->buffer, stream->p, stream->n);
        stream->p = stream->buffer;
        return true;
    }
    size_t capacity = stream->capacity * 2;
    char *buffer = malloc(capacity + TM_STREAM_PAD);
    if (buffer == NULL)
        return false;
    memcpy(buffer, stream->p, stream->n);
    free(stream->buffer);
    stream->buffer = buffer;
    stream->capacity = capacity;
    stream->p = buffer;
    return true;
}

enum tm_status tm_stream_more(struct tm_stream *stream)
{
    if (stream->ended)
        return TM_END;
    if (stream->n >= stream->limit)
        return TM_ERR_LIMIT;
    size_t end = (size_t)(stream->p - stream->buffer) + stream->n;
    if (stream->capacity - end < CHUNK / 2 && !make_room(stream)) {
        stream->ended = true;
        return tm_fail(&stream->err, TM_ERR_NOMEM, NULL, TM_NO_OFFSET, "out of memory");
    }
    end = (size_t)(stream->p - stream->buffer) + stream->n;

    size_t want = stream->capacity - end;
    ssize_t got = stream->read(stream->user, stream->buffer + end, want < CHUNK ? want : CHUNK,
                               &stream->err);
    if (got <= 0) {
        stream->ended = true;
        memset(stream->buffer + end, 0, TM_STREAM_PAD);
        return stream->err.status == TM_ERR_NOMEM ? TM_ERR_NOMEM : TM_END;
    }
    /* Hashed here, where the bytes are warm: all that is read is consumed in the end. */
    if (stream->sha != NULL)
        tm_sha256_update(stream->sha, stream->buffer + end, (size_t)got);
    stream->n += (size_t)got;
    memset(stream->buffer + end + got, 0, TM_STREAM_PAD);
    return TM_OK;
}

bool tm_stream_ensure(struct tm_stream *stream, size_t n)
{
    while (stream->n < n) {
        if (tm_stream_more(stream) != TM_OK)
            return false;
    }
    return true;
}

void tm_stream_drain(struct tm_stream *stream)
{
    do
        tm_stream_consume(stream, stream->n);
    while (tm_stream_more(stream) == TM_OK);
}

void tm_stream_sha256(struct tm_stream *stream, char ret_hex[TM_SHA256_HEX])
{
    tm_sha256_hex(stream->sha, ret_hex);
}
