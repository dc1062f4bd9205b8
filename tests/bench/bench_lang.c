/* SPDX-License-Identifier: Apache-2.0 */
/* bench_lang FILE - what the room lang does in a second with the lines of a file, on one core:
 * bench_lang FILE posts reads them as posts that two empty lines part. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <tolmach/lang.h>

struct texts {
    struct tm_str *text;
    size_t n;
    size_t bytes;
};

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static uint64_t detect(const struct texts *t, struct tm_arena *arena)
{
    uint64_t sum = 0;
    (void)arena;
    for (size_t i = 0; i < t->n; i++) {
        struct tm_lang_result r;
        tm_lang_detect(t->text[i].p, t->text[i].n, &r);
        sum += r.score;
    }
    return sum;
}

static uint64_t segment(const struct texts *t, struct tm_arena *arena)
{
    uint64_t sum = 0;
    for (size_t i = 0; i < t->n; i++) {
        struct tm_segment *segs;
        size_t n = 0;
        tm_arena_reset(arena);
        if (tm_lang_segment(t->text[i].p, t->text[i].n, 0, arena, &segs, &n) == TM_OK)
            sum += n;
    }
    return sum;
}

static uint64_t spans(const struct texts *t, struct tm_arena *arena)
{
    uint64_t sum = 0;
    for (size_t i = 0; i < t->n; i++) {
        struct tm_segment *segs;
        size_t n = 0;
        tm_arena_reset(arena);
        if (tm_lang_spans(t->text[i].p, t->text[i].n, arena, &segs, &n) == TM_OK)
            sum += n;
    }
    return sum;
}

static uint64_t split(const struct texts *t, struct tm_arena *arena)
{
    uint64_t sum = 0;
    (void)arena;
    for (size_t i = 0; i < t->n; i++) {
        struct tm_sentences walk;
        size_t offset, length;
        tm_sentences_begin(&walk, t->text[i].p, t->text[i].n, NULL, 0);
        while (tm_sentences_next(&walk, &offset, &length))
            sum++;
    }
    return sum;
}

/* The texts of a file: its lines, or what stands between two empty lines. */
static void cut(char *p, size_t n, const char *border, struct texts *ret)
{
    size_t room = 0, length = strlen(border);
    for (char *end = p + n; p < end;) {
        char *stop = memmem(p, (size_t)(end - p), border, length);
        if (ret->n == room) {
            room = room == 0 ? 1024 : 2 * room;
            ret->text = realloc(ret->text, room * sizeof *ret->text);
            if (ret->text == NULL)
                exit(5);
        }
        ret->text[ret->n++] = (struct tm_str){p, (size_t)((stop == NULL ? end : stop) - p)};
        p = stop == NULL ? end : stop + length;
    }
    ret->bytes = n;
}

static void measure(const char *name, uint64_t (*run)(const struct texts *, struct tm_arena *),
                    const struct texts *texts, struct tm_arena *arena)
{
    double best = 1e9;
    uint64_t sum = 0;
    for (int round = 0; round < 9; round++) {
        double begin = now();
        sum = run(texts, arena);
        double s = now() - begin;
        best = s < best ? s : best;
    }
    printf("%-8s %6.0f MB/s (check %llu)\n", name, (double)texts->bytes / 1e6 / best,
           (unsigned long long)sum);
}

int main(int argc, char **argv)
{
    struct texts texts = {0};
    FILE *f = argc < 2 ? NULL : fopen(argv[1], "rb");
    struct tm_arena *arena = tm_arena_create();
    if (f == NULL || arena == NULL) {
        fprintf(stderr, "usage: bench_lang FILE [posts]\n");
        return 2;
    }
    size_t room = (size_t)1 << 26, n;
    char *p = malloc(room);
    if (p == NULL)
        return 5;
    n = fread(p, 1, room, f);
    fclose(f);
    cut(p, n, argc > 2 ? "\n\n\n" : "\n", &texts);
    printf("%zu texts, %zu bytes, best of 9\n", texts.n, texts.bytes);
    measure("detect", detect, &texts, arena);
    measure("segment", segment, &texts, arena);
    measure("spans", spans, &texts, arena);
    measure("split", split, &texts, arena);
    free(texts.text);
    free(p);
    tm_arena_destroy(arena);
    return 0;
}
