/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ordered.h - a line of work with several hands and one order: jobs are made and taken off in
 * order by the caller's thread, and worked on by others in between. What comes out does not depend
 * on the number of threads.
 */
#ifndef TM_BASE_ORDERED_H
#define TM_BASE_ORDERED_H

#include <tolmach/base.h>

struct tm_ordered {
    void *user;
    /* Makes the next job, or TM_END. Caller's thread. */
    enum tm_status (*make)(void *user, void **ret_job, struct tm_err *err);
    /* Works on it; several at once, in any order. */
    enum tm_status (*work)(void *user, void *job, struct tm_err *err);
    /* Takes it off, in the order of making. Caller's thread. */
    enum tm_status (*take)(void *user, void *job, struct tm_err *err);
    /* Frees a job that will not be taken any more. */
    void (*drop)(void *user, void *job);
};

/* Runs until `make` says TM_END and all jobs are taken: TM_OK; or the first failure in order.
 * With one thread the caller does all. At most 2 x threads jobs exist at a time. */
enum tm_status tm_ordered_run(const struct tm_ordered *line, unsigned threads, struct tm_err *err);

#endif
