/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Marks of HTML that stand in a post as text: a bot sent `<b>Title</b> &#9000;` and Telegram did not
 * read it as marks. Only the tags of Telegram's own HTML (core.telegram.org/bots/api#html-style) are
 * known, and only in a post that begins with one or with a character reference and has more of them:
 * who writes about HTML does not begin so.
 */
#include "clean/cleaning.h"

#include "base/utf8.h"

enum { LONGEST_TAG = 400 };

/* The length of the tag at `at`, or 0. */
static size_t tag_length(struct tm_str text, size_t at)
{
    static const struct tm_str names[] = {
        TM_STR_INIT("b"), TM_STR_INIT("strong"), TM_STR_INIT("i"), TM_STR_INIT("em"),
        TM_STR_INIT("u"), TM_STR_INIT("ins"), TM_STR_INIT("s"), TM_STR_INIT("strike"),
        TM_STR_INIT("del"), TM_STR_INIT("tg-spoiler"), TM_STR_INIT("a"), TM_STR_INIT("code"),
        TM_STR_INIT("pre"), TM_STR_INIT("blockquote")};
    if (text.p[at] != '<' || text.n - at < 3)
        return 0;
    size_t name = at + 1 + (text.p[at + 1] == '/');
    size_t end = name;
    while (end < text.n && (text.p[end] == '-' || (text.p[end] >= 'a' && text.p[end] <= 'z')))
        end++;
    bool known = false;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        known |= tm_str_equal(slice(text, name, end), names[i]);
    if (!known || end >= text.n || (text.p[end] != '>' && text.p[end] != ' '))
        return 0;
    while (end < text.n && text.p[end] != '>' && text.p[end] != '\n' && end - at < LONGEST_TAG)
        end++;
    return end < text.n && text.p[end] == '>' ? end + 1 - at : 0;
}

/* The length of the character reference at `at` and what it stands for, or 0. */
static size_t reference_length(struct tm_str text, size_t at, uint32_t *ret_cp)
{
    static const struct {
        struct tm_str text;
        uint32_t cp;
    } named[] = {{TM_STR_INIT("&amp;"), '&'}, {TM_STR_INIT("&lt;"), '<'}, {TM_STR_INIT("&gt;"), '>'},
                 {TM_STR_INIT("&quot;"), '"'}, {TM_STR_INIT("&nbsp;"), 0xA0}};
    for (size_t i = 0; i < sizeof named / sizeof *named; i++)
        if (tm_str_starts(slice(text, at, text.n), named[i].text)) {
            *ret_cp = named[i].cp;
            return named[i].text.n;
        }
    if (!tm_str_starts(slice(text, at, text.n), TM_STR("&#")))
        return 0;
    static const char digits[] = "0123456789abcdef";
    bool hex = at + 2 < text.n && text.p[at + 2] == 'x';
    size_t end = at + 2 + hex;
    uint32_t cp = 0;
    for (; end < text.n && cp < 0x110000; end++) {
        const char *digit = memchr(digits, text.p[end] | 0x20, hex ? 16 : 10);
        if (digit == NULL || text.p[end] < '0')
            break;
        cp = cp * (hex ? 16 : 10) + (uint32_t)(digit - digits);
    }
    bool good = cp >= ' ' && cp < 0x110000 && (cp < 0xD800 || cp >= 0xE000);
    *ret_cp = cp;
    return good && end < text.n && text.p[end] == ';' ? end + 1 - at : 0;
}

static bool is_marked(struct tm_str text)
{
    size_t at = 0;
    size_t marks = 0;
    uint32_t cp;
    while (at < text.n && (text.p[at] == ' ' || text.p[at] == '\n'))
        at++;
    if (at == text.n || (tag_length(text, at) == 0 &&
                         (text.p[at] != '&' || reference_length(text, at, &cp) == 0)))
        return false;
    for (; at < text.n; at++)
        marks += (text.p[at] == '<' && tag_length(text, at) != 0) ||
                 (text.p[at] == '&' && reference_length(text, at, &cp) != 0);
    return marks > 2;           /* a tag and its end are two */
}

/* </code><code>: nobody parts a word so, it is the border of two paragraphs. */
static bool reopens(struct tm_str text, size_t at, size_t length)
{
    return text.p[at + 1] != '/' && at > length &&
           text.p[at - length - 1] == '<' && text.p[at - length] == '/' &&
           memcmp(text.p + at - length + 1, text.p + at + 1, length - 1) == 0;
}

void rule_tags(struct cleaning *c)
{
    struct tm_str text = c->text;
    /* Readers that say a text is plain mean that its format kept the marks apart: here the author
     * did not. */
    if (c->cleaner->options.markup == TM_MARKUP_NONE || !is_marked(text))
        return;
    for (size_t at = 0; at < text.n;) {
        uint32_t cp = 0;
        char bytes[4];
        size_t tag = text.p[at] == '<' ? tag_length(text, at) : 0;
        size_t reference = text.p[at] == '&' ? reference_length(text, at, &cp) : 0;
        if (tag != 0 && reopens(text, at, tag))
            cut_put(c, TM_RULE_MARKDOWN, at, at + tag, TM_STR(" "));
        else if (tag != 0)
            cut(c, TM_RULE_MARKDOWN, at, at + tag);
        else if (reference != 0)
            rewrite(c, TM_RULE_MARKDOWN, at, at + reference,
                    (struct tm_str){bytes, tm_utf8_put(cp, bytes)});
        at += tag != 0 ? tag : reference != 0 ? reference : 1;
    }
}
