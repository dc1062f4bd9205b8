/* SPDX-License-Identifier: Apache-2.0 */
/* lid_text.h - from bytes to letter symbols. */
#ifndef TOLMACH_LANG_LID_TEXT_H
#define TOLMACH_LANG_LID_TEXT_H

#include "lid_model.h"

#include <stddef.h>

/* Symbols of one block; a block is scored as a whole and never read across. */
#define LID_BLOCK 512
/* A block with room for the breaks that mending adds and the one at its end. */
#define LID_BLOCK_ROOM (2 * LID_BLOCK + 2)

struct lid_block {
    size_t length;              /* symbols: BREAK, word, BREAK, word, ..., BREAK */
    uint32_t other;             /* letters of scripts without a model */
    uint8_t symbol[LID_BLOCK_ROOM];
};

/* Decodes the first block of text[0..n): words of one script between single BREAKs, beginning and
 * ending with one. Returns the bytes used: all of them, or up to the last word border that fits. */
size_t lid_decode(const struct lid_model *model, const char *text, size_t n,
                  struct lid_block *ret_block);

/* Walks over the tokens of a text that are no evidence for a language: links, e-mail addresses,
 * @handles. The places where one could be are found ahead and kept, so that a walk is linear. */
struct lid_links {
    const char *text;
    size_t n;
    size_t at;              /* where the walk is */
    size_t sign, dot, colon;
};

void lid_links_init(struct lid_links *links, const char *text, size_t n);

/* Gives the stretch before the next such token, or the rest, and goes on behind the token.
 * Returns false at the end of the text; a stretch may be empty. */
bool lid_links_next(struct lid_links *links, const char **ret_text, size_t *ret_n);

/* Tells whether a line of Latin letters is program code rather than prose. */
bool lid_is_code(const char *text, size_t n);

#endif
