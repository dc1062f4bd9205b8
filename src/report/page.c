/* SPDX-License-Identifier: Apache-2.0 */
/* The page: its frame, and the sections that need no more than the manifest and sums. */
#include "report/page.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "report/style.h"

enum { MOST_SOURCES = 40, MOST_MONTHS = 96 };

const char *tm_page_lang(int lang)
{
    static const char *const names[TM_REPORT_LANGS] = {"Russian", "English", "Other"};
    return names[lang];
}

void tm_page_series(struct tm_figure *figure, const struct tm_report *report,
                    const uint64_t *const values[TM_REPORT_LANGS])
{
    for (int i = 0; i < TM_REPORT_LANGS; i++)
        if (report->langs[i].records != 0)
            figure->series[figure->n_series++] =
                (struct tm_series){.name = tm_page_lang(i), .colour = i, .values = values[i]};
}

/* Numbers of one language; of all when `lang` is TM_REPORT_LANGS. */
struct sums {
    uint64_t documents, records, sentences, words, chars, bytes, different;
    bool exact;
};

static struct sums sums_of(const struct tm_report *report, int lang)
{
    struct sums sums = {0};
    for (int i = 0; i < TM_REPORT_LANGS; i++) {
        const struct tm_report_lang *l = &report->langs[i];
        if (lang != i && lang != TM_REPORT_LANGS)
            continue;
        sums.documents += l->documents;
        sums.records += l->records;
        sums.sentences += tm_report_sentences(report, i);
        sums.words += l->words;
        sums.chars += l->chars;
        sums.bytes += l->bytes;
        sums.different = l->different;
        sums.exact = l->exact;
    }
    if (lang == TM_REPORT_LANGS) {
        sums.documents = report->documents;
        sums.different = report->different;
        sums.exact = report->exact;
    }
    return sums;
}

static void put_tile(struct tm_buf *buf, const char *name, uint64_t value)
{
    tm_buf_printf(buf, "<div><dt>%s</dt><dd>", name);
    tm_html_number(buf, value);
    tm_buf_text(buf, "</dd></div>\n");
}

static void put_tiles(struct tm_buf *buf, const struct tm_report *report)
{
    struct sums all = sums_of(report, TM_REPORT_LANGS);
    const struct tm_ledger *ledger = &report->opened.ledger;
    tm_buf_text(buf, "<dl class=\"tiles\">\n");
    put_tile(buf, "records", all.records);
    put_tile(buf, "documents", all.documents);
    put_tile(buf, "words", all.words);
    put_tile(buf, "characters", all.chars);
    tm_buf_text(buf, "<div><dt>kept of the raw text</dt><dd>");
    tm_html_share(buf, ledger->bytes[TM_KEPT], ledger->raw);
    tm_buf_text(buf, "</dd></div>\n</dl>\n");
}

