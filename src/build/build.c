/* SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <tolmach/report.h>

#include "base/str.h"
#include "base/utf8.h"
#include "build/job.h"
#include "build/journal.h"
#include "build/parent.h"
#include "build/segmenter.h"

#ifndef TM_VERSION
#error "the build system defines TM_VERSION"
#endif

#define DEFAULT_MEMORY ((uint64_t)1 << 30)
/* Bytes of input from which on a build writes a journal unasked. */
#define JOURNAL_FROM ((uint64_t)256 << 20)
#define LEAST_MEMORY ((uint64_t)16 << 20)
/* Documents wait for sorting in at most so much memory: longer runs gain nothing. */
#define MOST_SORTER ((uint64_t)128 << 20)

const char *tm_version(void)
{
    return TM_VERSION;
}

void tm_job_progress(struct job *job, const char *step, uint64_t done, uint64_t total)
{
    if (job->options->progress != NULL)
        job->options->progress(job->options->user, step, done, total);
}

static void count_faults(void *user, enum tm_severity severity, const struct tm_err *what)
{
    struct job *job = user;
    job->result->faults += severity == TM_FAULT;
    if (job->options->notify != NULL)
        job->options->notify(job->options->user, severity, what);
}

static enum tm_status open_packer(struct job *job, struct tm_err *err)
{
    const struct tm_recipe *recipe = job->recipe;
    struct tm_pack_options options = {
        .out = job->options->out, .name = recipe->name, .version = recipe->version,
        .level = recipe->level, .frame = recipe->frame, .shard = recipe->shard,
        .threads = job->threads, .sign = job->options->sign,
        .parent = job->parent == NULL ? NULL : &job->parent->opened,
        .store = tm_job_frames(job),
        .more = (recipe->off & TM_RECIPE_REPORT) == 0 ? tm_job_report : NULL, .more_user = job,
    };
    enum tm_status status = tm_packer_create(&options, &job->packer, err);
    if (status != TM_OK)
        return status;
    struct tm_buf path = {0};
    tm_buf_printf(&path, "%s/%s", job->options->out, recipe->name);
    tm_buf_byte(&path, '\0');
    job->temp = path.failed ? NULL : tm_recipe_string(job->recipe, path.p);
    tm_buf_finish(&path);
    return job->temp == NULL ? tm_fail(err, TM_ERR_NOMEM, "", TM_NO_OFFSET, "out of memory")
                             : TM_OK;
}

static enum tm_status create_index(struct job *job, size_t budget, struct tm_err *err)
{
    const struct tm_recipe *recipe = job->recipe;
    struct tm_near_options options = {.threshold = (unsigned)recipe->near_threshold,
                                      .ignore_numbers = recipe->near_numbers == 1};
    if ((recipe->off & TM_RECIPE_NEAR) == 0)
        return tm_near_create(job->temp, 2 * budget, &options, &job->near, err);
    return recipe->dedup_exact == 0 ? TM_OK
                                    : tm_exact_create(job->temp, budget, &job->exact, err);
}

/* Evaluation sets are named relative to the recipe. */
static enum tm_status load_against(struct job *job, struct tm_err *err)
{
    const struct tm_recipe *recipe = job->recipe;
    size_t n = 0;
    while (recipe->against[n] != NULL)
        n++;
    if (n == 0)
        return TM_OK;
    job->n_against = n;
    job->overlaps = tm_arena_alloc(job->arena, n * sizeof *job->overlaps);
    if (job->overlaps == NULL)
        return tm_fail(err, TM_ERR_NOMEM, "", TM_NO_OFFSET, "out of memory");
    enum tm_status status = tm_against_create(&job->against, err);
    if (status == TM_OK)
        tm_against_limit(job->against, (size_t)(job->memory / 4));
    struct tm_buf path = {0};
    for (size_t i = 0; i < n && status == TM_OK; i++) {
        const char *name = recipe->against[i];
        job->overlaps[i] = (struct tm_manifest_against){.name = name};
        path.n = 0;
        if (recipe->folder != NULL && name[0] != '/')
            tm_buf_printf(&path, "%s/", recipe->folder);
        tm_buf_text(&path, name);
        tm_buf_byte(&path, '\0');
        status = path.failed ? tm_fail(err, TM_ERR_NOMEM, "", TM_NO_OFFSET, "out of memory")
                             : tm_against_add_file(job->against, path.p, "text", err);
    }
    tm_buf_finish(&path);
    return status;
}

