/* SPDX-License-Identifier: Apache-2.0 */
/* report.h - the numbers of a release; private to this room. */
#ifndef TM_REPORT_REPORT_H
#define TM_REPORT_REPORT_H

#include <tolmach/quality.h>
#include <tolmach/report.h>

#include "pack/opened.h"
#include "report/mix.h"
#include "report/sample.h"
#include "report/sketch.h"
#include "report/tokenizer.h"

/* Lengths from here on share one place of the histogram. */
#define TM_REPORT_LENGTHS 65536
#define TM_REPORT_MONTHS (10000 * 12)

enum {
    TM_REPORT_LANGS = 3,            /* by enum tm_pack_stream: ru, en, other */
    TM_REPORT_SCORES = 26,          /* below 0.5, and then steps of 0.02; the last: 0.98 to 1 */
    TM_REPORT_SEGS = 6,             /* segments of a document: 1 to 5, more */
    TM_REPORT_BINS = 24,            /* of a quality signal; the last: and more */
    TM_REPORT_GROWTH = 48,
    TM_REPORT_FIRST_WORDS = 100,    /* the vocabulary's growth is noted after so many, 200, 400 ... */
    TM_REPORT_KEPT = 21,            /* steps of 0.05; the last: 1 */
    TM_REPORT_STRANGE = 5,          /* records of each kind of the strangest */
    TM_REPORT_CLUSTERS = 20,
    TM_REPORT_PAIRS = 30,
    TM_REPORT_DUPS = 16,            /* clusters by size: 1, 2, 3-4, 5-8, ... duplicates */
    TM_REPORT_CHARS = 65536,        /* code points; higher ones are counted together */
    TM_REPORT_SNIPPET = 1200,       /* bytes of a text that is shown */
};

/* Bins of lengths, two an octave: 0-1, 2, 3, 4-5, 6-7, 8-11, 12-15, ... */
enum { TM_LENGTH_BINS = 34 };

/* Marks of a word in its table. From TM_WORD_CONTENT on it is no word of grammar and no number; what
 * is above is the number of its stem among the chosen ones. */
enum { TM_WORD_UNMARKED, TM_WORD_GRAMMAR, TM_WORD_CONTENT };

/* Records chosen by a number: the highest ones stay, of equal ones the lowest hash of the id. */
struct tm_pick {
    uint64_t value;
    uint64_t hash;
    struct tm_str id;               /* these four in one allocation, id first */
    struct tm_str channel;
    struct tm_str date;
    struct tm_str text;             /* cut to TM_REPORT_SNIPPET */
    uint64_t chars;                 /* of the whole text */
    uint64_t words;
    uint32_t score;                 /* of the language, 1/10000 */
    uint32_t kept;                  /* share of the raw bytes, 1/10000 */
};

struct tm_picks {
    struct tm_pick *list;           /* best first */
    size_t n;
    size_t most;
};

/* Kinds of characters, in the order in which they are listed. */
enum tm_char_kind { TM_CHAR_ALPHABET, TM_CHAR_OTHER_LETTER, TM_CHAR_DIGIT, TM_CHAR_SPACE,
                    TM_CHAR_PUNCTUATION, TM_CHAR_SYMBOL, TM_CHAR_REST, TM_CHAR_KINDS };

/* A character, or all of a kind, in the sample. */
struct tm_char_count {
    uint64_t n;
    struct tm_moments moments;
    uint8_t kind;
};

struct tm_growth {
    uint64_t due;
    uint64_t words;
    uint64_t different;
};

