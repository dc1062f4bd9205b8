/* SPDX-License-Identifier: Apache-2.0 */
#include "build/entry.h"

#include <string.h>

#include "base/str.h"
#include "build/index.h"

/* What an entry begins with. Overlaps, prints, their ids and the sizes of documents follow, then of
 * each document its entry in the index, the texts of its prints and its rows: they lie together,
 * since they say the same. */
struct head {
    struct tm_entry_basis basis;
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

static size_t row_size(const char *row)
{
    struct row_head head;
    memcpy(&head, row, sizeof head);
    return sizeof head + head.size;
}

/* A document, its texts and its rows, from `row` on; `print` steps over its prints. */
static struct sizes put_document(const struct load *load, size_t index, const char *row,
                                 size_t *print, struct tm_buf *buf)
{
    const struct tm_doc *doc = &load->batch->docs[index];
    struct sizes sizes = {.rows = row_size(row)};
    size_t at = buf->n;
    tm_index_put(buf, doc, doc->cut);
    sizes.document = buf->n - at;
    at = buf->n;
    for (; *print < load->n_prints && load->prints[*print].document == index; ++*print)
        if (load->prints[*print].sketch != NULL)
            tm_buf_add(buf, doc->text.p + doc->segments[load->prints[*print].segment].offset,
                       load->prints[*print].length);
    sizes.texts = buf->n - at;
    tm_buf_add(buf, row, (size_t)sizes.rows);
    return sizes;
}

static void put_prints(const struct load *load, struct tm_buf *buf)
{
    tm_buf_add(buf, load->prints, load->n_prints * sizeof *load->prints);
    tm_buf_str(buf, tm_buf_view(&load->ids));
}

void tm_entry_put(const struct load *load, const struct tm_entry_basis *basis, struct tm_buf *buf)
{
    struct head head = {.basis = *basis, .sums = load->sums, .documents = load->batch->n,
                        .prints = load->n_prints, .ids = load->ids.n};
    buf->n = 0;
    tm_buf_add(buf, &head, sizeof head);
    tm_buf_add(buf, load->overlaps, load->n_against * sizeof *load->overlaps);
    put_prints(load, buf);
    size_t at = buf->n, print = 0;
    const char *row = load->rows.p;
    if (tm_buf_reserve(buf, load->batch->n * sizeof(struct sizes)))
        buf->n += load->batch->n * sizeof(struct sizes);
    for (size_t i = 0; i < load->batch->n && !buf->failed; i++) {
        struct sizes sizes = put_document(load, i, row, &print, buf);
        row += sizes.rows;
        if (!buf->failed)
            memcpy(buf->p + at + i * sizeof sizes, &sizes, sizeof sizes);
    }
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

static bool open_entry(const struct load *load, struct tm_str rest, struct entry *ret_entry)
{
    struct head *head = &ret_entry->head;
    struct tm_str begin = take(&rest, sizeof *head);
    if (begin.p == NULL)
        return false;
    memcpy(head, begin.p, sizeof *head);
    if (head->documents != load->batch->n || head->prints > rest.n / sizeof *load->prints)
        return false;
    ret_entry->overlaps = take(&rest, load->n_against * sizeof *load->overlaps);
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

/* Sketches, where there were some, are made again: they cannot be compressed, and are made faster than written. */
static bool sketch_texts(struct load *load, size_t document, size_t *print, struct tm_str texts)
{
    for (; *print < load->n_prints && load->prints[*print].document == document; ++*print) {
        if (load->prints[*print].sketch == NULL)
            continue;
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

static bool take_rows(struct load *load, struct entry entry)
{
    struct body body;
    if (!take_prints(load, &entry))
        return false;
    size_t print = 0;
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

enum tm_recalled tm_entry_take(struct load *load, const struct tm_entry_basis *basis,
                               struct tm_str bytes)
{
    struct entry entry;
    if (!open_entry(load, bytes, &entry))
        return TM_RECALLED_NOTHING;
    if (tm_hash128_order(entry.head.basis.settings, basis->settings) == 0) {
        if (take_rows(load, entry))
            return TM_RECALLED_ROWS;
        forget_rows(load);
    }
    if (!take_documents(load, entry))
        return TM_RECALLED_NOTHING;
    return entry.head.basis.threshold == basis->threshold ? TM_RECALLED_CLEAN
                                                          : TM_RECALLED_UNSEGMENTED;
}
