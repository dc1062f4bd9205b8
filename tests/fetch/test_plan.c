/* SPDX-License-Identifier: Apache-2.0 */
/* The ranges that are asked for: every missing frame once, nothing else, adjacent ones together. */
#include "../cmocka_all.h"
#include "fetch/plan.h"

enum { N = 8 };

/* M missing, D done, B busy, x: not wanted, so that a gap stands before the next one. */
static size_t make(const char *states, struct tm_wanted frames[N])
{
    size_t n = 0;
    uint64_t remote = 0;
    for (const char *s = states; *s != '\0'; s++, remote += 100)
        if (*s != 'x')
            frames[n++] = (struct tm_wanted){
                .info = {.packed = 100}, .remote = remote,
                .state = *s == 'M' ? TM_WANT_MISSING : *s == 'D' ? TM_WANT_DONE : TM_WANT_BUSY};
    return n;
}

static void check(const char *states, uint64_t most, const char *want)
{
    struct tm_wanted frames[N];
    struct tm_run run;
    char got[128] = "";
    size_t used = 0;
    size_t n = make(states, frames);
    for (size_t from = 0; tm_plan_next(frames, n, from, most, &run); from = run.to)
        used += (size_t)snprintf(got + used, sizeof got - used, "%zu-%zu ", run.from, run.to);
    assert_string_equal(got, want);
}

static void test_ranges(void **state)
{
    (void)state;
    check("", 1000, "");
    check("DDBB", 1000, "");
    check("MMMM", 1000, "0-4 ");
    check("DMMD", 1000, "1-3 ");
    check("MDMMBM", 1000, "0-1 2-4 5-6 ");
}

static void test_a_range_is_bounded(void **state)
{
    (void)state;
    check("MMMMM", 200, "0-2 2-4 4-5 ");
    check("MMM", 250, "0-2 2-3 ");
    check("MMM", 50, "0-1 1-2 2-3 ");       /* one frame may be larger */
}

static void test_frames_that_are_not_wanted_part_ranges(void **state)
{
    (void)state;
    check("MMxMxxM", 1000, "0-2 2-3 3-4 ");
}

static void test_what_was_tried_goes_by_itself(void **state)
{
    (void)state;
    struct tm_wanted frames[N];
    struct tm_run run;
    size_t n = make("MMMM", frames);
    frames[2].tries = 1;
    assert_true(tm_plan_next(frames, n, 0, 1000, &run));
    assert_int_equal(run.to, 2);
    assert_true(tm_plan_next(frames, n, 2, 1000, &run));
    assert_int_equal(run.from, 2);
    assert_int_equal(run.to, 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_ranges),
        cmocka_unit_test(test_a_range_is_bounded),
        cmocka_unit_test(test_frames_that_are_not_wanted_part_ranges),
        cmocka_unit_test(test_what_was_tried_goes_by_itself),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
