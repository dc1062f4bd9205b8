/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A change of language is cheap or dear by the words on both sides of it: a full stop and a capital
 * invite a new sentence, a dash belongs to the Russian side. tools/train-spans learns the costs.
 */
#include "span_cuts.h"
#include "span_costs.h"

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

int32_t lid_cut(const struct lid_word *word, enum lid_change change, enum lid_place place,
                size_t first, size_t last, size_t *ret_cut)
{
    int32_t least = INT32_MAX;
    for (size_t i = first; i <= last; i++) {
        int32_t cost = left_cost[change][lid_left_look(&word[i - 1])] +
                       right_cost[change][lid_right_look(&word[i])];
        if (cost <= least) {
            least = cost;
            *ret_cut = i;
        }
    }
    return least + place_cost[change][place];
}
