/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A download from its first question to its rename: SHA256SUMS and the manifest, what is wanted,
 * what is here already, what must come, the other files, and the moment in which all is visible.
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>
#include <zstd.h>

#include "base/clock.h"
#include "base/str.h"
#include "fetch/curl.h"
#include "fetch/fetching.h"
#include "fetch/select.h"
#include "pack/folder.h"
#include "pack/partial.h"

#define MOST_SUMS ((size_t)64 << 20)
#define MOST_MANIFEST ((size_t)1 << 30)
#define MOST_SMALL ((size_t)64 << 20)
#define RESERVE ((uint64_t)16 << 20)        /* of the disk, for the small files */
#define ROUNDS 3

static enum tm_status no_memory(struct tm_err *err)
{
    return tm_fail(err, TM_ERR_NOMEM, "", TM_NO_OFFSET, "out of memory");
}

void tm_fetch_progress(struct fetch *fetch)
{
    int64_t now = tm_clock_ms();
    if (fetch->options->progress == NULL || now - fetch->told < 200)
        return;
    fetch->told = now;
    fetch->options->progress(fetch->options->user, fetch->done, fetch->total);
}

void tm_fetch_tell(struct fetch *fetch, enum tm_severity severity, const struct tm_err *what)
{
    if (fetch->options->notify != NULL)
        fetch->options->notify(fetch->options->user, severity, what);
}

/* The mirror that is asked first; 0 when all have failed. */
static size_t first_living(const struct fetch *fetch)
{
    for (size_t i = 0; i < fetch->n_mirrors; i++)
        if (!fetch->mirrors[i].dead)
            return i;
    return 0;
}

static enum tm_status take_mirrors(struct fetch *fetch, struct tm_err *err)
{
    const struct tm_fetch_options *options = fetch->options;
    if (options->n_urls == 0 || options->n_urls > MOST_MIRRORS)
        return tm_fail(err, TM_ERR_USAGE, "", TM_NO_OFFSET, "one address at least, %d at most",
                       MOST_MIRRORS);
    for (size_t i = 0; i < options->n_urls; i++) {
        struct mirror *mirror = &fetch->mirrors[i];
        mirror->url = tm_address_from(options->urls[i]);
        if (mirror->url == NULL)
            return tm_fail(err, TM_ERR_READ, options->urls[i], TM_NO_OFFSET, "no such folder");
        tm_address_shown(mirror->url, mirror->shown, sizeof mirror->shown);
        fetch->n_mirrors++;
    }
    return TM_OK;
}

/* A path that stays in the release: names that are safe, joined by slashes. */
static bool path_ok(struct tm_str path)
{
    char name[104];
    for (size_t at = 0; at <= path.n;) {
        const char *slash = at < path.n ? memchr(path.p + at, '/', path.n - at) : NULL;
        size_t n = slash == NULL ? path.n - at : (size_t)(slash - path.p) - at;
        if (n >= sizeof name)
            return false;
        memcpy(name, path.p + at, n);
        name[n] = '\0';
        if (!tm_pack_name_ok(name))
            return false;
        at += n + 1;
    }
    return path.n < 250;
}

static enum tm_status no_sums(const struct fetch *fetch, const char *what, struct tm_err *err)
{
    (void)tm_fail(err, TM_ERR_FORMAT, fetch->mirrors[first_living(fetch)].shown, TM_NO_OFFSET,
                  "its SHA256SUMS is refused: %s", what);
    return tm_hint(err, "give the folder of a release, OUT/NAME/VERSION");
}

static enum tm_status take_sums(struct fetch *fetch, struct tm_err *err)
{
    struct tm_str text = tm_buf_view(&fetch->sums_text);
    if (text.n != 0 && (text.p[0] == '<' || (text.n > 15 && text.p[0] == '\n')))
        return no_sums(fetch, "a web page came in its place", err);
    for (size_t at = 0; at < text.n;) {
        const char *line = text.p + at;
        const char *end = memchr(line, '\n', text.n - at);
        char digest[TM_SHA256_HEX];
        char path[256];
        size_t n = end == NULL ? 0 : (size_t)(end - line);
        if (n < 67 || memcmp(line + 64, "  ", 2) != 0)
            return no_sums(fetch, "a line is none of a checksum", err);
        if (!path_ok((struct tm_str){line + 66, n - 66}))
            return no_sums(fetch, "a path leads out of the release or is not safe", err);
        memcpy(digest, line, 64);
        digest[64] = '\0';
        if (strspn(digest, "0123456789abcdef") != 64)
            return no_sums(fetch, "a line is none of a checksum", err);
        (void)snprintf(path, sizeof path, "%.*s", (int)(n - 66), line + 66);
        if (!tm_sums_add(&fetch->sums, path, digest))
            return no_memory(err);
        at += n + 1;
    }
    return TM_OK;
}

