/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Sentences, after UAX #29 (sentence boundaries, rules SB6 to SB11), read off the text directly: the
 * rules say something only at marks, newlines, emoji and capitals behind a blank, so everything
 * between is skipped, and no library's version enters into the identity of a record. What Russian
 * and English need beyond UAX #29 is in sentence_words.c and in the conditions below.
 */
#include "sentence.h"

#include "base/utf8.h"

#include <string.h>

/* How many bytes a rule looks back or ahead over words, quotes and brackets: a walk stays linear
 * whatever the text. */
#define LOOK 64

/* What stands at the end of a possible sentence. */
struct tail {
    size_t end;    /* behind the last mark, quote, bracket or emoji */
    size_t next;   /* first visible byte behind it, or the end of the line */
    unsigned dots;
    unsigned stops; /* ! ? and the like */
    bool closed;    /* a quote or bracket closes behind a mark */
    bool smile;     /* a bracket smiley or an emoji, in the text or taken out of it */
};

static bool is_blank(uint32_t cp)
{
    return cp == ' ' || cp == '\t' || cp == '\r' || cp == 0xa0 || cp == 0x202f || cp == 0x200b ||
           cp == 0x2800 || (cp >= 0x2000 && cp <= 0x200a);
}

static bool is_ellipsis(uint32_t cp)
{
    return cp == 0x2026;
}

static bool is_stop(uint32_t cp)
{
    return cp == '!' || cp == '?' || cp == 0x203c || (cp >= 0x2047 && cp <= 0x2049) ||
           cp == 0x3002 || cp == 0xff01 || cp == 0xff1f;
}

static bool is_close(uint32_t cp)
{
    return cp == ')' || cp == ']' || cp == '}' || cp == '"' || cp == '\'' || cp == 0xbb ||
           cp == 0x201c || cp == 0x201d || cp == 0x2019 || cp == '*' || cp == '_';
}

static bool is_open(uint32_t cp)
{
    return cp == '(' || cp == '[' || cp == '{' || cp == '"' || cp == '\'' || cp == 0xab ||
           cp == 0x201c || cp == 0x201e || cp == 0x2018 || cp == '*' || cp == '_';
}

static bool is_dash(uint32_t cp)
{
    return cp == '-' || (cp >= 0x2012 && cp <= 0x2015);
}

/* Pictures, and what joins and varies them. Letters and signs of money or mathematics are none. */
static bool is_emoji(uint32_t cp)
{
    return (cp >= 0x1f000 && cp <= 0x1faff) || (cp >= 0x2600 && cp <= 0x27bf) || cp == 0xfe0f ||
           cp == 0x200d || cp == 0x2b50 || (cp >= 0x2b05 && cp <= 0x2b1c) ||
           (cp >= 0xe0020 && cp <= 0xe007f);
}

static bool is_upper(uint32_t cp)
{
    return tm_lower(cp) != cp;
}

static bool is_lower(uint32_t cp)
{
    return cp != TM_NO_CODE_POINT && tm_is_letter(cp) && !is_upper(cp);
}

static uint32_t cp_at(const struct tm_sentences *s, size_t at)
{
    return tm_utf8_at(s->text, s->line_end, at);
}

static size_t step(const struct tm_sentences *s, size_t at)
{
    (void)tm_utf8_next(s->text, s->line_end, &at);
    return at;
}

static size_t skip_blanks(const struct tm_sentences *s, size_t at)
{
    while (at < s->line_end && is_blank(cp_at(s, at)))
        at = step(s, at);
    return at;
}

/* Whether an emoji was taken out in [from, to]. */
static bool is_soft(struct tm_sentences *s, size_t from, size_t to)
{
    while (s->n_soft != 0 && s->soft[0] < from) {
        s->soft++;
        s->n_soft--;
    }
    return s->n_soft != 0 && s->soft[0] <= to;
}

/* Whether a digit, or a letter alone, stands before `at`. */
static bool is_short(const struct tm_sentences *s, size_t at)
{
    if (at == 0)
        return false;
    uint32_t cp = tm_utf8_before(s->text, at);
    size_t first = tm_utf8_back(s->text, at);
    uint32_t second = first == s->start ? ' ' : tm_utf8_before(s->text, first);
    return tm_is_digit(cp) || (tm_is_letter(cp) && (is_blank(second) || is_open(second)));
}

/* Length of a smiley at `at`, or 0: eyes, perhaps a nose, a mouth; or brackets alone, closing ones
 * that no bracket of the sentence opened, two or more opening ones. */
