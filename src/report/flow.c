/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A stream of bytes from above: what is removed leaves it to the right, as wide as its share, and
 * marks say what is left.
 */
#include "report/csv.h"
#include "report/html.h"
#include "report/plot.h"

enum { WIDTH = 400, LEFT = 6, TRUNK = 150, ARM = 186, TEXT = 194, LEAST_ROW = 22, RADIUS = 6 };

static double row_height(const struct tm_flow_step *step, double scale)
{
    double width = (double)step->bytes * scale;
    if (step->mark)
        return 34;
    return width + RADIUS + 6 < LEAST_ROW ? LEAST_ROW : width + RADIUS + 6;
}

static void put_number(struct tm_buf *buf, const char *before, double value)
{
    tm_buf_text(buf, before);
    tm_html_tenths(buf, value);
}

static void put_trunk(struct tm_buf *buf, double width, double from, double to)
{
    put_number(buf, "<path class=\"stream\" d=\"M6 ", from);
    put_number(buf, "H", LEFT + (width < 0.6 ? 0.6 : width));
    put_number(buf, "V", to + 1);
    tm_buf_text(buf, "H6Z\"/>");
}

/* A bend from the right edge of the stream, [right - width, right], at `y`. */
static void put_arm(struct tm_buf *buf, double right, double width, double y)
{
    double thick = width < 0.8 ? 0.8 : width;
    double left = right - width;
    double low = y + RADIUS + thick;
    double high = y + RADIUS;
    put_number(buf, "<path class=\"leaving\" d=\"M", left);
    put_number(buf, " ", y);
    put_number(buf, "Q", left);
    put_number(buf, " ", low);
    put_number(buf, " ", left + thick + RADIUS < ARM ? left + thick + RADIUS : ARM);
    put_number(buf, " ", low);
    put_number(buf, "H", ARM);
    put_number(buf, "V", high);
    put_number(buf, "H", right + RADIUS);
    put_number(buf, "Q", right);
    put_number(buf, " ", high);
    put_number(buf, " ", right);
    put_number(buf, " ", y);
    tm_buf_text(buf, "Z\"/>");
}

static void put_name(struct tm_buf *buf, const struct tm_flow_step *step, double y, uint64_t whole)
{
    put_number(buf, "<text x=\"194\" y=\"", y);
    tm_buf_printf(buf, "\"%s>%s</text>", step->mark ? " class=\"mark\"" : "", step->name);
    put_number(buf, "<text x=\"394\" y=\"", y);
    tm_buf_printf(buf, "\" class=\"e%s\">", step->mark ? " mark" : "");
    tm_html_share(buf, step->bytes, whole);
    tm_buf_text(buf, "</text>\n");
}

static void put_csv(struct tm_buf *buf, const char *name, const char *title,
                    const struct tm_flow_step *steps, size_t n)
{
    struct tm_buf csv = {0};
    tm_buf_text(&csv, "step,what,bytes\r\n");
    for (size_t i = 0; i < n; i++) {
        tm_csv_text(&csv, tm_str_of(steps[i].name));
        tm_csv_text(&csv, tm_str_of(steps[i].mark ? "is here" : "leaves"));
        tm_csv_number(&csv, steps[i].bytes);
        tm_csv_row_end(&csv);
    }
    tm_csv_link(buf, name, title, "ledger", &csv);
}

static void put_numbers(struct tm_buf *buf, const char *title, const struct tm_flow_step *steps,
                        size_t n, uint64_t whole)
{
    tm_buf_text(buf, "<details><summary>Numbers</summary>");
    tm_html_table(buf, title, "step|bytes|share");
    for (size_t i = 0; i < n; i++) {
        tm_html_th(buf, steps[i].name);
        tm_buf_printf(buf, "<td class=\"n\">%s", steps[i].mark ? "= " : "\xE2\x88\x92 ");
        tm_html_number(buf, steps[i].bytes);
        tm_buf_text(buf, "</td><td class=\"n\">");
        tm_html_share(buf, steps[i].bytes, whole);
        tm_buf_text(buf, "</td></tr>\n");
    }
    tm_html_table_end(buf);
}

void tm_plot_flow(struct tm_buf *buf, const char *id, const char *title, const char *text,
                  const struct tm_flow_step *steps, size_t n)
{
    uint64_t whole = 1;
    uint64_t sum = 0;
    for (size_t i = 0; i < n; i++) {
        sum = steps[i].mark ? steps[i].bytes : sum;
        whole = sum > whole ? sum : whole;
    }
    double scale = (double)TRUNK / (double)whole;
    double height = 10;
    for (size_t i = 0; i < n; i++)
        height += row_height(&steps[i], scale);
    tm_buf_printf(buf, "<figure id=\"%s\"><figcaption><strong>%s</strong> <span>%s</span>"
                  "</figcaption>\n<svg class=\"plot\" viewBox=\"0 0 %d %d\" role=\"img\" "
                  "aria-labelledby=\"%s-t %s-d\"><title id=\"%s-t\">%s</title><desc id=\"%s-d\">"
                  "A stream whose width is the number of bytes; what is removed leaves it to the "
                  "right. The numbers stand in the table behind the figure.</desc>\n", id, title,
                  text, WIDTH, (int)height + 1, id, id, id, title, id);
    double y = 2;
    double width = (double)steps[0].bytes * scale;
    for (size_t i = 0; i < n; i++) {
        double row = row_height(&steps[i], scale);
        double part = (double)steps[i].bytes * scale;
        if (steps[i].mark) {
            width = part;
            put_trunk(buf, width, y, y + row);
            put_number(buf, "<path class=\"grid\" d=\"M", LEFT + width + 4);
            put_number(buf, " ", y + row / 2);
            tm_buf_text(buf, "H190\"/>");
            put_name(buf, &steps[i], y + row / 2 + 4, whole);
        } else {
            width = width > part ? width - part : 0;
            put_trunk(buf, width, y, y + row);
            put_arm(buf, LEFT + width + part, part, y);
            put_name(buf, &steps[i], y + RADIUS + part / 2 + 4, whole);
        }
        y += row;
    }
    tm_buf_text(buf, "</svg>\n");
    put_numbers(buf, title, steps, n, whole);
    put_csv(buf, id + 2, title, steps, n);
    tm_buf_text(buf, "</details></figure>\n");
}
