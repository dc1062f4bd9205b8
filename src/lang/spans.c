/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Spans inside a line: a hidden Markov model over blank-separated tokens with the states ru, en
 * and other. Letters of one script exclude the language of the other script, so the model's
 * opinion matters only inside a script; a fixed cost for each change keeps it from flickering
 * (Viterbi 1967).
 */
#include "lid_score.h"

#include <string.h>

enum state { RU, EN, OTHER, STATES };

#define CHANGE_COST 1024   /* e^-4, 1/256 */
#define AFTER_SENTENCE 256 /* what a change costs less behind a full stop */
#define WRONG_SCRIPT (-2048)
#define LIMIT 1536 /* a single token convinces no more than this */

struct token {
    size_t offset;
    size_t length;
    uint8_t back[STATES];
    uint8_t state;
};

static const enum tm_lang state_lang[STATES] = {TM_LANG_RU, TM_LANG_EN, TM_LANG_OTHER};

static bool is_blank(char c)
{
    return (unsigned char)c <= ' ';
}

/* What the line as a whole says. */
struct line {
    const struct lid_model *model;
    const char *text;
    int32_t bonus[LID_SCRIPTS]; /* for the language of each script, 1/256 */
};

/* Letters of the line in each script are a prior for its single words. A line that mixes two
 * languages of one script says little, so the prior is small where it must be. */
static void look_at(struct line *line, size_t n)
{
    struct lid_evidence ev = {0};
    lid_evidence_add(line->model, line->text, n, &ev);
    for (int k = 0; k < LID_SCRIPTS; k++) {
        int32_t x = lid_logit(line->model, &ev, (enum lid_script)k) / 4;
        line->bonus[k] = 512 + (x > 768 ? 768 : x < -512 ? -512 : x);
    }
}

/* Counts the tokens, and writes them when `ret` is not NULL. */
static size_t tokenize(const char *text, size_t n, struct token *ret)
{
    size_t k = 0;
    for (size_t i = 0; i < n;) {
        while (i < n && is_blank(text[i]))
            i++;
        size_t first = i;
        while (i < n && !is_blank(text[i]))
            i++;
        if (i > first && ret != NULL) {
            memset(&ret[k], 0, sizeof ret[k]);
            ret[k].offset = first;
            ret[k].length = i - first;
        }
        k += i > first;
    }
    return k;
}

/* "XIX", "IV", "I": a numeral of the language around it (and the English pronoun). */
static bool is_roman(const char *s, size_t n)
{
    size_t k = 0;
    for (size_t i = 0; i < n; i++) {
        bool letter = (s[i] >= 'A' && s[i] <= 'Z') || (s[i] >= 'a' && s[i] <= 'z') ||
                      (unsigned char)s[i] >= 0xc0;
        if (letter && (s[i] == '\0' || strchr("IVXL", s[i]) == NULL))
            return false;
        k += letter;
    }
    return k != 0;
}

/* Costs (as log probability, 1/256) of a token in each state. */
static void emit(const struct line *line, struct token *token, int32_t *ret)
{
    const char *text = line->text;
    struct lid_evidence ev = {0};
    lid_evidence_add(line->model, text + token->offset, token->length, &ev);
    int script = is_roman(text + token->offset, token->length) ? -1 : lid_dominant(&ev);
    ret[RU] = ret[EN] = ret[OTHER] = 0;
    if (script < 0) {
        if (token->length == 1 && text[token->offset] == 'I')
            ret[EN] = 64;
        return;
    }
    ret[RU] = ret[EN] = WRONG_SCRIPT;
    if (script == LID_SCRIPTS)
        return;
    int32_t x = lid_logit(line->model, &ev, (enum lid_script)script) + line->bonus[script];
    x = x > LIMIT ? LIMIT : x < -LIMIT ? -LIMIT : x;
    ret[script == LID_CYRILLIC ? RU : EN] = x / 2;
    ret[OTHER] = -x / 2;
}

/* Whether a token ends a sentence: a terminator, quotes and brackets behind it allowed. */
static bool ends_sentence(const char *text, const struct token *token)
{
    const char *p = text + token->offset;
    size_t n = token->length;
    while (n != 0 && strchr("\"')]", p[n - 1]) != NULL && p[n - 1] != '\0')
        n--;
    if (n >= 2 && memcmp(p + n - 2, "\xc2\xbb", 2) == 0)
        n -= 2;
    if (n >= 3 && memcmp(p + n - 3, "\xe2\x80\xa6", 3) == 0)
        return true;
    return n != 0 && (p[n - 1] == '.' || p[n - 1] == '!' || p[n - 1] == '?');
}

/* Fills the states of the most probable path. On a tie a change comes late, so that a token
 * without letters stays with what was before it. */
static void find_path(const struct line *line, struct token *token, size_t n)
{
    int64_t score[STATES] = {0, 0, 0}, next[STATES];
    for (size_t i = 0; i < n; i++) {
        int32_t gain[STATES];
        bool border = i != 0 && ends_sentence(line->text, &token[i - 1]);
        int64_t cost = CHANGE_COST - (border ? AFTER_SENTENCE : 0);
        emit(line, &token[i], gain);
        for (int s = 0; s < STATES; s++) {
            int best = s;
            for (int r = 0; r < STATES && i != 0; r++)
                if (r != s && score[r] - cost >= score[best] - (best != s) * cost)
                    best = r;
            next[s] = score[best] - (best != s) * cost + gain[s];
            token[i].back[s] = (uint8_t)best;
        }
        memcpy(score, next, sizeof score);
    }
    int state = score[RU] >= score[EN] ? RU : EN;
    state = score[OTHER] > score[state] ? OTHER : state;
    for (size_t i = n; i-- > 0;) {
        token[i].state = (uint8_t)state;
        state = token[i].back[state];
    }
}

static void score_span(const char *text, struct tm_segment *seg)
{
    struct tm_lang_result r;
    tm_lang_detect(text + seg->offset, seg->length, &r);
    if (r.lang == TM_LANG_UND)
        seg->lang = TM_LANG_UND;
    seg->score = r.lang == seg->lang ? r.score : 5000;
}

static size_t collect(const char *text, const struct token *token, size_t n,
                      struct tm_segment *segs)
{
    size_t k = 0;
    for (size_t i = 0; i < n;) {
        size_t first = i;
        while (i < n && token[i].state == token[first].state)
            i++;
        segs[k].offset = token[first].offset;
        segs[k].length = token[i - 1].offset + token[i - 1].length - token[first].offset;
        segs[k].lang = state_lang[token[first].state];
        score_span(text, &segs[k++]);
    }
    return k;
}

enum tm_status tm_lang_spans(const char *text, size_t n, struct tm_arena *arena,
                             struct tm_segment **ret_segs, size_t *ret_n)
{
    struct line line = {.model = lid_model_get(), .text = text};
    size_t k = tokenize(text, n, NULL);
    if (line.model == NULL)
        return TM_ERR_INTERNAL;
    if (k == 0) {
        *ret_segs = NULL;
        *ret_n = 0;
        return TM_OK;
    }
    struct token *token = tm_arena_alloc(arena, k * sizeof *token);
    struct tm_segment *segs = tm_arena_alloc(arena, k * sizeof *segs);
    if (token == NULL || segs == NULL)
        return TM_ERR_NOMEM;
    tokenize(text, n, token);
    look_at(&line, n);
    find_path(&line, token, k);
    *ret_n = collect(text, token, k, segs);
    *ret_segs = segs;
    return TM_OK;
}
