/* SPDX-License-Identifier: Apache-2.0 */
/* Second walk: batches of documents are cleaned, segmented and rendered, several at a time; what
 * comes out goes to a temporary file in order, fingerprints to the index of duplicates. */
#include "build/job.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zstd.h>

#include "base/ordered.h"
#include "base/str.h"
#include "build/index.h"
#include "build/load.h"
#include "build/recall.h"
#include "build/segmenter.h"
#include "core/codec.h"
#include "pack/frame.h"

#define BATCH_BYTES ((size_t)512 << 10)

struct workshop {
    struct job *job;
    struct job_walk walk;
    struct tm_stage clean;
    struct tm_stage segment;
    struct load *free_loads;
    uint64_t next_superseded;       /* number of the next document that goes, or UINT64_MAX */
    bool ended;
    struct tm_recall *recall;       /* NULL: there is no journal */
};

static enum tm_status no_memory(struct tm_err *err)
{
    return tm_fail(err, TM_ERR_NOMEM, "", TM_NO_OFFSET, "out of memory");
}

static void destroy_load(struct load *load)
{
    tm_batch_destroy(load->batch);
    free(load->docs);
    tm_buf_finish(&load->rows);
    tm_buf_finish(&load->ids);
    tm_buf_finish(&load->entry);
    tm_buf_finish(&load->list);
    tm_buf_finish(&load->bodies);
    tm_buf_finish(&load->packed);
    (void)ZSTD_freeCCtx(load->context);
    tm_digester_finish(&load->digester);
    free(load->prints);
    free(load->overlaps);
    free(load->total_overlaps);
    free(load);
}

static struct load *get_load(struct workshop *shop)
{
    struct load *load = shop->free_loads;
    if (load != NULL) {
        shop->free_loads = load->next_free;
    } else {
        load = calloc(1, sizeof *load);
        if (load == NULL)
            return NULL;
        load->batch = tm_batch_create();
        load->n_against = shop->job->n_against;
        load->keeps_rows = shop->job->keeps_rows;
        load->overlaps = calloc(load->n_against + 1, sizeof *load->overlaps);
        load->total_overlaps = calloc(load->n_against + 1, sizeof *load->overlaps);
        if (load->batch == NULL || load->overlaps == NULL || load->total_overlaps == NULL) {
            destroy_load(load);
            return NULL;
        }
    }
    tm_batch_reset(load->batch);
    load->rows.n = 0;
    load->ids.n = 0;
    load->n_prints = 0;
    load->done = true;
    load->asked = false;
    load->bytes = 0;
    load->sums = load->total = (struct load_sums){.suspects = 0};
    memset(load->overlaps, 0, load->n_against * sizeof *load->overlaps);
    memset(load->total_overlaps, 0, load->n_against * sizeof *load->overlaps);
    load->first_suspect[0] = '\0';
    load->n_listed = 0;
    load->list.n = 0;
    load->bodies.n = 0;
    return load;
}

static void put_load(void *user, void *item)
{
    struct workshop *shop = user;
    struct load *load = item;
    load->next_free = shop->free_loads;
    shop->free_loads = load;
}

static enum tm_status next_superseded(struct workshop *shop, struct tm_err *err)
{
    struct tm_str key, none;
    enum tm_status status = tm_sorter_next(shop->job->superseded, &key, &none, err);
    shop->next_superseded = status == TM_OK ? tm_get_be64(key.p) : UINT64_MAX;
    return status == TM_END ? TM_OK : status;
}

/* Room for one more document. */
static bool reserve(struct load *load, size_t n)
{
    if (n < load->capacity)
        return true;
    size_t capacity = load->capacity == 0 ? 256 : load->capacity * 2;
    struct load_doc *docs = realloc(load->docs, capacity * sizeof *docs);
    if (docs == NULL)
        return false;
    load->docs = docs;
    load->capacity = capacity;
    return true;
}

