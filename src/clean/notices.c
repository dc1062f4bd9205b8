/* SPDX-License-Identifier: Apache-2.0 */
/* Notices that the law asks for: labels of advertising, and the long form of the notice of a
 * foreign agent. A label goes and the document is marked; the bare word in a sentence stays. */
#include "clean/boilerplate.h"

static bool key_begins(const struct line_key *key, const char *phrase)
{
    size_t n = strlen(phrase);
    return key->n >= n && memcmp(key->text, phrase, n) == 0;
}

static bool key_holds(const struct line_key *key, const char *phrase)
{
    return memmem(key->text, key->n, phrase, strlen(phrase)) != NULL;
}

/* The number of a firm or of the advertisement. */
static bool has_number(const struct line_key *key)
{
    return key_holds(key, " инн ") || key_holds(key, " огрн ") || key_holds(key, " erid ");
}

/* "Реклама" as a label: a full stop, a colon, the end or the name of a firm follows at once. */
static bool is_label(struct tm_str line, const struct line_key *key)
{
    static const char *const firms[] = {"реклама ооо ", "реклама ип ", "реклама ао ",
                                        "реклама пао ", "реклама рекламодатель ", "рекламодатель ооо ", "рекламодатель ип ",
                                        "рекламодатель ао ", "рекламодатель пао "};
    for (size_t i = 0; i < sizeof firms / sizeof *firms; i++)
        if (key_begins(key, firms[i]))
            return has_number(key) || key->words <= 6;
    size_t word = strlen("реклама");
    size_t at = 0;
    while (at < line.n && !tm_is_letter(tm_utf8_at(line.p, line.n, at)))
        (void)tm_utf8_next(line.p, line.n, &at);
    return line.n - at > word && (line.p[at + word] == '.' || line.p[at + word] == ':') &&
           key_begins(key, "реклама ") && has_number(key);
}

static bool is_ad_line(struct tm_str line, const struct line_key *key)
{
    if (key_begins(key, "erid ") && key->words <= 3)
        return true;
    if (key_begins(key, "реклама информация о рекламодателе") && key->words <= 5)
        return true;
    return is_label(line, key) || (key->n == strlen("реклама") && key_begins(key, "реклама")) ||
           (key_begins(key, "на правах рекламы") && key->words <= 4);
}

/* "erid: 2Vtz…" at the end of a line of text; the position of it, or the line's end. */
static size_t closing_erid(struct tm_str text, struct line line)
{
    enum { LONGEST = 64 };
    size_t at = line.end - line.start > LONGEST ? line.end - LONGEST : line.start;
    unsigned last = line.end == line.start ? 0 : (unsigned char)text.p[line.end - 1];
    if ((last | 0x20) - 'a' >= 26 && last - '0' >= 10)
        return line.end;            /* no token ends here */
    for (; at + 6 < line.end; at++) {
        const char *word = text.p + at;
        if ((word[0] | 0x20) != 'e' || (word[1] | 0x20) != 'r' || (word[2] | 0x20) != 'i' ||
            (word[3] | 0x20) != 'd' ||
            (at > line.start && text.p[at - 1] > ' ' && text.p[at - 1] != '('))
            continue;
        size_t p = at + 4;
        if (text.p[p] != ':' && text.p[p] != ' ' && text.p[p] != '=')
            continue;
        while (p < line.end && (text.p[p] == ':' || text.p[p] == ' ' || text.p[p] == '='))
            p++;
        size_t token = p;
        while (p < line.end && (unsigned char)text.p[p] > ' ' && (unsigned char)text.p[p] < 0x7F)
            p++;
        if (p - token >= 6 && back_blanks(text, line.end, p) == p)
            return at;
    }
    return line.end;
}

/* End of the last number of a firm or an advertisement from `at` on: ИНН, ОГРН or erid and what
 * stands behind it; 0 if there is none. */
static size_t numbers_end(struct tm_str line, size_t at)
{
    static const struct tm_str names[] = {
        TM_STR_INIT("ИНН"), TM_STR_INIT("ОГРНИП"), TM_STR_INIT("ОГРН"), TM_STR_INIT("erid"),
        TM_STR_INIT("Erid"), TM_STR_INIT("ERID")};
    size_t last = 0;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        const char *p = line.p + at;
        while ((p = memmem(p, line.n - (size_t)(p - line.p), names[i].p, names[i].n)) != NULL) {
            size_t end = (size_t)(p - line.p) + names[i].n;
            while (end < line.n && (line.p[end] == ' ' || line.p[end] == ':'))
                end++;
            size_t token = end;
            while (end < line.n && (tm_is_digit((unsigned char)line.p[end]) ||
                                    (unsigned char)((line.p[end] | 0x20) - 'a') < 26))
                end++;
            if (end - token >= 6 && end > last)
                last = end;
            p += names[i].n;
        }
    }
    while (last != 0 && last < line.n && strchr(".,;) ", line.p[last]) != NULL)
        last++;
    return last;
}

