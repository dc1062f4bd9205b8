/* SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>
#include <stdio.h>
#include <unicode/uchar.h>

#include "base/utf8.h"
#include "report/page.h"

enum { MOST_WORDS = 25, MOST_GRAMMAR = 24, MOST_TAGS = 15, MOST_PAIRS = 20, MOST_OTHERS = 24 };

static void label_length(struct tm_buf *buf, const void *user, size_t bin)
{
    uint64_t edge = tm_length_edge((unsigned)bin);
    (void)user;
    if (edge < 10000)
        tm_buf_u64(buf, edge);
    else
        tm_html_short(buf, edge);
}

static void put_lengths(struct tm_buf *buf, const struct tm_report *report, bool words)
{
    uint64_t bins[TM_REPORT_LANGS][TM_LENGTH_BINS];
    const uint64_t *values[TM_REPORT_LANGS];
    size_t last = 1;
    for (int i = 0; i < TM_REPORT_LANGS; i++) {
        const struct tm_report_lang *lang = &report->langs[i];
        tm_length_bins(words ? lang->by_words : lang->by_chars, bins[i]);
        values[i] = bins[i];
        for (size_t k = last; k < TM_LENGTH_BINS; k++)
            last = bins[i][k] != 0 ? k + 1 : last;
    }
    struct tm_figure figure = {
        .id = words ? "f-words" : "f-chars",
        .title = words ? "Words of a record" : "Characters of a record",
        .text = "Two bins for each doubling of the length, named by the least number in them.",
        .x_name = words ? "words" : "characters",
        .y_name = "records", .n = last, .label = label_length,
    };
    tm_page_series(&figure, report, values);
    tm_plot_bars(buf, &figure);
}

void tm_page_lengths(struct tm_buf *buf, const struct tm_report *report)
{
    static const unsigned per_cents[] = {10, 25, 50, 75, 90, 99};
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
        for (int k = 0; k < 6; k++)
            tm_html_td(buf, tm_report_quantile(i % 2 == 0 ? lang->by_words : lang->by_chars,
                                               lang->records, per_cents[k]));
        tm_buf_text(buf, "</tr>\n");
    }
    tm_html_table_end(buf);
    tm_buf_text(buf, "<div class=\"grid\">\n");
    put_lengths(buf, report, true);
    put_lengths(buf, report, false);
    tm_buf_text(buf, "</div>\n");
}

static void put_growth(struct tm_buf *buf, const struct tm_report *report)
{
    uint64_t x[TM_REPORT_LANGS][TM_REPORT_GROWTH];
    uint64_t y[TM_REPORT_LANGS][TM_REPORT_GROWTH];
    struct tm_figure figure = {
        .id = "f-growth", .title = "Growth of the vocabulary",
        .text = "Different words after so many words of the shards, in their order "
                "(Heaps\xE2\x80\x99 law would be a straight line).",
        .x_name = "words read", .y_name = "different words",
    };
    for (int i = 0; i < TM_REPORT_LANGS; i++) {
        const struct tm_report_lang *lang = &report->langs[i];
        for (size_t k = 0; k < lang->n_growth; k++) {
            x[i][k] = lang->growth[k].words;
            y[i][k] = lang->growth[k].different;
        }
        if (lang->n_growth != 0)
            figure.series[figure.n_series++] = (struct tm_series){
                tm_page_lang(i), i, y[i], lang->n_growth, x[i]};
    }
    tm_plot_lines(buf, &figure);
}

static void put_ranks(struct tm_buf *buf, const struct tm_report *report)
{
    uint64_t x[TM_REPORT_LANGS][TM_LENGTH_BINS];
    uint64_t y[TM_REPORT_LANGS][TM_LENGTH_BINS];
    struct tm_figure figure = {
        .id = "f-ranks", .title = "Rank and frequency",
        .text = "How often the word of each rank stands (Zipf\xE2\x80\x99s law would be a straight "
                "line).",
        .x_name = "rank of the word", .y_name = "times",
    };
    for (int i = 0; i < TM_REPORT_LANGS; i++) {
        const struct tm_tally *top = &report->langs[i].top;
        size_t n = 0;
        for (; n < TM_LENGTH_BINS && tm_length_edge((unsigned)n) <= top->n; n++) {
            x[i][n] = tm_length_edge((unsigned)n);
            y[i][n] = top->entries[x[i][n] - 1].count;
        }
        if (n != 0)
            figure.series[figure.n_series++] = (struct tm_series){tm_page_lang(i), i, y[i], n,
                                                                  x[i]};
    }
    tm_plot_lines(buf, &figure);
}

static bool is_content(struct tm_str word)
{
    return (unsigned char)word.p[0] > '9' && !tm_is_stop_word(word);
}

static void put_top_words(struct tm_buf *buf, const struct tm_report *report, int lang)
{
    const struct tm_tally *top = &report->langs[lang].top;
    char title[64];
    uint64_t most = 0;
    size_t shown = 0;
    (void)snprintf(title, sizeof title, "%s: commonest words", tm_page_lang(lang));
    tm_html_table(buf, title, "word|times");
    for (size_t i = 0; i < top->n && shown < MOST_WORDS; i++) {
        const struct tm_tally_entry *entry = &top->entries[i];
        if (!is_content(tm_tally_key(top, entry)))
            continue;
        most = most == 0 ? entry->count : most;
        shown++;
        tm_buf_text(buf, "<tr>");
        tm_html_td_text(buf, tm_tally_key(top, entry), 200);
        tm_html_td_bar(buf, entry->count, most, lang);
        tm_buf_text(buf, "</tr>\n");
    }
    tm_html_table_end(buf);
}

static void put_pairs(struct tm_buf *buf, const struct tm_report *report, int lang)
{
    const struct tm_report_lang *l = &report->langs[lang];
    char title[64];
    (void)snprintf(title, sizeof title, "%s: commonest pairs", tm_page_lang(lang));
    tm_html_table(buf, title, "pair|times|over chance");
    for (size_t i = 0; i < l->pairs.n && i < MOST_PAIRS; i++) {
        const struct tm_tally_entry *entry = &l->pairs.entries[i];
        double chance = (double)l->pair_words[i][0] * (double)l->pair_words[i][1];
        tm_buf_text(buf, "<tr>");
        tm_html_td_text(buf, tm_tally_key(&l->pairs, entry), 300);
        tm_html_td_bar(buf, entry->count, l->pairs.entries[0].count, lang);
        tm_buf_text(buf, "<td class=\"n\">\xC3\x97\xC2\xA0");
        if (chance > 0)
            tm_html_number(buf, (uint64_t)((double)entry->count * (double)l->top.total / chance +
                                           0.5));
        else
            tm_buf_text(buf, "?");
        tm_buf_text(buf, "</td></tr>\n");
    }
    tm_html_table_end(buf);
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
    tm_html_table_end(buf);
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
        tm_html_number(buf, top->entries[i].count);
    }
    tm_buf_text(buf, ".</p>\n");
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
    tm_buf_text(buf, "<p>A word is a run of letters and digits, in lower case; its forms are not "
                "brought together. Pairs are neighbours with a blank between, without words of "
                "grammar and numbers. ");
    if (report->one_in != 1)
        tm_buf_printf(buf, "Counted in one record of %" PRIu64 ", chosen by its id. ",
                      report->one_in);
    if (error + pair_error == 0)
        tm_buf_text(buf, "All counts are exact.</p>\n");
    else
        tm_buf_printf(buf, "Counts of words are at most %" PRIu64 " too low, those of pairs at most "
                      "%" PRIu64 ".</p>\n", error, pair_error);
}

void tm_page_words(struct tm_buf *buf, const struct tm_report *report)
{
    put_note(buf, report);
    tm_buf_text(buf, "<div class=\"grid\">\n");
    put_growth(buf, report);
    put_ranks(buf, report);
    tm_buf_text(buf, "</div>\n<div class=\"grid\">\n");
    for (int i = 0; i < 2; i++)
        if (report->langs[i].top.n != 0)
            put_top_words(buf, report, i);
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

/* The letters of a language by their place. */
static uint32_t letter(int lang, size_t i)
{
    if (lang == TM_PACK_EN)
        return 'a' + (uint32_t)i;
    return i == 6 ? 0x451 : 0x430 + (uint32_t)i - (i > 6);
}

