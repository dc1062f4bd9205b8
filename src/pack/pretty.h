/* SPDX-License-Identifier: Apache-2.0 */
/*
 * pretty.h - JSON for people: two blanks a level, a value a line, keys in the order of the calls.
 * `key` is NULL inside an array.
 */
#ifndef TM_PACK_PRETTY_H
#define TM_PACK_PRETTY_H

#include "base/json_write.h"

struct tm_pretty {
    struct tm_buf *buf;
    unsigned depth;
    bool inner;             /* something stands before, at this level */
};

/* `bracket` is { or [, of the container that begins or ends. */
void tm_pretty_open(struct tm_pretty *json, const char *key, char bracket);
void tm_pretty_close(struct tm_pretty *json, char bracket);

/* Comma, new line and key: the caller appends the value to buf. */
void tm_pretty_key(struct tm_pretty *json, const char *key);

void tm_pretty_str(struct tm_pretty *json, const char *key, struct tm_str value);
void tm_pretty_text(struct tm_pretty *json, const char *key, const char *value);    /* or NULL */
void tm_pretty_u64(struct tm_pretty *json, const char *key, uint64_t value);
void tm_pretty_i64(struct tm_pretty *json, const char *key, int64_t value);

#endif