/* Where a label with a firm and its number begins in a line, behind text; the line's end if none. */
static size_t label_in_line(struct tm_str line)
{
    static const struct tm_str firms[] = {TM_STR_INIT("ООО"), TM_STR_INIT("ИП "),
                                          TM_STR_INIT("АО "), TM_STR_INIT("АО«"),
                                          TM_STR_INIT("ПАО"), TM_STR_INIT("Рекламодатель")};
    static const struct tm_str word = TM_STR_INIT("еклама");
    const char *p = line.p;
    while ((p = memmem(p, line.n - (size_t)(p - line.p), word.p, word.n)) != NULL) {
        size_t start = (size_t)(p - line.p);
        size_t at = start + word.n;
        p += word.n;
        /* The capital before it is two bytes long. */
        if (start < 3 || memcmp(line.p + start - 2, "Р", 2) != 0 || line.p[start - 3] != ' ')
            continue;
        while (at < line.n && strchr(".: ", line.p[at]) != NULL)
            at++;
        for (size_t i = 0; i < sizeof firms / sizeof *firms; i++)
            if (tm_str_starts(slice(line, at, line.n), firms[i]) && numbers_end(line, at) != 0)
                return start - 2;
    }
    return line.n;
}

/* Cuts a label that begins inside a line, but not what is said behind its numbers. (Behind a label
 * that begins a line stands its small print: that line goes whole.) */
static void cut_label(struct cleaning *c, struct line line, size_t from)
{
    struct tm_str text = slice(c->text, line.start, line.end);
    size_t end = numbers_end(text, from);
    struct line_key rest;
    make_short_key(slice(text, end, text.n), 8, &rest);
    bool says = !rest.whole || rest.words >= 3;
    cut(c, TM_RULE_AD_LABEL, line.start + back_blanks(text, from, 0),
        says ? line.start + back_blanks(text, end, 0) : line.end);
}

/* Whether a notice may begin here: the first three letters or digits are those of one. */
static bool may_be_notice(struct tm_str line)
{
    static const uint32_t starts[][3] = {
        {0x440, 0x435, 0x43A}, {0x43D, 0x430, 0x43F}, {0x43D, 0x430, 0x441}, {0x434, 0x430, 0x43D},
        {'e', 'r', 'i'}, {'1', '8', 0x43D}, {'1', '8', 0x434}};
    uint32_t first[3];
    size_t n = 0;
    for (size_t at = 0; at < line.n && n < 3;) {
        uint32_t cp = tm_utf8_next(line.p, line.n, &at);
        if (tm_is_letter(cp) || tm_is_digit(cp))
            first[n++] = tm_lower(cp);
    }
    for (size_t i = 0; n == 3 && i < sizeof starts / sizeof *starts; i++)
        if (memcmp(first, starts[i], sizeof first) == 0)
            return true;
    return false;
}

/* A full stop before a blank or the end, but not behind an initial. */
static bool ends_sentence(struct tm_str line, size_t at)
{
    if (line.p[at] != '.' || (at + 1 < line.n && line.p[at + 1] != ' '))
        return false;
    size_t letter = at == 0 ? 0 : tm_utf8_back(line.p, at);
    bool initial = letter > 0 && (line.p[letter - 1] == ' ' || line.p[letter - 1] == '.');
    return at + 1 == line.n || !initial;
}

/* Length of the agent's notice at the start of a line: to the end of the sentence in which "agent"
 * stands first, or to its age mark, so that text after it stays. */
static size_t notice_length(struct tm_str line)
{
    static const struct tm_str agents[] = {TM_STR_INIT("агент"), TM_STR_INIT("АГЕНТ"),
                                           TM_STR_INIT("Агент")};
    size_t at = line.n;
    for (size_t i = 0; i < sizeof agents / sizeof *agents; i++) {
        const char *p = memmem(line.p, line.n, agents[i].p, agents[i].n);
        if (p != NULL && (size_t)(p - line.p) < at)
            at = (size_t)(p - line.p);
    }
    size_t end = at;
    while (end < line.n && !ends_sentence(line, end) &&
           !tm_str_starts(slice(line, end, line.n), TM_STR("18+")))
        end++;
    end += end < line.n && line.p[end] == '.';
    struct tm_str rest = slice(line, end, line.n);
    size_t blanks = skip_blanks(rest, 0, rest.n);
    struct tm_str age = slice(rest, blanks, rest.n);
    if (tm_str_starts(age, TM_STR("18+")))
        end += blanks + 3;
    else if (tm_str_starts(age, TM_STR("(18+)")))
        end += blanks + 5;
    return end;
}

/* "This material (information) was made and spread": nothing stands between, as it does in news. */
static bool opens_notice(const struct line_key *key)
{
    static const char *const heads[] = {"настоящий материал ", "настоящий материал информация ",
                                        "данное сообщение материал ", "данный материал ",
                                        "данный материал информация "};
    static const char *const verbs[] = {"произвед", "создан", "распространен", "распространён"};
    for (size_t i = 0; i < sizeof heads / sizeof *heads; i++) {
        size_t n = strlen(heads[i]);
        if (!key_begins(key, heads[i]))
            continue;
        for (size_t j = 0; j < sizeof verbs / sizeof *verbs; j++)
            if (key->n - n >= strlen(verbs[j]) &&
                memcmp(key->text + n, verbs[j], strlen(verbs[j])) == 0)
                return true;
    }
    return false;
}

