/* SPDX-License-Identifier: Apache-2.0 */
/* load.h - a batch of documents on its way through cleaning and rendering, with what comes of it. */
#ifndef TM_BUILD_LOAD_H
#define TM_BUILD_LOAD_H

#include "base/hash.h"
#include "build/job.h"
#include "dedup/sketch.h"
#include "report/digest.h"

/* A segment that may stay: its fingerprint, and its sketch when near duplicates are looked for. */
struct print {
    struct tm_fingerprint fingerprint;
    struct tm_sketch *sketch;
    int64_t date;
    uint64_t number;
    uint32_t segment;
    uint32_t id;                    /* where the id begins in `ids` */
    uint32_t id_length;
};

struct load {
    struct tm_batch *batch;
    uint64_t *numbers;              /* of the documents */
    uint32_t *sources;
    struct tm_str *channels;        /* as each document had it */
    size_t capacity;
    struct tm_buf rows;
    struct tm_digester digester;
    struct tm_buf ids;
    struct print *prints;
    size_t n_prints;
    size_t prints_capacity;
    uint64_t *overlaps;             /* segments, by evaluation set */
    struct tm_ledger ledger;
    struct tm_quality_sum quality[TM_PRESET_COUNT];
    struct tm_hash128 key;          /* in the journal */
    bool done;                      /* all of its documents were when they came */
    struct load *next_free;
};

/* render.c: appends the document to load->rows, after cleaning and segmenting. */
enum tm_status tm_load_render(struct job *job, struct load *load, size_t index,
                              struct tm_buf *scratch, struct tm_err *err);

/* What was cut from the document, as its audit row and the index say it: from then on it is done,
 * and its raw text is not needed any more. */
enum tm_status tm_load_settle(struct load *load, struct tm_doc *doc, struct tm_buf *scratch,
                              struct tm_err *err);

#endif
