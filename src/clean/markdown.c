/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Telethon's markdown: [text](url), **bold**, __italic__, ~~strike~~, `code`, ```block```. It is
 * made from entities, so marks come in pairs, but pairs of different entities cross and touch
 * (`**a****b **`), which no parser of real markdown would take. So links are found by their `](`,
 * and other marks are dropped pair by pair, whatever stands between.
 */
#include "clean/cleaning.h"

enum { MAX_LINK_TEXT = 1000, MAX_URL = 2000 };

struct link {
    size_t open;                /* the [ */
    size_t close;               /* the ] */
    size_t end;                 /* after the ) */
};

/* What stands between ( and ) of a link: a scheme, or a domain with a dot and without blanks. */
static bool is_target(struct tm_str url)
{
    if (url.n == 0 || url.n > MAX_URL || memchr(url.p, '\n', url.n) != NULL)
        return false;
    if (memmem(url.p, url.n, "://", 3) != NULL || tm_str_starts(url, TM_STR("mailto:")) ||
        tm_str_starts(url, TM_STR("tel:")) || tm_str_starts(url, TM_STR("tg:")))
        return true;
    return memchr(url.p, ' ', url.n) == NULL && memchr(url.p, '.', url.n) != NULL &&
           url.p[0] != '.' && url.p[url.n - 1] != '.';
}

/* The ) that closes the target opened before `at`; SIZE_MAX if none does. */
static size_t target_end(struct tm_str text, size_t at)
{
    size_t depth = 0;
    size_t limit = text.n - at > MAX_URL ? at + MAX_URL : text.n;
    for (size_t i = at; i < limit && text.p[i] != '\n'; i++) {
        if (text.p[i] == '(')
            depth++;
        else if (text.p[i] == ')' && depth-- == 0)
            return i;
    }
    return SIZE_MAX;
}

/* The [ that belongs to the ] at `close`, not before `floor`; SIZE_MAX if there is none. */
static size_t text_start(struct tm_str text, size_t close, size_t floor)
{
    size_t depth = 0;
    size_t lines = 0;
    for (size_t i = close; i-- > floor && close - i < MAX_LINK_TEXT && lines < 6;) {
        lines += text.p[i] == '\n';
        if (text.p[i] == ']')
            depth++;
        else if (text.p[i] == '[' && depth-- == 0)
            return i;
    }
    return SIZE_MAX;
}

static bool next_link(struct tm_str text, size_t from, struct link *ret_link)
{
    size_t at = from;
    while (at < text.n) {
        const char *mark = memchr(text.p + at, ']', text.n - at);
        if (mark == NULL)
            return false;
        size_t close = (size_t)(mark - text.p);
        if (close + 1 >= text.n || mark[1] != '(') {
            at = close + 1;
            continue;
        }
        size_t end = target_end(text, close + 2);
        at = close + 2;
        if (end == SIZE_MAX || !is_target(slice(text, close + 2, end)))
            continue;
        size_t open = text_start(text, close, from);
        if (open == SIZE_MAX)
            continue;
        *ret_link = (struct link){open, close, end + 1};
        return true;
    }
    return false;
}

/* Link text without a letter, digit or other visible sign carries nothing. */
static bool is_empty_label(struct tm_str label)
{
    for (size_t at = 0; at < label.n;) {
        enum tm_rule rule;
        size_t length = emoji_length(label, at, &rule);
        if (length != 0 && rule != TM_RULE_KEYCAP) {
            at += length;
            continue;
        }
        uint32_t cp = tm_utf8_next(label.p, label.n, &at);
        if (!is_blank(cp) && cp != '\n' && cp != '*' && cp != '_' && cp != '~')
            return false;
    }
    return true;
}

/* What parts words inside a label that goes: they must not glue. */
static struct tm_str white_space(struct tm_str label)
{
    if (label.n != 0 && memchr(label.p, '\n', label.n) != NULL)
        return TM_STR("\n");
    return label.n != 0 && memchr(label.p, ' ', label.n) != NULL ? TM_STR(" ") : TM_STR("");
}

/* Two links that touch are two words. */
static struct tm_str gap_after(struct tm_str text, struct link link)
{
    struct link next;
    bool touch = link.end < text.n && text.p[link.end] == '[' &&
                 next_link(text, link.end, &next) && next.open == link.end &&
                 tm_is_letter(tm_utf8_before(text.p, link.close)) &&
                 tm_is_letter(tm_utf8_at(text.p, text.n, next.open + 1));
    return touch ? TM_STR(" ") : TM_STR("");
}

