/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sorter.h - external merge sort of (key, payload) pairs in bounded memory.
 *
 * Pairs are ordered by their keys, byte by byte. Equal keys come in the order of their payloads,
 * so that the result does not depend on the order of arrival. What does not fit the budget is
 * spilled to one unnamed file in `folder`, in sorted runs.
 * One thread at a time.
 */
#ifndef TM_BASE_SORTER_H
#define TM_BASE_SORTER_H

#include <tolmach/base.h>

struct tm_sorter;

/* `budget`: bytes of pairs held in memory before a run is spilled, 256 MB at the most. */
enum tm_status tm_sorter_create(const char *folder, size_t budget, struct tm_sorter **ret_sorter,
                                struct tm_err *err);
void tm_sorter_destroy(struct tm_sorter *sorter);

enum tm_status tm_sorter_add(struct tm_sorter *sorter, struct tm_str key, struct tm_str payload,
                             struct tm_err *err);

/* Begins a walk over all pairs in order; no more may be added. May be called again to walk anew. */
enum tm_status tm_sorter_rewind(struct tm_sorter *sorter, struct tm_err *err);

/* Next pair, good until the next call; TM_END after the last. */
enum tm_status tm_sorter_next(struct tm_sorter *sorter, struct tm_str *ret_key,
                              struct tm_str *ret_payload, struct tm_err *err);

/* Pairs added so far; bytes that lie on disk. */
uint64_t tm_sorter_count(const struct tm_sorter *sorter);
uint64_t tm_sorter_spilled(const struct tm_sorter *sorter);

#endif
