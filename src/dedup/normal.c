/* SPDX-License-Identifier: Apache-2.0 */
/* The normal form in which texts are compared. Most bytes of a text are words in small letters with
 * single blanks between them, which SSE2 (part of every x86-64) folds 16 at a time; everything else,
 * and other machines, take the scalar way. */
#include "dedup/normal.h"

#include <string.h>
#include <tolmach/dedup.h>
#include <unicode/uchar.h>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

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

static bool is_gap(char byte)
{
    return byte == ' ' || byte == '\n';
}

/* A blank behind the last word, once. */
static char *part(char *to, const char *form)
{
    if (to != form && !is_gap(to[-1]))
        *to++ = ' ';
    return to;
}

/* Anything but an ASCII letter, a digit, a blank or a Russian letter. */
static char *fold_rare(const char *text, size_t n, size_t *at, char *to, const char *form)
{
    uint32_t cp = 0;
    struct tm_folded f = tm_fold_next(text, n, at, &cp);
    bool in_word = to != form && !is_gap(to[-1]);
    if (f.n == 0 && tells_apart(text, n, *at, cp, in_word))
        f = tm_fold_of(cp == ',' ? '.' : cp == 0x2212 ? '-' : cp);
    if (f.n == 0 && (is_sign(cp) || (cp >= 0x80 && cp != 0xFFFD && u_isalnum((UChar32)cp))))
        f = tm_fold_of(cp);
    if (f.n == 0)
        return is_mark(cp) ? to : part(to, form);
    tm_fold_put(f, to);
    return to + f.n;
}

#if defined(__SSE2__)
/* A bit for each byte from `low` on, `count` values. */
static inline unsigned bytes_in(__m128i bytes, unsigned char low, unsigned char count)
{
    __m128i from = _mm_sub_epi8(bytes, _mm_set1_epi8((char)low));
    __m128i most = _mm_min_epu8(from, _mm_set1_epi8((char)(count - 1)));
    return (unsigned)_mm_movemask_epi8(_mm_cmpeq_epi8(from, most));
}

/* Folds ASCII words, small Russian letters and single blanks at the start of 16 bytes; returns how
 * many bytes that are. `in_word`: no gap came before. Writes 16 bytes. */
static inline unsigned fold_words(const unsigned char *p, bool in_word, char *to)
{
    __m128i bytes = _mm_loadu_si128((const __m128i *)p);
    __m128i capital = _mm_sub_epi8(bytes, _mm_set1_epi8('A'));
    capital = _mm_cmpeq_epi8(capital, _mm_min_epu8(capital, _mm_set1_epi8('Z' - 'A')));
    __m128i small = _mm_or_si128(bytes, _mm_and_si128(capital, _mm_set1_epi8(0x20)));
    unsigned letters = (bytes_in(bytes, 0xD0, 1) & bytes_in(bytes, 0xB0, 16) >> 1) |
                       (bytes_in(bytes, 0xD1, 1) & bytes_in(bytes, 0x80, 16) >> 1);
    unsigned word = letters | letters << 1 | bytes_in(small, 'a', 26) | bytes_in(bytes, '0', 10);
    unsigned blanks = bytes_in(bytes, ' ', 1) & (word << 1 | in_word);
    unsigned good = (word | blanks) & 0xFFFF;
    _mm_storeu_si128((__m128i *)to, small);
    return (unsigned)__builtin_ctz(~good);
}
#endif

/* `lines`: a gap that holds a line feed is one, instead of a blank. */
static inline size_t write_form(const char *text, size_t n, char *ret_form, bool lines)
{
    const unsigned char *p = (const unsigned char *)text;
    char *to = ret_form;
    /* A step writes four bytes at the most. */
    const char *end = ret_form + n + 4;
    for (size_t at = 0; at < n && to <= end;) {
#if defined(__SSE2__)
        while (n - at >= 16 && to + 16 <= end) {
            unsigned folded = fold_words(p + at, to != ret_form && !is_gap(to[-1]), to);
            to += folded;
            at += folded;
            if (folded < 16)
                break;
        }
        if (at == n)
            break;
#endif
        unsigned char byte = p[at];
        unsigned char low = byte | 0x20;
        unsigned char next = at + 1 < n ? p[at + 1] : 0;
        if ((unsigned char)(low - 'a') < 26 || (unsigned char)(byte - '0') < 10) {
            *to++ = (char)(byte < 'A' ? byte : low);
            at++;
        } else if (byte == ' ' || byte == '\n') {
            to = part(to, ret_form);
            at++;
            if (lines && byte == '\n' && to != ret_form)
                to[-1] = '\n';
        } else if ((byte == 0xD0 && next >= 0x90) || (byte == 0xD1 && next < 0x90)) {
            /* Capitals, D0 90 to D0 AF, lie 32 before their small letters. */
            bool capital = byte == 0xD0 && next < 0xB0;
            to[0] = (char)(capital && next >= 0xA0 ? 0xD1 : byte);
            to[1] = (char)(!capital ? next : next < 0xA0 ? next + 0x20 : next - 0x20);
            to += 2;
            at += 2;
        } else {
            to = fold_rare(text, n, &at, to, ret_form);
        }
    }
    if (to != ret_form && is_gap(to[-1]))
        to--;
    if (to == ret_form && n != 0) {
        memcpy(ret_form, text, n);
        return n;
    }
    return (size_t)(to - ret_form);
}

size_t tm_normal_form(const char *text, size_t n, char *ret_form)
{
    return write_form(text, n, ret_form, false);
}

size_t tm_normal_lines(const char *text, size_t n, char *ret_form)
{
    return write_form(text, n, ret_form, true);
}

struct tm_fingerprint tm_fingerprint_of(const char *text, size_t n, char *scratch)
{
    size_t length = tm_normal_form(text, n, scratch);
    struct tm_hash128 hash = tm_hash128_of(scratch, length);
    return (struct tm_fingerprint){hash.high, hash.low};
}
