/* SPDX-License-Identifier: Apache-2.0 */
/*
 * normal_wide.h - the normal form of 32 bytes at a time, for processors with AVX2 and BMI2: words of
 * ASCII and Russian letters of either case, digits, and the gaps between them. Bytes are told apart
 * by two tables of half bytes (Langdale and Lemire, Parsing gigabytes of JSON per second, 2019);
 * those that stay are moved together with PEXT.
 */
#ifndef TM_DEDUP_NORMAL_WIDE_H
#define TM_DEDUP_NORMAL_WIDE_H

#include <immintrin.h>
#include <stdint.h>
#include <string.h>

#define WIDE_TARGET __attribute__((target("avx2,bmi,bmi2,popcnt")))

enum {
    WIDE_BLOCK = 32,
    WIDE_READ = WIDE_BLOCK + 2,     /* bytes that have to be there: each is seen with two behind it */
};

/* What stands before a block. */
struct wide_before {
    bool in_word;                   /* the form ends with a word */
    bool digit;                     /* the text with an ASCII digit */
};

WIDE_TARGET static inline __m256i wide_in(__m256i bytes, unsigned char low, unsigned char count)
{
    __m256i from = _mm256_sub_epi8(bytes, _mm256_set1_epi8((char)low));
    return _mm256_cmpeq_epi8(from, _mm256_min_epu8(from, _mm256_set1_epi8((char)(count - 1))));
}

WIDE_TARGET static inline __m256i wide_is(__m256i bytes, unsigned char byte)
{
    return _mm256_cmpeq_epi8(bytes, _mm256_set1_epi8((char)byte));
}

WIDE_TARGET static inline uint32_t wide_bits(__m256i bytes)
{
    return (uint32_t)_mm256_movemask_epi8(bytes);
}

/* Each byte moved one place up. */
WIDE_TARGET static inline __m256i wide_up(__m256i bytes)
{
    return _mm256_alignr_epi8(bytes, _mm256_permute2x128_si256(bytes, bytes, 0x08), 15);
}

/* Bits of ASCII signs by class: 1 and 2 always stay or may, 4 is a minus, 8 and 16 may stand between
 * digits. */
WIDE_TARGET static inline __m256i wide_signs(__m256i bytes)
{
    const __m256i low = _mm256_setr_epi8(0, 0, 0, 1, 1, 1, 0, 0, 0, 0, 16, 1, 10, 6, 10, 0,
                                         0, 0, 0, 1, 1, 1, 0, 0, 0, 0, 16, 1, 10, 6, 10, 0);
    const __m256i high = _mm256_setr_epi8(0, 0, 13, 18, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
                                          0, 0, 13, 18, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);
    __m256i halves = _mm256_and_si256(_mm256_srli_epi16(bytes, 4), _mm256_set1_epi8(15));
    return _mm256_and_si256(_mm256_shuffle_epi8(low, bytes), _mm256_shuffle_epi8(high, halves));
}

/* Writes the bytes of a block that `keep` names; returns where they end. Up to 32 are written. */
WIDE_TARGET static inline char *wide_keep(__m256i bytes, uint32_t keep, unsigned n, char *to)
{
    if ((keep & (keep + 1)) == 0) {
        _mm256_storeu_si256((__m256i *)to, bytes);
        return to + _mm_popcnt_u32(keep);
    }
    uint64_t words[4];
    _mm256_storeu_si256((__m256i *)words, bytes);
    for (unsigned i = 0; i < 4 && 8 * i < n; i++, keep >>= 8) {
        uint64_t mask = _pdep_u64(keep & 0xFF, 0x0101010101010101u) * 0xFF;
        uint64_t word = _pext_u64(words[i], mask);
        memcpy(to, &word, sizeof word);
        to += _mm_popcnt_u32(keep & 0xFF);
    }
    return to;
}

/* Bytes of the letters that are whole in a block. From here the next one is known before this one is
 * folded, so that they do not wait for each other. */
static inline unsigned wide_whole(const unsigned char *p)
{
    unsigned cut = (p[WIDE_BLOCK] & 0xC0) == 0x80;
    return WIDE_BLOCK - cut - (cut & ((p[WIDE_BLOCK - 1] & 0xC0) == 0x80));
}

/* Folds the start of a block, `most` bytes of it at the most; returns how many bytes that are, and
 * moves *to. `lines`: line feeds are left to the caller. */
