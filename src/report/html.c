/* SPDX-License-Identifier: Apache-2.0 */
#include "report/html.h"

#include <inttypes.h>
#include <stdio.h>

#include "base/utf8.h"

/* Controls, directions, invisible and undefined characters. */
static bool is_hidden(uint32_t cp)
{
    return (cp < 0x20 && cp != '\n' && cp != '\t') || (cp >= 0x7F && cp < 0xA0) || cp == 0xAD ||
           cp == 0x061C || (cp >= 0x200B && cp <= 0x200F) || (cp >= 0x2028 && cp <= 0x202E) ||
           (cp >= 0x2060 && cp <= 0x206F) || (cp >= 0xFDD0 && cp <= 0xFDEF) || cp == 0xFEFF ||
           (cp & 0xFFFE) == 0xFFFE || (cp >= 0xE000 && cp <= 0xF8FF) ||
           (cp >= 0xFFF0 && cp <= 0xFFFB) || cp >= 0xE0000 || (cp >= 0xD800 && cp < 0xE000);
}

static size_t put_character(char bytes[8], uint32_t cp)
{
    const char *escape = NULL;
    switch (cp) {
    case '&': escape = "&amp;"; break;
    case '<': escape = "&lt;"; break;
    case '>': escape = "&gt;"; break;
    case '"': escape = "&quot;"; break;
    case '\'': escape = "&#39;"; break;
    default: return tm_utf8_put(is_hidden(cp) ? 0xFFFD : cp, bytes);
    }
    memcpy(bytes, escape, strlen(escape));
    return strlen(escape);
}

void tm_html_cut(struct tm_buf *buf, struct tm_str text, size_t most)
{
    size_t written = 0;
    unsigned marks = 0;             /* combining ones in a row: a heap of them is no text */
    for (size_t at = 0; at < text.n;) {
        char bytes[8];
        uint32_t cp = tm_utf8_next(text.p, text.n, &at);
        marks = cp >= 0x300 && cp < 0x370 ? marks + 1 : 0;
        if (marks > 2)
            continue;
        size_t n = put_character(bytes, cp);
        if (written + n > most) {
            tm_buf_text(buf, "\xE2\x80\xA6");
            return;
        }
        tm_buf_add(buf, bytes, n);
        written += n;
    }
}

void tm_html_text(struct tm_buf *buf, struct tm_str text)
{
    tm_html_cut(buf, text, SIZE_MAX);
}

void tm_html_lang(struct tm_buf *buf, struct tm_str text)
{
    size_t cyrillic = 0;
    size_t latin = 0;
    for (size_t at = 0; at < text.n;) {
        uint32_t cp = tm_utf8_next(text.p, text.n, &at);
        cyrillic += cp >= 0x400 && cp < 0x530;
        latin += (cp | 0x20) - 'a' < 26;
    }
    if (cyrillic + latin != 0)
        tm_buf_text(buf, cyrillic >= latin ? " lang=\"ru\"" : " lang=\"en\"");
    tm_buf_text(buf, " dir=\"auto\"");
}

void tm_html_number(struct tm_buf *buf, uint64_t value)
{
    char digits[24];
    int n = snprintf(digits, sizeof digits, "%" PRIu64, value);
    for (int i = 0; i < n; i++) {
        if (i != 0 && (n - i) % 3 == 0)
            tm_buf_byte(buf, ',');
        tm_buf_byte(buf, digits[i]);
    }
}

void tm_html_tenths(struct tm_buf *buf, double value)
{
    int64_t tenths = (int64_t)(value * 10 + (value < 0 ? -0.5 : 0.5));
    if (tenths < 0)
        tm_buf_byte(buf, '-');
    uint64_t size = (uint64_t)(tenths < 0 ? -tenths : tenths);
    tm_buf_u64(buf, size / 10);
    if (size % 10 != 0)
        tm_buf_printf(buf, ".%u", (unsigned)(size % 10));
}

void tm_html_short(struct tm_buf *buf, uint64_t value)
{
    static const char units[] = " kMGTP";
    int unit = 0;
    double size = (double)value;
    while (size >= 1000 && unit < 5) {
        size /= 1000;
        unit++;
    }
    tm_html_tenths(buf, size);
    if (unit != 0)
        tm_buf_byte(buf, units[unit]);
}

void tm_html_bytes(struct tm_buf *buf, uint64_t value)
{
    static const char *const units[] = {"bytes", "kB", "MB", "GB", "TB", "PB"};
    int unit = 0;
    double size = (double)value;
    while (size >= 999.95 && unit < 5) {
        size /= 1000;
        unit++;
    }
    tm_html_tenths(buf, size);
    tm_buf_printf(buf, "\xC2\xA0%s", units[unit]);
}

void tm_html_share(struct tm_buf *buf, uint64_t n, uint64_t of)
{
    double share = of == 0 ? 0 : (double)n * 100 / (double)of;
    if (n != 0 && share < 0.05)
        tm_buf_text(buf, "&lt;\xC2\xA0" "0.1");
    else
        tm_html_tenths(buf, share);
    tm_buf_text(buf, "\xC2\xA0%");
}

void tm_html_td(struct tm_buf *buf, uint64_t value)
{
    tm_buf_text(buf, "<td class=\"n\">");
    tm_html_number(buf, value);
    tm_buf_text(buf, "</td>");
}

void tm_html_td_bar(struct tm_buf *buf, uint64_t value, uint64_t most, int colour)
{
    tm_buf_text(buf, "<td class=\"n\">");
    tm_html_number(buf, value);
    tm_buf_printf(buf, "<svg class=\"bar f%d\" viewBox=\"0 0 100 4\" preserveAspectRatio=\"none\" "
                  "aria-hidden=\"true\"><path d=\"M0 0H", colour);
    tm_html_tenths(buf, most == 0 ? 0 : (double)value * 100 / (double)most);
    tm_buf_text(buf, "V4H0Z\"/></svg></td>");
}

void tm_html_td_text(struct tm_buf *buf, struct tm_str text, size_t most)
{
    tm_buf_text(buf, "<td class=\"t\"");
    tm_html_lang(buf, text);
    tm_buf_byte(buf, '>');
    tm_html_cut(buf, text, most);
    tm_buf_text(buf, "</td>");
}

void tm_html_th(struct tm_buf *buf, const char *text)
{
    tm_buf_printf(buf, "<tr><th scope=\"row\">%s</th>", text);
}

void tm_html_table(struct tm_buf *buf, const char *caption, const char *columns)
{
    tm_buf_text(buf, "<div class=\"table\" tabindex=\"0\" role=\"group\" aria-label=\"");
    tm_buf_printf(buf, "%s\"><table><caption>%s</caption><thead><tr>", caption, caption);
    for (bool first = true; *columns != '\0'; first = false) {
        size_t n = strcspn(columns, "|");
        bool text = first || columns[0] == '<';
        size_t skip = columns[0] == '<';
        tm_buf_printf(buf, "<th scope=\"col\"%s>%.*s</th>", text ? "" : " class=\"n\"",
                      (int)(n - skip), columns + skip);
        columns += n + (columns[n] == '|');
    }
    tm_buf_text(buf, "</tr></thead><tbody>\n");
}

void tm_html_table_end(struct tm_buf *buf)
{
    tm_buf_text(buf, "</tbody></table></div>\n");
}
