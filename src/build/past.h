/* SPDX-License-Identifier: Apache-2.0 */
/* past.h - which documents the entries of a journal hold, walked in shard order beside those of the
 * build under way. */
#ifndef TM_BUILD_PAST_H
#define TM_BUILD_PAST_H

#include "build/entry.h"
#include "build/journal.h"

struct tm_past;

/* Reads the lists of all entries through; `folder` takes a temporary file, `budget` is the memory to
 * sort in. Beside it each entry takes 24 bytes. */
enum tm_status tm_past_create(const struct tm_journal *journal, const struct tm_entry_basis *basis,
                              const char *folder, size_t budget, struct tm_past **ret_past,
                              struct tm_err *err);
void tm_past_destroy(struct tm_past *past);

/* Where the document of this digest lies, whose place in shard order is `key`; keys come in that
 * order. *ret_entry is UINT32_MAX when there is none. Of several it is one that has our basis. */
enum tm_status tm_past_find(struct tm_past *past, struct tm_str key, struct tm_hash128 hash,
                            uint32_t *ret_entry, uint32_t *ret_place, struct tm_err *err);

/* Name of an entry in the journal. Any thread. */
struct tm_hash128 tm_past_entry(const struct tm_past *past, uint32_t entry);

#endif
