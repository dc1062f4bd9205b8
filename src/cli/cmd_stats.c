/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <tolmach/report.h>

#include "cli/cli.h"

enum { MOST_RELEASES = 8 };

static const struct cli_option options[] = {
    {"json", 0, NULL, "print numbers as JSON"},
    {"html", 0, "FILE", "write the report on one release as a page"},
    {"tokenizer", 0, "MODEL", "count tokens with a model of SentencePiece"},
    {"examples", 0, "N", "random records of each language on the page (20)"},
    CLI_COMMON_OPTIONS,
};

/* FILE is replaced; "-" is standard output. */
static int write_page(struct cli *cli, const struct tm_report *report, const char *path)
{
    struct tm_err err = {0};
    char *text = NULL;
    if (tm_report_page(report, &text, &err) != TM_OK)
        return cli_fail(cli, &err);
    FILE *file = strcmp(path, "-") == 0 ? stdout : fopen(path, "wb");
    bool good = file != NULL && fputs(text, file) >= 0;
    if (file != NULL && file != stdout)
        good = fclose(file) == 0 && good;
    int error = errno;
    tm_text_free(text);
    if (good)
        return cli_finish(cli, EXIT_DONE);
    (void)fprintf(stderr, "tolmach: %s: cannot be written: %s\n", path, strerror(error));
    return EXIT_OUTPUT;
}

static int show(struct cli *cli, struct tm_report *const *reports, size_t n)
{
    struct tm_err err = {0};
    char *text = NULL;
    enum tm_form form = cli_value(cli, "json") != NULL ? TM_FORM_JSON : TM_FORM_TEXT;
    enum tm_status status =
        n == 1 ? tm_report_text(reports[0], form, &text, &err)
               : tm_report_compare((const struct tm_report *const *)reports, n, form, &text, &err);
    if (status != TM_OK)
        return cli_fail(cli, &err);
    (void)fputs(text, stdout);
    tm_text_free(text);
    return cli_finish(cli, EXIT_DONE);
}

static int run(struct cli *cli)
{
    struct tm_err err = {0};
    struct tm_report *reports[MOST_RELEASES] = {NULL};
    struct tm_report_options how = {.examples = 20, .tokenizer = cli_value(cli, "tokenizer")};
    const char *page = cli_value(cli, "html");
    const char *examples = cli_value(cli, "examples");
    int code = -1;
    if (examples != NULL) {
        char *end;
        unsigned long given = strtoul(examples, &end, 10);
        if (end == examples || *end != '\0' || given > TM_REPORT_EXAMPLES)
            return cli_usage(cli, "--examples takes a number up to 100");
        how.examples = (unsigned)given;
    }
    if (page != NULL && cli->n_operands != 1)
        return cli_usage(cli, "a page shows one release");
    for (size_t i = 0; i < cli->n_operands && code < 0; i++)
        if (tm_report_create(cli->operands[i], &how, &reports[i], &err) != TM_OK)
            code = cli_fail(cli, &err);
    if (code < 0)
        code = page != NULL ? write_page(cli, reports[0], page)
                            : show(cli, reports, cli->n_operands);
    for (size_t i = 0; i < MOST_RELEASES; i++)
        tm_report_destroy(reports[i]);
    return code;
}

const struct cli_command cli_stats = {
    .name = "stats",
    .operands = "RELEASE...",
    .summary = "Show the numbers of a release, or of several side by side",
    .example = "  tolmach stats out/harbour/1.0.0\n"
               "  tolmach stats out/harbour/1.0.0 out/harbour/1.1.0\n"
               "  tolmach stats --html harbour.html out/harbour/1.0.0\n"
               "  tolmach stats --tokenizer tokenizer.model out/harbour/1.0.0\n"
               "  tolmach stats --json out/harbour/1.0.0 | jq .all",
    .options = options,
    .least = 1,
    .most = MOST_RELEASES,
    .run = run,
};
