/* SPDX-License-Identifier: Apache-2.0 */
#include "report/plot.h"

#include <math.h>
#include <string.h>

#include "report/csv.h"
#include "report/html.h"

enum { WIDTH = 400, LEFT = 44, RIGHT = 10, TOP = 20, HEIGHT = 250, SMALL_HEIGHT = 170, BOTTOM = 40,
       MOST_LABELS = 9, CUT_HEIGHT = 14, CUT_LETTER = 7 };

/* An axis: a value's place in units from `from` to `to`. */
struct axis {
    double from;
    double to;
    double low;
    double high;
    bool log;
};

static double place(const struct axis *axis, double value)
{
    if (axis->log)
        value = value <= 0 ? axis->low : log10(value);
    double share = axis->high > axis->low ? (value - axis->low) / (axis->high - axis->low) : 0;
    return axis->from + (axis->to - axis->from) * (share < 0 ? 0 : share > 1 ? 1 : share);
}

/* 1, 2 or 5 times a power of ten, so that at most `most` steps cover the value. */
static double nice_step(double value, int most)
{
    double step = 1;
    while (step * most * 10 < value)
        step *= 10;
    if (step * most >= value)
        return step;
    return step * 2 * most >= value ? step * 2 : step * 5 * most >= value ? step * 5 : step * 10;
}

static void open_figure(struct tm_buf *buf, const struct tm_figure *figure, int height)
{
    tm_buf_printf(buf, "<figure id=\"%s\"%s><figcaption><strong>%s</strong>", figure->id,
                  figure->small ? " class=\"small\"" : "", figure->title);
    if (figure->text != NULL)
        tm_buf_printf(buf, " <span>%s</span>", figure->text);
    tm_buf_text(buf, "</figcaption>\n");
    if (figure->n_series > 1) {
        tm_buf_text(buf, "<p class=\"legend\">");
        for (size_t i = 0; i < figure->n_series; i++)
            tm_buf_printf(buf, "<span><svg viewBox=\"0 0 10 10\" aria-hidden=\"true\" "
                          "class=\"key f%d\"><path d=\"M0 0H10V10H0Z\"/></svg>%s</span> ",
                          figure->series[i].colour, figure->series[i].name);
        tm_buf_text(buf, "</p>\n");
    }
    tm_buf_printf(buf, "<svg class=\"plot\" viewBox=\"0 0 %d %d\" role=\"img\" aria-labelledby="
                  "\"%s-t %s-d\"><title id=\"%s-t\">%s</title><desc id=\"%s-d\">%s by %s. The "
                  "numbers stand in the table behind the figure.</desc>\n", WIDTH, height,
                  figure->id, figure->id, figure->id, figure->title, figure->id, figure->y_name,
                  figure->x_name);
}

static void put_xy(struct tm_buf *buf, char letter, double x, double y)
{
    tm_buf_byte(buf, letter);
    tm_html_tenths(buf, x);
    tm_buf_byte(buf, ' ');
    tm_html_tenths(buf, y);
}

static void put_label(struct tm_buf *buf, double x, double y, const char *anchor)
{
    tm_buf_text(buf, "<text x=\"");
    tm_html_tenths(buf, x);
    tm_buf_text(buf, "\" y=\"");
    tm_html_tenths(buf, y);
    tm_buf_printf(buf, "\"%s>", anchor);
}

#define MIDDLE " class=\"m\""
#define END " class=\"e\""

static void put_line(struct tm_buf *buf, const char *class, double x1, double y1, double x2,
                     double y2)
{
    tm_buf_printf(buf, "<path class=\"%s\" d=\"", class);
    put_xy(buf, 'M', x1, y1);
    put_xy(buf, 'L', x2, y2);
    tm_buf_text(buf, "\"/>");
}

/* A grid line with its label. */
static void put_tick(struct tm_buf *buf, const struct axis *y, double value, bool per_cent)
{
    double at = place(y, value);
    put_line(buf, "grid", LEFT, at, WIDTH - RIGHT, at);
    put_label(buf, LEFT - 5, at + 4, END);
    tm_html_short(buf, (uint64_t)(value + 0.5));
    tm_buf_text(buf, per_cent ? "%</text>\n" : "</text>\n");
}

static void put_y_axis(struct tm_buf *buf, const struct axis *y, const char *name, bool per_cent)
{
    put_label(buf, 0, 12, "");
    tm_buf_printf(buf, "%s%s</text>", name, y->log ? " (log)" : "");
    if (y->log) {
        int step = (int)ceil((y->high - y->low) / 6);
        for (int power = (int)ceil(y->low - 0.001); power <= (int)(y->high + 0.001); power += step < 1 ? 1 : step)
            put_tick(buf, y, pow(10, power), false);
        return;
    }
    double step = nice_step(y->high, 5);
    for (double value = 0; value <= y->high * 1.0001; value += step)
        put_tick(buf, y, value, per_cent);
}

