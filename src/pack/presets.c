/* SPDX-License-Identifier: Apache-2.0 */
/* Names of signals and presets, and the ranges that each preset allows. */
#include <tolmach/quality.h>

const char *tm_signal_name(enum tm_signal signal)
{
    static const char *const names[] = {
#define NAME(name, kind, text) #name,
        TM_SIGNALS(NAME)
#undef NAME
    };
    return names[signal];
}

const char *tm_signal_text(enum tm_signal signal)
{
    static const char *const texts[] = {
#define TEXT(name, kind, text) text,
        TM_SIGNALS(TEXT)
#undef TEXT
    };
    return texts[signal];
}

bool tm_signal_is_count(enum tm_signal signal)
{
    enum { NUMBER, COUNT };
    static const bool counts[] = {
#define KIND(name, kind, text) kind == COUNT,
        TM_SIGNALS(KIND)
#undef KIND
    };
    return counts[signal];
}

/* A signal's range; preset by preset. */
struct range {
    int preset;
    int signal;                 /* TM_SIGNAL_COUNT: the number of words */
    uint32_t least;
    uint32_t most;
};

#define ANY UINT32_MAX
#define WORDS TM_SIGNAL_COUNT

static const struct range ranges[] = {
    {TM_PRESET_GOPHER, WORDS, 50, 100000},
    {TM_PRESET_GOPHER, TM_SIGNAL_mean_word, 3000, 10000},
    {TM_PRESET_GOPHER, TM_SIGNAL_symbols, 0, 100},
    {TM_PRESET_GOPHER, TM_SIGNAL_bullets, 0, 900},
    {TM_PRESET_GOPHER, TM_SIGNAL_ellipses, 0, 300},
    {TM_PRESET_GOPHER, TM_SIGNAL_alpha_words, 800, ANY},
    {TM_PRESET_GOPHER, TM_SIGNAL_stop_words, 2, ANY},
    {TM_PRESET_GOPHER, TM_SIGNAL_dup_lines, 0, 200},
    {TM_PRESET_GOPHER, TM_SIGNAL_top_ngram, 0, 1000},
    {TM_PRESET_GOPHER, TM_SIGNAL_dup_ngram, 0, 1000},
    {TM_PRESET_C4, TM_SIGNAL_sentences, 5, ANY},
    {TM_PRESET_FINEWEB, WORDS, 50, 100000},
    {TM_PRESET_FINEWEB, TM_SIGNAL_mean_word, 3000, 10000},
    {TM_PRESET_FINEWEB, TM_SIGNAL_symbols, 0, 100},
    {TM_PRESET_FINEWEB, TM_SIGNAL_bullets, 0, 900},
    {TM_PRESET_FINEWEB, TM_SIGNAL_ellipses, 0, 300},
    {TM_PRESET_FINEWEB, TM_SIGNAL_alpha_words, 800, ANY},
    {TM_PRESET_FINEWEB, TM_SIGNAL_stop_words, 2, ANY},
    {TM_PRESET_FINEWEB, TM_SIGNAL_top_ngram, 0, 1000},
    {TM_PRESET_FINEWEB, TM_SIGNAL_dup_ngram, 0, 1000},
    {TM_PRESET_FINEWEB, TM_SIGNAL_punct_lines, 120, ANY},
    {TM_PRESET_FINEWEB, TM_SIGNAL_short_lines, 0, 670},
    {TM_PRESET_FINEWEB, TM_SIGNAL_dup_lines, 0, 10},
    {TM_PRESET_FINEWEB, TM_SIGNAL_newlines, 0, 300},
    {TM_PRESET_FINEWEB_RU_SHORT, WORDS, 3, 100000},
    {TM_PRESET_FINEWEB_RU_SHORT, TM_SIGNAL_mean_word, 2500, 12000},
    {TM_PRESET_FINEWEB_RU_SHORT, TM_SIGNAL_symbols, 0, 200},
    {TM_PRESET_FINEWEB_RU_SHORT, TM_SIGNAL_ellipses, 0, 600},
    {TM_PRESET_FINEWEB_RU_SHORT, TM_SIGNAL_alpha_words, 600, ANY},
    {TM_PRESET_FINEWEB_RU_SHORT, TM_SIGNAL_dup_lines, 0, 200},
    {TM_PRESET_FINEWEB_RU_SHORT, TM_SIGNAL_top_ngram, 0, 1500},
    {TM_PRESET_FINEWEB_RU_SHORT, TM_SIGNAL_dup_ngram, 0, 1500},
};

static const struct {
    const char *name;
    const char *text;
} presets[TM_PRESET_COUNT] = {
    {"none", "no filter"},
    {"gopher", "Gopher's quality and repetition rules"},
    {"c4", "C4's page rule: five sentences in lines that end one"},
    {"fineweb", "FineWeb's chain: Gopher's rules and its own for lines"},
    {"fineweb-ru-short", "the same signals with limits for posts: no least length, lists allowed"},
};

const char *tm_preset_name(int preset)
{
    return presets[preset].name;
}

const char *tm_preset_text(int preset)
{
    return presets[preset].text;
}

const char *tm_preset_fault(int preset, const struct tm_signals *signals)
{
    for (size_t i = 0; i < sizeof ranges / sizeof *ranges; i++) {
        const struct range *range = &ranges[i];
        if (range->preset != preset)
            continue;
        uint32_t value = range->signal == WORDS ? signals->words : signals->value[range->signal];
        if (value < range->least || value > range->most)
            return range->signal == WORDS ? "words" : tm_signal_name((enum tm_signal)range->signal);
    }
    return NULL;
}

bool tm_preset_range(int preset, int signal, uint32_t *ret_least, uint32_t *ret_most)
{
    for (size_t i = 0; i < sizeof ranges / sizeof *ranges; i++) {
        if (ranges[i].preset != preset || ranges[i].signal != signal)
            continue;
        *ret_least = ranges[i].least;
        *ret_most = ranges[i].most;
        return true;
    }
    return false;
}
