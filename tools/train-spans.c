/* SPDX-License-Identifier: Apache-2.0 */
/*
 * train-spans - learns where the languages of a mixed line part: train-spans FILE... > span_costs.h
 *
 * FILE has rows `label<TAB>text`, plain or zstd. From the rows of a file that are ru or be (which
 * puts its marks like Russian) and those that are en it makes lines: two sentences, either first,
 * or a phrase of two to five words inside a sentence. On these it trains a conditional random
 * field (Lafferty, McCallum, Pereira 2001) over the words that have letters, with the cut of a
 * change anywhere between two of them, by AdaGrad (Duchi, Hazan, Singer 2011). Same files, same
 * table: one thread, our own generator, exponential and logarithm, no contraction.
 */
#include "lid-corpus.h"
#include "lid-math.h"

#include "lang/span_cuts.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define EXAMPLES 300000
#define RATE 0.2
#define ROOM 1024           /* words of a line */
#define WRONG_SCRIPT (-8.0) /* as in spans.c */
#define NEVER (-1e9)

/* Another language is not trained. */
enum { N_STATES = 4 };
static const enum lid_state states[N_STATES] = {LID_RU, LID_EN, LID_EN_PHRASE, LID_RU_PHRASE};

struct weight {
    double w;
    double squares; /* of its gradients */
};

static struct weight left[LID_CHANGES][LID_LEFT_LOOKS];
static struct weight right[LID_CHANGES][LID_RIGHT_LOOKS];
static struct weight place_of[LID_CHANGES][LID_PLACES];

/* Sentences of one language in one file. */
struct pool {
    const struct line **line;
    size_t n;
};

#define MAX_POOLS 16
static struct pool pool[2][MAX_POOLS]; /* in Cyrillic and in Latin letters */
static size_t n_pools[2];

struct example {
    char text[4096];
    size_t n;
    struct lid_word word[ROOM];
    uint8_t gold[ROOM]; /* index of states[] */
    size_t n_words;
    size_t at[ROOM]; /* the words with letters */
    size_t m;
};

static struct example ex;
static double alpha[ROOM][N_STATES], beta[ROOM][N_STATES], change_sum[ROOM][N_STATES][N_STATES];

static double log_add(double a, double b)
{
    double high = a > b ? a : b, low = a > b ? b : a;
    return low < high - 40 ? high : high + natural_log(1 + exponential(low - high));
}

static double share(double log_part, double log_all)
{
    double x = log_part - log_all;
    return x < -40 ? 0 : exponential(x > 0 ? 0 : x);
}

/* Log weight of a change in front of a word. */
static double cut_score(enum lid_change c, enum lid_place place, size_t i)
{
    return place_of[c][place].w + left[c][lid_left_look(&ex.word[i - 1])].w +
           right[c][lid_right_look(&ex.word[i])].w;
}

static void step(struct weight *p, double gradient, double rate)
{
    p->squares += gradient * gradient;
    p->w += rate * gradient / sqrt(p->squares + 1e-6);
}

static double sum_cuts(enum lid_change c, enum lid_place place, size_t first, size_t last)
{
    double sum = NEVER;
    for (size_t i = first; i <= last; i++)
        sum = log_add(sum, cut_score(c, place, i));
    return sum;
}

/* Moves the weights of a change towards the cut of the example (if it has it) and away from what
 * the model expects: `expected` changes here, which weigh `sum` together. */
static void learn_cuts(enum lid_change c, enum lid_place place, size_t first, size_t last,
                       bool has_it, double expected, double sum, double rate)
{
    double score[ROOM];
    for (size_t i = first; i <= last; i++)
        score[i] = cut_score(c, place, i);
    for (size_t i = first; i <= last; i++) {
        double gradient =
            (has_it && ex.gold[i - 1] != ex.gold[i]) - expected * share(score[i], sum);
        if (fabs(gradient) < 1e-5)
            continue;
        step(&place_of[c][place], gradient, rate);
        step(&left[c][lid_left_look(&ex.word[i - 1])], gradient, rate);
        step(&right[c][lid_right_look(&ex.word[i])], gradient, rate);
    }
}