static size_t smiley(const struct tm_sentences *s, size_t at)
{
    const char *p = s->text;
    size_t i = at, end = s->line_end;
    bool eyes = i < end && (p[i] == ':' || p[i] == ';' || p[i] == '=' || p[i] == '8');
    if (eyes)
        i++;
    if (eyes && i < end && (p[i] == '-' || p[i] == '^' || p[i] == 'o'))
        i++;
    size_t mouth = i;
    while (i < end && (p[i] == ')' || p[i] == '(') && p[i] == p[mouth] && i - mouth < LOOK)
        i++;
    size_t n = i - mouth;
    if (n == 0)
        return eyes && i < end && strchr("DPpd", p[i]) != NULL && p[at] != '8' &&
                       (i + 1 == end || (unsigned char)p[i + 1] <= ' ')
                   ? i + 1 - at
                   : 0;
    if (eyes)
        return p[at] == '8' && at != 0 && (unsigned char)p[at - 1] > ' ' ? 0 : i - at;
    if (p[mouth] == '(')
        return n >= 2 && (i == end || (unsigned char)p[i] <= ' ') ? n : 0;
    /* "1)", "a)" count */
    if (n == 1 && at != s->start && is_short(s, at))
        return 0;
    return n > s->open ? n : 0;
}

/* Reads marks, what closes behind them, smileys and emoji from `at` on. */
static struct tail read_tail(struct tm_sentences *s, size_t at)
{
    struct tail t = {.end = at, .next = at};
    for (;;) {
        uint32_t cp = cp_at(s, t.end);
        bool marked = t.dots + t.stops != 0;
        size_t smile = smiley(s, t.end);
        if (cp == TM_NO_CODE_POINT)
            break;
        if (cp == '.' || is_ellipsis(cp)) {
            t.dots += cp == '.' ? 1 : 3;
            t.end = step(s, t.end);
        } else if (is_stop(cp)) {
            t.stops++;
            t.end = step(s, t.end);
        } else if (smile != 0) {
            t.smile = true;
            t.end += smile;
        } else if (is_emoji(cp)) {
            t.smile = true;
            t.end = step(s, t.end);
        } else if (is_close(cp) && (marked || t.smile)) {
            t.closed = true;
            s->open -= cp == ')' && s->open != 0;
            t.end = step(s, t.end);
        } else {
            size_t next = skip_blanks(s, t.end);
            if (next == t.end || next == s->line_end ||
                (!is_emoji(cp_at(s, next)) && smiley(s, next) == 0))
                break;
            t.end = next;
        }
    }
    t.next = skip_blanks(s, t.end);
    t.smile |= is_soft(s, at, t.next);
    return t;
}

/* The word whose last byte stands before `end`: letters, digits, and full stops and hyphens
 * between them. */
static size_t word_begin(const struct tm_sentences *s, size_t end)
{
    size_t at = end;
    while (at > s->start && end - at < LOOK) {
        uint32_t cp = tm_utf8_before(s->text, at);
        if (!tm_is_letter(cp) && !tm_is_digit(cp) && cp != '.' && cp != '-' && cp != '\'' &&
            cp != '/')
            break;
        at = tm_utf8_back(s->text, at);
    }
    return at;
}

/* The letter or digit that begins what follows, quotes and brackets and dashes passed over. */
static uint32_t first_letter(const struct tm_sentences *s, size_t at)
{
    size_t from = at;
    while (at < s->line_end && at - from < LOOK) {
        uint32_t cp = cp_at(s, at);
        if (tm_is_letter(cp) || tm_is_digit(cp))
            return cp;
        if (!is_open(cp) && !is_blank(cp) && !is_dash(cp) && cp != '.' && !is_ellipsis(cp))
            return cp;
        at = step(s, at);
    }
    return TM_NO_CODE_POINT;
}

static size_t word_end(const struct tm_sentences *s, size_t at)
{
    size_t end = at;
    while (end < s->line_end && end - at < LOOK && tm_is_letter(cp_at(s, end)))
        end = step(s, end);
    return end;
}

static unsigned word_at(const struct tm_sentences *s, size_t at)
{
    size_t end = word_end(s, at);
    return sentence_word(s->text + at, end - at);
}

/* A number of one or two digits, a letter or a Roman numeral that stands first and has a full stop
 * or bracket behind it counts what follows. */
