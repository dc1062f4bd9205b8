/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The two ends of a post. Lines are peeled off while they are hashtags, footers, labels or links;
 * the first line of text stops it. One loop for all kinds, because they stand in any order.
 */
#include "clean/boilerplate.h"

enum { MAX_PEELED = 12, MAX_FOOTERS = 4, LONGEST_POINTER = 200,
       PHRASE_WORDS = 10 };

/* What a line consists of, blanks, punctuation and emoji aside. */
struct content {
    size_t tags;
    size_t urls;
    size_t handles;
    size_t letters;             /* letters and digits of other text */
    bool colon;                 /* the other text is a short label that ends with a colon */
};

static struct content content_of(struct tm_str text, struct line line)
{
    struct content content = {0};
    struct tm_str view = {text.p, line.end};
    bool colon = false;
    size_t words = 0;
    bool in_word = false;
    size_t url = SIZE_MAX;
    size_t url_n = 0;
    if (!next_url(view, line.start, &url, &url_n))
        url = SIZE_MAX;
    for (size_t at = line.start; at < line.end;) {
        size_t length = 0;
        if (view.p[at] == '#' && (length = hashtag_length(view, at)) != 0) {
            content.tags++;
        } else if (view.p[at] == '@' && (length = handle_length(view, at)) != 0) {
            content.handles++;
        } else if (at == url) {
            length = url_n;
            content.urls++;
            content.colon |= colon && words <= 4;
            if (!next_url(view, at + length, &url, &url_n))
                url = SIZE_MAX;
        }
        if (length != 0) {
            at += length;
            in_word = false;
            continue;
        }
        uint32_t cp = tm_utf8_next(view.p, view.n, &at);
        bool letter = tm_is_letter(cp) || tm_is_digit(cp);
        words += letter && !in_word;
        in_word = letter;
        content.letters += letter;
        if (letter && content.urls != 0)
            content.colon = false;
        if (!is_blank(cp))
            colon = cp == ':';
    }
    return content;
}

/* What the recipe says about single lines. */
static bool is_listed(const char *const *lines, struct tm_str key)
{
    for (size_t i = 0; lines != NULL && lines[i] != NULL; i++)
        if (tm_str_is(key, lines[i]))
            return true;
    return false;
}

/* False for a line without tag, handle and link. */
static bool may_be_bare(const struct cleaning *c, struct tm_str line)
{
    size_t start, length;
    return line.n != 0 &&
           (((c->triggers & HAS_HASH) != 0 && memchr(line.p, '#', line.n) != NULL) ||
            ((c->triggers & HAS_AT) != 0 && memchr(line.p, '@', line.n) != NULL) ||
            ((c->triggers & (HAS_SLASH | HAS_DOT)) != 0 && next_url(line, 0, &start, &length)));
}

/* Whether the raw line, before its marks went, held a link, or led with a colon to one below. */
static bool was_linked(const struct cleaning *c, struct line line)
{
    if (c->doc->n_urls == 0)
        return false;
    struct tm_doc so_far = {.edits = c->edits,
                            .n_edits = c->editing ? c->pass_start : c->n_edits};
    size_t from = tm_doc_raw_offset(&so_far, line.start);
    size_t to = tm_doc_raw_offset(&so_far, line.end);
    size_t end = back_blanks(c->text, line.end, line.start);
    struct tm_str below = slice(c->doc->raw, to, c->doc->raw.n);
    if ((end > line.start && c->text.p[end - 1] == ':') ||
        tm_str_starts(below, TM_STR("\n]("))) {
        while (to < c->doc->raw.n && c->doc->raw.p[to] == '\n')
            to++;
        to = line_at(c->doc->raw, to).end;
    }
    size_t start, length;
    return from < to && next_url(slice(c->doc->raw, from, to), 0, &start, &length);
}

/* Where the address behind `at` ends, if one of markdown stands there: "](…)"; else 0. */
static size_t address_end(struct tm_str raw, size_t at)
{
    if (!tm_str_starts(slice(raw, at, raw.n), TM_STR("](")))
        return 0;
    size_t end = at + 2;
    while (end < raw.n && (unsigned char)raw.p[end] > ' ' && raw.p[end] != ')')
        end++;
    return end < raw.n && raw.p[end] == ')' ? end + 1 : 0;
}

/* Whether all letters of the raw text from `at` to `end` are the texts of links. One may have begun
 * on the line before, and may end on a line below. */
