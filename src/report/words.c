/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The words of a text, by blocks of 64 bytes (pack/count.h): each goes in lower case into the
 * vocabulary; in a record of the sample also into the tables of words and pairs.
 */
#include <endian.h>
#include <stdlib.h>
#include <xxhash.h>

#include <tolmach/lang.h>

#include "base/str.h"
#include "base/utf8.h"
#include "pack/count.h"
#include "report/report.h"
#include "report/stop_words.h"

enum { MOST_WORD = 256 };

/* Marks of a word in its table. */
enum { UNMARKED, CONTENT, GRAMMAR };

struct tm_word_counter {
    struct tm_report_lang *lang;
    struct tm_str text;
    bool sampled;
    char word[MOST_WORD];           /* in lower case */
    size_t n;
    char before[MOST_WORD];         /* the word before, if a pair can begin with it */
    size_t before_n;
    size_t before_end;              /* where it ended in the text */
};

static uint64_t load(const char *p, size_t n)
{
    uint64_t word = 0;
    if (n >= 8)
        memcpy(&word, p, 8);
    else
        for (size_t i = 0; i < n; i++)
            word |= (uint64_t)(unsigned char)p[i] << 8 * i;
    return n >= 8 ? le64toh(word) : word;
}

/* Most words have 16 bytes at most: two loads and the finalizer of MurmurHash3 (Appleby). */
uint64_t tm_word_hash(struct tm_str word)
{
    if (word.n > 16)
        return XXH3_64bits(word.p, word.n);
    uint64_t low = load(word.p, word.n);
    uint64_t high = word.n <= 8 ? 0 : load(word.p + 8, word.n - 8);
    uint64_t hash = low * 0x9E3779B97F4A7C15u ^ (high + word.n) * 0xC2B2AE3D27D4EB4Fu;
    hash = (hash ^ hash >> 33) * 0xFF51AFD7ED558CCDu;
    hash = (hash ^ hash >> 33) * 0xC4CEB9FE1A85EC53u;
    return hash ^ hash >> 33;
}

struct tm_word_counter *tm_word_counter_create(void)
{
    return calloc(1, sizeof(struct tm_word_counter));
}

void tm_word_counter_destroy(struct tm_word_counter *counter)
{
    free(counter);
}

static int order_words(const void *a, const void *b)
{
    return tm_str_order(*(const struct tm_str *)a, tm_str_of(*(const char *const *)b));
}

bool tm_is_stop_word(struct tm_str word)
{
    return bsearch(&word, stop_words, sizeof stop_words / sizeof *stop_words, sizeof *stop_words,
                   order_words) != NULL;
}

/* Two bytes of a Russian letter in small. */
static void lower_russian(const unsigned char *p, char *ret_bytes)
{
    unsigned char lead = p[0];
    unsigned char tail = p[1];
    if (lead == 0xD0 && tail < 0xB0) {
        lead = tail < 0x90 || tail >= 0xA0 ? 0xD1 : 0xD0;
        tail = (unsigned char)(tail < 0x90 ? tail + 0x10 : tail < 0xA0 ? tail + 0x20 : tail - 0x20);
    }
    ret_bytes[0] = (char)lead;
    ret_bytes[1] = (char)tail;
}

/* A word in lower case; what does not fit is cut. */
static size_t lower(struct tm_str text, char ret_word[MOST_WORD])
{
    size_t n = 0;
    for (size_t at = 0; at < text.n && n + 4 <= MOST_WORD;) {
        unsigned char byte = (unsigned char)text.p[at];
        if (byte < 0x80) {
            ret_word[n++] = (char)(byte + ((unsigned)byte - 'A' < 26 ? 32u : 0u));
            at++;
        } else if (at + 1 < text.n && (byte == 0xD0 || (byte == 0xD1 &&
                                                        (unsigned char)text.p[at + 1] < 0xA0))) {
            lower_russian((const unsigned char *)text.p + at, ret_word + n);
            n += 2;
            at += 2;
        } else {
            n += tm_utf8_put(tm_lower(tm_utf8_next(text.p, text.n, &at)), ret_word + n);
        }
    }
    return n;
}

/* A pair: two words with one blank between them, neither a stop word nor a number. */
static void add_pair(struct tm_word_counter *c, size_t start)
{
    char pair[2 * MOST_WORD + 1];
    if (c->before_n == 0 || start != c->before_end + 1 || c->text.p[c->before_end] != ' ')
        return;
    memcpy(pair, c->before, c->before_n);
    pair[c->before_n] = ' ';
    memcpy(pair + c->before_n + 1, c->word, c->n);
    struct tm_str key = {pair, c->before_n + 1 + c->n};
    tm_tally_add(&c->lang->pairs, tm_word_hash(key), key);
}

static void add_word(struct tm_word_counter *c, size_t start, size_t end)
{
    c->n = lower((struct tm_str){c->text.p + start, end - start}, c->word);
    struct tm_str word = {c->word, c->n};
    uint64_t hash = tm_word_hash(word);
    tm_hll_add(&c->lang->vocabulary, hash);
    if (!c->sampled)
        return;
    struct tm_tally_entry *entry = tm_tally_add(&c->lang->top, hash, word);
    if (entry->mark == UNMARKED)
        entry->mark = (unsigned char)c->word[0] > '9' && !tm_is_stop_word(word) ? CONTENT : GRAMMAR;
    bool counts = entry->mark == CONTENT;
    if (counts)
        add_pair(c, start);
    c->before_n = counts ? c->n : 0;
    c->before_end = end;
    memcpy(c->before, c->word, c->before_n);
}

static void walk_words(struct tm_word_counter *c)
{
    struct tm_words words;
    size_t start, end;
    tm_words_begin(&words, c->text);
    while (tm_words_next(&words, &start, &end))
        add_word(c, start, end);
}

static void count_characters(struct tm_report_lang *lang, struct tm_str text)
{
    for (size_t at = 0; at < text.n;) {
        uint32_t cp = tm_utf8_next(text.p, text.n, &at);
        if (cp < TM_REPORT_CHARS)
            lang->code_points[cp]++;
        else
            lang->high_code_points++;
    }
}

static void count_sentences(struct tm_report_lang *lang, struct tm_str text)
{
    struct tm_sentences walk;
    size_t offset, length;
    tm_sentences_begin(&walk, text.p, text.n, NULL, 0);
    while (tm_sentences_next(&walk, &offset, &length))
        lang->sample_sentences++;
}

/* Checkpoints of the vocabulary's growth: 100 words, 200, 400 ... */
static void note_growth(struct tm_report_lang *lang, bool exact)
{
    uint64_t next = lang->n_growth == 0 ? 100 : 2 * lang->growth[lang->n_growth - 1].due;
    if (lang->n_growth == TM_REPORT_GROWTH || lang->words < next)
        return;
    while (next * 2 <= lang->words)
        next *= 2;
    lang->growth[lang->n_growth++] = (struct tm_growth){
        next, lang->words, exact ? lang->top.n : tm_hll_estimate(&lang->vocabulary)};
}

void tm_words_count(struct tm_word_counter *c, struct tm_report_lang *lang, struct tm_str text,
                    bool sampled, bool all_sampled)
{
    c->lang = lang;
    c->text = text;
    c->sampled = sampled;
    c->before_n = 0;
    walk_words(c);
    if (sampled) {
        count_characters(lang, text);
        count_sentences(lang, text);
    }
    note_growth(lang, all_sampled && lang->top.error == 0);
}