static void put_glance(struct tm_buf *buf, const struct tm_report *report)
{
    put_tiles(buf, report);
    tm_html_table(buf, "By language", "language|documents|records|sentences|words|characters|"
                  "bytes|different words|tokens, about");
    for (int i = 0; i <= TM_REPORT_LANGS; i++) {
        struct sums s = sums_of(report, i);
        if (i < TM_REPORT_LANGS && !tm_report_has(report, i))
            continue;
        tm_html_th(buf, i == TM_REPORT_LANGS ? "<b>All</b>" : tm_page_lang(i));
        const uint64_t numbers[] = {s.documents, s.records, s.sentences, s.words, s.chars, s.bytes};
        for (size_t k = 0; k < sizeof numbers / sizeof *numbers; k++)
            tm_html_td(buf, numbers[k]);
        tm_buf_printf(buf, "<td class=\"n\">%s", s.exact ? "" : "\xE2\x89\x88\xC2\xA0");
        tm_html_number(buf, s.different);
        tm_buf_text(buf, "</td><td class=\"n\">");
        struct tm_tokens tokens = tm_report_tokens(report, i);
        tm_html_short(buf, tokens.low);
        tm_buf_text(buf, "\xE2\x80\x93");
        tm_html_short(buf, tokens.high);
        tm_buf_text(buf, "</td></tr>\n");
    }
    tm_html_table_save(buf);
    tm_buf_text(buf, "<p class=\"note\">A record is a segment of a document, a run of paragraphs "
                "of one language, unless the recipe names another unit. Tokens are an "
                "estimate, see <a href=\"#tokens\">Token budget</a>.");
    for (int i = 0; i < TM_REPORT_LANGS; i++) {
        const struct tm_report_lang *l = &report->langs[i];
        if (l->sample.one_in == 1)
            continue;
        tm_buf_printf(buf, " %s sentences are estimated from one record of %" PRIu64
                      ", with a standard error of ", tm_page_lang(i), l->sample.one_in);
        tm_html_share(buf, tm_report_sentences_error(report, i), tm_report_sentences(report, i));
        tm_buf_byte(buf, '.');
    }
    if (!report->exact)
        tm_buf_text(buf, " Different words are an estimate with a standard error of 0.81 %.");
    tm_buf_text(buf, "</p>\n");
}

static void put_counted_tokens(struct tm_buf *buf, const struct tm_report *report)
{
    tm_buf_text(buf, "<p>Counted with the SentencePiece model <code>");
    tm_html_cut(buf, tm_str_of(tm_tokenizer_name(report->tokenizer)), 200);
    tm_buf_printf(buf, "</code> (SHA-256 <code>%s</code>), each record by itself, without marks of "
                  "its begin and end; in the sample that words are counted in, and scaled up. "
                  "\xC2\xB1 is one standard error.</p>\n",
                  tm_tokenizer_sha256(report->tokenizer));
    tm_html_table(buf, "Tokens, counted",
                  "language|tokens|\xC2\xB1|one record in|characters|words|bytes");
    for (int i = 0; i < TM_REPORT_LANGS; i++) {
        const struct tm_report_lang *lang = &report->langs[i];
        const uint64_t numbers[] = {lang->tokens.number, lang->tokens.error, lang->tokens.one_in,
                                    lang->chars, lang->words, lang->bytes};
        if (!tm_report_has(report, i))
            continue;
        tm_html_th(buf, tm_page_lang(i));
        for (size_t k = 0; k < sizeof numbers / sizeof *numbers; k++)
            tm_html_td(buf, numbers[k]);
        tm_buf_text(buf, "</tr>\n");
    }
    tm_html_table_save(buf);
}

static void put_tokens(struct tm_buf *buf, const struct tm_report *report)
{
    if (report->tokenizer != NULL)
        put_counted_tokens(buf, report);
    tm_buf_text(buf, "<p>How many tokens a language model would make of the texts depends on its "
                "tokenizer. These are estimates by rules of thumb. The last "
                "rule for Russian is for vocabularies that know little of it.</p>\n");
    tm_html_table(buf, "Tokens, estimated",
                  "language|<rule of thumb|tokens, about|characters|words|bytes");
    for (int i = 0; i < TM_REPORT_LANGS; i++) {
        const struct tm_report_lang *lang = &report->langs[i];
        struct tm_tokens tokens = tm_report_tokens(report, i);
        for (size_t k = 0; k < tokens.n && tm_report_has(report, i); k++) {
            tm_html_th(buf, tm_page_lang(i));
            tm_html_td_text(buf, tm_str_of(tokens.rules[k].formula), 100);
            tm_buf_text(buf, "<td class=\"n\">\xE2\x89\x88\xC2\xA0");
            tm_html_number(buf, tokens.rules[k].tokens);
            tm_buf_text(buf, "</td>");
            tm_html_td(buf, lang->chars);
            tm_html_td(buf, lang->words);
            tm_html_td(buf, lang->bytes);
            tm_buf_text(buf, "</tr>\n");
        }
    }
    tm_html_table_save(buf);
}

