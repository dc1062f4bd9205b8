/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Parquet (https://parquet.apache.org/docs/file-format/): row groups of columns, each a single data
 * page (version 1, PLAIN, zstd), and a footer that says where they lie. Levels are written as runs.
 */
#include <stdlib.h>
#include <string.h>
#include <zstd.h>

#include "base/str.h"
#include "export/thrift.h"
#include "export/writer.h"
#include "pack/fields.h"

#define GROUP_BYTES ((size_t)64 << 20)
#define GROUP_ROWS 25000
#define LEVEL 3

static const char magic[] = "PAR1";

/* Numbers of the format. */
enum { BOOLEAN = 0, INT64 = 2, DOUBLE = 5, BYTE_ARRAY = 6 };
enum { REQUIRED = 0, OPTIONAL = 1, REPEATED = 2 };
enum { UTF8 = 0, LIST = 3, TIMESTAMP_MILLIS = 9 };
enum { PLAIN = 0, RLE = 3, ZSTD = 6, DATA_PAGE = 0 };

enum kind { TEXT, TEXT_OR_NULL, TIME_OR_NULL, WHOLE, REAL, FLAG, TEXTS, JSON_OR_NULL };

/* A column: a key of the record, or of its `quality`. */
struct column {
    const char *group;
    const char *key;
    enum kind kind;
};

/* Room for those of a record and of its objects. */
enum { MOST_COLUMNS = 2 * TM_FIELDS_MOST };

/* Runs of a level that is 0 or 1. */
struct levels {
    struct tm_buf runs;
    int value;
    uint64_t length;
};

/* The values of a column in the row group under way. */
struct values {
    struct levels repetition;
    struct levels definition;
    struct tm_buf data;
    uint64_t n;                     /* with nulls, and a place for each empty list */
    unsigned bits;                  /* of booleans in the last byte of data */
};

/* Where a column of a finished row group lies. */
struct chunk {
    uint64_t offset;
    uint64_t packed;
    uint64_t bytes;
    uint64_t n;
};

struct group {
    struct chunk chunks[MOST_COLUMNS];
    uint64_t rows;
};

struct parquet {
    struct column columns[MOST_COLUMNS];
    size_t n_columns;
    struct values values[MOST_COLUMNS];
    uint64_t rows;                  /* in the group under way */
    size_t bytes;
    struct group *groups;
    size_t n_groups;
    uint64_t total;
    struct tm_buf page;
    struct tm_buf packed;
    ZSTD_CCtx *context;
};

static enum tm_status no_memory(struct tm_err *err)
{
    return tm_fail(err, TM_ERR_NOMEM, "", TM_NO_OFFSET, "out of memory");
}

static void put_le(struct tm_buf *buf, uint64_t value, int n)
{
    for (int i = 0; i < n; i++)
        tm_buf_byte(buf, (char)(value >> 8 * i));
}

static void end_run(struct levels *levels)
{
    if (levels->length == 0)
        return;
    thrift_varint(&levels->runs, levels->length << 1);
    tm_buf_byte(&levels->runs, (char)levels->value);
    levels->length = 0;
}

static void put_level(struct levels *levels, int value)
{
    if (levels->length != 0 && levels->value != value)
        end_run(levels);
    levels->value = value;
    levels->length++;
}

static void put_text(struct values *v, struct tm_str text)
{
    put_le(&v->data, text.n, 4);
    tm_buf_str(&v->data, text);
}

static void put_flag(struct values *v, bool flag)
{
    if (v->bits % 8 == 0)
        tm_buf_byte(&v->data, 0);
    if (flag && !v->data.failed)
        v->data.p[v->data.n - 1] = (char)(v->data.p[v->data.n - 1] | 1 << v->bits % 8);
    v->bits++;
}

static void put_real(struct values *v, const struct tm_value *value)
{
    char digits[64] = "0";
    uint64_t bits;
    if (value != NULL && value->kind == TM_KIND_NUMBER && value->text.n < sizeof digits) {
        memcpy(digits, value->text.p, value->text.n);
        digits[value->text.n] = '\0';
    }
    double number = strtod(digits, NULL);   /* records hold plain decimal fractions */
    memcpy(&bits, &number, sizeof bits);
    put_le(&v->data, bits, 8);
}

/* Days since 1970-01-01 (Howard Hinnant, chrono-compatible low-level date algorithms). */
static int64_t days_from_civil(int64_t y, int64_t m, int64_t d)
{
    y -= m <= 2;
    int64_t era = (y >= 0 ? y : y - 399) / 400;
    int64_t year = y - era * 400;
    int64_t day = (153 * (m + (m > 2 ? -3 : 9)) + 2) / 5 + d - 1;
    return era * 146097 + year * 365 + year / 4 - year / 100 + day - 719468;
}

/* Milliseconds since 1970 of a time as records write it; false if it is none. */
static bool take_time(struct tm_str text, int64_t *ret_ms)
{
    static const char form[] = "0000-00-00T00:00:00Z";
    int64_t part[6] = {0};
    int index = 0;
    if (text.n != sizeof form - 1)
        return false;
    for (size_t i = 0; i < text.n; i++) {
        bool digit = text.p[i] >= '0' && text.p[i] <= '9';
        if (digit != (form[i] == '0') || (!digit && text.p[i] != form[i]))
            return false;
        if (digit)
            part[index] = part[index] * 10 + (text.p[i] - '0');
        else if (i + 1 < text.n)
            index++;
    }
    *ret_ms = 1000 * (86400 * days_from_civil(part[0], part[1], part[2]) + 3600 * part[3] +
                      60 * part[4] + part[5]);
    return true;
}

static void put_time(struct values *v, struct tm_str text)
{
    int64_t ms = 0;
    bool known = text.p != NULL && take_time(text, &ms);
    put_level(&v->definition, known);
    if (known)
        put_le(&v->data, (uint64_t)ms, 8);
}

/* An empty list has one place, at level 0 of both. */
static void put_texts(struct values *v, const struct tm_value *list)
{
    const struct tm_value *item =
        list != NULL && list->kind == TM_KIND_ARRAY ? list->first : NULL;
    v->n--;
    do {
        put_level(&v->repetition, item != NULL && item != list->first);
        put_level(&v->definition, item != NULL);
        v->n++;
        if (item != NULL)
            put_text(v, tm_value_text(item));
    } while (item != NULL && (item = item->next) != NULL);
}

static void put_json(struct values *v, const struct tm_value *value)
{
    bool known = value != NULL && value->kind != TM_KIND_NULL;
    put_level(&v->definition, known);
    if (!known)
        return;
    struct tm_buf text = {0};
    tm_value_put(&text, value);
    put_text(v, tm_buf_view(&text));
    v->data.failed |= text.failed;
    tm_buf_finish(&text);
}

static void put_value(struct values *v, enum kind kind, const struct tm_value *value)
{
    struct tm_str text = tm_value_text(value);
    uint64_t number = 0;
    v->n++;
    switch (kind) {
    case TEXT:
        put_text(v, text);
        break;
    case TEXT_OR_NULL:
        put_level(&v->definition, text.p != NULL);
        if (text.p != NULL)
            put_text(v, text);
        break;
    case TIME_OR_NULL:
        put_time(v, text);
        break;
    case WHOLE:
        (void)tm_value_u64(value, &number);
        put_le(&v->data, number, 8);
        break;
    case REAL:
        put_real(v, value);
        break;
    case FLAG:
        put_flag(v, value != NULL && value->kind == TM_KIND_BOOL && value->truth);
        break;
    case TEXTS:
        put_texts(v, value);
        break;
    case JSON_OR_NULL:
        put_json(v, value);
        break;
    }
}

static void put_levels(struct tm_buf *page, struct levels *levels)
{
    end_run(levels);
    put_le(page, levels->runs.n, 4);
    tm_buf_str(page, tm_buf_view(&levels->runs));
    page->failed |= levels->runs.failed;
    levels->runs.n = 0;
}

static bool is_nullable(enum kind kind)
{
    return kind == TEXT_OR_NULL || kind == TIME_OR_NULL || kind == JSON_OR_NULL || kind == TEXTS;
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

static enum tm_status write_chunk(struct tm_writer *writer, struct values *v, enum kind kind,
                                  struct chunk *chunk, struct tm_err *err)
{
    struct parquet *p = writer->state;
    p->page.n = 0;
    if (kind == TEXTS)
        put_levels(&p->page, &v->repetition);
    if (is_nullable(kind))
        put_levels(&p->page, &v->definition);
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
    *chunk = (struct chunk){.offset = writer->written, .packed = header.n + packed,
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
    struct parquet *p = writer->state;
    if (p->rows == 0)
        return TM_OK;
    struct group *groups = realloc(p->groups, (p->n_groups + 1) * sizeof *groups);
    if (groups == NULL)
        return no_memory(err);
    p->groups = groups;
    struct group *group = &groups[p->n_groups++];
    group->rows = p->rows;
    enum tm_status status = TM_OK;
    for (size_t i = 0; i < p->n_columns && status == TM_OK; i++)
        status = write_chunk(writer, &p->values[i], p->columns[i].kind, &group->chunks[i], err);
    p->total += p->rows;
    p->rows = 0;
    p->bytes = 0;
    return status;
}

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

static int type_of(enum kind kind)
{
    return kind == WHOLE || kind == TIME_OR_NULL ? INT64
         : kind == REAL                          ? DOUBLE
         : kind == FLAG                          ? BOOLEAN
                                                 : BYTE_ARRAY;
}

static int converted_of(enum kind kind)
{
    return kind == TIME_OR_NULL ? TIMESTAMP_MILLIS : type_of(kind) == BYTE_ARRAY ? UTF8 : -1;
}

/* Members of a group stand together in the table. */
static int group_size(const struct parquet *p, size_t first)
{
    int n = 0;
    for (size_t i = first; i < p->n_columns && p->columns[i].group != NULL; i++)
        n++;
    return n;
}

static void put_schema(struct thrift *t, const struct parquet *p)
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
        const struct column *c = &p->columns[i];
        if (c->group != NULL && (i == 0 || p->columns[i - 1].group == NULL))
            put_element(t, c->group, -1, REQUIRED, group_size(p, i), -1);
        if (c->kind == TEXTS) {
            put_element(t, c->key, -1, REQUIRED, 1, LIST);
            put_element(t, "list", -1, REPEATED, 1, -1);
            put_element(t, "element", BYTE_ARRAY, REQUIRED, 0, UTF8);
            continue;
        }
        put_element(t, c->key, type_of(c->kind), is_nullable(c->kind) ? OPTIONAL : REQUIRED, 0,
                    converted_of(c->kind));
    }
}

static void put_path(struct thrift *t, const struct column *c)
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

static void put_chunk(struct thrift *t, const struct column *column, const struct chunk *chunk)
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

static void put_group(struct thrift *t, const struct parquet *p, const struct group *group)
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

static void put_footer(struct tm_buf *buf, const struct parquet *p)
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
    put_le(buf, buf->n, 4);
    tm_buf_text(buf, magic);
}

