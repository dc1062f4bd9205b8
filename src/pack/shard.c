/* SPDX-License-Identifier: Apache-2.0 */
#include "pack/shard.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "pack/folder.h"

static enum tm_status no_memory(struct tm_err *err)
{
    return tm_fail(err, TM_ERR_NOMEM, "", TM_NO_OFFSET, "out of memory");
}

enum tm_status tm_shard_set_init(struct tm_shard_set *set, const char *root, const char *folder,
                                 const char *prefix, const char *suffix, bool single,
                                 struct tm_err *err)
{
    *set = (struct tm_shard_set){.root = root, .folder = folder, .prefix = prefix,
                                 .suffix = suffix, .single = single, .fd = -1};
    set->sha_file = tm_sha256_create();
    set->sha_content = tm_sha256_create();
    return set->sha_file == NULL || set->sha_content == NULL ? no_memory(err) : TM_OK;
}

void tm_shard_set_finish(struct tm_shard_set *set)
{
    if (set->fd > 0)
        (void)close(set->fd);
    for (size_t i = 0; i < set->n; i++)
        free(set->shards[i].frames);
    free(set->shards);
    tm_sha256_destroy(set->sha_file);
    tm_sha256_destroy(set->sha_content);
    *set = (struct tm_shard_set){.fd = -1};
}

/* While the number of shards is not known they are called by their own number alone. */
static bool working_path(const struct tm_shard_set *set, size_t index, char ret_path[TM_PACK_PATH])
{
    char name[64];
    char dir[TM_PACK_PATH];
    (void)snprintf(name, sizeof name, "%s-%05zu.part", set->prefix, index);
    return tm_path_join(dir, set->root, set->folder) && tm_path_join(ret_path, dir, name);
}

static enum tm_status too_long(const struct tm_shard_set *set, struct tm_err *err)
{
    return tm_fail(err, TM_ERR_WRITE, set->root, TM_NO_OFFSET, "the path is too long");
}

static enum tm_status append(struct tm_shard_set *set, const void *p, size_t n, struct tm_err *err)
{
    char path[TM_PACK_PATH];
    if (!working_path(set, set->n - 1, path))
        return too_long(set, err);
    tm_sha256_update(set->sha_file, p, n);
    set->shards[set->n - 1].packed += n;
    return tm_fd_write(set->fd, path, p, n, err);
}

static enum tm_status end_shard(struct tm_shard_set *set, struct tm_err *err)
{
    if (set->fd < 0)
        return TM_OK;
    struct tm_shard *shard = &set->shards[set->n - 1];
    struct tm_buf table = {0};
    tm_seek_table_write(&table, shard->frames, shard->n_frames);
    enum tm_status status = table.failed ? no_memory(err) : append(set, table.p, table.n, err);
    tm_buf_finish(&table);
    if (status == TM_OK && fsync(set->fd) != 0)
        status = tm_fail(err, TM_ERR_WRITE, set->root, TM_NO_OFFSET, "cannot sync a shard: %s",
                         strerror(errno));
    (void)close(set->fd);
    set->fd = -1;
    tm_sha256_hex(set->sha_file, shard->sha256);
    tm_sha256_hex(set->sha_content, shard->content_sha256);
    return status;
}

static enum tm_status begin_shard(struct tm_shard_set *set, struct tm_err *err)
{
    if (set->n == set->capacity) {
        size_t capacity = set->capacity == 0 ? 8 : set->capacity * 2;
        struct tm_shard *shards = realloc(set->shards, capacity * sizeof *shards);
        if (shards == NULL)
            return no_memory(err);
        set->shards = shards;
        set->capacity = capacity;
    }
    char dir[TM_PACK_PATH];
    char path[TM_PACK_PATH];
    if (!tm_path_join(dir, set->root, set->folder) || !working_path(set, set->n, path))
        return too_long(set, err);
    enum tm_status status = set->n == 0 ? tm_folder_make(dir, err) : TM_OK;
    if (status != TM_OK)
        return status;
    set->fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    if (set->fd < 0)
        return tm_fail(err, TM_ERR_WRITE, path, TM_NO_OFFSET, "cannot make the file: %s",
                       strerror(errno));
    set->shards[set->n++] = (struct tm_shard){.frames = NULL};
    return TM_OK;
}

static enum tm_status note_frame(struct tm_shard *shard, const struct tm_frame *frame,
                                 struct tm_err *err)
{
    if (shard->n_frames == shard->capacity) {
        size_t capacity = shard->capacity == 0 ? 16 : shard->capacity * 2;
        struct tm_frame_info *frames = realloc(shard->frames, capacity * sizeof *frames);
        if (frames == NULL)
            return no_memory(err);
        shard->frames = frames;
        shard->capacity = capacity;
    }
    shard->frames[shard->n_frames++] = frame->info;
    shard->records += frame->info.records;
    shard->bytes += frame->info.bytes;
    shard->text_bytes += frame->text_bytes;
    return TM_OK;
}

enum tm_status tm_shard_set_add(struct tm_shard_set *set, const struct tm_frame *frame,
                                struct tm_err *err)
{
    enum tm_status status = TM_OK;
    if (frame->shard >= set->n) {
        status = end_shard(set, err);
        if (status == TM_OK)
            status = begin_shard(set, err);
    }
    if (status == TM_OK)
        status = note_frame(&set->shards[set->n - 1], frame, err);
    if (status == TM_OK)
        status = append(set, frame->packed.p, frame->packed.n, err);
    if (status == TM_OK)
        tm_sha256_update(set->sha_content, frame->content.p, frame->content.n);
    return status;
}

static void final_name(const struct tm_shard_set *set, size_t index, char *ret_path, size_t size)
{
    const char *slash = set->folder[0] == '\0' ? "" : "/";
    if (set->single)
        (void)snprintf(ret_path, size, "%s%s%s%s", set->folder, slash, set->prefix, set->suffix);
    else
        (void)snprintf(ret_path, size, "%s%s%s-%05zu-of-%05zu%s", set->folder, slash,
                       set->prefix, index, set->n, set->suffix);
}

enum tm_status tm_shard_set_close(struct tm_shard_set *set, struct tm_err *err)
{
    enum tm_status status = end_shard(set, err);
    for (size_t i = 0; i < set->n && status == TM_OK; i++) {
        struct tm_shard *shard = &set->shards[i];
        char from[TM_PACK_PATH];
        char to[TM_PACK_PATH];
        final_name(set, i, shard->path, sizeof shard->path);
        if (!working_path(set, i, from) || !tm_path_join(to, set->root, shard->path))
            return too_long(set, err);
        status = tm_folder_publish(from, to, err);
    }
    char dir[TM_PACK_PATH];
    if (status == TM_OK && set->n != 0 && tm_path_join(dir, set->root, set->folder))
        status = tm_folder_sync(dir, err);
    return status;
}
