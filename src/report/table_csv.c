/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A plain table as a file to save: what was written as HTML is read again, so that the file has the
 * cells that the page shows. Only what tm_html_table and the cells of html.c write comes here. In
 * cells of numbers the signs for the eye go: 12,345 becomes 12345.
 */
#include "report/csv.h"
#include "report/html.h"

static const char table_begins[] = "<div class=\"table\"";

/* Where the last table of the page begins. */
static size_t last_table(const struct tm_buf *buf)
{
    size_t n = sizeof table_begins - 1;
    for (size_t at = buf->n < n ? 0 : buf->n - n; at > 0; at--)
        if (buf->p[at] == '<' && memcmp(buf->p + at, table_begins, n) == 0)
            return at;
    return 0;
}

static bool begins(struct tm_str text, const char *with)
{
    return text.n >= strlen(with) && memcmp(text.p, with, strlen(with)) == 0;
}

/* What stands for the escapes of tm_html_text, and for what a number does not need. */
struct spelling {
    const char *html;
    const char *plain;
    bool of_numbers;
};

static const struct spelling spellings[] = {
    {"&amp;", "&", false}, {"&lt;", "<", false}, {"&gt;", ">", false}, {"&quot;", "\"", false},
    {"&#39;", "'", false}, {",", "", true}, {"\xC2\xA0", "", true}, {"\xE2\x89\x88", "", true},
    {"\xC3\x97", "", true}, {"\xE2\x88\x92", "-", true},
};

/* Takes one character, or a spelling, from the front of the text. */
static void take_sign(struct tm_buf *cell, struct tm_str *text, bool number)
{
    size_t n = 1;
    for (size_t i = 0; i < sizeof spellings / sizeof *spellings; i++) {
        const struct spelling *s = &spellings[i];
        if ((s->of_numbers && !number) || !begins(*text, s->html))
            continue;
        tm_buf_text(cell, s->plain);
        n = strlen(s->html);
        text->p += n;
        text->n -= n;
        return;
    }
    tm_buf_add(cell, text->p, n);
    text->p += n;
    text->n -= n;
}

/* Takes a tag from the front; what is between the angle brackets. */
static struct tm_str take_tag(struct tm_str *text)
{
    const char *end = memchr(text->p, '>', text->n);
    size_t n = end == NULL ? text->n : (size_t)(end - text->p) + 1;
    struct tm_str tag = {text->p + 1, n < 2 ? 0 : n - 2};
    text->p += n;
    text->n -= n;
    return tag;
}

static bool is_number(struct tm_str tag)
{
    return tm_str_is(tag, "td class=\"n\"");
}

static void put_rows(struct tm_buf *csv, struct tm_buf *caption, struct tm_str text)
{
    struct tm_buf cell = {0};
    bool number = false;
    while (text.n != 0) {
        if (text.p[0] != '<') {
            take_sign(&cell, &text, number);
            continue;
        }
        struct tm_str tag = take_tag(&text);
        if (begins(tag, "td") || begins(tag, "th") || begins(tag, "caption")) {
            cell.n = 0;
            number = is_number(tag);
        } else if (tm_str_is(tag, "/td") || tm_str_is(tag, "/th")) {
            tm_csv_text(csv, tm_buf_view(&cell));
            number = false;
        } else if (tm_str_is(tag, "/caption")) {
            tm_buf_str(caption, tm_buf_view(&cell));
        } else if (tm_str_is(tag, "/tr")) {
            tm_csv_row_end(csv);
        }
    }
    csv->failed |= cell.failed;
    tm_buf_finish(&cell);
}

/* "Russian: commonest words" becomes "russian-commonest-words". */
static void put_name(struct tm_buf *name, struct tm_str caption)
{
    for (size_t i = 0; i < caption.n; i++) {
        char small = (char)(caption.p[i] | 0x20);
        bool letter = small >= 'a' && small <= 'z';
        if (letter)
            tm_buf_byte(name, small);
        else if (name->n != 0 && name->p[name->n - 1] != '-')
            tm_buf_byte(name, '-');
    }
    while (name->n != 0 && name->p[name->n - 1] == '-')
        name->n--;
    tm_buf_byte(name, '\0');
}

void tm_html_table_save(struct tm_buf *buf)
{
    struct tm_buf csv = {0};
    struct tm_buf caption = {0};
    struct tm_buf name = {0};
    tm_buf_text(buf, "</tbody></table>");
    size_t start = last_table(buf);
    if (!buf->failed)
        put_rows(&csv, &caption, (struct tm_str){buf->p + start, buf->n - start});
    put_name(&name, tm_buf_view(&caption));
    tm_buf_byte(&caption, '\0');
    buf->failed |= caption.failed || name.failed;
    tm_csv_link(buf, name.failed ? "" : name.p, caption.failed ? "" : caption.p, NULL, &csv);
    tm_buf_text(buf, "</div>\n");
    tm_buf_finish(&caption);
    tm_buf_finish(&name);
}
