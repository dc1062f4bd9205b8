/* SPDX-License-Identifier: Apache-2.0 */
/* cli.h - what the commands share: one table of options per command, and how results are told. */
#ifndef TM_CLI_CLI_H
#define TM_CLI_CLI_H

#include <stdio.h>

#include <tolmach/build.h>

enum {
    EXIT_DONE = 0,
    EXIT_PARTLY = 1,        /* some input could not be used, or verification failed */
    EXIT_USAGE = 2,
    EXIT_INPUT = 3,
    EXIT_OUTPUT = 4,
    EXIT_INTERNAL = 5,
};

/* One option. The table is parser and help at once. */
struct cli_option {
    const char *name;       /* without --; NULL ends the table */
    char letter;            /* or 0 */
    const char *argument;   /* NULL: a switch */
    const char *help;
};

struct cli;

struct cli_command {
    const char *name;
    const char *operands;
    const char *summary;
    const char *details;    /* a paragraph for --help, or NULL */
    const char *example;
    const struct cli_option *options;
    size_t least;           /* operands */
    size_t most;
    int (*run)(struct cli *cli);
};

struct cli_given {
    const struct cli_option *option;
    const char *value;
};

/* Of progress.c. Times are milliseconds. */
struct cli_meter {
    const char *step;
    int64_t began;          /* the step */
    int64_t told;
    uint64_t first;         /* done when it began */
    bool shown;
};

struct cli {
    const struct cli_command *command;
    struct cli_given *given;
    size_t n_given;
    char **operands;
    size_t n_operands;
    uint64_t faults;        /* told so far */
    bool quiet;
    bool colour;            /* standard error is a terminal that wants it */
    bool terminal;          /* standard error is one */
    bool progress;          /* is to be told */
    struct cli_meter meter;
};

/* All of them, NULL after the last. */
extern const struct cli_command *const cli_commands[];

extern const struct cli_command cli_build;
extern const struct cli_command cli_completion;
extern const struct cli_command cli_doctor;
extern const struct cli_command cli_init;
extern const struct cli_command cli_manual;
extern const struct cli_command cli_plan;
extern const struct cli_command cli_keygen;
extern const struct cli_command cli_export;
extern const struct cli_command cli_read;
extern const struct cli_command cli_clean;
extern const struct cli_command cli_detect;
extern const struct cli_command cli_split;
extern const struct cli_command cli_dedup;
extern const struct cli_command cli_cat;
extern const struct cli_command cli_fetch;
extern const struct cli_command cli_verify;
extern const struct cli_command cli_stats;
extern const struct cli_command cli_explain;
extern const struct cli_command cli_diff;
extern const struct cli_command cli_log;

/* The last value of an option; NULL if it was not given ("" for a switch that was). */
const char *cli_value(const struct cli *cli, const char *name);

/* The next value of an option that may be repeated; *at begins at 0. NULL after the last. */
const char *cli_next(const struct cli *cli, const char *name, size_t *at);

/* "64M" in bytes; 0 if it is no size, or less than 1 MiB (a 4 that is meant as 4G). */
uint64_t cli_memory(const char *text);

/* What makes a plural: "s", but "" behind 1. */
static inline const char *cli_s(uint64_t n)
{
    return n == 1 ? "" : "s";
}

/* Tells a line on standard error, folded between words when that is a terminal. */
void cli_say(const char *text);

/* A password out of TOLMACH_PASSWORD, or typed on the terminal; freed by the caller. NULL when there
 * is neither, or it is empty. */
char *cli_password(const char *prompt);

/* Tells an error on standard error and returns the exit code of its status. */
int cli_fail(struct cli *cli, const struct tm_err *err);
int cli_usage(struct cli *cli, const char *format, ...) TM_PRINTF(2, 3);

/* tm_notify_fn: tells faults, warnings and notes; user is the struct cli. */
void cli_notify(void *user, enum tm_severity severity, const struct tm_err *what);

/* Tells how far a step is: a line that changes on a terminal, else one every five seconds; user is
 * the struct cli. */
void cli_progress(void *user, const char *step, uint64_t done, uint64_t total);
void cli_progress_end(struct cli *cli);

/* The recipe that options --format, --markup, --field, --channel, --extra, --set, --name … and the
 * operands describe. */
enum tm_status cli_recipe(struct cli *cli, struct tm_recipe **ret_recipe, struct tm_err *err);

/* Standard input; on a terminal it is told that the command waits for text. */
FILE *cli_standard_input(const struct cli *cli);

/* The file of the first operand, or standard input; NULL after telling why it cannot be opened. */
FILE *cli_open(struct cli *cli);

/* Whether reading a file failed; tells it. */
bool cli_unread(struct cli *cli, FILE *file);

/* Flushes standard output; EXIT_OUTPUT if that fails, else `code`. */
int cli_finish(struct cli *cli, int code);

/* Options of all commands that read dumps, for their tables. */
#define CLI_INPUT_OPTIONS                                                                         \
    {"format", 0, "NAME", "auto, or a name (`--format list` tells them all)"},                    \
    {"encoding", 0, "NAME", "auto, UTF-8, windows-1251, KOI8-R, IBM866 …"},                      \
    {"markup", 0, "KIND", "auto, none or markdown"},                                              \
    {"field", 0, "ROLE=NAME", "field of JSON objects: text=body (repeatable)"},      \
    {"no-media", 0, NULL, "leave out posts of media alone, say nothing of media"},                \
    {"channel", 0, "TITLE", "channel of documents that name none"},                               \
    {"extra", 0, "NAME", "JSON field to pass through (repeatable)"},                         \
    {"set", 0, "KEY=VALUE", "a recipe value: clean.emoji.flags=iso"}

#define CLI_COMMON_OPTIONS                                                                        \
    {"quiet", 'q', NULL, "say nothing but errors"},                                               \
    {"help", 'h', NULL, "show this"},                                                             \
    {NULL, 0, NULL, NULL}

#endif
