/* SPDX-License-Identifier: Apache-2.0 */
/*
 * words.h - the words of a text (pack/count.h) in lower case, each with its hash.
 *
 * The whole text is put into lower case at once, for ASCII and Cyrillic up to U+045F, where a
 * letter stays as long as it was; words that hold any other character are done one by one.
 */
#ifndef TM_REPORT_WORDS_H
#define TM_REPORT_WORDS_H

#include "base/buf.h"
#include "pack/count.h"
#include "pack/quality.h"

/* Bytes of a word that was done by itself; what goes beyond is cut. */
enum { TM_WORD_MOST = 256 };

/* Words that are found at once. */
enum { TM_WORDS_AT_ONCE = 256 };

struct tm_lower_word {
    uint64_t hash;                  /* tm_word_hash of its lower case */
    uint32_t start;                 /* in the text */
    uint32_t n;                     /* bytes that it has there */
    bool plain;                     /* its lower case stands in `folded` */
};

struct tm_lower_words {
    struct tm_str text;
    struct tm_words walk;
    struct tm_buf folded;           /* the text in lower case, byte for byte */
    size_t n;
    struct tm_lower_word list[TM_WORDS_AT_ONCE];
};

/* Begins a text of less than 4 GiB, which stays the caller's; the struct was zeroed before the
 * first. False when memory is short. */
bool tm_lower_words_begin(struct tm_lower_words *words, struct tm_str text);
void tm_lower_words_finish(struct tm_lower_words *words);

/* Puts the next ones into `list`; false if there are none. */
bool tm_lower_words_next(struct tm_lower_words *words);

/* The hashes of words whose places are known, after begin. */
void tm_lower_words_hash(const struct tm_lower_words *words, const struct tm_quality_word *list,
                         size_t n, uint64_t *ret_hashes);

/* The lower case of one of them: a piece of `folded`, or put into `ret_word`. */
struct tm_str tm_lower_word_text(const struct tm_lower_words *words,
                                 const struct tm_lower_word *word, char ret_word[TM_WORD_MOST]);

/* Hash of a word, or of a pair, in lower case; and of a piece of `folded` that holds plain words. */
uint64_t tm_word_hash(struct tm_str word);
uint64_t tm_lower_hash(const struct tm_lower_words *words, size_t start, size_t n);

#endif
