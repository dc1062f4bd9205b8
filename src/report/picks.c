/* SPDX-License-Identifier: Apache-2.0 */
/* Records that are shown: the first of an order that depends on the record alone. */
#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"
#include "report/report.h"

bool tm_picks_init(struct tm_picks *picks, size_t most)
{
    *picks = (struct tm_picks){.list = calloc(most + 1, sizeof *picks->list), .most = most};
    return picks->list != NULL;
}

void tm_picks_finish(struct tm_picks *picks)
{
    for (size_t i = 0; i < picks->n; i++)
        free((void *)(uintptr_t)picks->list[i].id.p);
    free(picks->list);
}

static bool before(uint64_t value, uint64_t hash, const struct tm_pick *other)
{
    return value != other->value ? value > other->value : hash < other->hash;
}

bool tm_picks_wants(const struct tm_picks *picks, uint64_t value, uint64_t hash)
{
    return picks->n < picks->most ||
           (picks->most != 0 && before(value, hash, &picks->list[picks->n - 1]));
}

static struct tm_str put(char **to, struct tm_str text)
{
    struct tm_str copy = {text.p == NULL ? NULL : *to, text.n};
    if (text.n != 0)
        memcpy(*to, text.p, text.n);
    *to += text.n;
    return copy;
}

bool tm_picks_add(struct tm_picks *picks, const struct tm_pick *pick)
{
    struct tm_pick copy = *pick;
    char *bytes = malloc(pick->id.n + pick->channel.n + pick->date.n + pick->text.n + 1);
    if (bytes == NULL)
        return false;
    copy.id = put(&bytes, pick->id);
    copy.channel = put(&bytes, pick->channel);
    copy.date = put(&bytes, pick->date);
    copy.text = put(&bytes, pick->text);
    size_t at = picks->n;
    while (at > 0 && before(pick->value, pick->hash, &picks->list[at - 1]))
        at--;
    memmove(picks->list + at + 1, picks->list + at, (picks->n - at) * sizeof *picks->list);
    picks->list[at] = copy;
    if (picks->n < picks->most)
        picks->n++;
    else
        free((void *)(uintptr_t)picks->list[picks->n].id.p);
    return true;
}

struct tm_str tm_report_cut(struct tm_str text, size_t most)
{
    if (text.n > most) {
        text.n = most;
        while (text.n > 0 && ((unsigned char)text.p[text.n] & 0xC0) == 0x80)
            text.n--;
    }
    return text;
}
