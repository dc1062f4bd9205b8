/* SPDX-License-Identifier: Apache-2.0 */
#include "dedup/counts.h"

#include <stdlib.h>
#include <string.h>

#include "base/pages.h"

/* Cells for each hash, at best; of hashes seen once a fifth looks as if seen twice. */
enum { CELLS = 4, MOST_BITS = 40 };

enum tm_status tm_counts_init(struct tm_counts *counts, uint64_t n, size_t budget,
                              struct tm_err *err)
{
    *counts = (struct tm_counts){.shift = 0};
    unsigned bits = 10;
    while (bits < MOST_BITS && (uint64_t)1 << bits < n * CELLS &&
           (uint64_t)1 << (bits + 1) <= (uint64_t)budget * 4)
        bits++;
    if (((uint64_t)1 << bits) / 4 > budget || (uint64_t)1 << bits < n)
        return TM_OK;
    size_t bytes = ((size_t)1 << (bits - 5)) * sizeof *counts->cells;
    counts->cells = tm_pages_alloc(bytes);
    if (counts->cells == NULL)
        return tm_fail(err, TM_ERR_NOMEM, "", TM_NO_OFFSET, "out of memory");
    memset(counts->cells, 0, bytes);
    counts->shift = 64 - bits;
    return TM_OK;
}

void tm_counts_finish(struct tm_counts *counts)
{
    free(counts->cells);
    *counts = (struct tm_counts){.shift = 0};
}
