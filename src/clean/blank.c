/* SPDX-License-Identifier: Apache-2.0 */
/* The last rule: one blank between words, none at line ends, at most one empty line in a row. */
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

void rule_blank(struct cleaning *c)
{
    struct tm_str text = c->text;
    for (size_t at = 0; at < text.n; at++) {
        if (!is_white(text.p[at]))
            continue;
        size_t end = at + 1;
        while (end < text.n && is_white(text.p[end]))
            end++;
        bool inside = at > 0 && end < text.n;
        if (end - at > 1 || !inside || text.p[at] == '\t') {
            struct tm_str run = slice(text, at, end);
            struct tm_str want = folded(run, inside);
            if (want.n == 1 && run.n == 1 && want.p[0] != run.p[0])
                rewrite(c, TM_RULE_BLANK, at, end, want);
            else if (!tm_str_equal(run, want))
                cut_put(c, TM_RULE_BLANK, at, end, want);
        }
        at = end - 1;
    }
}
