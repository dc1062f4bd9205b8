/* SPDX-License-Identifier: Apache-2.0 */
/* Outlines of all texts that met, where they fit in memory: most pairs are refused by them, and
 * their forms need not be brought together. */
#include <stdlib.h>

#include "base/pages.h"
#include "dedup/near.h"
#include "dedup/outline.h"

struct near_outlines {
    struct tm_near_options options;
    const uint8_t *cut;             /* bits of the texts whose last lines are left out */
    uint32_t *places;               /* by text, counted from 1; 0 without an outline */
    uint64_t next;                  /* text to be drawn */
    struct tm_outline *list;        /* of a text as it is compared, then of one with last lines */
};

void near_outlines_destroy(struct near_outlines *outlines)
{
    if (outlines == NULL)
        return;
    free(outlines->places);
    free(outlines->list);
    free(outlines);
}

/* Gives a place to each text that met another; returns how many there are. */
static enum tm_status find_places(struct near_outlines *outlines, struct tm_near *near,
                                  size_t *ret_n, struct tm_err *err)
{
    enum tm_status status = tm_keys_rewind(near->pairs, err);
    while (status == TM_OK) {
        struct tm_key pair;
        status = tm_keys_next(near->pairs, &pair, err);
        if (status == TM_OK)
            outlines->places[near_first(pair)] = outlines->places[near_second(pair)] = 1;
    }
    *ret_n = 0;
    for (uint64_t i = 0; i < near->n; i++) {
        if (outlines->places[i] == 0)
            continue;
        outlines->places[i] = (uint32_t)*ret_n + 1;
        *ret_n += near_bit(near->tails[0], i) ? 2 : 1;
    }
    return status == TM_END ? TM_OK : status;
}

static void draw(struct near_outlines *outlines, const struct tm_near *near, uint64_t number,
                 const struct near_text *text, struct tm_str form)
{
    struct tm_outline *outline = &outlines->list[outlines->places[number] - 1];
    uint32_t cut = near_cut_of(near, number, text);
    tm_outline_of((struct tm_str){form.p, cut}, outline);
    if (cut != text->form)
        tm_outline_of(form, outline + 1);
}

enum tm_status near_outlines_reach(struct near_outlines *outlines, struct tm_near *near,
                                   uint64_t number, struct near_text *ret_text,
                                   struct tm_str *ret_form, struct tm_err *err)
{
    uint64_t i = outlines == NULL ? number : outlines->next;
    enum tm_status status = TM_OK;
    for (; i <= number && status == TM_OK; i++) {
        if (outlines != NULL && outlines->places[i] == 0)
            continue;
        status = near_text_of(near, i, ret_text, err);
        if (status == TM_OK)
            status = near_form_of(near, ret_text, ret_form, err);
        if (status == TM_OK && outlines != NULL)
            draw(outlines, near, i, ret_text, *ret_form);
    }
    if (outlines != NULL)
        outlines->next = i;
    return status;
}

enum tm_status near_outlines_create(struct tm_near *near, size_t budget,
                                    struct near_outlines **ret_outlines, struct tm_err *err)
{
    *ret_outlines = NULL;
    size_t n = 0;
    if (near->n > budget / sizeof(uint32_t))
        return TM_OK;
    struct near_outlines *outlines = calloc(1, sizeof *outlines);
    if (outlines == NULL)
        return near_no_memory(err);
    outlines->options = near->options;
    if (outlines->options.threshold == 0)
        outlines->options.threshold = TM_NEAR_THRESHOLD;
    outlines->cut = near->tails[0];
    outlines->places = calloc((size_t)near->n + 1, sizeof *outlines->places);
    enum tm_status status = outlines->places == NULL ? near_no_memory(err)
                                                     : find_places(outlines, near, &n, err);
    bool fits = n <= (budget - near->n * sizeof(uint32_t)) / sizeof *outlines->list;
    if (status == TM_OK && fits) {
        outlines->list = tm_pages_alloc((n + 1) * sizeof *outlines->list);
        status = outlines->list == NULL ? near_no_memory(err) : TM_OK;
    }
    if (status != TM_OK || !fits) {
        near_outlines_destroy(outlines);
        return status;
    }
    *ret_outlines = outlines;
    return TM_OK;
}

bool near_outlines_may_agree(const struct near_outlines *outlines, struct tm_key pair)
{
    if (outlines == NULL)
        return true;
    uint64_t a = near_first(pair), b = near_second(pair);
    const struct tm_outline *x = &outlines->list[outlines->places[a] - 1];
    const struct tm_outline *y = &outlines->list[outlines->places[b] - 1];
    bool cut_a = near_bit(outlines->cut, a), cut_b = near_bit(outlines->cut, b);
    return tm_outlines_may_agree(x, y, &outlines->options) ||
           (cut_a != cut_b && tm_outlines_may_agree(x + cut_a, y + cut_b, &outlines->options));
}
