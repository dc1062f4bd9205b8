/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "fetch/fetching.h"
#include "pack/folder.h"

#define CHUNK ((size_t)1 << 16)

static enum tm_status no_memory(struct tm_err *err)
{
    return tm_fail(err, TM_ERR_NOMEM, "", TM_NO_OFFSET, "out of memory");
}

static enum tm_status failed(const struct wanted_file *file, const char *what, struct tm_err *err)
{
    return tm_fail(err, TM_ERR_WRITE, file->shard.path, TM_NO_OFFSET, "%s: %s", what,
                   strerror(errno));
}

enum tm_status tm_store_open(struct fetch *fetch, struct wanted_file *file, struct tm_err *err)
{
    char path[TM_PACK_PATH];
    char folder[TM_PACK_PATH];
    if (file->fd >= 0)
        return TM_OK;
    if (!tm_path_join(path, fetch->hidden, file->shard.path))
        return tm_fail(err, TM_ERR_WRITE, fetch->hidden, TM_NO_OFFSET, "the path is too long");
    (void)snprintf(folder, sizeof folder, "%s", path);
    *strrchr(folder, '/') = '\0';
    enum tm_status status = tm_folder_make(folder, err);
    if (status != TM_OK)
        return status;
    file->fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0666);
    if (file->fd < 0 || ftruncate(file->fd, (off_t)file->shard.packed) != 0)
        return failed(file, "cannot make the file", err);
    return TM_OK;
}

void tm_store_close(struct wanted_file *file)
{
    if (file->fd >= 0)
        (void)close(file->fd);
    file->fd = -1;
}

static enum tm_status write_at(const struct wanted_file *file, uint64_t offset, const char *p,
                               size_t n, struct tm_err *err)
{
    while (n != 0) {
        ssize_t wrote = pwrite(file->fd, p, n, (off_t)offset);
        if (wrote < 0 && errno == EINTR)
            continue;
        if (wrote <= 0)
            return failed(file, "cannot write", err);
        p += wrote;
        offset += (uint64_t)wrote;
        n -= (size_t)wrote;
    }
    return TM_OK;
}

static enum tm_status read_at(const struct wanted_file *file, uint64_t offset, struct tm_buf *buf,
                              size_t n, struct tm_err *err)
{
    buf->n = 0;
    if (!tm_buf_reserve(buf, n))
        return no_memory(err);
    while (buf->n != n) {
        ssize_t got = pread(file->fd, buf->p + buf->n, n - buf->n, (off_t)(offset + buf->n));
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            return failed(file, "cannot read it back", err);
        buf->n += (size_t)got;
    }
    return TM_OK;
}

static enum tm_status check(struct fetch *fetch, const struct tm_wanted *frame, const char *packed,
                            struct tm_frame_info *ret_info, struct tm_err *err)
{
    *ret_info = frame->info;
    enum tm_status status = tm_frame_unpack(fetch->context, packed, ret_info, &fetch->content, err);
    if (status == TM_OK && !tm_frame_same(ret_info, &frame->info))
        status = tm_fail(err, TM_ERR_VERIFY, "", TM_NO_OFFSET,
                         "its content has not the digest of the manifest");
    return status;
}

enum tm_status tm_store_frame(struct fetch *fetch, struct wanted_file *file,
                              struct tm_wanted *frame, const char *packed, struct tm_err *err)
{
    struct tm_frame_info info;
    enum tm_status status = check(fetch, frame, packed, &info, err);
    if (status == TM_OK)
        status = tm_store_open(fetch, file, err);
    if (status == TM_OK)
        status = write_at(file, frame->local, packed, (size_t)frame->info.packed, err);
    if (status != TM_OK)
        return status;
    frame->state = TM_WANT_DONE;
    frame->owner = NULL;
    fetch->done += frame->info.packed;
    tm_state_done(fetch, file, frame);
    tm_fetch_progress(fetch);
    return TM_OK;
}

static void miss(struct fetch *fetch, struct wanted_file *file, struct tm_wanted *frame)
{
    frame->state = TM_WANT_MISSING;
    frame->copied = false;
    fetch->done -= frame->info.packed;
    file->next = 0;
}

/* All frames are there and the digest is another: which are to blame? What came from a local release
 * may be the same content from another zstd. */
