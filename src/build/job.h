/* SPDX-License-Identifier: Apache-2.0 */
/*
 * job.h - a build under way, and the steps through which it goes:
 *
 *   collect   inputs -> documents, sorted in shard order                       (collect.c)
 *   survey    one walk over them: which message is another version of one
 *             that stays, what recurs in each source, its title                (survey.c)
 *   work      a second walk: clean, segment, render rows, take fingerprints    (work.c)
 *   emit      decide duplicates; a third walk, over the rendered rows: records,
 *             provenance and audit rows to the packer                          (emit.c)
 *   publish   manifest, card and checksums; the release appears                (describe.c)
 */
#ifndef TM_BUILD_JOB_H
#define TM_BUILD_JOB_H

#include <tolmach/dedup.h>

#include "base/sorter.h"
#include "base/tempfile.h"
#include "build/forget.h"
#include "build/recipe.h"
#include "core/ledger.h"
#include "pack/packer.h"
#include "pack/paragraphs.h"
#include "pack/spread.h"

/* What is known of a source after the survey. */
struct job_source {
    struct tm_str key;
    struct tm_str title;            /* as last seen */
    int64_t title_date;
    uint64_t documents;             /* that gave a record */
    uint64_t records[3];            /* by enum tm_pack_stream */
    uint64_t bytes[3];
};

struct job {
    struct tm_recipe *recipe;
    const struct tm_build_options *options;
    struct tm_build_result *result;
    unsigned threads;
    uint64_t memory;
    const char *temp;               /* folder for temporary files */
    struct tm_packer *packer;       /* NULL for a dry run */
    struct tm_report *report;       /* under way; NULL: there will be none */
    struct tm_source *source;
    struct tm_parent *parent;       /* NULL: there is none */
    struct tm_forget forget;
    struct tm_buf forgotten;        /* tm_hash128 of the id of each document that was */
    struct tm_arena *arena;         /* lives as long as the build */
    struct tm_sorter *documents;
    uint64_t n_documents;
    struct tm_sorter *superseded;   /* keys are the numbers of documents that go */
    struct tm_sorter *versions;     /* of messages with several: number of the one that stays, edit
                                       time and digest of each, 8 bytes each */
    uint64_t n_edits;               /* versions beyond the first, of documents that gave a record */
    struct tm_learnt *learnt;
    struct job_source *sources;
    size_t n_sources;
    int64_t newest;                 /* date of the newest message, or TM_UNKNOWN */
    struct tm_tempfile *rows;
    struct tm_journal *journal;     /* NULL: there is none */
    bool keeps_rows;                /* in it, and packed frames: for builds to come */
    struct tm_exact *exact;         /* or, */
    struct tm_near *near;           /* which finds exact ones too; NULL: duplicates stay */
    struct tm_spread *spread;       /* who took what from whom */
    struct tm_paragraphs *paragraphs;       /* NULL: they are not counted */
    struct tm_against *against;     /* NULL: there are no evaluation sets */
    struct tm_manifest_against *overlaps;   /* by evaluation set */
    size_t n_against;
    struct tm_ledger ledger;
    struct tm_quality_sum quality[TM_PRESET_COUNT];
    uint64_t suspects;              /* documents that may be in a wrong code page */
    char first_suspect[128];        /* the first one's id */
    struct tm_reading reading;      /* sums over the documents that were collected */
};

enum tm_status tm_job_collect(struct job *job, struct tm_err *err);
enum tm_status tm_job_survey(struct job *job, struct tm_err *err);
enum tm_status tm_job_work(struct job *job, struct tm_err *err);
enum tm_status tm_job_emit(struct job *job, struct tm_err *err);
enum tm_status tm_job_publish(struct job *job, struct tm_err *err);     /* describe.c */

/* tm_pack_more_fn: the page on the release and its numbers (describe.c). */
enum tm_status tm_job_report(void *user, const char *dir, struct tm_pack_more *more,
                             struct tm_err *err);

/* Bytes of an input that were read so far: all of them, unless a limit cut it. */
uint64_t tm_job_input_bytes(const struct tm_input_report *report);

/* A walk over the documents in shard order. Documents without an id of their own get one, with an
 * ordinal among equals. */
struct job_walk {
    struct job *job;
    uint64_t next;                  /* number of the next document */
    size_t source;                  /* index of its source, SIZE_MAX before the first */
    struct tm_buf source_key;       /* of that source */
    struct tm_str key;              /* of the document at hand: tm_doc_sort_key */
    struct tm_buf group;            /* source, date and message key that equals share */
    struct tm_buf file;             /* the file that gave the last of them */
    uint64_t in_file;               /* equals seen in it */
    uint64_t equals;                /* equals that count as documents */
};

enum tm_status tm_job_walk_begin(struct job *job, struct job_walk *ret_walk, struct tm_err *err);
void tm_job_walk_end(struct job_walk *walk);

/* The next document, decoded into `arena`, with its number and source index; doc->drop is
 * TM_REASON_SUPERSEDED for a repeated equal of another file. TM_END after the last. */
enum tm_status tm_job_walk_next(struct job_walk *walk, struct tm_arena *arena,
                                struct tm_doc *ret_doc, uint64_t *ret_number,
                                struct tm_err *err);

/* Frames in the journal, once there is one (frames.c). */
struct tm_pack_store tm_job_frames(struct job *job);

/* Whether the release will have a report. */
bool tm_job_reports(const struct job *job);

void tm_job_progress(struct job *job, const char *step, uint64_t done, uint64_t total);

/* A rendered document in `rows`: this head, `n_segments` parts, then the bytes: of each part its
 * record, its provenance row, the entries of its paragraphs and what the report counts of it, then
 * the audit row, then the reject row of a dropped document, then its entry in the index. */
struct row_head {
    uint64_t number;
    uint32_t source;
    uint32_t n_segments;
    uint32_t audit;
    uint32_t reject;
    uint32_t index;
    uint32_t size;                  /* of all that follows the head */
    uint32_t drop;
    uint32_t forwarded;             /* 1: it says from whom */
};

struct row_part {
    uint32_t stream;                /* enum tm_pack_stream of the record */
    uint32_t reason;                /* TM_KEPT, or why it goes whatever dedup says */
    uint32_t record;
    uint32_t provenance;
    uint32_t paragraphs;
    uint32_t digest;
    uint64_t text;                  /* bytes of the segment */
};

#endif
