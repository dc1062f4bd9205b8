/* SPDX-License-Identifier: Apache-2.0 */
/*
 * buf.h - an owned, growing run of bytes with a sticky failure flag: append freely, look at
 * `failed` once at the end. A zeroed struct is an empty buffer.
 */
#ifndef TM_BASE_BUF_H
#define TM_BASE_BUF_H

#include <string.h>

#include <tolmach/base.h>

struct tm_buf {
    char *p;
    size_t n;
    size_t capacity;
    bool failed;            /* memory was short; the content is incomplete */
};

void tm_buf_finish(struct tm_buf *buf);

/* Makes room for `more` bytes after n; false (and failed) when memory is short. */
bool tm_buf_reserve(struct tm_buf *buf, size_t more);

/* The same in large pages (pages.h), for a buffer that will come to so much in all. */
bool tm_buf_reserve_large(struct tm_buf *buf, size_t capacity);

void tm_buf_printf(struct tm_buf *buf, const char *format, ...) TM_PRINTF(2, 3);

static inline void tm_buf_add(struct tm_buf *buf, const void *p, size_t n)
{
    if (n != 0 && tm_buf_reserve(buf, n)) {
        memcpy(buf->p + buf->n, p, n);
        buf->n += n;
    }
}

static inline void tm_buf_byte(struct tm_buf *buf, char byte)
{
    if (tm_buf_reserve(buf, 1))
        buf->p[buf->n++] = byte;
}

static inline void tm_buf_text(struct tm_buf *buf, const char *text)
{
    tm_buf_add(buf, text, strlen(text));
}

static inline void tm_buf_str(struct tm_buf *buf, struct tm_str str)
{
    tm_buf_add(buf, str.p, str.n);
}

/* Decimal digits of a number, the fast way. */
void tm_buf_u64(struct tm_buf *buf, uint64_t value);

static inline struct tm_str tm_buf_view(const struct tm_buf *buf)
{
    return (struct tm_str){buf->p, buf->n};
}

#endif
