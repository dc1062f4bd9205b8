/* SPDX-License-Identifier: Apache-2.0 */
#include "base/buf.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/pages.h"

void tm_buf_finish(struct tm_buf *buf)
{
    free(buf->p);
    *buf = (struct tm_buf){0};
}

bool tm_buf_reserve(struct tm_buf *buf, size_t more)
{
    if (buf->failed)
        return false;
    if (more <= buf->capacity - buf->n)
        return true;
    size_t capacity = buf->capacity == 0 ? 256 : buf->capacity;
    while (capacity - buf->n < more) {
        if (capacity > SIZE_MAX / 2) {
            buf->failed = true;
            return false;
        }
        capacity *= 2;
    }
    char *p = realloc(buf->p, capacity);
    if (p == NULL) {
        buf->failed = true;
        return false;
    }
    buf->p = p;
    buf->capacity = capacity;
    tm_pages_touch(buf->p + buf->n, more);
    return true;
}

bool tm_buf_reserve_large(struct tm_buf *buf, size_t capacity)
{
    if (buf->failed || capacity <= buf->capacity)
        return !buf->failed;
    char *p = tm_pages_alloc(capacity);
    if (p == NULL) {
        buf->failed = true;
        return false;
    }
    if (buf->n != 0)
        memcpy(p, buf->p, buf->n);
    free(buf->p);
    buf->p = p;
    buf->capacity = capacity;
    return true;
}

void tm_buf_printf(struct tm_buf *buf, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    va_list again;
    va_copy(again, args);
    int n = vsnprintf(NULL, 0, format, args);
    va_end(args);
    if (n > 0 && tm_buf_reserve(buf, (size_t)n + 1)) {
        (void)vsnprintf(buf->p + buf->n, (size_t)n + 1, format, again);
        buf->n += (size_t)n;
    }
    va_end(again);
}

void tm_buf_u64(struct tm_buf *buf, uint64_t value)
{
    char digits[20];
    size_t at = sizeof digits;
    do {
        digits[--at] = (char)('0' + value % 10);
        value /= 10;
    } while (value != 0);
    tm_buf_add(buf, digits + at, sizeof digits - at);
}
