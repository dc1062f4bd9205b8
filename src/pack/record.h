/* SPDX-License-Identifier: Apache-2.0 */
/*
 * record.h - the rows of a release and of its audit folder: one JSON object a line, '\n' included.
 *
 * Pure functions: they read the document and append to the buffer (whose sticky `failed` tells
 * that memory was short), and may run in any number of threads. Every row of one kind has the same
 * keys in the same order; unknown is null. All slices of the document must be valid UTF-8.
 */
#ifndef TM_PACK_RECORD_H
#define TM_PACK_RECORD_H

#include <tolmach/document.h>
#include <tolmach/quality.h>

#include "base/buf.h"
#include "pack/quality.h"

/* Pairs of [rule, text] that the audit row of one document shows at most, and the bytes of one. */
#define TM_AUDIT_REMOVED 100
#define TM_AUDIT_REMOVED_BYTES 2000

/* One record: segment `seg` (from 0) of a cleaned and segmented document. Keys in the order
 * of the design; `id` is doc_id-seg, `lang` ru, en or other, n_chars code points, n_words as
 * count.h counts them, quality.kept the share of raw bytes that the clean text has (at most 1),
 * then the signals; last `lang_spans` where the document has spans; `extra` the JSON text of the passed-through fields as a string: one type in every row, whatever
 * the fields hold. */
void tm_record_write(struct tm_buf *buf, const struct tm_doc *doc, size_t seg,
                     const struct tm_signals *signals);

/* The text of the record as it is written: without U+0000. Borrowed from the document, or put into
 * `scratch`, which is emptied first, if it has any. */
struct tm_str tm_record_text(const struct tm_doc *doc, size_t seg, struct tm_buf *scratch);

/* Share of the raw bytes of its post that stayed, in 1/10000, rounded down so that only all is 1. */
unsigned tm_record_kept(const struct tm_doc *doc);

/* What the record says of its text: `quality`, n_chars, n_words. `take` (NULL: nobody) looks at its
 * words on the way. */
enum tm_status tm_record_signals(const struct tm_doc *doc, size_t seg, tm_quality_take_fn *take,
                                 void *user, struct tm_signals *ret_signals);

/* The row of the same segment in the provenance sidecar. Its `n_versions` is 1: the build knows of
 * how many versions of a message the document was chosen. */
void tm_provenance_write(struct tm_buf *buf, const struct tm_doc *doc, size_t seg,
                         uint64_t n_dups, struct tm_str cluster_id);

/* The balance of one document: doc_id, source (its key), author (what is forgotten by it is found
 * so), source_file, source_offset, source_length, reading, raw, text (bytes), drop, rules {name: [edits, removed, delta]}, separators, segments [[lang, bytes,
 * "kept" or reason]…], removed [[rule, text]…]. `reasons` has one entry per segment (may be NULL
 * without segments). A document that goes uncleaned has a text of 0, and its raw bytes are what the
 * ledger calls superseded or forgotten. Cut text is shown as it stood in the raw text, personal data
 * masked; that of the pii rules, and of the whitespace rules, is not shown. */
void tm_audit_document_write(struct tm_buf *buf, const struct tm_doc *doc,
                             const enum tm_reason *reasons);

/* The list [[rule, text]...] in that row. */
void tm_audit_cut(struct tm_buf *buf, const struct tm_doc *doc);

/* A segment that is left out: id, reason, dup_of, similarity (null: the build knows it), channel,
 * forwarded_from, date, lang, lang_score, text. With seg == doc->n_segments the whole document: id
 * is its doc_id; lang, lang_score and text are null, of a forgotten one all that tells of it. */
void tm_reject_write(struct tm_buf *buf, const struct tm_doc *doc, size_t seg,
                     enum tm_reason reason, struct tm_str dup_of);

/* "ru", "en" or "other": what a record says of its language. */
const char *tm_record_lang(enum tm_lang lang);

#endif
