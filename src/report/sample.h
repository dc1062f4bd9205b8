/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sample.h - texts that are looked at more closely than all others.
 *
 * A unit is a record, or whole lines of about 4 KiB of a longer one. It is in the sample if the
 * hash of its id is a multiple of `one_in`, the least power of two with which the texts of a
 * language's sample fit into TM_SAMPLE_TEXT: the choice depends on the units, not on their order.
 * So each unit is in it with the probability 1 / one_in, and one_in is 1 for a small corpus, whose
 * numbers are then exact.
 *
 * What is counted is scaled up by the words (or characters) of the whole, which are known: the ratio
 * estimator Y = X * sum(y) / sum(x), whose standard error is
 *   X / sum(x) * sqrt((1 - 1 / one_in) * sum((y - r * x)^2) * n / (n - 1)),  r = sum(y) / sum(x)
 * over the n units of the sample (Cochran, Sampling Techniques, 1977, ch. 6). Units are small so that
 * there are many: of a dictionary in one record, few large parts would tell neither number nor error.
 */
#ifndef TM_REPORT_SAMPLE_H
#define TM_REPORT_SAMPLE_H

#include "base/buf.h"

#define TM_SAMPLE_TEXT ((size_t)2 << 20)

/* Bytes of a text that is one unit; a longer one falls into several. */
#define TM_SAMPLE_UNIT ((size_t)4 << 10)

struct tm_sampled {
    uint64_t hash;
    uint64_t words;
    uint64_t chars;
    struct tm_str text;
};

struct tm_sample {
    uint64_t one_in;                /* 1 at first */
    size_t n;
    struct tm_buf bytes;            /* heads and texts */
    uint64_t words;                 /* of the units; set by tm_sample_close */
    uint64_t chars;
    double words_squared;           /* sum of squares over the units */
    double chars_squared;
};

/* Sums of a number y that each unit has: of y^2, and of x * y. */
struct tm_moments {
    double squares;
    double cross;
    uint32_t last;                  /* unit that was last seen, from 1 */
    uint32_t here;                  /* y in it */
};

/* Whether a unit of a record with `bytes` of text may be in it; else it need not be offered. */
static inline bool tm_sample_wants(const struct tm_sample *sample, uint64_t hash, uint64_t bytes)
{
    return bytes > TM_SAMPLE_UNIT || hash % sample->one_in == 0;
}

/* Offers the units of a record with `words` words and `chars` characters, in order. False when
 * memory is short. */
bool tm_sample_offer(struct tm_sample *sample, uint64_t hash, struct tm_str text, uint64_t words,
                     uint64_t chars);

/* The units in order, *at being 0 at first; false after the last. */
bool tm_sample_next(const struct tm_sample *sample, size_t *at, struct tm_sampled *ret_unit);

/* No unit comes any more: fills the sums. */
void tm_sample_close(struct tm_sample *sample);

/* What sum(y) stands for in the whole, which has `total` words (characters if `by_chars`). */
uint64_t tm_sample_scale(const struct tm_sample *sample, uint64_t total, bool by_chars,
                         uint64_t count);

/* And its standard error, rounded up. */
uint64_t tm_sample_error(const struct tm_sample *sample, uint64_t total, bool by_chars,
                         uint64_t count, struct tm_moments moments);

/*
 * What is too slow to count in the whole sample: `count` is called with the texts of a part of it, the
 * units whose hash is a multiple of `one_in`, a power of two that leaves `most` bytes or nearly. The
 * number is that of the whole, whose words (characters if `by_chars`) are `total`.
 */
struct tm_estimate {
    uint64_t number;
    uint64_t error;                 /* standard error; 0 if all was counted */
    uint64_t one_in;                /* 1: of all */
};

typedef uint64_t tm_unit_fn(void *user, struct tm_str text);

struct tm_estimate tm_sample_estimate(const struct tm_sample *sample, size_t most, bool by_chars,
                                      uint64_t total, tm_unit_fn *count, void *user);

/* A unit of `size` words or characters has the y `n`. */
static inline void tm_moments_unit(struct tm_moments *moments, uint64_t n, double size)
{
    moments->squares += (double)n * (double)n;
    moments->cross += (double)n * size;
}

/* The same step by step: y of unit `unit` (from 1) is greater by one. */
static inline void tm_moments_add(struct tm_moments *moments, uint32_t unit, double size)
{
    if (moments->last != unit) {
        moments->last = unit;
        moments->here = 0;
    }
    moments->squares += 2.0 * moments->here++ + 1;
    moments->cross += size;
}

#endif
