/* SPDX-License-Identifier: Apache-2.0 */
#include "dedup/near.h"

#include <stdlib.h>
#include <string.h>

#include "core/codec.h"
#include "dedup/sketch.h"

#define READ_BYTES ((size_t)64 << 10)

enum tm_status near_no_memory(struct tm_err *err)
{
    return tm_fail(err, TM_ERR_NOMEM, "", TM_NO_OFFSET, "out of memory");
}

const char *tm_dup_kind_name(enum tm_dup_kind kind)
{
    static const char *const names[] = {
        [TM_DUP_EXACT] = "exact", [TM_DUP_NEAR] = "near", [TM_DUP_CONTAINED] = "contained"};
    return names[kind];
}

enum tm_status tm_near_create(const char *folder, size_t budget,
                              const struct tm_near_options *options, struct tm_near **ret_near,
                              struct tm_err *err)
{
    struct tm_near *near = calloc(1, sizeof *near);
    if (near == NULL)
        return near_no_memory(err);
    near->options = *options;
    near->budget = budget;
    near->folder = strdup(folder);
    enum tm_status status = near->folder == NULL ? near_no_memory(err) : TM_OK;
    if (status == TM_OK)
        status = tm_prints_create(folder, budget / 2, &near->prints, err);
    if (status == TM_OK)
        status = tm_tempfile_create(folder, &near->minima, err);
    if (status == TM_OK)
        status = tm_tempfile_create(folder, &near->texts, err);
    if (status == TM_OK)
        status = tm_tempfile_create(folder, &near->forms, err);
    if (status != TM_OK) {
        tm_near_destroy(near);
        return status;
    }
    *ret_near = near;
    return TM_OK;
}

void tm_near_destroy(struct tm_near *near)
{
    if (near == NULL)
        return;
    near_scan_end(near);
    tm_prints_destroy(near->prints);
    tm_tempfile_destroy(near->minima);
    tm_tempfile_destroy(near->texts);
    tm_tempfile_destroy(near->forms);
    free(near->gone);
    free(near->leads);
    for (int i = 0; i < TM_SKETCH_CUTS; i++)
        free(near->tails[i]);
    tm_keys_destroy(near->copies);
    tm_keys_destroy(near->pairs);
    tm_sorter_destroy(near->similar);
    tm_sorter_destroy(near->contained);
    tm_keys_destroy(near->dropped);
    tm_sorter_destroy(near->decisions);
    tm_buf_finish(&near->buffer);
    free(near->folder);
    free(near);
}

static enum tm_status add_minima(struct tm_near *near, const struct tm_sketch *sketch,
                                 struct tm_err *err)
{
    struct near_minima minima = {
        .numbers = near->options.ignore_numbers ? 0 : sketch->numbers, .n_keys = sketch->n_keys};
    for (int kind = 0; kind < 2; kind++)
        near_mark(sketch->lanes[kind], sketch->form.n, minima.marks[kind]);
    enum tm_status status = tm_tempfile_append(near->minima, &minima, sizeof minima, err);
    near->stats.keys += sketch->n_keys;
    return status == TM_OK ? tm_tempfile_append(near->minima, sketch->keys,
                                                sketch->n_keys * sizeof *sketch->keys, err)
                           : status;
}

enum tm_status tm_near_add(struct tm_near *near, const struct tm_sketch *sketch, int64_t date,
                           uint64_t document, uint32_t segment, struct tm_str id,
                           struct tm_err *err)
{
    if (near->n >> TM_KEY_INDEX_BITS != 0 || sketch->form.n > UINT32_MAX)
        return tm_fail(err, TM_ERR_LIMIT, "", TM_NO_OFFSET, "too many texts, or one too long");
    struct near_text text = {
        .offset = tm_tempfile_size(near->forms), .document = document, .date = date,
        .segment = segment, .form = (uint32_t)sketch->form.n, .id = (uint32_t)id.n};
    memcpy(text.cuts, sketch->cuts, sizeof text.cuts);
    enum tm_status status = tm_prints_add(near->prints, sketch->fingerprint, date, err);
    if (status == TM_OK)
        status = add_minima(near, sketch, err);
    if (status == TM_OK)
        status = tm_tempfile_append(near->texts, &text, sizeof text, err);
    if (status == TM_OK)
        status = tm_tempfile_append(near->forms, sketch->form.p, sketch->form.n, err);
    if (status == TM_OK)
        status = tm_tempfile_append(near->forms, id.p, id.n, err);
    near->n++;
    return status;
}

enum tm_status near_scan_begin(struct tm_near *near, struct tm_err *err)
{
    near_scan_end(near);
    enum tm_status status = tm_tempreader_open(&near->scan.texts, near->texts, 0,
                                               tm_tempfile_size(near->texts), READ_BYTES, err);
    return status == TM_OK ? tm_tempreader_open(&near->scan.forms, near->forms, 0,
                                                tm_tempfile_size(near->forms), READ_BYTES, err)
                           : status;
}