/* Kinds of characters, in the order in which they are listed. */
enum kind { ALPHABET, OTHER_LETTER, DIGIT, SPACE, PUNCTUATION, SYMBOL, REST, KINDS };

static const char *const kind_names[KINDS] = {
    "letters of the alphabet", "letters of other alphabets", "digits", "blanks and line feeds",
    "punctuation", "symbols", "marks, controls and others",
};

static enum kind kind_of(int lang, uint32_t cp)
{
    uint32_t small = tm_lower(cp);
    uint32_t category = U_GET_GC_MASK((UChar32)cp);
    if (lang == TM_PACK_EN ? small - 'a' < 26 : (small >= 0x430 && small < 0x450) || small == 0x451)
        return ALPHABET;
    if ((category & U_GC_L_MASK) != 0)
        return OTHER_LETTER;
    if ((category & U_GC_N_MASK) != 0)
        return DIGIT;
    if ((category & U_GC_Z_MASK) != 0 || cp == '\n' || cp == '\t')
        return SPACE;
    return (category & U_GC_P_MASK) != 0 ? PUNCTUATION : (category & U_GC_S_MASK) != 0 ? SYMBOL
                                                                                    : REST;
}

static void put_kinds(struct tm_buf *buf, const struct tm_report *report)
{
    uint64_t counts[2][KINDS] = {{0}};
    for (int i = 0; i < 2; i++) {
        for (uint32_t cp = 0; cp < TM_REPORT_CHARS; cp++)
            if (report->langs[i].code_points[cp] != 0)
                counts[i][kind_of(i, cp)] += report->langs[i].code_points[cp];
        counts[i][REST] += report->langs[i].high_code_points;
    }
    tm_html_table(buf, "Characters by kind", "kind|Russian|share|English|share");
    for (int kind = 0; kind < KINDS; kind++) {
        tm_html_th(buf, kind_names[kind]);
        for (int i = 0; i < 2; i++) {
            tm_html_td(buf, counts[i][kind]);
            tm_buf_text(buf, "<td class=\"n\">");
            tm_html_share(buf, counts[i][kind], report->langs[i].sample_chars);
            tm_buf_text(buf, "</td>");
        }
        tm_buf_text(buf, "</tr>\n");
    }
    tm_html_table_end(buf);
}

