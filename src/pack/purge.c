/* SPDX-License-Identifier: Apache-2.0 */
#include "pack/purge.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zstd.h>

#include "base/hash.h"
#include "base/str.h"
#include "pack/folder.h"
#include "pack/packer.h"
#include "pack/rows_read.h"
#include "pack/shard.h"
#include "pack/sums.h"

#define FRAME ((uint64_t)1 << 20)

struct purge {
    tm_purge_fn *forgets;
    void *user;
    int level;
    char folder[TM_PACK_PATH];
    char hidden[TM_PACK_PATH];
    struct tm_buf ids;              /* digests of those that go from this folder, sorted */
    struct tm_sums sums;
    struct tm_frame frame;
    struct tm_buf row;              /* half rewritten */
    uint64_t documents;
};

static enum tm_status no_memory(struct tm_err *err)
{
    return tm_fail(err, TM_ERR_NOMEM, "", TM_NO_OFFSET, "out of memory");
}

static int order_ids(const void *a, const void *b)
{
    return tm_hash128_order(*(const struct tm_hash128 *)a, *(const struct tm_hash128 *)b);
}

/* The documents of this folder that are to be forgotten. */
static enum tm_status find_documents(struct purge *purge, struct tm_err *err)
{
    static const char name[] = "documents.jsonl.zst";
    char path[TM_PACK_PATH];
    struct tm_rows rows;
    const struct tm_value *row;
    uint64_t offset;
    purge->ids.n = 0;
    if (!tm_path_join(path, purge->folder, name) || !tm_path_exists(path))
        return TM_OK;               /* no rows, no file */
    enum tm_status status = tm_rows_open(&rows, purge->folder, name, NULL, err);
    if (status != TM_OK)
        return status;
    while ((status = tm_rows_next(&rows, &row, &offset, err)) == TM_OK) {
        struct tm_str id = tm_value_text(tm_value_get(row, "doc_id"));
        struct tm_hash128 digest = tm_hash128_of(id.p, id.n);
        if (purge->forgets(purge->user, id, tm_value_text(tm_value_get(row, "author")),
                           tm_value_text(tm_value_get(row, "source"))))
            tm_buf_add(&purge->ids, &digest, sizeof digest);
    }
    tm_rows_close(&rows);
    if (purge->ids.n != 0)
        qsort(purge->ids.p, purge->ids.n / sizeof(struct tm_hash128), sizeof(struct tm_hash128),
              order_ids);
    return status != TM_END ? status : purge->ids.failed ? no_memory(err) : TM_OK;
}

static bool has_id(const struct purge *purge, struct tm_str id)
{
    struct tm_hash128 digest = tm_hash128_of(id.p, id.n);
    return bsearch(&digest, purge->ids.p, purge->ids.n / sizeof digest, sizeof digest,
                   order_ids) != NULL;
}

/* Ids hold nothing that JSON escapes, or else they are left as they stand. */
static struct tm_str first_string(struct tm_str row)
{
    const char *start = memchr(row.p, ':', row.n);
    size_t at = start == NULL ? row.n : (size_t)(start - row.p) + 2;
    const char *end = at >= row.n ? NULL : memchr(row.p + at, '"', row.n - at);
    return end == NULL ? TM_STR("") : (struct tm_str){row.p + at, (size_t)(end - row.p) - at};
}

static struct tm_str without_segment(struct tm_str id)
{
    size_t n = id.n;
    while (n > 0 && id.p[n - 1] >= '0' && id.p[n - 1] <= '9')
        n--;
    return n > 0 && n < id.n && id.p[n - 1] == '-' ? (struct tm_str){id.p, n - 1} : id;
}

/* Where the JSON value at `at` ends, when it is a string, a flat list of lists of strings, or a
 * plain word. */
static size_t value_end(struct tm_str row, size_t at)
{
    int depth = 0;
    bool inside = false;
    for (; at < row.n; at++) {
        char c = row.p[at];
        if (inside) {
            at += c == '\\';
            inside = c != '"';
        } else if (c == '"') {
            inside = true;
        } else if (c == '[') {
            depth++;
        } else if (depth == 0 && (c == ',' || c == '}')) {
            break;
        } else if (c == ']') {
            depth--;
        }
    }
    return at;
}

