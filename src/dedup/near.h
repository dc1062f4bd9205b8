/* SPDX-License-Identifier: Apache-2.0 */
/*
 * near.h - the index of near duplicates, and the steps through which it goes:
 *
 *   add       texts -> fingerprints, minima with keys, and forms, in files         (near.c)
 *   meet      sorted keys -> last lines that recur, pairs that have much in common (meet.c)
 *   compare   sorted pairs -> similar ones                                         (pairs.c)
 *   cluster   similar ones in survivor order -> who goes, and for whom             (cluster.c)
 *
 * All files are read in order, and what has to be in another order is sorted.
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
#include "dedup/prints.h"

/* Texts with lower numbers that one is compared with, at most: those with which it shares most. */
enum { TM_NEAR_MOST_PAIRS = 16 };

/* What is kept of a text outside memory; its form and its id stand at `offset` of the forms. */
struct near_text {
    uint64_t offset;
    uint64_t document;
    int64_t date;
    uint32_t segment;
    uint32_t form;                  /* bytes */
    uint32_t id;                    /* bytes */
    uint32_t cuts[TM_SKETCH_CUTS];
};

/* What texts meet by, until they have met: five bits of each minimum and the length, by kind of
 * minima (see meet.c), and its numbers; then its keys. */
struct near_minima {
    uint64_t marks[2][2];
    uint32_t numbers;               /* signature */
    uint32_t n_keys;
};

/* Texts read in the order of their numbers. */
struct near_scan {
    struct tm_tempreader texts;
    struct tm_tempreader forms;
};

struct tm_near {
    char *folder;
    size_t budget;
    struct tm_near_options options;
    struct tm_prints *prints;
    struct tm_tempfile *minima;     /* struct near_minima and keys of each text */
    struct tm_tempfile *texts;      /* struct near_text */
    struct tm_tempfile *forms;      /* of each text its form, then its id */
    struct near_scan scan;
    uint64_t n;
    uint8_t *gone;                  /* a bit for each text */
    uint8_t *leads;                 /* of which others are near duplicates */
    uint8_t *tails[TM_SKETCH_CUTS]; /* whose last line, or last but one, recurs */
    struct tm_keys *copies;         /* survivor, then its exact duplicate */
    struct tm_keys *pairs;          /* that met and have much in common */
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
    return (struct tm_key){first << TM_NUMBER_AT, second << TM_NUMBER_AT | note};
}

static inline uint64_t near_first(struct tm_key key)
{
    return key.high >> TM_NUMBER_AT;
}

static inline uint64_t near_second(struct tm_key key)
{
    return key.low >> TM_NUMBER_AT;
}

static inline uint32_t near_note(struct tm_key key)
{
    return (uint32_t)(key.low & (((uint64_t)1 << TM_NUMBER_AT) - 1));
}

enum tm_status near_no_memory(struct tm_err *err);

/* Marks of a text's minima of one kind, and of its length. */
void near_mark(const uint8_t lanes[TM_SKETCH_LANES], size_t length, uint64_t ret_marks[2]);

/* Begins to read texts from the first on, and ends it. */
enum tm_status near_scan_begin(struct tm_near *near, struct tm_err *err);
void near_scan_end(struct tm_near *near);

/* What is kept of a text, and its form or id, good until the next call of the same function.
 * Numbers have to ascend; of a text the form comes before the id. */
enum tm_status near_text_of(struct tm_near *near, uint64_t number, struct near_text *ret_text,
                            struct tm_err *err);
enum tm_status near_form_of(struct tm_near *near, const struct near_text *text,
                            struct tm_str *ret_form, struct tm_err *err);
/* Bytes of its form that are compared: without last lines that recur. */
static inline uint32_t near_cut_of(const struct tm_near *near, uint64_t number,
                                   const struct near_text *text)
{
    uint32_t cut = text->form;
    for (int i = 0; i < TM_SKETCH_CUTS && near_bit(near->tails[i], number); i++)
        cut = text->cuts[i];
    return cut;
}

enum tm_status near_id_of(struct tm_near *near, const struct near_text *text,
                          struct tm_str *ret_id, struct tm_err *err);

/* Of texts that met, what tells most of those apart that are not similar (outline.h). NULL when it
 * needs more than `budget` bytes. */
struct near_outlines;
enum tm_status near_outlines_create(struct tm_near *near, size_t budget,
                                    struct near_outlines **ret_outlines, struct tm_err *err);
void near_outlines_destroy(struct near_outlines *outlines);

/* Reads a text that met, and draws what comes before it. Numbers have to ascend. */
enum tm_status near_outlines_reach(struct near_outlines *outlines, struct tm_near *near,
                                   uint64_t number, struct near_text *ret_text,
                                   struct tm_str *ret_form, struct tm_err *err);

/* False when the texts of a pair, which were reached, cannot be similar. `outlines` may be NULL. */
bool near_outlines_may_agree(const struct near_outlines *outlines, struct tm_key pair);

enum tm_status near_meet(struct tm_near *near, struct tm_err *err);
enum tm_status near_compare(struct tm_near *near, struct tm_err *err);
enum tm_status near_cluster(struct tm_near *near, struct tm_err *err);

#endif
