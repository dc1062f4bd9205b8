/* SPDX-License-Identifier: Apache-2.0 */
/*
 * seen.h - fingerprints that were seen, as long as they fit in memory: the first of equal texts is
 * known when it comes, and need not wait for the others. One thread at a time.
 */
#ifndef TM_DEDUP_SEEN_H
#define TM_DEDUP_SEEN_H

#include <tolmach/dedup.h>

enum tm_seen_answer {
    TM_SEEN_NEW,                    /* now it is there */
    TM_SEEN_OLD,
    TM_SEEN_FULL,                   /* it is not there and finds no room, as all new ones from now */
};

struct tm_seen;

/* `budget`: bytes of memory that the table may take. */
enum tm_status tm_seen_create(size_t budget, struct tm_seen **ret_seen, struct tm_err *err);
void tm_seen_destroy(struct tm_seen *seen);

/* Makes room for so many at once, if they fit; more of them find room as well. */
enum tm_status tm_seen_reserve(struct tm_seen *seen, uint64_t n, struct tm_err *err);

/* Asks for one that will be looked up soon. */
void tm_seen_expect(const struct tm_seen *seen, struct tm_fingerprint print);

enum tm_status tm_seen_put(struct tm_seen *seen, struct tm_fingerprint print,
                           enum tm_seen_answer *ret_answer, struct tm_err *err);

#endif
