/* SPDX-License-Identifier: Apache-2.0 */
/* explain: what a release knows of a record, and, with the inputs, its way from the raw text. */
#include <string.h>

#include <tolmach/release.h>

#include "cli/filter.h"
#include "cli/trace.h"

static const struct cli_option options[] = {
    {"audit", 0, "FOLDER", "its audit folder (default: the one beside it)"},
    {"json", 0, NULL, "print it as JSON"},
    TRACE_COLOR_OPTION,
    CLI_INPUT_OPTIONS,
    CLI_COMMON_OPTIONS,
};

struct search {
    struct trace trace;
    struct tm_cleaner *cleaner;
    struct tm_origin origin;
    bool found;
};

static enum tm_status look(void *user, struct tm_batch *batch, struct tm_buf *out,
                           struct tm_err *err)
{
    struct search *search = user;
    for (size_t i = 0; i < batch->n && !search->found; i++) {
        const struct tm_doc *doc = &batch->docs[i];
        if (doc->source_offset != search->origin.offset ||
            doc->source_file.n != strlen(search->origin.file) ||
            memcmp(doc->source_file.p, search->origin.file, doc->source_file.n) != 0)
            continue;
        search->found = true;
        return trace_document(&search->trace, search->cleaner, batch, i, true, out, err);
    }
    return TM_OK;
}

/* Reads the inputs again, learns from them as the build did, and shows what the rules do. */
static int show_way(struct cli *cli, struct search *search)
{
    struct tm_err err = {0};
    struct tm_recipe *recipe = NULL;
    struct tm_learnt *learnt = NULL;
    struct tm_build_options build = {.threads = 1};
    struct cli inputs = *cli;       /* its operands behind the release and the id */
    inputs.operands += 2;
    inputs.n_operands -= 2;
    int code;
    enum tm_status status = cli_recipe(&inputs, &recipe, &err);
    if (status == TM_OK)
        status = tm_recipe_name_inputs(recipe, &err);
    if (status == TM_OK && tm_recipe_learns(recipe))
        status = tm_learn(recipe, &build, &learnt, &err);
    if (status == TM_OK)
        status = tm_cleaner_create(tm_recipe_clean(recipe), learnt, &search->cleaner, &err);
    if (status != TM_OK)
        code = cli_fail(cli, &err);
    else
        code = filter_run(cli, recipe, FILTER_BYTES, look, search);
    if (code <= EXIT_PARTLY && !search->found) {
        (void)tm_fail(&err, TM_ERR_USAGE, search->origin.file, search->origin.offset,
                      "the inputs hold no document at this place");
        (void)tm_hint(&err, "give the recipe, or the inputs as they were named for the build");
        code = cli_fail(cli, &err);
    }
    tm_cleaner_destroy(search->cleaner);
    tm_learnt_destroy(learnt);
    tm_recipe_destroy(recipe);
    return code;
}

static int run(struct cli *cli)
{
    struct tm_err err = {0};
    char *text = NULL;
    struct search search = {0};
    bool json = cli_value(cli, "json") != NULL;
    if (!trace_begin(&search.trace, cli, json))
        return cli_usage(cli, "--color is auto, always or never");
    if (tm_explain(cli->operands[0], cli_value(cli, "audit"), cli->operands[1],
                   json ? TM_FORM_JSON : TM_FORM_TEXT, &search.origin, &text, &err) != TM_OK)
        return cli_fail(cli, &err);
    (void)fputs(text, stdout);
    tm_text_free(text);
    int code = EXIT_DONE;
    if (cli->n_operands > 2)
        code = show_way(cli, &search);
    trace_end(&search.trace);
    return cli_finish(cli, code);
}

const struct cli_command cli_explain = {
    .name = "explain",
    .operands = "RELEASE ID [RECIPE | INPUT...]",
    .summary = "Show where a record came from and what was removed from it",
    .details = "ID is a record's id, or a doc_id for all records of one document. What was left\n"
               "out is found too, as long as the audit folder is at hand. With the recipe, or\n"
               "the inputs, of the build its raw text is read again and each rule shown: what\n"
               "goes as [-...-] and what comes as {+...+}, or in colours on a terminal.",
    .example = "  tolmach explain out/harbour/1.0.0 tg-1900000001-4-0\n"
               "  tolmach explain out/harbour/1.0.0 tg-1900000001-4 harbour.yaml",
    .options = options,
    .least = 2,
    .most = SIZE_MAX,
    .run = run,
};
