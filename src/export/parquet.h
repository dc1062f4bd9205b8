/* SPDX-License-Identifier: Apache-2.0 */
/*
 * parquet.h - a file of Parquet under way (https://parquet.apache.org/docs/file-format/): row groups
 * of columns, each a single data page (version 1, PLAIN, zstd), and a footer that says where they
 * lie. Private to parquet*.c.
 */
#ifndef TM_EXPORT_PARQUET_H
#define TM_EXPORT_PARQUET_H

#include <zstd.h>

#include "base/buf.h"
#include "pack/fields.h"
#include "pack/value.h"

#define TM_PARQUET_MAGIC "PAR1"

/* Numbers of the format. */
enum { BOOLEAN = 0, INT64 = 2, DOUBLE = 5, BYTE_ARRAY = 6 };
enum { REQUIRED = 0, OPTIONAL = 1, REPEATED = 2 };
enum { UTF8 = 0, LIST = 3, TIMESTAMP_MILLIS = 9 };
enum { PLAIN = 0, RLE = 3, ZSTD = 6, DATA_PAGE = 0 };

enum tm_parquet_kind { TEXT, TEXT_OR_NULL, TIME_OR_NULL, WHOLE, REAL, FLAG, TEXTS, JSON_OR_NULL };

/* A column: a key of the record, or of its `quality`. */
struct tm_parquet_column {
    const char *group;
    const char *key;
    enum tm_parquet_kind kind;
};

/* Room for those of a record and of its objects. */
enum { TM_PARQUET_COLUMNS = 2 * TM_FIELDS_MOST };

/* Runs of a level that is 0 or 1. */
struct tm_parquet_levels {
    struct tm_buf runs;
    int value;
    uint64_t length;
};

/* The values of a column in the row group under way. */
struct tm_parquet_values {
    struct tm_parquet_levels repetition;
    struct tm_parquet_levels definition;
    struct tm_buf data;
    uint64_t n;                     /* with nulls, and a place for each empty list */
    unsigned bits;                  /* of booleans in the last byte of data */
};

/* Where a column of a finished row group lies. */
struct tm_parquet_chunk {
    uint64_t offset;
    uint64_t packed;
    uint64_t bytes;
    uint64_t n;
};

struct tm_parquet_group {
    struct tm_parquet_chunk chunks[TM_PARQUET_COLUMNS];
    uint64_t rows;
};

struct tm_parquet {
    struct tm_parquet_column columns[TM_PARQUET_COLUMNS];
    size_t n_columns;
    struct tm_parquet_values values[TM_PARQUET_COLUMNS];
    uint64_t rows;                  /* in the group under way */
    size_t bytes;
    struct tm_parquet_group *groups;
    size_t n_groups;
    uint64_t total;
    struct tm_buf page;
    struct tm_buf packed;
    ZSTD_CCtx *context;
};

/* Little-endian, n bytes. */
void tm_parquet_put_le(struct tm_buf *buf, uint64_t value, int n);

/* parquet_values.c: adds a value, NULL for none, to a column; and its levels to a page. */
void tm_parquet_put_value(struct tm_parquet_values *v, enum tm_parquet_kind kind,
                          const struct tm_value *value);
void tm_parquet_put_levels(struct tm_buf *page, struct tm_parquet_levels *levels);
bool tm_parquet_is_nullable(enum tm_parquet_kind kind);

/* parquet_footer.c: schema, and where everything lies. */
void tm_parquet_put_footer(struct tm_buf *buf, const struct tm_parquet *p);

#endif
