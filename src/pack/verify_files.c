/* SPDX-License-Identifier: Apache-2.0 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "pack/folder.h"
#include "pack/partial.h"
#include "pack/verifying.h"

#define SUMS "SHA256SUMS"
#define CHUNK ((size_t)1 << 16)
#define MOST_DEPTH 8

struct listing {
    struct tm_verifier *v;
    const char *dir;
    const char *prefix;
    struct tm_sums *files;
    struct tm_sha256 *sha;
    char *chunk;
};

static enum tm_status no_memory(struct tm_err *err)
{
    return tm_fail(err, TM_ERR_NOMEM, "", TM_NO_OFFSET, "out of memory");
}

static void fault_in(struct listing *l, const char *file, uint64_t offset, const char *what)
{
    char name[TM_PACK_PATH];
    (void)snprintf(name, sizeof name, "%s%s", l->prefix, file);
    tm_verify_fault(l->v, name, offset, "%s", what);
}

static bool hash_file(struct listing *l, const char *path, char ret_hex[TM_SHA256_HEX])
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    if (fd < 0)
        return false;
    ssize_t got;
    while ((got = read(fd, l->chunk, CHUNK)) > 0 || (got < 0 && errno == EINTR))
        if (got > 0)
            tm_sha256_update(l->sha, l->chunk, (size_t)got);
    tm_sha256_hex(l->sha, ret_hex);
    (void)close(fd);
    return got == 0;
}

/* What git, the hub's client and a signer put at the top. */
static bool is_foreign(const char *name)
{
    static const char *const names[] = {".git", ".gitattributes", ".cache", SUMS,
                                        SUMS ".minisig"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strcmp(name, names[i]) == 0)
            return true;
    return false;
}

static enum tm_status list_folder(struct listing *l, const char *folder, int depth,
                                  struct tm_err *err);

static enum tm_status list_entry(struct listing *l, const char *relative, int depth,
                                 struct tm_err *err)
{
    char path[TM_PACK_PATH];
    char digest[TM_SHA256_HEX];
    struct stat st;
    if (!tm_path_join(path, l->dir, relative) || lstat(path, &st) != 0 ||
        (!S_ISREG(st.st_mode) && !S_ISDIR(st.st_mode))) {
        fault_in(l, relative, TM_NO_OFFSET, "neither a file nor a folder");
        return TM_OK;
    }
    if (S_ISDIR(st.st_mode))
        return list_folder(l, relative, depth + 1, err);
    if (!hash_file(l, path, digest)) {
        fault_in(l, relative, TM_NO_OFFSET, "cannot be read");
        return TM_OK;
    }
    if (!tm_sums_add(l->files, relative, digest))
        return no_memory(err);
    l->v->result.files++;
    return TM_OK;
}

static enum tm_status list_folder(struct listing *l, const char *folder, int depth,
                                  struct tm_err *err)
{
    char path[TM_PACK_PATH];
    if (depth > MOST_DEPTH || !tm_path_join(path, l->dir, folder)) {
        fault_in(l, folder, TM_NO_OFFSET, "does not belong to the release");
        return TM_OK;
    }
    DIR *dir = opendir(path);
    if (dir == NULL) {
        fault_in(l, folder, TM_NO_OFFSET, "cannot be read");
        return TM_OK;
    }
    enum tm_status status = TM_OK;
    bool empty = true;
    struct dirent *entry;
    while (status == TM_OK && (entry = readdir(dir)) != NULL) {
        char relative[TM_PACK_PATH];
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
            continue;
        empty = false;
        if (folder[0] == '\0' && is_foreign(entry->d_name))
            continue;
        int n = snprintf(relative, sizeof relative, "%s%s%s", folder, folder[0] == '\0' ? "" : "/",
                         entry->d_name);
        if (n > 0 && n < 256)
            status = list_entry(l, relative, depth, err);
        else
            fault_in(l, folder, TM_NO_OFFSET, "holds a name that is too long");
    }
    if (empty)
        fault_in(l, folder, TM_NO_OFFSET, "an empty folder, which does not belong to the release");
    (void)closedir(dir);
    return status;
}

static enum tm_status load_text(const char *path, struct tm_buf *buf)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    ssize_t got = fd < 0 ? -1 : 1;
    while (got > 0) {
        if (!tm_buf_reserve(buf, CHUNK))
            break;
        got = read(fd, buf->p + buf->n, CHUNK);
        if (got > 0)
            buf->n += (size_t)got;
    }
    if (fd >= 0)
        (void)close(fd);
    return buf->failed ? TM_ERR_NOMEM : got < 0 ? TM_ERR_READ : TM_OK;
}

