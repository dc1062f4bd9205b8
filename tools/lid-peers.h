/* SPDX-License-Identifier: Apache-2.0 */
/* lid-peers.h - other language detectors, to be measured on the same rows. */
#ifndef LID_PEERS_H
#define LID_PEERS_H

#include "lid-corpus.h"

#include <tolmach/lang.h>

#ifdef __cplusplus
extern "C" {
#endif

/* CLD2 with kCLDFlagBestEffort; an unreliable answer is und. Only where TM_HAVE_CLD2 is defined. */
enum tm_lang peer_cld2(const char *text, size_t n);

/* Labels of all rows by the program `fasttext` with the model at `path`; false, with a message,
 * when it cannot be run. `ret` has room for corpus->n. */
bool peer_fasttext(const struct corpus *corpus, const char *path, enum tm_lang *ret);

#ifdef __cplusplus
}
#endif

#endif