/* Appends the row with another value under a key, whose quotes no string can hold unescaped. */
static void put_with(struct tm_buf *buf, struct tm_str row, const char *key, const char *value)
{
    const char *p = memmem(row.p, row.n, key, strlen(key));
    size_t at = p == NULL ? row.n : (size_t)(p - row.p) + strlen(key);
    tm_buf_add(buf, row.p, at);
    if (at == row.n)
        return;
    tm_buf_text(buf, value);
    at = value_end(row, at);
    tm_buf_add(buf, row.p + at, row.n - at);
}

static void take_row(struct purge *purge, struct tm_str row, bool rejects)
{
    struct tm_buf *content = &purge->frame.content;
    struct tm_str id = first_string(row);
    if (!has_id(purge, id) && !(rejects && has_id(purge, without_segment(id)))) {
        tm_buf_str(content, row);
    } else {
        purge->row.n = 0;
        put_with(&purge->row, row, rejects ? ",\"forwarded_from\":" : ",\"author\":", "null");
        content->failed |= purge->row.failed;
        put_with(content, tm_buf_view(&purge->row), rejects ? ",\"text\":" : ",\"removed\":",
                 rejects ? "null" : "[]");
    }
    purge->frame.info.records++;
}

static enum tm_status end_frame(struct purge *purge, struct tm_shard_set *set, struct tm_err *err)
{
    if (purge->frame.content.n == 0)
        return TM_OK;
    enum tm_status status = tm_frame_compress(&purge->frame, purge->level, err);
    if (status == TM_OK)
        status = tm_shard_set_add(set, &purge->frame, err);
    tm_frame_reset(&purge->frame);
    return status;
}

/* The rows that are whole; the rest stays in `lines`. */
static enum tm_status take_lines(struct purge *purge, struct tm_shard_set *set,
                                 struct tm_buf *lines, bool rejects, struct tm_err *err)
{
    enum tm_status status = TM_OK;
    size_t at = 0;
    const char *end;
    while (status == TM_OK &&
           (end = memchr(lines->p + at, '\n', lines->n - at)) != NULL) {
        struct tm_str row = {lines->p + at, (size_t)(end - lines->p) + 1 - at};
        take_row(purge, row, rejects);
        at += row.n;
        if (purge->frame.content.failed)
            status = no_memory(err);
        else if (tm_frame_ends_after(purge->frame.content.n, row, FRAME))
            status = end_frame(purge, set, err);
    }
    if (at != 0)
        memmove(lines->p, lines->p + at, lines->n - at);
    lines->n -= at;
    return status;
}

static enum tm_status unpack(struct purge *purge, FILE *file, ZSTD_DStream *zstd,
                             struct tm_shard_set *set, bool rejects, struct tm_err *err)
{
    char packed[1 << 16];
    struct tm_buf lines = {0};
    enum tm_status status = TM_OK;
    ZSTD_inBuffer in = {packed, 0, 0};
    while (status == TM_OK) {
        if (in.pos == in.size) {
            in = (ZSTD_inBuffer){packed, fread(packed, 1, sizeof packed, file), 0};
            if (in.size == 0)
                break;
        }
        if (!tm_buf_reserve(&lines, ZSTD_DStreamOutSize())) {
            status = no_memory(err);
            break;
        }
        ZSTD_outBuffer out = {lines.p + lines.n, lines.capacity - lines.n, 0};
        size_t result = ZSTD_decompressStream(zstd, &out, &in);
        if (ZSTD_isError(result)) {
            status = tm_fail(err, TM_ERR_READ, purge->folder, TM_NO_OFFSET,
                             "an audit file is damaged: %s", ZSTD_getErrorName(result));
            break;
        }
        lines.n += out.pos;
        status = take_lines(purge, set, &lines, rejects, err);
    }
    if (status == TM_OK && (ferror(file) || lines.n != 0))
        status = tm_fail(err, TM_ERR_READ, purge->folder, TM_NO_OFFSET,
                         "an audit file cannot be read to its end");
    tm_buf_finish(&lines);
    return status == TM_OK ? end_frame(purge, set, err) : status;
}

