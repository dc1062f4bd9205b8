/* SPDX-License-Identifier: Apache-2.0 */
#include "source/decoder.h"

#include <string.h>

#include "base/utf8.h"

#define CHUNK ((size_t)32 << 10)

static size_t utf8_length(uint32_t cp)
{
    return cp < 0x80 ? 1 : cp < 0x800 ? 2 : cp < 0x10000 ? 3 : 4;
}

/* The first byte that UTF-8 and ASCII would not share, or n. A zero byte may be half of UTF-16. */
static size_t first_high(const char *p, size_t n)
{
    size_t at = 0;
    for (; at + 8 <= n; at += 8) {
        uint64_t word;
        memcpy(&word, p + at, 8);
        if (word & 0x8080808080808080u)
            break;
    }
    while (at < n && (unsigned char)p[at] < 0x80)
        at++;
    return at;
}

static ssize_t decoder_read(void *user, void *p, size_t n, struct tm_err *err);

/* Decided: what follows goes through the table, or the filter is taken out. */
static void decide(struct tm_decoder *decoder, const struct tm_encoding_guess *guess)
{
    struct tm_stream *stream = decoder->stream;
    decoder->encoding = guess->encoding;
    decoder->confidence = guess->confidence;
    if (guess->encoding.kind == TM_ENCODING_UTF8) {
        decoder->state = TM_DECODER_DRAIN;
        return;
    }
    decoder->state = TM_DECODER_ON;
    decoder->sha = stream->sha;         /* all that it has seen was ASCII, the same in both */
    stream->sha = NULL;
}

/* Reads until n bytes are held, or the end. */
static bool hold(struct tm_decoder *decoder, size_t n, struct tm_err *err)
{
    struct tm_buf *held = &decoder->held;
    while (held->n - decoder->held_at < n && !decoder->ended) {
        if (!tm_buf_reserve(held, CHUNK)) {
            decoder->failed = true;
            tm_fail(err, TM_ERR_NOMEM, NULL, TM_NO_OFFSET, "out of memory");
            return false;
        }
        ssize_t got = decoder->read(decoder->user, held->p + held->n, CHUNK, err);
        if (got < 0)
            return false;
        decoder->ended = got == 0;
        held->n += (size_t)got;
    }
    return true;
}

/* Forgets what the window and its neighbourhood need no more. */
static void trim_past(struct tm_decoder *decoder)
{
    if (decoder->past.n < TM_DECODER_PAST)
        return;
    tm_decoder_source(decoder, decoder->stream->offset);
    size_t gone = decoder->cursor;
    memmove(decoder->past.p, decoder->past.p + gone, decoder->past.n - gone);
    decoder->past.n -= gone;
    decoder->past_source += gone;
    decoder->past_decoded = decoder->cursor_decoded;
    decoder->cursor = 0;
}

static ssize_t decode_some(struct tm_decoder *decoder, char *p, size_t n, struct tm_err *err)
{
    struct tm_buf *held = &decoder->held;
    size_t out = 0, at;
    trim_past(decoder);
    if (decoder->held_at != 0) {
        held->n -= decoder->held_at;
        memmove(held->p, held->p + decoder->held_at, held->n);
        decoder->held_at = 0;
    }
    if (!hold(decoder, CHUNK < n / 3 ? CHUNK : n / 3 < 4 ? 4 : n / 3, err) && held->n == 0)
        return -1;
    for (at = 0; at < held->n && n - out >= 4;) {
        uint32_t cp;
        size_t length = tm_encoding_next(&decoder->encoding, held->p + at, held->n - at,
                                         decoder->ended, &cp);
        if (length == 0)
            break;
        if (cp == 0xFFFD && decoder->replaced++ == 0)
            decoder->first_replaced = decoder->source + at;
        out += tm_utf8_put(cp, p + out);
        at += length;
    }
    tm_buf_add(&decoder->past, held->p, at);
    if (decoder->past.failed) {
        tm_fail(err, TM_ERR_NOMEM, NULL, TM_NO_OFFSET, "out of memory");
        return -1;
    }
    tm_sha256_update(decoder->sha, held->p, at);
    decoder->held_at = at;
    decoder->source += at;
    decoder->decoded += out;
    return (ssize_t)out;
}