static const char *digest_of(const struct fetch *fetch, const char *path)
{
    for (size_t i = 0; i < fetch->sums.n; i++)
        if (strcmp(fetch->sums.list[i].path, path) == 0)
            return fetch->sums.list[i].sha256;
    return "";
}

/* The manifest that the checksums of the first living mirror name. */
static enum tm_status try_manifest(struct fetch *fetch, struct tm_err *err)
{
    enum tm_status status = tm_fetch_small(fetch, "SHA256SUMS", NULL, MOST_SUMS, &fetch->sums_text,
                                           err);
    if (status == TM_OK)
        status = take_sums(fetch, err);
    if (status != TM_OK)
        return status;
    const char *digest = digest_of(fetch, "manifest.json");
    (void)snprintf(fetch->manifest_sha256, sizeof fetch->manifest_sha256, "%s", digest);
    return tm_fetch_small(fetch, "manifest.json", digest, MOST_MANIFEST, &fetch->manifest, err);
}

/* Leaves the first living mirror out when another is left. */
static bool leave_first(struct fetch *fetch, const struct tm_err *why)
{
    size_t alive = 0;
    for (size_t i = 0; i < fetch->n_mirrors; i++)
        alive += !fetch->mirrors[i].dead;
    if (alive < 2)
        return false;
    fetch->mirrors[first_living(fetch)].dead = true;
    tm_fetch_tell(fetch, TM_WARNING, why);
    return true;
}

static enum tm_status get_manifest(struct fetch *fetch, struct tm_err *err)
{
    for (;;) {
        enum tm_status status = try_manifest(fetch, err);
        if ((status != TM_ERR_READ && status != TM_ERR_FORMAT) || !leave_first(fetch, err))
            return status;
        fetch->sums_text.n = 0;
        tm_sums_finish(&fetch->sums);
        fetch->sums = (struct tm_sums){0};
    }
}

/* Writes a small file in the hidden folder, over what an earlier call left. */
static enum tm_status put_file(const char *dir, const char *name, struct tm_str text,
                               struct tm_err *err)
{
    char path[TM_PACK_PATH];
    if (!tm_path_join(path, dir, name))
        return tm_fail(err, TM_ERR_WRITE, dir, TM_NO_OFFSET, "the path is too long");
    (void)unlink(path);
    return tm_file_write(path, text, err);
}

/* The manifest is read from a folder of its own, since it says how the folder is called. */
static enum tm_status open_manifest(struct fetch *fetch, struct tm_err *err)
{
    char temp[TM_PACK_PATH];
    (void)snprintf(temp, sizeof temp, "%.3900s/.fetch-XXXXXX", fetch->options->out);
    enum tm_status status = tm_folder_make(fetch->options->out, err);
    if (status != TM_OK)
        return status;
    if (mkdtemp(temp) == NULL)
        return tm_fail(err, TM_ERR_WRITE, fetch->options->out, TM_NO_OFFSET,
                       "cannot make a folder: %s", strerror(errno));
    status = put_file(temp, "manifest.json", tm_buf_view(&fetch->manifest), err);
    if (status == TM_OK)
        status = tm_opened_init(&fetch->opened, temp, "", err);
    if (status == TM_ERR_FORMAT && err != NULL)
        (void)snprintf(err->file, sizeof err->file, "%.400s: manifest.json",
                       fetch->mirrors[first_living(fetch)].shown);
    fetch->is_open = status == TM_OK;
    tm_folder_remove(temp);
    return status;
}

static enum tm_status set_paths(struct fetch *fetch, struct tm_err *err)
{
    char name[128];
    char version[128];
    char box[320];
    const struct tm_fetch_options *o = fetch->options;
    (void)snprintf(name, sizeof name, "%.*s", (int)fetch->opened.name.n, fetch->opened.name.p);
    (void)snprintf(version, sizeof version, "%.*s", (int)fetch->opened.version.n,
                   fetch->opened.version.p);
    if (!tm_pack_name_ok(name) || !tm_pack_name_ok(version) || strcmp(version, "audit") == 0 ||
        strlen(name) != fetch->opened.name.n || strlen(version) != fetch->opened.version.n)
        return tm_fail(err, TM_ERR_FORMAT, fetch->mirrors[first_living(fetch)].shown, TM_NO_OFFSET,
                       "its manifest is refused: name or version cannot name a folder");
    int n = snprintf(box, sizeof box, ".%s.fetch", version);
    if (fetch->partial)
        (void)snprintf(box + n, sizeof box - (size_t)n, "-%s-%" PRIu64 "-%" PRIu64 "-%" PRIu64,
                       o->lang == NULL ? "all" : o->lang, o->some_shards ? o->first_shard : 0,
                       o->some_shards ? o->last_shard : UINT64_MAX, o->sample);
    bool good = tm_path_join(fetch->home, o->out, name) &&
                tm_path_join(fetch->dir, fetch->home, version) &&
                tm_path_join(fetch->box, fetch->home, box) &&
                tm_path_join(fetch->hidden, fetch->box, "release");
    return good ? TM_OK
                : tm_fail(err, TM_ERR_USAGE, o->out, TM_NO_OFFSET, "the path is too long");
}

