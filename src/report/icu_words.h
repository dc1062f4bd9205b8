/* SPDX-License-Identifier: Apache-2.0 */
/*
 * icu_words.h - words as the word iterator of the ICU that is linked counts them (UAX #29): pieces
 * whose rule status is a number, letters, kana or ideographs. They are told beside n_words, whose
 * rule (pack/count.h) keeps a hyphened word together and does not change with ICU's rules.
 */
#ifndef TM_REPORT_ICU_WORDS_H
#define TM_REPORT_ICU_WORDS_H

#include <tolmach/base.h>

struct tm_icu_words;

/* NULL when memory is short or ICU has no rules. */
struct tm_icu_words *tm_icu_words_create(void);
void tm_icu_words_destroy(struct tm_icu_words *words);

/* Begins a text of valid UTF-8, which stays the caller's. */
bool tm_icu_words_begin(struct tm_icu_words *words, struct tm_str text);

/* The bytes from *ret_start to *ret_end are the next word; false after the last. */
bool tm_icu_words_next(struct tm_icu_words *words, size_t *ret_start, size_t *ret_end);

/* How many a text has; `user` is a struct tm_icu_words (a tm_unit_fn). */
uint64_t tm_icu_words_count(void *user, struct tm_str text);

/* Whether a text could not be walked since it was created. */
bool tm_icu_words_failed(const struct tm_icu_words *words);

#endif
