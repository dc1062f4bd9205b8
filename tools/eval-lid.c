/* SPDX-License-Identifier: Apache-2.0 */
/*
 * eval-lid - measures the language detector on labelled files:
 *
 *   eval-lid [-w] FILE...          rows `label<TAB>text`; -w lists the wrong rows on stderr
 *   eval-lid -p FILE...            the same beside CLD2 (where it was found when this was built)
 *                                  and fastText (its model in the variable LID_FASTTEXT)
 *   eval-lid -s FILE               rows `a-b:lang;...<TAB>text`: spans, in code points
 *   eval-lid -t FILE...            speed over the texts of the rows, MB/s, and that of CLD2
 *
 * Labels other than ru and en count as `other`; for zxx (no language) `und` is right too. ru, en
 * and other have equal mass, and inside other so has each language.
 */
#include "lid-corpus.h"
#include "lid-peers.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <tolmach/lang.h>

#define MAX_LABELS 256
#define CLASSES 4

struct tally {
    uint64_t got[MAX_LABELS][CLASSES]; /* by label: und, ru, en, other */
    uint64_t length_n[6], length_good[6];
    double mass[11], sure[11], good[11];
};

static enum tm_lang gold_of(const char *label)
{
    return strcmp(label, "ru") == 0   ? TM_LANG_RU
           : strcmp(label, "en") == 0 ? TM_LANG_EN
                                      : TM_LANG_OTHER;
}

static bool is_right(const char *label, enum tm_lang got)
{
    return got == gold_of(label) || (strcmp(label, "zxx") == 0 && got == TM_LANG_UND);
}

static unsigned length_class(size_t n)
{
    static const size_t limit[] = {10, 20, 40, 80, 160};
    unsigned k = 0;
    while (k < 5 && n > limit[k])
        k++;
    return k;
}

static uint64_t rows_of(const struct tally *t, size_t label)
{
    return t->got[label][0] + t->got[label][1] + t->got[label][2] + t->got[label][3];
}

/* Mass of one row of a label: the three classes weigh the same, each language of other too. */
static double weight_of(const struct corpus *c, const struct tally *t, size_t label)
{
    size_t others = 0;
    for (size_t i = 0; i < c->n_labels; i++)
        others += gold_of(c->label[i]) == TM_LANG_OTHER && rows_of(t, i) != 0;
    double w = 1.0 / (double)rows_of(t, label);
    return gold_of(c->label[label]) == TM_LANG_OTHER ? w / (double)others : w;
}

static void add_row(struct tally *t, const char *label, const struct line *l, enum tm_lang got)
{
    t->got[l->label][got]++;
    t->length_n[length_class(l->n)]++;
    t->length_good[length_class(l->n)] += is_right(label, got);
}

static void count(const struct corpus *c, struct tally *t, bool list)
{
    for (size_t i = 0; i < c->n; i++) {
        const struct line *l = &c->line[i];
        struct tm_lang_result r;
        tm_lang_detect(l->text, l->n, &r);
        add_row(t, c->label[l->label], l, r.lang);
        if (list && !is_right(c->label[l->label], r.lang))
            fprintf(stderr, "%s\t%s\t%u\t%.*s\n", c->label[l->label], tm_lang_name(r.lang), r.score,
                    (int)l->n, l->text);
    }
}

static void calibration(const struct corpus *c, struct tally *t)
{
    double all = 0, error = 0;
    for (size_t i = 0; i < c->n; i++) {
        const struct line *l = &c->line[i];
        struct tm_lang_result r;
        tm_lang_detect(l->text, l->n, &r);
        if (r.lang == TM_LANG_UND)
            continue;
        double w = weight_of(c, t, l->label);
        unsigned bin = r.score / 1000u;
        all += w;
        t->mass[bin] += w;
        t->sure[bin] += w * r.score / TM_LANG_SCORE_MAX;
        t->good[bin] += is_right(c->label[l->label], r.lang) ? w : 0;
    }
    printf("calibration (score: mean score, share right, mass)\n");
    for (int b = 0; b <= 10; b++) {
        if (t->mass[b] <= 0)
            continue;
        double gap = t->sure[b] - t->good[b];
        error += gap < 0 ? -gap : gap;
        printf("  %.1f: %.3f %.3f %.4f\n", b / 10.0, t->sure[b] / t->mass[b],
               t->good[b] / t->mass[b], t->mass[b] / all);
    }
    printf("expected calibration error %.4f\n", error / all);
}

