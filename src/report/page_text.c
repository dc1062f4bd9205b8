/* SPDX-License-Identifier: Apache-2.0 */
/* The sections on lengths and words. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <unicode/uchar.h>

#include "base/utf8.h"
#include "report/page.h"
#include "report/stems.h"

enum {
    MOST_WORDS = 25, MOST_STEMS = 25, MOST_FORMS = 4, MOST_GRAMMAR = 24, MOST_TAGS = 15,
    MOST_PAIRS = 20
};

static void label_length(struct tm_buf *buf, const void *user, size_t bin)
{
    (void)user;
    tm_buf_u64(buf, tm_length_edge((unsigned)bin));
}

static void put_lengths(struct tm_buf *buf, const struct tm_report *report, bool words)
{
    uint64_t bins[TM_REPORT_LANGS][TM_LENGTH_BINS];
    const uint64_t *values[TM_REPORT_LANGS];
    size_t last = 1;
    for (int i = 0; i < TM_REPORT_LANGS; i++) {
        const struct tm_report_lang *lang = &report->langs[i];
        tm_length_bins(words ? lang->by_words : lang->by_chars, lang->records, bins[i]);
        values[i] = bins[i];
        for (size_t k = last; k < TM_LENGTH_BINS; k++)
            last = bins[i][k] != 0 ? k + 1 : last;
    }
    struct tm_figure figure = {
        .id = words ? "f-words" : "f-chars",
        .title = words ? "Words of a record" : "Characters of a record",
        .text = "Two bins for each doubling of the length, named by the least number in them.",
        .x_name = words ? "words" : "characters", .y_name = "records",
        .key = words ? "languages.*.records_by_words" : "languages.*.records_by_characters",
        .n = last, .label = label_length,
    };
    tm_page_series(&figure, report, values);
    tm_plot_bars(buf, &figure);
}

static const unsigned per_cents[] = {10, 25, 50, 75, 90, 99};
enum { PER_CENTS = sizeof per_cents / sizeof *per_cents };

static void put_quantiles_of_all(struct tm_buf *buf, const struct tm_report *report, bool words)
{
    tm_html_th(buf, words ? "All, words" : "All, characters");
    for (int k = 0; k < PER_CENTS; k++)
        tm_html_td(buf, tm_report_quantile_of_all(report, words, per_cents[k]));
    tm_buf_text(buf, "</tr>\n");
}

void tm_page_lengths(struct tm_buf *buf, const struct tm_report *report)
{
    tm_html_table(buf, "Lengths that so many per cent of the records do not exceed",
                  "records|10 %|25 %|median|75 %|90 %|99 %");
    for (int i = 0; i < 2 * TM_REPORT_LANGS; i++) {
        char name[64];
        const struct tm_report_lang *lang = &report->langs[i / 2];
        if (!tm_report_has(report, i / 2))
            continue;
        (void)snprintf(name, sizeof name, "%s, %s", tm_page_lang(i / 2),
                       i % 2 == 0 ? "words" : "characters");
        tm_html_th(buf, name);
        for (int k = 0; k < PER_CENTS; k++)
            tm_html_td(buf, tm_report_quantile(i % 2 == 0 ? lang->by_words : lang->by_chars,
                                               lang->records, per_cents[k]));
        tm_buf_text(buf, "</tr>\n");
    }
    put_quantiles_of_all(buf, report, true);
    put_quantiles_of_all(buf, report, false);
    tm_html_table_save(buf);
    tm_buf_text(buf, "<div class=\"grid\">\n");
    put_lengths(buf, report, true);
    put_lengths(buf, report, false);
    tm_buf_text(buf, "</div>\n");
}

/* The exponents of a figure's lines, each through all of its points. */
static void put_exponents(struct tm_buf *buf, const char *law, const struct tm_figure *figure)
{
    if (figure->n_series == 0)
        return;
    tm_buf_printf(buf, "<p class=\"note\">Exponent of %s law, by least squares through the points "
                  "of the figure: ", law);
    for (size_t s = 0; s < figure->n_series; s++) {
        const struct tm_series *line = &figure->series[s];
        double exponent = tm_report_exponent(line->x, line->values, line->n);
        int64_t hundredths = (int64_t)(exponent * 100 + (exponent < 0 ? -0.5 : 0.5));
        uint64_t size = (uint64_t)(hundredths < 0 ? -hundredths : hundredths);
        tm_buf_printf(buf, "%s%s %s%" PRIu64 ".%02u", s == 0 ? "" : ", ", line->name,
                      hundredths < 0 ? "\xE2\x88\x92" : "", size / 100, (unsigned)(size % 100));
    }
    tm_buf_text(buf, ".</p>\n");
}