static void put_x_name(struct tm_buf *buf, const char *name, bool is_log, int height)
{
    put_label(buf, (LEFT + WIDTH - RIGHT) / 2.0, height - 6, MIDDLE);
    tm_buf_printf(buf, "%s%s</text>\n", name, is_log ? " (log)" : "");
}

static uint64_t sum_at(const struct tm_figure *figure, size_t i)
{
    uint64_t sum = 0;
    for (size_t s = 0; s < figure->n_series; s++)
        sum += figure->series[s].values[i];
    return sum;
}

static double highest(const struct tm_figure *figure)
{
    uint64_t most = 1;
    for (size_t i = 0; i < figure->n; i++) {
        if (figure->form == TM_BARS_STACKED && sum_at(figure, i) > most)
            most = sum_at(figure, i);
        for (size_t s = 0; s < figure->n_series; s++)
            if (figure->series[s].values[i] > most)
                most = figure->series[s].values[i];
    }
    return (double)most;
}

/* Top edge of a series at a place, and where the bar begins. */
static void bar_of(const struct tm_figure *figure, const struct axis *y, size_t s, size_t i,
                   double *ret_top, double *ret_bottom)
{
    double below = 0;
    double value = (double)figure->series[s].values[i];
    double whole = 1;
    for (size_t k = 0; k < s && figure->form != TM_BARS_SIDE_BY_SIDE; k++)
        below += (double)figure->series[k].values[i];
    if (figure->form == TM_BARS_SHARES) {
        uint64_t sum = sum_at(figure, i);
        whole = sum == 0 ? 1 : (double)sum / 100;
    }
    *ret_bottom = figure->form == TM_BARS_SIDE_BY_SIDE ? y->from : place(y, below / whole);
    *ret_top = place(y, (below + value) / whole);
    /* One is more than none, also on a scale that begins with one and beside very high bars. */
    if (value > 0 && figure->form == TM_BARS_SIDE_BY_SIDE && *ret_bottom - *ret_top < 1.5)
        *ret_top = *ret_bottom - 1.5;
}

static void put_bars(struct tm_buf *buf, const struct tm_figure *figure, const struct axis *y)
{
    double step = (double)(WIDTH - LEFT - RIGHT) / (double)figure->n;
    bool beside = figure->form == TM_BARS_SIDE_BY_SIDE;
    double gap = step > 6 ? step * 0.14 : step > 2 ? 0.4 : 0;
    double width = (step - gap) / (beside ? (double)figure->n_series : 1);
    for (size_t s = 0; s < figure->n_series; s++) {
        tm_buf_printf(buf, "<path class=\"f%d\" d=\"", figure->series[s].colour);
        for (size_t i = 0; i < figure->n; i++) {
            double top, bottom;
            if (figure->series[s].values[i] == 0)
                continue;
            double x = LEFT + step * (double)i + gap / 2 + (beside ? width * (double)s : 0);
            bar_of(figure, y, s, i, &top, &bottom);
            put_xy(buf, 'M', x, bottom);
            tm_buf_byte(buf, 'V');
            tm_html_tenths(buf, top);
            tm_buf_byte(buf, 'H');
            tm_html_tenths(buf, x + width);
            tm_buf_byte(buf, 'V');
            tm_html_tenths(buf, bottom);
            tm_buf_byte(buf, 'Z');
        }
        tm_buf_text(buf, "\"/>\n");
    }
}

static void put_place(struct tm_buf *buf, const struct tm_figure *figure, size_t i)
{
    struct tm_buf label = {0};
    figure->label(&label, figure->user, i);
    tm_html_text(buf, tm_buf_view(&label));
    buf->failed |= label.failed;
    tm_buf_finish(&label);
}

static void put_places(struct tm_buf *buf, const struct tm_figure *figure, int height)
{
    double step = (double)(WIDTH - LEFT - RIGHT) / (double)figure->n;
    size_t every = figure->every != 0 ? figure->every : (figure->n + MOST_LABELS - 1) / MOST_LABELS;
    for (size_t i = 0; i < figure->n; i++) {
        if (i != 0 && (i < figure->phase || (i - figure->phase) % every != 0))
            continue;
        put_label(buf, LEFT + step * ((double)i + 0.5), height - BOTTOM + 15, MIDDLE);
        put_place(buf, figure, i);
        tm_buf_text(buf, "</text>");
    }
    tm_buf_byte(buf, '\n');
}

/* Whether the label of a cut has no room right of its line. */
static bool leans_left(const struct tm_figure *figure, const struct tm_cut *cut)
{
    double x = LEFT + (double)(WIDTH - LEFT - RIGHT) / (double)figure->n * cut->at;
    return x + 4 + CUT_LETTER * (double)strlen(cut->label) > WIDTH;
}

