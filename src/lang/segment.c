/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Runs of paragraphs of one language. Only sentences have a say of their own; what stands between
 * two of them is divided by a single cut, so a name or a link can never open a segment.
 */
#include "lid_score.h"
#include "shape.h"

#include <string.h>

/* Evidence of the rest of the text counts as a prior, but no more than this (e^5, 1/256). */
#define PRIOR_LIMIT (5 * 256)
/* A paragraph below this logit (0.9) is not certain enough to contradict its text. In Cyrillic
 * letters less will do (0.8): whether they are Russian or not, they are not the English around. */
#define CERTAIN 563
#define CERTAIN_CYRILLIC 355

/* Fewer words than this, and less than one letter in so many of the text's, are an aside. */
#define ASIDE_WORDS 8
#define ASIDE_SHARE 6

struct paragraph {
    size_t offset;
    size_t length;
    struct lid_evidence ev;
    int script;        /* as lid_dominant */
    int32_t logit;     /* for the language of its script */
    enum tm_lang own;  /* label by itself */
    enum tm_lang lang; /* label in its text */
    bool sentence;
};

struct text {
    const struct lid_model *model;
    const char *text;
    uint16_t threshold;
    struct paragraph *par;
    size_t n;
    struct lid_evidence total;
    enum tm_lang lang;
    bool code; /* some paragraph is program code */
};

static bool is_visible(const char *p, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if ((unsigned char)p[i] > ' ')
            return true;
    return false;
}

static const char *line_end(const char *p, const char *end)
{
    const char *stop = memchr(p, '\n', (size_t)(end - p));
    return stop == NULL ? end : stop;
}

static size_t count_lines(const char *text, size_t n)
{
    const char *end = text + n;
    size_t count = 0;
    for (const char *p = text; p < end;) {
        const char *stop = line_end(p, end);
        count += is_visible(p, (size_t)(stop - p));
        p = stop + (stop < end);
    }
    return count;
}

static enum tm_lang language_of(int script)
{
    return script == LID_CYRILLIC ? TM_LANG_RU : TM_LANG_EN;
}

/* Latin letters that are not English are as often a command, a name or a motto as a sentence:
 * without function words to look for, length tells. */
static bool is_long(const struct paragraph *p, const struct lid_shape *shape)
{
    return shape->words >= 5 && p->ev.letters[LID_LATIN] >= 25;
}

/* Labels a paragraph by itself. Program code gives no evidence for a language. */
static void look_at(struct text *t, struct paragraph *p)
{
    const char *s = t->text + p->offset;
    lid_evidence_add(t->model, s, p->length, &p->ev);
    p->script = lid_dominant(&p->ev);
    p->own = p->script < 0 ? TM_LANG_UND : TM_LANG_OTHER;
    if (p->script == LID_CYRILLIC || p->script == LID_LATIN) {
        p->logit = lid_logit(t->model, &p->ev, (enum lid_script)p->script);
        p->own = p->logit > 0 ? language_of(p->script) : TM_LANG_OTHER;
    }
    if (p->own == TM_LANG_EN && lid_is_code(s, p->length)) {
        p->script = -1;
        p->own = TM_LANG_UND;
        memset(&p->ev, 0, sizeof p->ev);
        t->code = true;
    }
    lid_evidence_sum(&t->total, &p->ev);
}

static bool is_sentence(const struct text *t, const struct paragraph *p)
{
    struct lid_shape shape = {0};
    if (p->script == LID_SCRIPTS)
        return p->ev.other >= 12;
    int32_t certain = p->script == LID_CYRILLIC ? CERTAIN_CYRILLIC : CERTAIN;
    if (p->script < 0 || (p->logit <= certain && p->logit >= -certain))
        return false;
    lid_shape_add(t->model, t->text + p->offset, p->length, (enum lid_script)p->script, &shape);
    if (p->script == LID_LATIN && p->own != TM_LANG_EN && !is_long(p, &shape))
        return false;
    return lid_shape_is_sentence(&shape, p->own == TM_LANG_EN);
}

