/* SPDX-License-Identifier: Apache-2.0 */
#include <tolmach/clean.h>

#include <stdlib.h>

#include "clean/cleaning.h"

/* Rounds after which a text that still changes is left as it is; two are enough for real posts. */
#define MAX_ROUNDS 6

static const struct {
    void (*run)(struct cleaning *c);
    unsigned triggers;          /* any of them; 0: always */
} passes[] = {
    {rule_mojibake, HAS_CYRILLIC},
    {rule_newline, HAS_CR | HAS_CONTROL | HAS_C2 | HAS_E2},
    {rule_forward_header, 0},
    {rule_repeat, HAS_LF},
    {rule_placeholder, 0},
    {rule_tags, HAS_SLASH},
    {rule_markdown, HAS_MARKS},
    {rule_emoji_legend, HAS_E2 | HAS_FOUR},
    {rule_emoji, HAS_E2 | HAS_FOUR | HAS_C2 | HAS_WIDE},
    {rule_invisible, HAS_CONTROL | HAS_C2 | HAS_COMBINING | HAS_E2 | HAS_WIDE | HAS_FOUR},
    {rule_nfc, HAS_COMBINING | HAS_WIDE | HAS_E2},
    {rule_homoglyph, HAS_CYRILLIC},
    {rule_strike, HAS_COMBINING},
    {rule_ends, 0},
    {rule_hashtag, HAS_HASH},
    {rule_url, HAS_SLASH | HAS_DOT},
    {rule_pii, HAS_AT | HAS_DIGIT},
    {rule_blank, HAS_BLANK | HAS_LF},
};

static unsigned trigger_of(unsigned byte)
{
    if (byte >= 0xF0)
        return HAS_FOUR;
    if (byte == 0xE2)
        return HAS_E2;
    if (byte == 0xC2)
        return HAS_C2;
    if (byte == 0xCC || byte == 0xCD)
        return HAS_COMBINING;
    if (byte >= 0xCC)
        return byte == 0xD0 || byte == 0xD1 ? HAS_CYRILLIC : HAS_WIDE;
    if (byte == 0xC3)
        return HAS_CYRILLIC;
    if (byte >= 0x80)
        return 0;
    switch (byte) {
    case '\r': return HAS_CR;
    case '\n': return HAS_LF;
    case ' ': case '\t': return HAS_BLANK;
    case '@': return HAS_AT;
    case '#': return HAS_HASH;
    case '.': return HAS_DOT;
    case '/': return HAS_SLASH;
    case '*': case '_': case '~': case '`': case '[': return HAS_MARKS;
    default: break;
    }
    if (byte < 0x20 || byte == 0x7F)
        return HAS_CONTROL;
    return byte - '0' < 10u ? HAS_DIGIT : 0;
}

struct trigger_table {
    uint32_t of[256];
};

static unsigned find_triggers(const struct trigger_table *table, struct tm_str text)
{
    const unsigned char *p = (const unsigned char *)text.p;
    unsigned a = 0;
    unsigned b = 0;
    size_t i = 0;
    for (; i + 1 < text.n; i += 2) {
        a |= table->of[p[i]];
        b |= table->of[p[i + 1]];
    }
    if (i < text.n)
        a |= table->of[p[i]];
    return a | b;
}

static struct tm_edit *new_edit(struct cleaning *c)
{
    if (c->n_edits == c->edits_capacity) {
        size_t capacity = c->edits_capacity == 0 ? 256 : c->edits_capacity * 2;
        struct tm_edit *edits = realloc(c->edits, capacity * sizeof *edits);
        if (edits == NULL) {
            c->failed = true;
            return NULL;
        }
        c->edits = edits;
        c->edits_capacity = capacity;
    }
    return &c->edits[c->n_edits++];
}

static void change(struct cleaning *c, enum tm_rule rule, bool is_cut, size_t from, size_t to,
                   struct tm_str text)
{
    if ((c->cleaner->options.off >> rule & 1) != 0 || c->failed)
        return;
    struct tm_buf *out = &c->out[c->next_out];
    if (!c->editing) {
        c->editing = true;
        c->kept = 0;
        c->pass_start = c->n_edits;
        out->n = 0;
    }
    if (from < c->kept)
        from = c->kept;             /* the line feed between two cut lines goes once */
    tm_buf_add(out, c->text.p + c->kept, from - c->kept);
    tm_buf_str(out, text);
    c->kept = to;
    struct tm_edit *last = c->n_edits > c->pass_start ? &c->edits[c->n_edits - 1] : NULL;
    if (last != NULL && last->rule == rule && last->cut == is_cut &&
        last->at + last->removed == from) {
        last->removed += (uint32_t)(to - from);
        last->added += (uint32_t)text.n;
        return;
    }
    struct tm_edit *edit = new_edit(c);
    if (edit != NULL)
        *edit = (struct tm_edit){.at = (uint32_t)from, .removed = (uint32_t)(to - from),
                                 .added = (uint32_t)text.n, .rule = (uint16_t)rule,
                                 .cut = is_cut, .pass = c->pass};
}

