/* SPDX-License-Identifier: Apache-2.0 */
/* Numbers that text, JSON and page share. */
#include <math.h>
#include <stddef.h>
#include <string.h>
#include <unicode/uchar.h>

#include "base/utf8.h"
#include "report/report.h"

static uint64_t rank_of(uint64_t n, unsigned per_cent)
{
    return n / 100 * per_cent + (n % 100 * per_cent + 99) / 100;
}

uint64_t tm_report_quantile(const uint64_t *histogram, uint64_t n, unsigned per_cent)
{
    uint64_t rank = rank_of(n, per_cent);
    uint64_t seen = 0;
    for (uint64_t length = 0; n != 0 && length < TM_REPORT_LENGTHS; length++) {
        seen += histogram[length];
        if (seen >= rank)
            return length;
    }
    return 0;
}

uint64_t tm_report_quantile_of_all(const struct tm_report *report, bool words, unsigned per_cent)
{
    uint64_t n = 0;
    uint64_t seen = 0;
    for (int i = 0; i < TM_REPORT_LANGS; i++)
        n += report->langs[i].records;
    for (uint64_t length = 0; n != 0 && length < TM_REPORT_LENGTHS; length++) {
        for (int i = 0; i < TM_REPORT_LANGS; i++)
            seen += (words ? report->langs[i].by_words : report->langs[i].by_chars)[length];
        if (seen >= rank_of(n, per_cent))
            return length;
    }
    return 0;
}

double tm_report_exponent(const uint64_t *x, const uint64_t *y, size_t n)
{
    double means[2] = {0, 0};
    double above = 0;
    double below = 0;
    for (size_t i = 0; i < n; i++) {
        means[0] += log10((double)x[i]) / (double)n;
        means[1] += log10((double)y[i]) / (double)n;
    }
    for (size_t i = 0; i < n; i++) {
        double from_mean = log10((double)x[i]) - means[0];
        above += from_mean * (log10((double)y[i]) - means[1]);
        below += from_mean * from_mean;
    }
    return below > 1e-9 ? above / below : 0;
}

void tm_report_growth(const struct tm_report *report, int lang, struct tm_points *ret_points)
{
    bool all = lang == TM_REPORT_LANGS;
    const struct tm_growth *growth = all ? report->growth : report->langs[lang].growth;
    ret_points->n = all ? report->n_growth : report->langs[lang].n_growth;
    for (size_t i = 0; i < ret_points->n; i++) {
        ret_points->x[i] = growth[i].words;
        ret_points->y[i] = growth[i].different;
    }
}

void tm_report_ranks(const struct tm_report *report, int lang, struct tm_points *ret_points)
{
    bool all = lang == TM_REPORT_LANGS;
    const struct tm_report_lang *l = all ? NULL : &report->langs[lang];
    size_t n = 0;
    while (n < TM_LENGTH_BINS && (all ? n < report->n_ranks
                                      : tm_length_edge((unsigned)n) <= l->top.n)) {
        uint64_t rank = tm_length_edge((unsigned)n);
        ret_points->x[n] = rank;
        ret_points->y[n] = all ? report->ranks[n]
                               : tm_report_times(l, &l->top.entries[rank - 1]);
        n++;
    }
    ret_points->n = n;
}

uint64_t tm_report_sentences(const struct tm_report *report, int lang)
{
    const struct tm_report_lang *l = &report->langs[lang];
    return tm_sample_scale(&l->sample, l->chars, true, l->sample_sentences);
}

uint64_t tm_report_sentences_error(const struct tm_report *report, int lang)
{
    const struct tm_report_lang *l = &report->langs[lang];
    return tm_sample_error(&l->sample, l->chars, true, l->sample_sentences, l->sentences);
}

uint64_t tm_report_times(const struct tm_report_lang *lang, const struct tm_tally_entry *entry)
{
    return tm_sample_scale(&lang->sample, lang->words, false, entry->count);
}

/* What was not chosen is rare: it stands once in each of its units, or nearly. */
uint64_t tm_report_times_error(const struct tm_report_lang *lang, const struct tm_tally *tally,
                               const struct tm_tally_entry *entry)
{
    struct tm_moments once = {.squares = (double)entry->count};
    return tm_sample_error(&lang->sample, lang->words, false, entry->count,
                           entry->chosen == 0 ? once : tally->moments[entry->chosen - 1]);
}

uint64_t tm_report_chars(const struct tm_report_lang *lang, const struct tm_char_count *count)
{
    return tm_sample_scale(&lang->sample, lang->chars, true, count->n);
}

uint64_t tm_report_chars_error(const struct tm_report_lang *lang,
                               const struct tm_char_count *count)
{
    return tm_sample_error(&lang->sample, lang->chars, true, count->n, count->moments);
}

uint64_t tm_report_one_in(const struct tm_report *report)
{
    uint64_t one_in = 1;
    for (int i = 0; i < TM_REPORT_LANGS; i++)
        if (report->langs[i].sample.one_in > one_in)
            one_in = report->langs[i].sample.one_in;
    return one_in;
}

static bool is_of_alphabet(enum tm_pack_stream alphabet, uint32_t cp)
{
    uint32_t small = tm_lower(cp);
    return alphabet == TM_PACK_EN   ? small - 'a' < 26
           : alphabet == TM_PACK_RU ? (small >= 0x430 && small < 0x450) || small == 0x451
                                    : tm_is_letter(cp);
}

