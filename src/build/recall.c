/* SPDX-License-Identifier: Apache-2.0 */
#include "build/recall.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/sorter.h"
#include "base/str.h"
#include "build/index.h"
#include "build/journal.h"
#include "build/segmenter.h"
#include "core/codec.h"

/* Bytes of text and metadata in a load, about. */
#define SPAN ((uint64_t)256 << 10)

/* Old documents at one place in shard order that are looked at. */
enum { MOST_EQUALS = 256 };

/* Bytes of the part that lists documents. */
#define MOST_LIST ((uint64_t)64 << 20)

/* Where a document of an earlier build lies. */
struct old {
    struct tm_hash128 hash;
    uint32_t entry;
    uint32_t place;
};

struct entry {
    struct tm_hash128 name;         /* in the journal */
    bool current;                   /* its basis is ours */
};

struct tm_recall {
    const struct job *job;
    struct tm_hash128 cleaning;     /* digest of settings and versions */
    struct tm_entry_basis basis;
    size_t source;                  /* whose digest `learnt` is; SIZE_MAX: of none */
    struct tm_hash128 learnt;
    size_t next_line;               /* first learnt line of later sources */
    struct tm_buf scratch;
    struct tm_buf entries;          /* struct entry */
    struct tm_sorter *old;          /* documents of all of them, in shard order */
    bool more;                      /* there is a next one, */
    struct tm_str next_key;
    struct old next;
    struct tm_buf equals_key;       /* the place of the old ones in `equals` */
    struct old equals[MOST_EQUALS];
    size_t n_equals;
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

static bool read_part(int fd, struct tm_buf *buf, size_t n)
{
    buf->n = 0;
    if (!tm_buf_reserve(buf, n))
        return false;
    while (buf->n < n) {
        ssize_t got = read(fd, buf->p + buf->n, n - buf->n);
        if (got <= 0)
            return false;
        buf->n += (size_t)got;
    }
    return true;
}

/* tm_journal_fn: the documents that an entry lists. One that cannot be read is passed over. */
static enum tm_status list_entry(void *user, struct tm_hash128 name, int fd, struct tm_err *err)
{
    struct tm_recall *recall = user;
    struct tm_entry_head head;
    struct tm_entry_item item;
    struct tm_buf packed = {0}, list = {0};
    struct old old = {.entry = (uint32_t)(recall->entries.n / sizeof(struct entry))};
    enum tm_status status = TM_OK;
    if (read_part(fd, &packed, sizeof head)) {
        memcpy(&head, packed.p, sizeof head);
        struct entry entry = {name, memcmp(&head.basis, &recall->basis, sizeof head.basis) == 0};
        tm_buf_add(&recall->entries, &entry, sizeof entry);
        if (head.list <= MOST_LIST && read_part(fd, &packed, (size_t)head.list) &&
            tm_entry_unpack(tm_buf_view(&packed), &list)) {
            struct tm_str rest = tm_buf_view(&list);
            for (; status == TM_OK && tm_entry_next(&rest, &item); old.place++) {
                old.hash = item.hash;
                status = tm_sorter_add(recall->old, item.key,
                                       (struct tm_str){(const char *)&old, sizeof old}, err);
            }
        }
    }
    tm_buf_finish(&packed);
    tm_buf_finish(&list);
    return recall->entries.failed ? no_memory(err) : status;
}

static enum tm_status next_old(struct tm_recall *recall, struct tm_err *err)
{
    struct tm_str payload;
    enum tm_status status = tm_sorter_next(recall->old, &recall->next_key, &payload, err);
    recall->more = status == TM_OK;
    if (recall->more)
        memcpy(&recall->next, payload.p, sizeof recall->next);
    return status == TM_END ? TM_OK : status;
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
        status = tm_sorter_create(job->temp, (size_t)(job->memory / 16), &recall->old, err);
    if (status == TM_OK)
        status = tm_journal_walk(job->journal, TM_JOURNAL_DOCUMENTS, list_entry, recall, err);
    if (status == TM_OK)
        status = tm_sorter_rewind(recall->old, err);
    if (status == TM_OK)
        status = next_old(recall, err);
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
    tm_sorter_destroy(recall->old);
    tm_buf_finish(&recall->scratch);
    tm_buf_finish(&recall->entries);
    tm_buf_finish(&recall->equals_key);
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

/* Brings the old documents at this place in shard order into `equals`. */
static enum tm_status step_to(struct tm_recall *recall, struct tm_str key, struct tm_err *err)
{
    enum tm_status status = TM_OK;
    if (tm_str_equal(tm_buf_view(&recall->equals_key), key))
        return TM_OK;
    recall->n_equals = 0;
    recall->equals_key.n = 0;
    tm_buf_str(&recall->equals_key, key);
    while (status == TM_OK && recall->more) {
        int order = tm_str_order(recall->next_key, key);
        if (order > 0)
            break;
        if (order == 0 && recall->n_equals < MOST_EQUALS)
            recall->equals[recall->n_equals++] = recall->next;
        status = next_old(recall, err);
    }
    return recall->equals_key.failed ? no_memory(err) : status;
}

static const struct entry *entry_of(const struct tm_recall *recall, uint32_t index)
{
    return (const struct entry *)(const void *)recall->entries.p + index;
}

/* The old document of this digest, one with our basis if there are several. */
static const struct old *find_old(const struct tm_recall *recall, struct tm_hash128 hash)
{
    const struct old *found = NULL;
    for (size_t i = 0; i < recall->n_equals; i++) {
        const struct old *old = &recall->equals[i];
        if (tm_hash128_order(old->hash, hash) == 0 &&
            (found == NULL || entry_of(recall, old->entry)->current))
            found = old;
    }
    return found;
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
    enum tm_status status = step_to(recall, key, err);
    const struct old *old = status == TM_OK ? find_old(recall, known->hash) : NULL;
    if (old != NULL) {
        known->entry = old->entry;
        known->place = old->place;
    }
    return status;
}

/* A body in one piece, which outlives the entry. */
static bool copy_body(struct load *load, struct load_body *body)
{
    struct tm_str *parts[] = {&body->prints, &body->sums, &body->document, &body->texts,
                              &body->rows};
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
        tm_journal_use(recall->job->journal, entry_of(recall, wishes->entry)->name);
    for (size_t i = 0; i < n; i++)
        load->docs[wishes[i].document].again = taken != documents;
}

/* Takes the wished documents of one entry, in the order of their places. */
static void take_entry(const struct tm_recall *recall, struct load *load, const struct wish *wishes,
                       size_t n)
{
    struct tm_hash128 name = entry_of(recall, wishes->entry)->name;
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
