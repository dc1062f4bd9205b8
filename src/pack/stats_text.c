/* SPDX-License-Identifier: Apache-2.0 */
/* The numbers of a release as tables for people. */
#include <inttypes.h>
#include <stdio.h>

#include "base/utf8.h"
#include "pack/stats.h"

/* Sources and years that the tables show; the JSON has all. */
#define MOST_SOURCES 40
#define TITLE_WIDTH 32

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

static void put_langs(struct tm_buf *buf, const struct tm_stats_numbers *stats)
{
    tm_buf_printf(buf, "%-6s%10s%10s%12s%14s%14s%7s%7s\n", "", "documents", "records", "words",
                  "characters", "bytes", "mean", "median");
    for (int i = TM_PACK_RU; i <= TM_PACK_OTHER; i++) {
        const struct tm_lang_stats *lang = &stats->langs[i];
        if (i == TM_PACK_OTHER && lang->records == 0)
            continue;
        uint64_t n = lang->records == 0 ? 1 : lang->records;
        uint64_t tenths = lang->words / n * 10 + lang->words % n * 10 / n;
        tm_buf_printf(buf, "%-6s%10" PRIu64 "%10" PRIu64 "%12" PRIu64 "%14" PRIu64 "%14" PRIu64
                      "%5" PRIu64 ".%u%7" PRIu64 "\n",
                      tm_pack_stream_lang((enum tm_pack_stream)i), lang->documents, lang->records,
                      lang->words, lang->chars, lang->bytes, tenths / 10, (unsigned)(tenths % 10),
                      tm_stats_median(lang->by_words, lang->records));
    }
    tm_buf_text(buf, "mean and median: words of a record\n");
}

static void put_sources(struct tm_buf *buf, const struct tm_stats_numbers *stats)
{
    const struct tm_value *sources = tm_value_get(stats->opened->manifest, "sources");
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

static void put_years(struct tm_buf *buf, const struct tm_stats_numbers *stats)
{
    tm_buf_printf(buf, "\n%-*s%12s%12s\n", TITLE_WIDTH, "year", "ru", "en");
    for (size_t year = 0; year < TM_STATS_MONTHS / 12; year++) {
        uint64_t sums[2] = {0, 0};
        for (size_t month = 0; month < 12; month++) {
            sums[0] += stats->langs[TM_PACK_RU].by_month[year * 12 + month];
            sums[1] += stats->langs[TM_PACK_EN].by_month[year * 12 + month];
        }
        if (sums[0] + sums[1] != 0)
            tm_buf_printf(buf, "%04zu%*s%12" PRIu64 "%12" PRIu64 "\n", year, TITLE_WIDTH - 4, "",
                          sums[0], sums[1]);
    }
    uint64_t ru = stats->langs[TM_PACK_RU].undated;
    uint64_t en = stats->langs[TM_PACK_EN].undated;
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

void tm_stats_put_text(struct tm_buf *buf, const struct tm_stats_numbers *stats)
{
    const struct tm_opened *opened = stats->opened;
    tm_buf_printf(buf, "%.*s %.*s\n\n", (int)opened->name.n, opened->name.p,
                  (int)opened->version.n, opened->version.p);
    put_langs(buf, stats);
    put_sources(buf, stats);
    put_years(buf, stats);
    put_removed(buf, &opened->ledger);
}
