/* SPDX-License-Identifier: Apache-2.0 */
/*
 * thrift.h - Thrift's compact protocol, as far as Parquet's metadata needs it
 * (https://github.com/apache/thrift/blob/master/doc/specs/thrift-compact-protocol.md).
 *
 * Fields of a struct are written in the order of their numbers.
 */
#ifndef TM_EXPORT_THRIFT_H
#define TM_EXPORT_THRIFT_H

#include "base/buf.h"

enum { THRIFT_DEPTH = 16 };

struct thrift {
    struct tm_buf *buf;
    int last[THRIFT_DEPTH];         /* number of the last field of each open struct */
    int depth;
};

/* A struct that is a field, an element of a list (field 0), or the whole (field 0). */
void thrift_begin(struct thrift *t, int field);
void thrift_end(struct thrift *t);

void thrift_i32(struct thrift *t, int field, int64_t value);
void thrift_i64(struct thrift *t, int field, int64_t value);
void thrift_bool(struct thrift *t, int field, bool value);
void thrift_text(struct thrift *t, int field, struct tm_str text);

/* A list of n; its elements follow: structs by thrift_begin(0), numbers and texts by element_…. */
void thrift_list_of_structs(struct thrift *t, int field, size_t n);
void thrift_list_of_i32(struct thrift *t, int field, size_t n);
void thrift_list_of_texts(struct thrift *t, int field, size_t n);
void thrift_element_i32(struct thrift *t, int64_t value);
void thrift_element_text(struct thrift *t, struct tm_str text);

/* Seven bits a byte, the lowest first. */
void thrift_varint(struct tm_buf *buf, uint64_t value);

#endif
