/* SPDX-License-Identifier: Apache-2.0 */
/* The last rule: one blank between words, none at line ends, at most one empty line in a row. */
#ifdef __SSE2__
#include <emmintrin.h>
#endif

#include "clean/cleaning.h"

static bool is_white(char byte)
{
    return byte == ' ' || byte == '\t' || byte == '\n';
}

/* What a run of white space becomes. */
static struct tm_str folded(struct tm_str run, bool inside)
{
    size_t feeds = 0;
    for (size_t i = 0; i < run.n; i++)
        feeds += run.p[i] == '\n';
    if (!inside)
        return TM_STR("");
    return feeds == 0 ? TM_STR(" ") : feeds == 1 ? TM_STR("\n") : TM_STR("\n\n");
}

/* First position from `at` of a tab, or of white space that more white space follows. */
static size_t next_run(struct tm_str text, size_t at)
{
#ifdef __SSE2__
    for (; at + 17 <= text.n; at += 16) {
        __m128i v = _mm_loadu_si128((const void *)(text.p + at));
        __m128i next = _mm_loadu_si128((const void *)(text.p + at + 1));
        __m128i tab = _mm_cmpeq_epi8(v, _mm_set1_epi8('\t'));
        __m128i white = _mm_or_si128(tab, _mm_or_si128(_mm_cmpeq_epi8(v, _mm_set1_epi8(' ')),
                                                       _mm_cmpeq_epi8(v, _mm_set1_epi8('\n'))));
        __m128i more = _mm_or_si128(_mm_cmpeq_epi8(next, _mm_set1_epi8(' ')),
                                    _mm_or_si128(_mm_cmpeq_epi8(next, _mm_set1_epi8('\n')),
                                                 _mm_cmpeq_epi8(next, _mm_set1_epi8('\t'))));
        int mask = _mm_movemask_epi8(_mm_or_si128(tab, _mm_and_si128(white, more)));
        if (mask != 0)
            return at + (size_t)__builtin_ctz((unsigned)mask);
    }
#endif
    for (; at < text.n; at++)
        if (text.p[at] == '\t' ||
            (is_white(text.p[at]) && at + 1 < text.n && is_white(text.p[at + 1])))
            return at;
    return text.n;
}

static void fold_run(struct cleaning *c, size_t at, size_t end)
{
    struct tm_str run = slice(c->text, at, end);
    struct tm_str want = folded(run, at > 0 && end < c->text.n);
    if (want.n == 1 && run.n == 1 && want.p[0] != run.p[0])
        rewrite(c, TM_RULE_BLANK, at, end, want);
    else if (!tm_str_equal(run, want))
        cut_put(c, TM_RULE_BLANK, at, end, want);
}

void rule_blank(struct cleaning *c)
{
    struct tm_str text = c->text;
    if (text.n == 0)
        return;
    size_t at = is_white(text.p[0]) ? 0 : next_run(text, 0);
    while (at < text.n) {
        size_t end = at + 1;
        while (end < text.n && is_white(text.p[end]))
            end++;
        fold_run(c, at, end);
        at = next_run(text, end);
    }
    if (text.n > 1 && is_white(text.p[text.n - 1]) && !is_white(text.p[text.n - 2]) &&
        text.p[text.n - 1] != '\t')
        fold_run(c, text.n - 1, text.n);
}
