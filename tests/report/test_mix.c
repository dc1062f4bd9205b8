/* SPDX-License-Identifier: Apache-2.0 */
/* The table of documents by their languages: exact while it holds all, and a fair sample beyond. */
#include <math.h>

#include "cmocka_all.h"

#include "report/mix.h"

static uint64_t hash_of(uint64_t i)
{
    uint64_t hash = (i + 1) * 0x9E3779B97F4A7C15u;
    hash = (hash ^ hash >> 32) * 0xD6E8FEB86659FD93u;
    return hash ^ hash >> 32;
}

/* Document i has i % 10 tenths of English, and half a tenth more; every fourth has Russian alone. */
static void add(struct tm_mix *mix, uint64_t i)
{
    uint64_t english = i % 10 * 100 + 50;
    assert_true(tm_mix_add(mix, hash_of(i), 0, (1000 - english) / 2));
    assert_true(tm_mix_add(mix, hash_of(i), 0, 1000 - english - (1000 - english) / 2));
    if (i % 4 != 0)
        assert_true(tm_mix_add(mix, hash_of(i), 1, english));
}

static void test_exact_while_it_fits(void **state)
{
    (void)state;
    struct tm_mix mix;
    uint64_t bins[TM_MIX_BINS];
    assert_true(tm_mix_init(&mix));
    for (uint64_t i = 0; i < 40000; i++)
        add(&mix, i);
    tm_mix_bins(&mix, bins);
    assert_int_equal(mix.one_in, 1);
    for (unsigned bin = 0; bin < TM_MIX_BINS; bin++)
        assert_int_equal(bins[bin], bin % 2 == 0 ? 2000 : 4000);
    tm_mix_finish(&mix);
}

static void test_sampled_beyond(void **state)
{
    (void)state;
    enum { DOCUMENTS = 1000000 };
    struct tm_mix mix, backwards;
    uint64_t bins[TM_MIX_BINS], others[TM_MIX_BINS];
    assert_true(tm_mix_init(&mix) && tm_mix_init(&backwards));
    for (uint64_t i = 0; i < DOCUMENTS; i++) {
        add(&mix, i);
        add(&backwards, DOCUMENTS - 1 - i);
    }
    tm_mix_bins(&mix, bins);
    tm_mix_bins(&backwards, others);
    assert_true(mix.one_in > 1 && mix.n < mix.capacity && mix.capacity <= 65536);
    double one_in = (double)mix.one_in;
    for (unsigned bin = 0; bin < TM_MIX_BINS; bin++) {
        double exact = bin % 2 == 0 ? DOCUMENTS / 20.0 : DOCUMENTS / 10.0;
        double error = sqrt(one_in * (one_in - 1) * exact / one_in);
        assert_true(fabs((double)bins[bin] - exact) < 3 * error);
        assert_int_equal(bins[bin], others[bin]);
    }
    tm_mix_finish(&mix);
    tm_mix_finish(&backwards);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_exact_while_it_fits),
        cmocka_unit_test(test_sampled_beyond),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
