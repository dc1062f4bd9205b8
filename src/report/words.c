/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The words of a text, by blocks of 64 bytes (pack/count.h): each goes in lower case into the
 * vocabulary, and those of the sample into the tables of words and pairs. A whole text is
 * put into lower case at once, for ASCII and Cyrillic up to U+045F, where a letter stays as long as
 * it was; words that hold any other character are done one by one.
 */
#include <endian.h>
#include <stdlib.h>
#include <xxhash.h>

#include <tolmach/lang.h>

#include "base/str.h"
#include "base/utf8.h"
#include "pack/count.h"
#include "report/report.h"
#include "report/stems.h"
#include "report/stop_words.h"

enum { MOST_WORD = 256 };

/* Bytes that are read behind the folded text. */
enum { PAD = 32 };

/* Stands in the folded text for the first byte of any other character; no byte of UTF-8. */
enum { OTHER = 0xFF };

/* The commonest words and pairs, whose errors are computed. */
enum { CHOSEN_WORDS = 512, CHOSEN_PAIRS = 128 };

struct tm_word_counter {
    struct tm_report_lang *lang;
    struct tm_str text;
    struct tm_buf folded;           /* the text in lower case, byte for byte */
    const struct tm_sampled *unit;  /* of the sample; NULL: only the vocabulary is counted */
    bool again;                     /* the second walk over the sample: moments of what is common */
    uint32_t number;                /* of the unit, from 1 */
    char word[MOST_WORD];           /* in lower case, if it holds other characters */
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

/* Both halves of a product of 128 bits (wyhash, Wang Yi). */
__extension__ typedef unsigned __int128 wide;

static inline uint64_t multiply(uint64_t a, uint64_t b)
{
    wide product = (wide)a * b;
    return (uint64_t)product ^ (uint64_t)(product >> 64);
}

static inline uint64_t mix(const uint64_t parts[4], size_t n)
{
    uint64_t low = multiply(parts[0] ^ 0xA0761D6478BD642Fu, parts[1] ^ 0xE7037ED1A0B428DBu);
    uint64_t high = multiply(parts[2] ^ 0x8EBC6AF09C88C6E3u, parts[3] ^ 0x589965CC75374CC3u);
    return multiply(low ^ high ^ n, 0x9E3779B97F4A7C15u);
}

/* Nearly all words have 32 bytes at most. */
uint64_t tm_word_hash(struct tm_str word)
{
    uint64_t parts[4];
    if (word.n > 32)
        return XXH3_64bits(word.p, word.n);
    for (size_t i = 0; i < 4; i++)
        parts[i] = word.n <= 8 * i ? 0 : load(word.p + 8 * i, word.n - 8 * i);
    return mix(parts, word.n);
}

/* Ones before zeros: eight bytes from `masks + 32 - n + 8 * i` on are a mask of those that a word
 * of n bytes has in its i-th eight. */
static const unsigned char masks[64] = {
    255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255,
    255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255,
};

static inline uint64_t other_in(uint64_t bytes)
{
    return (~bytes - 0x0101010101010101u) & bytes & 0x8080808080808080u;
}

/* The same for a word of the folded text, behind which 32 bytes can be read. False if it holds
 * other characters. */
static inline bool hash_folded(struct tm_str word, uint64_t *ret_hash)
{
    uint64_t parts[4];
    uint64_t mask[4];
    uint64_t other = 0;
    if (word.n > 32) {
        *ret_hash = XXH3_64bits(word.p, word.n);
        return word.n <= MOST_WORD - 4 && memchr(word.p, OTHER, word.n) == NULL;
    }
    memcpy(parts, word.p, sizeof parts);
    memcpy(mask, masks + 32 - word.n, sizeof mask);
    for (int i = 0; i < 4; i++) {
        parts[i] = le64toh(parts[i] & mask[i]);
        other |= other_in(parts[i]);
    }
    *ret_hash = mix(parts, word.n);
    return other == 0;
}

struct tm_word_counter *tm_word_counter_create(void)
{
    return calloc(1, sizeof(struct tm_word_counter));
}

void tm_word_counter_destroy(struct tm_word_counter *counter)
{
    if (counter != NULL)
        tm_buf_finish(&counter->folded);
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

/* One byte in lower case, between its neighbours. */
static inline unsigned char fold(unsigned char before, unsigned char byte, unsigned char after)
{
    unsigned char to = byte;
    to = (unsigned char)(to + ((unsigned char)(byte - 'A') < 26 ? 0x20 : 0));
    /* The letters U+0400 to U+042F, and those U+0430 to U+045F that they become. */
    unsigned char step = byte < 0x90 ? 0x10 : byte < 0xA0 ? 0x20 : byte < 0xB0 ? 0xE0 : 0;
    to = (unsigned char)(to + (before == 0xD0 ? step : 0));
    bool crosses = after < 0x90 || (unsigned char)(after - 0xA0) < 0x10;
    to = (unsigned char)(to + ((byte == 0xD0) & crosses ? 1 : 0));
    bool other = (byte >= 0xC2) & ((byte & 0xFE) != 0xD0);
    other |= (byte == 0xD1) & (after >= 0xA0);
    return other ? OTHER : to;
}

static bool fold_text(struct tm_word_counter *c)
{
    const unsigned char *p = (const unsigned char *)c->text.p;
    size_t n = c->text.n;
    c->folded.n = 0;
    if (!tm_buf_reserve(&c->folded, n + PAD))
        return false;
    unsigned char *to = (unsigned char *)c->folded.p;
    memset(to + n, 0, PAD);
    if (n != 0)
        to[0] = fold(0, p[0], n > 1 ? p[1] : 0);
    for (size_t i = 1; i + 1 < n; i++)
        to[i] = fold(p[i - 1], p[i], p[i + 1]);
    if (n > 1)
        to[n - 1] = fold(p[n - 2], p[n - 1], 0);
    return true;
}

/* A word in lower case; what does not fit is cut. */
static size_t lower(struct tm_str text, char ret_word[MOST_WORD])
{
    size_t n = 0;
    for (size_t at = 0; at < text.n && n + 4 <= MOST_WORD;)
        n += tm_utf8_put(tm_lower(tm_utf8_next(text.p, text.n, &at)), ret_word + n);
    return n;
}

/* Counts a key in the first walk over the sample; finds it again in the second. */
static struct tm_tally_entry *tally(struct tm_word_counter *c, struct tm_tally *tally, uint64_t hash,
                                    struct tm_str key)
{
    if (!c->again)
        return tm_tally_add(tally, hash, key);
    struct tm_tally_entry *entry = tm_tally_find(tally, hash);
    tm_tally_note(tally, entry, c->number, (double)c->unit->words);
    return entry;
}

/* A pair: two words with one blank between them, neither a stop word nor a number. */
static void add_pair(struct tm_word_counter *c, struct tm_str word, size_t start)
{
    char pair[2 * MOST_WORD + 1];
    if (c->before_n == 0 || start != c->before_end + 1 || c->text.p[c->before_end] != ' ')
        return;
    memcpy(pair, c->before, c->before_n);
    pair[c->before_n] = ' ';
    memcpy(pair + c->before_n + 1, word.p, word.n);
    struct tm_str key = {pair, c->before_n + 1 + word.n};
    (void)tally(c, &c->lang->pairs, tm_word_hash(key), key);
}

static void add_sampled(struct tm_word_counter *c, uint64_t hash, struct tm_str word, size_t start,
                        size_t end)
{
    struct tm_tally_entry *entry = tally(c, &c->lang->top, hash, word);
    if (entry == NULL) {            /* it was pruned */
        c->before_n = 0;
        return;
    }
    if (entry->mark == TM_WORD_UNMARKED)
        entry->mark = (unsigned char)word.p[0] > '9' && !tm_is_stop_word(word) ? TM_WORD_CONTENT
                                                                              : TM_WORD_GRAMMAR;
    bool counts = entry->mark >= TM_WORD_CONTENT;
    if (c->again && entry->mark > TM_WORD_CONTENT)
        tm_moments_add(&c->lang->stems.moments[entry->mark - TM_WORD_CONTENT - 1], c->number,
                       (double)c->unit->words);
    if (counts)
        add_pair(c, word, start);
    c->before_n = counts ? word.n : 0;
    c->before_end = end;
    memcpy(c->before, word.p, c->before_n);
}

static void walk_words(struct tm_word_counter *c)
{
    struct tm_words words;
    size_t start, end;
    tm_words_begin(&words, c->text);
    while (tm_words_next(&words, &start, &end)) {
        uint64_t hash;
        struct tm_str word = {c->folded.p + start, end - start};
        if (!hash_folded(word, &hash)) {
            word = (struct tm_str){
                c->word, lower((struct tm_str){c->text.p + start, end - start}, c->word)};
            hash = tm_word_hash(word);
        }
        if (c->unit == NULL)
            tm_hll_add(&c->lang->vocabulary, hash);
        else
            add_sampled(c, hash, word, start, end);
    }
}

/* A character of the sample, with what kind it is once that was looked up. */
static void count_characters(struct tm_word_counter *c)
{
    struct tm_report_lang *lang = c->lang;
    double size = (double)c->unit->chars;
    for (size_t at = 0; at < c->text.n;) {
        uint32_t cp = tm_utf8_next(c->text.p, c->text.n, &at);
        bool high = cp >= TM_REPORT_CHARS;
        struct tm_char_count *count = &lang->characters[high ? TM_REPORT_CHARS : cp];
        if (count->n++ == 0) {
            count->kind = high ? TM_CHAR_REST : (uint8_t)tm_char_kind(lang->alphabet, cp);
            if (!high)
                tm_buf_add(&lang->seen, &cp, sizeof cp);
        }
        tm_moments_add(&count->moments, c->number, size);
        lang->kinds[count->kind].n++;
        tm_moments_add(&lang->kinds[count->kind].moments, c->number, size);
    }
}

static void count_sentences(struct tm_word_counter *c)
{
    struct tm_sentences walk;
    size_t offset, length;
    uint64_t n = 0;
    tm_sentences_begin(&walk, c->text.p, c->text.n, NULL, 0);
    while (tm_sentences_next(&walk, &offset, &length))
        n++;
    c->lang->sample_sentences += n;
    c->lang->sentences.squares += (double)n * (double)n;
    c->lang->sentences.cross += (double)n * (double)c->unit->chars;
}

static uint64_t next_due(const struct tm_growth *list, size_t n)
{
    return n == 0 ? TM_REPORT_FIRST_WORDS : 2 * list[n - 1].due;
}

static bool growth_is_due(const struct tm_growth *list, size_t n, uint64_t words)
{
    return n < TM_REPORT_GROWTH && words >= next_due(list, n);
}

/* Checkpoints of the vocabulary's growth; a long text passes several at once. */
static void note_growth(struct tm_growth *list, size_t *n, uint64_t words, uint64_t different)
{
    uint64_t due = next_due(list, *n);
    while (due * 2 <= words)
        due *= 2;
    list[(*n)++] = (struct tm_growth){due, words, different};
}

bool tm_words_vocabulary(struct tm_word_counter *c, struct tm_report_lang *lang, struct tm_str text)
{
    c->lang = lang;
    c->text = text;
    c->unit = NULL;
    if (!fold_text(c))
        return false;
    walk_words(c);
    if (growth_is_due(lang->marks, lang->n_marks, lang->words)) {
        note_growth(lang->marks, &lang->n_marks, lang->words, tm_hll_estimate(&lang->vocabulary));
        tm_buf_add(&lang->registers, &lang->vocabulary, sizeof lang->vocabulary);
    }
    return !lang->registers.failed;
}

static bool walk_sample(struct tm_word_counter *c, bool again)
{
    struct tm_report_lang *lang = c->lang;
    struct tm_sampled unit;
    uint64_t words = 0;
    bool all = lang->sample.one_in == 1;
    c->unit = &unit;
    c->again = again;
    c->number = 0;
    for (size_t at = 0; tm_sample_next(&lang->sample, &at, &unit);) {
        c->text = unit.text;
        c->number++;
        c->before_n = 0;
        words += unit.words;
        if (!fold_text(c))
            return false;
        walk_words(c);
        if (again)
            continue;
        count_characters(c);
        count_sentences(c);
        if (all && growth_is_due(lang->growth, lang->n_growth, words))
            note_growth(lang->growth, &lang->n_growth, words,
                        lang->top.error == 0 ? lang->top.n : tm_hll_estimate(&lang->vocabulary));
    }
    return !lang->seen.failed;
}

bool tm_words_sample(struct tm_word_counter *c, struct tm_report_lang *lang)
{
    c->lang = lang;
    if (lang->sample.one_in == 1)
        return walk_sample(c, false) && tm_stems_count(lang);
    memcpy(lang->growth, lang->marks, sizeof lang->growth);
    lang->n_growth = lang->n_marks;
    if (!walk_sample(c, false) || !tm_stems_count(lang))
        return false;
    tm_tally_choose(&lang->top, CHOSEN_WORDS);
    tm_tally_choose(&lang->pairs, CHOSEN_PAIRS);
    return walk_sample(c, true);
}
