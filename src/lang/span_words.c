/* SPDX-License-Identifier: Apache-2.0 */
/* The look of single words, by which spans are parted where letters do not tell. */
#include "span_words.h"

#include <string.h>

static bool is_letter_byte(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (unsigned char)c >= 0xc3;
}

static bool is_same(const char *s, size_t n, const char *what)
{
    return strlen(what) == n && memcmp(s, what, n) == 0;
}

/* "XIX", "IV", "I": a numeral of the language around it (and the English pronoun). */
static bool is_roman(const char *s, size_t n)
{
    size_t k = 0;
    for (size_t i = 0; i < n; i++) {
        bool letter = is_letter_byte(s[i]);
        if (letter && (s[i] == '\0' || strchr("IVXL", s[i]) == NULL))
            return false;
        k += letter;
    }
    return k != 0;
}

bool lid_word_is_neutral(const char *s, size_t n)
{
    bool letter = n == 1 && s[0] != '\0' && strchr("ABCEHKMOPTXceopxy", s[0]) != NULL;
    bool tag = n > 1 && s[0] == '#' && (unsigned char)s[1] < 0x80;
    return letter || tag || is_same(s, n, "RT") || is_same(s, n, "P.S.") || is_roman(s, n);
}

bool lid_word_ends_sentence(const char *p, size_t n)
{
    while (n != 0 && strchr("\"')]", p[n - 1]) != NULL && p[n - 1] != '\0')
        n--;
    if (n >= 2 && memcmp(p + n - 2, "\xc2\xbb", 2) == 0)
        n -= 2;
    if (n >= 3 && memcmp(p + n - 3, "\xe2\x80\xa6", 3) == 0)
        return true;
    return n != 0 && (p[n - 1] == '.' || p[n - 1] == '!' || p[n - 1] == '?');
}

bool lid_word_is_dash(const char *s, size_t n)
{
    size_t i = 0;
    while (i < n && (s[i] == '-' || (unsigned char)s[i] == 0xe2 || (unsigned char)s[i] == 0x80 ||
                     ((unsigned char)s[i] >= 0x90 && (unsigned char)s[i] <= 0x95)))
        i++;
    return i == n;
}

int lid_word_case(const char *text, size_t n, size_t at)
{
    while (at < n && (unsigned char)text[at] <= ' ')
        at++;
    if (at + 1 >= n)
        return 0;
    unsigned char a = (unsigned char)text[at], b = (unsigned char)text[at + 1];
    bool small = (a >= 'a' && a <= 'z') || (a == 0xd0 && b >= 0xb0) || a == 0xd1;
    return small ? -1 : (a >= 'A' && a <= 'Z') || a == 0xd0;
}

/* Emoji but faces, which comment on what was said, and bullets. */
static bool is_picture(const char *s, size_t n)
{
    const unsigned char *p = (const unsigned char *)s;
    if (n < 3 || (p[0] != 0xf0 && p[0] != 0xe2))
        return false;
    bool face =
        n >= 4 && p[1] == 0x9f && (p[2] == 0x98 || (p[2] == 0x99 && p[3] < 0x90) || p[2] == 0xa4);
    return !face && (p[0] == 0xf0 || p[1] >= 0x96);
}

int lid_word_leaning(const char *text, size_t total, size_t offset, size_t n, bool begins)
{
    const char *s = text + offset;
    if (s[0] == '@' || is_same(s, n, "A") || is_same(s, n, "RT"))
        return 1;
    for (size_t i = 0; i < n; i++)
        if (is_letter_byte(s[i]) && (unsigned char)s[i] < 0xe2)
            return 0;
    int next = lid_word_case(text, total, offset + n);
    if (lid_word_is_dash(s, n))
        return begins || next > 0 ? 1 : -1;
    if ((s[0] >= '0' && s[0] <= '9') || ((s[0] == '$' || s[0] == '+') && n > 1))
        return begins || next < 0 ? 1 : -1;
    return begins && (s[0] == '*' || is_picture(s, n)) ? 1 : -1;
}
