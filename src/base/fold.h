/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fold.h - text as it is compared: letters and digits in lower case, everything else is a gap.
 * ASCII and Russian letters are folded here, utf8.h and ICU have the rest.
 */
#ifndef TM_BASE_FOLD_H
#define TM_BASE_FOLD_H

#include <string.h>

#include "base/utf8.h"

/* Folds the code point at text[*at] and steps over it: its lower case goes to `bytes` (all four are
 * written) and the length is returned; 0 for what is neither letter nor digit, which then stands in
 * *ret_cp. */
static inline size_t tm_fold_next(const char *text, size_t n, size_t *at, char bytes[4],
                                  uint32_t *ret_cp)
{
    const unsigned char *p = (const unsigned char *)text + *at;
    memset(bytes, 0, 4);
    if (p[0] < 0x80) {
        unsigned char low = p[0] | 0x20;
        *at += 1;
        bytes[0] = (char)((unsigned char)(low - 'a') < 26 ? low : p[0]);
        *ret_cp = p[0];
        return (unsigned char)(low - 'a') < 26 || (unsigned char)(p[0] - '0') < 10;
    }
    if (n - *at >= 2 && ((p[0] == 0xD0 && p[1] >= 0x90) || (p[0] == 0xD1 && p[1] < 0x90))) {
        /* U+0410 to U+044F: capitals lie 32 before their small letters. */
        uint32_t cp = (uint32_t)(p[0] & 0x1F) << 6 | (p[1] & 0x3Fu);
        cp += cp < 0x430 ? 32 : 0;
        bytes[0] = (char)(0xC0 | cp >> 6);
        bytes[1] = (char)(0x80 | (cp & 0x3F));
        *at += 2;
        return 2;
    }
    uint32_t cp = tm_utf8_next(text, n, at);
    *ret_cp = cp;
    return tm_is_letter(cp) || tm_is_digit(cp) ? tm_utf8_put(tm_lower(cp), bytes) : 0;
}

#endif
