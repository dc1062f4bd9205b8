/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Letters of the other script that look like the right ones: Latin a, e, o, p, c, x, y in a Russian
 * word, and the reverse. (The pairs are those of Unicode's confusables, UTS #39, that look the same
 * in print.) A word is mended only when all its letters of one script have a twin in the other, so
 * that what mixes scripts on purpose stays: IT-специалист, Wi-Fi'ем, Zапад, PDFку.
 */
#ifdef __SSE2__
#include <emmintrin.h>
#endif

#include "clean/cleaning.h"

/* Latin and Cyrillic twins. */
static const struct {
    uint16_t latin;
    uint16_t cyrillic;
} twins[] = {
    {'A', 0x410}, {'B', 0x412}, {'C', 0x421}, {'E', 0x415}, {'H', 0x41D}, {'K', 0x41A},
    {'M', 0x41C}, {'O', 0x41E}, {'P', 0x420}, {'T', 0x422}, {'X', 0x425}, {'Y', 0x423},
    {'a', 0x430}, {'c', 0x441}, {'e', 0x435}, {'o', 0x43E}, {'p', 0x440}, {'x', 0x445},
    {'y', 0x443}, {0xCB, 0x401}, {0xEB, 0x451},
};

static uint32_t to_cyrillic(uint32_t cp)
{
    for (size_t i = 0; i < sizeof twins / sizeof *twins; i++)
        if (twins[i].latin == cp)
            return twins[i].cyrillic;
    return 0;
}

static uint32_t to_latin(uint32_t cp)
{
    for (size_t i = 0; i < sizeof twins / sizeof *twins; i++)
        if (twins[i].cyrillic == cp)
            return twins[i].latin;
    return 0;
}

static bool is_cyrillic(uint32_t cp)
{
    return cp >= 0x400 && cp < 0x482;
}

static bool is_latin(uint32_t cp)
{
    return ((cp | 0x20) - 'a' < 26 && cp < 0x80) || (cp >= 0xC0 && cp < 0x250 && cp != 0xD7 &&
                                                    cp != 0xF7);
}

/* First position from `from` of two bytes side by side of which one is a Latin letter and the other
 * belongs to a character beyond ASCII; n if none. */
static size_t next_seam(struct tm_str text, size_t from)
{
    size_t at = from;
#ifdef __SSE2__
    unsigned letter_before = 0;     /* of the byte before the block */
    unsigned high_before = 0;
    for (; at + 16 <= text.n; at += 16) {
        __m128i v = _mm_loadu_si128((const void *)(text.p + at));
        unsigned high = (unsigned)_mm_movemask_epi8(v);
        __m128i low = _mm_sub_epi8(_mm_or_si128(v, _mm_set1_epi8(0x20)), _mm_set1_epi8('a'));
        __m128i is = _mm_cmpeq_epi8(_mm_min_epu8(low, _mm_set1_epi8(25)), low);
        unsigned letters = (unsigned)_mm_movemask_epi8(is) & ~high;
        unsigned seams = (letters & (high << 1 | high_before)) |
                         (high & (letters << 1 | letter_before));
        if (seams != 0) {
            size_t bit = at + (size_t)__builtin_ctz(seams);
            return bit == 0 ? 0 : bit - 1;
        }
        letter_before = letters >> 15;
        high_before = high >> 15;
    }
    at = at > from ? at - 1 : at;
#endif
    for (; at + 1 < text.n; at++) {
        unsigned a = (unsigned char)text.p[at];
        unsigned b = (unsigned char)text.p[at + 1];
        if ((a >= 0x80 && (b | 0x20) - 'a' < 26) || (b >= 0x80 && (a | 0x20) - 'a' < 26))
            return at;
    }
    return text.n;
}

/* Letters of a word by script, those without a twin in the other, and what parts its runs. */
struct tally {
    size_t latin;
    size_t cyrillic;
    size_t only_latin;
    size_t only_cyrillic;
    size_t small;
    size_t seams;               /* places where the script changes */
    bool camel;                 /* and where a capital follows a small letter there */
};

static struct tally tally_of(struct tm_str word)
{
    struct tally t = {0};
    uint32_t last = TM_NO_CODE_POINT;
    for (size_t at = 0; at < word.n;) {
        uint32_t cp = tm_utf8_next(word.p, word.n, &at);
        if (last != TM_NO_CODE_POINT && is_cyrillic(cp) != is_cyrillic(last)) {
            uint32_t next = tm_utf8_at(word.p, word.n, at);
            bool capital = tm_lower(cp) != cp;
            t.seams++;
            t.camel |= capital && (tm_lower(last) == last ||
                                   (next != TM_NO_CODE_POINT && tm_lower(next) == next));
        }
        last = cp;
        t.small += tm_lower(cp) == cp;
        if (is_cyrillic(cp)) {
            t.cyrillic++;
            t.only_cyrillic += to_latin(cp) == 0;
        } else if (is_latin(cp)) {
            t.latin++;
            t.only_latin += to_cyrillic(cp) == 0;
        }
    }
    return t;
}

