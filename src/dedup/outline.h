/* SPDX-License-Identifier: Apache-2.0 */
/*
 * outline.h - which forms cannot be like each other, seen from little of them: a bit for each 5-gram
 * (hashed), of which those that one has alone stand for a gram that it has alone; and their words
 * and numbers, counted. Exact: what compare.h finds similar is never refused.
 */
#ifndef TM_DEDUP_OUTLINE_H
#define TM_DEDUP_OUTLINE_H

#include <tolmach/dedup.h>

enum { TM_OUTLINE_WORDS = 16 };

struct tm_outline {
    uint64_t bits[TM_OUTLINE_WORDS];
    uint64_t grams;                 /* repeated ones too */
    uint64_t bytes;
    uint64_t number_bits;           /* a bit for each number (hashed) */
    uint64_t number_sum;            /* of all hashes */
    uint32_t numbers;
    uint32_t words;
};

void tm_outline_of(struct tm_str form, struct tm_outline *ret_outline);

/* False when two forms cannot be similar. The threshold of the options is not 0. */
bool tm_outlines_may_agree(const struct tm_outline *a, const struct tm_outline *b,
                           const struct tm_near_options *options);

#endif
