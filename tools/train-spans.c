/* SPDX-License-Identifier: Apache-2.0 */
/*
 * train-spans - learns where the languages of a mixed line part: train-spans FILE... > span_costs.h
 *
 * FILE has rows `label<TAB>text`, plain or zstd. From the rows of a file that are ru or be (which
 * puts its marks like Russian) and those that are en it makes lines: two sentences, either first,
 * or a phrase of two to five words inside a sentence. On these it trains a conditional random
 * field (Lafferty, McCallum, Pereira 2001) over the words that have letters, with the cut of a
 * change anywhere between two of them, by AdaGrad (Duchi, Hazan, Singer 2011), and prints the mean
 * of the weights over the second half of training (Polyak, Juditsky 1992). Same files, same table:
 * one thread, our own generator, exponential and logarithm, no contraction.
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
#define MEAN_EVERY 16       /* the mean of the weights is taken of every 16th example */
#define ROOM 1024           /* words of a line */
#define WRONG_SCRIPT (-8.0) /* as in spans.c */
#define NEVER (-1e9)

/* Another language is not trained. */
enum { N_STATES = 4 };
static const enum lid_state states[N_STATES] = {LID_RU, LID_EN, LID_EN_PHRASE, LID_RU_PHRASE};

struct weight {
    double w;
    double squares; /* of its gradients */
    double sum;     /* of itself, in the second half of training */
};

static struct {
    struct weight place[LID_CHANGES][LID_PLACES];
    struct weight name[LID_NAMES];
    struct weight lean[LID_LOOKS];
    struct weight left[LID_CHANGES][LID_LEFT_LOOKS];
    struct weight right[LID_CHANGES][LID_RIGHT_LOOKS];
    struct weight pair[LID_CHANGES][LID_PAIRS];
} weights;

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
static double english[ROOM]; /* of each word without letters: how often it is expected to be */
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

/* What the words [from, to), which have no letters, weigh as English ones. */
static double lean_score(size_t from, size_t to)
{
    double sum = 0;
    for (size_t i = from; i < to; i++)
        sum += weights.lean[ex.word[i].look].w;
    return sum;
}

/* Log weight of a change in front of word i, where words [from, to) have no letters. */
static double cut_score(enum lid_change c, enum lid_place place, size_t from, size_t to, size_t i)
{
    return weights.place[c][place].w + weights.left[c][lid_left_look(&ex.word[i - 1])].w +
           weights.right[c][lid_right_look(&ex.word[i])].w +
           weights.pair[c][lid_pair(&ex.word[i - 1], &ex.word[i])].w +
           (lid_leaves_en(c) ? lean_score(from, i) : lean_score(i, to));
}

static void step(struct weight *p, double gradient, double rate)
{
    if (fabs(gradient) < 1e-5)
        return;
    p->squares += gradient * gradient;
    p->w += rate * gradient / sqrt(p->squares + 1e-6);
}

static double sum_cuts(enum lid_change c, enum lid_place place, size_t from, size_t to)
{
    double sum = NEVER;
    for (size_t i = lid_first_cut(place, from); i <= lid_last_cut(place, to); i++)
        sum = log_add(sum, cut_score(c, place, from, to, i));
    return sum;
}

/* The words [from, to) are expected to be English so often, by one more way to read the line. */
static void expect_english(size_t from, size_t to, double times)
{
    for (size_t i = from; i < to; i++)
        english[i] += times;
}

/* Moves the weights of a change towards the cut of the example (if it has it) and away from what
 * the model expects: `expected` changes here, which weigh `sum` together. */
static void learn_cuts(enum lid_change c, enum lid_place place, size_t from, size_t to, bool has_it,
                       double expected, double sum, double rate)
{
    double score[ROOM];
    size_t first = lid_first_cut(place, from), last = lid_last_cut(place, to);
    for (size_t i = first; i <= last; i++)
        score[i] = cut_score(c, place, from, to, i);
    for (size_t i = first; i <= last; i++) {
        double here = expected * share(score[i], sum);
        double gradient = (has_it && ex.gold[i - 1] != ex.gold[i]) - here;
        if (lid_leaves_en(c))
            expect_english(from, i, here);
        else
            expect_english(i, to, here);
        step(&weights.place[c][place], gradient, rate);
        step(&weights.left[c][lid_left_look(&ex.word[i - 1])], gradient, rate);
        step(&weights.right[c][lid_right_look(&ex.word[i])], gradient, rate);
        step(&weights.pair[c][lid_pair(&ex.word[i - 1], &ex.word[i])], gradient, rate);
    }
}

