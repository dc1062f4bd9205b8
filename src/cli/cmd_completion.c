/* SPDX-License-Identifier: Apache-2.0 */
/* completion: what a shell needs to complete commands and options, out of their tables. */
#include <string.h>

#include "cli/cli.h"

static const struct cli_option options[] = {CLI_COMMON_OPTIONS};

static void put_options(const struct cli_command *command)
{
    for (const struct cli_option *o = command->options; o->name != NULL; o++)
        (void)printf("%s--%s%s", o == command->options ? "" : " ", o->name,
                     o->argument != NULL ? "=" : "");
}

static void bash(void)
{
    (void)puts("# bash completion for tolmach\n"
               "_tolmach() {\n"
               "    local word=${COMP_WORDS[COMP_CWORD]} options=\n"
               "    COMPREPLY=()\n"
               "    if [ \"$COMP_CWORD\" = 1 ]; then");
    (void)fputs("        COMPREPLY=($(compgen -W \"", stdout);
    for (size_t i = 0; cli_commands[i] != NULL; i++)
        (void)printf("%s%s", i == 0 ? "" : " ", cli_commands[i]->name);
    (void)puts("\" -- \"$word\"))\n"
               "        return\n"
               "    fi\n"
               "    case ${COMP_WORDS[1]} in");
    for (size_t i = 0; cli_commands[i] != NULL; i++) {
        (void)printf("    %s) options=\"", cli_commands[i]->name);
        put_options(cli_commands[i]);
        (void)puts("\" ;;");
    }
    (void)puts("    esac\n"
               "    if [ \"${word#-}\" != \"$word\" ]; then\n"
               "        COMPREPLY=($(compgen -W \"$options\" -- \"$word\"))\n"
               "        [ \"${COMPREPLY[0]%=}\" = \"${COMPREPLY[0]}\" ] || compopt -o nospace\n"
               "    else\n"
               "        COMPREPLY=($(compgen -f -- \"$word\"))\n"
               "        compopt -o filenames\n"
               "    fi\n"
               "}\n"
               "complete -F _tolmach tolmach");
}

/* Inside single quotes; colons and brackets part the fields of zsh's specifications. */
static void quoted(const char *text, const char *special)
{
    for (const char *p = text; *p != '\0'; p++) {
        if (*p == '\'') {
            (void)fputs("'\\''", stdout);
            continue;
        }
        if (strchr(special, *p) != NULL)
            (void)fputc('\\', stdout);
        (void)fputc(*p, stdout);
    }
}

static void zsh(void)
{
    (void)puts("#compdef tolmach\n"
               "local -a commands\n"
               "commands=(");
    for (size_t i = 0; cli_commands[i] != NULL; i++) {
        (void)printf("    '%s:", cli_commands[i]->name);
        quoted(cli_commands[i]->summary, ":");
        (void)puts("'");
    }
    (void)puts(")\n"
               "if (( CURRENT == 2 )); then\n"
               "    _describe command commands\n"
               "    return\n"
               "fi\n"
               "shift words\n"
               "(( CURRENT-- ))\n"
               "case $words[1] in");
    for (size_t i = 0; cli_commands[i] != NULL; i++) {
        (void)printf("%s) _arguments", cli_commands[i]->name);
        for (const struct cli_option *o = cli_commands[i]->options; o->name != NULL; o++) {
            (void)printf(" \\\n    '--%s%s[", o->name, o->argument != NULL ? "=" : "");
            quoted(o->help, "[]:");
            (void)printf("]%s%s%s'", o->argument != NULL ? ":" : "",
                         o->argument != NULL ? o->argument : "",
                         o->argument != NULL ? ":_files" : "");
        }
        (void)puts(" \\\n    '*:file:_files' ;;");
    }
    (void)puts("esac");
}

static void fish(void)
{
    for (size_t i = 0; cli_commands[i] != NULL; i++) {
        const struct cli_command *command = cli_commands[i];
        (void)printf("complete -c tolmach -n __fish_use_subcommand -a %s -d '", command->name);
        quoted(command->summary, "\\");
        (void)puts("'");
        for (const struct cli_option *o = command->options; o->name != NULL; o++) {
            (void)printf("complete -c tolmach -n '__fish_seen_subcommand_from %s' -l %s",
                         command->name, o->name);
            if (o->letter != 0)
                (void)printf(" -s %c", o->letter);
            (void)printf("%s -d '", o->argument != NULL ? " -r" : "");
            quoted(o->help, "\\");
            (void)puts("'");
        }
    }
}

static int run(struct cli *cli)
{
    static const struct {
        const char *shell;
        void (*print)(void);
    } shells[] = {{"bash", bash}, {"zsh", zsh}, {"fish", fish}};
    for (size_t i = 0; i < sizeof shells / sizeof *shells; i++)
        if (strcmp(cli->operands[0], shells[i].shell) == 0) {
            shells[i].print();
            return cli_finish(cli, EXIT_DONE);
        }
    return cli_usage(cli, "%s: not bash, zsh or fish", cli->operands[0]);
}

const struct cli_command cli_completion = {
    .name = "completion",
    .operands = "bash|zsh|fish",
    .summary = "Print the completion of commands for a shell",
    .details = "Read it with `source`; `ninja install` puts it where the shells look for it.",
    .example = "  source <(tolmach completion bash)",
    .options = options,
    .least = 1,
    .most = 1,
    .run = run,
};
