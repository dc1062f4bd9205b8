/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The mix of examples: what the detector will meet. Sentences teach the letters, fragments of one
 * to five words the short texts, word lists the vocabulary; lists are taken as sorted by
 * frequency, their heads are drawn more often.
 */
#include "lid-sample.h"

#include "lang/lid_score.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MAX_LABELS 128
#define MAX_FILES 32

/* Words that are ranked per language, room for all of them, and how frequent an English word must
 * be to be a stray in another language's list. */
#define RANKED 30000
#define RANK_BITS 22
#define STRAY_RANK 15000

struct rank;

struct list {
    const struct line **line;
    size_t n;
    size_t room;
};

struct language {
    double weight; /* share among the others */
    struct list sentences;
    struct list held_out;
    struct list words[MAX_FILES];
    size_t n_words;
    unsigned lists[MAX_FILES]; /* the files that have words */
    unsigned n_lists;
};

struct sampler {
    const struct corpus *corpus;
    const struct lid_model *model;
    enum lid_script script;
    int positive;
    int romanised; /* the language that is romanised as a negative, or -1 */
    struct language language[MAX_LABELS];
    double total;
    struct rank *ranks;
};

static void list_add(struct list *list, const struct line *line)
{
    if (list->n == list->room) {
        list->room = list->room == 0 ? 64 : 2 * list->room;
        list->line = realloc(list->line, list->room * sizeof *list->line);
        if (list->line == NULL)
            exit(5);
    }
    list->line[list->n++] = line;
}

static uint64_t hash_line(const struct line *line)
{
    uint64_t h = 0xcbf29ce484222325u;
    for (size_t i = 0; i < line->n; i++)
        h = (h ^ (unsigned char)line->text[i]) * 0x100000001b3u;
    return h ^ h >> 29;
}

/* The script that has the most letters, or -1. */
static int script_of(const struct lid_model *model, const char *text, size_t n)
{
    static struct lid_block block;
    size_t count[2] = {0, 0};
    lid_decode(model, text, lid_window(text, n), &block);
    for (size_t i = 0; i < block.length; i++)
        if (block.symbol[i] != LID_SYM_BREAK)
            count[block.symbol[i] >> 7]++;
    if (count[0] + count[1] == 0)
        return -1;
    return count[1] >= count[0] ? LID_CYRILLIC : LID_LATIN;
}

/* Ranks of words in the first list of each language, which is sorted by frequency; open addressing
 * by a hash of label and word. */
struct rank {
    uint64_t key; /* 0: free */
    uint32_t rank;
};

static struct rank *rank_slot(const struct sampler *s, uint16_t label, const struct line *line,
                              uint64_t *ret_key)
{
    uint64_t key = (hash_line(line) ^ ((uint64_t)label + 1)) * 0x9e3779b97f4a7c15u | 1;
    size_t at = (size_t)(key >> (64 - RANK_BITS));
    while (s->ranks[at].key != 0 && s->ranks[at].key != key)
        at = (at + 1) & ((1u << RANK_BITS) - 1);
    *ret_key = key;
    return &s->ranks[at];
}

static void add_rank(struct sampler *s, const struct line *line, uint32_t rank)
{
    uint64_t key;
    struct rank *slot = rank_slot(s, line->label, line, &key);
    if (slot->key == 0)
        *slot = (struct rank){key, rank};
}

static void rank_words(struct sampler *s)
{
    uint32_t count[MAX_LABELS] = {0};
    int first[MAX_LABELS];
    memset(first, -1, sizeof first);
    for (size_t i = 0; i < s->corpus->n; i++) {
        const struct line *line = &s->corpus->line[i];
        if (line->label >= MAX_LABELS || memchr(line->text, ' ', line->n) != NULL)
            continue;
        if (first[line->label] < 0)
            first[line->label] = line->file;
        if (first[line->label] == (int)line->file && count[line->label] < RANKED)
            add_rank(s, line, count[line->label]++);
    }
}

