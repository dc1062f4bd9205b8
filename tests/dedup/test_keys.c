/* SPDX-License-Identifier: Apache-2.0 */
#include "../cmocka_all.h"

#include "dedup/keys.h"

static uint64_t next_random(uint64_t *state)
{
    *state = *state * 6364136223846793005u + 1442695040888963407u;
    return *state >> 11;
}

static int order(const void *a, const void *b)
{
    const struct tm_key *x = a;
    const struct tm_key *y = b;
    if (x->high != y->high)
        return x->high < y->high ? -1 : 1;
    return x->low < y->low ? -1 : x->low > y->low;
}

/* `spread`: how many values the upper half of a key may have. */
static void check(size_t n, size_t budget, uint64_t spread)
{
    struct tm_key *want = malloc((n + 1) * sizeof *want);
    struct tm_keys *keys = NULL;
    uint64_t state = n + spread;
    assert_int_equal(tm_keys_create("/tmp", budget, 0, &keys, NULL), TM_OK);
    for (size_t i = 0; i < n; i++) {
        want[i].high = next_random(&state) % spread << 32 | next_random(&state) % 3;
        want[i].low = next_random(&state);
        assert_int_equal(tm_keys_add(keys, want[i], NULL), TM_OK);
    }
    qsort(want, n, sizeof *want, order);
    assert_int_equal(tm_keys_rewind(keys, NULL), TM_OK);
    struct tm_key key;
    for (size_t i = 0; i < n; i++) {
        assert_int_equal(tm_keys_next(keys, &key, NULL), TM_OK);
        assert_memory_equal(&key, &want[i], sizeof key);
    }
    assert_int_equal(tm_keys_next(keys, &key, NULL), TM_END);
    tm_keys_destroy(keys);
    free(want);
}

static void test_in_memory(void **state)
{
    (void)state;
    check(0, 1 << 20, 10);
    check(1, 1 << 20, 10);
    check(30000, 1 << 20, (uint64_t)1 << 31);
    check(30000, 1 << 20, 5);
}

static void test_spilled(void **state)
{
    (void)state;
    check(30000, 1, (uint64_t)1 << 31);
    check(1024, 1, 1000);
    check(2048, 1, 7);
}

/* Keys of more words, which may differ in the last alone; walked twice. */
static void check_wide(size_t n, size_t budget, size_t more)
{
    struct tm_keys *keys = NULL;
    uint64_t state = n;
    assert_int_equal(tm_keys_create("/tmp", budget, more, &keys, NULL), TM_OK);
    uint64_t sum = 0;
    for (size_t i = 0; i < n; i++) {
        struct tm_wide_key key = {{next_random(&state) % 50 << 40, next_random(&state) % 3},
                                  {0}};
        for (size_t k = 0; k + 1 < more; k++)
            key.more[k] = next_random(&state) % 3;
        key.more[more - 1] = next_random(&state);
        sum += key.more[more - 1];
        assert_int_equal(tm_keys_add_wide(keys, &key, NULL), TM_OK);
    }
    for (int walk = 0; walk < 2; walk++) {
        struct tm_wide_key key, last = {.more = {0}};
        uint64_t left = sum;
        assert_int_equal(tm_keys_rewind(keys, NULL), TM_OK);
        for (size_t i = 0; i < n; i++) {
            assert_int_equal(tm_keys_next_wide(keys, &key, NULL), TM_OK);
            const uint64_t *a = &last.key.high, *b = &key.key.high;
            size_t word = 0;
            while (word < more + 1 && a[word] == b[word])
                word++;
            assert_true(i == 0 || a[word] <= b[word]);
            left -= key.more[more - 1];
            last = key;
        }
        assert_int_equal(left, 0);
        assert_int_equal(tm_keys_next_wide(keys, &key, NULL), TM_END);
    }
    tm_keys_destroy(keys);
}

static void test_wide(void **state)
{
    (void)state;
    for (size_t more = 1; more <= TM_KEY_MOST_MORE; more++) {
        check_wide(0, 1, more);
        check_wide(30000, 4 << 20, more);
        check_wide(30000, 1, more);
    }
}

/* More runs than are merged at once: 200 of 1024 keys. */
static void test_many_runs(void **state)
{
    (void)state;
    check(204800, 1, (uint64_t)1 << 20);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_in_memory),
        cmocka_unit_test(test_spilled),
        cmocka_unit_test(test_wide),
        cmocka_unit_test(test_many_runs),
    };
    return cmocka_run_group_tests_name("keys", tests, NULL, NULL);
}
