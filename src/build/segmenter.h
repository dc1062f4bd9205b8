/* SPDX-License-Identifier: Apache-2.0 */
/* segmenter.h - tm_lang_segment as a stage of the pipeline. */
#ifndef TM_BUILD_SEGMENTER_H
#define TM_BUILD_SEGMENTER_H

#include <tolmach/document.h>

/* Fills `segments` of the documents that are kept; `threshold` in 1/10000 is borrowed. */
struct tm_stage tm_segmenter_stage(const uint16_t *threshold);

#endif
