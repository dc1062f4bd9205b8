/* SPDX-License-Identifier: Apache-2.0 */
#include "build/recall.h"

#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "build/index.h"
#include "build/segmenter.h"
#include "core/codec.h"

/* Bytes of text and metadata in a load, about. */
#define SPAN ((uint64_t)256 << 10)


struct tm_recall {
    const struct job *job;
    struct tm_hash128 cleaning;     /* digest of settings and versions */
    struct tm_hash128 rows;         /* of settings */
    size_t source;                  /* whose digest `learnt` is; SIZE_MAX: of none */
    struct tm_hash128 learnt;
    size_t next_line;               /* first learnt line of later sources */
    struct tm_buf scratch;
};

/* What an entry begins with. Overlaps, prints, their ids and the sizes of documents follow, then of
 * each document its entry in the index, the texts of its prints and its rows: they lie together,
 * since they say the same. */
struct head {
    int64_t threshold;
    struct tm_hash128 settings;
    struct load_sums sums;
    uint64_t documents;
    uint64_t prints;
    uint64_t ids;
};

struct sizes {
    uint64_t document;
    uint64_t texts;
    uint64_t rows;
};

static enum tm_status no_memory(struct tm_err *err)
{
    return tm_fail(err, TM_ERR_NOMEM, "", TM_NO_OFFSET, "out of memory");
}

/* The threshold is not part of the names: clean documents are segmented again. Sentences need what
 * cleaning alone knows, and there it is. */
static void begin_keys(struct tm_recall *recall)
{
    struct tm_recipe recipe = *recall->job->recipe;
    struct tm_buf *buf = &recall->scratch;
    tm_settings_write_rows(&recipe, buf);
    if (recall->job->against != NULL) {
        uint64_t digest = tm_against_digest(recall->job->against);
        tm_buf_add(buf, &digest, sizeof digest);
    }
    recall->rows = tm_hash128_of(buf->p, buf->n);
    buf->n = 0;
    if (recipe.unit != TM_UNIT_SENTENCE)
        recipe.threshold = 0;
    tm_index_put_head(buf, &recipe);
    recall->cleaning = tm_hash128_of(buf->p, buf->n);
}

enum tm_status tm_recall_create(const struct job *job, struct tm_recall **ret_recall,
                                struct tm_err *err)
{
    struct tm_recall *recall = calloc(1, sizeof *recall);
    if (recall == NULL)
        return no_memory(err);
    *recall = (struct tm_recall){.job = job, .source = SIZE_MAX};
    begin_keys(recall);
    if (!recall->scratch.failed) {
        *ret_recall = recall;
        return TM_OK;
    }
    tm_recall_destroy(recall);
    return no_memory(err);
}

void tm_recall_destroy(struct tm_recall *recall)
{
    if (recall != NULL)
        tm_buf_finish(&recall->scratch);
    free(recall);
}

/* The digest of what was learnt of a source, and of its title. Learnt lines come in byte order of
 * the sources' keys, as the sources do. */
static void note_source(struct tm_recall *recall, size_t index)
{
    const struct job_source *source = &recall->job->sources[index];
    const struct tm_learnt *learnt = recall->job->learnt;
    struct tm_buf *buf = &recall->scratch;
    size_t n = 0;
    const struct tm_learnt_line *lines = learnt == NULL ? NULL : tm_learnt_lines(learnt, &n);
    size_t i = recall->next_line;
    buf->n = 0;
    tm_buf_add(buf, &recall->cleaning, sizeof recall->cleaning);
    tm_buf_str(buf, source->title);
    tm_buf_byte(buf, learnt == NULL ? 0 : (char)tm_learnt_markup(learnt, source->key));
    while (i < n && tm_str_order(lines[i].source_key, source->key) < 0)
        i++;
    for (; i < n && tm_str_equal(lines[i].source_key, source->key); i++) {
        tm_buf_add(buf, lines[i].digest, sizeof lines[i].digest);
        tm_buf_byte(buf, (char)(lines[i].leading | lines[i].handle << 1 | lines[i].evident << 2 |
                                lines[i].removed << 3));
    }
    recall->next_line = i;
    recall->learnt = tm_hash128_of(buf->p, buf->n);
    recall->source = index;
}

static bool load_ends(uint64_t bytes, uint64_t last, struct tm_hash128 digest)
{
    return bytes >= 2 * SPAN ||
           (bytes >= SPAN / 4 && (digest.low >> 32) * (SPAN - SPAN / 4) < last << 32);
}

