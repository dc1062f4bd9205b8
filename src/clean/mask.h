/* SPDX-License-Identifier: Apache-2.0 */
/* mask.h - personal data out of text that did not go through the cleaner as a document. */
#ifndef TM_CLEAN_MASK_H
#define TM_CLEAN_MASK_H

#include "base/buf.h"

/* Appends `text` to `out` with telephone numbers, addresses and the like masked as the cleaner
 * does it by default. */
void tm_mask_personal(struct tm_str text, struct tm_buf *out);

#endif
