/* SPDX-License-Identifier: Apache-2.0 */
/* Commands that look at a release: verify, stats. */
#include <inttypes.h>

#include <tolmach/release.h>

#include "cli/cli.h"

static const struct cli_option verify_options[] = {
    {"audit", 0, "FOLDER", "its audit folder (default: the one beside it)"},
    {"json", 0, NULL, "print the result as JSON"},
    CLI_COMMON_OPTIONS,
};

static const struct cli_option stats_options[] = {
    {"json", 0, NULL, "print numbers as JSON"},
    CLI_COMMON_OPTIONS,
};

static void tell_fault(void *user, const struct tm_err *fault)
{
    struct cli *cli = user;
    cli->faults++;
    (void)cli_fail(cli, fault);
}

static void print_result(const struct tm_verify_result *result, bool json)
{
    if (json) {
        (void)printf("{\"faults\":%" PRIu64 ",\"files\":%" PRIu64 ",\"records\":%" PRIu64
                     ",\"documents\":%" PRIu64 ",\"text_bytes\":%" PRIu64
                     ",\"audited\":%s,\"corpus_digest\":\"%s\"}\n",
                     result->faults, result->files, result->records, result->documents,
                     result->text_bytes, result->audited ? "true" : "false",
                     result->corpus_digest);
        return;
    }
    (void)printf("%s: %" PRIu64 " files, %" PRIu64 " records of %" PRIu64 " documents%s\n",
                 result->faults == 0 ? "good" : "NOT GOOD", result->files, result->records,
                 result->documents, result->audited ? ", audit folder included" : "");
    if (result->faults != 0)
        (void)printf("faults: %" PRIu64 "\n", result->faults);
    (void)printf("corpus digest %s\n", result->corpus_digest);
}

static int run_verify(struct cli *cli)
{
    struct tm_err err = {0};
    struct tm_verify_result result = {0};
    enum tm_status status = tm_verify(cli->operands[0], cli_value(cli, "audit"), tell_fault, cli,
                                      &result, &err);
    if (status != TM_OK && status != TM_ERR_VERIFY)
        return cli_fail(cli, &err);
    bool json = cli_value(cli, "json") != NULL;
    if (json || !cli->quiet)
        print_result(&result, json);
    return cli_finish(cli, status == TM_OK ? EXIT_DONE : EXIT_PARTLY);
}

/* Prints a text of the library, or tells why there is none. */
static int print_text(struct cli *cli, enum tm_status status, char *text,
                      const struct tm_err *err)
{
    if (status != TM_OK)
        return cli_fail(cli, err);
    (void)fputs(text, stdout);
    tm_text_free(text);
    return cli_finish(cli, EXIT_DONE);
}

static enum tm_form form(const struct cli *cli)
{
    return cli_value(cli, "json") != NULL ? TM_FORM_JSON : TM_FORM_TEXT;
}

static int run_stats(struct cli *cli)
{
    struct tm_err err = {0};
    char *text = NULL;
    enum tm_status status = tm_stats(cli->operands[0], form(cli), &text, &err);
    return print_text(cli, status, text, &err);
}

const struct cli_command cli_verify = {
    .name = "verify",
    .operands = "RELEASE",
    .summary = "Check every digest, count, record and balance of a release",
    .details = "\nA line per fault on standard error; exit status 1 if there is one.",
    .example = "  tolmach verify out/harbour/1.0.0",
    .options = verify_options,
    .least = 1,
    .most = 1,
    .run = run_verify,
};

const struct cli_command cli_stats = {
    .name = "stats",
    .operands = "RELEASE",
    .summary = "Show the numbers of a release",
    .example = "  tolmach stats out/harbour/1.0.0\n"
               "  tolmach stats --json out/harbour/1.0.0 | jq .",
    .options = stats_options,
    .least = 1,
    .most = 1,
    .run = run_stats,
};
