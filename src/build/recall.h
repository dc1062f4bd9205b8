/* SPDX-License-Identifier: Apache-2.0 */
/*
 * recall.h - the documents that an earlier build has cleaned and rendered.
 *
 * A document is known by the digest of what its cleaning goes by: its raw text and metadata, what
 * was learnt of its source, the settings of cleaning, and the versions of ICU, of the language model
 * and of the emoji table. The journal holds entries of many documents each (entry.h), with the
 * threshold of languages by which they were segmented and the digest of all other settings that a
 * row can depend on. So
 *
 *   nothing has changed that decides a row   its rows are taken
 *   another setting of what stays            the clean document is taken, and rendered
 *   another threshold of languages           the same, segmented again
 *   another text, rule or program            all is done again
 *
 * and what is taken is right, never stale. The documents of earlier builds and those of this one
 * are walked side by side, both in shard order, in bounded memory.
 */
#ifndef TM_BUILD_RECALL_H
#define TM_BUILD_RECALL_H

#include "build/entry.h"

struct tm_recall;

/* `job`, with all that the survey found, is borrowed; its journal is read through. */
enum tm_status tm_recall_create(const struct job *job, struct tm_recall **ret_recall,
                                struct tm_err *err);
void tm_recall_destroy(struct tm_recall *recall);

/* Looks for the document that was put last into the load; `key` is its place in shard order, in
 * which all of them come. *ret_ends: the load ends with it, where the documents alone say so, so
 * that the loads of a grown corpus are those of the old one where nothing has changed. */
enum tm_status tm_recall_note(struct tm_recall *recall, struct load *load, struct tm_str key,
                              const struct tm_doc *doc, bool *ret_ends, struct tm_err *err);

/* Takes what the journal has of the load: `recalled` of each document, bodies for those whose rows
 * it has, clean documents for others. Any thread, as the next. */
void tm_recall_get(const struct tm_recall *recall, struct load *load);

/* Writes an entry of the documents that were added to the load's. */
enum tm_status tm_recall_put(const struct tm_recall *recall, struct load *load, struct tm_err *err);

#endif
