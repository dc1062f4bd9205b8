/* SPDX-License-Identifier: Apache-2.0 */
/* sketch.h - what the keys of a sketch mean to the index of near duplicates. */
#ifndef TM_DEDUP_SKETCH_H
#define TM_DEDUP_SKETCH_H

#include <tolmach/dedup.h>

/* What a key was made of. */
enum tm_key_kind {
    TM_KEY_CHARS,           /* a chain of minima over character 5-grams */
    TM_KEY_WORDS,           /* the same over triples of words */
    TM_KEY_WHOLE,           /* a whole short text, or one without its last lines */
    TM_KEY_TAIL,            /* one of the last lines */
};

/* Layout of tm_sketch.keys[].low: 20 bits of hash, 3 of kind, 1 of detail; 40 bits are left for the
 * number of the text. */
enum { TM_KEY_INDEX_BITS = 40, TM_KEY_DETAIL_AT = 40, TM_KEY_KIND_AT = 41, TM_KEY_HASH_AT = 44 };

#endif
