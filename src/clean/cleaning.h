/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cleaning.h - what the rules share: the text under way, its lines, and the one way to change it.
 *
 * A rule is a function `void rule(struct cleaning *c)`: it looks at c->text and either leaves it
 * alone or opens an edit, cuts and replaces spans from left to right, and closes it. What it does
 * not name is kept. All positions are byte offsets in the text as the rule found it.
 */
#ifndef TM_CLEAN_CLEANING_H
#define TM_CLEAN_CLEANING_H

#include <tolmach/clean.h>

#include "base/buf.h"
#include "base/str.h"
#include "base/utf8.h"

/* Bytes that stand in a text: rules without their trigger are skipped. */
enum trigger {
    HAS_CR = 1u << 0,
    HAS_LF = 1u << 1,
    HAS_CONTROL = 1u << 2,      /* other C0 and DEL */
    HAS_AT = 1u << 3,
    HAS_HASH = 1u << 4,
    HAS_MARKS = 1u << 6,        /* * _ ~ ` [ */
    HAS_DIGIT = 1u << 7,
    HAS_C2 = 1u << 8,           /* NBSP, soft hyphen, C1, © ® */
    HAS_COMBINING = 1u << 9,    /* lead bytes CC and CD */
    HAS_E2 = 1u << 10,          /* punctuation, symbols */
    HAS_WIDE = 1u << 11,        /* other lead bytes from CC to EF but Cyrillic */
    HAS_FOUR = 1u << 12,        /* lead bytes from F0 */
    HAS_BLANK = 1u << 13,       /* space, tab */
    HAS_DOT = 1u << 14,
    HAS_CYRILLIC = 1u << 15,    /* lead bytes D0 and D1, and C3 of Latin letters with marks */
    HAS_SLASH = 1u << 16,
};

struct cleaning {
    const struct tm_cleaner *cleaner;
    struct tm_doc *doc;
    struct tm_arena *arena;
    struct tm_str text;         /* in the arena's raw text, or in one of the two buffers */
    unsigned triggers;
    uint8_t pass;
    bool failed;                /* memory was short */
    bool given_urls;            /* the reader found links with a text of their own */
    unsigned footers;           /* footer lines that this document has lost, in all rounds */
    struct tm_buf out[2];
    unsigned next_out;
    struct tm_edit *edits;      /* of all passes; owned, grows */
    size_t n_edits;
    size_t edits_capacity;
    /* the edit under way */
    size_t kept;                /* text up to here is in the output, or cut */
    size_t pass_start;          /* index in edits of the first one of this pass */
    bool editing;
};

struct tm_cleaner {
    struct tm_clean_options options;
    const struct tm_learnt *learnt;
    tm_trace_fn *trace;         /* or NULL */
    void *trace_user;
};

/* Cuts [from, to); or cuts it and puts a few bytes in its place; or writes it otherwise. Spans come
 * from left to right. */
void cut(struct cleaning *c, enum tm_rule rule, size_t from, size_t to);
void cut_put(struct cleaning *c, enum tm_rule rule, size_t from, size_t to, struct tm_str text);
void rewrite(struct cleaning *c, enum tm_rule rule, size_t from, size_t to, struct tm_str text);

/* Closes the pass of a rule: what was edited becomes the text. Without edits it does nothing. */
void end_pass(struct cleaning *c);

/* The line that begins at `start`: its end without the line feed, and the start of the next one (n
 * after the last). */
struct line {
    size_t start;
    size_t end;
    size_t next;
};

static inline struct line line_at(struct tm_str text, size_t start)
{
    const char *feed = start < text.n ? memchr(text.p + start, '\n', text.n - start) : NULL;
    size_t end = feed == NULL ? text.n : (size_t)(feed - text.p);
    return (struct line){start, end, feed == NULL ? text.n : end + 1};
}

/* The line that ends at `end` (exclusive, where a line feed or the end of the text stands). */
static inline struct line line_before(struct tm_str text, size_t end)
{
    const char *feed = end == 0 ? NULL : memrchr(text.p, '\n', end);
    size_t start = feed == NULL ? 0 : (size_t)(feed - text.p) + 1;
    return (struct line){start, end, end < text.n ? end + 1 : end};
}

static inline struct tm_str slice(struct tm_str text, size_t from, size_t to)
{
    return (struct tm_str){text.p + from, to - from};
}

/* First position from `at` of a byte that is neither printable ASCII, blank, tab or line feed, nor
 * part of a Russian letter (D0, D1, continuation bytes): where rules for rare characters look. */
size_t next_rare(struct tm_str text, size_t at);

/* Cuts a whole line with one of the line feeds around it. */
void cut_line(struct cleaning *c, enum tm_rule rule, struct line line);

/* Space, tab, NBSP and the like, zero-width characters included; not the line feed. */
bool is_blank(uint32_t cp);
/* First position from `at` that is not blank, at most `end`; last such end, at least `start`. */
size_t skip_blanks(struct tm_str text, size_t at, size_t end);
size_t back_blanks(struct tm_str text, size_t end, size_t start);

/* Length of the emoji that begins at `at` with all its modifiers and joined parts; 0 if none does.
 * What kind it is goes to *ret_rule: KEYCAP, FLAG or EMOJI. */
size_t emoji_length(struct tm_str text, size_t at, enum tm_rule *ret_rule);

/* End (with its line feed) of the line at `start` if it is a client's placeholder; else `start`. */
size_t placeholder_end(struct tm_str text, size_t start);

/* Whether a text carries Telethon's marks: a link, or bold marks in pairs. */
bool looks_like_markdown(struct tm_str text);

/* Remembers a link or a hashtag with the document. */
void note_url(struct cleaning *c, struct tm_str url);
void note_hashtag(struct cleaning *c, struct tm_str tag);
/* All links and hashtags of a line that is about to go. */
void note_line(struct cleaning *c, struct line line);

/* Length of the link, the handle, or the hashtag that begins at `at`; 0 if none does. A link is
 * http(s)://…, tg://…, www.…, or t.me/… and other bare domains with a path. */
size_t url_length(struct tm_str text, size_t at);
/* The next link that begins at or after `from`; false if there is none. */
bool next_url(struct tm_str text, size_t from, size_t *ret_start, size_t *ret_length);
size_t handle_length(struct tm_str text, size_t at);
size_t hashtag_length(struct tm_str text, size_t at);

/* The rules, in the order in which they run; one file per family. */
void rule_mojibake(struct cleaning *c);
void rule_newline(struct cleaning *c);
void rule_forward_header(struct cleaning *c);
void rule_repeat(struct cleaning *c);
void rule_placeholder(struct cleaning *c);
void rule_tags(struct cleaning *c);
void rule_markdown(struct cleaning *c);
void rule_emoji_legend(struct cleaning *c);
void rule_emoji(struct cleaning *c);
void rule_invisible(struct cleaning *c);
void rule_nfc(struct cleaning *c);
void rule_homoglyph(struct cleaning *c);
void rule_strike(struct cleaning *c);
void rule_notices(struct cleaning *c);
void rule_ends(struct cleaning *c);
void rule_hashtag(struct cleaning *c);
void rule_url(struct cleaning *c);
void rule_pii(struct cleaning *c);
void rule_blank(struct cleaning *c);

#endif
