/* SPDX-License-Identifier: Apache-2.0 */
/* lid-sample.h - draws training examples for one script from a corpus. */
#ifndef LID_SAMPLE_H
#define LID_SAMPLE_H

#include "lid-corpus.h"

#include "lang/lid_text.h"

struct sampler;

/* Prepares the lines of `corpus` whose letters are of `script`, the language `positive` against
 * all others. The corpus and the model (of which the symbols are used) must outlive the sampler.
 * Returns NULL, with a message, when a side has no text. */
struct sampler *sampler_create(const struct corpus *corpus, const struct lid_model *model,
                               enum lid_script script, const char *positive);

void sampler_destroy(struct sampler *sampler);

/* Draws an example: positive or not with equal chance, every other language by its weight, as a
 * sentence, a fragment of it or single words, with noise. Returns true for a positive. With
 * `held_out`, from sentences that are never drawn without it. */
bool sampler_draw(struct sampler *sampler, struct rng *rng, bool held_out, struct scratch *ret);

#endif
