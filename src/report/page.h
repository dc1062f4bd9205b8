/* SPDX-License-Identifier: Apache-2.0 */
/* page.h - the parts of the page; private to page*.c. */
#ifndef TM_REPORT_PAGE_H
#define TM_REPORT_PAGE_H

#include "report/html.h"
#include "report/plot.h"
#include "report/report.h"

/* "Russian" and so on. */
const char *tm_page_lang(int lang);

/* Adds the languages that the release has as series; values[lang] is the first value of each. */
void tm_page_series(struct tm_figure *figure, const struct tm_report *report,
                    const uint64_t *const values[TM_REPORT_LANGS]);

/* page_ledger.c */
void tm_page_ledger(struct tm_buf *buf, const struct tm_report *report);

/* page_text.c: the sections on lengths and words. */
void tm_page_lengths(struct tm_buf *buf, const struct tm_report *report);
void tm_page_words(struct tm_buf *buf, const struct tm_report *report);

/* page_signs.c: those on characters and on the signals of quality. */
void tm_page_characters(struct tm_buf *buf, const struct tm_report *report);
void tm_page_quality(struct tm_buf *buf, const struct tm_report *report);

/* page_records.c: the sections on duplicates, forwards and on single records. */
void tm_page_duplicates(struct tm_buf *buf, const struct tm_report *report);
void tm_page_examples(struct tm_buf *buf, const struct tm_report *report);
void tm_page_strange(struct tm_buf *buf, const struct tm_report *report);

#endif
