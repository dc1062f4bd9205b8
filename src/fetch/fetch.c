/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A download from its first question to its rename: SHA256SUMS and the manifest, what is wanted,
 * what is here already, what must come, the other files, and the moment in which all is visible.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/statvfs.h>
#include <zstd.h>

#include "base/clock.h"
#include "fetch/curl.h"
#include "fetch/fetching.h"
#include "fetch/select.h"
#include "pack/folder.h"

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

static enum tm_status take_mirrors(struct fetch *fetch, struct tm_err *err)
{
    const struct tm_fetch_options *options = fetch->options;
    if (options->n_urls == 0 || options->n_urls > MOST_MIRRORS)
        return tm_fail(err, TM_ERR_USAGE, "", TM_NO_OFFSET, "one address at least, %d at most",
                       MOST_MIRRORS);
    for (size_t i = 0; i < options->n_urls; i++) {
        struct mirror *mirror = &fetch->mirrors[i];
        mirror->url = tm_address_from(options->urls[i]);
        if (mirror->url == NULL) {
            (void)tm_fail(err, TM_ERR_READ, options->urls[i], TM_NO_OFFSET, "no such folder");
            return tm_hint(err, "an address on the web begins with https://");
        }
        tm_address_shown(mirror->url, mirror->shown, sizeof mirror->shown);
        fetch->n_mirrors++;
    }
    return TM_OK;
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
        return tm_fail(err, TM_ERR_FORMAT, fetch->mirrors[fetch->lead].shown, TM_NO_OFFSET,
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
    if (status == TM_OK && again) {
        fetch->mirrors[fetch->lead].contradicts = true;
        status = tm_fail(err, TM_ERR_READ, fetch->mirrors[fetch->lead].shown, TM_NO_OFFSET,
                         "its shards have not the digests of the manifest, tried %d times", ROUNDS);
    }
    return status;
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
        status = tm_rest_bring(fetch, err);
    return status == TM_OK ? tm_rest_publish(fetch, err) : status;
}

/* Forgets what the mirror that leads has said; what has come stays on the disk. */
static void forget(struct fetch *fetch)
{
    for (size_t i = 0; i < fetch->n_files; i++) {
        tm_store_close(&fetch->files[i]);
        free(fetch->files[i].frames);
    }
    free(fetch->files);
    fetch->files = NULL;
    fetch->n_files = 0;
    if (fetch->journal != NULL)
        (void)fclose(fetch->journal);
    fetch->journal = NULL;
    if (fetch->is_open)
        tm_opened_finish(&fetch->opened);
    fetch->is_open = false;
    (void)ZSTD_freeDCtx(fetch->context);
    fetch->context = NULL;
    fetch->manifest.n = fetch->sums_text.n = 0;
    tm_sums_finish(&fetch->sums);
    fetch->sums = (struct tm_sums){0};
    fetch->total = fetch->done = 0;
    fetch->partial = false;
    *fetch->result = (struct tm_fetch_result){.downloaded = fetch->result->downloaded};
}

static void finish(struct fetch *fetch)
{
    forget(fetch);
    for (size_t i = 0; i < fetch->n_mirrors; i++)
        free(fetch->mirrors[i].url);
    tm_buf_finish(&fetch->manifest);
    tm_buf_finish(&fetch->sums_text);
    tm_buf_finish(&fetch->content);
    free(fetch);
    tm_curl.global_cleanup();
}

/* The frames that the mirror that leads has led to; its successor may have the same manifest. */
static void refuse_box(struct fetch *fetch)
{
    if (fetch->journal == NULL)
        return;
    memcpy(fetch->refused_box, fetch->box, sizeof fetch->box);
    memcpy(fetch->refused_manifest, fetch->manifest_sha256, sizeof fetch->manifest_sha256);
}

static void remove_refused(const struct fetch *fetch)
{
    if (fetch->refused_box[0] != '\0' &&
        (strcmp(fetch->refused_box, fetch->box) != 0 ||
         strcmp(fetch->refused_manifest, fetch->manifest_sha256) != 0))
        tm_folder_remove(fetch->refused_box);
}

/* The release as the first mirror that answers describes it. */
static enum tm_status follow(struct fetch *fetch, struct tm_err *err)
{
    fetch->lead = fetch->n_mirrors;
    enum tm_status status = tm_manifest_get(fetch, err);
    if (status == TM_OK)
        status = tm_manifest_open(fetch, err);
    if (status == TM_OK)
        status = tm_fetch_check(fetch, err);
    if (status == TM_OK)
        status = tm_select(fetch, err);
    if (status == TM_OK)
        status = set_paths(fetch, err);
    if (status == TM_OK) {
        remove_refused(fetch);
        status = look_at_dir(fetch, err);
    }
    return status == TM_OK ? bring(fetch, err) : status;
}

/* Whether the mirror that leads is at fault, not the line to it: what it says cannot be read, or it
 * has not what it says, and nobody else has. */
static bool lead_lies(const struct fetch *fetch, enum tm_status status)
{
    return fetch->lead < fetch->n_mirrors &&
           (status == TM_ERR_FORMAT ||
            (status == TM_ERR_READ &&
             (!fetch->is_open || fetch->mirrors[fetch->lead].contradicts)));
}

/* Leaves the mirror that leads; all others are asked anew. False when none is left. */
static bool leave_lead(struct fetch *fetch)
{
    bool another = false;
    fetch->mirrors[fetch->lead].left = true;
    for (size_t i = 0; i < fetch->n_mirrors; i++) {
        struct mirror *mirror = &fetch->mirrors[i];
        mirror->dead = mirror->left;
        mirror->contradicts = false;
        mirror->failures = 0;
        mirror->wait_until = 0;
        another = another || !mirror->left;
    }
    return another;
}

static enum tm_status follow_each(struct fetch *fetch, struct tm_err *err)
{
    enum tm_status status = follow(fetch, err);
    while (lead_lies(fetch, status)) {
        if (!leave_lead(fetch))
            break;
        tm_fetch_tell(fetch, TM_WARNING, err);
        refuse_box(fetch);
        forget(fetch);
        status = follow(fetch, err);
    }
    return status;
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
        status = follow_each(fetch, &what);
    result.was_there = status == TM_END;
    result.shards = fetch->n_files;
    result.shards_published = fetch->opened.n_shards;
    (void)snprintf(result.folder, sizeof result.folder, "%s", fetch->dir);
    struct tm_fetch_result done = result;
    finish(fetch);
    if (status == TM_OK || status == TM_END) {
        *ret_result = done;
        return TM_OK;
    }
    if (err != NULL)
        *err = what;
    return status;
}
