/* SPDX-License-Identifier: Apache-2.0 */
/* Dates as dumps write them, without the C library's calendar, which knows time zones. */
#include "source/ident.h"

struct cursor {
    const char *p;
    const char *end;
};

/* Exactly n digits, or -1. */
static int digits(struct cursor *at, int n)
{
    int value = 0;
    if (at->end - at->p < n)
        return -1;
    for (int i = 0; i < n; i++) {
        if (at->p[i] < '0' || at->p[i] > '9')
            return -1;
        value = value * 10 + (at->p[i] - '0');
    }
    at->p += n;
    return value;
}

static bool take(struct cursor *at, char c)
{
    if (at->p == at->end || *at->p != c)
        return false;
    at->p++;
    return true;
}

/* Days since 1970-01-01 in the Gregorian calendar (H. Hinnant, days_from_civil). */
static int64_t days(int year, int month, int day)
{
    int64_t y = year - (month <= 2);
    int64_t era = y / 400;
    int64_t of_era = y - era * 400;
    int64_t of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468;
}

static int month_length(int year, int month)
{
    static const int lengths[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    return lengths[month - 1] + (month == 2 && leap);
}

/* hh:mm[:ss[.fraction]] in seconds, or -1. */
static int clock_time(struct cursor *at)
{
    int hour = digits(at, 2);
    if (hour < 0 || hour > 24 || !take(at, ':'))
        return -1;
    int minute = digits(at, 2), second = 0;
    if (minute < 0 || minute > 59)
        return -1;
    if (take(at, ':')) {
        second = digits(at, 2);
        if (second < 0 || second > 60)
            return -1;
        if (take(at, '.') || take(at, ',')) {
            while (at->p != at->end && *at->p >= '0' && *at->p <= '9')
                at->p++;
        }
    }
    return hour * 3600 + minute * 60 + second;
}

/* Z, +hh:mm, +hhmm, +hh, or " UTC"; false when something else stands there. */
static bool zone(struct cursor *at, int *ret_seconds, bool *ret_given)
{
    *ret_seconds = 0;
    take(at, ' ');
    *ret_given = at->p != at->end;
    if (!*ret_given || take(at, 'Z') || take(at, 'z'))
        return true;
    if (at->end - at->p == 3 && at->p[0] == 'U' && at->p[1] == 'T' && at->p[2] == 'C') {
        at->p += 3;
        return true;
    }
    int sign = take(at, '+') ? 1 : take(at, '-') ? -1 : 0;
    int hour = digits(at, 2), minute = 0;
    if (sign == 0 || hour < 0 || hour > 23)
        return false;
    if (at->p != at->end) {
        take(at, ':');
        minute = digits(at, 2);
    }
    *ret_seconds = sign * (hour * 3600 + minute * 60);
    return minute >= 0 && minute <= 59;
}

static int64_t iso_date(struct cursor at, bool *ret_zone)
{
    int year = digits(&at, 4), month, day, seconds = 0, shift = 0;
    if (year < 1 || !take(&at, '-') || (month = digits(&at, 2)) < 1 || month > 12
        || !take(&at, '-') || (day = digits(&at, 2)) < 1 || day > month_length(year, month))
        return TM_UNKNOWN;
    if (at.p == at.end)
        return days(year, month, day) * 86400;
    if (!take(&at, 'T') && !take(&at, ' ') && !take(&at, 't'))
        return TM_UNKNOWN;
    seconds = clock_time(&at);
    if (seconds < 0 || !zone(&at, &shift, ret_zone) || at.p != at.end)
        return TM_UNKNOWN;
    return days(year, month, day) * 86400 + seconds - shift;
}

/* Beyond the year 5138 a number of seconds is one of milliseconds (which are after 1973). */
#define MILLISECONDS 100000000000

/* The first second of the year 1: nothing before it can be written as RFC 3339. */
#define YEAR_ONE (-62135596800)

int64_t tm_ident_date(struct tm_str text, bool *ret_zone)
{
    *ret_zone = true;
    size_t whole = 0;
    while (whole < text.n && text.p[whole] != '.')
        whole++;
    int64_t number = tm_ident_integer((struct tm_str){text.p, whole});
    if (number == TM_UNKNOWN)
        return iso_date((struct cursor){text.p, text.p + text.n}, ret_zone);
    for (size_t i = whole + 1; i < text.n; i++) {
        if (text.p[i] < '0' || text.p[i] > '9')
            return TM_UNKNOWN;
    }
    if (number >= MILLISECONDS || number <= -MILLISECONDS)
        number /= 1000;
    return number < YEAR_ONE || number >= MILLISECONDS ? TM_UNKNOWN : number;
}
