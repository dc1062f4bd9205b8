/* SPDX-License-Identifier: Apache-2.0 */
/* The sections on characters and on the signals of quality. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <unicode/uchar.h>

#include "base/utf8.h"
#include "report/page.h"

enum { MOST_OTHERS = 24 };

/* The letters of a language by their place. */
static uint32_t letter(int lang, size_t i)
{
    if (lang == TM_PACK_EN)
        return 'a' + (uint32_t)i;
    return i == 6 ? 0x451 : 0x430 + (uint32_t)i - (i > 6);
}

static const char *const kind_names[TM_CHAR_KINDS] = {
    "letters of the alphabet", "letters of other alphabets", "digits", "blanks and line feeds",
    "punctuation", "symbols", "marks, controls and others",
};

static void put_kinds(struct tm_buf *buf, const struct tm_report *report)
{
    bool sampled = tm_report_one_in(report) != 1;
    tm_html_table(buf, "Characters by kind",
                  sampled ? "kind|Russian, about|\xC2\xB1|share|English, about|\xC2\xB1|share"
                          : "kind|Russian|share|English|share");
    for (int kind = 0; kind < TM_CHAR_KINDS; kind++) {
        tm_html_th(buf, kind_names[kind]);
        for (int i = 0; i < 2; i++) {
            const struct tm_report_lang *lang = &report->langs[i];
            tm_html_td(buf, tm_report_chars(lang, &lang->kinds[kind]));
            if (sampled)
                tm_html_td(buf, tm_report_chars_error(lang, &lang->kinds[kind]));
            tm_buf_text(buf, "<td class=\"n\">");
            tm_html_share(buf, lang->kinds[kind].n, lang->sample.chars);
            tm_buf_text(buf, "</td>");
        }
        tm_buf_text(buf, "</tr>\n");
    }
    tm_html_table_save(buf);
}

static void label_letter(struct tm_buf *buf, const void *user, size_t i)
{
    char bytes[4];
    tm_buf_add(buf, bytes, tm_utf8_put(letter(*(const int *)user, i), bytes));
}

static void put_alphabet(struct tm_buf *buf, const struct tm_report *report, int lang)
{
    uint64_t counts[33] = {0};
    const struct tm_report_lang *l = &report->langs[lang];
    struct tm_figure figure = {
        .id = lang == TM_PACK_RU ? "f-ru" : "f-en",
        .title = lang == TM_PACK_RU ? "Letters of Russian records" : "Letters of English records",
        .text = "Capitals and small ones together.", .x_name = "letter", .y_name = "times",
        .key = lang == TM_PACK_RU ? "languages.ru.characters_by_frequency"
                                  : "languages.en.characters_by_frequency",
        .n = lang == TM_PACK_RU ? 33 : 26, .label = label_letter, .user = &lang, .every = 1,
        .series = {{.name = "times", .values = counts, .colour = lang}}, .n_series = 1,
    };
    for (uint32_t cp = 0; cp < 0x500; cp++)
        for (size_t i = 0; i < figure.n; i++)
            counts[i] += tm_lower(cp) == letter(lang, i) ? tm_report_chars(l, &l->characters[cp]) : 0;
    tm_plot_bars(buf, &figure);
}

/* Times of a character that is no letter, digit or blank. */
static uint64_t times_apart(const struct tm_report *report, int lang, uint32_t cp)
{
    const struct tm_report_lang *l = &report->langs[lang];
    return l->characters[cp].kind < TM_CHAR_PUNCTUATION ? 0
                                                        : tm_report_chars(l, &l->characters[cp]);
}

static int order_signs(const void *a, const void *b, void *user)
{
    const struct tm_report *report = user;
    uint32_t x = *(const uint32_t *)a;
    uint32_t y = *(const uint32_t *)b;
    uint64_t m = times_apart(report, 0, x) + times_apart(report, 1, x);
    uint64_t n = times_apart(report, 0, y) + times_apart(report, 1, y);
    return m != n ? m < n ? 1 : -1 : (x > y) - (x < y);
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
    /* What is common in both together is common in one of them, or nearly. */
    enum { EACH = 4 * MOST_OTHERS };
    uint32_t list[2 * EACH];
    size_t n = tm_report_common_chars(&report->langs[0], TM_CHAR_PUNCTUATION, EACH, list);
    n += tm_report_common_chars(&report->langs[1], TM_CHAR_PUNCTUATION, EACH, list + n);
    qsort_r(list, n, sizeof *list, order_signs, (void *)(uintptr_t)report);
    tm_html_table(buf, "Signs that are no letters, digits or blanks", "character|<name|Russian|English");
    for (size_t i = 0, shown = 0; i < n && shown < MOST_OTHERS; i++) {
        if (i != 0 && list[i] == list[i - 1])
            continue;
        put_character(buf, report, list[i]);
        shown++;
    }
    tm_html_table_save(buf);
}

void tm_page_characters(struct tm_buf *buf, const struct tm_report *report)
{
    if (tm_report_one_in(report) != 1)
        tm_buf_text(buf, "<p>Scaled up from the sample that words are counted in; \xC2\xB1 is one "
                    "standard error.</p>\n");
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
    const char *name = signal == TM_SIGNAL_COUNT ? "n_words"
                                                 : tm_signal_name((enum tm_signal)signal);
    char id[40];
    char key[64];
    size_t last = 1;
    (void)snprintf(id, sizeof id, "f-q-%s", name);
    (void)snprintf(key, sizeof key, "languages.*.quality.%s", name);
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
        .title = name,
        .text = signal == TM_SIGNAL_COUNT ? "words of the record"
                                          : tm_signal_text((enum tm_signal)signal),
        .x_name = "value", .y_name = "records", .key = key, .n = last,
        .label = label_signal, .user = &signal,
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
    tm_html_table_save(buf);
    tm_buf_text(buf, "<div class=\"grid three\">\n");
    for (int i = 0; i <= TM_SIGNAL_COUNT; i++)
        put_signal(buf, report, i);
    tm_buf_text(buf, "</div>\n");
}
