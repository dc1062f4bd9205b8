/* SPDX-License-Identifier: Apache-2.0 */
#include "build/segmenter.h"

#include <stdlib.h>

#include <tolmach/clean.h>

/* Where an emoji was, a sentence may end. To find the place of one edit takes time that grows with
 * the edits of the document: this bounds the product. */
#define SOFT_WORK 4000000

const char *tm_unit_name(enum tm_unit unit)
{
    return unit == TM_UNIT_SENTENCE ? "sentence" : "segment";
}

static int by_offset(const void *a, const void *b)
{
    size_t x = *(const size_t *)a, y = *(const size_t *)b;
    return x < y ? -1 : x > y;
}

/* Offsets in the clean text at which an emoji was, ascending; NULL when memory is short. */
static size_t *soft_borders(const struct tm_doc *doc, struct tm_arena *arena, size_t *ret_n)
{
    size_t most = SOFT_WORK / (doc->n_edits + 1), n = 0;
    most = most < doc->n_edits ? most : doc->n_edits;
    size_t *soft = tm_arena_alloc(arena, (most + 1) * sizeof *soft);
    if (soft == NULL)
        return NULL;
    for (size_t i = 0; i < doc->n_edits && n < most; i++)
        if (doc->edits[i].rule == TM_RULE_EMOJI || doc->edits[i].rule == TM_RULE_FLAG)
            soft[n++] = tm_edit_clean_offset(doc, i);
    qsort(soft, n, sizeof *soft, by_offset);
    *ret_n = n;
    return soft;
}

/* The sentences of a document, each with the label of its segment (segments begin and end with
 * lines, sentences lie in lines): counts them, and writes them when `ret` is not NULL. */
static size_t find_sentences(const struct tm_doc *doc, const size_t *soft, size_t n_soft,
                             struct tm_segment *ret)
{
    struct tm_sentences walk;
    size_t offset, length, k = 0;
    const struct tm_segment *segment = doc->segments, *last = segment + doc->n_segments;
    tm_sentences_begin(&walk, doc->text.p, doc->text.n, soft, n_soft);
    for (; tm_sentences_next(&walk, &offset, &length); k++) {
        while (last - segment > 1 && offset >= segment[1].offset)
            segment++;
        if (ret == NULL)
            continue;
        ret[k] = *segment;
        ret[k].offset = offset;
        ret[k].length = length;
    }
    return k;
}

static enum tm_status split(struct tm_doc *doc, struct tm_arena *arena)
{
    size_t n_soft = 0;
    const size_t *soft = soft_borders(doc, arena, &n_soft);
    if (soft == NULL)
        return TM_ERR_NOMEM;
    size_t n = find_sentences(doc, soft, n_soft, NULL);
    struct tm_segment *sentences = tm_arena_alloc(arena, (n + 1) * sizeof *sentences);
    if (sentences == NULL)
        return TM_ERR_NOMEM;
    (void)find_sentences(doc, soft, n_soft, sentences);
    doc->segments = sentences;
    doc->n_segments = n;
    return TM_OK;
}

static enum tm_status segment_batch(const void *state, struct tm_batch *batch, struct tm_err *err)
{
    const struct tm_segmenter *segmenter = state;
    for (size_t i = 0; i < batch->n; i++) {
        struct tm_doc *doc = &batch->docs[i];
        if (doc->drop != TM_KEPT)
            continue;
        enum tm_status status =
            tm_lang_segment(doc->text.p, doc->text.n, segmenter->threshold, batch->arena,
                            &doc->segments, &doc->n_segments);
        if (status == TM_OK && segmenter->unit == TM_UNIT_SENTENCE && doc->n_segments != 0)
            status = split(doc, batch->arena);
        if (status != TM_OK)
            return tm_fail(err, status, "", TM_NO_OFFSET, "cannot segment a document");
    }
    return TM_OK;
}

struct tm_stage tm_segmenter_stage(const struct tm_segmenter *segmenter)
{
    return (struct tm_stage){.name = "segment", .state = segmenter, .process = segment_batch};
}
