/* SPDX-License-Identifier: Apache-2.0 */
#include "dedup/likes.h"

#include <stdlib.h>
#include <string.h>

#include "base/tempfile.h"
#include "dedup/counts.h"

#define READ_BYTES ((size_t)16 << 10)
/* Buffers of a file that is written. */
#define WRITE_BYTES ((size_t)256 << 10)

/* Counts that are soon found; of more, ranges are counted one after another. */
#define FAST_BYTES ((size_t)8 << 20)

enum { MOST_PART_BITS = 8, CELLS = 2 /* for each hash, two bits each */ };

/* Hashes of one range of upper bits, then their bits. */
struct part {
    struct tm_tempfile *hashes;
    struct tm_tempreader bits;
    uint64_t begin;             /* where they stand in their file */
    uint64_t end;
    unsigned byte;
    unsigned left;              /* bits of it that have not been asked for */
};

struct tm_likes {
    char *folder;
    struct tm_counts counts;    /* of all, when there are no parts */
    size_t count_bytes;
    unsigned part_bits;
    struct part *parts;
    struct tm_tempfile *bits;
};

static enum tm_status no_memory(struct tm_err *err)
{
    return tm_fail(err, TM_ERR_NOMEM, "", TM_NO_OFFSET, "out of memory");
}

static size_t n_parts(const struct tm_likes *likes)
{
    return likes->parts == NULL ? 0 : (size_t)1 << likes->part_bits;
}

static enum tm_status create_parts(struct tm_likes *likes, struct tm_err *err)
{
    likes->parts = calloc((size_t)1 << likes->part_bits, sizeof *likes->parts);
    enum tm_status status = likes->parts == NULL ? no_memory(err) : TM_OK;
    for (size_t i = 0; i < n_parts(likes) && status == TM_OK; i++)
        status = tm_tempfile_create(likes->folder, &likes->parts[i].hashes, err);
    return status;
}

enum tm_status tm_likes_create(const char *folder, uint64_t n, size_t budget,
                               struct tm_likes **ret_likes, struct tm_err *err)
{
    struct tm_likes *likes = calloc(1, sizeof *likes);
    if (likes != NULL)
        likes->folder = strdup(folder);
    if (likes == NULL || likes->folder == NULL) {
        tm_likes_destroy(likes);
        return no_memory(err);
    }
    likes->count_bytes = budget / 2;
    size_t bytes = likes->count_bytes < FAST_BYTES ? likes->count_bytes : FAST_BYTES;
    uint64_t room = (uint64_t)bytes * 4 / CELLS;
    while (n >> likes->part_bits > room && likes->part_bits < MOST_PART_BITS &&
           (WRITE_BYTES << (likes->part_bits + 1)) <= budget / 2)
        likes->part_bits++;
    enum tm_status status = likes->part_bits == 0
        ? tm_counts_init(&likes->counts, n, likes->count_bytes, err) : create_parts(likes, err);
    if (status != TM_OK) {
        tm_likes_destroy(likes);
        return status;
    }
    *ret_likes = likes;
    return TM_OK;
}

void tm_likes_destroy(struct tm_likes *likes)
{
    if (likes == NULL)
        return;
    for (size_t i = 0; i < n_parts(likes); i++) {
        tm_tempfile_destroy(likes->parts[i].hashes);
        tm_tempreader_close(&likes->parts[i].bits);
    }
    tm_tempfile_destroy(likes->bits);
    tm_counts_finish(&likes->counts);
    free(likes->parts);
    free(likes->folder);
    free(likes);
}

static struct part *part_of(struct tm_likes *likes, uint32_t hash)
{
    return &likes->parts[hash >> (32 - likes->part_bits)];
}

/* What a hash is counted as: without the bits that all of a part share, and without the lowest. */
static uint64_t counted_as(const struct tm_likes *likes, uint32_t hash)
{
    return (uint64_t)(hash & ~(uint32_t)1) << 32 << likes->part_bits;
}

void tm_likes_expect(const struct tm_likes *likes, uint32_t hash)
{
    tm_counts_expect(&likes->counts, counted_as(likes, hash));
}

enum tm_status tm_likes_add(struct tm_likes *likes, uint32_t hash, bool thrice,
                            struct tm_err *err)
{
    if (likes->parts != NULL) {
        hash = (hash & ~(uint32_t)1) | thrice;
        return tm_tempfile_append(part_of(likes, hash)->hashes, &hash, sizeof hash, err);
    }
    if (likes->counts.cells != NULL)
        tm_counts_add(&likes->counts, counted_as(likes, hash));
    return TM_OK;
}

