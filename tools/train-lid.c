/* SPDX-License-Identifier: Apache-2.0 */
/*
 * train-lid - trains the language detector: train-lid [-n MILLIONS] OUT.bin FILE...
 *
 * FILE has rows `label<TAB>text`, plain or zstd; labels are ISO 639 codes, -Latn or -Cyrl for an
 * unusual script, zxx for program code. The same files in the same order give the same model to
 * the byte: one thread, our own generator and exponential, IEEE single precision without
 * contraction (-ffp-contract=off, never -ffast-math).
 *
 * Each script has a logistic regression over hashed features, z = sum / sqrt(n), trained by
 * AdaGrad (Duchi, Hazan, Singer 2011) on examples that are drawn at random, then rounded to
 * eight bits and calibrated by Platt's method (1999) on sentences that training never saw.
 */
#include "lid-corpus.h"
#include "lid-math.h"
#include "lid-sample.h"
#include "lid-symbols.h"

#include "lang/lid_score.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MAX_BLOCK (4 * LID_BLOCK_ROOM)
#define MAX_FEATURES ((size_t)8192)

/* A text of at least forty letters is settled by this logit: three wrong in ten thousand. */
#define SETTLED_LOGIT 8.0
#define SETTLED_BUCKET 5

struct trainer {
    float weight[LID_SLOTS];
    float gradient[LID_SLOTS]; /* sum of squares */
    float bias;
    float bias_gradient;
};

static struct lid_model model;
static struct trainer trainer;
static uint32_t feature[MAX_FEATURES];

static double logistic(double x)
{
    x = x > 30 ? 30 : x < -30 ? -30 : x;
    return 1.0 / (1.0 + exponential(-x));
}

/* Adds the features of the letters of `script` in a block; the same walk as the detector's, which
 * check_walk() compares. */
static size_t extract_block(const struct lid_block *block, unsigned script, size_t k,
                            uint32_t *positions)
{
    uint64_t w = LID_SYM_BREAK;
    unsigned now = 0;
    for (size_t i = 1; i < block->length; i++) {
        uint8_t s = block->symbol[i];
        bool end = s == LID_SYM_BREAK;
        now = end ? now : s >> 7;
        w = w << 8 | s;
        if (now == script) {
            feature[k++] = lid_slot_3(w);
            feature[k++] = lid_slot_4(w);
            feature[k++] = lid_slot_5(lid_slot_4(w), w);
            if (end)
                feature[k++] = lid_slot_word(w);
            ++*positions;
        }
        w = end ? LID_SYM_BREAK : w;
    }
    return k;
}

static size_t extract(const struct scratch *text, enum lid_script script, uint32_t *ret_positions)
{
    static struct lid_block block;
    size_t k = 0;
    *ret_positions = 0;
    for (size_t at = 0; at < text->n && k + MAX_BLOCK < MAX_FEATURES;) {
        size_t used = lid_window(text->text + at, text->n - at);
        lid_decode(&model, text->text + at, used, &block);
        k = extract_block(&block, script, k, ret_positions);
        at += used;
    }
    return k;
}

/* One step of AdaGrad; returns the loss (as an error count) of the example before it. */
static bool learn(struct trainer *t, size_t k, uint32_t positions, bool positive, float rate)
{
    float scale = 1.0f / sqrtf((float)positions), z = 0;
    for (size_t i = 0; i < k; i++)
        z += t->weight[feature[i]];
    z = z * scale + t->bias;
    float d = (float)logistic((double)z) - (positive ? 1.0f : 0.0f);
    for (size_t i = 0; i < k; i++) {
        float *w = &t->weight[feature[i]], *g = &t->gradient[feature[i]];
        float step = d * scale + 1e-7f * *w;
        *g += step * step;
        *w -= rate * step / sqrtf(*g);
    }
    t->bias_gradient += d * d;
    t->bias -= 0.1f * d / sqrtf(t->bias_gradient);
    return (z > 0) != positive;
}

