/* SPDX-License-Identifier: Apache-2.0 */
/*
 * prints.h - fingerprints of texts, and which of them are there more than once. Texts are numbered
 * from 0 in the order of adding. In bounded memory; one thread at a time.
 */
#ifndef TM_DEDUP_PRINTS_H
#define TM_DEDUP_PRINTS_H

#include <tolmach/dedup.h>

#include "dedup/keys.h"

/* Numbers of texts stand in the upper 40 bits of keys, by which these are sorted fast. */
enum { TM_NUMBER_AT = 24 };

struct tm_prints;

enum tm_status tm_prints_create(const char *folder, size_t budget, struct tm_prints **ret_prints,
                                struct tm_err *err);
void tm_prints_destroy(struct tm_prints *prints);

enum tm_status tm_prints_add(struct tm_prints *prints, struct tm_fingerprint print, int64_t date,
                             struct tm_err *err);

/* A key for each duplicate: the number of the one that stays (the earliest, undated last, then the
 * lowest number), then its own, both shifted by TM_NUMBER_AT. */
enum tm_status tm_prints_decide(struct tm_prints *prints, struct tm_keys *copies,
                                struct tm_err *err);

/* Dates in the order in which they come, undated last. */
static inline uint64_t tm_date_order(int64_t date)
{
    return date == INT64_MIN ? UINT64_MAX : (uint64_t)date ^ (uint64_t)1 << 63;
}

#endif
