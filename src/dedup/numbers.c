/* SPDX-License-Identifier: Apache-2.0 */
#include "dedup/numbers.h"

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

#include "base/hash.h"

static bool is_digit(char byte)
{
    return byte >= '0' && byte <= '9';
}

/* Where the next digit stands, or the end. Most blocks of 16 bytes have none. */
static size_t find_digit(struct tm_str form, size_t at)
{
#if defined(__SSE2__)
    for (; form.n - at >= 16; at += 16) {
        __m128i bytes = _mm_loadu_si128((const __m128i *)(const void *)(form.p + at));
        __m128i values = _mm_sub_epi8(bytes, _mm_set1_epi8('0'));
        __m128i digits = _mm_cmpeq_epi8(_mm_min_epu8(values, _mm_set1_epi8(9)), values);
        unsigned bits = (unsigned)_mm_movemask_epi8(digits);
        if (bits != 0)
            return at + (unsigned)__builtin_ctz(bits);
    }
#endif
    while (at < form.n && !is_digit(form.p[at]))
        at++;
    return at;
}

bool tm_number_next(struct tm_str form, size_t *at, struct tm_str *ret_number)
{
    size_t begin = find_digit(form, *at);
    if (begin == form.n)
        return false;
    size_t end = begin + 1;
    while (end < form.n && (is_digit(form.p[end]) ||
                            ((form.p[end] == '.' || form.p[end] == ':') && end + 1 < form.n &&
                             is_digit(form.p[end + 1]))))
        end++;
    begin -= begin > *at && form.p[begin - 1] == '-';
    *ret_number = (struct tm_str){form.p + begin, end - begin};
    *at = end;
    return true;
}

uint32_t tm_numbers_signature(struct tm_str form)
{
    uint32_t bits = 0;
    struct tm_str number;
    for (size_t at = 0; tm_number_next(form, &at, &number);)
        bits |= (uint32_t)1 << (tm_hash128_of(number.p, number.n).low & 31);
    return bits;
}
