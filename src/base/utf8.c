/* SPDX-License-Identifier: Apache-2.0 */
#include "base/utf8.h"

#include <string.h>
#include <unicode/uchar.h>

size_t tm_utf8_put(uint32_t cp, char ret_bytes[4])
{
    if (cp < 0x80) {
        ret_bytes[0] = (char)cp;
        return 1;
    }
    if (cp < 0x800) {
        ret_bytes[0] = (char)(0xC0 | cp >> 6);
        ret_bytes[1] = (char)(0x80 | (cp & 0x3F));
        return 2;
    }
    if (cp < 0x10000) {
        ret_bytes[0] = (char)(0xE0 | cp >> 12);
        ret_bytes[1] = (char)(0x80 | (cp >> 6 & 0x3F));
        ret_bytes[2] = (char)(0x80 | (cp & 0x3F));
        return 3;
    }
    ret_bytes[0] = (char)(0xF0 | cp >> 18);
    ret_bytes[1] = (char)(0x80 | (cp >> 12 & 0x3F));
    ret_bytes[2] = (char)(0x80 | (cp >> 6 & 0x3F));
    ret_bytes[3] = (char)(0x80 | (cp & 0x3F));
    return 4;
}

bool tm_is_rare_letter(uint32_t cp)
{
    return cp != TM_NO_CODE_POINT && u_isalpha((UChar32)cp);
}

bool tm_is_rare_digit(uint32_t cp)
{
    return cp != TM_NO_CODE_POINT && u_isdigit((UChar32)cp);
}

uint32_t tm_rare_lower(uint32_t cp)
{
    return cp == TM_NO_CODE_POINT ? cp : (uint32_t)u_tolower((UChar32)cp);
}

size_t tm_utf8_length(const char *text, size_t n)
{
    size_t length = 0;
    for (size_t i = 0; i < n; i++)
        length += ((unsigned char)text[i] & 0xC0) != 0x80;
    return length;
}

/* Length of the valid sequence at p, 0 if there is none. Table 3-7 of the Unicode standard. */
static size_t sequence(const unsigned char *p, size_t left)
{
    static const struct { unsigned char first, last, low, high; size_t n; } rows[] = {
        {0x00, 0x7F, 0, 0, 1},       {0xC2, 0xDF, 0x80, 0xBF, 2}, {0xE0, 0xE0, 0xA0, 0xBF, 3},
        {0xE1, 0xEC, 0x80, 0xBF, 3}, {0xED, 0xED, 0x80, 0x9F, 3}, {0xEE, 0xEF, 0x80, 0xBF, 3},
        {0xF0, 0xF0, 0x90, 0xBF, 4}, {0xF1, 0xF3, 0x80, 0xBF, 4}, {0xF4, 0xF4, 0x80, 0x8F, 4},
    };
    for (size_t r = 0; r < sizeof rows / sizeof *rows; r++) {
        if (p[0] < rows[r].first || p[0] > rows[r].last)
            continue;
        if (rows[r].n > left || (rows[r].n > 1 && (p[1] < rows[r].low || p[1] > rows[r].high)))
            return 0;
        for (size_t i = 2; i < rows[r].n; i++)
            if ((p[i] & 0xC0) != 0x80)
                return 0;
        return rows[r].n;
    }
    return 0;
}

size_t tm_utf8_valid(const char *text, size_t n)
{
    const unsigned char *p = (const unsigned char *)text;
    size_t at = 0;
    while (at < n) {
        if (p[at] < 0x80) {
            uint64_t word;
            while (n - at >= 8 && (memcpy(&word, p + at, 8), (word & 0x8080808080808080u) == 0))
                at += 8;
            if (at < n && p[at] < 0x80)
                at++;
            continue;
        }
        if (p[at] >= 0xC2 && p[at] < 0xE0 && n - at >= 2 && (p[at + 1] & 0xC0) == 0x80) {
            at += 2;
            continue;
        }
        size_t length = sequence(p + at, n - at);
        if (length == 0)
            return at;
        at += length;
    }
    return n;
}
