/* SPDX-License-Identifier: Apache-2.0 */
/* Second walk: batches of documents are cleaned, segmented and rendered, several at a time; what
 * comes out goes to a temporary file in order, fingerprints to the index of duplicates. */
#include "build/job.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/ordered.h"
#include "base/str.h"
#include "build/index.h"
#include "build/journal.h"
#include "build/load.h"
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
    /* for keys of the journal */
    struct tm_hash128 head;         /* settings and versions */
    char threshold[8];              /* of languages, as entries tell it */
    size_t source;                  /* whose digest `learnt` is; SIZE_MAX: of none */
    struct tm_hash128 learnt;
    size_t next_line;               /* first learnt line of later sources */
    struct tm_buf scratch;
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
    tm_digester_finish(&load->digester);
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
    load->done = true;
    load->key = (struct tm_hash128){0};
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

/* The threshold is not part of the keys: cleaned documents are segmented again. Sentences need what
 * cleaning alone knows, and there it is. */
static void begin_keys(struct workshop *shop)
{
    struct tm_recipe recipe = *shop->job->recipe;
    struct tm_buf threshold = {0};
    tm_put_be64(&threshold, (uint64_t)recipe.threshold);
    if (!threshold.failed)
        memcpy(shop->threshold, threshold.p, sizeof shop->threshold);
    shop->scratch.failed |= threshold.failed;
    tm_buf_finish(&threshold);
    if (recipe.unit != TM_UNIT_SENTENCE)
        recipe.threshold = 0;
    tm_index_put_head(&shop->scratch, &recipe);
    shop->head = tm_hash128_of(shop->scratch.p, shop->scratch.n);
}

/* The digest of what was learnt of a source, and of its title. Sources come in byte order of their
 * keys, as the learnt lines do. */
static void note_source(struct workshop *shop, size_t index)
{
    const struct job_source *source = &shop->job->sources[index];
    const struct tm_learnt *learnt = shop->job->learnt;
    struct tm_buf *buf = &shop->scratch;
    size_t n = 0;
    const struct tm_learnt_line *lines = learnt == NULL ? NULL : tm_learnt_lines(learnt, &n);
    buf->n = 0;
    tm_buf_add(buf, &shop->head, sizeof shop->head);
    tm_buf_str(buf, source->title);
    tm_buf_byte(buf, learnt == NULL ? 0 : (char)tm_learnt_markup(learnt, source->key));
    while (shop->next_line < n && tm_str_order(lines[shop->next_line].source_key, source->key) < 0)
        shop->next_line++;
    for (size_t i = shop->next_line; i < n && tm_str_equal(lines[i].source_key, source->key); i++) {
        tm_buf_add(buf, lines[i].digest, sizeof lines[i].digest);
        tm_buf_byte(buf, (char)(lines[i].leading | lines[i].handle << 1 | lines[i].evident << 2 |
                                lines[i].removed << 3));
    }
    shop->learnt = tm_hash128_of(buf->p, buf->n);
    shop->source = index;
}

/* The digest of all that a document is made from: its place in `key`. */
static struct tm_hash128 add_to_key(struct workshop *shop, struct load *load,
                                    const struct tm_doc *doc)
{
    struct tm_buf *buf = &shop->scratch;
    if (shop->walk.source != shop->source)
        note_source(shop, shop->walk.source);
    buf->n = 0;
    tm_buf_add(buf, &shop->learnt, sizeof shop->learnt);
    tm_buf_byte(buf, (char)doc->drop);
    tm_doc_encode(doc, buf);
    struct tm_hash128 own = tm_hash128_of(buf->p, buf->n);
    struct tm_hash128 both[2] = {load->key, own};
    load->key = tm_hash128_of(both, sizeof both);
    return own;
}

/* With a journal a load ends where the documents alone say so, so that the loads of a grown corpus
 * are those of the old one where nothing has changed. */
static bool load_ends(uint64_t bytes, uint64_t last, struct tm_hash128 digest)
{
    uint64_t span = BATCH_BYTES - BATCH_BYTES / 4;
    return bytes >= 2 * BATCH_BYTES ||
           (bytes >= BATCH_BYTES / 4 && (digest.low >> 32) * span < last << 32);
}

/* Takes the next document into the load; *ret_ends: the load ends with it. */
static enum tm_status take_document(struct workshop *shop, struct load *load, size_t *bytes,
                                    bool *ret_ends, struct tm_err *err)
{
    struct tm_doc doc;
    uint64_t number;
    enum tm_status status = tm_job_walk_next(&shop->walk, load->batch->arena, &doc, &number, err);
    if (status != TM_OK)
        return status;
    struct tm_doc *place = tm_batch_add(load->batch);
    if (place == NULL || !reserve(load, load->batch->n))
        return no_memory(err);
    if (number == shop->next_superseded) {
        doc.drop = TM_REASON_SUPERSEDED;
        status = next_superseded(shop, err);
    }
    size_t size = doc.text.n + 256;
    *bytes += size;
    *ret_ends = *bytes >= BATCH_BYTES;
    if (shop->job->journal != NULL)
        *ret_ends = load_ends(*bytes, size, add_to_key(shop, load, &doc));
    load->done &= doc.done;
    if (tm_reason_is_uncleaned(doc.drop))
        leave_uncleaned(&doc);
    load->channels[load->batch->n - 1] = doc.channel;
    doc.channel = shop->job->sources[shop->walk.source].title;
    *place = doc;
    load->numbers[load->batch->n - 1] = number;
    load->sources[load->batch->n - 1] = (uint32_t)shop->walk.source;
    return status;
}

