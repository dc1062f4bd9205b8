/* SPDX-License-Identifier: Apache-2.0 */
#include "../cmocka_all.h"

#include "base/str.h"
#include "build/forget.h"

static void test_entries(void **state)
{
    static const char *const none[] = {
        "author:", "Anna", "", "source", "sha256:12",
        "sha256:ABCDEF0000000000000000000000000000000000000000000000000000000000",
    };
    /* printf 'doc:tg-1-2' | sha256sum */
    static const char digest[] = "6443174844d534e8cdeb6a797e39991b1ec1200f332d8ea695753c0527059762";
    static const char *const same[] = {
        "tg-1-2", "doc:tg-1-2",
        "sha256:6443174844d534e8cdeb6a797e39991b1ec1200f332d8ea695753c0527059762",
    };
    char found[TM_SHA256_HEX];
    (void)state;
    for (size_t i = 0; i < sizeof same / sizeof *same; i++) {
        assert_true(tm_forget_digest(same[i], found));
        assert_string_equal(found, digest);
    }
    for (size_t i = 0; i < sizeof none / sizeof *none; i++)
        assert_false(tm_forget_digest(none[i], found));
}

static void test_what_is_forgotten(void **state)
{
    static const char *const entries[] = {"web-17", "author:A. Keeper", "source:1900", "web-17"};
    struct tm_forget forget = {0};
    struct tm_doc doc = {.doc_id = TM_STR("web-17"), .source_key = TM_STR("1")};
    char digest[TM_SHA256_HEX];
    (void)state;
    assert_false(tm_forget_has(&forget, &doc));
    for (size_t i = 0; i < 4; i++) {
        assert_true(tm_forget_digest(entries[i], digest));
        assert_true(tm_forget_add(&forget, digest));
    }
    tm_forget_sort(&forget);
    assert_int_equal(forget.n, 3);
    assert_true(tm_forget_has(&forget, &doc));
    assert_true(tm_forget_has(&forget, &(struct tm_doc){.doc_id = TM_STR("web-17")}));
    doc.doc_id = TM_STR("web-18");
    assert_false(tm_forget_has(&forget, &doc));
    doc.author = TM_STR("A. Keeper");
    assert_true(tm_forget_has(&forget, &doc));
    doc.author = TM_STR("web-17");
    assert_false(tm_forget_has(&forget, &doc));
    doc.source_key = TM_STR("1900");
    assert_true(tm_forget_has(&forget, &doc));
    tm_forget_finish(&forget);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_entries),
        cmocka_unit_test(test_what_is_forgotten),
    };
    return cmocka_run_group_tests_name("forget", tests, NULL, NULL);
}
