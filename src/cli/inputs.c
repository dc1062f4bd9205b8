/* SPDX-License-Identifier: Apache-2.0 */
/* The recipe that a command line describes: a recipe file, or inputs and options. */
#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#include "cli/cli.h"

enum { MAX_PAIRS = 64 };

static bool is_recipe(const char *path)
{
    size_t n = strlen(path);
    return (n > 5 && strcmp(path + n - 5, ".yaml") == 0) ||
           (n > 4 && strcmp(path + n - 4, ".yml") == 0);
}

static size_t collect(const struct cli *cli, const char *name, const char *list[MAX_PAIRS + 1])
{
    size_t n = 0;
    size_t at = 0;
    for (const char *value; n < MAX_PAIRS && (value = cli_next(cli, name, &at)) != NULL;)
        list[n++] = value;
    list[n] = NULL;
    return n;
}

static bool known_format(const char *format)
{
    for (const char *const *name = tm_source_formats(); *name != NULL; name++)
        if (strcmp(format, *name) == 0)
            return true;
    return false;
}

/* All formats are told. */
static enum tm_status unknown_format(const char *format, struct tm_err *err)
{
    char names[200];
    size_t n = 0;
    for (const char *const *name = tm_source_formats(); *name != NULL && n < sizeof names; name++)
        n += (size_t)snprintf(names + n, sizeof names - n, ", %s", *name);
    (void)tm_fail(err, TM_ERR_USAGE, "--format", TM_NO_OFFSET, "'%s' is no format", format);
    return tm_hint(err, "formats: auto%s", names);
}

static enum tm_status input_options(const struct cli *cli, struct tm_input_options *options,
                                    const char *fields[MAX_PAIRS + 1],
                                    const char *extra[MAX_PAIRS + 1], struct tm_err *err)
{
    const char *format = cli_value(cli, "format");
    const char *markup = cli_value(cli, "markup");
    if (format != NULL && strcmp(format, "auto") != 0)
        options->format = format;
    if (options->format != NULL && !known_format(options->format))
        return unknown_format(format, err);
    if (markup != NULL) {
        static const char *const names[] = {"auto", "none", "markdown"};
        int kind = -1;
        for (int i = 0; i < 3; i++)
            kind = strcmp(markup, names[i]) == 0 ? i : kind;
        if (kind < 0)
            return tm_fail(err, TM_ERR_USAGE, "--markup", TM_NO_OFFSET,
                           "'%s' is not one of auto, none, markdown", markup);
        options->markup = (enum tm_markup)kind;
    }
    options->channel = cli_value(cli, "channel");
    options->no_media = cli_value(cli, "no-media") != NULL;
    options->encoding = cli_value(cli, "encoding");
    if (options->encoding != NULL && strcmp(options->encoding, "auto") == 0)
        options->encoding = NULL;
    if (collect(cli, "field", fields) != 0)
        options->fields = fields;
    if (collect(cli, "extra", extra) != 0)
        options->extra = extra;
    return TM_OK;
}

static enum tm_status apply_values(const struct cli *cli, struct tm_recipe *recipe,
                                   struct tm_err *err)
{
    static const char *const named[] = {"name", "version", "limit", "parent"};
    enum tm_status status = TM_OK;
    for (size_t i = 0; i < sizeof named / sizeof *named && status == TM_OK; i++) {
        const char *value = cli_value(cli, named[i]);
        char text[512];
        if (value == NULL)
            continue;
        (void)snprintf(text, sizeof text, "%s=%s", named[i], value);
        status = tm_recipe_set(recipe, text, err);
    }
    if (status == TM_OK && cli_value(cli, "add") != NULL)
        status = tm_recipe_set(recipe, "add=true", err);
    size_t at = 0;
    for (const char *value; status == TM_OK && (value = cli_next(cli, "set", &at)) != NULL;)
        status = tm_recipe_set(recipe, value, err);
    return status;
}

enum tm_status cli_recipe(struct cli *cli, struct tm_recipe **ret_recipe, struct tm_err *err)
{
    struct tm_recipe *recipe = NULL;
    struct tm_input_options options = {0};
    const char *fields[MAX_PAIRS + 1];
    const char *extra[MAX_PAIRS + 1];
    enum tm_status status = tm_recipe_create(&recipe, err);
    if (status == TM_OK)
        status = input_options(cli, &options, fields, extra, err);
    for (size_t i = 0; i < cli->n_operands && status == TM_OK; i++) {
        if (cli->n_operands > 1 && is_recipe(cli->operands[i]))
            status = tm_fail(err, TM_ERR_USAGE, cli->operands[i], TM_NO_OFFSET,
                             "a recipe stands alone: name the other inputs in it");
        else if (is_recipe(cli->operands[i]))
            status = tm_recipe_load(recipe, cli->operands[i], err);
        else
            status = tm_recipe_add_input(recipe, cli->operands[i], &options, err);
    }
    /* A build may have nothing to read: it adds to a parent. */
    if (status == TM_OK && cli->n_operands == 0 && cli->command != &cli_build) {
        (void)cli_standard_input(cli);
        status = tm_recipe_add_input(recipe, "-", &options, err);
    }
    if (status == TM_OK)
        status = apply_values(cli, recipe, err);
    if (status != TM_OK) {
        tm_recipe_destroy(recipe);
        return status;
    }
    *ret_recipe = recipe;
    return TM_OK;
}

FILE *cli_open(struct cli *cli)
{
    if (cli->n_operands == 0 || strcmp(cli->operands[0], "-") == 0)
        return cli_standard_input(cli);
    FILE *file = fopen(cli->operands[0], "rb");
    if (file == NULL) {
        struct tm_err err;
        (void)tm_fail(&err, TM_ERR_READ, cli->operands[0], TM_NO_OFFSET, "cannot open: %s",
                      strerror(errno));
        (void)cli_fail(cli, &err);
    }
    return file;
}

bool cli_unread(struct cli *cli, FILE *file)
{
    struct tm_err err;
    if (ferror(file) == 0)
        return false;
    (void)tm_fail(&err, TM_ERR_READ, cli->n_operands == 0 ? "-" : cli->operands[0], TM_NO_OFFSET,
                  "cannot read: %s", strerror(errno));
    (void)cli_fail(cli, &err);
    return true;
}
