/* SPDX-License-Identifier: Apache-2.0 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "pack/folder.h"
#include "pack/packing.h"

#define DEFAULT_LEVEL 3
#define DEFAULT_FRAME ((uint64_t)1 << 20)
#define DEFAULT_SHARD ((uint64_t)256 << 20)
#define LEAST_FRAME 1024
#define MOST_LEVEL 19

static const struct {
    const char *folder;
    const char *prefix;
    const char *suffix;
    bool audit;
    bool single;
} layout[TM_PACK_STREAMS] = {
    [TM_PACK_RU] = {"data/ru", "train", ".jsonl.zst", false, false},
    [TM_PACK_EN] = {"data/en", "train", ".jsonl.zst", false, false},
    [TM_PACK_OTHER] = {"data/other", "train", ".jsonl.zst", false, false},
    [TM_PACK_PROVENANCE] = {"provenance", "part", ".jsonl.zst", false, false},
    [TM_PACK_DOCUMENTS] = {"", "documents", ".jsonl.zst", true, true},
    [TM_PACK_REJECTS] = {"", "rejects", ".jsonl.zst", true, true},
    [TM_PACK_INDEX] = {"", "index", ".zst", true, true},
    [TM_PACK_PARAGRAPHS] = {"", "paragraphs", ".jsonl.zst", true, true},
};

const char *tm_pack_stream_lang(enum tm_pack_stream stream)
{
    return stream == TM_PACK_RU ? "ru" : stream == TM_PACK_EN ? "en"
         : stream == TM_PACK_OTHER ? "other" : "";
}

bool tm_pack_name_ok(const char *name)
{
    static const char safe[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-";
    if (name == NULL || name[0] == '\0' || name[0] == '.')
        return false;
    size_t n = strspn(name, safe);
    return name[n] == '\0' && n <= 100;
}

static enum tm_status check_options(const struct tm_pack_options *options, struct tm_err *err)
{
    if (!tm_pack_name_ok(options->name) || !tm_pack_name_ok(options->version)) {
        bool name = tm_pack_name_ok(options->name);
        const char *text = name ? options->version : options->name;
        (void)tm_fail(err, TM_ERR_USAGE, "", TM_NO_OFFSET, "%s \"%s\" cannot name a folder",
                      name ? "version" : "name", text == NULL ? "" : text);
        return tm_hint(err, "use letters, digits, dot, underscore and hyphen, no dot first");
    }
    if (strcmp(options->version, "audit") == 0)
        return tm_fail(err, TM_ERR_USAGE, "", TM_NO_OFFSET,
                       "a version cannot be called audit: that folder is taken");
    if (options->level < 0 || options->level > MOST_LEVEL)
        return tm_fail(err, TM_ERR_USAGE, "", TM_NO_OFFSET, "level %d is not in 1 to %d",
                       options->level, MOST_LEVEL);
    if (options->frame != 0 && (options->frame < LEAST_FRAME || options->frame > TM_FRAME_MOST))
        return tm_fail(err, TM_ERR_USAGE, "", TM_NO_OFFSET, "a frame holds 1 KiB to 256 MiB");
    return TM_OK;
}

static enum tm_status set_paths(struct tm_packer *packer, const char *out, struct tm_err *err)
{
    char audit[TM_PACK_PATH];
    char partial[160];
    (void)snprintf(partial, sizeof partial, ".%s.partial-%ld", packer->version, (long)getpid());
    bool good = out != NULL && tm_path_join(packer->home, out, packer->name) &&
                tm_path_join(audit, packer->home, "audit") &&
                tm_path_join(packer->dir, packer->home, packer->version) &&
                tm_path_join(packer->hidden, packer->home, partial) &&
                tm_path_join(packer->audit_dir, audit, packer->version) &&
                tm_path_join(packer->audit_hidden, audit, partial);
    return good ? TM_OK : tm_fail(err, TM_ERR_USAGE, out, TM_NO_OFFSET,
                                  "the output folder is not given or its path is too long");
}

static enum tm_status take_lock(struct tm_packer *packer, struct tm_err *err)
{
    char path[TM_PACK_PATH];
    if (!tm_path_join(path, packer->home, ".lock"))
        return tm_fail(err, TM_ERR_WRITE, packer->home, TM_NO_OFFSET, "the path is too long");
    packer->lock = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0666);
    if (packer->lock < 0)
        return tm_fail(err, TM_ERR_WRITE, path, TM_NO_OFFSET, "cannot open the lock: %s",
                       strerror(errno));
    while (flock(packer->lock, LOCK_EX | LOCK_NB) != 0) {
        int error = errno;
        if (error == EINTR)
            continue;
        (void)close(packer->lock);
        packer->lock = -1;              /* nothing in there is ours */
        if (error != EWOULDBLOCK)
            return tm_fail(err, TM_ERR_WRITE, path, TM_NO_OFFSET, "cannot lock: %s",
                           strerror(error));
        (void)tm_fail(err, TM_ERR_WRITE, packer->home, TM_NO_OFFSET, "another build is running");
        return tm_hint(err, "wait for it, or build into another folder");
    }
    return TM_OK;
}

/* A build that died between its two renames has published a release without its audit folder,
 * which is complete then: the release came after it was synced. */
static void rescue_audit(const struct tm_packer *packer, const char *folder, const char *name,
                         const char *mark)
{
    char version[256];
    char from[TM_PACK_PATH];
    char release[TM_PACK_PATH];
    char to[TM_PACK_PATH];
    (void)snprintf(version, sizeof version, "%.*s", (int)(mark - name - 1), name + 1);
    if (!tm_path_join(from, folder, name) || !tm_path_join(release, packer->home, version) ||
        !tm_path_join(to, folder, version))
        return;
    if (!tm_path_exists(release) || tm_folder_publish(from, to, NULL) != TM_OK)
        tm_folder_remove(from);
}

