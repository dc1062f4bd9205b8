/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Program code is written with English words, and every n-gram model takes it for English. What
 * tells it is punctuation that prose does not have: the signs below weigh against the words.
 */
#include "lid_text.h"

#include <string.h>

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
        return in_word && is_word(after) && !(is_upper(before) && is_upper(after)) ? 3 : 0;
    case '*':
    case '$':
    case '%':
    case '+':
    case '~':
        return 1;
    case '/':
        return before == '/' || before == '*' ? 3 : 0;
    case ';':
        return after == '\0' ? 3 : 0;
    case '"':
    case '\'':
        return before == '(' || after == ')' || before == '=' || after == ',' ? 2 : 0;
    default:
        return 0;
    }
}

static bool starts_with(const char *p, size_t n, const char *const *words)
{
    for (; *words != NULL; words++) {
        size_t length = strlen(*words);
        if (n > length && memcmp(p, *words, length) == 0 && (unsigned char)p[length] <= ' ')
            return true;
    }
    return false;
}

/* Weight of how the line begins: a directive ("#include", where other # are hashtags), or a word
 * that begins statements, which counts with other signs only. */
static unsigned weigh_start(const char *p, size_t n)
{
    static const char *const directives[] = {"include", "define", "if",    "ifdef", "ifndef",
                                             "endif",   "pragma", "undef", NULL};
    static const char *const keywords[] = {"return", "struct", "int",      "void",   "const",
                                           "static", "char",   "unsigned", "extern", "typedef",
                                           "double", "float",  "enum",     "def",    "var",
                                           "let",    "import", "using",    NULL};
    size_t i = 0;
    while (i < n && (p[i] == ' ' || p[i] == '\t' || p[i] == '#'))
        i++;
    if (memchr(p, '#', i) != NULL)
        return starts_with(p + i, n - i, directives) ? 8 : 0;
    return starts_with(p + i, n - i, keywords) ? 3 : 0;
}

struct signs {
    unsigned weight;
    unsigned words;
};

/* Bytes of the symbol at text[0..n), n > 0: emoji, dashes, quotes (U+2000..U+2FFF, U+F000..U+FFFF and
 * above); 0 when something else stands there. */
static size_t symbol_length(const char *text, size_t n)
{
    unsigned char c = (unsigned char)text[0];
    size_t length = c == 0xe2 || c == 0xef ? 3 : c >= 0xf0 ? 4 : 0;
    return length < n ? length : n;
}

static void add_signs(const char *text, size_t n, struct signs *s)
{
    char before = '\0', second = '\0';
    bool letters = false; /* the token has had a letter */
    for (size_t i = 0; i < n; i++) {
        size_t symbol = symbol_length(text + i, n - i);
        if (symbol != 0) {
            i += symbol - 1;
            before = second = ' ';
            letters = false;
            continue;
        }
        char c = text[i], after = i + 1 < n ? text[i + 1] : '\0';
        if (is_word(c)) {
            s->words += !is_word(before) && !is_digit(before);
            s->weight += is_upper(c) && is_lower(before) ? 3 : 0; /* camelCase */
            s->weight += is_digit(before) && letters ? 2 : 0;     /* hexadecimal */
            letters = true;
        } else if (!is_digit(c) && (c != before || c != second)) {
            s->weight += weigh(before, c, after); /* not for each sign of a ruler */
        }
        letters = letters && (is_word(c) || is_digit(c));
        second = before;
        before = c;
    }
}

/* A quick look that lets ordinary prose pass: too few signs for its blanks. */
static bool is_prose(const char *text, size_t n)
{
    static const uint8_t sign[256] = {
        ['_'] = 4, ['{'] = 4, ['}'] = 4,  ['\\'] = 4, ['|'] = 4, ['^'] = 4, ['<'] = 4,
        ['>'] = 4, ['('] = 4, [')'] = 4,  ['['] = 4,  [']'] = 4, ['='] = 4, [':'] = 4,
        ['&'] = 4, ['*'] = 4, ['#'] = 16, ['$'] = 4,  ['%'] = 4, ['+'] = 4, ['~'] = 4,
        ['/'] = 4, [';'] = 4, ['0'] = 2,  ['1'] = 2,  ['2'] = 2, ['3'] = 2, ['4'] = 2,
        ['5'] = 2, ['6'] = 2, ['7'] = 2,  ['8'] = 2,  ['9'] = 2,
    };
    uint32_t signs = 0, blanks = 0;
    for (size_t i = 0; i < n; i++) {
        signs += sign[(unsigned char)text[i]];
        blanks += text[i] == ' ';
    }
    return signs < blanks;
}

bool lid_is_code(const char *text, size_t n)
{
    const size_t enough = 400; /* a line of code shows itself early */
    while (n != 0 && (unsigned char)text[n - 1] <= ' ')
        n--;
    n = n < enough ? n : enough;
    if (is_prose(text, n))
        return false;
    struct lid_links links;
    struct signs s = {weigh_start(text, n), 0};
    lid_links_init(&links, text, n);
    while (lid_links_next(&links, &text, &n))
        add_signs(text, n, &s);
    return s.weight >= 4 && s.weight > s.words;
}
