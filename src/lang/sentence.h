/* SPDX-License-Identifier: Apache-2.0 */
/* sentence.h - the words that the sentence splitter knows. */
#ifndef TOLMACH_LANG_SENTENCE_H
#define TOLMACH_LANG_SENTENCE_H

#include <tolmach/lang.h>

/* Kinds of words, bits. An abbreviation stands without its last full stop. */
enum sentence_word {
    SENTENCE_ABBREVIATION = 1,  /* never the last word of a sentence: "Mr", "ÑÐ»" */
    SENTENCE_LAST = 2,          /* may be the last word too: "etc", "Inc" */
    SENTENCE_UNIT = 4,          /* the last one at most behind a number: "5 km" */
    SENTENCE_BEFORE_NUMBER = 8, /* an abbreviation only in front of a number: "No", "p" */
    SENTENCE_STARTER = 16,      /* capital at the beginning of a sentence and seldom elsewhere */
    SENTENCE_PRONOUN = 32,      /* capital everywhere: "I" */
};

/* Kinds of the word at `word`, of `n` bytes, 0 for an unknown one. Case matters for starters only:
 * they begin with a capital. */
unsigned sentence_word(const char *word, size_t n);

#endif