enum tm_char_kind tm_char_kind(enum tm_pack_stream alphabet, uint32_t cp)
{
    uint32_t category = U_GET_GC_MASK((UChar32)cp);
    if (is_of_alphabet(alphabet, cp))
        return TM_CHAR_ALPHABET;
    if ((category & U_GC_L_MASK) != 0)
        return TM_CHAR_OTHER_LETTER;
    if ((category & U_GC_N_MASK) != 0)
        return TM_CHAR_DIGIT;
    if ((category & U_GC_Z_MASK) != 0 || cp == '\n' || cp == '\t')
        return TM_CHAR_SPACE;
    return (category & U_GC_P_MASK) != 0   ? TM_CHAR_PUNCTUATION
           : (category & U_GC_S_MASK) != 0 ? TM_CHAR_SYMBOL
                                           : TM_CHAR_REST;
}

static bool is_commoner(const struct tm_report_lang *lang, uint32_t a, uint32_t b)
{
    uint64_t m = lang->characters[a].n;
    uint64_t n = lang->characters[b].n;
    return m != n ? m > n : a < b;
}

size_t tm_report_common_chars(const struct tm_report_lang *lang, enum tm_char_kind kind,
                              size_t most, uint32_t *ret_list)
{
    size_t n = 0;
    for (size_t i = 0; i < lang->seen.n; i += sizeof(uint32_t)) {
        uint32_t cp;
        memcpy(&cp, lang->seen.p + i, sizeof cp);
        const struct tm_char_count *count = &lang->characters[cp];
        if (count->kind < kind)
            continue;
        size_t at = n;
        while (at > 0 && is_commoner(lang, cp, ret_list[at - 1]))
            at--;
        if (at == most)
            continue;
        n += n < most;
        memmove(ret_list + at + 1, ret_list + at, (n - 1 - at) * sizeof *ret_list);
        ret_list[at] = cp;
    }
    return n;
}

bool tm_report_has(const struct tm_report *report, int lang)
{
    return lang != TM_PACK_OTHER || report->langs[lang].records != 0;
}

/*
 * OpenAI's help names four characters a token and four tokens for three words of English, its
 * users 1.3 a word. Multilingual vocabularies take 2.5 to 3 characters of Russian; those that know
 * little of it come to pieces of about two letters, four bytes.
 */
static const struct {
    int lang;
    const char *formula;
    uint64_t times;
    uint64_t parts;
    size_t of;                      /* where the number stands in tm_report_lang */
} token_rules[] = {
    {TM_PACK_RU, "characters / 3", 1, 3, offsetof(struct tm_report_lang, chars)},
    {TM_PACK_RU, "characters / 2.5", 2, 5, offsetof(struct tm_report_lang, chars)},
    {TM_PACK_RU, "bytes / 4", 1, 4, offsetof(struct tm_report_lang, bytes)},
    {TM_PACK_EN, "characters / 4", 1, 4, offsetof(struct tm_report_lang, chars)},
    {TM_PACK_EN, "words \xC3\x97 1.3", 13, 10, offsetof(struct tm_report_lang, words)},
    {TM_PACK_OTHER, "characters / 4", 1, 4, offsetof(struct tm_report_lang, chars)},
    {TM_PACK_OTHER, "bytes / 4", 1, 4, offsetof(struct tm_report_lang, bytes)},
};

static struct tm_tokens tokens_of(const struct tm_report_lang *lang, int which)
{
    struct tm_tokens tokens = {.low = UINT64_MAX};
    for (size_t i = 0; i < sizeof token_rules / sizeof *token_rules; i++) {
        uint64_t number;
        if (token_rules[i].lang != which)
            continue;
        memcpy(&number, (const char *)lang + token_rules[i].of, sizeof number);
        number = number / token_rules[i].parts * token_rules[i].times +
                 number % token_rules[i].parts * token_rules[i].times / token_rules[i].parts;
        tokens.rules[tokens.n].formula = token_rules[i].formula;
        tokens.rules[tokens.n++].tokens = number;
        tokens.low = number < tokens.low ? number : tokens.low;
        tokens.high = number > tokens.high ? number : tokens.high;
    }
    return tokens;
}

struct tm_tokens tm_report_tokens(const struct tm_report *report, int lang)
{
    struct tm_tokens sum = {0};
    if (lang != TM_REPORT_LANGS)
        return tokens_of(&report->langs[lang], lang);
    for (int i = 0; i < TM_REPORT_LANGS; i++) {
        struct tm_tokens tokens = tokens_of(&report->langs[i], i);
        sum.low += tokens.low;
        sum.high += tokens.high;
    }
    return sum;
}

uint64_t tm_length_edge(unsigned bin)
{
    unsigned half = bin + 1;
    if (bin == 0)
        return 1;
    return ((uint64_t)1 << half / 2) + (half % 2 == 0 ? 0 : (uint64_t)1 << (half / 2 - 1));
}

void tm_length_bins(const uint64_t *histogram, uint64_t n, uint64_t ret_bins[TM_LENGTH_BINS])
{
    memset(ret_bins, 0, TM_LENGTH_BINS * sizeof *ret_bins);
    unsigned bin = 0;
    uint64_t left = n;
    for (uint64_t length = 0; length < TM_REPORT_LENGTHS && left != 0; length++) {
        while (bin + 1 < TM_LENGTH_BINS && length >= tm_length_edge(bin + 1))
            bin++;
        ret_bins[bin] += histogram[length];
        left -= histogram[length];
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