static void label_letter(struct tm_buf *buf, const void *user, size_t i)
{
    char bytes[4];
    tm_buf_add(buf, bytes, tm_utf8_put(letter(*(const int *)user, i), bytes));
}

static void put_alphabet(struct tm_buf *buf, const struct tm_report *report, int lang)
{
    uint64_t counts[33] = {0};
    const uint64_t *code_points = report->langs[lang].code_points;
    struct tm_figure figure = {
        .id = lang == TM_PACK_RU ? "f-ru" : "f-en",
        .title = lang == TM_PACK_RU ? "Letters of Russian records" : "Letters of English records",
        .text = "Capitals and small ones together.", .x_name = "letter", .y_name = "times",
        .n = lang == TM_PACK_RU ? 33 : 26, .label = label_letter, .user = &lang, .every = 1,
        .series = {{.name = "times", .values = counts, .colour = lang}}, .n_series = 1,
    };
    for (uint32_t cp = 0; cp < 0x500; cp++)
        for (size_t i = 0; i < figure.n; i++)
            counts[i] += tm_lower(cp) == letter(lang, i) ? code_points[cp] : 0;
    tm_plot_bars(buf, &figure);
}

/* Times of a character that is no letter, digit or blank. */
static uint64_t times_apart(const struct tm_report *report, int lang, uint32_t cp)
{
    return kind_of(lang, cp) < PUNCTUATION ? 0 : report->langs[lang].code_points[cp];
}

