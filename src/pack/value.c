/* SPDX-License-Identifier: Apache-2.0 */
#include "pack/value.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "base/json_write.h"

#define MOST_FILE ((size_t)1 << 30)

static struct tm_value *no_memory(struct tm_json *json)
{
    json->status = TM_ERR_NOMEM;
    json->what = "out of memory";
    return NULL;
}

/* Copies the text of the token, which the next one would overwrite. */
static bool keep_text(struct tm_json *json, struct tm_arena *arena, struct tm_str *ret_text)
{
    *ret_text = json->value.n == 0 ? TM_STR("") : tm_arena_copy(arena, json->value);
    return ret_text->p != NULL || no_memory(json) != NULL;
}

static bool read_members(struct tm_json *json, struct tm_value *into, struct tm_arena *arena)
{
    struct tm_value **end = &into->first;
    for (;;) {
        struct tm_str key = TM_STR_UNKNOWN;
        enum tm_json_event event = tm_json_next(json);
        if (event == TM_JSON_OBJECT_END || event == TM_JSON_ARRAY_END)
            return true;
        if (event == TM_JSON_KEY) {
            if (!keep_text(json, arena, &key))
                return false;
            event = tm_json_next(json);
        }
        struct tm_value *value = tm_value_read(json, event, arena);
        if (value == NULL)
            return false;
        value->key = key;
        *end = value;
        end = &value->next;
        into->n++;
    }
}

static enum tm_kind kind_of(enum tm_json_event event)
{
    switch (event) {
    case TM_JSON_OBJECT: return TM_KIND_OBJECT;
    case TM_JSON_ARRAY: return TM_KIND_ARRAY;
    case TM_JSON_STRING: return TM_KIND_STRING;
    case TM_JSON_NUMBER: return TM_KIND_NUMBER;
    case TM_JSON_TRUE:
    case TM_JSON_FALSE: return TM_KIND_BOOL;
    case TM_JSON_NULL: return TM_KIND_NULL;
    case TM_JSON_ERROR:
    case TM_JSON_END:
    case TM_JSON_OBJECT_END:
    case TM_JSON_ARRAY_END:
    case TM_JSON_KEY: break;
    }
    return 0;
}

struct tm_value *tm_value_read(struct tm_json *json, enum tm_json_event event,
                               struct tm_arena *arena)
{
    enum tm_kind kind = kind_of(event);
    if (kind == 0) {
        if (event != TM_JSON_ERROR)
            json->what = "the value ends too early";
        return NULL;
    }
    struct tm_value *value = tm_arena_alloc(arena, sizeof *value);
    if (value == NULL)
        return no_memory(json);
    *value = (struct tm_value){.kind = kind, .truth = event == TM_JSON_TRUE};
    bool good = true;
    if (kind == TM_KIND_STRING || kind == TM_KIND_NUMBER)
        good = keep_text(json, arena, &value->text);
    else if (kind == TM_KIND_ARRAY || kind == TM_KIND_OBJECT)
        good = read_members(json, value, arena);
    return good ? value : NULL;
}

static ssize_t read_fd(void *user, void *p, size_t n, struct tm_err *err)
{
    ssize_t got;
    do
        got = read(*(const int *)user, p, n);
    while (got < 0 && errno == EINTR);
    if (got < 0)
        (void)tm_fail(err, TM_ERR_READ, "", TM_NO_OFFSET, "cannot read: %s", strerror(errno));
    return got;
}

