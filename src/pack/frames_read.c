/* SPDX-License-Identifier: Apache-2.0 */
#include "pack/frames_read.h"

#include <errno.h>
#include <fcntl.h>
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

static uint32_t le32(const char *p)
{
    const unsigned char *b = (const unsigned char *)p;
    return (uint32_t)b[0] | (uint32_t)b[1] << 8 | (uint32_t)b[2] << 16 | (uint32_t)b[3] << 24;
}

static enum tm_status no_memory(struct tm_err *err)
{
    return tm_fail(err, TM_ERR_NOMEM, "", TM_NO_OFFSET, "out of memory");
}

static enum tm_status broken(const struct tm_frames *frames, uint64_t offset, const char *what,
                             struct tm_err *err)
{
    return tm_fail(err, TM_ERR_VERIFY, frames->name, offset, "%s", what);
}

static enum tm_status read_at(const struct tm_frames *frames, uint64_t offset, char *to, size_t n,
                              struct tm_err *err)
{
    while (n != 0) {
        ssize_t got = pread(frames->fd, to, n, (off_t)offset);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return tm_fail(err, TM_ERR_READ, frames->name, offset, "cannot read: %s",
                           strerror(errno));
        if (got == 0)
            return broken(frames, offset, "the file is cut off", err);
        to += got;
        offset += (uint64_t)got;
        n -= (size_t)got;
    }
    return TM_OK;
}

/* Fills the list from the table, whose bytes after the 8 of its header stand at `entries`. */
static enum tm_status take_entries(struct tm_frames *frames, const char *entries, uint64_t table,
                                   struct tm_err *err)
{
    uint64_t packed = 0;
    frames->list = calloc(frames->n + 1, sizeof *frames->list);
    frames->offsets = calloc(frames->n + 1, sizeof *frames->offsets);
    if (frames->list == NULL || frames->offsets == NULL)
        return no_memory(err);
    for (size_t i = 0; i < frames->n; i++) {
        const char *entry = entries + i * ENTRY;
        frames->list[i].packed = le32(entry);
        frames->list[i].bytes = le32(entry + 4);
        frames->list[i].check = le32(entry + 8);
        frames->offsets[i] = packed;
        packed += frames->list[i].packed;
        if (frames->list[i].bytes > TM_FRAME_CONTENT_MOST || frames->list[i].bytes == 0)
            return broken(frames, table + 8 + i * ENTRY, "a frame's size is out of range", err);
    }
    return packed == table ? TM_OK
                           : broken(frames, table, "the seek table does not fit the file", err);
}