static void put_character(struct tm_buf *buf, const struct tm_report *report, uint32_t cp)
{
    char bytes[4];
    char name[96] = "";
    UErrorCode error = U_ZERO_ERROR;
    size_t n = tm_utf8_put(cp, bytes);
    (void)u_charName((UChar32)cp, U_EXTENDED_CHAR_NAME, name, sizeof name, &error);
    tm_buf_text(buf, "<tr><th scope=\"row\"><span class=\"char\">");
    tm_html_text(buf, (struct tm_str){bytes, n});
    tm_buf_printf(buf, "</span> <code>U+%04X</code></th><td class=\"t\">", (unsigned)cp);
    tm_html_text(buf, tm_str_of(name));
    tm_buf_text(buf, "</td>");
    for (int i = 0; i < 2; i++)
        tm_html_td(buf, times_apart(report, i, cp));
    tm_buf_text(buf, "</tr>\n");
}

static void put_others(struct tm_buf *buf, const struct tm_report *report)
{
    uint64_t least = UINT64_MAX;
    uint32_t after = 0;
    tm_html_table(buf, "Signs that are no letters, digits or blanks", "character|<name|Russian|English");
    for (int k = 0; k < MOST_OTHERS; k++) {
        uint64_t best = 0;
        uint32_t best_cp = 0;
        for (uint32_t cp = 0; cp < TM_REPORT_CHARS; cp++) {
            uint64_t n = report->langs[0].code_points[cp] + report->langs[1].code_points[cp];
            if (n <= best || n > least || (n == least && cp <= after))
                continue;
            n = times_apart(report, 0, cp) + times_apart(report, 1, cp);
            if (n > best && (n < least || (n == least && cp > after))) {
                best = n;
                best_cp = cp;
            }
        }
        if (best == 0)
            break;
        put_character(buf, report, best_cp);
        least = best;
        after = best_cp;
    }
    tm_html_table_end(buf);
}

void tm_page_characters(struct tm_buf *buf, const struct tm_report *report)
{
    if (report->one_in != 1)
        tm_buf_printf(buf, "<p>Counted in one record of %" PRIu64 ".</p>\n", report->one_in);
    tm_buf_text(buf, "<div class=\"grid\">\n");
    for (int i = 0; i < 2; i++)
        if (report->langs[i].records != 0)
            put_alphabet(buf, report, i);
    tm_buf_text(buf, "</div>\n");
    put_kinds(buf, report);
    put_others(buf, report);
}

/* A number of a signal as it stands in a record. */
static void put_signal_value(struct tm_buf *buf, int signal, uint64_t value)
{
    if (signal == TM_SIGNAL_COUNT || tm_signal_is_count((enum tm_signal)signal)) {
        tm_buf_u64(buf, value);
        return;
    }
    tm_buf_u64(buf, value / 1000);
    if (value % 1000 != 0)
        tm_buf_printf(buf, value % 10 != 0 ? ".%03u" : value % 100 != 0 ? ".%02u" : ".%u",
                      (unsigned)(value % 10 != 0     ? value % 1000
                                 : value % 100 != 0 ? value % 1000 / 10
                                                    : value % 1000 / 100));
}

static void label_signal(struct tm_buf *buf, const void *user, size_t bin)
{
    int signal = *(const int *)user;
    put_signal_value(buf, signal, bin * tm_signal_step(signal));
    if (bin == TM_REPORT_BINS - 1)
        tm_buf_byte(buf, '+');
}

/* A line where a preset begins to refuse; presets with the same limit share it. */
static void add_cut(struct tm_figure *figure, int signal, const char *preset, double value,
                    bool most)
{
    bool count = signal == TM_SIGNAL_COUNT || tm_signal_is_count((enum tm_signal)signal);
    /* What is just allowed stands on the good side of the line. */
    double at = (value + (count && most ? 1 : 0)) / tm_signal_step(signal);
    if (at <= 0 || at >= (double)figure->n)
        return;
    for (size_t i = 0; i < figure->n_cuts; i++) {
        struct tm_cut *cut = &figure->cuts[i];
        size_t n = strlen(cut->label);
        if (cut->at - at < 0.001 && at - cut->at < 0.001) {
            (void)snprintf(cut->label + n, sizeof cut->label - n, ", %s", preset);
            return;
        }
    }
    if (figure->n_cuts == TM_PLOT_CUTS)
        return;
    struct tm_cut *cut = &figure->cuts[figure->n_cuts++];
    cut->at = at;
    (void)snprintf(cut->label, sizeof cut->label, "%s %s", most ? "\xE2\x89\xA4" : "\xE2\x89\xA5",
                   preset);
}

