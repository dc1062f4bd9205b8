/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Runs are made by sorting an index of the pairs in memory (by the first eight bytes of the key,
 * their half in a radix sort, then the rest), and merged through a binary heap (Knuth, The Art of
 * Computer Programming 3, 5.4.1). When there are MAX_RUNS of one level they become one of the next,
 * so that the buffers of a merge stay within the budget, and a pair is written once for each level.
 */
#include "base/sorter.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/pages.h"
#include "base/str.h"
#include "base/tempfile.h"

#define MAX_RUNS 64
#define LEVELS 6
#define MIN_READ ((size_t)16 << 10)
#define MAX_READ ((size_t)1 << 20)
/* More in memory is sorted no faster than runs on disk are: it has to be touched for that. */
#define MAX_HELD ((size_t)256 << 20)

/* A pair in memory: lengths, then the bytes of key and payload. */
struct head {
    uint32_t key;
    uint32_t payload;
};

struct item {
    uint64_t prefix;        /* first eight bytes of the key, big-endian */
    const char *pair;
};

/* Sorted runs in one file, each of which begins where the one before ends. */
struct level {
    struct tm_tempfile *file;
    uint64_t ends[MAX_RUNS];
    size_t n;
};

/* One way of a merge: a run on disk, or the pairs that are still in memory. */
struct way {
    struct tm_tempreader reader;
    size_t item;
    bool in_memory;
    struct tm_str key;
    struct tm_str payload;
};

struct tm_sorter {
    char *folder;
    size_t budget;
    uint64_t count;
    struct tm_arena *arena;
    size_t held;            /* bytes of pairs and index in memory */
    struct item *items;
    size_t n_items;
    size_t items_capacity;
    struct level levels[LEVELS];
    bool sorted;
    struct way *ways;       /* of the walk under way */
    size_t n_ways;
    struct way *heap[LEVELS * MAX_RUNS + 1];
    size_t n_heap;
    struct way *current;    /* the way whose pair the caller holds */
};

static enum tm_status no_memory(const struct tm_sorter *sorter, struct tm_err *err)
{
    return tm_fail(err, TM_ERR_NOMEM, sorter == NULL ? "" : sorter->folder, TM_NO_OFFSET,
                   "out of memory");
}

enum tm_status tm_sorter_create(const char *folder, size_t budget, struct tm_sorter **ret_sorter,
                                struct tm_err *err)
{
    struct tm_sorter *sorter = calloc(1, sizeof *sorter);
    if (sorter == NULL)
        return no_memory(NULL, err);
    sorter->budget = budget < MAX_HELD ? budget : MAX_HELD;
    sorter->folder = strdup(folder);
    sorter->arena = tm_arena_create();
    if (sorter->folder == NULL || sorter->arena == NULL) {
        tm_sorter_destroy(sorter);
        return no_memory(NULL, err);
    }
    *ret_sorter = sorter;
    return TM_OK;
}

static void end_walk(struct tm_sorter *sorter)
{
    for (size_t i = 0; i < sorter->n_ways; i++)
        tm_tempreader_close(&sorter->ways[i].reader);
    free(sorter->ways);
    sorter->ways = NULL;
    sorter->n_ways = 0;
    sorter->n_heap = 0;
    sorter->current = NULL;
}

void tm_sorter_destroy(struct tm_sorter *sorter)
{
    if (sorter == NULL)
        return;
    end_walk(sorter);
    tm_arena_destroy(sorter->arena);
    for (size_t i = 0; i < LEVELS; i++)
        tm_tempfile_destroy(sorter->levels[i].file);
    free(sorter->items);
    free(sorter->folder);
    free(sorter);
}

static uint64_t prefix_of(struct tm_str key)
{
    uint64_t prefix = 0;
    for (size_t i = 0; i < 8; i++)
        prefix = prefix << 8 | (i < key.n ? (unsigned char)key.p[i] : 0);
    return prefix;
}

