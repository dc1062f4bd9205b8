/* SPDX-License-Identifier: Apache-2.0 */
/*
 * journal.h - what the steps of a build gave, kept in OUT/NAME/.journal, so that a build that was
 * stopped goes on, and one with other settings or input does again only what depends on them.
 *
 * An entry is a run of bytes under a digest of what it comes from: a packed frame (frames.c), or
 * documents (recall.h). Entries that another program has written are not there, nor is what is
 * damaged; and a journal that cannot be written is done without.
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

enum tm_journal_kind { TM_JOURNAL_FRAME = 1, TM_JOURNAL_DOCUMENTS };

/* Replaces `bytes` by those of the entry; false when there is none. Any thread. */
bool tm_journal_get(const struct tm_journal *journal, enum tm_journal_kind kind,
                    struct tm_hash128 key, struct tm_buf *bytes);

/* What the entry holds is part of this build. Any thread. */
void tm_journal_use(const struct tm_journal *journal, struct tm_hash128 key);

/* Any thread. */
void tm_journal_put(const struct tm_journal *journal, enum tm_journal_kind kind,
                    struct tm_hash128 key, struct tm_str bytes);

/* Calls `take` for each entry of a kind that earlier builds have left, with a file from which its
 * bytes can be read; they have not been checked. Ends with the first status that is not TM_OK. */
typedef enum tm_status tm_journal_fn(void *user, struct tm_hash128 key, int fd,
                                     struct tm_err *err);
enum tm_status tm_journal_walk(const struct tm_journal *journal, enum tm_journal_kind kind,
                               tm_journal_fn *take, void *user, struct tm_err *err);

/* After a build: `keep` leaves the entries that it used, else all go. */
void tm_journal_end(struct tm_journal *journal, bool keep);

/* Frees it and leaves all entries where they are: the build was stopped. NULL is allowed. */
void tm_journal_close(struct tm_journal *journal);

#endif
