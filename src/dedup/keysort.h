/* SPDX-License-Identifier: Apache-2.0 */
/* keysort.h - sorting keys of two to five words in place. */
#ifndef TM_DEDUP_KEYSORT_H
#define TM_DEDUP_KEYSORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { TM_KEY_MOST_WORDS = 5 };

/* Whether a key comes before another: word by word. */
static inline bool tm_key_before(const uint64_t *a, const uint64_t *b, size_t words)
{
    for (size_t i = 0; i < words; i++)
        if (a[i] != b[i])
            return a[i] < b[i];
    return false;
}

/* False without memory; it takes little. */
bool tm_keys_sort(uint64_t *keys, size_t n, size_t words);

#endif
