/* SPDX-License-Identifier: Apache-2.0 */
/* Frames and files that releases on this machine have already. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "fetch/fetching.h"
#include "pack/folder.h"

/* A frame of a local release. */
struct piece {
    struct tm_frame_info info;
    const struct tm_shard *shard;
    const char *dir;
    uint64_t offset;
};

struct local {
    struct tm_opened *releases;
    size_t n_releases;
    struct piece *pieces;           /* by digest */
    size_t n_pieces;
    int fd;
    const struct tm_shard *open;    /* whose file `fd` is */
};

static enum tm_status no_memory(struct tm_err *err)
{
    return tm_fail(err, TM_ERR_NOMEM, "", TM_NO_OFFSET, "out of memory");
}

/* What is no release that can be read is passed over: it is only an offer. */
static enum tm_status add_release(struct local *local, const char *dir, struct tm_err *err)
{
    struct tm_opened *more = realloc(local->releases, (local->n_releases + 1) * sizeof *more);
    if (more == NULL)
        return no_memory(err);
    local->releases = more;
    enum tm_status status = tm_opened_init(&more[local->n_releases], dir, "", err);
    local->n_releases += status == TM_OK;
    return status;
}

static enum tm_status add_siblings(struct fetch *fetch, struct local *local, struct tm_err *err)
{
    DIR *dir = opendir(fetch->home);
    enum tm_status status = TM_OK;
    struct dirent *entry;
    while (dir != NULL && status == TM_OK && (entry = readdir(dir)) != NULL) {
        char path[TM_PACK_PATH];
        char manifest[TM_PACK_PATH];
        struct tm_err what = {0};
        if (entry->d_name[0] != '.' && tm_path_join(path, fetch->home, entry->d_name) &&
            tm_path_join(manifest, path, "manifest.json") && tm_path_exists(manifest) &&
            add_release(local, path, &what) == TM_ERR_NOMEM)
            status = no_memory(err);
    }
    if (dir != NULL)
        (void)closedir(dir);
    return status;
}

static int by_digest(const void *a, const void *b)
{
    const struct piece *x = a;
    const struct piece *y = b;
    if (x->info.digest.high != y->info.digest.high)
        return x->info.digest.high < y->info.digest.high ? -1 : 1;
    if (x->info.digest.low != y->info.digest.low)
        return x->info.digest.low < y->info.digest.low ? -1 : 1;
    return x->info.packed < y->info.packed ? -1 : x->info.packed > y->info.packed;
}

static enum tm_status list_pieces(struct local *local, struct tm_err *err)
{
    size_t n = 0;
    for (size_t i = 0; i < local->n_releases; i++)
        for (size_t k = 0; k < local->releases[i].n_shards; k++)
            n += local->releases[i].shards[k].n_frames;
    local->pieces = calloc(n + 1, sizeof *local->pieces);
    if (local->pieces == NULL)
        return no_memory(err);
    for (size_t i = 0; i < local->n_releases; i++) {
        const struct tm_opened *release = &local->releases[i];
        for (size_t k = 0; k < release->n_shards; k++) {
            uint64_t offset = 0;
            const struct tm_shard *shard = &release->shards[k];
            for (size_t f = 0; f < shard->n_frames; f++) {
                local->pieces[local->n_pieces++] =
                    (struct piece){shard->frames[f], shard, release->dir, offset};
                offset += shard->frames[f].packed;
            }
        }
    }
    qsort(local->pieces, local->n_pieces, sizeof *local->pieces, by_digest);
    return TM_OK;
}

static bool open_shard(struct local *local, const struct tm_shard *shard, const char *dir)
{
    char path[TM_PACK_PATH];
    if (local->open == shard)
        return local->fd >= 0;
    if (local->fd >= 0)
        (void)close(local->fd);
    local->open = shard;
    local->fd = tm_path_join(path, dir, shard->path)
        ? open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK) : -1;
    return local->fd >= 0;
}

static bool read_piece(struct local *local, const struct piece *piece, struct tm_buf *buf)
{
    size_t n = (size_t)piece->info.packed;
    buf->n = 0;
    if (!open_shard(local, piece->shard, piece->dir) || !tm_buf_reserve(buf, n))
        return false;
    while (buf->n != n) {
        ssize_t got = pread(local->fd, buf->p + buf->n, n - buf->n,
                            (off_t)(piece->offset + buf->n));
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            return false;
        buf->n += (size_t)got;
    }
    return true;
}

