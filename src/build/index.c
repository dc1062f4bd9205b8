/* SPDX-License-Identifier: Apache-2.0 */
#include "build/index.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zstd.h>

#include "base/icu.h"
#include "base/str.h"
#include "core/codec.h"
#include "pack/folder.h"

#define INDEX_NAME "index.zst"
#define SIZE_BYTES 8
#define ENTRY_MOST ((uint64_t)256 << 20)

void tm_index_put_head(struct tm_buf *buf, const struct tm_recipe *recipe)
{
    struct tm_buf text = {0};
    const uint32_t one = 1;
    char icu[U_MAX_VERSION_STRING_LENGTH];
    tm_icu_version(icu);
    tm_buf_printf(&text, "index: 2, %s\n", *(const char *)&one == 1 ? "little-endian" : "other");
    tm_buf_printf(&text, "clean: %s\nlanguage model: %s\nemoji: %s\nicu: %s\n", TM_CLEAN_VERSION,
                  tm_lang_model_version(), tm_emoji_version(), icu);
    tm_settings_write_cleaning(recipe, &text);
    buf->failed |= text.failed;
    tm_put_be64(buf, text.n);
    tm_buf_str(buf, tm_buf_view(&text));
    tm_buf_finish(&text);
}

void tm_index_put(struct tm_buf *buf, const struct tm_doc *doc, struct tm_str cut)
{
    size_t at = buf->n;
    struct tm_buf size = {0};
    tm_put_be64(buf, 0);
    tm_doc_encode_done(doc, cut, buf);
    tm_buf_byte(buf, '\n');
    if (buf->failed)
        return;
    tm_put_be64(&size, buf->n - at - SIZE_BYTES);
    buf->failed |= size.failed;
    if (!size.failed)
        memcpy(buf->p + at, size.p, SIZE_BYTES);
    tm_buf_finish(&size);
}

enum tm_status tm_index_take(struct tm_str *entries, struct tm_arena *arena,
                             struct tm_doc *ret_doc, struct tm_err *err)
{
    uint64_t size = entries->n < SIZE_BYTES ? 0 : tm_get_be64(entries->p);
    if (size == 0 || size > entries->n - SIZE_BYTES)
        return tm_fail(err, TM_ERR_FORMAT, "", TM_NO_OFFSET, "an entry is cut");
    struct tm_str entry = {entries->p + SIZE_BYTES, (size_t)size - 1};
    entries->p += SIZE_BYTES + size;
    entries->n -= SIZE_BYTES + (size_t)size;
    return tm_doc_decode(entry, arena, ret_doc, err);
}

struct index {
    const char *path;
    FILE *file;
    ZSTD_DStream *zstd;
    ZSTD_inBuffer in;
    char *packed;
    size_t packed_size;
    struct tm_buf content;          /* decompressed and not yet taken */
    size_t taken;
    bool ended;
};

static enum tm_status no_memory(struct tm_err *err)
{
    return tm_fail(err, TM_ERR_NOMEM, "", TM_NO_OFFSET, "out of memory");
}

static enum tm_status damaged(const struct index *index, const char *what, struct tm_err *err)
{
    return tm_fail(err, TM_ERR_READ, index->path, TM_NO_OFFSET,
                   "the index of the parent is damaged: %s", what);
}

static enum tm_status open_index(struct index *index, struct tm_err *err)
{
    index->file = fopen(index->path, "rb");
    if (index->file == NULL) {
        (void)tm_fail(err, TM_ERR_READ, index->path, TM_NO_OFFSET,
                      "the parent keeps no index to add to: %s", strerror(errno));
        return tm_hint(err, "build the parent with --set audit.index=true, or give all inputs");
    }
    index->zstd = ZSTD_createDStream();
    index->packed_size = ZSTD_DStreamInSize();
    index->packed = malloc(index->packed_size);
    return index->zstd == NULL || index->packed == NULL ? no_memory(err) : TM_OK;
}

static void close_index(struct index *index)
{
    if (index->file != NULL)
        (void)fclose(index->file);
    (void)ZSTD_freeDStream(index->zstd);
    free(index->packed);
    tm_buf_finish(&index->content);
}

