/* SPDX-License-Identifier: Apache-2.0 */
/*
 * numbers.h - the numbers in a normal form: digits, with points and colons between them, and a
 * minus before. A signature has a bit for each; of texts whose numbers agree the signature of one
 * is all in that of the other.
 */
#ifndef TM_DEDUP_NUMBERS_H
#define TM_DEDUP_NUMBERS_H

#include "base/str.h"

/* The next number from *at on, behind which *at is set then; false when there is none. */
bool tm_number_next(struct tm_str form, size_t *at, struct tm_str *ret_number);

uint32_t tm_numbers_signature(struct tm_str form);

/* Whether the numbers of two texts may agree; always, if one has none. */
static inline bool tm_numbers_may_agree(uint32_t a, uint32_t b)
{
    return (a & ~b) == 0 || (b & ~a) == 0;
}

#endif
