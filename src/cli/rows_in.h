/* SPDX-License-Identifier: Apache-2.0 */
/* rows_in.h - a file as rows: lines, or JSON objects when it begins with one. */
#ifndef TM_CLI_ROWS_IN_H
#define TM_CLI_ROWS_IN_H

#include <stdio.h>

#include "base/buf.h"
#include "base/json.h"

struct rows_in {
    FILE *file;
    const char *name;               /* for messages */
    const char *field;              /* of objects: what is compared */
    bool objects;
    bool ended;
    struct tm_stream stream;        /* of objects */
    struct tm_json json;
    char *line;
    size_t capacity;
};

/* The file and the two names are borrowed. */
enum tm_status rows_in_init(struct rows_in *in, FILE *file, const char *name, const char *field,
                            struct tm_err *err);
void rows_in_finish(struct rows_in *in);

/* Appends the next row with a line feed to `rows`, and what is compared of it to `values`; TM_END
 * after the last. */
enum tm_status rows_in_next(struct rows_in *in, struct tm_buf *rows, struct tm_buf *values,
                            struct tm_err *err);

#endif