static enum tm_status copy_frames(struct fetch *fetch, struct local *local,
                                  struct wanted_file *file, struct tm_err *err)
{
    struct tm_buf packed = {0};
    enum tm_status status = TM_OK;
    for (size_t i = 0; i < file->shard.n_frames && status == TM_OK; i++) {
        struct tm_wanted *frame = &file->frames[i];
        struct piece key = {.info = frame->info};
        const struct piece *piece = frame->state != TM_WANT_MISSING ? NULL
            : bsearch(&key, local->pieces, local->n_pieces, sizeof key, by_digest);
        if (piece == NULL || !read_piece(local, piece, &packed))
            continue;
        frame->copied = true;
        status = tm_store_frame(fetch, file, frame, packed.p, err);
        if (status == TM_OK)
            fetch->result->copied += frame->info.packed;
        else
            frame->copied = false;
        status = status == TM_ERR_VERIFY ? TM_OK : status;      /* damaged there: it is asked for */
    }
    tm_buf_finish(&packed);
    return status;
}

static bool has_digest(int fd, const char *sha256)
{
    char found[TM_SHA256_HEX] = "";
    char chunk[1 << 14];
    ssize_t got;
    struct tm_sha256 *sha = tm_sha256_create();
    while (sha != NULL && ((got = read(fd, chunk, sizeof chunk)) > 0 ||
                           (got < 0 && errno == EINTR)))
        if (got > 0)
            tm_sha256_update(sha, chunk, (size_t)got);
    if (sha != NULL)
        tm_sha256_hex(sha, found);
    tm_sha256_destroy(sha);
    return strcmp(found, sha256) == 0;
}

/* A file that is there in whole, as proved by its digest, becomes a hard link. */
static bool link_file(struct fetch *fetch, struct local *local, struct wanted_file *file)
{
    char from[TM_PACK_PATH];
    char to[TM_PACK_PATH];
    for (size_t i = 0; i < local->n_releases; i++) {
        const struct tm_opened *release = &local->releases[i];
        for (size_t k = 0; k < release->n_shards; k++) {
            const struct tm_shard *shard = &release->shards[k];
            if (shard->packed != file->shard.packed || file->shard.sha256[0] == '\0' ||
                strcmp(shard->sha256, file->shard.sha256) != 0 ||
                !open_shard(local, shard, release->dir) ||
                lseek(local->fd, 0, SEEK_SET) != 0 || !has_digest(local->fd, shard->sha256) ||
                !tm_path_join(from, release->dir, shard->path) ||
                !tm_path_join(to, fetch->hidden, file->shard.path) ||
                tm_store_open(fetch, file, NULL) != TM_OK)      /* makes its folder */
                continue;
            tm_store_close(file);
            (void)unlink(to);
            if (link(from, to) != 0)
                continue;
            file->linked = true;
            fetch->done += file->shard.packed;
            fetch->result->linked += file->shard.packed;
            return true;
        }
    }
    return false;
}

static bool untouched(const struct wanted_file *file)
{
    for (size_t i = 0; i < file->shard.n_frames; i++)
        if (file->frames[i].state != TM_WANT_MISSING)
            return false;
    return true;
}

enum tm_status tm_local_take(struct fetch *fetch, struct tm_err *err)
{
    struct local local = {.fd = -1};
    enum tm_status status = TM_OK;
    for (size_t i = 0; i < fetch->options->n_have && status == TM_OK; i++)
        status = add_release(&local, fetch->options->have[i], err);
    if (status == TM_OK)
        status = add_siblings(fetch, &local, err);
    if (status == TM_OK)
        status = list_pieces(&local, err);
    for (size_t i = 0; i < fetch->n_files && status == TM_OK; i++)
        if (untouched(&fetch->files[i]))
            (void)link_file(fetch, &local, &fetch->files[i]);
    if (status == TM_OK)
        status = tm_fetch_check_disk(fetch, err);       /* links take no room, all else does */
    for (size_t i = 0; i < fetch->n_files && status == TM_OK; i++) {
        if (!fetch->files[i].linked)
            status = copy_frames(fetch, &local, &fetch->files[i], err);
        tm_store_close(&fetch->files[i]);
    }
    if (local.fd >= 0)
        (void)close(local.fd);
    for (size_t i = 0; i < local.n_releases; i++)
        tm_opened_finish(&local.releases[i]);
    free(local.releases);
    free(local.pieces);
    return status;
}
