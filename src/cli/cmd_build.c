/* SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/json_write.h"
#include "cli/cli.h"

static const struct cli_option options[] = {
    {"out", 'o', "FOLDER", "where FOLDER/NAME/VERSION is made"},
    {"name", 0, "NAME", "name of the corpus"},
    {"version", 0, "V", "version of the release (default 1.0.0)"},
    {"parent", 0, "RELEASE", "release that it follows: a version or a path"},
    {"add", 0, NULL, "the inputs come to those of the parent"},
    {"sign", 0, "KEY", "sign the release with this secret key (keygen)"},
    {"jobs", 'j', "N", "threads (default: all cores); same bytes"},
    {"memory", 'm', "SIZE", "memory to use, such as 256M (default 1G)"},
    {"journal", 0, "KIND", "auto, off, on, or keep: for builds to come (see above)"},
    {"limit", 0, "N", "read at most N documents"},
    CLI_INPUT_OPTIONS,
    {"print-recipe", 0, NULL, "print the recipe with its defaults, stop"},
    {"dry-run", 'n', NULL, "do all but write"},
    {"json", 0, NULL, "print the result as JSON"},
    {"no-progress", 0, NULL, "no progress lines"},
    CLI_COMMON_OPTIONS,
};

static void print_json(const struct tm_build_result *r)
{
    struct tm_buf folder = {0};
    tm_json_put_str(&folder, tm_str_of(r->folder));
    (void)printf("{\"folder\":%.*s,\"inputs\":%" PRIu64 ",\"input_bytes\":%" PRIu64
                 ",\"documents\":%" PRIu64 ",\"from_parent\":%" PRIu64 ",\"superseded\":%" PRIu64 ",\"forgotten\":%" PRIu64 ",\"empty\":%" PRIu64
                 ",\"records\":{\"ru\":%" PRIu64 ",\"en\":%" PRIu64 ",\"other\":%" PRIu64
                 "},\"duplicates\":%" PRIu64 ",\"near_duplicates\":%" PRIu64 ",\"rejected\":%" PRIu64 ",\"raw_bytes\":%" PRIu64
                 ",\"kept_bytes\":%" PRIu64 ",\"faults\":%" PRIu64 "}\n",
                 (int)folder.n, folder.p, r->inputs, r->input_bytes, r->documents, r->from_parent, r->superseded, r->forgotten, r->empty,
                 r->records_ru, r->records_en, r->records_other, r->duplicates,
                 r->near_duplicates, r->rejected, r->raw_bytes, r->kept_bytes, r->faults);
    tm_buf_finish(&folder);
}

/* The rules that removed most, the largest first. */
static void print_rules(const struct tm_build_result *r)
{
    bool shown[TM_RULE_COUNT] = {false};
    for (int row = 0; row < 8; row++) {
        int best = -1;
        for (int i = 0; i < TM_RULE_COUNT; i++)
            if (!shown[i] && r->rules[i].removed != 0 &&
                (best < 0 || r->rules[i].removed > r->rules[best].removed))
                best = i;
        if (best < 0)
            return;
        shown[best] = true;
        (void)printf("%s%-16s %10" PRIu64 " byte%s in %" PRIu64 " place%s\n",
                     row == 0 ? "removed     " : "            ",
                     tm_rule_name((enum tm_rule)best), r->rules[best].removed,
                     cli_s(r->rules[best].removed), r->rules[best].edits,
                     cli_s(r->rules[best].edits));
    }
}

/* What became no record, folded to the width of a terminal. */
static void print_left_out(const struct tm_build_result *r)
{
    const struct {
        uint64_t n;
        const char *what;
        bool plural;
    } kinds[] = {
        {r->duplicates, "duplicate", true}, {r->near_duplicates, "near duplicate", true},
        {r->rejected, "in other languages", false}, {r->empty, "empty", false},
        {r->superseded, "superseded", false}, {r->forgotten, "forgotten", false},
    };
    const char *const lead[] = {"left out    ", "            "};
    size_t at = 0;
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        char text[64];
        if (kinds[i].n == 0)
            continue;
        size_t n = (size_t)snprintf(text, sizeof text, "%" PRIu64 " %s%s", kinds[i].n,
                                    kinds[i].what, kinds[i].plural ? cli_s(kinds[i].n) : "");
        bool fold = at == 0 || at + n > 65;
        if (at != 0)
            (void)fputs(fold ? ",\n" : ", ", stdout);
        (void)printf("%s%s", fold ? lead[at != 0] : "", text);
        at = fold ? n : at + 2 + n;
    }
    (void)puts(at == 0 ? "left out    nothing" : "");
}

static void print_result(const struct tm_build_result *r)
{
    (void)printf("read        %" PRIu64 " document%s from %" PRIu64 " input%s, %" PRIu64 " bytes\n",
                 r->documents - r->from_parent, cli_s(r->documents - r->from_parent), r->inputs,
                 cli_s(r->inputs), r->input_bytes);
    if (r->from_parent != 0)
        (void)printf("            %" PRIu64 " document%s of the parent\n", r->from_parent,
                     cli_s(r->from_parent));
    (void)printf("records     %" PRIu64 " ru, %" PRIu64 " en", r->records_ru, r->records_en);
    if (r->records_other != 0)
        (void)printf(", %" PRIu64 " other", r->records_other);
    (void)printf("; %" PRIu64 " bytes, %.1f %% of the raw text\n", r->kept_bytes,
                 r->raw_bytes == 0 ? 0.0 : 100.0 * (double)r->kept_bytes / (double)r->raw_bytes);
    print_left_out(r);
    print_rules(r);
    if (r->rendered + r->cleaned != 0)
        (void)printf("journal     %" PRIu64 " of %" PRIu64 " documents were done before, %" PRIu64
                     " of them cleaned only\n", r->rendered + r->cleaned,
                     r->rendered + r->cleaned + r->worked, r->cleaned);
    if (r->faults != 0)
        (void)printf("faults      %" PRIu64 " (some input could not be used, see above)\n",
                     r->faults);
    if (r->folder[0] != '\0')
        (void)printf("release     %s\n", r->folder);
}

