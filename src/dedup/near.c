/* SPDX-License-Identifier: Apache-2.0 */
#include "dedup/near.h"

#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "core/codec.h"
#include "dedup/sketch.h"

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
        status = tm_exact_create(folder, budget / 4, &near->exact, err);
    if (status == TM_OK)
        status = tm_keys_create(folder, budget / 2, &near->keys, err);
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
    tm_exact_destroy(near->exact);
    tm_keys_destroy(near->keys);
    tm_tempfile_destroy(near->texts);
    tm_tempfile_destroy(near->forms);
    free(near->cache);
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

enum tm_status tm_near_add(struct tm_near *near, const struct tm_sketch *sketch, int64_t date,
                           uint64_t document, uint32_t segment, struct tm_str id,
                           struct tm_err *err)
{
    uint64_t number = near->n;
    if (number >> TM_KEY_INDEX_BITS != 0 || sketch->form.n > UINT32_MAX)
        return tm_fail(err, TM_ERR_LIMIT, "", TM_NO_OFFSET, "too many texts, or one too long");
    struct near_text text = {
        .offset = tm_tempfile_size(near->forms), .document = document, .date = date,
        .segment = segment, .form = (uint32_t)sketch->form.n, .id = (uint32_t)id.n};
    memcpy(text.cuts, sketch->cuts, sizeof text.cuts);
    memcpy(text.lanes, sketch->lanes, sizeof text.lanes);
    uint64_t name = number;
    enum tm_status status = tm_exact_add(near->exact, sketch->fingerprint, date, number, 0,
                                         (struct tm_str){(const char *)&name, sizeof name}, err);
    for (uint32_t i = 0; i < sketch->n_keys && status == TM_OK; i++) {
        struct tm_key key = {sketch->keys[i].high, sketch->keys[i].low | number};
        status = tm_keys_add(near->keys, key, err);
    }
    if (status == TM_OK)
        status = tm_tempfile_append(near->texts, &text, sizeof text, err);
    if (status == TM_OK)
        status = tm_tempfile_append(near->forms, sketch->form.p, sketch->form.n, err);
    if (status == TM_OK)
        status = tm_tempfile_append(near->forms, id.p, id.n, err);
    near->stats.keys += sketch->n_keys;
    near->n++;
    return status;
}

enum tm_status near_text_of(struct tm_near *near, uint64_t number, const struct near_text **ret_text,
                            struct tm_err *err)
{
    uint64_t wanted = number / NEAR_BLOCK;
    struct near_block *block = &near->cache[wanted % near->n_blocks];
    if (block->number != wanted) {
        uint64_t left = near->n - wanted * NEAR_BLOCK;
        size_t count = left < NEAR_BLOCK ? (size_t)left : NEAR_BLOCK;
        block->number = UINT64_MAX;
        enum tm_status status =
            tm_tempfile_read(near->texts, wanted * sizeof block->texts, block->texts,
                             count * sizeof *block->texts, err);
        if (status != TM_OK)
            return status;
        block->number = wanted;
    }
    *ret_text = &block->texts[number % NEAR_BLOCK];
    return TM_OK;
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
    uint64_t blocks = near->n / NEAR_BLOCK + 1;
    near->n_blocks = near->budget / 8 / sizeof *near->cache + 1;
    if (near->n_blocks > blocks)
        near->n_blocks = (size_t)blocks;
    near->cache = malloc(near->n_blocks * sizeof *near->cache);
    for (size_t i = 0; i < near->n_blocks && near->cache != NULL; i++)
        near->cache[i].number = UINT64_MAX;
    return good && near->cache != NULL;
}

/* Exact duplicates go first: none of them is compared. */
static enum tm_status drop_copies(struct tm_near *near, struct tm_err *err)
{
    struct tm_decision decision;
    enum tm_status status = tm_exact_decide(near->exact, err);
    while (status == TM_OK) {
        status = tm_exact_next(near->exact, &decision, err);
        if (status != TM_OK || decision.dup_of.p == NULL)
            continue;
        uint64_t survivor;
        memcpy(&survivor, decision.dup_of.p, sizeof survivor);
        near_set(near->gone, decision.document);
        status = tm_keys_add(near->copies, near_key(survivor, decision.document, 0), err);
    }
    tm_exact_destroy(near->exact);
    near->exact = NULL;
    return status == TM_END ? TM_OK : status;
}

enum tm_status tm_near_decide(struct tm_near *near, struct tm_err *err)
{
    near->stats.texts = near->n;
    enum tm_status status = make_tables(near) ? TM_OK : near_no_memory(err);
    if (status == TM_OK)
        status = tm_tempfile_flush(near->texts, err);
    if (status == TM_OK)
        status = tm_tempfile_flush(near->forms, err);
    if (status == TM_OK)
        status = tm_keys_create(near->folder, near->budget / 8, &near->copies, err);
    if (status == TM_OK)
        status = drop_copies(near, err);
    if (status == TM_OK)
        status = near_meet(near, err);
    if (status == TM_OK)
        status = near_compare(near, err);
    return status == TM_OK ? near_cluster(near, err) : status;
}

enum tm_status tm_near_next(struct tm_near *near, struct tm_decision *ret_decision,
                            struct tm_err *err)
{
    struct tm_str key, payload;
    const struct near_text *text = NULL;
    enum tm_status status = tm_sorter_next(near->decisions, &key, &payload, err);
    if (status == TM_OK)
        status = near_text_of(near, tm_get_be64(key.p), &text, err);
    if (status != TM_OK)
        return status;
    uint64_t value;
    memcpy(&value, payload.p + 1, sizeof value);
    *ret_decision = (struct tm_decision){.document = text->document, .segment = text->segment};
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
