/* SPDX-License-Identifier: Apache-2.0 */
#include "export/thrift.h"

#include <assert.h>

/* Types of the compact protocol. */
enum { TRUE = 1, FALSE = 2, I32 = 5, I64 = 6, BINARY = 8, LIST = 9, STRUCT = 12 };

void thrift_varint(struct tm_buf *buf, uint64_t value)
{
    for (; value >= 0x80; value >>= 7)
        tm_buf_byte(buf, (char)(value | 0x80));
    tm_buf_byte(buf, (char)value);
}

static void put_zigzag(struct tm_buf *buf, int64_t value)
{
    thrift_varint(buf, (uint64_t)value << 1 ^ (value < 0 ? UINT64_MAX : 0));
}

/* The number as its distance from the last one; numbers here never jump by more than 15. */
static void put_field(struct thrift *t, int field, int type)
{
    int step = field - t->last[t->depth];
    assert(step > 0 && step <= 15);
    tm_buf_byte(t->buf, (char)(step << 4 | type));
    t->last[t->depth] = field;
}

void thrift_begin(struct thrift *t, int field)
{
    if (field != 0)
        put_field(t, field, STRUCT);
    assert(t->depth + 1 < THRIFT_DEPTH);
    t->last[++t->depth] = 0;
}

void thrift_end(struct thrift *t)
{
    tm_buf_byte(t->buf, 0);
    t->depth--;
}

void thrift_i32(struct thrift *t, int field, int64_t value)
{
    put_field(t, field, I32);
    put_zigzag(t->buf, value);
}

void thrift_i64(struct thrift *t, int field, int64_t value)
{
    put_field(t, field, I64);
    put_zigzag(t->buf, value);
}

void thrift_bool(struct thrift *t, int field, bool value)
{
    put_field(t, field, value ? TRUE : FALSE);
}

void thrift_text(struct thrift *t, int field, struct tm_str text)
{
    put_field(t, field, BINARY);
    thrift_element_text(t, text);
}

static void put_list(struct thrift *t, int field, size_t n, int type)
{
    put_field(t, field, LIST);
    tm_buf_byte(t->buf, (char)((n < 15 ? n : 15) << 4 | (size_t)type));
    if (n >= 15)
        thrift_varint(t->buf, n);
}

void thrift_list_of_structs(struct thrift *t, int field, size_t n)
{
    put_list(t, field, n, STRUCT);
}

void thrift_list_of_i32(struct thrift *t, int field, size_t n)
{
    put_list(t, field, n, I32);
}

void thrift_list_of_texts(struct thrift *t, int field, size_t n)
{
    put_list(t, field, n, BINARY);
}

void thrift_element_i32(struct thrift *t, int64_t value)
{
    put_zigzag(t->buf, value);
}

void thrift_element_text(struct thrift *t, struct tm_str text)
{
    thrift_varint(t->buf, text.n);
    tm_buf_str(t->buf, text);
}