/* Nothing of its text is used any more, even if an earlier build has cleaned it. */
static void leave_uncleaned(struct tm_doc *doc)
{
    if (!doc->done)
        doc->raw_length = doc->text.n;
    doc->text = TM_STR("");
    doc->cut = TM_STR("[]");
    doc->n_edits = doc->n_hashtags = doc->n_segments = doc->n_spans = 0;
    doc->done = true;
}

/* Takes the next document into the load; *ret_ends: the load ends with it. */
static enum tm_status take_document(struct workshop *shop, struct load *load, bool *ret_ends,
                                    struct tm_err *err)
{
    struct tm_doc doc;
    struct job_walk *walk = &shop->walk;
    uint64_t number;
    enum tm_status status = tm_job_walk_next(walk, load->batch->arena, &doc, &number, err);
    if (status != TM_OK)
        return status;
    struct tm_doc *place = tm_batch_add(load->batch);
    if (place == NULL || !reserve(load, load->batch->n))
        return no_memory(err);
    if (number == shop->next_superseded) {
        doc.drop = TM_REASON_SUPERSEDED;
        status = next_superseded(shop, err);
    }
    struct load_doc *known = &load->docs[load->batch->n - 1];
    *known = (struct load_doc){.number = number, .source = (uint32_t)walk->source,
                               .channel = doc.channel, .entry = UINT32_MAX};
    load->bytes += doc.text.n + 256;
    *ret_ends = load->bytes >= BATCH_BYTES;
    if (shop->recall != NULL && status == TM_OK)
        status = tm_recall_note(shop->recall, load, walk->key, &doc, ret_ends, err);
    load->done &= doc.done;
    if (tm_reason_is_uncleaned(doc.drop))
        leave_uncleaned(&doc);
    doc.channel = shop->job->sources[walk->source].title;
    *place = doc;
    return status;
}

static enum tm_status make(void *user, void **ret_item, struct tm_err *err)
{
    struct workshop *shop = user;
    struct load *load = shop->ended ? NULL : get_load(shop);
    if (load == NULL)
        return shop->ended ? TM_END : no_memory(err);
    enum tm_status status = TM_OK;
    for (bool ends = false; !ends && status == TM_OK;)
        status = take_document(shop, load, &ends, err);
    if (status == TM_END) {
        shop->ended = true;
        status = load->batch->n == 0 ? TM_END : TM_OK;
    }
    if (status != TM_OK)
        put_load(shop, load);
    else
        *ret_item = load;
    return status;
}

/* Those documents that are not done. */
static enum tm_status clean_load(struct workshop *shop, struct load *load, struct tm_err *err)
{
    enum tm_status status = shop->clean.process(shop->clean.state, load->batch, err);
    for (size_t i = 0; i < load->batch->n && load->asked; i++)
        if (load->docs[i].recalled == TM_RECALLED_UNSEGMENTED)
            load->batch->docs[i].done = false;
    return status == TM_OK ? shop->segment.process(shop->segment.state, load->batch, err) : status;
}

/* What the journal has of the load is taken, and it learns the rest. */
static enum tm_status work_with_journal(struct workshop *shop, struct load *load,
                                        struct tm_buf *scratch, struct tm_err *err)
{
    tm_recall_get(shop->recall, load);
    enum tm_status status = clean_load(shop, load, err);
    for (size_t i = 0; i < load->batch->n && status == TM_OK; i++) {
        struct tm_doc *doc = &load->batch->docs[i];
        if (load->docs[i].recalled == TM_RECALLED_ROWS) {
            status = tm_entry_take_rows(load, i, err);
            if (status == TM_OK && load->docs[i].again)
                status = tm_entry_add_again(load, i, err);
            continue;
        }
        size_t row = load->rows.n, print = load->n_prints;
        if (!doc->done && load->docs[i].recalled == TM_RECALLED_UNSEGMENTED)
            doc->done = true;
        if (!doc->done)
            status = tm_load_settle(load, doc, scratch, err);
        if (status == TM_OK)
            status = tm_load_render(shop->job, load, i, scratch, err);
        if (status == TM_OK)
            status = tm_entry_add(load, i, row, print, err);
    }
    return status == TM_OK ? tm_recall_put(shop->recall, load, err) : status;
}

