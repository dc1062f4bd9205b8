/* SPDX-License-Identifier: Apache-2.0 */
#include "clean/mojibake.h"

#ifdef __SSE2__
#include <emmintrin.h>
#endif

#include "base/encoding.h"
#include "base/letters.h"
#include "base/scan.h"
#include "clean/cleaning.h"

#define LEAST_LETTERS 4                     /* of UTF-8 that was misread */
#define LEAST_DOUBTFUL 6                    /* bytes that read back, but not as Russian */
#define LEAST_SWAPPED 12                    /* of one page that was read as another */
#define LIKELY (6 * TM_LETTER_BIT)          /* mean cost of a Russian letter, at most */
#define GAIN (2 * TM_LETTER_BIT)            /* by which a letter gets more likely, at least */
#define COST_CAMEL (10 * TM_LETTER_BIT)     /* a capital behind a small letter */
#define COST_KIN (6 * TM_LETTER_BIT)        /* a Cyrillic letter that is not Russian */
#define LEVELS 3                            /* times that a text was misread, at most */
#define MOST_CAPITALS 16                    /* that follow others in that head, in sound text */
#define LONG_HEAD 4096                      /* bytes of a long text that are tried first */
#define SWAP_HEAD 256                       /* bytes in which a swapped text shows itself */

static bool in(unsigned char byte, unsigned low, unsigned high)
{
    return byte >= low && byte <= high;
}

/* A lead of misread UTF-8 before `at`: Р, С or (в)Ђ of windows-1251; Ð, Ñ or â of windows-1252, or
 * Ã where those were misread again. */
static bool lead_before(const unsigned char *p, size_t at)
{
    unsigned a = at < 2 ? 0 : p[at - 2], b = at < 2 ? 0 : p[at - 1];
    return (a == 0xD0 && ((b & 0xFE) == 0xA0 || b == 0x82))
           || (a == 0xC3 && ((b & 0xFE) == 0x90 || b == 0xA2 || b == 0x83));
}

/* The characters behind those leads begin with C2, D2 or E2 in their turn, now and then at least,
 * and those bytes are rare. */
static bool suspect_misread(const unsigned char *p, size_t n)
{
    size_t i = 0;
#ifdef __SSE2__
    for (; i + 16 <= n; i += 16) {
        __m128i v = _mm_loadu_si128((const void *)(p + i));
        __m128i x2 = _mm_or_si128(v, _mm_set1_epi8(0x30));
        unsigned mask = (unsigned)_mm_movemask_epi8(_mm_cmpeq_epi8(x2, _mm_set1_epi8((char)0xF2)));
        for (; mask != 0; mask &= mask - 1)
            if (lead_before(p, i + (unsigned)__builtin_ctz(mask)))
                return true;
    }
#endif
    for (; i < n; i++)
        if ((p[i] | 0x30) == 0xF2 && lead_before(p, i))
            return true;
    return false;
}

/* A letter, and behind it what stands in no word: box drawing; behind a small one a capital or some
 * signs. */
static bool is_odd_pair(const unsigned char *p)
{
    bool small = (p[0] == 0xD0 && in(p[1], 0xB0, 0xBF)) || (p[0] == 0xD1 && in(p[1], 0x80, 0x8F));
    bool sign = p[2] == 0xC2
                && (in(p[3], 0xA4, 0xA7) || p[3] == 0xA9 || p[3] == 0xAC || p[3] == 0xAE);
    bool drawing = p[2] == 0xE2 && in(p[3], 0x94, 0x96);
    return (drawing && (p[0] | 1) == 0xD1)
           || (small && ((p[2] == 0xD0 && in(p[3], 0x80, 0xAF)) || sign
                         || (p[2] == 0xD2 && p[3] == 0x90)));
}

