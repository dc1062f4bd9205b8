/* SPDX-License-Identifier: Apache-2.0 */
#include "base/tempfile.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define APPEND_BYTES ((size_t)256 << 10)
/* What is read behind a wide gap. */
#define LEAST_READ ((size_t)4 << 10)
#define FAR ((size_t)8 << 10)
/* What is written as it stands, since copying it first would cost more than the call. */
#define DIRECT_BYTES ((size_t)64 << 10)

struct tm_tempfile {
    int fd;
    uint64_t written;       /* bytes on disk */
    char *buffer;
    size_t n;
    char name[256];         /* of the folder, for messages */
};

static int open_unnamed(const char *folder)
{
    int fd = open(folder, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
    if (fd >= 0 || (errno != EOPNOTSUPP && errno != EISDIR && errno != EINVAL))
        return fd;
    /* Some file systems know no unnamed files. */
    char path[4096];
    if (snprintf(path, sizeof path, "%s/.spill-XXXXXX", folder) >= (int)sizeof path) {
        errno = ENAMETOOLONG;
        return -1;
    }
    fd = mkostemp(path, O_CLOEXEC);
    if (fd >= 0)
        (void)unlink(path);
    return fd;
}

enum tm_status tm_tempfile_create(const char *folder, struct tm_tempfile **ret_file,
                                  struct tm_err *err)
{
    struct tm_tempfile *file = calloc(1, sizeof *file);
    if (file == NULL)
        return tm_fail(err, TM_ERR_NOMEM, folder, TM_NO_OFFSET, "out of memory");
    (void)snprintf(file->name, sizeof file->name, "%s", folder);
    file->buffer = malloc(APPEND_BYTES);
    file->fd = file->buffer == NULL ? -1 : open_unnamed(folder);
    if (file->fd < 0) {
        enum tm_status status = file->buffer == NULL
            ? tm_fail(err, TM_ERR_NOMEM, folder, TM_NO_OFFSET, "out of memory")
            : tm_fail(err, TM_ERR_WRITE, folder, TM_NO_OFFSET, "cannot make a temporary file: %s",
                      strerror(errno));
        tm_tempfile_destroy(file);
        return status;
    }
    *ret_file = file;
    return TM_OK;
}

void tm_tempfile_destroy(struct tm_tempfile *file)
{
    if (file == NULL)
        return;
    if (file->fd >= 0)
        (void)close(file->fd);
    free(file->buffer);
    free(file);
}

static enum tm_status write_all(struct tm_tempfile *file, const char *p, size_t n,
                                struct tm_err *err)
{
    while (n != 0) {
        ssize_t wrote = pwrite(file->fd, p, n, (off_t)file->written);
        if (wrote < 0 && errno == EINTR)
            continue;
        if (wrote <= 0)
            return tm_fail(err, TM_ERR_WRITE, file->name, TM_NO_OFFSET,
                           "cannot write a temporary file: %s",
                           strerror(wrote < 0 ? errno : ENOSPC));
        p += wrote;
        n -= (size_t)wrote;
        file->written += (uint64_t)wrote;
    }
    return TM_OK;
}

enum tm_status tm_tempfile_flush(struct tm_tempfile *file, struct tm_err *err)
{
    enum tm_status status = write_all(file, file->buffer, file->n, err);
    if (status == TM_OK)
        file->n = 0;
    return status;
}

enum tm_status tm_tempfile_append(struct tm_tempfile *file, const void *p, size_t n,
                                  struct tm_err *err)
{
    if (file->n + n > APPEND_BYTES || n >= DIRECT_BYTES) {
        enum tm_status status = tm_tempfile_flush(file, err);
        if (status != TM_OK)
            return status;
        if (n >= DIRECT_BYTES)
            return write_all(file, p, n, err);
    }
    if (n != 0)
        memcpy(file->buffer + file->n, p, n);
    file->n += n;
    return TM_OK;
}

uint64_t tm_tempfile_size(const struct tm_tempfile *file)
{
    return file->written + file->n;
}

enum tm_status tm_tempfile_read(struct tm_tempfile *file, uint64_t offset, void *p, size_t n,
                                struct tm_err *err)
{
    char *to = p;
    while (n != 0) {
        ssize_t got = pread(file->fd, to, n, (off_t)offset);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            return tm_fail(err, TM_ERR_READ, file->name, TM_NO_OFFSET,
                           "cannot read a temporary file back: %s",
                           got < 0 ? strerror(errno) : "it is shorter than what was written");
        to += got;
        offset += (uint64_t)got;
        n -= (size_t)got;
    }
    return TM_OK;
}

enum tm_status tm_tempreader_open(struct tm_tempreader *reader, struct tm_tempfile *file,
                                  uint64_t offset, uint64_t end, size_t capacity,
                                  struct tm_err *err)
{
    *reader = (struct tm_tempreader){.file = file, .next = offset, .end = end,
                                     .capacity = capacity};
    reader->buffer = malloc(capacity);
    if (reader->buffer == NULL)
        return tm_fail(err, TM_ERR_NOMEM, file->name, TM_NO_OFFSET, "out of memory");
    return TM_OK;
}

void tm_tempreader_close(struct tm_tempreader *reader)
{
    free(reader->buffer);
    *reader = (struct tm_tempreader){0};
}

void tm_tempreader_skip(struct tm_tempreader *reader, uint64_t offset)
{
    uint64_t at = reader->next - reader->n;
    if (offset <= at)
        return;
    if (offset <= reader->next) {
        reader->begin += (size_t)(offset - at);
        reader->n -= (size_t)(offset - at);
    } else {
        reader->jumped = offset - reader->next >= FAR;
        reader->next = offset < reader->end ? offset : reader->end;
        reader->begin = 0;
        reader->n = 0;
    }
}

static enum tm_status grow(struct tm_tempreader *reader, size_t n, struct tm_err *err)
{
    char *buffer = realloc(reader->buffer, n);
    if (buffer == NULL)
        return tm_fail(err, TM_ERR_NOMEM, reader->file->name, TM_NO_OFFSET, "out of memory");
    reader->buffer = buffer;
    reader->capacity = n;
    return TM_OK;
}

enum tm_status tm_tempreader_take(struct tm_tempreader *reader, size_t n, const char **ret_p,
                                  struct tm_err *err)
{
    if (reader->n < n) {
        if (n - reader->n > reader->end - reader->next)
            return TM_END;
        memmove(reader->buffer, reader->buffer + reader->begin, reader->n);
        reader->begin = 0;
        if (n > reader->capacity) {
            enum tm_status status = grow(reader, n, err);
            if (status != TM_OK)
                return status;
        }
        size_t least = n < LEAST_READ ? LEAST_READ : n;
        size_t most = reader->jumped && least < reader->capacity ? least : reader->capacity;
        size_t more = most - reader->n;
        reader->jumped = false;
        if (more > reader->end - reader->next)
            more = (size_t)(reader->end - reader->next);
        enum tm_status status = tm_tempfile_read(reader->file, reader->next,
                                                 reader->buffer + reader->n, more, err);
        if (status != TM_OK)
            return status;
        reader->next += more;
        reader->n += more;
    }
    *ret_p = reader->buffer + reader->begin;
    reader->begin += n;
    reader->n -= n;
    return TM_OK;
}
