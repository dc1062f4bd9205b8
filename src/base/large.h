/* SPDX-License-Identifier: Apache-2.0 */
/* large.h - large arrays, in large pages where the system has them, since first touching a small one
 * is slow. What is not touched takes no memory. */
#ifndef TM_BASE_LARGE_H
#define TM_BASE_LARGE_H

#include <stddef.h>

/* Bytes of any value, to be freed with free; NULL without memory. */
void *tm_large_alloc(size_t bytes);

#endif
