/* SPDX-License-Identifier: Apache-2.0 */
/* Pairs that met, each once, in the order of the first text: those that have more in common than
 * the key under which they met are compared in full. */
#include <string.h>

#include "core/codec.h"
#include "dedup/compare.h"
#include "dedup/near.h"
#include "dedup/pages.h"
#include "dedup/sketch.h"

/*
 * Minima, of the 24 of a sketch, that two texts have to share, by kind; texts of much the same
 * length share more of them when they are near. Unrelated ones share one, the key's, or two.
 */
static const unsigned least_shared[2][2] = {[TM_KEY_CHARS] = {6, 8}, [TM_KEY_WORDS] = {4, 7}};

struct pairing {
    struct tm_near *near;
    struct tm_compare *compare;
    struct tm_pages forms;
    struct near_text first;
    uint64_t number;                /* of the first; UINT64_MAX before */
    uint32_t loaded;                /* bytes of its form that are, 0 if it is not */
    struct tm_buf form;
    struct tm_buf other;
    struct tm_buf key;
};

/* Length of a text's form without last lines that recur. */
static uint32_t cut(const struct tm_near *near, uint64_t number, const struct near_text *text)
{
    uint32_t n = text->form;
    for (int i = 0; i < TM_SKETCH_CUTS && near_bit(near->tails[i], number); i++)
        n = text->cuts[i];
    return n;
}

static bool shares_minima(const struct near_text *a, const struct near_text *b, unsigned kind)
{
    unsigned shared = 0;
    if (a->form < b->form / TM_MOST_LONGER || b->form < a->form / TM_MOST_LONGER)
        return false;
    for (int i = 0; i < TM_SKETCH_LANES; i++)
        shared += a->lanes[kind][i] == b->lanes[kind][i];
    bool alike = a->form >= b->form / 4 * 3 && b->form >= a->form / 4 * 3;
    return shared >= least_shared[kind][alike];
}

static enum tm_status read_form(struct pairing *pairing, const struct near_text *text, uint32_t n,
                                struct tm_buf *buf, struct tm_err *err)
{
    buf->n = 0;
    if (!tm_buf_reserve(buf, (size_t)n + 8))
        return near_no_memory(err);
    buf->n = n;
    return tm_pages_read(&pairing->forms, text->offset, buf->p, n, err);
}

/* Whether `a` comes before `b` in survivor order. */
static bool comes_before(const struct near_text *a, uint64_t i, const struct near_text *b,
                         uint64_t k)
{
    if (a->date == b->date)
        return i < k;
    if (a->date == INT64_MIN || b->date == INT64_MIN)
        return b->date == INT64_MIN;
    return a->date < b->date;
}

/* Similar texts are sorted by the one that may go, in survivor order, then by the one that stays;
 * contained ones by length first, the longest first. */
