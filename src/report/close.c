/* SPDX-License-Identifier: Apache-2.0 */
/* The last step of counting, once all records went by: samples, vocabularies, orders. */
#include "report/icu_words.h"
#include "report/report.h"
#include "report/words.h"

/* Bytes of a language's sample that ICU's iterator walks: it takes 20 ns a byte. */
enum { ICU_BYTES = 512 << 10 };

/* The counts of the two words of each of the commonest pairs, while they can be looked up. */
static void look_up_pairs(struct tm_report_lang *lang)
{
    tm_tally_sort(&lang->pairs);
    for (size_t i = 0; i < TM_REPORT_PAIRS && i < lang->pairs.n; i++) {
        const struct tm_tally_entry *pair = &lang->pairs.entries[i];
        struct tm_str first, second;
        tm_tally_split(&lang->pairs, pair, ' ', &first, &second);
        lang->pair_words[i][0] = tm_tally_count(&lang->top, tm_word_hash(first));
        lang->pair_words[i][1] = tm_tally_count(&lang->top, tm_word_hash(second));
    }
}

/* Words of a language that no one before it has. */
static uint64_t new_words(const struct tm_report *report, int i)
{
    const struct tm_tally *top = &report->langs[i].top;
    uint64_t n = 0;
    for (size_t k = 0; k < top->capacity; k++) {
        bool before = top->entries[k].count == 0;
        for (int j = 0; j < i && !before; j++)
            before = tm_tally_count(&report->langs[j].top, top->entries[k].hash) != 0;
        n += !before;
    }
    return n;
}

/* The vocabularies, of each language and of all together. */
static void settle_vocabulary(struct tm_report *report)
{
    struct tm_hll all = {{0}};
    report->exact = true;
    report->different = 0;
    for (int i = 0; i < TM_REPORT_LANGS; i++) {
        struct tm_report_lang *lang = &report->langs[i];
        lang->exact = lang->sample.one_in == 1 && lang->top.error == 0;
        lang->different = lang->exact ? lang->top.n : tm_hll_estimate(&lang->vocabulary);
        report->exact &= lang->exact;
        tm_hll_merge(&all, &lang->vocabulary);
        if (lang->n_growth != 0 && lang->growth[lang->n_growth - 1].words != lang->words &&
            lang->n_growth < TM_REPORT_GROWTH)
            lang->growth[lang->n_growth++] = (struct tm_growth){0, lang->words, lang->different};
    }
    for (int i = 0; i < TM_REPORT_LANGS && report->exact; i++)
        report->different += new_words(report, i);
    if (!report->exact)
        report->different = tm_hll_estimate(&all);
}

static bool count_icu_words(struct tm_report *report)
{
    struct tm_icu_words *words = tm_icu_words_create();
    if (words == NULL)
        return false;
    for (int i = 0; i < TM_REPORT_LANGS; i++) {
        struct tm_report_lang *lang = &report->langs[i];
        lang->icu_words = tm_sample_estimate(&lang->sample, ICU_BYTES, false, lang->words,
                                             tm_icu_words_count, words);
    }
    bool good = !tm_icu_words_failed(words);
    tm_icu_words_destroy(words);
    return good;
}

static bool count_tokens(struct tm_report *report)
{
    if (report->tokenizer == NULL)
        return true;
    for (int i = 0; i < TM_REPORT_LANGS; i++) {
        struct tm_report_lang *lang = &report->langs[i];
        lang->tokens = tm_sample_estimate(&lang->sample, TM_SAMPLE_TEXT, true, lang->chars,
                                          tm_tokenizer_count, report->tokenizer);
    }
    return !tm_tokenizer_failed(report->tokenizer);
}

bool tm_count_close(struct tm_report *report)
{
    bool failed = tm_counter_failed(report->counter);
    for (int i = 0; i < TM_REPORT_LANGS; i++) {
        struct tm_report_lang *lang = &report->langs[i];
        tm_sample_close(&lang->sample);
        tm_tally_merge(&report->forwards, &lang->forwards);
    }
    failed |= !tm_count_samples(report);
    failed |= !count_icu_words(report) || !count_tokens(report);
    settle_vocabulary(report);
    tm_together_growth(report);
    failed |= !tm_together_ranks(report);
    for (int i = 0; i < TM_REPORT_LANGS; i++) {
        struct tm_report_lang *lang = &report->langs[i];
        look_up_pairs(lang);
        tm_tally_sort(&lang->top);
        tm_tally_sort(&lang->stems);
        tm_tally_sort(&lang->hashtags);
        failed |= lang->top.failed || lang->stems.failed || lang->pairs.failed || lang->hashtags.failed;
    }
    tm_tally_sort(&report->forwards);
    return !failed && !report->forwards.failed;
}
