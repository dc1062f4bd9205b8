/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/options.h"

#include <errno.h>
#include <getopt.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { MAX_OPTIONS = 40, HELP_COLUMN = 24, LEAST_MEMORY = 1 << 20 };

static void command_help(const struct cli_command *command)
{
    (void)printf("usage: tolmach %s [OPTION...]%s%s\n\n%s.\n", command->name,
                 command->operands[0] == '\0' ? "" : " ", command->operands, command->summary);
    if (command->details != NULL)
        (void)printf("\n%s\n", command->details);
    (void)puts("");
    for (const struct cli_option *o = command->options; o->name != NULL; o++) {
        char left[64];
        int n = snprintf(left, sizeof left, "  %s%c%s--%s%s%s", o->letter ? "-" : "  ",
                         o->letter ? o->letter : ' ', o->letter ? ", " : " ", o->name,
                         o->argument ? "=" : "", o->argument ? o->argument : "");
        if (n > HELP_COLUMN)
            (void)printf("%s\n%*s  %s\n", left, HELP_COLUMN, "", o->help);
        else
            (void)printf("%-*s  %s\n", HELP_COLUMN, left, o->help);
    }
    (void)printf("\nExample:\n%s\n", command->example);
}

static const struct cli_option *find_option(const struct cli_command *command, const char *name)
{
    for (const struct cli_option *o = command->options; o->name != NULL; o++)
        if (strcmp(o->name, name) == 0)
            return o;
    return NULL;
}

const char *cli_next(const struct cli *cli, const char *name, size_t *at)
{
    while (*at < cli->n_given) {
        const struct cli_given *given = &cli->given[(*at)++];
        if (strcmp(given->option->name, name) == 0)
            return given->value;
    }
    return NULL;
}

const char *cli_value(const struct cli *cli, const char *name)
{
    const char *last = NULL;
    size_t at = 0;
    for (const char *value; (value = cli_next(cli, name, &at)) != NULL;)
        last = value;
    return last;
}

uint64_t cli_memory(const char *text)
{
    static const char units[] = "KMGT";
    char *end;
    errno = 0;
    unsigned long long value = strtoull(text, &end, 10);
    if (errno != 0 || end == text || text[0] == '-')
        return 0;
    const char *unit = *end == '\0' ? NULL : strchr(units, *end);
    if (*end != '\0' && (unit == NULL || end[1] != '\0'))
        return 0;
    unsigned shift = unit == NULL ? 0 : 10 * (unsigned)(unit - units + 1);
    uint64_t bytes = value > UINT64_MAX >> shift ? 0 : (uint64_t)value << shift;
    return bytes < LEAST_MEMORY ? 0 : bytes;
}

/* The table as getopt_long wants it. */
static void fill_getopt(const struct cli_command *command, struct option longs[MAX_OPTIONS + 1],
                        char letters[2 * MAX_OPTIONS + 2])
{
    size_t n = 0;
    char *letter = letters;
    *letter++ = ':';
    for (const struct cli_option *o = command->options; o->name != NULL && n < MAX_OPTIONS; o++) {
        longs[n++] = (struct option){o->name, o->argument ? required_argument : no_argument, NULL,
                                     1000 + (int)(o - command->options)};
        if (o->letter == 0)
            continue;
        *letter++ = o->letter;
        if (o->argument != NULL)
            *letter++ = ':';
    }
    longs[n] = (struct option){0};
    *letter = '\0';
}

static const struct cli_option *option_of(const struct cli_command *command, int code)
{
    if (code >= 1000)
        return &command->options[code - 1000];
    for (const struct cli_option *o = command->options; o->name != NULL; o++)
        if (o->letter == code)
            return o;
    return NULL;
}

static int parse(struct cli *cli, int argc, char **argv)
{
    struct option longs[MAX_OPTIONS + 1];
    char letters[2 * MAX_OPTIONS + 2];
    fill_getopt(cli->command, longs, letters);
    int code;
    while ((code = getopt_long(argc, argv, letters, longs, NULL)) != -1) {
        if (code == '?')
            return cli_usage(cli, "unknown option '%s'", argv[optind - 1]);
        if (code == ':')
            return cli_usage(cli, "option '%s' needs a value", argv[optind - 1]);
        const struct cli_option *option = option_of(cli->command, code);
        if (option != NULL)
            cli->given[cli->n_given++] = (struct cli_given){option, optarg == NULL ? "" : optarg};
    }
    cli->operands = argv + optind;
    cli->n_operands = (size_t)(argc - optind);
    return EXIT_DONE;
}

int cli_run(const struct cli_command *command, int argc, char **argv)
{
    struct cli cli = {.command = command};
    cli.given = calloc((size_t)argc + 1, sizeof *cli.given);
    if (cli.given == NULL)
        return EXIT_INTERNAL;
    int code = parse(&cli, argc, argv);
    if (code == EXIT_DONE && cli_value(&cli, "help") != NULL) {
        command_help(command);
        code = cli_finish(&cli, EXIT_DONE);
    } else if (code == EXIT_DONE &&
               (cli.n_operands < command->least || cli.n_operands > command->most)) {
        code = cli_usage(&cli, "%s takes %s, and %zu %s given", command->name,
                         command->most == 0 ? "no operands" : command->operands, cli.n_operands,
                         cli.n_operands == 1 ? "was" : "were");
    } else if (code == EXIT_DONE) {
        cli.quiet = cli_value(&cli, "quiet") != NULL;
        cli.terminal = isatty(STDERR_FILENO) == 1;
        cli.progress = !cli.quiet && (find_option(command, "no-progress") == NULL ||
                                      cli_value(&cli, "no-progress") == NULL);
        code = command->run(&cli);
    }
    free(cli.given);
    return code;
}
