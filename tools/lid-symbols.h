/* SPDX-License-Identifier: Apache-2.0 */
/* lid-symbols.h - choice of the letters that get a symbol of their own. */
#ifndef LID_SYMBOLS_H
#define LID_SYMBOLS_H

#include "lang/lid_model.h"
#include "lid-corpus.h"

/* Fills the symbol and look-alike tables of the model from the letters of the corpus. */
void symbols_choose(struct lid_model *model, const struct corpus *corpus);

#endif