void cut(struct cleaning *c, enum tm_rule rule, size_t from, size_t to)
{
    if (from < to)
        change(c, rule, true, from, to, (struct tm_str){"", 0});
}

void cut_put(struct cleaning *c, enum tm_rule rule, size_t from, size_t to, struct tm_str text)
{
    change(c, rule, true, from, to, text);
}

void rewrite(struct cleaning *c, enum tm_rule rule, size_t from, size_t to, struct tm_str text)
{
    change(c, rule, false, from, to, text);
}

void end_pass(struct cleaning *c)
{
    if (!c->editing)
        return;
    struct tm_buf *out = &c->out[c->next_out];
    tm_buf_add(out, c->text.p + c->kept, c->text.n - c->kept);
    c->failed |= out->failed;
    const struct tm_cleaner *cleaner = c->cleaner;
    if (cleaner->trace != NULL && !c->failed)
        cleaner->trace(cleaner->trace_user, c->doc, c->text, tm_buf_view(out),
                       &c->edits[c->pass_start], c->n_edits - c->pass_start);
    c->text = tm_buf_view(out);
    c->next_out ^= 1;
    c->editing = false;
    c->pass++;
}

void cut_line(struct cleaning *c, enum tm_rule rule, struct line line)
{
    if (line.next > line.end)
        cut(c, rule, line.start, line.next);
    else
        cut(c, rule, line.start == 0 ? 0 : line.start - 1, line.end);
}

static void add_note(struct cleaning *c, struct tm_str **list, size_t *n, struct tm_str text)
{
    for (size_t i = 0; i < *n; i++)
        if (tm_str_equal((*list)[i], text))
            return;
    if ((*n & (*n - 1)) == 0) {
        /* The list has a power of two places, or none: double it. */
        struct tm_str *bigger = tm_arena_alloc(c->arena, (*n == 0 ? 1 : *n * 2) * sizeof **list);
        if (bigger == NULL) {
            c->failed = true;
            return;
        }
        if (*n != 0)
            memcpy(bigger, *list, *n * sizeof **list);
        *list = bigger;
    }
    struct tm_str copy = tm_arena_copy(c->arena, text);
    c->failed |= copy.p == NULL;
    (*list)[(*n)++] = copy;
}

void note_url(struct cleaning *c, struct tm_str url)
{
    c->doc->ad |= memmem(url.p, url.n, "erid=", 5) != NULL;
    if (c->doc->n_urls < 1000)
        add_note(c, &c->doc->urls, &c->doc->n_urls, url);
}

void note_hashtag(struct cleaning *c, struct tm_str tag)
{
    static const char *const ads[] = {"реклама", "Реклама", "РЕКЛАМА", "промо", "Промо", "ad",
                                      "promo", "sponsored", "на_правах_рекламы"};
    for (size_t i = 0; i < sizeof ads / sizeof *ads; i++)
        c->doc->ad |= tm_str_is(tag, ads[i]);
    if (c->doc->n_hashtags < 1000)
        add_note(c, &c->doc->hashtags, &c->doc->n_hashtags, tag);
}

void note_line(struct cleaning *c, struct line line)
{
    struct tm_str view = {c->text.p, line.end};
    size_t start, length;
    for (size_t at = line.start; next_url(view, at, &start, &length); at = start + length)
        note_url(c, slice(view, start, start + length));
    for (size_t at = line.start; at < line.end; at += length) {
        length = view.p[at] == '#' ? hashtag_length(view, at) : 0;
        if (length != 0)
            note_hashtag(c, slice(view, at + 1, at + length));
        else
            length = 1;
    }
}

static void run_round(struct cleaning *c, const struct trigger_table *table)
{
    c->triggers = find_triggers(table, c->text);
    for (size_t i = 0; i < sizeof passes / sizeof *passes && !c->failed; i++) {
        if (passes[i].triggers != 0 && (passes[i].triggers & c->triggers) == 0)
            continue;
        passes[i].run(c);
        end_pass(c);
    }
}

