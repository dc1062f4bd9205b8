/* SPDX-License-Identifier: Apache-2.0 */
/* utf8.h - decoding of valid UTF-8 by hand, and a few facts about code points. */
#ifndef TM_BASE_UTF8_H
#define TM_BASE_UTF8_H

#include <tolmach/base.h>

#define TM_NO_CODE_POINT UINT32_MAX

/* Decodes the code point at text[*at] and steps over it; *at < n. A broken byte counts as one code
 * point U+FFFD, so that any bytes can be walked. */
static inline uint32_t tm_utf8_next(const char *text, size_t n, size_t *at)
{
    const unsigned char *p = (const unsigned char *)text + *at;
    size_t left = n - *at;
    if (p[0] < 0x80) {
        *at += 1;
        return p[0];
    }
    if (p[0] >= 0xC2 && p[0] < 0xE0 && left >= 2 && (p[1] & 0xC0) == 0x80) {
        *at += 2;
        return (uint32_t)(p[0] & 0x1F) << 6 | (p[1] & 0x3Fu);
    }
    if ((p[0] & 0xF0) == 0xE0 && left >= 3 && (p[1] & 0xC0) == 0x80 && (p[2] & 0xC0) == 0x80) {
        *at += 3;
        return (uint32_t)(p[0] & 0x0F) << 12 | (uint32_t)(p[1] & 0x3F) << 6 | (p[2] & 0x3Fu);
    }
    if ((p[0] & 0xF8) == 0xF0 && left >= 4 && (p[1] & 0xC0) == 0x80 && (p[2] & 0xC0) == 0x80 &&
        (p[3] & 0xC0) == 0x80) {
        *at += 4;
        return (uint32_t)(p[0] & 0x07) << 18 | (uint32_t)(p[1] & 0x3F) << 12 |
               (uint32_t)(p[2] & 0x3F) << 6 | (p[3] & 0x3Fu);
    }
    *at += 1;
    return 0xFFFD;
}

/* Start of the code point that ends before text[at]; at > 0. */
static inline size_t tm_utf8_back(const char *text, size_t at)
{
    size_t start = at - 1;
    while (start > 0 && at - start < 4 && ((unsigned char)text[start] & 0xC0) == 0x80)
        start--;
    return start;
}

/* The code point at `at`, or before `at`; TM_NO_CODE_POINT at the ends. */
static inline uint32_t tm_utf8_at(const char *text, size_t n, size_t at)
{
    return at >= n ? TM_NO_CODE_POINT : tm_utf8_next(text, n, &at);
}

static inline uint32_t tm_utf8_before(const char *text, size_t at)
{
    if (at == 0)
        return TM_NO_CODE_POINT;
    size_t start = tm_utf8_back(text, at);
    return tm_utf8_next(text, at, &start);
}

/* Writes a code point below U+110000 and returns its length, 1 to 4. */
size_t tm_utf8_put(uint32_t cp, char ret_bytes[4]);

/* Letters and digits of all scripts: ASCII and Cyrillic are told here, ICU has the rest. */
bool tm_is_rare_letter(uint32_t cp);
bool tm_is_rare_digit(uint32_t cp);

static inline bool tm_is_letter(uint32_t cp)
{
    if (cp < 0x80)
        return (cp | 0x20) - 'a' < 26;
    return (cp >= 0x400 && cp < 0x482) || tm_is_rare_letter(cp);
}

static inline bool tm_is_digit(uint32_t cp)
{
    return cp < 0x80 ? cp - '0' < 10 : cp >= 0x660 && tm_is_rare_digit(cp);
}

/* Lower case of one code point (simple mapping). */
uint32_t tm_rare_lower(uint32_t cp);

static inline uint32_t tm_lower(uint32_t cp)
{
    if (cp < 0x80)
        return cp - 'A' < 26 ? cp + 32 : cp;
    if (cp >= 0x410 && cp < 0x430)
        return cp + 32;
    if (cp >= 0x400 && cp < 0x410)
        return cp + 80;
    return cp >= 0x430 && cp < 0x460 ? cp : tm_rare_lower(cp);
}

/* Number of code points. */
size_t tm_utf8_length(const char *text, size_t n);

#endif
