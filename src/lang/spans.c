/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Spans inside a line: a hidden Markov model over its words with the states ru, en and other, and
 * two more for a phrase of the one inside a sentence of the other. Letters of one script exclude
 * the language of the other script, so the model's opinion matters only inside a script; what a
 * change costs keeps it from flickering (Viterbi 1967). Words without letters of their own have no
 * state: a change between two words cuts what stands between them where it is cheapest.
 */
#include "span_cuts.h"

#include <string.h>

/* Costs, 1/256, chosen on the dev set: of a change to or from another language, beside that of its
 * place; of a word in the wrong script. */
#define OTHER_COST 1152
#define WRONG_SCRIPT (-2048)
#define LIMIT 1280 /* a single word convinces no more than this */
#define NEVER (INT64_MIN / 4)

/* A line, and what it says as a whole. */
struct line {
    const struct lid_model *model;
    const char *text;
    size_t n;
    struct lid_word *word;
    size_t n_words;
    size_t *at; /* the words with letters */
    size_t m;
    bool may[LID_STATES];        /* which states they can be in */
    bool letters;                /* it has letters, those of links and handles aside */
    int32_t bonus[LID_SCRIPTS];  /* for the language of each script, 1/256 */
    int main;                    /* state of the script that has most letters */
    uint8_t (*back)[LID_STATES]; /* of each of them: the state before the best way to a state */
    uint8_t *state;              /* of each word */
};

static const enum tm_lang state_lang[LID_STATES] = {TM_LANG_RU, TM_LANG_EN, TM_LANG_OTHER,
                                                    TM_LANG_EN, TM_LANG_RU};

static bool is_phrase(int state)
{
    return state >= LID_EN_PHRASE;
}

/* What a phrase stands in. */
static int around(int phrase)
{
    return phrase == LID_EN_PHRASE ? LID_RU : LID_EN;
}

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
    line->main = ev.letters[LID_CYRILLIC] >= ev.letters[LID_LATIN] ? LID_RU : LID_EN;
    line->letters = lid_dominant(&ev) >= 0;
}

static void find_letters(struct line *line)
{
    bool seen[LID_SCRIPTS + 1] = {false};
    for (size_t i = 0; i < line->n_words; i++)
        if (lid_has_letters(&line->word[i])) {
            line->at[line->m++] = i;
            seen[line->word[i].script] = true;
        }
    bool mixed = seen[LID_LATIN] && seen[LID_CYRILLIC];
    line->may[LID_RU] = seen[LID_CYRILLIC];
    line->may[LID_EN] = seen[LID_LATIN];
    line->may[LID_OTHER] = true;
    line->may[LID_EN_PHRASE] = line->may[LID_RU_PHRASE] = mixed;
}

/* Log probability, 1/256, of a word with letters in each state. A Latin word may be a name in
 * a Russian sentence: one costs less than a phrase that begins and ends. */
static void emit(const struct line *line, const struct lid_word *word, int64_t *ret)
{
    for (int s = 0; s < LID_STATES; s++)
        ret[s] = s == LID_OTHER ? 0 : WRONG_SCRIPT;
    if (word->script == LID_SCRIPTS)
        return;
    int64_t own = word->logit + line->bonus[word->script];
    own = (own > LIMIT ? LIMIT : own < -LIMIT ? -LIMIT : own) / 2;
    ret[LID_OTHER] = -own;
    ret[word->script == LID_CYRILLIC ? LID_RU : LID_EN] = own;
    ret[word->script == LID_CYRILLIC ? LID_RU_PHRASE : LID_EN_PHRASE] = own;
    if (word->script == LID_LATIN)
        ret[LID_RU] = own - lid_name_cost(word);
}

/* What it costs that word[from..to), without letters, stand in one state. Another language is taken
 * for that of the line's script, so that what has no letters does not tell the two apart. */
static int64_t stay(const struct line *line, int state, size_t from, size_t to)
{
    int as = state == LID_OTHER ? line->main : state;
    return state_lang[as] == TM_LANG_EN ? lid_lean(line->word, from, to) : 0;
}

/* The change of state between the words at[k - 1] and at[k]: its cost, and the word that it stands
 * in front of. */
static int64_t change(const struct line *line, size_t k, int from, int to, size_t *ret_cut)
{
    int c = lid_change_between((enum lid_state)from, (enum lid_state)to);
    bool other = from == LID_OTHER || to == LID_OTHER;
    return (other ? OTHER_COST : 0) + lid_cut(line->word, (enum lid_change)c, LID_INSIDE,
                                              line->at[k - 1] + 1, line->at[k], ret_cut);
}

/* The first word is part of a phrase only when a word without letters precedes it, which is of the
 * sentence; and only of an English one. */
static int64_t begin_cost(const struct line *line, int state, size_t *ret_cut)
{
    *ret_cut = 0;
    if (!is_phrase(state))
        return stay(line, state, 0, line->at[0]);
    if (state != LID_EN_PHRASE || line->at[0] == 0)
        return -NEVER;
    return lid_cut(line->word, LID_INTO_EN, LID_AT_BEGIN, 0, line->at[0], ret_cut);
}

