/* SPDX-License-Identifier: Apache-2.0 */
/*
 * count.h - characters and words of a text.
 *
 * A word is a maximal run of letters and digits of any script (Unicode of the ICU that is linked)
 * with the marks (accents and the like) behind them. An apostrophe (' U+2019 U+02BC) or a hyphen
 * (- U+2010 U+2011) between two letters does not part a word: "из-за" and "don't" are one word,
 * "2020-2021" is two.
 */
#ifndef TM_PACK_COUNT_H
#define TM_PACK_COUNT_H

#include <tolmach/base.h>

struct tm_counts {
    uint64_t chars;             /* code points */
    uint64_t words;
};

struct tm_counts tm_count_text(struct tm_str text);

/* The same by blocks of 64 bytes, a bit a byte. */
#define TM_BLOCK 64

struct tm_block {
    size_t start;               /* in the text */
    unsigned n;                 /* bytes that the text has here */
    uint64_t words;             /* bytes of words */
    uint64_t starts;            /* where a word begins */
    uint64_t letters;
    uint64_t tails;             /* continuation bytes */
    bool joins;                 /* the last byte of the block before was of this block's first word,
                                   though it did not look so */
};

/* What one block leaves to the next. */
struct tm_block_carry {
    uint64_t letters;           /* bytes of a character that began before */
    uint64_t digits;
    uint64_t joined;
    bool letter;                /* the last byte was of a letter */
    bool word;                  /* … of a word */
    bool joiner;                /* the last byte joins if a letter follows */
};

struct tm_blocks {
    struct tm_str text;
    size_t at;
    struct tm_block_carry carry;
};

/* The next block; false after the last. Begin with a cleared struct and its text. */
bool tm_blocks_next(struct tm_blocks *walk, struct tm_block *ret_block);

/* The words of a text, one after the other. */
struct tm_words {
    struct tm_blocks walk;
    struct tm_block block;
    uint64_t edges;             /* of words in the block, still to be looked at */
    size_t start;               /* of the word under way, or SIZE_MAX */
    size_t end;                 /* where it ended, if it may go on behind a joiner */
    uint64_t chars;             /* code points of the text so far: of all after the last word */
};

static inline void tm_words_begin(struct tm_words *words, struct tm_str text)
{
    *words = (struct tm_words){.walk = {.text = text}, .start = SIZE_MAX};
}

/* The bytes from *ret_start to *ret_end are the next word; false after the last. */
static inline bool tm_words_next(struct tm_words *words, size_t *ret_start, size_t *ret_end)
{
    struct tm_block *block = &words->block;
    for (;;) {
        while (words->edges != 0) {
            unsigned bit = (unsigned)__builtin_ctzll(words->edges);
            words->edges &= words->edges - 1;
            if ((block->words >> bit & 1) != 0) {
                words->start = block->start + bit;
            } else if (bit == TM_BLOCK - 1 && words->walk.carry.joiner) {
                words->end = block->start + bit;
            } else {
                *ret_start = words->start;
                *ret_end = block->start + bit;
                words->start = SIZE_MAX;
                return true;
            }
        }
        size_t start = words->start;
        size_t end = words->end;
        bool more = tm_blocks_next(&words->walk, block);
        bool goes_on = more && start != SIZE_MAX && (end == 0 || block->joins);
        words->edges = more ? block->words ^ (block->words << 1 | goes_on) : 0;
        words->end = 0;
        words->chars += more ? block->n - (unsigned)__builtin_popcountll(block->tails) : 0;
        if (start != SIZE_MAX && !goes_on) {
            *ret_start = start;
            *ret_end = end != 0 ? end : words->walk.text.n;
            words->start = SIZE_MAX;
            return true;
        }
        if (!more)
            return false;
    }
}

#endif
