/* SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>

#include "report/page.h"

/* Bytes of HTML that a text on the page may take; fewer of a cluster than are kept, so that the cut is
 * seen. */
enum { MOST_TEXT = 1400, MOST_NAME = 160, MOST_EDGES = 25, CLUSTER_TEXT = 230 };

static void label_size(struct tm_buf *buf, const void *user, size_t i)
{
    (void)user;
    if (i < 2)
        tm_buf_u64(buf, i + 1);
    else
        tm_buf_printf(buf, "%" PRIu64 "\xE2\x80\x93%" PRIu64, ((uint64_t)1 << (i - 1)) + 1,
                      (uint64_t)1 << i);
}

static void put_clusters(struct tm_buf *buf, const struct tm_report *report)
{
    uint64_t most = report->clusters[0].dups;
    tm_html_table(buf, "Records with most removed duplicates", "record|duplicates|<text");
    for (size_t i = 0; i < report->n_clusters; i++) {
        const struct tm_cluster *cluster = &report->clusters[i];
        tm_buf_text(buf, "<tr>");
        tm_buf_text(buf, "<td class=\"i\">");
        tm_html_cut(buf, cluster->id, MOST_NAME);
        tm_buf_text(buf, "</td>");
        tm_html_td_bar(buf, cluster->dups, most, 0);
        tm_html_td_text(buf, cluster->text, CLUSTER_TEXT);
        tm_buf_text(buf, "</tr>\n");
    }
    tm_html_table_save(buf);
}

static void put_edges(struct tm_buf *buf, const struct tm_tally *tally)
{
    tm_html_table(buf, "Who is forwarded where", "from|<to|records");
    for (size_t i = 0; i < tally->n && i < MOST_EDGES; i++) {
        const struct tm_tally_entry *edge = &tally->entries[i];
        struct tm_str from, to;
        tm_tally_split(tally, edge, '\x1F', &from, &to);
        tm_buf_text(buf, "<tr>");
        tm_html_td_text(buf, from, MOST_NAME);
        tm_html_td_text(buf, to, MOST_NAME);
        tm_html_td_bar(buf, edge->count, tally->entries[0].count, 0);
        tm_buf_text(buf, "</tr>\n");
    }
    tm_html_table_save(buf);
    if (tally->error != 0)
        tm_buf_printf(buf, "<p class=\"note\">Each count is at most %" PRIu64 " too low.</p>\n",
                      tally->error);
}

void tm_page_duplicates(struct tm_buf *buf, const struct tm_report *report)
{
    size_t last = TM_REPORT_DUPS;
    while (last > 1 && report->dup_sizes[last - 1] == 0)
        last--;
    tm_buf_text(buf, "<p>");
    tm_html_number(buf, report->clustered);
    tm_buf_text(buf, " records stand for others that said the same: ");
    tm_html_number(buf, report->dups);
    tm_buf_text(buf, " duplicates and near duplicates were removed. ");
    tm_html_number(buf, report->forwarded);
    tm_buf_text(buf, " records are marked as forwarded.</p>\n<div class=\"grid\">\n");
    if (report->clustered != 0) {
        struct tm_figure figure = {
            .id = "f-dups", .title = "Clusters of duplicates by size",
            .text = "How many duplicates a kept record stands for.",
            .x_name = "duplicates removed", .y_name = "records",
            .key = "duplicates.records_by_duplicates", .n = last, .label = label_size,
            .log = true, .series = {{.name = "records", .values = report->dup_sizes}},
            .n_series = 1,
        };
        tm_plot_bars(buf, &figure);
    }
    if (report->forwards.n != 0)
        put_edges(buf, &report->forwards);
    tm_buf_text(buf, "</div>\n");
    if (report->n_clusters != 0)
        put_clusters(buf, report);
}

static void put_record(struct tm_buf *buf, const struct tm_pick *pick, int lang)
{
    static const char *const langs[TM_REPORT_LANGS] = {" lang=\"ru\"", " lang=\"en\"", ""};
    tm_buf_printf(buf, "<article><blockquote%s dir=\"auto\">", langs[lang]);
    tm_html_cut(buf, tm_str_trim(pick->text), MOST_TEXT);
    if (pick->text.n > TM_REPORT_SNIPPET - 4)
        tm_buf_text(buf, " [\xE2\x80\xA6]");
    tm_buf_text(buf, "</blockquote>\n<p class=\"source\">");
    if (pick->channel.n != 0) {
        tm_buf_text(buf, "<cite");
        tm_html_lang(buf, pick->channel);
        tm_buf_byte(buf, '>');
        tm_html_cut(buf, pick->channel, MOST_NAME);
        tm_buf_text(buf, "</cite> \xC2\xB7 ");
    }
    if (pick->date.n >= 10) {
        tm_html_cut(buf, (struct tm_str){pick->date.p, 10}, 60);
        tm_buf_text(buf, " \xC2\xB7 ");
    }
    tm_html_number(buf, pick->words);
    tm_buf_printf(buf, " word%s \xC2\xB7 confidence ", pick->words == 1 ? "" : "s");
    tm_buf_printf(buf, "%u.%04u \xC2\xB7 kept ", pick->score / 10000, pick->score % 10000);
    tm_html_share(buf, pick->kept, 10000);
    tm_buf_text(buf, " \xC2\xB7 <code>");
    tm_html_cut(buf, pick->id, MOST_NAME);
    tm_buf_text(buf, "</code></p></article>\n");
}

static void put_picks(struct tm_buf *buf, const char *title, const struct tm_picks *picks, int lang,
                      bool open)
{
    if (picks->n == 0)
        return;
    tm_buf_printf(buf, "<details class=\"records\"%s><summary>%s: %s</summary>\n",
                  open ? " open" : "", tm_page_lang(lang), title);
    for (size_t i = 0; i < picks->n; i++)
        put_record(buf, &picks->list[i], lang);
    tm_buf_text(buf, "</details>\n");
}

void tm_page_examples(struct tm_buf *buf, const struct tm_report *report)
{
    tm_buf_text(buf, "<p>Chosen by the hash of their ids: no hand has picked them, and the same "
                "release shows the same ones. Long texts are cut.</p>\n");
    for (int i = 0; i < TM_REPORT_LANGS; i++)
        put_picks(buf, "random records", &report->langs[i].examples, i, true);
}

void tm_page_strange(struct tm_buf *buf, const struct tm_report *report)
{
    tm_buf_text(buf, "<p>The ends of the distributions, where a fault would be seen first.</p>\n");
    for (int i = 0; i < TM_REPORT_LANGS; i++) {
        const struct tm_report_lang *lang = &report->langs[i];
        put_picks(buf, "least certain of their language", &lang->doubtful, i, i == TM_PACK_RU);
        put_picks(buf, "longest", &lang->longest, i, false);
        put_picks(buf, "most removed by cleaning", &lang->shortened, i, false);
    }
}
