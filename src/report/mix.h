/* SPDX-License-Identifier: Apache-2.0 */
/*
 * mix.h - the languages inside documents, by bytes. Records of a document come apart, one stream
 * after the other, so documents of several segments are kept in a table by the hash of their id; when
 * it is full every second one goes, by that hash (Wegman's adaptive sampling; Flajolet 1990). Which
 * ones stay does not depend on their order. Of a number n of those that stayed, n * one_in is the
 * estimate N for all, with a standard error of sqrt((one_in - 1) * N).
 */
#ifndef TM_REPORT_MIX_H
#define TM_REPORT_MIX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { TM_MIX_LANGS = 3, TM_MIX_BINS = 10 };

struct tm_mixed {
    uint64_t hash;
    uint64_t bytes[TM_MIX_LANGS];   /* by language; all 0: the place is free */
};

struct tm_mix {
    struct tm_mixed *list;
    size_t capacity;                /* a power of two; three quarters are used */
    size_t n;
    uint64_t one_in;
};

/* False when memory is short. finish allows a zeroed struct. */
bool tm_mix_init(struct tm_mix *mix);
void tm_mix_finish(struct tm_mix *mix);

/* `bytes` of a document are of a language. False when memory is short. */
bool tm_mix_add(struct tm_mix *mix, uint64_t hash, int lang, uint64_t bytes);

/* Documents with both Russian (0) and English (1) text by the share of the English bytes in both, in
 * tenths; scaled up. */
void tm_mix_bins(const struct tm_mix *mix, uint64_t ret_bins[TM_MIX_BINS]);

#endif
