/* SPDX-License-Identifier: Apache-2.0 */
/*
 * release.h - a published release, read again: is it what it states, what is in it, and where did
 * a record come from.
 *
 * A release is the folder OUT/NAME/VERSION. Its audit folder stands beside it, in
 * OUT/NAME/audit/VERSION: `audit_dir` NULL means to look there, "" to do without, anything else is
 * its path. Nothing is written, except unnamed temporary files in TMPDIR (else /tmp) when there
 * are more ids than fit in 64 MiB. Memory is bounded by the largest frame and the manifest.
 */
#ifndef TOLMACH_RELEASE_H
#define TOLMACH_RELEASE_H

#include <tolmach/base.h>

#ifdef __cplusplus
extern "C" {
#endif

/* One fault: `file` is relative to the release (audit/… for the audit folder), `offset` a byte of
 * that file as it lies on disk, or of the decompressed rows where the message says "content". Good
 * until the callback returns. */
typedef void tm_fault_fn(void *user, const struct tm_err *fault);

struct tm_verify_result {
    uint64_t faults;
    uint64_t files;             /* checked, SHA256SUMS included */
    uint64_t records;
    uint64_t documents;         /* with at least one record */
    uint64_t text_bytes;        /* of the records */
    bool audited;               /* the audit folder was there and was checked too */
    char corpus_digest[65];     /* as the content gives it, "" when it could not be computed */
    char name[128];             /* as the manifest has them */
    char version[128];
    uint64_t shards;            /* that are there */
    uint64_t shards_published;  /* that the manifest names: more, when the copy is partial */
    bool partial;               /* it has a partial.json */
};

/* Checks a release:
 *  - SHA256SUMS names exactly the files that are there, in the one way in which it can be written,
 *    and every digest is right; nothing else lies in the folder (SHA256SUMS.minisig, .git, .gitattributes and
 *    .cache may, at its top);
 *  - the manifest has all that it must, its ledger balances, and its sums over shards, sources and
 *    languages agree with each other;
 *  - every shard: frames and seek table, size, counts and digests of each frame and of the whole;
 *    content that is right in a file of other bytes (another zstd) is told from damage;
 *  - every record: keys, order and types; text is valid UTF-8; n_chars and n_words recounted;
 *    bytes of text against the ledger; the language is the folder's; ids are unique; provenance has
 *    one row for each record, in the order of the records;
 *  - where paragraphs were counted: how many recur and their bytes, counted anew from the records;
 *  - with the audit folder: its SHA256SUMS, both balances of each document, and the totals of
 *    every rule and reason against the ledger.
 * After a broken shard, or a row of provenance out of place, records and rows cannot be matched any
 * more: the files that are left are checked by their digests alone, and what would only follow from
 * that fault is not reported.
 *
 * A partial copy (fetch.h: the folder has a partial.json) is checked for what it says to hold: that
 * shards are missing is no fault then, sums over all records are not compared, corpus_digest stays
 * "", and `documents` counts a document in each of its languages.
 *
 * Calls `fault` (may be NULL) for each fault. TM_OK when there is none; TM_ERR_VERIFY with the
 * first one in *err; TM_ERR_READ when `dir` holds no release; TM_ERR_NOMEM, TM_ERR_WRITE (of a
 * temporary file). *ret_result is filled for TM_OK and TM_ERR_VERIFY. */
TM_API enum tm_status tm_verify(const char *dir, const char *audit_dir, tm_fault_fn *fault,
                                void *user, struct tm_verify_result *ret_result,
                                struct tm_err *err);

enum tm_form {
    TM_FORM_TEXT,               /* for people: aligned plain text, lines below 100 columns where
                                   names allow it */
    TM_FORM_JSON,               /* for programs: one JSON object, two blanks a level */
};

/* Where a document stands in its source: a name as the release has it, and a byte of that file or
 * archive member. */
struct tm_origin {
    char file[4096];            /* "" if not known */
    uint64_t offset;
};

/* Where the record `id` came from: its row, its provenance, and, if the audit folder is at hand,
 * the balance of its document and what each rule removed. `id` may also be a doc_id: then all of
 * its records. A segment or document that was left out is found in the audit folder with its
 * reason. TM_ERR_USAGE when nothing has that id. *ret_text is NUL-terminated, freed by
 * tm_text_free; `ret_origin` may be NULL. */
TM_API enum tm_status tm_explain(const char *dir, const char *audit_dir, const char *id,
                                 enum tm_form form, struct tm_origin *ret_origin,
                                 char **ret_text, struct tm_err *err);

/* What became of a record from one release to another. */
enum tm_change {
    TM_CHANGE_ADDED,
    TM_CHANGE_REMOVED,
    TM_CHANGE_TEXT,             /* another text (or language) at the same place */
    TM_CHANGE_METADATA,         /* the same text, something else differs */
};

/* `reason`: why a removed record is not there any more, as the new release's audit folder has it,
 * or "absent": its message is not among the inputs. Slices are good until the callback returns. */
typedef void tm_change_fn(void *user, enum tm_change change, struct tm_str id,
                          struct tm_str reason);

/* What changed from one release to another, by source and by reason, and in recipe and versions.
 * `change` (may be NULL) is told each record in byte order of the ids. *ret_changes counts them.
 * Memory is bounded as for tm_verify. Text as for tm_explain. */
TM_API enum tm_status tm_diff(const char *old_dir, const char *new_dir, tm_change_fn *change,
                              void *user, enum tm_form form, uint64_t *ret_changes,
                              char **ret_text, struct tm_err *err);

/* The versions of a corpus, OUT/NAME: a line each, the earliest first by date and then by name.
 * TM_ERR_READ when there is none. */
TM_API enum tm_status tm_log(const char *corpus_dir, enum tm_form form, char **ret_text,
                             struct tm_err *err);

/* Which records tm_cat gives, numbered from 0 in the order of the manifest's shards (data/en,
 * data/other, data/ru), or, with `lang`, in that language. Zero is the default of all but `last`. */
struct tm_cat_options {
    const char *lang;           /* "ru", "en" or "other"; NULL: all */
    const char *id;             /* this record; NULL: see below */
    const char *doc_id;         /* all records of this document; NULL: see below */
    uint64_t first;             /* without id and doc_id: the records first..last, both included */
    uint64_t last;              /* UINT64_MAX: to the end */
    uint64_t sample;            /* so many of them at random, in their order; 0: all */
    uint64_t seed;              /* of the sample: the same gives the same */
};

/* A line of JSON with its newline, as it stands in the release; good until the callback returns.
 * What it returns other than TM_OK ends the walk and is the result. */
typedef enum tm_status tm_line_fn(void *user, struct tm_str line, struct tm_err *err);

/* Gives records of a release. A record by its number costs one frame. An id tg-SOURCE-MESSAGE-SEG is
 * found by a binary search among the frames of its source, as long as its messages are numbered in
 * the order of their dates, else in all frames of the source; any other id, and one that is not
 * there, by reading all frames. Every frame that is read is checked against the manifest. A partial
 * copy is numbered by what is there. TM_ERR_USAGE when nothing has the id; TM_ERR_READ,
 * TM_ERR_FORMAT or TM_ERR_VERIFY for what is no release or is damaged. */
TM_API enum tm_status tm_cat(const char *dir, const struct tm_cat_options *options,
                             tm_line_fn *line, void *user, struct tm_err *err);

TM_API void tm_text_free(char *text);

#ifdef __cplusplus
}
#endif

#endif
