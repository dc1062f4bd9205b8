/* SPDX-License-Identifier: Apache-2.0 */
/*
 * compare.h - two texts in their normal form, compared in full.
 *
 * Similarity is |A ∩ B| / |A ∪ B| of the sets of character 5-grams (hashed to 32 bits), blanks at
 * the ends included. Texts are
 *   near       when they are equal or their similarity reaches the threshold; or when they have
 *              no more than 20 words and differ in one by a typing error;
 *   contained  when 90 % (or the threshold, if that is more) of the shorter one's 5-grams, 60 at
 *              least, are in the longer one, which has at most three times as many (a headline in
 *              a digest of the week stays); or when one of the longer one's 20 words at most is
 *              missing, neither number nor negation, and two are left; or when the longer one
 *              begins or ends with the shorter one, which has 20 bytes at least and half its
 *              length.
 * Numbers agree when those of one text, each as often as it stands there, are all in the other:
 * what was added or cut off may hold some, but none may be another one.
 */
#ifndef TM_DEDUP_COMPARE_H
#define TM_DEDUP_COMPARE_H

#include <tolmach/dedup.h>

/* How many times longer a text may be that holds another. */
#define TM_MOST_LONGER 3

enum {
    TM_FEW_WORDS = 20,              /* of texts that may differ in one of them */
    TM_LEAST_LEFT = 2,              /* words, when one is missing */
    TM_LEAST_END = 20,              /* bytes of a text with which another begins or ends */
    TM_LEAST_GRAMS = 60,            /* of a text that is contained */
};

/* Of the 5-grams of a text, in 1/10000, what another has to hold that contains it. */
unsigned tm_compare_share(unsigned threshold);

struct tm_compare;

enum tm_status tm_compare_create(const struct tm_near_options *options,
                                 struct tm_compare **ret_compare, struct tm_err *err);
void tm_compare_destroy(struct tm_compare *compare);

/* The form that others are compared with; borrowed until the next one. */
enum tm_status tm_compare_load(struct tm_compare *compare, struct tm_str form,
                               struct tm_err *err);

/* What another form is to it: false if none of the above. *ret_kind is TM_DUP_NEAR or
 * TM_DUP_CONTAINED: then the shorter one is in the longer. */
enum tm_status tm_compare_with(struct tm_compare *compare, struct tm_str form, bool *ret_found,
                               enum tm_dup_kind *ret_kind, unsigned *ret_similarity,
                               struct tm_err *err);

#endif
