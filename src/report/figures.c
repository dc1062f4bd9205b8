/* SPDX-License-Identifier: Apache-2.0 */
/* Numbers that text, JSON and page share. */
#include <string.h>

#include "report/report.h"

uint64_t tm_report_quantile(const uint64_t *histogram, uint64_t n, unsigned per_cent)
{
    uint64_t rank = n / 100 * per_cent + (n % 100 * per_cent + 99) / 100;
    uint64_t seen = 0;
    for (uint64_t length = 0; n != 0 && length < TM_REPORT_LENGTHS; length++) {
        seen += histogram[length];
        if (seen >= rank)
            return length;
    }
    return 0;
}

/* Of the sample, scaled to all records by their characters. */
uint64_t tm_report_sentences(const struct tm_report *report, int lang)
{
    const struct tm_report_lang *l = &report->langs[lang];
    if (report->one_in == 1 || l->sample_chars == 0)
        return l->sample_sentences;
    return (uint64_t)((double)l->sample_sentences * (double)l->chars / (double)l->sample_chars +
                      0.5);
}

bool tm_report_has(const struct tm_report *report, int lang)
{
    return lang != TM_PACK_OTHER || report->langs[lang].records != 0;
}

uint64_t tm_length_edge(unsigned bin)
{
    unsigned half = bin + 1;
    if (bin == 0)
        return 1;
    return ((uint64_t)1 << half / 2) + (half % 2 == 0 ? 0 : (uint64_t)1 << (half / 2 - 1));
}

void tm_length_bins(const uint64_t *histogram, uint64_t ret_bins[TM_LENGTH_BINS])
{
    memset(ret_bins, 0, TM_LENGTH_BINS * sizeof *ret_bins);
    unsigned bin = 0;
    for (uint64_t length = 0; length < TM_REPORT_LENGTHS; length++) {
        while (bin + 1 < TM_LENGTH_BINS && length >= tm_length_edge(bin + 1))
            bin++;
        ret_bins[bin] += histogram[length];
    }
}

uint32_t tm_signal_step(int signal)
{
    switch (signal) {
    case TM_SIGNAL_stop_words:
    case TM_SIGNAL_sentences: return 1;
    case TM_SIGNAL_mean_word: return 500;
    case TM_SIGNAL_symbols: return 20;
    case TM_SIGNAL_top_ngram:
    case TM_SIGNAL_dup_ngram: return 100;
    case TM_SIGNAL_COUNT: return 10;
    default: return 50;
    }
}
