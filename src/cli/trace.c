/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/trace.h"

#include <stdlib.h>
#include <unistd.h>

#include "base/json_write.h"
#include "base/str.h"
#include "base/utf8.h"

enum {
    NAME_COLUMN = 16,
    AROUND = 24,            /* characters shown before and behind a change */
    LONGEST = 160,          /* characters of a change, its middle is left out */
};

#define GONE "\x1B[31;9m"
#define COME "\x1B[32m"
#define FAINT "\x1B[2m"
#define PLAIN "\x1B[0m"

bool trace_begin(struct trace *trace, struct cli *cli, bool json)
{
    const char *when = cli_value(cli, "color");
    const char *off = getenv("NO_COLOR");
    const char *term = getenv("TERM");
    *trace = (struct trace){.json = json};
    if (when == NULL || strcmp(when, "auto") == 0)
        trace->colour = isatty(STDOUT_FILENO) == 1 && (off == NULL || off[0] == '\0') &&
                        term != NULL && strcmp(term, "dumb") != 0;
    else if (strcmp(when, "always") == 0)
        trace->colour = true;
    else if (strcmp(when, "never") != 0)
        return false;
    return true;
}

void trace_end(struct trace *trace)
{
    tm_buf_finish(&trace->steps);
}

/* Text on one line: a line feed shows as a sign, a control character, which a terminal might obey,
 * as a question mark. */
static void put_shown(struct tm_buf *buf, struct tm_str text)
{
    for (size_t i = 0; i < text.n; i++) {
        unsigned char byte = (unsigned char)text.p[i];
        bool c1 = byte == 0xC2 && i + 1 < text.n && (unsigned char)text.p[i + 1] < 0xA0;
        if (byte == '\n')
            tm_buf_text(buf, "\xE2\x86\xB5");
        else if (byte < 0x20 || byte == 0x7F || c1)
            tm_buf_byte(buf, '?');
        else
            tm_buf_byte(buf, text.p[i]);
        i += c1;
    }
}

/* `n` characters forward, or backward, from `at`, but not beyond the line feed. */
static size_t forward(struct tm_str text, size_t at, size_t n)
{
    for (; n > 0 && at < text.n && text.p[at] != '\n'; n--)
        (void)tm_utf8_next(text.p, text.n, &at);
    return at;
}

static size_t backward(struct tm_str text, size_t at, size_t n)
{
    for (; n > 0 && at > 0 && text.p[at - 1] != '\n'; n--)
        at = tm_utf8_back(text.p, at);
    return at;
}

static void put_change(struct tm_buf *buf, struct tm_str text, const char *on, const char *off)
{
    if (text.n == 0)
        return;
    size_t head = 0;
    size_t tail = text.n;
    for (int i = 0; i < LONGEST / 2 && head < text.n; i++)
        (void)tm_utf8_next(text.p, text.n, &head);
    for (int i = 0; i < LONGEST / 2 && tail > head; i++)
        tail = tm_utf8_back(text.p, tail);
    tm_buf_text(buf, on);
    put_shown(buf, (struct tm_str){text.p, head});
    if (tail > head)
        tm_buf_text(buf, " \xE2\x80\xA6 ");
    if (tail < text.n)
        put_shown(buf, (struct tm_str){text.p + (tail > head ? tail : head),
                                       text.n - (tail > head ? tail : head)});
    tm_buf_text(buf, off);
}

/* A change that stands so near to the one before it, on its line, that both are shown in one. */
static bool joins(struct tm_str before, const struct tm_edit *last, const struct tm_edit *e)
{
    size_t from = (size_t)last->at + last->removed;
    return e->rule == last->rule && from <= e->at && e->at - from <= 2 * AROUND &&
           memchr(before.p + from, '\n', e->at - from) == NULL;
}

static void put_row(struct trace *trace, struct tm_str before, struct tm_str after,
                    const struct tm_edit *edits, size_t n, size_t shift)
{
    struct tm_buf *buf = &trace->steps;
    const struct tm_edit *last = &edits[n - 1];
    size_t start = backward(before, edits[0].at, AROUND);
    size_t at = start;
    tm_buf_printf(buf, "%s  %-*s", trace->colour ? FAINT : "", NAME_COLUMN,
                  tm_rule_name((enum tm_rule)edits[0].rule));
    tm_buf_text(buf, trace->colour ? PLAIN : "");
    if (start > 0 && before.p[start - 1] != '\n')
        tm_buf_text(buf, "\xE2\x80\xA6");
    for (size_t i = 0; i < n; i++) {
        const struct tm_edit *e = &edits[i];
        put_shown(buf, (struct tm_str){before.p + at, e->at - at});
        put_change(buf, (struct tm_str){before.p + e->at, e->removed},
                   trace->colour ? GONE : "[-", trace->colour ? PLAIN : "-]");
        put_change(buf, (struct tm_str){e->added == 0 ? "" : after.p + e->at + shift, e->added},
                   trace->colour ? COME : "{+", trace->colour ? PLAIN : "+}");
        shift += (size_t)e->added - e->removed;
        at = (size_t)e->at + e->removed;
    }
    size_t end = at > 0 && last->removed > 0 && before.p[at - 1] == '\n'
                     ? at : forward(before, at, AROUND);
    put_shown(buf, (struct tm_str){before.p + at, end - at});
    if (end > at && end < before.n && before.p[end] != '\n')
        tm_buf_text(buf, "\xE2\x80\xA6");
    tm_buf_byte(buf, '\n');
}

