/* SPDX-License-Identifier: Apache-2.0 */
/* verifying.h - a verification under way; private to verify*.c. */
#ifndef TM_PACK_VERIFYING_H
#define TM_PACK_VERIFYING_H

#include <tolmach/release.h>

#include "base/sorter.h"
#include "pack/opened.h"
#include "pack/paragraphs.h"
#include "pack/spread.h"
#include "pack/sums.h"

struct tm_verifier {
    struct tm_opened *opened;
    tm_fault_fn *fault;
    void *user;
    struct tm_verify_result result;
    struct tm_err first;            /* fault */
    struct tm_sums files;           /* digests of what lies in the release */
    bool broken;                    /* a shard could not be read to its end */
    /* sums over the records, by enum tm_pack_stream */
    uint64_t records[3];
    uint64_t bytes[3];
    uint64_t edits;
    struct tm_sorter *ids;
    struct tm_buf doc_id;           /* of the last record */
    uint64_t seg;
    struct tm_spread *spread;       /* made anew; NULL: not all that it is made from is there */
    bool spread_cut;                /* some of what it is made from could not be read */
    struct tm_paragraphs *paragraphs;   /* counted anew; NULL: they were not counted */
    struct tm_buf entries;          /* scratch, for one record */
    struct tm_buf form;
    struct tm_buf digests;          /* lines of which the corpus digest is made */
};

/* Reports a fault and goes on. */
void tm_verify_fault(struct tm_verifier *v, const char *file, uint64_t offset, const char *format,
                     ...) TM_PRINTF(4, 5);

/* Reports a failure of a reader as a fault if it is one of the release (TM_OK then), else returns
 * it. */
enum tm_status tm_verify_absorb(struct tm_verifier *v, enum tm_status status,
                                const struct tm_err *what, struct tm_err *err);

/* verify_files.c: the files of a folder against its SHA256SUMS. `prefix` stands before names in
 * messages. Fills *ret_files. */
enum tm_status tm_verify_files(struct tm_verifier *v, const char *dir, const char *prefix,
                               struct tm_sums *ret_files, struct tm_err *err);

/* verify_rows.c: shards, records and provenance. */
enum tm_status tm_verify_rows(struct tm_verifier *v, struct tm_err *err);

/* verify_spread.c: takes rows on the way; the last one compares. */
enum tm_status tm_verify_spread_begin(struct tm_verifier *v, const char *temp, struct tm_err *err);
enum tm_status tm_verify_spread_record(struct tm_verifier *v, const struct tm_value *record,
                                       const struct tm_value *provenance, struct tm_err *err);
enum tm_status tm_verify_spread_reject(struct tm_verifier *v, const struct tm_value *reject,
                                       struct tm_err *err);
enum tm_status tm_verify_spread(struct tm_verifier *v, struct tm_err *err);

/* verify_paragraphs.c: takes records on the way; the last one compares. */
enum tm_status tm_verify_paragraphs_begin(struct tm_verifier *v, const char *temp,
                                          struct tm_err *err);
enum tm_status tm_verify_paragraphs_record(struct tm_verifier *v, const struct tm_value *record,
                                           struct tm_err *err);
enum tm_status tm_verify_paragraphs(struct tm_verifier *v, struct tm_err *err);

/* verify_audit.c: the audit folder, which exists. */
enum tm_status tm_verify_audit(struct tm_verifier *v, struct tm_err *err);

#endif
