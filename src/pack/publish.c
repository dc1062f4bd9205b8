/* SPDX-License-Identifier: Apache-2.0 */
/* The end of a build: what describes the shards, and the moment in which all becomes visible. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "pack/diff.h"
#include "pack/folder.h"
#include "pack/packing.h"
#include "pack/sign.h"
#include "pack/spread.h"
#include "pack/sums.h"

static enum tm_status no_memory(struct tm_err *err)
{
    return tm_fail(err, TM_ERR_NOMEM, "", TM_NO_OFFSET, "out of memory");
}

/* What the ledger says is kept must be what was written. */
static enum tm_status check_kept(const struct tm_packer *packer, const struct tm_ledger *ledger,
                                 struct tm_err *err)
{
    uint64_t rows = 0;
    uint64_t bytes = 0;
    for (int i = TM_PACK_RU; i <= TM_PACK_OTHER; i++) {
        rows += packer->streams[i].rows;
        bytes += packer->streams[i].text_bytes;
    }
    uint64_t provenance = packer->streams[TM_PACK_PROVENANCE].rows;
    if (rows == ledger->segments[TM_KEPT] && bytes == ledger->bytes[TM_KEPT] && rows == provenance)
        return TM_OK;
    return tm_fail(err, TM_ERR_INTERNAL, "", TM_NO_OFFSET,
                   "the ledger keeps %" PRIu64 " segments of %" PRIu64 " bytes, written were %"
                   PRIu64 " records of %" PRIu64 " and %" PRIu64 " rows of provenance",
                   ledger->segments[TM_KEPT], ledger->bytes[TM_KEPT], rows, bytes, provenance);
}

static enum tm_status close_shards(struct tm_packer *packer, struct tm_err *err)
{
    enum tm_status status = TM_OK;
    for (int i = 0; i < TM_PACK_STREAMS && status == TM_OK; i++)
        status = tm_shard_set_close(&packer->streams[i].set, err);
    return status;
}

static void link_shards(struct tm_packer *packer)
{
    for (int i = TM_PACK_RU; i <= TM_PACK_PROVENANCE && packer->reuse != NULL; i++) {
        const struct tm_shard_set *set = &packer->streams[i].set;
        char path[TM_PACK_PATH];
        for (size_t k = 0; k < set->n; k++)
            if (tm_path_join(path, packer->hidden, set->shards[k].path))
                tm_reuse_file(packer->reuse, &set->shards[k], path);
    }
}

static bool add_shards(struct tm_sums *sums, const struct tm_packer *packer, int from, int to)
{
    for (int i = from; i <= to; i++) {
        const struct tm_shard_set *set = &packer->streams[i].set;
        for (size_t k = 0; k < set->n; k++)
            if (!tm_sums_add(sums, set->shards[k].path, set->shards[k].sha256))
                return false;
    }
    return true;
}

/* Writes the text in `buf` as a file and notes its digest; empties `buf`. */
static enum tm_status put_file(const char *dir, const char *name, struct tm_buf *buf,
                               struct tm_sums *sums, struct tm_err *err)
{
    char path[TM_PACK_PATH];
    char digest[TM_SHA256_HEX];
    if (buf->failed)
        return no_memory(err);
    struct tm_str text = {buf->n == 0 ? "" : buf->p, buf->n};
    if (!tm_path_join(path, dir, name))
        return tm_fail(err, TM_ERR_WRITE, dir, TM_NO_OFFSET, "the path is too long");
    if (!tm_sha256_of(text.p, text.n, digest) ||
        (sums != NULL && !tm_sums_add(sums, name, digest)))
        return no_memory(err);
    enum tm_status status = tm_file_write(path, text, err);
    buf->n = 0;
    return status;
}

/* What changed since the parent, for people and for programs. The manifest must have been
 * written. */