static double emission(size_t k, int s)
{
    bool russian = states[s] == LID_RU || states[s] == LID_RU_PHRASE;
    int script = ex.word[ex.at[k]].script;
    return script == (russian ? LID_CYRILLIC : LID_LATIN) ? 0 : WRONG_SCRIPT;
}

/* A line begins or ends in an English phrase only when a word without letters is left outside. */
static double edge_sum(int s, bool end)
{
    if (states[s] < LID_EN_PHRASE)
        return 0;
    if (states[s] != LID_EN_PHRASE)
        return NEVER;
    return end ? sum_cuts(LID_FROM_EN, LID_AT_END, ex.at[ex.m - 1] + 1, ex.n_words - 1)
               : sum_cuts(LID_INTO_EN, LID_AT_BEGIN, 1, ex.at[0]);
}

/* Sums over all ways to read the line, from its begin and from its end; returns that of all. */
static double sum_paths(void)
{
    double all = NEVER;
    for (int s = 0; s < N_STATES; s++)
        alpha[0][s] = edge_sum(s, false) + emission(0, s);
    for (size_t k = 1; k < ex.m; k++)
        for (int s = 0; s < N_STATES; s++) {
            double sum = NEVER;
            for (int r = 0; r < N_STATES; r++) {
                int c = lid_change_between(states[r], states[s]);
                double *x = &change_sum[k][r][s];
                *x = r == s  ? 0
                     : c < 0 ? NEVER
                             : sum_cuts((enum lid_change)c, LID_INSIDE, ex.at[k - 1] + 1, ex.at[k]);
                sum = log_add(sum, alpha[k - 1][r] + *x);
            }
            alpha[k][s] = sum + emission(k, s);
        }
    for (int s = 0; s < N_STATES; s++) {
        beta[ex.m - 1][s] = edge_sum(s, true);
        all = log_add(all, alpha[ex.m - 1][s] + beta[ex.m - 1][s]);
    }
    for (size_t k = ex.m - 1; k-- > 0;)
        for (int r = 0; r < N_STATES; r++) {
            double sum = NEVER;
            for (int s = 0; s < N_STATES; s++)
                sum = log_add(sum, change_sum[k + 1][r][s] + emission(k + 1, s) + beta[k + 1][s]);
            beta[k][r] = sum;
        }
    return all;
}

static void learn_edges(double all, double rate)
{
    size_t last = ex.m - 1;
    for (int s = 0; s < N_STATES; s++) {
        double begin = edge_sum(s, false), end = edge_sum(s, true);
        if (states[s] != LID_EN_PHRASE)
            continue;
        learn_cuts(LID_INTO_EN, LID_AT_BEGIN, 1, ex.at[0], ex.gold[ex.at[0]] == s,
                   share(alpha[0][s] + beta[0][s], all), begin, rate);
        learn_cuts(LID_FROM_EN, LID_AT_END, ex.at[last] + 1, ex.n_words - 1,
                   ex.gold[ex.at[last]] == s, share(alpha[last][s] + beta[last][s], all), end,
                   rate);
    }
}

static void learn(double rate)
{
    double all = sum_paths();
    if (edge_sum(ex.gold[ex.at[0]], false) <= NEVER ||
        edge_sum(ex.gold[ex.at[ex.m - 1]], true) <= NEVER)
        return;
    learn_edges(all, rate);
    for (size_t k = 1; k < ex.m; k++)
        for (int r = 0; r < N_STATES; r++)
            for (int s = 0; s < N_STATES; s++) {
                int c = lid_change_between(states[r], states[s]);
                if (c < 0)
                    continue;
                bool has_it = ex.gold[ex.at[k - 1]] == r && ex.gold[ex.at[k]] == s;
                double x = alpha[k - 1][r] + change_sum[k][r][s] + emission(k, s) + beta[k][s];
                learn_cuts((enum lid_change)c, LID_INSIDE, ex.at[k - 1] + 1, ex.at[k], has_it,
                           share(x, all), change_sum[k][r][s], rate);
            }
}

