/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/filter.h"

static const struct cli_option options[] = {CLI_INPUT_OPTIONS, CLI_COMMON_OPTIONS};

static enum tm_status put_batch(void *user, struct tm_batch *batch, struct tm_buf *out,
                                struct tm_err *err)
{
    (void)user;
    (void)err;
    for (size_t i = 0; i < batch->n; i++)
        filter_put_document(out, &batch->docs[i], false);
    return TM_OK;
}

static int run(struct cli *cli)
{
    struct tm_err err = {0};
    struct tm_recipe *recipe = NULL;
    if (cli_recipe(cli, &recipe, &err) != TM_OK)
        return cli_fail(cli, &err);
    int code = filter_run(cli, recipe, FILTER_BYTES, put_batch, NULL);
    tm_recipe_destroy(recipe);
    return code;
}

const struct cli_command cli_read = {
    .name = "read",
    .operands = "[FILE...]",
    .summary = "Show any input as its reader saw it, a JSON object per document",
    .example = "  tolmach read result.json | jq -r .text | less",
    .options = options,
    .most = SIZE_MAX,
    .run = run,
};
