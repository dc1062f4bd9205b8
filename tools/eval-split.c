/* SPDX-License-Identifier: Apache-2.0 */
/*
 * eval-split - measures the sentence splitter beside ICU's:
 *
 *   eval-split [-n SENTENCES] [-w] FILE...   one sentence a line, in the order of their texts
 *
 * So many sentences (20) are joined by single blanks; what is counted is the borders between them
 * that are found again. -w lists what is missed (-) and what is too much (+) on stderr.
 */
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <tolmach/lang.h>
#include <unicode/ubrk.h>
#include <unicode/utext.h>

#define MAX_TEXT ((size_t)1 << 20)
#define MAX_BORDERS 100000

struct borders {
    size_t at[MAX_BORDERS];
    size_t n;
};

struct score {
    uint64_t right, found, gold;
    double seconds;
};

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static void add(struct borders *b, size_t at)
{
    if (b->n < MAX_BORDERS)
        b->at[b->n++] = at;
}

/* Borders are where sentences begin, the first one aside. */
static void split_own(const char *text, size_t n, struct borders *ret)
{
    struct tm_sentences walk;
    size_t offset, length;
    ret->n = 0;
    tm_sentences_begin(&walk, text, n, NULL, 0);
    while (tm_sentences_next(&walk, &offset, &length))
        if (offset != 0)
            add(ret, offset);
}

static void split_icu(UBreakIterator *breaks, const char *text, size_t n, struct borders *ret)
{
    UErrorCode status = U_ZERO_ERROR;
    UText *u = utext_openUTF8(NULL, text, (int64_t)n, &status);
    ret->n = 0;
    ubrk_setUText(breaks, u, &status);
    for (int32_t at = ubrk_next(breaks); at != UBRK_DONE && U_SUCCESS(status);
         at = ubrk_next(breaks))
        if ((size_t)at < n)
            add(ret, (size_t)at);
    utext_close(u);
}

static void show(char sign, const char *text, size_t n, size_t at)
{
    size_t from = at < 60 ? 0 : at - 60, to = at + 40 < n ? at + 40 : n;
    while (from < at && ((unsigned char)text[from] & 0xc0) == 0x80)
        from++;
    while (to > at && to < n && ((unsigned char)text[to] & 0xc0) == 0x80)
        to--;
    fprintf(stderr, "%c %.*s|%.*s\n", sign, (int)(at - from), text + from, (int)(to - at),
            text + at);
}

static void compare(struct score *s, const struct borders *gold, const struct borders *got,
                    const char *text, size_t n, bool list)
{
    size_t i = 0, k = 0;
    s->gold += gold->n;
    s->found += got->n;
    while (i < gold->n || k < got->n) {
        if (k == got->n || (i < gold->n && gold->at[i] < got->at[k])) {
            if (list)
                show('-', text, n, gold->at[i]);
            i++;
        } else if (i == gold->n || got->at[k] < gold->at[i]) {
            if (list)
                show('+', text, n, got->at[k]);
            k++;
        } else {
            s->right++;
            i++;
            k++;
        }
    }
}

static void tell(const char *name, const struct score *s, uint64_t bytes)
{
    double p = (double)s->right / (double)s->found, r = (double)s->right / (double)s->gold;
    printf("  %-8s P %.4f R %.4f F1 %.4f  %.0f MB/s\n", name, p, r, 2 * p * r / (p + r),
           (double)bytes / 1e6 / s->seconds);
}

static bool measure(const char *path, size_t per_text, bool list)
{
    static char text[MAX_TEXT];
    static struct borders gold, own, icu;
    struct score score[2] = {{0}, {0}};
    UErrorCode status = U_ZERO_ERROR;
    char *line = NULL;
    size_t room = 0, n = 0, sentences = 0;
    uint64_t bytes = 0;
    FILE *f = fopen(path, "rb");
    UBreakIterator *breaks = ubrk_open(UBRK_SENTENCE, "ru@ss=standard", NULL, 0, &status);
    if (f == NULL || U_FAILURE(status)) {
        perror(path);
        return false;
    }
    for (bool more = true; more;) {
        ssize_t got = getline(&line, &room, f);
        more = got >= 0;
        while (got > 0 && (unsigned char)line[got - 1] <= ' ')
            got--;
        if (more && got > 0 && n + (size_t)got + 1 < MAX_TEXT) {
            if (n != 0) {
                text[n++] = ' ';
                add(&gold, n);
            }
            memcpy(text + n, line, (size_t)got);
            n += (size_t)got;
            sentences++;
        }
        if (n != 0 && (!more || sentences == per_text)) {
            double a = now();
            split_own(text, n, &own);
            double b = now();
            split_icu(breaks, text, n, &icu);
            score[0].seconds += b - a;
            score[1].seconds += now() - b;
            compare(&score[0], &gold, &own, text, n, list);
            compare(&score[1], &gold, &icu, text, n, false);
            bytes += n;
            n = sentences = gold.n = 0;
        }
    }
    printf("%s\n", path);
    tell("tolmach", &score[0], bytes);
    tell("ICU", &score[1], bytes);
    ubrk_close(breaks);
    free(line);
    fclose(f);
    return true;
}

int main(int argc, char **argv)
{
    size_t per_text = 20;
    bool list = false;
    int at = 1;
    for (; at < argc && argv[at][0] == '-'; at++) {
        if (argv[at][1] == 'n' && at + 1 < argc)
            per_text = strtoul(argv[++at], NULL, 10);
        else
            list = argv[at][1] == 'w';
    }
    if (at >= argc || per_text == 0) {
        fprintf(stderr, "usage: eval-split [-n SENTENCES] [-w] FILE...\n");
        return 2;
    }
    for (; at < argc; at++)
        if (!measure(argv[at], per_text, list))
            return 3;
    return 0;
}
