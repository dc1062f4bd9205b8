/* SPDX-License-Identifier: Apache-2.0 */
#include "source/archive.h"

#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/scan.h"

#define BLOCK ((size_t)64 << 10)

struct tm_archive {
    struct archive *handle;
    struct tm_archive_io io;
    struct tm_buf name;
    struct tm_err io_err;       /* why our own read failed, for libarchive knows no more */
    const char *data;           /* a piece of the member that libarchive has given, not yet passed on */
    size_t n_data;
    uint64_t gap;               /* zero bytes before it, where a file has a hole */
    uint64_t position;          /* behind it */
    uint64_t unpacked;
    bool dead;                  /* nothing more can be had of it */
    char block[BLOCK];
};

bool tm_archive_magic(const char *p, size_t n)
{
    static const struct {
        const char *bytes;
        size_t n;
        size_t at;
    } magics[] = {
        {"\x1F\x8B\x08", 3, 0},                 /* gzip */
        {"\xFD" "7zXZ\0", 6, 0},
        {"\x28\xB5\x2F\xFD", 4, 0},             /* zstd */
        {"PK\x03\x04", 4, 0},
        {"PK\x05\x06", 4, 0},                   /* a zip without members */
        {"7z\xBC\xAF\x27\x1C", 6, 0},
        {"ustar", 5, 257},
    };
    /* bzip2: a block of data, or the end at once */
    if (n >= 10 && memcmp(p, "BZh", 3) == 0 && p[3] >= '1' && p[3] <= '9')
        return memcmp(p + 4, "1AY&SY", 6) == 0 || memcmp(p + 4, "\x17rE8P\x90", 6) == 0;
    for (size_t i = 0; i < sizeof magics / sizeof *magics; i++) {
        size_t end = magics[i].at + magics[i].n;
        if (n >= end && memcmp(p + magics[i].at, magics[i].bytes, magics[i].n) == 0)
            return true;
    }
    return false;
}

static la_ssize_t read_packed(struct archive *handle, void *user, const void **ret_block)
{
    struct tm_archive *archive = user;
    ssize_t n = archive->io.read(archive->io.user, archive->block, BLOCK, &archive->io_err);
    *ret_block = archive->block;
    if (n < 0)
        archive_set_error(handle, EIO, "%s", archive->io_err.message);
    return n;
}

static la_int64_t seek_packed(struct archive *handle, void *user, la_int64_t offset, int whence)
{
    struct tm_archive *archive = user;
    int64_t at = archive->io.seek(archive->io.user, offset, whence);
    (void)handle;
    return at < 0 ? ARCHIVE_FATAL : at;
}

/* Never the "all" forms: with them and raw, text can pass for an mtree and vanish. */
static bool enable(struct archive *handle)
{
    return archive_read_support_filter_gzip(handle) >= ARCHIVE_WARN
           && archive_read_support_filter_bzip2(handle) >= ARCHIVE_WARN
           && archive_read_support_filter_xz(handle) >= ARCHIVE_WARN
           && archive_read_support_filter_zstd(handle) >= ARCHIVE_WARN
           && archive_read_support_format_tar(handle) >= ARCHIVE_WARN
           && archive_read_support_format_zip(handle) >= ARCHIVE_WARN
           && archive_read_support_format_7zip(handle) >= ARCHIVE_WARN
           && archive_read_support_format_raw(handle) >= ARCHIVE_WARN
           && archive_read_support_format_empty(handle) >= ARCHIVE_WARN;
}

static enum tm_status failed(struct tm_archive *archive, struct tm_err *err)
{
    const char *why = archive_error_string(archive->handle);
    archive->dead = true;
    if (archive->io.seek == NULL && why != NULL && strstr(why, "seeking") != NULL)
        why = "a 7z inside another archive or on standard input cannot be read, unpack it";
    return tm_fail(err, TM_ERR_FORMAT, NULL, TM_NO_OFFSET, "archive: %s",
                   why == NULL ? "unreadable" : why);
}

enum tm_status tm_archive_open(const struct tm_archive_io *io, struct tm_archive **ret_archive,
                               struct tm_err *err)
{
    struct tm_archive *archive = calloc(1, sizeof *archive);
    if (archive == NULL)
        return tm_fail(err, TM_ERR_NOMEM, NULL, TM_NO_OFFSET, "out of memory");
    archive->io = *io;
    archive->handle = archive_read_new();
    if (archive->handle == NULL || !enable(archive->handle)) {
        tm_archive_close(archive);
        return tm_fail(err, TM_ERR_NOMEM, NULL, TM_NO_OFFSET, "cannot set up libarchive");
    }
    archive_read_set_callback_data(archive->handle, archive);
    archive_read_set_read_callback(archive->handle, read_packed);
    if (io->seek != NULL)
        archive_read_set_seek_callback(archive->handle, seek_packed);
    if (archive_read_open1(archive->handle) < ARCHIVE_WARN) {
        enum tm_status status = failed(archive, err);
        tm_archive_close(archive);
        return status;
    }
    *ret_archive = archive;
    return TM_OK;
}