void near_scan_end(struct tm_near *near)
{
    tm_tempreader_close(&near->scan.texts);
    tm_tempreader_close(&near->scan.forms);
}

static enum tm_status take(struct tm_tempreader *reader, uint64_t offset, size_t n,
                           const char **ret_p, struct tm_err *err)
{
    tm_tempreader_skip(reader, offset);
    enum tm_status status = tm_tempreader_take(reader, n, ret_p, err);
    return status == TM_END ? tm_fail(err, TM_ERR_INTERNAL, "", TM_NO_OFFSET,
                                      "a temporary file is cut")
                            : status;
}

enum tm_status near_text_of(struct tm_near *near, uint64_t number, struct near_text *ret_text,
                            struct tm_err *err)
{
    const char *p;
    enum tm_status status = take(&near->scan.texts, number * sizeof *ret_text, sizeof *ret_text,
                                 &p, err);
    if (status == TM_OK)
        memcpy(ret_text, p, sizeof *ret_text);
    return status;
}

enum tm_status near_form_of(struct tm_near *near, const struct near_text *text,
                            struct tm_str *ret_form, struct tm_err *err)
{
    ret_form->n = text->form;
    return take(&near->scan.forms, text->offset, text->form, &ret_form->p, err);
}

enum tm_status near_id_of(struct tm_near *near, const struct near_text *text,
                          struct tm_str *ret_id, struct tm_err *err)
{
    ret_id->n = text->id;
    return take(&near->scan.forms, text->offset + text->form, text->id, &ret_id->p, err);
}

static bool make_tables(struct tm_near *near)
{
    size_t bytes = (size_t)(near->n / 8 + 1);
    near->gone = calloc(bytes, 1);
    near->leads = calloc(bytes, 1);
    bool good = near->gone != NULL && near->leads != NULL;
    for (int i = 0; i < TM_SKETCH_CUTS; i++) {
        near->tails[i] = calloc(bytes, 1);
        good = good && near->tails[i] != NULL;
    }
    return good;
}

/* Exact duplicates go first: none of them is compared. */
static enum tm_status drop_copies(struct tm_near *near, struct tm_err *err)
{
    enum tm_status status = tm_keys_create(near->folder, near->budget / 8, 0, &near->copies,
                                           err);
    if (status == TM_OK)
        status = tm_prints_decide(near->prints, near->copies, err);
    tm_prints_destroy(near->prints);
    near->prints = NULL;
    if (status == TM_OK)
        status = tm_keys_rewind(near->copies, err);
    while (status == TM_OK) {
        struct tm_key key;
        status = tm_keys_next(near->copies, &key, err);
        if (status == TM_OK)
            near_set(near->gone, key.low >> TM_NUMBER_AT);
    }
    return status == TM_END ? TM_OK : status;
}

enum tm_status tm_near_decide(struct tm_near *near, struct tm_err *err)
{
    near->stats.texts = near->n;
    enum tm_status status = make_tables(near) ? TM_OK : near_no_memory(err);
    if (status == TM_OK)
        status = tm_tempfile_flush(near->minima, err);
    if (status == TM_OK)
        status = tm_tempfile_flush(near->texts, err);
    if (status == TM_OK)
        status = tm_tempfile_flush(near->forms, err);
    if (status == TM_OK)
        status = drop_copies(near, err);
    if (status == TM_OK)
        status = near_meet(near, err);
    if (status == TM_OK)
        status = near_compare(near, err);
    if (status == TM_OK)
        status = near_cluster(near, err);
    return status == TM_OK ? near_scan_begin(near, err) : status;
}

enum tm_status tm_near_next(struct tm_near *near, struct tm_decision *ret_decision,
                            struct tm_err *err)
{
    struct tm_str key, payload;
    struct near_text text;
    enum tm_status status = tm_sorter_next(near->decisions, &key, &payload, err);
    if (status == TM_OK)
        status = near_text_of(near, tm_get_be64(key.p), &text, err);
    if (status != TM_OK)
        return status;
    uint64_t value;
    memcpy(&value, payload.p + 1, sizeof value);
    *ret_decision = (struct tm_decision){.document = text.document, .segment = text.segment};
    if (payload.p[0] == 's') {
        ret_decision->n_dups = value;
        return TM_OK;
    }
    ret_decision->dup_of = (struct tm_str){payload.p + 1 + sizeof value,
                                           payload.n - 1 - sizeof value};
    ret_decision->kind = (enum tm_dup_kind)(value >> 14);
    ret_decision->similarity = value & 0x3FFF;
    return TM_OK;
}

struct tm_near_stats tm_near_stats_of(const struct tm_near *near)
{
    return near->stats;
}
