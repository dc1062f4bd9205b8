/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Spans inside a line: a hidden Markov model over blank-separated tokens with the states ru, en
 * and other. Letters of one script exclude the language of the other script, so the model's
 * opinion matters only inside a script; a fixed cost for each change keeps it from flickering
 * (Viterbi 1967).
 */
#include "lid_score.h"
#include "span_words.h"

#include <string.h>

enum state { RU, EN, OTHER, STATES };

/* Costs of a change between two tokens, 1/256: between scripts, inside a script. Chosen on the dev
 * set, as is what a border makes cheaper or dearer: a full stop before it, a token that belongs to
 * what follows or to what precedes. */
#define CHANGE_COST 896
#define CHANGE_INSIDE 2048
#define AFTER_SENTENCE 256
#define LEANING 96
#define WRONG_SCRIPT (-2048)
#define LIMIT 1280 /* a single token convinces no more than this */

struct token {
    size_t offset;
    size_t length;
    uint8_t back[STATES];
    uint8_t state;
    bool letters;   /* has letters, those of links and handles aside */
    int16_t border; /* what a change in front of it costs more than others */
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
    size_t n;
    int32_t bonus[LID_SCRIPTS]; /* for the language of each script, 1/256 */
    enum state main;            /* of the script that has most letters */
    bool letters;               /* has any */
};

/* Letters of the line in each script are a prior for its single words. A line that mixes two
 * languages of one script says little, so the prior is small where it must be. Latin words in a
 * Russian line are English more often than not, whatever they look like alone. */
