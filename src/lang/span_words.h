/* SPDX-License-Identifier: Apache-2.0 */
/* span_words.h - the words of a line, from blank to blank, and what they say by their look. */
#ifndef TOLMACH_LANG_SPAN_WORDS_H
#define TOLMACH_LANG_SPAN_WORDS_H

#include "lid_score.h"

/* What a word is. Those up to UNIT have letters and are evidence for a language. NEUTRAL are "P.S."
 * and a Latin letter alone that may be a Cyrillic one; I is the English pronoun or a numeral, other
 * Roman ones are numbers; a TAG
 * is a hashtag in Latin letters (a label, not a word of the sentence); a HANDLE may be "RT" too; a
 * MEASURE is a number of more than four digits or with other signs in it (a time, a sum, a
 * telephone); a FIGURE has a digit, but not in front. */
enum lid_look {
    LID_NAME,  /* a capital */
    LID_TINY,  /* one or two letters: often a word that governs the next one */
    LID_SHORT, /* three or four */
    LID_LONG,
    LID_UNIT, /* of time, money, length beside a number */
    LID_NEUTRAL,
    LID_I,
    LID_TAG,
    LID_HANDLE,
    LID_LINK,
    LID_NUMBER,
    LID_YEAR, /* four digits */
    LID_MEASURE,
    LID_COUNTER, /* a number that begins a sentence */
    LID_FIGURE,
    LID_DASH,
    LID_HYPHEN,
    LID_HYPHENS, /* two and more */
    LID_OPEN,    /* a bracket or quote alone */
    LID_CLOSE,
    LID_MARK,
    LID_SMILEY,
    LID_PICTURE,
    LID_BULLET,
    LID_LOOKS,
};

/* How a word ends: a full stop and the like, a comma, a colon, a bracket or quote that closes. */
enum lid_ending { LID_PLAIN, LID_STOP, LID_COMMA, LID_COLON, LID_CLOSING, LID_ENDINGS };

/* How the first word with letters at or behind a place begins, or that it is a unit. */
enum lid_case { LID_NO_CASE, LID_CAPITAL, LID_SMALL, LID_COUNTED, LID_CASES };

/* Where a word stands among neighbours with letters of its script. */
enum lid_run { LID_ALONE, LID_FIRST, LID_AGAIN, LID_RUNS };

struct lid_word {
    size_t offset; /* bytes from the start of the line */
    size_t length;
    int32_t logit;  /* of its letters, for the language of their script; 1/256 */
    int8_t script;  /* of its letters, LID_SCRIPTS for another one, -1 for none */
    uint8_t look;   /* enum lid_look */
    uint8_t ending; /* enum lid_ending */
    uint8_t next;   /* enum lid_case, at this word */
    uint8_t run;    /* enum lid_run */
};

static inline bool lid_has_letters(const struct lid_word *word)
{
    return word->look <= LID_UNIT;
}

/* Whether a word is a unit, whatever its case and the marks behind it. */
bool lid_is_unit(const char *s, size_t n);

/* Counts the words of a line, and writes them when `ret` is not NULL. */
size_t lid_words_read(const struct lid_model *model, const char *text, size_t n,
                      struct lid_word *ret);

#endif
