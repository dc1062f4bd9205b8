/* SPDX-License-Identifier: Apache-2.0 */
/* The section on what was kept and what was removed: the ledger as pictures and tables. */
#include <inttypes.h>
#include <stdlib.h>

#include "report/page.h"

enum { MOST_STEPS = 48, LEAST_SHARE = 500 };

struct steps {
    struct tm_flow_step list[MOST_STEPS];
    size_t n;
};

static void add_step(struct steps *steps, const char *name, uint64_t bytes, bool mark)
{
    if ((bytes != 0 || mark) && steps->n < MOST_STEPS)
        steps->list[steps->n++] = (struct tm_flow_step){name, bytes, mark};
}

static uint64_t plus(uint64_t value, int64_t delta)
{
    return delta < 0 && value < (uint64_t)-delta ? 0 : value + (uint64_t)delta;
}

static void put_reading(struct tm_buf *buf, const struct tm_ledger *ledger)
{
    struct steps steps = {.n = 0};
    add_step(&steps, "input, as UTF-8", plus(ledger->input, ledger->recode), true);
    add_step(&steps, "markup of the format", ledger->markup, false);
    add_step(&steps, "metadata", ledger->metadata, false);
    add_step(&steps, "service messages", ledger->skipped, false);
    add_step(&steps, "broken", ledger->broken, false);
    if (ledger->decode < 0)
        add_step(&steps, "escapes, decoded", (uint64_t)-ledger->decode, false);
    add_step(&steps, "raw text", ledger->raw, true);
    tm_plot_flow(buf, "f-reading", "From the input to raw text",
                 "What the readers set aside, in bytes of the input.", steps.list, steps.n);
}

static int order_steps(const void *a, const void *b)
{
    const struct tm_flow_step *x = a;
    const struct tm_flow_step *y = b;
    return x->bytes != y->bytes ? x->bytes < y->bytes ? 1 : -1 : strcmp(x->name, y->name);
}

/* Rules whose share is small are drawn together; the table below has each. */
static void add_rules(struct steps *steps, const struct tm_ledger *ledger)
{
    size_t first = steps->n;
    uint64_t rest = 0;
    int64_t delta = 0;
    for (int i = 0; i < TM_RULE_COUNT; i++) {
        uint64_t removed = ledger->rules[i].removed;
        delta += ledger->rules[i].delta;
        if (removed * LEAST_SHARE < ledger->raw)
            rest += removed;
        else
            add_step(steps, tm_rule_name((enum tm_rule)i), removed, false);
    }
    qsort(steps->list + first, steps->n - first, sizeof *steps->list, order_steps);
    add_step(steps, "all other rules", rest, false);
    if (delta < 0)
        add_step(steps, "rewriting, on balance", (uint64_t)-delta, false);
}

static const char *reason_text(int reason)
{
    static const char *const texts[TM_REASON_COUNT] = {
        [TM_KEPT] = "kept", [TM_REASON_EMPTY] = "empty after cleaning",
        [TM_REASON_SUPERSEDED] = "superseded messages",
        [TM_REASON_OTHER_LANG] = "other language", [TM_REASON_LANG_OFF] = "language not wanted",
        [TM_REASON_DUPLICATE] = "duplicate", [TM_REASON_AD] = "advertisement",
        [TM_REASON_QUALITY] = "quality preset", [TM_REASON_NEAR] = "near duplicate",
        [TM_REASON_CONTAINED] = "part of a longer text",
        [TM_REASON_CONTAMINATED] = "in an evaluation set", [TM_REASON_FORGOTTEN] = "forgotten",
    };
    return texts[reason];
}

