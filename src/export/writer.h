/* SPDX-License-Identifier: Apache-2.0 */
/* writer.h - a form of export: what a writer of one file does. */
#ifndef TM_EXPORT_WRITER_H
#define TM_EXPORT_WRITER_H

#include <tolmach/export.h>

#include "pack/value.h"

/* A file under way; `state` belongs to its form. */
struct tm_writer {
    const struct tm_writer_form *form;
    const char *path;
    int fd;
    uint64_t written;               /* bytes so far */
    void *state;
};

struct tm_writer_form {
    const char *name;
    const char *extension;
    enum tm_status (*begin)(struct tm_writer *writer, struct tm_err *err);
    enum tm_status (*put)(struct tm_writer *writer, const struct tm_value *row, struct tm_err *err);
    /* Writes what is left; not called after a failure. */
    enum tm_status (*end)(struct tm_writer *writer, struct tm_err *err);
    /* Frees the state, in any case. */
    void (*finish)(struct tm_writer *writer);
};

extern const struct tm_writer_form tm_text_form;
extern const struct tm_writer_form tm_tsv_form;
extern const struct tm_writer_form tm_webdataset_form;
extern const struct tm_writer_form tm_parquet_form;

enum tm_status tm_writer_write(struct tm_writer *writer, const void *p, size_t n,
                               struct tm_err *err);

/* A value that every record has, or an unknown slice; whole numbers, 0 when it is none. */
struct tm_str tm_row_text(const struct tm_value *row, const char *key);
uint64_t tm_row_number(const struct tm_value *row, const char *key);

#endif