/* The lane of a label above the bars: a line begins in its own, so that it crosses no other label.
 * From the right those that lean left, then from the left the others. */
static size_t lane_of(const struct tm_figure *figure, size_t of)
{
    const struct tm_cut *cut = &figure->cuts[of];
    bool left = leans_left(figure, cut);
    size_t lane = 0;
    for (size_t i = 0; i < figure->n_cuts; i++) {
        const struct tm_cut *other = &figure->cuts[i];
        bool other_left = leans_left(figure, other);
        lane += other_left != left ? other_left : left ? other->at > cut->at : other->at < cut->at;
    }
    return lane;
}

/* The lines before the labels, which have a rim that parts them from what they cover. */
static void put_cuts(struct tm_buf *buf, const struct tm_figure *figure, int height)
{
    double step = (double)(WIDTH - LEFT - RIGHT) / (double)figure->n;
    for (size_t i = 0; i < 2 * figure->n_cuts; i++) {
        const struct tm_cut *cut = &figure->cuts[i % figure->n_cuts];
        double x = LEFT + step * cut->at;
        double y = TOP + CUT_HEIGHT * (double)lane_of(figure, i % figure->n_cuts);
        bool left = leans_left(figure, cut);
        if (i < figure->n_cuts) {
            put_line(buf, "cut", x, y, x, height - BOTTOM);
            continue;
        }
        put_label(buf, x + (left ? -4 : 4), y + 10,
                  left ? " class=\"cutname e\"" : " class=\"cutname\"");
        tm_buf_printf(buf, "%s</text>\n", cut->label);
    }
}

static void open_numbers(struct tm_buf *buf, const struct tm_figure *figure)
{
    struct tm_buf columns = {0};
    tm_buf_text(&columns, figure->x_name);
    for (size_t s = 0; s < figure->n_series; s++)
        tm_buf_printf(&columns, "|%s", figure->series[s].name);
    tm_buf_byte(&columns, '\0');
    tm_buf_text(buf, "<details><summary>Numbers</summary>");
    tm_html_table(buf, figure->title, columns.failed ? "" : columns.p);
    buf->failed |= columns.failed;
    tm_buf_finish(&columns);
}

static void close_figure(struct tm_buf *buf, const struct tm_figure *figure, struct tm_buf *csv)
{
    tm_html_table_end(buf);
    tm_csv_link(buf, figure->id + 2, figure->title, figure->key, csv);
    tm_buf_text(buf, "</details></figure>\n");
}

static void put_bars_csv(struct tm_buf *csv, const struct tm_figure *figure)
{
    struct tm_buf label = {0};
    tm_csv_text(csv, tm_str_of(figure->x_name));
    for (size_t s = 0; s < figure->n_series; s++)
        tm_csv_text(csv, tm_str_of(figure->series[s].name));
    tm_csv_row_end(csv);
    for (size_t i = 0; i < figure->n; i++) {
        label.n = 0;
        figure->label(&label, figure->user, i);
        tm_csv_text(csv, tm_buf_view(&label));
        for (size_t s = 0; s < figure->n_series; s++)
            tm_csv_number(csv, figure->series[s].values[i]);
        tm_csv_row_end(csv);
    }
    csv->failed |= label.failed;
    tm_buf_finish(&label);
}

void tm_plot_bars(struct tm_buf *buf, const struct tm_figure *figure)
{
    int lanes = CUT_HEIGHT * (int)figure->n_cuts;
    int height = (figure->small ? SMALL_HEIGHT : HEIGHT) + lanes;
    bool shares = figure->form == TM_BARS_SHARES;
    struct axis y = {.from = height - BOTTOM, .to = TOP + lanes, .low = figure->log ? -0.15 : 0,
                     .log = figure->log};
    double most = highest(figure);
    double step = nice_step(most, 5);
    y.high = figure->log ? ceil(log10(most) * 2 + 0.01) / 2 : shares ? 100 : ceil(most / step) * step;
    open_figure(buf, figure, height);
    put_y_axis(buf, &y, figure->y_name, shares);
    put_bars(buf, figure, &y);
    put_line(buf, "axis", LEFT, y.from, WIDTH - RIGHT, y.from);
    put_places(buf, figure, height);
    put_cuts(buf, figure, height);
    put_x_name(buf, figure->x_name, false, height);
    tm_buf_text(buf, "</svg>\n");
    open_numbers(buf, figure);
    for (size_t i = 0; i < figure->n; i++) {
        tm_buf_text(buf, "<tr><th scope=\"row\">");
        put_place(buf, figure, i);
        tm_buf_text(buf, "</th>");
        for (size_t s = 0; s < figure->n_series; s++)
            tm_html_td(buf, figure->series[s].values[i]);
        tm_buf_text(buf, "</tr>\n");
    }
    struct tm_buf csv = {0};
    put_bars_csv(&csv, figure);
    close_figure(buf, figure, &csv);
}

