/* SPDX-License-Identifier: Apache-2.0 */
#include <tolmach/release.h>

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "pack/folder.h"
#include "pack/ledger_json.h"
#include "pack/partial.h"
#include "pack/spread.h"
#include "pack/verifying.h"

#define IDS_BUDGET ((size_t)64 << 20)

void tm_verify_fault(struct tm_verifier *v, const char *file, uint64_t offset, const char *format,
                     ...)
{
    struct tm_err what;
    char message[sizeof what.message];
    va_list args;
    va_start(args, format);
    (void)vsnprintf(message, sizeof message, format, args);
    va_end(args);
    (void)tm_fail(&what, TM_ERR_VERIFY, file, offset, "%s", message);
    if (v->result.faults++ == 0)
        v->first = what;
    if (v->fault != NULL)
        v->fault(v->user, &what);
}

enum tm_status tm_verify_absorb(struct tm_verifier *v, enum tm_status status,
                                const struct tm_err *what, struct tm_err *err)
{
    if (status == TM_ERR_NOMEM || status == TM_ERR_WRITE || status == TM_ERR_INTERNAL) {
        if (err != NULL)
            *err = *what;
        return status;
    }
    tm_verify_fault(v, what->file, what->offset, "%s", what->message);
    return TM_OK;
}

/* The files beside the shards; those that tell what changed belong to a version with a parent, and
 * a recipe may do without a report. */
static const struct {
    const char *name;
    enum { ALWAYS, WITH_PARENT, AT_WILL } when;
} texts[] = {
    {"README.md", ALWAYS}, {"manifest.json", ALWAYS}, {"croissant.json", ALWAYS},
    {"CHANGES.md", WITH_PARENT}, {"changes.json", WITH_PARENT},
    {"report/index.html", AT_WILL}, {"report/stats.json", AT_WILL},
};

static bool has_parent(const struct tm_opened *opened)
{
    return tm_value_text(tm_value_get(opened->manifest, "parent")).p != NULL;
}

static bool is_there(const char *dir, const char *name)
{
    char path[TM_PACK_PATH];
    return tm_path_join(path, dir, name) && tm_path_exists(path);
}

/* What lies there is a shard of the manifest or one of these. (A shard that is missing
 * cannot be opened later.) */
static void compare_files(struct tm_verifier *v)
{
    const struct tm_opened *opened = v->opened;
    for (size_t i = 0; i < v->files.n; i++) {
        const char *path = v->files.list[i].path;
        bool known = (opened->partial != NULL && strcmp(path, TM_PARTIAL_FILE) == 0) ||
                     strcmp(path, TM_SPREAD_FILE) == 0;
        for (size_t k = 0; k < sizeof texts / sizeof *texts; k++)
            known |= strcmp(path, texts[k].name) == 0 &&
                     (texts[k].when != WITH_PARENT || has_parent(opened));
        for (size_t k = 0; k < opened->n_shards && !known; k++)
            known = strcmp(path, opened->shards[k].path) == 0;
        if (!known)
            tm_verify_fault(v, path, TM_NO_OFFSET, "does not belong to the release");
    }
    for (size_t k = 0; k < sizeof texts / sizeof *texts; k++)
        if (texts[k].when == WITH_PARENT && has_parent(opened) &&
            !is_there(opened->dir, texts[k].name))
            tm_verify_fault(v, texts[k].name, TM_NO_OFFSET, "is missing");
}

/* A partial copy is one of this very manifest. */
static void compare_partial(struct tm_verifier *v)
{
    struct tm_str stated = tm_value_text(tm_value_get(v->opened->partial, "manifest_sha256"));
    for (size_t i = 0; i < v->files.n && v->opened->partial != NULL; i++)
        if (strcmp(v->files.list[i].path, "manifest.json") == 0 &&
            !tm_str_is(stated, v->files.list[i].sha256))
            tm_verify_fault(v, TM_PARTIAL_FILE, TM_NO_OFFSET, "it belongs to another manifest");
}

/* Each input that was read to its end (and so has a digest) balances, and all of them are the input
 * of the ledger. */