static bool is_all_links(struct tm_str raw, size_t at, size_t end)
{
    size_t links = 0;
    size_t begun = at;
    while (begun < end && raw.p[begun] != '[' && raw.p[begun] != ']')
        begun++;
    size_t past = address_end(raw, begun);
    if (past != 0) {
        at = past;
        links++;
    }
    while (at < end) {
        size_t next = at;
        uint32_t cp = tm_utf8_next(raw.p, raw.n, &next);
        size_t close = at;
        while (cp == '[' && close < raw.n && raw.p[close] != ']' && close - at < 400)
            close++;
        size_t after = cp == '[' ? address_end(raw, close) : 0;
        links += after != 0;
        if (after == 0 && (tm_is_letter(cp) || tm_is_digit(cp)))
            return false;
        at = after != 0 ? after : next;
    }
    return links != 0;
}

/* A short last paragraph of nothing but the texts of links: [Site](…) & [Chat](…), [Name —\nJoin](…).
 * An item of a list is none, and no sentence. */
static bool is_link_menu(const struct cleaning *c, struct line line, const struct line_key *key)
{
    enum { MOST_WORDS = 3 };
    size_t before = line.start == 0 ? 0 : back_blanks(c->text, line.start - 1, 0);
    if (key->words > MOST_WORDS || c->doc->n_urls == 0 || before == 0 ||
        c->text.p[before - 1] != '\n')
        return false;
    size_t end = back_blanks(c->text, line.end, line.start);
    uint32_t last = tm_utf8_before(c->text.p, end);
    if (last == '.' || last == '!' || last == '?' || c->text.p[line.start] == '-')
        return false;
    struct tm_doc so_far = {.edits = c->edits,
                            .n_edits = c->editing ? c->pass_start : c->n_edits};
    size_t at = tm_doc_raw_offset(&so_far, line.start);
    struct line raw = line_at(c->doc->raw, at);
    while (at > 0 && c->doc->raw.p[at - 1] != '\n')
        at--;
    return is_all_links(c->doc->raw, at, raw.end);
}

/* The rule by which a line at an end of the post goes, or TM_RULE_COUNT if it is text. `alone`:
 * nothing but this line is left. */
static enum tm_rule end_rule(struct cleaning *c, struct line line, bool leading, bool alone)
{
    /* Most lines hold neither a tag nor a handle nor a link, and are text by their length. */
    struct content content = {.letters = 1};
    if (may_be_bare(c, slice(c->text, line.start, line.end)))
        content = content_of(c->text, line);
    if (!leading && content.letters == 0 && content.urls + content.handles > 0)
        return TM_RULE_LINK_LINE;
    /* What was learnt may be longer than the phrases. */
    bool listed = c->cleaner->learnt != NULL || c->cleaner->options.remove != NULL;
    struct line_key key;
    make_short_key(slice(c->text, line.start, line.end), listed ? SIZE_MAX : PHRASE_WORDS, &key);
    if (!key.whole || key.n == 0)
        return TM_RULE_COUNT;
    struct tm_str text = {key.text, key.n};
    const struct tm_clean_options *options = &c->cleaner->options;
    if (is_listed(options->keep, text) || c->footers >= MAX_FOOTERS)
        return TM_RULE_COUNT;
    if (!leading && !alone && is_listed(options->remove, text))
        return TM_RULE_FOOTER_LEARNT;
    const struct tm_learnt_line *learnt =
        learnt_line(c->cleaner->learnt, c->doc->source_key, leading, false, text);
    if (learnt != NULL && (learnt->evident || !alone))
        return TM_RULE_FOOTER_LEARNT;
    if (!leading && !alone && is_link_menu(c, line, &key))
        return TM_RULE_LINK_LINE;
    /* A phrase of the fixed list is a whole post only with a link. */
    bool linked = content.urls + content.handles > 0 || was_linked(c, line);
    bool phrase = !leading && (!alone || linked || c->doc->n_urls > 0) &&
                  ((linked && is_pointer(&key)) ||
                   is_footer_phrase(slice(c->text, line.start, line.end), &key, linked,
                                    source_title(c->doc)));
    return phrase ? TM_RULE_FOOTER_PHRASE : TM_RULE_COUNT;
}

static bool is_footer(enum tm_rule rule)
{
    return rule == TM_RULE_FOOTER_LEARNT || rule == TM_RULE_FOOTER_PHRASE;
}

/* Peels the opening lines; returns where the text begins. */
static size_t peel_head(struct cleaning *c)
{
    size_t at = 0;
    for (int peeled = 0; peeled < 3 && at < c->text.n; peeled++) {
        struct line line = line_at(c->text, at);
        enum tm_rule rule = end_rule(c, line, true, line.next >= c->text.n);
        if (rule == TM_RULE_COUNT)
            break;
        c->footers += is_footer(rule);
        note_line(c, line);
        cut_line(c, rule, line);
        at = line.next;
        while (at < c->text.n && c->text.p[at] == '\n')
            at++;
    }
    return at;
}

/* Hashtags that close a line of text: after the end of a sentence, or three and more. They end at
 * `end`; returns where they begin. */
