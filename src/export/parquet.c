/* SPDX-License-Identifier: Apache-2.0 */
/* Rows to row groups, and these to pages. */
#include "export/parquet.h"

#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "export/thrift.h"
#include "export/writer.h"

#define GROUP_BYTES ((size_t)64 << 20)
#define GROUP_ROWS 25000
#define LEVEL 3

static enum tm_status no_memory(struct tm_err *err)
{
    return tm_fail(err, TM_ERR_NOMEM, "", TM_NO_OFFSET, "out of memory");
}

static void put_page_header(struct tm_buf *buf, size_t bytes, size_t packed, uint64_t n)
{
    struct thrift t = {.buf = buf};
    thrift_begin(&t, 0);
    thrift_i32(&t, 1, DATA_PAGE);
    thrift_i32(&t, 2, (int64_t)bytes);
    thrift_i32(&t, 3, (int64_t)packed);
    thrift_begin(&t, 5);
    thrift_i32(&t, 1, (int64_t)n);
    thrift_i32(&t, 2, PLAIN);
    thrift_i32(&t, 3, RLE);
    thrift_i32(&t, 4, RLE);
    thrift_end(&t);
    thrift_end(&t);
}

static enum tm_status write_chunk(struct tm_writer *writer, struct tm_parquet_values *v, enum tm_parquet_kind kind,
                                  struct tm_parquet_chunk *chunk, struct tm_err *err)
{
    struct tm_parquet *p = writer->state;
    p->page.n = 0;
    if (kind == TEXTS)
        tm_parquet_put_levels(&p->page, &v->repetition);
    if (tm_parquet_is_nullable(kind))
        tm_parquet_put_levels(&p->page, &v->definition);
    tm_buf_str(&p->page, tm_buf_view(&v->data));
    p->packed.n = 0;
    if (p->page.failed || v->data.failed ||
        !tm_buf_reserve(&p->packed, ZSTD_compressBound(p->page.n)))
        return no_memory(err);
    size_t packed = ZSTD_compressCCtx(p->context, p->packed.p, p->packed.capacity, p->page.p,
                                      p->page.n, LEVEL);
    if (ZSTD_isError(packed))
        return no_memory(err);
    struct tm_buf header = {0};
    put_page_header(&header, p->page.n, packed, v->n);
    *chunk = (struct tm_parquet_chunk){.offset = writer->written, .packed = header.n + packed,
                            .bytes = header.n + p->page.n, .n = v->n};
    enum tm_status status = header.failed ? no_memory(err)
                                          : tm_writer_write(writer, header.p, header.n, err);
    tm_buf_finish(&header);
    if (status == TM_OK)
        status = tm_writer_write(writer, p->packed.p, packed, err);
    v->data.n = 0;
    v->n = 0;
    v->bits = 0;
    return status;
}

static enum tm_status end_group(struct tm_writer *writer, struct tm_err *err)
{
    struct tm_parquet *p = writer->state;
    if (p->rows == 0)
        return TM_OK;
    struct tm_parquet_group *groups = realloc(p->groups, (p->n_groups + 1) * sizeof *groups);
    if (groups == NULL)
        return no_memory(err);
    p->groups = groups;
    struct tm_parquet_group *group = &groups[p->n_groups++];
    group->rows = p->rows;
    enum tm_status status = TM_OK;
    for (size_t i = 0; i < p->n_columns && status == TM_OK; i++)
        status = write_chunk(writer, &p->values[i], p->columns[i].kind, &group->chunks[i], err);
    p->total += p->rows;
    p->rows = 0;
    p->bytes = 0;
    return status;
}

static enum tm_parquet_kind kind_of(const struct tm_field *field)
{
    switch (field->type) {
    case TM_FIELD_TIME: return TIME_OR_NULL;
    case TM_FIELD_COUNT:
    case TM_FIELD_SIGNED: return WHOLE;
    case TM_FIELD_SHARE:
    case TM_FIELD_NUMBER: return REAL;
    case TM_FIELD_FLAG: return FLAG;
    case TM_FIELD_TEXTS:
    case TM_FIELD_URLS: return TEXTS;
    case TM_FIELD_TEXT:
    case TM_FIELD_URL: return field->maybe ? TEXT_OR_NULL : TEXT;
    case TM_FIELD_OBJECT:
    case TM_FIELD_OBJECTS: break;
    }
    return JSON_OR_NULL;
}

/* A column for each field, and for each member of an object. */
static void list_columns(struct tm_parquet *p, const struct tm_field *field, const char *group)
{
    for (; field->name != NULL && p->n_columns < TM_PARQUET_COLUMNS; field++) {
        if (field->type == TM_FIELD_OBJECT)
            list_columns(p, field->members, field->name);
        else
            p->columns[p->n_columns++] = (struct tm_parquet_column){group, field->name, kind_of(field)};
    }
}

static enum tm_status begin(struct tm_writer *writer, struct tm_err *err)
{
    struct tm_parquet *p = calloc(1, sizeof *p);
    writer->state = p;
    if (p != NULL) {
        p->context = ZSTD_createCCtx();
        list_columns(p, tm_record_fields, NULL);
    }
    if (p == NULL || p->context == NULL)
        return no_memory(err);
    return tm_writer_write(writer, TM_PARQUET_MAGIC, strlen(TM_PARQUET_MAGIC), err);
}

static enum tm_status put(struct tm_writer *writer, const struct tm_value *row, struct tm_err *err)
{
    struct tm_parquet *p = writer->state;
    for (size_t i = 0; i < p->n_columns; i++) {
        const struct tm_value *from =
            p->columns[i].group == NULL ? row : tm_value_get(row, p->columns[i].group);
        tm_parquet_put_value(&p->values[i], p->columns[i].kind, tm_value_get(from, p->columns[i].key));
    }
    p->rows++;
    p->bytes += tm_row_text(row, "text").n + 256;
    return p->bytes >= GROUP_BYTES || p->rows >= GROUP_ROWS ? end_group(writer, err) : TM_OK;
}

static enum tm_status end(struct tm_writer *writer, struct tm_err *err)
{
    struct tm_buf footer = {0};
    enum tm_status status = end_group(writer, err);
    if (status != TM_OK)
        return status;
    tm_parquet_put_footer(&footer, writer->state);
    status = footer.failed ? no_memory(err) : tm_writer_write(writer, footer.p, footer.n, err);
    tm_buf_finish(&footer);
    return status;
}

static void finish(struct tm_writer *writer)
{
    struct tm_parquet *p = writer->state;
    if (p == NULL)
        return;
    for (size_t i = 0; i < p->n_columns; i++) {
        tm_buf_finish(&p->values[i].repetition.runs);
        tm_buf_finish(&p->values[i].definition.runs);
        tm_buf_finish(&p->values[i].data);
    }
    tm_buf_finish(&p->page);
    tm_buf_finish(&p->packed);
    (void)ZSTD_freeCCtx(p->context);
    free(p->groups);
    free(p);
}

const struct tm_writer_form tm_parquet_form = {"parquet", "parquet", begin, put, end, finish};
