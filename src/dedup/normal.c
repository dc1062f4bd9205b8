/* SPDX-License-Identifier: Apache-2.0 */
/* The normal form in which texts are compared. ASCII and Cyrillic go through two small tables; ICU
 * answers for the rest. */
#include <string.h>
#include <tolmach/dedup.h>
#include <unicode/uchar.h>

#include "base/hash.h"
#include "base/utf8.h"

static bool is_mark(uint32_t cp)
{
    return (cp >= 0x300 && cp < 0x370) || cp == 0xAD || cp == 0x200B || cp == 0x200D;
}

static bool is_sign(uint32_t cp)
{
    return cp == '%' || cp == '$' || cp == '+' || cp == '=' || cp == 0xA3 ||
           (cp >= 0x20A0 && cp < 0x20D0);
}

/* What a code point of the slow path adds. */
static size_t put_rare(uint32_t cp, char *to, bool *gap)
{
    if (is_mark(cp))
        return 0;
    if (!tm_is_letter(cp) && !tm_is_digit(cp) && !is_sign(cp) &&
        !(cp >= 0x80 && cp != 0xFFFD && u_isalnum((UChar32)cp))) {
        *gap = true;
        return 0;
    }
    return tm_utf8_put(tm_lower(cp), to);
}

/* What an ASCII byte becomes; 0: it parts words. */
static char plain_form(unsigned char byte)
{
    if ((unsigned char)((byte | 0x20) - 'a') < 26)
        return (char)(byte | 0x20);
    return (unsigned char)(byte - '0') < 10 || is_sign(byte) ? (char)byte : '\0';
}

size_t tm_normal_form(const char *text, size_t n, char *ret_form)
{
    char form_of[128];
    for (unsigned i = 0; i < 128; i++)
        form_of[i] = plain_form((unsigned char)i);
    const unsigned char *p = (const unsigned char *)text;
    size_t length = 0;
    bool gap = false;
    /* Six bytes are the most that a step writes: a blank, and four whose rest is overwritten. */
    for (size_t at = 0; at < n && length + 6 <= n + 8;) {
        char bytes[4] = {0};
        size_t more = 1;
        if (p[at] < 0x80) {
            bytes[0] = form_of[p[at++]];
            more = bytes[0] != '\0';
            gap |= more == 0;
        } else if (at + 1 < n && ((p[at] == 0xD0 && p[at + 1] >= 0x90) ||
                                  (p[at] == 0xD1 && p[at + 1] < 0x90))) {
            uint32_t cp = (uint32_t)(p[at] & 0x1F) << 6 | (p[at + 1] & 0x3Fu);
            cp += cp < 0x430 ? 32 : 0;
            bytes[0] = (char)(0xC0 | cp >> 6);
            bytes[1] = (char)(0x80 | (cp & 0x3F));
            more = 2;
            at += 2;
        } else {
            more = put_rare(tm_utf8_next(text, n, &at), bytes, &gap);
        }
        if (more == 0)
            continue;
        if (gap && length != 0)
            ret_form[length++] = ' ';
        gap = false;
        memcpy(ret_form + length, bytes, sizeof bytes);
        length += more;
    }
    if (length == 0 && n != 0) {
        memcpy(ret_form, text, n);
        length = n;
    }
    return length;
}

struct tm_fingerprint tm_fingerprint_of(const char *text, size_t n, char *scratch)
{
    size_t length = tm_normal_form(text, n, scratch);
    struct tm_hash128 hash = tm_hash128_of(scratch, length);
    return (struct tm_fingerprint){hash.high, hash.low};
}