typedef void points_fn(const struct tm_report *report, int lang, struct tm_points *ret_points);

/* A line of each language, one of all together, and the exponent of each. */
static void put_law(struct tm_buf *buf, const struct tm_report *report, struct tm_figure *figure,
                    points_fn *points_of, const char *law)
{
    struct tm_points points[TM_REPORT_LANGS + 1];
    size_t langs = 0;
    for (int i = 0; i <= TM_REPORT_LANGS; i++) {
        bool all = i == TM_REPORT_LANGS;
        points_of(report, i, &points[i]);
        langs += !all && points[i].n != 0;
        if (points[i].n != 0 && (!all || langs > 1))
            figure->series[figure->n_series++] = (struct tm_series){
                all ? "All" : tm_page_lang(i), i, points[i].y, points[i].n, points[i].x};
    }
    tm_buf_text(buf, "<div>\n");
    tm_plot_lines(buf, figure);
    put_exponents(buf, law, figure);
    tm_buf_text(buf, "</div>\n");
}

static void put_growth(struct tm_buf *buf, const struct tm_report *report)
{
    struct tm_figure figure = {
        .id = "f-growth", .title = "Growth of the vocabulary",
        .text = "Different words after so many words of the shards, in their order; of all "
                "together as if the languages were read in turn (Heaps\xE2\x80\x99 law would be a "
                "straight line).",
        .x_name = "words read", .y_name = "different words",
        .key = "languages.*.vocabulary.growth",
    };
    put_law(buf, report, &figure, tm_report_growth, "Heaps\xE2\x80\x99");
}

static void put_ranks(struct tm_buf *buf, const struct tm_report *report)
{
    struct tm_figure figure = {
        .id = "f-ranks", .title = "Rank and frequency",
        .text = "How often the word of each rank stands (Zipf\xE2\x80\x99s law would be a straight "
                "line).",
        .x_name = "rank of the word", .y_name = "times",
        .key = "languages.*.vocabulary.rank_frequency",
    };
    put_law(buf, report, &figure, tm_report_ranks, "Zipf\xE2\x80\x99s");
}

static bool is_content(struct tm_str word)
{
    return (unsigned char)word.p[0] > '9' && !tm_is_stop_word(word);
}

/* What a number of the sample stands for, with a bar; and its error where there is one. */
static void put_times(struct tm_buf *buf, const struct tm_report_lang *lang,
                      const struct tm_tally *tally, const struct tm_tally_entry *entry,
                      uint64_t most, int colour)
{
    tm_html_td_bar(buf, tm_report_times(lang, entry), most, colour);
    if (lang->sample.one_in != 1)
        tm_html_td(buf, tm_report_times_error(lang, tally, entry));
}

static void put_top_words(struct tm_buf *buf, const struct tm_report *report, int lang)
{
    const struct tm_report_lang *l = &report->langs[lang];
    const struct tm_tally *top = &l->top;
    char title[64];
    uint64_t most = 0;
    size_t shown = 0;
    (void)snprintf(title, sizeof title, "%s: commonest words", tm_page_lang(lang));
    tm_html_table(buf, title, l->sample.one_in == 1 ? "word|times" : "word|times, about|\xC2\xB1");
    for (size_t i = 0; i < top->n && shown < MOST_WORDS; i++) {
        const struct tm_tally_entry *entry = &top->entries[i];
        if (!is_content(tm_tally_key(top, entry)))
            continue;
        most = most == 0 ? tm_report_times(l, entry) : most;
        shown++;
        tm_buf_text(buf, "<tr>");
        tm_html_td_text(buf, tm_tally_key(top, entry), 200);
        put_times(buf, l, top, entry, most, lang);
        tm_buf_text(buf, "</tr>\n");
    }
    tm_html_table_save(buf);
}

static void put_forms(struct tm_buf *buf, const struct tm_report_lang *lang,
                      const struct tm_tally_entry *stem)
{
    struct tm_str forms[MOST_FORMS];
    struct tm_buf list = {0};
    size_t n = tm_stems_forms(lang, stem, MOST_FORMS, forms);
    for (size_t i = 0; i < n; i++) {
        tm_buf_text(&list, i == 0 ? "" : ", ");
        tm_buf_str(&list, forms[i]);
    }
    tm_html_td_text(buf, tm_buf_view(&list), 200);
    buf->failed |= list.failed;
    tm_buf_finish(&list);
}

