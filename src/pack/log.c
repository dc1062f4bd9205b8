/* SPDX-License-Identifier: Apache-2.0 */
/* The versions of a corpus that lie in its folder. */
#include <tolmach/release.h>

#include <dirent.h>
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "pack/folder.h"
#include "pack/opened.h"
#include "pack/pretty.h"
#include "pack/text.h"

struct version {
    struct tm_opened opened;
    struct tm_str created;
};

static int by_date(const void *a, const void *b)
{
    const struct version *x = a;
    const struct version *y = b;
    int order = tm_str_order(x->created, y->created);
    return order != 0 ? order : tm_str_order(x->opened.version, y->opened.version);
}

static uint64_t records(const struct version *version, const char *lang)
{
    uint64_t n = 0;
    const struct tm_value *counts = tm_value_get(version->opened.manifest, "counts");
    const struct tm_value *by = counts == NULL ? NULL : tm_value_get(counts, "records");
    if (by != NULL)
        (void)tm_value_u64(tm_value_get(by, lang), &n);
    return n;
}

static struct tm_str text_of(const struct version *version, const char *key)
{
    return tm_value_text(tm_value_get(version->opened.manifest, key));
}

/* Opens each folder that holds a manifest. */
static enum tm_status collect(const char *dir, struct version **versions, size_t *n,
                              struct tm_err *err)
{
    DIR *folder = opendir(dir);
    if (folder == NULL)
        return tm_fail(err, TM_ERR_READ, dir, TM_NO_OFFSET, "cannot open: %s", strerror(errno));
    enum tm_status status = TM_OK;
    for (struct dirent *entry; status == TM_OK && (entry = readdir(folder)) != NULL;) {
        char path[TM_PACK_PATH];
        char manifest[TM_PACK_PATH];
        if (entry->d_name[0] == '.' || !tm_path_join(path, dir, entry->d_name) ||
            !tm_path_join(manifest, path, "manifest.json") || !tm_path_exists(manifest))
            continue;
        struct version *more = realloc(*versions, (*n + 1) * sizeof *more);
        if (more == NULL) {
            status = tm_fail(err, TM_ERR_NOMEM, dir, TM_NO_OFFSET, "out of memory");
            break;
        }
        *versions = more;
        status = tm_opened_init(&more[*n].opened, path, "", err);
        if (status == TM_OK) {
            more[*n].created = text_of(&more[*n], "created");
            (*n)++;
        }
    }
    (void)closedir(folder);
    if (status == TM_OK && *n == 0) {
        (void)tm_fail(err, TM_ERR_READ, dir, TM_NO_OFFSET, "no release lies in it");
        return tm_hint(err, "give the folder OUT/NAME");
    }
    return status;
}

static void put_json(struct tm_buf *buf, const struct version *versions, size_t n)
{
    struct tm_pretty json = {.buf = buf};
    tm_pretty_open(&json, NULL, '[');
    for (size_t i = 0; i < n; i++) {
        tm_pretty_open(&json, NULL, '{');
        tm_pretty_str(&json, "name", versions[i].opened.name);
        tm_pretty_str(&json, "version", versions[i].opened.version);
        tm_pretty_str(&json, "created", versions[i].created);
        tm_pretty_str(&json, "parent", text_of(&versions[i], "parent"));
        tm_pretty_u64(&json, "ru", records(&versions[i], "ru"));
        tm_pretty_u64(&json, "en", records(&versions[i], "en"));
        tm_pretty_str(&json, "corpus_digest", text_of(&versions[i], "corpus_digest"));
        tm_pretty_close(&json, '{');
    }
    tm_pretty_close(&json, '[');
}

static void put_text(struct tm_buf *buf, const struct version *versions, size_t n)
{
    tm_buf_printf(buf, "%-12s %-20s %-8s %10s %10s  %s\n", "version", "newest message", "parent",
                  "ru", "en", "corpus digest");
    for (size_t i = 0; i < n; i++) {
        struct tm_str parent = text_of(&versions[i], "parent");
        struct tm_str digest = text_of(&versions[i], "corpus_digest");
        tm_buf_printf(buf, "%-12.*s %-20.*s %-8.*s %10" PRIu64 " %10" PRIu64 "  %.*s\n",
                      (int)versions[i].opened.version.n, versions[i].opened.version.p,
                      (int)versions[i].created.n, versions[i].created.p,
                      parent.n == 0 ? 1 : (int)parent.n, parent.n == 0 ? "-" : parent.p,
                      records(&versions[i], "ru"), records(&versions[i], "en"),
                      digest.n < 12 ? (int)digest.n : 12, digest.p);
    }
}

enum tm_status tm_log(const char *corpus_dir, enum tm_form form, char **ret_text,
                      struct tm_err *err)
{
    struct version *versions = NULL;
    size_t n = 0;
    struct tm_buf buf = {0};
    enum tm_status status = collect(corpus_dir, &versions, &n, err);
    if (status == TM_OK) {
        qsort(versions, n, sizeof *versions, by_date);
        if (form == TM_FORM_JSON)
            put_json(&buf, versions, n);
        else
            put_text(&buf, versions, n);
        status = tm_text_give(&buf, ret_text, err);
    }
    for (size_t i = 0; i < n; i++)
        tm_opened_finish(&versions[i].opened);
    free(versions);
    return status;
}