/* Lists that were gathered on the web hold many English words, whatever their language: a word that
 * English uses, and that the language itself uses far less, says nothing of that language. */
static bool is_stray(const struct sampler *s, const struct line *line)
{
    if (s->script != LID_LATIN || (int)line->label == s->positive)
        return false;
    uint64_t key;
    const struct rank *theirs = rank_slot(s, (uint16_t)s->positive, line, &key);
    const struct rank *own = rank_slot(s, line->label, line, &key);
    return theirs->key != 0 && theirs->rank < STRAY_RANK &&
           (own->key == 0 || own->rank / 8 > theirs->rank);
}

static void sort_line(struct sampler *s, const struct line *line)
{
    if (line->label >= MAX_LABELS || line->file >= MAX_FILES)
        return;
    struct language *l = &s->language[line->label];
    bool source = s->romanised == (int)line->label;
    if (!source && script_of(s->model, line->text, line->n) != (int)s->script)
        return;
    if (memchr(line->text, ' ', line->n) != NULL) {
        list_add(hash_line(line) % 16 == 0 ? &l->held_out : &l->sentences, line);
    } else if (!source && !is_stray(s, line)) {
        list_add(&l->words[line->file], line);
        l->n_words++;
    }
}

/* Neighbours that share much of their vocabulary with the positive language need more examples,
 * dialects with a few dozen lines fewer. */
static double weight_of(const char *name, size_t n)
{
    static const struct {
        const char *name;
        double weight;
    } more[] = {{"uk", 2.5}, {"be", 3.0}, {"bg", 2.5}, {"mk", 1.5}, {"sr", 1.5}, {"zxx", 0.2}};
    double w = n >= 2000 ? 1.0 : n >= 500 ? 0.7 : n >= 200 ? 0.4 : 0.2;
    for (size_t i = 0; i < sizeof more / sizeof more[0]; i++)
        if (strcmp(more[i].name, name) == 0)
            w *= more[i].weight;
    return w;
}

struct sampler *sampler_create(const struct corpus *corpus, const struct lid_model *model,
                               enum lid_script script, const char *positive)
{
    struct sampler *s = calloc(1, sizeof *s);
    if (s == NULL)
        return NULL;
    s->corpus = corpus;
    s->model = model;
    s->script = script;
    s->positive = corpus_label(corpus, positive);
    s->romanised = script == LID_LATIN ? corpus_label(corpus, "ru") : -1;
    s->ranks = calloc((size_t)1 << RANK_BITS, sizeof *s->ranks);
    if (s->ranks == NULL) {
        free(s);
        return NULL;
    }
    rank_words(s);
    for (size_t i = 0; i < corpus->n; i++)
        sort_line(s, &corpus->line[i]);
    for (size_t k = 0; k < corpus->n_labels && k < MAX_LABELS; k++) {
        struct language *l = &s->language[k];
        size_t n = l->sentences.n + l->n_words;
        for (unsigned f = 0; f < MAX_FILES; f++)
            if (l->words[f].n != 0)
                l->lists[l->n_lists++] = f;
        if (n >= 30 && (int)k != s->positive)
            l->weight = (int)k == s->romanised ? 3.0 : weight_of(corpus->label[k], n);
        s->total += l->weight;
    }
    if (s->positive < 0 || s->language[s->positive].sentences.n == 0 || s->total <= 0) {
        fprintf(stderr, "train-lid: no text for %s or for its rivals\n", positive);
        sampler_destroy(s);
        return NULL;
    }
    return s;
}

void sampler_destroy(struct sampler *s)
{
    if (s == NULL)
        return;
    for (size_t k = 0; k < MAX_LABELS; k++) {
        free(s->language[k].sentences.line);
        free(s->language[k].held_out.line);
        for (size_t f = 0; f < MAX_FILES; f++)
            free(s->language[k].words[f].line);
    }
    free(s->ranks);
    free(s);
}

