/* SPDX-License-Identifier: Apache-2.0 */
/* cat: records of a release as they stand, by number, id, or as a sample. */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include <tolmach/release.h>

#include "cli/cli.h"

static const struct cli_option options[] = {
    {"id", 0, "ID", "the record of this id"},
    {"doc", 0, "DOC_ID", "all records of this document"},
    {"range", 0, "A-B", "records A to B, counted from 0 (A, A-B, A-)"},
    {"lang", 0, "LANG", "ru, en or other alone; --range counts in it"},
    {"sample", 0, "N", "N records at random, in their order"},
    {"seed", 0, "N", "which of the random samples (default 0)"},
    CLI_COMMON_OPTIONS,
};

static bool is_number(const char *text, const char **ret_end, uint64_t *ret)
{
    char *end;
    if ((unsigned char)text[0] - 48u > 9)
        return false;
    *ret = strtoull(text, &end, 10);
    *ret_end = end;
    return true;
}

/* A whole option that is a number; `fallback` when it was not given. */
static bool take_number(const struct cli *cli, const char *name, uint64_t fallback, uint64_t *ret)
{
    const char *text = cli_value(cli, name);
    const char *end = "";
    *ret = fallback;
    return text == NULL || (is_number(text, &end, ret) && *end == '\0');
}

/* "5", "5-9", "5-" */
static bool take_range(const char *text, struct tm_cat_options *cat)
{
    const char *end;
    cat->last = UINT64_MAX;
    if (text == NULL)
        return true;
    if (!is_number(text, &end, &cat->first))
        return false;
    if (*end == '\0') {
        cat->last = cat->first;
        return true;
    }
    if (end[0] != '-')
        return false;
    return end[1] == '\0' || (is_number(end + 1, &end, &cat->last) && *end == '\0' &&
                              cat->last >= cat->first);
}

static enum tm_status print(void *user, struct tm_str line, struct tm_err *err)
{
    uint64_t *records = user;
    ++*records;
    if (fwrite(line.p, 1, line.n, stdout) == line.n)
        return TM_OK;
    return tm_fail(err, TM_ERR_WRITE, "", TM_NO_OFFSET, "cannot write standard output: %s",
                   strerror(errno));
}

static int run(struct cli *cli)
{
    struct tm_err err = {0};
    struct tm_cat_options cat = {.lang = cli_value(cli, "lang"), .id = cli_value(cli, "id"),
                                 .doc_id = cli_value(cli, "doc")};
    const char *range = cli_value(cli, "range");
    if (!take_range(range, &cat))
        return cli_usage(cli, "--range %s: not a range such as 0-9", range);
    if (!take_number(cli, "sample", 0, &cat.sample) || !take_number(cli, "seed", 0, &cat.seed))
        return cli_usage(cli, "--sample and --seed are numbers");
    if (cat.lang != NULL && strcmp(cat.lang, "ru") != 0 && strcmp(cat.lang, "en") != 0 &&
        strcmp(cat.lang, "other") != 0)
        return cli_usage(cli, "--lang %s: not ru, en or other", cat.lang);
    int ways = (cat.id != NULL) + (cat.doc_id != NULL) +
               (range != NULL || cli_value(cli, "sample") != NULL);
    if (ways > 1)
        return cli_usage(cli, "--id, --doc and --range or --sample go one at a time");
    if (cli_value(cli, "sample") != NULL && cat.sample == 0)
        return cli_usage(cli, "--sample takes a number from 1 on");
    uint64_t records = 0;
    if (tm_cat(cli->operands[0], &cat, print, &records, &err) != TM_OK)
        return cli_fail(cli, &err);
    if (records == 0 && !cli->quiet)
        cli_say("tolmach: the release has no such records (tolmach stats tells how many it has)");
    return cli_finish(cli, EXIT_DONE);
}

const struct cli_command cli_cat = {
    .name = "cat",
    .operands = "RELEASE",
    .summary = "Print records of a release, found without reading all of it",
    .details = "JSON lines as they stand in the shards, one language after the other. A number\n"
               "costs one frame (about 1 MiB), an id tg-... a few: the place of its source is\n"
               "known, and in there messages go by date. Other ids are digests: all frames are\n"
               "read for them.",
    .example = "  tolmach cat out/harbour/1.0.0 --lang ru --range 100-109\n"
               "  tolmach cat out/harbour/1.0.0 --id tg-1900000001-4-0 | jq -r .text",
    .options = options,
    .least = 1,
    .most = 1,
    .run = run,
};
