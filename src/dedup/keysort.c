/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A radix sort from the upper bits on. Many keys are moved in place to where those of their digit
 * stand (McIlroy, Bostic, McIlroy, Engineering radix sort, 1993); what is few enough for the cache
 * is sorted by two digits from the lower one on (Knuth, The Art of Computer Programming 3, 5.2.5),
 * which is faster. What agrees in these is sorted by the next ones. So no second array is touched,
 * which would cost more than sorting does.
 */
#include "dedup/keysort.h"

#include <stdlib.h>
#include <string.h>

enum {
    FEW = 12,                       /* keys that are sorted by insertion */
    MANY = 4096,                    /* and from which on in place */
    PARTS = 8,                      /* bits of a digit then */
    SPREAD = 5,                     /* bits beyond those that tell so many keys apart at best */
    BUCKETS = 1 << 9,
    WORD_BITS = 64,
};

#define ALWAYS_INLINE inline __attribute__((always_inline))

static ALWAYS_INLINE void insert_keys(uint64_t *keys, size_t n, size_t words)
{
    for (size_t i = 1; i < n; i++) {
        uint64_t key[TM_KEY_MOST_WORDS];
        memcpy(key, keys + i * words, words * sizeof *key);
        size_t at = i;
        for (; at > 0 && tm_key_before(key, keys + (at - 1) * words, words); at--)
            memcpy(keys + at * words, keys + (at - 1) * words, words * sizeof *key);
        memcpy(keys + at * words, key, words * sizeof *key);
    }
}

/* What keys are told apart by: `bits` of a word, from `shift` on. */
struct digit {
    size_t word;
    unsigned shift;
    unsigned bits;
};

static inline size_t value_of(const uint64_t *key, const struct digit *digit)
{
    return key[digit->word] >> digit->shift & (((size_t)1 << digit->bits) - 1);
}

/* Bits of a word from the lowest to the highest one in which keys differ. */
static inline unsigned differing_bits(const uint64_t *keys, size_t n, size_t words, size_t word)
{
    uint64_t differing = 0;
    for (size_t i = 1; i < n; i++)
        differing |= keys[i * words + word] ^ keys[word];
    return differing == 0 ? 0 : WORD_BITS - (unsigned)__builtin_clzll(differing);
}

/* The uppermost bits from `word` on in which keys differ, `bits` at the most; false if they are all
 * equal. */
static inline bool find_digit(const uint64_t *keys, size_t n, size_t words, size_t word,
                              unsigned bits, struct digit *ret_digit)
{
    unsigned differ = 0;
    while (word < words && (differ = differing_bits(keys, n, words, word)) == 0)
        word++;
    bits = bits < differ ? bits : differ;
    *ret_digit = (struct digit){word, differ - bits, bits};
    return word < words;
}

/* Moves keys to where those of their digit stand; ret_ends tells where these end. */
static ALWAYS_INLINE void part_keys(uint64_t *keys, size_t n, size_t words,
                                    const struct digit *digit, uint32_t ret_ends[1 << PARTS])
{
    uint32_t next[1 << PARTS];
    size_t buckets = (size_t)1 << digit->bits;
    memset(next, 0, buckets * sizeof *next);
    for (size_t i = 0; i < n; i++)
        next[value_of(keys + i * words, digit)]++;
    uint32_t sum = 0;
    for (size_t i = 0; i < buckets; i++) {
        uint32_t count = next[i];
        next[i] = sum;
        ret_ends[i] = sum += count;
    }
    for (size_t i = 0; i < buckets; i++)
        while (next[i] < ret_ends[i]) {
            uint64_t key[TM_KEY_MOST_WORDS], other[TM_KEY_MOST_WORDS];
            memcpy(key, keys + next[i] * words, words * sizeof *key);
            for (size_t at; (at = value_of(key, digit)) != i;) {
                uint64_t *to = keys + next[at]++ * words;
                memcpy(other, to, words * sizeof *key);
                memcpy(to, key, words * sizeof *key);
                memcpy(key, other, words * sizeof *key);
            }
            memcpy(keys + next[i]++ * words, key, words * sizeof *key);
        }
}