/* Three such pairs near the start, or capitals behind capitals. */
static bool suspect_swapped(const unsigned char *p, size_t n)
{
    unsigned odd = 0, capitals = 0;
    size_t i = 0;
    n = n < SWAP_HEAD ? n : SWAP_HEAD;
#ifdef __SSE2__
    /* A small letter, and no small letter, blank or sign of ASCII behind it. */
    const __m128i d0 = _mm_set1_epi8((char)0xD0), top = _mm_set1_epi8((char)0xF0);
    for (; i + 19 <= n && odd < 3; i += 16) {
        __m128i a = _mm_loadu_si128((const void *)(p + i));
        __m128i b = _mm_and_si128(_mm_loadu_si128((const void *)(p + i + 1)), top);
        __m128i c = _mm_loadu_si128((const void *)(p + i + 2));
        __m128i d = _mm_and_si128(_mm_loadu_si128((const void *)(p + i + 3)), top);
        __m128i small = _mm_or_si128(
            _mm_and_si128(_mm_cmpeq_epi8(a, d0), _mm_cmpeq_epi8(b, _mm_set1_epi8((char)0xB0))),
            _mm_and_si128(_mm_cmpeq_epi8(a, _mm_set1_epi8((char)0xD1)),
                          _mm_cmpeq_epi8(b, _mm_set1_epi8((char)0x80))));
        __m128i capital = _mm_andnot_si128(_mm_cmpeq_epi8(d, _mm_set1_epi8((char)0xB0)),
                                           _mm_cmpeq_epi8(c, d0));
        __m128i sign = _mm_cmpeq_epi8(_mm_or_si128(c, _mm_set1_epi8(0x30)),
                                      _mm_set1_epi8((char)0xF2));
        __m128i shout = _mm_andnot_si128(_mm_cmpeq_epi8(b, _mm_set1_epi8((char)0xB0)),
                                         _mm_and_si128(_mm_cmpeq_epi8(a, d0), capital));
        capitals += (unsigned)__builtin_popcount((unsigned)_mm_movemask_epi8(shout));
        __m128i letter = _mm_cmpeq_epi8(_mm_or_si128(a, _mm_set1_epi8(1)),
                                        _mm_set1_epi8((char)0xD1));
        __m128i pairs = _mm_or_si128(_mm_and_si128(small, capital), _mm_and_si128(letter, sign));
        unsigned mask = (unsigned)_mm_movemask_epi8(pairs);
        for (; mask != 0; mask &= mask - 1)
            odd += is_odd_pair(p + i + (unsigned)__builtin_ctz(mask));
    }
#endif
    for (; i + 4 <= n && odd < 3; i++) {
        odd += is_odd_pair(p + i);
        capitals += p[i] == 0xD0 && p[i + 1] < 0xB0 && p[i + 2] == 0xD0 && p[i + 3] < 0xB0;
    }
    return odd >= 3 || capitals >= MOST_CAPITALS;
}

bool tm_mojibake_suspect(struct tm_str text)
{
    const unsigned char *p = (const unsigned char *)text.p;
    return suspect_misread(p, text.n) || suspect_swapped(p, text.n);
}

static const struct tm_encoding *page_named(const char *name)
{
    size_t i = 0;
    while (strcmp(tm_encoding_page(i)->name, name) != 0)
        i++;
    return tm_encoding_page(i);
}

/* The byte of a character, or -1. What a page has no character for passes as a C1 control. */
static int byte_of(const struct tm_encoding *page, uint32_t cp)
{
    if (cp < 0x80)
        return (int)cp;
    for (int i = 0; i < 128; i++)
        if (page->high[i] == cp && cp != 0xFFFD)
            return 128 + i;
    return cp < 0xA0 ? (int)cp : -1;
}

struct likelihood {
    uint64_t cost;
    size_t letters;         /* Cyrillic */
    size_t russian;
    size_t signs;           /* dashes, quotes, dots */
    bool strange;           /* another character beyond ASCII */
};

static void weigh(struct tm_str text, struct likelihood *sum)
{
    unsigned last = 0;
    bool last_small = false, upper;
    for (size_t at = 0; at < text.n;) {
        uint32_t cp = tm_utf8_next(text.p, text.n, &at);
        unsigned letter = tm_letter_number(cp, &upper);
        bool kin = letter == 0 && ((cp >= 0x400 && cp < 0x460) || cp == 0x490 || cp == 0x491);
        if (letter != 0 || last != 0)
            sum->cost += tm_letter_cost(last, letter);
        sum->cost += kin ? COST_KIN : 0;
        sum->cost += letter != 0 && upper && last_small ? COST_CAMEL : 0;
        sum->letters += letter != 0 || kin;
        sum->russian += letter != 0;
        if (cp >= 0x80 && letter == 0 && !kin) {
            bool sign = (cp >= 0x2010 && cp <= 0x2026) || cp == 0xAB || cp == 0xBB || cp == 0xA0
                        || cp == 0x2116 || cp == 0x20AC || cp == 0x2122 || cp == 0xA9 || cp == 0xB0;
            bool emoji = cp >= 0x1F000 || (cp >= 0x2190 && cp < 0x2C00) || cp == 0xFE0F
                         || cp == 0x200D;
            sum->signs += cp >= 0x2010 && sign;
            bool latin = cp >= 0xC0 && cp < 0x180;      /* counts for nothing either way */
            sum->strange |= !sign && !emoji && !latin;
        }
        last = letter;
        last_small = letter != 0 && !upper;
    }
}

