/* SPDX-License-Identifier: Apache-2.0 */
#include "build/parent.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "build/index.h"
#include "core/codec.h"
#include "pack/folder.h"

static enum tm_status no_memory(struct tm_err *err)
{
    return tm_fail(err, TM_ERR_NOMEM, "", TM_NO_OFFSET, "out of memory");
}

static enum tm_status bad(const struct tm_parent *parent, const char *what, struct tm_err *err)
{
    return tm_fail(err, TM_ERR_FORMAT, parent->path, TM_NO_OFFSET,
                   "its manifest has no %s that can be used", what);
}

static bool find(const struct job *job, char ret_path[TM_PACK_PATH])
{
    const struct tm_recipe *recipe = job->recipe;
    const char *given = recipe->parent;
    char home[TM_PACK_PATH];
    if (strchr(given, '/') == NULL && strcmp(given, ".") != 0 && strcmp(given, "..") != 0)
        return job->options->versions != NULL
            ? tm_path_join(ret_path, job->options->versions, given)
            : job->options->out != NULL && tm_path_join(home, job->options->out, recipe->name) &&
              tm_path_join(ret_path, home, given);
    if (recipe->folder != NULL && given[0] != '/')
        return tm_path_join(ret_path, recipe->folder, given);
    int n = snprintf(ret_path, TM_PACK_PATH, "%s", given);
    return n > 0 && n < TM_PACK_PATH;
}

static size_t length(const struct tm_value *list)
{
    return list == NULL || list->kind != TM_KIND_ARRAY ? 0 : list->n;
}

static bool take_source(const struct tm_value *value, struct tm_learnt_source *ret)
{
    struct tm_str markup = tm_value_text(tm_value_get(value, "markup"));
    *ret = (struct tm_learnt_source){
        .key = tm_value_text(tm_value_get(value, "key")),
        .markup = tm_str_is(markup, "markdown") ? TM_MARKUP_MARKDOWN : TM_MARKUP_NONE,
    };
    return ret->key.p != NULL && tm_value_u64(tm_value_get(value, "marked"), &ret->marked) &&
           tm_value_u64(tm_value_get(value, "learnt_posts"), &ret->posts);
}

static bool truth(const struct tm_value *value)
{
    return value != NULL && value->kind == TM_KIND_BOOL && value->truth;
}

static bool take_digest(struct tm_str hex, uint64_t ret[2])
{
    char digits[33];
    if (hex.n != 32)
        return false;
    memcpy(digits, hex.p, 32);
    digits[32] = '\0';
    return sscanf(digits, "%16" SCNx64 "%16" SCNx64, &ret[0], &ret[1]) == 2;
}

static bool take_line(const struct tm_value *value, struct tm_learnt_line *ret)
{
    struct tm_str where = tm_value_text(tm_value_get(value, "where"));
    *ret = (struct tm_learnt_line){
        .source_key = tm_value_text(tm_value_get(value, "source")),
        .line = tm_value_text(tm_value_get(value, "line")),
        .example = tm_value_text(tm_value_get(value, "example")),
        .handle = tm_str_is(where, "handle"),
        .leading = tm_str_is(where, "opening"),
        .evident = truth(tm_value_get(value, "evident")),
        .removed = truth(tm_value_get(value, "removed")),
    };
    if (ret->source_key.p == NULL || ret->line.p == NULL || ret->example.p == NULL ||
        !take_digest(tm_value_text(tm_value_get(value, "line_xxh128")), ret->digest))
        return false;
    struct tm_hash128 shown = tm_hash128_of(ret->line.p, ret->line.n);
    ret->masked = shown.high != ret->digest[0] || shown.low != ret->digest[1];
    return tm_value_u64(tm_value_get(value, "posts"), &ret->posts) &&
           tm_value_u64(tm_value_get(value, "source_posts"), &ret->source_posts);
}

