/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which texts meet. Keys of one first minimum stand together, those that share more minima closest
 * (the sorted neighbourhood of Hernández and Stolfo, 1995): each text meets the WINDOW before it,
 * and the first ones of those with all minima in common. So a key that half the corpus has costs
 * no more than a rare one.
 */
#include <string.h>

#include "dedup/near.h"
#include "dedup/sketch.h"

enum {
    WINDOW = 4,
    FIRST = 2,
    RECURS = 4,             /* texts from which on a last line counts as recurring */
};

#define INDEX_MASK (((uint64_t)1 << TM_KEY_INDEX_BITS) - 1)

struct hall {
    struct tm_near *near;
    struct tm_key window[WINDOW];   /* a ring of those before, of one first minimum and kind */
    size_t n;
    struct tm_key first[FIRST];     /* of one chain of minima */
    size_t n_first;
    struct tm_key tail;             /* of the last line under way */
    uint64_t tails[RECURS];
    unsigned tail_details[RECURS];
    uint64_t n_tails;
};

static enum tm_key_kind kind_of(struct tm_key key)
{
    return (enum tm_key_kind)(key.low >> TM_KEY_KIND_AT & 7);
}

static enum tm_status pair(struct tm_near *near, struct tm_key a, struct tm_key b,
                           struct tm_err *err)
{
    uint64_t x = a.low & INDEX_MASK;
    uint64_t y = b.low & INDEX_MASK;
    if (x == y)
        return TM_OK;
    return tm_keys_add(near->pairs, near_key(x < y ? x : y, x < y ? y : x, kind_of(a)), err);
}

/* Whether two keys share the first minimum, or a whole. */
static bool same_first(struct tm_key a, struct tm_key b)
{
    if (kind_of(a) != kind_of(b))
        return false;
    return kind_of(a) == TM_KEY_WHOLE ? a.high == b.high : a.high >> 32 == b.high >> 32;
}

static bool same_chain(struct tm_key a, struct tm_key b)
{
    return a.high == b.high && a.low >> TM_KEY_HASH_AT == b.low >> TM_KEY_HASH_AT;
}

static enum tm_status meet_text(struct hall *hall, struct tm_key key, struct tm_err *err)
{
    enum tm_status status = TM_OK;
    if (hall->n != 0 && !same_first(hall->window[(hall->n - 1) % WINDOW], key)) {
        hall->n = 0;
        hall->n_first = 0;
    }
    size_t near_ones = hall->n < WINDOW ? hall->n : WINDOW;
    for (size_t i = 0; i < near_ones && status == TM_OK; i++)
        status = pair(hall->near, hall->window[(hall->n - 1 - i) % WINDOW], key, err);
    if (hall->n_first != 0 && !same_chain(hall->first[0], key))
        hall->n_first = 0;
    for (size_t i = 0; i < hall->n_first && status == TM_OK; i++)
        status = pair(hall->near, hall->first[i], key, err);
    if (hall->n_first < FIRST)
        hall->first[hall->n_first++] = key;
    hall->window[hall->n++ % WINDOW] = key;
    return status;
}

static void mark_tail(struct hall *hall, uint64_t text, unsigned detail)
{
    near_set(hall->near->tails[detail], text);
}

static void meet_tail(struct hall *hall, struct tm_key key)
{
    uint64_t text = key.low & INDEX_MASK;
    unsigned detail = key.low >> TM_KEY_DETAIL_AT & 1;
    if (hall->n_tails == 0 || !same_chain(hall->tail, key)) {
        hall->tail = key;
        hall->n_tails = 0;
    }
    if (hall->n_tails < RECURS) {
        hall->tails[hall->n_tails] = text;
        hall->tail_details[hall->n_tails] = detail;
    }
    hall->n_tails++;
    if (hall->n_tails == RECURS)
        for (size_t i = 0; i < RECURS; i++)
            mark_tail(hall, hall->tails[i], hall->tail_details[i]);
    else if (hall->n_tails > RECURS)
        mark_tail(hall, text, detail);
}

enum tm_status near_meet(struct tm_near *near, struct tm_err *err)
{
    struct hall hall = {.near = near};
    enum tm_status status = tm_keys_create(near->folder, near->budget / 4, &near->pairs, err);
    if (status == TM_OK)
        status = tm_keys_rewind(near->keys, err);
    while (status == TM_OK) {
        struct tm_key key;
        status = tm_keys_next(near->keys, &key, err);
        if (status != TM_OK || near_bit(near->gone, key.low & INDEX_MASK))
            continue;
        if (kind_of(key) == TM_KEY_TAIL)
            meet_tail(&hall, key);
        else
            status = meet_text(&hall, key, err);
    }
    tm_keys_destroy(near->keys);
    near->keys = NULL;
    return status == TM_END ? TM_OK : status;
}
