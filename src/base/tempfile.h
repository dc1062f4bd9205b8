/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tempfile.h - an unnamed file on disk: appended to through a buffer, read back by position. It
 * vanishes with the process. One thread at a time.
 */
#ifndef TM_BASE_TEMPFILE_H
#define TM_BASE_TEMPFILE_H

#include <tolmach/base.h>

struct tm_tempfile;

enum tm_status tm_tempfile_create(const char *folder, struct tm_tempfile **ret_file,
                                  struct tm_err *err);
void tm_tempfile_destroy(struct tm_tempfile *file);
enum tm_status tm_tempfile_append(struct tm_tempfile *file, const void *p, size_t n,
                                  struct tm_err *err);
enum tm_status tm_tempfile_flush(struct tm_tempfile *file, struct tm_err *err);

/* Bytes appended so far. */
uint64_t tm_tempfile_size(const struct tm_tempfile *file);

/* Reads exactly n bytes at `offset`; everything must have been flushed. */
enum tm_status tm_tempfile_read(struct tm_tempfile *file, uint64_t offset, void *p, size_t n,
                                struct tm_err *err);

/* A forward reader with a buffer of its own over [offset, end). A zeroed struct is closed. */
struct tm_tempreader {
    struct tm_tempfile *file;
    uint64_t next;          /* position of the first byte not yet in the buffer */
    uint64_t end;
    char *buffer;
    size_t capacity;
    size_t begin;
    size_t n;
    bool jumped;            /* far over what was not read: what follows may be too */
};

enum tm_status tm_tempreader_open(struct tm_tempreader *reader, struct tm_tempfile *file,
                                  uint64_t offset, uint64_t end, size_t capacity,
                                  struct tm_err *err);
void tm_tempreader_close(struct tm_tempreader *reader);

/* Steps forward to `offset`, which is not read over when it lies beyond the buffer. */
void tm_tempreader_skip(struct tm_tempreader *reader, uint64_t offset);

/* Points at the next n bytes, good until the next call, and steps over them. TM_END when fewer
 * are left. */
enum tm_status tm_tempreader_take(struct tm_tempreader *reader, size_t n, const char **ret_p,
                                  struct tm_err *err);

#endif
