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

#define TM_DEDUP_VERSION "1"

/* Digest of a text's normal form (XXH3-128), as two words. `scratch` has to hold n bytes plus 8. */
struct tm_fingerprint {
    uint64_t high;
    uint64_t low;
};

/* Writes the normal form of a text to ret_form (room for n + 8 bytes) and returns its length. */
TM_API size_t tm_normal_form(const char *text, size_t n, char *ret_form);

TM_API struct tm_fingerprint tm_fingerprint_of(const char *text, size_t n, char *scratch);

/*
 * Exact duplicates in bounded memory: fingerprints go to sorted runs on disk. Of equal ones the
 * first in survivor order stays: the earliest date, undated last, then the lowest place. The order
 * of adding does not matter.
 */
struct tm_exact;

/* `folder` takes the temporary file; `budget`: bytes of memory. */
TM_API enum tm_status tm_exact_create(const char *folder, size_t budget,
                                      struct tm_exact **ret_exact, struct tm_err *err);
TM_API void tm_exact_destroy(struct tm_exact *exact);

/* A text at a place (document and segment number, unique), with the id that duplicates of it
 * will name. `date` in seconds, INT64_MIN if unknown. */
TM_API enum tm_status tm_exact_add(struct tm_exact *exact, struct tm_fingerprint fingerprint,
                                   int64_t date, uint64_t document, uint32_t segment,
                                   struct tm_str id, struct tm_err *err);

/* Ends adding and decides. */
TM_API enum tm_status tm_exact_decide(struct tm_exact *exact, struct tm_err *err);

/* What was decided about a place that has duplicates. */
struct tm_decision {
    uint64_t document;
    uint32_t segment;
    uint64_t n_dups;            /* of a survivor: how many went; 0 for a duplicate */
    struct tm_str dup_of;       /* of a duplicate: the survivor's id, else unknown */
};

/* Decisions in the order of places, those without duplicates left out; slices are good until the
 * next call. TM_END after the last. */
TM_API enum tm_status tm_exact_next(struct tm_exact *exact, struct tm_decision *ret_decision,
                                    struct tm_err *err);

#ifdef __cplusplus
}
#endif

#endif