static enum tm_status gather_forgotten(struct job *job, struct tm_err *err)
{
    char digest[TM_SHA256_HEX];
    for (size_t i = 0; job->recipe->forget[i] != NULL; i++)
        if (!tm_forget_digest(job->recipe->forget[i], digest) ||
            !tm_forget_add(&job->forget, digest))
            return tm_fail(err, TM_ERR_NOMEM, "", TM_NO_OFFSET, "out of memory");
    return TM_OK;
}

static enum tm_status begin(struct job *job, struct tm_err *err)
{
    const struct tm_build_options *options = job->options;
    long cores = sysconf(_SC_NPROCESSORS_ONLN);
    job->threads = options->threads != 0 ? options->threads : cores > 0 ? (unsigned)cores : 1;
    job->memory = options->memory != 0 ? options->memory : DEFAULT_MEMORY;
    if (job->memory < LEAST_MEMORY)
        job->memory = LEAST_MEMORY;
    job->newest = TM_UNKNOWN;
    job->arena = tm_arena_create();
    if (job->arena == NULL)
        return tm_fail(err, TM_ERR_NOMEM, "", TM_NO_OFFSET, "out of memory");
    const char *temp = getenv("TMPDIR");
    job->temp = temp != NULL && temp[0] != '\0' ? temp : "/tmp";
    enum tm_status status = TM_OK;
    if (job->recipe->learn != 0)
        status = tm_learnt_create(&job->learnt, err);
    if (status == TM_OK)
        status = gather_forgotten(job, err);
    if (status == TM_OK && job->recipe->parent != NULL)
        status = tm_parent_open(job, err);
    tm_forget_sort(&job->forget);
    if (status == TM_OK && !options->dry_run)
        status = open_packer(job, err);
    uint64_t eighth = job->memory / 8;
    uint64_t sorter = eighth < MOST_SORTER ? eighth : MOST_SORTER;
    if (status == TM_OK)
        status = tm_sorter_create(job->temp, (size_t)sorter, &job->documents, err);
    if (status == TM_OK)
        status = tm_sorter_create(job->temp, (size_t)(sorter / 8), &job->superseded, err);
    if (status == TM_OK)
        status = tm_sorter_create(job->temp, (size_t)(sorter / 8), &job->versions, err);
    if (status == TM_OK)
        status = tm_tempfile_create(job->temp, &job->rows, err);
    if (status == TM_OK)
        status = create_index(job, (size_t)sorter, err);
    if (status == TM_OK && (job->recipe->off & TM_RECIPE_REPORT) == 0)
        status = tm_spread_create(job->temp, (size_t)(sorter / 4), &job->spread, err);
    if (status == TM_OK && job->recipe->paragraphs != 0)
        status = tm_paragraphs_create(job->temp, (size_t)(sorter / 4), &job->paragraphs, err);
    if (status == TM_OK)
        status = load_against(job, err);
    if (status == TM_OK)
        status = tm_source_create(count_faults, job, &job->source, err);
    return status;
}

