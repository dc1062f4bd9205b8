/* SPDX-License-Identifier: Apache-2.0 */
/* segmenter.h - tm_lang_segment and tm_sentences as a stage of the pipeline. */
#ifndef TM_BUILD_SEGMENTER_H
#define TM_BUILD_SEGMENTER_H

#include <tolmach/document.h>

/* What a record holds; the numbers are those of the recipe's choices. */
enum tm_unit {
    TM_UNIT_SEGMENT,
    TM_UNIT_SENTENCE, /* segments split further; the language and score of the segment */
    TM_UNIT_DOCUMENT, /* all segments together, in the language of most characters; with `spans` */
};

struct tm_segmenter {
    uint16_t threshold; /* 1/10000 */
    enum tm_unit unit;
};

/* Name of a unit as recipes and manifests write it; static. */
const char *tm_unit_name(enum tm_unit unit);

/* Fills `segments`, with TM_UNIT_DOCUMENT also `spans`, of the documents that are kept; `segmenter` is borrowed. */
struct tm_stage tm_segmenter_stage(const struct tm_segmenter *segmenter);

#endif
