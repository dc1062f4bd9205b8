/* SPDX-License-Identifier: Apache-2.0 */
/* value.h - a JSON value as a tree in an arena: rows and manifests, read back. */
#ifndef TM_PACK_VALUE_H
#define TM_PACK_VALUE_H

#include "base/str.h"
#include "base/json.h"

enum tm_kind {
    TM_KIND_NULL = 1,
    TM_KIND_BOOL = 2,
    TM_KIND_NUMBER = 4,
    TM_KIND_STRING = 8,
    TM_KIND_ARRAY = 16,
    TM_KIND_OBJECT = 32,
};

struct tm_value {
    enum tm_kind kind;
    bool truth;
    struct tm_str key;              /* in an object */
    struct tm_str text;             /* string, decoded; digits of a number */
    struct tm_value *first;         /* of what an array or object holds */
    struct tm_value *next;          /* behind this one in its container */
    size_t n;                       /* values in it */
};

/* Reads the value whose first event has just been given. NULL on an error of the JSON (see
 * json->what) or when memory is short (json->status is TM_ERR_NOMEM). */
struct tm_value *tm_value_read(struct tm_json *json, enum tm_json_event event,
                               struct tm_arena *arena);

/* A whole file that holds one value; `name` is what messages call it. */
enum tm_status tm_value_load(const char *path, const char *name, struct tm_arena *arena,
                             struct tm_value **ret_value, struct tm_err *err);

/* A member of an object, or NULL; `object` may be NULL. */
const struct tm_value *tm_value_get(const struct tm_value *object, const char *key);

/* False if it is NULL, no number, or not a whole one in range. */
bool tm_value_u64(const struct tm_value *value, uint64_t *ret);
bool tm_value_i64(const struct tm_value *value, int64_t *ret);

/* Its text if it is a string, else an unknown slice; `value` may be NULL. */
struct tm_str tm_value_text(const struct tm_value *value);

/* Appends the value as compact JSON. */
void tm_value_put(struct tm_buf *buf, const struct tm_value *value);

#endif
