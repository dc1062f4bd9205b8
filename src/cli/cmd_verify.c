/* SPDX-License-Identifier: Apache-2.0 */
/* verify: a release against what it states, and, with its inputs, against what they give again. */
#include <errno.h>
#include <ftw.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include <tolmach/release.h>
#include <tolmach/sign.h>

#include "base/buf.h"
#include "cli/cli.h"

static const struct cli_option options[] = {
    {"audit", 0, "FOLDER", "its audit folder (default: the one beside it)"},
    {"key", 0, "KEY.pub", "it must be signed with this key"},
    {"json", 0, NULL, "print the result as JSON"},
    {"jobs", 'j', "N", "threads of the rebuild (default: all cores)"},
    {"memory", 'm', "SIZE", "memory of the rebuild (default 1G)"},
    CLI_INPUT_OPTIONS,
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
                     ",\"audited\":%s,\"shards\":%" PRIu64 ",\"shards_published\":%" PRIu64
                     ",\"partial\":%s,\"corpus_digest\":\"%s\"}\n",
                     result->faults, result->files, result->records, result->documents,
                     result->text_bytes, result->audited ? "true" : "false",
                     result->shards, result->shards_published, result->partial ? "true" : "false",
                     result->corpus_digest);
        return;
    }
    (void)printf("%s: %" PRIu64 " files, %" PRIu64 " records of %" PRIu64 " documents%s\n",
                 result->faults == 0 ? "good" : "NOT GOOD", result->files, result->records,
                 result->documents, result->audited ? ", audit folder included" : "");
    if (result->faults != 0)
        (void)printf("faults: %" PRIu64 "\n", result->faults);
    if (result->partial) {
        (void)printf("partial: %" PRIu64 " of %" PRIu64 " shards\n", result->shards,
                     result->shards_published);
        return;
    }
    (void)printf("corpus digest %s\n", result->corpus_digest);
}

static int remove_entry(const char *path, const struct stat *st, int type, struct FTW *walk)
{
    (void)st;
    (void)type;
    (void)walk;
    return remove(path);
}

/* All of FOLDER/SHA256SUMS. */
static enum tm_status read_sums(const char *folder, struct tm_buf *sums, struct tm_err *err)
{
    char path[4200];
    (void)snprintf(path, sizeof path, "%s/SHA256SUMS", folder);
    FILE *file = fopen(path, "rb");
    if (file == NULL)
        return tm_fail(err, TM_ERR_READ, path, TM_NO_OFFSET, "cannot open: %s", strerror(errno));
    for (size_t n = 1; n != 0 && tm_buf_reserve(sums, 65536); sums->n += n)
        n = fread(sums->p + sums->n, 1, 65536, file);
    (void)fclose(file);
    tm_buf_byte(sums, '\0');
    return sums->failed ? tm_fail(err, TM_ERR_NOMEM, path, TM_NO_OFFSET, "out of memory") : TM_OK;
}

/* Names the files whose digest is not that of the rebuilt release. */
static void tell_differences(struct cli *cli, const char *sums, const char *again)
{
    for (const char *line = sums; *line != '\0';) {
        size_t n = strcspn(line, "\n");
        char text[4200];
        (void)snprintf(text, sizeof text, "%.*s\n", (int)n, line);
        if (n > 66 && n < sizeof text - 1 && strstr(again, text) == NULL) {
            struct tm_err what = {0};
            text[n] = '\0';
            (void)tm_fail(&what, TM_ERR_VERIFY, text + 66, TM_NO_OFFSET,
                          "the inputs give other bytes");
            tell_fault(cli, &what);
        }
        line += n + (line[n] != '\0');
    }
}

/* Says whether a release built anew is the same; the exit code. */
static int compare(struct cli *cli, const char *folder, const struct tm_verify_result *result)
{
    struct tm_err err = {0};
    struct tm_buf sums = {0};
    struct tm_buf again = {0};
    struct tm_verify_result rebuilt = {0};
    int code = EXIT_DONE;
    enum tm_status status = read_sums(cli->operands[0], &sums, &err);
    if (status == TM_OK)
        status = read_sums(folder, &again, &err);
    if (status == TM_OK)
        status = tm_verify(folder, "", tell_fault, cli, &rebuilt, &err);
    if (status != TM_OK) {
        code = cli_fail(cli, &err);
    } else if (strcmp(sums.p, again.p) == 0) {
        if (!cli->quiet)
            (void)printf("rebuilt from its inputs: the same bytes\n");
    } else {
        tell_differences(cli, sums.p, again.p);
        if (strcmp(rebuilt.corpus_digest, result->corpus_digest) == 0)
            (void)printf("rebuilt from its inputs: the same records in other files "
                         "(another version of tolmach, ICU or zstd)\n");
        else
            (void)printf("rebuilt from its inputs: OTHER RECORDS, corpus digest %s\n",
                         rebuilt.corpus_digest);
        code = EXIT_PARTLY;
    }
    tm_buf_finish(&sums);
    tm_buf_finish(&again);
    return code;
}

