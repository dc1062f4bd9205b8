/* SPDX-License-Identifier: Apache-2.0 */
/* An open hash table; the fingerprint is its own hash, zeros are an empty slot. */
#include "dedup/seen.h"

#include <stdlib.h>
#include <sys/mman.h>

enum { LEAST_SLOTS = 1 << 12 };

#define LARGE_PAGE ((size_t)2 << 20)

struct tm_seen {
    struct tm_fingerprint *slots;
    size_t n_slots;                 /* a power of two */
    size_t most_slots;
    size_t n;
};

static enum tm_status no_memory(struct tm_err *err)
{
    return tm_fail(err, TM_ERR_NOMEM, "", TM_NO_OFFSET, "out of memory");
}

/* Empty slots: in large pages where the system has them, since nearly each one that is looked up is
 * on a page that was not touched yet. */
static struct tm_fingerprint *make_slots(size_t n)
{
    struct tm_fingerprint *slots = calloc(n, sizeof *slots);
    size_t size = n * sizeof *slots;
    if (slots != NULL && size >= 2 * LARGE_PAGE) {
        size_t skip = -(uintptr_t)slots & (LARGE_PAGE - 1);
        (void)madvise((char *)slots + skip, size - skip, MADV_HUGEPAGE);
    }
    return slots;
}

enum tm_status tm_seen_create(size_t budget, struct tm_seen **ret_seen, struct tm_err *err)
{
    struct tm_seen *seen = calloc(1, sizeof *seen);
    if (seen == NULL)
        return no_memory(err);
    seen->n_slots = LEAST_SLOTS;
    seen->most_slots = LEAST_SLOTS;
    /* While a table grows, the one half as large is there too. */
    while (seen->most_slots * 2 * sizeof *seen->slots <= budget / 3 * 2)
        seen->most_slots *= 2;
    seen->slots = make_slots(seen->n_slots);
    if (seen->slots == NULL) {
        tm_seen_destroy(seen);
        return no_memory(err);
    }
    *ret_seen = seen;
    return TM_OK;
}

void tm_seen_destroy(struct tm_seen *seen)
{
    if (seen == NULL)
        return;
    free(seen->slots);
    free(seen);
}

static bool is_empty(struct tm_fingerprint slot)
{
    return (slot.high | slot.low) == 0;
}

/* Where a fingerprint is, or would be. */
static struct tm_fingerprint *find(const struct tm_seen *seen, struct tm_fingerprint print)
{
    size_t mask = seen->n_slots - 1;
    size_t at = (size_t)print.low & mask;
    while (!is_empty(seen->slots[at]) &&
           (seen->slots[at].low != print.low || seen->slots[at].high != print.high))
        at = (at + 1) & mask;
    return &seen->slots[at];
}

static bool is_crowded(const struct tm_seen *seen)
{
    return seen->n >= seen->n_slots / 4 * 3;
}

static enum tm_status grow(struct tm_seen *seen, size_t n_slots, struct tm_err *err)
{
    struct tm_fingerprint *old = seen->slots;
    size_t n = seen->n_slots;
    seen->slots = make_slots(n_slots);
    if (seen->slots == NULL) {
        seen->slots = old;
        return no_memory(err);
    }
    seen->n_slots = n_slots;
    for (size_t i = 0; i < n; i++)
        if (!is_empty(old[i]))
            *find(seen, old[i]) = old[i];
    free(old);
    return TM_OK;
}

enum tm_status tm_seen_reserve(struct tm_seen *seen, uint64_t n, struct tm_err *err)
{
    size_t n_slots = seen->n_slots;
    while (n_slots < seen->most_slots && n_slots / 4 * 3 < n)
        n_slots *= 2;
    return n_slots == seen->n_slots ? TM_OK : grow(seen, n_slots, err);
}

void tm_seen_expect(const struct tm_seen *seen, struct tm_fingerprint print)
{
#if defined(__GNUC__)
    __builtin_prefetch(&seen->slots[(size_t)print.low & (seen->n_slots - 1)], 1);
#else
    (void)seen;
    (void)print;
#endif
}

enum tm_status tm_seen_put(struct tm_seen *seen, struct tm_fingerprint print,
                           enum tm_seen_answer *ret_answer, struct tm_err *err)
{
    if (is_empty(print))
        print.low = 1;
    struct tm_fingerprint *slot = find(seen, print);
    if (!is_empty(*slot)) {
        *ret_answer = TM_SEEN_OLD;
        return TM_OK;
    }
    if (is_crowded(seen) && seen->n_slots < seen->most_slots) {
        enum tm_status status = grow(seen, 2 * seen->n_slots, err);
        if (status != TM_OK)
            return status;
        slot = find(seen, print);
    }
    *ret_answer = is_crowded(seen) ? TM_SEEN_FULL : TM_SEEN_NEW;
    if (*ret_answer == TM_SEEN_NEW) {
        *slot = print;
        seen->n++;
    }
    return TM_OK;
}