/* A number from 1 to 256, else 0. */
static unsigned thread_count(const char *text)
{
    char *end;
    unsigned long n = strtoul(text, &end, 10);
    return end == text || *end != '\0' || n > 256 ? 0 : (unsigned)n;
}

static bool journal_kind(const char *word, enum tm_journaling *ret_kind)
{
    static const char *const words[] = {"auto", "off", "on", "keep"};
    for (int i = 0; i < 4; i++)
        if (strcmp(word, words[i]) == 0) {
            *ret_kind = (enum tm_journaling)i;
            return true;
        }
    return false;
}

/* The key of --sign; its password is asked for when it has one. */
static enum tm_status load_key(struct cli *cli, struct tm_sign_key **ret_key, struct tm_err *err)
{
    const char *path = cli_value(cli, "sign");
    bool encrypted = false;
    if (path == NULL)
        return TM_OK;
    enum tm_status status = tm_sign_key_load(path, NULL, &encrypted, ret_key, err);
    if (status != TM_ERR_USAGE || !encrypted)
        return status;
    char *password = cli_password("Password of the key: ");
    if (password == NULL) {
        (void)tm_hint(err, "set TOLMACH_PASSWORD, or type it on a terminal");
        return status;
    }
    status = tm_sign_key_load(path, password, NULL, ret_key, err);
    free(password);
    return status;
}

static int build_release(struct cli *cli, struct tm_recipe *recipe,
                         struct tm_build_options *build, struct tm_build_result *result)
{
    struct tm_err err = {0};
    struct tm_sign_key *key = NULL;
    enum tm_status status = load_key(cli, &key, &err);
    build->sign = key;
    if (status == TM_OK)
        status = tm_build(recipe, build, result, &err);
    tm_sign_key_destroy(key);
    if (status != TM_OK)
        return cli_fail(cli, &err);
    cli_progress_end(cli);
    if (cli_value(cli, "json") != NULL)
        print_json(result);
    else if (!cli->quiet)
        print_result(result);
    return cli_finish(cli, result->faults == 0 ? EXIT_DONE : EXIT_PARTLY);
}

static int run_build(struct cli *cli, struct tm_recipe *recipe)
{
    struct tm_build_result *result = calloc(1, sizeof *result);
    const char *jobs = cli_value(cli, "jobs");
    const char *memory = cli_value(cli, "memory");
    const char *journal = cli_value(cli, "journal");
    struct tm_build_options build = {
        .out = cli_value(cli, "out"),
        .threads = jobs == NULL ? 0 : thread_count(jobs),
        .memory = memory == NULL ? 0 : cli_memory(memory),
        .dry_run = cli_value(cli, "dry-run") != NULL,
        .notify = cli_notify, .user = cli, .progress = cli_progress,
    };
    int code;
    if (result == NULL)
        return EXIT_INTERNAL;
    if (jobs != NULL && build.threads == 0)
        code = cli_usage(cli, "-j %s: not a number from 1 to 256", jobs);
    else if (journal != NULL && !journal_kind(journal, &build.journal))
        code = cli_usage(cli, "--journal %s: not auto, off, on or keep", journal);
    else if (memory != NULL && build.memory == 0)
        code = cli_usage(cli, "--memory %s: not a size such as 256M", memory);
    else
        code = build_release(cli, recipe, &build, result);
    free(result);
    return code;
}

static int run(struct cli *cli)
{
    struct tm_err err = {0};
    struct tm_recipe *recipe = NULL;
    if (cli_recipe(cli, &recipe, &err) != TM_OK)
        return cli_fail(cli, &err);
    int code = EXIT_DONE;
    if (cli_value(cli, "print-recipe") != NULL) {
        const char *text = tm_recipe_text(recipe);
        (void)fputs(text == NULL ? "" : text, stdout);
        code = cli_finish(cli, text == NULL ? EXIT_INTERNAL : EXIT_DONE);
    } else {
        code = run_build(cli, recipe);
    }
    tm_recipe_destroy(recipe);
    return code;
}

const struct cli_command cli_build = {
    .name = "build",
    .operands = "RECIPE.yaml | INPUT...",
    .summary = "Make a release from raw inputs",
    .details = "Inputs are files, folders, archives, or - for standard input. Without a recipe\n"
               "the defaults hold; --print-recipe shows them.\n\n"
               "A version with a parent keeps what that has learnt and forgotten, and shares its\n"
               "frames and files. With --add the parent must have kept an index (audit.index).\n\n"
               "A build of 256 MiB or more, or with --journal on, keeps a journal while it runs:\n"
               "started again after a stop, it goes on. With --journal keep it keeps more, and\n"
               "the next build, with another threshold, rule or input, does again only what\n"
               "depends on it.",
    .example = "  tolmach build result.json -o out --name harbour --version 1.0.0\n"
               "  tolmach build harbour.yaml -o out --set lang.threshold=0.9\n"
               "  tolmach build new.json -o out --name h --version 1.1.0 --parent 1.0.0 --add",
    .options = options,
    .least = 0,
    .most = SIZE_MAX,
    .run = run,
};
