/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Sorted runs are merged through a binary heap. When there are MOST_RUNS of one level they become
 * one of the next, so that a key is written once for each level, of which there are as many as the
 * logarithm of the number of runs.
 */
#include "dedup/keys.h"

#include <stdlib.h>
#include <string.h>

#include "base/pages.h"
#include "base/tempfile.h"
#include "dedup/keysort.h"

#define LEAST_READ ((size_t)16 << 10)
#define MOST_READ ((size_t)256 << 10)
#define LEAST_KEYS ((size_t)1024)
/* More in memory is sorted no faster than runs on disk are: it has to be touched for that. */
#define MOST_HELD ((size_t)128 << 20)

enum {
    NARROW = 2,                     /* words of a key */
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
    uint64_t key[TM_KEY_MOST_WORDS];
    struct tm_tempreader *reader;
};

struct tm_keys {
    char *folder;
    size_t budget;
    size_t words;                   /* of a key */
    uint64_t *held;
    size_t n;
    size_t most;
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
    keys->most = (budget < MOST_HELD ? budget : MOST_HELD) / (keys->words * sizeof(uint64_t));
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
    keys->held = NULL;
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

static inline void sift_down(struct tm_keys *keys, size_t at, size_t words)
{
    struct way *heap = keys->heap;
    struct way way = heap[at];
    for (;;) {
        size_t child = 2 * at + 1;
        if (child >= keys->n_heap)
            break;
        if (child + 1 < keys->n_heap && tm_key_before(heap[child + 1].key, heap[child].key, words))
            child++;
        if (!tm_key_before(heap[child].key, way.key, words))
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
        uint64_t key[TM_KEY_MOST_WORDS];
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
    if (!tm_keys_sort(keys->held, keys->n, keys->words))
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
        keys->held = tm_pages_alloc(keys->most * keys->words * sizeof *keys->held);
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
        keys->sorted = keys->sorted || tm_keys_sort(keys->held, keys->n, keys->words);
        return keys->sorted ? TM_OK : no_memory(err);
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
