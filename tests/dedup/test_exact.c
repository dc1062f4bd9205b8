/* SPDX-License-Identifier: Apache-2.0 */
#include "../cmocka_all.h"

#include <tolmach/dedup.h>

#include "base/str.h"

static void test_normal_form(void **state)
{
    (void)state;
    static const struct { const char *name, *text, *want; } rows[] = {
        {"case and punctuation", "The Ferry, at 9:30!", "the ferry at 9:30"},
        {"decimal comma", "1,5 and 1.5", "1.5 and 1.5"},
        {"comparison", "<5 %", "<5 %"},
        {"Cyrillic case", "ПАРОМ Ёлка Й", "паром ёлка й"},
        {"spacing", "  a \n\n b\t", "a b"},
        {"money and shares stay", "5 % of 10 $ and 3 €", "5 % of 10 $ and 3 €"},
        {"stress mark goes", "замо\u0301к", "замок"},
        {"quotes", "«a» “b”", "a b"},
        {"nothing but signs is itself", "?!", "?!"},
        {"other scripts", "ΑΒΓ", "αβγ"},
    };
    for (size_t i = 0; i < LENGTH(rows); i++) {
        char form[256];
        size_t n = tm_normal_form(rows[i].text, strlen(rows[i].text), form);
        if (n != strlen(rows[i].want) || memcmp(form, rows[i].want, n) != 0)
            fail_msg("%s: \"%.*s\"", rows[i].name, (int)n, form);
    }
}

static void test_letters_that_differ_stay_apart(void **state)
{
    (void)state;
    static const struct { const char *a, *b; } rows[] = {
        {"все", "всё"}, {"мои", "мой"}, {"rate 91.2", "rate 91.3"}, {"10 $", "10 €"},
        {"now -5", "now 5"}, {"C# news", "C news"}, {"1:5", "1.5"}, {"<5", ">5"}};
    char scratch[64];
    for (size_t i = 0; i < LENGTH(rows); i++) {
        struct tm_fingerprint a = tm_fingerprint_of(rows[i].a, strlen(rows[i].a), scratch);
        struct tm_fingerprint b = tm_fingerprint_of(rows[i].b, strlen(rows[i].b), scratch);
        assert_true(a.high != b.high || a.low != b.low);
    }
}

/* Letters that grow in lower case must not leave the room that the caller gave. */
static void test_room(void **state)
{
    (void)state;
    char text[400];
    char *form = malloc(sizeof text + 8);
    for (size_t i = 0; i + 1 < sizeof text; i += 2)
        memcpy(text + i, "\xC8\xBA", 2);
    size_t n = tm_normal_form(text, sizeof text, form);
    assert_true(n <= sizeof text + 8);
    free(form);
}

struct text {
    const char *text;
    int64_t date;
};

/* In any order of adding, of equal texts the earliest stays. */
static void check_order(size_t budget, const size_t *order)
{
    static const struct text texts[] = {
        {"Ferry at nine", 300}, {"ferry at nine!", 100}, {"Another", 50},
        {"FERRY AT NINE", INT64_MIN}, {"Another.", 50},
    };
    struct tm_exact *exact = NULL;
    char scratch[64];
    assert_int_equal(tm_exact_create("/tmp", budget, &exact, NULL), TM_OK);
    for (size_t i = 0; i < LENGTH(texts); i++) {
        size_t k = order[i];
        char id[16];
        int n = snprintf(id, sizeof id, "t%zu", k);
        struct tm_fingerprint print =
            tm_fingerprint_of(texts[k].text, strlen(texts[k].text), scratch);
        assert_int_equal(tm_exact_add(exact, print, texts[k].date, k, 0,
                                      (struct tm_str){id, (size_t)n}, NULL), TM_OK);
    }
    assert_int_equal(tm_exact_decide(exact, NULL), TM_OK);
    static const struct { uint64_t place, dups; const char *of; } want[] = {
        {0, 0, "t1"}, {1, 2, NULL}, {2, 1, NULL}, {3, 0, "t1"}, {4, 0, "t2"}};
    struct tm_decision d;
    for (size_t i = 0; i < LENGTH(want); i++) {
        assert_int_equal(tm_exact_next(exact, &d, NULL), TM_OK);
        assert_int_equal(d.document, want[i].place);
        assert_int_equal(d.n_dups, want[i].dups);
        assert_true(want[i].of == NULL ? d.dup_of.p == NULL : tm_str_is(d.dup_of, want[i].of));
    }
    assert_int_equal(tm_exact_next(exact, &d, NULL), TM_END);
    tm_exact_destroy(exact);
}

static void test_survivors(void **state)
{
    (void)state;
    check_order((size_t)1 << 20, (const size_t[]){0, 1, 2, 3, 4});
    check_order((size_t)1 << 20, (const size_t[]){4, 3, 2, 1, 0});
    check_order(16, (const size_t[]){3, 0, 4, 1, 2});
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_normal_form),
        cmocka_unit_test(test_letters_that_differ_stay_apart),
        cmocka_unit_test(test_room),
        cmocka_unit_test(test_survivors),
    };
    return cmocka_run_group_tests_name("exact", tests, NULL, NULL);
}
