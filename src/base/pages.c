/* SPDX-License-Identifier: Apache-2.0 */
#include "base/pages.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#define PAGE ((size_t)4096)
/* Less than this is not worth a call. */
#define LEAST_TOUCH ((size_t)64 << 10)

void *tm_pages_alloc(size_t bytes)
{
    if (bytes < TM_LARGE_PAGE / 2)
        return malloc(bytes);
    bytes = (bytes + TM_LARGE_PAGE - 1) / TM_LARGE_PAGE * TM_LARGE_PAGE;
    void *array = aligned_alloc(TM_LARGE_PAGE, bytes);
    if (array != NULL)
        (void)madvise(array, bytes, MADV_HUGEPAGE);
    return array;
}

void *tm_pages_zero(size_t bytes)
{
    void *array = tm_pages_alloc(bytes);
    if (array != NULL)
        memset(array, 0, bytes);
    return array;
}

void tm_pages_touch(void *p, size_t n)
{
#ifdef MADV_POPULATE_WRITE
    size_t before = (PAGE - (size_t)((uintptr_t)p % PAGE)) % PAGE;
    if (n >= LEAST_TOUCH)
        (void)madvise((char *)p + before, (n - before) / PAGE * PAGE, MADV_POPULATE_WRITE);
#else
    (void)p;
    (void)n;
#endif
}
