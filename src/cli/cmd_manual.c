/* SPDX-License-Identifier: Apache-2.0 */
/* manual: the man pages, out of the tables that the commands are parsed by. */
#include <string.h>

#include "cli/cli.h"
#include "cli/reference.h"

static const struct cli_option options[] = {
    {"reference", 0, NULL, "the whole reference as Markdown"},
    CLI_COMMON_OPTIONS
};

/* Text of a page: backslashes, hyphens and a dot or quote that begins a line mean something. */
static void put(const char *text)
{
    bool begins = true;
    for (const char *p = text; *p != '\0'; p++) {
        if (begins && (*p == '.' || *p == '\''))
            (void)fputs("\\&", stdout);
        if (*p == '\\')
            (void)fputs("\\e", stdout);
        else if (*p == '-')
            (void)fputs("\\-", stdout);
        else
            (void)fputc(*p, stdout);
        begins = *p == '\n';
    }
}

static void head(const char *name, const char *summary)
{
    (void)printf(".TH \"");
    put(name);
    (void)printf("\" \"1\" \"\" \"tolmach %s\" \"User Commands\"\n.SH NAME\n", tm_version());
    put(name);
    (void)fputs(" \\- ", stdout);
    put(summary);
    (void)fputs("\n", stdout);
}

static void put_option(const struct cli_option *o)
{
    (void)fputs(".TP\n.B ", stdout);
    if (o->letter != 0)
        (void)printf("\\-%c, ", o->letter);
    (void)fputs("\\-\\-", stdout);
    put(o->name);
    if (o->argument != NULL)
        (void)printf("=\\fI%s\\fR", o->argument);
    (void)fputs("\n", stdout);
    put(o->help);
    (void)fputs("\n", stdout);
}

static void command_page(const struct cli_command *command)
{
    char name[64];
    (void)snprintf(name, sizeof name, "tolmach-%s", command->name);
    head(name, command->summary);
    (void)printf(".SH SYNOPSIS\n.B tolmach %s\n[\\fIOPTION\\fR...] ", command->name);
    put(command->operands);
    (void)fputs("\n.SH DESCRIPTION\n", stdout);
    put(command->summary);
    (void)fputs(command->details == NULL ? ".\n" : ".\n.PP\n", stdout);
    for (const char *p = command->details; p != NULL && *p != '\0';) {
        size_t n = strcspn(p, "\n");
        char line[256];
        (void)snprintf(line, sizeof line, "%.*s", (int)n, p);
        (void)fputs(n == 0 ? ".PP" : "", stdout);
        put(line);
        (void)fputs("\n", stdout);
        p += n + (p[n] != '\0');
    }
    (void)fputs(".SH OPTIONS\n", stdout);
    for (const struct cli_option *o = command->options; o->name != NULL; o++)
        put_option(o);
    (void)fputs(".SH EXAMPLES\n.nf\n", stdout);
    put(command->example);
    (void)fputs("\n.fi\n.SH SEE ALSO\n.BR tolmach (1)\n", stdout);
}

static void put_notes(const char *title, const struct cli_note *note)
{
    (void)printf(".SH %s\n", title);
    for (; note->name != NULL; note++) {
        (void)printf(".TP\n.B %s\n", note->name);
        put(note->text);
        (void)fputs("\n", stdout);
    }
}

static void main_page(void)
{
    head("tolmach", "Russian and English corpora from raw dumps");
    (void)fputs(".SH SYNOPSIS\n.B tolmach\n\\fICOMMAND\\fR [\\fIOPTION\\fR...] "
                "[\\fIOPERAND\\fR...]\n.SH COMMANDS\n", stdout);
    for (size_t i = 0; cli_commands[i] != NULL; i++) {
        (void)printf(".TP\n.BR tolmach\\-%s (1)\n", cli_commands[i]->name);
        put(cli_commands[i]->summary);
        (void)fputs("\n", stdout);
    }
    put_notes("EXIT STATUS", cli_exit_codes);
    put_notes("ENVIRONMENT", cli_environment);
}

static int run(struct cli *cli)
{
    if (cli_value(cli, "reference") != NULL) {
        cli_reference();
        return cli_finish(cli, EXIT_DONE);
    }
    if (cli->n_operands == 0) {
        main_page();
        return cli_finish(cli, EXIT_DONE);
    }
    for (size_t i = 0; cli_commands[i] != NULL; i++)
        if (strcmp(cli->operands[0], cli_commands[i]->name) == 0) {
            command_page(cli_commands[i]);
            return cli_finish(cli, EXIT_DONE);
        }
    return cli_usage(cli, "no command is called '%s'", cli->operands[0]);
}

const struct cli_command cli_manual = {
    .name = "manual",
    .operands = "[COMMAND]",
    .summary = "Print a man page",
    .details = "That of tolmach, or of a command, as roff; `ninja install` installs them.",
    .example = "  tolmach manual build | man -l -",
    .options = options,
    .least = 0,
    .most = 1,
    .run = run,
};
