/* SPDX-License-Identifier: Apache-2.0 */
#include "report/vocabulary.h"

#include <string.h>

static uint64_t next_due(const struct tm_growth *list, size_t n)
{
    return n == 0 ? TM_REPORT_FIRST_WORDS : 2 * list[n - 1].due;
}

bool tm_growth_is_due(const struct tm_growth *list, size_t n, uint64_t words)
{
    return n < TM_REPORT_GROWTH && words >= next_due(list, n);
}

void tm_growth_note(struct tm_growth *list, size_t *n, uint64_t words, uint64_t different)
{
    uint64_t due = next_due(list, *n);
    while (due * 2 <= words)
        due *= 2;
    list[(*n)++] = (struct tm_growth){due, words, different};
}

/* At the end of a record. */
static bool note_growth(struct tm_report_lang *lang)
{
    if (tm_growth_is_due(lang->marks, lang->n_marks, lang->words)) {
        tm_growth_note(lang->marks, &lang->n_marks, lang->words,
                       tm_hll_estimate(&lang->vocabulary));
        tm_buf_add(&lang->registers, &lang->vocabulary, sizeof lang->vocabulary);
    }
    return !lang->registers.failed;
}

enum { LONG = 4 };                  /* this rank and higher ones stand by themselves */

void tm_vocabulary_put_mark(uint16_t *list, size_t *n, uint64_t hash)
{
    uint32_t mark = tm_hll_mark(hash);
    uint32_t rank = mark & 63;
    list[(*n)++] = (uint16_t)(mark >> 6 << 2 | ((rank < LONG ? rank : LONG) - 1));
    list[*n] = (uint16_t)rank;
    *n += rank >= LONG;
}

bool tm_vocabulary_add_marks(struct tm_report_lang *lang, const char *marks, size_t bytes)
{
    uint16_t half;
    for (size_t at = 0; at < bytes; at += sizeof half) {
        memcpy(&half, marks + at, sizeof half);
        uint32_t place = half >> 2;
        uint32_t rank = (half & 3u) + 1;
        if (rank == LONG) {
            at += sizeof half;
            memcpy(&half, marks + at, sizeof half);
            rank = half;
        }
        tm_hll_add_mark(&lang->vocabulary, place << 6 | rank);
    }
    return note_growth(lang);
}

bool tm_vocabulary_add(struct tm_report_lang *lang, struct tm_lower_words *words,
                       struct tm_str text)
{
    if (!tm_lower_words_begin(words, text))
        return false;
    while (tm_lower_words_next(words))
        for (size_t i = 0; i < words->n; i++)
            tm_hll_add(&lang->vocabulary, words->list[i].hash);
    return note_growth(lang);
}