void tm_archive_close(struct tm_archive *archive)
{
    if (archive == NULL)
        return;
    if (archive->handle != NULL)
        archive_read_free(archive->handle);
    tm_buf_finish(&archive->name);
    free(archive);
}

/* The member's name, made fit to be shown: bytes that are no UTF-8 and control characters become
 * a question mark. */
static const char *clean_name(struct tm_archive *archive, struct archive_entry *entry)
{
    const char *name = archive_entry_pathname_utf8(entry);
    struct tm_buf *buf = &archive->name;
    if (name == NULL)
        name = archive_entry_pathname(entry);
    if (name == NULL)
        name = "?";
    buf->n = 0;
    for (size_t n = strlen(name), i = 0; i < n;) {
        size_t good = tm_scan_utf8(name + i, n - i);
        for (; good > 0; good--, i++)
            tm_buf_byte(buf, (unsigned char)name[i] < 0x20 || name[i] == 0x7F ? '?' : name[i]);
        if (i < n) {
            tm_buf_byte(buf, '?');
            i++;
        }
    }
    tm_buf_byte(buf, '\0');
    return buf->failed ? NULL : buf->p;
}

enum tm_status tm_archive_next(struct tm_archive *archive, const char **ret_name,
                               struct tm_err *err)
{
    struct archive_entry *entry;
    archive->n_data = 0;
    archive->gap = archive->position = 0;
    while (!archive->dead) {
        int result = archive_read_next_header(archive->handle, &entry);
        if (result == ARCHIVE_EOF)
            break;
        if (result == ARCHIVE_RETRY)
            continue;
        if (result < ARCHIVE_WARN)
            return failed(archive, err);
        if (archive_filter_count(archive->handle) - 1 > TM_ARCHIVE_FILTERS) {
            archive->dead = true;
            return tm_fail(err, TM_ERR_LIMIT, NULL, TM_NO_OFFSET,
                           "compressed more than %d times over", TM_ARCHIVE_FILTERS);
        }
        if (archive_format(archive->handle) == ARCHIVE_FORMAT_RAW) {
            *ret_name = NULL;
            return TM_OK;
        }
        if (archive_entry_filetype(entry) != AE_IFREG)
            continue;
        *ret_name = clean_name(archive, entry);
        if (*ret_name == NULL)
            return tm_fail(err, TM_ERR_NOMEM, NULL, TM_NO_OFFSET, "out of memory");
        return TM_OK;
    }
    return TM_END;
}

/* The next piece of the member; 0 at its end, -1 on failure. Not archive_read_data, which on a fault
 * takes what it has read before it along. */
static int next_piece(struct tm_archive *archive, struct tm_err *err)
{
    const void *data = NULL;
    size_t n = 0;
    la_int64_t offset = 0;
    int result;
    do
        result = archive_read_data_block(archive->handle, &data, &n, &offset);
    while (result == ARCHIVE_RETRY || (result >= ARCHIVE_WARN && result != ARCHIVE_EOF && n == 0));
    if (result == ARCHIVE_EOF)
        return 0;
    if (result < ARCHIVE_WARN) {
        failed(archive, err);
        return -1;
    }
    archive->data = data;
    archive->n_data = n;
    archive->gap = (uint64_t)offset > archive->position ? (uint64_t)offset - archive->position : 0;
    archive->position = (uint64_t)offset + n;
    return 1;
}

ssize_t tm_archive_read(void *user, void *p, size_t n, struct tm_err *err)
{
    struct tm_archive *archive = user;
    if (archive->n_data == 0 && archive->gap == 0) {
        int more = archive->dead ? 0 : next_piece(archive, err);
        if (more <= 0)
            return more;
    }
    size_t got = n;
    if (archive->gap != 0) {
        got = archive->gap < n ? (size_t)archive->gap : n;
        memset(p, 0, got);
        archive->gap -= got;
    } else {
        got = archive->n_data < n ? archive->n_data : n;
        memcpy(p, archive->data, got);
        archive->data += got;
        archive->n_data -= got;
    }
    archive->unpacked += (uint64_t)got;
    if (archive->unpacked > TM_ARCHIVE_FREE
        && archive->unpacked / TM_ARCHIVE_RATIO > archive->io.packed(archive->io.user)) {
        archive->dead = true;
        tm_fail(err, TM_ERR_LIMIT, NULL, TM_NO_OFFSET,
                "unpacks to more than %d times its size, the rest is not read", TM_ARCHIVE_RATIO);
        return -1;
    }
    return (ssize_t)got;
}
