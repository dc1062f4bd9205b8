/* SPDX-License-Identifier: Apache-2.0 */
/* vocabulary.h - the different words of a language, and how their number grows. */
#ifndef TM_REPORT_VOCABULARY_H
#define TM_REPORT_VOCABULARY_H

#include "report/report.h"
#include "report/words.h"

/* The words of a record, whose number is in lang->words already. False when memory is short. */
bool tm_vocabulary_add(struct tm_report_lang *lang, struct tm_lower_words *words,
                       struct tm_str text);

/*
 * The same of a record whose words were walked before. What a word means to the vocabulary
 * (tm_hll_mark) takes two bytes, or four of one word in eight: the register and two bits for a rank of
 * 1 to 3, or 4 before the rank itself. A temporary file is written with them, so that they are few.
 */
bool tm_vocabulary_add_marks(struct tm_report_lang *lang, const char *marks, size_t bytes);
void tm_vocabulary_put_mark(uint16_t *list, size_t *n, uint64_t hash);

/* Whether the number of words has passed the next checkpoint of a list of growth, and noting it;
 * a long text passes several at once. */
bool tm_growth_is_due(const struct tm_growth *list, size_t n, uint64_t words);
void tm_growth_note(struct tm_growth *list, size_t *n, uint64_t words, uint64_t different);

#endif
