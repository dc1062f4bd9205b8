/* SPDX-License-Identifier: Apache-2.0 */
/* grams.h - the character 5-grams of a form between two blanks, as hashes, some dozens at a time. */
#ifndef TM_DEDUP_GRAMS_H
#define TM_DEDUP_GRAMS_H

#include <endian.h>
#include <string.h>
#include <tolmach/base.h>

enum {
    TM_GRAM = 5,                    /* letters */
    TM_GRAMS_MOST = 64,             /* grams at a time */
    TM_GRAMS_CARRIED = 4 * TM_GRAM,
    TM_GRAMS_WINDOW = 64,
};

/* A walk over a form. The window holds letters of which not all grams were told, then new ones. */
struct tm_grams {
    struct tm_str form;             /* borrowed */
    size_t at;
    size_t carried;                 /* bytes */
    bool ended;
    char window[TM_GRAMS_WINDOW + 16];
};

void tm_grams_begin(struct tm_grams *walk, struct tm_str form);

/* The next grams, as mixed hashes; returns how many, 0 after the last. */
size_t tm_grams_next(struct tm_grams *walk, uint64_t ret_hashes[TM_GRAMS_MOST]);

static inline uint64_t tm_load_8(const char *p)
{
    uint64_t word;
    memcpy(&word, p, sizeof word);
    return le64toh(word);
}

/* A hash of n bytes, of which the first 16 count; so many have to be there to be read. To be mixed:
 * its low bits depend on few. Without a branch, which lengths that nobody foresees would mislead. */
static inline uint64_t tm_hash_16(const char *p, size_t n)
{
    static const char ones[32] = "\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF";
    size_t most = n < 16 ? n : 16;
    uint64_t a = tm_load_8(p) & tm_load_8(ones + 16 - most);
    uint64_t b = tm_load_8(p + 8) & tm_load_8(ones + 24 - most);
    return (a + n) * 0x9E3779B97F4A7C15u + b * 0xC2B2AE3D27D4EB4Fu;
}

static inline uint64_t tm_mix(uint64_t x)
{
    x ^= x >> 32;
    x *= 0xD6E8FEB86659FD93u;
    x ^= x >> 32;
    return x;
}

#endif