static enum tm_status load_stream(struct tm_stream *stream, const char *name,
                                  struct tm_arena *arena, struct tm_value **ret_value,
                                  struct tm_err *err)
{
    struct tm_json json;
    tm_json_init(&json, stream, false);
    struct tm_value *value = tm_value_read(&json, tm_json_next(&json), arena);
    bool single = value != NULL && tm_json_next(&json) == TM_JSON_END;
    enum tm_status status = TM_OK;
    if (stream->err.status != TM_OK)
        status = tm_fail(err, stream->err.status, name, TM_NO_OFFSET, "%s", stream->err.message);
    else if (value == NULL || json.oversize)
        status = tm_fail(err, json.status == TM_ERR_NOMEM ? TM_ERR_NOMEM : TM_ERR_FORMAT, name,
                         json.where, "%s", json.what == NULL ? "the file is too large" : json.what);
    else if (!single)
        status = tm_fail(err, TM_ERR_FORMAT, name, json.end, "something follows the JSON value");
    if (status == TM_OK)
        *ret_value = value;
    tm_json_finish(&json);
    return status;
}

enum tm_status tm_value_load(const char *path, const char *name, struct tm_arena *arena,
                             struct tm_value **ret_value, struct tm_err *err)
{
    struct tm_stream stream;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return tm_fail(err, TM_ERR_READ, name, TM_NO_OFFSET, "cannot open: %s", strerror(errno));
    enum tm_status status = tm_stream_init(&stream, read_fd, &fd, MOST_FILE, err);
    if (status == TM_OK) {
        status = load_stream(&stream, name, arena, ret_value, err);
        tm_stream_finish(&stream);
    }
    (void)close(fd);
    return status;
}

const struct tm_value *tm_value_get(const struct tm_value *object, const char *key)
{
    if (object == NULL || object->kind != TM_KIND_OBJECT)
        return NULL;
    for (const struct tm_value *v = object->first; v != NULL; v = v->next)
        if (tm_str_is(v->key, key))
            return v;
    return NULL;
}

static bool digits(struct tm_str text, uint64_t *ret)
{
    uint64_t value = 0;
    for (size_t i = 0; i < text.n; i++) {
        unsigned digit = (unsigned char)text.p[i] - 48u;
        if (digit > 9 || value > (UINT64_MAX - digit) / 10)
            return false;
        value = value * 10 + digit;
    }
    *ret = value;
    return text.n != 0;
}

bool tm_value_u64(const struct tm_value *value, uint64_t *ret)
{
    return value != NULL && value->kind == TM_KIND_NUMBER && digits(value->text, ret);
}

bool tm_value_i64(const struct tm_value *value, int64_t *ret)
{
    if (value == NULL || value->kind != TM_KIND_NUMBER)
        return false;
    struct tm_str text = value->text;
    bool minus = text.n != 0 && text.p[0] == '-';
    if (minus) {
        text.p++;
        text.n--;
    }
    uint64_t size;
    if (!digits(text, &size) || size > INT64_MAX)
        return false;
    *ret = minus ? -(int64_t)size : (int64_t)size;
    return true;
}

struct tm_str tm_value_text(const struct tm_value *value)
{
    return value != NULL && value->kind == TM_KIND_STRING ? value->text : TM_STR_UNKNOWN;
}

static void put_members(struct tm_buf *buf, const struct tm_value *value)
{
    bool object = value->kind == TM_KIND_OBJECT;
    tm_buf_byte(buf, object ? '{' : '[');
    for (const struct tm_value *v = value->first; v != NULL; v = v->next) {
        if (object) {
            tm_json_put_str(buf, v->key);
            tm_buf_byte(buf, ':');
        }
        tm_value_put(buf, v);
        if (v->next != NULL)
            tm_buf_byte(buf, ',');
    }
    tm_buf_byte(buf, object ? '}' : ']');
}

void tm_value_put(struct tm_buf *buf, const struct tm_value *value)
{
    switch (value->kind) {
    case TM_KIND_NULL: tm_buf_text(buf, "null"); break;
    case TM_KIND_BOOL: tm_buf_text(buf, value->truth ? "true" : "false"); break;
    case TM_KIND_NUMBER: tm_buf_str(buf, value->text); break;
    case TM_KIND_STRING: tm_json_put_str(buf, value->text); break;
    case TM_KIND_ARRAY:
    case TM_KIND_OBJECT: put_members(buf, value); break;
    }
}
