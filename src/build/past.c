/* SPDX-License-Identifier: Apache-2.0 */
#include "build/past.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/sorter.h"
#include "base/str.h"

/* Old documents at one place in shard order that are looked at. */
enum { MOST_EQUALS = 256 };

/* Bytes of the part that lists documents. */
#define MOST_LIST ((uint64_t)64 << 20)

/* Where a document of an earlier build lies. */
struct old {
    struct tm_hash128 hash;
    uint32_t entry;
    uint32_t place;
};

struct entry {
    struct tm_hash128 name;         /* in the journal */
    bool current;                   /* its basis is ours */
};

struct tm_past {
    const struct tm_entry_basis *basis;     /* while the lists are read */
    struct tm_buf entries;          /* struct entry */
    struct tm_sorter *old;          /* documents of all of them, in shard order */
    bool more;                      /* there is a next one, */
    struct tm_str next_key;
    struct old next;
    struct tm_buf equals_key;       /* the place of the old ones in `equals` */
    struct old equals[MOST_EQUALS];
    size_t n_equals;
};

static enum tm_status no_memory(struct tm_err *err)
{
    return tm_fail(err, TM_ERR_NOMEM, "", TM_NO_OFFSET, "out of memory");
}

static bool read_part(int fd, struct tm_buf *buf, size_t n)
{
    buf->n = 0;
    if (!tm_buf_reserve(buf, n))
        return false;
    while (buf->n < n) {
        ssize_t got = read(fd, buf->p + buf->n, n - buf->n);
        if (got <= 0)
            return false;
        buf->n += (size_t)got;
    }
    return true;
}

/* tm_journal_fn: the documents that an entry lists. One that cannot be read is passed over. */
static enum tm_status list_entry(void *user, struct tm_hash128 name, int fd, struct tm_err *err)
{
    struct tm_past *past = user;
    struct tm_entry_head head;
    struct tm_entry_item item;
    struct tm_buf packed = {0}, list = {0};
    struct old old = {.entry = (uint32_t)(past->entries.n / sizeof(struct entry))};
    enum tm_status status = TM_OK;
    if (read_part(fd, &packed, sizeof head)) {
        memcpy(&head, packed.p, sizeof head);
        struct entry entry = {name, memcmp(&head.basis, past->basis, sizeof head.basis) == 0};
        tm_buf_add(&past->entries, &entry, sizeof entry);
        if (head.list <= MOST_LIST && read_part(fd, &packed, (size_t)head.list) &&
            tm_entry_unpack(tm_buf_view(&packed), &list)) {
            struct tm_str rest = tm_buf_view(&list);
            for (; status == TM_OK && tm_entry_next(&rest, &item); old.place++) {
                old.hash = item.hash;
                status = tm_sorter_add(past->old, item.key,
                                       (struct tm_str){(const char *)&old, sizeof old}, err);
            }
        }
    }
    tm_buf_finish(&packed);
    tm_buf_finish(&list);
    return past->entries.failed ? no_memory(err) : status;
}

static enum tm_status next_old(struct tm_past *past, struct tm_err *err)
{
    struct tm_str payload;
    enum tm_status status = tm_sorter_next(past->old, &past->next_key, &payload, err);
    past->more = status == TM_OK;
    if (past->more)
        memcpy(&past->next, payload.p, sizeof past->next);
    return status == TM_END ? TM_OK : status;
}

enum tm_status tm_past_create(const struct tm_journal *journal, const struct tm_entry_basis *basis,
                              const char *folder, size_t budget, struct tm_past **ret_past,
                              struct tm_err *err)
{
    struct tm_past *past = calloc(1, sizeof *past);
    if (past == NULL)
        return no_memory(err);
    past->basis = basis;
    enum tm_status status = tm_sorter_create(folder, budget, &past->old, err);
    if (status == TM_OK)
        status = tm_journal_walk(journal, TM_JOURNAL_DOCUMENTS, list_entry, past, err);
    if (status == TM_OK)
        status = tm_sorter_rewind(past->old, err);
    if (status == TM_OK)
        status = next_old(past, err);
    if (status == TM_OK)
        *ret_past = past;
    else
        tm_past_destroy(past);
    return status;
}

void tm_past_destroy(struct tm_past *past)
{
    if (past == NULL)
        return;
    tm_sorter_destroy(past->old);
    tm_buf_finish(&past->entries);
    tm_buf_finish(&past->equals_key);
    free(past);
}

/* Brings the old documents at this place in shard order into `equals`. */
static enum tm_status step_to(struct tm_past *past, struct tm_str key, struct tm_err *err)
{
    enum tm_status status = TM_OK;
    if (tm_str_equal(tm_buf_view(&past->equals_key), key))
        return TM_OK;
    past->n_equals = 0;
    past->equals_key.n = 0;
    tm_buf_str(&past->equals_key, key);
    while (status == TM_OK && past->more) {
        int order = tm_str_order(past->next_key, key);
        if (order > 0)
            break;
        if (order == 0 && past->n_equals < MOST_EQUALS)
            past->equals[past->n_equals++] = past->next;
        status = next_old(past, err);
    }
    return past->equals_key.failed ? no_memory(err) : status;
}

static const struct entry *entry_of(const struct tm_past *past, uint32_t index)
{
    return (const struct entry *)(const void *)past->entries.p + index;
}

/* The old document of this digest, one with our basis if there are several. */
static const struct old *find_old(const struct tm_past *past, struct tm_hash128 hash)
{
    const struct old *found = NULL;
    for (size_t i = 0; i < past->n_equals; i++) {
        const struct old *old = &past->equals[i];
        if (tm_hash128_order(old->hash, hash) == 0 &&
            (found == NULL || entry_of(past, old->entry)->current))
            found = old;
    }
    return found;
}

struct tm_hash128 tm_past_entry(const struct tm_past *past, uint32_t entry)
{
    return entry_of(past, entry)->name;
}

enum tm_status tm_past_find(struct tm_past *past, struct tm_str key, struct tm_hash128 hash,
                            uint32_t *ret_entry, uint32_t *ret_place, struct tm_err *err)
{
    enum tm_status status = step_to(past, key, err);
    const struct old *old = status == TM_OK ? find_old(past, hash) : NULL;
    *ret_entry = old == NULL ? UINT32_MAX : old->entry;
    *ret_place = old == NULL ? 0 : old->place;
    return status;
}
