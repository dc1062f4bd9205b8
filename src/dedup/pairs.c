/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Pairs that have much in common, compared in full. They come sorted by the second text, whose
 * form, read in order, goes with them through another sort to the first one's.
 */
#include <string.h>

#include "base/str.h"
#include "core/codec.h"
#include "dedup/compare.h"
#include "dedup/near.h"
#include "dedup/sketch.h"

/* A text of a pair; with its form behind it, what is sorted by the first text. */
struct side {
    uint64_t number;
    int64_t date;
    uint32_t form;                  /* bytes */
    uint32_t cut;                   /* bytes without last lines that recur */
};

struct pairing {
    struct tm_near *near;
    struct tm_compare *compare;
    struct near_outlines *outlines;
    struct side first;
    struct tm_str form;             /* of the first */
    uint32_t loaded;                /* bytes of it that are */
    bool is_loaded;
    struct tm_buf key;
    struct tm_buf payload;
};

static struct side side_of(const struct tm_near *near, uint64_t number,
                           const struct near_text *text)
{
    return (struct side){number, text->date, text->form, near_cut_of(near, number, text)};
}

/* Reads a text and its form. */
static enum tm_status read_side(struct tm_near *near, uint64_t number, struct side *ret_side,
                                struct tm_str *ret_form, struct tm_err *err)
{
    struct near_text text;
    enum tm_status status = near_text_of(near, number, &text, err);
    if (status != TM_OK)
        return status;
    *ret_side = side_of(near, number, &text);
    return near_form_of(near, &text, ret_form, err);
}

/* Whether `a` comes before `b` in survivor order. */
static bool comes_before(const struct side *a, const struct side *b)
{
    uint64_t x = tm_date_order(a->date);
    uint64_t y = tm_date_order(b->date);
    return x != y ? x < y : a->number < b->number;
}

/* Similar texts are sorted by the one that may go, in survivor order, then by the one that stays;
 * contained ones by length first, the longest first. `n` and `m`: bytes that were compared. */
static enum tm_status add_similar(struct pairing *pairing, uint32_t n, const struct side *other,
                                  uint32_t m, enum tm_dup_kind kind, unsigned similarity,
                                  struct tm_err *err)
{
    const struct side *sides[2] = {&pairing->first, other};
    uint32_t lengths[2] = {n, m};
    int goes = comes_before(sides[0], sides[1]);
    if (kind == TM_DUP_CONTAINED && n != m)
        goes = m < n;
    struct tm_buf *key = &pairing->key;
    key->n = 0;
    if (kind == TM_DUP_CONTAINED)
        tm_put_be64(key, ~(uint64_t)lengths[goes]);
    tm_put_be_time(key, sides[goes]->date);
    tm_put_be64(key, sides[goes]->number);
    tm_put_be_time(key, sides[!goes]->date);
    tm_put_be64(key, sides[!goes]->number);
    if (key->failed)
        return near_no_memory(err);
    struct tm_near *near = pairing->near;
    near->stats.found++;
    uint16_t value = (uint16_t)similarity;
    return tm_sorter_add(kind == TM_DUP_NEAR ? near->similar : near->contained,
                         tm_buf_view(key), (struct tm_str){(const char *)&value, sizeof value},
                         err);
}

/* Compares the first n bytes of the form of the first text with the first m of another's. */
static enum tm_status compare_forms(struct pairing *pairing, uint32_t n, const struct side *other,
                                    const char *form, uint32_t m, bool *ret_found,
                                    struct tm_err *err)
{
    enum tm_status status = TM_OK;
    if (!pairing->is_loaded || pairing->loaded != n) {
        status = tm_compare_load(pairing->compare, (struct tm_str){pairing->form.p, n}, err);
        pairing->loaded = n;
        pairing->is_loaded = status == TM_OK;
    }
    enum tm_dup_kind kind;
    unsigned similarity;
    if (status == TM_OK)
        status = tm_compare_with(pairing->compare, (struct tm_str){form, m}, ret_found, &kind,
                                 &similarity, err);
    pairing->near->stats.compared++;
    return status == TM_OK && *ret_found
        ? add_similar(pairing, n, other, m, kind, similarity, err) : status;
}

/* Without last lines that recur; then, since one of two equal last lines may not recur as it
 * stands, with them. */
static enum tm_status compare_pair(struct pairing *pairing, const struct side *other,
                                   const char *form, struct tm_err *err)
{
    const struct side *first = &pairing->first;
    bool found = false;
    enum tm_status status = compare_forms(pairing, first->cut, other, form, other->cut, &found,
                                          err);
    if (status != TM_OK || found || (first->cut == first->form) == (other->cut == other->form))
        return status;
    return compare_forms(pairing, first->form, other, form, other->form, &found, err);
}

/* The first texts with which a second one shares most, the best in front. */
struct choice {
    uint64_t second;
    struct tm_key pairs[TM_NEAR_MOST_PAIRS];
    size_t n;
};

/* Takes a pair of the second text if it is among the best; of equally good ones that with the
 * lowest first text, which came before. */
