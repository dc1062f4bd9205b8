/* SPDX-License-Identifier: Apache-2.0 */
/*
 * lid_model.h - the layout of the trained model, shared by trainer and detector.
 *
 * lid_model.bin is this struct, little-endian, without padding. The detector maps it as it is
 * embedded (all supported machines are little-endian; lid_model.c checks).
 */
#ifndef TOLMACH_LANG_LID_MODEL_H
#define TOLMACH_LANG_LID_MODEL_H

#include <stdbool.h>
#include <stdint.h>

#define LID_MAGIC "TMLID\r\n\x1a"
#define LID_FORMAT 2

/* Symbols: what a code point becomes. Latin and Cyrillic letters are folded to lower case and get
 * a number of their own when the training text has enough of them. */
#define LID_SYM_OTHER 0x00    /* a letter of another script; in no block */
#define LID_SYM_BREAK 0x01    /* not a letter: ends a word */
#define LID_SYM_LATIN 0x02    /* first Latin letter, up to LID_SYM_SKIP - 1 */
#define LID_SYM_SKIP 0x7f     /* combining mark, soft hyphen: as if it were not there */
#define LID_SYM_CYRILLIC 0x80 /* the top bit tells the script; the first one is 0x82 */

/* Symbols by byte: one row per lead byte 0xc0..0xdf, indexed by the seven low bits of what follows
 * it. Another lead byte is SKIP there, for it says nothing yet; the row of 0xc0, which is in no
 * valid text, stands for "no lead byte before". The last row is that of ASCII. */
#define LID_ROW 128
#define LID_ROW_ASCII (32 * LID_ROW)

enum lid_script { LID_LATIN = 0, LID_CYRILLIC = 1, LID_SCRIPTS = 2 };

/* The weights of one script, hashed, behind one cache line of which the first slot is nothing: it
 * weighs 0 and is where the detector looks when there is no feature. */
#define LID_HASH_BITS 18
#define LID_NOTHING 64
#define LID_SLOTS (LID_NOTHING + (1u << LID_HASH_BITS))

/* Texts of different length get a calibration of their own; see lid_bucket(). */
#define LID_BUCKETS 8

struct lid_calibration {
    int32_t slope;  /* 1/65536: logit per unit of mean weight */
    int32_t offset; /* 1/256 */
};

struct lid_model {
    char magic[8];
    uint32_t format;
    uint32_t size;    /* of the whole model in bytes */
    char version[32]; /* "FORMAT-DIGEST", NUL-padded; digest of what follows */
    struct lid_calibration calibration[LID_SCRIPTS][LID_BUCKETS];
    int64_t certain[LID_SCRIPTS]; /* square of the mean weight that settles a long text */
    uint8_t symbol[LID_ROW_ASCII + LID_ROW];
    uint8_t symbol_latin_add[0x100]; /* U+1E00..U+1EFF */
    uint8_t lookalike[0x80];         /* Latin symbol -> Cyrillic symbol of the same shape, or 0 */
    uint8_t lookalike_back[0x80];    /* Cyrillic symbol - 0x80 -> Latin symbol, or 0 */
    int8_t weight[LID_SCRIPTS][LID_SLOTS];
};

/* The embedded model, or NULL when what was embedded is not one (a broken build). */
const struct lid_model *lid_model_get(void);

/* FNV-1a over everything behind `version`. */
uint64_t lid_model_digest(const struct lid_model *model);

/* Symbol of a code point below 0x800. */
static inline uint8_t lid_symbol(const struct lid_model *model, uint32_t cp)
{
    return model->symbol[cp < 0x80 ? LID_ROW_ASCII + cp : (cp >> 6) * LID_ROW + (cp & 0x3f)];
}

/* Which calibration a text of `n` positions (letters and word ends) uses. */
static inline unsigned lid_bucket(uint32_t n)
{
    static const uint32_t limit[LID_BUCKETS - 1] = {4, 7, 11, 17, 32, 64, 160};
    unsigned b = 0;
    while (b < LID_BUCKETS - 1 && n > limit[b])
        b++;
    return b;
}

#endif
