/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Runs are sorted by the upper 44 bits of `high` with four passes of a radix sort from its lowest
 * digit (Knuth, The Art of Computer Programming 3, 5.2.5), and what is equal there by comparison;
 * runs are merged through a binary heap. When there are MAX_RUNS of them they become one first.
 */
#include "dedup/keys.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "base/tempfile.h"

#define MAX_RUNS 64
#define READ_BYTES ((size_t)64 << 10)
#define LEAST_KEYS ((size_t)1024)
#define LARGE_PAGE ((size_t)2 << 20)

enum { DIGIT = 11, DIGITS = 4, BUCKETS = 1 << DIGIT, SORTED_FROM = 64 - DIGITS * DIGIT };

struct way {
    struct tm_tempreader reader;
    struct tm_key key;
};

struct tm_keys {
    char *folder;
    struct tm_key *held;
    struct tm_key *spare;           /* of the same size, for sorting */
    size_t n;
    size_t most;
    size_t room;                    /* of `held`; grows up to `most` */
    size_t spare_room;
    size_t next;                    /* of those held, in a walk without runs */
    struct tm_tempfile *file;
    uint64_t ends[MAX_RUNS];        /* of the runs, which begin where the one before ends */
    size_t n_runs;
    struct way ways[MAX_RUNS];
    struct way *heap[MAX_RUNS];
    size_t n_heap;
};

static enum tm_status no_memory(struct tm_err *err)
{
    return tm_fail(err, TM_ERR_NOMEM, "", TM_NO_OFFSET, "out of memory");
}

enum tm_status tm_keys_create(const char *folder, size_t budget, struct tm_keys **ret_keys,
                              struct tm_err *err)
{
    struct tm_keys *keys = calloc(1, sizeof *keys);
    if (keys == NULL)
        return no_memory(err);
    keys->most = budget / (2 * sizeof(struct tm_key));
    if (keys->most < LEAST_KEYS)
        keys->most = LEAST_KEYS;
    keys->folder = strdup(folder);
    if (keys->folder == NULL) {
        tm_keys_destroy(keys);
        return no_memory(err);
    }
    *ret_keys = keys;
    return TM_OK;
}

static void end_walk(struct tm_keys *keys)
{
    for (size_t i = 0; i < keys->n_runs; i++)
        tm_tempreader_close(&keys->ways[i].reader);
    keys->n_heap = 0;
}

void tm_keys_destroy(struct tm_keys *keys)
{
    if (keys == NULL)
        return;
    end_walk(keys);
    tm_tempfile_destroy(keys->file);
    free(keys->held);
    free(keys->spare);
    free(keys->folder);
    free(keys);
}

static bool before(const struct tm_key *a, const struct tm_key *b)
{
    return a->high != b->high ? a->high < b->high : a->low < b->low;
}

static int order(const void *a, const void *b)
{
    return before(a, b) ? -1 : before(b, a);
}

/* Keys whose upper bits are equal. */
static void sort_equals(struct tm_key *keys, size_t n)
{
    enum { FEW = 16 };
    if (n > FEW) {
        qsort(keys, n, sizeof *keys, order);
        return;
    }
    for (size_t i = 1; i < n; i++) {
        struct tm_key key = keys[i];
        size_t at = i;
        for (; at > 0 && before(&key, &keys[at - 1]); at--)
            keys[at] = keys[at - 1];
        keys[at] = key;
    }
}

/* Large arrays lie in large pages where the system has them: first touching a small one is slow. */
static struct tm_key *new_array(size_t n)
{
    size_t bytes = n * sizeof(struct tm_key);
    if (bytes < 2 * LARGE_PAGE)
        return malloc(bytes);
    bytes = (bytes + LARGE_PAGE - 1) / LARGE_PAGE * LARGE_PAGE;
    struct tm_key *array = aligned_alloc(LARGE_PAGE, bytes);
    if (array != NULL)
        (void)madvise(array, bytes, MADV_HUGEPAGE);
    return array;
}

static bool sort_held(struct tm_keys *keys)
{
    if (keys->spare_room < keys->n) {
        free(keys->spare);
        keys->spare = new_array(keys->room);
        keys->spare_room = keys->spare == NULL ? 0 : keys->room;
        if (keys->spare == NULL)
            return false;
    }
    for (unsigned digit = 0; digit < DIGITS; digit++) {
        size_t starts[BUCKETS] = {0};
        unsigned shift = SORTED_FROM + digit * DIGIT;
        for (size_t i = 0; i < keys->n; i++)
            starts[keys->held[i].high >> shift & (BUCKETS - 1)]++;
        size_t sum = 0;
        for (size_t i = 0; i < BUCKETS; i++) {
            size_t count = starts[i];
            starts[i] = sum;
            sum += count;
        }
        for (size_t i = 0; i < keys->n; i++)
            keys->spare[starts[keys->held[i].high >> shift & (BUCKETS - 1)]++] = keys->held[i];
        struct tm_key *sorted = keys->spare;
        keys->spare = keys->held;
        keys->held = sorted;
    }
    for (size_t i = 0, end; i < keys->n; i = end) {
        uint64_t sorted = keys->held[i].high >> SORTED_FROM;
        for (end = i + 1; end < keys->n && keys->held[end].high >> SORTED_FROM == sorted;)
            end++;
        sort_equals(keys->held + i, end - i);
    }
    return true;
}