/* Sources of which the parent learnt nothing, since its recipe did not, are learnt now. */
static enum tm_status freeze(struct job *job, struct tm_err *err)
{
    const struct tm_parent *parent = job->parent;
    const struct tm_value *sources = tm_value_get(parent->opened.manifest, "sources");
    const struct tm_value *lines = tm_value_get(parent->opened.manifest, "learnt");
    size_t n = 0;
    size_t k = 0;
    struct tm_learnt_source *known =
        tm_arena_alloc(job->arena, (length(sources) + 1) * sizeof *known);
    struct tm_learnt_line *learnt =
        tm_arena_alloc(job->arena, (length(lines) + 1) * sizeof *learnt);
    if (known == NULL || learnt == NULL)
        return no_memory(err);
    if (sources == NULL || lines == NULL)
        return bad(parent, "sources or learnt lines", err);
    for (const struct tm_value *v = sources->first; v != NULL; v = v->next) {
        if (!take_source(v, &known[n]))
            return bad(parent, "source", err);
        n += known[n].posts != 0;
    }
    for (const struct tm_value *v = lines->first; v != NULL; v = v->next)
        if (!take_line(v, &learnt[k++]))
            return bad(parent, "learnt line", err);
    return tm_learnt_freeze(job->learnt, known, n, learnt, k, err);
}

static enum tm_status inherit_forgotten(struct job *job, struct tm_err *err)
{
    const struct tm_value *list = tm_value_get(job->parent->opened.manifest, "forget");
    if (list == NULL || list->kind != TM_KIND_ARRAY)
        return bad(job->parent, "list of what is forgotten", err);
    for (const struct tm_value *v = list->first; v != NULL; v = v->next) {
        char entry[TM_SHA256_HEX + 8];
        char digest[TM_SHA256_HEX];
        struct tm_str text = tm_value_text(v);
        (void)snprintf(entry, sizeof entry, "sha256:%.*s", (int)(text.n < 65 ? text.n : 65),
                       text.n == 0 ? "" : text.p);
        if (!tm_forget_digest(entry, digest))
            return bad(job->parent, "digest of what is forgotten", err);
        if (!tm_forget_add(&job->forget, digest))
            return no_memory(err);
    }
    return TM_OK;
}

static enum tm_status check(struct job *job, struct tm_err *err)
{
    const struct tm_opened *opened = &job->parent->opened;
    if (!tm_str_is(opened->name, job->recipe->name))
        return tm_fail(err, TM_ERR_USAGE, job->parent->path, TM_NO_OFFSET,
                       "the parent is of another corpus, '%.*s'", (int)opened->name.n,
                       opened->name.p);
    if (tm_str_is(opened->version, job->recipe->version)) {
        (void)tm_fail(err, TM_ERR_USAGE, job->parent->path, TM_NO_OFFSET,
                      "the parent has the same version, %s", job->recipe->version);
        return tm_hint(err, "raise the version");
    }
    char version[256];
    (void)snprintf(version, sizeof version, "%.*s", (int)opened->version.n, opened->version.p);
    job->recipe->parent = tm_recipe_string(job->recipe, version);
    return job->recipe->parent == NULL ? no_memory(err) : TM_OK;
}

enum tm_status tm_parent_open(struct job *job, struct tm_err *err)
{
    struct tm_parent *parent = calloc(1, sizeof *parent);
    if (parent == NULL)
        return no_memory(err);
    enum tm_status status = TM_OK;
    if (!find(job, parent->path)) {
        status = tm_fail(err, TM_ERR_USAGE, job->recipe->parent, TM_NO_OFFSET,
                         "there is no such parent: no output folder, or a path too long");
    } else {
        status = tm_opened_init(&parent->opened, parent->path, NULL, err);
        if (status == TM_ERR_FORMAT)    /* the message names the file alone */
            (void)snprintf(err->file, sizeof err->file, "%.400s/manifest.json", parent->path);
    }
    if (status != TM_OK) {
        free(parent);
        return status;
    }
    job->parent = parent;
    status = check(job, err);
    if (status == TM_OK && job->learnt != NULL)
        status = freeze(job, err);
    return status == TM_OK ? inherit_forgotten(job, err) : status;
}

void tm_parent_close(struct tm_parent *parent)
{
    if (parent == NULL)
        return;
    tm_opened_finish(&parent->opened);
    free(parent);
}

struct collector {
    struct job *job;
    struct tm_arena *arena;
    struct tm_buf key;
};