static bool is_russian(int s)
{
    return states[s] == LID_RU || states[s] == LID_RU_PHRASE;
}

static double emission(size_t k, int s)
{
    int script = ex.word[ex.at[k]].script;
    if (states[s] == LID_RU && script == LID_LATIN)
        return weights.name[lid_name_look(&ex.word[ex.at[k]])].w;
    return script == (is_russian(s) ? LID_CYRILLIC : LID_LATIN) ? 0 : WRONG_SCRIPT;
}

/* A line begins or ends in an English phrase only when a word without letters is left outside. */
static double edge_sum(int s, bool end)
{
    size_t from = end ? ex.at[ex.m - 1] + 1 : 0, to = end ? ex.n_words : ex.at[0];
    if (states[s] < LID_EN_PHRASE)
        return is_russian(s) ? 0 : lean_score(from, to);
    if (states[s] != LID_EN_PHRASE || from == to)
        return NEVER;
    return end ? sum_cuts(LID_FROM_EN, LID_AT_END, from, to)
               : sum_cuts(LID_INTO_EN, LID_AT_BEGIN, from, to);
}

/* What stands between the words at[k - 1] and at[k], by the states of both. */
static double change_score(size_t k, int r, int s)
{
    size_t from = ex.at[k - 1] + 1, to = ex.at[k];
    int c = lid_change_between(states[r], states[s]);
    if (r == s)
        return is_russian(s) ? 0 : lean_score(from, to);
    return c < 0 ? NEVER : sum_cuts((enum lid_change)c, LID_INSIDE, from, to);
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
                change_sum[k][r][s] = change_score(k, r, s);
                sum = log_add(sum, alpha[k - 1][r] + change_sum[k][r][s]);
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

static void learn_edge(int s, bool end, double expected, double rate)
{
    size_t from = end ? ex.at[ex.m - 1] + 1 : 0, to = end ? ex.n_words : ex.at[0];
    bool has_it = ex.gold[ex.at[end ? ex.m - 1 : 0]] == s;
    if (states[s] == LID_EN)
        expect_english(from, to, expected);
    if (states[s] == LID_EN_PHRASE && from != to)
        learn_cuts(end ? LID_FROM_EN : LID_INTO_EN, end ? LID_AT_END : LID_AT_BEGIN, from, to,
                   has_it, expected, edge_sum(s, end), rate);
}

static void learn_change(size_t k, int r, int s, double expected, double rate)
{
    size_t from = ex.at[k - 1] + 1, to = ex.at[k];
    int c = lid_change_between(states[r], states[s]);
    bool has_it = ex.gold[ex.at[k - 1]] == r && ex.gold[ex.at[k]] == s;
    if (r == s && !is_russian(s))
        expect_english(from, to, expected);
    if (r != s && c >= 0)
        learn_cuts((enum lid_change)c, LID_INSIDE, from, to, has_it, expected, change_sum[k][r][s],
                   rate);
}

/* Latin words of a Russian sentence, and what words without letters lean to. */
static void learn_words(double all, double rate)
{
    for (size_t k = 0; k < ex.m; k++) {
        size_t i = ex.at[k];
        double expected = share(alpha[k][0] + beta[k][0], all);
        if (ex.word[i].script == LID_LATIN)
            step(&weights.name[lid_name_look(&ex.word[i])],
                 (states[ex.gold[i]] == LID_RU) - expected, rate);
    }
    for (size_t i = 0; i < ex.n_words; i++)
        if (!lid_has_letters(&ex.word[i]))
            step(&weights.lean[ex.word[i].look], !is_russian(ex.gold[i]) - english[i], rate);
}

static void learn(double rate)
{
    double all = sum_paths();
    if (edge_sum(ex.gold[ex.at[0]], false) <= NEVER ||
        edge_sum(ex.gold[ex.at[ex.m - 1]], true) <= NEVER)
        return;
    memset(english, 0, sizeof english);
    for (int s = 0; s < N_STATES; s++) {
        learn_edge(s, false, share(alpha[0][s] + beta[0][s], all), rate);
        learn_edge(s, true, share(alpha[ex.m - 1][s] + beta[ex.m - 1][s], all), rate);
    }
    for (size_t k = 1; k < ex.m; k++)
        for (int r = 0; r < N_STATES; r++)
            for (int s = 0; s < N_STATES; s++) {
                double x = alpha[k - 1][r] + change_sum[k][r][s] + emission(k, s) + beta[k][s];
                learn_change(k, r, s, share(x, all), rate);
            }
    learn_words(all, rate);
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
    if (n < 2 || m < 2)
        return 0;
    size_t length = 2 + rng_below(rng, 4), cut = 1 + rng_below(rng, (uint32_t)n - 1);
    length = length < m ? length : m;
    size_t first = rng_below(rng, (uint32_t)(m - length) + 1);
    struct line head = words_of(a, 0, cut), phrase = words_of(b, first, first + length),
                tail = words_of(a, cut, n);
    return append(&head, 0) && append(&phrase, 1) && append(&tail, 2) ? 3 : 0;
}

/* Labels the words. Latin words of a Russian sentence are its names; other foreign words, a part
 * without letters of its own, and a number parted from the sentence that it begins teach nothing.
 */
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
        if (border && ex.word[i - 1].look == LID_COUNTER)
            return false;
        bool phrase = parts == 3 && part == 1;
        int russian = part == 1 ? outer : 1 - outer, letters = ex.word[i].script;
        ex.gold[i] = (uint8_t)(phrase ? 2 + outer : 1 - russian);
        if (!lid_has_letters(&ex.word[i]))
            continue;
        bool own = letters == (russian ? LID_CYRILLIC : LID_LATIN);
        if (!own && (!russian || phrase || letters != LID_LATIN))
            return false;
        ex.at[ex.m++] = i;
        evidence[part == 1] += own;
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

/* Adds up all weights for their mean, which is steadier than what the last examples leave. */
static void add_up(void)
{
    struct weight *w = (struct weight *)&weights;
    for (size_t i = 0; i < sizeof weights / sizeof *w; i++)
        w[i].sum += w[i].w;
}

static void print_row(const struct weight *w, size_t n, const char *indent)
{
    for (size_t i = 0; i < n; i++) {
        long cost = lround(w[i].sum / (EXAMPLES / 2 / MEAN_EVERY) * -256);
        printf("%s%ld", i == 0 ? "" : i % 15 != 0 ? ", " : indent, cost);
    }
}

static void print_list(const char *name, const struct weight *w, size_t n)
{
    printf("static const int16_t %s[%zu] = {\n    ", name, n);
    print_row(w, n, ",\n    ");
    printf(",\n};\n");
}

static void print_table(const char *name, const struct weight *w, size_t columns)
{
    printf("static const int16_t %s[%d][%zu] = {\n", name, LID_CHANGES, columns);
    for (size_t c = 0; c < LID_CHANGES; c++) {
        printf("    {");
        print_row(w + c * columns, columns, ",\n     ");
        printf("},\n");
    }
    printf("};\n");
}

static void print_header(void)
{
    printf("/* Generated by tools/train-spans from treebanks and news (CC BY-SA 4.0, see "
           "MODEL_CARD.md), 1/256:\n * what a Latin word costs as a name in a Russian sentence, "
           "what a word without letters costs as an\n * English one by its look, and what a change "
           "of language costs: by its kind and place, by the\n * word before it (look and ending), "
           "by the word behind it (look and the next word's case), by the\n * looks of both. */\n");
    print_list("name_cost", weights.name, LID_NAMES);
    print_list("lean_cost", weights.lean, LID_LOOKS);
    print_table("place_cost", weights.place[0], LID_PLACES);
    print_table("left_cost", weights.left[0], LID_LEFT_LOOKS);
    print_table("right_cost", weights.right[0], LID_RIGHT_LOOKS);
    print_table("pair_cost", weights.pair[0], LID_PAIRS);
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
        if (i >= EXAMPLES / 2 && i % MEAN_EVERY == 0)
            add_up();
    }
    print_header();
    corpus_finish(&corpus);
    return 0;
}
