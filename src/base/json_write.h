/* SPDX-License-Identifier: Apache-2.0 */
/*
 * json_write.h - values as JSON text, appended to a buffer: the same value always gives the same
 * bytes. Keys and structure are written by the caller.
 */
#ifndef TM_BASE_JSON_WRITE_H
#define TM_BASE_JSON_WRITE_H

#include "base/buf.h"
#include "base/str.h"

/* A quoted string, or null for an unknown one. U+2028, U+2029 and U+0085 are escaped, since some
 * readers end a line there; U+0000 cannot be read by others and is left out. */
void tm_json_put_str(struct tm_buf *buf, struct tm_str text);

/* A whole number, or null for TM_UNKNOWN (INT64_MIN). */
void tm_json_put_i64(struct tm_buf *buf, int64_t value);

/* value / 10000 with as many of four decimals as it needs, and one at least (1.0, 0.5, 0.9987):
 * readers that guess a column's type from its first rows shall not take it for whole numbers. */
void tm_json_put_score(struct tm_buf *buf, uint64_t value);

/* A quoted RFC 3339 time in UTC of seconds since 1970, or null for TM_UNKNOWN. */
void tm_json_put_time(struct tm_buf *buf, int64_t seconds);

/* The same time without quotes; at most 32 bytes with the NUL. */
void tm_format_time(int64_t seconds, char ret_text[32]);

#endif