static void split_pair(const char *pair, struct tm_str *ret_key, struct tm_str *ret_payload)
{
    struct head head;
    memcpy(&head, pair, sizeof head);
    *ret_key = (struct tm_str){pair + sizeof head, head.key};
    *ret_payload = (struct tm_str){pair + sizeof head + head.key, head.payload};
}

static int order_pairs(struct tm_str key_a, struct tm_str payload_a, struct tm_str key_b,
                       struct tm_str payload_b)
{
    int order = tm_str_order(key_a, key_b);
    return order != 0 ? order : tm_str_order(payload_a, payload_b);
}

static int order_items(const void *a, const void *b)
{
    const struct item *x = a;
    const struct item *y = b;
    if (x->prefix != y->prefix)
        return x->prefix < y->prefix ? -1 : 1;
    struct tm_str key_x, payload_x, key_y, payload_y;
    split_pair(x->pair, &key_x, &payload_x);
    split_pair(y->pair, &key_y, &payload_y);
    return order_pairs(key_x, payload_x, key_y, payload_y);
}

/* One pass of a radix sort, by eleven bits. */
static void sort_digit(const struct item *from, struct item *to, size_t n, unsigned shift)
{
    enum { BUCKETS = 1 << 11 };
    size_t starts[BUCKETS] = {0};
    for (size_t i = 0; i < n; i++)
        starts[from[i].prefix >> shift & (BUCKETS - 1)]++;
    size_t sum = 0;
    for (size_t i = 0; i < BUCKETS; i++) {
        size_t count = starts[i];
        starts[i] = sum;
        sum += count;
    }
    for (size_t i = 0; i < n; i++)
        to[starts[from[i].prefix >> shift & (BUCKETS - 1)]++] = from[i];
}

static bool same_half(const struct item *a, const struct item *b)
{
    return a->prefix >> 32 == b->prefix >> 32;
}

/* Digests differ in the first bytes of their keys, by which they are sorted without comparing; what
 * is equal there is compared. */
static void sort_items(struct tm_sorter *sorter)
{
    enum { FEW = 4096 };
    size_t n = sorter->n_items;
    struct item *items = sorter->items;
    struct item *spare = n < FEW ? NULL : malloc(n * sizeof *spare);
    if (spare == NULL) {
        if (n > 1)
            qsort(items, n, sizeof *items, order_items);
        return;
    }
    tm_pages_touch(spare, n * sizeof *spare);
    sort_digit(items, spare, n, 31);
    sort_digit(spare, items, n, 42);
    sort_digit(items, spare, n, 53);
    memcpy(items, spare, n * sizeof *items);
    free(spare);
    for (size_t i = 0, end; i < n; i = end) {
        for (end = i + 1; end < n && same_half(&items[i], &items[end]);)
            end++;
        if (end - i > 1)
            qsort(items + i, end - i, sizeof *items, order_items);
    }
}

static enum tm_status write_pair(struct tm_tempfile *file, struct tm_str key,
                                 struct tm_str payload, struct tm_err *err)
{
    struct head head = {(uint32_t)key.n, (uint32_t)payload.n};
    enum tm_status status = tm_tempfile_append(file, &head, sizeof head, err);
    if (status == TM_OK)
        status = tm_tempfile_append(file, key.p, key.n, err);
    if (status == TM_OK)
        status = tm_tempfile_append(file, payload.p, payload.n, err);
    return status;
}

static enum tm_status open_file(struct tm_sorter *sorter, struct level *level,
                                struct tm_err *err)
{
    return level->file == NULL ? tm_tempfile_create(sorter->folder, &level->file, err) : TM_OK;
}

static enum tm_status end_run(struct level *level, struct tm_err *err)
{
    enum tm_status status = tm_tempfile_flush(level->file, err);
    if (status == TM_OK)
        level->ends[level->n++] = tm_tempfile_size(level->file);
    return status;
}

static enum tm_status begin_walk(struct tm_sorter *sorter, size_t first, size_t end,
                                 struct tm_err *err);

