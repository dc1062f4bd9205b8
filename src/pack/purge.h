/* SPDX-License-Identifier: Apache-2.0 */
/*
 * purge.h - what is to be forgotten goes from the audit folders of earlier versions too. Their
 * numbers stay, so that the ledger of the published version still balances; what was cut from such
 * documents goes, and their author, and of their rejects the text and from whom it was forwarded, and an index or
 * a list of paragraphs that may hold one of them goes as a whole.
 */
#ifndef TM_PACK_PURGE_H
#define TM_PACK_PURGE_H

#include <tolmach/base.h>

/* Whether the document is to be forgotten, of which an audit folder tells so much. */
typedef bool tm_purge_fn(void *user, struct tm_str doc_id, struct tm_str author,
                         struct tm_str source_key);

/* Goes through all folders in `audit` (OUT/NAME/audit) but `except`; each changes at once or not at
 * all. *ret_documents counts the rows that were purged. The caller holds the lock of the corpus. */
enum tm_status tm_purge(const char *audit, const char *except, unsigned level, tm_purge_fn *forgets,
                        void *user, uint64_t *ret_documents, struct tm_err *err);

#endif