struct tm_report_lang {
    enum tm_pack_stream alphabet;   /* whose letters are its own; TM_PACK_OTHER: all letters */
    uint64_t doc;                   /* hash of the last record's document */
    uint64_t records;
    uint64_t documents;             /* with a record of this language */
    uint64_t chars;
    uint64_t words;
    uint64_t bytes;
    uint64_t undated;
    uint64_t *by_chars;             /* records of each length, TM_REPORT_LENGTHS */
    uint64_t *by_words;             /* these two in the same allocation */
    uint64_t *by_month;             /* records; year * 12 + month - 1 */
    uint64_t scores[TM_REPORT_SCORES];
    uint64_t kept[TM_REPORT_KEPT];  /* by the share of its post that stayed */
    uint64_t segs[TM_REPORT_SEGS];  /* documents by the number of their segments */
    uint64_t signals[TM_SIGNAL_COUNT + 1][TM_REPORT_BINS];     /* the last: words */
    struct tm_hll vocabulary;
    uint64_t different;             /* words; see tm_report.exact */
    bool exact;                     /* nothing was pruned, and all records were looked at */
    struct tm_growth marks[TM_REPORT_GROWTH];   /* estimates, as the records came */
    size_t n_marks;
    struct tm_buf registers;        /* what `vocabulary` was at each of them */
    struct tm_growth growth[TM_REPORT_GROWTH];
    size_t n_growth;
    struct tm_tally hashtags;       /* of documents */
    struct tm_tally forwards;       /* as tm_report.forwards; until they are put together */
    /* of the sample */
    struct tm_sample sample;
    uint64_t sample_sentences;
    struct tm_moments sentences;
    struct tm_estimate tokens;      /* by the model of the user */
    struct tm_estimate icu_words;   /* as ICU's word iterator counts them */
    struct tm_tally top;            /* words in lower case */
    struct tm_tally stems;          /* of the words in `top` (stems.h) */
    struct tm_tally pairs;          /* neighbours that are no stop words, with a blank between */
    uint64_t pair_words[TM_REPORT_PAIRS][2];    /* counts of the words of the commonest pairs */
    struct tm_char_count *characters;   /* TM_REPORT_CHARS, and one more for all above */
    struct tm_buf seen;             /* the code points (uint32_t) that stand in it */
    struct tm_char_count kinds[TM_CHAR_KINDS];
    struct tm_picks examples;
    struct tm_picks doubtful;
    struct tm_picks longest;
    struct tm_picks shortened;
};

/* A kept record of which duplicates were removed. */
struct tm_cluster {
    uint64_t dups;
    uint64_t hash;                  /* of the id */
    struct tm_str id;
    struct tm_str text;             /* once the walk over the records has met it */
};

struct tm_report {
    struct tm_opened opened;
    struct tm_report_options options;
    struct tm_tokenizer *tokenizer; /* NULL: tokens are not counted */
    struct tm_counter *counter;     /* while rows come */
    uint64_t documents;             /* with a record */
    struct tm_report_lang langs[TM_REPORT_LANGS];
    uint64_t different;             /* words of all languages together */
    bool exact;
    struct tm_growth growth[TM_REPORT_GROWTH];  /* of all together (together.c) */
    size_t n_growth;
    uint64_t ranks[TM_LENGTH_BINS]; /* how often the word stands whose rank is the bin's edge */
    size_t n_ranks;
    struct tm_mix mix;
    size_t first_month;             /* of a record with a date, and the last one; first > last: */
    size_t last_month;              /* there is none */
    struct tm_tally forwards;       /* "from\x1Fto" */
    uint64_t forwarded;             /* records */
    uint64_t clustered;             /* records with duplicates */
    uint64_t dups;                  /* that were removed */
    uint64_t dup_sizes[TM_REPORT_DUPS];
    struct tm_cluster clusters[TM_REPORT_CLUSTERS];     /* largest first */
    size_t n_clusters;
    struct tm_arena *arena;
};

/*
 * A report is made in three steps: begin, each record (those of a stream in the order of the shards;
 * the streams may alternate), and settle once the release is there to be opened. A build has the
 * records in hand (tm_report_record); tm_report_create reads them (walk.c).
 */
enum tm_status tm_report_begin(const struct tm_report_options *options,
                               struct tm_report **ret_report, struct tm_err *err);

/* A record with what tm_digest_put made of it, its row (with the line feed), and how many duplicates
 * were removed for it. */
enum tm_status tm_report_record(struct tm_report *report, enum tm_pack_stream stream,
                                struct tm_str digested, struct tm_str line, uint64_t dups,
                                struct tm_err *err);

/* Reads the manifest of the release `dir`, and closes all sums. */
enum tm_status tm_report_settle(struct tm_report *report, const char *dir, struct tm_err *err);

/* count.c: rows that were taken apart. */
struct tm_counter;
bool tm_counter_create(struct tm_report *report);
void tm_counter_destroy(struct tm_counter *counter);
enum tm_status tm_count_row(struct tm_report *report, enum tm_pack_stream stream,
                            const struct tm_str *cells, struct tm_err *err);
enum tm_status tm_count_provenance(struct tm_report *report, const struct tm_str *cells,
                                   struct tm_err *err);
bool tm_counter_failed(const struct tm_counter *counter);       /* memory was short */

/* The columns that they want. */
extern const struct tm_str tm_record_columns[];
extern const size_t tm_record_columns_n;
extern const struct tm_str tm_provenance_columns[];
extern const size_t tm_provenance_columns_n;

/* walk.c: takes all rows of the opened release. */
enum tm_status tm_report_walk(struct tm_report *report, struct tm_err *err);

/* close.c: all records have come. False when memory was short. */
bool tm_count_close(struct tm_report *report);