static bool reaches(const struct tm_likes *likes, const struct tm_counts *counts, uint32_t hash,
                    bool thrice)
{
    return tm_counts_reach(counts, counted_as(likes, hash), thrice ? 3 : 2);
}

static enum tm_status read_hash(struct tm_tempreader *reader, uint32_t *ret_hash,
                                struct tm_err *err)
{
    const char *p;
    enum tm_status status = tm_tempreader_take(reader, sizeof *ret_hash, &p, err);
    if (status == TM_OK)
        memcpy(ret_hash, p, sizeof *ret_hash);
    return status;
}

static enum tm_status count_part(struct tm_likes *likes, struct part *part,
                                 struct tm_counts *counts, struct tm_err *err)
{
    struct tm_tempreader reader;
    enum tm_status status = tm_tempreader_open(&reader, part->hashes, 0,
                                               tm_tempfile_size(part->hashes), READ_BYTES, err);
    while (status == TM_OK && counts->cells != NULL) {
        uint32_t hash;
        status = read_hash(&reader, &hash, err);
        if (status == TM_OK)
            tm_counts_add(counts, counted_as(likes, hash));
    }
    tm_tempreader_close(&reader);
    return status == TM_END ? TM_OK : status;
}

/* Eight hashes a byte, from the lowest bit on. */
static enum tm_status write_bits(struct tm_likes *likes, struct part *part,
                                 const struct tm_counts *counts, struct tm_err *err)
{
    struct tm_tempreader reader;
    enum tm_status status = tm_tempreader_open(&reader, part->hashes, 0,
                                               tm_tempfile_size(part->hashes), READ_BYTES, err);
    while (status == TM_OK) {
        unsigned char byte = 0;
        unsigned n = 0;
        for (; n < 8 && status == TM_OK; n += status == TM_OK) {
            uint32_t hash;
            status = read_hash(&reader, &hash, err);
            if (status == TM_OK)
                byte = (unsigned char)(byte | reaches(likes, counts, hash, hash & 1) << n);
        }
        if (n != 0 && status >= TM_OK) {
            enum tm_status wrote = tm_tempfile_append(likes->bits, &byte, 1, err);
            status = wrote == TM_OK ? status : wrote;
        }
    }
    tm_tempreader_close(&reader);
    return status == TM_END ? TM_OK : status;
}

static enum tm_status settle_part(struct tm_likes *likes, struct part *part, struct tm_err *err)
{
    struct tm_counts counts;
    part->begin = tm_tempfile_size(likes->bits);
    enum tm_status status = tm_tempfile_flush(part->hashes, err);
    if (status != TM_OK)
        return status;
    uint64_t n = tm_tempfile_size(part->hashes) / sizeof(uint32_t);
    status = tm_counts_init(&counts, n, likes->count_bytes, err);
    if (status == TM_OK)
        status = count_part(likes, part, &counts, err);
    if (status == TM_OK)
        status = write_bits(likes, part, &counts, err);
    tm_counts_finish(&counts);
    tm_tempfile_destroy(part->hashes);
    part->hashes = NULL;
    part->end = tm_tempfile_size(likes->bits);
    return status;
}

enum tm_status tm_likes_settle(struct tm_likes *likes, struct tm_err *err)
{
    if (likes->parts == NULL)
        return TM_OK;
    enum tm_status status = tm_tempfile_create(likes->folder, &likes->bits, err);
    for (size_t i = 0; i < n_parts(likes) && status == TM_OK; i++)
        status = settle_part(likes, &likes->parts[i], err);
    if (status == TM_OK)
        status = tm_tempfile_flush(likes->bits, err);
    for (size_t i = 0; i < n_parts(likes) && status == TM_OK; i++) {
        struct part *part = &likes->parts[i];
        status = tm_tempreader_open(&part->bits, likes->bits, part->begin, part->end, READ_BYTES,
                                    err);
    }
    return status;
}

enum tm_status tm_likes_next(struct tm_likes *likes, uint32_t hash, bool thrice, bool *ret_may,
                             struct tm_err *err)
{
    if (likes->parts == NULL) {
        *ret_may = reaches(likes, &likes->counts, hash, thrice);
        return TM_OK;
    }
    struct part *part = part_of(likes, hash);
    if (part->left == 0) {
        const char *p;
        enum tm_status status = tm_tempreader_take(&part->bits, 1, &p, err);
        if (status != TM_OK)
            return status == TM_END ? tm_fail(err, TM_ERR_INTERNAL, "", TM_NO_OFFSET,
                                              "more hashes are asked for than were counted")
                                    : status;
        part->byte = (unsigned char)*p;
        part->left = 8;
    }
    *ret_may = part->byte & 1;
    part->byte >>= 1;
    part->left--;
    return TM_OK;
}
