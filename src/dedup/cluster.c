/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Who goes. Similar texts are walked in survivor order: one goes when it is similar to one before
 * it that has stayed. Then, from the longest on, those go that a longer one holds that has stayed;
 * not those for which others have gone, since nobody has compared these with the longer one.
 */
#include <string.h>

#include "core/codec.h"
#include "dedup/near.h"

static enum tm_status drop(struct tm_near *near, uint64_t text, uint64_t survivor,
                           enum tm_dup_kind kind, uint16_t similarity, struct tm_err *err)
{
    near_set(near->gone, text);
    near_set(near->leads, survivor);
    return tm_keys_add(near->dropped, near_key(text, survivor, (uint32_t)kind << 14 | similarity),
                       err);
}

static enum tm_status walk(struct tm_near *near, struct tm_sorter *sorter, enum tm_dup_kind kind,
                           struct tm_err *err)
{
    size_t skip = kind == TM_DUP_CONTAINED ? 16 : 8;
    enum tm_status status = tm_sorter_rewind(sorter, err);
    while (status == TM_OK) {
        struct tm_str key, payload;
        status = tm_sorter_next(sorter, &key, &payload, err);
        if (status != TM_OK)
            break;
        uint64_t text = tm_get_be64(key.p + skip);
        uint64_t survivor = tm_get_be64(key.p + skip + 16);
        uint16_t similarity;
        memcpy(&similarity, payload.p, sizeof similarity);
        if (near_bit(near->gone, text) || near_bit(near->gone, survivor) ||
            (kind == TM_DUP_CONTAINED && near_bit(near->leads, text)))
            continue;
        status = drop(near, text, survivor, kind, similarity, err);
    }
    return status == TM_END ? TM_OK : status;
}

/* Merges exact duplicates (sorted by their survivor) with near ones (sorted by themselves), so that
 * copies of a text that went name the one for which it went. */
static enum tm_status resolve(struct tm_near *near, struct tm_keys *finals, struct tm_err *err)
{
    struct tm_key copy = {0}, gone = {0};
    enum tm_status status = tm_keys_rewind(near->copies, err);
    if (status == TM_OK)
        status = tm_keys_rewind(near->dropped, err);
    if (status != TM_OK)
        return status;
    enum tm_status copies = tm_keys_next(near->copies, &copy, err);
    enum tm_status drops = tm_keys_next(near->dropped, &gone, err);
    while (status == TM_OK && (copies == TM_OK || drops == TM_OK)) {
        bool is_drop = drops == TM_OK && (copies != TM_OK || gone.high <= copy.high);
        bool both = is_drop && copies == TM_OK && gone.high == copy.high;
        uint32_t note = (uint32_t)(gone.low & 0xFFFFFF);
        if (both) {
            status = tm_keys_add(finals, near_key(gone.low >> 24, copy.low >> 24, note), err);
            copies = tm_keys_next(near->copies, &copy, err);
        } else if (is_drop) {
            status = tm_keys_add(finals, near_key(gone.low >> 24, gone.high >> 24, note), err);
            drops = tm_keys_next(near->dropped, &gone, err);
        } else {
            note = (uint32_t)TM_DUP_EXACT << 14 | 10000;
            status = tm_keys_add(finals, near_key(copy.high >> 24, copy.low >> 24, note), err);
            copies = tm_keys_next(near->copies, &copy, err);
        }
    }
    return copies < TM_OK ? copies : drops < TM_OK ? drops : status;
}

/* A decision: 's' and the number of duplicates; or 'd', kind and similarity, the survivor's id. */
static enum tm_status decide(struct tm_near *near, uint64_t text, char mark, uint64_t value,
                             struct tm_str id, struct tm_err *err)
{
    char key[8];
    for (int i = 0; i < 8; i++)
        key[i] = (char)(text >> (56 - 8 * i));
    struct tm_buf *buf = &near->buffer;
    size_t start = buf->n;
    tm_buf_byte(buf, mark);
    tm_buf_add(buf, &value, sizeof value);
    tm_buf_str(buf, id);
    if (buf->failed)
        return near_no_memory(err);
    struct tm_str payload = {buf->p + start, buf->n - start};
    buf->n = start;
    return tm_sorter_add(near->decisions, (struct tm_str){key, sizeof key}, payload, err);
}

static enum tm_status read_id(struct tm_near *near, uint64_t number, struct tm_err *err)
{
    struct near_text text;
    struct tm_str id = {NULL, 0};
    enum tm_status status = near_text_of(near, number, &text, err);
    if (status == TM_OK)
        status = near_id_of(near, &text, &id, err);
    if (status != TM_OK)
        return status;
    near->buffer.n = 0;
    /* Decisions are built behind the id, which must not move then. */
    if (!tm_buf_reserve(&near->buffer, 2 * id.n + 32))
        return near_no_memory(err);
    tm_buf_str(&near->buffer, id);
    return TM_OK;
}

static enum tm_status tell(struct tm_near *near, struct tm_keys *finals, struct tm_err *err)
{
    uint64_t survivor = UINT64_MAX;
    uint64_t count = 0;
    size_t id = 0;
    enum tm_status status = near_scan_begin(near, err);
    if (status == TM_OK)
        status = tm_keys_rewind(finals, err);
    while (status == TM_OK) {
        struct tm_key key;
        status = tm_keys_next(finals, &key, err);
        if (status != TM_OK)
            break;
        if (key.high >> 24 != survivor) {
            if (count != 0)
                status = decide(near, survivor, 's', count, (struct tm_str){NULL, 0}, err);
            survivor = key.high >> 24;
            count = 0;
            if (status == TM_OK)
                status = read_id(near, survivor, err);
            id = near->buffer.n;
        }
        count++;
        if (status == TM_OK)
            status = decide(near, key.low >> 24, 'd', key.low & 0xFFFFFF,
                            (struct tm_str){near->buffer.p, id}, err);
    }
    if (status == TM_END && count != 0)
        status = decide(near, survivor, 's', count, (struct tm_str){NULL, 0}, err);
    return status == TM_END ? TM_OK : status;
}

enum tm_status near_cluster(struct tm_near *near, struct tm_err *err)
{
    struct tm_keys *finals = NULL;
    enum tm_status status =
        tm_keys_create(near->folder, near->budget / 8, 0, &near->dropped, err);
    if (status == TM_OK)
        status = walk(near, near->similar, TM_DUP_NEAR, err);
    if (status == TM_OK)
        status = walk(near, near->contained, TM_DUP_CONTAINED, err);
    if (status == TM_OK)
        status = tm_keys_create(near->folder, near->budget / 8, 0, &finals, err);
    if (status == TM_OK)
        status = resolve(near, finals, err);
    if (status == TM_OK)
        status = tm_sorter_create(near->folder, near->budget / 4, &near->decisions, err);
    if (status == TM_OK)
        status = tell(near, finals, err);
    tm_keys_destroy(finals);
    return status == TM_OK ? tm_sorter_rewind(near->decisions, err) : status;
}
