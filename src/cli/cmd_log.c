/* SPDX-License-Identifier: Apache-2.0 */
#include <tolmach/release.h>

#include "cli/cli.h"

static const struct cli_option options[] = {
    {"json", 0, NULL, "print it as JSON"},
    CLI_COMMON_OPTIONS,
};

static int run(struct cli *cli)
{
    struct tm_err err = {0};
    char *text = NULL;
    enum tm_form form = cli_value(cli, "json") != NULL ? TM_FORM_JSON : TM_FORM_TEXT;
    if (tm_log(cli->operands[0], form, &text, &err) != TM_OK)
        return cli_fail(cli, &err);
    (void)fputs(text, stdout);
    tm_text_free(text);
    return cli_finish(cli, EXIT_DONE);
}

const struct cli_command cli_log = {
    .name = "log",
    .operands = "FOLDER",
    .summary = "List the versions of a corpus",
    .example = "  tolmach log out/harbour",
    .options = options,
    .least = 1,
    .most = 1,
    .run = run,
};
