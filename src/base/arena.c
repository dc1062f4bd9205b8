/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>

#include <tolmach/base.h>

#include "base/pages.h"

/* Small enough for an arena of a few documents; arenas that grow get chunks of HUGE_BYTES. */
#define CHUNK_BYTES ((size_t)256 << 10)
#define HUGE_BYTES TM_LARGE_PAGE
#define MANY_CHUNKS 8
#define ALIGNMENT ((size_t)16)

struct chunk {
    struct chunk *next;
    size_t capacity;
    size_t used;
    _Alignas(16) char bytes[];
};

struct tm_arena {
    struct chunk *first;
    struct chunk *current;
    size_t made;            /* chunks since the arena was created */
};

struct tm_arena *tm_arena_create(void)
{
    return calloc(1, sizeof(struct tm_arena));
}

void tm_arena_destroy(struct tm_arena *arena)
{
    if (arena == NULL)
        return;
    for (struct chunk *c = arena->first; c != NULL;) {
        struct chunk *next = c->next;
        free(c);
        c = next;
    }
    free(arena);
}

/* Chunks of the usual size are kept; one made for a giant goes, so that a single large document
 * does not hold its memory for ever. */
void tm_arena_reset(struct tm_arena *arena)
{
    struct chunk **link = &arena->first;
    while (*link != NULL) {
        struct chunk *c = *link;
        if (c->capacity > HUGE_BYTES) {
            *link = c->next;
            free(c);
        } else {
            c->used = 0;
            link = &c->next;
        }
    }
    arena->current = arena->first;
}

static struct chunk *add_chunk(struct tm_arena *arena, size_t size)
{
    bool huge = arena->made >= MANY_CHUNKS && size <= HUGE_BYTES - sizeof(struct chunk);
    size_t capacity = huge ? HUGE_BYTES - sizeof(struct chunk)
                           : size > CHUNK_BYTES ? size : CHUNK_BYTES;
    if (capacity > SIZE_MAX - sizeof(struct chunk))
        return NULL;
    struct chunk *c = huge ? tm_pages_alloc(HUGE_BYTES) : malloc(sizeof *c + capacity);
    if (c == NULL)
        return NULL;
    if (!huge && arena->made > 0)
        tm_pages_touch(c, CHUNK_BYTES);
    arena->made++;
    c->capacity = capacity;
    c->used = 0;
    if (arena->current == NULL) {
        c->next = arena->first;
        arena->first = c;
    } else {
        c->next = arena->current->next;
        arena->current->next = c;
    }
    arena->current = c;
    return c;
}

void *tm_arena_alloc(struct tm_arena *arena, size_t size)
{
    if (size > SIZE_MAX - ALIGNMENT)
        return NULL;
    size = (size + ALIGNMENT - 1) & ~(ALIGNMENT - 1);
    struct chunk *c = arena->current;
    while (c != NULL && c->capacity - c->used < size && c->next != NULL) {
        c = c->next;
        arena->current = c;
    }
    if (c == NULL || c->capacity - c->used < size) {
        c = add_chunk(arena, size);
        if (c == NULL)
            return NULL;
    }
    void *p = c->bytes + c->used;
    c->used += size;
    return p;
}

struct tm_str tm_arena_copy(struct tm_arena *arena, struct tm_str text)
{
    if (text.p == NULL)
        return text;
    char *p = tm_arena_alloc(arena, text.n);
    if (p == NULL)
        return (struct tm_str){NULL, 0};
    if (text.n != 0)
        memcpy(p, text.p, text.n);
    return (struct tm_str){p, text.n};
}

size_t tm_arena_capacity(const struct tm_arena *arena)
{
    size_t total = 0;
    for (const struct chunk *c = arena->first; c != NULL; c = c->next)
        total += c->capacity;
    return total;
}
