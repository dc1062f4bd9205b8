/* SPDX-License-Identifier: Apache-2.0 */
/*
 * paragraphs.h - paragraphs that recur: those of which the normal form (tolmach/dedup.h) has
 * TM_PARAGRAPH_CHARS characters at least and stands in TM_PARAGRAPH_DOCUMENTS kept documents at
 * least. They are counted and stay where they are.
 *
 * Counts are exact; what does not fit the budget is spilled. The text of a paragraph is read again
 * from where its first record lies. One thread at a time, but for tm_paragraphs_put.
 */
#ifndef TM_PACK_PARAGRAPHS_H
#define TM_PACK_PARAGRAPHS_H

#include "base/buf.h"
#include "base/tempfile.h"

enum { TM_PARAGRAPH_CHARS = 40, TM_PARAGRAPH_DOCUMENTS = 5 };

/* Appends an entry for each line of a text that is long enough, in a form of this process.
 * `scratch` is emptied. Any thread. */
void tm_paragraphs_put(struct tm_buf *entries, struct tm_str text, struct tm_buf *scratch);

struct tm_paragraphs;

/* `folder` takes temporary files; `budget`: bytes of memory. */
enum tm_status tm_paragraphs_create(const char *folder, size_t budget,
                                    struct tm_paragraphs **ret_paragraphs, struct tm_err *err);
void tm_paragraphs_destroy(struct tm_paragraphs *paragraphs);

/* Takes the entries of a kept record: a row of `size` bytes at `offset` of a file. The texts told
 * are those of the document with the lowest number. */
enum tm_status tm_paragraphs_add(struct tm_paragraphs *paragraphs, struct tm_str entries,
                                 uint64_t document, uint64_t offset, size_t size,
                                 struct tm_err *err);

/* Ends adding, and counts: for those who ask for the sum alone. */
enum tm_status tm_paragraphs_count(struct tm_paragraphs *paragraphs, struct tm_err *err);

/* Ends adding, and counts; `records` is that file, flushed. */
enum tm_status tm_paragraphs_decide(struct tm_paragraphs *paragraphs, struct tm_tempfile *records,
                                    struct tm_err *err);

/* Appends the next row: {text, documents, doc_id}, the text as first seen and where; by number of
 * documents, the most first, then by text as it is written. TM_END after the last. */
enum tm_status tm_paragraphs_next(struct tm_paragraphs *paragraphs, struct tm_buf *row,
                                  struct tm_err *err);

/* How many there are, and the bytes that all their occurrences have. */
struct tm_paragraph_sum {
    uint64_t paragraphs;
    uint64_t bytes;
};
struct tm_paragraph_sum tm_paragraphs_sum(const struct tm_paragraphs *paragraphs);

#endif