/* Capitals of one script with small letters of the other behind them: an ending put to a foreign
 * name, HTMLа. One capital alone is no name. */
static bool is_declined(struct tm_str word, bool latin_first)
{
    size_t capitals = 0;
    size_t at = 0;
    while (at < word.n) {
        size_t next = at;
        uint32_t cp = tm_utf8_next(word.p, word.n, &next);
        if (tm_lower(cp) == cp || is_latin(cp) != latin_first)
            break;
        capitals++;
        at = next;
    }
    bool rest = at < word.n;
    while (at < word.n) {
        uint32_t cp = tm_utf8_next(word.p, word.n, &at);
        rest &= is_latin(cp) != latin_first && tm_lower(cp) == cp;
    }
    return capitals >= 2 && rest;
}

/* +1: the word is Russian, -1: it is English, 0: it is left alone. */
static int script_of(struct tm_str word)
{
    struct tally t = tally_of(word);
    /* Two words without a blank between them: XРаздел, ДанныеY, ВВЕРХCTRL. */
    bool glued = t.camel || (t.seams == 1 && t.latin >= 3 && t.cyrillic >= 3);
    if (t.latin == 0 || t.cyrillic == 0 || glued || is_declined(word, true) ||
        is_declined(word, false))
        return 0;
    if (t.only_latin == 0 && (t.only_cyrillic > 0 || t.cyrillic > t.latin))
        return 1;
    /* Capitals that all have a twin may be an abbreviation of either: NATO or НАТО. */
    bool more_latin = t.latin > t.cyrillic && t.small > 0;
    if (t.only_cyrillic == 0 && t.latin >= 2 && (t.only_latin > 0 || more_latin))
        return -1;
    return 0;
}

/* The first link that ends behind a place; places only grow, so that a text is scanned once. */
struct links {
    size_t start;
    size_t end;                 /* 0 before the first search */
};

static bool is_in_link(struct tm_str text, struct links *links, size_t start, size_t end)
{
    while (links->end <= start) {
        size_t length;
        if (!next_url(text, links->end, &links->start, &length)) {
            *links = (struct links){SIZE_MAX, SIZE_MAX};
            break;
        }
        links->end = links->start + length;
    }
    return links->start < end;
}

static void mend(struct cleaning *c, size_t start, size_t end, int script)
{
    for (size_t at = start; at < end;) {
        size_t letter = at;
        uint32_t cp = tm_utf8_next(c->text.p, c->text.n, &at);
        uint32_t twin = script > 0 ? to_cyrillic(cp) : to_latin(cp);
        char bytes[4];
        if (twin != 0)
            rewrite(c, TM_RULE_HOMOGLYPH, letter, at,
                    (struct tm_str){bytes, tm_utf8_put(twin, bytes)});
    }
}

static size_t word_start(struct tm_str text, size_t at)
{
    while (at > 0 && tm_is_letter(tm_utf8_before(text.p, at)))
        at = tm_utf8_back(text.p, at);
    return at;
}

/* Mends the word in which byte `seam` stands, or that ends there, unless it begins before `done`;
 * returns where to look on. */
static size_t mend_word(struct cleaning *c, struct links *links, size_t seam, size_t done)
{
    struct tm_str text = c->text;
    size_t floor = seam + 1;
    while (seam > 0 && ((unsigned char)text.p[seam] & 0xC0) == 0x80)
        seam--;
    size_t start = word_start(text, seam);
    size_t end = start;
    while (end < text.n) {
        size_t next = end;
        if (!tm_is_letter(tm_utf8_next(text.p, text.n, &next)))
            break;
        end = next;
    }
    uint32_t before = tm_utf8_before(text.p, start);
    int script = start < done || before == '@' ? 0 : script_of(slice(text, start, end));
    if (script != 0 && !is_in_link(text, links, start, end))
        mend(c, start, end, script);
    return end > floor ? end : floor;
}

void rule_homoglyph(struct cleaning *c)
{
    struct tm_str text = c->text;
    struct links links = {0};
    size_t done = 0;
    if (text.n == 0)
        return;
    for (size_t at = next_seam(text, 0); at < text.n; at = next_seam(text, done))
        done = mend_word(c, &links, at, done);
    /* Latin ë beside Cyrillic makes no seam of a letter and a high byte. */
    if (memchr(text.p, 0xC3, text.n) == NULL)
        return;
    end_pass(c);
    text = c->text;
    done = 0;
    links = (struct links){0};
    for (const char *p = text.p; (p = memchr(p, 0xC3, text.n - (size_t)(p - text.p))) != NULL;) {
        size_t at = (size_t)(p - text.p);
        if (at >= done)
            done = mend_word(c, &links, at, done);
        if (++p == text.p + text.n)
            break;
    }
}
