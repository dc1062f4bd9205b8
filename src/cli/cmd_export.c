/* SPDX-License-Identifier: Apache-2.0 */
/* export: a release in other forms. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include <tolmach/export.h>

#include "cli/cli.h"

static const struct cli_option options[] = {
    {"out", 'o', "FOLDER", "where the files go: new, or empty"},
    {"form", 'f', "NAME", "parquet, text, tsv or webdataset (default parquet)"},
    {"lang", 0, "LANG", "ru, en or other alone"},
    {"validation", 0, "SHARE", "share for validation, such as 0.01 (default 0)"},
    {"test", 0, "SHARE", "share of the documents for testing (default 0)"},
    {"rows", 0, "N", "records in a file at most (default 1000000)"},
    {"json", 0, NULL, "print the result as JSON"},
    CLI_COMMON_OPTIONS,
};

/* "0.01" in 1/10000; false if it is no share. */
static bool take_share(const char *text, unsigned *ret_share)
{
    char *end;
    if (text == NULL)
        return true;
    double value = strtod(text, &end);
    if (end == text || *end != '\0' || !(value >= 0 && value <= 1))
        return false;
    *ret_share = (unsigned)(value * 10000 + 0.5);
    return true;
}

static bool take_form(const char *name, enum tm_export_form *ret_form)
{
    for (int i = 0; tm_export_form_name(i) != NULL; i++)
        if (strcmp(name, tm_export_form_name(i)) == 0) {
            *ret_form = (enum tm_export_form)i;
            return true;
        }
    return false;
}

static int take_options(struct cli *cli, struct tm_export_options *export)
{
    const char *form = cli_value(cli, "form");
    const char *rows = cli_value(cli, "rows");
    export->out = cli_value(cli, "out");
    export->lang = cli_value(cli, "lang");
    export->form = TM_EXPORT_PARQUET;
    export->rows = rows == NULL ? 0 : strtoull(rows, NULL, 10);
    if (export->out == NULL)
        return cli_usage(cli, "no output folder is given: -o FOLDER");
    if (form != NULL && !take_form(form, &export->form))
        return cli_usage(cli, "--form %s: not parquet, text, tsv or webdataset", form);
    if (export->lang != NULL && strcmp(export->lang, "ru") != 0 &&
        strcmp(export->lang, "en") != 0 && strcmp(export->lang, "other") != 0)
        return cli_usage(cli, "--lang %s: not ru, en or other", export->lang);
    if (!take_share(cli_value(cli, "validation"), &export->validation) ||
        !take_share(cli_value(cli, "test"), &export->test))
        return cli_usage(cli, "--validation and --test take shares from 0 to 1");
    if (rows != NULL && export->rows == 0)
        return cli_usage(cli, "--rows %s: not a number from 1 on", rows);
    return EXIT_DONE;
}

static int run(struct cli *cli)
{
    struct tm_err err = {0};
    struct tm_export_options export = {0};
    struct tm_export_result result;
    int code = take_options(cli, &export);
    if (code != EXIT_DONE)
        return code;
    if (tm_export(cli->operands[0], &export, &result, &err) != TM_OK)
        return cli_fail(cli, &err);
    if (cli_value(cli, "json") != NULL)
        (void)printf("{\"files\":%" PRIu64 ",\"train\":%" PRIu64 ",\"validation\":%" PRIu64
                     ",\"test\":%" PRIu64 "}\n", result.files, result.records[0],
                     result.records[1], result.records[2]);
    else if (!cli->quiet)
        (void)printf("%" PRIu64 " record%s for training, %" PRIu64 " for validation, %" PRIu64
                     " for testing, in %" PRIu64 " file%s\n", result.records[0],
                     cli_s(result.records[0]), result.records[1], result.records[2],
                     result.files, cli_s(result.files));
    return cli_finish(cli, EXIT_DONE);
}

const struct cli_command cli_export = {
    .name = "export",
    .operands = "RELEASE",
    .summary = "Write a release as Parquet, text, TSV or WebDataset",
    .details = "Files are FOLDER/LANG/SPLIT-NNNNN.EXT. A document's split follows from its id\n"
               "alone (SHA-256), so it is the same in every version.",
    .example = "  tolmach export out/harbour/1.0.0 -o parquet --validation 0.01 --test 0.01\n"
               "  tolmach export out/harbour/1.0.0 -o txt --form text --lang ru",
    .options = options,
    .least = 1,
    .most = 1,
    .run = run,
};
