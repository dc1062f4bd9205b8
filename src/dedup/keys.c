/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Runs are sorted by the upper 44 bits of the first word with four passes of a radix sort from its
 * lowest digit (Knuth, The Art of Computer Programming 3, 5.2.5), and what is equal there by
 * comparison; runs are merged through a binary heap. When there are MOST_RUNS of one level they
 * become one of the next, so that a key is written once for each level, of which there are as many
 * as the logarithm of the number of runs.
 */
#include "dedup/keys.h"

#include <stdlib.h>
#include <string.h>

#include "base/large.h"
#include "base/tempfile.h"

#define LEAST_READ ((size_t)16 << 10)
#define MOST_READ ((size_t)256 << 10)
#define LEAST_KEYS ((size_t)1024)
/* More in memory is sorted no faster than runs on disk are: it has to be touched for that. */
#define MOST_HELD ((size_t)256 << 20)

enum {
    DIGIT = 11,
    DIGITS = 4,
    BUCKETS = 1 << DIGIT,
    SORTED_FROM = 64 - DIGITS * DIGIT,
    NARROW = 2,                     /* words of a key */
    WIDEST = NARROW + TM_KEY_MOST_MORE,
    MOST_RUNS = 64,
    LEVELS = 6,
};

/* Sorted runs in one file. */
struct level {
    struct tm_tempfile *file;
    uint64_t ends[MOST_RUNS];       /* of the runs, which begin where the one before ends */
    size_t n;
};

/* One way of a merge, with its next key. */
struct way {
    uint64_t key[WIDEST];
    struct tm_tempreader *reader;
};

struct tm_keys {
    char *folder;
    size_t budget;
    size_t words;                   /* of a key */
    uint64_t *held;
    uint64_t *spare;                /* of the same size, for sorting */
    size_t n;
    size_t most;
    size_t spare_room;
    size_t next;                    /* of those held, in a walk without runs */
    struct level levels[LEVELS];
    bool spilled;
    bool sorted;                    /* those held, in a walk without runs */
    struct tm_tempreader *readers;
    size_t n_readers;
    struct way *heap;
    size_t n_heap;
};

static enum tm_status no_memory(struct tm_err *err)
{
    return tm_fail(err, TM_ERR_NOMEM, "", TM_NO_OFFSET, "out of memory");
}

