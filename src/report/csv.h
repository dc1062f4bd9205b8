/* SPDX-License-Identifier: Apache-2.0 */
/*
 * csv.h - the numbers of a figure as a file to save, without a second file beside the page: rows of
 * RFC 4180 in a data: URI (RFC 2397). A figure or a table has some hundred rows at most, so all
 * of them together stay below a tenth of what the page may take.
 */
#ifndef TM_REPORT_CSV_H
#define TM_REPORT_CSV_H

#include "base/buf.h"
#include "base/str.h"

/* The next cell of the row, in quotes where it needs them. */
void tm_csv_text(struct tm_buf *csv, struct tm_str text);
void tm_csv_number(struct tm_buf *csv, uint64_t value);
void tm_csv_row_end(struct tm_buf *csv);

/* Puts the link on the page, and `key` of stats.json that holds the numbers too, unless it
 * is NULL; finishes `csv`.
 * `name` is the file's without ".csv". */
void tm_csv_link(struct tm_buf *buf, const char *name, const char *title, const char *key,
                 struct tm_buf *csv);

#endif
