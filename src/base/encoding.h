/* SPDX-License-Identifier: Apache-2.0 */
/*
 * encoding.h - the encodings of text: which one a run of bytes is in, and its code points.
 *
 * Recognition compares what it costs to explain the bytes: as UTF-8, where a broken byte is dear;
 * as UTF-16, told by its mark or by where zero bytes stand; and as one of the code pages of Russian
 * and English text, by how likely Russian letters follow each other and by where signs stand. A
 * code page has to win by a margin, so that a few broken bytes leave UTF-8 what it is.
 */
#ifndef TM_BASE_ENCODING_H
#define TM_BASE_ENCODING_H

#include <tolmach/base.h>

enum tm_encoding_kind {
    TM_ENCODING_UTF8,
    TM_ENCODING_UTF16LE,
    TM_ENCODING_UTF16BE,
    TM_ENCODING_TABLE,              /* a byte is a character, the lower half is ASCII */
};

struct tm_encoding {
    const char *name;
    enum tm_encoding_kind kind;
    uint16_t high[128];             /* of a table: U+FFFD where a byte stands for nothing */
};

extern const struct tm_encoding tm_encoding_utf8;

/* Pages that are recognised, or NULL after the last. */
const struct tm_encoding *tm_encoding_page(size_t index);

/* The encoding of that name or of one of its aliases: UTF-8, UTF-16LE, UTF-16BE, and all pages of
 * one byte a character that ICU knows; *ret_encoding->name is static, or points into `room`. False
 * when there is none such. */
bool tm_encoding_named(const char *name, char room[64], struct tm_encoding *ret_encoding);

/* Bytes of the character at p, and its code point; U+FFFD for one that stands for nothing. 0 when
 * more bytes are needed and `end` does not say that there are none. Not for UTF-8. */
size_t tm_encoding_next(const struct tm_encoding *encoding, const char *p, size_t n, bool end,
                        uint32_t *ret_cp);

struct tm_encoding_guess {
    struct tm_encoding encoding;
    unsigned confidence;            /* per cent */
    size_t mark;                    /* bytes of a byte order mark */
};

/* Bytes that are worth looking at. */
#define TM_ENCODING_SAMPLE ((size_t)64 << 10)

/* What n bytes from the start of a text are in. `declared`: what a header or the text itself says,
 * or NULL. `whole`: there are no more bytes. Text without a byte from 0x80 up is UTF-8. */
void tm_encoding_guess(const char *p, size_t n, const struct tm_encoding *declared, bool whole,
                       struct tm_encoding_guess *ret_guess);

/* The encoding that an HTML or XML text says it is in, as it stands there; false if it says none.
 * Looks at the first 4 KiB. */
bool tm_encoding_declared(const char *p, size_t n, char ret_name[64]);

#endif