struct source {
    const struct tm_value *value;
    uint64_t numbers[6];            /* documents; records and bytes of ru and en; all bytes */
};

static void take_source(const struct tm_value *value, struct source *ret_source)
{
    const struct tm_value *records = tm_value_get(value, "records");
    const struct tm_value *bytes = tm_value_get(value, "bytes");
    uint64_t other = 0;
    *ret_source = (struct source){.value = value};
    (void)tm_value_u64(tm_value_get(value, "documents"), &ret_source->numbers[0]);
    (void)tm_value_u64(tm_value_get(records, "ru"), &ret_source->numbers[1]);
    (void)tm_value_u64(tm_value_get(records, "en"), &ret_source->numbers[2]);
    (void)tm_value_u64(tm_value_get(bytes, "ru"), &ret_source->numbers[3]);
    (void)tm_value_u64(tm_value_get(bytes, "en"), &ret_source->numbers[4]);
    (void)tm_value_u64(tm_value_get(bytes, "other"), &other);
    ret_source->numbers[5] = ret_source->numbers[3] + ret_source->numbers[4] + other;
}

/* Adds a source to the largest ones, in order. */
static void add_source(struct source *list, size_t *n, const struct source *source)
{
    size_t at = *n;
    while (at > 0 && source->numbers[5] > list[at - 1].numbers[5])
        at--;
    if (at == MOST_SOURCES)
        return;
    *n += *n < MOST_SOURCES;
    memmove(list + at + 1, list + at, (*n - 1 - at) * sizeof *list);
    list[at] = *source;
}

static void put_source(struct tm_buf *buf, const struct source *source, uint64_t most,
                       uint64_t whole)
{
    struct tm_str title = tm_value_text(tm_value_get(source->value, "title"));
    tm_buf_text(buf, "<tr>");
    tm_html_td_text(buf, title.n != 0 ? title : tm_value_text(tm_value_get(source->value, "key")),
                    200);
    for (int k = 0; k < 3; k++)
        tm_html_td(buf, source->numbers[k]);
    tm_html_td_bar(buf, source->numbers[5], most, 0);
    tm_buf_text(buf, "<td class=\"n\">");
    tm_html_share(buf, source->numbers[5], whole);
    tm_buf_text(buf, "</td><td class=\"n\">");
    tm_html_share(buf, source->numbers[4], source->numbers[5]);
    tm_buf_text(buf, "</td></tr>\n");
}

static void put_sources(struct tm_buf *buf, const struct tm_report *report)
{
    const struct tm_value *sources = tm_value_get(report->opened.manifest, "sources");
    struct source list[MOST_SOURCES + 1];
    size_t n = 0;
    uint64_t whole = sums_of(report, TM_REPORT_LANGS).bytes;
    for (const struct tm_value *v = sources == NULL ? NULL : sources->first; v != NULL;
         v = v->next) {
        struct source source;
        take_source(v, &source);
        add_source(list, &n, &source);
    }
    tm_html_table(buf, "Sources by size of their text",
                  "source|documents|Russian records|English records|bytes|share|English bytes");
    for (size_t i = 0; i < n; i++)
        put_source(buf, &list[i], list[0].numbers[5], whole);
    tm_html_table_save(buf);
    if (sources != NULL && sources->n > n) {
        tm_buf_text(buf, "<p class=\"note\">And ");
        tm_html_number(buf, sources->n - n);
        tm_buf_text(buf, " smaller ones: see manifest.json.</p>\n");
    }
}

/* The time line: months, or years when there are too many of them. */
struct timeline {
    size_t first;                   /* in units */
    size_t n;
    size_t unit;                    /* months: 1 or 12 */
    uint64_t *values[TM_REPORT_LANGS];
};

