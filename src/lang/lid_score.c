/* SPDX-License-Identifier: Apache-2.0 */
/* Sums the weights of a text's n-grams and turns sums into probabilities, all in integers. */
#include "lid_score.h"

/* Scores symbols that begin behind a BREAK and end with one, all letters of one script; *words
 * counts the BREAKs. Masks instead of conditions, because where words end cannot be predicted. */
static int32_t score_run(const int8_t *weight, const uint8_t *symbol, size_t n, uint32_t *words)
{
    int32_t sum = 0;
    uint32_t ends = 0;
    uint64_t w = LID_SYM_BREAK;
    for (size_t i = 0; i < n; i++) {
        uint8_t s = symbol[i];
        uint32_t end = s == LID_SYM_BREAK;
        uint64_t inside = (uint64_t)end - 1; /* all ones but at the end of a word */
        w = w << 8 | s;
        uint32_t slot_4 = lid_slot_4(w);
        uint32_t whole = lid_slot_word(w);
        sum += weight[lid_slot_3(w)] + weight[slot_4] + weight[lid_slot_5(slot_4, w)] +
               weight[whole & (0u - end)];
        w = (w & inside) | end;
        ends += end;
    }
    *words += ends;
    return sum;
}

/* The length of the run of words of one script at symbol[0..n): most often the whole block. */
static size_t run_length(const uint8_t *symbol, size_t n)
{
    size_t last = 0;
    for (size_t i = 0; i < n; i++) {
        if (symbol[i] == LID_SYM_BREAK)
            last = i + 1;
        else if (((symbol[i] ^ symbol[0]) & LID_SYM_CYRILLIC) != 0)
            return last;
    }
    return n;
}

static void score_block(const struct lid_model *model, const struct lid_block *block,
                        struct lid_evidence *ev)
{
    const uint8_t *symbol = block->symbol + 1;
    size_t n = block->length - 1;
    ev->other += block->other;
    while (n != 0) {
        size_t run = block->one_script ? n : run_length(symbol, n);
        unsigned script = symbol[0] >> 7;
        uint32_t words = 0;
        ev->sum[script] += score_run(model->weight[script], symbol, run, &words);
        ev->n[script] += (uint32_t)run;
        ev->words[script] += words;
        ev->letters[script] += (uint32_t)run - words;
        symbol += run;
        n -= run;
    }
}

/* Whether the script with most letters has spoken so clearly, in so many letters, that a sample of
 * the rest will do. A square saves the root: (sum / sqrt(n))^2. */
static bool is_settled(const struct lid_model *model, const struct lid_evidence *ev)
{
    const uint32_t enough = 40;
    int k = ev->letters[LID_CYRILLIC] >= ev->letters[LID_LATIN] ? LID_CYRILLIC : LID_LATIN;
    int64_t sum = ev->sum[k];
    return ev->n[k] >= enough && sum * sum > model->certain[k] * (int64_t)ev->n[k];
}

/* A long text is scored until it is settled, then one window in SAMPLE; the letters of the windows
 * between are only counted, so that a change of script is not lost. */
#define SAMPLE 4

static void add_plain(const struct lid_model *model, const char *text, size_t n,
                      struct lid_evidence *ev)
{
    struct lid_block block;
    unsigned turn = 0;
    while (n != 0) {
        size_t used = lid_window(text, n);
        if (turn++ % SAMPLE != 0 && is_settled(model, ev)) {
            lid_count_letters(text, used, ev->letters);
        } else {
            uint32_t before = ev->letters[LID_CYRILLIC];
            lid_decode(model, text, used, &block);
            score_block(model, &block, ev);
            if (ev->letters[LID_CYRILLIC] != before)
                ev->foreign += lid_count_foreign(text, used);
        }
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
        ev->letters[k] += more->letters[k];
    }
    ev->other += more->other;
    ev->foreign += more->foreign;
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

/* What one letter that Russian does not have weighs against it, 1/256, in a text of few letters; in
 * a long one it is a quotation or a typing error. Chosen on the dev sets. */
#define FOREIGN 1024
#define FOREIGN_SPAN 64

int32_t lid_logit(const struct lid_model *model, const struct lid_evidence *ev,
                  enum lid_script script)
{
    const struct lid_calibration *c = &model->calibration[script][lid_bucket(ev->n[script])];
    int64_t x = lid_mean_weight(ev->sum[script], ev->n[script]) * c->slope / 65536 + c->offset;
    const int64_t limit = 16 * 256;
    x = x > limit ? limit : x;
    if (script == LID_CYRILLIC)
        x -= (int64_t)ev->foreign * FOREIGN * FOREIGN_SPAN / (ev->n[script] + FOREIGN_SPAN);
    return (int32_t)(x > limit ? limit : x < -limit ? -limit : x);
}

uint16_t lid_probability(int32_t logit)
{
    /* 10000 / (1 + exp(-k / 4)) for k = 0..40, rounded */
    static const uint16_t table[] = {
        5000, 5622, 6225, 6792, 7311, 7773, 8176, 8520, 8808, 9047, 9241, 9399, 9526,  9627,
        9707, 9770, 9820, 9859, 9890, 9914, 9933, 9948, 9959, 9968, 9975, 9981, 9985,  9988,
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
    uint32_t latin = ev->letters[LID_LATIN], cyrillic = ev->letters[LID_CYRILLIC];
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
