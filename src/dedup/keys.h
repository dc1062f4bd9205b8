/* SPDX-License-Identifier: Apache-2.0 */
/*
 * keys.h - external sort of keys of two to five words in bounded memory: what a general sorter
 * does, without lengths and pointers, since there are a dozen keys for each text.
 *
 * Keys are ordered word by word. What does not fit the budget is spilled to unnamed files in
 * `folder`, in sorted runs. One thread at a time.
 */
#ifndef TM_DEDUP_KEYS_H
#define TM_DEDUP_KEYS_H

#include <tolmach/base.h>

struct tm_key {
    uint64_t high;
    uint64_t low;
};

enum { TM_KEY_MOST_MORE = 3 };

/* A key that carries some words more. */
struct tm_wide_key {
    struct tm_key key;
    uint64_t more[TM_KEY_MOST_MORE];
};

struct tm_keys;

/* `budget`: bytes of memory that hold keys, 128 MB at the most; `more`: words that each
 * key carries beside its own two. Keys with some are added and taken as wide ones. */
enum tm_status tm_keys_create(const char *folder, size_t budget, size_t more,
                              struct tm_keys **ret_keys, struct tm_err *err);
void tm_keys_destroy(struct tm_keys *keys);

enum tm_status tm_keys_add(struct tm_keys *keys, struct tm_key key, struct tm_err *err);
enum tm_status tm_keys_add_wide(struct tm_keys *keys, const struct tm_wide_key *key,
                                struct tm_err *err);

/* Begins a walk over all keys in order; no more may be added. May be called again. */
enum tm_status tm_keys_rewind(struct tm_keys *keys, struct tm_err *err);

/* The next key; TM_END after the last. */
enum tm_status tm_keys_next(struct tm_keys *keys, struct tm_key *ret_key, struct tm_err *err);
enum tm_status tm_keys_next_wide(struct tm_keys *keys, struct tm_wide_key *ret_key,
                                 struct tm_err *err);

#endif
