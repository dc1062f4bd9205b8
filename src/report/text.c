/* SPDX-License-Identifier: Apache-2.0 */
/* The numbers of a release as tables for people. */
#include <inttypes.h>
#include <stdio.h>

#include "base/utf8.h"
#include "report/report.h"

/* Sources and years that the tables show; the JSON has all. */
#define MOST_SOURCES 40
#define TITLE_WIDTH 32

/* A comparison stands in lines of 80 columns: so many releases beside each other. */
enum { IN_A_BLOCK = 4, WIDE = 18, NARROW = 13 };

/* At most TITLE_WIDTH characters, padded to as many; controls become question marks. */
static void put_title(struct tm_buf *buf, struct tm_str title)
{
    unsigned width = 0;
    size_t at = 0;
    while (at < title.n && width < TITLE_WIDTH) {
        size_t start = at;
        uint32_t cp = tm_utf8_next(title.p, title.n, &at);
        if (cp < 0x20 || cp == 0x7F)
            tm_buf_byte(buf, '?');
        else
            tm_buf_add(buf, title.p + start, at - start);
        width++;
    }
    for (; width < TITLE_WIDTH; width++)
        tm_buf_byte(buf, ' ');
}

/* The languages that the release has: a column each. */
static size_t langs_of(const struct tm_report *report, int ret_langs[TM_REPORT_LANGS])
{
    size_t n = 0;
    for (int i = 0; i < TM_REPORT_LANGS; i++)
        if (tm_report_has(report, i))
            ret_langs[n++] = i;
    return n;
}

struct row {
    const char *name;
    uint64_t (*number)(const struct tm_report *report, int lang);
};

static uint64_t documents(const struct tm_report *r, int i) { return r->langs[i].documents; }
static uint64_t number_of_records(const struct tm_report *r, int i) { return r->langs[i].records; }
static uint64_t words(const struct tm_report *r, int i) { return r->langs[i].words; }
static uint64_t characters(const struct tm_report *r, int i) { return r->langs[i].chars; }
static uint64_t bytes(const struct tm_report *r, int i) { return r->langs[i].bytes; }
static uint64_t different(const struct tm_report *r, int i) { return r->langs[i].different; }

static uint64_t median_words(const struct tm_report *r, int i)
{
    return tm_report_quantile(r->langs[i].by_words, r->langs[i].records, 50);
}

static uint64_t ninth_words(const struct tm_report *r, int i)
{
    return tm_report_quantile(r->langs[i].by_words, r->langs[i].records, 90);
}

/* What is told of each language, here and in a comparison. */
static const struct row rows[] = {
    {"documents", documents}, {"records", number_of_records}, {"sentences", tm_report_sentences},
    {"words", words}, {"characters", characters}, {"bytes", bytes},
    {"words, median", median_words}, {"words, 90 per cent", ninth_words},
    {"different words", different},
};

enum { ROWS = sizeof rows / sizeof *rows };

static void put_langs(struct tm_buf *buf, const struct tm_report *report)
{
    int langs[TM_REPORT_LANGS];
    size_t n = langs_of(report, langs);
    tm_buf_printf(buf, "%-*s", TITLE_WIDTH, "");
    for (size_t i = 0; i < n; i++)
        tm_buf_printf(buf, "%15s", tm_pack_stream_lang((enum tm_pack_stream)langs[i]));
    tm_buf_byte(buf, '\n');
    for (size_t k = 0; k < ROWS; k++) {
        tm_buf_printf(buf, "%-*s", TITLE_WIDTH, rows[k].name);
        for (size_t i = 0; i < n; i++) {
            char number[24];
            bool about = rows[k].number == different && !report->langs[langs[i]].exact;
            (void)snprintf(number, sizeof number, "%s%" PRIu64, about ? "~" : "",
                           rows[k].number(report, langs[i]));
            tm_buf_printf(buf, "%15s", number);
        }
        tm_buf_byte(buf, '\n');
    }
    tm_buf_text(buf, "median, 90 per cent: words of a record; different: in lower case\n");
    for (size_t i = 0; i < n; i++)
        if (report->langs[langs[i]].sample.one_in != 1)
            tm_buf_printf(buf, "%s sentences: from one record of %" PRIu64
                          ", standard error %" PRIu64 "\n",
                          tm_pack_stream_lang((enum tm_pack_stream)langs[i]),
                          report->langs[langs[i]].sample.one_in,
                          tm_report_sentences_error(report, langs[i]));
}