/* Precision and recall of ru and en when a label counts only from a score on. */
static void thresholds(const struct corpus *c, const struct tally *t)
{
    static const uint16_t limit[] = {5000, 6000, 7000, 8000, 9000, 9500, 9900};
    printf("threshold: ru precision, recall; en precision, recall\n");
    for (size_t k = 0; k < sizeof limit / sizeof limit[0]; k++) {
        double called[CLASSES] = {0}, right[CLASSES] = {0}, mass[CLASSES] = {0};
        for (size_t i = 0; i < c->n; i++) {
            const struct line *l = &c->line[i];
            struct tm_lang_result r;
            tm_lang_detect(l->text, l->n, &r);
            double w = weight_of(c, t, l->label);
            enum tm_lang gold = gold_of(c->label[l->label]);
            mass[gold] += w;
            if (r.score >= limit[k]) {
                called[r.lang] += w;
                right[r.lang] += r.lang == gold ? w : 0;
            }
        }
        printf("  %.2f:", limit[k] / 10000.0);
        for (int g = TM_LANG_RU; g <= TM_LANG_EN; g++)
            printf(" %.4f %.4f%s", called[g] > 0 ? right[g] / called[g] : 0.0,
                   mass[g] > 0 ? right[g] / mass[g] : 0.0, g == TM_LANG_RU ? ";" : "\n");
    }
}

/* Share of the rows of each label that tm_lang_code names, where it names any. */
static void codes(const struct corpus *c)
{
    static uint64_t rows[MAX_LABELS], right[MAX_LABELS];
    for (size_t i = 0; i < c->n; i++) {
        const struct line *l = &c->line[i];
        const char *code = tm_lang_code(l->text, l->n);
        rows[l->label] += code != NULL;
        right[l->label] += code != NULL && strcmp(code, c->label[l->label]) == 0;
    }
    printf("codes, %% right:");
    for (size_t i = 0; i < c->n_labels; i++)
        if (right[i] != 0)
            printf(" %s %.2f", c->label[i], 100.0 * (double)right[i] / (double)rows[i]);
    printf("\n");
}

static void summary(const struct corpus *c, const struct tally *t)
{
    double cell[CLASSES][CLASSES] = {{0}}, mass[CLASSES] = {0}, balanced = 0;
    int classes = 0;
    printf("%-10s %7s %7s %7s %7s %7s\n", "label", "rows", "ru %", "en %", "other %", "und %");
    for (size_t i = 0; i < c->n_labels; i++) {
        double n = (double)rows_of(t, i) / 100;
        enum tm_lang gold = gold_of(c->label[i]);
        printf("%-10s %7.0f %7.2f %7.2f %7.2f %7.2f\n", c->label[i], n * 100,
               (double)t->got[i][TM_LANG_RU] / n, (double)t->got[i][TM_LANG_EN] / n,
               (double)t->got[i][TM_LANG_OTHER] / n, (double)t->got[i][TM_LANG_UND] / n);
        double w = weight_of(c, t, i);
        for (unsigned k = 0; k < CLASSES; k++) {
            bool right = is_right(c->label[i], (enum tm_lang)k);
            cell[gold][right ? (unsigned)gold : k] += w * (double)t->got[i][k];
        }
        mass[gold] += w * (double)rows_of(t, i);
    }
    for (int g = TM_LANG_RU; g <= TM_LANG_OTHER; g++) {
        if (mass[g] <= 0)
            continue;
        double called = cell[TM_LANG_RU][g] + cell[TM_LANG_EN][g] + cell[TM_LANG_OTHER][g];
        double p = called > 0 ? cell[g][g] / called : 0, r = cell[g][g] / mass[g];
        printf("%-6s precision %.5f recall %.5f F1 %.5f\n", tm_lang_name((enum tm_lang)g), p, r,
               p + r > 0 ? 2 * p * r / (p + r) : 0);
        balanced += r;
        classes++;
    }
    printf("balanced accuracy %.3f %%\n", 100 * balanced / classes);
    printf("right by bytes: <=10 <=20 <=40 <=80 <=160 more:");
    for (int k = 0; k < 6; k++)
        printf(" %.2f", t->length_n[k] == 0
                            ? 0.0
                            : 100.0 * (double)t->length_good[k] / (double)t->length_n[k]);
    printf("\n");
}

/* Share of the rows of a label that are right, in %. */
static double right_of(const struct corpus *c, const struct tally *t, size_t label)
{
    uint64_t right = 0;
    for (unsigned k = 0; k < CLASSES; k++)
        right += is_right(c->label[label], (enum tm_lang)k) ? t->got[label][k] : 0;
    return 100.0 * (double)right / (double)rows_of(t, label);
}

