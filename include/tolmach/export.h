/* SPDX-License-Identifier: Apache-2.0 */
/*
 * export.h - the records of a release in other forms.
 *
 * Files are OUT/LANG/SPLIT-NNNNN.EXT, a new one every `rows` records. A record's split is drawn by
 * its document, so that all records of a post are in one split, in every version for ever: with
 * d = the first eight bytes of SHA-256(doc_id), big-endian, it is `test` when d / 2^64 is below
 * the test share, `validation` when it is below test and validation share together, else `train`.
 * A share that grows takes from `train` alone. The same release and options give the same bytes.
 */
#ifndef TOLMACH_EXPORT_H
#define TOLMACH_EXPORT_H

#include <tolmach/base.h>

#ifdef __cplusplus
extern "C" {
#endif

enum tm_export_form {
    TM_EXPORT_TEXT,             /* .txt: a record a line, line feeds inside become blanks */
    TM_EXPORT_TSV,              /* .tsv: doc_id, seg, lang, text; backslash, tab, line feed and
                                   carriage return in it as \\ \t \n \r */
    TM_EXPORT_WEBDATASET,       /* .tar: ID.txt and ID.json, members of one record together */
    TM_EXPORT_PARQUET,          /* .parquet: a column per key, zstd, row groups of 64 MiB at most */
};

struct tm_export_options {
    enum tm_export_form form;
    const char *out;            /* folder; made when it is not there, and must be empty */
    const char *lang;           /* ru, en or other; NULL: all that are there */
    unsigned test;              /* shares in 1/10000 */
    unsigned validation;
    uint64_t rows;              /* records in a file at most; 0: 1,000,000 */
};

struct tm_export_result {
    uint64_t files;
    uint64_t records[3];        /* train, validation, test */
};

/* The name of a form (text, tsv, webdataset, parquet), static; NULL after the last. */
TM_API const char *tm_export_form_name(int form);

/* Writes the records of the release in `dir`. TM_ERR_READ, TM_ERR_FORMAT or TM_ERR_VERIFY when it is
 * not as it must be; TM_ERR_WRITE with the file; TM_ERR_USAGE for a folder that is not empty or
 * shares above one. After a failure what was written is left and must not be used. */
TM_API enum tm_status tm_export(const char *dir, const struct tm_export_options *options,
                                struct tm_export_result *ret_result, struct tm_err *err);

#ifdef __cplusplus
}
#endif

#endif
