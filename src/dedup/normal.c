/* SPDX-License-Identifier: Apache-2.0 */
/* The normal form in which texts are compared. Most bytes of a text are words and what stands between
 * them, which AVX2, where the processor has it, folds 32 at a time; everything else, and other
 * machines, take the scalar way. */
#include "dedup/normal.h"

#include <string.h>
#include <tolmach/dedup.h>
#include <unicode/uchar.h>

#include "base/fold.h"
#include "base/hash.h"

#if defined(__x86_64__) && defined(__GNUC__)
#define WIDE 1
#include "dedup/normal_wide.h"
#else
#define WIDE 0
#endif

static bool is_mark(uint32_t cp)
{
    return (cp >= 0x300 && cp < 0x370) || cp == 0xAD || cp == 0x200B || cp == 0x200D;
}

static bool is_sign(uint32_t cp)
{
    return cp == '%' || cp == '$' || cp == '+' || cp == '=' || cp == '<' || cp == '>' || cp == 0xA3 ||
           (cp >= 0x20A0 && cp < 0x20D0);
}

static bool is_ascii_digit(const char *text, size_t n, size_t at)
{
    return at < n && text[at] >= '0' && text[at] <= '9';
}

/* Signs that make another number or another name of it: -5 is not 5, 1:5 not 1.5, C# not C. `at` is
 * behind the sign. */
static bool tells_apart(const char *text, size_t n, size_t at, uint32_t cp, bool in_word)
{
    size_t sign = at - (cp == 0x2212 ? 3 : 1);
    bool digit = is_ascii_digit(text, n, at);
    if (cp == '-' || cp == 0x2212)
        return digit && !in_word;
    if (cp == '.' || cp == ',' || cp == ':')
        return digit && sign > 0 && is_ascii_digit(text, n, sign - 1);
    return cp == '#' && in_word;
}

static bool is_gap(char byte)
{
    return byte == ' ' || byte == '\n';
}

/* A blank behind the last word, once. */
static char *part(char *to, const char *form)
{
    if (to != form && !is_gap(to[-1]))
        *to++ = ' ';
    return to;
}

/* Anything but an ASCII letter, a digit, a blank or a Russian letter. */
static char *fold_rare(const char *text, size_t n, size_t *at, char *to, const char *form)
{
    uint32_t cp = 0;
    struct tm_folded f = tm_fold_next(text, n, at, &cp);
    bool in_word = to != form && !is_gap(to[-1]);
    if (f.n == 0 && tells_apart(text, n, *at, cp, in_word))
        f = tm_fold_of(cp == ',' ? '.' : cp == 0x2212 ? '-' : cp);
    if (f.n == 0 && (is_sign(cp) || (cp >= 0x80 && cp != 0xFFFD && u_isalnum((UChar32)cp))))
        f = tm_fold_of(cp);
    if (f.n == 0)
        return is_mark(cp) ? to : part(to, form);
    tm_fold_put(f, to);
    return to + f.n;
}

/* The next character or gap. `lines`: a gap that holds a line feed is one, instead of a blank. */
static inline char *fold_one(const char *text, size_t n, size_t *at, char *to, const char *form,
                             bool lines)
{
    const unsigned char *p = (const unsigned char *)text + *at;
    unsigned char byte = p[0];
    unsigned char low = byte | 0x20;
    unsigned char next = *at + 1 < n ? p[1] : 0;
    if ((unsigned char)(low - 'a') < 26 || (unsigned char)(byte - '0') < 10) {
        *to++ = (char)(byte < 'A' ? byte : low);
        *at += 1;
    } else if (byte == ' ' || byte == '\n') {
        to = part(to, form);
        *at += 1;
        if (lines && byte == '\n' && to != form)
            to[-1] = '\n';
    } else if ((byte == 0xD0 && next >= 0x90) || (byte == 0xD1 && next < 0x90)) {
        /* Capitals, D0 90 to D0 AF, lie 32 before their small letters. */
        bool capital = byte == 0xD0 && next < 0xB0;
        to[0] = (char)(capital && next >= 0xA0 ? 0xD1 : byte);
        to[1] = (char)(!capital ? next : next < 0xA0 ? next + 0x20 : next - 0x20);
        to += 2;
        *at += 2;
    } else {
        to = fold_rare(text, n, at, to, form);
    }
    return to;
}

/* Without the blank at its end; a text of which nothing is left is its own form. */
static size_t end_form(const char *text, size_t n, char *form, char *to)
{
    if (to != form && is_gap(to[-1]))
        to--;
    if (to == form && n != 0) {
        memcpy(form, text, n);
        return n;
    }
    return (size_t)(to - form);
}