static enum tm_status make(void *user, void **ret_item, struct tm_err *err)
{
    struct workshop *shop = user;
    struct load *load = shop->ended ? NULL : get_load(shop);
    if (load == NULL)
        return shop->ended ? TM_END : no_memory(err);
    enum tm_status status = TM_OK;
    size_t bytes = 0;
    for (bool ends = false; !ends && status == TM_OK;)
        status = take_document(shop, load, &bytes, &ends, err);
    if (status == TM_END) {
        shop->ended = true;
        status = load->batch->n == 0 ? TM_END : TM_OK;
    }
    if (status == TM_OK && shop->scratch.failed)
        status = no_memory(err);
    if (status != TM_OK)
        put_load(shop, load);
    else
        *ret_item = load;
    return status;
}

static enum tm_status clean_load(struct workshop *shop, struct load *load, struct tm_err *err)
{
    enum tm_status status = shop->clean.process(shop->clean.state, load->batch, err);
    return status == TM_OK ? shop->segment.process(shop->segment.state, load->batch, err) : status;
}

/* The documents of the load as an earlier build left them; false when it has not, or not these.
 * *ret_other: by another threshold. */
static bool recall(struct workshop *shop, struct load *load, struct tm_buf *scratch,
                   bool *ret_other)
{
    struct tm_batch *batch = load->batch;
    scratch->n = 0;
    if (!tm_journal_get(shop->job->journal, load->key, scratch) ||
        scratch->n < sizeof shop->threshold)
        return false;
    *ret_other = memcmp(scratch->p, shop->threshold, sizeof shop->threshold) != 0;
    struct tm_str all = {scratch->p + sizeof shop->threshold, scratch->n - sizeof shop->threshold};
    struct tm_str entries = tm_arena_copy(batch->arena, all);
    struct tm_doc *docs = tm_arena_alloc(batch->arena, (batch->n + 1) * sizeof *docs);
    for (size_t i = 0; i < batch->n; i++)
        if (entries.p == NULL || docs == NULL ||
            tm_index_take(&entries, batch->arena, &docs[i], NULL) != TM_OK ||
            !tm_str_equal(docs[i].doc_id, batch->docs[i].doc_id))
            return false;
    for (size_t i = 0; i < batch->n; i++) {
        docs[i].channel = batch->docs[i].channel;
        batch->docs[i] = docs[i];
    }
    return entries.n == 0;
}

static enum tm_status remember(struct workshop *shop, struct load *load, struct tm_buf *scratch,
                               struct tm_err *err)
{
    struct tm_buf entries = {0};
    enum tm_status status = TM_OK;
    tm_buf_add(&entries, shop->threshold, sizeof shop->threshold);
    for (size_t i = 0; i < load->batch->n && status == TM_OK; i++) {
        struct tm_doc *doc = &load->batch->docs[i];
        status = doc->done ? TM_OK : tm_load_settle(load, doc, scratch, err);
        tm_index_put(&entries, doc, doc->cut);
    }
    if (status == TM_OK && !entries.failed)
        tm_journal_put(shop->job->journal, load->key, tm_buf_view(&entries));
    tm_buf_finish(&entries);
    return status;
}

/* Cleaned documents get the segments of another threshold. */
static enum tm_status segment_again(struct workshop *shop, struct load *load, struct tm_err *err)
{
    for (size_t i = 0; i < load->batch->n; i++)
        load->batch->docs[i].done = false;
    enum tm_status status = shop->segment.process(shop->segment.state, load->batch, err);
    for (size_t i = 0; i < load->batch->n; i++)
        load->batch->docs[i].done = true;
    return status;
}

/* From the journal if it has it, which learns what it had not. */
static enum tm_status work_with_journal(struct workshop *shop, struct load *load,
                                        struct tm_buf *scratch, struct tm_err *err)
{
    bool other = false;
    bool found = recall(shop, load, scratch, &other);
    if (found && !other)
        return TM_OK;
    enum tm_status status = found ? segment_again(shop, load, err) : clean_load(shop, load, err);
    return status == TM_OK ? remember(shop, load, scratch, err) : status;
}

static enum tm_status work(void *user, void *item, struct tm_err *err)
{
    struct workshop *shop = user;
    struct load *load = item;
    struct tm_buf scratch = {0};
    enum tm_status status = shop->job->journal != NULL && !load->done
        ? work_with_journal(shop, load, &scratch, err) : clean_load(shop, load, err);
    for (size_t i = 0; i < load->batch->n && status == TM_OK; i++)
        status = tm_load_render(shop->job, load, i, &scratch, err);
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
    struct workshop shop = {.job = job, .source = SIZE_MAX};
    begin_keys(&shop);
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
    tm_buf_finish(&shop.scratch);
    tm_cleaner_destroy(cleaner);
    return status;
}
