/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <tolmach/dedup.h>

#include "base/hash.h"
#include "base/rowfile.h"

/* An open hash table of windows; a hash of 0 is an empty slot. */
struct window {
    uint64_t hash;
    uint32_t file;
};

struct tm_against {
    struct window *windows;
    size_t capacity;
    size_t n;
    uint32_t lengths;       /* of windows that are there, in words, as bits */
    int n_files;
    size_t most_bytes;      /* 0: no limit */
};

static enum tm_status no_memory(struct tm_err *err)
{
    return tm_fail(err, TM_ERR_NOMEM, "", TM_NO_OFFSET, "out of memory");
}

enum tm_status tm_against_create(struct tm_against **ret_against, struct tm_err *err)
{
    struct tm_against *against = calloc(1, sizeof *against);
    if (against == NULL)
        return no_memory(err);
    *ret_against = against;
    return TM_OK;
}

void tm_against_destroy(struct tm_against *against)
{
    if (against == NULL)
        return;
    free(against->windows);
    free(against);
}

void tm_against_limit(struct tm_against *against, size_t bytes)
{
    against->most_bytes = bytes;
}

static size_t find(const struct tm_against *against, uint64_t hash)
{
    size_t mask = against->capacity - 1;
    size_t slot = (size_t)(hash >> 20) & mask;
    while (against->windows[slot].hash != 0 && against->windows[slot].hash != hash)
        slot = (slot + 1) & mask;
    return slot;
}

static enum tm_status grow(struct tm_against *against, struct tm_err *err)
{
    struct window *old = against->windows;
    size_t n = against->capacity;
    /* While the table grows both are there. */
    if (against->most_bytes != 0 && 3 * n > against->most_bytes / sizeof *old)
        return tm_fail(err, TM_ERR_LIMIT, "", TM_NO_OFFSET,
                       "the evaluation set has more than %zu windows, which is all that fits in "
                       "%zu bytes: more memory is needed", against->n, against->most_bytes);
    against->windows = calloc(n == 0 ? 4096 : 2 * n, sizeof *old);
    if (against->windows == NULL) {
        against->windows = old;
        return no_memory(err);
    }
    against->capacity = n == 0 ? 4096 : 2 * n;
    for (size_t i = 0; i < n; i++)
        if (old[i].hash != 0)
            against->windows[find(against, old[i].hash)] = old[i];
    free(old);
    return TM_OK;
}

/* Hashes of windows, word by word: the last words' in a ring. */
struct walk {
    uint64_t words[16];
    size_t n;
};

/* The hash of the last `length` words. */
static uint64_t window_hash(const struct walk *walk, size_t length)
{
    uint64_t hash = length;
    for (size_t i = walk->n - length; i < walk->n; i++)
        hash = (hash ^ walk->words[i % 16]) * 0x9E3779B97F4A7C15u;
    hash ^= hash >> 29;
    return hash == 0 ? 1 : hash;
}

/* Steps over the next word of a form; false behind the last. */
static bool next_word(struct walk *walk, const char *form, size_t n, size_t *at)
{
    if (*at >= n)
        return false;
    const char *blank = memchr(form + *at, ' ', n - *at);
    size_t end = blank == NULL ? n : (size_t)(blank - form);
    walk->words[walk->n++ % 16] = tm_hash128_of(form + *at, end - *at).low;
    *at = end + 1;
    return true;
}

static enum tm_status put(struct tm_against *against, const struct walk *walk, size_t length,
                          struct tm_err *err)
{
    enum tm_status status = TM_OK;
    if (4 * (against->n + 1) > 3 * against->capacity)
        status = grow(against, err);
    if (status != TM_OK)
        return status;
    uint64_t hash = window_hash(walk, length);
    struct window *window = &against->windows[find(against, hash)];
    if (window->hash != 0)
        return TM_OK;           /* of an earlier text, in the same file or one before it */
    *window = (struct window){hash, (uint32_t)against->n_files};
    against->n++;
    against->lengths |= 1u << length;
    return TM_OK;
}

static enum tm_status add_form(struct tm_against *against, const char *form, size_t n,
                               struct tm_err *err)
{
    struct walk walk = {.n = 0};
    enum tm_status status = TM_OK;
    for (size_t at = 0; status == TM_OK && next_word(&walk, form, n, &at);)
        if (walk.n >= TM_AGAINST_WORDS)
            status = put(against, &walk, TM_AGAINST_WORDS, err);
    if (walk.n >= TM_AGAINST_LEAST && walk.n < TM_AGAINST_WORDS)
        status = put(against, &walk, walk.n, err);
    return status;
}

static enum tm_status add_rows(struct tm_against *against, struct tm_rowfile *rows,
                               struct tm_err *err)
{
    struct tm_buf row = {0}, value = {0}, form = {0};
    enum tm_status status = TM_OK;
    while (status == TM_OK) {
        row.n = 0;
        value.n = 0;
        status = tm_rowfile_next(rows, &row, &value, err);
        if (status != TM_OK)
            break;
        form.n = 0;
        status = !tm_buf_reserve(&form, value.n + 8)
            ? no_memory(err)
            : add_form(against, form.p, tm_normal_form(value.p, value.n, form.p), err);
    }
    tm_buf_finish(&row);
    tm_buf_finish(&value);
    tm_buf_finish(&form);
    return status == TM_END ? TM_OK : status;
}

enum tm_status tm_against_add_file(struct tm_against *against, const char *path,
                                   const char *field, struct tm_err *err)
{
    FILE *file = fopen(path, "rb");
    if (file == NULL)
        return tm_fail(err, TM_ERR_READ, path, TM_NO_OFFSET, "cannot open: %s", strerror(errno));
    struct tm_rowfile rows;
    enum tm_status status = tm_rowfile_init(&rows, file, path, field, err);
    if (status == TM_OK)
        status = add_rows(against, &rows, err);
    if (status == TM_OK && ferror(file))
        status = tm_fail(err, TM_ERR_READ, path, TM_NO_OFFSET, "cannot read: %s",
                         strerror(errno));
    tm_rowfile_finish(&rows);
    (void)fclose(file);
    against->n_files++;
    return status;
}

uint64_t tm_against_digest(const struct tm_against *against)
{
    uint64_t sum = against->lengths;
    for (size_t i = 0; i < against->capacity; i++) {
        const struct window *window = &against->windows[i];
        uint64_t both[2] = {window->hash, window->file};
        sum += window->hash == 0 ? 0 : tm_hash128_of(both, sizeof both).low;
    }
    return sum;
}

int tm_against_find(const struct tm_against *against, const char *form, size_t n)
{
    struct walk walk = {.n = 0};
    int found = -1;
    if (against->n == 0)
        return -1;
    for (size_t at = 0; next_word(&walk, form, n, &at);)
        for (size_t length = TM_AGAINST_LEAST;
             length <= TM_AGAINST_WORDS && length <= walk.n; length++) {
            if ((against->lengths >> length & 1) == 0)
                continue;
            size_t slot = find(against, window_hash(&walk, length));
            int file = against->windows[slot].hash == 0 ? -1 : (int)against->windows[slot].file;
            if (file >= 0 && (found < 0 || file < found))
                found = file;
        }
    return found;
}