/* Makes the runs of a level one of the next. */
static enum tm_status merge_level(struct tm_sorter *sorter, size_t number, struct tm_err *err)
{
    struct level *from = &sorter->levels[number];
    struct level *to = from + 1;
    enum tm_status status = open_file(sorter, to, err);
    if (status == TM_OK)
        status = begin_walk(sorter, number, number + 1, err);
    while (status == TM_OK) {
        struct tm_str key, payload;
        status = tm_sorter_next(sorter, &key, &payload, err);
        if (status == TM_OK)
            status = write_pair(to->file, key, payload, err);
    }
    end_walk(sorter);
    if (status != TM_END)
        return status;
    tm_tempfile_destroy(from->file);
    *from = (struct level){.n = 0};
    return end_run(to, err);
}

static enum tm_status spill(struct tm_sorter *sorter, struct tm_err *err)
{
    struct level *level = &sorter->levels[0];
    enum tm_status status = open_file(sorter, level, err);
    if (status != TM_OK)
        return status;
    sort_items(sorter);
    for (size_t i = 0; i < sorter->n_items && status == TM_OK; i++) {
        struct tm_str key, payload;
        split_pair(sorter->items[i].pair, &key, &payload);
        status = write_pair(level->file, key, payload, err);
    }
    if (status == TM_OK)
        status = end_run(level, err);
    sorter->n_items = 0;
    sorter->held = 0;
    tm_arena_reset(sorter->arena);
    for (size_t i = 0; i + 1 < LEVELS && sorter->levels[i].n == MAX_RUNS && status == TM_OK; i++)
        status = merge_level(sorter, i, err);
    return status;
}

static enum tm_status reserve_item(struct tm_sorter *sorter, struct tm_err *err)
{
    if (sorter->n_items < sorter->items_capacity)
        return TM_OK;
    size_t capacity = sorter->items_capacity == 0 ? 1024 : sorter->items_capacity * 2;
    struct item *items = realloc(sorter->items, capacity * sizeof *items);
    if (items == NULL)
        return no_memory(sorter, err);
    sorter->items = items;
    sorter->items_capacity = capacity;
    return TM_OK;
}

enum tm_status tm_sorter_add(struct tm_sorter *sorter, struct tm_str key, struct tm_str payload,
                             struct tm_err *err)
{
    if (sorter->sorted || key.n > UINT32_MAX || payload.n > UINT32_MAX)
        return tm_fail(err, TM_ERR_INTERNAL, sorter->folder, TM_NO_OFFSET,
                       "pair cannot be added to the sorter");
    size_t size = sizeof(struct head) + key.n + payload.n;
    size_t cost = size + sizeof(struct item) + 16;
    enum tm_status status = TM_OK;
    if (sorter->n_items != 0 && sorter->held + cost > sorter->budget)
        status = spill(sorter, err);
    if (status == TM_OK)
        status = reserve_item(sorter, err);
    if (status != TM_OK)
        return status;
    char *pair = tm_arena_alloc(sorter->arena, size);
    if (pair == NULL)
        return no_memory(sorter, err);
    struct head head = {(uint32_t)key.n, (uint32_t)payload.n};
    memcpy(pair, &head, sizeof head);
    if (key.n != 0)
        memcpy(pair + sizeof head, key.p, key.n);
    if (payload.n != 0)
        memcpy(pair + sizeof head + key.n, payload.p, payload.n);
    sorter->items[sorter->n_items++] = (struct item){prefix_of(key), pair};
    sorter->held += cost;
    sorter->count++;
    return TM_OK;
}

static bool before(const struct way *a, const struct way *b)
{
    return order_pairs(a->key, a->payload, b->key, b->payload) < 0;
}

static void sift_down(struct tm_sorter *sorter, size_t at)
{
    struct way **heap = sorter->heap;
    for (;;) {
        size_t child = 2 * at + 1;
        if (child >= sorter->n_heap)
            return;
        if (child + 1 < sorter->n_heap && before(heap[child + 1], heap[child]))
            child++;
        if (!before(heap[child], heap[at]))
            return;
        struct way *way = heap[at];
        heap[at] = heap[child];
        heap[child] = way;
        at = child;
    }
}