static enum tm_status rewrite(struct purge *purge, const char *name, bool rejects,
                              struct tm_err *err)
{
    char path[TM_PACK_PATH];
    char file_name[64];
    (void)snprintf(file_name, sizeof file_name, "%s.jsonl.zst", name);
    if (!tm_path_join(path, purge->folder, file_name) || !tm_path_exists(path))
        return TM_OK;               /* no rows, no file */
    FILE *file = fopen(path, "rb");
    ZSTD_DStream *zstd = ZSTD_createDStream();
    struct tm_shard_set set;
    enum tm_status status = tm_shard_set_init(&set, purge->hidden, "", name, ".jsonl.zst", true,
                                              err);
    if (status == TM_OK && (file == NULL || zstd == NULL))
        status = tm_fail(err, TM_ERR_READ, path, TM_NO_OFFSET, "cannot open: %s", strerror(errno));
    if (status == TM_OK)
        status = unpack(purge, file, zstd, &set, rejects, err);
    if (status == TM_OK)
        status = tm_shard_set_close(&set, err);
    for (size_t i = 0; i < set.n && status == TM_OK; i++)
        if (!tm_sums_add(&purge->sums, set.shards[i].path, set.shards[i].sha256))
            status = no_memory(err);
    tm_shard_set_finish(&set);
    (void)ZSTD_freeDStream(zstd);
    if (file != NULL)
        (void)fclose(file);
    return status;
}

/* The two folders change places in one step. */
static enum tm_status exchange(const struct purge *purge, struct tm_err *err)
{
    if (renameat2(AT_FDCWD, purge->hidden, AT_FDCWD, purge->folder, RENAME_EXCHANGE) == 0)
        return TM_OK;
    return tm_fail(err, TM_ERR_WRITE, purge->folder, TM_NO_OFFSET,
                   "cannot put the purged audit folder in its place: %s", strerror(errno));
}

static enum tm_status write_sums(struct purge *purge, struct tm_err *err)
{
    char path[TM_PACK_PATH];
    struct tm_buf text = {0};
    tm_sums_write(&purge->sums, &text);
    enum tm_status status = text.failed || !tm_path_join(path, purge->hidden, "SHA256SUMS")
        ? no_memory(err) : tm_file_write(path, tm_buf_view(&text), err);
    tm_buf_finish(&text);
    return status;
}

static enum tm_status purge_folder(struct purge *purge, const char *audit, const char *name,
                                   struct tm_err *err)
{
    char partial[160];
    (void)snprintf(partial, sizeof partial, ".%.100s.partial-purge", name);
    if (!tm_path_join(purge->folder, audit, name) || !tm_path_join(purge->hidden, audit, partial))
        return tm_fail(err, TM_ERR_WRITE, audit, TM_NO_OFFSET, "the path is too long");
    tm_folder_remove(purge->hidden);
    tm_sums_finish(&purge->sums);
    enum tm_status status = find_documents(purge, err);
    if (status != TM_OK || purge->ids.n == 0)
        return status;
    purge->documents += purge->ids.n / sizeof(struct tm_hash128);
    status = tm_folder_make(purge->hidden, err);
    if (status == TM_OK)
        status = rewrite(purge, "documents", false, err);
    if (status == TM_OK)
        status = rewrite(purge, "rejects", true, err);
    if (status == TM_OK)
        status = write_sums(purge, err);
    if (status == TM_OK)
        status = tm_folder_sync(purge->hidden, err);
    if (status == TM_OK)
        status = exchange(purge, err);
    tm_folder_remove(purge->hidden);
    return status;
}

enum tm_status tm_purge(const char *audit, const char *except, unsigned level, tm_purge_fn *forgets,
                        void *user, uint64_t *ret_documents, struct tm_err *err)
{
    struct purge purge = {.forgets = forgets, .user = user, .level = (int)level};
    DIR *dir = opendir(audit);
    *ret_documents = 0;
    if (dir == NULL)
        return TM_OK;
    enum tm_status status = TM_OK;
    for (struct dirent *entry; status == TM_OK && (entry = readdir(dir)) != NULL;)
        if (entry->d_name[0] != '.' && strcmp(entry->d_name, except) != 0)
            status = purge_folder(&purge, audit, entry->d_name, err);
    (void)closedir(dir);
    if (status == TM_OK)
        status = tm_folder_sync(audit, err);
    tm_sums_finish(&purge.sums);
    tm_frame_finish(&purge.frame);
    tm_buf_finish(&purge.row);
    tm_buf_finish(&purge.ids);
    *ret_documents = purge.documents;
    return status;
}
