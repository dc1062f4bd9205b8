/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which encoding explains the bytes at the least cost. All costs are in units of letters.h.
 *
 * Pairs of bytes of which one is above ASCII are weighed. Between Russian letters it is the letter
 * model; the other weights below were set by hand so that each kind of mistake of a wrong page
 * (capitals inside words, letters beside Latin ones, box drawing) costs more than rare text does.
 */
#include "base/encoding.h"

#include <math.h>
#include <string.h>

#include "base/letters.h"
#include "base/scan.h"

#define MOST_BYTES 16384            /* bytes above ASCII that are weighed */

#define COST_UTF8 (9 * TM_LETTER_BIT)       /* a character of several bytes */
#define COST_BROKEN (14 * TM_LETTER_BIT)    /* a byte that is no UTF-8, or stands for nothing */
#define COST_PAGE (20 * TM_LETTER_BIT)      /* a code page at all: today's text is UTF-8 */
#define COST_SIGN (6 * TM_LETTER_BIT)       /* dashes, quotes and the like */
#define COST_ASTRAY (6 * TM_LETTER_BIT)     /* one on the wrong side of a Russian letter */
#define COST_RARE (4 * TM_LETTER_BIT)       /* a page that hardly anybody used */
#define COST_SYMBOL (11 * TM_LETTER_BIT)
#define COST_CAPITAL (2 * TM_LETTER_BIT)
#define COST_CAMEL (10 * TM_LETTER_BIT)     /* a capital behind a small letter */
#define COST_MIXED (10 * TM_LETTER_BIT)     /* Russian and Latin letters in a word */
#define COST_KIN (5 * TM_LETTER_BIT)        /* і, ї, є, ґ, ў */
#define COST_OTHER (12 * TM_LETTER_BIT)     /* other Cyrillic letters */
#define COST_ACCENT (4 * TM_LETTER_BIT)     /* a Latin letter with a mark in a word */
#define COST_LONE (6 * TM_LETTER_BIT)       /* the same at its start or end */
#define GAIN_DECLARED (15 * TM_LETTER_BIT)

/* What a byte is in a page. Russian letters are 1 to 33 small, CAPITAL more when capital. */
enum { NONE = 0, CAPITAL = 33, LATIN = 80, ACCENT, KIN, OTHER, SIGN, DASH, OPEN, CLOSE, SYMBOL,
       NOTHING };

static unsigned char class_of(uint32_t cp)
{
    static const struct {
        uint16_t cp;
        unsigned char class;
    } signs[] = {
        {0xA0, SIGN}, {0xA7, SIGN}, {0xA9, SIGN}, {0xAB, OPEN}, {0xAE, SIGN}, {0xB0, SIGN},
        {0xBB, CLOSE}, {0x2013, DASH}, {0x2014, DASH}, {0x2018, OPEN}, {0x2019, CLOSE},
        {0x201C, SIGN}, {0x201D, CLOSE}, {0x201E, OPEN}, {0x2022, SIGN}, {0x2026, SIGN},
        {0x2116, SIGN}, {0x2122, SIGN}, {0x85, SIGN},
    };
    static const uint32_t kin[] = {0x404, 0x406, 0x407, 0x454, 0x456, 0x457, 0x490, 0x491, 0x40E,
                                   0x45E};
    bool upper;
    unsigned number = tm_letter_number(cp, &upper);
    if (number != 0)
        return (unsigned char)(number + (upper ? CAPITAL : 0));
    if (cp < 0x80)
        return (cp | 0x20) >= 'a' && (cp | 0x20) <= 'z' ? LATIN : NONE;
    for (size_t i = 0; i < sizeof signs / sizeof *signs; i++)
        if (signs[i].cp == cp)
            return signs[i].class;
    for (size_t i = 0; i < sizeof kin / sizeof *kin; i++)
        if (kin[i] == cp)
            return KIN;
    if (cp == 0xFFFD)
        return NOTHING;
    if (cp >= 0xC0 && cp < 0x250 && cp != 0xD7 && cp != 0xF7)
        return ACCENT;
    return cp >= 0x400 && cp < 0x530 ? OTHER : SYMBOL;
}

