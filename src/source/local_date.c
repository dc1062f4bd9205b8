/* SPDX-License-Identifier: Apache-2.0 */
#include "source/local_date.h"

#include <stdio.h>
#include <string.h>

#include "base/str.h"
#include "source/ident.h"

struct parts {
    int numbers[3];             /* of the day, in order */
    int digits[3];
    int n_numbers;
    int month;                  /* by its name, 0: none */
    int month_at;               /* how many numbers stood before it */
    int hour, minute, second;   /* hour -1: none */
    int half;                   /* 0 none, 1 AM, 2 PM */
    char sign;                  /* that parts the numbers */
};

static const char *const months[][4] = {
    {"jan", "январ", "янв", NULL}, {"feb", "феврал", "фев", NULL}, {"mar", "март", "мар", NULL},
    {"apr", "апрел", "апр", NULL}, {"may", "мая", "май", NULL},    {"jun", "июн", NULL},
    {"jul", "июл", NULL},          {"aug", "август", "авг", NULL}, {"sep", "сентябр", "сен", NULL},
    {"oct", "октябр", "окт", NULL}, {"nov", "ноябр", "ноя", NULL}, {"dec", "декабр", "дек", NULL},
};

static bool starts(struct tm_str word, const char *with)
{
    size_t n = strlen(with);
    return word.n >= n && tm_ascii_alike(word.p, with, n);
}

/* A word: a month, AM or PM, or one that may stand in a date; false for any other. */
static bool take_word(struct tm_str word, struct parts *parts)
{
    static const char *const others[] = {"at", "в", "г", "г.", "года"};
    for (int m = 0; m < 12; m++) {
        for (const char *const *name = months[m]; *name != NULL; name++) {
            if (!starts(word, *name) || parts->month != 0)
                continue;
            parts->month = m + 1;
            parts->month_at = parts->n_numbers;
            return true;
        }
    }
    bool half = word.n == 2 && (word.p[1] | 0x20) == 'm';
    if (half && ((word.p[0] | 0x20) == 'a' || (word.p[0] | 0x20) == 'p')) {
        parts->half = (word.p[0] | 0x20) == 'a' ? 1 : 2;
        return true;
    }
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        if (tm_str_is(word, others[i]))
            return true;
    return false;
}

static size_t digits_at(struct tm_str text, size_t at, int *ret_value)
{
    size_t n = 0;
    *ret_value = 0;
    for (; at + n < text.n && n < 5 && text.p[at + n] >= '0' && text.p[at + n] <= '9'; n++)
        *ret_value = *ret_value * 10 + (text.p[at + n] - '0');
    return n;
}

/* hh:mm[:ss]; 0 if none stands there. */
static size_t take_time(struct tm_str text, size_t at, struct parts *parts)
{
    int value[3] = {0};
    size_t start = at;
    for (int i = 0; i < 3; i++) {
        size_t n = digits_at(text, at, &value[i]);
        if (n == 0 || n > 2 || (i > 0 && n != 2))
            return 0;
        at += n;
        if (at == text.n || text.p[at] != ':') {
            if (i == 0)
                return 0;
            break;
        }
        at += i < 2;
    }
    parts->hour = value[0];
    parts->minute = value[1];
    parts->second = value[2];
    return at - start;
}

static bool split(struct tm_str text, struct parts *parts)
{
    for (size_t at = 0; at < text.n;) {
        char c = text.p[at];
        size_t n;
        if (c == ' ' || c == ',' || c == '.' || c == '/' || c == '-') {
            parts->sign = parts->n_numbers == 1 && parts->sign == 0 ? c : parts->sign;
            at++;
        } else if ((unsigned char)c == 0xC2 || (unsigned char)c == 0xE2) {
            at += (unsigned char)c == 0xC2 ? 2 : 3;         /* a special blank */
        } else if (c >= '0' && c <= '9') {
            n = parts->hour < 0 ? take_time(text, at, parts) : 0;
            if (n == 0) {
                if (parts->n_numbers == 3)
                    return false;
                n = digits_at(text, at, &parts->numbers[parts->n_numbers]);
                if (n > 4)
                    return false;
                parts->digits[parts->n_numbers++] = (int)n;
            }
            at += n;
        } else {
            size_t end = at;
            while (end < text.n && strchr(" ,.", text.p[end]) == NULL)
                end++;
            if (end == at || !take_word((struct tm_str){text.p + at, end - at}, parts))
                return false;
            at = end;
        }
    }
    return parts->hour >= 0;
}

static int full_year(int year, int digits)
{
    return digits == 4 ? year : digits == 2 ? (year < 70 ? 2000 : 1900) + year : -1;
}

int64_t tm_local_date(struct tm_str text)
{
    struct parts parts = {.hour = -1};
    int year, month, day, *n = parts.numbers;
    char iso[64];
    bool zone;
    if (text.n == 0 || text.n > 60 || !split(text, &parts))
        return TM_UNKNOWN;
    if (parts.month != 0 && parts.n_numbers == 2) {
        day = n[0];
        month = parts.month;
        year = full_year(n[1], parts.digits[1]);
    } else if (parts.month != 0 || parts.n_numbers != 3) {
        return TM_UNKNOWN;
    } else if (parts.digits[0] == 4) {
        year = n[0];
        month = n[1];
        day = n[2];
    } else {
        bool month_first = parts.sign == '/' && n[0] <= 12 && (parts.half != 0 || n[1] > 12);
        day = n[month_first];
        month = n[!month_first];
        year = full_year(n[2], parts.digits[2]);
    }
    if (parts.half != 0 && (parts.hour < 1 || parts.hour > 12))
        return TM_UNKNOWN;
    if (parts.half != 0)
        parts.hour = parts.hour % 12 + (parts.half == 2 ? 12 : 0);
    if (year < 1970 || parts.hour > 23)
        return TM_UNKNOWN;
    int length = snprintf(iso, sizeof iso, "%04d-%02d-%02dT%02d:%02d:%02d", year, month, day,
                          parts.hour, parts.minute, parts.second);
    return tm_ident_date((struct tm_str){iso, (size_t)length}, &zone);
}
