/* SPDX-License-Identifier: Apache-2.0 */
/* The end of a build: what the release says of itself. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "build/parent.h"
#include "build/segmenter.h"
#include "pack/folder.h"
#include "pack/pretty.h"
#include "pack/purge.h"
#include "report/report.h"

#ifndef TM_VERSION
#error "the build system defines TM_VERSION"
#endif

/* No wall clock: SOURCE_DATE_EPOCH, else the newest message, else the beginning of time. */
static enum tm_status release_time(const struct job *job, int64_t *ret_time, struct tm_err *err)
{
    const char *epoch = getenv("SOURCE_DATE_EPOCH");
    *ret_time = job->newest;
    if (epoch == NULL || epoch[0] == '\0')
        return TM_OK;
    char *rest;
    long long value = strtoll(epoch, &rest, 10);
    if (*rest != '\0' || value < 0)
        return tm_fail(err, TM_ERR_USAGE, "SOURCE_DATE_EPOCH", TM_NO_OFFSET,
                       "'%s' is no number of seconds", epoch);
    *ret_time = value;
    return TM_OK;
}

static void put_learnt(const struct job *job, struct tm_manifest_source *source)
{
    const struct tm_learnt_source *learnt =
        job->learnt == NULL ? NULL : tm_learnt_find(job->learnt, source->key);
    if (learnt == NULL)
        return;
    source->learnt_posts = learnt->posts;
    if (learnt->marked == 0)
        return;
    source->markup = learnt->markup == TM_MARKUP_MARKDOWN ? "markdown" : "none";
    source->marked = learnt->marked;
}

static int order_reports(const void *a, const void *b)
{
    const struct tm_input_report *x = a;
    const struct tm_input_report *y = b;
    int order = strcmp(x->name, y->name);
    return order != 0 ? order : strcmp(x->sha256, y->sha256);
}

/* What was read, and what the parent had read when the build adds to it. */
static enum tm_status put_inputs(struct job *job, struct tm_manifest_info *info,
                                 struct tm_err *err)
{
    size_t n = 0;
    size_t n_old = 0;
    struct tm_input_report *old = NULL;
    const struct tm_input_report *reports = tm_source_reports(job->source, &n);
    enum tm_status status = job->recipe->add == 0 ? TM_OK
                                                  : tm_parent_reports(job, &old, &n_old, err);
    if (status != TM_OK)
        return status;
    struct tm_input_report *inputs = tm_arena_alloc(job->arena, (n + n_old + 1) * sizeof *inputs);
    if (inputs == NULL)
        return tm_fail(err, TM_ERR_NOMEM, "", TM_NO_OFFSET, "out of memory");
    if (n != 0)
        memcpy(inputs, reports, n * sizeof *inputs);
    for (size_t i = 0; i < n; i++)
        inputs[i].bytes = tm_job_input_bytes(&inputs[i]);
    if (n_old != 0)
        memcpy(inputs + n, old, n_old * sizeof *inputs);
    qsort(inputs, n + n_old, sizeof *inputs, order_reports);
    info->inputs = inputs;
    info->n_inputs = n + n_old;
    return TM_OK;
}

static enum tm_status put_sources(struct job *job, struct tm_manifest_info *info,
                                  struct tm_err *err)
{
    struct tm_manifest_source *sources =
        tm_arena_alloc(job->arena, (job->n_sources + 1) * sizeof *sources);
    if (sources == NULL)
        return tm_fail(err, TM_ERR_NOMEM, "", TM_NO_OFFSET, "out of memory");
    for (size_t i = 0; i < job->n_sources; i++) {
        const struct job_source *source = &job->sources[i];
        sources[i] = (struct tm_manifest_source){.key = source->key, .title = source->title,
                                                 .documents = source->documents};
        put_learnt(job, &sources[i]);
        memcpy(sources[i].records, source->records, sizeof source->records);
        memcpy(sources[i].bytes, source->bytes, sizeof source->bytes);
    }
    info->sources = sources;
    info->n_sources = job->n_sources;
    return TM_OK;
}

static int order_ids(const void *a, const void *b)
{
    return tm_hash128_order(*(const struct tm_hash128 *)a, *(const struct tm_hash128 *)b);
}