static unsigned russian(unsigned class)
{
    return class > 2 * CAPITAL ? 0 : class > CAPITAL ? class - CAPITAL : class;
}

/* Cost of a byte of class `b` behind one of class `a`. */
static unsigned pair_cost(unsigned a, unsigned b)
{
    unsigned before = russian(a), after = russian(b), cost = 0;
    if (before != 0 || after != 0)
        cost = tm_letter_cost(before, after);
    if (b > CAPITAL && b <= 2 * CAPITAL)
        cost += a >= 1 && a <= CAPITAL ? COST_CAMEL : COST_CAPITAL;
    bool latin_a = a == LATIN || a == ACCENT, latin_b = b == LATIN || b == ACCENT;
    if ((before != 0 && latin_b) || (latin_a && after != 0))
        cost += COST_MIXED;
    if ((after != 0 && (a == DASH || a == CLOSE)) || (a == OPEN && b == NONE)
        || (before != 0 && (b == DASH || b == OPEN)) || (b == CLOSE && a == NONE))
        cost += COST_ASTRAY;
    switch (b) {
    case SIGN: case DASH: case OPEN: case CLOSE: return cost + COST_SIGN;
    case SYMBOL: return cost + COST_SYMBOL;
    case NOTHING: return cost + COST_BROKEN;
    case KIN: return cost + COST_KIN;
    case OTHER: return cost + COST_OTHER;
    case ACCENT:
        return cost + (a == LATIN ? COST_ACCENT : a == ACCENT ? 2 * COST_ACCENT : COST_LONE);
    default: return cost;
    }
}

static uint64_t page_cost(const struct tm_encoding *page, const unsigned char *p, size_t n)
{
    unsigned char classes[256];
    uint64_t cost = COST_PAGE + (strcmp(page->name, "x-mac-cyrillic") == 0 ? COST_RARE : 0);
    unsigned last = NONE;
    for (unsigned i = 0; i < 256; i++)
        classes[i] = class_of(i < 128 ? i : page->high[i - 128]);
    for (size_t i = 0; i < n; i++) {
        unsigned class = classes[p[i]];
        if (p[i] >= 0x80 || (i != 0 && p[i - 1] >= 0x80))
            cost += pair_cost(last, class);
        last = class;
    }
    return cost;
}

/* Cost as UTF-8. A character that the end of the sample cuts is not broken. */
static uint64_t utf8_cost(const char *p, size_t n, bool whole)
{
    uint64_t cost = 0;
    for (size_t at = 0; at < n;) {
        size_t good = tm_scan_utf8(p + at, n - at);
        for (size_t i = at; i < at + good; i++)
            cost += ((unsigned char)p[i] & 0xC0) == 0xC0 ? COST_UTF8 : 0;
        at += good;
        if (at < n && !whole && n - at < 4 && (unsigned char)p[at] >= 0xC2)
            break;
        cost += at < n ? COST_BROKEN : 0;
        at += at < n;
    }
    return cost;
}

/* Do both pages read the bytes that are there in the same way? */
static bool same_reading(const struct tm_encoding *a, const struct tm_encoding *b,
                         const bool there[128])
{
    for (unsigned i = 0; i < 128; i++)
        if (there[i] && a->high[i] != b->high[i])
            return false;
    return true;
}

/* 16-bit units of Latin and Cyrillic letters have 00 or 04 in one half, most other bytes in the
 * other. */
static bool looks_like_utf16(const unsigned char *p, size_t n, size_t half)
{
    size_t units = n / 2, high = 0, low = 0, zeros = 0;
    for (size_t i = 0; i + 1 < n; i += 2) {
        unsigned char top = p[i + half], bottom = p[i + 1 - half];
        high += top == 0 || top == 4 || top == 0x20;
        zeros += top == 0 && bottom != 0;
        low += bottom == 0;
    }
    return units >= 4 && high * 10 >= units * 9 && zeros * 20 >= units && low * 50 <= units;
}

