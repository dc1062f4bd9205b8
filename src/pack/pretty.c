/* SPDX-License-Identifier: Apache-2.0 */
#include "pack/pretty.h"

static void new_line(struct tm_pretty *json)
{
    tm_buf_byte(json->buf, '\n');
    for (unsigned i = 0; i < json->depth; i++)
        tm_buf_add(json->buf, "  ", 2);
}

void tm_pretty_key(struct tm_pretty *json, const char *key)
{
    if (json->inner)
        tm_buf_byte(json->buf, ',');
    if (json->depth != 0)
        new_line(json);
    json->inner = true;
    if (key != NULL) {
        tm_json_put_str(json->buf, tm_str_of(key));
        tm_buf_add(json->buf, ": ", 2);
    }
}

void tm_pretty_open(struct tm_pretty *json, const char *key, char bracket)
{
    tm_pretty_key(json, key);
    tm_buf_byte(json->buf, bracket);
    json->depth++;
    json->inner = false;
}

void tm_pretty_close(struct tm_pretty *json, char bracket)
{
    json->depth--;
    if (json->inner)
        new_line(json);
    tm_buf_byte(json->buf, bracket == '{' ? '}' : ']');
    json->inner = true;
    if (json->depth == 0)
        tm_buf_byte(json->buf, '\n');
}

void tm_pretty_str(struct tm_pretty *json, const char *key, struct tm_str value)
{
    tm_pretty_key(json, key);
    tm_json_put_str(json->buf, value);
}

void tm_pretty_text(struct tm_pretty *json, const char *key, const char *value)
{
    tm_pretty_str(json, key, tm_str_of(value));
}

void tm_pretty_u64(struct tm_pretty *json, const char *key, uint64_t value)
{
    tm_pretty_key(json, key);
    tm_buf_u64(json->buf, value);
}

void tm_pretty_i64(struct tm_pretty *json, const char *key, int64_t value)
{
    tm_pretty_key(json, key);
    tm_json_put_i64(json->buf, value);
}