WIDE_TARGET static inline unsigned wide_fold(const unsigned char *p, unsigned most, bool lines,
                                             struct wide_before *before, char **to)
{
    __m256i bytes = _mm256_loadu_si256((const __m256i *)p);
    __m256i next = _mm256_loadu_si256((const __m256i *)(p + 1));
    __m256i digit = wide_in(bytes, '0', 10);
    __m256i capital = wide_in(bytes, 'A', 26);
    __m256i small = _mm256_or_si256(bytes, _mm256_and_si256(capital, _mm256_set1_epi8(0x20)));
    __m256i word = _mm256_or_si256(wide_in(small, 'a', 26), digit);
    uint32_t digits = wide_bits(digit);
    uint32_t ascii = ~wide_bits(bytes);
    __m256i signs = wide_signs(bytes);
    uint32_t stop = wide_bits(_mm256_or_si256(_mm256_slli_epi16(signs, 7),
                                              _mm256_slli_epi16(signs, 6)));
    uint32_t before_digit = digits >> 1 | (uint32_t)((unsigned char)(p[WIDE_BLOCK] - '0') < 10)
                                              << (WIDE_BLOCK - 1);
    uint32_t points = wide_bits(_mm256_or_si256(_mm256_slli_epi16(signs, 4),
                                                _mm256_slli_epi16(signs, 3)));
    stop |= points & before_digit & (digits << 1 | before->digit);
    stop |= wide_bits(_mm256_slli_epi16(signs, 5)) & before_digit;
    if (lines)
        stop |= wide_bits(wide_is(bytes, '\n'));
    uint32_t gaps = 0;
    if (~ascii != 0) {
        __m256i d0 = wide_is(bytes, 0xD0);
        __m256i low = _mm256_and_si256(d0, wide_in(next, 0x90, 16));
        __m256i high = _mm256_and_si256(d0, wide_in(next, 0xA0, 16));
        __m256i letters = _mm256_or_si256(
            _mm256_and_si256(d0, wide_in(next, 0x90, 48)),
            _mm256_and_si256(wide_is(bytes, 0xD1), wide_in(next, 0x80, 16)));
        word = _mm256_or_si256(word, _mm256_or_si256(letters, wide_up(letters)));
        /* Capitals: D0 90 to D0 9F become D0 B0 to D0 BF, D0 A0 to D0 AF D1 80 to D1 8F. */
        __m256i change = _mm256_or_si256(_mm256_and_si256(low, _mm256_set1_epi8(0x20)),
                                         _mm256_and_si256(high, _mm256_set1_epi8((char)0xE0)));
        small = _mm256_add_epi8(small, wide_up(change));
        small = _mm256_sub_epi8(small, high);
        /* No-break space and quotes of two bytes; dashes, quotes and points of three. */
        __m256i pair = _mm256_or_si256(wide_is(next, 0xA0), _mm256_or_si256(wide_is(next, 0xAB),
                                                                           wide_is(next, 0xBB)));
        uint32_t pairs = wide_bits(_mm256_and_si256(pair, wide_is(bytes, 0xC2)));
        uint32_t e2 = wide_bits(wide_is(bytes, 0xE2)), triples = 0;
        if (e2 != 0) {
            __m256i third = _mm256_loadu_si256((const __m256i *)(p + 2));
            triples = e2 & wide_bits(_mm256_and_si256(wide_is(next, 0x80),
                                                      wide_in(third, 0x90, 24)));
        }
        gaps = pairs | pairs << 1 | triples | triples << 1 | triples << 2;
        /* What the block cuts. */
        stop |= (wide_bits(letters) | pairs) & 1u << 31;
        stop |= triples & 3u << 30;
    }
    uint32_t words = wide_bits(word);
    stop |= ~(words | gaps | ascii);
    unsigned n = most;
    stop &= (uint32_t)(((uint64_t)1 << most) - 1);
    if (__builtin_expect(stop != 0, 0)) {
        n = (unsigned)__builtin_ctz(stop);
        if (n == 0)
            return 0;
    }
    uint32_t keep = words | (words << 1 | before->in_word);
    keep &= (uint32_t)(((uint64_t)1 << n) - 1);
    small = _mm256_blendv_epi8(_mm256_set1_epi8(' '), small, word);
    *to = wide_keep(small, keep, n, *to);
    before->in_word = words >> (n - 1) & 1;
    before->digit = digits >> (n - 1) & 1;
    return n;
}

#endif