/* Most texts are of one language, and then no paragraph needs a closer look. */
static bool is_uniform(const struct text *t)
{
    enum tm_lang lang = TM_LANG_UND;
    for (size_t i = 0; i < t->n; i++) {
        if (t->par[i].own == TM_LANG_UND)
            continue;
        if (lang != TM_LANG_UND && lang != t->par[i].own)
            return false;
        lang = t->par[i].own;
    }
    return true;
}

static void find_paragraphs(struct text *t, size_t n)
{
    const char *end = t->text + n;
    size_t k = 0;
    for (const char *p = t->text; p < end;) {
        const char *stop = line_end(p, end);
        if (is_visible(p, (size_t)(stop - p))) {
            struct paragraph *par = &t->par[k++];
            memset(par, 0, sizeof *par);
            par->offset = (size_t)(p - t->text);
            par->length = (size_t)(stop - p);
            look_at(t, par);
        }
        p = stop + (stop < end);
    }
}

/* Label by evidence with a prior logit, as the threshold has it. */
static enum tm_lang decide(const struct text *t, const struct lid_evidence *ev, int script,
                           int32_t prior)
{
    if (script < 0)
        return t->code ? TM_LANG_OTHER : TM_LANG_UND;
    if (script == LID_SCRIPTS)
        return TM_LANG_OTHER;
    int32_t logit = lid_logit(t->model, ev, (enum lid_script)script) + prior;
    return lid_probability(logit) >= t->threshold ? language_of(script) : TM_LANG_OTHER;
}

/* What the other paragraphs say about the letters of this one. */
static int32_t prior_of(const struct text *t, const struct paragraph *p)
{
    if (p->script < 0 || p->script == LID_SCRIPTS)
        return 0;
    struct lid_evidence rest = t->total;
    int k = p->script;
    rest.sum[k] -= p->ev.sum[k];
    rest.n[k] -= p->ev.n[k];
    if (rest.n[k] == 0)
        return 0;
    int32_t logit = lid_logit(t->model, &rest, (enum lid_script)k);
    return logit > PRIOR_LIMIT ? PRIOR_LIMIT : logit < -PRIOR_LIMIT ? -PRIOR_LIMIT : logit;
}

/* The language of the whole text: the script by votes, sentences first; names in Latin letters
 * are at home everywhere, those in Cyrillic letters are not. */
static int script_of_text(const struct text *t)
{
    uint64_t vote[LID_SCRIPTS + 1] = {0, 0, 0};
    for (size_t i = 0; i < t->n; i++) {
        const struct paragraph *p = &t->par[i];
        if (p->script < 0)
            continue;
        uint64_t letters = p->script == LID_SCRIPTS ? p->ev.other : p->ev.letters[p->script];
        vote[p->script] += letters * (p->sentence ? 12 : p->script == LID_LATIN ? 1 : 4);
    }
    if (vote[LID_CYRILLIC] + vote[LID_LATIN] + vote[LID_SCRIPTS] == 0)
        return -1;
    int best = vote[LID_CYRILLIC] >= vote[LID_LATIN] ? LID_CYRILLIC : LID_LATIN;
    return vote[LID_SCRIPTS] > vote[best] ? LID_SCRIPTS : best;
}

static int fit(const struct text *t, const struct paragraph *p, enum tm_lang lang)
{
    return 4 * (p->own == lang) + (t->lang == lang);
}

/* Paragraphs [from, to) lie between sentences labelled `before` and `after`: those up to the best
 * cut go with the former. A tie goes to the later cut: with what was said before. */
static void divide(struct text *t, size_t from, size_t to, enum tm_lang before, enum tm_lang after)
{
    int here = 0, best;
    for (size_t i = from; i < to; i++)
        here += fit(t, &t->par[i], after);
    size_t cut = from;
    best = here;
    for (size_t i = from; i < to; i++) {
        here += fit(t, &t->par[i], before) - fit(t, &t->par[i], after);
        if (here >= best) {
            best = here;
            cut = i + 1;
        }
    }
    for (size_t i = from; i < to; i++)
        t->par[i].lang = i < cut ? before : after;
}

