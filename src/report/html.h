/* SPDX-License-Identifier: Apache-2.0 */
/* html.h - text and numbers on a page. */
#ifndef TM_REPORT_HTML_H
#define TM_REPORT_HTML_H

#include "base/buf.h"
#include "base/str.h"

/* Text of a corpus: what HTML would read as markup is escaped; characters that change the direction
 * or cannot be seen become U+FFFD, line feeds stay. */
void tm_html_text(struct tm_buf *buf, struct tm_str text);

/* The same, of at most `most` bytes of HTML; … stands where it was cut. */
void tm_html_cut(struct tm_buf *buf, struct tm_str text, size_t most);

/* ` lang="ru"` or ` lang="en"` by the letters, with dir="auto"; nothing in front of text without. */
void tm_html_lang(struct tm_buf *buf, struct tm_str text);

void tm_html_number(struct tm_buf *buf, uint64_t value);        /* 12,345 */
void tm_html_short(struct tm_buf *buf, uint64_t value);         /* 12k, as ticks of an axis are */
void tm_html_bytes(struct tm_buf *buf, uint64_t value);         /* 12.3 kB */
void tm_html_share(struct tm_buf *buf, uint64_t n, uint64_t of);        /* 12.3 % */
void tm_html_tenths(struct tm_buf *buf, double value);          /* 12.3, whatever the locale */

/* Cells: a number, one with a bar of n / most behind it, a text, a heading. */
void tm_html_td(struct tm_buf *buf, uint64_t value);
void tm_html_td_bar(struct tm_buf *buf, uint64_t value, uint64_t most, int colour);
void tm_html_td_text(struct tm_buf *buf, struct tm_str text, size_t most);

/* A table whose columns are named "a|b|c"; those after the first hold numbers unless their name
 * begins with '<'. The row is begun by <tr> and a tm_html_th or td_text. */
void tm_html_table(struct tm_buf *buf, const char *caption, const char *columns);
void tm_html_table_end(struct tm_buf *buf);

/* The same, with a link to the table as a CSV file (table_csv.c). */
void tm_html_table_save(struct tm_buf *buf);

void tm_html_th(struct tm_buf *buf, const char *text);

#endif
