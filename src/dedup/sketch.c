/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Sketches: MinHash (Broder, On the resemblance and containment of documents, 1997) over triples of
 * words, and over character 5-grams for texts of few words. Minima are chained by three to the
 * keys of an LSH forest (Bawa, Condie, Ganesan, LSH Forest, 2005): texts meet at the first minimum
 * when it is rare, and are told apart by the second and third when it is not, so that one number
 * of keys suits small and large corpora alike.
 *
 * Two kinds of keys find what minima would miss: the hash of a short text as a whole meets that of
 * a text without its last lines; the hashes of last lines show which of them recur.
 */
#include "dedup/sketch.h"

#include <string.h>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

#include "base/hash.h"
#include "dedup/grams.h"
#include "dedup/normal.h"
#include "dedup/numbers.h"

/* Minima are three times as fast with 256-bit integers, where the processor has them. */
#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__) &&                            \
    !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
#define TM_WIDE __attribute__((target_clones("avx2", "default")))
#else
#define TM_WIDE
#endif

enum {
    WAITING = 256,
    BLOCK = 64,
    TREES = TM_SKETCH_TREES,
    BOTH_TREES = 6,             /* of each kind, where a text has keys of both */
    LANES = TM_SKETCH_LANES,
    MOST_CHAR_WORDS = 24,       /* texts of so many words have keys of characters */
    LEAST_TRIPLE_WORDS = 10,      /* and of so many keys of triples of words: some have both */
    MOST_WHOLE_WORDS = 60,      /* and a key of its whole */
    LEAST_TAIL = 8,             /* bytes of a last line */
    MOST_TAIL = 200,
};

/* The minima of all lanes, each under a permutation of its own; features wait to be many. */
struct minima {
    uint32_t lanes[LANES];
    size_t n;
    uint64_t waiting[WAITING];
};

/* Odd multipliers. */
static const uint32_t factors[LANES] = {
    0x9E3779B1, 0x85EBCA77, 0xC2B2AE3D, 0x27D4EB2F, 0x165667B1, 0xD3A2646D, 0xFD7046C5, 0xB55A4F09,
    0x8DA6B343, 0xD8163841, 0xCB1AB31F, 0x2C1B3C6D, 0x297A2D39, 0xE6546B65, 0xCC9E2D51, 0x1B873593,
    0xA0D0FCD5, 0x7FEB352D, 0x846CA68B, 0xED5AD4BB, 0xAC4C1B51, 0x31848BAB, 0x5851F42D, 0x6C078965,
};

/* Integers alone, so that what comes out is the same on every machine. */
TM_WIDE static void fold(struct minima *minima)
{
    uint32_t lanes[LANES];
    memcpy(lanes, minima->lanes, sizeof lanes);
    for (size_t k = 0; k < minima->n; k++) {
        uint32_t x = (uint32_t)minima->waiting[k];
        uint32_t y = (uint32_t)(minima->waiting[k] >> 32);
        for (int i = 0; i < LANES; i++) {
            uint32_t value = x * factors[i] + y;
            value ^= value >> 15;
            lanes[i] = value < lanes[i] ? value : lanes[i];
        }
    }
    memcpy(minima->lanes, lanes, sizeof lanes);
    minima->n = 0;
}

static void begin_minima(struct minima *minima)
{
    memset(minima->lanes, 0xFF, sizeof minima->lanes);
    minima->n = 0;
}

/* Room for so many features more. */
static inline void reserve(struct minima *minima, size_t n)
{
    if (minima->n + n > WAITING)
        fold(minima);
}

/* Words of more than 32 bytes are known by both ends. At least 16 have to be there to be read. */
static inline uint64_t hash_word(const char *p, size_t n)
{
    size_t more = n > 16 ? n - 16 : 0;
    uint64_t end = tm_hash_16(p + more, 16) * 0x165667B19E3779F9u;
    uint64_t hash = tm_hash_16(p, n) + (end & -(uint64_t)(more != 0));
    return hash ^ hash >> 32;
}

/* Bits of the blanks among the n bytes from p on, 64 at the most. */
static uint64_t blanks_of(const char *p, size_t n)
{
    char block[BLOCK] = {0};
    uint64_t bits = 0;
    if (n < BLOCK)
        p = memcpy(block, p, n);
#if defined(__SSE2__)
    for (int i = 0; i < BLOCK; i += 16) {
        __m128i bytes = _mm_loadu_si128((const __m128i *)(const void *)(p + i));
        __m128i blanks = _mm_cmpeq_epi8(bytes, _mm_set1_epi8(' '));
        bits |= (uint64_t)(unsigned)_mm_movemask_epi8(blanks) << i;
    }
#else
    for (int i = 0; i < BLOCK; i++)
        bits |= (uint64_t)(p[i] == ' ') << i;
#endif
    return bits;
}

/* Words on their way to triples. */
struct words {
    const char *form;
    size_t begin;                   /* of the word under way */
    uint32_t n;
    uint64_t last[2];
};

static inline void take_word(struct words *words, size_t end, struct minima *minima)
{
    uint64_t hash = hash_word(words->form + words->begin, end - words->begin);
    minima->waiting[minima->n] = tm_mix((words->last[0] * 3 + words->last[1]) * 5 + hash);
    minima->n += words->n > 1;
    words->last[0] = words->last[1];
    words->last[1] = hash;
    words->n++;
    words->begin = end + 1;
}

