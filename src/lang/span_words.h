/* SPDX-License-Identifier: Apache-2.0 */
/* span_words.h - what a word of a line says by its look. A word goes from blank to blank, n > 0. */
#ifndef TOLMACH_LANG_SPAN_WORDS_H
#define TOLMACH_LANG_SPAN_WORDS_H

#include <stdbool.h>
#include <stddef.h>

/* Words that say nothing of the language around them: numerals, "RT", "P.S.", a hashtag in Latin
 * letters (a label, not a word of the sentence), a Latin letter alone that may be a Cyrillic one. */
bool lid_word_is_neutral(const char *s, size_t n);

/* Whether it ends a sentence: a terminator, quotes and brackets behind it allowed. */
bool lid_word_ends_sentence(const char *s, size_t n);

bool lid_word_is_dash(const char *s, size_t n);

/* What begins the next word at or behind text[at]: -1 for a small letter, 1 for a capital, 0 else. */
int lid_word_case(const char *text, size_t n, size_t at);

/* Which neighbour the word text[offset..offset + n), if it has no letters of its own, goes with: 1
 * for the next one, -1 for the one before it (a smiley, a mark), 0 for what it is. With `begins` it
 * stands behind a full stop. */
int lid_word_leaning(const char *text, size_t total, size_t offset, size_t n, bool begins);

#endif
