/* SPDX-License-Identifier: Apache-2.0 */
/* span_words.h - the words of a line, from blank to blank, and what they say by their look. */
#ifndef TOLMACH_LANG_SPAN_WORDS_H
#define TOLMACH_LANG_SPAN_WORDS_H

#include "lid_score.h"

/* What a word is. Only a LETTERS one is evidence for a language; NEUTRAL are numerals, "P.S.", a
 * Latin letter alone that may be a Cyrillic one; a TAG is a hashtag in Latin letters (a label, not
 * a word of the sentence); a HANDLE may be "RT" too; a FIGURE has a digit, but not in front. */
enum lid_look {
    LID_LETTERS,
    LID_NEUTRAL,
    LID_TAG,
    LID_HANDLE,
    LID_LINK,
    LID_NUMBER,
    LID_COUNTER,
    LID_FIGURE,
    LID_DASH,
    LID_MARK,
    LID_SMILEY,
    LID_PICTURE,
    LID_BULLET,
    LID_LOOKS,
};

/* How a word ends: a full stop and the like, a comma, a colon, a bracket or quote that closes. */
enum lid_ending { LID_PLAIN, LID_STOP, LID_COMMA, LID_COLON, LID_CLOSING, LID_ENDINGS };

/* How the first word with letters at or behind a place begins. */
enum lid_case { LID_NO_CASE, LID_CAPITAL, LID_SMALL, LID_CASES };

struct lid_word {
    size_t offset; /* bytes from the start of the line */
    size_t length;
    int32_t logit;  /* of its letters, for the language of their script; 1/256 */
    int8_t script;  /* of its letters, LID_SCRIPTS for another one, -1 for none */
    uint8_t look;   /* enum lid_look */
    uint8_t ending; /* enum lid_ending */
    uint8_t next;   /* enum lid_case, at this word */
};

/* Counts the words of a line, and writes them when `ret` is not NULL. */
size_t lid_words_read(const struct lid_model *model, const char *text, size_t n,
                      struct lid_word *ret);

#endif
