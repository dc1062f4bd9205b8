/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Sentences are told from names, titles and product lists by their small words: the detector
 * takes "Sony WH-1000XM5 Wireless Black" for English as well as any English sentence.
 */
#include "shape.h"

#include "lid_text.h"

#include <string.h>

/* Letters of a word that are kept to compare it with the function words. */
#define WORD_ROOM 8

struct word {
    char letter[WORD_ROOM]; /* ASCII letters in lower case */
    size_t n;               /* all letters */
    size_t capitals;
    bool first_capital;
    bool ascii;
};

static bool is_glue(const struct word *w)
{
    static const char list[][WORD_ROOM] = {
        "a",     "an",    "and",  "are",  "as",   "at",    "be",  "been",  "but",  "by",   "can",
        "do",    "for",   "from", "had",  "has",  "have",  "he",  "her",   "his",  "how",  "i",
        "if",    "in",    "is",   "it",   "its",  "my",    "no",  "not",   "of",   "on",   "or",
        "our",   "out",   "she",  "so",   "than", "that",  "the", "their", "them", "then", "there",
        "these", "they",  "this", "to",   "up",   "us",    "was", "we",    "were", "what", "when",
        "where", "which", "who",  "will", "with", "would", "you", "your",
    };
    if (!w->ascii || w->n >= WORD_ROOM)
        return false;
    /* Both are padded with zeros: one comparison of eight bytes each. */
    for (size_t i = 0; i < sizeof list / sizeof list[0]; i++)
        if (memcmp(list[i], w->letter, WORD_ROOM) == 0)
            return true;
    return false;
}

/* Good enough for the letters of European languages: a capital has the lower code point, and in
 * the rows of Latin Extended-A and historic Cyrillic an even one. */
static bool is_capital(uint32_t cp)
{
    if (cp < 0x80)
        return cp >= 'A' && cp <= 'Z';
    if (cp < 0x100)
        return cp < 0xdf;
    if (cp >= 0x400 && cp < 0x430)
        return true;
    if (cp >= 0x430 && cp < 0x460)
        return false;
    return (cp & 1) == 0;
}

static void end_word(struct word *w, struct lid_shape *shape)
{
    if (w->n > 1 || (w->n == 1 && !w->first_capital) || (w->n == 1 && w->letter[0] == 'i')) {
        shape->words++;
        shape->small += !w->first_capital;
        shape->capitals += w->n > 1 && w->capitals == w->n;
        shape->glue += is_glue(w);
    }
    memset(w, 0, sizeof *w);
}

static void add_letter(struct word *w, uint32_t cp)
{
    bool capital = is_capital(cp);
    if (w->n == 0) {
        w->first_capital = capital;
        w->ascii = true;
    }
    w->ascii = w->ascii && cp < 0x80;
    if (w->n < WORD_ROOM && cp < 0x80)
        w->letter[w->n] = (char)(cp | 0x20);
    w->n++;
    w->capitals += capital;
}

/* One- and two-byte sequences; anything wider has no case here and ends a word. */
static size_t next_cp(const unsigned char *p, size_t n, uint32_t *ret_cp)
{
    *ret_cp = 0;
    if (p[0] < 0x80) {
        *ret_cp = p[0];
        return 1;
    }
    if (p[0] >= 0xc2 && p[0] < 0xe0 && n > 1 && (p[1] & 0xc0) == 0x80) {
        *ret_cp = (p[0] & 0x1fu) << 6 | (p[1] & 0x3fu);
        return 2;
    }
    return 1;
}

static void add_plain(const struct lid_model *model, const char *text, size_t n,
                      enum lid_script script, struct lid_shape *shape)
{
    const unsigned char *p = (const unsigned char *)text;
    struct word w = {.n = 0};
    for (size_t i = 0; i < n;) {
        uint32_t cp;
        i += next_cp(p + i, n - i, &cp);
        uint8_t s = lid_symbol(model, cp);
        if (s == LID_SYM_SKIP)
            continue;
        bool mine = s >= LID_SYM_LATIN && s >> 7 == (unsigned)script;
        /* "WH-1000XM5", "WH", "don't": digits and hyphens end a word, an apostrophe too */
        if (mine)
            add_letter(&w, cp);
        else
            end_word(&w, shape);
    }
    end_word(&w, shape);
}

void lid_shape_add(const struct lid_model *model, const char *text, size_t n,
                   enum lid_script script, struct lid_shape *shape)
{
    struct lid_links links;
    lid_links_init(&links, text, n);
    while (lid_links_next(&links, &text, &n))
        add_plain(model, text, n, script, shape);
}

bool lid_shape_is_sentence(const struct lid_shape *shape, bool english)
{
    if (shape->words < 4)
        return false;
    bool running = shape->small * 2 >= shape->words;
    bool shouting = shape->words >= 5 && shape->capitals * 5 >= shape->words * 4;
    uint32_t glue = shape->words < 12 ? 2 : shape->words / 6;
    return (running || shouting) && (!english || shape->glue >= glue);
}
