/* SPDX-License-Identifier: Apache-2.0 */
#include "../cmocka_all.h"

#include "dedup/likes.h"

enum { N = 200000 };

static uint32_t mix(uint32_t x)
{
    x ^= x >> 16;
    x *= 0x7FEB352D;
    x ^= x >> 15;
    x *= 0x846CA68B;
    return x ^ x >> 16;
}

/* The hash at a place: every fourth number stands there twice, every ninth three times. */
static uint32_t hash_at(uint32_t i)
{
    uint32_t number = i / 12;
    static const uint32_t numbers[12] = {0, 1, 2, 3, 4, 5, 6, 3, 7, 8, 8, 8};
    return mix(number * 9 + numbers[i % 12]) & ~(uint32_t)1;
}

static bool recurs_at(uint32_t i)
{
    return i % 12 == 3 || i % 12 == 7;
}

static bool recurs_often_at(uint32_t i)
{
    return i % 12 >= 9;
}

/* Returns how many may have a like, which those that have are always among. */
static size_t count_likes(size_t budget, bool thrice)
{
    struct tm_likes *likes = NULL;
    assert_int_equal(tm_likes_create("/tmp", N, budget, &likes, NULL), TM_OK);
    for (uint32_t i = 0; i < N; i++)
        assert_int_equal(tm_likes_add(likes, hash_at(i), thrice, NULL), TM_OK);
    assert_int_equal(tm_likes_settle(likes, NULL), TM_OK);
    size_t n = 0;
    for (uint32_t i = 0; i < N; i++) {
        bool may = false;
        assert_int_equal(tm_likes_next(likes, hash_at(i), thrice, &may, NULL), TM_OK);
        assert_true(may || !(recurs_often_at(i) || (recurs_at(i) && !thrice)));
        n += may;
    }
    tm_likes_destroy(likes);
    return n;
}

/* 5 of 12 recur, 3 of them twice. */
static void check(size_t budget)
{
    assert_in_range(count_likes(budget, false), N / 12 * 5, N / 12 * 9);
    assert_in_range(count_likes(budget, true), N / 12 * 3, N / 12 * 6);
}

static void test_counted_in_memory(void **state)
{
    (void)state;
    check(1 << 20);
}

/* 8 files: so many hashes are announced that a part has no more room for each than it needs. */
static void test_counted_by_parts(void **state)
{
    (void)state;
    struct tm_likes *likes = NULL;
    size_t budget = 4 << 20;
    uint64_t n = 30u << 20;
    assert_int_equal(tm_likes_create("/tmp", n, budget, &likes, NULL), TM_OK);
    for (uint32_t i = 0; i < N; i++)
        assert_int_equal(tm_likes_add(likes, hash_at(i), i % 2 == 1, NULL), TM_OK);
    assert_int_equal(tm_likes_settle(likes, NULL), TM_OK);
    size_t may_have = 0;
    for (uint32_t i = 0; i < N; i++) {
        bool may = false;
        assert_int_equal(tm_likes_next(likes, hash_at(i), i % 2 == 1, &may, NULL), TM_OK);
        assert_true(may || !(recurs_often_at(i) || (recurs_at(i) && i % 2 == 0)));
        may_have += may;
    }
    assert_in_range(may_have, N / 12 * 3, N / 12 * 6);
    bool may;
    size_t more = 0;
    while (tm_likes_next(likes, hash_at(0), false, &may, NULL) == TM_OK)
        more++;
    assert_true(more < 8);
    tm_likes_destroy(likes);
}

/* Where there is no room to count, all may have likes. */
static void test_no_room(void **state)
{
    (void)state;
    assert_int_equal(count_likes(1 << 10, false), N);
    struct tm_likes *likes = NULL;
    assert_int_equal(tm_likes_create("/tmp", 0, 0, &likes, NULL), TM_OK);
    assert_int_equal(tm_likes_settle(likes, NULL), TM_OK);
    tm_likes_destroy(likes);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_counted_in_memory),
        cmocka_unit_test(test_counted_by_parts),
        cmocka_unit_test(test_no_room),
    };
    return cmocka_run_group_tests_name("likes", tests, NULL, NULL);
}
