/* SPDX-License-Identifier: Apache-2.0 */
/*
 * journal.h - what the steps of a build gave, kept in OUT/NAME/.journal, so that a build that was
 * stopped goes on, and one with other settings or input does again only what depends on them.
 *
 * An entry is a run of bytes, its name the digest of what it comes from and of this program:
 * batches of documents (recall.h) and packed frames (frames.c). What is damaged counts as not there, and a journal that cannot be written is done
 * without.
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

/* Replaces `bytes` by those of the entry; false when there is none. Any thread. */
bool tm_journal_get(struct tm_journal *journal, struct tm_hash128 key, struct tm_buf *bytes);

/* Any thread. */
void tm_journal_put(struct tm_journal *journal, struct tm_hash128 key, struct tm_str bytes);

/* After a build: `keep` leaves the entries that it used, else all go. */
void tm_journal_end(struct tm_journal *journal, bool keep);

/* Frees it and leaves all entries where they are: the build was stopped. NULL is allowed. */
void tm_journal_close(struct tm_journal *journal);

#endif
