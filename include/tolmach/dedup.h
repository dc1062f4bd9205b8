/* SPDX-License-Identifier: Apache-2.0 */
/*
 * dedup.h - duplicates: of texts with the same normal form, one stays.
 *
 * Normal form: letters and digits of all scripts in lower case (simple mapping), the signs
 * % $ + = < > and the currency signs, a minus before a number, a point or colon between digits (a
 * comma there is a point), # behind a letter; every run of anything else is one blank, none at the
 * ends; combining marks are left out. Letters that Unicode tells apart stay apart: ё is not е, й is not и. A text
 * of which nothing is left is its own normal form.
 */
#ifndef TOLMACH_DEDUP_H
#define TOLMACH_DEDUP_H

#include <tolmach/base.h>

#ifdef __cplusplus
extern "C" {
#endif

#define TM_DEDUP_VERSION "4"

/* Bytes beyond those of a text where its form is written fast. */
#define TM_FORM_ROOM 32

/* Digest of a text's normal form (XXH3-128), as two words. */
struct tm_fingerprint {
    uint64_t high;
    uint64_t low;
};

/* Writes the normal form of a text to ret_form (room for n + 8 bytes) and returns its length. */
TM_API size_t tm_normal_form(const char *text, size_t n, char *ret_form);

/* `scratch` has to hold n + TM_FORM_ROOM bytes. */
TM_API struct tm_fingerprint tm_fingerprint_of(const char *text, size_t n, char *scratch);

/*
 * Exact duplicates in bounded memory: fingerprints go to sorted runs on disk. Of equal ones the
 * first in survivor order stays: the earliest date, undated last, then the lowest place.
 */
struct tm_exact;

/* `folder` takes the temporary file; `budget`: bytes of memory. */
TM_API enum tm_status tm_exact_create(const char *folder, size_t budget,
                                      struct tm_exact **ret_exact, struct tm_err *err);
TM_API void tm_exact_destroy(struct tm_exact *exact);

/* A text at a place (document and segment number, unique), with the id that duplicates of it
 * will name. Texts are added in the order of their places. `date` in seconds, INT64_MIN if
 * unknown. */
TM_API enum tm_status tm_exact_add(struct tm_exact *exact, struct tm_fingerprint fingerprint,
                                   int64_t date, uint64_t document, uint32_t segment,
                                   struct tm_str id, struct tm_err *err);

/* Ends adding and decides. */
TM_API enum tm_status tm_exact_decide(struct tm_exact *exact, struct tm_err *err);

enum tm_dup_kind {
    TM_DUP_EXACT,                   /* the same normal form */
    TM_DUP_NEAR,                    /* similar enough, or but for a typing error or last lines */
    TM_DUP_CONTAINED,               /* the survivor holds it, and more */
};

/* "exact", "near", "contained". */
TM_API const char *tm_dup_kind_name(enum tm_dup_kind kind);

/* What was decided about a place that has duplicates. */
struct tm_decision {
    uint64_t document;
    uint32_t segment;
    uint64_t n_dups;            /* of a survivor: how many went; 0 for a duplicate */
    struct tm_str dup_of;       /* of a duplicate: the survivor's id, else unknown */
    enum tm_dup_kind kind;      /* of a duplicate */
    unsigned similarity;        /* of a duplicate to its survivor, in 1/10000 */
};

/* Decisions in the order of places, those without duplicates left out; slices are good until the
 * next call. TM_END after the last. */
TM_API enum tm_status tm_exact_next(struct tm_exact *exact, struct tm_decision *ret_decision,
                                    struct tm_err *err);

/*
 * Near duplicates.
 *
 * A sketch is what is known of a text before it is compared with others: its fingerprint and the
 * keys under which it meets its like (MinHash in an LSH forest, see sketch.c). What meets is
 * compared in full: Jaccard similarity of the sets of character 5-grams of the normal forms, last
 * lines that recur in the corpus left out.
 */
enum {
    TM_SKETCH_TREES = 8,
    TM_SKETCH_LANES = 3 * TM_SKETCH_TREES,
    TM_SKETCH_CUTS = 2,
    TM_SKETCH_KEYS = 2 * TM_SKETCH_TREES + 1 + 2 * TM_SKETCH_CUTS,
};

struct tm_sketch_key {
    uint64_t high;
    uint64_t low;
};

struct tm_sketch {
    struct tm_fingerprint fingerprint;
    struct tm_str form;             /* the normal form, in the caller's scratch */
    uint32_t words;
    uint32_t cuts[TM_SKETCH_CUTS];  /* length of the form without its last line, last two; or 0 */
    uint8_t lanes[2][TM_SKETCH_LANES];
    uint32_t numbers;               /* a signature of its numbers, 0 if last lines hold some */
    uint32_t n_keys;
    struct tm_sketch_key keys[TM_SKETCH_KEYS];
};

/* Fills a sketch. `scratch` has to hold n + TM_FORM_ROOM bytes and to live as long as the sketch's
 * form is used. Any thread. */
TM_API void tm_sketch_of(const char *text, size_t n, char *scratch, struct tm_sketch *ret_sketch);

/* The similarity from which texts count as near duplicates, in 1/10000. */
#define TM_NEAR_THRESHOLD 8000

struct tm_near_options {
    unsigned threshold;             /* in 1/10000; 0: TM_NEAR_THRESHOLD */
    bool ignore_numbers;            /* else the numbers of one text must be all among the other's */
};

/*
 * Exact and near duplicates in bounded memory. Of exact and near ones the first in survivor order
 * stays, of a text and another that holds it the longer one. Every duplicate was itself compared
 * with the survivor that it names (of equal ones, one of them was): there are no chains. What
 * comes out depends on the texts, their dates and places alone.
 * One thread at a time. RAM beside the budget: four bits for each text.
 */
struct tm_near;

/* `folder` takes temporary files; `budget`: bytes of memory; `options` is copied. */
TM_API enum tm_status tm_near_create(const char *folder, size_t budget,
                                     const struct tm_near_options *options,
                                     struct tm_near **ret_near, struct tm_err *err);
TM_API void tm_near_destroy(struct tm_near *near);

/* As tm_exact_add, but in the order of places. */
TM_API enum tm_status tm_near_add(struct tm_near *near, const struct tm_sketch *sketch,
                                  int64_t date, uint64_t document, uint32_t segment,
                                  struct tm_str id, struct tm_err *err);

/* Ends adding and decides. */
TM_API enum tm_status tm_near_decide(struct tm_near *near, struct tm_err *err);

/* As tm_exact_next. */
TM_API enum tm_status tm_near_next(struct tm_near *near, struct tm_decision *ret_decision,
                                   struct tm_err *err);

/* What it took. */
struct tm_near_stats {
    uint64_t texts;
    uint64_t keys;
    uint64_t pairs;                 /* that met, once for each key */
    uint64_t compared;              /* in full */
    uint64_t found;                 /* similar */
};
TM_API struct tm_near_stats tm_near_stats_of(const struct tm_near *near);

/*
 * Decontamination: texts that overlap a given evaluation set.
 *
 * A text of it is known by its windows of TM_AGAINST_WORDS words of the normal form, one of fewer
 * words by all of them, if there are TM_AGAINST_LEAST at least. A text overlaps when it holds one of
 * these windows. They are kept in memory: 22 to 43 bytes for each word of the evaluation set, and half
 * as much again while the table grows.
 */
#define TM_AGAINST_WORDS 13
#define TM_AGAINST_LEAST 6

struct tm_against;

TM_API enum tm_status tm_against_create(struct tm_against **ret_against, struct tm_err *err);
TM_API void tm_against_destroy(struct tm_against *against);

/* The most that the windows may take, in bytes; without it, or with 0, there is no limit. */
TM_API void tm_against_limit(struct tm_against *against, size_t bytes);

/* Adds the lines of a file, or the member `field` of its JSON objects, and counts it as a file.
 * TM_ERR_READ, TM_ERR_FORMAT, TM_ERR_LIMIT or TM_ERR_NOMEM leave it half added. */
TM_API enum tm_status tm_against_add_file(struct tm_against *against, const char *path,
                                          const char *field, struct tm_err *err);

/* Of all that decides what tm_against_find finds. */
TM_API uint64_t tm_against_digest(const struct tm_against *against);

/* Number of the first file, from 0, of which a text's normal form holds a window; -1 for none. Any
 * number of threads at once. */
TM_API int tm_against_find(const struct tm_against *against, const char *form, size_t n);

#ifdef __cplusplus
}
#endif

#endif
