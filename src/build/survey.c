/* SPDX-License-Identifier: Apache-2.0 */
/* The walk over all documents in shard order, and the first of the two: who supersedes whom, what
 * recurs in a source, what its title is. */
#include "build/job.h"

#include <stdlib.h>
#include <stdio.h>

#include "base/hash.h"
#include "base/str.h"
#include "core/codec.h"

static enum tm_status no_memory(struct tm_err *err)
{
    return tm_fail(err, TM_ERR_NOMEM, "", TM_NO_OFFSET, "out of memory");
}

enum tm_status tm_job_walk_begin(struct job *job, struct job_walk *ret_walk, struct tm_err *err)
{
    *ret_walk = (struct job_walk){.job = job, .source = SIZE_MAX};
    return tm_sorter_rewind(job->documents, err);
}

void tm_job_walk_end(struct job_walk *walk)
{
    tm_buf_finish(&walk->source_key);
    tm_buf_finish(&walk->group);
    tm_buf_finish(&walk->file);
}

static void store(struct tm_buf *buf, struct tm_str text)
{
    buf->n = 0;
    tm_buf_str(buf, text);
}

/* Two posts without ids are equal when source, date and text are: the n-th of one file is the n-th
 * of another. Their id is a digest of the three and an ordinal. */
static enum tm_status number_equal(struct job_walk *walk, struct tm_str key,
                                   struct tm_arena *arena, struct tm_doc *doc, struct tm_err *err)
{
    struct tm_str group = {key.p, doc->source_key.n + 1 + 8 + doc->message_key.n};
    if (!tm_str_equal(group, tm_buf_view(&walk->group))) {
        store(&walk->group, group);
        store(&walk->file, doc->source_file);
        walk->in_file = 0;
        walk->equals = 0;
    } else if (!tm_str_equal(doc->source_file, tm_buf_view(&walk->file))) {
        store(&walk->file, doc->source_file);
        walk->in_file = 0;
    }
    uint64_t ordinal = walk->in_file++;
    if (ordinal < walk->equals)
        doc->drop = TM_REASON_SUPERSEDED;
    else
        walk->equals = ordinal + 1;
    char digest[33];
    tm_hash128_hex(tm_hash128_of(group.p, group.n), digest);
    char *id = tm_arena_alloc(arena, 64);
    if (id == NULL)
        return no_memory(err);
    int n = ordinal == 0 ? snprintf(id, 64, "raw-%s", digest)
                         : snprintf(id, 64, "raw-%s.%llu", digest, (unsigned long long)ordinal);
    doc->doc_id = (struct tm_str){id, (size_t)n};
    return TM_OK;
}

enum tm_status tm_job_walk_next(struct job_walk *walk, struct tm_arena *arena,
                                struct tm_doc *ret_doc, uint64_t *ret_number, struct tm_err *err)
{
    struct tm_str key, bytes;
    enum tm_status status = tm_sorter_next(walk->job->documents, &key, &bytes, err);
    if (status != TM_OK)
        return status;
    /* The sorter's bytes are good until its next call only. */
    bytes = tm_arena_copy(arena, bytes);
    if (bytes.p == NULL)
        return no_memory(err);
    status = tm_doc_decode(bytes, arena, ret_doc, err);
    if (status == TM_OK && tm_str_starts(ret_doc->doc_id, TM_STR("raw-")))
        status = number_equal(walk, key, arena, ret_doc, err);
    if (status != TM_OK)
        return status;
    if (walk->source == SIZE_MAX ||
        !tm_str_equal(ret_doc->source_key, tm_buf_view(&walk->source_key))) {
        walk->source++;
        store(&walk->source_key, ret_doc->source_key);
    }
    if (tm_forget_has(&walk->job->forget, ret_doc))
        ret_doc->drop = TM_REASON_FORGOTTEN;
    walk->key = key;
    *ret_number = walk->next++;
    return walk->source_key.failed || walk->group.failed || walk->file.failed ? no_memory(err)
                                                                             : TM_OK;
}

static enum tm_status begin_source(struct job *job, const struct tm_doc *doc, struct tm_err *err)
{
    if ((job->n_sources & (job->n_sources - 1)) == 0) {
        size_t capacity = job->n_sources == 0 ? 1 : 2 * job->n_sources;
        struct job_source *sources = realloc(job->sources, capacity * sizeof *sources);
        if (sources == NULL)
            return no_memory(err);
        job->sources = sources;
    }
    struct job_source *source = &job->sources[job->n_sources++];
    *source = (struct job_source){.key = tm_arena_copy(job->arena, doc->source_key),
                                  .title_date = TM_UNKNOWN};
    return source->key.p == NULL ? no_memory(err) : TM_OK;
}

/* The title of the latest document that has one. */
static enum tm_status note_title(struct job *job, const struct tm_doc *doc, struct tm_err *err)
{
    struct job_source *source = &job->sources[job->n_sources - 1];
    if (doc->channel.p == NULL || (source->title.p != NULL && doc->date < source->title_date))
        return TM_OK;
    source->title_date = doc->date;
    if (tm_str_equal(source->title, doc->channel))
        return TM_OK;
    source->title = tm_arena_copy(job->arena, doc->channel);
    return source->title.p == NULL ? no_memory(err) : TM_OK;
}

/* Documents with one id: sorted by id, those last that a parent has superseded, then the latest
 * edit first, then as they stand. */