/* An edit as [rule, pass, bytes at which it stands in the text of its pass, went, came]. */
static void put_edit(struct tm_buf *buf, struct tm_str before, struct tm_str after,
                     const struct tm_edit *e, size_t shift)
{
    tm_buf_text(buf, buf->n == 0 ? "[\"" : ",[\"");
    tm_buf_text(buf, tm_rule_name((enum tm_rule)e->rule));
    tm_buf_text(buf, "\",");
    tm_buf_u64(buf, e->pass);
    tm_buf_byte(buf, ',');
    tm_buf_u64(buf, e->at);
    tm_buf_byte(buf, ',');
    tm_json_put_str(buf, (struct tm_str){before.p + e->at, e->removed});
    tm_buf_byte(buf, ',');
    /* A text of which nothing is left may be no bytes at all. */
    const char *came = e->added == 0 ? "" : after.p + e->at + shift;
    tm_json_put_str(buf, (struct tm_str){came, e->added});
    tm_buf_byte(buf, ']');
}

static void put_step(void *user, const struct tm_doc *doc, struct tm_str before,
                     struct tm_str after, const struct tm_edit *edits, size_t n)
{
    struct trace *trace = user;
    size_t shift = 0;           /* added minus removed, modulo 2^64, so far */
    (void)doc;
    for (size_t i = 0; i < n;) {
        size_t end = i + 1;
        while (!trace->json && end < n && joins(before, &edits[end - 1], &edits[end]))
            end++;
        if (trace->json)
            put_edit(&trace->steps, before, after, &edits[i], shift);
        else
            put_row(trace, before, after, &edits[i], end - i, shift);
        for (; i < end; i++)
            shift += (size_t)edits[i].added - edits[i].removed;
    }
}

/* The lines of a text, set in. */
static void put_lines(struct tm_buf *out, struct tm_str text)
{
    for (size_t at = 0; at < text.n;) {
        const char *feed = memchr(text.p + at, '\n', text.n - at);
        size_t end = feed == NULL ? text.n : (size_t)(feed - text.p);
        tm_buf_text(out, "    ");
        put_shown(out, (struct tm_str){text.p + at, end - at});
        tm_buf_byte(out, '\n');
        at = end + 1;
    }
}

static void put_heading(const struct trace *trace, struct tm_buf *out, const char *text)
{
    tm_buf_printf(out, "%s%s%s\n", trace->colour ? FAINT : "", text, trace->colour ? PLAIN : "");
}

static void put_text(const struct trace *trace, struct tm_buf *out, const struct tm_doc *doc,
                     bool whole)
{
    if (trace->steps.n == 0 && !whole)
        return;
    tm_buf_printf(out, "%s%.*s", trace->colour ? "\x1B[1m" : "", (int)doc->doc_id.n,
                  doc->doc_id.p == NULL ? "" : doc->doc_id.p);
    tm_buf_printf(out, "%s  ", trace->colour ? PLAIN : "");
    put_shown(out, doc->source_file);
    tm_buf_byte(out, ':');
    tm_buf_u64(out, doc->source_offset);
    tm_buf_printf(out, "  %zu -> %zu bytes\n", doc->raw.n, doc->text.n);
    if (whole) {
        put_heading(trace, out, "  raw");
        put_lines(out, doc->raw);
        put_heading(trace, out, "  rules");
    }
    tm_buf_str(out, tm_buf_view(&trace->steps));
    if (whole) {
        put_heading(trace, out, "  clean");
        put_lines(out, doc->text);
    }
    tm_buf_byte(out, '\n');
}

static void put_json(const struct trace *trace, struct tm_buf *out, const struct tm_doc *doc)
{
    tm_buf_text(out, "{\"doc_id\":");
    tm_json_put_str(out, doc->doc_id);
    tm_buf_text(out, ",\"source_file\":");
    tm_json_put_str(out, doc->source_file);
    tm_buf_text(out, ",\"source_offset\":");
    tm_buf_u64(out, doc->source_offset);
    tm_buf_text(out, ",\"raw\":");
    tm_json_put_str(out, doc->raw);
    tm_buf_text(out, ",\"text\":");
    tm_json_put_str(out, doc->text);
    tm_buf_text(out, ",\"edits\":[");
    tm_buf_str(out, tm_buf_view(&trace->steps));
    tm_buf_text(out, "],\"raw_spans\":[");
    for (size_t i = 0; i < doc->n_edits; i++) {
        const struct tm_edit *e = &doc->edits[i];
        tm_buf_text(out, i == 0 ? "[" : ",[");
        tm_buf_u64(out, tm_edit_raw_offset(doc, i, e->at));
        tm_buf_byte(out, ',');
        tm_buf_u64(out, tm_edit_raw_offset(doc, i, (size_t)e->at + e->removed));
        tm_buf_byte(out, ']');
    }
    tm_buf_text(out, "]}\n");
}

enum tm_status trace_document(struct trace *trace, struct tm_cleaner *cleaner,
                              struct tm_batch *batch, size_t index, bool whole,
                              struct tm_buf *out, struct tm_err *err)
{
    struct tm_batch one = {.arena = batch->arena, .docs = &batch->docs[index], .n = 1,
                           .capacity = 1};
    struct tm_stage stage = tm_cleaner_stage(cleaner);
    trace->steps.n = 0;
    tm_cleaner_trace(cleaner, put_step, trace);
    enum tm_status status = stage.process(stage.state, &one, err);
    tm_cleaner_trace(cleaner, NULL, NULL);
    if (status != TM_OK)
        return status;
    if (trace->json)
        put_json(trace, out, &one.docs[0]);
    else
        put_text(trace, out, &one.docs[0], whole);
    out->failed |= trace->steps.failed;
    return TM_OK;
}
