/* SPDX-License-Identifier: Apache-2.0 */
#include "build/segmenter.h"

#include <stdlib.h>
#include <string.h>

#include <tolmach/clean.h>

#include "base/utf8.h"

/* Where an emoji was, a sentence may end. To find the place of one edit takes time that grows with
 * the edits of the document: this bounds the product. */
#define SOFT_WORK 4000000

const char *tm_unit_name(enum tm_unit unit)
{
    return unit == TM_UNIT_SENTENCE ? "sentence" : unit == TM_UNIT_DOCUMENT ? "document" : "segment";
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

/* Appends the spans of one line to those of the lines before, which the first one may continue. */
static void add_spans(struct tm_doc *doc, const struct tm_segment *spans, size_t n, size_t line)
{
    for (size_t i = 0; i < n; i++) {
        struct tm_segment *last = doc->n_spans == 0 ? NULL : &doc->spans[doc->n_spans - 1];
        size_t offset = line + spans[i].offset;
        if (last != NULL && last->lang == spans[i].lang) {
            last->length = offset + spans[i].length - last->offset;
            continue;
        }
        doc->spans[doc->n_spans] = spans[i];
        doc->spans[doc->n_spans++].offset = offset;
    }
}

/* Spans of one language, line by line: a line has at most one for each blank in it and one more. */
static enum tm_status find_spans(struct tm_doc *doc, struct tm_arena *arena)
{
    size_t most = 1;
    for (size_t i = 0; i < doc->text.n; i++)
        most += (unsigned char)doc->text.p[i] <= ' ';
    doc->spans = tm_arena_alloc(arena, most * sizeof *doc->spans);
    if (doc->spans == NULL)
        return TM_ERR_NOMEM;
    for (size_t at = 0; at < doc->text.n;) {
        const char *line = doc->text.p + at;
        const char *stop = memchr(line, '\n', doc->text.n - at);
        size_t length = stop == NULL ? doc->text.n - at : (size_t)(stop - line), n = 0;
        struct tm_segment *spans = NULL;
        enum tm_status status = tm_lang_spans(line, length, arena, &spans, &n);
        if (status != TM_OK)
            return status;
        add_spans(doc, spans, n, at);
        at += length + 1;
    }
    return TM_OK;
}

/* All segments become one: its language is that of most characters, the first
 * one's on a tie. */
static enum tm_status join(struct tm_doc *doc, struct tm_arena *arena)
{
    struct tm_segment *whole = &doc->segments[0];
    const struct tm_segment *last = &doc->segments[doc->n_segments - 1];
    size_t chars[TM_LANG_OTHER + 1] = {0}, best = 0;
    for (size_t i = 0; i < doc->n_segments; i++)
        chars[doc->segments[i].lang] +=
            tm_utf8_length(doc->text.p + doc->segments[i].offset, doc->segments[i].length);
    for (size_t i = 1; i < doc->n_segments; i++)
        if (chars[doc->segments[i].lang] > chars[doc->segments[best].lang])
            best = i;
    whole->lang = doc->segments[best].lang;
    whole->score = doc->segments[best].score;
    whole->length = last->offset + last->length - whole->offset;
    doc->n_segments = 1;
    return find_spans(doc, arena);
}

static enum tm_status segment_batch(const void *state, struct tm_batch *batch, struct tm_err *err)
{
    const struct tm_segmenter *segmenter = state;
    for (size_t i = 0; i < batch->n; i++) {
        struct tm_doc *doc = &batch->docs[i];
        if (doc->done)
            continue;
        doc->spans = NULL;
        doc->n_spans = 0;
        if (doc->drop != TM_KEPT)
            continue;
        enum tm_status status =
            tm_lang_segment(doc->text.p, doc->text.n, segmenter->threshold, batch->arena,
                            &doc->segments, &doc->n_segments);
        if (status == TM_OK && segmenter->unit == TM_UNIT_SENTENCE && doc->n_segments != 0)
            status = split(doc, batch->arena);
        if (status == TM_OK && segmenter->unit == TM_UNIT_DOCUMENT && doc->n_segments != 0)
            status = join(doc, batch->arena);
        if (status != TM_OK)
            return tm_fail(err, status, "", TM_NO_OFFSET, "cannot segment a document");
    }
    return TM_OK;
}

struct tm_stage tm_segmenter_stage(const struct tm_segmenter *segmenter)
{
    return (struct tm_stage){.name = "segment", .state = segmenter, .process = segment_batch};
}