static enum tm_status put_changes(struct tm_packer *packer, struct tm_sums *sums,
                                  struct tm_err *err)
{
    struct tm_opened here;
    struct tm_buf text = {0};
    struct tm_buf json = {0};
    enum tm_status status = tm_opened_init(&here, packer->hidden, packer->audit_hidden, err);
    if (status != TM_OK)
        return status;
    tm_buf_printf(&text, "# Changes in version %s\n\n```\n", packer->version);
    status = tm_diff_write(packer->options.parent, &here, packer->home, &text, &json, err);
    tm_buf_text(&text, "```\n");
    if (status == TM_OK)
        status = put_file(packer->hidden, "CHANGES.md", &text, sums, err);
    if (status == TM_OK)
        status = put_file(packer->hidden, "changes.json", &json, sums, err);
    tm_opened_finish(&here);
    tm_buf_finish(&text);
    tm_buf_finish(&json);
    return status;
}

struct tm_pack_more {
    struct tm_packer *packer;
    struct tm_sums *sums;
};

enum tm_status tm_pack_put(struct tm_pack_more *more, const char *name, struct tm_buf *buf,
                           struct tm_err *err)
{
    char path[TM_PACK_PATH];
    char folder[TM_PACK_PATH];
    const char *slash = strrchr(name, '/');
    (void)snprintf(folder, sizeof folder, "%.*s", slash == NULL ? 0 : (int)(slash - name), name);
    if (!tm_path_join(path, more->packer->hidden, folder))
        return tm_fail(err, TM_ERR_WRITE, more->packer->hidden, TM_NO_OFFSET,
                       "the path is too long");
    enum tm_status status = tm_folder_make(path, err);
    if (status == TM_OK)
        status = put_file(more->packer->hidden, name, buf, more->sums, err);
    return status == TM_OK ? tm_folder_sync(path, err) : status;
}

static enum tm_status put_spread(struct tm_packer *packer, const struct tm_manifest_info *info,
                                 struct tm_sums *sums, struct tm_err *err)
{
    struct tm_pack_more more = {.packer = packer, .sums = sums};
    struct tm_buf text = {0};
    if (info->spread.p == NULL)
        return TM_OK;
    tm_buf_str(&text, info->spread);
    enum tm_status status = tm_pack_put(&more, TM_SPREAD_FILE, &text, err);
    tm_buf_finish(&text);
    return status;
}

/* The signature of SHA256SUMS, and so of all that this names. */
static enum tm_status put_signature(struct tm_packer *packer, const struct tm_buf *sums,
                                    struct tm_err *err)
{
    char comment[256];
    struct tm_buf buf = {0};
    (void)snprintf(comment, sizeof comment, "file:SHA256SUMS\thashed\t%s %s", packer->name,
                   packer->version);
    enum tm_status status = sums->failed ? no_memory(err)
        : tm_signature_write(packer->options.sign, tm_buf_view(sums), comment, &buf, err);
    if (status == TM_OK)
        status = put_file(packer->hidden, "SHA256SUMS.minisig", &buf, NULL, err);
    tm_buf_finish(&buf);
    return status;
}

static enum tm_status write_release(struct tm_packer *packer, const struct tm_manifest_info *info,
                                    struct tm_err *err)
{
    struct tm_buf buf = {0};
    struct tm_sums sums = {0};
    enum tm_status status = add_shards(&sums, packer, TM_PACK_RU, TM_PACK_PROVENANCE)
        ? TM_OK : no_memory(err);
    if (status == TM_OK) {
        tm_manifest_write(&buf, packer, info);
        status = put_file(packer->hidden, "manifest.json", &buf, &sums, err);
    }
    if (status == TM_OK) {
        if (packer->options.parent != NULL)
            status = put_changes(packer, &sums, err);
    }
    if (status == TM_OK) {
        tm_card_write(&buf, packer, info);
        status = put_file(packer->hidden, "README.md", &buf, &sums, err);
    }
    if (status == TM_OK) {
        tm_croissant_write(&buf, packer, info);
        status = put_file(packer->hidden, "croissant.json", &buf, &sums, err);
    }
    if (status == TM_OK)
        status = put_spread(packer, info, &sums, err);
    if (status == TM_OK && packer->options.more != NULL) {
        struct tm_pack_more more = {.packer = packer, .sums = &sums};
        status = packer->options.more(packer->options.more_user, packer->hidden, &more, err);
    }
    if (status == TM_OK) {
        tm_sums_write(&sums, &buf);
        status = packer->options.sign == NULL ? TM_OK : put_signature(packer, &buf, err);
    }
    if (status == TM_OK)
        status = put_file(packer->hidden, "SHA256SUMS", &buf, NULL, err);
    tm_sums_finish(&sums);
    tm_buf_finish(&buf);
    return status;
}

