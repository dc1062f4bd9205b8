/* SPDX-License-Identifier: Apache-2.0 */
/* rowfile.h - a file as rows: lines, or JSON objects when it begins with one. */
#ifndef TM_BASE_ROWFILE_H
#define TM_BASE_ROWFILE_H

#include <stdio.h>

#include "base/buf.h"
#include "base/json.h"

struct tm_rowfile {
    FILE *file;
    const char *name;               /* for messages */
    const char *field;              /* of objects: what is compared */
    bool objects;
    bool ended;
    uint64_t n_objects;             /* so far */
    uint64_t n_whole;               /* of them without the field: all of it is compared */
    struct tm_stream stream;        /* of objects */
    struct tm_json json;
    char *block;                    /* of lines: what was read, of which [begin, end) is left */
    size_t begin;
    size_t end;
};

/* The file and the two names are borrowed. */
enum tm_status tm_rowfile_init(struct tm_rowfile *in, FILE *file, const char *name,
                               const char *field, struct tm_err *err);
void tm_rowfile_finish(struct tm_rowfile *in);

/* Appends the next row with a line feed to `rows`, and what is compared of it to `values`; TM_END
 * after the last. Of lines, which are compared as a whole, `values` may be NULL. */
enum tm_status tm_rowfile_next(struct tm_rowfile *in, struct tm_buf *rows, struct tm_buf *values,
                            struct tm_err *err);

#endif
