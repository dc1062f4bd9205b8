/* SPDX-License-Identifier: Apache-2.0 */
/*
 * html_page.h - the main text of a web page in memory, and what the page says of itself.
 *
 * Blocks are judged by length, share of link text and share of function words, then by their
 * neighbours: the rule of jusText (J. Pomikálek, Removing Boilerplate and Duplicate Content from
 * Web Corpora, Brno 2011, 3.2), with one list of Russian and English function words and thresholds
 * that suit a short list. Navigation, headers, footers, asides and the like never enter, forms
 * only when they hold most of the page. A page on which nothing is judged good keeps all blocks
 * that are not mostly links.
 */
#ifndef TM_SOURCE_HTML_PAGE_H
#define TM_SOURCE_HTML_PAGE_H

#include <tolmach/document.h>

struct tm_html_page {
    struct tm_str title;        /* og:title, else <title>; unknown if neither */
    struct tm_str url;          /* canonical address (http or https), else og:url; or unknown */
    struct tm_str text;         /* one line a block or <br>; empty if there is none */
    int64_t date;               /* article:published_time, else the first <time datetime> */
    struct tm_reading reading;  /* of the n bytes; the sum is n */
    uint64_t mended;            /* sequences that were no UTF-8 and became U+FFFD */
    bool cut;                   /* the page ends inside a tag, a comment or a script */
};

/* Reads the n bytes of a page in UTF-8. Slices are in `arena`. TM_OK or TM_ERR_NOMEM. */
enum tm_status tm_html_page_read(const char *p, size_t n, struct tm_arena *arena,
                                 struct tm_html_page *ret, struct tm_err *err);

/* What readers of pages put into `extra`: {"title":…} in `arena`, unknown when there is no title.
 * False when memory is short. */
bool tm_html_title_object(struct tm_arena *arena, struct tm_str title, struct tm_str *ret);

#endif