static void look_at(struct line *line)
{
    static const int32_t favour[LID_SCRIPTS] = {[LID_LATIN] = 640, [LID_CYRILLIC] = 128};
    struct lid_evidence ev = {0};
    lid_evidence_add(line->model, line->text, line->n, &ev);
    for (int k = 0; k < LID_SCRIPTS; k++) {
        int32_t x = lid_logit(line->model, &ev, (enum lid_script)k) / 4;
        line->bonus[k] = favour[k] + (x > 768 ? 768 : x < -512 ? -512 : x);
    }
    line->main = ev.letters[LID_CYRILLIC] >= ev.letters[LID_LATIN] ? RU : EN;
    line->letters = lid_dominant(&ev) >= 0;
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

/* Costs (as log probability, 1/256) of a token in each state. */
static void emit(const struct line *line, struct token *token, int32_t *ret)
{
    const char *text = line->text;
    struct lid_evidence ev = {0};
    lid_evidence_add(line->model, text + token->offset, token->length, &ev);
    int script = lid_dominant(&ev);
    token->letters = script >= 0;
    if (lid_word_is_neutral(text + token->offset, token->length))
        script = -1;
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

/* Fills in what a change in front of each token costs. */
static void find_borders(const struct line *line, struct token *token, size_t n)
{
    int before = 0;
    bool begins = true;
    for (size_t i = 0; i < n; i++) {
        size_t at = token[i].offset, length = token[i].length;
        int now = lid_word_leaning(line->text, line->n, at, length, begins);
        token[i].border = (int16_t)((begins ? -AFTER_SENTENCE : 0) + (before - now) * LEANING);
        begins = lid_word_ends_sentence(line->text + at, length) || (begins && now < 0);
        before = now > 0 ? now : 0;
    }
}

/* A change between Russian and English, or of Russian and another language in Latin letters, is
 * one of script and seen easily; inside a script it takes more. */
static int64_t change_cost(const struct token *token, int from, int to)
{
    return token->border + (from == OTHER || to == OTHER ? CHANGE_INSIDE : CHANGE_COST);
}

/* Fills the states of the most probable path. On a tie a change comes late, so that a token
 * without letters stays with what was before it. */
static void find_path(const struct line *line, struct token *token, size_t n)
{
    int64_t score[STATES] = {0, 0, 0}, next[STATES];
    for (size_t i = 0; i < n; i++) {
        int32_t gain[STATES];
        emit(line, &token[i], gain);
        for (int s = 0; s < STATES; s++) {
            int best = s;
            int64_t most = score[s];
            for (int r = 0; r < STATES && i != 0; r++) {
                int64_t x = score[r] - change_cost(&token[i], r, s);
                if (r != s && x >= most) {
                    best = r;
                    most = x;
                }
            }
            next[s] = most + gain[s];
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

/* Tokens [first, end) of one state; [word, word_end) without those at its ends that have no
 * letters, or empty. */
struct run {
    size_t first, word;
    size_t word_end, end;
};

static struct run run_at(const struct token *token, size_t n, size_t first)
{
    struct run r = {first, first, first, first};
    while (r.end < n && token[r.end].state == token[first].state)
        r.end++;
    while (r.word < r.end && !token[r.word].letters)
        r.word++;
    r.word_end = r.end;
    while (r.word_end > r.word && !token[r.word_end - 1].letters)
        r.word_end--;
    return r;
}

static bool is_dash(const struct line *line, const struct token *token)
{
    return lid_word_is_dash(line->text + token->offset, token->length);
}

static bool is_number(const struct line *line, const struct token *token)
{
    char c = line->text[token->offset];
    return c >= '0' && c <= '9';
}

static bool is_small(const struct line *line, const struct token *token)
{
    return lid_word_case(line->text, line->n, token->offset) < 0;
}

/* The state of the sentence that the words of a run are a phrase in, or -1. Such a phrase stands
 * between words of one language; or it is all there is beside one other run, and then its small
 * first letter and the small letter behind it (at the begin of the line), or its small first letter
 * and the sentence that was not ended before it (at the end), tell. */
static int sentence_around(const struct line *line, const struct token *token, size_t n,
                           const struct run *r)
{
    const struct token *before = &token[r->first == 0 ? 0 : r->first - 1], *after = &token[r->end];
    if (r->first != 0 && r->end != n)
        return before->state == after->state ? after->state : -1;
    if ((r->first == 0 && r->end == n) || !is_small(line, &token[r->word]))
        return -1;
    if (r->first == 0)
        return run_at(token, n, r->end).end == n && is_small(line, after) ? after->state : -1;
    bool ended = lid_word_ends_sentence(line->text + before->offset, before->length);
    bool alone = run_at(token, n, 0).end == r->first && before->state == line->main;
    return alone && !ended ? before->state : -1;
}

static void give(struct token *token, size_t from, size_t to, int state)
{
    for (size_t i = from; i < to; i++)
        token[i].state = (uint8_t)state;
}

/* Gives what has no letters at the ends of a phrase to the sentence around it: what a dash cuts
 * off, and at an end of the line all of it but for a number before a small letter. */
static void free_phrase(const struct line *line, struct token *token, size_t n, const struct run *r)
{
    int around = sentence_around(line, token, n, r);
    size_t left = r->word, right = r->word_end;
    bool begin = r->first == 0, end = r->end == n;
    if (around < 0)
        return;
    while (left > r->first &&
           (begin ? is_number(line, &token[left - 1]) : !is_dash(line, &token[left - 1])))
        left--;
    while (right < r->end && !end && !is_dash(line, &token[right]))
        right++;
    give(token, r->first, end ? r->first : left, around);
    give(token, begin ? r->end : right, r->end, around);
}

static void free_phrases(const struct line *line, struct token *token, size_t n)
{
    for (size_t i = 0; i < n;) {
        struct run r = run_at(token, n, i);
        if (r.word != r.word_end)
            free_phrase(line, token, n, &r);
        i = r.end;
    }
}

/* Marks that stand alone have the language that they were given to; only a line without letters has
 * none. */
static void score_span(const struct line *line, struct tm_segment *seg)
{
    struct tm_lang_result r;
    tm_lang_detect(line->text + seg->offset, seg->length, &r);
    if (r.lang == TM_LANG_UND && !line->letters)
        seg->lang = TM_LANG_UND;
    seg->score = r.lang == seg->lang ? r.score : 5000;
}

static size_t collect(const struct line *line, const struct token *token, size_t n,
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
        score_span(line, &segs[k++]);
    }
    return k;
}

enum tm_status tm_lang_spans(const char *text, size_t n, struct tm_arena *arena,
                             struct tm_segment **ret_segs, size_t *ret_n)
{
    struct line line = {.model = lid_model_get(), .text = text, .n = n};
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
    look_at(&line);
    find_borders(&line, token, k);
    find_path(&line, token, k);
    free_phrases(&line, token, k);
    *ret_n = collect(&line, token, k, segs);
    *ret_segs = segs;
    return TM_OK;
}
