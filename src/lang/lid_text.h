/* SPDX-License-Identifier: Apache-2.0 */
/* lid_text.h - from bytes to letter symbols. */
#ifndef TOLMACH_LANG_LID_TEXT_H
#define TOLMACH_LANG_LID_TEXT_H

#include "lid_model.h"

#include <stddef.h>

/* Bytes of a text that are looked at together. */
#define LID_WINDOW 96
/* A block with room for the breaks that mending adds, those at its ends and eight bytes more. */
#define LID_BLOCK_ROOM (2 * LID_WINDOW + 2 + 8)

struct lid_block {
    size_t length;   /* symbols: BREAK, word, BREAK, word, ..., BREAK */
    bool one_script; /* all letters are of one script, as far as a quick look tells */
    uint32_t other;  /* letters of scripts without a model */
    uint8_t symbol[LID_BLOCK_ROOM];
};

/* How many bytes to decode next: all `n`, or as many whole words as fit a window, or, when a word
 * does not fit, as many whole code points. */
size_t lid_window(const char *text, size_t n);

/* Decodes text[0..n), n <= LID_WINDOW: words of one script between single BREAKs, beginning and
 * ending with one. */
void lid_decode(const struct lid_model *model, const char *text, size_t n,
                struct lid_block *ret_block);

/* Adds the letters of a stretch that is not decoded, roughly: ASCII letters, and the lead bytes of
 * U+0400..U+04FF. */
void lid_count_letters(const char *text, size_t n, uint32_t ret_letters[LID_SCRIPTS]);

/* How many Cyrillic letters text[0..n) has that Russian does not use. */
uint32_t lid_count_foreign(const char *text, size_t n);

/* Walks over the tokens of a text that are no evidence for a language: links, e-mail addresses,
 * @handles. The places where one could be are found ahead and kept, so that a walk is linear. */
struct lid_links {
    const char *text;
    size_t n;
    size_t at; /* where the walk is */
    size_t sign, dot, colon;
};

void lid_links_init(struct lid_links *links, const char *text, size_t n);

/* Gives the stretch before the next such token, or the rest, and goes on behind the token.
 * Returns false at the end of the text; a stretch may be empty. */
bool lid_links_next(struct lid_links *links, const char **ret_text, size_t *ret_n);

/* Tells whether a line of Latin letters is program code rather than prose. */
bool lid_is_code(const char *text, size_t n);

#endif