enum tm_status tm_keys_create(const char *folder, size_t budget, size_t more,
                              struct tm_keys **ret_keys, struct tm_err *err)
{
    struct tm_keys *keys = calloc(1, sizeof *keys);
    if (keys == NULL)
        return no_memory(err);
    keys->words = NARROW + more;
    keys->budget = budget;
    keys->most = (budget < MOST_HELD ? budget : MOST_HELD) / (2 * keys->words * sizeof(uint64_t));
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

static void end_merge(struct tm_keys *keys)
{
    for (size_t i = 0; i < keys->n_readers; i++)
        tm_tempreader_close(&keys->readers[i]);
    free(keys->readers);
    free(keys->heap);
    keys->readers = NULL;
    keys->heap = NULL;
    keys->n_readers = 0;
    keys->n_heap = 0;
}

static void free_held(struct tm_keys *keys)
{
    free(keys->held);
    free(keys->spare);
    keys->held = NULL;
    keys->spare = NULL;
    keys->spare_room = 0;
}

void tm_keys_destroy(struct tm_keys *keys)
{
    if (keys == NULL)
        return;
    end_merge(keys);
    for (size_t i = 0; i < LEVELS; i++)
        tm_tempfile_destroy(keys->levels[i].file);
    free_held(keys);
    free(keys->folder);
    free(keys);
}

static inline bool before(const uint64_t *a, const uint64_t *b, size_t words)
{
    for (size_t i = 0; i < words; i++)
        if (a[i] != b[i])
            return a[i] < b[i];
    return false;
}

static int order_2(const void *a, const void *b)
{
    return before(a, b, 2) ? -1 : before(b, a, 2);
}

static int order_3(const void *a, const void *b)
{
    return before(a, b, 3) ? -1 : before(b, a, 3);
}

static int order_4(const void *a, const void *b)
{
    return before(a, b, 4) ? -1 : before(b, a, 4);
}

static int order_5(const void *a, const void *b)
{
    return before(a, b, 5) ? -1 : before(b, a, 5);
}

/* Keys whose upper bits are equal: few, or mostly in order already. */
static inline void sort_equals(uint64_t *keys, size_t n, size_t words)
{
    enum { FEW = 16 };
    static int (*const orders[])(const void *, const void *) = {order_2, order_3, order_4, order_5};
    size_t sorted = 1;
    while (sorted < n && !before(keys + sorted * words, keys + (sorted - 1) * words, words))
        sorted++;
    if (sorted < n && n > FEW) {
        qsort(keys, n, words * sizeof *keys, orders[words - NARROW]);
        return;
    }
    for (size_t i = sorted; i < n; i++) {
        uint64_t key[WIDEST];
        memcpy(key, keys + i * words, words * sizeof *key);
        size_t at = i;
        for (; at > 0 && before(key, keys + (at - 1) * words, words); at--)
            memcpy(keys + at * words, keys + (at - 1) * words, words * sizeof *key);
        memcpy(keys + at * words, key, words * sizeof *key);
    }
}

static inline void sort_digit(struct tm_keys *keys, unsigned shift, size_t words)
{
    const uint64_t *from = keys->held;
    uint64_t *to = keys->spare;
    size_t starts[BUCKETS] = {0};
    for (size_t i = 0; i < keys->n; i++)
        starts[from[i * words] >> shift & (BUCKETS - 1)]++;
    size_t sum = 0;
    for (size_t i = 0; i < BUCKETS; i++) {
        size_t count = starts[i];
        starts[i] = sum;
        sum += count;
    }
    for (size_t i = 0; i < keys->n; i++) {
        size_t at = starts[from[i * words] >> shift & (BUCKETS - 1)]++;
        memcpy(to + at * words, from + i * words, words * sizeof *to);
    }
    keys->spare = keys->held;
    keys->held = to;
}

static inline void sort_words(struct tm_keys *keys, size_t words)
{
    for (unsigned digit = 0; digit < DIGITS; digit++)
        sort_digit(keys, SORTED_FROM + digit * DIGIT, words);
    uint64_t *held = keys->held;
    for (size_t i = 0, end; i < keys->n; i = end) {
        uint64_t sorted = held[i * words] >> SORTED_FROM;
        for (end = i + 1; end < keys->n && held[end * words] >> SORTED_FROM == sorted;)
            end++;
        if (end - i > 1)
            sort_equals(held + i * words, end - i, words);
    }
}

static bool sort_held(struct tm_keys *keys)
{
    if (keys->spare_room < keys->n) {
        free(keys->spare);
        keys->spare = tm_large_alloc(keys->n * keys->words * sizeof *keys->spare);
        keys->spare_room = keys->spare == NULL ? 0 : keys->n;
        if (keys->spare == NULL)
            return false;
    }
    if (keys->words == NARROW)
        sort_words(keys, NARROW);
    else if (keys->words == WIDEST)
        sort_words(keys, WIDEST);
    else
        sort_words(keys, keys->words);
    return true;
}

static inline void sift_down(struct tm_keys *keys, size_t at, size_t words)
{
    struct way *heap = keys->heap;
    struct way way = heap[at];
    for (;;) {
        size_t child = 2 * at + 1;
        if (child >= keys->n_heap)
            break;
        if (child + 1 < keys->n_heap && before(heap[child + 1].key, heap[child].key, words))
            child++;
        if (!before(heap[child].key, way.key, words))
            break;
        heap[at] = heap[child];
        at = child;
    }
    heap[at] = way;
}

static enum tm_status advance(struct way *way, size_t words, struct tm_err *err)
{
    const char *p;
    enum tm_status status = tm_tempreader_take(way->reader, words * sizeof *way->key, &p, err);
    if (status == TM_OK)
        memcpy(way->key, p, words * sizeof *way->key);
    return status;
}

static enum tm_status open_level(struct tm_keys *keys, const struct level *level, size_t buffer,
                                 struct tm_err *err)
{
    enum tm_status status = TM_OK;
    for (size_t i = 0; i < level->n && status == TM_OK; i++) {
        struct tm_tempreader *reader = &keys->readers[keys->n_readers++];
        struct way *way = &keys->heap[keys->n_heap];
        status = tm_tempreader_open(reader, level->file, i == 0 ? 0 : level->ends[i - 1],
                                    level->ends[i], buffer, err);
        way->reader = reader;
        if (status == TM_OK)
            status = advance(way, keys->words, err);
        keys->n_heap += status == TM_OK;
    }
    return status;
}

/* Merges the runs of some levels, `budget` bytes being there for buffers. */
static enum tm_status begin_merge(struct tm_keys *keys, size_t first, size_t end, size_t budget,
                                  struct tm_err *err)
{
    size_t n = 0;
    for (size_t i = first; i < end; i++)
        n += keys->levels[i].n;
    keys->readers = calloc(n + 1, sizeof *keys->readers);
    keys->heap = calloc(n + 1, sizeof *keys->heap);
    if (keys->readers == NULL || keys->heap == NULL)
        return no_memory(err);
    size_t buffer = budget / (n + 1);
    buffer = buffer < LEAST_READ ? LEAST_READ : buffer > MOST_READ ? MOST_READ : buffer;
    enum tm_status status = TM_OK;
    for (size_t i = first; i < end && status == TM_OK; i++)
        status = open_level(keys, &keys->levels[i], buffer, err);
    for (size_t i = keys->n_heap / 2; i-- > 0;)
        sift_down(keys, i, keys->words);
    return status;
}

static inline enum tm_status next_merged(struct tm_keys *keys, uint64_t *ret_key, size_t words,
                                         struct tm_err *err)
{
    if (keys->n_heap == 0)
        return TM_END;
    memcpy(ret_key, keys->heap[0].key, words * sizeof *ret_key);
    enum tm_status status = advance(&keys->heap[0], words, err);
    if (status == TM_END)
        keys->heap[0] = keys->heap[--keys->n_heap];
    else if (status != TM_OK)
        return status;
    sift_down(keys, 0, words);
    return TM_OK;
}

static enum tm_status open_file(struct tm_keys *keys, struct level *level, struct tm_err *err)
{
    return level->file == NULL ? tm_tempfile_create(keys->folder, &level->file, err) : TM_OK;
}

static enum tm_status end_run(struct level *level, struct tm_err *err)
{
    enum tm_status status = tm_tempfile_flush(level->file, err);
    if (status == TM_OK)
        level->ends[level->n++] = tm_tempfile_size(level->file);
    return status;
}

/* Makes the runs of a level one of the next. */
static enum tm_status merge_level(struct tm_keys *keys, size_t number, struct tm_err *err)
{
    struct level *from = &keys->levels[number];
    struct level *to = from + 1;
    enum tm_status status = open_file(keys, to, err);
    if (status == TM_OK)
        status = begin_merge(keys, number, number + 1, 0, err);
    while (status == TM_OK) {
        uint64_t key[WIDEST];
        status = next_merged(keys, key, keys->words, err);
        if (status == TM_OK)
            status = tm_tempfile_append(to->file, key, keys->words * sizeof *key, err);
    }
    end_merge(keys);
    if (status != TM_END)
        return status;
    tm_tempfile_destroy(from->file);
    *from = (struct level){.n = 0};
    return end_run(to, err);
}

static enum tm_status spill(struct tm_keys *keys, struct tm_err *err)
{
    struct level *level = &keys->levels[0];
    enum tm_status status = open_file(keys, level, err);
    if (status != TM_OK)
        return status;
    if (!sort_held(keys))
        return no_memory(err);
    status = tm_tempfile_append(level->file, keys->held,
                                keys->n * keys->words * sizeof *keys->held, err);
    if (status == TM_OK)
        status = end_run(level, err);
    keys->n = 0;
    keys->spilled = true;
    for (size_t i = 0; i + 1 < LEVELS && keys->levels[i].n == MOST_RUNS && status == TM_OK; i++)
        status = merge_level(keys, i, err);
    return status;
}

/* Room for one more key. */
static inline enum tm_status reserve(struct tm_keys *keys, struct tm_err *err)
{
    if (keys->held == NULL) {
        keys->held = tm_large_alloc(keys->most * keys->words * sizeof *keys->held);
        return keys->held == NULL ? no_memory(err) : TM_OK;
    }
    return keys->n == keys->most ? spill(keys, err) : TM_OK;
}

enum tm_status tm_keys_add(struct tm_keys *keys, struct tm_key key, struct tm_err *err)
{
    enum tm_status status = reserve(keys, err);
    if (status == TM_OK)
        memcpy(keys->held + NARROW * keys->n++, &key, sizeof key);
    return status;
}

enum tm_status tm_keys_add_wide(struct tm_keys *keys, const struct tm_wide_key *key,
                                struct tm_err *err)
{
    enum tm_status status = reserve(keys, err);
    if (status == TM_OK)
        memcpy(keys->held + keys->words * keys->n++, key, keys->words * sizeof *keys->held);
    return status;
}

enum tm_status tm_keys_rewind(struct tm_keys *keys, struct tm_err *err)
{
    end_merge(keys);
    keys->next = 0;
    if (!keys->spilled) {
        bool good = keys->sorted || keys->n == 0 || sort_held(keys);
        keys->sorted = true;
        return good ? TM_OK : no_memory(err);
    }
    enum tm_status status = keys->n == 0 ? TM_OK : spill(keys, err);
    free_held(keys);
    return status == TM_OK ? begin_merge(keys, 0, LEVELS, keys->budget, err) : status;
}

enum tm_status tm_keys_next(struct tm_keys *keys, struct tm_key *ret_key, struct tm_err *err)
{
    if (keys->spilled)
        return next_merged(keys, &ret_key->high, NARROW, err);
    if (keys->next == keys->n)
        return TM_END;
    memcpy(ret_key, keys->held + NARROW * keys->next++, sizeof *ret_key);
    return TM_OK;
}

enum tm_status tm_keys_next_wide(struct tm_keys *keys, struct tm_wide_key *ret_key,
                                 struct tm_err *err)
{
    if (keys->spilled)
        return next_merged(keys, &ret_key->key.high, keys->words, err);
    if (keys->next == keys->n)
        return TM_END;
    memcpy(ret_key, keys->held + keys->words * keys->next++, keys->words * sizeof *keys->held);
    return TM_OK;
}
