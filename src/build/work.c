/* SPDX-License-Identifier: Apache-2.0 */
/* Second walk: batches of documents are cleaned, segmented and rendered, several at a time; what
 * comes out goes to a temporary file in order, fingerprints to the index of duplicates. */
#include "build/job.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/ordered.h"
#include "base/str.h"
#include "build/index.h"
#include "build/segmenter.h"
#include "core/codec.h"
#include "pack/record.h"

#define BATCH_BYTES ((size_t)512 << 10)

/* A segment that may stay: its fingerprint, and its sketch when near duplicates are looked for. */
struct print {
    struct tm_fingerprint fingerprint;
    struct tm_sketch *sketch;
    int64_t date;
    uint64_t number;
    uint32_t segment;
    uint32_t id;                    /* where the id begins in `ids` */
    uint32_t id_length;
};

struct load {
    struct tm_batch *batch;
    uint64_t *numbers;              /* of the documents */
    uint32_t *sources;
    struct tm_str *channels;        /* as each document had it */
    size_t capacity;
    struct tm_buf rows;
    struct tm_buf ids;
    struct print *prints;
    size_t n_prints;
    size_t prints_capacity;
    uint64_t *overlaps;             /* segments, by evaluation set */
    struct tm_ledger ledger;
    struct tm_quality_sum quality[TM_PRESET_COUNT];
    struct load *next_free;
};

struct workshop {
    struct job *job;
    struct job_walk walk;
    struct tm_stage clean;
    struct tm_stage segment;
    struct load *free_loads;
    uint64_t next_superseded;       /* number of the next document that goes, or UINT64_MAX */
    bool ended;
};

static enum tm_status no_memory(struct tm_err *err)
{
    return tm_fail(err, TM_ERR_NOMEM, "", TM_NO_OFFSET, "out of memory");
}

static void destroy_load(struct load *load)
{
    tm_batch_destroy(load->batch);
    free(load->numbers);
    free(load->sources);
    free(load->channels);
    tm_buf_finish(&load->rows);
    tm_buf_finish(&load->ids);
    free(load->prints);
    free(load->overlaps);
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
        load->overlaps = calloc(shop->job->n_against + 1, sizeof *load->overlaps);
        if (load->batch == NULL || load->overlaps == NULL) {
            destroy_load(load);
            return NULL;
        }
    }
    tm_batch_reset(load->batch);
    load->rows.n = 0;
    load->ids.n = 0;
    load->n_prints = 0;
    load->ledger = (struct tm_ledger){0};
    memset(load->quality, 0, sizeof load->quality);
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