static void end(struct job *job)
{
    tm_source_destroy(job->source);
    tm_exact_destroy(job->exact);
    tm_near_destroy(job->near);
    tm_against_destroy(job->against);
    tm_spread_destroy(job->spread);
    tm_paragraphs_destroy(job->paragraphs);
    tm_learnt_destroy(job->learnt);
    tm_journal_close(job->journal);
    tm_tempfile_destroy(job->rows);
    tm_sorter_destroy(job->superseded);
    tm_sorter_destroy(job->versions);
    tm_sorter_destroy(job->documents);
    tm_report_destroy(job->report);
    tm_packer_destroy(job->packer);
    tm_parent_close(job->parent);
    tm_forget_finish(&job->forget);
    tm_buf_finish(&job->forgotten);
    tm_arena_destroy(job->arena);
    free(job->sources);
}

/* The card of a release without a licence says "other", which helps nobody. */
static void tell_licence(struct job *job)
{
    struct tm_err note;
    if (strcmp(job->recipe->licence, "other") != 0)
        return;
    (void)tm_fail(&note, TM_OK, "", TM_NO_OFFSET, "no licence is given, the card will say 'other'");
    (void)tm_hint(&note, "--set licence=CC-BY-4.0, or licence: in a recipe");
    count_faults(job, TM_NOTE, &note);
}

/* Tells what was guessed about markup: the first sources by name, the others by their number. */
static void tell_suspects(struct job *job)
{
    struct tm_err note;
    if (job->suspects == 0)
        return;
    (void)tm_fail(&note, TM_OK, "", TM_NO_OFFSET,
                  "%" PRIu64 " documents look as if they had been read in a wrong code page, but not "
                  "certainly enough to be mended; the first is %s", job->suspects,
                  job->first_suspect);
    (void)tm_hint(&note, "--encoding NAME, if the whole input is so");
    count_faults(job, TM_NOTE, &note);
}

static struct tm_str title_of(const struct job *job, struct tm_str key)
{
    for (size_t i = 0; i < job->n_sources; i++)
        if (tm_str_equal(job->sources[i].key, key) && job->sources[i].title.p != NULL)
            return job->sources[i].title;
    return key;
}

static void tell_markup(struct job *job)
{
    enum { TOLD = 3 };
    size_t n = 0;
    const struct tm_learnt_source *sources =
        job->learnt == NULL ? NULL : tm_learnt_sources(job->learnt, &n);
    size_t guessed = 0;
    struct tm_err note;
    for (size_t i = 0; i < n; i++) {
        bool found = sources[i].markup == TM_MARKUP_MARKDOWN;
        if (sources[i].marked == 0 || guessed++ >= TOLD)
            continue;
        struct tm_str name = title_of(job, sources[i].key);
        while (name.n > 60)
            name.n = tm_utf8_back(name.p, name.n);
        (void)tm_fail(&note, TM_OK, "", TM_NO_OFFSET,
                      "%.*s: %" PRIu64 " of %" PRIu64 " posts look like markdown, %s",
                      (int)name.n, name.p, sources[i].marked, sources[i].posts,
                      found ? "its marks are removed" : "too few: it is left as it is");
        (void)tm_hint(&note, found ? "--markup none leaves them" : "--markup markdown removes them");
        count_faults(job, TM_NOTE, &note);
    }
    if (guessed > TOLD) {
        (void)tm_fail(&note, TM_OK, "", TM_NO_OFFSET,
                      "the same was decided for %zu more sources, as the manifest records",
                      guessed - TOLD);
        count_faults(job, TM_NOTE, &note);
    }
}