static bool marked(const char *p, size_t n, struct tm_encoding_guess *guess)
{
    static const struct {
        const char *bytes;
        size_t n;
        const char *name;
    } marks[] = {{"\xEF\xBB\xBF", 3, "UTF-8"}, {"\xFF\xFE", 2, "UTF-16LE"},
                 {"\xFE\xFF", 2, "UTF-16BE"}};
    char room[64];
    if (n >= 4 && memcmp(p, "\xFF\xFE\0\0", 4) == 0)
        return false;               /* UTF-32, which nobody writes */
    for (size_t i = 0; i < sizeof marks / sizeof *marks; i++) {
        if (n < marks[i].n || memcmp(p, marks[i].bytes, marks[i].n) != 0)
            continue;
        tm_encoding_named(marks[i].name, room, &guess->encoding);
        guess->mark = marks[i].n;
        return true;
    }
    return false;
}

/* Hardly any control bytes. */
static bool is_text(const unsigned char *p, size_t n)
{
    size_t controls = 0;
    for (size_t i = 0; i < n; i++)
        controls += (p[i] < 0x20 && p[i] != '\n' && p[i] != '\r' && p[i] != '\t') ? 1 : 0;
    return controls * 100 <= n;
}

struct contest {
    const struct tm_encoding *best;
    uint64_t cost;
    uint64_t second;                /* of another reading */
    bool there[128];
};

static void enter(struct contest *contest, const struct tm_encoding *page, uint64_t cost)
{
    bool same = contest->best != NULL && contest->best->kind == page->kind
                && (page->kind != TM_ENCODING_TABLE
                    || same_reading(contest->best, page, contest->there));
    if (contest->best == NULL || cost < contest->cost) {
        if (!same)
            contest->second = contest->best == NULL ? UINT64_MAX : contest->cost;
        contest->best = page;
        contest->cost = cost;
    } else if (!same && cost < contest->second) {
        contest->second = cost;
    }
}

/* The letter model takes letters for independent, which they are not: its bits count a quarter. */
static unsigned confidence(const struct contest *contest, size_t high)
{
    double bits = (double)(contest->second - contest->cost) / TM_LETTER_BIT / 4;
    double share = 1 - exp2(-bits);
    if (contest->cost > high * 9 * TM_LETTER_BIT + COST_PAGE)
        share /= 2;                 /* the best of them explains the bytes badly */
    return share > 0.99 ? 99 : (unsigned)(share * 100);
}

void tm_encoding_guess(const char *text, size_t n, const struct tm_encoding *declared, bool whole,
                       struct tm_encoding_guess *ret_guess)
{
    const unsigned char *p = (const unsigned char *)text;
    struct contest contest = {0};
    size_t high = 0, end = 0;
    *ret_guess = (struct tm_encoding_guess){tm_encoding_utf8, 100, 0};
    if (marked(text, n, ret_guess))
        return;
    n = n < TM_ENCODING_SAMPLE ? n : TM_ENCODING_SAMPLE;
    whole &= n <= TM_ENCODING_SAMPLE;
    char room[64];
    ret_guess->confidence = 99;
    for (size_t half = 0; half < 2; half++)
        if (looks_like_utf16(p, n, half)) {
            tm_encoding_named(half == 1 ? "UTF-16LE" : "UTF-16BE", room, &ret_guess->encoding);
            return;
        }
    for (; end < n && high < MOST_BYTES; end++) {
        high += p[end] >= 0x80;
        if (p[end] >= 0x80)
            contest.there[p[end] - 128] = true;
    }
    ret_guess->confidence = 100;
    if (high == 0 || tm_scan_utf8(text, n) == n || !is_text(p, n))
        return;
    enter(&contest, &tm_encoding_utf8, utf8_cost(text, end, whole && end == n));
    for (size_t i = 0; tm_encoding_page(i) != NULL; i++) {
        const struct tm_encoding *page = tm_encoding_page(i);
        bool is_declared = declared != NULL && strcmp(declared->name, page->name) == 0;
        uint64_t cost = page_cost(page, p, end);
        enter(&contest, page, is_declared ? cost - (cost < GAIN_DECLARED ? cost : GAIN_DECLARED)
                                          : cost);
        declared = is_declared ? NULL : declared;
    }
    if (declared != NULL && declared->kind == TM_ENCODING_TABLE)
        enter(&contest, declared, page_cost(declared, p, end) - GAIN_DECLARED);
    ret_guess->encoding = *contest.best;
    ret_guess->confidence = confidence(&contest, high);
}
