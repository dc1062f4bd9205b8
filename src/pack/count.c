/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Blocks of 64 bytes as masks of 64 bits, one bit a byte: bytes of letters, of digits, of words. A
 * word begins at each bit of the word mask that has none before it. ASCII and Cyrillic up to U+047F
 * are told by their bytes; other characters are decoded one by one and put into the masks.
 */
#include "pack/count.h"

#include <string.h>
#include <unicode/uchar.h>
#ifdef __SSE2__
#include <emmintrin.h>
#endif

#include "base/utf8.h"

enum kind { APART, LETTER, DIGIT, JOINER, MARK };

struct masks {
    uint64_t letters;
    uint64_t digits;
    uint64_t joiners;           /* ' and - */
    uint64_t cyrillic;          /* lead bytes D0 and D1 */
    uint64_t tails;             /* continuation bytes */
    uint64_t leads;             /* of any other character of several bytes */
};

#ifdef __SSE2__
static uint64_t below(__m128i bytes, char first, char count)
{
    /* bytes - first < count, unsigned, by a signed comparison */
    __m128i moved = _mm_sub_epi8(bytes, _mm_set1_epi8((char)(first + -128)));
    return (uint64_t)(unsigned)_mm_movemask_epi8(
        _mm_cmplt_epi8(moved, _mm_set1_epi8((char)(count - 128))));
}

static uint64_t equal(__m128i bytes, char byte)
{
    return (uint64_t)(unsigned)_mm_movemask_epi8(_mm_cmpeq_epi8(bytes, _mm_set1_epi8(byte)));
}

static struct masks classify(const char *p)
{
    struct masks m = {0};
    for (int i = 0; i < TM_BLOCK; i += 16) {
        __m128i v = _mm_loadu_si128((const void *)(p + i));
        uint64_t high = (uint64_t)(unsigned)_mm_movemask_epi8(v);
        uint64_t tails = (uint64_t)(unsigned)_mm_movemask_epi8(
            _mm_cmplt_epi8(v, _mm_set1_epi8(-64)));
        uint64_t cyrillic = equal(_mm_and_si128(v, _mm_set1_epi8((char)0xFE)), (char)0xD0);
        m.letters |= below(_mm_or_si128(v, _mm_set1_epi8(0x20)), 'a', 26) << i;
        m.digits |= below(v, '0', 10) << i;
        m.joiners |= (equal(v, '\'') | equal(v, '-')) << i;
        m.cyrillic |= cyrillic << i;
        m.tails |= tails << i;
        m.leads |= (high & ~tails & ~cyrillic) << i;
    }
    return m;
}
#else
static struct masks classify(const char *p)
{
    struct masks m = {0};
    for (int i = 0; i < TM_BLOCK; i++) {
        unsigned byte = (unsigned char)p[i];
        uint64_t bit = (uint64_t)1 << i;
        m.letters |= (byte | 0x20) - 97u < 26 ? bit : 0;
        m.digits |= byte - 48u < 10 ? bit : 0;
        m.joiners |= byte == '\'' || byte == '-' ? bit : 0;
        m.cyrillic |= (byte & 0xFE) == 0xD0 ? bit : 0;
        m.tails |= byte >= 0x80 && byte < 0xC0 ? bit : 0;
        m.leads |= byte >= 0xC0 && (byte & 0xFE) != 0xD0 ? bit : 0;
    }
    return m;
}
#endif

static enum kind kind_of(uint32_t cp)
{
    if (cp == '\'' || cp == '-' || cp == 0x2019 || cp == 0x2010 || cp == 0x2011)
        return JOINER;
    if (tm_is_letter(cp))
        return LETTER;
    if (tm_is_digit(cp))
        return DIGIT;
    return cp != TM_NO_CODE_POINT && (U_GET_GC_MASK((UChar32)cp) & U_GC_M_MASK) != 0 ? MARK
                                                                                    : APART;
}

/* What stands before `at`, marks passed over. */
static enum kind kind_before(struct tm_str text, size_t at)
{
    enum kind kind = MARK;
    while (kind == MARK && at != 0) {
        kind = kind_of(tm_utf8_before(text.p, at));
        at = tm_utf8_back(text.p, at);
    }
    return kind == MARK ? APART : kind;
}

