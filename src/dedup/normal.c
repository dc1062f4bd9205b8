/* SPDX-License-Identifier: Apache-2.0 */
/* The normal form in which texts are compared. */
#include <string.h>
#include <tolmach/dedup.h>
#include <unicode/uchar.h>

#include "base/fold.h"
#include "base/hash.h"

static bool is_mark(uint32_t cp)
{
    return (cp >= 0x300 && cp < 0x370) || cp == 0xAD || cp == 0x200B || cp == 0x200D;
}

static bool is_sign(uint32_t cp)
{
    return cp == '%' || cp == '$' || cp == '+' || cp == '=' || cp == '<' || cp == '>' || cp == 0xA3 ||
           (cp >= 0x20A0 && cp < 0x20D0);
}

static bool is_ascii_digit(const char *text, size_t n, size_t at)
{
    return at < n && text[at] >= '0' && text[at] <= '9';
}

/* Signs that make another number or another name of it: -5 is not 5, 1:5 not 1.5, C# not C. `at` is
 * behind the sign. */
static bool tells_apart(const char *text, size_t n, size_t at, uint32_t cp, bool in_word)
{
    size_t sign = at - (cp == 0x2212 ? 3 : 1);
    bool digit = is_ascii_digit(text, n, at);
    if (cp == '-' || cp == 0x2212)
        return digit && !in_word;
    if (cp == '.' || cp == ',' || cp == ':')
        return digit && sign > 0 && is_ascii_digit(text, n, sign - 1);
    return cp == '#' && in_word;
}

size_t tm_normal_form(const char *text, size_t n, char *ret_form)
{
    size_t length = 0;
    bool gap = false;
    /* Six bytes are the most that a step writes: a blank, and four whose rest is overwritten. */
    for (size_t at = 0; at < n && length + 6 <= n + 8;) {
        uint32_t cp = 0;
        struct tm_folded f = tm_fold_next(text, n, &at, &cp);
        if (f.n == 0 && tells_apart(text, n, at, cp, length != 0 && !gap))
            f = tm_fold_of(cp == ',' ? '.' : cp == 0x2212 ? '-' : cp);
        if (f.n == 0 && (is_sign(cp) || (cp >= 0x80 && cp != 0xFFFD && u_isalnum((UChar32)cp))))
            f = tm_fold_of(cp);
        if (f.n == 0) {
            gap |= !is_mark(cp);
            continue;
        }
        if (gap && length != 0)
            ret_form[length++] = ' ';
        gap = false;
        tm_fold_put(f, ret_form + length);
        length += f.n;
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