static void fill_result(struct job *job)
{
    struct tm_build_result *result = job->result;
    const struct tm_ledger *ledger = &job->ledger;
    result->documents = job->n_documents;
    result->forgotten = ledger->documents[TM_REASON_FORGOTTEN];
    result->superseded = ledger->documents[TM_REASON_SUPERSEDED];
    result->empty = ledger->documents[TM_REASON_EMPTY];
    result->duplicates = ledger->segments[TM_REASON_DUPLICATE];
    result->near_duplicates = ledger->segments[TM_REASON_NEAR] +
                              ledger->segments[TM_REASON_CONTAINED];
    result->rejected = ledger->segments[TM_REASON_OTHER_LANG] +
                       ledger->segments[TM_REASON_LANG_OFF];
    result->raw_bytes = ledger->raw;
    result->kept_bytes = ledger->bytes[TM_KEPT];
    for (size_t i = 0; i < job->n_sources; i++) {
        result->records_ru += job->sources[i].records[TM_PACK_RU];
        result->records_en += job->sources[i].records[TM_PACK_EN];
        result->records_other += job->sources[i].records[TM_PACK_OTHER];
    }
    for (int i = 0; i < TM_RULE_COUNT; i++) {
        result->rules[i].edits = ledger->rules[i].edits;
        result->rules[i].removed = ledger->rules[i].removed;
    }
}

enum tm_status tm_learn(struct tm_recipe *recipe, const struct tm_build_options *options,
                        struct tm_learnt **ret_learnt, struct tm_err *err)
{
    struct tm_build_options silent = *options;
    struct tm_build_result result = {0};
    silent.dry_run = true;
    silent.notify = NULL;           /* the caller reads the inputs again, and hears it then */
    struct job job = {.recipe = recipe, .options = &silent, .result = &result};
    enum tm_status status = begin(&job, err);
    if (status == TM_OK)
        status = tm_job_collect(&job, err);
    if (status == TM_OK)
        status = tm_job_survey(&job, err);
    if (status == TM_OK) {
        *ret_learnt = job.learnt;
        job.learnt = NULL;
    }
    end(&job);
    return status;
}

/* A small build is done again faster than it is journaled. */
static void open_journal(struct job *job)
{
    enum tm_journaling wish = job->options->journal;
    if (job->packer == NULL || wish == TM_JOURNAL_OFF)
        return;
    if (wish == TM_JOURNAL_AUTO && job->ledger.input < JOURNAL_FROM)
        return;
    job->journal = tm_journal_open(job->temp);
    job->keeps_rows = wish == TM_JOURNAL_KEEP;
    if (job->journal == NULL) {
        struct tm_err note;
        (void)tm_fail(&note, TM_OK, job->temp, TM_NO_OFFSET,
                      "no journal can be kept there: a build that is stopped begins anew");
        count_faults(job, TM_NOTE, &note);
    }
}

static void end_journal(struct job *job)
{
    if (job->journal == NULL)
        return;
    tm_journal_end(job->journal, job->options->journal == TM_JOURNAL_KEEP);
    job->journal = NULL;
}

enum tm_status tm_build(struct tm_recipe *recipe, const struct tm_build_options *options,
                        struct tm_build_result *ret_result, struct tm_err *err)
{
    *ret_result = (struct tm_build_result){0};
    struct job job = {.recipe = recipe, .options = options, .result = ret_result};
    enum tm_status status = tm_recipe_resolve(recipe, err);
    if (status == TM_OK && !options->dry_run && options->out == NULL) {
        (void)tm_fail(err, TM_ERR_USAGE, "", TM_NO_OFFSET, "no output folder is given");
        status = tm_hint(err, "give -o FOLDER");
    }
    if (status == TM_OK)
        status = begin(&job, err);
    if (status == TM_OK)
        status = tm_job_collect(&job, err);
    if (status == TM_OK)
        status = tm_job_survey(&job, err);
    if (status == TM_OK) {
        tell_licence(&job);
        tell_markup(&job);
        open_journal(&job);
    }
    if (status == TM_OK)
        status = tm_job_work(&job, err);
    if (status == TM_OK)
        tell_suspects(&job);
    if (status == TM_OK)
        status = tm_job_emit(&job, err);
    if (status == TM_OK)
        status = tm_ledger_check(&job.ledger, err);
    if (status == TM_OK && job.packer != NULL)
        status = tm_job_publish(&job, err);
    if (status == TM_OK) {
        fill_result(&job);
        end_journal(&job);
    }
    end(&job);
    return status;
}
