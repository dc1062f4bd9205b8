/* SPDX-License-Identifier: Apache-2.0 */
/* Encodings are told by their bytes. The sentences are put together here from everyday words. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/encoding.h"
#include "base/utf8.h"

#define LENGTH(array) (sizeof(array) / sizeof *(array))

static const char *const starts[] = {
    "Сегодня утром", "В субботу", "Как обычно,", "Завтра", "После дождя", "Говорят, что",
    "На рынке у вокзала", "По словам сторожа,", "Ещё вчера", "Ближе к вечеру",
};
static const char *const people[] = {
    "соседка Мария Петровна", "наш почтальон", "бригада электриков", "хозяйка пекарни",
    "старый садовник", "школьный хор", "водитель трамвая", "библиотекарь", "рыбаки с пристани",
    "дежурный по станции",
};
static const char *const actions[] = {
    "разложила на прилавке яблоки и тыквы", "чинит забор возле школы", "продаёт свежий хлеб",
    "развозит письма по дворам", "встречает паром из Зареченска", "поливает клумбы у фонтана",
    "ищет потерянную варежку", "обещает тёплую погоду до среды", "красит лодку в синий цвет",
    "варит уху на всех желающих",
};

static uint32_t draw(uint64_t *state)
{
    *state ^= *state >> 12;
    *state ^= *state << 25;
    *state ^= *state >> 27;
    return (uint32_t)((*state * 2685821657736338717u) >> 32);
}

/* n characters of sentences, in code points, cut anywhere. */
static void write_text(uint64_t *state, uint32_t *cps, size_t n)
{
    struct tm_buf text = {0};
    size_t at = draw(state) % 40, i = 0;
    while (text.n < 4 * (n + 60)) {
        tm_buf_printf(&text, "%s %s %s. ", starts[draw(state) % LENGTH(starts)],
                      people[draw(state) % LENGTH(people)],
                      actions[draw(state) % LENGTH(actions)]);
    }
    while (at > 0 && ((unsigned char)text.p[at] & 0xC0) == 0x80)
        at--;
    for (; i < n; i++)
        cps[i] = tm_utf8_next(text.p, text.n, &at);
    tm_buf_finish(&text);
}

static void encode(const struct tm_encoding *encoding, const uint32_t *cps, size_t n,
                   struct tm_buf *out)
{
    out->n = 0;
    for (size_t i = 0; i < n; i++) {
        char bytes[4];
        uint32_t byte = cps[i];
        if (encoding->kind == TM_ENCODING_UTF8) {
            tm_buf_add(out, bytes, tm_utf8_put(cps[i], bytes));
        } else if (encoding->kind == TM_ENCODING_TABLE) {
            for (uint32_t k = 0; k < 128 && cps[i] >= 128; k++)
                if (encoding->high[k] == cps[i])
                    byte = 128 + k;
            assert_true(byte < 256);
            tm_buf_byte(out, (char)byte);
        } else {
            bool little = encoding->kind == TM_ENCODING_UTF16LE;
            tm_buf_byte(out, (char)(little ? cps[i] & 0xFF : cps[i] >> 8));
            tm_buf_byte(out, (char)(little ? cps[i] >> 8 : cps[i] & 0xFF));
        }
    }
}

static bool reads_back(const struct tm_encoding *encoding, const struct tm_buf *bytes,
                       const uint32_t *cps, size_t n)
{
    size_t at = 0, i = 0;
    for (; at < bytes->n && i < n; i++) {
        uint32_t cp;
        if (encoding->kind == TM_ENCODING_UTF8)
            cp = tm_utf8_next(bytes->p, bytes->n, &at);
        else
            at += tm_encoding_next(encoding, bytes->p + at, bytes->n - at, true, &cp);
        if (cp != cps[i])
            return false;
    }
    return at == bytes->n && i == n;
}

/* Of 200 pieces of each length, so many at least are told; of those that are called certain, none
 * is wrong. */