static bool likely(const struct likelihood *sum)
{
    if (sum->strange)
        return false;
    return sum->letters == 0 ? sum->signs != 0
                             : sum->letters >= LEAST_LETTERS && sum->cost <= sum->letters * LIKELY;
}

/* The bytes of a run of characters beyond ASCII from `at` on, if all have one; its end. A blank
 * that was U+00A0 and a question mark that stands for what 1251 has not (И) count when a run goes
 * on behind them. */
static size_t run_bytes(struct tm_str text, size_t at, const struct tm_encoding *page,
                        struct tm_buf *bytes, bool *ret_good)
{
    bool russian = page->high[0xD0 - 128] == 0x420;     /* Р */
    uint32_t last = 0;
    *ret_good = true;
    while (at < text.n) {
        size_t start = at;
        uint32_t cp = tm_utf8_next(text.p, text.n, &at);
        uint32_t next = tm_utf8_at(text.p, text.n, at);
        bool goes_on = next == 0x420 || next == 0x421;
        int byte = byte_of(page, cp);
        if (russian && last == 0x420 && (cp == 0xFFFD || (cp == '?' && goes_on)))
            byte = 0x98;
        else if (russian && last == 0x420 && cp == ' ' && goes_on)
            byte = 0xA0;
        else if (cp < 0x80)
            return start;
        *ret_good &= byte >= 0;
        tm_buf_byte(bytes, (char)byte);
        last = cp;
    }
    return at;
}

struct repair {
    struct tm_str text;
    const struct tm_encoding *page;
    struct tm_buf *out;
    struct tm_buf *spans;
    bool doubtful;          /* a group read back well, but is not likely */
};

static size_t misread(struct tm_str text, struct tm_buf *out, struct tm_buf *spans, int levels,
                      bool *ret_doubtful);

static bool is_likely(struct tm_str text, int levels)
{
    struct likelihood sum = {0};
    struct tm_buf out = {0}, spans = {0};
    bool doubtful = false;
    weigh(text, &sum);
    bool good = likely(&sum)
                || (levels > 1 && suspect_misread((const unsigned char *)text.p, text.n)
                    && misread(text, &out, &spans, levels - 1, &doubtful) != 0);
    tm_buf_finish(&out);
    tm_buf_finish(&spans);
    return good;
}

/* A run whose bytes are UTF-8: adds its span. `group` gets what stands between the runs too. */
static bool take_run(struct repair *repair, size_t *at, struct tm_buf *group)
{
    bool good;
    size_t from = *at, start = repair->out->n;
    *at = run_bytes(repair->text, from, repair->page, repair->out, &good);
    size_t n = repair->out->n - start;
    if (!good || repair->out->failed || tm_scan_utf8(repair->out->p + start, n) != n) {
        repair->out->n = start;
        return false;
    }
    struct tm_mojibake_span span = {from, *at, start, n};
    tm_buf_add(repair->spans, &span, sizeof span);
    tm_buf_add(group, repair->out->p + start, n);
    return true;
}

/* Runs that follow each other with nothing but ASCII between them stand or fall together. */
static void repair_page(struct repair *repair, int levels)
{
    struct tm_buf group = {0};
    struct tm_str text = repair->text;
    size_t kept_out = repair->out->n, kept_spans = repair->spans->n;
    for (size_t at = 0; at <= text.n;) {
        size_t ascii = at;
        while (ascii < text.n && (unsigned char)text.p[ascii] < 0x80)
            ascii++;
        tm_buf_add(&group, text.p + at, ascii - at);
        at = ascii;
        if (at < text.n && take_run(repair, &at, &group))
            continue;
        if (repair->spans->n != kept_spans && !is_likely(tm_buf_view(&group), levels)) {
            repair->doubtful |= repair->out->n - kept_out >= LEAST_DOUBTFUL;
            repair->out->n = kept_out;
            repair->spans->n = kept_spans;
        }
        kept_out = repair->out->n;
        kept_spans = repair->spans->n;
        group.n = 0;
        at += at == text.n;
    }
    tm_buf_finish(&group);
}

