/* SPDX-License-Identifier: Apache-2.0 */
/* Where letters begin is told by a bit for each byte of the window, so that the grams of one do not
 * wait for each other. */
#include "dedup/grams.h"

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

enum { BLOCK = TM_GRAMS_WINDOW - TM_GRAMS_CARRIED - 1 /* the last blank */ };

void tm_grams_begin(struct tm_grams *walk, struct tm_str form)
{
    *walk = (struct tm_grams){.form = form, .carried = 1, .window = " "};
}

/* Bits of the bytes with which letters begin. */
static uint64_t leads_of(const char *window)
{
    uint64_t bits = 0;
#if defined(__SSE2__)
    for (int i = 0; i < TM_GRAMS_WINDOW; i += 16) {
        __m128i bytes = _mm_loadu_si128((const __m128i *)(const void *)(window + i));
        __m128i leads = _mm_cmpgt_epi8(bytes, _mm_set1_epi8((char)0xBF));
        bits |= (uint64_t)(unsigned)_mm_movemask_epi8(leads) << i;
    }
#else
    for (int i = 0; i < TM_GRAMS_WINDOW; i++)
        bits |= (uint64_t)(((unsigned char)window[i] & 0xC0) != 0x80) << i;
#endif
    return bits;
}

/* Fills the window up; returns the bytes in it. */
static size_t fill(struct tm_grams *walk)
{
    size_t left = walk->form.n - walk->at;
    size_t size = walk->carried;
    if (left >= BLOCK) {
        memcpy(walk->window + size, walk->form.p + walk->at, BLOCK);
        size += BLOCK;
        walk->at += BLOCK;
        left -= BLOCK;
    } else {
        if (left != 0)
            memcpy(walk->window + size, walk->form.p + walk->at, left);
        size += left;
        walk->at += left;
        left = 0;
    }
    walk->ended = left == 0;
    if (walk->ended)
        walk->window[size++] = ' ';
    return size;
}

static uint64_t hash_gram(const char *p, size_t n)
{
    uint64_t hash = tm_hash_16(p, n);
    if (n > 16)
        hash += tm_load_8(p + n - 8) * 0x165667B19E3779F9u;
    return tm_mix(hash);
}

size_t tm_grams_next(struct tm_grams *walk, uint64_t ret_hashes[TM_GRAMS_MOST])
{
    uint8_t starts[TM_GRAMS_WINDOW + 1];
    size_t n = 0;
    while (n == 0 && !walk->ended) {
        size_t size = fill(walk);
        size_t letters = 0;
        for (uint64_t bits = leads_of(walk->window) & UINT64_MAX >> (64 - size); bits != 0;
             bits &= bits - 1)
            starts[letters++] = (uint8_t)__builtin_ctzll(bits);
        starts[letters] = (uint8_t)size;
        /* The last letter may be cut, unless it is the last blank. */
        size_t whole = walk->ended ? letters : letters - (letters != 0);
        n = whole < TM_GRAM ? 0 : whole - TM_GRAM + 1;
        for (size_t i = 0; i < n; i++)
            ret_hashes[i] = hash_gram(walk->window + starts[i],
                                      (size_t)(starts[i + TM_GRAM] - starts[i]));
        /* Five letters are left at the most, the last one perhaps cut; only what is no UTF-8 has
         * more bytes then, of which the last ones count. */
        size_t left = size - starts[n];
        walk->carried = left < TM_GRAMS_CARRIED ? left : TM_GRAMS_CARRIED;
        memmove(walk->window, walk->window + size - walk->carried, walk->carried);
    }
    return n;
}
