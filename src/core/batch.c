/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>

#include <tolmach/document.h>

struct tm_batch *tm_batch_create(void)
{
    struct tm_batch *batch = calloc(1, sizeof *batch);
    if (batch == NULL)
        return NULL;
    batch->arena = tm_arena_create();
    if (batch->arena == NULL) {
        free(batch);
        return NULL;
    }
    return batch;
}

void tm_batch_destroy(struct tm_batch *batch)
{
    if (batch == NULL)
        return;
    tm_arena_destroy(batch->arena);
    free(batch->docs);
    free(batch);
}

void tm_batch_reset(struct tm_batch *batch)
{
    batch->n = 0;
    tm_arena_reset(batch->arena);
}

struct tm_doc *tm_batch_add(struct tm_batch *batch)
{
    if (batch->n == batch->capacity) {
        size_t capacity = batch->capacity == 0 ? 64 : batch->capacity * 2;
        struct tm_doc *docs = realloc(batch->docs, capacity * sizeof *docs);
        if (docs == NULL)
            return NULL;
        batch->docs = docs;
        batch->capacity = capacity;
    }
    struct tm_doc *doc = &batch->docs[batch->n++];
    *doc = (struct tm_doc){.date = TM_UNKNOWN, .edited = TM_UNKNOWN, .views = TM_UNKNOWN};
    return doc;
}
