/* SPDX-License-Identifier: Apache-2.0 */
#include "base/encoding.h"

#include <ctype.h>
#include <string.h>
#include <unicode/ucnv.h>

#include "base/code_pages.h"
#include "base/str.h"

enum { N_PAGES = sizeof code_pages / sizeof *code_pages };

const struct tm_encoding tm_encoding_utf8 = {"UTF-8", TM_ENCODING_UTF8, {0}};
static const struct tm_encoding utf16[] = {
    {"UTF-16LE", TM_ENCODING_UTF16LE, {0}},
    {"UTF-16BE", TM_ENCODING_UTF16BE, {0}},
};

const struct tm_encoding *tm_encoding_page(size_t index)
{
    return index < N_PAGES ? &code_pages[index] : NULL;
}

/* Names are compared by their letters and digits. */
static bool same_name(const char *a, const char *b)
{
    for (;; a++, b++) {
        while (*a != '\0' && !isalnum((unsigned char)*a))
            a++;
        while (*b != '\0' && !isalnum((unsigned char)*b))
            b++;
        if (tolower((unsigned char)*a) != tolower((unsigned char)*b))
            return false;
        if (*a == '\0')
            return true;
    }
}

static const struct tm_encoding *built_in(const char *name)
{
    /* On the web the first two mean windows-1252, as the WHATWG's standard has it. */
    static const struct {
        const char *name;
        const char *means;
    } aliases[] = {
        {"iso-8859-1", "windows-1252"}, {"latin1", "windows-1252"}, {"ascii", "windows-1252"},
        {"us-ascii", "windows-1252"},   {"cp1252", "windows-1252"}, {"cp1251", "windows-1251"},
        {"win-1251", "windows-1251"},   {"win1251", "windows-1251"}, {"koi8", "KOI8-R"},
        {"cp866", "IBM866"},            {"866", "IBM866"},          {"dos-866", "IBM866"},
        {"mac-cyrillic", "x-mac-cyrillic"}, {"maccyrillic", "x-mac-cyrillic"},
        {"iso8859-5", "ISO-8859-5"},    {"utf-16", "UTF-16LE"},     {"unicode", "UTF-16LE"},
    };
    for (size_t i = 0; i < sizeof aliases / sizeof *aliases; i++)
        if (same_name(aliases[i].name, name))
            name = aliases[i].means;
    if (same_name(name, tm_encoding_utf8.name))
        return &tm_encoding_utf8;
    for (size_t i = 0; i < 2; i++)
        if (same_name(name, utf16[i].name))
            return &utf16[i];
    for (size_t i = 0; i < N_PAGES; i++)
        if (same_name(name, code_pages[i].name))
            return &code_pages[i];
    return NULL;
}

/* Fills a table from a converter of ICU whose characters are one byte each, ASCII below. */
static bool fill_table(UConverter *converter, struct tm_encoding *encoding)
{
    for (int byte = 0; byte < 256; byte++) {
        UErrorCode error = U_ZERO_ERROR;
        UChar units[4] = {0};
        char c = (char)byte;
        int32_t n = ucnv_toUChars(converter, units, 4, &c, 1, &error);
        if (byte < 128 && (n != 1 || (units[0] != byte && byte >= 0x20)))
            return false;
        bool nothing = U_FAILURE(error) || n != 1
                       || (units[0] >= 0x80 && units[0] < 0xA0 && units[0] != 0x85)
                       || (units[0] >= 0xD800 && units[0] < 0xE000);
        if (byte >= 128)
            encoding->high[byte - 128] = nothing ? 0xFFFD : units[0];
    }
    return true;
}

bool tm_encoding_named(const char *name, char room[64], struct tm_encoding *ret_encoding)
{
    const struct tm_encoding *known = built_in(name);
    if (known != NULL) {
        *ret_encoding = *known;
        return true;
    }
    UErrorCode error = U_ZERO_ERROR;
    UConverter *converter = strlen(name) < 64 ? ucnv_open(name, &error) : NULL;
    struct tm_encoding encoding = {.name = room, .kind = TM_ENCODING_TABLE};
    bool good = converter != NULL && U_SUCCESS(error) && ucnv_getMaxCharSize(converter) == 1
                && fill_table(converter, &encoding);
    if (good) {
        memmove(room, name, strlen(name) + 1);
        *ret_encoding = encoding;
    }
    if (converter != NULL)
        ucnv_close(converter);
    return good;
}

static uint32_t unit_at(const struct tm_encoding *encoding, const char *p)
{
    const unsigned char *byte = (const unsigned char *)p;
    return encoding->kind == TM_ENCODING_UTF16LE ? byte[0] | (uint32_t)byte[1] << 8
                                                 : byte[1] | (uint32_t)byte[0] << 8;
}

size_t tm_encoding_next(const struct tm_encoding *encoding, const char *p, size_t n, bool end,
                        uint32_t *ret_cp)
{
    unsigned char byte = (unsigned char)*p;
    if (encoding->kind == TM_ENCODING_TABLE) {
        *ret_cp = byte < 128 ? byte : encoding->high[byte - 128];
        return 1;
    }
    *ret_cp = 0xFFFD;
    if (n < 2)
        return end ? n : 0;
    uint32_t unit = unit_at(encoding, p);
    if (unit < 0xD800 || unit >= 0xE000) {
        *ret_cp = unit;
        return 2;
    }
    if (unit >= 0xDC00)
        return 2;
    if (n < 4)
        return end ? 2 : 0;
    uint32_t low = unit_at(encoding, p + 2);
    if (low < 0xDC00 || low >= 0xE000)
        return 2;
    *ret_cp = 0x10000 + ((unit - 0xD800) << 10) + (low - 0xDC00);
    return 4;
}

bool tm_encoding_declared(const char *p, size_t n, char ret_name[64])
{
    static const char *const keys[] = {"charset", "encoding"};
    size_t at = 0;
    n = n < 4096 ? n : 4096;
    while (at < n && strchr(" \t\r\n\xEF\xBB\xBF", p[at]) != NULL && p[at] != '\0')
        at++;
    if (at == n || p[at] != '<')
        return false;
    for (; at < n; at++) {
        const char *key = (p[at] | 0x20) == 'c' ? keys[0] : (p[at] | 0x20) == 'e' ? keys[1] : NULL;
        size_t k = key == NULL ? 0 : strlen(key), length = 0;
        if (key == NULL || n - at <= k || !tm_ascii_alike(p + at, key, k))
            continue;
        size_t value = at + k;
        while (value < n && strchr(" \t='\"", p[value]) != NULL && p[value] != '\0')
            value++;
        while (value + length < n && length < 63
               && (isalnum((unsigned char)p[value + length])
                   || (p[value + length] != '\0' && strchr("-_:.", p[value + length]) != NULL)))
            length++;
        if (value == at + k || length == 0)
            continue;
        memcpy(ret_name, p + value, length);
        ret_name[length] = '\0';
        return true;
    }
    return false;
}