/* ASCII so far. With the first byte above it, what it and the next ones are in is decided. */
static ssize_t watch(struct tm_decoder *decoder, char *p, size_t n, struct tm_err *err)
{
    struct tm_encoding_guess guess;
    ssize_t got = decoder->read(decoder->user, p, n, err);
    size_t ascii = got <= 0 ? 0 : first_high(p, (size_t)got);
    if (got <= 0 || ascii == (size_t)got) {
        decoder->source += got <= 0 ? 0 : (uint64_t)got;
        return got;
    }
    decoder->source += ascii;
    decoder->decoded = decoder->past_source = decoder->past_decoded = decoder->source;
    decoder->cursor_decoded = decoder->source;
    tm_buf_add(&decoder->held, p + ascii, (size_t)got - ascii);
    struct tm_err why = {0};
    if (!hold(decoder, TM_ENCODING_SAMPLE, &why))
        decoder->ended = true;          /* the stream will meet it again */
    tm_encoding_guess(decoder->held.p, decoder->held.n, NULL, decoder->ended, &guess);
    decide(decoder, &guess);
    if (decoder->state == TM_DECODER_ON)
        tm_sha256_update(decoder->sha, p, ascii);
    return ascii != 0 ? (ssize_t)ascii : decoder_read(decoder, p, n, err);
}

static ssize_t drain(struct tm_decoder *decoder, char *p, size_t n, struct tm_err *err)
{
    struct tm_buf *held = &decoder->held;
    size_t left = held->n - decoder->held_at;
    if (left == 0) {                    /* out of the way */
        decoder->state = TM_DECODER_OFF;
        tm_buf_finish(held);
        decoder->stream->read = decoder->read;
        decoder->stream->user = decoder->user;
        return decoder->read(decoder->user, p, n, err);
    }
    left = n < left ? n : left;
    memcpy(p, held->p + decoder->held_at, left);
    decoder->held_at += left;
    return (ssize_t)left;
}

static ssize_t decoder_read(void *user, void *p, size_t n, struct tm_err *err)
{
    struct tm_decoder *decoder = user;
    switch (decoder->state) {
    case TM_DECODER_WATCH: return watch(decoder, p, n, err);
    case TM_DECODER_DRAIN: return drain(decoder, p, n, err);
    case TM_DECODER_ON: return decode_some(decoder, p, n, err);
    case TM_DECODER_OFF: break;
    }
    return decoder->read(decoder->user, p, n, err);
}

/* Puts the filter on: what the window holds is given back to it. */
static enum tm_status insert(struct tm_decoder *decoder, size_t mark, struct tm_err *err)
{
    struct tm_stream *stream = decoder->stream;
    struct tm_buf *held = &decoder->held;
    if (decoder->state == TM_DECODER_ON) {
        char none[TM_SHA256_HEX];
        tm_buf_add(held, stream->p, stream->n);
        if (held->failed)
            return tm_fail(err, TM_ERR_NOMEM, NULL, TM_NO_OFFSET, "out of memory");
        tm_sha256_hex(decoder->sha, none);      /* starts afresh */
        tm_sha256_update(decoder->sha, held->p, mark);
        decoder->held_at = decoder->source = decoder->past_source = mark;
        stream->n = 0;
        decoder->ended = stream->ended;
        stream->ended = false;
        stream->p[0] = '\0';
    }
    stream->read = decoder_read;
    stream->user = decoder;
    tm_stream_ensure(stream, 1);
    return TM_OK;
}