/* An entry of the index is what the sorter holds; only its place in shard order is not in it. */
static enum tm_status take_document(void *user, struct tm_str bytes, struct tm_err *err)
{
    struct collector *collector = user;
    struct tm_doc doc;
    tm_arena_reset(collector->arena);
    enum tm_status status = tm_doc_decode(bytes, collector->arena, &doc, err);
    if (status != TM_OK)
        return status;
    collector->key.n = 0;
    tm_doc_sort_key(&doc, &collector->key);
    if (collector->key.failed)
        return no_memory(err);
    collector->job->n_documents++;
    collector->job->result->from_parent++;
    return tm_sorter_add(collector->job->documents, tm_buf_view(&collector->key), bytes, err);
}

enum tm_status tm_parent_collect(struct job *job, struct tm_err *err)
{
    struct collector collector = {.job = job, .arena = tm_arena_create()};
    if (collector.arena == NULL)
        return no_memory(err);
    enum tm_status status;
    if (job->parent->opened.audit_dir[0] == '\0') {
        (void)tm_fail(err, TM_ERR_READ, job->parent->path, TM_NO_OFFSET,
                      "the parent's audit folder is not beside it");
        status = tm_hint(err, "it lies in NAME/audit/VERSION where the parent was built");
    } else {
        status = tm_index_read(job->parent->opened.audit_dir, job->recipe, take_document,
                               &collector, err);
    }
    tm_buf_finish(&collector.key);
    tm_arena_destroy(collector.arena);
    return status;
}

static const char *copy(struct job *job, const struct tm_value *value, const char *key)
{
    struct tm_str text = tm_value_text(tm_value_get(value, key));
    char *p = tm_arena_alloc(job->arena, text.n + 1);
    if (p == NULL || text.p == NULL)
        return NULL;
    memcpy(p, text.p, text.n);
    p[text.n] = '\0';
    return p;
}

static bool take_report(struct job *job, const struct tm_value *v, struct tm_input_report *ret)
{
    uint64_t confidence = 0;
    const char *sha256 = copy(job, v, "sha256");
    const char *encoding = copy(job, v, "encoding");
    ret->name = copy(job, v, "name");
    ret->format = copy(job, v, "format");
    const struct {
        const char *key;
        uint64_t *to;
    } numbers[] = {
        {"confidence", &confidence}, {"bytes", &ret->bytes}, {"markup", &ret->markup},
        {"metadata", &ret->metadata}, {"body", &ret->body}, {"skipped", &ret->skipped},
        {"broken", &ret->broken}, {"documents", &ret->documents},
        {"skipped_documents", &ret->skipped_documents},
        {"broken_documents", &ret->broken_documents}, {"repairs", &ret->repairs},
    };
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
        if (!tm_value_u64(tm_value_get(v, numbers[i].key), numbers[i].to))
            return false;
    if (ret->name == NULL || ret->format == NULL || sha256 == NULL || encoding == NULL ||
        strlen(sha256) >= sizeof ret->sha256 || strlen(encoding) >= sizeof ret->encoding ||
        !tm_value_i64(tm_value_get(v, "recode"), &ret->recode) ||
        !tm_value_i64(tm_value_get(v, "decode"), &ret->decode))
        return false;
    (void)snprintf(ret->sha256, sizeof ret->sha256, "%s", sha256);
    (void)snprintf(ret->encoding, sizeof ret->encoding, "%s", encoding);
    ret->confidence = (unsigned)confidence;
    return true;
}

enum tm_status tm_parent_reports(struct job *job, struct tm_input_report **ret_reports,
                                 size_t *ret_n, struct tm_err *err)
{
    const struct tm_value *list = tm_value_get(job->parent->opened.manifest, "inputs");
    size_t n = 0;
    struct tm_input_report *reports =
        tm_arena_alloc(job->arena, (length(list) + 1) * sizeof *reports);
    if (reports == NULL)
        return no_memory(err);
    if (list == NULL)
        return bad(job->parent, "inputs", err);
    memset(reports, 0, (length(list) + 1) * sizeof *reports);
    for (const struct tm_value *v = list->first; v != NULL; v = v->next)
        if (!take_report(job, v, &reports[n++]))
            return bad(job->parent, "input", err);
    *ret_reports = reports;
    *ret_n = n;
    return TM_OK;
}
