/* SPDX-License-Identifier: Apache-2.0 */
/* clean: the cleaner as a filter, what it changes, and what each of its rules does. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "cli/filter.h"
#include "cli/trace.h"

/* Each rule cleans each batch twice more: small batches keep what that takes small. */
#define ABLATE_BYTES ((size_t)64 << 10)

static const struct cli_option options[] = {
    {"jsonl", 0, NULL, "one JSON object per document instead of text"},
    {"diff", 0, NULL, "each change instead of the text"},
    {"ablate", 0, NULL, "a table: what each rule does by itself"},
    TRACE_COLOR_OPTION,
    CLI_INPUT_OPTIONS,
    CLI_COMMON_OPTIONS,
};

struct clean {
    struct tm_cleaner *cleaner;
    struct trace trace;
    bool json;
    bool first;
};

static enum tm_status put_texts(void *user, struct tm_batch *batch, struct tm_buf *out,
                                struct tm_err *err)
{
    struct clean *clean = user;
    struct tm_stage stage = tm_cleaner_stage(clean->cleaner);
    enum tm_status status = stage.process(stage.state, batch, err);
    for (size_t i = 0; i < batch->n && status == TM_OK; i++) {
        const struct tm_doc *doc = &batch->docs[i];
        if (clean->json) {
            filter_put_document(out, doc, true);
        } else if (doc->text.n != 0) {
            tm_buf_text(out, clean->first ? "" : "\n\n");
            tm_buf_str(out, doc->text);
            tm_buf_byte(out, '\n');
            clean->first = false;
        }
    }
    return status;
}

static enum tm_status put_changes(void *user, struct tm_batch *batch, struct tm_buf *out,
                                  struct tm_err *err)
{
    struct clean *clean = user;
    enum tm_status status = TM_OK;
    for (size_t i = 0; i < batch->n && status == TM_OK; i++)
        status = trace_document(&clean->trace, clean->cleaner, batch, i, false, out, err);
    return status;
}

/* What a set of rules did to all documents. */
struct effect {
    uint64_t documents;         /* that it changed */
    uint64_t removed;           /* bytes, less those that came */
};

struct ablation {
    struct tm_clean_options options;
    const struct tm_learnt *learnt;
    uint64_t documents;
    struct effect all;
    struct effect alone[TM_RULE_COUNT];
    struct effect without[TM_RULE_COUNT];
};

/* Cleans copies of the documents with some rules off. */
static enum tm_status try_rules(const struct ablation *ablation, const struct tm_batch *batch,
                                uint64_t off, struct effect *effect, struct tm_err *err)
{
    struct tm_clean_options options_now = ablation->options;
    struct tm_cleaner *cleaner = NULL;
    struct tm_doc *docs = calloc(batch->n + 1, sizeof *docs);
    if (docs == NULL)
        return tm_fail(err, TM_ERR_NOMEM, "", TM_NO_OFFSET, "out of memory");
    if (batch->n != 0)
        memcpy(docs, batch->docs, batch->n * sizeof *docs);
    struct tm_batch copy = {.arena = batch->arena, .docs = docs, .n = batch->n,
                            .capacity = batch->n};
    options_now.off |= off;
    enum tm_status status = tm_cleaner_create(&options_now, ablation->learnt, &cleaner, err);
    if (status == TM_OK) {
        struct tm_stage stage = tm_cleaner_stage(cleaner);
        status = stage.process(stage.state, &copy, err);
    }
    for (size_t i = 0; i < copy.n && status == TM_OK; i++) {
        effect->documents += docs[i].n_edits != 0;
        effect->removed += batch->docs[i].text.n - docs[i].text.n;
    }
    tm_cleaner_destroy(cleaner);
    free(docs);
    return status;
}

static enum tm_status ablate(void *user, struct tm_batch *batch, struct tm_buf *out,
                             struct tm_err *err)
{
    struct ablation *ablation = user;
    (void)out;
    ablation->documents += batch->n;
    enum tm_status status = try_rules(ablation, batch, 0, &ablation->all, err);
    for (int rule = 0; rule < TM_RULE_COUNT && status == TM_OK; rule++) {
        uint64_t bit = (uint64_t)1 << rule;
        if ((ablation->options.off & bit) != 0)
            continue;
        status = try_rules(ablation, batch, ~bit, &ablation->alone[rule], err);
        if (status == TM_OK)
            status = try_rules(ablation, batch, bit, &ablation->without[rule], err);
    }
    return status;
}