static const struct {
    const char *name;
    unsigned floor[4];
} floors[] = {
    {"UTF-8", {200, 200, 200, 200}},          {"UTF-16LE", {200, 200, 200, 200}},
    {"UTF-16BE", {200, 200, 200, 200}},       {"windows-1251", {196, 199, 200, 200}},
    {"KOI8-R", {199, 200, 200, 200}},         {"IBM866", {199, 200, 200, 200}},
    {"ISO-8859-5", {199, 200, 200, 200}},     {"x-mac-cyrillic", {180, 190, 199, 200}},
};

static void tells_pieces_of_text(void **test)
{
    static const size_t lengths[] = {50, 100, 200, 1000};
    uint32_t cps[1000];
    struct tm_buf bytes = {0};
    (void)test;
    for (size_t i = 0; i < LENGTH(floors); i++) {
        for (size_t k = 0; k < LENGTH(lengths); k++) {
            struct tm_encoding encoding;
            char room[64];
            uint64_t state = 20260731;
            unsigned told = 0;
            assert_true(tm_encoding_named(floors[i].name, room, &encoding));
            for (unsigned piece = 0; piece < 200; piece++) {
                struct tm_encoding_guess guess;
                write_text(&state, cps, lengths[k]);
                encode(&encoding, cps, lengths[k], &bytes);
                tm_encoding_guess(bytes.p, bytes.n, NULL, true, &guess);
                bool good = reads_back(&guess.encoding, &bytes, cps, lengths[k]);
                told += good;
                if (!good && guess.confidence >= 90)
                    fail_msg("%s passes for %s with %u %%", floors[i].name, guess.encoding.name,
                             guess.confidence);
            }
            if (told < floors[i].floor[k])
                fail_msg("%s, %zu characters: %u told", floors[i].name, lengths[k], told);
        }
    }
    tm_buf_finish(&bytes);
}

static const struct {
    const char *why;
    const char *bytes;
    const char *declared;
    const char *name;
} cases[] = {
    {"ASCII", "Fog over the harbour", NULL, "UTF-8"},
    {"a stray byte", "Fog over \xD0 the harbour, and rain", NULL, "UTF-8"},
    {"two of them", "Fog \xFF over \xD0 the harbour", NULL, "UTF-8"},
    {"UTF-8 with a cut letter", "Туман над гаван\xD1 и дождь", NULL, "UTF-8"},
    {"UTF-8 of one emoji and a stray byte", "Fog \xF0\x9F\x8D\xB2 today \x98 too", NULL, "UTF-8"},
    {"typographic quotes", "It\x92s fog, it\x92s rain, it\x92s \x93snow\x94", NULL, "windows-1252"},
    {"Ukrainian in KOI8-U", "\xF4\xC9 \xD3\xD0\xA6\xD7\xC1\xA4\xDB \xD0\xD2\xCF \xA7\xD6\xC1\xCB\xA6\xD7",
     NULL, "KOI8-U"},
    {"too short to tell", "a \xE4 b", NULL, "UTF-8"},
    {"too short, but declared", "\xE4\xE0, \xED\xE5\xF2", "windows-1251", "windows-1251"},
    {"declared wrongly",
     "\xD3\xE5\xE3\xEE\xE4\xED\xFF \xF2\xF3\xEC\xE0\xED \xE8 \xE4\xEE\xE6\xE4\xFC, \xE7\xE0\xE2\xF2\xF0\xE0 \xF1\xED\xE5\xE3",
     "windows-1252", "windows-1251"},
    {"a page that is not recognised, declared", "Za\xBF\xF3\xB3\xE6 g\xEA\xB6l\xB1 ja\xBC\xF1", "ISO-8859-2",
     "ISO-8859-2"},
    {"binary", "\x01\x02\xE0\xE1\x03\x04\xE2\xE3\x05", NULL, "UTF-8"},
};

static void tells_cases(void **test)
{
    (void)test;
    for (size_t i = 0; i < LENGTH(cases); i++) {
        struct tm_encoding_guess guess;
        struct tm_encoding declared;
        char room[64];
        bool says = cases[i].declared != NULL;
        if (says)
            assert_true(tm_encoding_named(cases[i].declared, room, &declared));
        tm_encoding_guess(cases[i].bytes, strlen(cases[i].bytes), says ? &declared : NULL, true,
                          &guess);
        if (strcmp(guess.encoding.name, cases[i].name) != 0)
            fail_msg("%s: %s", cases[i].why, guess.encoding.name);
    }
}