static enum tm_status add_similar(struct pairing *pairing, uint64_t number,
                                  const struct near_text *other, enum tm_dup_kind kind,
                                  unsigned similarity, struct tm_err *err)
{
    const struct near_text *texts[2] = {&pairing->first, other};
    uint64_t numbers[2] = {pairing->number, number};
    size_t lengths[2] = {pairing->form.n, pairing->other.n};
    int goes = comes_before(texts[0], numbers[0], texts[1], numbers[1]);
    if (kind == TM_DUP_CONTAINED && lengths[0] != lengths[1])
        goes = lengths[1] < lengths[0];
    struct tm_buf *key = &pairing->key;
    key->n = 0;
    if (kind == TM_DUP_CONTAINED)
        tm_put_be64(key, ~(uint64_t)lengths[goes]);
    tm_put_be_time(key, texts[goes]->date);
    tm_put_be64(key, numbers[goes]);
    tm_put_be_time(key, texts[!goes]->date);
    tm_put_be64(key, numbers[!goes]);
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
static enum tm_status compare_forms(struct pairing *pairing, uint32_t n, uint64_t number,
                                    const struct near_text *other, uint32_t m, bool *ret_found,
                                    struct tm_err *err)
{
    struct tm_near *near = pairing->near;
    enum tm_status status = TM_OK;
    if (pairing->loaded != n) {
        status = read_form(pairing, &pairing->first, n, &pairing->form, err);
        if (status == TM_OK)
            status = tm_compare_load(pairing->compare, tm_buf_view(&pairing->form), err);
        pairing->loaded = status == TM_OK ? n : 0;
    }
    if (status == TM_OK)
        status = read_form(pairing, other, m, &pairing->other, err);
    enum tm_dup_kind kind;
    unsigned similarity;
    if (status == TM_OK)
        status = tm_compare_with(pairing->compare, tm_buf_view(&pairing->other), ret_found, &kind,
                                 &similarity, err);
    near->stats.compared++;
    return status == TM_OK && *ret_found
        ? add_similar(pairing, number, other, kind, similarity, err) : status;
}

/* Without last lines that recur; then, since one of two equal last lines may not recur as it
 * stands, with them. */
static enum tm_status compare_pair(struct pairing *pairing, uint64_t number,
                                   const struct near_text *other, struct tm_err *err)
{
    uint32_t n = cut(pairing->near, pairing->number, &pairing->first);
    uint32_t m = cut(pairing->near, number, other);
    bool found = false;
    enum tm_status status = compare_forms(pairing, n, number, other, m, &found, err);
    if (status != TM_OK || found || (n == pairing->first.form) == (m == other->form))
        return status;
    return compare_forms(pairing, pairing->first.form, number, other, other->form, &found, err);
}

/* Two texts, and under which kinds of keys they met, as bits. */
static enum tm_status try_pair(struct pairing *pairing, uint64_t first, uint64_t second,
                               unsigned kinds, struct tm_err *err)
{
    const struct near_text *text = NULL;
    enum tm_status status = TM_OK;
    pairing->near->stats.pairs++;
    if (pairing->number != first) {
        status = near_text_of(pairing->near, first, &text, err);
        if (status != TM_OK)
            return status;
        pairing->first = *text;
        pairing->number = first;
        pairing->loaded = 0;
    }
    status = near_text_of(pairing->near, second, &text, err);
    if (status != TM_OK)
        return status;
    bool close = kinds >> TM_KEY_WHOLE & 1;
    for (unsigned kind = 0; kind < 2 && !close; kind++)
        close = kinds >> kind & 1 && shares_minima(&pairing->first, text, kind);
    return close ? compare_pair(pairing, second, text, err) : TM_OK;
}

static enum tm_status walk_pairs(struct pairing *pairing, struct tm_err *err)
{
    struct tm_keys *pairs = pairing->near->pairs;
    uint64_t first = 0, second = 0;
    unsigned kinds = 0;
    enum tm_status status = tm_keys_rewind(pairs, err);
    while (status == TM_OK) {
        struct tm_key key;
        status = tm_keys_next(pairs, &key, err);
        if (status != TM_OK)
            break;
        if (kinds != 0 && (key.high >> 24 != first || key.low >> 24 != second)) {
            status = try_pair(pairing, first, second, kinds, err);
            kinds = 0;
        }
        first = key.high >> 24;
        second = key.low >> 24;
        kinds |= 1u << (key.low & 7);
    }
    if (status == TM_END && kinds != 0)
        status = try_pair(pairing, first, second, kinds, err);
    return status == TM_END ? TM_OK : status;
}

enum tm_status near_compare(struct tm_near *near, struct tm_err *err)
{
    struct pairing pairing = {.near = near, .number = UINT64_MAX};
    enum tm_status status = tm_compare_create(&near->options, &pairing.compare, err);
    if (status == TM_OK)
        status = tm_sorter_create(near->folder, near->budget / 16, &near->similar, err);
    if (status == TM_OK)
        status = tm_sorter_create(near->folder, near->budget / 16, &near->contained, err);
    if (status == TM_OK)
        status = tm_pages_init(&pairing.forms, near->forms, near->budget / 8 * 3, err);
    if (status == TM_OK)
        status = walk_pairs(&pairing, err);
    tm_pages_finish(&pairing.forms);
    tm_compare_destroy(pairing.compare);
    tm_buf_finish(&pairing.form);
    tm_buf_finish(&pairing.other);
    tm_buf_finish(&pairing.key);
    tm_keys_destroy(near->pairs);
    near->pairs = NULL;
    return status;
}