enum tm_status tm_decoder_attach(struct tm_decoder *decoder, struct tm_stream *stream,
                                 const char *name, struct tm_err *err)
{
    struct tm_encoding_guess guess = {.confidence = 100};
    struct tm_encoding declared;
    char said[64], room[64];
    decoder->stream = stream;
    decoder->read = stream->read;
    decoder->user = stream->user;
    tm_stream_ensure(stream, TM_ENCODING_SAMPLE);
    if (name != NULL) {
        struct tm_encoding_guess marked;
        if (!tm_encoding_named(name, decoder->room, &guess.encoding)) {
            tm_fail(err, TM_ERR_USAGE, NULL, TM_NO_OFFSET, "unknown encoding '%s'", name);
            return tm_hint(err, "for example UTF-8, UTF-16LE, windows-1251, KOI8-R, IBM866");
        }
        tm_encoding_guess(stream->p, stream->n < 4 ? stream->n : 4, NULL, false, &marked);
        if (marked.mark != 0 && marked.encoding.kind == guess.encoding.kind)
            guess.mark = marked.mark;
        else if (marked.mark != 0 && marked.encoding.kind != TM_ENCODING_UTF8
                 && guess.encoding.kind != TM_ENCODING_TABLE)
            guess = marked;             /* UTF-16 was said, its mark says which */
    } else {
        bool says = tm_encoding_declared(stream->p, stream->n, said)
                    && tm_encoding_named(said, room, &declared);
        tm_encoding_guess(stream->p, stream->n, says ? &declared : NULL, stream->ended, &guess);
        if (says && guess.encoding.name == room) {
            memcpy(decoder->room, room, sizeof room);
            guess.encoding.name = decoder->room;
        }
    }
    bool ascii = first_high(stream->p, stream->n) == stream->n;
    if (guess.encoding.kind == TM_ENCODING_UTF8 && (name != NULL || !ascii || stream->ended)) {
        decoder->confidence = guess.confidence;
        decoder->encoding = guess.encoding;
        return TM_OK;
    }
    if (guess.encoding.kind == TM_ENCODING_UTF8) {
        decoder->state = TM_DECODER_WATCH;
        decoder->encoding = guess.encoding;
        decoder->confidence = 100;
        decoder->source = stream->offset + stream->n;
    } else {
        decide(decoder, &guess);
    }
    return insert(decoder, guess.mark, err);
}

void tm_decoder_finish(struct tm_decoder *decoder)
{
    tm_sha256_destroy(decoder->sha);
    tm_buf_finish(&decoder->held);
    tm_buf_finish(&decoder->past);
    memset(decoder, 0, sizeof *decoder);
}

uint64_t tm_decoder_source(struct tm_decoder *decoder, uint64_t offset)
{
    if (decoder->state != TM_DECODER_ON)
        return offset;
    if (offset < decoder->past_decoded)
        return offset < decoder->past_source ? offset : decoder->past_source;
    if (offset < decoder->cursor_decoded) {
        decoder->cursor = 0;
        decoder->cursor_decoded = decoder->past_decoded;
    }
    while (decoder->cursor < decoder->past.n && decoder->cursor_decoded < offset) {
        uint32_t cp;
        decoder->cursor += tm_encoding_next(&decoder->encoding, decoder->past.p + decoder->cursor,
                                            decoder->past.n - decoder->cursor, true, &cp);
        decoder->cursor_decoded += utf8_length(cp);
    }
    return decoder->past_source + decoder->cursor;
}

void tm_decode(const struct tm_encoding *encoding, const char *p, size_t n, struct tm_buf *out,
               uint64_t *replaced)
{
    for (size_t at = 0; at < n;) {
        uint32_t cp;
        char bytes[4];
        at += tm_encoding_next(encoding, p + at, n - at, true, &cp);
        *replaced += cp == 0xFFFD;
        tm_buf_add(out, bytes, tm_utf8_put(cp, bytes));
    }
}
