/* SPDX-License-Identifier: Apache-2.0 */
/*
 * stems.h - the commonest stems: what is left of a word without its endings, so that its forms are
 * counted together. Snowball's algorithms for Russian and English (M. Porter, 2001), of libstemmer.
 * A stem is no lemma: suffixes that change the kind of word go too, and irregular forms stay apart.
 *
 * The words of the sample's table are stemmed, not the text; so a stem's number is the sum of those
 * of its forms in the table, and as far off as they are.
 */
#ifndef TM_REPORT_STEMS_H
#define TM_REPORT_STEMS_H

#include "report/report.h"

/* "russian" or "english"; NULL: no stems are counted. */
const char *tm_stems_algorithm(enum tm_pack_stream lang);

/* Once lang->top is full: fills lang->stems, gives moments to the commonest ones, and marks their
 * words with them. False when memory is short. */
bool tm_stems_count(struct tm_report_lang *lang);

/* Once the tables are sorted: the commonest words of a stem, at most `most`; how many they are. */
size_t tm_stems_forms(const struct tm_report_lang *lang, const struct tm_tally_entry *stem,
                      size_t most, struct tm_str *ret_forms);

#endif
