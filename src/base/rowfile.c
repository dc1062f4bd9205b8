/* SPDX-License-Identifier: Apache-2.0 */
#include "base/rowfile.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/str.h"

#define MOST_OBJECT ((size_t)64 << 20)
#define BLOCK_BYTES ((size_t)256 << 10)

static enum tm_status no_memory(struct tm_err *err)
{
    return tm_fail(err, TM_ERR_NOMEM, "", TM_NO_OFFSET, "out of memory");
}

static ssize_t read_file(void *user, void *p, size_t n, struct tm_err *err)
{
    struct tm_rowfile *in = user;
    /* The end of a terminal is not asked for twice. */
    size_t got = feof(in->file) ? 0 : fread(p, 1, n, in->file);
    if (got == 0 && ferror(in->file)) {
        (void)tm_fail(err, TM_ERR_READ, in->name, TM_NO_OFFSET, "cannot read: %s",
                      strerror(errno));
        return -1;
    }
    return (ssize_t)got;
}

enum tm_status tm_rowfile_init(struct tm_rowfile *in, FILE *file, const char *name,
                               const char *field, struct tm_err *err)
{
    *in = (struct tm_rowfile){.file = file, .name = name, .field = field};
    int first = getc(file);
    (void)ungetc(first, file);
    if (first != '{') {
        in->block = malloc(BLOCK_BYTES);
        return in->block == NULL ? no_memory(err) : TM_OK;
    }
    enum tm_status status = tm_stream_init(&in->stream, read_file, in, MOST_OBJECT, err);
    if (status != TM_OK)
        return status;
    tm_sha256_destroy(in->stream.sha);
    in->stream.sha = NULL;          /* nobody asks for it */
    tm_json_init(&in->json, &in->stream, false);
    in->objects = true;
    return TM_OK;
}

void tm_rowfile_finish(struct tm_rowfile *in)
{
    if (in->objects) {
        tm_json_finish(&in->json);
        tm_stream_finish(&in->stream);
    }
    free(in->block);
}

/* One object whose opening brace has just been given: the value of the field at its top goes to
 * `values`. False on an error. */
static bool read_object(struct tm_rowfile *in, struct tm_buf *values, bool *ret_found)
{
    struct tm_json *json = &in->json;
    size_t start = values->n;
    enum tm_json_event event;
    while ((event = tm_json_next(json)) == TM_JSON_KEY) {
        bool wanted = tm_str_is(json->value, in->field);
        event = tm_json_next(json);
        if (wanted && event == TM_JSON_STRING) {
            values->n = start;
            tm_buf_str(values, json->value);
            *ret_found = true;
        } else if (!tm_json_skip(json, event)) {
            return false;
        }
    }
    return event == TM_JSON_OBJECT_END;
}

static enum tm_status next_object(struct tm_rowfile *in, struct tm_buf *rows, struct tm_buf *values,
                                  struct tm_err *err)
{
    struct tm_json *json = &in->json;
    enum tm_json_event event = tm_json_next(json);
    if (event == TM_JSON_END) {
        if (in->stream.err.status == TM_OK)
            return TM_END;
        if (err != NULL)
            *err = in->stream.err;
        return in->stream.err.status;
    }
    uint64_t start = json->start;
    bool found = false;
    bool good = event == TM_JSON_OBJECT ? read_object(in, values, &found)
                                        : event != TM_JSON_ERROR && tm_json_skip(json, event);
    if (!good || json->oversize)
        return tm_fail(err, TM_ERR_FORMAT, in->name, good ? start : json->where, "%s",
                       good ? "object of more than 64 MiB" : json->what);
    struct tm_str row = {in->stream.p + (start - in->stream.offset), (size_t)(json->end - start)};
    tm_buf_str(rows, row);
    if (!found)
        tm_buf_str(values, row);
    in->n_objects++;
    in->n_whole += !found;
    tm_json_commit(json);
    return TM_OK;
}

static enum tm_status next_line(struct tm_rowfile *in, struct tm_buf *rows, struct tm_err *err)
{
    size_t start = rows->n;
    for (;;) {
        if (in->begin == in->end) {
            ssize_t got = read_file(in, in->block, BLOCK_BYTES, err);
            if (got < 0)
                return TM_ERR_READ;
            in->begin = 0;
            in->end = (size_t)got;
            if (got == 0)
                return rows->n == start ? TM_END : TM_OK;
        }
        const char *p = in->block + in->begin;
        size_t left = in->end - in->begin;
        const char *feed = memchr(p, '\n', left);
        size_t n = feed == NULL ? left : (size_t)(feed - p);
        tm_buf_add(rows, p, n);
        in->begin += n + (feed != NULL);
        if (feed != NULL || rows->failed)
            return TM_OK;
    }
}

enum tm_status tm_rowfile_next(struct tm_rowfile *in, struct tm_buf *rows, struct tm_buf *values,
                            struct tm_err *err)
{
    if (in->ended)
        return TM_END;
    size_t start = rows->n;
    enum tm_status status = in->objects ? next_object(in, rows, values, err)
                                        : next_line(in, rows, err);
    in->ended = status != TM_OK;
    if (status == TM_OK && !in->objects && values != NULL)
        tm_buf_add(values, rows->p + start, rows->n - start);
    if (status == TM_OK)
        tm_buf_byte(rows, '\n');
    return rows->failed || (values != NULL && values->failed) ? no_memory(err) : status;
}