static enum tm_status write_audit(struct tm_packer *packer, struct tm_err *err)
{
    struct tm_buf buf = {0};
    struct tm_sums sums = {0};
    enum tm_status status = TM_OK;
    if (!add_shards(&sums, packer, TM_PACK_DOCUMENTS, TM_PACK_PARAGRAPHS))
        status = no_memory(err);
    if (status == TM_OK) {
        tm_sums_write(&sums, &buf);
        status = put_file(packer->audit_hidden, "SHA256SUMS", &buf, NULL, err);
    }
    tm_sums_finish(&sums);
    tm_buf_finish(&buf);
    return status;
}

static enum tm_status sync_folders(const struct tm_packer *packer, struct tm_err *err)
{
    char data[TM_PACK_PATH];
    enum tm_status status = TM_OK;
    if (tm_path_join(data, packer->hidden, "data") && tm_path_exists(data))
        status = tm_folder_sync(data, err);
    if (status == TM_OK)
        status = tm_folder_sync(packer->hidden, err);
    if (status == TM_OK)
        status = tm_folder_sync(packer->audit_hidden, err);
    return status;
}

/* The release is what counts, so it goes first; should the machine stop between the two, the next
 * build finds the audit folder complete and gives it its name (packer.c). */
static enum tm_status publish(struct tm_packer *packer, struct tm_err *err)
{
    char audit[TM_PACK_PATH];
    if (!tm_path_join(audit, packer->home, "audit"))
        return tm_fail(err, TM_ERR_WRITE, packer->home, TM_NO_OFFSET, "the path is too long");
    enum tm_status status = tm_folder_sync(audit, err);
    if (status == TM_OK)
        status = tm_folder_publish(packer->hidden, packer->dir, err);
    if (status != TM_OK)
        return status;
    packer->published = true;
    status = tm_folder_publish(packer->audit_hidden, packer->audit_dir, err);
    if (status == TM_OK)
        status = tm_folder_sync(packer->home, err);
    if (status == TM_OK)
        status = tm_folder_sync(audit, err);
    return status;
}

enum tm_status tm_packer_finish(struct tm_packer *packer, const struct tm_manifest_info *info,
                                char ret_dir[TM_PACK_PATH], struct tm_err *err)
{
    if (!packer->complete)
        return tm_fail(err, TM_ERR_INTERNAL, "", TM_NO_OFFSET, "the rows are not complete");
    enum tm_status status = tm_ledger_check(info->ledger, err);
    if (status == TM_OK)
        status = check_kept(packer, info->ledger, err);
    if (status == TM_OK)
        status = close_shards(packer, err);
    if (status == TM_OK)
        link_shards(packer);
    if (status == TM_OK)
        status = write_release(packer, info, err);
    if (status == TM_OK)
        status = write_audit(packer, err);
    if (status == TM_OK)
        status = sync_folders(packer, err);
    if (status == TM_OK)
        status = publish(packer, err);
    if (status == TM_OK && ret_dir != NULL)
        (void)snprintf(ret_dir, TM_PACK_PATH, "%s", packer->dir);
    return status;
}
