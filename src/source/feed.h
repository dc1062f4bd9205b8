/* SPDX-License-Identifier: Apache-2.0 */
/* feed.h - the bytes of one input as they lie there: a file, or standard input. */
#ifndef TM_SOURCE_FEED_H
#define TM_SOURCE_FEED_H

#include <sys/types.h>

#include <tolmach/base.h>

#include "source/archive.h"

struct tm_feed {
    int fd;                             /* -1 when closed */
    bool keep;                          /* not ours to close */
    bool seekable;
    bool ended;                         /* a terminal would be asked again */
    uint64_t size;                      /* 0 if unknown */
    uint64_t position;                  /* bytes given out */
    char head[TM_ARCHIVE_MAGIC];        /* looked at, not yet given out */
    size_t n_head;
    size_t given;
};

/* Opens `path` ("-": standard input) and looks at its first bytes. */
enum tm_status tm_feed_open(struct tm_feed *feed, const char *path, struct tm_err *err);
void tm_feed_close(struct tm_feed *feed);

/* A tm_read_fn on a feed. */
ssize_t tm_feed_read(void *feed, void *p, size_t n, struct tm_err *err);

/* As lseek; -1 when that cannot be. */
int64_t tm_feed_seek(void *feed, int64_t offset, int whence);

/* The size where it is known, else the bytes given out. */
uint64_t tm_feed_packed(void *feed);

#endif
