/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is counted in the sample of a language: words, pairs of them, characters, sentences. The
 * texts are walked once, a unit at a time. The standard errors of what then turns out to be common
 * are found in the hashes of words and pairs, which that walk leaves behind.
 */
#include <stdlib.h>

#include <tolmach/lang.h>

#include "base/str.h"
#include "base/utf8.h"
#include "report/stems.h"
#include "report/stop_words.h"
#include "report/vocabulary.h"

/* The commonest words and pairs, whose errors are computed. */
enum { CHOSEN_WORDS = 512, CHOSEN_PAIRS = 128 };

/* Which hashes are asked for: a bit for each value of 16 of their bits. */
enum { FILTER_BITS = 16 };

struct pair {
    uint64_t hash;
    struct tm_str key;
};

/* The hashes of the sample, unit by unit. */
struct hashes {
    struct tm_buf list;             /* uint64_t */
    struct tm_buf units;            /* uint32_t: how many each unit has */
    uint32_t here;                  /* of the unit under way */
};

struct sampler {
    struct tm_report_lang *lang;
    struct tm_sampled unit;
    struct tm_lower_words words;
    struct hashes word_hashes;
    struct hashes pair_hashes;
    struct tm_str before;           /* the word before, if a pair can begin with it */
    bool before_plain;
    size_t before_end;              /* where it ended in the text */
    size_t n_pairs;
    struct pair pairs[TM_WORDS_AT_ONCE];    /* of the words at hand */
    char keys[TM_WORDS_AT_ONCE][2 * TM_WORD_MOST];  /* of those that do not stand in `folded` */
    char before_word[TM_WORD_MOST];
    struct tm_buf found;            /* the code points (uint32_t) of the unit, in their order */
    uint32_t here[TM_REPORT_CHARS + 1];     /* how often each stands in it */
};

static int order_words(const void *a, const void *b)
{
    return tm_str_order(*(const struct tm_str *)a, tm_str_of(*(const char *const *)b));
}

bool tm_is_stop_word(struct tm_str word)
{
    return bsearch(&word, stop_words, sizeof stop_words / sizeof *stop_words, sizeof *stop_words,
                   order_words) != NULL;
}

static void keep_hash(struct hashes *hashes, uint64_t hash)
{
    tm_buf_add(&hashes->list, &hash, sizeof hash);
    hashes->here++;
}

static void end_unit(struct hashes *hashes)
{
    tm_buf_add(&hashes->units, &hashes->here, sizeof hashes->here);
    hashes->here = 0;
}

/* A pair: two words with one blank between them, neither a stop word nor a number. Two plain words
 * stand in the folded text as the pair is written. */
static void take_pair(struct sampler *s, const struct tm_lower_word *word, struct tm_str lower)
{
    struct tm_str before = s->before;
    struct pair *pair = &s->pairs[s->n_pairs];
    if (before.n == 0 || word->start != s->before_end + 1 || s->unit.text.p[s->before_end] != ' ')
        return;
    size_t n = before.n + 1 + lower.n;
    if (s->before_plain && word->plain) {
        size_t start = s->before_end - before.n;
        *pair = (struct pair){tm_lower_hash(&s->words, start, n), {before.p, n}};
    } else {
        char *key = s->keys[s->n_pairs];
        memcpy(key, before.p, before.n);
        key[before.n] = ' ';
        memcpy(key + before.n + 1, lower.p, lower.n);
        *pair = (struct pair){.key = {key, n}};
        pair->hash = tm_word_hash(pair->key);
    }
    s->n_pairs++;
}

static void remember(struct sampler *s, const struct tm_lower_word *word, struct tm_str lower)
{
    s->before = lower;
    s->before_plain = word->plain;
    s->before_end = (size_t)word->start + word->n;
    if (!word->plain) {
        memcpy(s->before_word, lower.p, lower.n);
        s->before.p = s->before_word;
    }
}

static void add_word(struct sampler *s, const struct tm_lower_word *word)
{
    char bytes[TM_WORD_MOST];
    struct tm_str lower = tm_lower_word_text(&s->words, word, bytes);
    struct tm_tally_entry *entry = tm_tally_add(&s->lang->top, word->hash, lower);
    if (entry->mark == TM_WORD_UNMARKED)
        entry->mark = (unsigned char)lower.p[0] > '9' && !tm_is_stop_word(lower)
            ? TM_WORD_CONTENT : TM_WORD_GRAMMAR;
    keep_hash(&s->word_hashes, word->hash);
    if (entry->mark == TM_WORD_GRAMMAR) {
        s->before.n = 0;
        return;
    }
    take_pair(s, word, lower);
    remember(s, word, lower);
}