/* Decompresses some more; TM_END when nothing comes. */
static enum tm_status more(struct index *index, struct tm_err *err)
{
    if (index->taken != 0) {
        memmove(index->content.p, index->content.p + index->taken,
                index->content.n - index->taken);
        index->content.n -= index->taken;
        index->taken = 0;
    }
    if (index->in.pos == index->in.size) {
        size_t n = fread(index->packed, 1, index->packed_size, index->file);
        if (n == 0)
            return ferror(index->file) ? damaged(index, strerror(errno), err) : TM_END;
        index->in = (ZSTD_inBuffer){index->packed, n, 0};
    }
    if (!tm_buf_reserve(&index->content, ZSTD_DStreamOutSize()))
        return no_memory(err);
    ZSTD_outBuffer out = {index->content.p + index->content.n,
                          index->content.capacity - index->content.n, 0};
    size_t result = ZSTD_decompressStream(index->zstd, &out, &index->in);
    if (ZSTD_isError(result))
        return damaged(index, ZSTD_getErrorName(result), err);
    index->content.n += out.pos;
    return TM_OK;
}

/* The next entry, good until the next call. */
static enum tm_status next_entry(struct index *index, struct tm_str *ret_entry, struct tm_err *err)
{
    for (;;) {
        size_t n = index->content.n - index->taken;
        const char *p = index->content.p + index->taken;
        if (n >= SIZE_BYTES) {
            uint64_t size = tm_get_be64(p);
            if (size == 0 || size > ENTRY_MOST)
                return damaged(index, "an entry of no such size", err);
            if (n - SIZE_BYTES >= size) {
                *ret_entry = (struct tm_str){p + SIZE_BYTES, (size_t)size};
                index->taken += SIZE_BYTES + (size_t)size;
                return TM_OK;
            }
        }
        enum tm_status status = more(index, err);
        if (status == TM_END && index->content.n != index->taken)
            return damaged(index, "its last entry is cut", err);
        if (status != TM_OK)
            return status;
    }
}

/* Length of the line that begins at `at`, and of its newline. */
static size_t line_length(struct tm_str text, size_t at)
{
    const char *end = at < text.n ? memchr(text.p + at, '\n', text.n - at) : NULL;
    return end == NULL ? text.n - (at < text.n ? at : text.n) : (size_t)(end - text.p) - at;
}

/* The first line in which two heads differ. */
static enum tm_status other_head(const struct index *index, struct tm_str old, struct tm_str new,
                                 struct tm_err *err)
{
    size_t at = 0;
    while (at < old.n && at < new.n) {
        size_t a = line_length(old, at);
        size_t b = line_length(new, at);
        if (a != b || memcmp(old.p + at, new.p + at, a) != 0)
            break;
        at += a + 1;
    }
    (void)tm_fail(err, TM_ERR_USAGE, index->path, TM_NO_OFFSET,
                  "the parent was cleaned otherwise: '%.*s', and here '%.*s'",
                  (int)line_length(old, at), old.p + (at < old.n ? at : old.n),
                  (int)line_length(new, at), new.p + (at < new.n ? at : new.n));
    return tm_hint(err, "give all inputs without add, or the settings of the parent");
}

static enum tm_status check_head(struct index *index, const struct tm_recipe *recipe,
                                 struct tm_err *err)
{
    struct tm_buf wanted = {0};
    struct tm_str head;
    tm_index_put_head(&wanted, recipe);
    enum tm_status status = wanted.failed ? no_memory(err) : next_entry(index, &head, err);
    if (status == TM_OK) {
        struct tm_str here = {wanted.p + SIZE_BYTES, wanted.n - SIZE_BYTES};
        if (!tm_str_equal(head, here))
            status = other_head(index, head, here, err);
    } else if (status == TM_END) {
        status = damaged(index, "it is empty", err);
    }
    tm_buf_finish(&wanted);
    return status;
}

enum tm_status tm_index_read(const char *audit_dir, const struct tm_recipe *recipe,
                             tm_index_fn *take, void *user, struct tm_err *err)
{
    char path[TM_PACK_PATH];
    struct index index = {.path = path};
    if (!tm_path_join(path, audit_dir, INDEX_NAME))
        return tm_fail(err, TM_ERR_READ, audit_dir, TM_NO_OFFSET, "the path is too long");
    enum tm_status status = open_index(&index, err);
    if (status == TM_OK)
        status = check_head(&index, recipe, err);
    while (status == TM_OK) {
        struct tm_str entry;
        status = next_entry(&index, &entry, err);
        if (status == TM_OK)
            status = take(user, (struct tm_str){entry.p, entry.n - 1}, err);
    }
    close_index(&index);
    return status == TM_END ? TM_OK : status;
}
