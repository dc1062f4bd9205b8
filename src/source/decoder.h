/* SPDX-License-Identifier: Apache-2.0 */
/*
 * decoder.h - a filter between the bytes of a file and the stream that a reader sees: text in
 * another encoding than UTF-8 passes as UTF-8.
 *
 * It is put on a stream that has begun to read and stands at its start. UTF-8 is not touched: as
 * soon as that is what the text is, the filter takes itself out. A text that begins with ASCII is
 * watched, and decided on the first 64 KiB from its first byte above ASCII; what is decided stays
 * for the file. Bytes that stand for nothing become U+FFFD and are counted.
 *
 * Offsets: the reader counts bytes of UTF-8; tm_decoder_source gives the byte of the file for
 * each. They are exact for what lies in the window of the stream or was consumed lately; what is
 * told later about an earlier place may be placed up to TM_DECODER_PAST bytes before it.
 */
#ifndef TM_SOURCE_DECODER_H
#define TM_SOURCE_DECODER_H

#include "base/buf.h"
#include "base/encoding.h"
#include "base/stream.h"

#define TM_DECODER_PAST ((size_t)256 << 10)

enum tm_decoder_state {
    TM_DECODER_OFF,                 /* the text is UTF-8, or no text */
    TM_DECODER_WATCH,               /* ASCII so far */
    TM_DECODER_DRAIN,               /* UTF-8: what was looked at is given out */
    TM_DECODER_ON,
};

struct tm_decoder {
    enum tm_decoder_state state;
    struct tm_encoding encoding;
    unsigned confidence;            /* per cent; 100 if it was given or marked */
    char room[64];                  /* of a name that is not built in */
    uint64_t source;                /* bytes of the file that were decoded */
    uint64_t decoded;               /* bytes of UTF-8 that they made */
    uint64_t replaced;              /* bytes or units that stand for nothing */
    uint64_t first_replaced;        /* offset of the first in the file */
    struct tm_sha256 *sha;          /* of the bytes of the file, while the decoder is on */
    /* private */
    struct tm_stream *stream;
    tm_read_fn *read;
    void *user;
    bool ended;
    struct tm_buf held;             /* bytes of the file not yet given out */
    size_t held_at;
    struct tm_buf past;             /* bytes of the file lately given out */
    uint64_t past_source, past_decoded;
    size_t cursor;                  /* in `past`, and how far it is in the decoded text */
    uint64_t cursor_decoded;
    bool failed;                    /* memory was short */
};

/* `name`: what the user says, or NULL. TM_ERR_USAGE if there is no such encoding. The decoder must
 * be zeroed; stream and decoder stay where they are until finish. */
enum tm_status tm_decoder_attach(struct tm_decoder *decoder, struct tm_stream *stream,
                                 const char *name, struct tm_err *err);
void tm_decoder_finish(struct tm_decoder *decoder);

/* Where byte `offset` of the decoded text stands in the file. */
uint64_t tm_decoder_source(struct tm_decoder *decoder, uint64_t offset);

/* Appends n bytes as UTF-8, without a byte order mark; characters that stand for nothing are
 * counted. */
void tm_decode(const struct tm_encoding *encoding, const char *p, size_t n, struct tm_buf *out,
               uint64_t *replaced);

#endif
