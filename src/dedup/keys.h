/* SPDX-License-Identifier: Apache-2.0 */
/*
 * keys.h - external sort of 16-byte keys in bounded memory: what a general sorter does, without
 * lengths, pointers and comparisons, since there are a dozen keys for each text.
 *
 * Keys are ordered by `high`, then `low`. What does not fit the budget is spilled to one unnamed
 * file in `folder`, in sorted runs. One thread at a time.
 */
#ifndef TM_DEDUP_KEYS_H
#define TM_DEDUP_KEYS_H

#include <tolmach/base.h>

struct tm_key {
    uint64_t high;
    uint64_t low;
};

struct tm_keys;

/* `budget`: bytes of memory, half of which hold keys. */
enum tm_status tm_keys_create(const char *folder, size_t budget, struct tm_keys **ret_keys,
                              struct tm_err *err);
void tm_keys_destroy(struct tm_keys *keys);

enum tm_status tm_keys_add(struct tm_keys *keys, struct tm_key key, struct tm_err *err);

/* Begins the walk over all keys in order; no more may be added. Once only. */
enum tm_status tm_keys_rewind(struct tm_keys *keys, struct tm_err *err);

/* The next key; TM_END after the last. */
enum tm_status tm_keys_next(struct tm_keys *keys, struct tm_key *ret_key, struct tm_err *err);

#endif