static void drop_links(struct cleaning *c)
{
    struct link link;
    size_t from = 0;
    while (next_link(c->text, from, &link)) {
        struct tm_str label = slice(c->text, link.open + 1, link.close);
        note_url(c, slice(c->text, link.close + 2, link.end - 1));
        if (is_empty_label(label)) {
            cut_put(c, TM_RULE_MARKDOWN, link.open, link.end, white_space(label));
        } else {
            cut(c, TM_RULE_MARKDOWN, link.open, link.open + 1);
            cut_put(c, TM_RULE_MARKDOWN, link.close, link.end, gap_after(c->text, link));
        }
        from = link.end;
    }
    end_pass(c);
}

static bool is_word(uint32_t cp)
{
    return tm_is_letter(cp) || tm_is_digit(cp) || cp == '_';
}

/* Length of the mark at `at`: three backticks, two of * _ ~, one backtick; 0 for none. */
static size_t mark_length(struct tm_str text, size_t at)
{
    char byte = text.p[at];
    if (byte != '*' && byte != '_' && byte != '~' && byte != '`')
        return 0;
    size_t run = 1;
    while (run < 3 && at + run < text.n && text.p[at + run] == byte)
        run++;
    if (byte == '`')
        return run >= 3 ? 3 : 1;
    return run >= 2 ? 2 : 0;
}

/* snake__case between letters of a name is no mark, nor is ** between blanks (a power, a pause). */
static bool is_text(struct tm_str text, size_t at, size_t length)
{
    uint32_t before = tm_utf8_before(text.p, at);
    uint32_t after = tm_utf8_at(text.p, text.n, at + length);
    if (text.p[at] == '_')
        return before < 0x80 && after < 0x80 && is_word(before) && is_word(after) &&
               before != '_' && after != '_';
    return before == ' ' && after == ' ';
}

/* Counts the marks of each kind, so that an odd last one can be told. */
static void count_marks(struct tm_str text, size_t counts[4])
{
    for (size_t at = 0; at < text.n;) {
        size_t length = mark_length(text, at);
        if (length != 0 && !is_text(text, at, length))
            counts[text.p[at] == '*' ? 0 : text.p[at] == '_' ? 1 : text.p[at] == '~' ? 2 : 3]++;
        at += length == 0 ? 1 : length;
    }
}

static void drop_marks(struct cleaning *c)
{
    struct tm_str text = c->text;
    size_t left[4] = {0};
    count_marks(text, left);
    size_t paired[4];
    for (int i = 0; i < 4; i++)
        paired[i] = left[i] & ~(size_t)1;
    for (size_t at = 0; at < text.n;) {
        size_t length = mark_length(text, at);
        if (length == 0 || is_text(text, at, length)) {
            at += length == 0 ? 1 : length;
            continue;
        }
        int kind = text.p[at] == '*' ? 0 : text.p[at] == '_' ? 1 : text.p[at] == '~' ? 2 : 3;
        /* An odd bold mark is a mark too; an odd backtick or underline may be text. */
        if (paired[kind] > 0 || kind == 0) {
            paired[kind] -= paired[kind] > 0;
            cut(c, TM_RULE_MARKDOWN, at, at + length);
        }
        at += length;
    }
}

void rule_markdown(struct cleaning *c)
{
    enum tm_markup markup = c->doc->markup;
    if (markup == TM_MARKUP_AUTO)
        markup = c->cleaner->options.markup;
    if (markup == TM_MARKUP_AUTO && c->cleaner->learnt != NULL)
        markup = tm_learnt_markup(c->cleaner->learnt, c->doc->source_key);
    if (markup != TM_MARKUP_MARKDOWN)
        return;
    drop_links(c);
    drop_marks(c);
}

/* Bold marks that open before a letter, close behind one, and come in pairs. */
static bool has_bold(struct tm_str text)
{
    size_t marks = 0;
    size_t opened = 0;
    for (size_t at = 0; at + 1 < text.n;) {
        const char *p = memchr(text.p + at, '*', text.n - at);
        if (p == NULL)
            break;
        at = (size_t)(p - text.p) + 1;
        if (at == text.n || text.p[at++] != '*')
            continue;
        uint32_t before = tm_utf8_before(text.p, at - 2);
        uint32_t after = tm_utf8_at(text.p, text.n, at);
        bool outside = before == TM_NO_CODE_POINT || before == ' ' || before == '\n';
        opened += marks % 2 == 0 && outside && after != ' ' && after != '*';
        marks++;
    }
    return marks >= 2 && marks % 2 == 0 && opened > 0;
}

bool looks_like_markdown(struct tm_str text)
{
    struct link link;
    for (size_t from = 0; next_link(text, from, &link); from = link.end)
        if (memmem(text.p + link.close, link.end - link.close, "://", 3) != NULL)
            return true;
    return has_bold(text);
}
