/* SPDX-License-Identifier: Apache-2.0 */
/*
 * entry.h - a rendered load as bytes, and back: the clean documents (index.h), the texts that near
 * duplicates are looked for in, and the rows, behind a head. The bytes are for this program on
 * this machine alone.
 */
#ifndef TM_BUILD_ENTRY_H
#define TM_BUILD_ENTRY_H

#include "build/load.h"

/* What rows depend on beside the documents' cleaning. */
struct tm_entry_basis {
    int64_t threshold;              /* of languages */
    struct tm_hash128 settings;     /* digest of all of them */
};

/* How much of a load there was. */
enum tm_recalled {
    TM_RECALLED_UNASKED,
    TM_RECALLED_NOTHING,
    TM_RECALLED_UNSEGMENTED,        /* clean documents */
    TM_RECALLED_CLEAN,              /* clean and segmented ones */
    TM_RECALLED_ROWS,
};

/* Replaces the content of `buf`, which is to be looked at for failure. The documents are settled. */
void tm_entry_put(const struct load *load, const struct tm_entry_basis *basis, struct tm_buf *buf);

/* Fills the load, which holds the documents as they were before cleaning, as far as the basis is the
 * same. `bytes` may be gone afterwards. */
enum tm_recalled tm_entry_take(struct load *load, const struct tm_entry_basis *basis,
                               struct tm_str bytes);

#endif
