/* SPDX-License-Identifier: Apache-2.0 */
/* options.h - a command's table of options makes its parser and its help. */
#ifndef TM_CLI_OPTIONS_H
#define TM_CLI_OPTIONS_H

#include "cli/cli.h"

/* Parses argv (argv[0] is the command's name), runs the command and returns the exit code. */
int cli_run(const struct cli_command *command, int argc, char **argv);

#endif