static void train(struct sampler *sampler, enum lid_script script, uint64_t steps)
{
    struct rng rng = {0x746f6c6d616368u + (unsigned)script};
    static struct scratch text;
    uint64_t wrong = 0;
    for (size_t i = 0; i < LID_SLOTS; i++) {
        trainer.weight[i] = 0;
        trainer.gradient[i] = 1e-6f;
    }
    trainer.bias = 0;
    trainer.bias_gradient = 1;
    for (uint64_t step = 1; step <= steps; step++) {
        bool positive = sampler_draw(sampler, &rng, false, &text);
        uint32_t positions;
        size_t k = extract(&text, script, &positions);
        /* falls to nearly nothing, so that the last examples do not weigh more than the rest */
        float rate = 0.3f * (1.0f - 0.98f * (float)step / (float)steps);
        if (k != 0)
            wrong += learn(&trainer, k, positions, positive, rate);
        if (step % 1000000 == 0) {
            fprintf(stderr, "%s %lluM examples, %.2f %% wrong\n",
                    script == LID_CYRILLIC ? "Cyrillic" : "Latin",
                    (unsigned long long)(step / 1000000), (double)wrong / 1e4);
            wrong = 0;
        }
    }
}

static int by_size(const void *a, const void *b)
{
    float x = *(const float *)a, y = *(const float *)b;
    return x < y ? -1 : x > y;
}

/* Rounds to eight bits; the largest one in a thousand weights are cut off. Returns the unit. */
static float quantise(const struct trainer *t, int8_t *ret)
{
    static float size[LID_SLOTS];
    size_t n = 0;
    for (size_t i = 0; i < LID_SLOTS; i++)
        if (t->weight[i] != 0)
            size[n++] = fabsf(t->weight[i]);
    qsort(size, n, sizeof size[0], by_size);
    float unit = size[n - 1 - n / 1000] / 127.0f;
    for (size_t i = 0; i < LID_SLOTS; i++) {
        float x = t->weight[i] / unit;
        x = x > 127 ? 127 : x < -127 ? -127 : x;
        ret[i] = (int8_t)(x < 0 ? x - 0.5f : x + 0.5f);
    }
    ret[0] = 0; /* nothing: no feature has it */
    return unit;
}

struct example {
    double x;
    unsigned bucket;
    bool positive;
};

/* Examples of one bucket and the line through them: p = logistic(a x + b). */
struct fit {
    const struct example *example;
    size_t n;
    unsigned bucket;
    double b0; /* where a and b are softly drawn to: a bucket with few examples stays sane */
};

struct slope {
    double ga, gb, haa, hab, hbb;
};

#define FIT_PULL 20.0

static double fit_loss(const struct fit *f, double a, double b)
{
    double loss = FIT_PULL / 2 * ((a - 1) * (a - 1) + (b - f->b0) * (b - f->b0));
    for (size_t i = 0; i < f->n; i++) {
        if (f->example[i].bucket != f->bucket)
            continue;
        double p = logistic(a * f->example[i].x + b);
        loss -= natural_log(f->example[i].positive ? p : 1 - p);
    }
    return loss;
}

static struct slope fit_slope(const struct fit *f, double a, double b)
{
    struct slope s = {FIT_PULL * (a - 1), FIT_PULL * (b - f->b0), FIT_PULL, 0, FIT_PULL};
    for (size_t i = 0; i < f->n; i++) {
        if (f->example[i].bucket != f->bucket)
            continue;
        double x = f->example[i].x, p = logistic(a * x + b), v = p * (1 - p);
        double d = p - (f->example[i].positive ? 1 : 0);
        s.ga += d * x;
        s.gb += d;
        s.haa += v * x * x;
        s.hab += v * x;
        s.hbb += v;
    }
    return s;
}

/* Newton's method, each step halved until it helps: the loss is convex, but nearly flat where the
 * examples are told apart without error. */
static void fit_line(const struct fit *f, double *ret_a, double *ret_b)
{
    double a = 1, b = f->b0, loss = fit_loss(f, a, b);
    for (int round = 0; round < 25; round++) {
        struct slope s = fit_slope(f, a, b);
        double det = s.haa * s.hbb - s.hab * s.hab;
        double da = (s.hbb * s.ga - s.hab * s.gb) / det, db = (s.haa * s.gb - s.hab * s.ga) / det;
        for (int halving = 0; halving < 30; halving++, da /= 2, db /= 2) {
            double next = fit_loss(f, a - da, b - db);
            if (next < loss) {
                loss = next;
                a -= da;
                b -= db;
                break;
            }
        }
    }
    *ret_a = a;
    *ret_b = b;
}