/* Room for one more document's number and source. */
static bool reserve(struct load *load, size_t n)
{
    if (n < load->capacity)
        return true;
    size_t capacity = load->capacity == 0 ? 256 : load->capacity * 2;
    uint64_t *numbers = realloc(load->numbers, capacity * sizeof *numbers);
    if (numbers == NULL)
        return false;
    load->numbers = numbers;
    uint32_t *sources = realloc(load->sources, capacity * sizeof *sources);
    if (sources == NULL)
        return false;
    load->sources = sources;
    struct tm_str *channels = realloc(load->channels, capacity * sizeof *channels);
    if (channels == NULL)
        return false;
    load->channels = channels;
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

static enum tm_status make(void *user, void **ret_item, struct tm_err *err)
{
    struct workshop *shop = user;
    struct load *load = shop->ended ? NULL : get_load(shop);
    if (load == NULL)
        return shop->ended ? TM_END : no_memory(err);
    enum tm_status status = TM_OK;
    for (size_t bytes = 0; bytes < BATCH_BYTES && status == TM_OK;) {
        struct tm_doc doc;
        uint64_t number;
        status = tm_job_walk_next(&shop->walk, load->batch->arena, &doc, &number, err);
        if (status != TM_OK)
            break;
        struct tm_doc *place = tm_batch_add(load->batch);
        if (place == NULL || !reserve(load, load->batch->n)) {
            status = no_memory(err);
            break;
        }
        if (number == shop->next_superseded) {
            doc.drop = TM_REASON_SUPERSEDED;
            status = next_superseded(shop, err);
        }
        if (tm_reason_is_uncleaned(doc.drop))
            leave_uncleaned(&doc);
        load->channels[load->batch->n - 1] = doc.channel;
        doc.channel = shop->job->sources[shop->walk.source].title;
        *place = doc;
        load->numbers[load->batch->n - 1] = number;
        load->sources[load->batch->n - 1] = (uint32_t)shop->walk.source;
        bytes += doc.text.n + 256;
    }
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

static bool keeps(const struct tm_recipe *recipe, const char *lang)
{
    for (size_t i = 0; recipe->lang_keep[i] != NULL; i++)
        if (strcmp(recipe->lang_keep[i], lang) == 0)
            return true;
    return false;
}

/* Where a segment goes, dedup aside. */
static struct row_part place_segment(const struct tm_recipe *recipe, const struct tm_segment *seg)
{
    struct row_part part = {.text = seg->length};
    switch (seg->lang) {
    case TM_LANG_RU:
    case TM_LANG_EN:
        part.stream = seg->lang == TM_LANG_RU ? TM_PACK_RU : TM_PACK_EN;
        part.reason = keeps(recipe, tm_lang_name(seg->lang)) ? TM_KEPT : TM_REASON_LANG_OFF;
        break;
    case TM_LANG_UND:
    case TM_LANG_OTHER:
        part.stream = TM_PACK_OTHER;
        part.reason = recipe->lang_other == 1 ? TM_KEPT : TM_REASON_OTHER_LANG;
        break;
    }
    return part;
}

/* Whether a segment that would stay goes for what it is: an advertisement, or out of the preset's
 * range. What each preset would remove is counted in any case. */
static enum tm_reason judge(const struct tm_recipe *recipe, struct load *load,
                            const struct tm_doc *doc, const struct tm_segment *segment,
                            const struct tm_signals *signals)
{
    if (segment->lang != TM_LANG_RU && segment->lang != TM_LANG_EN)
        return TM_KEPT;
    bool bad = false;
    for (int i = TM_PRESET_NONE + 1; i < TM_PRESET_COUNT; i++) {
        if (tm_preset_fault(i, signals) == NULL)
            continue;
        load->quality[i].records++;
        load->quality[i].bytes += segment->length;
        bad |= i == recipe->quality;
    }
    if (doc->ad && recipe->ads == 1)
        return TM_REASON_AD;
    return bad ? TM_REASON_QUALITY : TM_KEPT;
}

/* Whether a segment overlaps with an evaluation set, which is counted. */
static enum tm_status check_against(const struct job *job, struct load *load, struct tm_str text,
                                    struct row_part *part, struct tm_buf *scratch,
                                    struct tm_err *err)
{
    scratch->n = 0;
    if (!tm_buf_reserve(scratch, text.n + 8))
        return no_memory(err);
    int file = tm_against_find(job->against, scratch->p,
                               tm_normal_form(text.p, text.n, scratch->p));
    if (file < 0)
        return TM_OK;
    part->reason = TM_REASON_CONTAMINATED;
    load->overlaps[file]++;
    return TM_OK;
}

static enum tm_status add_print(struct load *load, const struct tm_doc *doc, uint64_t number,
                                size_t seg, bool near, struct tm_buf *scratch,
                                struct tm_err *err)
{
    if (load->n_prints == load->prints_capacity) {
        size_t capacity = load->prints_capacity == 0 ? 256 : load->prints_capacity * 2;
        struct print *prints = realloc(load->prints, capacity * sizeof *prints);
        if (prints == NULL)
            return no_memory(err);
        load->prints = prints;
        load->prints_capacity = capacity;
    }
    const struct tm_segment *segment = &doc->segments[seg];
    const char *text = doc->text.p + segment->offset;
    struct print print = {.date = doc->date, .number = number, .segment = (uint32_t)seg,
                          .id = (uint32_t)load->ids.n};
    if (near) {
        struct tm_arena *arena = load->batch->arena;
        char *form = tm_arena_alloc(arena, segment->length + 16);
        print.sketch = tm_arena_alloc(arena, sizeof *print.sketch);
        if (form == NULL || print.sketch == NULL)
            return no_memory(err);
        tm_sketch_of(text, segment->length, form, print.sketch);
    } else {
        scratch->n = 0;
        if (!tm_buf_reserve(scratch, segment->length + 8))
            return no_memory(err);
        print.fingerprint = tm_fingerprint_of(text, segment->length, scratch->p);
    }
    tm_buf_str(&load->ids, doc->doc_id);
    tm_buf_byte(&load->ids, '-');
    tm_buf_u64(&load->ids, seg);
    print.id_length = (uint32_t)(load->ids.n - print.id);
    load->prints[load->n_prints++] = print;
    return load->ids.failed ? no_memory(err) : TM_OK;
}

/* For each segment its part, its record and its provenance row. */
static enum tm_status render_segments(struct job *job, struct load *load, size_t index,
                                      struct row_part *parts, enum tm_reason *reasons,
                                      struct tm_buf *scratch, struct tm_err *err)
{
    const struct tm_doc *doc = &load->batch->docs[index];
    struct tm_buf *rows = &load->rows;
    enum tm_status status = TM_OK;
    for (size_t seg = 0; seg < doc->n_segments && status == TM_OK; seg++) {
        const struct tm_segment *segment = &doc->segments[seg];
        struct tm_signals signals;
        if (tm_record_signals(doc, seg, &signals) != TM_OK)
            return no_memory(err);
        parts[seg] = place_segment(job->recipe, segment);
        if (parts[seg].reason == TM_KEPT)
            parts[seg].reason = judge(job->recipe, load, doc, segment, &signals);
        struct tm_str text = {doc->text.p + segment->offset, segment->length};
        if (job->against != NULL && parts[seg].reason == TM_KEPT)
            status = check_against(job, load, text, &parts[seg], scratch, err);
        if (status != TM_OK)
            break;
        reasons[seg] = (enum tm_reason)parts[seg].reason;
        size_t at = rows->n;
        tm_record_write(rows, doc, seg, &signals);
        parts[seg].record = (uint32_t)(rows->n - at);
        at = rows->n;
        tm_provenance_write(rows, doc, seg, 0, TM_STR_UNKNOWN);
        parts[seg].provenance = (uint32_t)(rows->n - at);
        if ((job->exact != NULL || job->near != NULL) && parts[seg].reason == TM_KEPT)
            status = add_print(load, doc, load->numbers[index], seg, job->near != NULL, scratch,
                               err);
    }
    return status;
}

/* What was cut from the document, as its audit row and the index say it: from then on it is done,
 * and its raw text is not needed any more. */
static enum tm_status settle_cut(struct load *load, struct tm_doc *doc, struct tm_buf *scratch,
                                 struct tm_err *err)
{
    scratch->n = 0;
    tm_audit_cut(scratch, doc);
    doc->cut = tm_arena_copy(load->batch->arena, tm_buf_view(scratch));
    doc->done = true;
    return scratch->failed || doc->cut.p == NULL ? no_memory(err) : TM_OK;
}

/* The rows of the document as a whole: audit, reject, index. */
static enum tm_status render_document(const struct job *job, struct load *load, size_t index,
                                      const enum tm_reason *reasons, struct row_head *head,
                                      struct tm_buf *scratch, struct tm_err *err)
{
    struct tm_doc *doc = &load->batch->docs[index];
    struct tm_buf *rows = &load->rows;
    enum tm_status status = job->recipe->index == 0 ? TM_OK
                                                    : settle_cut(load, doc, scratch, err);
    size_t at = rows->n;
    tm_audit_document_write(rows, doc, reasons);
    head->audit = (uint32_t)(rows->n - at);
    at = rows->n;
    if (doc->drop != TM_KEPT)
        tm_reject_write(rows, doc, doc->n_segments, doc->drop, TM_STR_UNKNOWN);
    head->reject = (uint32_t)(rows->n - at);
    at = rows->n;
    if (job->recipe->index != 0) {
        struct tm_doc own = *doc;
        own.channel = load->channels[index];
        tm_index_put(rows, &own, doc->cut);
    }
    head->index = (uint32_t)(rows->n - at);
    return status;
}

/* Appends one document to the rows. */
static enum tm_status render(struct job *job, struct load *load, size_t index,
                             struct tm_buf *scratch, struct tm_err *err)
{
    const struct tm_doc *doc = &load->batch->docs[index];
    struct tm_buf *rows = &load->rows;
    size_t n = doc->n_segments;
    struct row_head head = {.number = load->numbers[index], .source = load->sources[index],
                            .n_segments = (uint32_t)n, .drop = doc->drop};
    size_t start = rows->n;
    size_t parts_at = start + sizeof head;
    struct row_part *parts = tm_arena_alloc(load->batch->arena, (n + 1) * sizeof *parts);
    enum tm_reason *reasons = tm_arena_alloc(load->batch->arena, (n + 1) * sizeof *reasons);
    if (parts == NULL || reasons == NULL || !tm_buf_reserve(rows, sizeof head + n * sizeof *parts))
        return no_memory(err);
    rows->n = parts_at + n * sizeof *parts;
    enum tm_status status = render_segments(job, load, index, parts, reasons, scratch, err);
    if (status == TM_OK)
        status = render_document(job, load, index, reasons, &head, scratch, err);
    head.size = (uint32_t)(rows->n - parts_at);
    if (rows->failed)
        return no_memory(err);
    memcpy(rows->p + start, &head, sizeof head);
    if (n != 0)
        memcpy(rows->p + parts_at, parts, n * sizeof *parts);
    tm_ledger_add_document(&load->ledger, doc);
    return status;
}

static enum tm_status work(void *user, void *item, struct tm_err *err)
{
    struct workshop *shop = user;
    struct load *load = item;
    enum tm_status status = shop->clean.process(shop->clean.state, load->batch, err);
    if (status == TM_OK)
        status = shop->segment.process(shop->segment.state, load->batch, err);
    struct tm_buf scratch = {0};
    for (size_t i = 0; i < load->batch->n && status == TM_OK; i++)
        status = render(shop->job, load, i, &scratch, err);
    tm_buf_finish(&scratch);
    return status;
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
        status = job->near != NULL
            ? tm_near_add(job->near, print->sketch, print->date, print->number, print->segment,
                          id, err)
            : tm_exact_add(job->exact, print->fingerprint, print->date, print->number,
                           print->segment, id, err);
    }
    tm_ledger_add(&job->ledger, &load->ledger);
    for (size_t i = 0; i < load->batch->n; i++) {
        const struct tm_doc *doc = &load->batch->docs[i];
        if (doc->suspect && job->suspects++ == 0)
            (void)snprintf(job->first_suspect, sizeof job->first_suspect, "%.*s",
                           (int)doc->doc_id.n, doc->doc_id.p);
    }
    for (int i = 0; i < TM_PRESET_COUNT; i++) {
        job->quality[i].records += load->quality[i].records;
        job->quality[i].bytes += load->quality[i].bytes;
    }
    for (size_t i = 0; i < job->n_against; i++) {
        job->overlaps[i].segments += load->overlaps[i];
        load->overlaps[i] = 0;
    }
    tm_job_progress(job, "clean", load->numbers[load->batch->n - 1], job->n_documents);
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
    tm_cleaner_destroy(cleaner);
    return status;
}