static void put_stems(struct tm_buf *buf, const struct tm_report *report, int lang)
{
    const struct tm_report_lang *l = &report->langs[lang];
    const struct tm_tally *stems = &l->stems;
    char title[64];
    uint64_t most = tm_report_times(l, &stems->entries[0]);
    (void)snprintf(title, sizeof title, "%s: commonest stems (Snowball)", tm_page_lang(lang));
    tm_html_table(buf, title, l->sample.one_in == 1 ? "stem|times|<commonest forms"
                                                    : "stem|times, about|\xC2\xB1|<commonest forms");
    for (size_t i = 0; i < stems->n && i < MOST_STEMS; i++) {
        tm_buf_text(buf, "<tr>");
        tm_html_td_text(buf, tm_tally_key(stems, &stems->entries[i]), 200);
        put_times(buf, l, stems, &stems->entries[i], most, lang);
        put_forms(buf, l, &stems->entries[i]);
        tm_buf_text(buf, "</tr>\n");
    }
    tm_html_table_save(buf);
}

static void put_pairs(struct tm_buf *buf, const struct tm_report *report, int lang)
{
    const struct tm_report_lang *l = &report->langs[lang];
    char title[64];
    uint64_t most = tm_report_times(l, &l->pairs.entries[0]);
    (void)snprintf(title, sizeof title, "%s: commonest pairs", tm_page_lang(lang));
    tm_html_table(buf, title, l->sample.one_in == 1
                                  ? "pair|times|over chance"
                                  : "pair|times, about|\xC2\xB1|over chance");
    for (size_t i = 0; i < l->pairs.n && i < MOST_PAIRS; i++) {
        const struct tm_tally_entry *entry = &l->pairs.entries[i];
        double chance = (double)l->pair_words[i][0] * (double)l->pair_words[i][1];
        tm_buf_text(buf, "<tr>");
        tm_html_td_text(buf, tm_tally_key(&l->pairs, entry), 300);
        put_times(buf, l, &l->pairs, entry, most, lang);
        tm_buf_text(buf, "<td class=\"n\">\xC3\x97\xC2\xA0");
        if (chance > 0)
            tm_html_number(buf, (uint64_t)((double)entry->count * (double)l->top.total / chance +
                                           0.5));
        else
            tm_buf_text(buf, "?");
        tm_buf_text(buf, "</td></tr>\n");
    }
    tm_html_table_save(buf);
}

static void put_tags(struct tm_buf *buf, const struct tm_report *report, int lang)
{
    const struct tm_tally *tags = &report->langs[lang].hashtags;
    char title[64];
    if (tags->n == 0)
        return;
    (void)snprintf(title, sizeof title, "%s: hashtags", tm_page_lang(lang));
    tm_html_table(buf, title, "hashtag|documents");
    for (size_t i = 0; i < tags->n && i < MOST_TAGS; i++) {
        tm_buf_text(buf, "<tr>");
        tm_html_td_text(buf, tm_tally_key(tags, &tags->entries[i]), 200);
        tm_html_td_bar(buf, tags->entries[i].count, tags->entries[0].count, lang);
        tm_buf_text(buf, "</tr>\n");
    }
    tm_html_table_save(buf);
}

/* Stop words, which say nothing of the subject, in one line. */
static void put_grammar(struct tm_buf *buf, const struct tm_report *report, int lang)
{
    const struct tm_tally *top = &report->langs[lang].top;
    size_t shown = 0;
    tm_buf_printf(buf, "<p class=\"note\">%s words of grammar, by frequency: ",
                  tm_page_lang(lang));
    for (size_t i = 0; i < top->n && shown < MOST_GRAMMAR; i++) {
        if (!tm_is_stop_word(tm_tally_key(top, &top->entries[i])))
            continue;
        tm_buf_text(buf, shown++ == 0 ? "<i" : ", <i");
        tm_html_lang(buf, tm_tally_key(top, &top->entries[i]));
        tm_buf_byte(buf, '>');
        tm_html_text(buf, tm_tally_key(top, &top->entries[i]));
        tm_buf_text(buf, "</i>\xC2\xA0");
        tm_html_number(buf, tm_report_times(&report->langs[lang], &top->entries[i]));
    }
    tm_buf_text(buf, ".</p>\n");
}