static void label_time(struct tm_buf *buf, const void *user, size_t i)
{
    const struct timeline *line = user;
    size_t month = (line->first + i) * line->unit;
    if (line->unit == 1)
        tm_buf_printf(buf, "%04zu-%02zu", month / 12, month % 12 + 1);
    else
        tm_buf_printf(buf, "%04zu", month / 12);
}

static bool take_timeline(const struct tm_report *report, struct timeline *line)
{
    size_t first = report->first_month;
    size_t last = report->last_month;
    if (first > last)
        return false;
    line->unit = last - first < MOST_MONTHS ? 1 : 12;
    line->first = first / line->unit;
    line->n = last / line->unit - line->first + 1;
    /* Dates that are wrong would stretch the line over millennia: its end is what counts. */
    if (line->n > 2 * MOST_MONTHS) {
        line->first += line->n - 2 * MOST_MONTHS;
        line->n = 2 * MOST_MONTHS;
    }
    for (size_t month = line->first * line->unit; month <= last; month++)
        for (int i = 0; i < TM_REPORT_LANGS; i++)
            line->values[i][month / line->unit - line->first] += report->langs[i].by_month[month];
    return true;
}

static void put_time(struct tm_buf *buf, const struct tm_report *report)
{
    static const char *const texts[2] = {
        "Records by the date of their message.",
        "Share of each language among the records of the time."};
    uint64_t values[TM_REPORT_LANGS][2 * MOST_MONTHS] = {{0}};
    struct timeline line = {.values = {values[0], values[1], values[2]}};
    uint64_t undated = 0;
    for (int i = 0; i < TM_REPORT_LANGS; i++)
        undated += report->langs[i].undated;
    if (!take_timeline(report, &line)) {
        tm_buf_text(buf, "<p>No record has a date.</p>\n");
        return;
    }
    tm_buf_text(buf, "<div class=\"grid\">\n");
    for (int k = 0; k < 2; k++) {
        struct tm_figure figure = {
            .id = k == 0 ? "f-time" : "f-mix",
            .title = k == 0 ? "Records over time" : "Language mix over time", .text = texts[k],
            .x_name = line.unit == 1 ? "month" : "year", .y_name = k == 0 ? "records" : "share",
            .key = "months",
            .form = k == 0 ? TM_BARS_STACKED : TM_BARS_SHARES, .n = line.n, .label = label_time,
            .user = &line, .every = line.n > 4 ? (unsigned)(line.n + 3) / 4 : 1,
        };
        tm_page_series(&figure, report, (const uint64_t *const *)line.values);
        tm_plot_bars(buf, &figure);
    }
    tm_buf_text(buf, "</div>\n");
    if (undated != 0) {
        tm_buf_text(buf, "<p class=\"note\">");
        tm_html_number(buf, undated);
        tm_buf_text(buf, " records have no date.</p>\n");
    }
}

static void label_segs(struct tm_buf *buf, const void *user, size_t i)
{
    (void)user;
    tm_buf_printf(buf, i + 1 < TM_REPORT_SEGS ? "%zu" : "%zu or more", i + 1);
}

static void label_score(struct tm_buf *buf, const void *user, size_t i)
{
    (void)user;
    if (i == 0)
        tm_buf_text(buf, "< 0.5");
    else
        tm_buf_printf(buf, "0.%02zu", 48 + 2 * i);
}

static void label_tenth(struct tm_buf *buf, const void *user, size_t i)
{
    (void)user;
    tm_buf_printf(buf, "%zu\xE2\x80\x93%zu %%", 10 * i, 10 * i + 10);
}

