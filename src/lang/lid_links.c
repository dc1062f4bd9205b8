/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Links, addresses and handles: tokens that are written the same in every language. A token goes
 * from blank to blank; it is looked at only where a telling byte occurs, and those are found with
 * memchr, so that text without links costs almost nothing.
 */
#include "lid_text.h"

#include <string.h>

static bool is_blank(char c)
{
    return (unsigned char)c <= ' ';
}

static bool is_alnum(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* Whether s[0..n), in capitals or not, is `small`. */
static bool is_same(const char *small, const char *s, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (small[i] != s[i] && !(s[i] >= 'A' && s[i] <= 'Z' && small[i] == (char)(s[i] | 0x20)))
            return false;
    return true;
}

/* The most frequent endings of names written without "http://". A missing blank after a full stop
 * must not make a link of two words, so other endings need a path behind them. */
static bool is_known_ending(const char *s, size_t n)
{
    static const char known[][5] = {"ru", "com", "org", "net", "me",  "io",  "info", "su",
                                    "ua", "by",  "kz",  "de",  "uk",  "eu",  "tv",   "cc",
                                    "gg", "ly",  "app", "dev", "edu", "gov", "biz",  "pro"};
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
        if (strlen(known[i]) == n && is_same(known[i], s, n))
            return true;
    return false;
}

/* "name.name.ending" with a known ending, or with any ending and a path behind it. */
static bool is_host(const char *s, size_t n)
{
    size_t i = 0, last_dot = 0;
    while (i < n && (is_alnum(s[i]) || s[i] == '-' || s[i] == '_' || s[i] == '.')) {
        if (s[i] == '.')
            last_dot = i;
        i++;
    }
    if (last_dot == 0)
        return false;
    if (i < n && s[i] == '/')
        return true;
    while (i > last_dot + 1 && !is_alnum(s[i - 1]))
        i--;
    return is_known_ending(s + last_dot + 1, i - last_dot - 1);
}

static bool is_link(const char *s, size_t n)
{
    while (n != 0 && (unsigned char)*s < 0x80 && !is_alnum(*s) && *s != '@') {
        s++;
        n--;
    }
    const char *at = memchr(s, '@', n);
    if (at != NULL)
        return at + 1 < s + n && (is_alnum(at[1]) || at[1] == '_');
    const char *colon = memchr(s, ':', n);
    if (colon != NULL && colon + 2 < s + n && colon[1] == '/' && colon[2] == '/')
        return true;
    if (n > 4 && is_same("www.", s, 4))
        return true;
    return is_host(s, n);
}

/* The next byte at which a link could be recognised: '@', "://", or a full stop inside a word. */
static size_t next_hint(const char *text, size_t n, size_t from, const char what)
{
    while (from < n) {
        const char *hit = memchr(text + from, what, n - from);
        if (hit == NULL)
            return n;
        size_t at = (size_t)(hit - text);
        bool inside = at + 1 < n && is_alnum(text[at + 1]);
        if (what == '@' || (what == '.' && inside && at != 0 && is_alnum(text[at - 1])))
            return at;
        if (what == ':' && at + 2 < n && text[at + 1] == '/' && text[at + 2] == '/')
            return at;
        from = at + 1;
    }
    return n;
}

void lid_links_init(struct lid_links *links, const char *text, size_t n)
{
    links->text = text;
    links->n = n;
    links->at = 0;
    links->sign = next_hint(text, n, 0, '@');
    links->dot = next_hint(text, n, 0, '.');
    links->colon = next_hint(text, n, 0, ':');
}

static void pass_hints(struct lid_links *links, size_t end)
{
    if (links->sign < end)
        links->sign = next_hint(links->text, links->n, end, '@');
    if (links->dot < end)
        links->dot = next_hint(links->text, links->n, end, '.');
    if (links->colon < end)
        links->colon = next_hint(links->text, links->n, end, ':');
}

bool lid_links_next(struct lid_links *links, const char **ret_text, size_t *ret_n)
{
    const char *text = links->text;
    size_t begin = links->at, n = links->n, token = begin;
    if (begin >= n)
        return false;
    *ret_text = text + begin;
    for (;;) {
        size_t hint = links->sign < links->dot ? links->sign : links->dot;
        hint = links->colon < hint ? links->colon : hint;
        if (hint >= n) {
            *ret_n = n - begin;
            links->at = n;
            return true;
        }
        size_t first = hint, end = hint;
        while (first > token && !is_blank(text[first - 1]))
            first--;
        while (end < n && !is_blank(text[end]))
            end++;
        pass_hints(links, end);
        if (is_link(text + first, end - first)) {
            *ret_n = first - begin;
            links->at = end;
            return true;
        }
        token = end;
    }
}