static bool is_counter(const struct tm_sentences *s, size_t word, size_t end)
{
    if (word != s->start)
        return false;
    size_t n = 0;
    bool digits = true, roman = true;
    for (size_t at = word; at < end; at = step(s, at), n++) {
        uint32_t cp = cp_at(s, at);
        digits = digits && (tm_is_digit(cp) || cp == '.');
        roman = roman && cp < 0x80 && strchr("IVXivx", (int)cp) != NULL;
    }
    return (digits && n <= 5) || (roman && n <= 4) || n == 1;
}

/* Whether a single full stop at `at` ends an abbreviation or an initial and no sentence. */
static bool is_abbreviation(const struct tm_sentences *s, size_t at, const struct tail *t)
{
    size_t word = word_begin(s, at);
    size_t n = at - word;
    uint32_t next = first_letter(s, t->next);
    if (n == 0)
        return false;
    if (is_counter(s, word, at))
        return true;
    unsigned kind = sentence_word(s->text + word, n);
    uint32_t first = cp_at(s, word);
    bool starter = (word_at(s, t->next) & (SENTENCE_STARTER | SENTENCE_PRONOUN)) != 0;
    if (is_upper(first) && step(s, word) == at) {
        bool pronoun = first == 'I' || first == 0x42f;
        return !(starter && pronoun);
    }
    if ((kind & SENTENCE_BEFORE_NUMBER) != 0 && tm_is_digit(next))
        return true;
    if ((kind & SENTENCE_UNIT) != 0) {
        /* "2015 г.", "XIX в.", but "г. Москва" */
        uint32_t before = tm_utf8_before(s->text, word);
        size_t blank = is_blank(before) ? tm_utf8_back(s->text, word) : word;
        uint32_t count = tm_utf8_before(s->text, blank);
        if (!tm_is_digit(count) && !(count < 0x80 && strchr("IVX", (int)count) != NULL))
            return true;
        return !is_upper(next);
    }
    if ((kind & SENTENCE_ABBREVIATION) != 0)
        return true;
    if ((kind & SENTENCE_LAST) != 0)
        return !(starter || (is_upper(next) && first >= 0x400));
    /* "U.S.", "a.m.": several letters with full stops between them */
    if (memchr(s->text + word, '.', n) != NULL && n <= 8 && !tm_is_digit(first))
        return !starter;
    return false;
}

/* Whether a word of small letters alone, at least three, ends at `at`. */
static bool is_plain_word(const struct tm_sentences *s, size_t at)
{
    size_t word = word_begin(s, at), n = 0;
    for (; word < at; word = step(s, word), n++)
        if (!is_lower(cp_at(s, word)))
            return false;
    return n >= 3;
}

/* Whether the sentence ends at the tail that begins at `at`. */
static bool ends_here(struct tm_sentences *s, size_t at, const struct tail *t)
{
    if (t->next == s->line_end)
        return true;
    uint32_t next = cp_at(s, t->next), letter = first_letter(s, t->next);
    bool blank = t->next != t->end;
    if (!s->seen)
        return false;
    if (t->dots + t->stops == 0)
        return t->smile && (is_upper(letter) || next == '@' || next == '#');
    if (!blank && !t->smile) {
        /* a missing blank: "так.Но", never "e.g", "3.5", "Node.js" */
        size_t word = word_begin(s, at);
        if (t->closed || !is_upper(next) || at - word < 3)
            return false;
        return is_lower(tm_utf8_before(s->text, at)) && is_lower(cp_at(s, step(s, t->next))) &&
               memchr(s->text + word, '.', at - word) == NULL;
    }
    if (t->dots == 1 && t->stops == 0 && !t->closed && is_abbreviation(s, at, t))
        return false;
    if (is_lower(letter))
        return (t->stops != 0 || (t->dots == 1 && is_plain_word(s, at))) && !t->closed &&
               is_lower(next);
    return true;
}

/* Whether a sentence begins at `at`, behind a blank, though nothing ended the one before: a small
 * word, no mark, then a word that is seldom capital elsewhere, then a small one again. */
static bool begins_here(const struct tm_sentences *s, size_t blank, size_t at)
{
    uint32_t before = tm_utf8_before(s->text, blank);
    bool closed = (before == ')' && !is_short(s, blank - 1)) || before == ']';
    if (!s->seen || (!closed && !is_lower(before)))
        return false;
    size_t end = word_end(s, at);
    if (!is_blank(cp_at(s, end)) || !is_lower(cp_at(s, skip_blanks(s, end))))
        return false;
    return (closed || is_lower(cp_at(s, word_begin(s, blank)))) &&
           (sentence_word(s->text + at, end - at) & SENTENCE_STARTER) != 0;
}

