/* SPDX-License-Identifier: Apache-2.0 */
/* Sums the weights of a text's n-grams and turns sums into probabilities, all in integers. */
#include "lid_score.h"

/* One pass over a block. Both scripts are summed at once; a word belongs to one script, and the
 * symbol's top bit chooses the table, so the loop has no branch that depends on the text. */
static void score_block(const struct lid_model *model, const struct lid_block *block,
                        struct lid_evidence *ev)
{
    int32_t sum[LID_SCRIPTS] = {0, 0};
    uint32_t n[LID_SCRIPTS] = {0, 0}, words[LID_SCRIPTS] = {0, 0};
    uint64_t w = LID_SYM_BREAK + 1, h = 0;
    unsigned script = 0;
    for (size_t i = 1; i < block->length; i++) {
        uint8_t s = block->symbol[i];
        bool end = s == LID_SYM_BREAK;
        script = end ? script : s >> 7;
        /* the word border is 1 in a window: 0 stands for "before the word" */
        w = w << 8 | (end ? 1 : s);
        const int8_t *weight = model->weight[script];
        int32_t x = weight[lid_slot_pair(w)] + weight[lid_slot_3(w)] + weight[lid_slot_4(w)]
                    + weight[lid_slot_5(w)];
        int32_t whole = weight[lid_slot_word(h)];
        x += end ? whole : 0;
        sum[script] += x;
        n[script]++;
        words[script] += end;
        h = end ? 0 : lid_word_step(h, s);
        w = end ? 1 : w;
    }
    for (int k = 0; k < LID_SCRIPTS; k++) {
        ev->sum[k] += sum[k];
        ev->n[k] += n[k];
        ev->words[k] += words[k];
    }
    ev->other += block->other;
}

static void add_plain(const struct lid_model *model, const char *text, size_t n,
                      struct lid_evidence *ev)
{
    struct lid_block block;
    while (n != 0) {
        size_t used = lid_decode(model, text, n, &block);
        if (block.length > 1)
            score_block(model, &block, ev);
        else
            ev->other += block.other;
        text += used;
        n -= used;
    }
}

void lid_evidence_add(const struct lid_model *model, const char *text, size_t n,
                      struct lid_evidence *ev)
{
    struct lid_links links;
    lid_links_init(&links, text, n);
    while (lid_links_next(&links, &text, &n))
        add_plain(model, text, n, ev);
}

void lid_evidence_sum(struct lid_evidence *ev, const struct lid_evidence *more)
{
    for (int k = 0; k < LID_SCRIPTS; k++) {
        ev->sum[k] += more->sum[k];
        ev->n[k] += more->n[k];
        ev->words[k] += more->words[k];
    }
    ev->other += more->other;
}

/* Floor of the square root: Newton from above, which only falls until it is right. */
static uint64_t root(uint64_t v)
{
    if (v < 2)
        return v;
    unsigned bits = 64u - (unsigned)__builtin_clzll(v);
    uint64_t x = (uint64_t)1 << (bits + 1) / 2;
    for (;;) {
        uint64_t y = (x + v / x) / 2;
        if (y >= x)
            return x;
        x = y;
    }
}

int64_t lid_mean_weight(int64_t sum, uint32_t n)
{
    if (n == 0)
        return 0;
    return sum * 65536 / (int64_t)root((uint64_t)n << 16);
}

int32_t lid_logit(const struct lid_model *model, const struct lid_evidence *ev,
                  enum lid_script script)
{
    const struct lid_calibration *c = &model->calibration[script][lid_bucket(ev->n[script])];
    int64_t x = lid_mean_weight(ev->sum[script], ev->n[script]) * c->slope / 65536 + c->offset;
    const int64_t limit = 16 * 256;
    return (int32_t)(x > limit ? limit : x < -limit ? -limit : x);
}

uint16_t lid_probability(int32_t logit)
{
    /* 10000 / (1 + exp(-k / 4)) for k = 0..40, rounded */
    static const uint16_t table[] = {
        5000, 5622, 6225, 6792, 7311, 7773, 8176, 8520, 8808, 9047, 9241, 9399, 9526, 9627,
        9707, 9770, 9820, 9859, 9890, 9914, 9933, 9948, 9959, 9968, 9975, 9981, 9985, 9988,
        9991, 9993, 9994, 9996, 9997, 9997, 9998, 9998, 9999, 9999, 9999, 9999, 10000,
    };
    const int32_t last = (int32_t)(sizeof table / sizeof table[0]) - 1;
    int32_t x = logit < 0 ? -logit : logit;
    int32_t p = TM_LANG_SCORE_MAX;
    if (x < last * 64) {
        int32_t i = x / 64;
        p = table[i] + (table[i + 1] - table[i]) * (x % 64) / 64;
    }
    return (uint16_t)(logit < 0 ? TM_LANG_SCORE_MAX - p : p);
}

int lid_dominant(const struct lid_evidence *ev)
{
    uint32_t latin = lid_letters(ev, LID_LATIN), cyrillic = lid_letters(ev, LID_CYRILLIC);
    if (latin + cyrillic + ev->other == 0)
        return -1;
    if (ev->other > latin && ev->other > cyrillic)
        return LID_SCRIPTS;
    /* Russian sentences hold Latin names and brands far more often than English ones hold
     * Cyrillic: a few Latin words do not outvote the rest by being long. */
    if (cyrillic >= latin || (ev->words[LID_LATIN] <= 5 && (uint64_t)cyrillic * 3 >= latin))
        return LID_CYRILLIC;
    return LID_LATIN;
}
