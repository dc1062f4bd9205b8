/* SPDX-License-Identifier: Apache-2.0 */
#include "source/feed.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static ssize_t read_some(int fd, void *p, size_t n)
{
    ssize_t got;
    do
        got = read(fd, p, n);
    while (got < 0 && errno == EINTR);
    return got;
}

enum tm_status tm_feed_open(struct tm_feed *feed, const char *path, struct tm_err *err)
{
    struct stat st;
    memset(feed, 0, sizeof *feed);
    feed->keep = strcmp(path, "-") == 0;
    feed->fd = feed->keep ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
    if (feed->fd < 0 || fstat(feed->fd, &st) != 0)
        goto failed;
    if (S_ISREG(st.st_mode) && !feed->keep) {
        feed->seekable = true;
        feed->size = (uint64_t)st.st_size;
        posix_fadvise(feed->fd, 0, 0, POSIX_FADV_SEQUENTIAL);
    }
    while (feed->n_head < sizeof feed->head) {
        ssize_t got = read_some(feed->fd, feed->head + feed->n_head,
                                sizeof feed->head - feed->n_head);
        if (got < 0)
            goto failed;
        feed->ended = got == 0;
        if (feed->ended)
            break;
        feed->n_head += (size_t)got;
    }
    return TM_OK;
failed:
    tm_fail(err, TM_ERR_READ, path, TM_NO_OFFSET, "cannot read: %s", strerror(errno));
    tm_feed_close(feed);
    return TM_ERR_READ;
}

void tm_feed_close(struct tm_feed *feed)
{
    if (feed->fd >= 0 && !feed->keep)
        close(feed->fd);
    feed->fd = -1;
}

ssize_t tm_feed_read(void *user, void *p, size_t n, struct tm_err *err)
{
    struct tm_feed *feed = user;
    ssize_t got;
    if (feed->given < feed->n_head) {
        size_t left = feed->n_head - feed->given;
        got = (ssize_t)(n < left ? n : left);
        memcpy(p, feed->head + feed->given, (size_t)got);
        feed->given += (size_t)got;
    } else if (feed->ended && !feed->seekable) {
        return 0;
    } else {
        got = read_some(feed->fd, p, n);
        feed->ended = got == 0;
        if (got < 0) {
            tm_fail(err, TM_ERR_READ, NULL, TM_NO_OFFSET, "cannot read: %s", strerror(errno));
            return -1;
        }
    }
    feed->position += (uint64_t)got;
    return got;
}

int64_t tm_feed_seek(void *user, int64_t offset, int whence)
{
    struct tm_feed *feed = user;
    if (!feed->seekable)
        return -1;
    if (whence == SEEK_CUR) {
        offset += (int64_t)feed->position;
        whence = SEEK_SET;
    }
    off_t at = lseek(feed->fd, offset, whence);
    if (at < 0)
        return -1;
    feed->given = feed->n_head;         /* the head is read again from the file */
    feed->position = (uint64_t)at;
    return at;
}

uint64_t tm_feed_packed(void *user)
{
    const struct tm_feed *feed = user;
    return feed->seekable ? feed->size : feed->position;
}
