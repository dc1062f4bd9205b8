/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The vocabulary of all languages together: how it grows as if the languages were read in turn, a word
 * of each, and how often its words stand by their rank. Neither depends on the order in which the
 * streams of the release came.
 */
#include <stdlib.h>
#include <string.h>

#include "report/report.h"

/* What a language's vocabulary was after `due` words: that of its last mark until then, or all of
 * it if it has not so many. */
static uint64_t merge_at(const struct tm_report_lang *lang, uint64_t due, struct tm_hll *all)
{
    size_t n = 0;
    if (lang->words < due) {
        tm_hll_merge(all, &lang->vocabulary);
        return lang->words;
    }
    while (n < lang->n_marks && lang->marks[n].due <= due)
        n++;
    if (n == 0)
        return 0;
    struct tm_hll registers;
    memcpy(&registers, lang->registers.p + (n - 1) * sizeof registers, sizeof registers);
    tm_hll_merge(all, &registers);
    return lang->marks[n - 1].words;
}

void tm_together_growth(struct tm_report *report)
{
    uint64_t words = 0;
    uint64_t longest = 0;
    uint64_t last = 0;
    for (int i = 0; i < TM_REPORT_LANGS; i++) {
        words += report->langs[i].words;
        longest = report->langs[i].words > longest ? report->langs[i].words : longest;
    }
    for (uint64_t due = TM_REPORT_FIRST_WORDS; due <= longest; due *= 2) {
        struct tm_hll all = {{0}};
        uint64_t read = 0;
        for (int i = 0; i < TM_REPORT_LANGS; i++)
            read += merge_at(&report->langs[i], due, &all);
        if (read > last && report->n_growth + 1 < TM_REPORT_GROWTH)
            report->growth[report->n_growth++] =
                (struct tm_growth){due, read, tm_hll_estimate(&all)};
        last = read;
    }
    if (report->n_growth != 0 && last != words)
        report->growth[report->n_growth++] = (struct tm_growth){0, words, report->different};
}

/* How often numbers below HIGH stand, and the list of the others. */
enum { HIGH = 65536 };

struct numbers {
    uint64_t *below;                /* HIGH */
    uint64_t *above;
    size_t n_above;
    size_t n;
};

static void add_number(struct numbers *numbers, uint64_t value)
{
    numbers->n++;
    if (value < HIGH)
        numbers->below[value]++;
    else
        numbers->above[numbers->n_above++] = value;
}

static int order_high_first(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a;
    uint64_t y = *(const uint64_t *)b;
    return (x < y) - (x > y);
}

/* The word of a language that no language before it has; its number in all of them. */
static void add_words(const struct tm_report *report, int lang, struct numbers *numbers)
{
    const struct tm_tally *top = &report->langs[lang].top;
    for (size_t i = 0; i < top->capacity; i++) {
        uint64_t sum = 0;
        bool before = top->entries[i].count == 0;
        for (int k = 0; k < TM_REPORT_LANGS && !before; k++) {
            const struct tm_report_lang *other = &report->langs[k];
            const struct tm_tally_entry *entry =
                k == lang ? &top->entries[i] : tm_tally_find(&other->top, top->entries[i].hash);
            before = entry != NULL && k < lang;
            sum += entry == NULL ? 0 : tm_report_times(other, entry);
        }
        if (!before)
            add_number(numbers, sum);
    }
}

static void take_ranks(struct tm_report *report, const struct numbers *numbers)
{
    uint64_t value = HIGH;
    uint64_t passed = numbers->n_above;
    for (unsigned bin = 0; bin < TM_LENGTH_BINS && tm_length_edge(bin) <= numbers->n; bin++) {
        uint64_t rank = tm_length_edge(bin);
        while (passed < rank)
            passed += numbers->below[--value];
        report->ranks[report->n_ranks++] = rank <= numbers->n_above ? numbers->above[rank - 1]
                                                                    : value;
    }
}

bool tm_together_ranks(struct tm_report *report)
{
    size_t most = 1;
    for (int i = 0; i < TM_REPORT_LANGS; i++)
        most += report->langs[i].top.n;
    struct numbers numbers = {.below = calloc(HIGH, sizeof *numbers.below),
                              .above = malloc(most * sizeof *numbers.above)};
    bool good = numbers.below != NULL && numbers.above != NULL;
    for (int i = 0; i < TM_REPORT_LANGS && good; i++)
        add_words(report, i, &numbers);
    if (good) {
        qsort(numbers.above, numbers.n_above, sizeof *numbers.above, order_high_first);
        take_ranks(report, &numbers);
    }
    free(numbers.below);
    free(numbers.above);
    return good;
}