/* Copies keys in the order of a digit, those of one as they stand. */
static ALWAYS_INLINE void copy_keys(const uint64_t *keys, size_t n, size_t words,
                                    const struct digit *digit, uint64_t *to)
{
    uint32_t next[BUCKETS];
    size_t buckets = (size_t)1 << digit->bits;
    memset(next, 0, buckets * sizeof *next);
    for (size_t i = 0; i < n; i++)
        next[value_of(keys + i * words, digit)]++;
    uint32_t sum = 0;
    for (size_t i = 0; i < buckets; i++) {
        uint32_t count = next[i];
        next[i] = sum;
        sum += count;
    }
    for (size_t i = 0; i < n; i++)
        memcpy(to + next[value_of(keys + i * words, digit)]++ * words, keys + i * words,
               words * sizeof *keys);
}

typedef void sort_fn(uint64_t *keys, size_t n, size_t word, uint64_t *spare);

static ALWAYS_INLINE void sort_many(uint64_t *keys, size_t n, size_t words, size_t word,
                                    uint64_t *spare, sort_fn *sort)
{
    struct digit digit;
    uint32_t ends[1 << PARTS];
    if (!find_digit(keys, n, words, word, PARTS, &digit))
        return;
    part_keys(keys, n, words, &digit, ends);
    for (size_t i = 0, begin = 0; i < (size_t)1 << digit.bits; begin = ends[i++])
        if (ends[i] - begin > 1)
            sort(keys + begin * words, ends[i] - begin, digit.word, spare);
}

static ALWAYS_INLINE void sort_some(uint64_t *keys, size_t n, size_t words, size_t word,
                                    uint64_t *spare, sort_fn *sort)
{
    unsigned bits = SPREAD + 1;
    while (n >> (bits - SPREAD) != 0)
        bits++;
    struct digit digit;
    if (!find_digit(keys, n, words, word, bits, &digit))
        return;
    struct digit low = {digit.word, digit.shift, digit.bits / 2};
    struct digit high = {digit.word, digit.shift + low.bits, digit.bits - low.bits};
    copy_keys(keys, n, words, &low, spare);
    copy_keys(spare, n, words, &high, keys);
    for (size_t i = 0, end; i < n; i = end) {
        size_t value = value_of(keys + i * words, &digit);
        for (end = i + 1; end < n && value_of(keys + end * words, &digit) == value;)
            end++;
        if (end - i > 1)
            sort(keys + i * words, end - i, digit.word, spare);
    }
}

/* Keys that agree in all words before one. */
static ALWAYS_INLINE void sort_keys(uint64_t *keys, size_t n, size_t words, size_t word,
                                    uint64_t *spare, sort_fn *sort)
{
    if (n <= FEW)
        insert_keys(keys, n, words);
    else if (n <= MANY)
        sort_some(keys, n, words, word, spare, sort);
    else
        sort_many(keys, n, words, word, spare, sort);
}

static void sort_2(uint64_t *keys, size_t n, size_t word, uint64_t *spare)
{
    sort_keys(keys, n, 2, word, spare, sort_2);
}

static void sort_3(uint64_t *keys, size_t n, size_t word, uint64_t *spare)
{
    sort_keys(keys, n, 3, word, spare, sort_3);
}

static void sort_4(uint64_t *keys, size_t n, size_t word, uint64_t *spare)
{
    sort_keys(keys, n, 4, word, spare, sort_4);
}

static void sort_5(uint64_t *keys, size_t n, size_t word, uint64_t *spare)
{
    sort_keys(keys, n, 5, word, spare, sort_5);
}

bool tm_keys_sort(uint64_t *keys, size_t n, size_t words)
{
    static sort_fn *const sorts[] = {
        [2] = sort_2, [3] = sort_3, [4] = sort_4, [TM_KEY_MOST_WORDS] = sort_5};
    uint64_t *spare = malloc((n < MANY ? n : MANY) * words * sizeof *spare + 1);
    if (spare != NULL)
        sorts[words](keys, n, 0, spare);
    free(spare);
    return spare != NULL;
}
