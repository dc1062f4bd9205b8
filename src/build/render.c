/* SPDX-License-Identifier: Apache-2.0 */
/* What a clean document gives: its records and their provenance, its audit row, its entry in the
 * index, and what duplicates are found by. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "build/index.h"
#include "build/load.h"
#include "pack/record.h"

static enum tm_status no_memory(struct tm_err *err)
{
    return tm_fail(err, TM_ERR_NOMEM, "", TM_NO_OFFSET, "out of memory");
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
        load->sums.quality[i].records++;
        load->sums.quality[i].bytes += segment->length;
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

bool tm_load_reserve_prints(struct load *load, size_t n)
{
    size_t capacity = load->prints_capacity == 0 ? 256 : load->prints_capacity;
    while (capacity < n)
        capacity *= 2;
    if (capacity == load->prints_capacity)
        return true;
    struct print *prints = realloc(load->prints, capacity * sizeof *prints);
    if (prints == NULL)
        return false;
    load->prints = prints;
    load->prints_capacity = capacity;
    return true;
}

void tm_load_name(struct load *load, struct print *print, struct tm_str doc_id)
{
    print->id = (uint32_t)load->ids.n;
    tm_buf_str(&load->ids, doc_id);
    tm_buf_byte(&load->ids, '-');
    tm_buf_u64(&load->ids, print->segment);
    print->id_length = (uint32_t)(load->ids.n - print->id);
}

bool tm_load_sketch(struct load *load, struct print *print, const char *text)
{
    struct tm_arena *arena = load->batch->arena;
    char *form = tm_arena_alloc(arena, print->length + TM_FORM_ROOM);
    print->sketch = tm_arena_alloc(arena, sizeof *print->sketch);
    if (form == NULL || print->sketch == NULL)
        return false;
    tm_sketch_of(text, print->length, form, print->sketch);
    return true;
}

static enum tm_status add_print(struct load *load, const struct tm_doc *doc, size_t index,
                                size_t seg, bool near, struct tm_buf *scratch,
                                struct tm_err *err)
{
    if (!tm_load_reserve_prints(load, load->n_prints + 1))
        return no_memory(err);
    const struct tm_segment *segment = &doc->segments[seg];
    const char *text = doc->text.p + segment->offset;
    struct print print = {.date = doc->date, .document = (uint32_t)index, .segment = (uint32_t)seg,
                          .offset = (uint32_t)segment->offset,
                          .length = (uint32_t)segment->length};
    if (near) {
        if (!tm_load_sketch(load, &print, text))
            return no_memory(err);
    } else {
        scratch->n = 0;
        if (!tm_buf_reserve(scratch, segment->length + TM_FORM_ROOM))
            return no_memory(err);
        print.fingerprint = tm_fingerprint_of(text, segment->length, scratch->p);
    }
    load->prints[load->n_prints] = print;
    tm_load_name(load, &load->prints[load->n_prints++], doc->doc_id);
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
        parts[seg] = place_segment(job->recipe, segment);
        bool counts = tm_job_reports(job) && parts[seg].reason == TM_KEPT;
        if (tm_record_signals(doc, seg, counts ? tm_digester_take : NULL, &load->digester,
                              &signals) != TM_OK)
            return no_memory(err);
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
        at = rows->n;
        if (job->paragraphs != NULL && parts[seg].reason == TM_KEPT)
            tm_paragraphs_put(rows, text, scratch);
        parts[seg].paragraphs = (uint32_t)(rows->n - at);
        at = rows->n;
        if (counts && parts[seg].reason == TM_KEPT)
            tm_digest_put(rows, &load->digester, doc, seg, &signals);
        parts[seg].digest = (uint32_t)(rows->n - at);
        if ((job->exact != NULL || job->near != NULL) && parts[seg].reason == TM_KEPT)
            status = add_print(load, doc, index, seg, job->near != NULL, scratch,
                               err);
    }
    return status;
}

enum tm_status tm_load_settle(struct load *load, struct tm_doc *doc, struct tm_buf *scratch,
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
    enum tm_status status = job->recipe->index == 0 || doc->done
        ? TM_OK : tm_load_settle(load, doc, scratch, err);
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
        own.channel = load->docs[index].channel;
        tm_index_put(rows, &own, doc->cut);
    }
    head->index = (uint32_t)(rows->n - at);
    return status;
}

void tm_load_suspect(struct load *load, const struct tm_doc *doc)
{
    if (load->first_suspect[0] == '\0')
        (void)snprintf(load->first_suspect, sizeof load->first_suspect, "%.*s",
                       (int)doc->doc_id.n, doc->doc_id.p);
}

/* Appends one document to the rows. */
enum tm_status tm_load_render(struct job *job, struct load *load, size_t index,
                             struct tm_buf *scratch, struct tm_err *err)
{
    const struct tm_doc *doc = &load->batch->docs[index];
    struct tm_buf *rows = &load->rows;
    size_t n = doc->n_segments;
    struct row_head head = {.number = load->docs[index].number, .source = load->docs[index].source,
                            .n_segments = (uint32_t)n, .drop = doc->drop,
                            .forwarded = doc->forwarded_from.p != NULL};
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
    tm_ledger_add_document(&load->sums.ledger, doc);
    load->sums.suspects += doc->suspect;
    if (doc->suspect)
        tm_load_suspect(load, doc);
    return status;
}
