/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Emoji by the grammar of UTS #51:
 *     RI RI | [0-9#*] FE0F? 20E3 | element (ZWJ element)*
 *     element = pictograph (FE0F | FE0E | skin modifier | 20E3 | tag)*
 * A pictograph is what emoji_table.h says; sequences need not be fully qualified. Nineteen signs
 * that are emoji by the letter but ordinary signs in text (copyright, arrows …) stay.
 */
#include "clean/cleaning.h"
#include "clean/emoji_table.h"

#define ZWJ 0x200D

const char *tm_emoji_version(void)
{
    return TM_EMOJI_VERSION;
}

static bool in_map(const uint32_t *map, uint32_t index)
{
    return (map[index / 32] >> (index % 32) & 1) != 0;
}

static bool is_pictograph(uint32_t cp)
{
    if (cp >= EMOJI_BMP_FIRST && cp < EMOJI_BMP_END)
        return in_map(emoji_bmp, cp - EMOJI_BMP_FIRST);
    return cp >= EMOJI_SMP_FIRST && cp < EMOJI_SMP_END &&
           in_map(emoji_smp, cp - EMOJI_SMP_FIRST);
}

static bool is_ordinary_sign(uint32_t cp)
{
    return cp == 0x2122 || cp == 0x203C || cp == 0x2049 || cp == 0x2139 || cp == 0x3030 ||
           cp == 0x303D || cp == 0x24C2 || (cp >= 0x2194 && cp <= 0x2199) || cp == 0x21A9 ||
           cp == 0x21AA || cp == 0x25B6 || cp == 0x25C0;
}

static bool is_regional(uint32_t cp)
{
    return cp >= 0x1F1E6 && cp <= 0x1F1FF;
}

static bool is_tag(uint32_t cp)
{
    return cp >= 0xE0020 && cp <= 0xE007F;
}

static bool is_modifier(uint32_t cp)
{
    return cp == 0xFE0F || cp == 0xFE0E || cp == 0x20E3 || (cp >= 0x1F3FB && cp <= 0x1F3FF) ||
           is_tag(cp);
}

static size_t keycap_length(struct tm_str text, size_t at)
{
    char byte = text.p[at];
    if ((byte < '0' || byte > '9') && byte != '#' && byte != '*')
        return 0;
    size_t end = at + 1;
    if (tm_utf8_at(text.p, text.n, end) == 0xFE0F)
        end += 3;
    return tm_utf8_at(text.p, text.n, end) == 0x20E3 ? end + 3 - at : 0;
}

/* One element; 0 if no pictograph begins at `at`. */
static size_t element_length(struct tm_str text, size_t at, bool *ret_tagged)
{
    if (at >= text.n)
        return 0;
    size_t end = at;
    if (!is_pictograph(tm_utf8_next(text.p, text.n, &end)))
        return 0;
    while (end < text.n) {
        size_t next = end;
        uint32_t cp = tm_utf8_next(text.p, text.n, &next);
        if (!is_modifier(cp))
            break;
        *ret_tagged |= is_tag(cp);
        end = next;
    }
    return end - at;
}

size_t emoji_length(struct tm_str text, size_t at, enum tm_rule *ret_rule)
{
    unsigned char byte = (unsigned char)text.p[at];
    if (byte < 0x80) {
        *ret_rule = TM_RULE_KEYCAP;
        return keycap_length(text, at);
    }
    if (byte != 0xE2 && byte != 0xE3 && byte < 0xF0)
        return 0;
    size_t end = at;
    uint32_t cp = tm_utf8_next(text.p, text.n, &end);
    if (is_regional(cp)) {
        *ret_rule = TM_RULE_FLAG;
        if (is_regional(tm_utf8_at(text.p, text.n, end)))
            end += 4;
        return end - at;
    }
    if (is_ordinary_sign(cp))
        return 0;
    bool tagged = false;
    size_t length = element_length(text, at, &tagged);
    if (length == 0)
        return 0;
    end = at + length;
    while (tm_utf8_at(text.p, text.n, end) == ZWJ) {
        length = element_length(text, end + 3, &tagged);
        if (length == 0)
            break;
        end += 3 + length;
    }
    *ret_rule = tagged ? TM_RULE_FLAG : TM_RULE_EMOJI;
    return end - at;
}

/* Emoji that call for attention or open a quotation; they mark list items only when repeated. */
static bool is_call(uint32_t cp)
{
    switch (cp) {
    case 0x2757: case 0x2755: case 0x26A1: case 0x26A0: case 0x203C: case 0x1F525: case 0x1F4AC:
    case 0x1F5E3: case 0x1F5E8: case 0x1F6A8: case 0x1F4E2: case 0x1F4A5: case 0x1F198:
    case 0x1F4E3: case 0x1F5EF:
        return true;
    default:
        return false;
    }
}

/* The emoji with which a line begins. */
struct lead {
    uint32_t cp;                /* its first code point; 0: the line begins otherwise */
    size_t text;                /* where the text of the line begins after it */
    bool first;                 /* the line is the first of the post */
    bool introduces;            /* the line ends with a colon */
};

static struct lead lead_of(struct tm_str text, struct line line)
{
    struct lead lead = {.first = line.start == 0};
    struct tm_str head = {text.p, line.end};
    if (next_rare(head, line.start) == line.end)
        return lead;
    size_t at = skip_blanks(text, line.start, line.end);
    size_t begin = at;
    enum tm_rule rule;
    size_t length;
    while (at < line.end && (length = emoji_length(text, at, &rule)) != 0) {
        if (rule == TM_RULE_KEYCAP)
            return lead;
        at = skip_blanks(text, at + length, line.end);
    }
    if (at == begin || at >= line.end)
        return lead;
    lead.cp = tm_utf8_at(text.p, line.end, begin);
    lead.text = at;
    size_t end = back_blanks(text, line.end, line.start);
    lead.introduces = end > line.start && text.p[end - 1] == ':';
    return lead;
}

/* Whether two lines, one right below the other, are items of one list. */
static bool same_list(struct lead above, struct lead below)
{
    if (above.cp == 0 || below.cp == 0)
        return false;
    if (above.cp == below.cp)
        return true;
    return !above.first && !above.introduces && !is_call(above.cp) && !is_call(below.cp);
}

static bool is_closing(uint32_t cp)
{
    return cp == ',' || cp == '.' || cp == ';' || cp == ':' || cp == '!' || cp == '?' ||
           cp == ')' || cp == ']' || cp == 0x00BB || cp == 0x201D || cp == 0x2026;
}

static bool is_opening(uint32_t cp)
{
    return cp == '(' || cp == '[' || cp == 0x00AB || cp == 0x201C || cp == 0x201E || cp == '/';
}

/* Cuts the emoji of [from, to) one by one, each by its own rule, with the blanks behind it; blanks
 * before the first go with it. `put` takes the place of the last. */
static void cut_run(struct cleaning *c, size_t from, size_t to, struct tm_str put)
{
    struct tm_str text = c->text;
    size_t at = from;
    while (at < to) {
        size_t begin = skip_blanks(text, at, to);
        enum tm_rule rule = TM_RULE_EMOJI;
        size_t length = begin < to ? emoji_length(text, begin, &rule) : 0;
        size_t end = skip_blanks(text, begin + length, to);
        if (end >= to)
            cut_put(c, rule, at, to, put);
        else
            cut(c, rule, at, end);
        at = end;
    }
}

/* The word for an emoji that stands for a word, a number or, by option, a country; written to
 * `word` and its length returned, 0 if it stands for none. */
static size_t spelling(const struct cleaning *c, size_t at, char word[2])
{
    struct tm_str text = c->text;
    uint32_t cp = tm_utf8_at(text.p, text.n, at);
    if (cp == 0x1F51F || cp == 0x1F19A) {
        memcpy(word, cp == 0x1F51F ? "10" : "vs", 2);
        return 2;
    }
    uint32_t next = is_regional(cp) ? tm_utf8_at(text.p, text.n, at + 4) : 0;
    if (!c->cleaner->options.keep_flags || !is_regional(next))
        return 0;
    word[0] = (char)('A' + cp - 0x1F1E6);
    word[1] = (char)('A' + next - 0x1F1E6);
    return 2;
}

/* End of the run of emoji that begins at `at`, without the blanks behind it. */
static size_t run_end(const struct cleaning *c, size_t at, size_t end)
{
    struct tm_str text = c->text;
    size_t last = at;
    char word[2];
    enum tm_rule rule;
    size_t length;
    while (at < end && (length = emoji_length(text, at, &rule)) != 0) {
        if (rule == TM_RULE_KEYCAP && text.p[at] != '#' && text.p[at] != '*')
            break;
        if (spelling(c, at, word) != 0)
            break;
        last = at + length;
        at = skip_blanks(text, last, end);
    }
    return last;
}

/* A run inside a line: the words around it neither glue nor drift apart. */
static void cut_inside(struct cleaning *c, struct line line, size_t from, size_t to)
{
    struct tm_str text = c->text;
    size_t left = back_blanks(text, from, line.start);
    size_t right = skip_blanks(text, to, line.end);
    uint32_t before = tm_utf8_before(text.p, left);
    uint32_t after = tm_utf8_at(text.p, line.end, right);
    if (left == line.start && right == line.end) {
        cut_run(c, left, right, TM_STR(""));
        cut(c, TM_RULE_EMOJI, line.end, line.next);     /* nothing else stands on the line */
    } else if (left == line.start || right == line.end || is_closing(after) || is_opening(before))
        cut_run(c, left, right, TM_STR(""));
    else if (left < from)
        cut_run(c, from, right, TM_STR(""));
    else
        cut_run(c, from, right, TM_STR(" "));
}

/* Whether what stands right before `at` is (the end of) an emoji, such as another flag. */
static bool emoji_before(struct tm_str text, size_t at)
{
    uint32_t before = tm_utf8_before(text.p, at);
    return is_regional(before) || (before != TM_NO_CODE_POINT && is_pictograph(before));
}

/* A digit in a keycap, or another emoji that is spelt: it stays as text, parted from a word. */
static size_t spell(struct cleaning *c, struct line line, size_t at, size_t length)
{
    struct tm_str text = c->text;
    char word[2];
    enum tm_rule rule = tm_utf8_at(text.p, text.n, at) < 0x1F1E6 ? TM_RULE_EMOJI : TM_RULE_FLAG;
    size_t n = spelling(c, at, word);
    size_t end = at + length;
    uint32_t after = tm_utf8_at(text.p, line.end, end);
    bool part = tm_is_letter(after);
    if (n == 0) {
        cut_put(c, TM_RULE_KEYCAP, at + 1, end, part ? TM_STR(" ") : TM_STR(""));
        return end;
    }
    uint32_t before = tm_utf8_before(text.p, at);
    bool glued = at > line.start && (tm_is_letter(before) || tm_is_digit(before) ||
                                     emoji_before(text, at));
    char spelt[4] = {' ', word[0], word[1], ' '};
    size_t from = glued ? 0 : 1;
    size_t to = part || tm_is_digit(after) ? 4 : 3;
    rewrite(c, rule, at, end, (struct tm_str){spelt + from, to - from});
    return end;
}

/* Lines that already begin with a dash or a bullet need no second one. */
static bool has_bullet(struct tm_str text, size_t at)
{
    uint32_t cp = tm_utf8_next(text.p, text.n, &at);
    bool dash = cp == '-' || cp == '*' || (cp >= 0x2012 && cp <= 0x2015);
    return cp == 0x2022 || (dash && is_blank(tm_utf8_at(text.p, text.n, at)));
}

static void clean_line(struct cleaning *c, struct line line, struct lead lead, bool item)
{
    struct tm_str text = c->text;
    size_t at = line.start;
    if (next_rare((struct tm_str){text.p, line.end}, at) == line.end)
        return;                 /* not even a keycap is without a rare character */
    if (item) {
        bool dash = !c->cleaner->options.drop_bullets && !has_bullet(text, lead.text);
        if (dash)
            cut_put(c, TM_RULE_BULLET, line.start, lead.text, TM_STR("- "));
        else
            cut_run(c, line.start, lead.text, TM_STR(""));
        at = lead.text;
    }
    while (at < line.end) {
        /* An emoji begins with a rare character, or is a keycap: one more right before it. */
        size_t rare = next_rare((struct tm_str){text.p, line.end}, at);
        if (rare == line.end)
            return;
        at = rare > at && (unsigned char)text.p[rare - 1] < 0x80 ? rare - 1 : rare;
        unsigned char byte = (unsigned char)text.p[at];
        enum tm_rule rule;
        size_t length = 0;
        if (byte < 0x80 ? byte == '#' || byte == '*' || (byte >= '0' && byte <= '9') : byte >= 0xE2)
            length = emoji_length(text, at, &rule);
        if (length == 0) {
            at += 1;
            while (at < line.end && ((unsigned char)text.p[at] & 0xC0) == 0x80)
                at++;
            continue;
        }
        size_t end = run_end(c, at, line.end);
        if (end == at) {
            at = spell(c, line, at, length);
            continue;
        }
        cut_inside(c, line, at, end);
        at = end;
    }
}

void rule_emoji(struct cleaning *c)
{
    struct tm_str text = c->text;
    struct line line = line_at(text, 0);
    struct lead above = {0};
    struct lead lead = lead_of(text, line);
    for (;;) {
        struct line next_line = line_at(text, line.next);
        struct lead below = {0};
        if (line.next < text.n)
            below = lead_of(text, next_line);
        clean_line(c, line, lead, same_list(above, lead) || same_list(lead, below));
        if (line.next >= text.n)
            return;
        above = lead;
        lead = below;
        line = next_line;
    }
}

static bool is_dash(uint32_t cp)
{
    return cp == '-' || cp == '=' || (cp >= 0x2012 && cp <= 0x2015);
}

/* The emoji that Telegram offers as reactions: only they have legends. Lists with other emoji and
 * a dash (a place, a time, a telephone) are text. */
static bool is_reaction(uint32_t cp)
{
    static const uint32_t reactions[] = {
        0x2603, 0x26A1, 0x270D, 0x2764, 0x1F192, 0x1F31A, 0x1F32D, 0x1F34C, 0x1F353, 0x1F37E,
        0x1F383, 0x1F384, 0x1F385, 0x1F389, 0x1F3C6, 0x1F40B, 0x1F433, 0x1F440, 0x1F44C, 0x1F44D,
        0x1F44E, 0x1F44F, 0x1F468, 0x1F47B, 0x1F47E, 0x1F485, 0x1F48A, 0x1F48B, 0x1F494, 0x1F498,
        0x1F4A9, 0x1F4AF, 0x1F525, 0x1F54A, 0x1F595, 0x1F5FF, 0x1F601, 0x1F602, 0x1F607, 0x1F608,
        0x1F60D, 0x1F60E, 0x1F610, 0x1F618, 0x1F621, 0x1F622, 0x1F628, 0x1F62D, 0x1F631, 0x1F634,
        0x1F648, 0x1F649, 0x1F64A, 0x1F64F, 0x1F910, 0x1F911, 0x1F913, 0x1F914, 0x1F917, 0x1F91D,
        0x1F921, 0x1F923, 0x1F928, 0x1F929, 0x1F92A, 0x1F92C, 0x1F92E, 0x1F92F, 0x1F937, 0x1F970,
        0x1F971, 0x1F974, 0x1F984, 0x1FAE1,
    };
    for (size_t i = 0; i < sizeof reactions / sizeof *reactions; i++)
        if (reactions[i] == cp)
            return true;
    return false;
}

/* Whether a sign between two items stands at `at`: an emoji follows it. */
static bool is_between(struct tm_str text, size_t at, size_t end)
{
    enum tm_rule rule;
    if (strchr("/|;", text.p[at]) == NULL)
        return false;
    size_t next = skip_blanks(text, at + 1, end);
    return next >= end || emoji_length(text, next, &rule) != 0;
}

/* End of a legend's item "emoji - a few words" that begins at `at`; `at` if there is none. */
static size_t legend_item(struct tm_str text, size_t at, size_t end)
{
    enum { MOST_WORDS = 12 };
    enum tm_rule rule;
    size_t length = at < end ? emoji_length(text, at, &rule) : 0;
    if (length == 0 || rule != TM_RULE_EMOJI)
        return at;
    size_t p = skip_blanks(text, at + length, end);
    if (p >= end)
        return at;
    size_t word = p;
    if (!is_dash(tm_utf8_next(text.p, end, &word)))
        return at;
    word = skip_blanks(text, word, end);
    size_t words = 1;
    size_t stop = word;
    while (stop < end && !is_between(text, stop, end) && emoji_length(text, stop, &rule) == 0) {
        if (text.p[stop] >= '0' && text.p[stop] <= '9')
            return at;              /* prices, dates and times are no legend */
        words += text.p[stop] == ' ';
        (void)tm_utf8_next(text.p, end, &stop);
    }
    if (stop == word || words > MOST_WORDS)
        return at;
    while (stop < end && strchr(" /|;", text.p[stop]) != NULL)
        stop++;
    return stop;
}

/* Whether a line holds items of a legend and nothing else: several, or one with a reaction. *first
 * is the emoji of the last item so far, *mixed tells that two have different ones; both change for
 * a legend alone. */
static bool is_legend(struct tm_str text, struct line line, uint32_t *first, bool *mixed)
{
    size_t at = skip_blanks(text, line.start, line.end);
    size_t items = 0;
    bool reaction = false;
    uint32_t last = *first;
    bool differ = *mixed;
    while (at < line.end) {
        size_t next = legend_item(text, at, line.end);
        if (next == at)
            return false;
        uint32_t cp = tm_utf8_at(text.p, line.end, at);
        reaction = is_reaction(cp);
        differ |= last != 0 && cp != last;
        last = cp;
        items++;
        at = next;
    }
    if (items < 2 && !(items == 1 && reaction))
        return false;
    *first = last;
    *mixed = differ;
    return true;
}

/* Whether the line at `at` looks like an item of a list: not one that asks or introduces. */
static bool is_emoji_item(struct tm_str text, size_t at)
{
    if (at >= text.n)
        return false;
    struct line line = line_at(text, at);
    size_t end = back_blanks(text, line.end, line.start);
    bool asks = end > line.start && (text.p[end - 1] == '?' || text.p[end - 1] == ':' ||
                                     emoji_before(text, end));
    return !asks && lead_of(text, line).cp != 0;
}

/* Lines that explain what a reaction means, below the text that they belong to. One item alone may
 * be something else, items with one emoji are a list, and so are lines among other lines that
 * begin with an emoji. */
void rule_emoji_legend(struct cleaning *c)
{
    struct tm_str text = c->text;
    bool below_text = false;        /* the post has text above */
    bool listed = false;            /* the line right above is an item of another list */
    for (size_t at = 0; at < text.n;) {
        uint32_t first = 0;
        bool mixed = false;
        size_t end = at;
        while (end < text.n) {
            struct line line = line_at(text, end);
            if (!is_legend(text, line, &first, &mixed))
                break;
            end = line.next;
        }
        bool cuts = mixed && below_text && !listed && !is_emoji_item(text, end);
        if (end == at) {
            struct line line = line_at(text, at);
            listed = is_emoji_item(text, at);
            below_text |= line.end > line.start;
            at = line.next;
            continue;
        }
        while (at < end) {
            struct line line = line_at(text, at);
            if (cuts)
                cut_line(c, TM_RULE_EMOJI_LEGEND, line);
            at = line.next;
        }
        listed = true;
        below_text = true;
    }
}
