/* SPDX-License-Identifier: Apache-2.0 */
/*
 * bench_sketch FILE... - sketches of the rows of a file (lines, or the text of JSON objects), and of
 * that the normal form alone, with all rows in memory. CPU time, median of five rounds; MB are of
 * texts.
 */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include <tolmach/dedup.h>

#include "base/rowfile.h"

#define ROUNDS 5

struct texts {
    struct tm_buf bytes;
    size_t *ends;
    size_t n;
    size_t longest;
};

static double seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

static int by_time(const void *a, const void *b)
{
    double x = *(const double *)a;
    double y = *(const double *)b;
    return (x > y) - (x < y);
}

static struct texts read_texts(const char *path)
{
    struct texts texts = {.n = 0};
    struct tm_rowfile in;
    struct tm_buf rows = {0};
    FILE *file = fopen(path, "rb");
    if (file == NULL || tm_rowfile_init(&in, file, path, "text", NULL) != TM_OK)
        exit(1);
    size_t begin = 0;
    while (tm_rowfile_next(&in, &rows, &texts.bytes, NULL) == TM_OK) {
        texts.ends = realloc(texts.ends, (texts.n + 1) * sizeof *texts.ends);
        if (texts.ends == NULL)
            exit(1);
        size_t length = texts.bytes.n - begin;
        texts.longest = length > texts.longest ? length : texts.longest;
        texts.ends[texts.n++] = begin = texts.bytes.n;
        rows.n = 0;
    }
    tm_rowfile_finish(&in);
    tm_buf_finish(&rows);
    (void)fclose(file);
    return texts;
}

/* The sum is told, so that nothing is left out as useless. */
static uint64_t walk(const struct texts *texts, bool sketch, char *scratch)
{
    uint64_t sum = 0;
    struct tm_sketch result;
    size_t begin = 0;
    for (size_t i = 0; i < texts->n; i++) {
        const char *text = texts->bytes.p + begin;
        size_t n = texts->ends[i] - begin;
        if (sketch) {
            tm_sketch_of(text, n, scratch, &result);
            sum = sum * 31 + (result.n_keys == 0 ? 0 : result.keys[result.n_keys - 1].high);
        } else {
            sum = sum * 31 + tm_normal_form(text, n, scratch);
        }
        begin = texts->ends[i];
    }
    return sum;
}

static double measure(const struct texts *texts, const char *what, bool sketch, char *scratch)
{
    double times[ROUNDS];
    uint64_t sum = 0;
    for (int i = 0; i < ROUNDS; i++) {
        double start = seconds();
        sum = walk(texts, sketch, scratch);
        times[i] = seconds() - start;
    }
    qsort(times, ROUNDS, sizeof *times, by_time);
    printf("  %-12s %7.0f MB/s   (%016llx)\n", what,
           (double)texts->bytes.n / 1e6 / times[ROUNDS / 2], (unsigned long long)sum);
    return times[ROUNDS / 2];
}

int main(int argc, char **argv)
{
    for (int i = 1; i < argc; i++) {
        struct texts texts = read_texts(argv[i]);
        char *scratch = malloc(texts.longest + TM_FORM_ROOM);
        if (scratch == NULL || texts.n == 0)
            return 1;
        printf("%s: %zu texts, %.1f MB\n", argv[i], texts.n, (double)texts.bytes.n / 1e6);
        double whole = measure(&texts, "sketch", true, scratch);
        double form = measure(&texts, "normal form", false, scratch);
        printf("  %-12s %7.0f MB/s\n", "the rest", (double)texts.bytes.n / 1e6 / (whole - form));
        free(scratch);
        free(texts.ends);
        tm_buf_finish(&texts.bytes);
    }
    return 0;
}
