/* SPDX-License-Identifier: Apache-2.0 */
#include "report/words.h"

#include <endian.h>
#include <string.h>
#include <xxhash.h>

#include "base/utf8.h"

/* Bytes that are read behind the folded text. */
enum { PAD = 32 };

/* Stands in the folded text for the first byte of any other character; no byte of UTF-8. */
enum { OTHER = 0xFF };

/* One byte in lower case, between its neighbours. */
static unsigned char lower_byte(unsigned char before, unsigned char byte, unsigned char after)
{
    if (byte == 0xD1 ? after >= 0xA0 : byte >= 0xC0 && byte != 0xD0)
        return OTHER;
    if (byte == 0xD0)
        return after < 0x90 || (after >= 0xA0 && after < 0xB0) ? 0xD1 : byte;
    if (before == 0xD0)
        return (unsigned char)(byte < 0x90 ? byte + 0x10 : byte < 0xA0 ? byte + 0x20
                               : byte < 0xB0 ? byte - 0x20 : byte);
    return (unsigned char)(byte >= 'A' && byte <= 'Z' ? byte + 0x20 : byte);
}

#define NAMED(name) name##_16
#define LANES 16
#define TARGET
#include "report/lower_lanes.h"
#undef NAMED
#undef LANES
#undef TARGET

#ifdef __x86_64__
#define NAMED(name) name##_32
#define LANES 32
#define TARGET __attribute__((target("avx2")))
#include "report/lower_lanes.h"

static size_t lower_inner(const char *p, size_t n, char *to)
{
    return n >= 64 && __builtin_cpu_supports("avx2") ? lower_32(p, n, to) : lower_16(p, n, to);
}
#else
static size_t lower_inner(const char *p, size_t n, char *to)
{
    return lower_16(p, n, to);
}
#endif

static bool fold_text(struct tm_lower_words *words)
{
    const unsigned char *p = (const unsigned char *)words->text.p;
    size_t n = words->text.n;
    words->folded.n = 0;
    if (!tm_buf_reserve(&words->folded, n + PAD))
        return false;
    char *to = words->folded.p;
    memset(to + n, 0, PAD);
    if (n != 0)
        to[0] = (char)lower_byte(0, p[0], n > 1 ? p[1] : 0);
    for (size_t i = n < 3 ? 1 : lower_inner(words->text.p, n, to); i < n; i++)
        to[i] = (char)lower_byte(p[i - 1], p[i], i + 1 < n ? p[i + 1] : 0);
    return true;
}

bool tm_lower_words_begin(struct tm_lower_words *words, struct tm_str text)
{
    words->text = text;
    words->n = 0;
    tm_words_begin(&words->walk, text);
    return fold_text(words);
}

void tm_lower_words_finish(struct tm_lower_words *words)
{
    tm_buf_finish(&words->folded);
}

/* Both halves of a product of 128 bits (wyhash, Wang Yi). */
__extension__ typedef unsigned __int128 wide;

static inline uint64_t multiply(uint64_t a, uint64_t b)
{
    wide product = (wide)a * b;
    return (uint64_t)product ^ (uint64_t)(product >> 64);
}

/* Of 32 bytes, of which those behind the first n are 0. */
static inline uint64_t mix(uint64_t a, uint64_t b, uint64_t c, uint64_t d, size_t n)
{
    uint64_t low = multiply(a ^ 0xA0761D6478BD642Fu, b ^ 0xE7037ED1A0B428DBu);
    uint64_t high = multiply(c ^ 0x8EBC6AF09C88C6E3u, d ^ 0x589965CC75374CC3u);
    return multiply(low ^ high ^ n, 0x9E3779B97F4A7C15u);
}

static inline uint64_t load(const char *p)
{
    uint64_t bytes;
    memcpy(&bytes, p, sizeof bytes);
    return le64toh(bytes);
}