static void put_signal(struct tm_buf *buf, const struct tm_report *report, int signal)
{
    const uint64_t *values[TM_REPORT_LANGS];
    char id[24];
    size_t last = 1;
    (void)snprintf(id, sizeof id, "f-q%d", signal);
    for (int i = 0; i < TM_REPORT_LANGS; i++) {
        values[i] = report->langs[i].signals[signal];
        for (size_t k = last; k < TM_REPORT_BINS; k++)
            last = values[i][k] != 0 ? k + 1 : last;
    }
    bool whole = signal != TM_SIGNAL_COUNT && !tm_signal_is_count((enum tm_signal)signal);
    if (last < 9 || (whole && last < 21))
        last = signal == TM_SIGNAL_mean_word || !whole ? (last < 9 ? 9 : last) : 21;
    struct tm_figure figure = {
        .id = id, .small = true,
        .title = signal == TM_SIGNAL_COUNT ? "n_words" : tm_signal_name((enum tm_signal)signal),
        .text = signal == TM_SIGNAL_COUNT ? "words of the record"
                                          : tm_signal_text((enum tm_signal)signal),
        .x_name = "value", .y_name = "records", .n = last, .label = label_signal, .user = &signal,
        .log = true, .every = last > 12 ? 4 : 2,
    };
    for (int preset = TM_PRESET_GOPHER; preset < TM_PRESET_COUNT; preset++) {
        uint32_t least, most;
        if (!tm_preset_range(preset, signal, &least, &most))
            continue;
        if (least != 0)
            add_cut(&figure, signal, tm_preset_name(preset), least, false);
        if (most != UINT32_MAX)
            add_cut(&figure, signal, tm_preset_name(preset), most, true);
    }
    tm_page_series(&figure, report, values);
    tm_plot_bars(buf, &figure);
}

void tm_page_quality(struct tm_buf *buf, const struct tm_report *report)
{
    const struct tm_value *quality = tm_value_get(report->opened.manifest, "quality");
    tm_buf_text(buf, "<p>Each record carries these signals, and each preset is a set of limits for "
                "them. Dashed lines are the limits: \xE2\x89\xA5 lets through what lies right of the "
                "line, \xE2\x89\xA4 what lies left of it. Filters made for web pages refuse most "
                "short posts; that is no fault of the posts.</p>\n");
    tm_html_table(buf, "What each preset would remove, of all segments before duplicates go",
                  "preset|<what it is|segments|bytes");
    for (int preset = TM_PRESET_GOPHER; preset < TM_PRESET_COUNT; preset++) {
        const struct tm_value *sum = tm_value_get(quality, tm_preset_name(preset));
        const struct tm_value *first = sum == NULL ? NULL : sum->first;
        uint64_t n = 0;
        uint64_t bytes = 0;
        if (!tm_value_u64(first, &n) || !tm_value_u64(first->next, &bytes))
            continue;
        tm_html_th(buf, tm_preset_name(preset));
        tm_buf_printf(buf, "<td class=\"t\">%s</td>", tm_preset_text(preset));
        tm_html_td(buf, n);
        tm_html_td(buf, bytes);
        tm_buf_text(buf, "</tr>\n");
    }
    tm_html_table_end(buf);
    tm_buf_text(buf, "<div class=\"grid three\">\n");
    for (int i = 0; i <= TM_SIGNAL_COUNT; i++)
        put_signal(buf, report, i);
    tm_buf_text(buf, "</div>\n");
}
