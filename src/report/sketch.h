/* SPDX-License-Identifier: Apache-2.0 */
/* sketch.h - counting in bounded memory. */
#ifndef TM_REPORT_SKETCH_H
#define TM_REPORT_SKETCH_H

#include "base/buf.h"
#include "report/sample.h"

/*
 * Number of different hashes: HyperLogLog of 2^14 registers, standard error 0.81 % (Flajolet,
 * Fusy, Gandouet, Meunier 2007; estimator: Ertl, New cardinality estimation algorithms, 2017).
 */
#define TM_HLL_BITS 14
#define TM_HLL_REGISTERS (1 << TM_HLL_BITS)

struct tm_hll {
    uint8_t registers[TM_HLL_REGISTERS];
};

/* All that a hash means to it: the register's number times 64, and what it comes to at least. */
static inline uint32_t tm_hll_mark(uint64_t hash)
{
    uint32_t place = (uint32_t)(hash >> (64 - TM_HLL_BITS));
    uint64_t rest = hash << TM_HLL_BITS | (uint64_t)1 << (TM_HLL_BITS - 1);
    return place << 6 | ((uint32_t)__builtin_clzll(rest) + 1);
}

static inline void tm_hll_add_mark(struct tm_hll *hll, uint32_t mark)
{
    uint8_t *reg = &hll->registers[mark >> 6 & (TM_HLL_REGISTERS - 1)];
    uint8_t rank = mark & 63;
    if (rank > *reg)
        *reg = rank;
}

static inline void tm_hll_add(struct tm_hll *hll, uint64_t hash)
{
    tm_hll_add_mark(hll, tm_hll_mark(hash));
}

void tm_hll_merge(struct tm_hll *hll, const struct tm_hll *other);
uint64_t tm_hll_estimate(const struct tm_hll *hll);

/*
 * The commonest keys: a table that grows to a greatest size. When it is full, a count that half of
 * them do not exceed is taken from all, and who has nothing left goes (Misra, Gries 1982; in
 * batches: Anderson et al., A high-performance algorithm for identifying frequent items in data
 * streams, 2017). A count is too low by `error` at most, and a key that is not there had `error` at
 * most; error is 0 as long as nothing was pruned.
 */
#define TM_TALLY_KEY 200            /* a longer key is cut at a character; its hash is of all */

struct tm_tally_entry {
    uint64_t hash;
    uint64_t count;                 /* 0: the place is free */
    uint32_t at;                    /* of its key */
    uint16_t chosen;                /* number of its moments, from 1; 0: it has none */
    uint8_t n;
    uint8_t mark;                   /* the caller's; 0 at first */
};

struct tm_tally {
    struct tm_tally_entry *entries;
    struct tm_buf keys;             /* one behind the other */
    size_t capacity;                /* places, a power of two; three quarters are used */
    size_t most;                    /* places that it may have */
    size_t n;
    uint64_t total;                 /* of all that was added */
    uint64_t error;
    struct tm_moments *moments;     /* of the chosen ones */
    bool failed;                    /* memory was short; the counts are worth nothing */
};

/* `most` is a power of two. False when memory is short. finish allows a zeroed struct. */
bool tm_tally_init(struct tm_tally *tally, size_t most);
void tm_tally_finish(struct tm_tally *tally);

/* The entry is good until the next call. */
struct tm_tally_entry *tm_tally_add(struct tm_tally *tally, uint64_t hash, struct tm_str key);

/* A hash will soon be added or looked up: larger tables do not lie in the caches of a processor. */
static inline void tm_tally_prefetch(const struct tm_tally *tally, uint64_t hash)
{
    __builtin_prefetch(&tally->entries[(size_t)hash & (tally->capacity - 1)]);
}

/* Adds all that another table holds. */
void tm_tally_merge(struct tm_tally *tally, const struct tm_tally *other);

static inline struct tm_str tm_tally_key(const struct tm_tally *tally,
                                         const struct tm_tally_entry *entry)
{
    return (struct tm_str){tally->keys.p + entry->at, entry->n};
}

/* The parts of a key before and behind the first `sign`. */
void tm_tally_split(const struct tm_tally *tally, const struct tm_tally_entry *entry, char sign,
                    struct tm_str *ret_first, struct tm_str *ret_second);

/* Gives moments to those that will stand first after the sort, at most `most` (below 65536). */
void tm_tally_choose(struct tm_tally *tally, size_t most);

/* NULL if it is not there. */
struct tm_tally_entry *tm_tally_find(const struct tm_tally *tally, uint64_t hash);

/* A chosen entry stands once more in that unit of a sample (tm_moments_add). */
static inline void tm_tally_note(struct tm_tally *tally, const struct tm_tally_entry *entry,
                                 uint32_t unit, double size)
{
    if (entry != NULL && entry->chosen != 0)
        tm_moments_add(&tally->moments[entry->chosen - 1], unit, size);
}

/* The count of a key; 0 if it is not there. */
uint64_t tm_tally_count(const struct tm_tally *tally, uint64_t hash);

/* Puts the entries to the front: highest counts first; equal ones in byte order among the first
 * TM_TALLY_ORDERED, behind them as it comes. Nothing can be added or looked up any more. */
#define TM_TALLY_ORDERED 4096
void tm_tally_sort(struct tm_tally *tally);

#endif
