/* SPDX-License-Identifier: Apache-2.0 */
/* counts.h - about how often a hash was seen: two bits a cell, never too few (a counting filter:
 * Fan, Cao, Almeida, Broder, Summary Cache, 2000). What was seen once has no like and need not be
 * sorted. */
#ifndef TM_DEDUP_COUNTS_H
#define TM_DEDUP_COUNTS_H

#include <tolmach/base.h>

struct tm_counts {
    uint64_t *cells;                /* or NULL: everything may have been seen often */
    unsigned shift;
};

/* For n hashes; when `budget` bytes are too few to tell them apart there are no cells. A zeroed
 * struct is finished. */
enum tm_status tm_counts_init(struct tm_counts *counts, uint64_t n, size_t budget,
                              struct tm_err *err);
void tm_counts_finish(struct tm_counts *counts);

/* Asks for the cell of a hash. */
static inline void tm_counts_expect(const struct tm_counts *counts, uint64_t hash)
{
#if defined(__GNUC__)
    if (counts->cells != NULL)
        __builtin_prefetch(&counts->cells[(hash >> counts->shift) / 32], 1);
#else
    (void)counts;
    (void)hash;
#endif
}

static inline void tm_counts_add(struct tm_counts *counts, uint64_t hash)
{
    uint64_t cell = hash >> counts->shift;
    uint64_t *word = &counts->cells[cell / 32];
    unsigned at = (unsigned)(cell % 32) * 2;
    *word += (uint64_t)((*word >> at & 3) != 3) << at;
}

/* Whether a hash may have been seen so often: up to three times. */
static inline bool tm_counts_reach(const struct tm_counts *counts, uint64_t hash, unsigned times)
{
    if (counts->cells == NULL)
        return true;
    uint64_t cell = hash >> counts->shift;
    return (counts->cells[cell / 32] >> (cell % 32) * 2 & 3) >= times;
}

#endif
