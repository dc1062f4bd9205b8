/* SPDX-License-Identifier: Apache-2.0 */
/* SHA256SUMS and the manifest: what the mirror that leads says the release is. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/str.h"
#include "fetch/fetching.h"
#include "pack/folder.h"

#define MOST_SUMS ((size_t)64 << 20)
#define MOST_MANIFEST ((size_t)1 << 30)

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
    (void)tm_fail(err, TM_ERR_FORMAT, fetch->mirrors[fetch->lead].shown, TM_NO_OFFSET,
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
            return tm_fail(err, TM_ERR_NOMEM, "", TM_NO_OFFSET, "out of memory");
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

enum tm_status tm_manifest_get(struct fetch *fetch, struct tm_err *err)
{
    enum tm_status status = tm_fetch_small(fetch, "SHA256SUMS", NULL, MOST_SUMS, &fetch->sums_text,
                                           err);
    if (status != TM_OK)
        return status;
    fetch->lead = fetch->answered;
    status = take_sums(fetch, err);
    if (status != TM_OK)
        return status;
    const char *digest = digest_of(fetch, "manifest.json");
    (void)snprintf(fetch->manifest_sha256, sizeof fetch->manifest_sha256, "%s", digest);
    return tm_fetch_small(fetch, "manifest.json", digest, MOST_MANIFEST, &fetch->manifest, err);
}

/* The manifest is read from a folder of its own, since it says how the folder is called. */
enum tm_status tm_manifest_open(struct fetch *fetch, struct tm_err *err)
{
    char temp[TM_PACK_PATH];
    (void)snprintf(temp, sizeof temp, "%.3900s/.fetch-XXXXXX", fetch->options->out);
    enum tm_status status = tm_folder_make(fetch->options->out, err);
    if (status != TM_OK)
        return status;
    if (mkdtemp(temp) == NULL)
        return tm_fail(err, TM_ERR_WRITE, fetch->options->out, TM_NO_OFFSET,
                       "cannot make a folder: %s", strerror(errno));
    status = tm_store_small(temp, "manifest.json", tm_buf_view(&fetch->manifest), err);
    if (status == TM_OK)
        status = tm_opened_init(&fetch->opened, temp, "", err);
    if (status == TM_ERR_FORMAT && err != NULL)
        (void)snprintf(err->file, sizeof err->file, "%.400s: manifest.json",
                       fetch->mirrors[fetch->lead].shown);
    fetch->is_open = status == TM_OK;
    tm_folder_remove(temp);
    return status;
}
