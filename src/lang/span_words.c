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

/* "XIX", "IV": a numeral of the language around it. */
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
    return (n == 1 && is_one_of(s[0], "ABCEHKMOPTXceopxy")) || is_same(s, n, "P.S.");
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

/* Of a word that begins with a digit or with a sign in front of one. */
static enum lid_look number_at(const char *s, size_t n)
{
    size_t digits = 0, signs = 0;
    for (size_t i = 0; i < n; i++) {
        digits += is_digit(s[i]);
        signs += !is_digit(s[i]) && !is_one_of(s[i], ".,;!?()\"'");
    }
    return signs != 0 || digits > 4 ? LID_MEASURE : digits == 4 ? LID_YEAR : LID_NUMBER;
}

static enum lid_look mark_at(const char *s, size_t n)
{
    if (is_dash(s, n))
        return s[0] != '-' ? LID_DASH : n == 1 ? LID_HYPHEN : LID_HYPHENS;
    if (is_picture(s, n))
        return LID_PICTURE;
    if (s[0] == '*' || memcmp(s, "\xe2\x80\xa2", n < 3 ? n : 3) == 0)
        return LID_BULLET;
    if (n > 1 && is_one_of(s[0], ":;=()"))
        return LID_SMILEY;
    if (is_one_of(s[0], "([{<") || is_same(s, n, "\xc2\xab"))
        return LID_OPEN;
    return is_one_of(s[0], ")]}>.,;!?") || is_same(s, n, "\xc2\xbb") ? LID_CLOSE : LID_MARK;
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
    if (is_digit(s[0]) || (is_one_of(s[0], "$+#") && has_digit(s, n)))
        return number_at(s, n);
    return has_digit(s, n) ? LID_FIGURE : mark_at(s, n);
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

static enum lid_look size_of(const char *s, size_t n)
{
    size_t letters = 0;
    if (case_of(s, n) == LID_CAPITAL)
        return LID_NAME;
    for (size_t i = 0; i < n; i++)
        letters += is_letter_byte(s[i]) && (unsigned char)s[i] < 0xe2;
    return letters <= 2 ? LID_TINY : letters <= 4 ? LID_SHORT : LID_LONG;
}

/* Of a word with letters; one or two letters of another script are a smiley. */
static enum lid_look letters_at(const char *s, size_t n, int script, uint32_t other)
{
    if (n > 1 && s[0] == '#' && (unsigned char)s[1] < 0x80)
        return LID_TAG;
    if (script == LID_SCRIPTS && other <= 2)
        return LID_SMILEY;
    if (is_neutral(s, n))
        return LID_NEUTRAL;
    if (is_roman(s, n))
        return is_same(s, n, "I") ? LID_I : LID_NUMBER;
    return size_of(s, n);
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
    if (is_same(s, word->length, "RT"))
        word->look = LID_HANDLE;
    else if (script < 0)
        word->look = look_at(s, word->length);
    else
        word->look = letters_at(s, word->length, script, ev.other);
}

static bool is_number(const struct lid_word *word)
{
    return word->look >= LID_NUMBER && word->look <= LID_COUNTER;
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

/* What a number means by what is around it. */
static void read_numbers(const char *text, struct lid_word *word, size_t n)
{
    bool begins = true;
    for (size_t i = 0; i < n; i++) {
        if (begins && is_number(&word[i]))
            word[i].look = LID_COUNTER;
        begins = word[i].ending == LID_STOP;
    }
    for (size_t i = 0; i < n; i++) {
        bool beside = (i != 0 && is_number(&word[i - 1])) || (i + 1 < n && is_number(&word[i + 1]));
        if (beside && lid_has_letters(&word[i]) &&
            lid_is_unit(text + word[i].offset, word[i].length))
            word[i].look = LID_UNIT;
    }
}

static bool is_alike(const struct lid_word *a, const struct lid_word *b)
{
    return lid_has_letters(a) && lid_has_letters(b) && a->script == b->script;
}

/* What a word is by its neighbours, from the last one back. */
static void read_neighbours(const char *text, struct lid_word *word, size_t n)
{
    enum lid_case next = LID_NO_CASE;
    for (size_t i = n; i-- > 0;) {
        if (word[i].look == LID_UNIT)
            next = LID_COUNTED;
        else if (lid_has_letters(&word[i]))
            next = case_of(text + word[i].offset, word[i].length);
        word[i].next = next;
        word[i].run = i != 0 && is_alike(&word[i - 1], &word[i])      ? LID_AGAIN
                      : i + 1 < n && is_alike(&word[i], &word[i + 1]) ? LID_FIRST
                                                                      : LID_ALONE;
    }
}

size_t lid_words_read(const struct lid_model *model, const char *text, size_t n,
                      struct lid_word *ret)
{
    size_t k = find_words(text, n, ret);
    if (ret == NULL)
        return k;
    for (size_t i = 0; i < k; i++)
        read_word(model, text + ret[i].offset, &ret[i]);
    read_numbers(text, ret, k);
    read_neighbours(text, ret, k);
    return k;
}
