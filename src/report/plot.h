/* SPDX-License-Identifier: Apache-2.0 */
/*
 * plot.h - figures: inline SVG of 400 units' width, axes with units, a title and a description for
 * those who do not see it, and the numbers as a table behind it and as a CSV file to save.
 */
#ifndef TM_REPORT_PLOT_H
#define TM_REPORT_PLOT_H

#include "base/buf.h"

enum { TM_PLOT_SERIES = 4, TM_PLOT_CUTS = 8 };

struct tm_series {
    const char *name;               /* of the legend */
    int colour;                     /* 0 to 3: ru, en, other, all */
    const uint64_t *values;         /* of each place */
    size_t n;                       /* of a line: its points */
    const uint64_t *x;              /* of a line */
};

struct tm_cut {
    double at;                      /* in places from the left edge */
    char label[48];
};

enum tm_bar_form { TM_BARS_SIDE_BY_SIDE, TM_BARS_STACKED, TM_BARS_SHARES };

/* Puts plain text. */
typedef void tm_label_fn(struct tm_buf *buf, const void *user, size_t place);

struct tm_figure {
    const char *id;
    const char *title;
    const char *text;               /* what is to be seen, a sentence; may be NULL */
    const char *x_name;
    const char *y_name;
    const char *key;                /* of stats.json, where the numbers stand too */
    struct tm_series series[TM_PLOT_SERIES];
    size_t n_series;
    /* bars */
    enum tm_bar_form form;
    size_t n;                       /* places */
    tm_label_fn *label;             /* of a place */
    const void *user;
    bool log;                       /* the y axis */
    bool small;                     /* one of many */
    unsigned every;                 /* places to a label; 0: as many as there is room for */
    unsigned phase;                 /* labels stand at this place and `every` behind it, and at 0 */
    struct tm_cut cuts[TM_PLOT_CUTS];
    size_t n_cuts;
};

/* Bars of counts by place. */
void tm_plot_bars(struct tm_buf *buf, const struct tm_figure *figure);

/* Lines through points, both axes logarithmic. */
void tm_plot_lines(struct tm_buf *buf, const struct tm_figure *figure);

/* A stream from above, from which parts leave to the right. */
struct tm_flow_step {
    const char *name;
    uint64_t bytes;                 /* that leave; of a mark: that are there */
    bool mark;                      /* says what the stream is here */
};

void tm_plot_flow(struct tm_buf *buf, const char *id, const char *title, const char *text,
                  const struct tm_flow_step *steps, size_t n);

#endif
