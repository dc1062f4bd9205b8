/* SPDX-License-Identifier: Apache-2.0 */
/* Three sorts: by normal form, to count; by place, to read the texts in one go; by count. */
#include "pack/paragraphs.h"

#include <tolmach/dedup.h>

#include <stdlib.h>

#include "base/hash.h"
#include "base/sorter.h"
#include "base/str.h"
#include "base/utf8.h"
#include "core/codec.h"

struct entry {
    struct tm_hash128 form;
    uint32_t line;                  /* of the text, from 0 */
    uint32_t bytes;                 /* of the paragraph */
};

struct tm_paragraphs {
    struct tm_sorter *seen;         /* form -> document, offset, size, line, bytes */
    struct tm_sorter *found;        /* offset, line -> size, documents */
    struct tm_sorter *ranks;        /* documents inverted, text -> id of the first document */
    struct tm_buf key;
    struct tm_buf payload;
    struct tm_paragraph_sum sum;
};

static enum tm_status no_memory(struct tm_err *err)
{
    return tm_fail(err, TM_ERR_NOMEM, "", TM_NO_OFFSET, "out of memory");
}

void tm_paragraphs_put(struct tm_buf *entries, struct tm_str text, struct tm_buf *scratch)
{
    uint32_t line = 0;
    for (size_t at = 0, end; at < text.n; at = end + 1, line++) {
        const char *stop = memchr(text.p + at, '\n', text.n - at);
        end = stop == NULL ? text.n : (size_t)(stop - text.p);
        scratch->n = 0;
        if (end - at < TM_PARAGRAPH_CHARS)
            continue;
        if (!tm_buf_reserve(scratch, end - at + 8)) {
            entries->failed = true;
            return;
        }
        size_t n = tm_normal_form(text.p + at, end - at, scratch->p);
        if (tm_utf8_length(scratch->p, n) < TM_PARAGRAPH_CHARS)
            continue;
        struct entry entry = {tm_hash128_of(scratch->p, n), line, (uint32_t)(end - at)};
        tm_buf_add(entries, &entry, sizeof entry);
    }
}

enum tm_status tm_paragraphs_create(const char *folder, size_t budget,
                                    struct tm_paragraphs **ret_paragraphs, struct tm_err *err)
{
    struct tm_paragraphs *p = calloc(1, sizeof *p);
    if (p == NULL)
        return no_memory(err);
    enum tm_status status = tm_sorter_create(folder, budget / 2, &p->seen, err);
    if (status == TM_OK)
        status = tm_sorter_create(folder, budget / 4, &p->found, err);
    if (status == TM_OK)
        status = tm_sorter_create(folder, budget / 4, &p->ranks, err);
    if (status == TM_OK)
        *ret_paragraphs = p;
    else
        tm_paragraphs_destroy(p);
    return status;
}

void tm_paragraphs_destroy(struct tm_paragraphs *p)
{
    if (p == NULL)
        return;
    tm_sorter_destroy(p->seen);
    tm_sorter_destroy(p->found);
    tm_sorter_destroy(p->ranks);
    tm_buf_finish(&p->key);
    tm_buf_finish(&p->payload);
    free(p);
}

/* Adds p->key and p->payload. */
static enum tm_status add(struct tm_paragraphs *p, struct tm_sorter *sorter, struct tm_err *err)
{
    return p->key.failed || p->payload.failed
        ? no_memory(err)
        : tm_sorter_add(sorter, tm_buf_view(&p->key), tm_buf_view(&p->payload), err);
}

enum tm_status tm_paragraphs_add(struct tm_paragraphs *p, struct tm_str entries, uint64_t document,
                                 uint64_t offset, size_t size, struct tm_err *err)
{
    enum tm_status status = TM_OK;
    for (size_t at = 0; at + sizeof(struct entry) <= entries.n && status == TM_OK;
         at += sizeof(struct entry)) {
        struct entry entry;
        memcpy(&entry, entries.p + at, sizeof entry);
        p->key.n = 0;
        p->payload.n = 0;
        tm_put_be64(&p->key, entry.form.high);
        tm_put_be64(&p->key, entry.form.low);
        tm_put_be64(&p->payload, document);
        tm_put_be64(&p->payload, offset);
        tm_put_be64(&p->payload, size);
        tm_put_be64(&p->payload, entry.line);
        tm_put_be64(&p->payload, entry.bytes);
        status = add(p, p->seen, err);
    }
    return status;
}

/* A paragraph under way: what the sorter says of its first occurrence, and sums. */
struct group {
    char form[16];
    char first[40];
    uint64_t last_document;
    uint64_t documents;
    uint64_t bytes;
};

static enum tm_status end_group(struct tm_paragraphs *p, const struct group *group,
                                struct tm_err *err)
{
    if (group->documents < TM_PARAGRAPH_DOCUMENTS)
        return TM_OK;
    p->sum.paragraphs++;
    p->sum.bytes += group->bytes;
    p->key.n = 0;
    p->payload.n = 0;
    tm_buf_add(&p->key, group->first + 8, 8);
    tm_buf_add(&p->key, group->first + 24, 8);
    tm_buf_add(&p->payload, group->first + 16, 8);
    tm_put_be64(&p->payload, group->documents);
    return add(p, p->found, err);
}