static void sift_down(struct tm_keys *keys, size_t at)
{
    struct way **heap = keys->heap;
    for (;;) {
        size_t child = 2 * at + 1;
        if (child >= keys->n_heap)
            return;
        if (child + 1 < keys->n_heap && before(&heap[child + 1]->key, &heap[child]->key))
            child++;
        if (!before(&heap[child]->key, &heap[at]->key))
            return;
        struct way *way = heap[at];
        heap[at] = heap[child];
        heap[child] = way;
        at = child;
    }
}

static enum tm_status advance(struct way *way, struct tm_err *err)
{
    const char *p;
    enum tm_status status = tm_tempreader_take(&way->reader, sizeof way->key, &p, err);
    if (status == TM_OK)
        memcpy(&way->key, p, sizeof way->key);
    return status;
}

static enum tm_status begin_merge(struct tm_keys *keys, struct tm_err *err)
{
    keys->n_heap = 0;
    enum tm_status status = TM_OK;
    for (size_t i = 0; i < keys->n_runs && status == TM_OK; i++) {
        struct way *way = &keys->ways[i];
        status = tm_tempreader_open(&way->reader, keys->file, i == 0 ? 0 : keys->ends[i - 1],
                                    keys->ends[i], READ_BYTES, err);
        if (status == TM_OK)
            status = advance(way, err);
        if (status == TM_OK)
            keys->heap[keys->n_heap++] = way;
    }
    for (size_t i = keys->n_heap / 2; i-- > 0;)
        sift_down(keys, i);
    return status;
}

static enum tm_status next_merged(struct tm_keys *keys, struct tm_key *ret_key,
                                  struct tm_err *err)
{
    if (keys->n_heap == 0)
        return TM_END;
    *ret_key = keys->heap[0]->key;
    enum tm_status status = advance(keys->heap[0], err);
    if (status == TM_END)
        keys->heap[0] = keys->heap[--keys->n_heap];
    else if (status != TM_OK)
        return status;
    sift_down(keys, 0);
    return TM_OK;
}

/* Merges all runs into one in a new file. */
static enum tm_status merge_runs(struct tm_keys *keys, struct tm_err *err)
{
    struct tm_tempfile *file = NULL;
    enum tm_status status = tm_tempfile_create(keys->folder, &file, err);
    if (status == TM_OK)
        status = begin_merge(keys, err);
    while (status == TM_OK) {
        struct tm_key key;
        status = next_merged(keys, &key, err);
        if (status == TM_OK)
            status = tm_tempfile_append(file, &key, sizeof key, err);
    }
    if (status == TM_END)
        status = tm_tempfile_flush(file, err);
    end_walk(keys);
    if (status != TM_OK) {
        tm_tempfile_destroy(file);
        return status;
    }
    tm_tempfile_destroy(keys->file);
    keys->file = file;
    keys->ends[0] = tm_tempfile_size(file);
    keys->n_runs = 1;
    return TM_OK;
}

static enum tm_status spill(struct tm_keys *keys, struct tm_err *err)
{
    enum tm_status status = TM_OK;
    if (keys->file == NULL)
        status = tm_tempfile_create(keys->folder, &keys->file, err);
    if (status != TM_OK)
        return status;
    if (!sort_held(keys))
        return no_memory(err);
    status = tm_tempfile_append(keys->file, keys->held, keys->n * sizeof *keys->held, err);
    if (status == TM_OK)
        status = tm_tempfile_flush(keys->file, err);
    if (status != TM_OK)
        return status;
    keys->ends[keys->n_runs++] = tm_tempfile_size(keys->file);
    keys->n = 0;
    return keys->n_runs == MAX_RUNS ? merge_runs(keys, err) : TM_OK;
}

static enum tm_status grow(struct tm_keys *keys, struct tm_err *err)
{
    size_t room = keys->room == 0 ? LEAST_KEYS : 2 * keys->room;
    if (room > keys->most)
        room = keys->most;
    struct tm_key *held = new_array(room);
    if (held == NULL)
        return no_memory(err);
    if (keys->n != 0)
        memcpy(held, keys->held, keys->n * sizeof *held);
    free(keys->held);
    keys->held = held;
    keys->room = room;
    return TM_OK;
}

enum tm_status tm_keys_add(struct tm_keys *keys, struct tm_key key, struct tm_err *err)
{
    if (keys->n == keys->room) {
        enum tm_status status = keys->n == keys->most ? spill(keys, err) : grow(keys, err);
        if (status != TM_OK)
            return status;
    }
    keys->held[keys->n++] = key;
    return TM_OK;
}

enum tm_status tm_keys_rewind(struct tm_keys *keys, struct tm_err *err)
{
    if (keys->n_runs == 0) {
        return keys->n == 0 || sort_held(keys) ? TM_OK : no_memory(err);
    }
    enum tm_status status = keys->n == 0 ? TM_OK : spill(keys, err);
    return status == TM_OK ? begin_merge(keys, err) : status;
}

enum tm_status tm_keys_next(struct tm_keys *keys, struct tm_key *ret_key, struct tm_err *err)
{
    if (keys->n_runs != 0)
        return next_merged(keys, ret_key, err);
    if (keys->next == keys->n)
        return TM_END;
    *ret_key = keys->held[keys->next++];
    return TM_OK;
}
