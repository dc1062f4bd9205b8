/* SPDX-License-Identifier: Apache-2.0 */
/* stats.h - the numbers of a release; private to stats*.c. */
#ifndef TM_PACK_STATS_H
#define TM_PACK_STATS_H

#include "pack/opened.h"

/* Lengths from here on share one place of the histogram. */
#define TM_STATS_LENGTHS 65536
#define TM_STATS_MONTHS (10000 * 12)

struct tm_lang_stats {
    uint64_t records;
    uint64_t documents;
    uint64_t bytes;
    uint64_t chars;
    uint64_t words;
    uint64_t undated;
    uint64_t *by_chars;             /* records of each length, TM_STATS_LENGTHS */
    uint64_t *by_words;
    uint64_t *by_month;             /* year * 12 + month - 1 */
};

struct tm_stats_numbers {
    const struct tm_opened *opened;
    struct tm_lang_stats langs[3];  /* by enum tm_pack_stream */
};

/* Length of the middle record; the lower one of two. */
uint64_t tm_stats_median(const uint64_t *histogram, uint64_t n);

void tm_stats_put_json(struct tm_buf *buf, const struct tm_stats_numbers *stats);
void tm_stats_put_text(struct tm_buf *buf, const struct tm_stats_numbers *stats);

#endif
