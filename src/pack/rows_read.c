/* SPDX-License-Identifier: Apache-2.0 */
#include "pack/rows_read.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zstd.h>

#include "pack/folder.h"

#define SKIPPABLE_MAGIC 0x184D2A5Eu
#define SEEKABLE_MAGIC 0x8F92EAB1u
#define HAS_CHECKSUMS 0x80
#define FOOTER 9u
#define ENTRY 12u
#define MOST_CONTENT ((uint64_t)1 << 30)

static uint32_t le32(const char *p)
{
    const unsigned char *b = (const unsigned char *)p;
    return (uint32_t)b[0] | (uint32_t)b[1] << 8 | (uint32_t)b[2] << 16 | (uint32_t)b[3] << 24;
}

static enum tm_status no_memory(struct tm_err *err)
{
    return tm_fail(err, TM_ERR_NOMEM, "", TM_NO_OFFSET, "out of memory");
}

static enum tm_status broken(const struct tm_rows *rows, uint64_t offset, const char *what,
                             struct tm_err *err)
{
    return tm_fail(err, TM_ERR_VERIFY, rows->name, offset, "%s", what);
}

static enum tm_status read_at(const struct tm_rows *rows, uint64_t offset, char *to, size_t n,
                              struct tm_err *err)
{
    while (n != 0) {
        ssize_t got = pread(rows->fd, to, n, (off_t)offset);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return tm_fail(err, TM_ERR_READ, rows->name, offset, "cannot read: %s",
                           strerror(errno));
        if (got == 0)
            return broken(rows, offset, "the file is cut off", err);
        to += got;
        offset += (uint64_t)got;
        n -= (size_t)got;
    }
    return TM_OK;
}

/* Fills frames from the table, whose bytes after the 8 of its header stand at `entries`. */
static enum tm_status take_entries(struct tm_rows *rows, const char *entries, uint64_t table,
                                   struct tm_err *err)
{
    uint64_t packed = 0;
    rows->frames = calloc(rows->n_frames + 1, sizeof *rows->frames);
    if (rows->frames == NULL)
        return no_memory(err);
    for (size_t i = 0; i < rows->n_frames; i++) {
        const char *entry = entries + i * ENTRY;
        rows->frames[i].packed = le32(entry);
        rows->frames[i].bytes = le32(entry + 4);
        rows->frames[i].check = le32(entry + 8);
        packed += rows->frames[i].packed;
        if (rows->frames[i].bytes > MOST_CONTENT || rows->frames[i].bytes == 0)
            return broken(rows, table + 8 + i * ENTRY, "a frame's size is out of range", err);
    }
    return packed == table ? TM_OK
                           : broken(rows, table, "the seek table does not fit the file", err);
}

static enum tm_status read_seek_table(struct tm_rows *rows, struct tm_err *err)
{
    char footer[FOOTER];
    if (rows->size < tm_seek_table_size(0))
        return broken(rows, rows->size, "the file is cut off", err);
    enum tm_status status = read_at(rows, rows->size - FOOTER, footer, FOOTER, err);
    if (status != TM_OK)
        return status;
    if (le32(footer + 5) != SEEKABLE_MAGIC || (unsigned char)footer[4] != HAS_CHECKSUMS)
        return broken(rows, rows->size - FOOTER, "no seek table at the end (is the file cut off?)",
                      err);
    rows->n_frames = le32(footer);
    uint64_t size = tm_seek_table_size(rows->n_frames);
    if (size > rows->size)
        return broken(rows, rows->size - FOOTER, "the seek table is larger than the file", err);
    uint64_t table = rows->size - size;
    struct tm_buf bytes = {0};
    if (!tm_buf_reserve(&bytes, (size_t)size))
        return no_memory(err);
    status = read_at(rows, table, bytes.p, (size_t)size, err);
    if (status == TM_OK && (le32(bytes.p) != SKIPPABLE_MAGIC || le32(bytes.p + 4) != size - 8))
        status = broken(rows, table, "the seek table does not fit its frame", err);
    if (status == TM_OK)
        status = take_entries(rows, bytes.p + 8, table, err);
    tm_buf_finish(&bytes);
    return status;
}

static uint64_t count_lines(const char *p, size_t n)
{
    uint64_t lines = 0;
    for (const char *end = p + n; (p = memchr(p, '\n', (size_t)(end - p))) != NULL; p++)
        lines++;
    return lines;
}

static enum tm_status check_stated(const struct tm_rows *rows, const struct tm_frame_info *frame,
                                   size_t index, struct tm_err *err)
{
    if (rows->stated == NULL)
        return TM_OK;
    const struct tm_frame_info *stated = &rows->stated->frames[index];
    if (index >= rows->stated->n_frames)
        return broken(rows, rows->offset, "a frame that the manifest does not know", err);
    if (stated->bytes != frame->bytes || stated->records != frame->records ||
        stated->digest.high != frame->digest.high || stated->digest.low != frame->digest.low)
        return broken(rows, rows->offset, "the frame's content is not what the manifest states",
                      err);
    return TM_OK;
}