static void put_cleaning(struct tm_buf *buf, const struct tm_ledger *ledger)
{
    struct steps steps = {.n = 0};
    add_step(&steps, "raw text", ledger->raw, true);
    add_step(&steps, reason_text(TM_REASON_SUPERSEDED), ledger->superseded, false);
    add_step(&steps, reason_text(TM_REASON_FORGOTTEN), ledger->forgotten, false);
    add_rules(&steps, ledger);
    add_step(&steps, "clean text", ledger->text, true);
    add_step(&steps, "line feeds between", ledger->separators, false);
    for (int i = TM_KEPT + 1; i < TM_REASON_COUNT; i++)
        add_step(&steps, reason_text(i), ledger->bytes[i], false);
    add_step(&steps, "records", ledger->bytes[TM_KEPT], true);
    tm_plot_flow(buf, "f-cleaning", "From raw text to records",
                 "What each rule removed, and which clean texts were left out.", steps.list,
                 steps.n);
}

static void label_kept(struct tm_buf *buf, const void *user, size_t i)
{
    (void)user;
    tm_buf_printf(buf, "%zu %%", 5 * i);
}

static void put_kept(struct tm_buf *buf, const struct tm_report *report)
{
    const uint64_t *values[TM_REPORT_LANGS];
    struct tm_figure figure = {
        .id = "f-kept", .title = "What stayed of a post, by language",
        .text = "Records by the share of their post\xE2\x80\x99s raw bytes that cleaning left, by "
                "its least value. The ledger itself is one for all languages: most bytes go "
                "before the language is known.",
        .x_name = "share of the raw bytes", .y_name = "records",
        .key = "languages.*.records_by_kept", .n = TM_REPORT_KEPT, .label = label_kept, .log = true,
        .every = 4,
    };
    for (int i = 0; i < TM_REPORT_LANGS; i++)
        values[i] = report->langs[i].kept;
    tm_page_series(&figure, report, values);
    tm_plot_bars(buf, &figure);
}

/* Text with `code` in it. */
static void put_marked(struct tm_buf *buf, const char *text)
{
    for (bool code = false;; code = !code) {
        size_t n = strcspn(text, "`");
        tm_html_text(buf, (struct tm_str){text, n});
        if (text[n] == '\0')
            return;
        tm_buf_text(buf, code ? "</code>" : "<code>");
        text += n + 1;
    }
}

void tm_page_ledger(struct tm_buf *buf, const struct tm_report *report)
{
    const struct tm_ledger *ledger = &report->opened.ledger;
    tm_buf_text(buf, "<p>Every byte of the input is accounted for: the ledger of the manifest adds "
                "up, and <code>tolmach verify</code> checks it.</p>\n<div class=\"grid\">\n<div>\n");
    put_reading(buf, ledger);
    put_kept(buf, report);
    tm_buf_text(buf, "</div>\n");
    put_cleaning(buf, ledger);
    tm_buf_text(buf, "</div>\n");
    tm_html_table(buf, "What each rule did", "rule|places|bytes removed|by rewriting|<what it does");
    for (int i = 0; i < TM_RULE_COUNT; i++) {
        const struct tm_rule_sum *sum = &ledger->rules[i];
        if (sum->edits == 0)
            continue;
        tm_html_th(buf, tm_rule_name((enum tm_rule)i));
        tm_html_td(buf, sum->edits);
        tm_html_td(buf, sum->removed);
        tm_buf_printf(buf, "<td class=\"n\">%s", sum->delta < 0 ? "\xE2\x88\x92" : "");
        tm_html_number(buf, (uint64_t)(sum->delta < 0 ? -sum->delta : sum->delta));
        tm_buf_text(buf, "</td><td class=\"t w\">");
        put_marked(buf, tm_rule_text((enum tm_rule)i));
        tm_buf_text(buf, "</td></tr>\n");
    }
    tm_html_table_save(buf);
    tm_html_table(buf, "What became of the clean text", "outcome|segments|bytes");
    for (int i = 0; i < TM_REASON_COUNT; i++) {
        if (ledger->segments[i] == 0)
            continue;
        tm_html_th(buf, reason_text(i));
        tm_html_td(buf, ledger->segments[i]);
        tm_html_td(buf, ledger->bytes[i]);
        tm_buf_text(buf, "</tr>\n");
    }
    tm_html_table_save(buf);
}
