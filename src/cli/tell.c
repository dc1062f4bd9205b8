/* SPDX-License-Identifier: Apache-2.0 */
/* What a command says on standard error: a line each in a log, folded between words on a terminal. */
#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "cli/cli.h"

static int exit_code(enum tm_status status)
{
    switch (status) {
    case TM_OK: case TM_END: return EXIT_DONE;
    case TM_ERR_VERIFY: return EXIT_PARTLY;
    case TM_ERR_USAGE: return EXIT_USAGE;
    case TM_ERR_READ: case TM_ERR_FORMAT: return EXIT_INPUT;
    case TM_ERR_WRITE: return EXIT_OUTPUT;
    case TM_ERR_NOMEM: case TM_ERR_LIMIT: case TM_ERR_INTERNAL: break;
    }
    return EXIT_INTERNAL;
}

/* Columns of the terminal behind standard error; 0 when there is none. */
static size_t columns(void)
{
    struct winsize size;
    if (isatty(STDERR_FILENO) != 1)
        return 0;
    return ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col >= 40 ? size.ws_col : 80;
}

/* Characters of the first n bytes: what is shown has few that are wider or narrower than one. */
static size_t width(const char *p, size_t n)
{
    size_t wide = 0;
    for (size_t i = 0; i < n; i++)
        wide += ((unsigned char)p[i] & 0xC0) != 0x80;
    return wide;
}

void cli_say(const char *text)
{
    static const char indent[] = "         ";       /* as wide as "tolmach: " */
    size_t most = columns();
    size_t at = 0;
    for (const char *word = text; *word != '\0';) {
        size_t n = strcspn(word + (*word == ' '), " ") + (*word == ' ');
        size_t wide = width(word, n);
        if (most != 0 && *word == ' ' && at + wide > most && at > sizeof indent) {
            (void)fprintf(stderr, "\n%s", indent);
            at = sizeof indent - 1;
            word++, n--, wide--;
        }
        (void)fwrite(word, 1, n, stderr);
        at += wide;
        word += n;
    }
    (void)fputc('\n', stderr);
}

static void tell(struct cli *cli, const char *kind, const struct tm_err *err)
{
    char text[sizeof *err + 64];
    char place[sizeof err->file + 24] = "";
    bool hint = err->hint[0] != '\0';
    cli_progress_end(cli);
    if (err->file[0] != '\0' && err->offset != TM_NO_OFFSET)
        (void)snprintf(place, sizeof place, "%s:%" PRIu64 ": ", err->file, err->offset);
    else if (err->file[0] != '\0')
        (void)snprintf(place, sizeof place, "%s: ", err->file);
    (void)snprintf(text, sizeof text, "tolmach: %s%s%s%s%s%s", place, kind, err->message,
                   hint ? " (" : "", err->hint, hint ? ")" : "");
    cli_say(text);
}

int cli_fail(struct cli *cli, const struct tm_err *err)
{
    tell(cli, "", err);
    return exit_code(err->status);
}

int cli_usage(struct cli *cli, const char *format, ...)
{
    char what[1024];
    char text[1100];
    va_list args;
    va_start(args, format);
    (void)vsnprintf(what, sizeof what, format, args);
    va_end(args);
    (void)snprintf(text, sizeof text, "tolmach: %s (tolmach %s --help)", what, cli->command->name);
    cli_say(text);
    return EXIT_USAGE;
}

void cli_notify(void *user, enum tm_severity severity, const struct tm_err *what)
{
    struct cli *cli = user;
    cli->faults += severity == TM_FAULT;
    if (severity == TM_FAULT || !cli->quiet)
        tell(cli, severity == TM_FAULT ? "" : severity == TM_WARNING ? "warning: " : "note: ",
             what);
}

int cli_finish(struct cli *cli, int code)
{
    cli_progress_end(cli);
    if (fflush(stdout) == 0 && !ferror(stdout))
        return code;
    (void)fprintf(stderr, "tolmach: cannot write standard output: %s\n", strerror(errno));
    return EXIT_OUTPUT;
}

FILE *cli_standard_input(const struct cli *cli)
{
    if (isatty(STDIN_FILENO) == 1 && !cli->quiet)
        cli_say("tolmach: reading from the terminal, Ctrl-D ends it");
    return stdin;
}
