/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Two walks over a text: one over its words, in blocks of 64 bytes (count.h), that takes of each
 * word a hash, its length and where it stands; and one over its lines. The n-grams are looked for
 * in the array of words (quality_grams.c).
 */
#include "pack/quality.h"

#include <endian.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <xxhash.h>
#ifdef __SSE2__
#include <emmintrin.h>
#endif

#include "base/str.h"
#include "base/utf8.h"
#include "pack/count.h"

enum { STOP_WORDS = 8, STOP_PLACES = 256, SHORT_LINE = 30 };

static const char *const stop_words_ru[STOP_WORDS] = {"и", "в", "не", "на", "что", "с", "по", "как"};
static const char *const stop_words_en[STOP_WORDS] = {"the", "be", "to", "of", "and", "that",
                                                      "have", "with"};

/* The stop words of a language as they are written: small, with a capital, in capitals. */
struct stops {
    uint64_t key[STOP_PLACES];  /* the bytes of the word, the first one lowest */
    uint8_t bit[STOP_PLACES];
    unsigned seen;              /* bits */
};

/* What is counted on the way through the text. */
struct counting {
    struct tm_str text;
    struct stops stops;
    struct tm_quality_word *words;
    size_t n_words;
    size_t words_capacity;
    struct tm_quality_word fixed[TM_QUALITY_WORDS];
    uint64_t alpha_words;
    uint64_t chars;
    uint64_t word_chars;
    uint64_t symbols;
    uint64_t lines;
    uint64_t feeds;
    uint64_t bullets;
    uint64_t ellipses;
    uint64_t punct_lines;
    uint64_t short_lines;
    uint64_t sentences;         /* in lines that C4 keeps */
    uint64_t line_chars;        /* blanks not counted */
    uint64_t dup_chars;
    uint64_t *seen;             /* hashes of lines; a table of 2^k places, 0 is free */
    size_t seen_n;
    size_t seen_capacity;
    bool failed;
};

/* No two ways to write a stop word of one language fall on the same place (tested). */
static size_t stop_place(uint64_t key)
{
    return (size_t)(key * 0x91B7584A2265B1F5u >> 56);
}

static void add_stop(struct stops *stops, const char *bytes, size_t n, unsigned number)
{
    uint64_t key = 0;
    for (size_t i = n; i-- > 0;)
        key = key << 8 | (unsigned char)bytes[i];
    size_t place = stop_place(key);
    stops->key[place] = key;
    stops->bit[place] = (uint8_t)(1u << number);
}

/* Upper case of the ASCII and Russian letters that stop words have. */
static uint32_t upper(uint32_t cp)
{
    return cp - (cp - 'a' < 26 || (cp >= 0x430 && cp < 0x450) ? 32u : 0u);
}

static void fill_stops(struct stops *stops, const char *const *words)
{
    for (unsigned i = 0; i < STOP_WORDS; i++)
        for (int capitals = 0; capitals < 3; capitals++) {
            size_t length = strlen(words[i]);
            char bytes[16];
            size_t n = 0;
            for (size_t at = 0; at < length;) {
                bool first = at == 0;
                uint32_t cp = tm_utf8_next(words[i], length, &at);
                n += tm_utf8_put(capitals == 2 || (capitals == 1 && first) ? upper(cp) : cp,
                                 bytes + n);
            }
            add_stop(stops, bytes, n, i);
        }
}

/* Up to eight bytes from `at`, the first one lowest. */
static uint64_t load(struct tm_str text, size_t at, size_t n)
{
    static const uint64_t masks[9] = {
        0, 0xFF, 0xFFFF, 0xFFFFFF, 0xFFFFFFFF, 0xFFFFFFFFFF, 0xFFFFFFFFFFFF, 0xFFFFFFFFFFFFFF,
        UINT64_MAX};
    uint64_t word = 0;
    size_t left = text.n - at;
    memcpy(&word, text.p + at, left >= 8 ? 8 : left);
    return le64toh(word) & masks[n < 8 ? n : 8];
}

static unsigned count_tails(uint64_t bytes)
{
    /* One bit a byte, added up in the highest byte: a popcount that every processor has. */
    uint64_t tails = (bytes & ~(bytes << 1) & 0x8080808080808080u) >> 7;
    return (unsigned)(tails * 0x0101010101010101u >> 56);
}