/* Which languages are counted in a sample, and what that means. */
static void put_sampling(struct tm_buf *buf, const struct tm_report *report)
{
    bool any = false;
    for (int i = 0; i < TM_REPORT_LANGS; i++) {
        const struct tm_sample *sample = &report->langs[i].sample;
        if (sample->one_in == 1)
            continue;
        tm_buf_text(buf, any ? "; " : "Counted in a sample by the hash of the id, and scaled up: ");
        tm_buf_printf(buf, "%s in one record of %" PRIu64 " (", tm_page_lang(i), sample->one_in);
        tm_html_number(buf, sample->words);
        tm_buf_text(buf, " words)");
        any = true;
    }
    if (any)
        tm_buf_text(buf, ". \xC2\xB1 is one standard error. ");
}

static void put_note(struct tm_buf *buf, const struct tm_report *report)
{
    uint64_t error = 0;
    uint64_t pair_error = 0;
    for (int i = 0; i < TM_REPORT_LANGS; i++) {
        error = report->langs[i].top.error > error ? report->langs[i].top.error : error;
        pair_error = report->langs[i].pairs.error > pair_error ? report->langs[i].pairs.error
                                                               : pair_error;
    }
    tm_buf_text(buf, "<p>A word is a run of letters and digits of any script, in lower case, with "
                "apostrophe or hyphen between letters, as <code>n_words</code> counts them. Pairs are neighbours with a blank between, without words of "
                "grammar and numbers. A stem brings the forms of a word together, as far as "
                "Snowball\xE2\x80\x99s rules do: it is like a lemma, but none. ");
    put_sampling(buf, report);
    if (error + pair_error != 0)
        tm_buf_printf(buf, "In it, counts of words are at most %" PRIu64 " too low, those of pairs "
                      "at most %" PRIu64 ".</p>\n", error, pair_error);
    else
        tm_buf_text(buf, tm_report_one_in(report) == 1 ? "All counts are exact.</p>\n"
                                                       : "</p>\n");
}

/* How far two rules differ: the change in per cent with a sign, where it is to be seen. */
static void put_change(struct tm_buf *buf, uint64_t from, uint64_t to)
{
    uint64_t by = to < from ? from - to : to - from;
    bool small = from != 0 && (double)by / (double)from < 0.0005;       /* "< 0.1 %" */
    tm_buf_printf(buf, "<td class=\"n\">%s", small     ? ""
                                             : to < from ? "\xE2\x88\x92" : "+");
    tm_html_share(buf, by, from);
    tm_buf_text(buf, "</td></tr>\n");
}

static void put_two_rules(struct tm_buf *buf, const struct tm_report *report)
{
    tm_html_table(buf, "Words by two rules",
                  "language|n_words|by ICU (UAX #29)|\xC2\xB1|difference");
    for (int i = 0; i < TM_REPORT_LANGS; i++) {
        const struct tm_report_lang *lang = &report->langs[i];
        if (!tm_report_has(report, i))
            continue;
        tm_html_th(buf, tm_page_lang(i));
        tm_html_td(buf, lang->words);
        tm_html_td(buf, lang->icu_words.number);
        tm_html_td(buf, lang->icu_words.error);
        put_change(buf, lang->words, lang->icu_words.number);
    }
    tm_html_table_save(buf);
    tm_buf_text(buf, "<p class=\"note\">ICU\xE2\x80\x99s iterator (UAX #29) makes several words "
                "of a hyphened one and one of a decimal number, of an abbreviation with dots or "
                "of a name with _. All other numbers on this page are by n_words.</p>\n");
}

void tm_page_words(struct tm_buf *buf, const struct tm_report *report)
{
    put_note(buf, report);
    put_two_rules(buf, report);
    tm_buf_text(buf, "<div class=\"grid\">\n");
    put_growth(buf, report);
    put_ranks(buf, report);
    tm_buf_text(buf, "</div>\n<div class=\"grid\">\n");
    for (int i = 0; i < 2; i++)
        if (report->langs[i].top.n != 0)
            put_top_words(buf, report, i);
    for (int i = 0; i < 2; i++)
        if (report->langs[i].stems.n != 0)
            put_stems(buf, report, i);
    for (int i = 0; i < 2; i++)
        if (report->langs[i].pairs.n != 0)
            put_pairs(buf, report, i);
    for (int i = 0; i < 2; i++)
        put_tags(buf, report, i);
    tm_buf_text(buf, "</div>\n");
    for (int i = 0; i < 2; i++)
        if (report->langs[i].top.n != 0)
            put_grammar(buf, report, i);
}
