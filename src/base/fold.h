/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fold.h - text as it is compared: letters and digits in lower case, everything else is a gap.
 * ASCII and Russian letters are folded here, utf8.h and ICU have the rest.
 */
#ifndef TM_BASE_FOLD_H
#define TM_BASE_FOLD_H

#include <endian.h>
#include <string.h>

#include "base/utf8.h"

/* A folded code point: its bytes in one word, the first one lowest, and how many there are; none
 * for what is neither letter nor digit. One word, since bytes written one by one and read back
 * together stall the processor. */
struct tm_folded {
    uint32_t bytes;
    uint32_t n;
};

/* Writes four bytes to `to`, of which the first f.n count. */
static inline void tm_fold_put(struct tm_folded f, char *to)
{
    uint32_t word = htole32(f.bytes);
    memcpy(to, &word, sizeof word);
}

static inline struct tm_folded tm_fold_of(uint32_t cp)
{
    char bytes[4] = {0};
    struct tm_folded f = {.n = (uint32_t)tm_utf8_put(cp, bytes)};
    for (uint32_t i = 0; i < 4; i++)
        f.bytes |= (uint32_t)(unsigned char)bytes[i] << (8 * i);
    return f;
}

/* Folds the code point at text[*at] and steps over it. What is not folded stands in *ret_cp. */
static inline struct tm_folded tm_fold_next(const char *text, size_t n, size_t *at,
                                            uint32_t *ret_cp)
{
    const unsigned char *p = (const unsigned char *)text + *at;
    if (p[0] < 0x80) {
        unsigned char low = p[0] | 0x20;
        bool letter = (unsigned char)(low - 'a') < 26;
        *at += 1;
        *ret_cp = p[0];
        return (struct tm_folded){letter ? low : p[0],
                                  letter || (unsigned char)(p[0] - '0') < 10};
    }
    if (n - *at >= 2 && ((p[0] == 0xD0 && p[1] >= 0x90) || (p[0] == 0xD1 && p[1] < 0x90))) {
        /* U+0410 to U+044F: capitals lie 32 before their small letters. */
        uint32_t cp = (uint32_t)(p[0] & 0x1F) << 6 | (p[1] & 0x3Fu);
        cp += cp < 0x430 ? 32 : 0;
        *at += 2;
        return (struct tm_folded){0x80C0 | cp >> 6 | (cp & 0x3F) << 8, 2};
    }
    uint32_t cp = tm_utf8_next(text, n, at);
    *ret_cp = cp;
    return tm_is_letter(cp) || tm_is_digit(cp) ? tm_fold_of(tm_lower(cp))
                                               : (struct tm_folded){0, 0};
}

#endif
