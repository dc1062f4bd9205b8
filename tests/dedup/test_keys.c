/* SPDX-License-Identifier: Apache-2.0 */
#include "../cmocka_all.h"

#include "dedup/keys.h"
#include "dedup/keysort.h"

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

/* How keys may be spread: evenly, all equal, falling, in the last word alone, but for one, or a few
 * values in all words. */
enum spread { EVEN, EQUAL, FALLING, LAST_WORD, OUTLIER, FEW_VALUES, SPREADS };

static uint64_t word_of(enum spread spread, size_t i, size_t n, bool last, uint64_t *state)
{
    switch (spread) {
    case EVEN: return next_random(state) << 11 ^ next_random(state);
    case FALLING: return n - i;
    case LAST_WORD: return last ? next_random(state) % 1000 : 7;
    case OUTLIER: return i == n / 2 ? UINT64_MAX : next_random(state) % 5;
    case FEW_VALUES: return next_random(state) % 2 << 63 | next_random(state) % 3;
    case EQUAL:
    case SPREADS:
    default: return 7;
    }
}

static int order_2(const void *a, const void *b)
{
    return tm_key_before(a, b, 2) ? -1 : tm_key_before(b, a, 2);
}

static int order_5(const void *a, const void *b)
{
    return tm_key_before(a, b, 5) ? -1 : tm_key_before(b, a, 5);
}

static void check_sort(size_t n, size_t words, enum spread spread)
{
    size_t size = words * sizeof(uint64_t);
    uint64_t *keys = malloc(n * size + 1), *want = malloc(n * size + 1);
    uint64_t state = n * words + spread;
    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; k < words; k++)
            keys[i * words + k] = word_of(spread, i, n, k + 1 == words, &state);
    memcpy(want, keys, n * size);
    qsort(want, n, size, words == 2 ? order_2 : order_5);
    assert_true(tm_keys_sort(keys, n, words));
    assert_memory_equal(keys, want, n * size);
    free(keys);
    free(want);
}

/* Numbers of keys on either side of where the way of sorting changes. */
static void test_sort(void **state)
{
    (void)state;
    static const size_t numbers[] = {0, 1, 2, 12, 13, 500, 4096, 4097, 50000};
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
        for (int spread = EVEN; spread < SPREADS; spread++) {
            check_sort(numbers[i], 2, (enum spread)spread);
            check_sort(numbers[i], 5, (enum spread)spread);
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_in_memory),
        cmocka_unit_test(test_spilled),
        cmocka_unit_test(test_wide),
        cmocka_unit_test(test_sort),
        cmocka_unit_test(test_many_runs),
    };
    return cmocka_run_group_tests_name("keys", tests, NULL, NULL);
}