static enum tm_status doubt(struct fetch *fetch, struct wanted_file *file, struct tm_err *err)
{
    struct tm_buf packed = {0};
    enum tm_status status = TM_OK;
    size_t missed = 0;
    for (size_t i = 0; i < file->shard.n_frames && status == TM_OK; i++) {
        struct tm_wanted *frame = &file->frames[i];
        struct tm_frame_info info;
        struct tm_err what = {0};
        status = read_at(file, frame->local, &packed, (size_t)frame->info.packed, err);
        if (status == TM_OK && (frame->copied || check(fetch, frame, packed.p, &info, &what) !=
                                                     TM_OK)) {
            miss(fetch, file, frame);
            missed++;
        }
    }
    tm_buf_finish(&packed);
    if (status != TM_OK)
        return status;
    if (missed == 0) {
        (void)tm_fail(err, TM_ERR_READ, file->remote_path, TM_NO_OFFSET,
                      "every frame has its content, the file has not the SHA-256 of the manifest");
        return tm_hint(err, "the release contradicts itself: tell its publisher");
    }
    return tm_fail(err, TM_ERR_VERIFY, file->shard.path, TM_NO_OFFSET, "frames are wrong");
}

/* The table follows from the frames; the digest of the file proves it. */
static enum tm_status write_table(struct fetch *fetch, struct wanted_file *file,
                                  struct tm_sha256 *content, struct tm_err *err)
{
    struct tm_buf packed = {0};
    struct tm_buf table = {0};
    enum tm_status status = TM_OK;
    for (size_t i = 0; i < file->shard.n_frames && status == TM_OK; i++) {
        struct tm_wanted *frame = &file->frames[i];
        struct tm_err what = {0};
        size_t n = (size_t)frame->info.packed;
        status = read_at(file, frame->local, &packed, n, err);
        if (status == TM_OK)
            file->shard.frames[i].check = (uint32_t)(unsigned char)packed.p[n - 4] |
                                          (uint32_t)(unsigned char)packed.p[n - 3] << 8 |
                                          (uint32_t)(unsigned char)packed.p[n - 2] << 16 |
                                          (uint32_t)(unsigned char)packed.p[n - 1] << 24;
        struct tm_frame_info info;
        if (status == TM_OK && content != NULL && check(fetch, frame, packed.p, &info, &what) ==
                                                      TM_OK)
            tm_sha256_update(content, fetch->content.p, fetch->content.n);
    }
    tm_seek_table_write(&table, file->shard.frames, file->shard.n_frames);
    if (status == TM_OK)
        status = table.failed ? no_memory(err)
                              : write_at(file, file->shard.packed - table.n, table.p, table.n, err);
    tm_buf_finish(&packed);
    tm_buf_finish(&table);
    return status;
}

static enum tm_status digest(const struct wanted_file *file, struct tm_sha256 *sha,
                             char ret_hex[TM_SHA256_HEX], struct tm_err *err)
{
    struct tm_buf buf = {0};
    enum tm_status status = TM_OK;
    for (uint64_t at = 0; at < file->shard.packed && status == TM_OK; at += buf.n) {
        uint64_t left = file->shard.packed - at;
        status = read_at(file, at, &buf, left < CHUNK ? (size_t)left : CHUNK, err);
        tm_sha256_update(sha, buf.p, buf.n);
    }
    tm_sha256_hex(sha, ret_hex);
    tm_buf_finish(&buf);
    return status;
}

enum tm_status tm_store_seal(struct fetch *fetch, struct wanted_file *file, struct tm_err *err)
{
    char found[TM_SHA256_HEX];
    bool sample = file->shard.sha256[0] == '\0';
    struct tm_sha256 *sha = tm_sha256_create();
    if (sha == NULL)
        return no_memory(err);
    enum tm_status status = tm_store_open(fetch, file, err);
    if (status == TM_OK)
        status = write_table(fetch, file, sample ? sha : NULL, err);
    if (status == TM_OK && sample)
        tm_sha256_hex(sha, file->shard.content_sha256);
    if (status == TM_OK)
        status = digest(file, sha, found, err);
    if (status == TM_OK && sample)
        memcpy(file->shard.sha256, found, sizeof found);
    else if (status == TM_OK && strcmp(found, file->shard.sha256) != 0)
        status = doubt(fetch, file, err);
    if (status == TM_OK && fsync(file->fd) != 0)
        status = failed(file, "cannot sync", err);
    tm_sha256_destroy(sha);
    tm_store_close(file);
    return status;
}