static bool is_agent_notice(struct tm_str line)
{
    /* Only the beginning is compared: the line may be longer than a key. */
    struct line_key key;
    size_t n = line.n > 2 * MAX_LINE_KEY ? 2 * MAX_LINE_KEY : line.n;
    make_line_key(slice(line, 0, n), &key);
    size_t skip = key_begins(&key, "18 ") ? 3 : 0;
    struct line_key rest;
    rest.n = key.n - skip;
    memcpy(rest.text, key.text + skip, rest.n);
    bool agent = key_holds(&rest, "иностранным агентом") || key_holds(&rest, "иноагентом") ||
                 key_holds(&rest, "иностранным средством массовой информации") ||
                 key_holds(&rest, "в реестр иностранных агентов");
    return agent && opens_notice(&rest);
}

static bool holds_any(const struct line_key *key, const char *const *phrases, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (key_holds(key, phrases[i]))
            return true;
    return false;
}

#define HOLDS_ANY(key, phrases) holds_any(key, phrases, sizeof(phrases) / sizeof *(phrases))

/* Says that somebody is an agent or an extremist, or is banned in the country; a newsroom's
 * sentence has somebody who does it (Минюст признал), and house rules ban no organisation. */
static bool is_status(const struct line_key *key)
{
    static const char *const doings[] = {
        "признал", "внес ", "внёс ", "внесл", "включил", "запретил", "потребова"};
    static const char *const labels[] = {"иноагент", "экстремист", "террорист", "нежелательн",
                                         "иностранным агент"};
    static const char *const states[] = {"признан", "внесен", "внесён", "включен", "включён",
                                         "запрещ", "реестр", "организаци"};
    static const char *const countries[] = {" рф", "росси", "организаци"};
    if (HOLDS_ANY(key, doings))
        return false;
    bool bare = key->words <= 3 || key_begins(key, "иноагент");
    if (HOLDS_ANY(key, labels))
        return HOLDS_ANY(key, states) || (bare && key_holds(key, "иноагент"));
    bool house_rule = key_holds(key, "запрещено ") && !key_holds(key, "запрещено в рф") &&
                      !key_holds(key, "запрещено в россии");
    return key_holds(key, "запрещ") && !house_rule && HOLDS_ANY(key, countries);
}

/* "* Организация … запрещена в РФ", "*признан иноагентом": a footnote of one line that begins with
 * an asterisk. */
static bool is_legal_note(struct tm_str line)
{
    size_t at = skip_blanks(line, 0, line.n);
    if (at == line.n || line.p[at] != '*')
        return false;
    struct line_key key;
    make_line_key(line, &key);
    return key.whole && key.words > 0 && key.words <= 16 && is_status(&key);
}

/* Whether a line is an item of a list of asterisks that says something else. */
static bool is_other_item(struct tm_str line)
{
    return tm_str_starts(line, TM_STR("* ")) && !is_legal_note(line);
}

static bool is_footnote(struct tm_str text, struct line line)
{
    if (!is_legal_note(slice(text, line.start, line.end)))
        return false;
    struct line above = {0};
    struct line below = line_at(text, line.next);
    if (line.start > 0)
        above = line_before(text, line.start - 1);
    return !is_other_item(slice(text, above.start, above.end)) &&
           !is_other_item(slice(text, below.start, below.end));
}

void rule_notices(struct cleaning *c)
{
    bool may_label = c->text.n != 0 && (c->triggers & HAS_CYRILLIC) != 0 &&
                     (c->triggers & HAS_DIGIT) != 0 &&
                     memmem(c->text.p, c->text.n, "еклама", strlen("еклама")) != NULL;
    for (size_t at = 0; at < c->text.n;) {
        struct line line = line_at(c->text, at);
        struct tm_str text = slice(c->text, line.start, line.end);
        at = line.next;
        size_t erid = closing_erid(c->text, line);
        bool may = may_be_notice(text);
        struct line_key key;
        if (may)
            make_line_key(text, &key);
        if (may && is_agent_notice(text)) {
            size_t length = notice_length(text);
            if (back_blanks(text, text.n, length) == length)
                cut_line(c, TM_RULE_FOREIGN_AGENT, line);
            else
                cut(c, TM_RULE_FOREIGN_AGENT, line.start, line.start + length);
        } else if (is_footnote(c->text, line)) {
            cut_line(c, TM_RULE_LEGAL_NOTE, line);
        } else if (may && key.whole && is_ad_line(text, &key)) {
            c->doc->ad = true;
            note_line(c, line);
            cut_line(c, TM_RULE_AD_LABEL, line);
        } else if (may_label && label_in_line(text) < text.n) {
            c->doc->ad = true;
            cut_label(c, line, label_in_line(text));
        } else if (erid < line.end) {
            c->doc->ad = true;
            cut(c, TM_RULE_AD_LABEL, erid, line.end);
        }
    }
}