/* What stands at OUT/NAME/VERSION: TM_OK if nothing, or a partial copy that goes when this one is
 * complete; TM_END if it is what is wanted. */
static enum tm_status look_at_dir(struct fetch *fetch, struct tm_err *err)
{
    struct tm_opened there;
    struct tm_buf buf = {0};
    char path[TM_PACK_PATH];
    char digest[TM_SHA256_HEX] = "";
    if (!tm_path_exists(fetch->dir))
        return TM_OK;
    FILE *file = tm_path_join(path, fetch->dir, "manifest.json") ? fopen(path, "rbe") : NULL;
    for (size_t n = 1; file != NULL && n != 0 && tm_buf_reserve(&buf, 65536); buf.n += n)
        n = fread(buf.p + buf.n, 1, 65536, file);
    if (file != NULL)
        (void)fclose(file);
    bool same = buf.n != 0 && tm_sha256_of(buf.p, buf.n, digest) &&
                strcmp(digest, fetch->manifest_sha256) == 0;
    tm_buf_finish(&buf);
    if (!same) {
        (void)tm_fail(err, TM_ERR_WRITE, fetch->dir, TM_NO_OFFSET,
                      "it is there with another manifest, and a published version never changes");
        return tm_hint(err, "fetch into another folder, and ask the publisher which is right");
    }
    if (tm_opened_init(&there, fetch->dir, "", NULL) != TM_OK)
        return TM_OK;
    size_t equal = 0;
    for (size_t i = 0; i < there.n_shards && i < fetch->n_files; i++)
        equal += strcmp(there.shards[i].path, fetch->files[i].shard.path) == 0 &&
                 there.shards[i].n_frames == fetch->files[i].shard.n_frames;
    bool whole = there.partial == NULL;
    bool done = whole || (fetch->partial && equal == there.n_shards && equal == fetch->n_files);
    tm_opened_finish(&there);
    return done ? TM_END : TM_OK;
}

static void count_done(struct fetch *fetch)
{
    for (size_t i = 0; i < fetch->n_files; i++) {
        const struct wanted_file *file = &fetch->files[i];
        fetch->total += file->shard.packed;
        fetch->done += tm_seek_table_size(file->shard.n_frames);
        for (size_t k = 0; k < file->shard.n_frames; k++)
            if (file->frames[k].state == TM_WANT_DONE)
                fetch->result->resumed += file->frames[k].info.packed;
    }
    fetch->done += fetch->result->resumed;
}

enum tm_status tm_fetch_check_disk(const struct fetch *fetch, struct tm_err *err)
{
    struct statvfs fs;
    uint64_t need = fetch->total - fetch->done + RESERVE;
    if (statvfs(fetch->hidden, &fs) != 0)
        return TM_OK;
    uint64_t room = (uint64_t)fs.f_bavail * fs.f_frsize;
    if (room >= need)
        return TM_OK;
    (void)tm_fail(err, TM_ERR_WRITE, fetch->options->out, TM_NO_OFFSET,
                  "%" PRIu64 " MB are needed, its disk has room for %" PRIu64 " MB",
                  need / 1000000 + 1, room / 1000000);
    return tm_hint(err, "make room, take another disk, or a part: --lang, --shards, --sample");
}

static enum tm_status seal_all(struct fetch *fetch, bool *ret_again, struct tm_err *err)
{
    *ret_again = false;
    for (size_t i = 0; i < fetch->n_files; i++) {
        if (fetch->files[i].linked)
            continue;
        enum tm_status status = tm_store_seal(fetch, &fetch->files[i], err);
        if (status == TM_ERR_VERIFY)
            *ret_again = true;
        else if (status != TM_OK)
            return status;
    }
    return TM_OK;
}