/* Words [first, end) of a text, fewer where it ends. */
static struct line words_of(const struct line *line, size_t first, size_t end)
{
    size_t at = 0, begin = 0, stop = 0;
    for (size_t k = 0; at < line->n && k < end; k++) {
        while (at < line->n && (unsigned char)line->text[at] <= ' ')
            at++;
        if (k == first)
            begin = at;
        while (at < line->n && (unsigned char)line->text[at] > ' ')
            at++;
        stop = at;
    }
    return (struct line){.text = line->text + begin,
                         .n = (uint32_t)(stop > begin ? stop - begin : 0)};
}

static size_t count_words(const struct line *line)
{
    return lid_words_read(NULL, line->text, line->n, NULL);
}

static size_t part_end[3];

static bool append(const struct line *part, size_t k)
{
    if (ex.n + part->n + 1 > sizeof ex.text)
        return false;
    memcpy(ex.text + ex.n, part->text, part->n);
    ex.n += part->n;
    ex.text[ex.n++] = ' ';
    part_end[k] = ex.n;
    return true;
}

static const struct line *draw(int script, struct rng *rng)
{
    const struct pool *p = &pool[script][rng_below(rng, (uint32_t)n_pools[script])];
    return p->line[rng_below(rng, (uint32_t)p->n)];
}

/* Three parts at most, of which the language alternates. Returns how many, 0 when the sentences are
 * too short. */
static size_t compose(struct rng *rng, int *ret_script)
{
    uint32_t dice = rng_below(rng, 10);
    int outer = dice < 3 || (dice >= 6 && dice < 9) ? 0 : 1;
    const struct line *a = draw(outer, rng), *b = draw(1 - outer, rng);
    size_t n = count_words(a), m = count_words(b);
    *ret_script = outer;
    ex.n = 0;
    if (dice < 6)
        return a->n >= 20 && b->n >= 20 && append(a, 0) && append(b, 1) ? 2 : 0;
    if (n < 2 || m == 0)
        return 0;
    size_t length = 2 + rng_below(rng, 4), cut = 1 + rng_below(rng, (uint32_t)n - 1);
    length = length < m ? length : m;
    size_t first = rng_below(rng, (uint32_t)(m - length) + 1);
    struct line head = words_of(a, 0, cut), phrase = words_of(b, first, first + length),
                tail = words_of(a, cut, n);
    return append(&head, 0) && append(&phrase, 1) && append(&tail, 2) ? 3 : 0;
}

/* A sentence that begins with a number begins with what it counts, and a number in front of a small
 * letter reads as a count of what follows, there where the sentence goes on. */
static bool counts_next(size_t i, bool goes_on)
{
    const struct lid_word *word = &ex.word[i];
    bool before_small = word->ending == LID_PLAIN && word->next == LID_SMALL;
    return word->look == LID_COUNTER || (goes_on && word->look == LID_NUMBER && before_small);
}

/* Labels the words. A part without letters of its own teaches nothing, nor does a foreign name, nor
 * a phrase that was parted from a number that counts what follows. */