/* Draws held-out examples, scored by the detector's own code. */
static size_t draw_held_out(struct sampler *sampler, enum lid_script script, double unit,
                            struct example *ret, size_t want)
{
    struct rng rng = {0x63616c69u + (unsigned)script};
    static struct scratch text;
    size_t n = 0;
    for (size_t i = 0; i < want; i++) {
        bool positive = sampler_draw(sampler, &rng, true, &text);
        struct lid_evidence ev = {0};
        lid_evidence_add(&model, text.text, text.n, &ev);
        if (ev.n[script] == 0)
            continue;
        ret[n].x = unit * (double)lid_mean_weight(ev.sum[script], ev.n[script]) / 256;
        ret[n].bucket = lid_bucket(ev.n[script]);
        ret[n++].positive = positive;
    }
    return n;
}

static void calibrate(struct sampler *sampler, enum lid_script script, float unit, float bias)
{
    static struct example example[400000];
    size_t n =
        draw_held_out(sampler, script, (double)unit, example, sizeof example / sizeof example[0]);
    for (unsigned bucket = 0; bucket < LID_BUCKETS; bucket++) {
        struct fit f = {example, n, bucket, (double)bias};
        double a, b;
        fit_line(&f, &a, &b);
        struct lid_calibration *c = &model.calibration[script][bucket];
        c->slope = (int32_t)(a * (double)unit * 65536 + 0.5);
        c->offset = (int32_t)(b * 256 + (b < 0 ? -0.5 : 0.5));
        fprintf(stderr, "calibration %d/%u: a %.3f b %.3f\n", (int)script, bucket, a, b);
        if (bucket == SETTLED_BUCKET) {
            double mean = (SETTLED_LOGIT + (b < 0 ? -b : b)) / (a * (double)unit);
            model.certain[script] = (int64_t)(mean * mean);
        }
    }
}

/* A promise that the trainer's walk over a text is the detector's. */
static void check_walk(const struct scratch *text, enum lid_script script)
{
    uint32_t positions;
    size_t k = extract(text, script, &positions);
    struct lid_evidence ev = {0};
    int64_t sum = 0;
    for (size_t i = 0; i < k; i++)
        sum += model.weight[script][feature[i]];
    lid_evidence_add(&model, text->text, text->n, &ev);
    if (ev.sum[script] != sum || ev.n[script] != positions) {
        fprintf(stderr, "train-lid: trainer and detector disagree\n");
        exit(5);
    }
}

static bool train_script(const struct corpus *corpus, enum lid_script script, uint64_t steps)
{
    struct sampler *s =
        sampler_create(corpus, &model, script, script == LID_CYRILLIC ? "ru" : "en");
    if (s == NULL)
        return false;
    train(s, script, steps);
    float unit = quantise(&trainer, model.weight[script]);
    struct scratch sample;
    const char *plain = script == LID_CYRILLIC ? "\xd0\xbc\xd1\x8b \xd0\xb4\xd0\xbe\xd0\xbc\xd0\xb0"
                                               : "we are at home today";
    scratch_set(&sample, plain, strlen(plain));
    check_walk(&sample, script);
    calibrate(s, script, unit, trainer.bias);
    sampler_destroy(s);
    return true;
}

static bool write_model(const char *path)
{
    memcpy(model.magic, LID_MAGIC, sizeof model.magic);
    model.format = LID_FORMAT;
    model.size = sizeof model;
    snprintf(model.version, sizeof model.version, "%d-%016llx", LID_FORMAT,
             (unsigned long long)lid_model_digest(&model));
    FILE *f = fopen(path, "wb");
    bool good = f != NULL && fwrite(&model, sizeof model, 1, f) == 1;
    if (f != NULL)
        good = fclose(f) == 0 && good;
    if (!good)
        perror(path);
    else
        fprintf(stderr, "%s: %zu bytes, version %s\n", path, sizeof model, model.version);
    return good;
}

int main(int argc, char **argv)
{
    uint64_t steps = 30000000;
    int at = 1;
    if (argc > 2 && strcmp(argv[1], "-n") == 0) {
        steps = strtoull(argv[2], NULL, 10) * 1000000;
        at = 3;
    }
    if (argc < at + 2) {
        fprintf(stderr, "usage: train-lid [-n MILLIONS] OUT.bin FILE...\n");
        return 2;
    }
    struct corpus corpus = {0};
    for (int i = at + 1; i < argc; i++)
        if (!corpus_read(&corpus, argv[i]))
            return 3;
    symbols_choose(&model, &corpus);
    bool good =
        train_script(&corpus, LID_CYRILLIC, steps) && train_script(&corpus, LID_LATIN, steps);
    corpus_finish(&corpus);
    return !good ? 3 : write_model(argv[at]) ? 0 : 4;
}