static void compare_inputs(struct tm_verifier *v, const struct tm_value *inputs)
{
    static const char *const parts[] = {"markup", "metadata", "body", "skipped", "broken"};
    uint64_t all = 0;
    for (const struct tm_value *s = inputs == NULL ? NULL : inputs->first; s != NULL; s = s->next) {
        struct tm_str name = tm_value_text(tm_value_get(s, "name"));
        uint64_t bytes = 0;
        uint64_t sum = 0;
        int64_t decode;
        int64_t recode = 0;
        bool good = tm_value_u64(tm_value_get(s, "bytes"), &bytes) &&
                    tm_value_i64(tm_value_get(s, "decode"), &decode) &&
                    tm_value_i64(tm_value_get(s, "recode"), &recode);
        for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
            uint64_t part = 0;
            good = good && tm_value_u64(tm_value_get(s, parts[i]), &part);
            sum += part;
        }
        all += bytes;
        if (!good || (sum != bytes + (uint64_t)recode && tm_value_text(tm_value_get(s, "sha256")).n != 0))
            tm_verify_fault(v, "manifest.json", TM_NO_OFFSET,
                            "the bytes of input %.*s do not balance", (int)name.n, name.p);
    }
    if (inputs != NULL && inputs->n != 0 && all != v->opened->ledger.input)
        tm_verify_fault(v, "manifest.json", TM_NO_OFFSET, "its inputs are %" PRIu64
                        " bytes, its ledger says %" PRIu64, all, v->opened->ledger.input);
}

/* Sums that wrapped around would still balance. */
static void check_range(struct tm_verifier *v)
{
    const struct tm_ledger *ledger = &v->opened->ledger;
    for (const struct tm_ledger_column *c = tm_ledger_columns; c->name != NULL; c++) {
        const char *at = (const char *)ledger + c->offset;
        if (!c->is_signed && *(const uint64_t *)(const void *)at > INT64_MAX)
            tm_verify_fault(v, "manifest.json", TM_NO_OFFSET, "its ledger's %s is out of range",
                            c->name);
    }
}

/* Sums inside the manifest that need no shard. */
static void compare_manifest(struct tm_verifier *v)
{
    static const char file[] = "manifest.json";
    static const char *const needed[] = {"licence", "created", "unit", "tolmach", "recipe", "pack",
                                         "inputs", "sources", "counts", "learnt", "corpus_digest"};
    const struct tm_value *manifest = v->opened->manifest;
    const struct tm_value *recipe = tm_value_get(manifest, "recipe");
    const struct tm_value *sources = tm_value_get(manifest, "sources");
    struct tm_err what;
    char digest[TM_SHA256_HEX];
    for (size_t i = 0; i < sizeof needed / sizeof *needed; i++)
        if (tm_value_get(manifest, needed[i]) == NULL)
            tm_verify_fault(v, file, TM_NO_OFFSET, "\"%s\" is missing", needed[i]);
    check_range(v);
    if (tm_ledger_check(&v->opened->ledger, &what) != TM_OK)
        tm_verify_fault(v, file, TM_NO_OFFSET, "%s", what.message);
    struct tm_str text = tm_value_text(tm_value_get(recipe, "text"));
    if (text.p != NULL && tm_sha256_of(text.p, text.n, digest) &&
        !tm_str_is(tm_value_text(tm_value_get(recipe, "sha256")), digest))
        tm_verify_fault(v, file, TM_NO_OFFSET, "the digest of its recipe is not right");
    compare_inputs(v, tm_value_get(manifest, "inputs"));
    uint64_t records = 0;
    for (const struct tm_value *s = sources == NULL ? NULL : sources->first; s != NULL;
         s = s->next) {
        const struct tm_value *by_lang = tm_value_get(s, "records");
        for (int i = TM_PACK_RU; i <= TM_PACK_OTHER; i++) {
            uint64_t one = 0;
            (void)tm_value_u64(tm_value_get(by_lang,
                                            tm_pack_stream_lang((enum tm_pack_stream)i)), &one);
            records += one;
        }
    }
    if (records != v->opened->ledger.segments[TM_KEPT])
        tm_verify_fault(v, file, TM_NO_OFFSET, "its sources have %" PRIu64
                        " records, its ledger keeps %" PRIu64, records,
                        v->opened->ledger.segments[TM_KEPT]);
}

