/* SPDX-License-Identifier: Apache-2.0 */
/*
 * count.h - characters and words of a text.
 *
 * A word is a maximal run of letters and digits of any script (Unicode of the ICU that is linked)
 * with the marks (accents and the like) behind them. An apostrophe (' U+2019 U+02BC) or a hyphen
 * (- U+2010 U+2011) between two letters does not part a word: "из-за" and "don't" are one word,
 * "2020-2021" is two.
 */
#ifndef TM_PACK_COUNT_H
#define TM_PACK_COUNT_H

#include <tolmach/base.h>

struct tm_counts {
    uint64_t chars;             /* code points */
    uint64_t words;
};

struct tm_counts tm_count_text(struct tm_str text);

#endif
