/* SPDX-License-Identifier: Apache-2.0 */
#include "../cmocka_all.h"

#include <unistd.h>

#include "base/ordered.h"

struct line {
    int made;
    int taken;
    int most;
    int fails_at;               /* number of the job that fails, or -1 */
    int dropped;
};

static enum tm_status make(void *user, void **ret_job, struct tm_err *err)
{
    struct line *line = user;
    (void)err;
    if (line->made == line->most)
        return TM_END;
    int *job = malloc(sizeof *job);
    *job = line->made++;
    *ret_job = job;
    return TM_OK;
}

static enum tm_status work(void *user, void *job, struct tm_err *err)
{
    const struct line *line = user;
    int number = *(int *)job;
    if (number % 7 == 0)
        usleep(200);            /* later jobs overtake this one */
    if (number == line->fails_at)
        return tm_fail(err, TM_ERR_FORMAT, "job", (uint64_t)number, "failed on purpose");
    return TM_OK;
}

static enum tm_status take(void *user, void *job, struct tm_err *err)
{
    struct line *line = user;
    (void)err;
    assert_int_equal(*(int *)job, line->taken);
    line->taken++;
    free(job);
    return TM_OK;
}

static void drop(void *user, void *job)
{
    ((struct line *)user)->dropped++;
    free(job);
}

static void test_order(void **state)
{
    (void)state;
    for (unsigned threads = 1; threads <= 5; threads++) {
        struct line line = {.most = 300, .fails_at = -1};
        struct tm_ordered ordered = {&line, make, work, take, drop};
        assert_int_equal(tm_ordered_run(&ordered, threads, NULL), TM_OK);
        assert_int_equal(line.taken, 300);
        assert_int_equal(line.dropped, 0);
    }
}

static void test_failure_is_the_first_in_order(void **state)
{
    (void)state;
    for (unsigned threads = 1; threads <= 5; threads++) {
        struct line line = {.most = 300, .fails_at = 120};
        struct tm_ordered ordered = {&line, make, work, take, drop};
        struct tm_err err = {0};
        assert_int_equal(tm_ordered_run(&ordered, threads, &err), TM_ERR_FORMAT);
        assert_int_equal(err.offset, 120);
        assert_int_equal(line.taken, 120);
        assert_int_equal(line.made, line.taken + line.dropped);
    }
}

static void test_nothing(void **state)
{
    (void)state;
    struct line line = {.most = 0, .fails_at = -1};
    struct tm_ordered ordered = {&line, make, work, take, drop};
    assert_int_equal(tm_ordered_run(&ordered, 3, NULL), TM_OK);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_order),
        cmocka_unit_test(test_failure_is_the_first_in_order),
        cmocka_unit_test(test_nothing),
    };
    return cmocka_run_group_tests_name("ordered", tests, NULL, NULL);
}
