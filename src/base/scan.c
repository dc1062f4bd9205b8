/* SPDX-License-Identifier: Apache-2.0 */
/*
 * SSE2 is part of every x86-64; elsewhere the scalar forms do the same work. UTF-8 is checked with
 * bit masks of 16 bytes: the places where continuation bytes stand must be exactly the places that
 * the lead bytes announce; only the four leads with a narrower second byte are looked at singly.
 */
#include "base/scan.h"

#include <string.h>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

/* Length of the sequence at p, or 0 when it is bad or cut off. */
static size_t sequence(const unsigned char *p, size_t n)
{
    unsigned c = p[0];
    if (c < 0x80)
        return 1;
    if (c < 0xC2 || n < 2)
        return 0;
    if (c < 0xE0)
        return (p[1] & 0xC0) == 0x80 ? 2 : 0;
    if (n < 3 || (p[1] & 0xC0) != 0x80 || (p[2] & 0xC0) != 0x80)
        return 0;
    if (c < 0xF0)
        return (c == 0xE0 && p[1] < 0xA0) || (c == 0xED && p[1] > 0x9F) ? 0 : 3;
    if (c > 0xF4 || n < 4 || (p[3] & 0xC0) != 0x80)
        return 0;
    return (c == 0xF0 && p[1] < 0x90) || (c == 0xF4 && p[1] > 0x8F) ? 0 : 4;
}

static size_t utf8_scalar(const char *text, size_t at, size_t n)
{
    const unsigned char *p = (const unsigned char *)text;
    while (at < n) {
        uint64_t word;
        if (n - at >= 8 && (memcpy(&word, p + at, 8), (word & 0x8080808080808080u) == 0)) {
            at += 8;
            continue;
        }
        size_t length = sequence(p + at, n - at);
        if (length == 0)
            return at;
        at += length;
    }
    return n;
}

#if defined(__SSE2__)

const char *tm_scan_string(const char *p, bool *high)
{
    const __m128i quote = _mm_set1_epi8('"');
    const __m128i backslash = _mm_set1_epi8('\\');
    const __m128i control = _mm_set1_epi8(0x1F);
    unsigned seen = 0;
    for (;; p += 16) {
        __m128i v = _mm_loadu_si128((const __m128i *)(const void *)p);
        __m128i stop = _mm_or_si128(_mm_cmpeq_epi8(v, quote), _mm_cmpeq_epi8(v, backslash));
        stop = _mm_or_si128(stop, _mm_cmpeq_epi8(_mm_max_epu8(v, control), control));
        unsigned mask = (unsigned)_mm_movemask_epi8(stop);
        unsigned upper = (unsigned)_mm_movemask_epi8(v);
        if (mask != 0) {
            unsigned k = (unsigned)__builtin_ctz(mask);
            if ((seen | (upper & ((1u << k) - 1))) != 0)
                *high = true;
            return p + k;
        }
        seen |= upper;
    }
}

/* Second bytes of E0, ED, F0 and F4, whose places are the bits of `leads`. */
static bool narrow_seconds(const unsigned char *p, size_t left, unsigned leads)
{
    for (; leads != 0; leads &= leads - 1) {
        size_t k = (size_t)__builtin_ctz(leads);
        if (k + 1 >= left)
            return false;
        unsigned char second = p[k + 1];
        bool bad = p[k] == 0xE0   ? second < 0xA0
                   : p[k] == 0xED ? second > 0x9F
                   : p[k] == 0xF0 ? second < 0x90
                                  : second > 0x8F;
        if (bad)
            return false;
    }
    return true;
}

size_t tm_scan_utf8(const char *text, size_t n)
{
    const __m128i minus64 = _mm_set1_epi8(-64);     /* 0xC0: continuation bytes are below */
    const __m128i minus33 = _mm_set1_epi8(-33);     /* 0xDF: leads of three bytes are above */
    const __m128i minus17 = _mm_set1_epi8(-17);     /* 0xEF */
    const __m128i minus12 = _mm_set1_epi8(-12);     /* 0xF4: above is never valid */
    const unsigned char *p = (const unsigned char *)text;
    size_t at = 0;
    unsigned carry = 0;         /* continuation bytes that the last block announced */
    for (; n - at >= 16; at += 16) {
        __m128i v = _mm_loadu_si128((const __m128i *)(const void *)(p + at));
        unsigned upper = (unsigned)_mm_movemask_epi8(v);
        if (upper == 0 && carry == 0)
            continue;
        unsigned next = (unsigned)_mm_movemask_epi8(_mm_cmplt_epi8(v, minus64));
        unsigned three = (unsigned)_mm_movemask_epi8(_mm_cmpgt_epi8(v, minus33)) & upper;
        unsigned four = (unsigned)_mm_movemask_epi8(_mm_cmpgt_epi8(v, minus17)) & upper;
        unsigned want = ((upper & ~next) << 1) | (three << 2) | (four << 3) | carry;
        __m128i even = _mm_and_si128(v, _mm_set1_epi8((char)0xFE));
        unsigned bad = (unsigned)_mm_movemask_epi8(_mm_cmpeq_epi8(even, minus64));
        bad |= (unsigned)_mm_movemask_epi8(_mm_cmpgt_epi8(v, minus12)) & upper;
        if ((want & 0xFFFF) != next || bad != 0)
            break;
        if (three != 0) {
            __m128i narrow = _mm_or_si128(_mm_cmpeq_epi8(v, _mm_set1_epi8((char)0xE0)),
                                          _mm_cmpeq_epi8(v, _mm_set1_epi8((char)0xED)));
            narrow = _mm_or_si128(narrow, _mm_cmpeq_epi8(v, _mm_set1_epi8((char)0xF0)));
            narrow = _mm_or_si128(narrow, _mm_cmpeq_epi8(v, _mm_set1_epi8((char)0xF4)));
            if (!narrow_seconds(p + at, n - at, (unsigned)_mm_movemask_epi8(narrow)))
                break;
        }
        carry = want >> 16;
    }
    /* The rest, or the block with the fault, from the start of the character it begins in. */
    if (at != 0 && carry != 0) {
        do
            at--;
        while ((p[at] & 0xC0) == 0x80);
    }
    return utf8_scalar(text, at, n);
}

#else

const char *tm_scan_string(const char *p, bool *high)
{
    unsigned char seen = 0;
    for (;; p++) {
        unsigned char c = (unsigned char)*p;
        if (c < 0x20 || c == '"' || c == '\\')
            break;
        seen |= c;
    }
    if (seen & 0x80)
        *high = true;
    return p;
}

size_t tm_scan_utf8(const char *text, size_t n)
{
    return utf8_scalar(text, 0, n);
}

#endif
