/* SPDX-License-Identifier: Apache-2.0 */
/*
 * likes.h - which hashes may have been seen more than once, in bounded memory. All of them are
 * told twice, in the same order: first to be counted, then to be asked about. One thread at a time.
 *
 * Hashes are 32 bits, and are counted in two bits each (counts.h). Those for which there is no
 * room are written to files by their upper bits, four bytes each, and counted file by file; of
 * each a bit stays on disk, in the order in which it came.
 */
#ifndef TM_DEDUP_LIKES_H
#define TM_DEDUP_LIKES_H

#include <tolmach/base.h>

struct tm_likes;

/* For n hashes. `budget`: bytes of memory, of which half take counts and half buffers. */
enum tm_status tm_likes_create(const char *folder, uint64_t n, size_t budget,
                               struct tm_likes **ret_likes, struct tm_err *err);
void tm_likes_destroy(struct tm_likes *likes);

/* Asks for the count of a hash that will soon be told. */
void tm_likes_expect(const struct tm_likes *likes, uint32_t hash);

/* Counts a hash, which matters when it is seen two times, or three if `thrice`. Its lowest bit does
 * not tell it apart. */
enum tm_status tm_likes_add(struct tm_likes *likes, uint32_t hash, bool thrice,
                            struct tm_err *err);

/* Ends counting. */
enum tm_status tm_likes_settle(struct tm_likes *likes, struct tm_err *err);

/* Whether a hash may have been seen so often. */
enum tm_status tm_likes_next(struct tm_likes *likes, uint32_t hash, bool thrice, bool *ret_may,
                             struct tm_err *err);

#endif