struct identity {
    char id[16];
    char gone;
    char edited[8];                 /* inverted */
    char number[8];
};

static enum tm_status note_identity(struct tm_sorter *ids, const struct tm_doc *doc,
                                    uint64_t number, struct tm_buf *key, struct tm_err *err)
{
    struct tm_hash128 hash = tm_hash128_of(doc->doc_id.p, doc->doc_id.n);
    uint64_t edited = doc->edited == TM_UNKNOWN ? 0 : (uint64_t)doc->edited ^ (uint64_t)1 << 63;
    char digest[sizeof doc->raw_digest];
    key->n = 0;
    tm_put_be64(key, hash.high);
    tm_put_be64(key, hash.low);
    tm_buf_byte(key, doc->drop == TM_REASON_SUPERSEDED);
    tm_put_be64(key, ~edited);
    tm_put_be64(key, number);
    memcpy(digest, &doc->raw_digest, sizeof digest);
    return key->failed ? no_memory(err)
                       : tm_sorter_add(ids, tm_buf_view(key),
                                       (struct tm_str){digest, sizeof digest}, err);
}

static enum tm_status note_version(struct job *job, const struct identity *stays,
                                   const struct identity *one, const char digest[8],
                                   struct tm_err *err)
{
    char key[24];
    memcpy(key, stays->number, 8);
    memcpy(key + 8, one->edited, 8);
    memcpy(key + 16, digest, 8);
    return tm_sorter_add(job->versions, (struct tm_str){key, sizeof key}, TM_STR(""), err);
}

static enum tm_status find_superseded(struct job *job, struct tm_sorter *ids, struct tm_err *err)
{
    struct identity stays = {.gone = 1};
    char digest[8] = "";            /* of the one that stays, until there is a second one */
    bool alone = false;
    enum tm_status status = tm_sorter_rewind(ids, err);
    while (status == TM_OK) {
        struct tm_str key, payload;
        struct identity one;
        status = tm_sorter_next(ids, &key, &payload, err);
        if (status != TM_OK)
            break;
        memcpy(&one, key.p, sizeof one);
        if (stays.gone != 0 || memcmp(one.id, stays.id, sizeof one.id) != 0) {
            stays = one;
            memcpy(digest, payload.p, sizeof digest);
            alone = true;
            continue;
        }
        if (alone)
            status = note_version(job, &stays, &stays, digest, err);
        alone = false;
        if (status == TM_OK)
            status = note_version(job, &stays, &one, payload.p, err);
        if (status == TM_OK && one.gone == 0)
            status = tm_sorter_add(job->superseded, (struct tm_str){one.number, 8}, TM_STR(""),
                                   err);
    }
    if (status == TM_END)
        status = tm_sorter_rewind(job->versions, err);
    return status == TM_OK ? tm_sorter_rewind(job->superseded, err) : status;
}

static enum tm_status survey_document(struct job *job, struct job_walk *walk, struct tm_sorter *ids,
                                      const struct tm_doc *doc, uint64_t number,
                                      struct tm_buf *key, struct tm_err *err)
{
    enum tm_status status = TM_OK;
    if (walk->source == job->n_sources)
        status = begin_source(job, doc, err);
    if (status == TM_OK)
        status = note_title(job, doc, err);
    if (doc->date != TM_UNKNOWN && (job->newest == TM_UNKNOWN || doc->date > job->newest))
        job->newest = doc->date;
    if (doc->drop == TM_REASON_FORGOTTEN) {
        struct tm_hash128 id = tm_hash128_of(doc->doc_id.p, doc->doc_id.n);
        tm_buf_add(&job->forgotten, &id, sizeof id);
        if (job->forgotten.failed)
            return no_memory(err);
    }
    bool stays = !tm_reason_is_uncleaned(doc->drop);
    if (status == TM_OK && doc->drop != TM_REASON_FORGOTTEN)
        status = note_identity(ids, doc, number, key, err);
    if (status == TM_OK && stays && job->learnt != NULL)
        status = tm_learnt_add(job->learnt, doc, err);
    return status;
}

enum tm_status tm_job_survey(struct job *job, struct tm_err *err)
{
    struct tm_sorter *ids = NULL;
    struct job_walk walk = {0};
    struct tm_buf key = {0};
    struct tm_arena *arena = tm_arena_create();
    enum tm_status status = arena == NULL ? no_memory(err) : TM_OK;
    if (status == TM_OK)
        status = tm_sorter_create(job->temp, (size_t)(job->memory / 16), &ids, err);
    if (status == TM_OK)
        status = tm_job_walk_begin(job, &walk, err);
    while (status == TM_OK) {
        struct tm_doc doc;
        uint64_t number;
        tm_arena_reset(arena);
        status = tm_job_walk_next(&walk, arena, &doc, &number, err);
        if (status == TM_OK)
            status = survey_document(job, &walk, ids, &doc, number, &key, err);
        if (status == TM_OK && number % 4096 == 0)
            tm_job_progress(job, "learn", number, job->n_documents);
    }
    if (status == TM_END)
        status = job->learnt == NULL ? TM_OK : tm_learnt_finish(job->learnt, err);
    if (status == TM_OK)
        status = find_superseded(job, ids, err);
    tm_job_walk_end(&walk);
    tm_sorter_destroy(ids);
    tm_buf_finish(&key);
    tm_arena_destroy(arena);
    return status;
}
