/* SPDX-License-Identifier: Apache-2.0 */
#include "report/mix.h"

#include <stdlib.h>

enum { FEW = 1024, MOST = 65536 };

bool tm_mix_init(struct tm_mix *mix)
{
    *mix = (struct tm_mix){.list = calloc(FEW, sizeof *mix->list), .capacity = FEW, .one_in = 1};
    return mix->list != NULL;
}

void tm_mix_finish(struct tm_mix *mix)
{
    free(mix->list);
    mix->list = NULL;
}

static bool is_free(const struct tm_mixed *mixed)
{
    return (mixed->bytes[0] | mixed->bytes[1] | mixed->bytes[2]) == 0;
}

/* The low bits choose who stays; the place is told by others. */
static struct tm_mixed *place_of(const struct tm_mix *mix, uint64_t hash)
{
    size_t place = (size_t)(hash >> 32) & (mix->capacity - 1);
    while (!is_free(&mix->list[place]) && mix->list[place].hash != hash)
        place = (place + 1) & (mix->capacity - 1);
    return &mix->list[place];
}

/* A larger table, or one with every second document. */
static bool make_room(struct tm_mix *mix)
{
    struct tm_mix fresh = *mix;
    if (mix->capacity < MOST)
        fresh.capacity *= 2;
    else
        fresh.one_in *= 2;
    fresh.n = 0;
    fresh.list = calloc(fresh.capacity, sizeof *fresh.list);
    if (fresh.list == NULL)
        return false;
    for (size_t i = 0; i < mix->capacity; i++) {
        if (is_free(&mix->list[i]) || mix->list[i].hash % fresh.one_in != 0)
            continue;
        *place_of(&fresh, mix->list[i].hash) = mix->list[i];
        fresh.n++;
    }
    free(mix->list);
    *mix = fresh;
    return true;
}

bool tm_mix_add(struct tm_mix *mix, uint64_t hash, int lang, uint64_t bytes)
{
    if (bytes == 0 || hash % mix->one_in != 0)
        return true;
    struct tm_mixed *mixed = place_of(mix, hash);
    if (is_free(mixed))
        mix->n++;
    mixed->hash = hash;
    mixed->bytes[lang] += bytes;
    while (mix->n >= mix->capacity / 4 * 3)
        if (!make_room(mix))
            return false;
    return true;
}

void tm_mix_bins(const struct tm_mix *mix, uint64_t ret_bins[TM_MIX_BINS])
{
    for (int i = 0; i < TM_MIX_BINS; i++)
        ret_bins[i] = 0;
    for (size_t i = 0; i < mix->capacity; i++) {
        const uint64_t *bytes = mix->list[i].bytes;
        if (bytes[0] == 0 || bytes[1] == 0)
            continue;
        double share = (double)bytes[1] / (double)(bytes[0] + bytes[1]);
        int bin = (int)(share * TM_MIX_BINS);
        ret_bins[bin < TM_MIX_BINS ? bin : TM_MIX_BINS - 1] += mix->one_in;
    }
}
