/* SPDX-License-Identifier: Apache-2.0 */
#include "pack/rows_read.h"

#include <stdlib.h>
#include <string.h>

static enum tm_status broken(const struct tm_rows *rows, uint64_t offset, const char *what,
                             struct tm_err *err)
{
    return tm_fail(err, TM_ERR_VERIFY, rows->name, offset, "%s", what);
}

static enum tm_status no_memory(struct tm_err *err)
{
    return tm_fail(err, TM_ERR_NOMEM, "", TM_NO_OFFSET, "out of memory");
}

static int order_digests(const void *a, const void *b)
{
    return tm_hash128_order(*(const struct tm_hash128 *)a, *(const struct tm_hash128 *)b);
}

static void skip_frames(struct tm_rows *rows)
{
    while (rows->n_skip != 0 && rows->frames.stated != NULL && rows->next_frame < rows->frames.n &&
           bsearch(&rows->frames.stated->frames[rows->next_frame].digest, rows->skip, rows->n_skip,
                   sizeof *rows->skip, order_digests) != NULL)
        rows->next_frame++;
}

static enum tm_status load_frame(struct tm_rows *rows, struct tm_err *err)
{
    skip_frames(rows);
    if (rows->next_frame == rows->frames.n)
        return TM_END;
    enum tm_status status = tm_frames_load(&rows->frames, rows->next_frame, err);
    if (status != TM_OK)
        return status;
    rows->given = 0;
    rows->lines += rows->frames.list[rows->next_frame++].records;
    return TM_OK;
}

static ssize_t read_content(void *user, void *p, size_t n, struct tm_err *err)
{
    struct tm_rows *rows = user;
    if (rows->given == rows->frames.content.n) {
        enum tm_status status = load_frame(rows, err);
        if (status != TM_OK)
            return status == TM_END ? 0 : -1;
    }
    size_t left = rows->frames.content.n - rows->given;
    n = n < left ? n : left;
    memcpy(p, rows->frames.content.p + rows->given, n);
    rows->given += n;
    return (ssize_t)n;
}

enum tm_status tm_rows_open(struct tm_rows *rows, const char *dir, const char *name,
                            const struct tm_shard *stated, struct tm_err *err)
{
    *rows = (struct tm_rows){.name = name};
    enum tm_status status = tm_frames_open(&rows->frames, dir, name, stated, err);
    if (status != TM_OK)
        return status;
    rows->arena = tm_arena_create();
    status = rows->arena == NULL
        ? no_memory(err)
        : tm_stream_init(&rows->stream, read_content, rows, (size_t)TM_FRAME_CONTENT_MOST, err);
    if (status == TM_OK)
        tm_json_init(&rows->json, &rows->stream, false);
    else
        tm_rows_close(rows);
    return status;
}

void tm_rows_close(struct tm_rows *rows)
{
    if (rows->frames.fd < 0)
        return;
    tm_frames_close(&rows->frames);
    tm_json_finish(&rows->json);
    if (rows->stream.buffer != NULL)
        tm_stream_finish(&rows->stream);
    tm_arena_destroy(rows->arena);
}

/* All frames are read: do rows and lines agree to the end? */
static enum tm_status check_end(const struct tm_rows *rows, struct tm_err *err)
{
    if (rows->stream.err.status != TM_OK) {
        if (err != NULL)
            *err = rows->stream.err;
        return rows->stream.err.status;
    }
    if (rows->row_end != rows->stream.offset + rows->stream.n || rows->rows != rows->lines)
        return broken(rows, TM_NO_OFFSET, "rows are not one a line", err);
    return TM_END;
}

enum tm_status tm_rows_next(struct tm_rows *rows, const struct tm_value **ret_row,
                            uint64_t *ret_offset, struct tm_err *err)
{
    struct tm_json *json = &rows->json;
    tm_json_commit(json);
    tm_arena_reset(rows->arena);
    enum tm_json_event event = tm_json_next(json);
    if (event == TM_JSON_END)
        return check_end(rows, err);
    uint64_t start = json->start;
    const struct tm_value *row = tm_value_read(json, event, rows->arena);
    if (rows->stream.err.status != TM_OK)
        return check_end(rows, err);
    if (row == NULL)
        return json->status == TM_ERR_NOMEM
            ? no_memory(err)
            : tm_fail(err, TM_ERR_VERIFY, rows->name, json->where, "content: %s", json->what);
    if (row->kind != TM_KIND_OBJECT || start != rows->row_end)
        return broken(rows, start, "content: not one object a line", err);
    rows->rows++;
    rows->row_end = json->end + 1;
    *ret_row = row;
    *ret_offset = start;
    return TM_OK;
}

void tm_rows_digest(struct tm_rows *rows, char ret_hex[TM_SHA256_HEX])
{
    tm_stream_sha256(&rows->stream, ret_hex);
}
