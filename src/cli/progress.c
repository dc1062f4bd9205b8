/* SPDX-License-Identifier: Apache-2.0 */
/* How far a long command is: on a terminal one line that changes, else a line now and then. */
#include <inttypes.h>
#include <string.h>

#include "base/clock.h"
#include "cli/cli.h"

#define TERMINAL_MS 200
#define LOG_MS 5000

/* Reading and fetching count bytes, all other steps documents. */
static void put_rate(const char *step, double rate)
{
    if (strcmp(step, "read") == 0 || strcmp(step, "fetch") == 0)
        (void)fprintf(stderr, "  %.1f MB/s", rate / 1e6);
    else
        (void)fprintf(stderr, "  %.0f documents/s", rate);
}

void cli_progress(void *user, const char *step, uint64_t done, uint64_t total)
{
    struct cli *cli = user;
    struct cli_meter *meter = &cli->meter;
    int64_t now = tm_clock_ms();
    if (!cli->progress)
        return;
    if (meter->step == NULL || strcmp(meter->step, step) != 0) {
        *meter = (struct cli_meter){.step = step, .began = now, .first = done, .shown = meter->shown,
                                    .told = meter->step == NULL ? now : meter->told};
        if (!cli->terminal)
            return;
    }
    if (now - meter->told < (cli->terminal ? TERMINAL_MS : LOG_MS))
        return;
    meter->told = now;
    meter->shown = cli->terminal;
    (void)fprintf(stderr, "%s%-6s", cli->terminal ? "\r\033[K" : "tolmach: ", step);
    if (total != 0)
        (void)fprintf(stderr, " %5.1f %%", 100.0 * (double)(done < total ? done : total) /
                                           (double)total);
    else
        (void)fprintf(stderr, " %" PRIu64, done);
    double rate = now == meter->began || done <= meter->first
        ? 0 : (double)(done - meter->first) * 1000 / (double)(now - meter->began);
    if (rate > 0) {
        put_rate(step, rate);
        uint64_t left = done < total ? (uint64_t)((double)(total - done) / rate) : 0;
        if (left != 0)
            (void)fprintf(stderr, "  %" PRIu64 ":%02" PRIu64 " to go", left / 60, left % 60);
    }
    (void)fputs(cli->terminal ? "" : "\n", stderr);
}

void cli_progress_end(struct cli *cli)
{
    if (cli->meter.shown)
        (void)fputs("\r\033[K", stderr);
    cli->meter.shown = false;
}