static bool has_letter(struct tm_str text, size_t start, size_t end)
{
    for (size_t at = start; at < end; at++)
        if ((unsigned char)text.p[at] > '9')
            return true;
    return false;
}

static void add_word(struct counting *c, size_t start, size_t end)
{
    if (c->n_words == c->words_capacity) {
        size_t capacity = c->words_capacity * 2;
        struct tm_quality_word *words = realloc(c->words == c->fixed ? NULL : c->words,
                                     capacity * sizeof *words);
        if (words == NULL) {
            c->failed = true;
            return;
        }
        if (c->words == c->fixed)
            memcpy(words, c->fixed, sizeof c->fixed);
        c->words = words;
        c->words_capacity = capacity;
    }
    struct tm_str text = c->text;
    size_t n = end - start;
    struct tm_quality_word *word = &c->words[c->n_words++];
    word->start = start;
    word->n = (uint32_t)n;
    uint64_t low = load(text, start, n);
    size_t place = stop_place(low);
    c->stops.seen |= n <= 8 && c->stops.key[place] == low ? c->stops.bit[place] : 0u;
    if (n <= 16) {
        uint64_t high = n <= 8 ? 0 : load(text, start + 8, n - 8);
        word->hash = (low * 0x9E3779B97F4A7C15u ^ high) * 0xC2B2AE3D27D4EB4Fu + n;
        word->chars = (uint32_t)n - count_tails(low) - count_tails(high);
    } else {
        word->hash = XXH3_64bits(text.p + start, n);
        size_t tails = 0;
        for (size_t at = start; at < end; at += 8)
            tails += count_tails(load(text, at, end - at));
        word->chars = (uint32_t)(n - tails);
    }
    word->hash ^= word->hash >> 29;
    c->word_chars += word->chars;
    c->alpha_words += (low & 0xFF) > '9' || has_letter(text, start, end);
}

static void walk_words(struct counting *c)
{
    struct tm_words words;
    size_t start, end;
    tm_words_begin(&words, c->text);
    while (tm_words_next(&words, &start, &end))
        add_word(c, start, end);
    c->chars = words.chars;
}

/* Characters of a piece of text, and blanks among them. */
static void count_chars(const char *p, size_t n, uint64_t *ret_chars, uint64_t *ret_blanks)
{
    size_t at = 0;
    uint64_t chars = 0;
    uint64_t blanks = 0;
#ifdef __SSE2__
    for (; at + 16 <= n; at += 16) {
        __m128i v = _mm_loadu_si128((const void *)(p + at));
        unsigned tails = (unsigned)_mm_movemask_epi8(_mm_cmplt_epi8(v, _mm_set1_epi8(-64)));
        __m128i blank = _mm_or_si128(_mm_cmpeq_epi8(v, _mm_set1_epi8(' ')),
                                     _mm_cmpeq_epi8(v, _mm_set1_epi8('\t')));
        chars += 16 - (unsigned)__builtin_popcount(tails);
        blanks += (unsigned)__builtin_popcount((unsigned)_mm_movemask_epi8(blank));
    }
#endif
    for (; at < n; at++) {
        chars += ((unsigned char)p[at] & 0xC0) != 0x80;
        blanks += p[at] == ' ' || p[at] == '\t';
    }
    *ret_chars = chars;
    *ret_blanks = blanks;
}

/* First position from `at` of a sign that may end a sentence, or of a hash sign. */
static size_t next_sign(struct tm_str text, size_t at, size_t end)
{
#ifdef __SSE2__
    for (; at + 16 <= end; at += 16) {
        __m128i v = _mm_loadu_si128((const void *)(text.p + at));
        __m128i hit = _mm_or_si128(
            _mm_or_si128(_mm_cmpeq_epi8(v, _mm_set1_epi8('.')),
                         _mm_cmpeq_epi8(v, _mm_set1_epi8('!'))),
            _mm_or_si128(_mm_or_si128(_mm_cmpeq_epi8(v, _mm_set1_epi8('?')),
                                      _mm_cmpeq_epi8(v, _mm_set1_epi8('#'))),
                         _mm_cmpeq_epi8(v, _mm_set1_epi8((char)0xE2))));
        int mask = _mm_movemask_epi8(hit);
        if (mask != 0)
            return at + (size_t)__builtin_ctz((unsigned)mask);
    }
#endif
    for (; at < end; at++) {
        char byte = text.p[at];
        if (byte == '.' || byte == '!' || byte == '?' || byte == '#' || byte == (char)0xE2)
            return at;
    }
    return end;
}

