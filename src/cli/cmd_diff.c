/* SPDX-License-Identifier: Apache-2.0 */
#include <tolmach/release.h>

#include "cli/cli.h"

static const struct cli_option options[] = {
    {"list", 0, NULL, "each record that changed, before the numbers"},
    {"json", 0, NULL, "print the numbers as JSON"},
    CLI_COMMON_OPTIONS,
};

/* "+ id", "- id reason", "~ id", "* id" */
static void print_change(void *user, enum tm_change change, struct tm_str id, struct tm_str reason)
{
    (void)user;
    (void)printf("%c %.*s%s%.*s\n", "+-~*"[change], (int)id.n, id.p, reason.n == 0 ? "" : " ",
                 (int)reason.n, reason.n == 0 ? "" : reason.p);
}

static int run(struct cli *cli)
{
    struct tm_err err = {0};
    char *text = NULL;
    uint64_t changes = 0;
    enum tm_form form = cli_value(cli, "json") != NULL ? TM_FORM_JSON : TM_FORM_TEXT;
    tm_change_fn *change = cli_value(cli, "list") != NULL ? print_change : NULL;
    if (tm_diff(cli->operands[0], cli->operands[1], change, NULL, form, &changes, &text, &err) !=
        TM_OK)
        return cli_fail(cli, &err);
    (void)fputs(text, stdout);
    tm_text_free(text);
    return cli_finish(cli, EXIT_DONE);
}

const struct cli_command cli_diff = {
    .name = "diff",
    .operands = "OLD NEW",
    .summary = "Show what changed from one release to another",
    .details = "Records are told by their ids: added, removed (and why, where the audit folder\n"
               "of NEW is at hand), with another text, with other metadata; by source. With\n"
               "--list a line each: + added, - removed and the reason, ~ text, * metadata.",
    .example = "  tolmach diff out/harbour/1.0.0 out/harbour/1.1.0\n"
               "  tolmach diff --list out/harbour/1.0.0 out/harbour/1.1.0 | grep '^- '",
    .options = options,
    .least = 2,
    .most = 2,
    .run = run,
};