/* The labels that a peer serves better. */
static void compare(const struct corpus *c, const struct tally *own, const struct tally *peer)
{
    printf("better than tolmach in:");
    size_t n = 0;
    for (size_t i = 0; i < c->n_labels; i++) {
        double a = right_of(c, own, i), b = right_of(c, peer, i);
        if (b > a) {
            printf("%s %s %.2f against %.2f of %llu rows", n++ == 0 ? "" : ";", c->label[i], b, a,
                   (unsigned long long)rows_of(own, i));
        }
    }
    printf("%s\n", n == 0 ? " none" : "");
}

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

#ifdef TM_HAVE_CLD2
static void beside_cld2(const struct corpus *c, const struct tally *own)
{
    static struct tally t;
    size_t bytes = 0;
    double begin = now();
    for (size_t i = 0; i < c->n; i++) {
        add_row(&t, c->label[c->line[i].label], &c->line[i],
                peer_cld2(c->line[i].text, c->line[i].n));
        bytes += c->line[i].n + 1;
    }
    printf("\nCLD2, best effort, %.1f MB/s\n", (double)bytes / 1e6 / (now() - begin));
    summary(c, &t);
    compare(c, own, &t);
}
#endif

static void beside_fasttext(const struct corpus *c, const struct tally *own, const char *path)
{
    static struct tally t;
    enum tm_lang *got = calloc(c->n + 1, sizeof *got);
    if (got != NULL && peer_fasttext(c, path, got)) {
        for (size_t i = 0; i < c->n; i++)
            add_row(&t, c->label[c->line[i].label], &c->line[i], got[i]);
        printf("\nfastText\n");
        summary(c, &t);
        compare(c, own, &t);
    }
    free(got);
}

static void peers(const struct corpus *c, const struct tally *own)
{
    const char *path = getenv("LID_FASTTEXT");
#ifdef TM_HAVE_CLD2
    beside_cld2(c, own);
#endif
    if (path != NULL)
        beside_fasttext(c, own, path);
}

static uint64_t label_all(const struct corpus *c)
{
    uint64_t sum = 0;
    for (size_t i = 0; i < c->n; i++) {
        struct tm_lang_result r;
        tm_lang_detect(c->line[i].text, c->line[i].n, &r);
        sum += r.score;
    }
    return sum;
}

#ifdef TM_HAVE_CLD2
static uint64_t label_all_cld2(const struct corpus *c)
{
    uint64_t sum = 0;
    for (size_t i = 0; i < c->n; i++)
        sum += peer_cld2(c->line[i].text, c->line[i].n);
    return sum;
}
#endif

/* CPU seconds of a run, if they are fewer than in the rounds before. */
static void take_time(uint64_t (*run)(const struct corpus *), const struct corpus *c, double *best)
{
    static volatile uint64_t check; /* so that nothing is left out */
    double begin = now();
    check = run(c);
    (void)check;
    double s = now() - begin;
    *best = s < *best ? s : *best;
}

static void speed(const struct corpus *c)
{
    uint64_t bytes = 0;
    double own = 1e9, peer = 1e9;
    for (size_t i = 0; i < c->n; i++)
        bytes += c->line[i].n + 1;
    for (int round = 0; round < 15; round++) {
        take_time(label_all, c, &own);
#ifdef TM_HAVE_CLD2
        if (round % 3 == 0)
            take_time(label_all_cld2, c, &peer);
#endif
    }
    printf("%zu lines, %llu bytes, best round: %.0f MB/s", c->n, (unsigned long long)bytes,
           (double)bytes / 1e6 / own);
    if (peer < 1e9)
        printf(", CLD2 %.1f MB/s, %.1f times", (double)bytes / 1e6 / peer, peer / own);
    printf("\n");
}

/* Byte offset of code point `at`. */
static size_t byte_of(const char *text, size_t n, size_t at)
{
    size_t i = 0;
    while (i < n && at-- != 0)
        text_next(text, n, &i);
    return i;
}

static enum tm_lang span_at(const struct tm_segment *seg, size_t n, size_t offset)
{
    for (size_t i = 0; i < n; i++)
        if (offset >= seg[i].offset && offset < seg[i].offset + seg[i].length)
            return seg[i].lang;
    return TM_LANG_UND;
}

/* Whether the word at `text` says nothing by itself: no letters but those of a link. */
static bool is_blind(const char *text, size_t n)
{
    struct tm_lang_result r;
    size_t k = 0;
    while (k < n && (unsigned char)text[k] > ' ')
        k++;
    tm_lang_detect(text, k, &r);
    return r.lang == TM_LANG_UND;
}