/* Hidden folders of builds that died; the lock says that none of them is alive. */
static void remove_stale(const struct tm_packer *packer, const char *folder, bool audit)
{
    DIR *dir = opendir(folder);
    if (dir == NULL)
        return;
    struct dirent *entry;
    while ((entry = readdir(dir)) != NULL) {
        const char *mark = strstr(entry->d_name, ".partial-");
        char path[TM_PACK_PATH];
        if (entry->d_name[0] != '.' || mark == NULL || mark == entry->d_name)
            continue;
        if (audit)
            rescue_audit(packer, folder, entry->d_name, mark);
        else if (tm_path_join(path, folder, entry->d_name))
            tm_folder_remove(path);
    }
    (void)closedir(dir);
}

static enum tm_status check_new(const struct tm_packer *packer, struct tm_err *err)
{
    const char *taken = tm_path_exists(packer->dir) ? packer->dir
                      : tm_path_exists(packer->audit_dir) ? packer->audit_dir : NULL;
    if (taken == NULL)
        return TM_OK;
    (void)tm_fail(err, TM_ERR_WRITE, taken, TM_NO_OFFSET,
                  "version %s exists, and a published version is never changed", packer->version);
    return tm_hint(err, "raise the version");
}

static enum tm_status open_streams(struct tm_packer *packer, struct tm_err *err)
{
    enum tm_status status = TM_OK;
    for (int i = 0; i < TM_PACK_STREAMS && status == TM_OK; i++)
        status = tm_shard_set_init(&packer->streams[i].set,
                                   layout[i].audit ? packer->audit_hidden : packer->hidden,
                                   layout[i].folder, layout[i].prefix, layout[i].suffix,
                                   layout[i].single, err);
    return status;
}

/* Frames of another level would not be those that this recipe asks for. */
static enum tm_status open_reuse(struct tm_packer *packer, struct tm_err *err)
{
    const struct tm_opened *parent = packer->options.parent;
    uint64_t level = 0;
    if (parent == NULL ||
        !tm_value_u64(tm_value_get(tm_value_get(parent->manifest, "pack"), "level"), &level) ||
        level != (uint64_t)packer->options.level)
        return TM_OK;
    return tm_reuse_create(parent, &packer->reuse, err);
}

static enum tm_status set_up(struct tm_packer *packer, struct tm_err *err)
{
    char audit[TM_PACK_PATH];
    enum tm_status status = set_paths(packer, packer->options.out, err);
    if (status == TM_OK)
        status = tm_folder_make(packer->home, err);
    if (status == TM_OK)
        status = take_lock(packer, err);
    if (status != TM_OK)
        return status;
    remove_stale(packer, packer->home, false);
    if (tm_path_join(audit, packer->home, "audit"))
        remove_stale(packer, audit, true);
    status = check_new(packer, err);
    if (status == TM_OK)
        status = tm_folder_make(packer->hidden, err);
    if (status == TM_OK)
        status = tm_folder_make(packer->audit_hidden, err);
    if (status == TM_OK)
        status = open_streams(packer, err);
    return status == TM_OK ? open_reuse(packer, err) : status;
}

enum tm_status tm_packer_create(const struct tm_pack_options *options,
                                struct tm_packer **ret_packer, struct tm_err *err)
{
    enum tm_status status = check_options(options, err);
    if (status != TM_OK)
        return status;
    struct tm_packer *packer = calloc(1, sizeof *packer);
    if (packer == NULL)
        return tm_fail(err, TM_ERR_NOMEM, "", TM_NO_OFFSET, "out of memory");
    packer->lock = -1;
    (void)snprintf(packer->name, sizeof packer->name, "%s", options->name);
    (void)snprintf(packer->version, sizeof packer->version, "%s", options->version);
    packer->options = *options;
    packer->options.name = packer->name;
    packer->options.version = packer->version;
    packer->options.level = options->level == 0 ? DEFAULT_LEVEL : options->level;
    packer->options.frame = options->frame == 0 ? DEFAULT_FRAME : options->frame;
    packer->options.shard = options->shard == 0 ? DEFAULT_SHARD : options->shard;
    packer->options.threads = options->threads == 0 ? 1 : options->threads;
    status = set_up(packer, err);
    packer->options.out = NULL;
    if (status != TM_OK) {
        tm_packer_destroy(packer);
        return status;
    }
    *ret_packer = packer;
    return TM_OK;
}

/* Hidden folders are ours only under the lock; a build that did not get it has made none. */
static void remove_hidden(const struct tm_packer *packer)
{
    char audit[TM_PACK_PATH];
    if (packer->lock < 0)
        return;
    tm_folder_remove(packer->hidden);
    tm_folder_remove(packer->audit_hidden);
    if (tm_path_join(audit, packer->home, "audit"))
        (void)rmdir(audit);             /* only when it is empty */
}

void tm_packer_destroy(struct tm_packer *packer)
{
    if (packer == NULL)
        return;
    for (int i = 0; i < TM_PACK_STREAMS; i++) {
        struct tm_stream_state *stream = &packer->streams[i];
        tm_shard_set_finish(&stream->set);
        if (stream->frame != NULL)
            tm_frame_finish(stream->frame);
        free(stream->frame);
        tm_buf_finish(&stream->source);
    }
    while (packer->spare != NULL) {
        struct tm_frame *frame = packer->spare;
        packer->spare = frame->next;
        tm_frame_finish(frame);
        free(frame);
    }
    tm_reuse_destroy(packer->reuse);
    if (!packer->published)
        remove_hidden(packer);
    if (packer->lock >= 0)
        (void)close(packer->lock);
    free(packer);
}