static enum tm_status bring_shards(struct fetch *fetch, struct tm_err *err)
{
    bool again = true;
    enum tm_status status = tm_local_take(fetch, err);
    for (int i = 0; i < ROUNDS && again && status == TM_OK; i++) {
        status = tm_transfer_all(fetch, err);
        if (status == TM_OK)
            status = seal_all(fetch, &again, err);
    }
    if (status == TM_OK && again)
        status = tm_fail(err, TM_ERR_READ, fetch->mirrors[first_living(fetch)].shown, TM_NO_OFFSET,
                         "its shards have not the digests of the manifest, tried %d times", ROUNDS);
    return status;
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
            status = put_file(fetch->hidden, sum->path, tm_buf_view(&buf), err);
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
        status = put_file(fetch->hidden, name, tm_buf_view(&buf), err);
    else if (status == TM_ERR_NOMEM)
        *err = what;
    else
        status = TM_OK;
    tm_buf_finish(&buf);
    return status;
}

static enum tm_status bring_rest(struct fetch *fetch, struct tm_err *err)
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
        status = put_file(fetch->hidden, "SHA256SUMS", tm_buf_view(&fetch->sums_text), err);
    if (status == TM_OK)
        status = put_file(fetch->hidden, "manifest.json", tm_buf_view(&fetch->manifest), err);
    if (status == TM_OK && fetch->partial) {
        struct tm_buf buf = {0};
        tm_select_put(fetch, &buf);
        status = buf.failed ? no_memory(err)
                            : put_file(fetch->hidden, TM_PARTIAL_FILE, tm_buf_view(&buf), err);
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
static enum tm_status publish(struct fetch *fetch, struct tm_err *err)
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

static enum tm_status bring(struct fetch *fetch, struct tm_err *err)
{
    enum tm_status status = tm_folder_make(fetch->box, err);
    fetch->context = ZSTD_createDCtx();
    if (status == TM_OK && fetch->context == NULL)
        status = no_memory(err);
    if (status == TM_OK)
        status = tm_state_open(fetch, err);
    if (status != TM_OK)
        return status;
    count_done(fetch);
    status = bring_shards(fetch, err);
    if (status == TM_OK)
        status = bring_rest(fetch, err);
    return status == TM_OK ? publish(fetch, err) : status;
}

static void finish(struct fetch *fetch)
{
    for (size_t i = 0; i < fetch->n_files; i++) {
        tm_store_close(&fetch->files[i]);
        free(fetch->files[i].frames);
    }
    free(fetch->files);
    for (size_t i = 0; i < fetch->n_mirrors; i++)
        free(fetch->mirrors[i].url);
    if (fetch->journal != NULL)
        (void)fclose(fetch->journal);
    if (fetch->is_open)
        tm_opened_finish(&fetch->opened);
    (void)ZSTD_freeDCtx(fetch->context);
    tm_buf_finish(&fetch->manifest);
    tm_buf_finish(&fetch->sums_text);
    tm_buf_finish(&fetch->content);
    tm_sums_finish(&fetch->sums);
    free(fetch);
    tm_curl.global_cleanup();
}

enum tm_status tm_fetch(const struct tm_fetch_options *options, struct tm_fetch_result *ret_result,
                        struct tm_err *err)
{
    struct tm_fetch_result result = {0};
    struct tm_err what = {0};
    if (tm_curl_load(err) != TM_OK)
        return TM_ERR_USAGE;
    struct fetch *fetch = calloc(1, sizeof *fetch);
    if (fetch == NULL || tm_curl.global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK) {
        free(fetch);
        return no_memory(err);
    }
    fetch->options = options;
    fetch->result = &result;
    enum tm_status status = take_mirrors(fetch, &what);
    if (status == TM_OK)
        status = get_manifest(fetch, &what);
    if (status == TM_OK)
        status = open_manifest(fetch, &what);
    if (status == TM_OK)
        status = tm_fetch_check(fetch, &what);
    if (status == TM_OK)
        status = tm_select(fetch, &what);
    if (status == TM_OK)
        status = set_paths(fetch, &what);
    if (status == TM_OK)
        status = look_at_dir(fetch, &what);
    result.was_there = status == TM_END;
    if (status == TM_OK)
        status = bring(fetch, &what);
    result.shards = fetch->n_files;
    result.shards_published = fetch->opened.n_shards;
    (void)snprintf(result.folder, sizeof result.folder, "%s", fetch->dir);
    finish(fetch);
    if (status == TM_OK || status == TM_END) {
        *ret_result = result;
        return TM_OK;
    }
    if (err != NULL)
        *err = what;
    return status;
}
