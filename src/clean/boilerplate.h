/* SPDX-License-Identifier: Apache-2.0 */
/* boilerplate.h - the normal form in which lines are compared, what speaks for a line being
 * boilerplate, and lookups in what was learnt. */
#ifndef TM_CLEAN_BOILERPLATE_H
#define TM_CLEAN_BOILERPLATE_H

#include "clean/cleaning.h"

enum { MAX_LINE_KEY = 240 };

/* Letters and digits of a line in lower case, words parted by one blank; links, emoji and
 * punctuation are left out, so that a line has the same key before and after cleaning. */
struct line_key {
    char text[MAX_LINE_KEY];
    size_t n;
    size_t words;
    bool whole;                 /* false: the line is too long to be compared */
};

void make_line_key(struct tm_str line, struct line_key *ret_key);

/* The same for lines of at most so many words; others are not whole. */
void make_short_key(struct tm_str line, size_t most_words, struct line_key *ret_key);

/* What speaks for a line being boilerplate, apart from its recurrence. */
enum evidence {
    SHOWS_LINK = 1,
    SHOWS_HANDLE = 2,
    SHOWS_CALL = 4,             /* subscribe, send us your news … */
    SHOWS_NAME = 8,             /* the channel's own name */
    SHOWS_MENU = 16,            /* short items parted by | */
    SHOWS_AD = 32,
    SHOWS_CREDIT = 64,          /* via "…", Фото: … */
};

unsigned line_evidence(struct tm_str line, const struct line_key *key, struct tm_str channel);

/* The channel's title; in a copy the header of forwards says it. */
static inline struct tm_str source_title(const struct tm_doc *doc)
{
    return doc->channel.p != NULL ? doc->channel : doc->forwarded_from;
}

/* Whether a line reads like a footer by itself: a call with nothing but fillers and the channel's
 * name around it, or a call to subscribe to a name; with a link, a line that begins or ends with a
 * call. */
bool is_footer_phrase(struct tm_str line, const struct line_key *key, bool linked,
                      struct tm_str channel);

/* Whether a line does nothing but point at a link: "Read more", "Подробнее — по ссылке". Without its
 * link it says nothing. */
bool is_pointer(const struct line_key *key);

/* What was learnt about a line's key of the source if it is removed, or NULL. */
const struct tm_learnt_line *learnt_line(const struct tm_learnt *learnt, struct tm_str source_key,
                                         bool leading, bool handle, struct tm_str line);

/* The @handle that ends a line, after a blank; an unknown slice if none does. */
struct tm_str closing_handle(struct tm_str line);

#endif