static enum tm_status work(void *user, void *item, struct tm_err *err)
{
    struct workshop *shop = user;
    struct load *load = item;
    struct tm_buf scratch = {0};
    enum tm_status status;
    if (shop->recall != NULL && !load->done) {
        status = work_with_journal(shop, load, &scratch, err);
    } else {
        status = clean_load(shop, load, err);
        for (size_t i = 0; i < load->batch->n && status == TM_OK; i++)
            status = tm_load_render(shop->job, load, i, &scratch, err);
    }
    tm_buf_finish(&scratch);
    return status;
}

static void count_recalled(struct tm_build_result *result, const struct load *load)
{
    for (size_t i = 0; i < load->batch->n && load->asked; i++) {
        enum tm_recalled recalled = load->docs[i].recalled;
        result->rendered += recalled == TM_RECALLED_ROWS;
        result->cleaned += recalled == TM_RECALLED_CLEAN || recalled == TM_RECALLED_UNSEGMENTED;
        result->worked += recalled == TM_RECALLED_NOTHING;
    }
}

static void add_sums(struct job *job, const struct load *load)
{
    const struct load_sums *sums = &load->sums;
    tm_ledger_add(&job->ledger, &sums->ledger);
    if (job->suspects == 0)
        (void)snprintf(job->first_suspect, sizeof job->first_suspect, "%s", load->first_suspect);
    job->suspects += sums->suspects;
    for (int i = 0; i < TM_PRESET_COUNT; i++) {
        job->quality[i].records += sums->quality[i].records;
        job->quality[i].bytes += sums->quality[i].bytes;
    }
    for (size_t i = 0; i < job->n_against; i++)
        job->overlaps[i].segments += load->overlaps[i];
}

static enum tm_status take(void *user, void *item, struct tm_err *err)
{
    struct workshop *shop = user;
    struct load *load = item;
    struct job *job = shop->job;
    enum tm_status status = tm_tempfile_append(job->rows, load->rows.p, load->rows.n, err);
    for (size_t i = 0; i < load->n_prints && status == TM_OK; i++) {
        const struct print *print = &load->prints[i];
        struct tm_str id = {load->ids.p + print->id, print->id_length};
        uint64_t number = load->docs[print->document].number;
        status = job->near != NULL
            ? tm_near_add(job->near, print->sketch, print->date, number, print->segment, id, err)
            : tm_exact_add(job->exact, print->fingerprint, print->date, number, print->segment, id,
                           err);
    }
    add_sums(job, load);
    count_recalled(job->result, load);
    tm_job_progress(job, "clean", load->docs[load->batch->n - 1].number, job->n_documents);
    put_load(shop, load);
    return status;
}

enum tm_status tm_job_work(struct job *job, struct tm_err *err)
{
    struct tm_cleaner *cleaner = NULL;
    struct tm_segmenter segmenter = {.threshold = (uint16_t)job->recipe->threshold,
                                     .unit = (enum tm_unit)job->recipe->unit};
    struct workshop shop = {.job = job};
    enum tm_status status = tm_cleaner_create(&job->recipe->clean, job->learnt, &cleaner, err);
    if (status != TM_OK)
        return status;
    shop.clean = tm_cleaner_stage(cleaner);
    shop.segment = tm_segmenter_stage(&segmenter);
    status = next_superseded(&shop, err);
    if (status == TM_OK && job->journal != NULL)
        status = tm_recall_create(job, &shop.recall, err);
    if (status == TM_OK)
        status = tm_job_walk_begin(job, &shop.walk, err);
    if (status == TM_OK) {
        struct tm_ordered line = {&shop, make, work, take, put_load};
        status = tm_ordered_run(&line, job->threads, err);
    }
    if (status == TM_OK)
        status = tm_tempfile_flush(job->rows, err);
    while (shop.free_loads != NULL) {
        struct load *load = shop.free_loads;
        shop.free_loads = load->next_free;
        destroy_load(load);
    }
    tm_job_walk_end(&shop.walk);
    tm_recall_destroy(shop.recall);
    tm_cleaner_destroy(cleaner);
    return status;
}