static void choose(struct choice *choice, struct tm_key pair)
{
    uint32_t lacks = near_note(pair);
    size_t at = choice->n;
    while (at > 0 && lacks < near_note(choice->pairs[at - 1]))
        at--;
    if (at == TM_NEAR_MOST_PAIRS)
        return;
    choice->n += choice->n < TM_NEAR_MOST_PAIRS;
    memmove(&choice->pairs[at + 1], &choice->pairs[at],
            (choice->n - 1 - at) * sizeof *choice->pairs);
    choice->pairs[at] = pair;
}

/* Leaves out pairs that cannot be similar. */
static void refuse(const struct near_outlines *outlines, struct choice *choice)
{
    size_t n = 0;
    for (size_t i = 0; i < choice->n; i++)
        if (near_outlines_may_agree(outlines, choice->pairs[i]))
            choice->pairs[n++] = choice->pairs[i];
    choice->n = n;
}

/* Sends the form of a second text to the first ones that were chosen. */
static enum tm_status send(struct pairing *pairing, struct choice *choice,
                           struct tm_sorter *sorter, struct tm_err *err)
{
    if (choice->n == 0)
        return TM_OK;
    struct near_text text;
    struct tm_str form = {NULL, 0};
    enum tm_status status = near_outlines_reach(pairing->outlines, pairing->near, choice->second,
                                                &text, &form, err);
    if (status != TM_OK)
        return status;
    refuse(pairing->outlines, choice);
    if (choice->n == 0)
        return TM_OK;
    struct side side = side_of(pairing->near, choice->second, &text);
    struct tm_buf *payload = &pairing->payload;
    payload->n = 0;
    tm_buf_add(payload, &side, sizeof side);
    tm_buf_str(payload, form);
    for (size_t i = 0; i < choice->n && status == TM_OK; i++) {
        pairing->key.n = 0;
        tm_put_be64(&pairing->key, near_second(choice->pairs[i]));
        tm_put_be64(&pairing->key, choice->second);
        if (payload->failed || pairing->key.failed)
            return near_no_memory(err);
        status = tm_sorter_add(sorter, tm_buf_view(&pairing->key), tm_buf_view(payload), err);
    }
    return status;
}

/* Chooses for each second text, and sends it. */
static enum tm_status gather(struct pairing *pairing, struct tm_sorter *sorter,
                             struct tm_err *err)
{
    struct tm_near *near = pairing->near;
    struct choice choice = {.second = UINT64_MAX};
    uint64_t last = UINT64_MAX;
    enum tm_status status = near_scan_begin(near, err);
    if (status == TM_OK)
        status = tm_keys_rewind(near->pairs, err);
    while (status == TM_OK) {
        struct tm_key pair;
        status = tm_keys_next(near->pairs, &pair, err);
        if (status != TM_OK)
            break;
        if (near_first(pair) != choice.second) {
            status = send(pairing, &choice, sorter, err);
            choice = (struct choice){.second = near_first(pair)};
        } else if (near_second(pair) == last) {
            continue;
        }
        last = near_second(pair);
        choose(&choice, pair);
    }
    return status == TM_END ? send(pairing, &choice, sorter, err) : status;
}

static enum tm_status walk_pairs(struct pairing *pairing, struct tm_sorter *sorter,
                                 struct tm_err *err)
{
    pairing->first.number = UINT64_MAX;
    enum tm_status status = near_scan_begin(pairing->near, err);
    if (status == TM_OK)
        status = tm_sorter_rewind(sorter, err);
    while (status == TM_OK) {
        struct tm_str key, payload;
        status = tm_sorter_next(sorter, &key, &payload, err);
        if (status != TM_OK)
            break;
        uint64_t number = tm_get_be64(key.p);
        if (number != pairing->first.number) {
            pairing->is_loaded = false;
            status = read_side(pairing->near, number, &pairing->first, &pairing->form, err);
        }
        struct side other;
        memcpy(&other, payload.p, sizeof other);
        if (status == TM_OK)
            status = compare_pair(pairing, &other, payload.p + sizeof other, err);
    }
    return status == TM_END ? TM_OK : status;
}

enum tm_status near_compare(struct tm_near *near, struct tm_err *err)
{
    struct pairing pairing = {.near = near};
    struct tm_sorter *sorter = NULL;
    enum tm_status status = tm_compare_create(&near->options, &pairing.compare, err);
    if (status == TM_OK)
        status = tm_sorter_create(near->folder, near->budget / 4, &sorter, err);
    if (status == TM_OK)
        status = near_outlines_create(near, near->budget / 4, &pairing.outlines, err);
    if (status == TM_OK)
        status = gather(&pairing, sorter, err);
    near_outlines_destroy(pairing.outlines);
    tm_keys_destroy(near->pairs);
    near->pairs = NULL;
    if (status == TM_OK)
        status = tm_sorter_create(near->folder, near->budget / 4, &near->similar, err);
    if (status == TM_OK)
        status = tm_sorter_create(near->folder, near->budget / 8, &near->contained, err);
    if (status == TM_OK)
        status = walk_pairs(&pairing, sorter, err);
    tm_sorter_destroy(sorter);
    tm_compare_destroy(pairing.compare);
    tm_buf_finish(&pairing.key);
    tm_buf_finish(&pairing.payload);
    return status;
}