static enum kind kind_of(const struct tm_field *field)
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
static void list_columns(struct parquet *p, const struct tm_field *field, const char *group)
{
    for (; field->name != NULL && p->n_columns < MOST_COLUMNS; field++) {
        if (field->type == TM_FIELD_OBJECT)
            list_columns(p, field->members, field->name);
        else
            p->columns[p->n_columns++] = (struct column){group, field->name, kind_of(field)};
    }
}

static enum tm_status begin(struct tm_writer *writer, struct tm_err *err)
{
    struct parquet *p = calloc(1, sizeof *p);
    writer->state = p;
    if (p != NULL) {
        p->context = ZSTD_createCCtx();
        list_columns(p, tm_record_fields, NULL);
    }
    if (p == NULL || p->context == NULL)
        return no_memory(err);
    return tm_writer_write(writer, magic, sizeof magic - 1, err);
}

static enum tm_status put(struct tm_writer *writer, const struct tm_value *row, struct tm_err *err)
{
    struct parquet *p = writer->state;
    for (size_t i = 0; i < p->n_columns; i++) {
        const struct tm_value *from =
            p->columns[i].group == NULL ? row : tm_value_get(row, p->columns[i].group);
        put_value(&p->values[i], p->columns[i].kind, tm_value_get(from, p->columns[i].key));
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
    put_footer(&footer, writer->state);
    status = footer.failed ? no_memory(err) : tm_writer_write(writer, footer.p, footer.n, err);
    tm_buf_finish(&footer);
    return status;
}

static void finish(struct tm_writer *writer)
{
    struct parquet *p = writer->state;
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
