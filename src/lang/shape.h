/* SPDX-License-Identifier: Apache-2.0 */
/* shape.h - does a line read like a sentence, or like a name? */
#ifndef TOLMACH_LANG_SHAPE_H
#define TOLMACH_LANG_SHAPE_H

#include "lid_model.h"

#include <stddef.h>

/* Counts over the words of one script in a line. Additive. */
struct lid_shape {
    uint32_t words;    /* two letters or more, or one small letter */
    uint32_t small;    /* that begin with a small letter */
    uint32_t capitals; /* of two letters or more, all capital */
    uint32_t glue;     /* English function words; Latin script only */
};

/* Adds the words of `script` in text[0..n) to *shape. */
void lid_shape_add(const struct lid_model *model, const char *text, size_t n,
                   enum lid_script script, struct lid_shape *shape);

/* Whether such words can be a sentence: at least four of them, most of them small or nearly all in
 * capitals; with `english`, function words among them. */
bool lid_shape_is_sentence(const struct lid_shape *shape, bool english);

#endif
