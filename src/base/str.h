/* SPDX-License-Identifier: Apache-2.0 */
/* str.h - small operations on borrowed slices. */
#ifndef TM_BASE_STR_H
#define TM_BASE_STR_H

#include <string.h>

#include <tolmach/base.h>

#define TM_STR(literal) ((struct tm_str){(literal), sizeof(literal) - 1})
#define TM_STR_INIT(literal) {(literal), sizeof(literal) - 1}     /* in tables */
#define TM_STR_UNKNOWN ((struct tm_str){NULL, 0})

static inline struct tm_str tm_str_of(const char *text)
{
    return (struct tm_str){text, text == NULL ? 0 : strlen(text)};
}

static inline bool tm_str_equal(struct tm_str a, struct tm_str b)
{
    return a.n == b.n && (a.n == 0 || memcmp(a.p, b.p, a.n) == 0);
}

static inline bool tm_str_is(struct tm_str a, const char *literal)
{
    return tm_str_equal(a, tm_str_of(literal));
}

static inline bool tm_str_starts(struct tm_str text, struct tm_str prefix)
{
    return text.n >= prefix.n && (prefix.n == 0 || memcmp(text.p, prefix.p, prefix.n) == 0);
}

/* Whether n bytes are the same but for the case of ASCII letters, whatever the locale. Like
 * strncasecmp, nothing is read behind the first difference. */
static inline bool tm_ascii_alike(const char *a, const char *b, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        unsigned char x = (unsigned char)a[i];
        unsigned char y = (unsigned char)b[i];
        bool letter = (unsigned)((x | 0x20) - 'a') < 26;
        if (x != y && !(letter && (x | 0x20) == (y | 0x20)))
            return false;
    }
    return true;
}

/* Byte-wise order; an unknown slice is an empty one. */
static inline int tm_str_order(struct tm_str a, struct tm_str b)
{
    size_t n = a.n < b.n ? a.n : b.n;
    int order = n == 0 ? 0 : memcmp(a.p, b.p, n);
    return order != 0 ? order : (a.n > b.n) - (a.n < b.n);
}

/* The part of `text` without ASCII blanks (space, tab, CR, LF) at both ends. */
static inline struct tm_str tm_str_trim(struct tm_str text)
{
    while (text.n != 0 && strchr(" \t\r\n", text.p[0]) != NULL && text.p[0] != '\0') {
        text.p++;
        text.n--;
    }
    while (text.n != 0 && text.p[text.n - 1] != '\0' && strchr(" \t\r\n", text.p[text.n - 1]) != NULL)
        text.n--;
    return text;
}

#endif