static enum tm_status unpack(struct tm_rows *rows, struct tm_frame_info *frame, struct tm_err *err)
{
    const char *p = rows->packed.p;
    size_t n = (size_t)frame->packed;
    if (ZSTD_getFrameContentSize(p, n) != frame->bytes || ZSTD_findFrameCompressedSize(p, n) != n)
        return broken(rows, rows->offset, "the frame is not as long as the seek table states", err);
    rows->content.n = 0;
    if (!tm_buf_reserve(&rows->content, (size_t)frame->bytes))
        return no_memory(err);
    size_t got = ZSTD_decompressDCtx(rows->context, rows->content.p, (size_t)frame->bytes, p, n);
    if (ZSTD_isError(got))
        return tm_fail(err, TM_ERR_VERIFY, rows->name, rows->offset, "broken frame: %s",
                       ZSTD_getErrorName(got));
    /* The last field of a frame is its checksum when there is one (bit 2 of its descriptor). */
    if (got != frame->bytes || (p[4] & 4) == 0 || le32(p + n - 4) != frame->check)
        return broken(rows, rows->offset, "the frame's checksum is not that of the seek table",
                      err);
    rows->content.n = got;
    frame->digest = tm_hash128_of(rows->content.p, got);
    frame->records = count_lines(rows->content.p, got);
    if (rows->content.p[got - 1] != '\n')
        return broken(rows, rows->offset, "the frame does not end with a row", err);
    return TM_OK;
}

static int order_digests(const void *a, const void *b)
{
    return tm_hash128_order(*(const struct tm_hash128 *)a, *(const struct tm_hash128 *)b);
}

static void skip_frames(struct tm_rows *rows)
{
    while (rows->n_skip != 0 && rows->stated != NULL && rows->next_frame < rows->n_frames &&
           bsearch(&rows->stated->frames[rows->next_frame].digest, rows->skip, rows->n_skip,
                   sizeof *rows->skip, order_digests) != NULL)
        rows->offset += rows->frames[rows->next_frame++].packed;
}

static enum tm_status load_frame(struct tm_rows *rows, struct tm_err *err)
{
    skip_frames(rows);
    if (rows->next_frame == rows->n_frames)
        return TM_END;
    struct tm_frame_info *frame = &rows->frames[rows->next_frame];
    rows->packed.n = 0;
    if (frame->packed < 9)
        return broken(rows, rows->offset, "the frame is too short", err);
    if (!tm_buf_reserve(&rows->packed, (size_t)frame->packed))
        return no_memory(err);
    enum tm_status status = read_at(rows, rows->offset, rows->packed.p, (size_t)frame->packed, err);
    if (status == TM_OK)
        status = unpack(rows, frame, err);
    if (status == TM_OK)
        status = check_stated(rows, frame, rows->next_frame, err);
    if (status != TM_OK)
        return status;
    rows->given = 0;
    rows->lines += frame->records;
    rows->offset += frame->packed;
    rows->next_frame++;
    return TM_OK;
}

static ssize_t read_content(void *user, void *p, size_t n, struct tm_err *err)
{
    struct tm_rows *rows = user;
    if (rows->given == rows->content.n) {
        enum tm_status status = load_frame(rows, err);
        if (status != TM_OK)
            return status == TM_END ? 0 : -1;
    }
    size_t left = rows->content.n - rows->given;
    n = n < left ? n : left;
    memcpy(p, rows->content.p + rows->given, n);
    rows->given += n;
    return (ssize_t)n;
}

static enum tm_status set_up(struct tm_rows *rows, struct tm_err *err)
{
    struct stat st;
    if (fstat(rows->fd, &st) != 0 || !S_ISREG(st.st_mode))
        return tm_fail(err, TM_ERR_READ, rows->name, TM_NO_OFFSET, "not a file");
    rows->size = (uint64_t)st.st_size;
    enum tm_status status = read_seek_table(rows, err);
    if (status == TM_OK && rows->stated != NULL && rows->n_frames != rows->stated->n_frames)
        status = broken(rows, TM_NO_OFFSET, "the number of frames is not that of the manifest",
                        err);
    if (status != TM_OK)
        return status;
    rows->context = ZSTD_createDCtx();
    rows->arena = tm_arena_create();
    if (rows->context == NULL || rows->arena == NULL)
        return no_memory(err);
    return tm_stream_init(&rows->stream, read_content, rows, (size_t)MOST_CONTENT, err);
}

enum tm_status tm_rows_open(struct tm_rows *rows, const char *dir, const char *name,
                            const struct tm_shard *stated, struct tm_err *err)
{
    char path[TM_PACK_PATH];
    *rows = (struct tm_rows){.name = name, .stated = stated, .fd = -1};
    if (!tm_path_join(path, dir, name))
        return tm_fail(err, TM_ERR_READ, name, TM_NO_OFFSET, "the path is too long");
    rows->fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (rows->fd < 0)
        return tm_fail(err, TM_ERR_READ, name, TM_NO_OFFSET, "cannot open: %s", strerror(errno));
    enum tm_status status = set_up(rows, err);
    if (status == TM_OK)
        tm_json_init(&rows->json, &rows->stream, false);
    else
        tm_rows_close(rows);
    return status;
}

void tm_rows_close(struct tm_rows *rows)
{
    if (rows->fd < 0)
        return;
    (void)close(rows->fd);
    rows->fd = -1;
    tm_json_finish(&rows->json);
    if (rows->stream.buffer != NULL)
        tm_stream_finish(&rows->stream);
    tm_arena_destroy(rows->arena);
    (void)ZSTD_freeDCtx(rows->context);
    tm_buf_finish(&rows->packed);
    tm_buf_finish(&rows->content);
    free(rows->frames);
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
