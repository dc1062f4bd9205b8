/* SPDX-License-Identifier: Apache-2.0 */
/* What a copy out of a client adds around and over a post: the header of a forward, and the body a
 * second time. */
#include "clean/cleaning.h"

void rule_forward_header(struct cleaning *c)
{
    static const struct tm_str headers[] = {TM_STR_INIT("Forwarded from "), TM_STR_INIT("Переслано от ")};
    struct line line = line_at(c->text, 0);
    struct tm_str head = slice(c->text, line.start, line.end);
    for (size_t i = 0; i < sizeof headers / sizeof *headers; i++) {
        if (!tm_str_starts(head, headers[i]))
            continue;
        struct tm_str from = tm_str_trim(slice(head, headers[i].n, head.n));
        /* A dump with dates keeps the header apart: there the line may be a sentence. */
        bool sentence = from.n != 0 && strchr(".:;,!?", from.p[from.n - 1]) != NULL;
        if (from.n == 0 || (sentence && c->doc->date != TM_UNKNOWN))
            continue;
        if (c->doc->forwarded_from.p == NULL) {
            c->doc->forwarded_from = tm_arena_copy(c->arena, from);
            c->failed |= c->doc->forwarded_from.p == NULL;
        }
        cut_line(c, TM_RULE_FORWARD_HEADER, line);
        return;
    }
}

/* Whether the bytes of `text` after position `head` are the same run of lines twice over; its
 * length then. The two copies are parted by one line feed. */
static size_t doubled(struct tm_str text, size_t head)
{
    size_t n = text.n - head;
    if (n < 3 || n % 2 == 0)
        return 0;
    size_t half = n / 2;
    const char *p = text.p + head;
    return p[half] == '\n' && memcmp(p, p + half + 1, half) == 0 ? half : 0;
}

/* Elsewhere than in a copy, a shorter body may be repeated on purpose: a refrain, a dialogue. */
#define LEAST_BODY 200

/* X Y Y, where X is one line, or Y Y: the second Y goes. It has to be the whole post, byte for
 * byte, or true repetitions would suffer: of 11,135 real posts this touches one. Placeholder lines
 * before X are looked over, since in a copy they stand between header and title. */
void rule_repeat(struct cleaning *c)
{
    struct tm_str text = c->text;
    while (text.n != 0 && text.p[text.n - 1] == '\n')
        text.n--;
    size_t start = 0;
    for (int skipped = 0; skipped < 4; skipped++) {
        size_t half = doubled(text, start);
        struct line title = line_at(text, start);
        size_t body = start;
        if (half == 0 && title.next < text.n) {
            half = doubled(text, title.next);
            body = title.next;
        }
        bool copied = c->doc->date == TM_UNKNOWN && c->doc->forwarded_from.p != NULL;
        if (half != 0 && (copied || half >= LEAST_BODY)) {
            cut(c, TM_RULE_REPEAT, body + half, text.n);
            return;
        }
        size_t next = placeholder_end(text, start);
        if (next == start)
            return;
        start = next;
    }
}