static bool is_closing(uint32_t cp)
{
    return cp == 0xBB || cp == '"' || cp == '\'' || cp == 0x201D || cp == 0x2019 || cp == ')';
}

static bool is_end(uint32_t cp)
{
    return cp == '.' || cp == '!' || cp == '?' || cp == 0x2026;
}

/* Sentences of a line whose words are [first, last): signs at an end, closing marks behind them,
 * and then a blank or the end of the line. Hash signs and ellipses are counted on the way. */
static uint64_t count_sentences(struct counting *c, size_t start, size_t end, size_t first,
                                size_t last)
{
    struct tm_str text = c->text;
    uint64_t sentences = 0;
    size_t word = first;            /* the first word that no sentence has yet */
    for (size_t at = next_sign(text, start, end); at < end; at = next_sign(text, at, end)) {
        size_t from = at;
        unsigned dots = 0;
        if (text.p[at] == '#')
            c->symbols++;
        while (at < end) {
            size_t next = at;
            uint32_t cp = tm_utf8_next(text.p, end, &next);
            if (!is_end(cp) && !(at > from && is_closing(cp)))
                break;
            dots = cp == '.' ? dots + 1 : 0;
            c->symbols += cp == 0x2026 || dots == 3;
            at = next;
        }
        if (at == from) {
            at++;                   /* a hash sign, or another character that begins with E2 */
            continue;
        }
        bool ends = at == end || text.p[at] == ' ' || text.p[at] == '\t';
        if (ends && word < last && c->words[word].start < from) {
            sentences++;
            while (word < last && c->words[word].start < at)
                word++;
        }
    }
    return sentences;
}

/* Whether the line stood before. */
static bool note_line(struct counting *c, struct tm_str line)
{
    if (2 * c->seen_n >= c->seen_capacity) {
        size_t capacity = c->seen_capacity == 0 ? 64 : 2 * c->seen_capacity;
        uint64_t *seen = calloc(capacity, sizeof *seen);
        if (seen == NULL) {
            c->failed = true;
            return false;
        }
        for (size_t i = 0; i < c->seen_capacity; i++) {
            size_t place = (size_t)c->seen[i] & (capacity - 1);
            while (c->seen[i] != 0 && seen[place] != 0)
                place = (place + 1) & (capacity - 1);
            if (c->seen[i] != 0)
                seen[place] = c->seen[i];
        }
        free(c->seen);
        c->seen = seen;
        c->seen_capacity = capacity;
    }
    uint64_t hash = XXH3_64bits(line.p, line.n) | 1;
    size_t place = (size_t)hash & (c->seen_capacity - 1);
    while (c->seen[place] != 0 && c->seen[place] != hash)
        place = (place + 1) & (c->seen_capacity - 1);
    if (c->seen[place] == hash)
        return true;
    c->seen[place] = hash;
    c->seen_n++;
    return false;
}

static bool is_bullet(uint32_t cp, uint32_t next)
{
    return cp == 0x2022 || cp == 0x25CF || cp == 0x25AA || cp == 0x25E6 ||
           ((cp == '-' || cp == '*' || cp == 0x2013) && next == ' ');
}

