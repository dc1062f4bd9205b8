/* SPDX-License-Identifier: Apache-2.0 */
/*
 * bench_clean FILE... - the cleaner, all rules on, over texts in memory: as they are, and with
 * nothing in them but letters, blanks and full stops, which no rule wants. Beside them memcpy, and
 * for the whole command what `zstd -3` takes is told by build_ratio.py. Median of five rounds;
 * posts are parted by two blank lines.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <tolmach/clean.h>

#define ROUNDS 5
#define BATCH_BYTES ((size_t)1 << 20)

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

static char *read_file(const char *path, size_t *ret_n)
{
    FILE *file = fopen(path, "rb");
    if (file == NULL || fseek(file, 0, SEEK_END) != 0)
        return NULL;
    long n = ftell(file);
    char *p = n < 0 ? NULL : malloc((size_t)n + 1);
    rewind(file);
    if (p != NULL && fread(p, 1, (size_t)n, file) == (size_t)n)
        p[n] = '\0';
    (void)fclose(file);
    *ret_n = (size_t)n;
    return p;
}

/* Everything but letters, blanks and what parts the posts becomes a full stop. */
static void strip_triggers(char *p, size_t n)
{
    bool russian = false;           /* the character under way is a Russian letter */
    for (size_t i = 0; i < n; i++) {
        unsigned char c = (unsigned char)p[i];
        if (c < 0x80 || c >= 0xC0)
            russian = c == 0xD0 || c == 0xD1;
        bool letter = c < 0x80 && (c | 0x20) - 'a' < 26;
        if (!letter && !russian && c != ' ' && c != '.' && c != '\n')
            p[i] = '.';
    }
}

/* Cleans all posts once; returns the bytes that stay. */
static size_t clean_all(const struct tm_stage *stage, struct tm_batch *batch, const char *p, size_t n)
{
    size_t kept = 0;
    for (size_t at = 0; at < n;) {
        size_t bytes = 0;
        tm_batch_reset(batch);
        while (at < n && bytes < BATCH_BYTES) {
            const char *gap = strstr(p + at, "\n\n\n");
            size_t end = gap == NULL ? n : (size_t)(gap - p);
            struct tm_doc *doc = tm_batch_add(batch);
            if (doc == NULL)
                exit(1);
            doc->text = (struct tm_str){p + at, end - at};
            doc->source_key = (struct tm_str){"bench", 5};
            bytes += end - at;
            at = end + 3;
        }
        if (stage->process(stage->state, batch, NULL) != TM_OK)
            exit(1);
        for (size_t i = 0; i < batch->n; i++)
            kept += batch->docs[i].text.n;
    }
    return kept;
}

static void measure(const char *what, const struct tm_stage *stage, const char *p, size_t n)
{
    struct tm_batch *batch = tm_batch_create();
    double times[ROUNDS];
    size_t kept = 0;
    for (int i = 0; i < ROUNDS; i++) {
        double start = seconds();
        kept = clean_all(stage, batch, p, n);
        times[i] = seconds() - start;
    }
    qsort(times, ROUNDS, sizeof *times, by_time);
    printf("  %-24s %7.0f MB/s   %.2f %% stays\n", what, (double)n / 1e6 / times[ROUNDS / 2],
           100.0 * (double)kept / (double)n);
    tm_batch_destroy(batch);
}

int main(int argc, char **argv)
{
    struct tm_cleaner *cleaner = NULL;
    if (tm_cleaner_create(NULL, NULL, &cleaner, NULL) != TM_OK)
        return 1;
    struct tm_stage stage = tm_cleaner_stage(cleaner);
    for (int i = 1; i < argc; i++) {
        size_t n = 0;
        char *p = read_file(argv[i], &n);
        char *copy = p == NULL ? NULL : calloc(n + 1, 1);
        if (copy != NULL)
            memset(copy, 1, n + 1);     /* pages are there before they are measured */
        if (copy == NULL) {
            fprintf(stderr, "cannot read %s\n", argv[i]);
            return 1;
        }
        printf("%s, %.1f MB\n", argv[i], (double)n / 1e6);
        measure("all rules", &stage, p, n);
        double start = seconds();
        memcpy(copy, p, n + 1);
        double took = seconds() - start;
        printf("  %-24s %7.0f MB/s   (last byte %d)\n", "memcpy", (double)n / 1e6 / took,
               copy[n - 1]);
        strip_triggers(p, n);
        measure("without triggers", &stage, p, n);
        free(copy);
        free(p);
    }
    tm_cleaner_destroy(cleaner);
    return 0;
}
