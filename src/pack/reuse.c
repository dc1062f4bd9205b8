/* SPDX-License-Identifier: Apache-2.0 */
#include "pack/reuse.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zstd.h>

#include "pack/folder.h"

/* A frame of the parent, and where it lies. */
struct place {
    const struct tm_frame_info *frame;
    const struct tm_shard *shard;
    uint64_t offset;
};

struct tm_reuse {
    const struct tm_opened *parent;
    struct place *places;           /* by digest and size */
    size_t n;
};

static int order(const void *a, const void *b)
{
    const struct tm_frame_info *x = ((const struct place *)a)->frame;
    const struct tm_frame_info *y = ((const struct place *)b)->frame;
    if (x->digest.high != y->digest.high)
        return x->digest.high < y->digest.high ? -1 : 1;
    if (x->digest.low != y->digest.low)
        return x->digest.low < y->digest.low ? -1 : 1;
    return (x->bytes > y->bytes) - (x->bytes < y->bytes);
}

enum tm_status tm_reuse_create(const struct tm_opened *parent, struct tm_reuse **ret_reuse,
                               struct tm_err *err)
{
    size_t n = 0;
    for (size_t i = 0; i < parent->n_shards; i++)
        n += parent->shards[i].n_frames;
    struct tm_reuse *reuse = calloc(1, sizeof *reuse);
    struct place *places = calloc(n + 1, sizeof *places);
    if (reuse == NULL || places == NULL) {
        free(reuse);
        free(places);
        return tm_fail(err, TM_ERR_NOMEM, "", TM_NO_OFFSET, "out of memory");
    }
    *reuse = (struct tm_reuse){.parent = parent, .places = places};
    for (size_t i = 0; i < parent->n_shards; i++) {
        const struct tm_shard *shard = &parent->shards[i];
        uint64_t offset = 0;
        for (size_t k = 0; k < shard->n_frames; k++) {
            places[reuse->n++] = (struct place){&shard->frames[k], shard, offset};
            offset += shard->frames[k].packed;
        }
    }
    qsort(places, n, sizeof *places, order);
    *ret_reuse = reuse;
    return TM_OK;
}

void tm_reuse_destroy(struct tm_reuse *reuse)
{
    if (reuse == NULL)
        return;
    free(reuse->places);
    free(reuse);
}

static bool read_at(const char *path, uint64_t offset, char *to, size_t n)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    while (fd >= 0 && n != 0) {
        ssize_t got = pread(fd, to, n, (off_t)offset);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            break;
        to += got;
        offset += (uint64_t)got;
        n -= (size_t)got;
    }
    if (fd >= 0)
        (void)close(fd);
    return fd >= 0 && n == 0;
}

/* Whether a frame of the parent, read into `packed`, holds the content. */
static bool holds(const struct tm_buf *packed, const struct tm_buf *content)
{
    char *copy = malloc(content->n + 1);
    size_t n = copy == NULL ? 0 : ZSTD_decompress(copy, content->n, packed->p, packed->n);
    bool same = copy != NULL && !ZSTD_isError(n) && n == content->n &&
                memcmp(copy, content->p, n) == 0;
    free(copy);
    return same;
}

bool tm_reuse_frame(const struct tm_reuse *reuse, struct tm_frame *frame)
{
    struct tm_frame_info wanted = frame->info;
    struct place key = {.frame = &wanted};
    char path[TM_PACK_PATH];
    wanted.bytes = frame->content.n;
    wanted.digest = tm_hash128_of(frame->content.p, frame->content.n);
    const struct place *found = reuse->n == 0 ? NULL : bsearch(&key, reuse->places, reuse->n,
                                                               sizeof key, order);
    if (found == NULL || found->frame->packed > ZSTD_compressBound(frame->content.n) ||
        found->frame->packed < sizeof(uint32_t) ||
        !tm_path_join(path, reuse->parent->dir, found->shard->path))
        return false;
    frame->packed.n = 0;
    size_t n = (size_t)found->frame->packed;
    if (!tm_buf_reserve(&frame->packed, n) || !read_at(path, found->offset, frame->packed.p, n))
        return false;
    frame->packed.n = n;
    if (!holds(&frame->packed, &frame->content))
        return false;
    tm_frame_describe(frame);
    return true;
}

static bool same_bytes(const char *a, const char *b)
{
    enum { CHUNK = 1 << 16 };
    FILE *x = fopen(a, "rb");
    FILE *y = fopen(b, "rb");
    char *p = malloc(2 * (size_t)CHUNK);
    bool same = x != NULL && y != NULL && p != NULL;
    while (same) {
        size_t n = fread(p, 1, CHUNK, x);
        size_t m = fread(p + CHUNK, 1, CHUNK, y);
        same = n == m && memcmp(p, p + CHUNK, n) == 0 && !ferror(x) && !ferror(y);
        if (n == 0)
            break;
    }
    if (x != NULL)
        (void)fclose(x);
    if (y != NULL)
        (void)fclose(y);
    free(p);
    return same;
}

void tm_reuse_file(const struct tm_reuse *reuse, const struct tm_shard *shard, const char *path)
{
    for (size_t i = 0; i < reuse->parent->n_shards; i++) {
        const struct tm_shard *old = &reuse->parent->shards[i];
        char from[TM_PACK_PATH];
        char link_path[TM_PACK_PATH + 8];
        if (strcmp(old->sha256, shard->sha256) != 0 || old->packed != shard->packed ||
            !tm_path_join(from, reuse->parent->dir, old->path) || !same_bytes(from, path))
            continue;
        (void)snprintf(link_path, sizeof link_path, "%s.link", path);
        if (link(from, link_path) == 0 && rename(link_path, path) != 0)
            (void)unlink(link_path);
        return;                     /* another disk: the copy stays */
    }
}