/* UTF-8 that was read as one of the two pages. The number of spans. */
static size_t misread(struct tm_str text, struct tm_buf *out, struct tm_buf *spans, int levels,
                      bool *ret_doubtful)
{
    static const char *const pages[] = {"windows-1251", "windows-1252"};
    for (size_t i = 0; i < 2; i++) {
        struct repair repair = {text, page_named(pages[i]), out, spans, false};
        size_t before = spans->n;
        repair_page(&repair, levels);
        *ret_doubtful |= repair.doubtful;
        if (spans->n != before)
            return (spans->n - before) / sizeof(struct tm_mojibake_span);
    }
    return 0;
}

/* The text written in page `was`, read as page `is`; false if a character has no byte. */
static bool swap(struct tm_str text, const struct tm_encoding *was, const struct tm_encoding *is,
                 struct tm_buf *out)
{
    out->n = 0;
    for (size_t at = 0; at < text.n;) {
        char bytes[4];
        int byte = byte_of(was, tm_utf8_next(text.p, text.n, &at));
        if (byte < 0)
            return false;
        uint32_t cp = byte < 128 ? (uint32_t)byte : is->high[byte - 128];
        if (cp == 0xFFFD)
            return false;
        tm_buf_add(out, bytes, tm_utf8_put(cp, bytes));
    }
    return true;
}

/* Whether a text gets Russian, or much more so, when it is read as `is`; *tried is it then. */
static bool gains(struct tm_str text, const struct tm_encoding *was, const struct tm_encoding *is,
                  struct tm_buf *tried)
{
    struct likelihood now = {0}, sum = {0};
    weigh(text, &now);
    if ((now.letters != 0 && now.cost <= now.letters * LIKELY) || !swap(text, was, is, tried))
        return false;
    weigh(tm_buf_view(tried), &sum);
    return !sum.strange && sum.russian >= LEAST_SWAPPED && sum.cost <= sum.russian * LIKELY
           && (sum.russian * 4 > now.russian * 5
               || sum.cost / (sum.russian + 1) + GAIN <= now.cost / (now.russian + 1));
}

/* A whole text in one page that was read as another. The head of a long one is tried first. */
static size_t swapped(struct tm_str text, struct tm_buf *out, struct tm_buf *spans)
{
    static const char *const pages[] = {"windows-1251", "KOI8-R", "IBM866"};
    struct tm_buf tried = {0};
    struct tm_str head = {text.p, text.n < LONG_HEAD ? text.n : tm_utf8_back(text.p, LONG_HEAD)};
    for (size_t i = 0; i < 9; i++) {
        const struct tm_encoding *was = page_named(pages[i / 3]), *is = page_named(pages[i % 3]);
        if (was == is || !gains(head, was, is, &tried)
            || (head.n < text.n && !gains(text, was, is, &tried)))
            continue;
        struct tm_mojibake_span span = {0, text.n, out->n, tried.n};
        tm_buf_add(out, tried.p, tried.n);
        tm_buf_add(spans, &span, sizeof span);
        tm_buf_finish(&tried);
        return 1;
    }
    tm_buf_finish(&tried);
    return 0;
}

size_t tm_mojibake_repair(struct tm_str text, struct tm_buf *out, struct tm_buf *spans,
                          bool *ret_doubtful)
{
    size_t n = 0;
    *ret_doubtful = false;
    if (suspect_misread((const unsigned char *)text.p, text.n))
        n = misread(text, out, spans, LEVELS, ret_doubtful);
    if (n == 0 && suspect_swapped((const unsigned char *)text.p, text.n))
        n = swapped(text, out, spans);
    return out->failed || spans->failed ? 0 : n;
}

void rule_mojibake(struct cleaning *c)
{
    struct tm_buf out = {0}, spans = {0};
    const unsigned char *p = (const unsigned char *)c->text.p;
    if (!((c->triggers & (HAS_C2 | HAS_E2)) != 0 && suspect_misread(p, c->text.n))
        && !suspect_swapped(p, c->text.n))
        return;
    for (int level = 0; level < LEVELS; level++) {
        out.n = spans.n = 0;
        bool doubtful;
        size_t n = tm_mojibake_repair(c->text, &out, &spans, &doubtful);
        c->doc->suspect |= doubtful;
        if (n == 0)
            break;
        const struct tm_mojibake_span *span = (const void *)spans.p;
        for (size_t i = 0; i < n; i++)
            rewrite(c, TM_RULE_MOJIBAKE, span[i].from, span[i].to,
                    (struct tm_str){out.p + span[i].at, span[i].n});
        end_pass(c);
    }
    c->failed |= out.failed || spans.failed;
    tm_buf_finish(&out);
    tm_buf_finish(&spans);
}
