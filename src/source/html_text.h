/* SPDX-License-Identifier: Apache-2.0 */
/*
 * html_text.h - from the texts between tags to the text that a reader sees: references are decoded,
 * inline tags leave no trace, blocks and <br> end lines.
 *
 * The line feeds of the source are blanks, runs with a line feed in them shrink to one blank and
 * vanish at the ends of lines. Other runs of blanks stay as they are, for the posts that these
 * pages hold are text and not HTML; `collapse` shrinks them as a browser does. Bytes that are no
 * UTF-8 become U+FFFD, U+0000 goes.
 */
#ifndef TM_SOURCE_HTML_TEXT_H
#define TM_SOURCE_HTML_TEXT_H

#include "base/buf.h"

struct tm_html_text {
    struct tm_buf out;
    uint64_t raw;           /* source bytes of what is in `out`; those of line ends are tags */
    uint64_t mended;        /* sequences that were no UTF-8 */
    unsigned pre;           /* depth of <pre>: blanks and line feeds stay */
    bool collapse;
    /* private */
    bool border;            /* a block begins or ends here */
    bool blank;             /* a run of blanks that may vanish */
};

void tm_html_text_reset(struct tm_html_text *text);

/* A text as it stands in the source. */
void tm_html_text_add(struct tm_html_text *text, struct tm_str raw);

/* <br>; the border of a block. */
void tm_html_text_break(struct tm_html_text *text);
void tm_html_text_border(struct tm_html_text *text);

/* What has been gathered, without blanks at the ends. */
struct tm_str tm_html_text_view(const struct tm_html_text *text);

/* Appends the value of an attribute. */
void tm_html_decode(struct tm_buf *buf, struct tm_str raw);

#endif
