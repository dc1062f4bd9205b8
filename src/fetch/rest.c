/* SPDX-License-Identifier: Apache-2.0 */
/* What a release has beside its shards, and the moment in which all of it is visible. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/str.h"
#include "fetch/fetching.h"
#include "fetch/select.h"
#include "pack/folder.h"
#include "pack/partial.h"

#define MOST_SMALL ((size_t)64 << 20)

/* Writes a small file in the hidden folder, over what an earlier call left. */
enum tm_status tm_store_small(const char *dir, const char *name, struct tm_str text,
                               struct tm_err *err)
{
    char path[TM_PACK_PATH];
    if (!tm_path_join(path, dir, name))
        return tm_fail(err, TM_ERR_WRITE, dir, TM_NO_OFFSET, "the path is too long");
    (void)unlink(path);
    return tm_file_write(path, text, err);
}

static bool is_shard(const struct fetch *fetch, const char *path)
{
    for (size_t i = 0; i < fetch->opened.n_shards; i++)
        if (strcmp(path, fetch->opened.shards[i].path) == 0)
            return true;
    return false;
}

static enum tm_status bring_file(struct fetch *fetch, const struct tm_sum *sum, struct tm_err *err)
{
    struct tm_buf buf = {0};
    char path[TM_PACK_PATH];
    enum tm_status status = tm_fetch_small(fetch, sum->path, sum->sha256, MOST_SMALL, &buf, err);
    if (status == TM_OK && tm_path_join(path, fetch->hidden, sum->path)) {
        *strrchr(path, '/') = '\0';
        status = tm_folder_make(path, err);
        if (status == TM_OK)
            status = tm_store_small(fetch->hidden, sum->path, tm_buf_view(&buf), err);
    }
    tm_buf_finish(&buf);
    return status;
}

/* A signature is no part of SHA256SUMS, which it signs. */
static enum tm_status bring_signature(struct fetch *fetch, struct tm_err *err)
{
    static const char name[] = "SHA256SUMS.minisig";
    struct tm_buf buf = {0};
    struct tm_err what = {0};
    enum tm_status status = tm_fetch_small(fetch, name, NULL, 8192, &buf, &what);
    if (status == TM_OK && tm_str_starts(tm_buf_view(&buf), TM_STR("untrusted comment:")))
        status = tm_store_small(fetch->hidden, name, tm_buf_view(&buf), err);
    else if (status == TM_ERR_NOMEM)
        *err = what;
    else
        status = TM_OK;
    tm_buf_finish(&buf);
    return status;
}

enum tm_status tm_rest_bring(struct fetch *fetch, struct tm_err *err)
{
    enum tm_status status = TM_OK;
    for (size_t i = 0; i < fetch->sums.n && status == TM_OK; i++) {
        const struct tm_sum *sum = &fetch->sums.list[i];
        if (strcmp(sum->path, "manifest.json") != 0 && strcmp(sum->path, TM_PARTIAL_FILE) != 0 &&
            !is_shard(fetch, sum->path))
            status = bring_file(fetch, sum, err);
    }
    if (status == TM_OK)
        status = bring_signature(fetch, err);
    if (status == TM_OK)
        status = tm_store_small(fetch->hidden, "SHA256SUMS", tm_buf_view(&fetch->sums_text), err);
    if (status == TM_OK)
        status = tm_store_small(fetch->hidden, "manifest.json", tm_buf_view(&fetch->manifest), err);
    if (status == TM_OK && fetch->partial) {
        struct tm_buf buf = {0};
        tm_select_put(fetch, &buf);
        status = buf.failed ? tm_fail(err, TM_ERR_NOMEM, "", TM_NO_OFFSET, "out of memory")
                            : tm_store_small(fetch->hidden, TM_PARTIAL_FILE, tm_buf_view(&buf), err);
        tm_buf_finish(&buf);
    }
    return status;
}

/* The folders of the shards, and theirs up to the release. */
static enum tm_status sync_folders(const struct fetch *fetch, struct tm_err *err)
{
    enum tm_status status = TM_OK;
    for (size_t i = 0; i < fetch->n_files && status == TM_OK; i++) {
        char path[TM_PACK_PATH];
        if (!tm_path_join(path, fetch->hidden, fetch->files[i].shard.path))
            continue;
        for (char *slash; status == TM_OK && (slash = strrchr(path, '/')) != NULL &&
                          strlen(path) > strlen(fetch->hidden);) {
            *slash = '\0';
            status = tm_folder_sync(path, err);
        }
    }
    return status;
}

/* One rename; a partial copy that stood there goes to the box and away with it. */
enum tm_status tm_rest_publish(struct fetch *fetch, struct tm_err *err)
{
    enum tm_status status = sync_folders(fetch, err);
    if (status == TM_OK)
        status = tm_folder_sync(fetch->hidden, err);
    if (status != TM_OK)
        return status;
    if (!tm_path_exists(fetch->dir))
        status = tm_folder_publish(fetch->hidden, fetch->dir, err);
    else if (renameat2(AT_FDCWD, fetch->hidden, AT_FDCWD, fetch->dir, RENAME_EXCHANGE) != 0)
        status = tm_fail(err, TM_ERR_WRITE, fetch->dir, TM_NO_OFFSET, "cannot replace it: %s",
                         strerror(errno));
    if (status == TM_OK)
        tm_folder_remove(fetch->box);
    return status == TM_OK ? tm_folder_sync(fetch->home, err) : status;
}