enum tm_status tm_recall_note(struct tm_recall *recall, struct load *load, size_t source,
                              const struct tm_doc *doc, bool *ret_ends, struct tm_err *err)
{
    struct tm_buf *buf = &recall->scratch;
    if (source != recall->source)
        note_source(recall, source);
    buf->n = 0;
    tm_buf_add(buf, &recall->learnt, sizeof recall->learnt);
    tm_buf_byte(buf, (char)doc->drop);
    tm_doc_encode(doc, buf);
    struct tm_hash128 both[2] = {load->key, tm_hash128_of(buf->p, buf->n)};
    load->key = tm_hash128_of(both, sizeof both);
    *ret_ends = load_ends(load->bytes, doc->text.n + 256, both[1]);
    return buf->failed ? no_memory(err) : TM_OK;
}

static size_t row_size(const char *row)
{
    struct row_head head;
    memcpy(&head, row, sizeof head);
    return sizeof head + head.size;
}

/* A document, its texts and its rows, from `row` on; `print` steps over its prints. */
static struct sizes put_document(const struct load *load, size_t index, const char *row,
                                 size_t *print, bool texts, struct tm_buf *buf)
{
    const struct tm_doc *doc = &load->batch->docs[index];
    struct sizes sizes = {.rows = row_size(row)};
    size_t at = buf->n;
    tm_index_put(buf, doc, doc->cut);
    sizes.document = buf->n - at;
    at = buf->n;
    for (; *print < load->n_prints && load->prints[*print].document == index; ++*print)
        if (texts)
            tm_buf_add(buf, doc->text.p + doc->segments[load->prints[*print].segment].offset,
                       load->prints[*print].length);
    sizes.texts = buf->n - at;
    tm_buf_add(buf, row, (size_t)sizes.rows);
    return sizes;
}

static void put_prints(const struct load *load, struct tm_buf *buf)
{
    for (size_t i = 0; i < load->n_prints; i++) {
        struct print bare = load->prints[i];
        bare.sketch = NULL;
        tm_buf_add(buf, &bare, sizeof bare);
    }
    tm_buf_str(buf, tm_buf_view(&load->ids));
}

enum tm_status tm_recall_put(const struct tm_recall *recall, struct load *load, struct tm_err *err)
{
    const struct job *job = recall->job;
    struct tm_buf *buf = &load->entry;
    struct head head = {.threshold = job->recipe->threshold, .settings = recall->rows,
                        .sums = load->sums, .documents = load->batch->n,
                        .prints = load->n_prints, .ids = load->ids.n};
    buf->n = 0;
    tm_buf_add(buf, &head, sizeof head);
    tm_buf_add(buf, load->overlaps, job->n_against * sizeof *load->overlaps);
    put_prints(load, buf);
    size_t at = buf->n, print = 0;
    const char *row = load->rows.p;
    if (tm_buf_reserve(buf, load->batch->n * sizeof(struct sizes)))
        buf->n += load->batch->n * sizeof(struct sizes);
    for (size_t i = 0; i < load->batch->n && !buf->failed; i++) {
        struct sizes sizes = put_document(load, i, row, &print, job->near != NULL, buf);
        row += sizes.rows;
        if (!buf->failed)
            memcpy(buf->p + at + i * sizeof sizes, &sizes, sizeof sizes);
    }
    if (buf->failed)
        return no_memory(err);
    tm_journal_put(job->journal, load->key, &load->room, tm_buf_view(buf));
    return TM_OK;
}

/* The next n bytes of an entry; unknown when it is too short. */
static struct tm_str take(struct tm_str *entry, uint64_t n)
{
    struct tm_str taken = {entry->p, (size_t)n};
    if (n > entry->n)
        return TM_STR_UNKNOWN;
    entry->p += n;
    entry->n -= (size_t)n;
    return taken;
}

/* The slices of an entry that was read. */
struct entry {
    struct head head;
    struct tm_str overlaps;
    struct tm_str prints;
    struct tm_str ids;
    struct tm_str sizes;
    struct tm_str bodies;
};

static bool open_entry(const struct tm_recall *recall, const struct load *load,
                       struct entry *ret_entry)
{
    struct head *head = &ret_entry->head;
    struct tm_str rest = tm_buf_view(&load->entry);
    struct tm_str begin = take(&rest, sizeof *head);
    if (begin.p == NULL)
        return false;
    memcpy(head, begin.p, sizeof *head);
    if (head->documents != load->batch->n || head->prints > rest.n / sizeof *load->prints)
        return false;
    ret_entry->overlaps = take(&rest, recall->job->n_against * sizeof *load->overlaps);
    ret_entry->prints = take(&rest, head->prints * sizeof *load->prints);
    ret_entry->ids = take(&rest, head->ids);
    ret_entry->sizes = take(&rest, load->batch->n * sizeof(struct sizes));
    ret_entry->bodies = rest;
    return ret_entry->overlaps.p != NULL && ret_entry->prints.p != NULL &&
           ret_entry->ids.p != NULL && ret_entry->sizes.p != NULL;
}

