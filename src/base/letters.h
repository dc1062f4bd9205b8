/* SPDX-License-Identifier: Apache-2.0 */
/* letters.h - how likely Russian letters are to follow each other. */
#ifndef TM_BASE_LETTERS_H
#define TM_BASE_LETTERS_H

#include <tolmach/base.h>

#define TM_LETTER_BIT 8             /* units of cost in a bit */

/* Number of a Russian letter in the alphabet, from 1, ё last; 0 for all else. */
unsigned tm_letter_number(uint32_t cp, bool *ret_upper);

/* Cost of `after` behind `before`, where 0 is no letter: -log2 of the probability in Russian text,
 * in units of an eighth of a bit. */
unsigned tm_letter_cost(unsigned before, unsigned after);

#endif
