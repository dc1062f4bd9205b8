/* SPDX-License-Identifier: Apache-2.0 */
#include "base/large.h"

#include <stdlib.h>
#include <sys/mman.h>

#define LARGE_PAGE ((size_t)2 << 20)

void *tm_large_alloc(size_t bytes)
{
    if (bytes < LARGE_PAGE / 2)
        return malloc(bytes);
    bytes = (bytes + LARGE_PAGE - 1) / LARGE_PAGE * LARGE_PAGE;
    void *array = aligned_alloc(LARGE_PAGE, bytes);
    if (array != NULL)
        (void)madvise(array, bytes, MADV_HUGEPAGE);
    return array;
}