static bool label(const struct lid_model *model, size_t parts, int outer)
{
    size_t evidence[2] = {0, 0}, part = 0;
    ex.n_words = lid_words_read(model, ex.text, ex.n, NULL);
    ex.m = 0;
    if (ex.n_words > ROOM)
        return false;
    lid_words_read(model, ex.text, ex.n, ex.word);
    for (size_t i = 0; i < ex.n_words; i++) {
        bool border = ex.word[i].offset >= part_end[part];
        while (ex.word[i].offset >= part_end[part])
            part++;
        if (border && counts_next(i - 1, part == 2))
            return false;
        int script = part == 1 ? 1 - outer : outer;
        ex.gold[i] = (uint8_t)(parts == 3 && part == 1 ? 2 + outer : script);
        if (ex.word[i].look != LID_LETTERS)
            continue;
        if (ex.word[i].script != (script == 0 ? LID_CYRILLIC : LID_LATIN))
            return false;
        ex.at[ex.m++] = i;
        evidence[part == 1]++;
    }
    return evidence[0] != 0 && evidence[1] != 0;
}

static bool has_digit(const struct line *line)
{
    size_t i = 0;
    while (i < line->n && (line->text[i] < '0' || line->text[i] > '9'))
        i++;
    return i < line->n;
}

static void fill_pool(const struct corpus *corpus, int script, size_t file, const char *label,
                      bool digit)
{
    struct pool *p = &pool[script][n_pools[script]];
    int wanted = corpus_label(corpus, label);
    p->line = calloc(corpus->n, sizeof *p->line);
    for (size_t i = 0; p->line != NULL && i < corpus->n; i++) {
        const struct line *line = &corpus->line[i];
        if (line->file == file && line->label == wanted && has_digit(line) == digit)
            p->line[p->n++] = line;
    }
    n_pools[script] += p->n != 0;
    if (p->n == 0)
        free(p->line);
}

/* How many sentences hold numbers is a matter of the source, not of the language: half of them do
 * in both. */
static void fill_pools(const struct corpus *corpus)
{
    for (size_t file = 0; file < corpus->n_blobs; file++)
        for (int digit = 0; digit < 2; digit++) {
            fill_pool(corpus, 0, file, "ru", digit);
            fill_pool(corpus, 0, file, "be", digit);
            fill_pool(corpus, 1, file, "en", digit);
        }
}

static void print_table(const char *name, const struct weight *w, size_t columns)
{
    printf("static const int16_t %s[%d][%zu] = {\n", name, LID_CHANGES, columns);
    for (size_t c = 0; c < LID_CHANGES; c++) {
        printf("    {");
        for (size_t i = 0; i < columns; i++) {
            long cost = lround(w[c * columns + i].w * -256);
            printf("%s%ld", i == 0 ? "" : i % 15 == 0 ? ",\n     " : ", ", cost);
        }
        printf("},\n");
    }
    printf("};\n");
}

static void print_header(void)
{
    printf(
        "/* Generated by tools/train-spans from treebanks and news (CC BY-SA 4.0, see "
        "MODEL_CARD.md): "
        "what\n * a change of language costs, 1/256: by its kind and place, by the word before it "
        "(look and ending)\n * and by the word behind it (look and the next word's case). */\n");
    print_table("place_cost", place_of[0], LID_PLACES);
    print_table("left_cost", left[0], LID_LEFT_LOOKS);
    print_table("right_cost", right[0], LID_RIGHT_LOOKS);
}

int main(int argc, char **argv)
{
    struct corpus corpus = {0};
    const struct lid_model *model = lid_model_get();
    struct rng rng = {1};
    for (int i = 1; i < argc; i++)
        if (!corpus_read(&corpus, argv[i]))
            return 1;
    if (argc - 1 > MAX_POOLS / 2 || model == NULL)
        return 1;
    fill_pools(&corpus);
    if (n_pools[0] == 0 || n_pools[1] == 0) {
        fputs("train-spans: no Russian or no English rows\n", stderr);
        return 1;
    }
    for (size_t i = 0; i < EXAMPLES; i++) {
        int outer;
        size_t parts = compose(&rng, &outer);
        if (parts != 0 && label(model, parts, outer))
            learn(RATE * (1 - (double)i / EXAMPLES));
    }
    print_header();
    corpus_finish(&corpus);
    return 0;
}
