/* SPDX-License-Identifier: Apache-2.0 */
#include "report/sketch.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "base/utf8.h"

void tm_hll_merge(struct tm_hll *hll, const struct tm_hll *other)
{
    for (size_t i = 0; i < TM_HLL_REGISTERS; i++)
        if (other->registers[i] > hll->registers[i])
            hll->registers[i] = other->registers[i];
}

/* Ertl's sums for registers that are still empty, and for those that are full. */
static double sigma(double x)
{
    double y = 1;
    double z = x;
    double before;
    do {
        x *= x;
        before = z;
        z += x * y;
        y += y;
    } while (z > before);
    return z;
}

static double tau(double x)
{
    double y = 1;
    double z = 1 - x;
    double before;
    do {
        x = sqrt(x);
        before = z;
        y /= 2;
        z -= (1 - x) * (1 - x) * y;
    } while (z < before);
    return z / 3;
}

uint64_t tm_hll_estimate(const struct tm_hll *hll)
{
    enum { RANKS = 64 - TM_HLL_BITS };
    const double m = TM_HLL_REGISTERS;
    unsigned counts[RANKS + 2] = {0};
    for (size_t i = 0; i < TM_HLL_REGISTERS; i++)
        counts[hll->registers[i]]++;
    if (counts[0] == TM_HLL_REGISTERS)
        return 0;
    double full = (double)counts[RANKS + 1] / m;
    double z = full == 0 ? 0 : m * tau(1 - full);
    for (int k = RANKS; k >= 1; k--)
        z = 0.5 * (z + counts[k]);
    if (counts[0] != 0)
        z += m * sigma((double)counts[0] / m);
    return (uint64_t)(m * m / (2 * 0.69314718055994530942 * z) + 0.5);
}

bool tm_tally_init(struct tm_tally *tally, size_t capacity)
{
    *tally = (struct tm_tally){.entries = calloc(capacity, sizeof *tally->entries),
                               .capacity = capacity};
    return tally->entries != NULL;
}

void tm_tally_finish(struct tm_tally *tally)
{
    free(tally->entries);
    tm_buf_finish(&tally->keys);
    tally->entries = NULL;
}

static struct tm_tally_entry *place_of(const struct tm_tally *tally, uint64_t hash)
{
    size_t place = (size_t)hash & (tally->capacity - 1);
    while (tally->entries[place].count != 0 && tally->entries[place].hash != hash)
        place = (place + 1) & (tally->capacity - 1);
    return &tally->entries[place];
}

static int order_counts(const void *a, const void *b, void *user)
{
    const struct tm_tally *tally = user;
    const struct tm_tally_entry *x = a;
    const struct tm_tally_entry *y = b;
    if (x->count != y->count)
        return x->count > y->count ? -1 : 1;
    int order = tm_str_order(tm_tally_key(tally, x), tm_tally_key(tally, y));
    return order != 0 ? order : (x->hash > y->hash) - (x->hash < y->hash);
}

/* Moves the entries to the front. */
static void gather(struct tm_tally *tally)
{
    size_t n = 0;
    for (size_t i = 0; i < tally->capacity; i++) {
        if (tally->entries[i].count == 0)
            continue;
        if (i != n) {
            tally->entries[n] = tally->entries[i];
            tally->entries[i].count = 0;
        }
        n++;
    }
}

/* The least 2^k - 1 that half of the counts do not exceed. */
static uint64_t lower_half(const struct tm_tally *tally)
{
    size_t by_length[65] = {0};
    size_t seen = 0;
    unsigned length = 0;
    for (size_t i = 0; i < tally->capacity; i++)
        if (tally->entries[i].count != 0)
            by_length[64 - __builtin_clzll(tally->entries[i].count)]++;
    while (seen < tally->n / 2)
        seen += by_length[++length];
    return length == 64 ? UINT64_MAX : ((uint64_t)1 << length) - 1;
}

static void prune(struct tm_tally *tally)
{
    uint64_t less = lower_half(tally);
    struct tm_tally_entry *old = tally->entries;
    struct tm_buf old_keys = tally->keys;
    struct tm_tally_entry *fresh = calloc(tally->capacity, sizeof *fresh);
    if (fresh == NULL) {
        tally->failed = true;
        tally->n = 0;
        memset(old, 0, tally->capacity * sizeof *old);
        return;
    }
    tally->entries = fresh;
    tally->keys = (struct tm_buf){0};
    tally->error += less;
    tally->n = 0;
    for (size_t i = 0; i < tally->capacity; i++) {
        if (old[i].count <= less)
            continue;
        struct tm_tally_entry *entry = place_of(tally, old[i].hash);
        *entry = old[i];
        entry->count -= less;
        entry->at = (uint32_t)tally->keys.n;
        tm_buf_add(&tally->keys, old_keys.p + old[i].at, old[i].n);
        tally->n++;
    }
    free(old);
    tm_buf_finish(&old_keys);
    tally->failed |= tally->keys.failed;
}

struct tm_tally_entry *tm_tally_add(struct tm_tally *tally, uint64_t hash, struct tm_str key)
{
    struct tm_tally_entry *entry = place_of(tally, hash);
    tally->total++;
    if (entry->count++ != 0)
        return entry;
    entry->count = 0;
    if (tally->n + 1 >= tally->capacity / 4 * 3) {
        prune(tally);
        entry = place_of(tally, hash);
    }
    size_t n = key.n;
    if (n > TM_TALLY_KEY) {
        n = TM_TALLY_KEY;
        while (n > 0 && ((unsigned char)key.p[n] & 0xC0) == 0x80)
            n--;
    }
    *entry = (struct tm_tally_entry){.hash = hash, .count = 1, .at = (uint32_t)tally->keys.n,
                                     .n = (uint8_t)n};
    tm_buf_add(&tally->keys, key.p, n);
    tally->failed |= tally->keys.failed;
    tally->n++;
    return entry;
}

uint64_t tm_tally_count(const struct tm_tally *tally, uint64_t hash)
{
    return place_of(tally, hash)->count;
}

void tm_tally_sort(struct tm_tally *tally)
{
    gather(tally);
    qsort_r(tally->entries, tally->n, sizeof *tally->entries, order_counts, tally);
}

void tm_tally_split(const struct tm_tally *tally, const struct tm_tally_entry *entry, char sign,
                    struct tm_str *ret_first, struct tm_str *ret_second)
{
    struct tm_str key = tm_tally_key(tally, entry);
    const char *part = key.n == 0 ? NULL : memchr(key.p, sign, key.n);
    size_t n = part == NULL ? key.n : (size_t)(part - key.p);
    size_t rest = n < key.n ? n + 1 : n;
    *ret_first = (struct tm_str){key.p, n};
    *ret_second = (struct tm_str){key.p + rest, key.n - rest};
}
