/* SPDX-License-Identifier: Apache-2.0 */
#include "../cmocka_all.h"

#include <unicode/ustring.h>

#include "base/scan.h"
#include "base/utf8.h"

static void test_valid(void **state)
{
    (void)state;
    static const struct { const char *name; const char *text; size_t valid; } rows[] = {
        {"ASCII", "plain text of some length", 25},
        {"two bytes", "парус", 10},
        {"four bytes", "\U0001F6A2!", 5},
        {"lone continuation", "ab\x80", 2},
        {"overlong slash", "ab\xC0\xAF", 2},
        {"overlong three", "ab\xE0\x80\xAF", 2},
        {"surrogate", "ab\xED\xA0\x80", 2},
        {"above the last", "ab\xF4\x90\x80\x80", 2},
        {"cut sequence", "0123456789\xD0", 10},
        {"Latin-1", "caf\xE9 noir", 3},
    };
    for (size_t i = 0; i < LENGTH(rows); i++)
        if (tm_scan_utf8(rows[i].text, strlen(rows[i].text)) != rows[i].valid)
            fail_msg("%s", rows[i].name);
}

/* Every code point, against ICU's decoder. */
static void test_all_code_points(void **state)
{
    (void)state;
    for (uint32_t cp = 0; cp < 0x110000; cp++) {
        char bytes[4];
        char icu[8];
        if (cp >= 0xD800 && cp < 0xE000)
            continue;
        size_t n = tm_utf8_put(cp, bytes);
        size_t at = 0;
        int32_t units = 0;
        int32_t length = 0;
        UChar utf16[4];
        UChar32 one = (UChar32)cp;
        UErrorCode status = U_ZERO_ERROR;
        u_strFromUTF32(utf16, 4, &units, &one, 1, &status);
        u_strToUTF8(icu, sizeof icu, &length, utf16, units, &status);
        assert_true(U_SUCCESS(status));
        assert_int_equal(n, length);
        assert_memory_equal(bytes, icu, n);
        assert_int_equal(tm_utf8_next(bytes, n, &at), cp);
        assert_int_equal(at, n);
        assert_int_equal(tm_utf8_before(bytes, n), cp);
        assert_int_equal(tm_scan_utf8(bytes, n), n);
    }
}

static void test_broken_bytes_can_be_walked(void **state)
{
    (void)state;
    static const char text[] = "\xF0\x9F\x98 a \xE2\x80 \xC3";
    size_t at = 0;
    size_t steps = 0;
    while (at < sizeof text - 1) {
        (void)tm_utf8_next(text, sizeof text - 1, &at);
        steps++;
    }
    assert_int_equal(at, sizeof text - 1);
    assert_true(steps >= 8);
}

static void test_letters(void **state)
{
    (void)state;
    assert_true(tm_is_letter('a') && tm_is_letter(0x451) && tm_is_letter(0xE9));
    assert_false(tm_is_letter('1') || tm_is_letter('_') || tm_is_letter(0x2014) ||
                 tm_is_letter(TM_NO_CODE_POINT));
    assert_int_equal(tm_lower(0x401), 0x451);
    assert_int_equal(tm_lower(0x419), 0x439);
    assert_int_equal(tm_lower('Z'), 'z');
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_valid),
        cmocka_unit_test(test_all_code_points),
        cmocka_unit_test(test_broken_bytes_can_be_walked),
        cmocka_unit_test(test_letters),
    };
    return cmocka_run_group_tests_name("utf8", tests, NULL, NULL);
}
