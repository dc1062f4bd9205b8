/* SPDX-License-Identifier: Apache-2.0 */
/* quality.h - what the measuring of words and lines shares with that of n-grams. */
#ifndef TM_PACK_QUALITY_H
#define TM_PACK_QUALITY_H

#include <tolmach/quality.h>

/* Texts of so many words need no memory from the heap. */
enum { TM_QUALITY_WORDS = 512 };

/* A word as lines and n-grams see it. */
struct tm_quality_word {
    uint64_t hash;
    size_t start;
    uint32_t chars;
    uint32_t n;                 /* bytes; the text has less than 4 GiB */
};

/* Looks at the words of a text while they are there. */
typedef void tm_quality_take_fn(void *user, struct tm_str text, const struct tm_quality_word *words,
                                size_t n);

/* As tm_quality_measure; `take` (NULL: nobody) is called once, if memory was not short. */
enum tm_status tm_quality_measure_words(struct tm_str text, enum tm_lang lang,
                                        tm_quality_take_fn *take, void *user,
                                        struct tm_signals *ret_signals);

static inline uint32_t tm_per_mille(uint64_t part, uint64_t whole)
{
    return whole == 0 ? 0 : (uint32_t)(1000 * part / whole);
}

/* Fills the two signals of n-grams; `chars` is that of all words. False when memory is short. */
bool tm_quality_grams(const struct tm_quality_word *words, size_t n_words, uint64_t chars,
                      struct tm_signals *signals);

#endif
