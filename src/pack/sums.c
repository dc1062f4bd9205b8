/* SPDX-License-Identifier: Apache-2.0 */
#include "pack/sums.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void tm_sums_finish(struct tm_sums *sums)
{
    free(sums->list);
    *sums = (struct tm_sums){0};
}

bool tm_sums_add(struct tm_sums *sums, const char *path, const char *sha256)
{
    if (sums->n == sums->capacity) {
        size_t capacity = sums->capacity == 0 ? 16 : sums->capacity * 2;
        struct tm_sum *list = realloc(sums->list, capacity * sizeof *list);
        if (list == NULL)
            return false;
        sums->list = list;
        sums->capacity = capacity;
    }
    struct tm_sum *sum = &sums->list[sums->n];
    int length = snprintf(sum->path, sizeof sum->path, "%s", path);
    (void)snprintf(sum->sha256, sizeof sum->sha256, "%s", sha256);
    if (length < 0 || length >= (int)sizeof sum->path)
        return false;
    sums->n++;
    return true;
}

static int by_path(const void *a, const void *b)
{
    return strcmp(((const struct tm_sum *)a)->path, ((const struct tm_sum *)b)->path);
}

void tm_sums_write(struct tm_sums *sums, struct tm_buf *buf)
{
    if (sums->n != 0)
        qsort(sums->list, sums->n, sizeof *sums->list, by_path);
    for (size_t i = 0; i < sums->n; i++)
        tm_buf_printf(buf, "%s  %s\n", sums->list[i].sha256, sums->list[i].path);
}
