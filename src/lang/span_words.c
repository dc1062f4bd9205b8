/* SPDX-License-Identifier: Apache-2.0 */
/* The look of single words, by which spans are parted where letters do not tell. */
#include "span_words.h"

#include <string.h>

static bool is_letter_byte(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (unsigned char)c >= 0xc3;
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_one_of(char c, const char *set)
{
    return c != '\0' && strchr(set, c) != NULL;
}

static bool is_same(const char *s, size_t n, const char *what)
{
    return strlen(what) == n && memcmp(s, what, n) == 0;
}

static bool ends_with(const char *s, size_t n, const char *what)
{
    size_t k = strlen(what);
    return n >= k && memcmp(s + n - k, what, k) == 0;
}

static bool has_digit(const char *s, size_t n)
{
    size_t i = 0;
    while (i < n && !is_digit(s[i]))
        i++;
    return i < n;
}

/* "XIX", "IV", "I": a numeral of the language around it (and the English pronoun). */
static bool is_roman(const char *s, size_t n)
{
    size_t k = 0;
    for (size_t i = 0; i < n; i++) {
        bool letter = is_letter_byte(s[i]);
        if (letter && !is_one_of(s[i], "IVXL"))
            return false;
        k += letter;
    }
    return k != 0;
}

static bool is_neutral(const char *s, size_t n)
{
    bool letter = n == 1 && is_one_of(s[0], "ABCEHKMOPTXceopxy");
    return letter || is_same(s, n, "P.S.") || is_roman(s, n);
}

static bool is_dash(const char *s, size_t n)
{
    size_t i = 0;
    while (i < n && (s[i] == '-' || (unsigned char)s[i] == 0xe2 || (unsigned char)s[i] == 0x80 ||
                     ((unsigned char)s[i] >= 0x90 && (unsigned char)s[i] <= 0x95)))
        i++;
    return i == n;
}

/* Emoji and dingbats. */
static bool is_picture(const char *s, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        unsigned char a = (unsigned char)s[i], b = i + 1 < n ? (unsigned char)s[i + 1] : 0;
        if (a == 0xf0 || (a == 0xe2 && b >= 0x98))
            return true;
    }
    return false;
}

/* Of a word that is no evidence; `letters` are those of a link or of a handle. */
static enum lid_look look_at(const char *s, size_t n)
{
    bool letters = false;
    for (size_t i = 0; i < n && !letters; i++)
        letters = is_letter_byte(s[i]) && (unsigned char)s[i] < 0xe2;
    if (s[0] == '@')
        return LID_HANDLE;
    if (letters)
        return LID_LINK;
    if (is_dash(s, n))
        return LID_DASH;
    if (is_digit(s[0]) || (is_one_of(s[0], "$+#") && has_digit(s, n)))
        return LID_NUMBER;
    if (has_digit(s, n))
        return LID_FIGURE;
    if (is_picture(s, n))
        return LID_PICTURE;
    if (s[0] == '*' || memcmp(s, "\xe2\x80\xa2", n < 3 ? n : 3) == 0)
        return LID_BULLET;
    return n > 1 && is_one_of(s[0], ":;=()") ? LID_SMILEY : LID_MARK;
}

static enum lid_ending ending_of(const char *s, size_t n)
{
    size_t k = n;
    while (k != 0 && (is_one_of(s[k - 1], "\"')]") || ends_with(s, k, "\xc2\xbb")))
        k -= (unsigned char)s[k - 1] == 0xbb ? 2 : 1;
    if (k != 0 && (is_one_of(s[k - 1], ".!?") || ends_with(s, k, "\xe2\x80\xa6")))
        return LID_STOP;
    if (is_one_of(s[n - 1], ",;"))
        return LID_COMMA;
    if (s[n - 1] == ':')
        return LID_COLON;
    return k != n ? LID_CLOSING : LID_PLAIN;
}

/* Of the first letter of a word, Latin without marks or Cyrillic. */
static enum lid_case case_of(const char *s, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        unsigned char a = (unsigned char)s[i], b = i + 1 < n ? (unsigned char)s[i + 1] : 0;
        if ((a >= 'a' && a <= 'z') || a == 0xd1 || (a == 0xd0 && b >= 0xb0))
            return LID_SMALL;
        if ((a >= 'A' && a <= 'Z') || a == 0xd0)
            return LID_CAPITAL;
    }
    return LID_NO_CASE;
}

static void read_word(const struct lid_model *model, const char *s, struct lid_word *word)
{
    struct lid_evidence ev = {0};
    lid_evidence_add(model, s, word->length, &ev);
    int script = lid_dominant(&ev);
    word->script = (int8_t)script;
    word->logit =
        script >= 0 && script < LID_SCRIPTS ? lid_logit(model, &ev, (enum lid_script)script) : 0;
    word->ending = ending_of(s, word->length);
    word->look = LID_LETTERS;
    if (is_same(s, word->length, "RT"))
        word->look = LID_HANDLE;
    else if (script < 0)
        word->look = look_at(s, word->length);
    else if (word->length > 1 && s[0] == '#' && (unsigned char)s[1] < 0x80)
        word->look = LID_TAG;
    else if (is_neutral(s, word->length))
        word->look = LID_NEUTRAL;
}

static size_t find_words(const char *text, size_t n, struct lid_word *ret)
{
    size_t k = 0;
    for (size_t i = 0; i < n;) {
        while (i < n && (unsigned char)text[i] <= ' ')
            i++;
        size_t first = i;
        while (i < n && (unsigned char)text[i] > ' ')
            i++;
        if (i > first && ret != NULL)
            ret[k] = (struct lid_word){.offset = first, .length = i - first};
        k += i > first;
    }
    return k;
}

size_t lid_words_read(const struct lid_model *model, const char *text, size_t n,
                      struct lid_word *ret)
{
    size_t k = find_words(text, n, ret);
    enum lid_case next = LID_NO_CASE;
    bool begins = true;
    for (size_t i = 0; ret != NULL && i < k; i++) {
        read_word(model, text + ret[i].offset, &ret[i]);
        if (begins && ret[i].look == LID_NUMBER)
            ret[i].look = LID_COUNTER;
        begins = ret[i].ending == LID_STOP;
    }
    for (size_t i = ret == NULL ? 0 : k; i-- > 0;) {
        if (ret[i].look == LID_LETTERS)
            next = case_of(text + ret[i].offset, ret[i].length);
        ret[i].next = next;
    }
    return k;
}
