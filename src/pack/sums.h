/* SPDX-License-Identifier: Apache-2.0 */
/* sums.h - SHA256SUMS as `sha256sum` reads it, and as there is only one way to write it. */
#ifndef TM_PACK_SUMS_H
#define TM_PACK_SUMS_H

#include "base/buf.h"
#include "base/hash.h"

struct tm_sum {
    char path[256];                 /* relative, with slashes */
    char sha256[TM_SHA256_HEX];
};

/* A list of files. A zeroed one is empty. */
struct tm_sums {
    struct tm_sum *list;
    size_t n;
    size_t capacity;
};

void tm_sums_finish(struct tm_sums *sums);

/* False when memory is short or the path too long. */
bool tm_sums_add(struct tm_sums *sums, const char *path, const char *sha256);

/* Sorts the list by path and appends the text of SHA256SUMS. */
void tm_sums_write(struct tm_sums *sums, struct tm_buf *buf);

#endif
