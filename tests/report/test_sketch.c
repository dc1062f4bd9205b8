/* SPDX-License-Identifier: Apache-2.0 */
/* Sketches against exact counts: their errors are within what they state. */
#include <stdio.h>
#include <stdlib.h>

#include "cmocka_all.h"

#include "base/str.h"
#include "report/report.h"
#include "report/words.h"

static struct tm_str name_of(unsigned i, char ret_name[24])
{
    int n = snprintf(ret_name, 24, "word%u", i);
    return (struct tm_str){ret_name, (size_t)n};
}

static void test_different(void **state)
{
    (void)state;
    static const unsigned sizes[] = {0, 1, 10, 1000, 20000, 41000, 60000, 300000};
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        struct tm_hll *hll = calloc(1, sizeof *hll);
        char name[24];
        assert_non_null(hll);
        for (int twice = 0; twice < 2; twice++)
            for (unsigned k = 0; k < sizes[i]; k++)
                tm_hll_add(hll, tm_word_hash(name_of(k, name)));
        double error = (double)tm_hll_estimate(hll) - sizes[i];
        assert_true(error <= 3 * 0.0081 * sizes[i] + 0.5 && error >= -3 * 0.0081 * sizes[i] - 0.5);
        free(hll);
    }
}

static void test_merge(void **state)
{
    (void)state;
    struct tm_hll *parts = calloc(3, sizeof *parts);
    char name[24];
    assert_non_null(parts);
    for (unsigned k = 0; k < 30000; k++) {
        uint64_t hash = tm_word_hash(name_of(k, name));
        tm_hll_add(&parts[k % 2], hash);
        tm_hll_add(&parts[2], hash);
    }
    tm_hll_merge(&parts[0], &parts[1]);
    assert_memory_equal(&parts[0], &parts[2], sizeof *parts);
    free(parts);
}

/* Word i stands 6000 / (i + 1) times, in an order that mixes rare and common ones. */
static void test_commonest(void **state)
{
    (void)state;
    enum { WORDS = 6000 };
    struct tm_tally tally;
    char name[24];
    uint64_t total = 0;
    assert_true(tm_tally_init(&tally, 1024));
    for (unsigned round = 0; round < WORDS; round++)
        for (unsigned i = 0; (round + 1) * (i + 1) <= WORDS; i++, total++)
            tm_tally_add(&tally, tm_word_hash(name_of(i, name)), name_of(i, name));
    assert_int_equal(tally.total, total);
    assert_true(tally.error > 0 && tally.error < total / 256);
    for (unsigned i = 0; i < WORDS; i++) {
        uint64_t count = tm_tally_count(&tally, tm_word_hash(name_of(i, name)));
        assert_true(count <= WORDS / (i + 1));
        assert_true(count + tally.error >= WORDS / (i + 1));
    }
    tm_tally_sort(&tally);
    for (unsigned i = 0; i < 10; i++)
        assert_true(tm_str_equal(tm_tally_key(&tally, &tally.entries[i]), name_of(i, name)));
    tm_tally_finish(&tally);
}

/* Two tables put together say of all keys what each said of its own. */
static void test_tally_merge(void **state)
{
    (void)state;
    static const struct {
        size_t most;
        unsigned keys;
        bool exact;
    } cases[] = {{4096, 2000, true}, {512, 6000, false}};
    for (size_t c = 0; c < sizeof cases / sizeof *cases; c++) {
        struct tm_tally parts[2];
        unsigned keys = cases[c].keys;
        char name[24];
        uint64_t total = 0;
        for (int i = 0; i < 2; i++)
            assert_true(tm_tally_init(&parts[i], cases[c].most));
        for (unsigned round = 0; round < keys; round++)
            for (unsigned i = 0; (round + 1) * (i + 1) <= keys; i++, total++)
                tm_tally_add(&parts[(round + i) % 2], tm_word_hash(name_of(i, name)),
                             name_of(i, name));
        uint64_t errors = parts[0].error + parts[1].error;
        tm_tally_merge(&parts[0], &parts[1]);
        assert_false(parts[0].failed);
        assert_int_equal(parts[0].total, total);
        assert_true(cases[c].exact ? parts[0].error == 0 : errors > 0);
        assert_true(parts[0].error >= errors && parts[0].error < total / 100);
        for (unsigned i = 0; i < keys; i++) {
            uint64_t count = tm_tally_count(&parts[0], tm_word_hash(name_of(i, name)));
            assert_true(count <= keys / (i + 1));
            assert_true(count + parts[0].error >= keys / (i + 1));
        }
        tm_tally_sort(&parts[0]);
        for (unsigned i = 0; i < 5; i++)
            assert_true(tm_str_equal(tm_tally_key(&parts[0], &parts[0].entries[i]),
                                     name_of(i, name)));
        tm_tally_finish(&parts[0]);
        tm_tally_finish(&parts[1]);
    }
}

static void test_exact_while_it_fits(void **state)
{
    (void)state;
    struct tm_tally tally;
    assert_true(tm_tally_init(&tally, 64));
    for (unsigned i = 0; i < 90; i++) {
        struct tm_str key = i % 3 == 0 ? TM_STR("b c") : i % 3 == 1 ? TM_STR("a") : TM_STR("a d");
        tm_tally_add(&tally, tm_word_hash(key), key);
    }
    tm_tally_sort(&tally);
    assert_int_equal(tally.error, 0);
    assert_int_equal(tally.n, 3);
    struct tm_str first, second;
    tm_tally_split(&tally, &tally.entries[2], ' ', &first, &second);
    assert_true(tm_str_is(first, "b") && tm_str_is(second, "c"));
    assert_int_equal(tally.entries[2].count, 30);
    tm_tally_finish(&tally);
}

static void test_length_bins(void **state)
{
    (void)state;
    for (unsigned bin = 0; bin + 1 < TM_LENGTH_BINS; bin++)
        assert_true(tm_length_edge(bin) < tm_length_edge(bin + 1));
    assert_int_equal(tm_length_edge(0), 1);
    assert_int_equal(tm_length_edge(2), 3);
    assert_int_equal(tm_length_edge(4), 6);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_different),
        cmocka_unit_test(test_merge),
        cmocka_unit_test(test_commonest),
        cmocka_unit_test(test_tally_merge),
        cmocka_unit_test(test_exact_while_it_fits),
        cmocka_unit_test(test_length_bins),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
