/* SPDX-License-Identifier: Apache-2.0 */
/*
 * lid_score.h - the evidence that a stretch of text gives, and its verdict.
 *
 * Features of a position (a letter or the end of a word): the n-grams of 3 to 5 symbols that end
 * there, without reaching behind the start of the word, and at the end of a word the word itself, or
 * the last seven letters of a long one.
 */
#ifndef TOLMACH_LANG_LID_SCORE_H
#define TOLMACH_LANG_LID_SCORE_H

#include "lid_text.h"

#include <tolmach/lang.h>

/* Sums are additive: the evidence of a text is the sum of that of its paragraphs. */
struct lid_evidence {
    int64_t sum[LID_SCRIPTS];      /* of weights */
    uint32_t n[LID_SCRIPTS];       /* positions that were scored: letters and word ends */
    uint32_t words[LID_SCRIPTS];   /* that were scored */
    uint32_t letters[LID_SCRIPTS]; /* all, where a long text was not scored throughout too */
    uint32_t other;                /* letters of other scripts */
    uint32_t foreign;              /* Cyrillic letters that are not Russian */
};

/* Slots of the features of a position whose last eight symbols are `w`, the newest lowest. The
 * multipliers are odd constants of the golden ratio kind (Knuth, TAOCP 3, 6.4); a hash is the top
 * bits of the product. A 5-gram lives in the cache line of the 4-gram that it ends with: one
 * memory access for both. */
static inline uint32_t lid_slot_hash(uint64_t key, uint64_t multiplier)
{
    return LID_NOTHING + (uint32_t)(key * multiplier >> (64 - LID_HASH_BITS));
}

static inline uint32_t lid_slot_3(uint64_t w)
{
    return lid_slot_hash(w & 0xffffffu, 0x9e3779b97f4a7c15u);
}

static inline uint32_t lid_slot_4(uint64_t w)
{
    return lid_slot_hash(w & 0xffffffffu, 0xc2b2ae3d27d4eb4fu);
}

static inline uint32_t lid_slot_5(uint32_t slot_4, uint64_t w)
{
    return slot_4 ^ (uint32_t)(w >> 32 & 0x3f);
}

/* At the end of a word: the whole word up to six letters, the last seven letters of a longer one. */
static inline uint32_t lid_slot_word(uint64_t w)
{
    return lid_slot_hash(w, 0xff51afd7ed558ccdu);
}

/* Adds the evidence of text[0..n) to *ev; links and handles inside are passed over. */
void lid_evidence_add(const struct lid_model *model, const char *text, size_t n,
                      struct lid_evidence *ev);

void lid_evidence_sum(struct lid_evidence *ev, const struct lid_evidence *more);

/* Calibrated logit (1/256) that the letters of `script` are the language it stands for (Russian
 * for Cyrillic, English for Latin) against all others. */
int32_t lid_logit(const struct lid_model *model, const struct lid_evidence *ev,
                  enum lid_script script);

/* Mean weight in 1/256, before calibration: sum / sqrt(n). */
int64_t lid_mean_weight(int64_t sum, uint32_t n);

/* 10000 / (1 + exp(-logit / 256)), from a table. */
uint16_t lid_probability(int32_t logit);

/* The script that decides, LID_SCRIPTS for another script, -1 for no letters. */
int lid_dominant(const struct lid_evidence *ev);

#endif