static struct tm_sum *find(const struct tm_sums *files, struct tm_str path)
{
    for (size_t i = 0; i < files->n; i++)
        if (tm_str_is(path, files->list[i].path))
            return &files->list[i];
    return NULL;
}

/* Shards that a partial copy has left out. One that it must have is missed when it is opened. */
static bool may_be_missing(const struct listing *l, struct tm_str path)
{
    return l->v->result.partial && (tm_str_starts(path, TM_STR("data/")) ||
                                    tm_str_starts(path, TM_STR("provenance/")));
}

/* What a partial copy has of its own; the digests of samples stand in partial.json. */
static bool is_of_copy(const struct listing *l, const char *path)
{
    return l->v->result.partial &&
           (strcmp(path, TM_PARTIAL_FILE) == 0 || tm_partial_is_sample(path));
}

/* One fault for each line that is wrong; true if there was one. `seen` has a byte per file. */
static bool compare_lines(struct listing *l, struct tm_str text, char *seen)
{
    uint64_t faults = l->v->result.faults;
    for (size_t at = 0; at < text.n;) {
        const char *line = text.p + at;
        const char *end = memchr(line, '\n', text.n - at);
        size_t n = end == NULL ? text.n - at : (size_t)(end - line);
        char name[256];
        struct tm_str path = n > 66 ? (struct tm_str){line + 66, n - 66} : TM_STR_UNKNOWN;
        struct tm_sum *file = path.n == 0 ? NULL : find(l->files, path);
        if (file != NULL) {
            seen[file - l->files->list] = 1;
            if (memcmp(line, file->sha256, 64) != 0)
                fault_in(l, file->path, TM_NO_OFFSET, "its SHA-256 is not that of SHA256SUMS");
        } else if (path.n == 0 || path.n >= sizeof name) {
            fault_in(l, SUMS, at, "a line that is none of a checksum");
        } else {
            memcpy(name, path.p, path.n);
            name[path.n] = '\0';
            if (!may_be_missing(l, path))
                fault_in(l, name, TM_NO_OFFSET, "is named in SHA256SUMS and missing");
        }
        at += n + 1;
    }
    for (size_t i = 0; i < l->files->n; i++)
        if (seen[i] == 0 && !is_of_copy(l, l->files->list[i].path))
            fault_in(l, l->files->list[i].path, TM_NO_OFFSET, "is not named in SHA256SUMS");
    return l->v->result.faults != faults;
}

static enum tm_status compare(struct listing *l, struct tm_err *err)
{
    char path[TM_PACK_PATH];
    struct tm_buf stated = {0};
    struct tm_buf right = {0};
    tm_sums_write(l->files, &right);
    char *seen = calloc(l->files->n + 1, 1);
    enum tm_status status = TM_ERR_READ;
    if (tm_path_join(path, l->dir, SUMS))
        status = load_text(path, &stated);
    if (seen == NULL || right.failed || status == TM_ERR_NOMEM) {
        status = no_memory(err);
    } else if (status != TM_OK) {
        fault_in(l, SUMS, TM_NO_OFFSET, "is missing or cannot be read");
        status = TM_OK;
    } else if (!tm_str_equal(tm_buf_view(&stated), tm_buf_view(&right))) {
        l->v->result.files++;
        size_t at = 0;
        while (at < stated.n && at < right.n && stated.p[at] == right.p[at])
            at++;
        if (!compare_lines(l, tm_buf_view(&stated), seen) && !l->v->result.partial)
            fault_in(l, SUMS, at, "is not written as it must be");
    } else {
        l->v->result.files++;
    }
    free(seen);
    tm_buf_finish(&stated);
    tm_buf_finish(&right);
    return status;
}

enum tm_status tm_verify_files(struct tm_verifier *v, const char *dir, const char *prefix,
                               struct tm_sums *ret_files, struct tm_err *err)
{
    struct listing l = {.v = v, .dir = dir, .prefix = prefix, .files = ret_files,
                        .sha = tm_sha256_create(), .chunk = malloc(CHUNK)};
    enum tm_status status = l.sha == NULL || l.chunk == NULL ? no_memory(err) : TM_OK;
    if (status == TM_OK)
        status = list_folder(&l, "", 0, err);
    if (status == TM_OK)
        status = compare(&l, err);
    tm_sha256_destroy(l.sha);
    free(l.chunk);
    return status;
}