static double rng_unit(struct rng *rng)
{
    return (double)(rng_next(rng) >> 11) * 0x1p-53;
}

static int draw_label(struct sampler *s, struct rng *rng)
{
    double x = rng_unit(rng) * s->total;
    int last = -1;
    for (int k = 0; k < MAX_LABELS; k++) {
        if (s->language[k].weight <= 0)
            continue;
        last = k;
        x -= s->language[k].weight;
        if (x < 0)
            break;
    }
    return last;
}

static void draw_words(const struct language *l, struct rng *rng, struct scratch *ret)
{
    uint32_t n = rng_below(rng, 3) == 0 ? 2 : 1;
    ret->n = 0;
    for (uint32_t i = 0; i < n; i++) {
        const struct list *list = &l->words[l->lists[rng_below(rng, l->n_lists)]];
        double u = rng_unit(rng);
        const struct line *w = list->line[(size_t)(u * u * (double)list->n)];
        if (ret->n + w->n + 1 > sizeof ret->text)
            break;
        if (i != 0)
            ret->text[ret->n++] = ' ';
        memcpy(ret->text + ret->n, w->text, w->n);
        ret->n += w->n;
    }
}

static size_t count_words(const struct line *line)
{
    size_t n = 1;
    for (size_t i = 0; i < line->n; i++)
        n += line->text[i] == ' ';
    return n;
}

/* A run of `want` words from anywhere in the line. */
static void draw_fragment(const struct line *line, uint32_t want, struct rng *rng,
                          struct scratch *ret)
{
    size_t have = count_words(line);
    size_t first = have > want ? rng_below(rng, (uint32_t)(have - want + 1)) : 0;
    const char *p = line->text, *end = p + line->n, *stop;
    for (size_t i = 0; i < first; i++)
        p = (const char *)memchr(p, ' ', (size_t)(end - p)) + 1;
    stop = p;
    for (uint32_t i = 0; i < want && stop < end; i++) {
        const char *blank = memchr(stop, ' ', (size_t)(end - stop));
        stop = blank == NULL ? end : i + 1 < want ? blank + 1 : blank;
    }
    scratch_set(ret, p, (size_t)(stop - p));
}

static void add_noise(const struct sampler *s, int label, struct rng *rng, struct scratch *ret)
{
    uint32_t dice = rng_below(rng, 100);
    if (label == s->romanised)
        noise_romanise(ret, rng);
    else if (s->script == LID_CYRILLIC && dice < 3)
        noise_lookalikes(ret, rng);
    if (s->script == LID_CYRILLIC && label == s->positive && rng_below(rng, 2) == 0)
        noise_plain_yo(ret);
    if (s->script == LID_LATIN && label != s->positive && dice < 12)
        noise_strip_marks(ret);
    if (dice >= 96)
        noise_typos(ret, rng);
}

bool sampler_draw(struct sampler *s, struct rng *rng, bool held_out, struct scratch *ret)
{
    /* English, other languages in Latin letters: 46 to 33, as Russian, English and each of 46
     * others have equal mass; in Cyrillic letters the neighbours weigh more than their number. */
    bool positive = rng_below(rng, 79) * 2 < (s->script == LID_LATIN ? 92 : 79);
    int label = positive ? s->positive : draw_label(s, rng);
    const struct language *l = &s->language[label];
    const struct list *list = held_out && l->held_out.n != 0 ? &l->held_out : &l->sentences;
    uint32_t mode = rng_below(rng, 10);
    if ((mode < 3 || list->n == 0) && l->n_lists != 0 && !held_out) {
        draw_words(l, rng, ret);
    } else if (list->n != 0) {
        const struct line *line = list->line[rng_below(rng, (uint32_t)list->n)];
        if (mode < 5)
            scratch_set(ret, line->text, line->n);
        else
            draw_fragment(line, 1 + rng_below(rng, 5), rng, ret);
    } else {
        ret->n = 0;
    }
    add_noise(s, label, rng, ret);
    return positive;
}