static bool is_forgotten(void *user, struct tm_str doc_id, struct tm_str author,
                         struct tm_str source_key)
{
    const struct job *job = user;
    struct tm_doc doc = {.doc_id = doc_id, .author = author, .source_key = source_key};
    struct tm_hash128 id = tm_hash128_of(doc_id.p, doc_id.n);
    size_t n = job->forgotten.n / sizeof id;
    return (n != 0 && bsearch(&id, job->forgotten.p, n, sizeof id, order_ids) != NULL) ||
           tm_forget_has(&job->forget, &doc);
}

/* What is forgotten goes from the audit folders of earlier versions; what these have published
 * stays as it is, and the caller is told. */
static enum tm_status purge_earlier(struct job *job, struct tm_err *err)
{
    char audit[TM_PACK_PATH];
    uint64_t documents = 0;
    if (job->forgotten.n != 0)
        qsort(job->forgotten.p, job->forgotten.n / sizeof(struct tm_hash128),
              sizeof(struct tm_hash128), order_ids);
    if (!tm_path_join(audit, job->temp, "audit"))
        return tm_fail(err, TM_ERR_WRITE, job->temp, TM_NO_OFFSET, "the path is too long");
    enum tm_status status = tm_purge(audit, job->recipe->version, (unsigned)job->recipe->level,
                                     is_forgotten, job, &documents, err);
    if (status == TM_OK && documents != 0 && job->options->notify != NULL) {
        struct tm_err note;
        (void)tm_fail(&note, TM_OK, "", TM_NO_OFFSET,
                      "%" PRIu64 " rows of what is forgotten were purged from earlier audit "
                      "folders; earlier versions themselves still hold it", documents);
        (void)tm_hint(&note, "a published version is never changed: withdraw it if you must");
        job->options->notify(job->options->user, TM_NOTE, &note);
    }
    return status;
}

enum tm_status tm_job_report(void *user, const char *dir, struct tm_pack_more *more,
                             struct tm_err *err)
{
    const struct job *job = user;
    struct tm_report *report = job->report;
    struct tm_buf buf = {0};
    enum tm_status status = tm_report_settle(report, dir, err);
    if (status != TM_OK)
        return status;
    tm_report_put_page(&buf, report);
    status = tm_pack_put(more, "report/index.html", &buf, err);
    if (status == TM_OK) {
        struct tm_pretty json = {.buf = &buf};
        tm_report_put_json(&json, report);
        status = tm_pack_put(more, "report/stats.json", &buf, err);
    }
    tm_buf_finish(&buf);
    return status;
}

enum tm_status tm_job_publish(struct job *job, struct tm_err *err)
{
    const struct tm_recipe *recipe = job->recipe;
    const char *text = tm_recipe_text(job->recipe);
    if (text == NULL)
        return tm_fail(err, TM_ERR_NOMEM, "", TM_NO_OFFSET, "out of memory");
    struct tm_manifest_info info = {
        .title = recipe->title, .description = recipe->description, .url = recipe->url,
        .creator = recipe->creator, .licence = recipe->licence,
        .parent = job->parent == NULL ? NULL : recipe->parent,
        .unit = tm_unit_name((enum tm_unit)recipe->unit), .tool_version = TM_VERSION,
        .emoji_version = tm_emoji_version(), .dedup_version = TM_DEDUP_VERSION,
        .recipe = tm_str_of(text), .ledger = &job->ledger, .quality = job->quality,
        .edits = job->n_edits, .suspects = job->suspects, .against = job->overlaps, .n_against = job->n_against,
        .forget = (const char (*)[TM_SHA256_HEX])job->forget.digests, .n_forget = job->forget.n,
    };
    if (job->learnt != NULL)
        info.learnt = tm_learnt_lines(job->learnt, &info.n_learnt);
    enum tm_status status = put_inputs(job, &info, err);
    if (status == TM_OK)
        status = put_sources(job, &info, err);
    if (status == TM_OK)
        status = release_time(job, &info.created, err);
    struct tm_buf spread = {0};
    uint64_t paragraphs[2] = {0};
    if (job->paragraphs != NULL) {
        struct tm_paragraph_sum sum = tm_paragraphs_sum(job->paragraphs);
        paragraphs[0] = sum.paragraphs;
        paragraphs[1] = sum.bytes;
        info.paragraphs = paragraphs;
    }
    if (status == TM_OK && job->spread != NULL) {
        status = tm_spread_write(job->spread, &spread, err);
        info.spread = tm_buf_view(&spread);
    }
    if (status == TM_OK)
        status = tm_packer_finish(job->packer, &info, job->result->folder, err);
    tm_buf_finish(&spread);
    return status == TM_OK && job->forget.n != 0 ? purge_earlier(job, err) : status;
}