static enum tm_status read_seek_table(struct tm_frames *frames, struct tm_err *err)
{
    char footer[FOOTER];
    if (frames->size < tm_seek_table_size(0))
        return broken(frames, frames->size, "the file is cut off", err);
    enum tm_status status = read_at(frames, frames->size - FOOTER, footer, FOOTER, err);
    if (status != TM_OK)
        return status;
    if (le32(footer + 5) != SEEKABLE_MAGIC || (unsigned char)footer[4] != HAS_CHECKSUMS)
        return broken(frames, frames->size - FOOTER,
                      "no seek table at the end (is the file cut off?)", err);
    frames->n = le32(footer);
    uint64_t size = tm_seek_table_size(frames->n);
    if (size > frames->size)
        return broken(frames, frames->size - FOOTER, "the seek table is larger than the file",
                      err);
    uint64_t table = frames->size - size;
    struct tm_buf bytes = {0};
    if (!tm_buf_reserve(&bytes, (size_t)size))
        return no_memory(err);
    status = read_at(frames, table, bytes.p, (size_t)size, err);
    if (status == TM_OK && (le32(bytes.p) != SKIPPABLE_MAGIC || le32(bytes.p + 4) != size - 8))
        status = broken(frames, table, "the seek table does not fit its frame", err);
    if (status == TM_OK)
        status = take_entries(frames, bytes.p + 8, table, err);
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

static enum tm_status no_frame(const char *what, struct tm_err *err)
{
    return tm_fail(err, TM_ERR_VERIFY, "", TM_NO_OFFSET, "%s", what);
}

enum tm_status tm_frame_unpack(void *context, const char *packed, struct tm_frame_info *frame,
                               struct tm_buf *content, struct tm_err *err)
{
    size_t n = (size_t)frame->packed;
    content->n = 0;
    if (n < TM_FRAME_LEAST)
        return no_frame("the frame is too short", err);
    if (ZSTD_getFrameContentSize(packed, n) != frame->bytes ||
        ZSTD_findFrameCompressedSize(packed, n) != n)
        return no_frame("the frame is not as long as the seek table states", err);
    if (!tm_buf_reserve(content, (size_t)frame->bytes))
        return no_memory(err);
    size_t got = ZSTD_decompressDCtx(context, content->p, (size_t)frame->bytes, packed, n);
    if (ZSTD_isError(got))
        return tm_fail(err, TM_ERR_VERIFY, "", TM_NO_OFFSET, "broken frame: %s",
                       ZSTD_getErrorName(got));
    /* The last field of a frame is its checksum when there is one (bit 2 of its descriptor). */
    if (got != frame->bytes || got == 0 || (packed[4] & 4) == 0)
        return no_frame("the frame has no checksum", err);
    content->n = got;
    frame->check = le32(packed + n - 4);
    frame->digest = tm_hash128_of(content->p, got);
    frame->records = count_lines(content->p, got);
    if (content->p[got - 1] != '\n')
        return no_frame("the frame does not end with a row", err);
    return TM_OK;
}

enum tm_status tm_frames_load(struct tm_frames *frames, size_t index, struct tm_err *err)
{
    struct tm_frame_info *frame = &frames->list[index];
    struct tm_err what = {0};
    uint64_t offset = frames->offsets[index];
    uint32_t check = frame->check;
    frames->packed.n = 0;
    if (!tm_buf_reserve(&frames->packed, (size_t)frame->packed))
        return no_memory(err);
    enum tm_status status = read_at(frames, offset, frames->packed.p, (size_t)frame->packed, err);
    if (status != TM_OK)
        return status;
    status = tm_frame_unpack(frames->context, frames->packed.p, frame, &frames->content, &what);
    if (status == TM_ERR_NOMEM)
        return no_memory(err);
    if (status != TM_OK)
        return broken(frames, offset, what.message, err);
    if (frame->check != check)
        return broken(frames, offset, "the frame's checksum is not that of the seek table", err);
    if (frames->stated != NULL && !tm_frame_same(frame, &frames->stated->frames[index]))
        return broken(frames, offset, "the frame's content is not what the manifest states", err);
    return TM_OK;
}

static enum tm_status set_up(struct tm_frames *frames, struct tm_err *err)
{
    struct stat st;
    if (fstat(frames->fd, &st) != 0 || !S_ISREG(st.st_mode))
        return tm_fail(err, TM_ERR_READ, frames->name, TM_NO_OFFSET, "not a file");
    frames->size = (uint64_t)st.st_size;
    enum tm_status status = read_seek_table(frames, err);
    if (status == TM_OK && frames->stated != NULL && frames->n != frames->stated->n_frames)
        status = broken(frames, TM_NO_OFFSET, "the number of frames is not that of the manifest",
                        err);
    if (status != TM_OK)
        return status;
    frames->context = ZSTD_createDCtx();
    return frames->context == NULL ? no_memory(err) : TM_OK;
}

enum tm_status tm_frames_open(struct tm_frames *frames, const char *dir, const char *name,
                              const struct tm_shard *stated, struct tm_err *err)
{
    char path[TM_PACK_PATH];
    *frames = (struct tm_frames){.name = name, .stated = stated, .fd = -1};
    if (!tm_path_join(path, dir, name))
        return tm_fail(err, TM_ERR_READ, name, TM_NO_OFFSET, "the path is too long");
    frames->fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (frames->fd < 0)
        return tm_fail(err, TM_ERR_READ, name, TM_NO_OFFSET, "cannot open: %s", strerror(errno));
    enum tm_status status = set_up(frames, err);
    if (status != TM_OK)
        tm_frames_close(frames);
    return status;
}

void tm_frames_close(struct tm_frames *frames)
{
    if (frames->fd < 0)
        return;
    (void)close(frames->fd);
    frames->fd = -1;
    (void)ZSTD_freeDCtx(frames->context);
    tm_buf_finish(&frames->packed);
    tm_buf_finish(&frames->content);
    free(frames->list);
    free(frames->offsets);
}
