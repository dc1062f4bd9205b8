/* SPDX-License-Identifier: Apache-2.0 */
/*
 * journal.h - what cleaning and segmenting gave, kept in OUT/NAME/.journal, so that a build that
 * was stopped goes on, and one with another threshold, input or version does again only what
 * depends on it.
 *
 * An entry holds the documents of one batch (as in index.h) behind 8 bytes with the threshold by
 * which they were segmented. Its name is the digest of all that they come from: their raw text and
 * metadata, what was learnt of their source, the settings of cleaning and the versions of tolmach,
 * its model and ICU. So an entry is right or not there, never stale. What is damaged counts as not
 * there, and a journal that cannot be written is done without.
 *
 * Entries of this build lie in `new`, those of earlier ones in `old`; an old one that is used
 * moves to `new`.
 */
#ifndef TM_BUILD_JOURNAL_H
#define TM_BUILD_JOURNAL_H

#include "base/buf.h"
#include "base/hash.h"

struct tm_journal;

/* `home` is OUT/NAME, whose lock the caller holds. NULL when there can be no journal. */
struct tm_journal *tm_journal_open(const char *home);

/* Appends the entry to `content`; false when there is none. Any thread. */
bool tm_journal_get(struct tm_journal *journal, struct tm_hash128 key, struct tm_buf *content);

/* Any thread. */
void tm_journal_put(struct tm_journal *journal, struct tm_hash128 key, struct tm_str content);

/* Batches that were found so far, and those that were not. */
void tm_journal_counts(const struct tm_journal *journal, uint64_t *ret_found,
                       uint64_t *ret_missing);

/* After a build: `keep` leaves the entries that it used, else all go. */
void tm_journal_end(struct tm_journal *journal, bool keep);

/* Frees it and leaves all entries where they are: the build was stopped. NULL is allowed. */
void tm_journal_close(struct tm_journal *journal);

#endif
