/* SPDX-License-Identifier: Apache-2.0 */
#include <tolmach/quality.h>

#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

#include "base/str.h"
#include "base/utf8.h"

enum { STOP_WORDS = 8, MOST_GRAM = 10, SHORT_LINE = 30, FIXED_WORDS = 512 };

static const char *const stop_words_ru[STOP_WORDS] = {"и", "в", "не", "на", "что", "с", "по", "как"};
static const char *const stop_words_en[STOP_WORDS] = {"the", "be", "to", "of", "and", "that",
                                                      "have", "with"};

/* A word as the n-grams see it. */
struct word {
    uint64_t hash;
    uint32_t chars;
};

struct words {
    struct word *p;
    size_t n;
    size_t capacity;
    struct word fixed[FIXED_WORDS];
    bool failed;
};

/* What is counted on the way through the text. */
struct counting {
    struct tm_str text;
    const char *const *stops;   /* NULL: the language has none here */
    unsigned stops_seen;        /* bits */
    struct words *words;
    uint64_t alpha_words;
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

static void add_word(struct words *words, uint64_t hash, uint32_t chars)
{
    if (words->n == words->capacity) {
        size_t capacity = words->capacity * 2;
        struct word *p = realloc(words->p == words->fixed ? NULL : words->p,
                                 capacity * sizeof *p);
        if (p == NULL) {
            words->failed = true;
            return;
        }
        if (words->p == words->fixed)
            memcpy(p, words->fixed, sizeof words->fixed);
        words->p = p;
        words->capacity = capacity;
    }
    words->p[words->n++] = (struct word){hash, chars};
}

/* Only short words can be stop words: the longest has four letters. */
static void note_stop(struct counting *c, struct tm_str word)
{
    char low[16];
    size_t n = 0;
    if (c->stops == NULL || word.n > 8)
        return;
    for (size_t at = 0; at < word.n;)
        n += tm_utf8_put(tm_lower(tm_utf8_next(word.p, word.n, &at)), low + n);
    for (unsigned i = 0; i < STOP_WORDS; i++)
        if (strlen(c->stops[i]) == n && memcmp(c->stops[i], low, n) == 0)
            c->stops_seen |= 1u << i;
}

/* A line as it is walked. */
struct walk {
    size_t words;
    uint64_t chars;             /* blanks not counted */
    uint64_t all_chars;
    uint64_t sentences;
    uint32_t first;             /* first and last visible character, and the one before the last */
    uint32_t last;
    uint32_t before_last;
    bool closed;                /* a sentence has ended here, closing marks may follow */
};

static bool is_closing(uint32_t cp)
{
    return cp == 0xBB || cp == '"' || cp == '\'' || cp == 0x201D || cp == 0x2019 || cp == ')';
}

static bool is_joiner(uint32_t cp)
{
    return cp == '\'' || cp == '-' || cp == 0x2019 || cp == 0x2010 || cp == 0x2011;
}

static bool is_blank_sign(uint32_t cp)
{
    return cp == ' ' || cp == '\t' || cp == 0xA0 || cp == '\r';
}

/* The word at `at`; returns its end. */
static size_t walk_word(struct counting *c, struct walk *w, size_t at, size_t end)
{
    struct tm_str text = c->text;
    size_t start = at;
    uint32_t chars = 0;
    bool alpha = false;
    bool letter = false;
    while (at < end) {
        size_t next = at;
        uint32_t cp = tm_utf8_next(text.p, end, &next);
        bool is_letter = tm_is_letter(cp);
        bool joins = letter && is_joiner(cp) && tm_is_letter(tm_utf8_at(text.p, end, next));
        if (!is_letter && !tm_is_digit(cp) && !joins)
            break;
        alpha |= is_letter;
        letter = is_letter;
        chars++;
        w->before_last = w->last;
        w->last = cp;
        at = next;
    }
    w->words++;
    w->chars += chars;
    w->all_chars += chars;
    w->closed = false;
    c->alpha_words += alpha;
    c->word_chars += chars;
    note_stop(c, (struct tm_str){text.p + start, at - start});
    add_word(c->words, XXH3_64bits(text.p + start, at - start), chars);
    return at;
}

static void walk_sign(struct counting *c, struct walk *w, uint32_t cp)
{
    w->all_chars++;
    if (is_blank_sign(cp))
        return;
    w->chars++;
    bool dots = cp == '.' && w->last == '.' && w->before_last == '.';
    c->symbols += cp == '#' || cp == 0x2026 || dots;
    if (cp == '.' || cp == '!' || cp == '?' || cp == 0x2026) {
        w->sentences += !w->closed && w->words != 0;
        w->closed = true;
    } else if (!is_closing(cp)) {
        w->closed = false;
    }
    w->before_last = w->last;
    w->last = cp;
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

static void end_line(struct counting *c, const struct walk *w, struct tm_str line)
{
    uint32_t last = w->last;
    bool quote = last == 0xBB || last == '"' || last == 0x201D || last == '\'';
    bool ellipsis = last == 0x2026 ||
                    (line.n >= 3 && memcmp(line.p + line.n - 3, "...", 3) == 0);
    bool ends = last == '.' || last == '!' || last == '?' || last == 0x2026 || quote;
    c->lines++;
    c->ellipses += ellipsis;
    c->punct_lines += ends;
    c->short_lines += w->all_chars <= SHORT_LINE;
    size_t at = 0;
    uint32_t first = tm_utf8_next(line.p, line.n, &at);
    c->bullets += is_bullet(first, tm_utf8_at(line.p, line.n, at));
    c->line_chars += w->chars;
    /* C4 keeps lines that end a sentence, of three words or more, without "javascript". */
    if (ends && !ellipsis && w->words >= 3 && memmem(line.p, line.n, "avascript", 9) == NULL)
        c->sentences += w->sentences == 0 ? 1 : w->sentences;
    if (c->feeds != 0 || c->lines > 1 || line.n < c->text.n)
        c->dup_chars += note_line(c, line) ? w->chars : 0;
}

static void walk_lines(struct counting *c)
{
    struct tm_str text = c->text;
    for (size_t start = 0; start < text.n;) {
        const char *feed = memchr(text.p + start, '\n', text.n - start);
        size_t end = feed == NULL ? text.n : (size_t)(feed - text.p);
        struct walk w = {0};
        for (size_t at = start; at < end;) {
            size_t next = at;
            uint32_t cp = tm_utf8_next(text.p, end, &next);
            if (tm_is_letter(cp) || tm_is_digit(cp)) {
                at = walk_word(c, &w, at, end);
            } else {
                walk_sign(c, &w, cp);
                at = next;
            }
        }
        if (w.chars != 0)
            end_line(c, &w, tm_str_trim((struct tm_str){text.p + start, end - start}));
        c->feeds += feed != NULL;
        start = end + 1;
    }
}

/* n-grams in a table of 2^k places, each place valid for the n under way. */
struct gram {
    uint64_t hash;
    uint32_t n;
    uint32_t count;
};

struct grams {
    struct gram *p;
    size_t mask;
    struct gram fixed[4 * FIXED_WORDS];
};

static struct gram *gram_at(struct grams *grams, uint64_t hash, uint32_t n)
{
    size_t place = (size_t)(hash ^ hash >> 32) & grams->mask;
    while (grams->p[place].n == n && grams->p[place].hash != hash)
        place = (place + 1) & grams->mask;
    return &grams->p[place];
}

static uint64_t gram_hash(const struct word *words, size_t n)
{
    uint64_t hash = 0;
    for (size_t i = 0; i < n; i++)
        hash = (hash ^ words[i].hash) * 0x9E3779B97F4A7C15u;
    return hash;
}

static uint64_t gram_chars(const struct word *words, size_t n)
{
    uint64_t chars = 0;
    for (size_t i = 0; i < n; i++)
        chars += words[i].chars;
    return chars;
}

/* Characters of the n-gram that stands most often, the first of equals; 0 if none stands twice. */
static uint64_t top_chars(struct grams *grams, const struct words *words, size_t n)
{
    uint64_t chars = 0;
    uint32_t most = 1;
    for (size_t i = 0; i + n <= words->n; i++) {
        uint64_t hash = gram_hash(words->p + i, n);
        struct gram *gram = gram_at(grams, hash, (uint32_t)n);
        *gram = (struct gram){hash, (uint32_t)n, gram->n == n ? gram->count + 1 : 1};
        if (gram->count > most) {
            most = gram->count;
            chars = most * gram_chars(words->p + i, n);
        }
    }
    return chars;
}

/* Characters of n-grams that stood before; one that did is stepped over whole. */
static uint64_t repeated_chars(struct grams *grams, const struct words *words, size_t n)
{
    uint64_t chars = 0;
    for (size_t i = 0; i + n <= words->n;) {
        uint64_t hash = gram_hash(words->p + i, n);
        struct gram *gram = gram_at(grams, hash, (uint32_t)n);
        if (gram->n == n) {
            chars += gram_chars(words->p + i, n);
            i += n;
        } else {
            *gram = (struct gram){hash, (uint32_t)n, 1};
            i++;
        }
    }
    return chars;
}

static uint32_t ratio(uint64_t part, uint64_t whole)
{
    return whole == 0 ? 0 : (uint32_t)(1000 * part / whole);
}

/* Gopher's limits in 1/1000: the commonest n-gram for 2 to 4, repeated n-grams for 5 to 10. */
static const uint32_t gram_limits[MOST_GRAM + 1] = {0, 0, 200, 180, 160, 150, 140, 130, 120, 110,
                                                    100};

static bool measure_grams(const struct words *words, uint64_t chars, struct tm_signals *signals)
{
    struct grams grams;
    size_t places = 64;
    while (places < 2 * words->n)
        places *= 2;
    bool own = places > sizeof grams.fixed / sizeof *grams.fixed;
    grams.p = own ? calloc(places, sizeof *grams.p) : grams.fixed;
    grams.mask = places - 1;
    if (grams.p == NULL)
        return false;
    if (!own)
        memset(grams.fixed, 0, places * sizeof *grams.fixed);
    /* Without a longer n-gram that repeats there is no shorter one: most texts end at the first. */
    for (size_t n = 2; n <= MOST_GRAM; n++) {
        uint64_t found = n <= 4 ? top_chars(&grams, words, n) : repeated_chars(&grams, words, n);
        uint32_t *value = &signals->value[n <= 4 ? TM_SIGNAL_top_ngram : TM_SIGNAL_dup_ngram];
        uint32_t over = ratio(1000 * found, (uint64_t)gram_limits[n] * chars);
        *value = over > *value ? over : *value;
        if (found == 0)
            break;
    }
    if (own)
        free(grams.p);
    return true;
}

static bool c4_drops(struct tm_str text)
{
    return memchr(text.p, '{', text.n) != NULL ||
           memmem(text.p, text.n, "orem ipsum", 10) != NULL;
}

enum tm_status tm_quality_measure(struct tm_str text, enum tm_lang lang,
                                  struct tm_signals *ret_signals)
{
    struct words words;
    words.p = words.fixed;
    words.n = 0;
    words.capacity = FIXED_WORDS;
    words.failed = false;
    struct counting c = {.text = text, .words = &words,
                         .stops = lang == TM_LANG_RU   ? stop_words_ru
                                  : lang == TM_LANG_EN ? stop_words_en
                                                       : NULL};
    memset(ret_signals, 0, sizeof *ret_signals);
    walk_lines(&c);
    uint32_t *v = ret_signals->value;
    ret_signals->words = (uint32_t)words.n;
    v[TM_SIGNAL_stop_words] = (uint32_t)__builtin_popcount(c.stops_seen);
    v[TM_SIGNAL_sentences] = text.n == 0 || c4_drops(text) ? 0 : (uint32_t)c.sentences;
    v[TM_SIGNAL_mean_word] = ratio(c.word_chars, words.n);
    v[TM_SIGNAL_alpha_words] = ratio(c.alpha_words, words.n);
    v[TM_SIGNAL_symbols] = ratio(c.symbols, words.n);
    v[TM_SIGNAL_bullets] = ratio(c.bullets, c.lines);
    v[TM_SIGNAL_ellipses] = ratio(c.ellipses, c.lines);
    v[TM_SIGNAL_punct_lines] = ratio(c.punct_lines, c.lines);
    v[TM_SIGNAL_short_lines] = ratio(c.short_lines, c.lines);
    v[TM_SIGNAL_newlines] = ratio(c.feeds, words.n);
    v[TM_SIGNAL_dup_lines] = ratio(c.dup_chars, c.line_chars);
    bool good = !words.failed && !c.failed && measure_grams(&words, c.word_chars, ret_signals);
    if (words.p != words.fixed)
        free(words.p);
    free(c.seen);
    return good ? TM_OK : TM_ERR_NOMEM;
}

const char *tm_signal_name(enum tm_signal signal)
{
    static const char *const names[] = {
#define NAME(name, text) #name,
        TM_SIGNALS(NAME)
#undef NAME
    };
    return names[signal];
}

const char *tm_signal_text(enum tm_signal signal)
{
    static const char *const texts[] = {
#define TEXT(name, text) text,
        TM_SIGNALS(TEXT)
#undef TEXT
    };
    return texts[signal];
}

bool tm_signal_is_count(enum tm_signal signal)
{
    return signal == TM_SIGNAL_stop_words || signal == TM_SIGNAL_sentences;
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
