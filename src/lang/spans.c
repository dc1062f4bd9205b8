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

static bool is_letter_byte(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (unsigned char)c >= 0xc3;
}

/* "XIX", "IV", "I": a numeral of the language around it (and the English pronoun). */
static bool is_roman(const char *s, size_t n)
{
    size_t k = 0;
    for (size_t i = 0; i < n; i++) {
        bool letter = is_letter_byte(s[i]);
        if (letter && (s[i] == '\0' || strchr("IVXL", s[i]) == NULL))
            return false;
        k += letter;
    }
    return k != 0;
}

/* Words that say nothing of the language around them: numerals, "RT", a Latin letter alone that may
 * be a Cyrillic one. */
static bool is_neutral(const char *s, size_t n)
{
    bool letter = n == 1 && s[0] != '\0' && strchr("ABCEHKMOPTXceopxy", s[0]) != NULL;
    return letter || (n == 2 && memcmp(s, "RT", 2) == 0) || is_roman(s, n);
}

/* Costs (as log probability, 1/256) of a token in each state. */
static void emit(const struct line *line, struct token *token, int32_t *ret)
{
    const char *text = line->text;
    struct lid_evidence ev = {0};
    lid_evidence_add(line->model, text + token->offset, token->length, &ev);
    int script = is_neutral(text + token->offset, token->length) ? -1 : lid_dominant(&ev);
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

static bool is_dash(const char *s, size_t n)
{
    size_t i = 0;
    while (i < n && (s[i] == '-' || (unsigned char)s[i] == 0xe2 || (unsigned char)s[i] == 0x80 ||
                     ((unsigned char)s[i] >= 0x90 && (unsigned char)s[i] <= 0x95)))
        i++;
    return i == n;
}

/* What begins the next word behind text[at]: -1 for a small letter, 1 for a capital, 0 else. */
static int case_after(const struct line *line, size_t at)
{
    size_t n = line->n;
    while (at < n && is_blank(line->text[at]))
        at++;
    if (at + 1 >= n)
        return 0;
    unsigned char a = (unsigned char)line->text[at], b = (unsigned char)line->text[at + 1];
    bool small = (a >= 'a' && a <= 'z') || (a == 0xd0 && b >= 0xb0) || a == 0xd1;
    return small ? -1 : (a >= 'A' && a <= 'Z') || a == 0xd0;
}

/* Emoji but faces, which comment on what was said, and bullets. */
static bool is_picture(const char *s, size_t n)
{
    const unsigned char *p = (const unsigned char *)s;
    if (n < 3 || (p[0] != 0xf0 && p[0] != 0xe2))
        return false;
    bool face = n >= 4 && p[1] == 0x9f && (p[2] == 0x98 || (p[2] == 0x99 && p[3] < 0x90) || p[2] == 0xa4);
    return !face && (p[0] == 0xf0 || p[1] >= 0x96);
}

/* Which neighbour a token without letters of its own goes with: 1 for the next one, -1 for the one
 * before it (a smiley, a mark), 0 for what it is. With `begins` it stands behind a full stop. */
static int leaning(const struct line *line, const struct token *token, bool begins)
{
    const char *s = line->text + token->offset;
    size_t n = token->length;
    if (s[0] == '@' || (n == 1 && s[0] == 'A') || (n == 2 && memcmp(s, "RT", 2) == 0))
        return 1;
    for (size_t i = 0; i < n; i++)
        if (is_letter_byte(s[i]) && (unsigned char)s[i] < 0xe2)
            return 0;
    int next = case_after(line, token->offset + n);
    if (is_dash(s, n))
        return begins || next > 0 ? 1 : -1;
    if ((s[0] >= '0' && s[0] <= '9') || ((s[0] == '$' || s[0] == '+') && n > 1))
        return begins || next < 0 ? 1 : -1;
    return begins && (s[0] == '*' || is_picture(s, n)) ? 1 : -1;
}

/* Fills in what a change in front of each token costs. */
static void find_borders(const struct line *line, struct token *token, size_t n)
{
    int before = 0;
    bool begins = true;
    for (size_t i = 0; i < n; i++) {
        int now = leaning(line, &token[i], begins);
        token[i].border = (int16_t)((begins ? -AFTER_SENTENCE : 0) + (before - now) * LEANING);
        begins = ends_sentence(line->text, &token[i]) || (begins && now < 0);
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
    *ret_n = collect(text, token, k, segs);
    *ret_segs = segs;
    return TM_OK;
}
