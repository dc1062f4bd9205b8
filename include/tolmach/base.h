/* SPDX-License-Identifier: Apache-2.0 */
/*
 * base.h - the types that every room of tolmach speaks: status, error, borrowed slice, arena.
 *
 * Text is UTF-8 and not NUL-terminated; lengths are bytes. Nothing in this library prints, exits
 * or aborts. No global state: different objects may be used from different threads at once, one
 * object from one thread at a time, unless a header says otherwise.
 */
#ifndef TOLMACH_BASE_H
#define TOLMACH_BASE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define TM_API __attribute__((visibility("default")))
#define TM_PRINTF(fmt, args) __attribute__((format(printf, fmt, args)))

/* Result of a call. Append only. */
enum tm_status {
    TM_OK = 0,
    TM_END = 1,             /* no more data: not an error */
    TM_ERR_NOMEM = -1,      /* an allocation failed */
    TM_ERR_READ = -2,       /* an input could not be opened or read */
    TM_ERR_WRITE = -3,      /* an output could not be written */
    TM_ERR_FORMAT = -4,     /* a container or file is broken from `offset` on */
    TM_ERR_USAGE = -5,      /* an option or a recipe is wrong */
    TM_ERR_LIMIT = -6,      /* a stated limit was met */
    TM_ERR_VERIFY = -7,     /* a release does not hold what it states */
    TM_ERR_INTERNAL = -8,   /* a broken promise of our own */
};

#define TM_NO_OFFSET UINT64_MAX

/* What went wrong, owned by the caller, filled by the callee on failure only. */
struct tm_err {
    enum tm_status status;
    uint64_t offset;        /* byte offset in `file`, or TM_NO_OFFSET */
    char file[512];         /* file (or `archive!member`) that it is about, or "" */
    char message[512];      /* what is wrong, without a final full stop */
    char hint[256];         /* what to do, or "" */
};

/* Fills *err (which may be NULL) and returns `status`, so that a caller can write
 * `return tm_fail(err, TM_ERR_READ, name, offset, "cannot open: %s", strerror(errno));`. */
TM_API enum tm_status tm_fail(struct tm_err *err, enum tm_status status, const char *file,
                              uint64_t offset, const char *format, ...) TM_PRINTF(5, 6);

/* Adds a hint to an error that tm_fail has filled; returns err->status. */
TM_API enum tm_status tm_hint(struct tm_err *err, const char *format, ...) TM_PRINTF(2, 3);

/* A borrowed slice of UTF-8 text. `p == NULL` means unknown, which is not the same as empty. */
struct tm_str {
    const char *p;
    size_t n;
};

/* Bump allocator: everything allocated lives until reset or destroy. */
struct tm_arena;

/* Creates an empty arena, or returns NULL when memory is short. */
TM_API struct tm_arena *tm_arena_create(void);

/* Frees the arena and everything in it. NULL is allowed. */
TM_API void tm_arena_destroy(struct tm_arena *arena);

/* Forgets all allocations and keeps the memory for the next round. */
TM_API void tm_arena_reset(struct tm_arena *arena);

/* Returns `size` bytes aligned for any type, not cleared; NULL when memory is short. */
TM_API void *tm_arena_alloc(struct tm_arena *arena, size_t size);

/* Copies `text` into the arena; an unknown slice stays unknown. Returns {NULL, 0} when memory is
 * short. */
TM_API struct tm_str tm_arena_copy(struct tm_arena *arena, struct tm_str text);

/* Bytes that the arena holds from the system. */
TM_API size_t tm_arena_capacity(const struct tm_arena *arena);

#ifdef __cplusplus
}
#endif

#endif
