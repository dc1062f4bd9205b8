/* SPDX-License-Identifier: Apache-2.0 */
/* reference.h - exit codes, environment, and the reference as Markdown, out of the tables that the
 * program runs by. */
#ifndef TM_CLI_REFERENCE_H
#define TM_CLI_REFERENCE_H

struct cli_note {
    const char *name;               /* NULL ends a table */
    const char *text;
};

extern const struct cli_note cli_exit_codes[];
extern const struct cli_note cli_environment[];

/* Writes it to standard output. */
void cli_reference(void);

#endif