static void add_pairs(struct sampler *s)
{
    struct tm_tally *pairs = &s->lang->pairs;
    for (size_t i = 0; i < s->n_pairs; i++)
        tm_tally_prefetch(pairs, s->pairs[i].hash);
    for (size_t i = 0; i < s->n_pairs; i++) {
        tm_tally_add(pairs, s->pairs[i].hash, s->pairs[i].key);
        keep_hash(&s->pair_hashes, s->pairs[i].hash);
    }
    s->n_pairs = 0;
}

static bool count_words(struct sampler *s)
{
    struct tm_lower_words *words = &s->words;
    s->before.n = 0;
    if (!tm_lower_words_begin(words, s->unit.text))
        return false;
    while (tm_lower_words_next(words)) {
        for (size_t i = 0; i < words->n; i++)
            tm_tally_prefetch(&s->lang->top, words->list[i].hash);
        for (size_t i = 0; i < words->n; i++)
            add_word(s, &words->list[i]);
        add_pairs(s);
    }
    end_unit(&s->word_hashes);
    end_unit(&s->pair_hashes);
    return true;
}

/* A character in a unit, with what kind it is once that was looked up. */
static void add_character(struct tm_report_lang *lang, uint32_t cp, uint32_t n,
                          uint32_t kinds[TM_CHAR_KINDS], double size)
{
    struct tm_char_count *count = &lang->characters[cp];
    bool high = cp == TM_REPORT_CHARS;
    if (count->n == 0) {
        count->kind = high ? TM_CHAR_REST : (uint8_t)tm_char_kind(lang->alphabet, cp);
        if (!high)
            tm_buf_add(&lang->seen, &cp, sizeof cp);
    }
    count->n += n;
    tm_moments_unit(&count->moments, n, size);
    kinds[count->kind] += n;
}

static void count_characters(struct sampler *s)
{
    uint32_t kinds[TM_CHAR_KINDS] = {0};
    struct tm_str text = s->unit.text;
    double size = (double)s->unit.chars;
    s->found.n = 0;
    for (size_t at = 0; at < text.n;) {
        uint32_t cp = tm_utf8_next(text.p, text.n, &at);
        cp = cp < TM_REPORT_CHARS ? cp : TM_REPORT_CHARS;
        if (s->here[cp]++ == 0)
            tm_buf_add(&s->found, &cp, sizeof cp);
    }
    for (size_t at = 0; at < s->found.n;) {
        uint32_t cp;
        memcpy(&cp, s->found.p + at, sizeof cp);
        at += sizeof cp;
        add_character(s->lang, cp, s->here[cp], kinds, size);
        s->here[cp] = 0;
    }
    for (int i = 0; i < TM_CHAR_KINDS; i++) {
        s->lang->kinds[i].n += kinds[i];
        tm_moments_unit(&s->lang->kinds[i].moments, kinds[i], size);
    }
}

static void count_sentences(struct sampler *s)
{
    struct tm_sentences walk;
    size_t offset, length;
    uint64_t n = 0;
    tm_sentences_begin(&walk, s->unit.text.p, s->unit.text.n, NULL, 0);
    while (tm_sentences_next(&walk, &offset, &length))
        n++;
    s->lang->sample_sentences += n;
    tm_moments_unit(&s->lang->sentences, n, (double)s->unit.chars);
}

static bool walk_units(struct sampler *s)
{
    struct tm_report_lang *lang = s->lang;
    uint64_t words = 0;
    bool all = lang->sample.one_in == 1;
    for (size_t at = 0; tm_sample_next(&lang->sample, &at, &s->unit);) {
        words += s->unit.words;
        if (!count_words(s))
            return false;
        count_characters(s);
        count_sentences(s);
        if (all && tm_growth_is_due(lang->growth, lang->n_growth, words))
            tm_growth_note(lang->growth, &lang->n_growth, words,
                           lang->top.error == 0 ? lang->top.n : tm_hll_estimate(&lang->vocabulary));
    }
    return !lang->seen.failed && !s->found.failed && !s->word_hashes.list.failed &&
           !s->word_hashes.units.failed && !s->pair_hashes.list.failed &&
           !s->pair_hashes.units.failed;
}

struct filter {
    uint64_t bits[(1 << FILTER_BITS) / 64];
};

