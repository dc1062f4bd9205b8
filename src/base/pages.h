/* SPDX-License-Identifier: Apache-2.0 */
/*
 * pages.h - memory that is about to be written is mapped at once. The first touch of each page
 * enters the kernel: on a virtual machine it costs more than what a page's bytes are worth.
 */
#ifndef TM_BASE_PAGES_H
#define TM_BASE_PAGES_H

#include <stddef.h>
#include <stdint.h>
#include <sys/mman.h>

/* Less than this is not worth a call. */
#define TM_PAGES_LEAST ((size_t)64 << 10)

/* The whole pages of the n bytes at p, all of which will be written. A kernel before 5.14 refuses,
 * and they are mapped one by one. */
static inline void tm_pages_touch(void *p, size_t n)
{
#ifdef MADV_POPULATE_WRITE
    const uintptr_t page = 4096;
    uintptr_t from = ((uintptr_t)p + page - 1) & ~(page - 1);
    uintptr_t end = ((uintptr_t)p + n) & ~(page - 1);
    if (n >= TM_PAGES_LEAST && from < end)
        (void)madvise((char *)p + (from - (uintptr_t)p), end - from, MADV_POPULATE_WRITE);
#else
    (void)p;
    (void)n;
#endif
}

#endif
