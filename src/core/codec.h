/* SPDX-License-Identifier: Apache-2.0 */
/* codec.h - a document as bytes, and back: as it came from its reader, for a temporary file; or
 * cleaned and segmented, for the index that a next version builds on. */
#ifndef TM_CORE_CODEC_H
#define TM_CORE_CODEC_H

#include <tolmach/document.h>

#include "base/buf.h"

void tm_doc_encode(const struct tm_doc *doc, struct tm_buf *buf);

/* With all that cleaning and segmenting gave but the raw text, and `cut` (tm_audit_cut). Of a
 * document that goes uncleaned the text is left out, of a forgotten one also what tells of people. Decoded it is `done`. */
void tm_doc_encode_done(const struct tm_doc *doc, struct tm_str cut, struct tm_buf *buf);

/* Slices of the document borrow `bytes`; `arena` holds its list of links. */
enum tm_status tm_doc_decode(struct tm_str bytes, struct tm_arena *arena, struct tm_doc *ret_doc,
                             struct tm_err *err);

/* Key that sorts documents in shard order: source key, date (undated last), message key, then the
 * latest edit first. */
void tm_doc_sort_key(const struct tm_doc *doc, struct tm_buf *buf);

/* Big-endian bytes of a number, and of a time with TM_UNKNOWN after all others. */
void tm_put_be64(struct tm_buf *buf, uint64_t value);
void tm_put_be_time(struct tm_buf *buf, int64_t time);
uint64_t tm_get_be64(const char *p);

#endif
