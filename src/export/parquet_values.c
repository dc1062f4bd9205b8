/* SPDX-License-Identifier: Apache-2.0 */
/* Values of a column as Parquet's PLAIN encoding writes them, levels as runs. */
#include "export/parquet.h"

#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "export/thrift.h"

void tm_parquet_put_le(struct tm_buf *buf, uint64_t value, int n)
{
    for (int i = 0; i < n; i++)
        tm_buf_byte(buf, (char)(value >> 8 * i));
}

static void end_run(struct tm_parquet_levels *levels)
{
    if (levels->length == 0)
        return;
    thrift_varint(&levels->runs, levels->length << 1);
    tm_buf_byte(&levels->runs, (char)levels->value);
    levels->length = 0;
}

static void put_level(struct tm_parquet_levels *levels, int value)
{
    if (levels->length != 0 && levels->value != value)
        end_run(levels);
    levels->value = value;
    levels->length++;
}

static void put_text(struct tm_parquet_values *v, struct tm_str text)
{
    tm_parquet_put_le(&v->data, text.n, 4);
    tm_buf_str(&v->data, text);
}

static void put_flag(struct tm_parquet_values *v, bool flag)
{
    if (v->bits % 8 == 0)
        tm_buf_byte(&v->data, 0);
    if (flag && !v->data.failed)
        v->data.p[v->data.n - 1] = (char)(v->data.p[v->data.n - 1] | 1 << v->bits % 8);
    v->bits++;
}

static void put_real(struct tm_parquet_values *v, const struct tm_value *value)
{
    char digits[64] = "0";
    uint64_t bits;
    if (value != NULL && value->kind == TM_KIND_NUMBER && value->text.n < sizeof digits) {
        memcpy(digits, value->text.p, value->text.n);
        digits[value->text.n] = '\0';
    }
    double number = strtod(digits, NULL);   /* records hold plain decimal fractions */
    memcpy(&bits, &number, sizeof bits);
    tm_parquet_put_le(&v->data, bits, 8);
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

static void put_time(struct tm_parquet_values *v, struct tm_str text)
{
    int64_t ms = 0;
    bool known = text.p != NULL && take_time(text, &ms);
    put_level(&v->definition, known);
    if (known)
        tm_parquet_put_le(&v->data, (uint64_t)ms, 8);
}

/* An empty list has one place, at level 0 of both. */
static void put_texts(struct tm_parquet_values *v, const struct tm_value *list)
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

static void put_json(struct tm_parquet_values *v, const struct tm_value *value)
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

void tm_parquet_put_value(struct tm_parquet_values *v, enum tm_parquet_kind kind, const struct tm_value *value)
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
        tm_parquet_put_le(&v->data, number, 8);
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

void tm_parquet_put_levels(struct tm_buf *page, struct tm_parquet_levels *levels)
{
    end_run(levels);
    tm_parquet_put_le(page, levels->runs.n, 4);
    tm_buf_str(page, tm_buf_view(&levels->runs));
    page->failed |= levels->runs.failed;
    levels->runs.n = 0;
}

bool tm_parquet_is_nullable(enum tm_parquet_kind kind)
{
    return kind == TEXT_OR_NULL || kind == TIME_OR_NULL || kind == JSON_OR_NULL || kind == TEXTS;
}
