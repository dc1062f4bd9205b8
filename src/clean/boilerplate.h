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

/* What speaks for a line being boilerplate, apart from its recurrence. */
enum evidence {
    SHOWS_LINK = 1,
    SHOWS_HANDLE = 2,
    SHOWS_CALL = 4,             /* subscribe, send us your news … */
    SHOWS_NAME = 8,             /* the channel's own name */
    SHOWS_MENU = 16,            /* short items parted by | */
    SHOWS_AD = 32,
};

unsigned line_evidence(struct tm_str line, const struct line_key *key, struct tm_str channel);

/* Whether the key reads like a footer by itself: it begins or (with `linked`) ends with a call. */
bool is_footer_phrase(const struct line_key *key, bool linked);

/* Whether a line's key was learnt as boilerplate of the source. */
bool learnt_has(const struct tm_learnt *learnt, struct tm_str source_key, bool leading, bool handle,
                struct tm_str line);

/* The @handle that ends a line, after a blank; an unknown slice if none does. */
struct tm_str closing_handle(struct tm_str line);

#endif
