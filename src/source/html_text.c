/* SPDX-License-Identifier: Apache-2.0 */
#include "source/html_text.h"

#include <string.h>

#include "base/scan.h"
#include "base/str.h"
#include "base/utf8.h"

struct entity {
    char name[32];
    char value[7];
    unsigned char bare;
};

#include "source/html_entity_table.h"

#define LONGEST_NAME 31
#define REPLACEMENT "\xEF\xBF\xBD"

/* A decoded reference: how much of the source it takes, and the text. */
struct reference {
    size_t n;
    char value[8];
    size_t length;
};

static bool is_blank(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r' && c != '\v');
}

static bool is_alnum(char c)
{
    return (unsigned char)((c | 0x20) - 'a') < 26 || (unsigned char)(c - '0') < 10;
}

static const struct entity *find_entity(struct tm_str name)
{
    size_t low = 0, high = sizeof entities / sizeof *entities;
    while (low < high) {
        size_t middle = (low + high) / 2;
        int order = tm_str_order(tm_str_of(entities[middle].name), name);
        if (order == 0)
            return &entities[middle];
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return NULL;
}

/* Numbers that the standard reads as windows-1252 (13.2.5.80); those left open are themselves. */
static uint32_t mend_number(uint32_t cp)
{
    static const uint16_t page[32] = {
        0x20AC, 0x81,   0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021, 0x02C6, 0x2030, 0x0160,
        0x2039, 0x0152, 0x8D,   0x017D, 0x8F,   0x90,   0x2018, 0x2019, 0x201C, 0x201D, 0x2022,
        0x2013, 0x2014, 0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0x9D,   0x017E, 0x0178,
    };
    if (cp >= 0x80 && cp < 0xA0)
        return page[cp - 0x80];
    bool bad = cp == 0 || cp > 0x10FFFF || (cp >= 0xD800 && cp < 0xE000);
    return bad ? 0xFFFD : cp;
}

/* &#123; and &#x7B;, at p[0] == '&' and p[1] == '#'; the semicolon may be missing. */
static bool number(const char *p, size_t n, struct reference *ret)
{
    bool hex = n > 2 && (p[2] | 0x20) == 'x';
    size_t at = hex ? 3 : 2, first = at;
    uint32_t cp = 0;
    for (; at < n; at++) {
        char c = p[at];
        unsigned digit = (unsigned)(c - '0');
        if (hex && digit > 9)
            digit = (unsigned char)((c | 0x20) - 'a') + 10u;
        if (digit > (hex ? 15u : 9u))
            break;
        if (cp <= 0x10FFFF)
            cp = cp * (hex ? 16 : 10) + digit;
    }
    if (at == first)
        return false;
    ret->n = at + (at < n && p[at] == ';');
    ret->length = tm_utf8_put(mend_number(cp), ret->value);
    return true;
}

/* A name with its semicolon, else the longest one that may stand without; inside attributes not
 * before a letter, a digit or an equals sign (13.2.5.73). */
static bool named(const char *p, size_t n, bool attribute, struct reference *ret)
{
    size_t end = 1;
    while (end < n && end <= LONGEST_NAME && is_alnum(p[end]))
        end++;
    const struct entity *entity = NULL;
    if (end < n && p[end] == ';')
        entity = find_entity((struct tm_str){p + 1, end - 1});
    ret->n = end + 1;
    for (size_t k = end < 7 ? end : 7; entity == NULL && k > 2; k--) {
        entity = find_entity((struct tm_str){p + 1, k - 1});
        if (entity != NULL && !entity->bare)
            entity = NULL;
        ret->n = k;
    }
    if (entity == NULL)
        return false;
    char next = ret->n < n ? p[ret->n] : ' ';
    if (attribute && p[ret->n - 1] != ';' && (next == '=' || is_alnum(next)))
        return false;
    ret->length = strlen(entity->value);
    memcpy(ret->value, entity->value, ret->length);
    return true;
}

/* Decodes what stands at the ampersand p; false when it is one and nothing more. */
static bool reference(const char *p, size_t n, bool attribute, struct reference *ret)
{
    return n > 1 && (p[1] == '#' ? number(p, n, ret) : named(p, n, attribute, ret));
}

/* Appends bytes that should be UTF-8; the number of sequences that are not. */
static uint64_t add_utf8(struct tm_buf *buf, const char *p, size_t n)
{
    uint64_t bad = 0;
    for (;;) {
        size_t good = tm_scan_utf8(p, n);
        tm_buf_add(buf, p, good);
        if (good == n)
            return bad;
        tm_buf_text(buf, REPLACEMENT);
        bad++;
        p += good + 1;
        n -= good + 1;
        while (n != 0 && ((unsigned char)*p & 0xC0) == 0x80) {
            p++;
            n--;
        }
    }
}

void tm_html_decode(struct tm_buf *buf, struct tm_str raw)
{
    size_t at = 0;
    while (at < raw.n) {
        struct reference found;
        const char *p = raw.p + at;
        const char *sign = memchr(p, '&', raw.n - at);
        size_t run = sign == NULL ? raw.n - at : (size_t)(sign - p);
        add_utf8(buf, p, run);
        at += run;
        if (at == raw.n)
            break;
        if (reference(sign, raw.n - at, true, &found)) {
            tm_buf_add(buf, found.value, found.length);
            at += found.n;
        } else {
            tm_buf_byte(buf, '&');
            at++;
        }
    }
}

void tm_html_text_reset(struct tm_html_text *text)
{
    text->out.n = 0;
    text->raw = text->mended = 0;
    text->pre = 0;
    text->border = text->blank = false;
}

static bool at_line_start(const struct tm_html_text *text)
{
    return text->out.n == 0 || text->out.p[text->out.n - 1] == '\n';
}

/* Before something that can be seen: the end of the line or the blank that is owed. */
static void settle(struct tm_html_text *text)
{
    if (text->border && !at_line_start(text)) {
        tm_buf_byte(&text->out, '\n');
    } else if (text->blank && !at_line_start(text) && text->out.p[text->out.n - 1] != ' ') {
        tm_buf_byte(&text->out, ' ');
        text->raw++;
    }
    text->border = text->blank = false;
}

void tm_html_text_break(struct tm_html_text *text)
{
    text->border = text->blank = false;
    tm_buf_byte(&text->out, '\n');
}

void tm_html_text_border(struct tm_html_text *text)
{
    text->border = true;
    text->blank = false;
}

/* A run of blanks that is not preformatted; behind it. */
static size_t pass_blanks(struct tm_html_text *text, struct tm_str raw, size_t at)
{
    size_t start = at;
    bool feed = text->collapse || text->border || text->blank;
    for (; at < raw.n && is_blank(raw.p[at]); at++)
        feed |= raw.p[at] == '\n' || raw.p[at] == '\r';
    text->blank |= feed;
    if (!feed) {
        tm_buf_add(&text->out, raw.p + start, at - start);
        text->raw += at - start;
    }
    return at;
}

/* A blank, line feed or U+0000; behind it, or behind the run. */
static size_t pass_special(struct tm_html_text *text, struct tm_str raw, size_t at)
{
    char c = raw.p[at];
    if (c == '\0')
        return at + 1;
    if (text->pre == 0)
        return pass_blanks(text, raw, at);
    size_t n = c == '\r' && at + 1 < raw.n && raw.p[at + 1] == '\n' ? 2 : 1;
    bool feed = c == '\n' || c == '\r';
    bool swallowed = feed && text->border;          /* the one after <pre> */
    settle(text);
    if (!swallowed) {
        tm_buf_byte(&text->out, feed ? '\n' : c);
        text->raw += n;
    }
    return at + n;
}

static bool is_special(const struct tm_html_text *text, char c)
{
    return c == '\n' || c == '\r' || c == '\0' || c == '\t' || c == '\f' || c == '&'
           || (c == ' ' && (text->collapse || text->border || text->blank));
}

void tm_html_text_add(struct tm_html_text *text, struct tm_str raw)
{
    size_t at = 0;
    struct reference found;
    while (at < raw.n) {
        char c = raw.p[at];
        bool decoded = c == '&' && reference(raw.p + at, raw.n - at, false, &found);
        if (c != '&' && is_special(text, c)) {
            at = pass_special(text, raw, at);
            continue;
        }
        settle(text);
        size_t end = at + 1;
        if (decoded) {
            end = at + found.n;
            tm_buf_add(&text->out, found.value, found.length);
        } else {
            while (end < raw.n && !is_special(text, raw.p[end]))
                end++;
            text->mended += add_utf8(&text->out, raw.p + at, end - at);
        }
        text->raw += end - at;
        at = end;
    }
}

struct tm_str tm_html_text_view(const struct tm_html_text *text)
{
    return tm_str_trim(tm_buf_view(&text->out));
}
