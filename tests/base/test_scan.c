/* SPDX-License-Identifier: Apache-2.0 */
#include "source/source_test.h"

#include "base/scan.h"

/* UTF-8 one character at a time, by the table of the Unicode standard (table 3-7). */
static size_t plain_utf8(const unsigned char *p, size_t n)
{
    static const struct {
        unsigned char first, last, low, high, length;
    } rows[] = {
        {0x00, 0x7F, 0, 0, 1},       {0xC2, 0xDF, 0x80, 0xBF, 2}, {0xE0, 0xE0, 0xA0, 0xBF, 3},
        {0xE1, 0xEC, 0x80, 0xBF, 3}, {0xED, 0xED, 0x80, 0x9F, 3}, {0xEE, 0xEF, 0x80, 0xBF, 3},
        {0xF0, 0xF0, 0x90, 0xBF, 4}, {0xF1, 0xF3, 0x80, 0xBF, 4}, {0xF4, 0xF4, 0x80, 0x8F, 4},
    };
    size_t at = 0;
    while (at < n) {
        size_t length = 0;
        for (size_t i = 0; i < LENGTH(rows); i++) {
            if (p[at] < rows[i].first || p[at] > rows[i].last || n - at < rows[i].length)
                continue;
            length = rows[i].length;
            if (length > 1 && (p[at + 1] < rows[i].low || p[at + 1] > rows[i].high))
                length = 0;
            for (size_t k = 2; k < length; k++) {
                if (p[at + k] < 0x80 || p[at + k] > 0xBF)
                    length = 0;
            }
        }
        if (length == 0)
            return at;
        at += length;
    }
    return n;
}

static const char *const bad[] = {
    "\x80", "\xBF", "\xC0\x80", "\xC1\xBF", "\xE0\x80\x80", "\xE0\x9F\xBF", "\xED\xA0\x80",
    "\xED\xBF\xBF", "\xF0\x80\x80\x80", "\xF0\x8F\xBF\xBF", "\xF4\x90\x80\x80", "\xF5\x80\x80\x80",
    "\xFE", "\xFF", "\xD0", "\xE2\x82", "\xF0\x9F\x98", "\xD0\xD0\xBF", "\xD0\xBF\xBF",
    "\xE2\x82z", "\xF0\x9F\x98z",
};

static const char *const good[] = {
    "z", "\x7F", "\xC2\x80", "\xD0\xBF", "\xDF\xBF", "\xE0\xA0\x80", "\xED\x9F\xBF",
    "\xEE\x80\x80", "\xEF\xBF\xBF", "\xF0\x90\x80\x80", "\xF4\x8F\xBF\xBF", "\xF0\x9F\x98\x80",
};

/* Each sequence at each place of a block, among plain and among two-byte letters. */
static void utf8_at_every_place(void **state)
{
    char text[96];
    (void)state;
    for (size_t i = 0; i < LENGTH(bad) + LENGTH(good); i++) {
        const char *piece = i < LENGTH(bad) ? bad[i] : good[i - LENGTH(bad)];
        for (size_t before = 0; before < 40; before++) {
            for (size_t after = 0; after < 40; after += 13) {
                size_t n = 0;
                while (n + 1 < before)
                    n += (size_t)sprintf(text + n, "\xD0\xB6");
                while (n < before)
                    text[n++] = 'a';
                memcpy(text + n, piece, strlen(piece));
                n += strlen(piece);
                memset(text + n, 'b', after);
                n += after;
                assert_int_equal(tm_scan_utf8(text, n), plain_utf8((unsigned char *)text, n));
                if (i >= LENGTH(bad))
                    assert_int_equal(tm_scan_utf8(text, n), n);
            }
        }
    }
}

static void utf8_at_random(void **state)
{
    uint64_t seed = 20;
    char text[80];
    (void)state;
    for (int round = 0; round < 200000; round++) {
        size_t n = 0, want = test_random(&seed) % 64;
        while (n < want) {
            const char *piece = good[test_random(&seed) % LENGTH(good)];
            memcpy(text + n, piece, strlen(piece));
            n += strlen(piece);
        }
        if (n != 0 && round % 2)
            text[test_random(&seed) % n] = (char)test_random(&seed);
        assert_int_equal(tm_scan_utf8(text, n), plain_utf8((unsigned char *)text, n));
    }
}

static void string_stops(void **state)
{
    static const char stops[] = {'"', '\\', '\0', '\n', 0x1F};
    char text[128];
    (void)state;
    for (size_t at = 0; at < 60; at++) {
        for (size_t i = 0; i < sizeof stops; i++) {
            for (size_t mark = 0; mark < 64; mark++) {
                bool high = false;
                memset(text, ' ', sizeof text);
                text[mark] = (char)0xD0;
                text[at] = stops[i];
                assert_ptr_equal(tm_scan_string(text, &high), text + at);
                assert_int_equal(high, mark < at);
            }
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(utf8_at_every_place),
        cmocka_unit_test(utf8_at_random),
        cmocka_unit_test(string_stops),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
