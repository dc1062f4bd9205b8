/* SPDX-License-Identifier: Apache-2.0 */
#include "../cmocka_all.h"

#include "dedup/numbers.h"

static void check(const char *form, const char *want)
{
    char got[256] = "";
    struct tm_str number;
    for (size_t at = 0; tm_number_next(tm_str_of(form), &at, &number);) {
        strncat(got, number.p, number.n);
        strcat(got, "|");
    }
    assert_string_equal(got, want);
}

static void test_numbers(void **state)
{
    (void)state;
    check("", "");
    check("no numbers in all of these words", "");
    check("7", "7|");
    check("-7 -8", "-7|-8|");
    check("1-2", "1|-2|");
    check("at 12:30 for 3.50 each .5 6.", "12:30|3.50|5|6|");
    check("a long text with a number that stands far behind 42x7", "42|7|");
    check("sixteen bytes is9 and /:;@ are not digits", "9|");
}

/* Numbers that agree have signatures that do; most others do not. */
static void test_signatures(void **state)
{
    (void)state;
    uint32_t two = tm_numbers_signature(TM_STR("from 10 to 20"));
    assert_int_equal(tm_numbers_signature(TM_STR("none at all")), 0);
    assert_true(tm_numbers_may_agree(two, tm_numbers_signature(TM_STR("20 words and 10 more"))));
    assert_true(tm_numbers_may_agree(two, tm_numbers_signature(TM_STR("only 20"))));
    assert_true(tm_numbers_may_agree(tm_numbers_signature(TM_STR("only 20")), two));
    assert_true(tm_numbers_may_agree(two, 0));
    size_t apart = 0;
    for (int i = 100; i < 200; i++) {
        char form[32];
        (void)snprintf(form, sizeof form, "%d and %d", i, i + 300);
        apart += !tm_numbers_may_agree(two, tm_numbers_signature(tm_str_of(form)));
    }
    assert_in_range(apart, 90, 100);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_numbers),
        cmocka_unit_test(test_signatures),
    };
    return cmocka_run_group_tests_name("numbers", tests, NULL, NULL);
}