static void take_occurrence(struct group *group, struct tm_str key, struct tm_str payload)
{
    uint64_t document = tm_get_be64(payload.p);
    if (group->documents == 0) {
        memcpy(group->form, key.p, sizeof group->form);
        memcpy(group->first, payload.p, sizeof group->first);
    }
    group->documents += group->documents == 0 || document != group->last_document;
    group->last_document = document;
    group->bytes += tm_get_be64(payload.p + 32);
}

enum tm_status tm_paragraphs_count(struct tm_paragraphs *p, struct tm_err *err)
{
    struct group group = {.documents = 0};
    enum tm_status status = tm_sorter_rewind(p->seen, err);
    while (status == TM_OK) {
        struct tm_str key, payload;
        status = tm_sorter_next(p->seen, &key, &payload, err);
        if (status != TM_OK)
            break;
        if (group.documents != 0 && memcmp(group.form, key.p, sizeof group.form) != 0) {
            status = end_group(p, &group, err);
            group = (struct group){.documents = 0};
        }
        take_occurrence(&group, key, payload);
    }
    return status == TM_END ? end_group(p, &group, err) : status;
}

/* What stands behind a key of a row, up to the quote that ends it, escapes and all. */
static struct tm_str string_of(struct tm_str row, const char *key)
{
    const char *p = memmem(row.p, row.n, key, strlen(key));
    size_t at = p == NULL ? row.n : (size_t)(p - row.p) + strlen(key);
    size_t end = at;
    while (end < row.n && row.p[end] != '"')
        end += row.p[end] == '\\' ? 2 : 1;
    return (struct tm_str){row.p + at, (end < row.n ? end : row.n) - at};
}

/* A line of such a string, where a line feed is written as an escape. */
static struct tm_str line_of(struct tm_str text, uint64_t line)
{
    size_t from = 0;
    size_t at = 0;
    while (at < text.n) {
        bool escape = text.p[at] == '\\';
        bool ends = escape && at + 1 < text.n && text.p[at + 1] == 'n';
        if (ends && line-- == 0)
            break;
        at += escape ? 2 : 1;
        if (ends)
            from = at;
    }
    return (struct tm_str){text.p + from, (at < text.n ? at : text.n) - from};
}

/* Reads the texts of what was found, in the order of their places. */
static enum tm_status look_up(struct tm_paragraphs *p, struct tm_tempfile *records,
                              struct tm_err *err)
{
    struct tm_buf row = {0};
    enum tm_status status = tm_sorter_rewind(p->found, err);
    while (status == TM_OK) {
        struct tm_str key, payload;
        status = tm_sorter_next(p->found, &key, &payload, err);
        if (status != TM_OK)
            break;
        size_t size = (size_t)tm_get_be64(payload.p);
        row.n = 0;
        if (!tm_buf_reserve(&row, size + 1)) {
            status = no_memory(err);
            break;
        }
        status = tm_tempfile_read(records, tm_get_be64(key.p), row.p, size, err);
        if (status != TM_OK)
            break;
        row.n = size;
        p->key.n = 0;
        p->payload.n = 0;
        tm_put_be64(&p->key, ~tm_get_be64(payload.p + 8));
        tm_buf_str(&p->key, line_of(string_of(tm_buf_view(&row), ",\"text\":\""),
                                    tm_get_be64(key.p + 8)));
        tm_buf_str(&p->payload, string_of(tm_buf_view(&row), ",\"doc_id\":\""));
        status = add(p, p->ranks, err);
    }
    tm_buf_finish(&row);
    return status == TM_END ? tm_sorter_rewind(p->ranks, err) : status;
}

enum tm_status tm_paragraphs_decide(struct tm_paragraphs *p, struct tm_tempfile *records,
                                    struct tm_err *err)
{
    enum tm_status status = tm_paragraphs_count(p, err);
    return status == TM_OK ? look_up(p, records, err) : status;
}

enum tm_status tm_paragraphs_next(struct tm_paragraphs *p, struct tm_buf *row, struct tm_err *err)
{
    struct tm_str key, id;
    enum tm_status status = tm_sorter_next(p->ranks, &key, &id, err);
    if (status != TM_OK)
        return status;
    tm_buf_text(row, "{\"text\":\"");
    tm_buf_add(row, key.p + 8, key.n - 8);
    tm_buf_text(row, "\",\"documents\":");
    tm_buf_u64(row, ~tm_get_be64(key.p));
    tm_buf_text(row, ",\"doc_id\":\"");
    tm_buf_str(row, id);
    tm_buf_text(row, "\"}\n");
    return row->failed ? no_memory(err) : TM_OK;
}

struct tm_paragraph_sum tm_paragraphs_sum(const struct tm_paragraphs *p)
{
    return p->sum;
}
