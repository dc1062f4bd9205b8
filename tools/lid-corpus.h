/* SPDX-License-Identifier: Apache-2.0 */
/* lid-corpus.h - labelled text for training and measuring the language detector. */
#ifndef LID_CORPUS_H
#define LID_CORPUS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Room for a label; those of span files are long. */
#define LABEL_ROOM 256

struct line {
    const char *text;
    uint32_t n;
    uint16_t label; /* index into corpus.label */
    uint16_t file;  /* index of the argument it came from */
};

struct corpus {
    struct line *line;
    size_t n;
    size_t room;
    char (*label)[LABEL_ROOM];
    size_t n_labels;
    char **blob; /* the files, which the lines point into */
    size_t n_blobs;
};

/* Appends the rows `label<TAB>text` of a plain or zstd-compressed file; rows without a tab are an
 * error. Prints what is wrong and returns false on failure. */
bool corpus_read(struct corpus *corpus, const char *path);

void corpus_finish(struct corpus *corpus);

/* Index of a label, or -1. */
int corpus_label(const struct corpus *corpus, const char *name);

/* A generator of our own, so that a model does not depend on a C library: splitmix64 (Steele,
 * Lea, Flood 2014). */
struct rng {
    uint64_t state;
};

uint64_t rng_next(struct rng *rng);

/* Uniform in [0, bound), bound > 0; the bias of the multiplication is below 2^-32. */
uint32_t rng_below(struct rng *rng, uint32_t bound);

/* The code point at *at, which it moves behind it; a broken byte is U+FFFD. */
uint32_t text_next(const char *text, size_t n, size_t *at);

/* Writes a code point as UTF-8, at most four bytes; returns how many. */
size_t text_put(char *ret, uint32_t cp);

/* Text that is built by chopping and by adding noise; cut off when it is full. */
struct scratch {
    char text[4096];
    size_t n;
};

void scratch_set(struct scratch *s, const char *text, size_t n);

/* Replaces Russian letters by Latin ones after one of several customs; see lid-noise.c. */
void noise_romanise(struct scratch *s, struct rng *rng);

/* Types some Cyrillic letters with the Latin ones that look alike. */
void noise_lookalikes(struct scratch *s, struct rng *rng);

/* Swaps or drops a byte-wide letter or a two-byte letter here and there. */
void noise_typos(struct scratch *s, struct rng *rng);

/* Writes Latin letters without their diacritics, as people do on a foreign keyboard. */
void noise_strip_marks(struct scratch *s);

/* Writes e for Cyrillic yo. */
void noise_plain_yo(struct scratch *s);

#endif