static size_t closing_tags(struct tm_str text, struct line line)
{
    size_t end = back_blanks(text, line.end, line.start);
    size_t tags = 0;
    while (end > line.start) {
        size_t at = end;
        while (at > line.start && text.p[at - 1] != '#' && !is_blank(tm_utf8_before(text.p, at)))
            at = tm_utf8_back(text.p, at);
        struct tm_str view = {text.p, end};
        if (at == line.start || text.p[at - 1] != '#' || hashtag_length(view, at - 1) != end - at + 1)
            break;
        end = back_blanks(text, at - 1, line.start);
        tags++;
    }
    uint32_t before = end > line.start ? tm_utf8_before(text.p, end) : TM_NO_CODE_POINT;
    bool closed = before == '.' || before == '!' || before == '?' || before == 0x2026 ||
                  before == 0xBB || before == ')' || before == 0x201D;
    return tags >= 3 || (tags > 0 && closed) ? end : line.end;
}

/* The end of the last line of text: its closing hashtags and the source's own handle. */
static void trim_last_line(struct cleaning *c, struct line line)
{
    size_t tags = closing_tags(c->text, line);
    if (tags < line.end && tags > line.start) {
        note_line(c, (struct line){tags, line.end, line.next});
        cut(c, TM_RULE_HASHTAG_LINE, tags, line.end);
        return;
    }
    struct tm_str handle = closing_handle(slice(c->text, line.start, line.end));
    if (handle.p == NULL ||
        learnt_line(c->cleaner->learnt, c->doc->source_key, false, true, handle) == NULL)
        return;
    size_t at = (size_t)(handle.p - c->text.p);
    cut(c, TM_RULE_FOOTER_HANDLE, back_blanks(c->text, at, line.start), line.end);
}

static void peel_tail(struct cleaning *c, size_t floor)
{
    struct line lines[MAX_PEELED];
    enum tm_rule rules[MAX_PEELED];
    size_t n = 0;
    size_t end = c->text.n;
    struct line last = {0};
    while (n < MAX_PEELED) {
        while (end > floor && (c->text.p[end - 1] == '\n' || c->text.p[end - 1] == ' '))
            end--;
        if (end <= floor)
            break;
        struct line line = line_before(c->text, end);
        line.next = line_at(c->text, line.start).next;
        last = line;
        enum tm_rule rule = end_rule(c, line, false, line.start <= floor);
        if (rule == TM_RULE_COUNT)
            break;
        c->footers += is_footer(rule);
        last = (struct line){0};
        lines[n] = line;
        rules[n++] = rule;
        end = line.start;
    }
    if (last.end > last.start)
        trim_last_line(c, last);
    while (n-- > 0) {
        note_line(c, lines[n]);
        cut(c, rules[n], lines[n].start, lines[n].next);
    }
}

/* A short line that said nothing but where a link leads, which is gone. */
static bool is_linked_pointer(const struct cleaning *c, struct line line)
{
    struct line_key key;
    if (c->doc->n_urls == 0 || line.end - line.start > LONGEST_POINTER)
        return false;
    make_line_key(slice(c->text, line.start, line.end), &key);
    return is_pointer(&key) && (c->given_urls || was_linked(c, line));
}

/* Lines that go wherever they stand: of hashtags only, that point at a link, and, since links in
 * the text go, of a link with nothing but a short label before it, which without the link says
 * nothing. */
static enum tm_rule anywhere_rule(const struct cleaning *c, struct line line)
{
    if (is_linked_pointer(c, line))
        return TM_RULE_LINK_LINE;
    if (!may_be_bare(c, slice(c->text, line.start, line.end)))
        return TM_RULE_COUNT;
    struct content content = content_of(c->text, line);
    bool plain = content.handles == 0 && (content.letters == 0 || content.colon);
    if (content.tags > 0 && content.letters + content.handles + content.urls == 0)
        return TM_RULE_HASHTAG_LINE;
    if (content.urls > 0 && content.tags == 0 && plain &&
        c->cleaner->options.urls == TM_URL_DROP)
        return TM_RULE_LINK_LINE;
    return TM_RULE_COUNT;
}

static void cut_bare_lines(struct cleaning *c)
{
    if (c->doc->n_urls == 0 && !may_be_bare(c, c->text))
        return;
    for (size_t at = 0; at < c->text.n;) {
        struct line line = line_at(c->text, at);
        at = line.next;
        enum tm_rule rule = anywhere_rule(c, line);
        if (rule == TM_RULE_COUNT)
            continue;
        note_line(c, line);
        cut_line(c, rule, line);
    }
    end_pass(c);
}

void rule_ends(struct cleaning *c)
{
    rule_notices(c);
    end_pass(c);
    cut_bare_lines(c);
    peel_tail(c, peel_head(c));
}