static void put_tokens(struct tm_buf *buf, const struct tm_report *report)
{
    if (report->tokenizer == NULL)
        return;
    tm_buf_printf(buf, "\n%-*.*s%15s%15s%15s\n", TITLE_WIDTH, TITLE_WIDTH,
                  tm_tokenizer_name(report->tokenizer), "tokens", "std. error", "per word");
    for (int i = 0; i < TM_REPORT_LANGS; i++) {
        const struct tm_report_lang *lang = &report->langs[i];
        uint64_t hundredths = lang->words == 0 ? 0
                                               : (lang->tokens.number * 100 + lang->words / 2) /
                                                     lang->words;
        if (tm_report_has(report, i))
            tm_buf_printf(buf, "%-*s%15" PRIu64 "%15" PRIu64 "%12" PRIu64 ".%02u\n", TITLE_WIDTH,
                          tm_pack_stream_lang((enum tm_pack_stream)i), lang->tokens.number,
                          lang->tokens.error, hundredths / 100, (unsigned)(hundredths % 100));
    }
}

static void put_sources(struct tm_buf *buf, const struct tm_report *report)
{
    const struct tm_value *sources = tm_value_get(report->opened.manifest, "sources");
    size_t shown = 0;
    size_t n = sources == NULL ? 0 : sources->n;
    tm_buf_printf(buf, "\n%-*s%12s%12s%12s\n", TITLE_WIDTH, "source", "documents", "ru", "en");
    for (const struct tm_value *s = n == 0 ? NULL : sources->first;
         s != NULL && shown < MOST_SOURCES; s = s->next, shown++) {
        uint64_t documents = 0;
        uint64_t ru = 0;
        uint64_t en = 0;
        struct tm_str title = tm_value_text(tm_value_get(s, "title"));
        (void)tm_value_u64(tm_value_get(s, "documents"), &documents);
        (void)tm_value_u64(tm_value_get(tm_value_get(s, "records"), "ru"), &ru);
        (void)tm_value_u64(tm_value_get(tm_value_get(s, "records"), "en"), &en);
        put_title(buf, title.n != 0 ? title : tm_value_text(tm_value_get(s, "key")));
        tm_buf_printf(buf, "%12" PRIu64 "%12" PRIu64 "%12" PRIu64 "\n", documents, ru, en);
    }
    if (shown < n)
        tm_buf_printf(buf, "and %zu more\n", n - shown);
}

static void put_years(struct tm_buf *buf, const struct tm_report *report)
{
    tm_buf_printf(buf, "\n%-*s%12s%12s\n", TITLE_WIDTH, "year", "ru", "en");
    for (size_t year = 0; year < TM_REPORT_MONTHS / 12; year++) {
        uint64_t sums[2] = {0, 0};
        for (size_t month = 0; month < 12; month++) {
            sums[0] += report->langs[TM_PACK_RU].by_month[year * 12 + month];
            sums[1] += report->langs[TM_PACK_EN].by_month[year * 12 + month];
        }
        if (sums[0] + sums[1] != 0)
            tm_buf_printf(buf, "%04zu%*s%12" PRIu64 "%12" PRIu64 "\n", year, TITLE_WIDTH - 4, "",
                          sums[0], sums[1]);
    }
    uint64_t ru = report->langs[TM_PACK_RU].undated;
    uint64_t en = report->langs[TM_PACK_EN].undated;
    if (ru + en != 0)
        tm_buf_printf(buf, "%-*s%12" PRIu64 "%12" PRIu64 "\n", TITLE_WIDTH, "undated", ru, en);
}

static void put_removed(struct tm_buf *buf, const struct tm_ledger *ledger)
{
    tm_buf_printf(buf, "\n%-*s%12s%15s%15s\n", TITLE_WIDTH, "what the rules did", "edits",
                  "bytes removed", "by rewriting");
    for (int i = 0; i < TM_RULE_COUNT; i++) {
        const struct tm_rule_sum *sum = &ledger->rules[i];
        if (sum->edits != 0)
            tm_buf_printf(buf, "%-*s%12" PRIu64 "%15" PRIu64 "%+15" PRId64 "\n", TITLE_WIDTH,
                          tm_rule_name((enum tm_rule)i), sum->edits, sum->removed, sum->delta);
    }
    tm_buf_printf(buf, "\n%-*s%12s%15s\n", TITLE_WIDTH, "what became of the text", "segments",
                  "bytes");
    for (int i = 0; i < TM_REASON_COUNT; i++)
        if (ledger->segments[i] != 0)
            tm_buf_printf(buf, "%-*s%12" PRIu64 "%15" PRIu64 "\n", TITLE_WIDTH,
                          tm_reason_name((enum tm_reason)i), ledger->segments[i],
                          ledger->bytes[i]);
    tm_buf_printf(buf, "\n%" PRIu64 " bytes of input, %" PRIu64 " of raw text, %" PRIu64
                  " kept\n", ledger->input, ledger->raw, ledger->bytes[TM_KEPT]);
}