static enum tm_status run(struct tm_verifier *v, struct tm_err *err)
{
    const char *given = getenv("TMPDIR");
    const char *temp = given != NULL && given[0] != '\0' ? given : "/tmp";
    enum tm_status status = tm_sorter_create(temp, IDS_BUDGET, &v->ids, err);
    if (status == TM_OK)
        status = tm_verify_spread_begin(v, temp, err);
    if (status == TM_OK)
        status = tm_verify_paragraphs_begin(v, temp, err);
    if (status != TM_OK)
        return status;
    compare_files(v);
    compare_partial(v);
    compare_manifest(v);
    status = tm_verify_rows(v, err);
    if (status == TM_OK)
        status = tm_verify_paragraphs(v, err);
    v->spread_cut = v->broken;
    if (status == TM_OK && v->opened->audit_dir[0] != '\0')
        status = tm_verify_audit(v, err);
    return status == TM_OK ? tm_verify_spread(v, err) : status;
}

static enum tm_status verdict(const struct tm_verifier *v, struct tm_verify_result *ret_result,
                              struct tm_err *err)
{
    *ret_result = v->result;
    if (v->result.faults == 0)
        return TM_OK;
    if (err != NULL)
        *err = v->first;
    return TM_ERR_VERIFY;
}

enum tm_status tm_verify(const char *dir, const char *audit_dir, tm_fault_fn *fault, void *user,
                         struct tm_verify_result *ret_result, struct tm_err *err)
{
    struct tm_opened opened;
    struct tm_err what = {0};
    struct tm_verifier v = {.opened = &opened, .fault = fault, .user = user};
    v.result.partial = is_there(dir, TM_PARTIAL_FILE);
    bool manifest = is_there(dir, "manifest.json");
    if (!manifest && !is_there(dir, "SHA256SUMS")) {
        (void)tm_fail(err, TM_ERR_READ, dir, TM_NO_OFFSET, "no release: it has no manifest.json");
        return tm_hint(err, "give the folder OUT/NAME/VERSION");
    }
    enum tm_status status = tm_verify_files(&v, dir, "", &v.files, err);
    for (size_t i = 0; i < sizeof texts / sizeof *texts && status == TM_OK; i++)
        if (texts[i].when == ALWAYS && strcmp(texts[i].name, "manifest.json") != 0 &&
            !is_there(dir, texts[i].name))
            tm_verify_fault(&v, texts[i].name, TM_NO_OFFSET, "is missing");
    if (status == TM_OK && !manifest) {
        tm_verify_fault(&v, "manifest.json", TM_NO_OFFSET, "is missing");
    } else if (status == TM_OK) {
        enum tm_status got = tm_opened_init(&opened, dir, audit_dir, &what);
        if (got == TM_OK) {
            v.result.shards = opened.n_shards;
            v.result.shards_published = opened.n_published;
            status = run(&v, err);
            (void)snprintf(v.result.name, sizeof v.result.name, "%.*s",
                           (int)opened.name.n, opened.name.p);
            (void)snprintf(v.result.version, sizeof v.result.version, "%.*s",
                           (int)opened.version.n, opened.version.p);
            tm_opened_finish(&opened);
        } else {
            status = tm_verify_absorb(&v, got, &what, err);
        }
    }
    tm_sorter_destroy(v.ids);
    tm_spread_destroy(v.spread);
    tm_paragraphs_destroy(v.paragraphs);
    tm_buf_finish(&v.entries);
    tm_buf_finish(&v.form);
    tm_sums_finish(&v.files);
    tm_buf_finish(&v.doc_id);
    tm_buf_finish(&v.digests);
    return status == TM_OK ? verdict(&v, ret_result, err) : status;
}
