/* SPDX-License-Identifier: Apache-2.0 */
#include "report/csv.h"

static void put_comma(struct tm_buf *csv)
{
    if (csv->n != 0 && csv->p[csv->n - 1] != '\n')
        tm_buf_byte(csv, ',');
}

void tm_csv_text(struct tm_buf *csv, struct tm_str text)
{
    bool quoted = false;
    put_comma(csv);
    for (size_t i = 0; i < text.n; i++)
        quoted |= text.p[i] != '\0' && strchr(",\"\r\n", text.p[i]) != NULL;
    if (!quoted) {
        tm_buf_str(csv, text);
        return;
    }
    tm_buf_byte(csv, '"');
    for (size_t i = 0; i < text.n; i++) {
        if (text.p[i] == '"')
            tm_buf_byte(csv, '"');
        tm_buf_byte(csv, text.p[i]);
    }
    tm_buf_byte(csv, '"');
}

void tm_csv_number(struct tm_buf *csv, uint64_t value)
{
    put_comma(csv);
    tm_buf_u64(csv, value);
}

void tm_csv_row_end(struct tm_buf *csv)
{
    tm_buf_text(csv, "\r\n");
}

/* What a URI may hold as it is, and the comma, which data: URIs give no meaning to. */
static bool is_plain(unsigned char c)
{
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
           (c != '\0' && strchr("-._~,", c) != NULL);
}

static void put_encoded(struct tm_buf *buf, const struct tm_buf *csv)
{
    for (size_t i = 0; i < csv->n; i++) {
        unsigned char c = (unsigned char)csv->p[i];
        if (is_plain(c))
            tm_buf_byte(buf, csv->p[i]);
        else
            tm_buf_printf(buf, "%%%02X", c);
    }
}

void tm_csv_link(struct tm_buf *buf, const char *name, const char *title, const char *key,
                 struct tm_buf *csv)
{
    tm_buf_printf(buf, "<p class=\"note\"><a download=\"%s.csv\" aria-label=\"%s, CSV\" "
                  "href=\"data:text/csv;charset=utf-8,", name, title);
    put_encoded(buf, csv);
    tm_buf_text(buf, "\">CSV</a>");
    if (key != NULL)
        tm_buf_printf(buf, " \xC2\xB7 <a href=\"stats.json\">JSON</a>: <code>%s</code>", key);
    tm_buf_text(buf, "</p>\n");
    buf->failed |= csv->failed;
    tm_buf_finish(csv);
}
