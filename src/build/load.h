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
    uint32_t document;              /* index in the load */
    uint32_t segment;
    uint32_t offset;                /* of the segment in the document's text */
    uint32_t length;
    uint32_t id;                    /* where the id begins in `ids` */
    uint32_t id_length;
};

/* Sums over documents: 64-bit numbers alone (entry.c adds them as such). */
struct load_sums {
    struct tm_ledger ledger;
    struct tm_quality_sum quality[TM_PRESET_COUNT];
    uint64_t suspects;              /* as in struct job */
};

/* How much of a document the journal had. */
enum tm_recalled {
    TM_RECALLED_UNASKED,
    TM_RECALLED_NOTHING,
    TM_RECALLED_UNSEGMENTED,        /* the clean document */
    TM_RECALLED_CLEAN,              /* the clean and segmented one */
    TM_RECALLED_ROWS,
};

/* What an entry of the journal holds of a document (entry.c). */
struct load_body {
    struct tm_str prints;
    struct tm_str sums;
    struct tm_str document;         /* as in the index */
    uint64_t text;                  /* where its text begins there */
    struct tm_str rows;
};

/* What is known of a document beside itself. */
struct load_doc {
    uint64_t number;
    uint32_t source;
    struct tm_str channel;          /* as the document had it */
    /* with a journal */
    struct tm_hash128 hash;         /* of all that cleaning it goes by */
    struct tm_str key;              /* in shard order, in the batch's arena */
    uint32_t entry;                 /* that has it: its index (recall.c), or UINT32_MAX */
    uint32_t place;                 /* in the entry */
    enum tm_recalled recalled;
    bool again;                     /* it goes into another entry */
    struct load_body body;
};

struct load {
    struct tm_batch *batch;
    struct load_doc *docs;          /* as many as the batch has */
    size_t capacity;
    uint64_t bytes;                 /* of text and metadata */
    struct tm_buf rows;
    struct tm_digester digester;
    struct tm_buf ids;
    struct print *prints;
    size_t n_prints;
    size_t prints_capacity;
    struct load_sums sums;
    uint64_t *overlaps;             /* segments, by evaluation set */
    size_t n_against;               /* of these */
    char first_suspect[128];        /* as in struct job */
    bool done;                      /* all of its documents were when they came */
    bool asked;                     /* the journal was */
    bool keeps_rows;                /* it is told more than clean documents */
    /* with a journal */
    struct load_sums total;         /* of the documents before the one at hand */
    uint64_t *total_overlaps;
    uint64_t n_listed;              /* documents of the entry that is made */
    struct tm_buf list;
    struct tm_buf bodies;
    struct tm_buf packed;
    struct tm_buf entry;            /* bodies of one that was read */
    void *context;                  /* ZSTD_CCtx */
    struct load *next_free;
};

/* render.c: appends the document to load->rows, after cleaning and segmenting. */
enum tm_status tm_load_render(struct job *job, struct load *load, size_t index,
                              struct tm_buf *scratch, struct tm_err *err);

/* Gives the print the id of its record, in load->ids. */
void tm_load_name(struct load *load, struct print *print, struct tm_str doc_id);

/* Notes the document as the first that may be in a wrong code page, if it is. */
void tm_load_suspect(struct load *load, const struct tm_doc *doc);

/* Gives the print a sketch of its text; false when memory is short. */
bool tm_load_sketch(struct load *load, struct print *print, const char *text);

/* Room for n prints. */
bool tm_load_reserve_prints(struct load *load, size_t n);

/* What was cut from the document, as its audit row and the index say it: from then on it is done,
 * and its raw text is not needed any more. */
enum tm_status tm_load_settle(struct load *load, struct tm_doc *doc, struct tm_buf *scratch,
                              struct tm_err *err);

#endif
