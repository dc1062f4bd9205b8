/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Program code is written with English words, and every n-gram model takes it for English. What
 * tells it is punctuation that prose does not have: the signs below weigh against the words.
 */
#include "lid_text.h"

static bool is_lower(char c)
{
    return c >= 'a' && c <= 'z';
}

static bool is_upper(char c)
{
    return c >= 'A' && c <= 'Z';
}

static bool is_word(char c)
{
    return is_lower(c) || is_upper(c) || (unsigned char)c >= 0x80;
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* Weight of text[i], which is not a letter, as a sign of code. */
static unsigned weigh(char before, char c, char after)
{
    bool in_word = (is_word(before) || is_digit(before)) && (is_word(after) || is_digit(after));
    switch (c) {
    case '_':
        return is_word(before) || is_word(after) ? 4 : 1;
    case '{':
    case '}':
    case '\\':
    case '|':
    case '^':
    case '<':
    case '>':
        return 3;
    case '(':
        return is_word(before) || is_digit(before) ? 4 : before == '(' ? 3 : 0;
    case ')':
        return before == '(' || after == ';' || after == '{' ? 3 : 0;
    case '[':
    case ']':
        return in_word || before == '[' || is_word(before) ? 3 : 1;
    case '=':
        return before == '=' || after == '=' ? 4 : 3;
    case ':':
        return after == ':' ? 4 : 0;
    case '&':
        return after == '&' || is_word(after) ? 3 : 0;
    case '-':
        return after == '>' || (before == '-' && is_word(after)) ? 4 : 0;
    case '.':
        return in_word && is_word(after) ? 3 : 0;
    case '*':
        return is_word(after) || is_word(before) ? 2 : 1;
    case '#':
    case '$':
    case '%':
    case '+':
    case '~':
        return 1;
    case '/':
        return before == '/' || before == '*' ? 3 : 0;
    case ';':
        return after == '\0' ? 4 : 0;
    case '"':
    case '\'':
        return before == '(' || after == ')' || before == '=' || after == ',' ? 2 : 0;
    default:
        return 0;
    }
}

struct signs {
    unsigned weight;
    unsigned words;
};

static void add_signs(const char *text, size_t n, struct signs *s)
{
    char before = '\0', second = '\0';
    for (size_t i = 0; i < n; i++) {
        char c = text[i], after = i + 1 < n ? text[i + 1] : '\0';
        if (is_word(c)) {
            s->words += !is_word(before) && !is_digit(before);
            s->weight += is_upper(c) && is_lower(before) ? 3 : 0; /* camelCase */
        } else if (is_digit(c)) {
            s->weight += is_word(before) && is_word(after) ? 2 : 0; /* hexadecimal */
        } else if (c != before || c != second) {
            s->weight += weigh(before, c, after); /* not for each sign of a ruler */
        }
        second = before;
        before = c;
    }
}

bool lid_is_code(const char *text, size_t n)
{
    const size_t enough = 400; /* a line of code shows itself early */
    struct signs s = {0, 0};
    while (n != 0 && (unsigned char)text[n - 1] <= ' ')
        n--;
    struct lid_links links;
    lid_links_init(&links, text, n < enough ? n : enough);
    while (lid_links_next(&links, &text, &n))
        add_signs(text, n, &s);
    return s.weight >= 4 && s.weight > s.words;
}
