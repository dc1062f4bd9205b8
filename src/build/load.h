/* SPDX-License-Identifier: Apache-2.0 */
/* load.h - a batch of documents on its way through cleaning and rendering, with what comes of it. */
#ifndef TM_BUILD_LOAD_H
#define TM_BUILD_LOAD_H

#include "base/hash.h"
#include "build/job.h"
#include "dedup/sketch.h"

/* A segment that may stay: its fingerprint, and its sketch when near duplicates are looked for. */
struct print {
    struct tm_fingerprint fingerprint;
    struct tm_sketch *sketch;
    int64_t date;
    uint32_t document;              /* index in the load */
    uint32_t segment;
    uint32_t length;                /* of the segment's text */
    uint32_t id;                    /* where the id begins in `ids` */
    uint32_t id_length;
};

/* Sums over the documents of a load. */
struct load_sums {
    struct tm_ledger ledger;
    struct tm_quality_sum quality[TM_PRESET_COUNT];
    uint64_t suspects;              /* as in struct job */
    char first_suspect[128];
};

struct load {
    struct tm_batch *batch;
    uint64_t *numbers;              /* of the documents */
    uint32_t *sources;
    struct tm_str *channels;        /* as each document had it */
    size_t capacity;
    uint64_t bytes;                 /* of text and metadata */
    struct tm_buf rows;
    struct tm_buf ids;
    struct print *prints;
    size_t n_prints;
    size_t prints_capacity;
    uint64_t *overlaps;             /* segments, by evaluation set */
    size_t n_against;               /* of these */
    struct load_sums sums;
    struct tm_hash128 key;          /* of its entry in the journal */
    struct tm_buf entry;
    struct tm_buf packed;
    void *context;                  /* ZSTD_CCtx */
    int recalled;                   /* enum tm_recalled */
    bool done;                      /* all of its documents were when they came */
    struct load *next_free;
};

/* render.c: appends the document to load->rows, after cleaning and segmenting. */
enum tm_status tm_load_render(struct job *job, struct load *load, size_t index,
                              struct tm_buf *scratch, struct tm_err *err);

/* Gives the print a sketch of its text; false when memory is short. */
bool tm_load_sketch(struct load *load, struct print *print, const char *text);

/* Room for n prints. */
bool tm_load_reserve_prints(struct load *load, size_t n);

/* What was cut from the document, as its audit row and the index say it: from then on it is done,
 * and its raw text is not needed any more. */
enum tm_status tm_load_settle(struct load *load, struct tm_doc *doc, struct tm_buf *scratch,
                              struct tm_err *err);

#endif