/* The three masks, with room for a character that goes over the end of the block. */
struct block {
    uint64_t letters;
    uint64_t digits;
    uint64_t joined;            /* bytes of joiners inside a word */
    uint64_t next_letters;      /* of the block behind it */
    uint64_t next_digits;
    uint64_t next_joined;
};

static void put(uint64_t *mask, uint64_t *next, unsigned bit, size_t length)
{
    uint64_t bits = ((uint64_t)1 << length) - 1;
    *mask |= bits << bit;
    if (bit + length > TM_BLOCK)
        *next |= bits >> (TM_BLOCK - bit);
}

/* A character that its first byte does not tell; `start` is where the block begins. */
static void put_other(struct block *b, struct tm_str text, size_t start, unsigned bit)
{
    size_t at = start + bit;
    size_t end = at;
    enum kind kind = kind_of(tm_utf8_next(text.p, text.n, &end));
    if (kind == JOINER && kind_before(text, at) == LETTER &&
        kind_of(tm_utf8_at(text.p, text.n, end)) == LETTER)
        put(&b->joined, &b->next_joined, bit, end - at);
    if (kind == MARK)
        kind = kind_before(text, at);
    if (kind == LETTER)
        put(&b->letters, &b->next_letters, bit, end - at);
    else if (kind == DIGIT)
        put(&b->digits, &b->next_digits, bit, end - at);
}

bool tm_blocks_next(struct tm_blocks *walk, struct tm_block *ret_block)
{
    struct tm_str text = walk->text;
    size_t start = walk->at;
    if (start >= text.n)
        return false;
    char tail[TM_BLOCK];
    const char *p = text.p + start;
    size_t n = text.n - start < TM_BLOCK ? text.n - start : TM_BLOCK;
    if (n < TM_BLOCK) {
        memset(tail, 0, sizeof tail);
        memcpy(tail, p, n);
        p = tail;
    }
    struct masks m = classify(p);
    struct tm_block_carry *carry = &walk->carry;
    uint64_t cyrillic = m.cyrillic | m.cyrillic << 1;
    struct block b = {.letters = m.letters | cyrillic | carry->letters,
                      .digits = m.digits | carry->digits, .joined = carry->joined,
                      .next_letters = m.cyrillic >> (TM_BLOCK - 1)};
    for (uint64_t leads = m.leads; leads != 0; leads &= leads - 1)
        put_other(&b, text, start, (unsigned)__builtin_ctzll(leads));
    uint64_t after_letter = m.joiners & (b.letters << 1 | carry->letter);
    uint64_t joined = b.joined | (after_letter & b.letters >> 1);
    uint64_t words = b.letters | b.digits | joined;
    uint64_t before = carry->joiner ? b.letters & 1 : carry->word;
    *ret_block = (struct tm_block){.start = start, .n = (unsigned)n, .words = words,
                                   .starts = words & ~(words << 1 | before),
                                   .letters = b.letters, .tails = m.tails};
    /* A joiner at the end of the block before has turned out to be part of the word. */
    ret_block->joins = carry->joiner && (b.letters & 1) != 0;
    *carry = (struct tm_block_carry){
        .letters = b.next_letters, .digits = b.next_digits, .joined = b.next_joined,
        .letter = b.letters >> (TM_BLOCK - 1) != 0, .word = words >> (TM_BLOCK - 1) != 0,
        .joiner = after_letter >> (TM_BLOCK - 1) != 0,
    };
    walk->at = start + TM_BLOCK;
    return true;
}

struct tm_counts tm_count_text(struct tm_str text)
{
    struct tm_counts counts = {0, 0};
    struct tm_blocks walk = {.text = text};
    struct tm_block block;
    while (tm_blocks_next(&walk, &block)) {
        counts.chars += block.n - (unsigned)__builtin_popcountll(block.tails);
        counts.words += (unsigned)__builtin_popcountll(block.starts);
    }
    return counts;
}