/* sampled.c: all that is counted in the samples, which are closed. False when memory is short. */
bool tm_count_samples(struct tm_report *report);

/* Whether a word in lower case is one of grammar alone, in either language. */
bool tm_is_stop_word(struct tm_str word);

/* together.c: once the vocabularies are settled; ranks before the tables are sorted. False when
 * memory is short. */
void tm_together_growth(struct tm_report *report);
bool tm_together_ranks(struct tm_report *report);

/* picks.c */
bool tm_picks_init(struct tm_picks *picks, size_t most);
void tm_picks_finish(struct tm_picks *picks);
bool tm_picks_wants(const struct tm_picks *picks, uint64_t value, uint64_t hash);
bool tm_picks_add(struct tm_picks *picks, const struct tm_pick *pick);
struct tm_str tm_report_cut(struct tm_str text, size_t most);

/* figures.c: numbers that text, JSON and page share. */
uint64_t tm_report_quantile(const uint64_t *histogram, uint64_t n, unsigned per_cent);
uint64_t tm_report_quantile_of_all(const struct tm_report *report, bool words, unsigned per_cent);
uint64_t tm_report_sentences(const struct tm_report *report, int lang);
uint64_t tm_report_sentences_error(const struct tm_report *report, int lang);

/* Of all texts, what a number of the sample stands for, and its standard error. */
uint64_t tm_report_times(const struct tm_report_lang *lang, const struct tm_tally_entry *entry);
uint64_t tm_report_times_error(const struct tm_report_lang *lang, const struct tm_tally *tally,
                               const struct tm_tally_entry *entry);
uint64_t tm_report_chars(const struct tm_report_lang *lang, const struct tm_char_count *count);
uint64_t tm_report_chars_error(const struct tm_report_lang *lang,
                               const struct tm_char_count *count);

/* Whether any language is sampled; the greatest one_in. */
uint64_t tm_report_one_in(const struct tm_report *report);

/* `alphabet` is TM_PACK_RU or TM_PACK_EN; another one has all letters. */
enum tm_char_kind tm_char_kind(enum tm_pack_stream alphabet, uint32_t cp);

/* The commonest characters of a language, the lower one first among equals: at most `most`, only
 * those of the kinds from `kind` on. Returns how many. */
size_t tm_report_common_chars(const struct tm_report_lang *lang, enum tm_char_kind kind,
                              size_t most, uint32_t *ret_list);
/* Exponent of the power law y ~ x^e through the points, by least squares of the logarithms; 0 if
 * there are less than two places. */
double tm_report_exponent(const uint64_t *x, const uint64_t *y, size_t n);

/* Points of a figure: of the vocabulary's growth, and of the ranks of its words. `lang` may be
 * TM_REPORT_LANGS: of all together. */
struct tm_points {
    uint64_t x[TM_REPORT_GROWTH];
    uint64_t y[TM_REPORT_GROWTH];
    size_t n;
};

void tm_report_growth(const struct tm_report *report, int lang, struct tm_points *ret_points);
void tm_report_ranks(const struct tm_report *report, int lang, struct tm_points *ret_points);

bool tm_report_has(const struct tm_report *report, int lang);

/* Tokens by rules of thumb, which depend on the language: an estimate, no tokenizer was run. */
enum { TM_TOKEN_RULES = 3 };        /* of a language, at most */

struct tm_tokens {
    uint64_t low;                   /* of the rules */
    uint64_t high;
    size_t n;
    struct {
        const char *formula;        /* "characters / 4" */
        uint64_t tokens;
    } rules[TM_TOKEN_RULES];
};

/* Of all languages together if `lang` is TM_REPORT_LANGS: the sums of low and high, no rules. */
struct tm_tokens tm_report_tokens(const struct tm_report *report, int lang);

/* Bins of lengths. */
uint64_t tm_length_edge(unsigned bin);      /* the least length of a bin */
void tm_length_bins(const uint64_t *histogram, uint64_t n, uint64_t ret_bins[TM_LENGTH_BINS]);

/* Width of a bin of a signal; TM_SIGNAL_COUNT stands for the number of words. */
uint32_t tm_signal_step(int signal);

/* json.c, text.c, page.c */
struct tm_pretty;
void tm_report_put_json(struct tm_pretty *json, const struct tm_report *report);
void tm_report_put_text(struct tm_buf *buf, const struct tm_report *report);
void tm_report_put_comparison(struct tm_buf *buf, const struct tm_report *const *reports,
                              size_t n);
void tm_report_put_page(struct tm_buf *buf, const struct tm_report *report);

#endif
