/* SPDX-License-Identifier: Apache-2.0 */
/* An open hash table; the fingerprint is its own hash, zeros are an empty slot. */
#include "dedup/seen.h"

#include <stdlib.h>

enum { LEAST_SLOTS = 1 << 12 };

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
    seen->slots = calloc(seen->n_slots, sizeof *seen->slots);
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

static enum tm_status grow(struct tm_seen *seen, struct tm_err *err)
{
    struct tm_fingerprint *old = seen->slots;
    size_t n = seen->n_slots;
    seen->slots = calloc(2 * n, sizeof *old);
    if (seen->slots == NULL) {
        seen->slots = old;
        return no_memory(err);
    }
    seen->n_slots = 2 * n;
    for (size_t i = 0; i < n; i++)
        if (!is_empty(old[i]))
            *find(seen, old[i]) = old[i];
    free(old);
    return TM_OK;
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
        enum tm_status status = grow(seen, err);
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
