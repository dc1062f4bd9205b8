/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>

#include "cli/cli.h"
#include "cli/options.h"

const struct cli_command *const cli_commands[] = {
    &cli_init, &cli_plan, &cli_build, &cli_read, &cli_clean, &cli_detect, &cli_split, &cli_dedup, &cli_verify,
    &cli_stats, &cli_explain, &cli_diff, &cli_log, &cli_cat, &cli_fetch, &cli_export,
    &cli_keygen, &cli_doctor, &cli_manual, &cli_completion, NULL,
};

static void help(FILE *to)
{
    (void)fprintf(to, "tolmach %s - Russian and English corpora from raw dumps\n\n"
                      "usage: tolmach COMMAND [OPTION...] [OPERAND...]\n\n", tm_version());
    for (size_t i = 0; cli_commands[i] != NULL; i++)
        (void)fprintf(to, "  %-10s %s\n", cli_commands[i]->name, cli_commands[i]->summary);
    (void)fputs("\nA first try:\n"
                "  tolmach build dump.json -o out --name my-corpus\n"
                "  tolmach stats out/my-corpus/1.0.0\n\n"
                "tolmach COMMAND --help tells more. Exit status: 0 done, 1 done but some input\n"
                "could not be used or verification failed, 2 usage, 3 input unreadable,\n"
                "4 output not writable, 5 internal.\n", to);
}

int main(int argc, char **argv)
{
    if (argc < 2) {
        help(stderr);
        return EXIT_USAGE;
    }
    if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0 ||
        strcmp(argv[1], "help") == 0) {
        help(stdout);
        return EXIT_DONE;
    }
    if (strcmp(argv[1], "--version") == 0) {
        (void)printf("tolmach %s\n", tm_version());
        return EXIT_DONE;
    }
    for (size_t i = 0; cli_commands[i] != NULL; i++)
        if (strcmp(argv[1], cli_commands[i]->name) == 0)
            return cli_run(cli_commands[i], argc - 1, argv + 1);
    (void)fprintf(stderr, "tolmach: unknown command '%s' (tolmach --help lists them)\n", argv[1]);
    return EXIT_USAGE;
}
