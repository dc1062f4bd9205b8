/* SPDX-License-Identifier: Apache-2.0 */
#include "../cmocka_all.h"

#include "base/sorter.h"
#include "base/str.h"

static uint64_t next_random(uint64_t *seed)
{
    *seed = *seed * 6364136223846793005u + 1442695040888963407u;
    return *seed >> 33;
}

/* Walks the sorter and checks the order and that each pair comes once. */
static void check_walk(struct tm_sorter *sorter, uint64_t n)
{
    char last[64] = "";
    uint64_t sum = 0;
    uint64_t count = 0;
    struct tm_str key, payload;
    enum tm_status status = tm_sorter_rewind(sorter, NULL);
    while (status == TM_OK && (status = tm_sorter_next(sorter, &key, &payload, NULL)) == TM_OK) {
        char text[64];
        (void)snprintf(text, sizeof text, "%.*s|%.*s", (int)key.n, key.p, (int)payload.n,
                       payload.p);
        assert_true(strcmp(last, text) <= 0);
        memcpy(last, text, sizeof last);
        sum += strtoull(payload.p, NULL, 10);
        count++;
    }
    assert_int_equal(status, TM_END);
    assert_int_equal(count, n);
    assert_int_equal(sum, n * (n - 1) / 2);
}

static void sort_numbers(size_t budget, uint64_t n, bool spills)
{
    struct tm_sorter *sorter = NULL;
    uint64_t seed = 7;
    assert_int_equal(tm_sorter_create("/tmp", budget, &sorter, NULL), TM_OK);
    for (uint64_t i = 0; i < n; i++) {
        char key[32];
        char payload[32];
        int k = snprintf(key, sizeof key, "%08llu", (unsigned long long)(next_random(&seed) % 5000));
        int p = snprintf(payload, sizeof payload, "%08llu", (unsigned long long)i);
        assert_int_equal(tm_sorter_add(sorter, (struct tm_str){key, (size_t)k},
                                       (struct tm_str){payload, (size_t)p + 1}, NULL), TM_OK);
    }
    assert_int_equal(tm_sorter_count(sorter), n);
    assert_int_equal(tm_sorter_spilled(sorter) > 0, spills);
    check_walk(sorter, n);
    check_walk(sorter, n);
    tm_sorter_destroy(sorter);
}

static void test_in_memory(void **state)
{
    (void)state;
    sort_numbers((size_t)64 << 20, 20000, false);
}

static void test_spilled(void **state)
{
    (void)state;
    sort_numbers((size_t)64 << 10, 20000, true);
}

/* More runs than are merged at once. */
static void test_many_runs(void **state)
{
    (void)state;
    sort_numbers(4096, 20000, true);
}

static void test_empty(void **state)
{
    (void)state;
    sort_numbers(4096, 0, false);
}

static void test_large_payload(void **state)
{
    (void)state;
    struct tm_sorter *sorter = NULL;
    size_t n = (size_t)3 << 20;
    char *text = malloc(n);
    memset(text, 'x', n);
    assert_int_equal(tm_sorter_create("/tmp", 4096, &sorter, NULL), TM_OK);
    for (int i = 0; i < 4; i++)
        assert_int_equal(tm_sorter_add(sorter, TM_STR("k"), (struct tm_str){text, n}, NULL), TM_OK);
    struct tm_str key, payload;
    assert_int_equal(tm_sorter_rewind(sorter, NULL), TM_OK);
    for (int i = 0; i < 4; i++) {
        assert_int_equal(tm_sorter_next(sorter, &key, &payload, NULL), TM_OK);
        assert_int_equal(payload.n, n);
    }
    assert_int_equal(tm_sorter_next(sorter, &key, &payload, NULL), TM_END);
    tm_sorter_destroy(sorter);
    free(text);
}

static void test_unwritable_folder(void **state)
{
    (void)state;
    struct tm_sorter *sorter = NULL;
    struct tm_err err = {0};
    assert_int_equal(tm_sorter_create("/proc/no-such-folder", 64, &sorter, &err), TM_OK);
    enum tm_status status = TM_OK;
    for (int i = 0; i < 8 && status == TM_OK; i++)
        status = tm_sorter_add(sorter, TM_STR("key"), TM_STR("payload of some length"), &err);
    assert_int_equal(status, TM_ERR_WRITE);
    assert_string_equal(err.file, "/proc/no-such-folder");
    tm_sorter_destroy(sorter);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_in_memory),     cmocka_unit_test(test_spilled),
        cmocka_unit_test(test_many_runs),     cmocka_unit_test(test_empty),
        cmocka_unit_test(test_large_payload), cmocka_unit_test(test_unwritable_folder),
    };
    return cmocka_run_group_tests_name("sorter", tests, NULL, NULL);
}
