/* SPDX-License-Identifier: Apache-2.0 */
/*
 * quality.h - signals by which a text may be judged, and the filters of other corpora as presets.
 *
 * The signals are those of Gopher (Rae et al. 2021, tables A1 and 4.1), C4 (Raffel et al. 2020) and
 * FineWeb (Penedo et al. 2024), counted alike for Russian and English: a word is a run of letters
 * and digits, so that punctuation is none; stop words are those of the text's language; an n-gram
 * that stands once is no repetition. Measuring is a pure function of text and language.
 */
#ifndef TOLMACH_QUALITY_H
#define TOLMACH_QUALITY_H

#include <tolmach/base.h>
#include <tolmach/lang.h>

#ifdef __cplusplus
extern "C" {
#endif

#define TM_QUALITY_VERSION "1"

/*
 * X(name, kind, what it is). A COUNT is a whole number, the value of a NUMBER is in 1/1000. "Share"
 * is at most 1; a character is a code point, blanks not counted.
 */
#define TM_SIGNALS(X)                                                                             \
    X(stop_words, COUNT, "how many of the eight stop words of the language stand in the text")    \
    X(sentences, COUNT, "sentences in the lines that C4 would keep; 0 if it would drop the page") \
    X(mean_word, NUMBER, "mean length of a word in characters")                                   \
    X(alpha_words, NUMBER, "share of words with a letter")                                        \
    X(symbols, NUMBER, "hash signs and ellipses per word")                                        \
    X(bullets, NUMBER, "share of lines that begin with a bullet")                                 \
    X(ellipses, NUMBER, "share of lines that end with an ellipsis")                               \
    X(punct_lines, NUMBER, "share of lines that end with . ! ? an ellipsis or a closing quotation mark")\
    X(short_lines, NUMBER, "share of lines of 30 characters or less")                             \
    X(newlines, NUMBER, "line feeds per word")                                                    \
    X(dup_lines, NUMBER, "share of characters in lines that stood before")                        \
    X(top_ngram, NUMBER, "characters in the commonest 2-, 3- or 4-gram over Gopher's limit: 1 reaches it")\
    X(dup_ngram, NUMBER, "characters in repeated 5- to 10-grams over Gopher's limit: 1 reaches it")

enum tm_signal {
#define TM_SIGNAL_ID(name, kind, text) TM_SIGNAL_##name,
    TM_SIGNALS(TM_SIGNAL_ID)
#undef TM_SIGNAL_ID
    TM_SIGNAL_COUNT
};

struct tm_signals {
    uint64_t chars;                     /* as n_chars */
    uint32_t words;                     /* as n_words */
    uint32_t value[TM_SIGNAL_COUNT];
};

TM_API const char *tm_signal_name(enum tm_signal signal);
TM_API const char *tm_signal_text(enum tm_signal signal);
/* Whether it is a count; else it is in 1/1000. */
TM_API bool tm_signal_is_count(enum tm_signal signal);

/* Measures a text. TM_ERR_NOMEM is the only failure. */
TM_API enum tm_status tm_quality_measure(struct tm_str text, enum tm_lang lang,
                                         struct tm_signals *ret_signals);

/* A filter: a range for each signal that it looks at. */
enum { TM_PRESET_NONE = 0, TM_PRESET_GOPHER, TM_PRESET_C4, TM_PRESET_FINEWEB,
       TM_PRESET_FINEWEB_RU_SHORT, TM_PRESET_COUNT };

TM_API const char *tm_preset_name(int preset);
TM_API const char *tm_preset_text(int preset);

/* The name of the first signal that is out of the preset's range ("words" for the length), or NULL
 * if the text stays. */
TM_API const char *tm_preset_fault(int preset, const struct tm_signals *signals);

/* The range that a preset allows a signal (TM_SIGNAL_COUNT: the number of words), UINT32_MAX for no
 * upper end; false if it does not look at it. */
TM_API bool tm_preset_range(int preset, int signal, uint32_t *ret_least, uint32_t *ret_most);

#ifdef __cplusplus
}
#endif

#endif
