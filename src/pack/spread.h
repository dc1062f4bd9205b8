/* SPDX-License-Identifier: Apache-2.0 */
/*
 * spread.h - the repost graph of a release, report/spread.json: from which channel to which one
 * documents went, how often and when.
 *
 * An edge of kind exact, near or contained goes from the channel of a text that stays to that of a
 * copy that went for it; one of kind forward from `forwarded_from` to the channel, of documents that
 * stay and of those that went as duplicates. A channel goes by its title, one without by `tg-` and
 * its number. Each edge counts documents, one of several segments once, and has the dates of the
 * first and the last of them. What comes out does not depend on the order of the rows.
 * One thread at a time; what does not fit the budget is spilled.
 */
#ifndef TM_PACK_SPREAD_H
#define TM_PACK_SPREAD_H

#include "base/buf.h"
#include "core/ledger.h"

#define TM_SPREAD_FILE "report/spread.json"

/* Edges that the file tells one by one; the others are summed. */
#define TM_SPREAD_EDGES 1000

struct tm_spread;

/* `folder` takes temporary files; `budget`: bytes of memory. */
enum tm_status tm_spread_create(const char *folder, size_t budget, struct tm_spread **ret_spread,
                                struct tm_err *err);
void tm_spread_destroy(struct tm_spread *spread);

/* A record, or a reject row of a duplicate. Ids are bare, the rest is JSON as it stands in the row:
 * a quoted string or null. */
struct tm_spread_row {
    struct tm_str id;               /* of the segment */
    struct tm_str channel;
    struct tm_str forwarded_from;
    struct tm_str date;
    enum tm_reason reason;          /* TM_KEPT, or what kind of duplicate */
    struct tm_str dup_of;           /* of a duplicate */
    bool survivor;                  /* duplicates of it went */
};

enum tm_status tm_spread_note(struct tm_spread *spread, const struct tm_spread_row *row,
                              struct tm_err *err);

/* Ends noting, and appends the text of the file. */
enum tm_status tm_spread_write(struct tm_spread *spread, struct tm_buf *buf, struct tm_err *err);

#endif