static void print_ablation(const struct ablation *ablation)
{
    (void)printf("%-16s %10s %12s %12s\n", "rule", "documents", "alone, bytes", "needed for");
    for (int rule = 0; rule < TM_RULE_COUNT; rule++) {
        const struct effect *alone = &ablation->alone[rule];
        int64_t needed = (int64_t)(ablation->all.removed - ablation->without[rule].removed);
        if ((ablation->options.off >> rule & 1) != 0)
            (void)printf("%-16s off\n", tm_rule_name((enum tm_rule)rule));
        else if (alone->documents != 0 || needed != 0)
            (void)printf("%-16s %10" PRIu64 " %12" PRId64 " %12" PRId64 "\n",
                         tm_rule_name((enum tm_rule)rule), alone->documents,
                         (int64_t)alone->removed, needed);
    }
    (void)printf("%-16s %10" PRIu64 " %12" PRId64 "\nof %" PRIu64 " documents\n", "all rules",
                 ablation->all.documents, (int64_t)ablation->all.removed, ablation->documents);
}

static int run_ablation(struct cli *cli, const struct tm_recipe *recipe,
                        const struct tm_learnt *learnt)
{
    struct ablation *ablation = calloc(1, sizeof *ablation);
    if (ablation == NULL)
        return EXIT_INTERNAL;
    ablation->options = *tm_recipe_clean(recipe);
    ablation->learnt = learnt;
    int code = filter_run(cli, recipe, ABLATE_BYTES, ablate, ablation);
    if (code == EXIT_DONE || code == EXIT_PARTLY) {
        print_ablation(ablation);
        code = cli_finish(cli, code);
    }
    free(ablation);
    return code;
}

static int run_cleaner(struct cli *cli, const struct tm_recipe *recipe,
                       const struct tm_learnt *learnt)
{
    struct tm_err err = {0};
    struct clean clean = {.json = cli_value(cli, "jsonl") != NULL, .first = true};
    if (!trace_begin(&clean.trace, cli, clean.json))
        return cli_usage(cli, "--color is auto, always or never");
    if (tm_cleaner_create(tm_recipe_clean(recipe), learnt, &clean.cleaner, &err) != TM_OK)
        return cli_fail(cli, &err);
    int code = filter_run(cli, recipe, FILTER_BYTES,
                          cli_value(cli, "diff") != NULL ? put_changes : put_texts, &clean);
    trace_end(&clean.trace);
    tm_cleaner_destroy(clean.cleaner);
    return code;
}

static int run(struct cli *cli)
{
    struct tm_err err = {0};
    struct tm_recipe *recipe = NULL;
    struct tm_learnt *learnt = NULL;
    bool named = cli->n_operands > 0;
    for (size_t i = 0; i < cli->n_operands; i++)
        named &= strcmp(cli->operands[i], "-") != 0;
    enum tm_status status = cli_recipe(cli, &recipe, &err);
    struct tm_build_options build = {.threads = 1};
    if (status == TM_OK && named && tm_recipe_learns(recipe))
        status = tm_learn(recipe, &build, &learnt, &err);
    int code;
    if (status != TM_OK)
        code = cli_fail(cli, &err);
    else if (cli_value(cli, "ablate") != NULL)
        code = run_ablation(cli, recipe, learnt);
    else
        code = run_cleaner(cli, recipe, learnt);
    tm_learnt_destroy(learnt);
    tm_recipe_destroy(recipe);
    return code;
}

const struct cli_command cli_clean = {
    .name = "clean",
    .operands = "[FILE...]",
    .summary = "Clean text, posts parted by two blank lines",
    .details =
        "Recurring lines are learnt from files that are named, not from standard input.\n"
        "--diff shows what goes as [-...-] and what comes as {+...+}, or in colours; with\n"
        "--jsonl, an object per document with raw, text and edits. --ablate prints a\n"
        "table: documents that a rule changes and bytes that it removes when it is the\n"
        "only one, and bytes that would stay if it alone were off.",
    .example = "  tolmach clean channel.txt\n  tolmach clean --jsonl dump.json | jq .hashtags\n"
               "  tolmach clean --diff dump.json | less -R",
    .options = options,
    .most = SIZE_MAX,
    .run = run,
};
