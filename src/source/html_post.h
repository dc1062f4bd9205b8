/* SPDX-License-Identifier: Apache-2.0 */
/*
 * html_post.h - what the two readers of posts in HTML share: a message is one <div>, of which
 * certain elements ("regions") hold the text and the values, and all else is markup.
 */
#ifndef TM_SOURCE_HTML_POST_H
#define TM_SOURCE_HTML_POST_H

#include "source/html_scan.h"
#include "source/html_text.h"
#include "source/ident.h"
#include "source/reader.h"

/* A word of a class attribute and its bit. */
struct tm_html_class {
    struct tm_str name;
    uint32_t bit;
};

#define TM_HTML_CLASS(literal) {(literal), sizeof(literal) - 1}

/* Regions; a reader has its own from TM_REGION_OWN on. */
enum { TM_REGION_NONE, TM_REGION_TEXT, TM_REGION_OWN };

struct tm_html_post {
    struct tm_file *file;
    struct tm_html html;
    uint64_t start;             /* of the message */
    unsigned divs;              /* open ones, that of the message included; 0 outside */
    int region;
    uint64_t region_tag;
    unsigned region_depth;      /* open elements of that tag */
    struct tm_html_text text;
    struct tm_html_text value;  /* of a region that is not the text */
    uint64_t metadata;
    struct tm_str *links;
    size_t n_links;
    size_t room_links;
    bool huge;                  /* a tag or text of it was passed over */
    bool failed;                /* memory was short */
    /* private */
    struct tm_buf href;
    uint64_t href_raw;
    size_t link_start;          /* where the link's text begins */
};

void tm_html_post_init(struct tm_html_post *post, struct tm_file *file);
void tm_html_post_finish(struct tm_html_post *post);

/* Bits of the classes of the tag at hand; `table` ends with a NULL name. */
uint32_t tm_html_post_classes(const struct tm_html_post *post, const struct tm_html_class *table);

/* A message begins with the <div> at hand. */
void tm_html_post_begin(struct tm_html_post *post);

/* A region begins with the tag at hand. */
void tm_html_post_enter(struct tm_html_post *post, int region);

/* Takes the value of an attribute as metadata. */
void tm_html_post_keep(struct tm_html_post *post, struct tm_buf *buf, struct tm_str raw);

/* The same of the region that has ended, as trimmed text on one line. */
void tm_html_post_keep_value(struct tm_html_post *post, struct tm_buf *buf);

/* Follows a tag or text inside the region; a region that ended with it, else TM_REGION_NONE. */
int tm_html_post_follow(struct tm_html_post *post, enum tm_html_event event);

/* The message ends at `end`: fills text, links, extent and balance of a new document. NULL when
 * the message cannot be used (told and accounted for) or memory is short (`failed`). */
struct tm_doc *tm_html_post_document(struct tm_html_post *post, uint64_t end);

/* The file ends inside the message. */
void tm_html_post_cut(struct tm_html_post *post);

/* What a buffer holds, in the arena of the batch; unknown if it is empty. */
struct tm_str tm_html_post_copy(struct tm_html_post *post, const struct tm_buf *buf);

#endif