/* Loads the next pair of a way; TM_END when it has none. */
static enum tm_status advance(struct tm_sorter *sorter, struct way *way, struct tm_err *err)
{
    if (way->in_memory) {
        if (way->item == sorter->n_items)
            return TM_END;
        split_pair(sorter->items[way->item++].pair, &way->key, &way->payload);
        return TM_OK;
    }
    const char *p;
    struct head head;
    enum tm_status status = tm_tempreader_take(&way->reader, sizeof head, &p, err);
    if (status != TM_OK)
        return status;
    memcpy(&head, p, sizeof head);
    status = tm_tempreader_take(&way->reader, (size_t)head.key + head.payload, &p, err);
    if (status == TM_END)
        return tm_fail(err, TM_ERR_INTERNAL, sorter->folder, TM_NO_OFFSET, "spilled run is cut");
    if (status != TM_OK)
        return status;
    way->key = (struct tm_str){p, head.key};
    way->payload = (struct tm_str){p + head.key, head.payload};
    return TM_OK;
}

static enum tm_status open_way(struct tm_sorter *sorter, const struct level *level, size_t run,
                               size_t buffer, struct tm_err *err)
{
    struct way *way = &sorter->ways[sorter->n_ways++];
    way->in_memory = level == NULL;
    enum tm_status status = way->in_memory
        ? TM_OK
        : tm_tempreader_open(&way->reader, level->file, run == 0 ? 0 : level->ends[run - 1],
                             level->ends[run], buffer, err);
    if (status == TM_OK)
        status = advance(sorter, way, err);
    if (status == TM_OK)
        sorter->heap[sorter->n_heap++] = way;
    return status == TM_END ? TM_OK : status;
}

/* Begins to merge the runs of some levels, and what is in memory. */
static enum tm_status begin_walk(struct tm_sorter *sorter, size_t first, size_t end,
                                 struct tm_err *err)
{
    size_t n = 1;
    for (size_t i = first; i < end; i++)
        n += sorter->levels[i].n;
    end_walk(sorter);
    sorter->ways = calloc(n, sizeof *sorter->ways);
    if (sorter->ways == NULL)
        return no_memory(sorter, err);
    size_t buffer = sorter->budget / (n + 1);
    buffer = buffer < MIN_READ ? MIN_READ : buffer > MAX_READ ? MAX_READ : buffer;
    enum tm_status status = TM_OK;
    for (size_t i = first; i < end; i++)
        for (size_t k = 0; k < sorter->levels[i].n && status == TM_OK; k++)
            status = open_way(sorter, &sorter->levels[i], k, buffer, err);
    if (status == TM_OK)
        status = open_way(sorter, NULL, 0, 0, err);
    for (size_t i = sorter->n_heap / 2; i-- > 0;)
        sift_down(sorter, i);
    return status;
}

enum tm_status tm_sorter_rewind(struct tm_sorter *sorter, struct tm_err *err)
{
    if (!sorter->sorted)
        sort_items(sorter);
    sorter->sorted = true;
    return begin_walk(sorter, 0, LEVELS, err);
}

enum tm_status tm_sorter_next(struct tm_sorter *sorter, struct tm_str *ret_key,
                              struct tm_str *ret_payload, struct tm_err *err)
{
    if (sorter->current != NULL) {
        enum tm_status status = advance(sorter, sorter->current, err);
        if (status == TM_END)
            sorter->heap[0] = sorter->heap[--sorter->n_heap];
        else if (status != TM_OK)
            return status;
        sift_down(sorter, 0);
        sorter->current = NULL;
    }
    if (sorter->n_heap == 0)
        return TM_END;
    sorter->current = sorter->heap[0];
    *ret_key = sorter->current->key;
    *ret_payload = sorter->current->payload;
    return TM_OK;
}

uint64_t tm_sorter_count(const struct tm_sorter *sorter)
{
    return sorter->count;
}

uint64_t tm_sorter_spilled(const struct tm_sorter *sorter)
{
    uint64_t bytes = 0;
    for (size_t i = 0; i < LEVELS; i++)
        bytes += sorter->levels[i].file == NULL ? 0 : tm_tempfile_size(sorter->levels[i].file);
    return bytes;
}
