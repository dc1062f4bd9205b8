/* SPDX-License-Identifier: Apache-2.0 */
/*
 * parent.h - the release that a build follows: what it learnt holds on, what it forgot stays
 * forgotten, its frames are used again, and a build that adds takes over its documents.
 */
#ifndef TM_BUILD_PARENT_H
#define TM_BUILD_PARENT_H

#include "build/job.h"
#include "pack/opened.h"

struct tm_parent {
    struct tm_opened opened;
    char path[TM_PACK_PATH];
};

/* Opens the parent that the recipe names: a path, relative to the recipe, when there is a slash in
 * it, else a version beside the one to come. The recipe then says its version. Freezes
 * job->learnt, adds to job->forget. */
enum tm_status tm_parent_open(struct job *job, struct tm_err *err);
void tm_parent_close(struct tm_parent *parent);

/* Adds the documents of the parent to those of the job. */
enum tm_status tm_parent_collect(struct job *job, struct tm_err *err);

/* What the parent's manifest says of its inputs, in the arena of the job. */
enum tm_status tm_parent_reports(struct job *job, struct tm_input_report **ret_reports,
                                 size_t *ret_n, struct tm_err *err);

#endif
