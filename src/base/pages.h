/* SPDX-License-Identifier: Apache-2.0 */
/*
 * pages.h - memory is mapped in large pages, or many small ones at once. The first touch of each
 * small page enters the kernel, and on a virtual machine that costs more than what its bytes are
 * worth. Systems that cannot do it map page by page as ever.
 */
#ifndef TM_BASE_PAGES_H
#define TM_BASE_PAGES_H

#include <stddef.h>

#define TM_LARGE_PAGE ((size_t)2 << 20)

/* A large array, to be freed with free; NULL without memory. What is not touched takes no memory,
 * large page by large page. */
void *tm_pages_alloc(size_t bytes);

/* The same, all of it zero. */
void *tm_pages_zero(size_t bytes);

/* Maps the n bytes at p, all of which will be written soon. */
void tm_pages_touch(void *p, size_t n);

#endif