/* A short sentence of the other script in a text that has little else of that script is an aside
 * (a motto, a quotation, a joke), and stays with its text. */
static void demote_asides(struct text *t, int script)
{
    if (script != LID_CYRILLIC && script != LID_LATIN)
        return;
    int foreign = script == LID_CYRILLIC ? LID_LATIN : LID_CYRILLIC;
    if ((uint64_t)t->total.letters[foreign] * ASIDE_SHARE >= t->total.letters[script])
        return;
    for (size_t i = 0; i < t->n; i++) {
        struct paragraph *p = &t->par[i];
        if (p->script == foreign && p->ev.words[foreign] < ASIDE_WORDS)
            p->sentence = false;
    }
}

static void label_paragraphs(struct text *t)
{
    size_t last = t->n; /* the sentence before, or n */
    bool uniform = is_uniform(t);
    for (size_t i = 0; i < t->n && !uniform; i++)
        t->par[i].sentence = is_sentence(t, &t->par[i]);
    int script = script_of_text(t);
    demote_asides(t, script);
    t->lang = decide(t, &t->total, script, 0);
    for (size_t i = 0; i < t->n; i++) {
        struct paragraph *p = &t->par[i];
        if (!p->sentence)
            continue;
        p->lang = decide(t, &p->ev, p->script, prior_of(t, p));
        if (last == t->n)
            divide(t, 0, i, p->lang, p->lang);
        else
            divide(t, last + 1, i, t->par[last].lang, p->lang);
        last = i;
    }
    enum tm_lang lang = last == t->n ? t->lang : t->par[last].lang;
    divide(t, last == t->n ? 0 : last + 1, t->n, lang, lang);
}

/* Probability that a run has its label, from its letters and those of the rest of the text. */
static uint16_t score_run(const struct text *t, const struct lid_evidence *ev, enum tm_lang lang)
{
    enum lid_script script = lang == TM_LANG_RU ? LID_CYRILLIC : LID_LATIN;
    if (lang == TM_LANG_UND)
        return 0;
    if (lang == TM_LANG_OTHER) {
        int k = lid_dominant(ev);
        if (k < 0 || k == LID_SCRIPTS)
            return lid_probability(7 * 256);
        return lid_probability(-lid_logit(t->model, ev, (enum lid_script)k));
    }
    return lid_probability(lid_logit(t->model, ev->n[script] != 0 ? ev : &t->total, script));
}

static size_t collect(const struct text *t, struct tm_segment *segs)
{
    size_t k = 0;
    for (size_t i = 0; i < t->n;) {
        struct lid_evidence ev = {0};
        const struct paragraph *first = &t->par[i], *p = first;
        while (i < t->n && t->par[i].lang == first->lang) {
            p = &t->par[i++];
            lid_evidence_sum(&ev, &p->ev);
        }
        segs[k].offset = first->offset;
        segs[k].length = p->offset + p->length - first->offset;
        segs[k].lang = first->lang;
        segs[k++].score = score_run(t, &ev, first->lang);
    }
    return k;
}

enum tm_status tm_lang_segment(const char *text, size_t n, uint16_t threshold,
                               struct tm_arena *arena, struct tm_segment **ret_segs, size_t *ret_n)
{
    struct text t = {.model = lid_model_get(), .text = text};
    t.threshold = threshold != 0 ? threshold : TM_LANG_THRESHOLD;
    t.n = count_lines(text, n);
    if (t.model == NULL)
        return TM_ERR_INTERNAL;
    if (t.n == 0) {
        *ret_segs = NULL;
        *ret_n = 0;
        return TM_OK;
    }
    t.par = tm_arena_alloc(arena, t.n * sizeof *t.par);
    if (t.par == NULL)
        return TM_ERR_NOMEM;
    find_paragraphs(&t, n);
    label_paragraphs(&t);
    struct tm_segment *segs = tm_arena_alloc(arena, t.n * sizeof *segs);
    if (segs == NULL)
        return TM_ERR_NOMEM;
    *ret_n = collect(&t, segs);
    *ret_segs = segs;
    return TM_OK;
}