/* A form may be so much longer than its text; a step writes four bytes at the most. */
enum { GROWTH = 8, STEP = 4 };

static size_t write_form(const char *text, size_t n, char *ret_form, bool lines)
{
    char *to = ret_form;
    const char *end = ret_form + n + GROWTH;
    for (size_t at = 0; at < n && to + STEP <= end;)
        to = fold_one(text, n, &at, to, ret_form, lines);
    return end_form(text, n, ret_form, to);
}

#if WIDE
/* A form under way. */
struct writer {
    const char *text;
    size_t n;
    bool lines;
    char *form;
    size_t room;                    /* bytes of the form that may be written */
    struct wide_before before;
};

/* Whether a whole block may be written at `to`: nothing has grown so far. */
static inline bool is_free(const struct writer *w, size_t at, const char *to)
{
    return (size_t)(to - w->form) <= at && (size_t)(to - w->form) + WIDE_BLOCK <= w->room;
}

/* As wide_fold at the end of a text, which must not be read over, or where a block has no room. */
WIDE_TARGET static inline unsigned fold_end(struct writer *w, size_t at, char **to)
{
    unsigned char block[2 * WIDE_READ] = {0};
    const unsigned char *p = block;
    size_t left = w->n - at;
    if (w->n >= WIDE_READ && left <= WIDE_READ) {
        /* A copy of a known length is no call. */
        memcpy(block, w->text + w->n - WIDE_READ, WIDE_READ);
        p = block + WIDE_READ - left;
    } else {
        memcpy(block, w->text + at, left < WIDE_READ ? left : WIDE_READ);
    }
    unsigned most = left < WIDE_BLOCK ? (unsigned)left : wide_whole(p);
    if (is_free(w, at, *to))
        return wide_fold(p, most, w->lines, &w->before, to);
    char folded[WIDE_BLOCK];
    char *folded_to = folded;
    struct wide_before was = w->before;
    unsigned got = wide_fold(p, most, w->lines, &w->before, &folded_to);
    size_t size = (size_t)(folded_to - folded);
    /* Where letter by letter would end, this may not go on. */
    if ((size_t)(*to - w->form) + size > w->n + GROWTH - STEP) {
        w->before = was;
        return 0;
    }
    memcpy(*to, folded, size);
    *to += size;
    return got;
}

WIDE_TARGET static size_t write_form_wide(const char *text, size_t n, char *ret_form, size_t room,
                                          bool lines)
{
    struct writer w = {text, n, lines, ret_form, n + room, {false, false}};
    char *to = ret_form;
    const char *end = ret_form + n + GROWTH;
    for (size_t at = 0; at < n && to + STEP <= end;) {
        if (n - at >= WIDE_READ && is_free(&w, at, to)) {
            const unsigned char *p = (const unsigned char *)text + at;
            unsigned most = wide_whole(p);
            unsigned folded = wide_fold(p, most, lines, &w.before, &to);
            if (folded == most) {
                at += most;
                continue;
            }
            at += folded;
        } else {
            at += fold_end(&w, at, &to);
            if (at == n)
                break;
        }
        to = fold_one(text, n, &at, to, ret_form, lines);
        w.before.in_word = to != ret_form && !is_gap(to[-1]);
        w.before.digit = (unsigned char)(text[at - 1] - '0') < 10;
    }
    return end_form(text, n, ret_form, to);
}

static bool has_wide(void)
{
    return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi2");
}

/* `room`: bytes of ret_form beyond n, which may be written. */
static size_t best_form(const char *text, size_t n, char *ret_form, size_t room, bool lines)
{
    return has_wide() ? write_form_wide(text, n, ret_form, room, lines)
                      : write_form(text, n, ret_form, lines);
}
#else
static size_t best_form(const char *text, size_t n, char *ret_form, size_t room, bool lines)
{
    (void)room;
    return write_form(text, n, ret_form, lines);
}
#endif

size_t tm_normal_form(const char *text, size_t n, char *ret_form)
{
    return best_form(text, n, ret_form, GROWTH, false);
}

size_t tm_normal_lines(const char *text, size_t n, char *ret_form)
{
    return best_form(text, n, ret_form, TM_FORM_ROOM, true);
}

size_t tm_normal_slowly(const char *text, size_t n, char *ret_form, bool lines)
{
    return write_form(text, n, ret_form, lines);
}

struct tm_fingerprint tm_fingerprint_of(const char *text, size_t n, char *scratch)
{
    size_t length = best_form(text, n, scratch, TM_FORM_ROOM, false);
    struct tm_hash128 hash = tm_hash128_of(scratch, length);
    return (struct tm_fingerprint){hash.high, hash.low};
}
