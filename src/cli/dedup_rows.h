/* SPDX-License-Identifier: Apache-2.0 */
/*
 * dedup_rows.h - the rows of `tolmach dedup`, of which those that came before go. As long as the
 * fingerprints fit in memory, a row is printed when it comes or dropped. The others, and all when
 * near duplicates are looked for or explained, are laid in a temporary file; a second pass prints
 * those that stay.
 */
#ifndef TM_CLI_DEDUP_ROWS_H
#define TM_CLI_DEDUP_ROWS_H

#include <tolmach/dedup.h>

#include "base/rowfile.h"
#include "base/tempfile.h"
#include "dedup/seen.h"

struct dedup {
    struct tm_rowfile in;
    struct tm_tempfile *rows;       /* with their line feeds */
    struct tm_tempfile *heads;      /* a word for each */
    struct tm_seen *seen;           /* or NULL: all rows wait */
    struct tm_exact *exact;         /* or */
    struct tm_near *near;
    struct tm_against *against;     /* or NULL */
    const char **names;             /* of its files */
    uint64_t *overlaps;             /* rows, by file */
    size_t n_files;
    struct batch *free_batches;     /* private to dedup_rows.c */
    uint64_t n;
    uint64_t size;                  /* of an input that is a file, until that is known; or 0 */
    bool explain;
};

/* The first pass: all rows of `in`. */
enum tm_status dedup_read_rows(struct dedup *dedup, unsigned threads, struct tm_err *err);

/* The second one: prints the rows that waited and stay, or, to explain, those that go. */
enum tm_status dedup_print_rows(struct dedup *dedup, struct tm_err *err);

#endif