/* As little is the last one, unless a word without letters follows. */
static int64_t end_cost(const struct line *line, int state, size_t *ret_cut)
{
    size_t first = line->at[line->m - 1] + 1;
    *ret_cut = line->n_words;
    if (!is_phrase(state))
        return stay(line, state, first, line->n_words);
    if (state != LID_EN_PHRASE || first == line->n_words)
        return -NEVER;
    return lid_cut(line->word, LID_FROM_EN, LID_AT_END, first, line->n_words, ret_cut);
}

/* The best way to state s of word at[k]: where it comes from, and its score. */
static int64_t step_to(const struct line *line, size_t k, int s, const int64_t *score)
{
    int64_t best = score[s] - stay(line, s, line->at[k - 1] + 1, line->at[k]);
    size_t cut;
    line->back[k][s] = (uint8_t)s;
    for (int r = 0; r < LID_STATES; r++) {
        if (!line->may[r] || lid_change_between((enum lid_state)r, (enum lid_state)s) < 0)
            continue;
        int64_t x = score[r] - change(line, k, r, s, &cut);
        if (x > best) {
            line->back[k][s] = (uint8_t)r;
            best = x;
        }
    }
    return best;
}

/* Goes over the words with letters; returns the state of the last one on the most probable path. */
static int find_path(const struct line *line)
{
    int64_t score[LID_STATES], next[LID_STATES], gain[LID_STATES];
    size_t cut;
    int best = -1;
    emit(line, &line->word[line->at[0]], gain);
    for (int s = 0; s < LID_STATES; s++)
        score[s] = line->may[s] ? gain[s] - begin_cost(line, s, &cut) : NEVER;
    for (size_t k = 1; k < line->m; k++) {
        emit(line, &line->word[line->at[k]], gain);
        for (int s = 0; s < LID_STATES; s++)
            next[s] = line->may[s] ? step_to(line, k, s, score) + gain[s] : NEVER;
        memcpy(score, next, sizeof score);
    }
    for (int s = 0; s < LID_STATES; s++) {
        if (!line->may[s])
            continue;
        score[s] -= end_cost(line, s, &cut);
        best = best < 0 || score[s] > score[best] ? s : best;
    }
    return best;
}

static void give(const struct line *line, size_t from, size_t to, int state)
{
    memset(line->state + from, state, to - from);
}

/* Goes back along the path that ends in `state` and gives each word its state. */
static void mark_path(const struct line *line, int state)
{
    size_t cut, end;
    end_cost(line, state, &end);
    give(line, end, line->n_words, is_phrase(state) ? around(state) : state);
    for (size_t k = line->m; k-- > 1;) {
        int before = line->back[k][state];
        if (before == state)
            continue;
        change(line, k, before, state, &cut);
        give(line, cut, end, state);
        end = cut;
        state = before;
    }
    begin_cost(line, state, &cut);
    give(line, cut, end, state);
    give(line, 0, cut, is_phrase(state) ? around(state) : state);
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

static size_t collect(const struct line *line, struct tm_segment *segs)
{
    size_t k = 0;
    for (size_t i = 0; i < line->n_words;) {
        const struct lid_word *first = &line->word[i];
        enum tm_lang lang = state_lang[line->state[i]];
        while (i < line->n_words && state_lang[line->state[i]] == lang)
            i++;
        segs[k].offset = first->offset;
        segs[k].length = line->word[i - 1].offset + line->word[i - 1].length - first->offset;
        segs[k].lang = lang;
        score_span(line, &segs[k++]);
    }
    return k;
}

static bool get_room(struct line *line, struct tm_arena *arena, struct tm_segment **ret_segs)
{
    line->word = tm_arena_alloc(arena, line->n_words * sizeof *line->word);
    line->at = tm_arena_alloc(arena, line->n_words * sizeof *line->at);
    line->back = tm_arena_alloc(arena, line->n_words * sizeof *line->back);
    line->state = tm_arena_alloc(arena, line->n_words);
    *ret_segs = tm_arena_alloc(arena, line->n_words * sizeof **ret_segs);
    return line->word != NULL && line->at != NULL && line->back != NULL && line->state != NULL &&
           *ret_segs != NULL;
}

enum tm_status tm_lang_spans(const char *text, size_t n, struct tm_arena *arena,
                             struct tm_segment **ret_segs, size_t *ret_n)
{
    struct line line = {.model = lid_model_get(), .text = text, .n = n};
    struct tm_segment *segs = NULL;
    if (line.model == NULL)
        return TM_ERR_INTERNAL;
    line.n_words = lid_words_read(line.model, text, n, NULL);
    if (line.n_words == 0) {
        *ret_segs = NULL;
        *ret_n = 0;
        return TM_OK;
    }
    if (!get_room(&line, arena, &segs))
        return TM_ERR_NOMEM;
    lid_words_read(line.model, text, n, line.word);
    look_at(&line);
    find_letters(&line);
    if (line.m == 0)
        give(&line, 0, line.n_words, line.main);
    else
        mark_path(&line, find_path(&line));
    *ret_n = collect(&line, segs);
    *ret_segs = segs;
    return TM_OK;
}
