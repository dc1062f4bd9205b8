/* SPDX-License-Identifier: Apache-2.0 */
/* span_cuts.h - what it costs to change the language of a line, and where to cut it best. */
#ifndef TOLMACH_LANG_SPAN_CUTS_H
#define TOLMACH_LANG_SPAN_CUTS_H

#include "span_words.h"

/* What a word of a line can stand in: a Russian sentence, an English one, another; an English
 * phrase inside a Russian sentence, a Russian one inside an English one. */
enum lid_state {
    LID_RU,
    LID_EN,
    LID_OTHER,
    LID_EN_PHRASE,
    LID_RU_PHRASE,
    LID_STATES,
};

enum lid_change {
    LID_TO_EN, /* a sentence after another one */
    LID_TO_RU,
    LID_INTO_EN, /* a phrase begins */
    LID_FROM_EN, /* it ends */
    LID_INTO_RU,
    LID_FROM_RU,
    LID_CHANGES,
};

/* What changes between two words that have evidence, or -1 when the states do not follow each
 * other. For another language the one of the two that it is not stands in. */
int lid_change_between(enum lid_state from, enum lid_state to);

/* Where a change stands: inside a line; in front of its first word with letters; behind its last.
 */
enum lid_place { LID_INSIDE, LID_AT_BEGIN, LID_AT_END, LID_PLACES };

#define LID_LEFT_LOOKS (LID_LOOKS * LID_ENDINGS)
#define LID_RIGHT_LOOKS (LID_LOOKS * LID_CASES)

static inline size_t lid_left_look(const struct lid_word *word)
{
    return (size_t)word->look * LID_ENDINGS + word->ending;
}

static inline size_t lid_right_look(const struct lid_word *word)
{
    return (size_t)word->look * LID_CASES + word->next;
}

/* The least cost, 1/256, of a change in front of one of word[first..last], first > 0; on a tie it
 * comes late. */
int32_t lid_cut(const struct lid_word *word, enum lid_change change, enum lid_place place,
                size_t first, size_t last, size_t *ret_cut);

#endif