/* Of the document with this index; those before it have been taken. */
struct body {
    struct tm_str document;
    struct tm_str texts;
    struct tm_str rows;
};

static bool take_body(struct entry *entry, size_t index, struct body *ret_body)
{
    struct sizes sizes;
    memcpy(&sizes, entry->sizes.p + index * sizeof sizes, sizeof sizes);
    ret_body->document = take(&entry->bodies, sizes.document);
    ret_body->texts = take(&entry->bodies, sizes.texts);
    ret_body->rows = take(&entry->bodies, sizes.rows);
    return ret_body->document.p != NULL && ret_body->texts.p != NULL && ret_body->rows.p != NULL &&
           sizes.rows >= sizeof(struct row_head);
}

static bool take_prints(struct load *load, const struct entry *entry)
{
    size_t n = (size_t)entry->head.prints;
    if (!tm_load_reserve_prints(load, n))
        return false;
    memcpy(load->prints, entry->prints.p, n * sizeof *load->prints);
    load->n_prints = n;
    tm_buf_str(&load->ids, entry->ids);
    return !load->ids.failed;
}

/* Sketches are made again: they cannot be compressed, and are made faster than written. */
static bool sketch_texts(struct load *load, size_t document, size_t *print, struct tm_str texts)
{
    for (; *print < load->n_prints && load->prints[*print].document == document; ++*print) {
        struct tm_str text = take(&texts, load->prints[*print].length);
        if (text.p == NULL || !tm_load_sketch(load, &load->prints[*print], text.p))
            return false;
    }
    return true;
}

/* The document has another number now, and its source too. */
static void take_row(struct load *load, size_t document, struct tm_str row)
{
    struct row_head head;
    memcpy(&head, row.p, sizeof head);
    head.number = load->numbers[document];
    head.source = load->sources[document];
    tm_buf_add(&load->rows, &head, sizeof head);
    tm_buf_add(&load->rows, row.p + sizeof head, row.n - sizeof head);
}

static bool take_rows(const struct tm_recall *recall, struct load *load, struct entry entry)
{
    struct body body;
    if (!take_prints(load, &entry))
        return false;
    size_t print = recall->job->near == NULL ? load->n_prints : 0;
    for (size_t i = 0; i < load->batch->n; i++) {
        if (!take_body(&entry, i, &body) || !sketch_texts(load, i, &print, body.texts))
            return false;
        take_row(load, i, body.rows);
    }
    memcpy(load->overlaps, entry.overlaps.p, entry.overlaps.n);
    load->sums = entry.head.sums;
    return !load->rows.failed;
}

/* They are copied: the next entry will be made where this one is. */
static bool take_documents(struct load *load, struct entry entry)
{
    struct tm_batch *batch = load->batch;
    struct tm_doc *docs = tm_arena_alloc(batch->arena, (batch->n + 1) * sizeof *docs);
    for (size_t i = 0; i < batch->n; i++) {
        struct body body;
        if (docs == NULL || !take_body(&entry, i, &body))
            return false;
        struct tm_str bytes = tm_arena_copy(batch->arena, body.document);
        if (bytes.p == NULL || tm_index_take(&bytes, batch->arena, &docs[i], NULL) != TM_OK ||
            !tm_str_equal(docs[i].doc_id, batch->docs[i].doc_id))
            return false;
    }
    for (size_t i = 0; i < batch->n; i++) {
        docs[i].channel = batch->docs[i].channel;
        batch->docs[i] = docs[i];
    }
    return true;
}

/* What rows that were not whole may have left. */
static void forget_rows(struct load *load)
{
    load->rows.n = 0;
    load->ids.n = 0;
    load->n_prints = 0;
}

enum tm_recalled tm_recall_get(const struct tm_recall *recall, struct load *load)
{
    const struct job *job = recall->job;
    struct entry entry;
    if (!tm_journal_get(job->journal, load->key, &load->room, &load->entry) ||
        !open_entry(recall, load, &entry))
        return TM_RECALLED_NOTHING;
    if (tm_hash128_order(entry.head.settings, recall->rows) == 0) {
        if (take_rows(recall, load, entry))
            return TM_RECALLED_ROWS;
        forget_rows(load);
    }
    if (!take_documents(load, entry))
        return TM_RECALLED_NOTHING;
    return entry.head.threshold == job->recipe->threshold ? TM_RECALLED_CLEAN
                                                          : TM_RECALLED_UNSEGMENTED;
}
