/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A change of language is cheap or dear by the words on both sides of it: a full stop and a capital
 * invite a new sentence, "in" keeps the year behind it, a dash leans to Russian, a sum in dollars
 * to English. tools/train-spans learns the costs.
 */
#include "span_cuts.h"
#include "span_costs.h"

/* Names are dearer than they were learnt to be, 1/256, for the names in English phrases are names
 * too; chosen on lines made of rows that training had not seen. A capital word alone is a name,
 * however English it looks: less dear than a phrase that begins and ends. */
#define NAME_EXTRA 192
#define NAME_ALONE 850

/* A logit above the first, 1/256, looks English, one below the second does not. */
#define ENGLISH 512
#define NOT_ENGLISH (-256)

int lid_change_between(enum lid_state from, enum lid_state to)
{
    static const int8_t change[LID_STATES][LID_STATES] = {
        [LID_RU] = {-1, LID_TO_EN, LID_TO_EN, LID_INTO_EN, -1},
        [LID_EN] = {LID_TO_RU, -1, LID_TO_RU, -1, LID_INTO_RU},
        [LID_OTHER] = {LID_TO_RU, LID_TO_EN, -1, -1, -1},
        [LID_EN_PHRASE] = {LID_FROM_EN, -1, -1, -1, -1},
        [LID_RU_PHRASE] = {-1, LID_FROM_RU, -1, -1, -1},
    };
    return change[from][to];
}

size_t lid_name_look(const struct lid_word *word)
{
    size_t english = word->logit > ENGLISH ? 2 : word->logit > NOT_ENGLISH ? 1 : 0;
    size_t capital = word->next == LID_CAPITAL;
    return (2 * english + capital) * LID_RUNS + word->run;
}

int32_t lid_name_cost(const struct lid_word *word)
{
    int32_t cost = name_cost[lid_name_look(word)] + NAME_EXTRA;
    bool alone = word->run == LID_ALONE && word->next == LID_CAPITAL;
    return alone && cost > NAME_ALONE ? NAME_ALONE : cost;
}

int64_t lid_lean(const struct lid_word *word, size_t from, size_t to)
{
    int64_t sum = 0;
    for (size_t i = from; i < to; i++)
        sum += lean_cost[word[i].look];
    return sum;
}

int64_t lid_cut(const struct lid_word *word, enum lid_change change, enum lid_place place,
                size_t from, size_t to, size_t *ret_cut)
{
    bool leaves = lid_leaves_en(change);
    size_t first = lid_first_cut(place, from), last = lid_last_cut(place, to);
    int64_t lean = leaves ? lid_lean(word, from, first) : lid_lean(word, first, to);
    int64_t least = INT64_MAX;
    for (size_t i = first; i <= last; i++) {
        int64_t cost = left_cost[change][lid_left_look(&word[i - 1])] +
                       right_cost[change][lid_right_look(&word[i])] +
                       pair_cost[change][lid_pair(&word[i - 1], &word[i])] + lean;
        if (cost <= least) {
            least = cost;
            *ret_cut = i;
        }
        if (i < to)
            lean += leaves ? lean_cost[word[i].look] : -lean_cost[word[i].look];
    }
    return least + place_cost[change][place];
}