static void knows_marks(void **test)
{
    struct tm_encoding_guess guess;
    (void)test;
    tm_encoding_guess("\xFF\xFE" "A\0", 4, NULL, true, &guess);
    assert_string_equal(guess.encoding.name, "UTF-16LE");
    assert_int_equal(guess.mark, 2);
    assert_int_equal(guess.confidence, 100);
    tm_encoding_guess("\xFE\xFF\0A", 4, NULL, true, &guess);
    assert_string_equal(guess.encoding.name, "UTF-16BE");
    tm_encoding_guess("\xFF\xFE\0\0A\0\0\0", 8, NULL, true, &guess);
    assert_string_equal(guess.encoding.name, "UTF-8");     /* UTF-32 is left alone */
}

static void knows_names(void **test)
{
    static const char *const pairs[][2] = {
        {"cp1251", "windows-1251"}, {"Windows-1251", "windows-1251"}, {"KOI8R", "KOI8-R"},
        {"utf8", "UTF-8"}, {"latin1", "windows-1252"}, {"866", "IBM866"},
        {"utf-16le", "UTF-16LE"}, {"ISO-8859-2", "ISO-8859-2"}, {"GBK", NULL}, {"UTF-32", NULL},
        {"EBCDIC-CP-US", NULL}, {"no such", NULL}, {"", NULL},
    };
    (void)test;
    for (size_t i = 0; i < LENGTH(pairs); i++) {
        struct tm_encoding encoding;
        char room[64];
        bool known = tm_encoding_named(pairs[i][0], room, &encoding);
        if (known != (pairs[i][1] != NULL) || (known && strcmp(encoding.name, pairs[i][1]) != 0))
            fail_msg("%s", pairs[i][0]);
    }
}

static void finds_declarations(void **test)
{
    static const char *const pages[][2] = {
        {"<html><head><meta charset=windows-1251>", "windows-1251"},
        {"\n<meta http-equiv='Content-Type' content='text/html; charset=koi8-r'>", "koi8-r"},
        {"<?xml version=\"1.0\" encoding=\"cp866\"?>", "cp866"},
        {"The charset=utf-8 of a text is no declaration", NULL},
        {"<p>no such thing", NULL},
        {"<meta charset=", NULL},
        {"", NULL},
    };
    (void)test;
    for (size_t i = 0; i < LENGTH(pages); i++) {
        char name[64] = "";
        bool found = tm_encoding_declared(pages[i][0], strlen(pages[i][0]), name);
        if (found != (pages[i][1] != NULL) || (found && strcmp(name, pages[i][1]) != 0))
            fail_msg("%s: %s", pages[i][0], name);
    }
}

/* Units of UTF-16: pairs, halves without the other half, odd ends. */
static void reads_units(void **test)
{
    static const struct {
        const char *bytes;
        size_t n;
        bool end;
        size_t length;
        uint32_t cp;
    } units[] = {
        {"A\0", 2, true, 2, 'A'},           {"=\xD8r\xDF", 4, true, 4, 0x1F772},
        {"=\xD8r\xDF", 3, false, 0, 0},     {"=\xD8r\xDF", 3, true, 2, 0xFFFD},
        {"=\xD8" "A\0", 4, true, 2, 0xFFFD}, {"r\xDF" "A\0", 4, true, 2, 0xFFFD},
        {"A", 1, false, 0, 0},              {"A", 1, true, 1, 0xFFFD},
    };
    struct tm_encoding encoding;
    char room[64];
    (void)test;
    assert_true(tm_encoding_named("UTF-16LE", room, &encoding));
    for (size_t i = 0; i < LENGTH(units); i++) {
        uint32_t cp = 0;
        size_t length = tm_encoding_next(&encoding, units[i].bytes, units[i].n, units[i].end, &cp);
        assert_int_equal(length, units[i].length);
        if (length != 0)
            assert_int_equal(cp, units[i].cp);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tells_pieces_of_text),
        cmocka_unit_test(tells_cases),
        cmocka_unit_test(knows_marks),
        cmocka_unit_test(knows_names),
        cmocka_unit_test(finds_declarations),
        cmocka_unit_test(reads_units),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