/* Nearly all words have 32 bytes at most. */
uint64_t tm_word_hash(struct tm_str word)
{
    char bytes[32] = {0};
    if (word.n > sizeof bytes)
        return XXH3_64bits(word.p, word.n);
    if (word.n != 0)
        memcpy(bytes, word.p, word.n);
    return mix(load(bytes), load(bytes + 8), load(bytes + 16), load(bytes + 24), word.n);
}

/* Ones before zeros: eight bytes from `masks + 32 - n + 8 * i` on are a mask of those that a word
 * of n bytes has in its i-th eight. */
static const char masks[64] = {
    -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1,
    -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1,
};

static inline uint64_t has_other(uint64_t bytes)
{
    return (~bytes - 0x0101010101010101u) & bytes & 0x8080808080808080u;
}

/* The same for a word of the folded text, behind which PAD bytes can be read. False if it holds
 * other characters. */
static inline bool hash_folded(const char *p, size_t n, uint64_t *ret_hash)
{
    if (n > PAD) {
        *ret_hash = XXH3_64bits(p, n);
        return n <= TM_WORD_MOST - 4 && memchr(p, OTHER, n) == NULL;
    }
    const char *mask = masks + PAD - n;
    uint64_t a = load(p) & load(mask);
    uint64_t b = load(p + 8) & load(mask + 8);
    uint64_t c = load(p + 16) & load(mask + 16);
    uint64_t d = load(p + 24) & load(mask + 24);
    *ret_hash = mix(a, b, c, d, n);
    return (has_other(a) | has_other(b) | has_other(c) | has_other(d)) == 0;
}

uint64_t tm_lower_hash(const struct tm_lower_words *words, size_t start, size_t n)
{
    uint64_t hash;
    (void)hash_folded(words->folded.p + start, n, &hash);
    return hash;
}

static size_t lower(struct tm_str text, char ret_word[TM_WORD_MOST])
{
    size_t n = 0;
    for (size_t at = 0; at < text.n && n + 4 <= TM_WORD_MOST;)
        n += tm_utf8_put(tm_lower(tm_utf8_next(text.p, text.n, &at)), ret_word + n);
    return n;
}

struct tm_str tm_lower_word_text(const struct tm_lower_words *words,
                                 const struct tm_lower_word *word, char ret_word[TM_WORD_MOST])
{
    if (word->plain)
        return (struct tm_str){words->folded.p + word->start, word->n};
    struct tm_str text = {words->text.p + word->start, word->n};
    return (struct tm_str){ret_word, lower(text, ret_word)};
}

/* The hash of a word that holds other characters. */
static uint64_t hash_rare(const struct tm_lower_words *words, const struct tm_lower_word *word)
{
    char bytes[TM_WORD_MOST];
    return tm_word_hash(tm_lower_word_text(words, word, bytes));
}

static void hash_at(const struct tm_lower_words *words, size_t start, size_t n,
                    struct tm_lower_word *ret_word)
{
    ret_word->start = (uint32_t)start;
    ret_word->n = (uint32_t)n;
    ret_word->plain = hash_folded(words->folded.p + start, n, &ret_word->hash);
    if (!ret_word->plain)
        ret_word->hash = hash_rare(words, ret_word);
}

void tm_lower_words_hash(const struct tm_lower_words *words, const struct tm_quality_word *list,
                         size_t n, uint64_t *ret_hashes)
{
    struct tm_lower_word word;
    for (size_t i = 0; i < n; i++) {
        hash_at(words, list[i].start, list[i].n, &word);
        ret_hashes[i] = word.hash;
    }
}

bool tm_lower_words_next(struct tm_lower_words *words)
{
    size_t start, end;
    size_t n = 0;
    while (n < TM_WORDS_AT_ONCE && tm_words_next(&words->walk, &start, &end))
        hash_at(words, start, end - start, &words->list[n++]);
    words->n = n;
    return n != 0;
}
