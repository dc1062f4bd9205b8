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

size_t tm_normal_form(const char *text, size_t n, char *ret_form)
{
    size_t length = 0;
    bool gap = false;
    for (size_t at = 0; at < n;) {
        char bytes[4];
        size_t more;
        unsigned char byte = (unsigned char)text[at];
        if (byte < 0x80) {
            at++;
            bool letter = (unsigned char)((byte | 0x20) - 'a') < 26;
            if (!letter && (unsigned char)(byte - '0') >= 10 && !is_sign(byte)) {
                gap = true;
                continue;
            }
            bytes[0] = (char)(letter ? byte | 0x20 : byte);
            more = 1;
        } else {
            uint32_t cp = tm_utf8_next(text, n, &at);
            if (cp >= 0x410 && cp < 0x450) {
                cp = cp < 0x430 ? cp + 32 : cp;
                bytes[0] = (char)(0xC0 | cp >> 6);
                bytes[1] = (char)(0x80 | (cp & 0x3F));
                more = 2;
            } else {
                bool part = false;
                more = put_rare(cp, bytes, &part);
                gap |= part;
                if (more == 0)
                    continue;
            }
        }
        /* A handful of letters grow in lower case; a text made of them is compared in part. */
        if (length + 1 + more > n + 8)
            break;
        if (gap && length != 0)
            ret_form[length++] = ' ';
        gap = false;
        memcpy(ret_form + length, bytes, more);
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
