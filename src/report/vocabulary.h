/* SPDX-License-Identifier: Apache-2.0 */
/* vocabulary.h - the different words of a language, and how their number grows. */
#ifndef TM_REPORT_VOCABULARY_H
#define TM_REPORT_VOCABULARY_H

#include "report/report.h"
#include "report/words.h"

/* The words of a record, whose number is in lang->words already. False when memory is short. */
bool tm_vocabulary_add(struct tm_report_lang *lang, struct tm_lower_words *words,
                       struct tm_str text);

/* The same of a record whose words were walked before: `n` of tm_hll_mark, at any address. */
bool tm_vocabulary_add_marks(struct tm_report_lang *lang, const char *marks, size_t n);

/* Whether the number of words has passed the next checkpoint of a list of growth, and noting it;
 * a long text passes several at once. */
bool tm_growth_is_due(const struct tm_growth *list, size_t n, uint64_t words);
void tm_growth_note(struct tm_growth *list, size_t *n, uint64_t words, uint64_t different);

#endif
