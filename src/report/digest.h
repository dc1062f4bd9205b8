/* SPDX-License-Identifier: Apache-2.0 */
/*
 * digest.h - what is counted of a record, as numbers. A build takes them where the record is made,
 * by the threads that make it; of a release they are read out of its rows. Both give the same.
 */
#ifndef TM_REPORT_DIGEST_H
#define TM_REPORT_DIGEST_H

#include <tolmach/document.h>
#include <tolmach/quality.h>

#include "report/columns.h"
#include "report/words.h"

struct tm_digest {
    uint64_t id;                    /* hash of the id */
    uint64_t doc;                   /* hash of the document's id, as it stands in the row */
    uint64_t bytes;                 /* of the text */
    uint64_t chars;
    uint64_t words;
    uint64_t n_segs;
    uint32_t month;                 /* year * 12 + month - 1; TM_REPORT_MONTHS: unknown */
    uint32_t score;                 /* of the language, 1/10000 */
    uint32_t kept;                  /* share of the raw bytes, 1/10000; UINT32_MAX: unknown */
    uint32_t n_signals;             /* that the row has: all, unless it is not ours */
    uint32_t signals[TM_SIGNAL_COUNT];
    uint32_t named;                 /* 1: it has hashtags, or was forwarded */
    uint32_t marks;                 /* bytes of marks of its words, behind the digest */
};

/* The columns of a record, in their order. */
enum tm_record_column {
    TM_COLUMN_ID, TM_COLUMN_TEXT, TM_COLUMN_LANG, TM_COLUMN_LANG_SCORE, TM_COLUMN_DOC_ID,
    TM_COLUMN_SEG, TM_COLUMN_N_SEGS, TM_COLUMN_CHANNEL, TM_COLUMN_FORWARDED_FROM,
    TM_COLUMN_AUTHOR, TM_COLUMN_DATE, TM_COLUMN_URL, TM_COLUMN_HASHTAGS, TM_COLUMN_N_CHARS,
    TM_COLUMN_N_WORDS, TM_COLUMN_QUALITY, TM_COLUMN_EXTRA, TM_RECORD_COLUMNS
};

/* Reads the row of a record, whose id and text were decoded. It has no marks. */
struct tm_digest tm_digest_read(const struct tm_str *cells, struct tm_str id, struct tm_str text);

/* What a digest is made with; the owner of a zeroed one finishes it. A thread has its own. */
struct tm_digester {
    struct tm_lower_words words;
    struct tm_buf marks;            /* of the text that was taken last */
    size_t bytes;                   /* of that text */
    struct tm_buf scratch;
};

void tm_digester_finish(struct tm_digester *digester);

/* Takes the words of a record's text from those who measure it (a tm_quality_take_fn); `user` is a
 * struct tm_digester. */
void tm_digester_take(void *user, struct tm_str text, const struct tm_quality_word *words, size_t n);

/* Appends the digest of the record whose words were taken, with its marks: bytes that only
 * tm_report_record reads, in the same process. buf->failed tells that memory was short. */
void tm_digest_put(struct tm_buf *buf, struct tm_digester *digester, const struct tm_doc *doc,
                   size_t seg, const struct tm_signals *signals);

#endif
