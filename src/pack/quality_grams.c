/* SPDX-License-Identifier: Apache-2.0 */
/* n-grams of words that stand more than once, as Gopher's rules weigh them. */
#include <stdlib.h>
#include <string.h>

#include "pack/quality.h"

enum { MOST_GRAM = 10 };

/* n-grams in a table of 2^k places, each place valid for the n under way. */
struct gram {
    uint64_t hash;
    uint32_t n;
    uint32_t count;
};

/* An n-gram that may stand twice: the (n-1)-gram at its place did, or shares a bucket with one. */
struct candidate {
    uint64_t hash;
    size_t word;                /* its first one */
};

struct grams {
    const struct tm_quality_word *words;
    size_t n_words;
    struct candidate *candidates;   /* in text order */
    size_t n;
    uint8_t *buckets;           /* how many candidates have that hash, 2 at most; 2^k of them */
    size_t bucket_mask;
    struct gram *places;
    size_t place_mask;
    bool cleared;
    struct candidate fixed_candidates[TM_QUALITY_WORDS];
    uint8_t fixed_buckets[8 * TM_QUALITY_WORDS];
    struct gram fixed_places[2 * TM_QUALITY_WORDS];
};

static struct gram *gram_at(struct grams *grams, uint64_t hash, uint32_t n)
{
    size_t place = (size_t)(hash ^ hash >> 32) & grams->place_mask;
    while (grams->places[place].n == n && grams->places[place].hash != hash)
        place = (place + 1) & grams->place_mask;
    return &grams->places[place];
}

static uint64_t gram_chars(const struct tm_quality_word *words, size_t n)
{
    uint64_t chars = 0;
    for (size_t i = 0; i < n; i++)
        chars += words[i].chars;
    return chars;
}

static uint8_t *bucket_of(const struct grams *grams, uint64_t hash)
{
    return &grams->buckets[(size_t)(hash >> 20) & grams->bucket_mask];
}

/* Candidates of n - 1 words take one more; those that share no bucket with another go. */
static void grow_candidates(struct grams *grams, size_t n)
{
    while (grams->n != 0 && grams->candidates[grams->n - 1].word + n > grams->n_words)
        grams->n--;
    for (size_t i = 0; i < grams->n; i++) {
        struct candidate *c = &grams->candidates[i];
        c->hash = (c->hash ^ grams->words[c->word + n - 1].hash) * 0x9E3779B97F4A7C15u;
        uint8_t *bucket = bucket_of(grams, c->hash);
        *bucket = (uint8_t)(*bucket + (*bucket < 2));
    }
    size_t kept = 0;
    for (size_t i = 0; i < grams->n; i++) {
        struct candidate c = grams->candidates[i];
        grams->candidates[kept] = c;
        kept += *bucket_of(grams, c.hash) >> 1;
    }
    memset(grams->buckets, 0, grams->bucket_mask + 1);
    grams->n = kept;
}

/* Characters of the n-gram that stands most often, the first of equals; 0 if none stands twice. */
static uint64_t top_chars(struct grams *grams, size_t n)
{
    uint64_t chars = 0;
    uint32_t most = 1;
    for (size_t i = 0; i < grams->n; i++) {
        const struct candidate *c = &grams->candidates[i];
        struct gram *gram = gram_at(grams, c->hash, (uint32_t)n);
        *gram = (struct gram){c->hash, (uint32_t)n, gram->n == n ? gram->count + 1 : 1};
        if (gram->count > most) {
            most = gram->count;
            chars = most * gram_chars(grams->words + c->word, n);
        }
    }
    return chars;
}

/* Characters of n-grams that stood before; one that did is stepped over whole. */
static uint64_t repeated_chars(struct grams *grams, size_t n)
{
    uint64_t chars = 0;
    size_t next = 0;
    for (size_t i = 0; i < grams->n; i++) {
        const struct candidate *c = &grams->candidates[i];
        if (c->word < next)
            continue;
        struct gram *gram = gram_at(grams, c->hash, (uint32_t)n);
        if (gram->n == n) {
            chars += gram_chars(grams->words + c->word, n);
            next = c->word + n;
        } else {
            *gram = (struct gram){c->hash, (uint32_t)n, 1};
        }
    }
    return chars;
}

/* Gopher's limits in 1/1000: the commonest n-gram for 2 to 4, repeated n-grams for 5 to 10. */
static const uint32_t gram_limits[MOST_GRAM + 1] = {0, 0, 200, 180, 160, 150, 140, 130, 120, 110,
                                                    100};

static void fill_grams(struct grams *grams, uint64_t chars, struct tm_signals *signals)
{
    memset(grams->buckets, 0, grams->bucket_mask + 1);
    for (size_t i = 0; i < grams->n_words; i++)
        grams->candidates[i] = (struct candidate){0, i};
    grams->n = grams->n_words;
    grow_candidates(grams, 1);
    for (size_t n = 2; n <= MOST_GRAM; n++) {
        grow_candidates(grams, n);
        if (grams->n == 0)
            return;
        if (!grams->cleared)
            memset(grams->places, 0, (grams->place_mask + 1) * sizeof *grams->places);
        grams->cleared = true;
        uint64_t found = n <= 4 ? top_chars(grams, n) : repeated_chars(grams, n);
        uint32_t *value = &signals->value[n <= 4 ? TM_SIGNAL_top_ngram : TM_SIGNAL_dup_ngram];
        uint32_t over = tm_per_mille(1000 * found, (uint64_t)gram_limits[n] * chars);
        *value = over > *value ? over : *value;
    }
}

bool tm_quality_grams(const struct tm_quality_word *words, size_t n_words, uint64_t chars,
                      struct tm_signals *signals)
{
    struct grams grams;
    size_t places = 64;
    while (places < 2 * n_words)
        places *= 2;
    bool own = n_words > TM_QUALITY_WORDS;
    grams.words = words;
    grams.n_words = n_words;
    grams.bucket_mask = 4 * places - 1;
    grams.place_mask = places - 1;
    grams.cleared = false;
    grams.candidates = own ? malloc(n_words * sizeof *grams.candidates) : grams.fixed_candidates;
    grams.buckets = own ? malloc(4 * places) : grams.fixed_buckets;
    grams.places = own ? malloc(places * sizeof *grams.places) : grams.fixed_places;
    bool good = grams.candidates != NULL && grams.buckets != NULL && grams.places != NULL;
    if (good)
        fill_grams(&grams, chars, signals);
    if (own) {
        free(grams.candidates);
        free(grams.buckets);
        free(grams.places);
    }
    return good;
}