static void put_mix(struct tm_buf *buf, const struct tm_report *report)
{
    uint64_t bins[TM_MIX_BINS];
    uint64_t n = 0;
    struct tm_figure figure = {
        .id = "f-bytes", .title = "Mix inside posts, by bytes",
        .text = "Documents that gave records in both languages, by the share of their English "
                "bytes.",
        .x_name = "English bytes of a document", .y_name = "documents",
        .key = "all.documents_by_english_share", .n = TM_MIX_BINS, .label = label_tenth,
        .every = 3, .series = {{.name = "documents", .colour = TM_REPORT_LANGS, .values = bins}},
        .n_series = 1,
    };
    tm_mix_bins(&report->mix, bins);
    for (int i = 0; i < TM_MIX_BINS; i++)
        n += bins[i];
    if (n == 0)
        return;
    tm_buf_text(buf, "<div>\n");
    tm_plot_bars(buf, &figure);
    if (report->mix.one_in != 1)
        tm_buf_printf(buf, "<p class=\"note\">Of one document in %" PRIu64 ", and scaled up.</p>\n",
                      report->mix.one_in);
    tm_buf_text(buf, "</div>\n");
}

static void put_languages(struct tm_buf *buf, const struct tm_report *report)
{
    const uint64_t *segs[TM_REPORT_LANGS];
    const uint64_t *scores[TM_REPORT_LANGS];
    uint64_t documents = 0;
    for (int i = 0; i < TM_REPORT_LANGS; i++) {
        segs[i] = report->langs[i].segs;
        scores[i] = report->langs[i].scores;
        documents += report->langs[i].documents;
    }
    uint64_t mixed = documents > report->documents ? documents - report->documents : 0;
    tm_buf_text(buf, "<p>");
    tm_html_number(buf, mixed);
    tm_buf_text(buf, " of ");
    tm_html_number(buf, report->documents);
    tm_buf_text(buf, " documents (");
    tm_html_share(buf, mixed, report->documents);
    tm_buf_text(buf, ") gave records in more than one language.</p>\n<div class=\"grid\">\n");
    struct tm_figure figure = {
        .id = "f-segs", .title = "Mix inside posts",
        .text = "Into how many runs of one language a document fell, runs that were left out "
                "included.",
        .x_name = "runs of one language in a document", .y_name = "documents",
        .key = "languages.*.documents_by_n_segs",
        .n = TM_REPORT_SEGS, .label = label_segs, .log = true,
    };
    tm_page_series(&figure, report, segs);
    tm_plot_bars(buf, &figure);
    struct tm_figure second = {
        .id = "f-score", .title = "Confidence of the language detector",
        .text = "lang_score of each record, by its least value; the last bar reaches 1.",
        .x_name = "lang_score", .y_name = "records", .key = "languages.*.records_by_lang_score",
        .n = TM_REPORT_SCORES, .label = label_score, .log = true, .every = 5,
        .phase = 6,
    };
    tm_page_series(&second, report, scores);
    tm_plot_bars(buf, &second);
    put_mix(buf, report);
    tm_buf_text(buf, "</div>\n");
}

static void put_method(struct tm_buf *buf, const struct tm_report *report)
{
    const struct tm_value *tool = tm_value_get(report->opened.manifest, "tolmach");
    tm_buf_text(buf, "<p>Documents, records, words, characters, bytes, lengths, months, signals, "
                "confidence and duplicates are counted exactly, in one walk over the records. A word "
                "is what <code>n_words</code> counts: a run of letters and digits of any script, with "
                "apostrophe or hyphen between letters; what ICU\xE2\x80\x99s word iterator would "
                "count stands beside it. Sentences are those of <code>tolmach "
                "split</code>. Words, pairs, hashtags and forwards are kept in tables of fixed size "
                "(Misra and Gries), whose greatest error is stated wherever it is not nought; many "
                "different words are estimated by HyperLogLog.</p>\n<p>All numbers stand in <a href="
                "\"stats.json\">stats.json</a>; the page says the same for the same release, byte "
                "for byte. Made by tolmach ");
    tm_html_cut(buf, tm_value_text(tm_value_get(tool, "version")), 60);
    tm_buf_text(buf, ", language model ");
    tm_html_cut(buf, tm_value_text(tm_value_get(tool, "language_model")), 60);
    tm_buf_text(buf, ".</p>\n");
}

