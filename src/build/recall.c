/* SPDX-License-Identifier: Apache-2.0 */
#include "build/recall.h"

#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "build/index.h"
#include "build/journal.h"
#include "build/past.h"
#include "build/segmenter.h"
#include "core/codec.h"

/* Bytes of text and metadata in a load, about. */
#define SPAN ((uint64_t)256 << 10)

struct tm_recall {
    const struct job *job;
    struct tm_hash128 cleaning;     /* digest of settings and versions */
    struct tm_entry_basis basis;
    size_t source;                  /* whose digest `learnt` is; SIZE_MAX: of none */
    struct tm_hash128 learnt;
    size_t next_line;               /* first learnt line of later sources */
    struct tm_buf scratch;
    struct tm_past *past;
};

static enum tm_status no_memory(struct tm_err *err)
{
    return tm_fail(err, TM_ERR_NOMEM, "", TM_NO_OFFSET, "out of memory");
}

/* The threshold is not part of a document's digest: clean documents are segmented again. Sentences need what
 * cleaning alone knows, and there it is. */
static void begin_keys(struct tm_recall *recall)
{
    struct tm_recipe recipe = *recall->job->recipe;
    struct tm_buf *buf = &recall->scratch;
    recall->basis.threshold = recipe.threshold;
    tm_settings_write_rows(&recipe, buf);
    if (recall->job->against != NULL) {
        uint64_t digest = tm_against_digest(recall->job->against);
        tm_buf_add(buf, &digest, sizeof digest);
    }
    recall->basis.settings = tm_hash128_of(buf->p, buf->n);
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
    recall->job = job;
    recall->source = SIZE_MAX;
    begin_keys(recall);
    enum tm_status status = recall->scratch.failed ? no_memory(err) : TM_OK;
    if (status == TM_OK)
        status = tm_past_create(job->journal, &recall->basis, job->temp,
                                (size_t)(job->memory / 16), &recall->past, err);
    if (status == TM_OK)
        *ret_recall = recall;
    else
        tm_recall_destroy(recall);
    return status;
}