/* Lines of two spans, and lines of three: a foreign phrase inside. */
struct span_tally {
    uint64_t lines, lines_good;
    uint64_t words, right;
    uint64_t blind; /* lines wrong only in words without a letter: numbers, links, marks */
};

/* Counts the words of the gold spans that have the right label. */
static void count_spans(const struct corpus *c, const struct line *l, struct tm_arena *arena,
                        bool list, struct span_tally *tally)
{
    struct tm_segment *seg;
    size_t n;
    uint64_t wrong = 0, wrong_blind = 0;
    const char *gold = c->label[l->label];
    if (tm_lang_spans(l->text, l->n, arena, &seg, &n) != TM_OK)
        exit(5);
    while (*gold != '\0') {
        char *rest;
        size_t from = strtoul(gold, &rest, 10), to = strtoul(rest + 1, &rest, 10);
        enum tm_lang lang = strncmp(rest + 1, "ru", 2) == 0   ? TM_LANG_RU
                            : strncmp(rest + 1, "en", 2) == 0 ? TM_LANG_EN
                                                              : TM_LANG_OTHER;
        size_t i = byte_of(l->text, l->n, from), end = byte_of(l->text, l->n, to);
        for (bool inside = false; i < end; i++) {
            bool blank = (unsigned char)l->text[i] <= ' ';
            if (!blank && !inside) {
                bool good = span_at(seg, n, i) == lang;
                tally->words++;
                tally->right += good;
                wrong += !good;
                wrong_blind += !good && is_blind(l->text + i, end - i);
            }
            inside = !blank;
        }
        gold = strchr(rest, ';');
        gold = gold == NULL ? "" : gold + 1;
    }
    bool good = wrong == 0;
    tally->lines++;
    tally->lines_good += good;
    tally->blind += !good && wrong == wrong_blind;
    for (size_t i = 0; list && !good && i < n; i++)
        fprintf(stderr, "%s[%s] %.*s", i == 0 ? "\n" : " ", tm_lang_name(seg[i].lang),
                (int)seg[i].length, l->text + seg[i].offset);
    tm_arena_reset(arena);
}

static void print_spans(const char *what, const struct span_tally *t)
{
    if (t->lines != 0)
        printf("%-16s %llu lines, %.2f %% of tokens and %.2f %% of lines right; wrong in words "
               "without evidence alone: %.2f %%\n",
               what, (unsigned long long)t->lines, 100.0 * (double)t->right / (double)t->words,
               100.0 * (double)t->lines_good / (double)t->lines,
               100.0 * (double)t->blind / (double)t->lines);
}

static void spans(const struct corpus *c, bool list)
{
    struct tm_arena *arena = tm_arena_create();
    struct span_tally two = {0}, three = {0};
    for (size_t i = 0; i < c->n && arena != NULL; i++) {
        const char *first = strchr(c->label[c->line[i].label], ';');
        bool phrase = first != NULL && strchr(first + 1, ';') != NULL;
        count_spans(c, &c->line[i], arena, list, phrase ? &three : &two);
    }
    tm_arena_destroy(arena);
    print_spans("two sentences", &two);
    print_spans("a phrase inside", &three);
    two.lines += three.lines;
    two.lines_good += three.lines_good;
    two.words += three.words;
    two.right += three.right;
    two.blind += three.blind;
    print_spans("all", &two);
}

int main(int argc, char **argv)
{
    static struct tally tally;
    struct corpus corpus = {0};
    bool list = false;
    char mode = 'e';
    int at = 1;
    for (; at < argc && argv[at][0] == '-' && argv[at][1] != '\0'; at++) {
        list = list || argv[at][1] == 'w';
        mode = argv[at][1] == 'w' ? mode : argv[at][1];
    }
    if (at >= argc || strchr("estp", mode) == NULL) {
        fprintf(stderr, "usage: eval-lid [-w] [-p | -s | -t] FILE...\n");
        return 2;
    }
    for (; at < argc; at++)
        if (!corpus_read(&corpus, argv[at]))
            return 3;
    printf("model %s\n", tm_lang_model_version());
    if (mode == 't')
        speed(&corpus);
    else if (mode == 's')
        spans(&corpus, list);
    else {
        count(&corpus, &tally, list);
        summary(&corpus, &tally);
        calibration(&corpus, &tally);
        thresholds(&corpus, &tally);
        codes(&corpus);
        if (mode == 'p')
            peers(&corpus, &tally);
    }
    corpus_finish(&corpus);
    return 0;
}
