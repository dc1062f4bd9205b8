/* SPDX-License-Identifier: Apache-2.0 */
/*
 * near.h - the index of near duplicates, and the steps through which it goes:
 *
 *   add       texts -> their forms in a file, keys and fingerprints to be sorted   (near.c)
 *   meet      sorted keys -> last lines that recur, pairs that meet                (meet.c)
 *   compare   sorted pairs -> similar ones                                         (pairs.c)
 *   cluster   similar ones in survivor order -> who goes, and for whom             (cluster.c)
 *
 * Texts are numbered in the order of adding, which is that of their places.
 */
#ifndef TM_DEDUP_NEAR_H
#define TM_DEDUP_NEAR_H

#include <tolmach/dedup.h>

#include "base/buf.h"
#include "base/sorter.h"
#include "base/tempfile.h"
#include "dedup/keys.h"

/* What is kept of a text outside memory; its form and its id stand at `offset` of the texts. */
struct near_text {
    uint64_t offset;
    uint64_t document;
    int64_t date;
    uint32_t segment;
    uint32_t form;                  /* bytes */
    uint32_t id;                    /* bytes */
    uint32_t cuts[TM_SKETCH_CUTS];
    uint8_t lanes[2][TM_SKETCH_LANES];
};

/* A block of them in memory. */
enum { NEAR_BLOCK = 64 };

struct near_block {
    uint64_t number;                /* UINT64_MAX when empty */
    struct near_text texts[NEAR_BLOCK];
};

struct tm_near {
    char *folder;
    size_t budget;
    struct tm_near_options options;
    struct tm_exact *exact;
    struct tm_keys *keys;
    struct tm_tempfile *texts;      /* struct near_text */
    struct tm_tempfile *forms;      /* of each text its form, then its id */
    struct near_block *cache;       /* by number modulo n_blocks */
    size_t n_blocks;
    uint64_t n;
    uint8_t *gone;                  /* a bit for each text */
    uint8_t *leads;                 /* of which others are near duplicates */
    uint8_t *tails[TM_SKETCH_CUTS]; /* whose last line, or last but one, recurs */
    struct tm_keys *copies;         /* survivor, then its exact duplicate */
    struct tm_keys *pairs;
    struct tm_sorter *similar;
    struct tm_sorter *contained;
    struct tm_keys *dropped;        /* near duplicate, then survivor, kind and similarity */
    struct tm_sorter *decisions;    /* by the text's number */
    struct tm_buf buffer;
    struct tm_near_stats stats;
};

static inline bool near_bit(const uint8_t *bits, uint64_t at)
{
    return bits[at / 8] >> at % 8 & 1;
}

static inline void near_set(uint8_t *bits, uint64_t at)
{
    bits[at / 8] = (uint8_t)(bits[at / 8] | 1u << at % 8);
}

/* Two numbers as a key: the first, then the second with `note` (24 bits). */
static inline struct tm_key near_key(uint64_t first, uint64_t second, uint32_t note)
{
    return (struct tm_key){first << 24, second << 24 | note};
}

enum tm_status near_no_memory(struct tm_err *err);

/* What is kept of a text; good until the next call. */
enum tm_status near_text_of(struct tm_near *near, uint64_t number, const struct near_text **ret_text,
                            struct tm_err *err);

enum tm_status near_meet(struct tm_near *near, struct tm_err *err);
enum tm_status near_compare(struct tm_near *near, struct tm_err *err);
enum tm_status near_cluster(struct tm_near *near, struct tm_err *err);

#endif
