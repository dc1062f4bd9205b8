/* SPDX-License-Identifier: Apache-2.0 */
/* The footer of a Parquet file, in Thrift. */
#include "export/parquet.h"

#include <string.h>

#include "base/str.h"
#include "export/thrift.h"

static void put_element(struct thrift *t, const char *name, int type, int repetition, int children,
                        int converted)
{
    thrift_begin(t, 0);
    if (type >= 0)
        thrift_i32(t, 1, type);
    if (repetition >= 0)
        thrift_i32(t, 3, repetition);
    thrift_text(t, 4, tm_str_of(name));
    if (children > 0)
        thrift_i32(t, 5, children);
    if (converted >= 0)
        thrift_i32(t, 6, converted);
    thrift_end(t);
}

static int type_of(enum tm_parquet_kind kind)
{
    return kind == WHOLE || kind == TIME_OR_NULL ? INT64
         : kind == REAL                          ? DOUBLE
         : kind == FLAG                          ? BOOLEAN
                                                 : BYTE_ARRAY;
}

static int converted_of(enum tm_parquet_kind kind)
{
    return kind == TIME_OR_NULL ? TIMESTAMP_MILLIS : type_of(kind) == BYTE_ARRAY ? UTF8 : -1;
}

/* Members of a group stand together in the table. */
static int group_size(const struct tm_parquet *p, size_t first)
{
    int n = 0;
    for (size_t i = first; i < p->n_columns && p->columns[i].group != NULL; i++)
        n++;
    return n;
}

static void put_schema(struct thrift *t, const struct tm_parquet *p)
{
    size_t elements = 1;
    int top = 0;
    for (size_t i = 0; i < p->n_columns; i++) {
        bool begins = p->columns[i].group != NULL && (i == 0 || p->columns[i - 1].group == NULL);
        top += p->columns[i].group == NULL || begins;
        elements += 1 + (size_t)begins + (p->columns[i].kind == TEXTS ? 2 : 0);
    }
    thrift_list_of_structs(t, 2, elements);
    put_element(t, "record", -1, -1, top, -1);
    for (size_t i = 0; i < p->n_columns; i++) {
        const struct tm_parquet_column *c = &p->columns[i];
        if (c->group != NULL && (i == 0 || p->columns[i - 1].group == NULL))
            put_element(t, c->group, -1, REQUIRED, group_size(p, i), -1);
        if (c->kind == TEXTS) {
            put_element(t, c->key, -1, REQUIRED, 1, LIST);
            put_element(t, "list", -1, REPEATED, 1, -1);
            put_element(t, "element", BYTE_ARRAY, REQUIRED, 0, UTF8);
            continue;
        }
        put_element(t, c->key, type_of(c->kind), tm_parquet_is_nullable(c->kind) ? OPTIONAL : REQUIRED, 0,
                    converted_of(c->kind));
    }
}

static void put_path(struct thrift *t, const struct tm_parquet_column *c)
{
    thrift_list_of_texts(t, 3, c->kind == TEXTS ? 3 : c->group != NULL ? 2 : 1);
    if (c->group != NULL)
        thrift_element_text(t, tm_str_of(c->group));
    thrift_element_text(t, tm_str_of(c->key));
    if (c->kind == TEXTS) {
        thrift_element_text(t, TM_STR("list"));
        thrift_element_text(t, TM_STR("element"));
    }
}

static void put_chunk(struct thrift *t, const struct tm_parquet_column *column, const struct tm_parquet_chunk *chunk)
{
    thrift_begin(t, 0);
    thrift_i64(t, 2, (int64_t)chunk->offset);
    thrift_begin(t, 3);
    thrift_i32(t, 1, type_of(column->kind));
    thrift_list_of_i32(t, 2, 2);
    thrift_element_i32(t, PLAIN);
    thrift_element_i32(t, RLE);
    put_path(t, column);
    thrift_i32(t, 4, ZSTD);
    thrift_i64(t, 5, (int64_t)chunk->n);
    thrift_i64(t, 6, (int64_t)chunk->bytes);
    thrift_i64(t, 7, (int64_t)chunk->packed);
    thrift_i64(t, 9, (int64_t)chunk->offset);
    thrift_end(t);
    thrift_end(t);
}

static void put_group(struct thrift *t, const struct tm_parquet *p, const struct tm_parquet_group *group)
{
    uint64_t bytes = 0;
    for (size_t i = 0; i < p->n_columns; i++)
        bytes += group->chunks[i].bytes;
    thrift_begin(t, 0);
    thrift_list_of_structs(t, 1, p->n_columns);
    for (size_t i = 0; i < p->n_columns; i++)
        put_chunk(t, &p->columns[i], &group->chunks[i]);
    thrift_i64(t, 2, (int64_t)bytes);
    thrift_i64(t, 3, (int64_t)group->rows);
    thrift_end(t);
}

void tm_parquet_put_footer(struct tm_buf *buf, const struct tm_parquet *p)
{
    struct thrift t = {.buf = buf};
    thrift_begin(&t, 0);
    thrift_i32(&t, 1, 1);           /* version of the format */
    put_schema(&t, p);
    thrift_i64(&t, 3, (int64_t)p->total);
    thrift_list_of_structs(&t, 4, p->n_groups);
    for (size_t i = 0; i < p->n_groups; i++)
        put_group(&t, p, &p->groups[i]);
    thrift_text(&t, 6, TM_STR("tolmach"));
    thrift_end(&t);
    tm_parquet_put_le(buf, buf->n, 4);
    tm_buf_text(buf, TM_PARQUET_MAGIC);
}