static void put_lines_csv(struct tm_buf *csv, const struct tm_figure *figure)
{
    tm_csv_text(csv, tm_str_of("language"));
    tm_csv_text(csv, tm_str_of(figure->x_name));
    tm_csv_text(csv, tm_str_of(figure->y_name));
    tm_csv_row_end(csv);
    for (size_t s = 0; s < figure->n_series; s++)
        for (size_t i = 0; i < figure->series[s].n; i++) {
            tm_csv_text(csv, tm_str_of(figure->series[s].name));
            tm_csv_number(csv, figure->series[s].x[i]);
            tm_csv_number(csv, figure->series[s].values[i]);
            tm_csv_row_end(csv);
        }
}

static void put_points(struct tm_buf *buf, const struct tm_series *series, const struct axis *x,
                       const struct axis *y)
{
    tm_buf_printf(buf, "<path class=\"l%d\" d=\"", series->colour);
    for (size_t i = 0; i < series->n; i++)
        put_xy(buf, i == 0 ? 'M' : 'L', place(x, (double)series->x[i]),
               place(y, (double)series->values[i]));
    tm_buf_text(buf, "\"/>");
    for (size_t i = 0; i < series->n; i++) {
        tm_buf_printf(buf, "<circle class=\"f%d\" r=\"2.4\" cx=\"", series->colour);
        tm_html_tenths(buf, place(x, (double)series->x[i]));
        tm_buf_text(buf, "\" cy=\"");
        tm_html_tenths(buf, place(y, (double)series->values[i]));
        tm_buf_text(buf, "\"/>");
    }
    tm_buf_byte(buf, '\n');
}

static void put_powers(struct tm_buf *buf, const struct axis *x, int height)
{
    int step = (int)ceil((x->high - x->low) / 7);
    for (int power = (int)ceil(x->low - 0.001); power <= (int)(x->high + 0.001);
         power += step < 1 ? 1 : step) {
        double at = place(x, pow(10, power));
        put_line(buf, "grid", at, TOP, at, height - BOTTOM);
        put_label(buf, at, height - BOTTOM + 15, MIDDLE);
        tm_html_short(buf, (uint64_t)(pow(10, power) + 0.5));
        tm_buf_text(buf, "</text>");
    }
}

void tm_plot_lines(struct tm_buf *buf, const struct tm_figure *figure)
{
    double lows[2] = {1e18, 1e18};
    double highs[2] = {1, 1};
    for (size_t s = 0; s < figure->n_series; s++)
        for (size_t i = 0; i < figure->series[s].n; i++) {
            const double values[2] = {(double)figure->series[s].x[i],
                                      (double)figure->series[s].values[i]};
            for (int k = 0; k < 2; k++) {
                lows[k] = values[k] < lows[k] ? values[k] : lows[k];
                highs[k] = values[k] > highs[k] ? values[k] : highs[k];
            }
        }
    if (lows[0] > highs[0] || lows[1] > highs[1])
        lows[0] = lows[1] = 1;
    struct axis x = {.from = LEFT, .to = WIDTH - RIGHT, .low = floor(log10(lows[0])),
                     .high = log10(highs[0]) + 0.05, .log = true};
    struct axis y = {.from = HEIGHT - BOTTOM, .to = TOP, .low = floor(log10(lows[1])),
                     .high = log10(highs[1]) + 0.1, .log = true};
    open_figure(buf, figure, HEIGHT);
    put_y_axis(buf, &y, figure->y_name, false);
    put_powers(buf, &x, HEIGHT);
    for (size_t s = 0; s < figure->n_series; s++)
        put_points(buf, &figure->series[s], &x, &y);
    put_line(buf, "axis", LEFT, y.from, WIDTH - RIGHT, y.from);
    put_x_name(buf, figure->x_name, true, HEIGHT);
    tm_buf_text(buf, "</svg>\n<details><summary>Numbers</summary>");
    struct tm_buf columns = {0};
    tm_buf_printf(&columns, "language|%s|%s", figure->x_name, figure->y_name);
    tm_buf_byte(&columns, '\0');
    tm_html_table(buf, figure->title, columns.failed ? "" : columns.p);
    buf->failed |= columns.failed;
    tm_buf_finish(&columns);
    for (size_t s = 0; s < figure->n_series; s++)
        for (size_t i = 0; i < figure->series[s].n; i++) {
            tm_html_th(buf, figure->series[s].name);
            tm_html_td(buf, figure->series[s].x[i]);
            tm_html_td(buf, figure->series[s].values[i]);
            tm_buf_text(buf, "</tr>\n");
        }
    struct tm_buf csv = {0};
    put_lines_csv(&csv, figure);
    close_figure(buf, figure, &csv);
}
