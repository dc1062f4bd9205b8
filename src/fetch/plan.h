/* SPDX-License-Identifier: Apache-2.0 */
/* plan.h - which frames of a shard are missing, and the next range of bytes to ask for. */
#ifndef TM_FETCH_PLAN_H
#define TM_FETCH_PLAN_H

#include "pack/frame.h"

enum tm_want {
    TM_WANT_MISSING,
    TM_WANT_BUSY,                   /* a transfer is bringing it */
    TM_WANT_DONE,
};

struct tm_wanted {
    struct tm_frame_info info;
    uint64_t remote;                /* offset in the published shard */
    uint64_t local;                 /* offset in the file that is made */
    size_t number;                  /* in the published shard */
    enum tm_want state;
    bool copied;                    /* from a local release */
    unsigned tries;                 /* answers that were not this frame */
    const void *owner;              /* the transfer that brings it */
};

/* Frames from..to (without to). */
struct tm_run {
    size_t from;
    size_t to;
};

/* The first missing frame at or behind `from`, with those that follow it in one range: missing too,
 * adjacent in the published shard, tried as often, together at most `most` bytes unless it is one.
 * False when nothing is missing. */
bool tm_plan_next(const struct tm_wanted *frames, size_t n, size_t from, uint64_t most,
                  struct tm_run *ret_run);

#endif
