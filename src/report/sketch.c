/* SPDX-License-Identifier: Apache-2.0 */
#include "report/sketch.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/pages.h"
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

/* Places at first, and how much larger the next table is: most of its memory is touched at once, so
 * that it pays to have few of them. */
enum { FEW = 1024, TIMES = 64 };

/* Bytes of keys for which a larger table has room, for each of its places. */
enum { KEY_BYTES = 16 };

bool tm_tally_init(struct tm_tally *tally, size_t most)
{
    size_t few = most < FEW ? most : FEW;
    *tally = (struct tm_tally){.entries = calloc(few, sizeof *tally->entries), .capacity = few,
                               .most = most};
    return tally->entries != NULL;
}

void tm_tally_finish(struct tm_tally *tally)
{
    free(tally->entries);
    free(tally->moments);
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

static int order_counts(const void *a, const void *b)
{
    const struct tm_tally_entry *x = a;
    const struct tm_tally_entry *y = b;
    if (x->count != y->count)
        return x->count > y->count ? -1 : 1;
    return (x->hash > y->hash) - (x->hash < y->hash);
}

static int order_entries(const void *a, const void *b, void *user)
{
    const struct tm_tally *tally = user;
    const struct tm_tally_entry *x = a;
    const struct tm_tally_entry *y = b;
    if (x->count != y->count)
        return x->count > y->count ? -1 : 1;
    int order = tm_str_order(tm_tally_key(tally, x), tm_tally_key(tally, y));
    return order != 0 ? order : (x->hash > y->hash) - (x->hash < y->hash);
}

/* Moves the entries to the front, those above `least` first; returns how many they are. */
static size_t gather(struct tm_tally *tally, uint64_t least)
{
    struct tm_tally_entry *list = tally->entries;
    size_t n = 0;
    size_t high = 0;
    for (size_t i = 0; i < tally->capacity; i++) {
        if (list[i].count == 0)
            continue;
        struct tm_tally_entry entry = list[i];
        list[i].count = 0;
        if (entry.count > least) {
            list[n++] = list[high];
            list[high++] = entry;
        } else {
            list[n++] = entry;
        }
    }
    return high;
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

/* An empty table of so many places; without memory for it the old one is emptied. */
static bool start_afresh(struct tm_tally *tally, size_t capacity)
{
    struct tm_tally_entry *fresh = tm_pages_zero(capacity * sizeof *fresh);
    if (fresh == NULL) {
        tally->failed = true;
        tally->n = 0;
        memset(tally->entries, 0, tally->capacity * sizeof *tally->entries);
        return false;
    }
    tally->entries = fresh;
    tally->capacity = capacity;
    return true;
}

static void grow(struct tm_tally *tally)
{
    struct tm_tally_entry *old = tally->entries;
    size_t n = tally->capacity;
    size_t larger = n < tally->most / TIMES ? n * TIMES : tally->most;
    if (!tm_buf_reserve_large(&tally->keys, larger * KEY_BYTES) || !start_afresh(tally, larger))
        return;
    for (size_t i = 0; i < n; i++)
        if (old[i].count != 0)
            *place_of(tally, old[i].hash) = old[i];
    free(old);
}

static void prune(struct tm_tally *tally)
{
    uint64_t less = lower_half(tally);
    struct tm_tally_entry *old = tally->entries;
    struct tm_buf old_keys = tally->keys;
    if (!start_afresh(tally, tally->capacity))
        return;
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
        if (tally->capacity < tally->most)
            grow(tally);
        else
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

void tm_tally_merge(struct tm_tally *tally, const struct tm_tally *other)
{
    uint64_t total = tally->total + other->total;
    for (size_t i = 0; i < other->capacity; i++) {
        const struct tm_tally_entry *entry = &other->entries[i];
        if (entry->count != 0)
            tm_tally_add(tally, entry->hash, tm_tally_key(other, entry))->count +=
                entry->count - 1;
    }
    tally->total = total;
    tally->error += other->error;
    tally->failed |= other->failed;
}

uint64_t tm_tally_count(const struct tm_tally *tally, uint64_t hash)
{
    return place_of(tally, hash)->count;
}

struct tm_tally_entry *tm_tally_find(const struct tm_tally *tally, uint64_t hash)
{
    struct tm_tally_entry *entry = place_of(tally, hash);
    return entry->count == 0 ? NULL : entry;
}

void tm_tally_choose(struct tm_tally *tally, size_t most)
{
    struct tm_tally_entry **list = malloc((most + 1) * sizeof *list);
    tally->moments = calloc(most + 1, sizeof *tally->moments);
    size_t n = 0;
    tally->failed |= list == NULL || tally->moments == NULL;
    for (size_t i = 0; i < tally->capacity && !tally->failed; i++) {
        struct tm_tally_entry *entry = &tally->entries[i];
        if (entry->count == 0 || (n == most && list[n - 1]->count > entry->count))
            continue;
        size_t at = n;
        while (at > 0 && order_entries(entry, list[at - 1], tally) < 0)
            at--;
        n += n < most;
        if (at == most)
            continue;
        memmove(list + at + 1, list + at, (n - 1 - at) * sizeof *list);
        list[at] = entry;
    }
    for (size_t i = 0; i < n; i++)
        list[i]->chosen = (uint16_t)(i + 1);
    free(list);
}

void tm_tally_sort(struct tm_tally *tally)
{
    size_t ordered = tally->n < TM_TALLY_ORDERED ? tally->n : TM_TALLY_ORDERED;
    size_t high = gather(tally, 1);
    /* Most words stand once: they are in the tail, and need no order there. */
    qsort(tally->entries, high < ordered ? tally->n : high, sizeof *tally->entries, order_counts);
    qsort_r(tally->entries, ordered, sizeof *tally->entries, order_entries, tally);
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
