/* SPDX-License-Identifier: Apache-2.0 */
/*
 * html_scan.h - HTML as a run of tags and texts, in bounded memory.
 *
 * A token is a tag or a whole run of text; comments, doctypes, processing instructions and the
 * contents of script, style and their like are passed over. No tree is built, so that nesting costs
 * nothing: who needs to know where he is counts elements of one name. Tags and raw texts are found
 * as the HTML standard's tokenizer finds them (13.2.5), with two differences: a quote that is never
 * closed does not swallow the file, and scripts' own comments are not looked into.
 */
#ifndef TM_SOURCE_HTML_SCAN_H
#define TM_SOURCE_HTML_SCAN_H

#include "base/stream.h"

enum tm_html_event {
    TM_HTML_END,
    TM_HTML_TEXT,
    TM_HTML_OPEN,
    TM_HTML_CLOSE,
    TM_HTML_HUGE,           /* a tag or text larger than the limit has been passed over */
};

struct tm_html {
    struct tm_stream *stream;
    size_t limit;           /* bytes of the largest token; the stream's must not be smaller */
    struct tm_str raw;      /* the token as it stands; good until the next call */
    uint64_t start;         /* its extent in the stream */
    uint64_t end;
    uint64_t tag;           /* of OPEN and CLOSE: TM_HTML_TAG of its name */
    bool cut;               /* the stream ended inside a tag, a comment or a script */
    /* private */
    size_t taken;           /* bytes of the token, consumed by the next call */
    uint64_t inside;        /* tag whose content comes next as raw text, or 0 */
};

/* A name as a number: its first eight letters in lower case, and a bit for more. */
#define TM_HTML_TAG(a, b, c, d, e, f, g, h)                                                        \
    ((uint64_t)(a) | (uint64_t)(b) << 8 | (uint64_t)(c) << 16 | (uint64_t)(d) << 24 |              \
     (uint64_t)(e) << 32 | (uint64_t)(f) << 40 | (uint64_t)(g) << 48 | (uint64_t)(h) << 56)
#define TM_HTML_LONG ((uint64_t)1 << 63)

#define TM_HTML_A TM_HTML_TAG('a', 0, 0, 0, 0, 0, 0, 0)
#define TM_HTML_B TM_HTML_TAG('b', 0, 0, 0, 0, 0, 0, 0)
#define TM_HTML_I TM_HTML_TAG('i', 0, 0, 0, 0, 0, 0, 0)
#define TM_HTML_P TM_HTML_TAG('p', 0, 0, 0, 0, 0, 0, 0)
#define TM_HTML_BR TM_HTML_TAG('b', 'r', 0, 0, 0, 0, 0, 0)
#define TM_HTML_DIV TM_HTML_TAG('d', 'i', 'v', 0, 0, 0, 0, 0)
#define TM_HTML_PRE TM_HTML_TAG('p', 'r', 'e', 0, 0, 0, 0, 0)
#define TM_HTML_SPAN TM_HTML_TAG('s', 'p', 'a', 'n', 0, 0, 0, 0)
#define TM_HTML_META TM_HTML_TAG('m', 'e', 't', 'a', 0, 0, 0, 0)
#define TM_HTML_TIME TM_HTML_TAG('t', 'i', 'm', 'e', 0, 0, 0, 0)
#define TM_HTML_TITLE TM_HTML_TAG('t', 'i', 't', 'l', 'e', 0, 0, 0)
#define TM_HTML_QUOTE (TM_HTML_TAG('b', 'l', 'o', 'c', 'k', 'q', 'u', 'o') | TM_HTML_LONG)

void tm_html_init(struct tm_html *html, struct tm_stream *stream, size_t limit);

enum tm_html_event tm_html_next(struct tm_html *html);

/* Value of an attribute of the tag `raw`, as it stands in the source, or unknown; `name` in lower
 * case. An attribute without a value is empty. */
struct tm_str tm_html_attribute(struct tm_str raw, const char *name);

/* Is `name` one of the words of a class attribute? */
bool tm_html_has_class(struct tm_str classes, const char *name);

/* Tags that stand on lines of their own. */
bool tm_html_is_block(uint64_t tag);

#endif