struct section {
    const char *id;
    const char *title;
    void (*put)(struct tm_buf *buf, const struct tm_report *report);
};

/* In reading order. */
static const struct section sections[] = {
    {"glance", "At a glance", put_glance},
    {"ledger", "What was kept, what was removed", tm_page_ledger},
    {"sources", "Sources", put_sources},
    {"time", "Time", put_time},
    {"languages", "Languages", put_languages},
    {"lengths", "Lengths", tm_page_lengths},
    {"words", "Words", tm_page_words},
    {"tokens", "Token budget", put_tokens},
    {"characters", "Characters", tm_page_characters},
    {"quality", "Quality signals", tm_page_quality},
    {"duplicates", "Duplicates and forwards", tm_page_duplicates},
    {"examples", "Examples", tm_page_examples},
    {"strange", "The strangest records", tm_page_strange},
    {"method", "How this was counted", put_method},
};

enum { N_SECTIONS = sizeof sections / sizeof *sections };

static void put_head(struct tm_buf *buf, const struct tm_report *report)
{
    const struct tm_value *manifest = report->opened.manifest;
    struct tm_str title = tm_value_text(tm_value_get(manifest, "title"));
    struct tm_str text = tm_value_text(tm_value_get(manifest, "description"));
    struct tm_str date = tm_value_text(tm_value_get(manifest, "created"));
    tm_buf_text(buf, "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
                "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>");
    tm_html_cut(buf, report->opened.name, 40);
    tm_buf_byte(buf, ' ');
    tm_html_cut(buf, report->opened.version, 20);
    tm_buf_text(buf, "</title>\n<style>\n");
    for (size_t i = 0; i < sizeof style / sizeof *style; i++)
        tm_buf_text(buf, style[i]);
    tm_buf_text(buf, "</style>\n</head>\n<body>\n<header>\n<h1");
    title = title.n != 0 ? title : report->opened.name;
    tm_html_lang(buf, title);
    tm_buf_byte(buf, '>');
    tm_html_cut(buf, title, 300);
    tm_buf_text(buf, " <small lang=\"en\">version ");
    tm_html_cut(buf, report->opened.version, 100);
    tm_buf_text(buf, "</small></h1>\n");
    if (text.n != 0) {
        tm_buf_text(buf, "<p");
        tm_html_lang(buf, text);
        tm_buf_byte(buf, '>');
        tm_html_cut(buf, text, 2000);
        tm_buf_text(buf, "</p>\n");
    }
    tm_buf_text(buf, "<p>A corpus of Russian and English texts. Licence: ");
    tm_html_cut(buf, tm_value_text(tm_value_get(manifest, "licence")), 100);
    if (date.n >= 10) {
        tm_buf_text(buf, ". Newest message: ");
        tm_html_cut(buf, (struct tm_str){date.p, 10}, 40);
    }
    tm_buf_text(buf, ".</p>\n</header>\n");
}

void tm_report_put_page(struct tm_buf *buf, const struct tm_report *report)
{
    put_head(buf, report);
    tm_buf_text(buf, "<nav aria-label=\"Contents\"><ol>\n");
    for (size_t i = 0; i < N_SECTIONS; i++)
        tm_buf_printf(buf, "<li><a href=\"#%s\">%s</a></li>\n", sections[i].id, sections[i].title);
    tm_buf_text(buf, "</ol></nav>\n<main>\n");
    for (size_t i = 0; i < N_SECTIONS; i++) {
        tm_buf_printf(buf, "<section aria-labelledby=\"%s\">\n<h2 id=\"%s\">%s</h2>\n",
                      sections[i].id, sections[i].id, sections[i].title);
        sections[i].put(buf, report);
        tm_buf_text(buf, "</section>\n");
    }
    tm_buf_text(buf, "</main>\n<footer><p>The numbers: <a href=\"stats.json\">stats.json</a>. The "
                "texts belong to those who wrote them.</p></footer>\n</body>\n</html>\n");
}