/* What a byte may be to the walk: a letter or digit, (the last byte of) a Latin or Russian capital,
 * the first byte of a mark, a bracket or an emoji. */
enum hint { WORD = 1, CAPITAL = 2, MARK = 4 };

static unsigned hint_of(char c)
{
    static const uint8_t hint[256] = {
        0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
        0, 4, 0, 0, 0, 0, 0, 0, 4, 4, 0, 0, 0, 0, 4, 0, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 4, 4, 0, 4, 0, 4,
        0, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 0, 0, 0, 0, 0,
        0, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0,
        1, 2, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2,
        2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1,
        1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1,
        1, 1, 4, 4, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 4, 4, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1,
    };
    return hint[(unsigned char)c];
}

static bool is_mark(const struct tm_sentences *s, size_t at)
{
    uint32_t cp = cp_at(s, at);
    return cp == '.' || is_stop(cp) || is_ellipsis(cp) || is_emoji(cp) || smiley(s, at) != 0;
}

/* Moves on to the next place that a rule may have something to say about. */
static size_t skip_plain(struct tm_sentences *s, size_t at)
{
    size_t stop = s->n_soft != 0 && s->soft[0] < s->line_end ? s->soft[0] : s->line_end;
    unsigned seen = 0;
    for (; at < stop; at++) {
        unsigned hint = hint_of(s->text[at]);
        if (hint > WORD)
            break;
        seen |= hint;
    }
    s->seen = s->seen || seen != 0;
    return at;
}

/* Where the letter begins whose last byte, at `at`, may make it a capital behind a blank; `at` for
 * none. */
static size_t capital(const struct tm_sentences *s, size_t at)
{
    size_t first = (unsigned char)s->text[at] < 0x80 ? at : at - 1;
    bool letter = first == at || (unsigned char)s->text[first] == 0xd0;
    return at > s->start + 1 && letter && s->text[first - 1] == ' ' ? first : at + 1;
}

/* The end of the sentence that begins at s->start; *ret_next is where the next one may begin. */
static size_t find_end(struct tm_sentences *s, size_t *ret_next)
{
    size_t at = s->start;
    s->seen = false;
    while ((at = skip_plain(s, at)) < s->line_end) {
        char c = s->text[at];
        unsigned hint = hint_of(c);
        bool soft = s->n_soft != 0 && s->soft[0] <= at && is_soft(s, at, at);
        if (soft || (hint == MARK && is_mark(s, at))) {
            struct tail t = read_tail(s, at);
            if (ends_here(s, at, &t)) {
                *ret_next = t.next;
                return t.end;
            }
            at = t.end > at ? t.end : at + 1;
            continue;
        }
        size_t first = hint == CAPITAL ? capital(s, at) : at + 1;
        if (first <= at && begins_here(s, first - 1, first)) {
            *ret_next = first;
            return first - 1;
        }
        s->seen = s->seen || first <= at || hint == CAPITAL;
        s->open += c == '(';
        s->open -= c == ')' && s->open != 0;
        at++;
    }
    *ret_next = at;
    return at;
}

void tm_sentences_begin(struct tm_sentences *s, const char *text, size_t n, const size_t *soft,
                        size_t n_soft)
{
    *s = (struct tm_sentences){.text = text, .n = n, .soft = soft, .n_soft = n_soft};
}

/* Moves to the next line that has something visible, when this one is used up. */
static bool next_line(struct tm_sentences *s)
{
    while (s->start == s->line_end) {
        if (s->next_line >= s->n)
            return false;
        const char *line = s->text + s->next_line;
        const char *stop = memchr(line, '\n', s->n - s->next_line);
        s->start = s->next_line;
        s->line_end = stop == NULL ? s->n : (size_t)(stop - s->text);
        s->next_line = s->line_end + 1;
        s->open = 0;
        s->start = skip_blanks(s, s->start);
    }
    return true;
}

bool tm_sentences_next(struct tm_sentences *s, size_t *ret_offset, size_t *ret_length)
{
    if (!next_line(s))
        return false;
    size_t next, end = find_end(s, &next);
    while (end > s->start && is_blank(tm_utf8_before(s->text, end)))
        end = tm_utf8_back(s->text, end);
    *ret_offset = s->start;
    *ret_length = end - s->start;
    s->start = next;
    return true;
}
