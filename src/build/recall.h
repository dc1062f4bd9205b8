/* SPDX-License-Identifier: Apache-2.0 */
/*
 * recall.h - the batches of documents whose cleaning and rendering an earlier build has done.
 *
 * A batch has one entry in the journal. Its name is the digest of what cleaning goes by: the raw
 * text and metadata of the documents, what was learnt of their sources, the settings of cleaning,
 * and the versions of ICU, of the language model and of the emoji table. It holds documents and
 * rows (entry.h), with the threshold of languages by which the documents were segmented and the
 * digest of all other settings that a row can depend on. So
 *
 *   nothing has changed that decides a row   the rows are taken
 *   another setting of what stays            the documents are taken, and rendered
 *   another threshold of languages           the documents are taken, segmented and rendered
 *   another text, rule or program            all is done again
 *
 * and what is taken is right, never stale.
 */
#ifndef TM_BUILD_RECALL_H
#define TM_BUILD_RECALL_H

#include "build/entry.h"

struct tm_recall;

/* `job`, with all that the survey found, is borrowed. */
enum tm_status tm_recall_create(const struct job *job, struct tm_recall **ret_recall,
                                struct tm_err *err);
void tm_recall_destroy(struct tm_recall *recall);

/* Adds a document of the source with this index to the load's key. Sources come in their order.
 * *ret_ends: the load ends with it, where the documents alone say so, so that the loads of a grown
 * corpus are those of the old one where nothing has changed. */
enum tm_status tm_recall_note(struct tm_recall *recall, struct load *load, size_t source,
                              const struct tm_doc *doc, bool *ret_ends, struct tm_err *err);

/* Takes from the journal what it has of the load. Any thread, as the others. */
enum tm_recalled tm_recall_get(const struct tm_recall *recall, struct load *load);

/* Writes the entry of a rendered load, all of whose documents are settled, to the journal. */
enum tm_status tm_recall_put(const struct tm_recall *recall, struct load *load, struct tm_err *err);

#endif