static enum tm_status name_recipe(struct tm_recipe *recipe, const struct tm_verify_result *result,
                                  struct tm_err *err)
{
    char text[160];
    (void)snprintf(text, sizeof text, "name=%s", result->name);
    enum tm_status status = tm_recipe_set(recipe, text, err);
    (void)snprintf(text, sizeof text, "version=%s", result->version);
    return status == TM_OK ? tm_recipe_set(recipe, text, err) : status;
}

/* Builds the release again in a folder of its own. */
static int rebuild(struct cli *cli, const struct tm_verify_result *result)
{
    struct tm_err err = {0};
    struct tm_recipe *recipe = NULL;
    const char *temp = getenv("TMPDIR");
    char folder[4096];
    struct cli inputs = *cli;       /* its operands behind the release */
    inputs.operands += 1;
    inputs.n_operands -= 1;
    (void)snprintf(folder, sizeof folder, "%s/tolmach-verify-XXXXXX",
                   temp == NULL || temp[0] == '\0' ? "/tmp" : temp);
    if (mkdtemp(folder) == NULL) {
        (void)tm_fail(&err, TM_ERR_WRITE, folder, TM_NO_OFFSET, "cannot make a folder: %s",
                      strerror(errno));
        return cli_fail(cli, &err);
    }
    char versions[4200];            /* a parent lies beside the release */
    (void)snprintf(versions, sizeof versions, "%s/..", cli->operands[0]);
    const char *jobs = cli_value(cli, "jobs");
    const char *memory = cli_value(cli, "memory");
    struct tm_build_options options_now = {
        .out = folder,
        .threads = jobs == NULL ? 0 : (unsigned)strtoul(jobs, NULL, 10),
        .memory = memory == NULL ? 0 : cli_memory(memory),
        .notify = cli_notify,
        .user = cli,
        .versions = versions,
    };
    struct tm_build_result *built = calloc(1, sizeof *built);
    enum tm_status status = built == NULL
        ? tm_fail(&err, TM_ERR_NOMEM, "", TM_NO_OFFSET, "out of memory")
        : cli_recipe(&inputs, &recipe, &err);
    if (status == TM_OK)
        status = name_recipe(recipe, result, &err);
    if (status == TM_OK)
        status = tm_build(recipe, &options_now, built, &err);
    int code = status == TM_OK ? compare(cli, built->folder, result) : cli_fail(cli, &err);
    (void)nftw(folder, remove_entry, 16, FTW_DEPTH | FTW_PHYS);
    tm_recipe_destroy(recipe);
    free(built);
    return code;
}

static int run(struct cli *cli)
{
    struct tm_err err = {0};
    struct tm_verify_result result = {0};
    enum tm_status status = tm_verify(cli->operands[0], cli_value(cli, "audit"), tell_fault, cli,
                                      &result, &err);
    if (status != TM_OK && status != TM_ERR_VERIFY)
        return cli_fail(cli, &err);
    bool json = cli_value(cli, "json") != NULL;
    int code = status == TM_OK ? EXIT_DONE : EXIT_PARTLY;
    const char *key = cli_value(cli, "key");
    bool forged = key != NULL && tm_verify_signature(cli->operands[0], key, &err) != TM_OK;
    if (forged)
        code = cli_fail(cli, &err);
    if (json || (!cli->quiet && !(forged && status == TM_OK)))      /* it is not "good" then */
        print_result(&result, json);
    if (key != NULL && !forged && !cli->quiet && !json)
        (void)printf("signed with the key %s\n", key);
    if (code == EXIT_DONE && cli->n_operands > 1)
        code = rebuild(cli, &result);
    return cli_finish(cli, code);
}

const struct cli_command cli_verify = {
    .name = "verify",
    .operands = "RELEASE [RECIPE | INPUT...]",
    .summary = "Check every digest, count, record and balance of a release",
    .details = "A line per fault on standard error; exit status 1 if there is one. With the\n"
               "recipe, or the inputs, of the build the release is built again in a temporary\n"
               "folder (TMPDIR) and compared byte for byte.",
    .example = "  tolmach verify out/harbour/1.0.0\n"
               "  tolmach verify out/harbour/1.0.0 harbour.yaml\n"
               "  tolmach verify out/harbour/1.0.0 --key harbour.pub",
    .options = options,
    .least = 1,
    .most = SIZE_MAX,
    .run = run,
};