/* A line with something visible, its words [first, last). */
static void count_line(struct counting *c, struct tm_str line, size_t first, size_t last)
{
    uint64_t chars, blanks;
    size_t start = (size_t)(line.p - c->text.p);
    uint64_t sentences = count_sentences(c, start, start + line.n, first, last);
    count_chars(line.p, line.n, &chars, &blanks);
    uint32_t sign = tm_utf8_before(line.p, line.n);
    bool quote = sign == 0xBB || sign == '"' || sign == 0x201D || sign == '\'';
    bool ellipsis = sign == 0x2026 ||
                    (line.n >= 3 && memcmp(line.p + line.n - 3, "...", 3) == 0);
    size_t at = 0;
    uint32_t opening = tm_utf8_next(line.p, line.n, &at);
    c->lines++;
    c->ellipses += ellipsis;
    c->punct_lines += is_end(sign) || quote;
    c->short_lines += chars <= SHORT_LINE;
    c->bullets += is_bullet(opening, tm_utf8_at(line.p, line.n, at));
    c->line_chars += chars - blanks;
    /* C4 keeps lines that end a sentence, of three words or more, without "javascript". */
    if ((is_end(sign) || quote) && !ellipsis && last - first >= 3 &&
        memmem(line.p, line.n, "avascript", 9) == NULL)
        c->sentences += sentences == 0 ? 1 : sentences;
    if (line.n < c->text.n && note_line(c, line))
        c->dup_chars += chars - blanks;
}

static void walk_lines(struct counting *c)
{
    struct tm_str text = c->text;
    size_t word = 0;
    for (size_t start = 0; start < text.n;) {
        const char *feed = memchr(text.p + start, '\n', text.n - start);
        size_t end = feed == NULL ? text.n : (size_t)(feed - text.p);
        struct tm_str line = tm_str_trim((struct tm_str){text.p + start, end - start});
        size_t first = word;
        while (word < c->n_words && c->words[word].start < end)
            word++;
        if (line.n != 0)
            count_line(c, line, first, word);
        c->feeds += feed != NULL;
        start = end + 1;
    }
}

static bool c4_drops(struct tm_str text)
{
    return memchr(text.p, '{', text.n) != NULL ||
           memmem(text.p, text.n, "orem ipsum", 10) != NULL;
}

enum tm_status tm_quality_measure(struct tm_str text, enum tm_lang lang,
                                  struct tm_signals *ret_signals)
{
    return tm_quality_measure_words(text, lang, NULL, NULL, ret_signals);
}

enum tm_status tm_quality_measure_words(struct tm_str text, enum tm_lang lang,
                                        tm_quality_take_fn *take, void *user,
                                        struct tm_signals *ret_signals)
{
    struct counting c;
    memset(&c, 0, offsetof(struct counting, fixed));
    memset(&c.alpha_words, 0, sizeof c - offsetof(struct counting, alpha_words));
    c.text = text;
    c.words = c.fixed;
    c.words_capacity = TM_QUALITY_WORDS;
    if (lang == TM_LANG_RU || lang == TM_LANG_EN)
        fill_stops(&c.stops, lang == TM_LANG_RU ? stop_words_ru : stop_words_en);
    memset(ret_signals, 0, sizeof *ret_signals);
    walk_words(&c);
    walk_lines(&c);
    uint32_t *v = ret_signals->value;
    ret_signals->words = (uint32_t)c.n_words;
    ret_signals->chars = c.chars;
    v[TM_SIGNAL_stop_words] = (uint32_t)__builtin_popcount(c.stops.seen);
    v[TM_SIGNAL_sentences] = text.n == 0 || c4_drops(text) ? 0 : (uint32_t)c.sentences;
    v[TM_SIGNAL_mean_word] = tm_per_mille(c.word_chars, c.n_words);
    v[TM_SIGNAL_alpha_words] = tm_per_mille(c.alpha_words, c.n_words);
    v[TM_SIGNAL_symbols] = tm_per_mille(c.symbols, c.n_words);
    v[TM_SIGNAL_bullets] = tm_per_mille(c.bullets, c.lines);
    v[TM_SIGNAL_ellipses] = tm_per_mille(c.ellipses, c.lines);
    v[TM_SIGNAL_punct_lines] = tm_per_mille(c.punct_lines, c.lines);
    v[TM_SIGNAL_short_lines] = tm_per_mille(c.short_lines, c.lines);
    v[TM_SIGNAL_newlines] = tm_per_mille(c.feeds, c.n_words);
    v[TM_SIGNAL_dup_lines] = tm_per_mille(c.dup_chars, c.line_chars);
    bool good = !c.failed && tm_quality_grams(c.words, c.n_words, c.word_chars, ret_signals);
    if (good && take != NULL)
        take(user, text, c.words, c.n_words);
    if (c.words != c.fixed)
        free(c.words);
    free(c.seen);
    return good ? TM_OK : TM_ERR_NOMEM;
}