void tm_recall_destroy(struct tm_recall *recall)
{
    if (recall == NULL)
        return;
    tm_past_destroy(recall->past);
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

enum tm_status tm_recall_note(struct tm_recall *recall, struct load *load, struct tm_str key,
                              const struct tm_doc *doc, bool *ret_ends, struct tm_err *err)
{
    struct load_doc *known = &load->docs[load->batch->n - 1];
    struct tm_buf *buf = &recall->scratch;
    if (known->source != recall->source)
        note_source(recall, known->source);
    buf->n = 0;
    tm_buf_add(buf, &recall->learnt, sizeof recall->learnt);
    tm_buf_byte(buf, (char)doc->drop);
    tm_doc_encode(doc, buf);
    known->hash = tm_hash128_of(buf->p, buf->n);
    known->key = tm_arena_copy(load->batch->arena, key);
    *ret_ends = load_ends(load->bytes, doc->text.n + 256, known->hash);
    if (buf->failed || known->key.p == NULL)
        return no_memory(err);
    return tm_past_find(recall->past, key, known->hash, &known->entry, &known->place, err);
}

/* A body in one piece, which outlives the entry. */
static bool copy_body(struct load *load, struct load_body *body)
{
    struct tm_str *parts[] = {&body->prints, &body->sums, &body->document, &body->rows};
    const char *start = body->prints.p;
    size_t n = (size_t)(body->rows.p + body->rows.n - start);
    struct tm_str copy = tm_arena_copy(load->batch->arena, (struct tm_str){start, n});
    for (size_t i = 0; i < sizeof parts / sizeof *parts && copy.p != NULL; i++)
        parts[i]->p = copy.p + (parts[i]->p - start);
    return copy.p != NULL;
}

/* What the body has of the document with this index. */
static enum tm_recalled take_body(struct load *load, size_t index, bool current, bool segmented,
                                  struct load_body body)
{
    struct tm_batch *batch = load->batch;
    struct tm_doc *doc = &batch->docs[index];
    struct tm_doc clean;
    if (!copy_body(load, &body))
        return TM_RECALLED_NOTHING;
    load->docs[index].body = body;
    if (current) {
        doc->done = true;           /* it is not cleaned, its rows are there */
        return TM_RECALLED_ROWS;
    }
    struct tm_str bytes = body.document;
    if (tm_index_take(&bytes, batch->arena, &clean, NULL) != TM_OK ||
        !tm_str_equal(clean.doc_id, doc->doc_id))
        return TM_RECALLED_NOTHING;
    clean.channel = doc->channel;
    *doc = clean;
    return segmented ? TM_RECALLED_CLEAN : TM_RECALLED_UNSEGMENTED;
}

struct wish {
    uint32_t entry;
    uint32_t place;
    size_t document;
};

static int order_wishes(const void *a, const void *b)
{
    const struct wish *x = a, *y = b;
    if (x->entry != y->entry)
        return x->entry < y->entry ? -1 : 1;
    return (x->place > y->place) - (x->place < y->place);
}

/* An entry goes on when all of its documents are taken; else these go into another one, so that
 * none stays whose text was edited, or is to be forgotten. */
static void use_entry(const struct tm_recall *recall, struct load *load, const struct wish *wishes,
                      size_t n, uint64_t documents)
{
    uint64_t taken = 0;
    for (size_t i = 0; i < n; i++)
        taken += load->docs[wishes[i].document].recalled == TM_RECALLED_ROWS &&
                 (i == 0 || wishes[i].place != wishes[i - 1].place);
    if (taken == documents)
        tm_journal_use(recall->job->journal, tm_past_entry(recall->past, wishes->entry));
    for (size_t i = 0; i < n; i++)
        load->docs[wishes[i].document].again = taken != documents;
}

/* Takes the wished documents of one entry, in the order of their places. */
static void take_entry(const struct tm_recall *recall, struct load *load, const struct wish *wishes,
                       size_t n)
{
    struct tm_hash128 name = tm_past_entry(recall->past, wishes->entry);
    struct tm_entry_head head;
    struct load_body body;
    if (!tm_journal_get(recall->job->journal, TM_JOURNAL_DOCUMENTS, name, &load->packed) ||
        !tm_entry_open(load, &head))
        return;
    bool current = memcmp(&head.basis, &recall->basis, sizeof head.basis) == 0;
    bool segmented = head.basis.threshold == recall->basis.threshold;
    struct tm_str bodies = tm_buf_view(&load->entry);
    uint32_t place = 0;
    for (size_t i = 0; i < n; i++) {
        while (place <= wishes[i].place && tm_entry_next_body(&bodies, &body))
            place++;
        if (place > wishes[i].place)
            load->docs[wishes[i].document].recalled =
                take_body(load, wishes[i].document, current, segmented, body);
    }
    use_entry(recall, load, wishes, n, head.documents);
}

void tm_recall_get(const struct tm_recall *recall, struct load *load)
{
    struct tm_batch *batch = load->batch;
    struct wish *wishes = tm_arena_alloc(batch->arena, (batch->n + 1) * sizeof *wishes);
    size_t n = 0;
    load->asked = true;
    for (size_t i = 0; i < batch->n; i++)
        load->docs[i].recalled = TM_RECALLED_NOTHING;
    if (wishes == NULL)
        return;
    for (size_t i = 0; i < batch->n; i++)
        if (load->docs[i].entry != UINT32_MAX)
            wishes[n++] = (struct wish){load->docs[i].entry, load->docs[i].place, i};
    qsort(wishes, n, sizeof *wishes, order_wishes);
    for (size_t i = 0, end; i < n; i = end) {
        for (end = i + 1; end < n && wishes[end].entry == wishes[i].entry; end++)
            ;
        take_entry(recall, load, wishes + i, end - i);
    }
}

enum tm_status tm_recall_put(const struct tm_recall *recall, struct load *load, struct tm_err *err)
{
    struct tm_hash128 key;
    enum tm_status status = tm_entry_pack(load, &recall->basis, &key, err);
    if (status == TM_OK)
        tm_journal_put(recall->job->journal, TM_JOURNAL_DOCUMENTS, key, tm_buf_view(&load->packed));
    return status == TM_END ? TM_OK : status;
}