/* Minima over the triples of words, which one blank parts; returns the number of words. */
static uint32_t take_words(const char *form, size_t n, struct minima *minima)
{
    struct words words = {.form = form};
    for (size_t at = 0; at < n; at += BLOCK) {
        reserve(minima, BLOCK);
        for (uint64_t bits = blanks_of(form + at, n - at); bits != 0; bits &= bits - 1)
            take_word(&words, at + (unsigned)__builtin_ctzll(bits), minima);
    }
    reserve(minima, 1);
    take_word(&words, n, minima);
    fold(minima);
    return words.n;
}

/* Minima over the 5-grams of the text between two blanks. */
static void take_chars(struct tm_str form, struct minima *minima)
{
    struct tm_grams grams;
    tm_grams_begin(&grams, form);
    size_t n;
    do {
        reserve(minima, TM_GRAMS_MOST);
        n = tm_grams_next(&grams, minima->waiting + minima->n);
        minima->n += n;
    } while (n != 0);
    fold(minima);
}

static void put_key(struct tm_sketch *sketch, enum tm_key_kind kind, unsigned detail,
                    uint64_t high, uint64_t more)
{
    sketch->keys[sketch->n_keys++] = (struct tm_sketch_key){
        high, (more & 0xFFFFF) << TM_KEY_HASH_AT | (uint64_t)kind << TM_KEY_KIND_AT |
                  (uint64_t)detail << TM_KEY_DETAIL_AT};
}

static void put_trees(struct tm_sketch *sketch, enum tm_key_kind kind,
                      const struct minima *minima, uint32_t trees)
{
    for (uint32_t i = 0; i < trees; i++) {
        /* Minima are small numbers: mixed, they spread over all of the first half. */
        uint64_t first = tm_mix(((uint64_t)kind << 8 | i) << 32 | minima->lanes[i]) >> 32;
        uint64_t second = tm_mix(minima->lanes[i + TREES]) & 0xFFFFFFFF;
        put_key(sketch, kind, 0, first << 32 | second, tm_mix(minima->lanes[i + 2 * TREES]));
    }
    for (int i = 0; i < LANES; i++)
        sketch->lanes[kind][i] = (uint8_t)tm_mix(minima->lanes[i]);
}

/* Where the last lines begin, and their keys. */
static void find_lines(struct tm_sketch *sketch)
{
    const char *form = sketch->form.p;
    size_t end = sketch->form.n;
    for (unsigned cut = 0; cut < TM_SKETCH_CUTS; cut++) {
        const char *feed = memrchr(form, '\n', end);
        if (feed == NULL)
            return;
        size_t begin = (size_t)(feed - form) + 1;
        if (end - begin < LEAST_TAIL || end - begin > MOST_TAIL)
            return;
        struct tm_hash128 tail = tm_hash128_of(form + begin, end - begin);
        put_key(sketch, TM_KEY_TAIL, cut, tail.high, tail.low);
        end = begin - 1;
        sketch->cuts[cut] = (uint32_t)end;
    }
}

/* Numbers in last lines do not count where these recur, which nobody knows yet. */
static uint32_t sign_numbers(const struct tm_sketch *sketch)
{
    size_t body = sketch->form.n;
    for (int cut = 0; cut < TM_SKETCH_CUTS && sketch->cuts[cut] != 0; cut++)
        body = sketch->cuts[cut];
    struct tm_str number;
    size_t at = body;
    return tm_number_next(sketch->form, &at, &number) ? 0 : tm_numbers_signature(sketch->form);
}

static void put_wholes(struct tm_sketch *sketch)
{
    if (sketch->words > MOST_WHOLE_WORDS)
        return;
    put_key(sketch, TM_KEY_WHOLE, 0, sketch->fingerprint.high, sketch->fingerprint.low);
    for (int cut = 0; cut < TM_SKETCH_CUTS && sketch->cuts[cut] != 0; cut++) {
        struct tm_hash128 hash = tm_hash128_of(sketch->form.p, sketch->cuts[cut]);
        put_key(sketch, TM_KEY_WHOLE, 1, hash.high, hash.low);
    }
}

static void put_minima(struct tm_sketch *sketch)
{
    struct minima minima;
    begin_minima(&minima);
    sketch->words = take_words(sketch->form.p, sketch->form.n, &minima);
    bool triples = sketch->words >= LEAST_TRIPLE_WORDS, chars = sketch->words <= MOST_CHAR_WORDS;
    uint32_t trees = triples && chars ? BOTH_TREES : TREES;
    if (triples)
        put_trees(sketch, TM_KEY_WORDS, &minima, trees);
    if (!chars)
        return;
    begin_minima(&minima);
    take_chars(sketch->form, &minima);
    put_trees(sketch, TM_KEY_CHARS, &minima, trees);
}

void tm_sketch_of(const char *text, size_t n, char *scratch, struct tm_sketch *ret_sketch)
{
    struct tm_sketch *sketch = ret_sketch;
    memset(sketch, 0, offsetof(struct tm_sketch, keys));
    sketch->form = (struct tm_str){scratch, tm_normal_lines(text, n, scratch)};
    find_lines(sketch);
    size_t length = sketch->form.n;
    for (size_t i = 0; i < length; i++)
        scratch[i] = scratch[i] == '\n' ? ' ' : scratch[i];
    memset(scratch + length, 0, 16);
    if (length != 0)
        put_minima(sketch);
    struct tm_hash128 hash = tm_hash128_of(scratch, length);
    sketch->fingerprint = (struct tm_fingerprint){hash.high, hash.low};
    sketch->numbers = sign_numbers(sketch);
    put_wholes(sketch);
}