static enum tm_status clean_document(struct cleaning *c, const struct trigger_table *table)
{
    struct tm_doc *doc = c->doc;
    c->text = doc->text;
    c->pass = 0;
    c->n_edits = 0;
    c->footers = 0;
    c->given_urls = doc->n_urls != 0;
    doc->raw = doc->text;
    doc->raw_length = doc->text.n;
    for (int round = 0; round < MAX_ROUNDS && c->text.n != 0; round++) {
        size_t before = c->n_edits;
        run_round(c, table);
        if (c->n_edits == before || c->failed)
            break;
    }
    if (c->failed)
        return TM_ERR_NOMEM;
    if (c->n_edits != 0) {
        doc->edits = tm_arena_alloc(c->arena, c->n_edits * sizeof *doc->edits);
        doc->text = tm_arena_copy(c->arena, (struct tm_str){c->text.n == 0 ? "" : c->text.p,
                                                            c->text.n});
        if (doc->edits == NULL || doc->text.p == NULL)
            return TM_ERR_NOMEM;
        memcpy(doc->edits, c->edits, c->n_edits * sizeof *doc->edits);
        doc->n_edits = c->n_edits;
    }
    if (doc->text.n == 0)
        doc->drop = TM_REASON_EMPTY;
    return TM_OK;
}

static enum tm_status clean_batch(const void *state, struct tm_batch *batch, struct tm_err *err)
{
    struct trigger_table table;
    for (unsigned i = 0; i < 256; i++)
        table.of[i] = trigger_of(i);
    struct cleaning c = {.cleaner = state, .arena = batch->arena};
    enum tm_status status = TM_OK;
    for (size_t i = 0; i < batch->n && status == TM_OK; i++) {
        c.doc = &batch->docs[i];
        if (c.doc->drop == TM_KEPT && !c.doc->done)
            status = clean_document(&c, &table);
    }
    tm_buf_finish(&c.out[0]);
    tm_buf_finish(&c.out[1]);
    free(c.edits);
    return status == TM_OK ? TM_OK
                           : tm_fail(err, status, "", TM_NO_OFFSET, "out of memory in the cleaner");
}

enum tm_status tm_cleaner_create(const struct tm_clean_options *options,
                                 const struct tm_learnt *learnt, struct tm_cleaner **ret_cleaner,
                                 struct tm_err *err)
{
    struct tm_cleaner *cleaner = calloc(1, sizeof *cleaner);
    if (cleaner == NULL)
        return tm_fail(err, TM_ERR_NOMEM, "", TM_NO_OFFSET, "out of memory");
    if (options != NULL)
        cleaner->options = *options;
    cleaner->learnt = learnt;
    *ret_cleaner = cleaner;
    return TM_OK;
}

void tm_cleaner_destroy(struct tm_cleaner *cleaner)
{
    free(cleaner);
}

void tm_cleaner_trace(struct tm_cleaner *cleaner, tm_trace_fn *trace, void *user)
{
    cleaner->trace = trace;
    cleaner->trace_user = user;
}

struct tm_stage tm_cleaner_stage(const struct tm_cleaner *cleaner)
{
    return (struct tm_stage){.name = "clean", .state = cleaner, .process = clean_batch};
}

/* From pass to pass backwards over the first `end` edits: what stood before the offset moves by what
 * the edits before it changed; inside what was added it goes to the start of what was there. */
static size_t raw_offset(const struct tm_doc *doc, size_t end, size_t offset)
{
    while (end > 0) {
        size_t start = end;
        while (start > 0 && doc->edits[start - 1].pass == doc->edits[end - 1].pass)
            start--;
        size_t shift = 0;           /* removed minus added, modulo 2^64, so far */
        for (size_t i = start; i < end; i++) {
            const struct tm_edit *e = &doc->edits[i];
            if (offset + shift < e->at)
                break;
            if (offset + shift < (size_t)e->at + e->added) {
                shift = e->at - offset;
                break;
            }
            shift += (size_t)e->removed - e->added;
        }
        offset += shift;
        end = start;
    }
    return offset;
}

size_t tm_doc_raw_offset(const struct tm_doc *doc, size_t offset)
{
    return raw_offset(doc, doc->n_edits, offset);
}

/* Forward from pass to pass: what stands before a place moves it; what is cut around it takes it to
 * the cut's start. */
size_t tm_edit_clean_offset(const struct tm_doc *doc, size_t edit)
{
    size_t place = doc->edits[edit].at;
    size_t i = edit;
    while (i > 0 && doc->edits[i - 1].pass == doc->edits[edit].pass)
        i--;
    while (i < doc->n_edits) {
        uint8_t pass = doc->edits[i].pass;
        size_t shift = 0;           /* added minus removed, modulo 2^64 */
        size_t at = place;
        for (; i < doc->n_edits && doc->edits[i].pass == pass; i++) {
            const struct tm_edit *e = &doc->edits[i];
            if (e->at >= place)
                continue;
            if (e->at + (size_t)e->removed > place) {
                at = e->at;         /* and nothing of the pass lies between */
                continue;
            }
            shift += (size_t)e->added - e->removed;
        }
        place = at + shift;
    }
    return place;
}

size_t tm_edit_raw_offset(const struct tm_doc *doc, size_t edit, size_t offset)
{
    size_t end = edit;
    while (end > 0 && doc->edits[end - 1].pass == doc->edits[edit].pass)
        end--;
    return raw_offset(doc, end, offset);
}