void tm_report_put_text(struct tm_buf *buf, const struct tm_report *report)
{
    const struct tm_opened *opened = &report->opened;
    tm_buf_printf(buf, "%.*s %.*s\n\n", (int)opened->name.n, opened->name.p,
                  (int)opened->version.n, opened->version.p);
    put_langs(buf, report);
    put_tokens(buf, report);
    put_sources(buf, report);
    put_years(buf, report);
    put_removed(buf, &opened->ledger);
}

/* One line of a comparison: a number of each release, and with two of them the change. */
static void compare(struct tm_buf *buf, const char *lang, const char *what,
                    const uint64_t *numbers, size_t n)
{
    tm_buf_printf(buf, "%-6s%-20s", lang, what);
    for (size_t i = 0; i < n; i++)
        tm_buf_printf(buf, "%*" PRIu64, n > 3 ? NARROW : WIDE, numbers[i]);
    double times = n == 2 && numbers[0] != 0 ? (double)numbers[1] / (double)numbers[0] : 0;
    if (n == 2 && numbers[0] == numbers[1])
        tm_buf_printf(buf, "%10s", "=");
    else if (n == 2 && numbers[0] == 0)
        tm_buf_printf(buf, "%10s", "new");
    else if (n == 2 && numbers[1] == 0)
        tm_buf_printf(buf, "%10s", "gone");
    else if (times >= 10)
        tm_buf_printf(buf, "%8.0f x", times);
    else if (n == 2)
        tm_buf_printf(buf, "%+9.1f%%", (times - 1) * 100);
    tm_buf_byte(buf, '\n');
}

/* A line of names; the last characters go if there is no room. */
static void put_names(struct tm_buf *buf, const struct tm_report *const *reports, size_t n,
                      bool version)
{
    int width = n > 3 ? NARROW : WIDE;
    tm_buf_printf(buf, "%-26s", "");
    for (size_t k = 0; k < n; k++) {
        const struct tm_opened *opened = &reports[k]->opened;
        struct tm_str name = tm_report_cut(version ? opened->version : opened->name,
                                           (size_t)width - 1);
        tm_buf_printf(buf, "%*.*s", width, (int)name.n, name.p);
    }
    tm_buf_byte(buf, '\n');
}

static void compare_lang(struct tm_buf *buf, const struct tm_report *const *reports, size_t n,
                         int lang)
{
    uint64_t row[IN_A_BLOCK];
    bool has = false;
    for (size_t k = 0; k < n; k++)
        has |= tm_report_has(reports[k], lang);
    for (size_t i = 0; i < ROWS && has; i++) {
        for (size_t k = 0; k < n; k++)
            row[k] = rows[i].number(reports[k], lang);
        compare(buf, i == 0 ? tm_pack_stream_lang((enum tm_pack_stream)lang) : "", rows[i].name,
                row, n);
    }
}

static void compare_ledgers(struct tm_buf *buf, const struct tm_report *const *reports, size_t n)
{
    static const char *const names[4] = {"bytes of input", "raw text", "clean text", "kept"};
    uint64_t row[IN_A_BLOCK];
    for (int number = 0; number < 4; number++) {
        for (size_t k = 0; k < n; k++) {
            const struct tm_ledger *ledger = &reports[k]->opened.ledger;
            row[k] = number == 0   ? ledger->input
                     : number == 1 ? ledger->raw
                     : number == 2 ? ledger->text
                                   : ledger->bytes[TM_KEPT];
        }
        compare(buf, number == 0 ? "all" : "", names[number], row, n);
    }
}

void tm_report_put_comparison(struct tm_buf *buf, const struct tm_report *const *reports,
                              size_t n)
{
    for (size_t k = 0; k < n; k += IN_A_BLOCK) {
        size_t here = n - k < IN_A_BLOCK ? n - k : IN_A_BLOCK;
        tm_buf_text(buf, k == 0 ? "" : "\n");
        put_names(buf, reports + k, here, false);
        put_names(buf, reports + k, here, true);
        for (int i = 0; i < TM_REPORT_LANGS; i++)
            compare_lang(buf, reports + k, here, i);
        compare_ledgers(buf, reports + k, here);
    }
}
