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

/* Whether a change goes from English to Russian. */
static inline bool lid_leaves_en(enum lid_change change)
{
    return change == LID_TO_RU || change == LID_FROM_EN || change == LID_INTO_RU;
}

/* Where a change stands: inside a line; in front of its first word with letters; behind its last.
 */
enum lid_place { LID_INSIDE, LID_AT_BEGIN, LID_AT_END, LID_PLACES };

/* What the words on both sides of a cut look like: each for itself, and both together. */
#define LID_LEFT_LOOKS (LID_LOOKS * LID_ENDINGS)
#define LID_RIGHT_LOOKS (LID_LOOKS * LID_CASES)
#define LID_PAIRS (LID_LOOKS * LID_LOOKS)

static inline size_t lid_left_look(const struct lid_word *word)
{
    return (size_t)word->look * LID_ENDINGS + word->ending;
}

static inline size_t lid_right_look(const struct lid_word *word)
{
    return (size_t)word->look * LID_CASES + word->next;
}

static inline size_t lid_pair(const struct lid_word *left, const struct lid_word *right)
{
    return (size_t)left->look * LID_LOOKS + right->look;
}

/* Latin words that stand in a Russian sentence as names: by how English they look, by whether a
 * capital begins them and by the Latin words beside them. */
#define LID_NAMES (3 * 2 * LID_RUNS)
size_t lid_name_look(const struct lid_word *word);

/* The words in front of which a change may stand, where word[from..to) have no letters. */
static inline size_t lid_first_cut(enum lid_place place, size_t from)
{
    return from + (place == LID_AT_BEGIN);
}

static inline size_t lid_last_cut(enum lid_place place, size_t to)
{
    return to - (place == LID_AT_END);
}

/* Costs, 1/256: that a Latin word is a name in a Russian sentence; that word[from..to), which have
 * no letters, are English and not Russian. */
int32_t lid_name_cost(const struct lid_word *word);
int64_t lid_lean(const struct lid_word *word, size_t from, size_t to);

/* The least cost, 1/256, of a change where word[from..to) have no letters, and in front of which
 * word it stands; on a tie it comes late. */
int64_t lid_cut(const struct lid_word *word, enum lid_change change, enum lid_place place,
                size_t from, size_t to, size_t *ret_cut);

#endif
