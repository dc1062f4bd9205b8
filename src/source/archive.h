/* SPDX-License-Identifier: Apache-2.0 */
/*
 * archive.h - files inside archives and compressed files, through libarchive with each format
 * enabled by name: tar, zip, 7z; gzip, bzip2, xz, zstd.
 *
 * Member names are data and never paths. Guards: three filters upon each other at most; not more
 * than a thousand times the packed bytes once a gibibyte is out.
 */
#ifndef TM_SOURCE_ARCHIVE_H
#define TM_SOURCE_ARCHIVE_H

#include <sys/types.h>

#include <tolmach/base.h>

/* First bytes that tm_archive_magic wants to see. */
#define TM_ARCHIVE_MAGIC 512

#define TM_ARCHIVE_RATIO 200       /* text packs to a tenth, deflate never to less than 1/1032 */
#define TM_ARCHIVE_FREE ((uint64_t)1 << 30)     /* unpacked bytes up to which no ratio is asked */
#define TM_ARCHIVE_FILTERS 3

/* Where the packed bytes come from. */
struct tm_archive_io {
    void *user;

    /* Up to n bytes to p; 0 at the end, -1 on failure with *err filled. */
    ssize_t (*read)(void *user, void *p, size_t n, struct tm_err *err);

    /* New position, or -1; NULL when there is no seeking. `whence` as for lseek. */
    int64_t (*seek)(void *user, int64_t offset, int whence);

    /* Packed bytes at the root of it all that were read so far, or its size where it is known. */
    uint64_t (*packed)(void *user);
};

struct tm_archive;

/* Do these first bytes begin an archive or a compressed file that can be read? */
bool tm_archive_magic(const char *p, size_t n);

/* `io` is copied. TM_ERR_FORMAT when it cannot be opened. */
enum tm_status tm_archive_open(const struct tm_archive_io *io, struct tm_archive **ret_archive,
                               struct tm_err *err);
void tm_archive_close(struct tm_archive *archive);

/* Goes to the next regular file. *ret_name is its name as UTF-8 without control characters, NULL
 * for the content of a compressed file, good until the next call. TM_END after the last one. */
enum tm_status tm_archive_next(struct tm_archive *archive, const char **ret_name,
                               struct tm_err *err);

/* A tm_read_fn on that file. */
ssize_t tm_archive_read(void *archive, void *p, size_t n, struct tm_err *err);

#endif