static size_t place_in_filter(uint64_t hash)
{
    return (size_t)(hash >> (64 - FILTER_BITS));
}

static bool passes(const struct filter *filter, uint64_t hash)
{
    size_t place = place_in_filter(hash);
    return (filter->bits[place / 64] >> place % 64 & 1) != 0;
}

/* Words that are chosen themselves, or whose stems are. */
static void fill_filter(struct filter *filter, const struct tm_tally *tally)
{
    memset(filter, 0, sizeof *filter);
    for (size_t i = 0; i < tally->capacity; i++) {
        const struct tm_tally_entry *entry = &tally->entries[i];
        if (entry->count != 0 && (entry->chosen != 0 || entry->mark > TM_WORD_CONTENT)) {
            size_t place = place_in_filter(entry->hash);
            filter->bits[place / 64] |= (uint64_t)1 << place % 64;
        }
    }
}

/* Once more where a word or pair stands in a unit. */
static void note(struct tm_report_lang *lang, struct tm_tally *tally, uint64_t hash, uint32_t unit,
                 double size)
{
    const struct tm_tally_entry *entry = tm_tally_find(tally, hash);
    tm_tally_note(tally, entry, unit, size);
    if (entry != NULL && entry->mark > TM_WORD_CONTENT)
        tm_moments_add(&lang->stems.moments[entry->mark - TM_WORD_CONTENT - 1], unit, size);
}

/* The moments of what was chosen in a table, out of the hashes that went into it. */
static void note_all(struct tm_report_lang *lang, struct tm_tally *tally,
                     const struct hashes *hashes, struct filter *filter)
{
    struct tm_sampled unit;
    uint32_t number = 0;
    size_t at = 0;
    const char *p = hashes->list.p;
    fill_filter(filter, tally);
    while (tm_sample_next(&lang->sample, &at, &unit)) {
        uint32_t n;
        memcpy(&n, hashes->units.p + number++ * sizeof n, sizeof n);
        for (const char *end = p + n * sizeof(uint64_t); p < end; p += sizeof(uint64_t)) {
            uint64_t hash;
            memcpy(&hash, p, sizeof hash);
            if (passes(filter, hash))
                note(lang, tally, hash, number, (double)unit.words);
        }
    }
}

static bool note_moments(struct sampler *s)
{
    struct tm_report_lang *lang = s->lang;
    struct filter *filter = malloc(sizeof *filter);
    tm_tally_choose(&lang->top, CHOSEN_WORDS);
    tm_tally_choose(&lang->pairs, CHOSEN_PAIRS);
    bool good = filter != NULL && !lang->top.failed && !lang->pairs.failed;
    if (good) {
        note_all(lang, &lang->top, &s->word_hashes, filter);
        note_all(lang, &lang->pairs, &s->pair_hashes, filter);
    }
    free(filter);
    return good;
}

static bool count(struct sampler *s, struct tm_report_lang *lang)
{
    bool all = lang->sample.one_in == 1;
    uint64_t most = lang->sample.words < TM_SAMPLE_TEXT / 2 ? lang->sample.words
                                                            : TM_SAMPLE_TEXT / 2;
    size_t room = (size_t)most * sizeof(uint64_t);
    s->lang = lang;
    s->word_hashes.list.n = s->word_hashes.units.n = 0;
    s->pair_hashes.list.n = s->pair_hashes.units.n = 0;
    if (!tm_buf_reserve_large(&s->word_hashes.list, room) ||
        !tm_buf_reserve_large(&s->pair_hashes.list, room / 2))
        return false;
    if (!all) {
        memcpy(lang->growth, lang->marks, sizeof lang->growth);
        lang->n_growth = lang->n_marks;
    }
    return walk_units(s) && tm_stems_count(lang) && (all || note_moments(s));
}

static void destroy(struct sampler *s)
{
    tm_lower_words_finish(&s->words);
    tm_buf_finish(&s->word_hashes.list);
    tm_buf_finish(&s->word_hashes.units);
    tm_buf_finish(&s->pair_hashes.list);
    tm_buf_finish(&s->pair_hashes.units);
    tm_buf_finish(&s->found);
    free(s);
}

bool tm_count_samples(struct tm_report *report)
{
    struct sampler *s = calloc(1, sizeof *s);
    bool good = s != NULL;
    for (int i = 0; i < TM_REPORT_LANGS && good; i++)
        good = count(s, &report->langs[i]);
    if (s != NULL)
        destroy(s);
    return good;
}
