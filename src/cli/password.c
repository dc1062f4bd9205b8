/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "cli/cli.h"

/* A line from the terminal, which does not show it. */
static char *ask(FILE *terminal, const char *prompt)
{
    struct termios shown;
    struct termios hidden;
    char *line = NULL;
    size_t size = 0;
    bool can_hide = tcgetattr(fileno(terminal), &shown) == 0;
    (void)fputs(prompt, terminal);
    (void)fflush(terminal);
    if (can_hide) {
        hidden = shown;
        hidden.c_lflag &= ~(tcflag_t)ECHO;
        (void)tcsetattr(fileno(terminal), TCSAFLUSH, &hidden);
    }
    ssize_t n = getline(&line, &size, terminal);
    if (can_hide)
        (void)tcsetattr(fileno(terminal), TCSAFLUSH, &shown);
    (void)fputc('\n', terminal);
    if (n > 0)
        line[strcspn(line, "\r\n")] = '\0';
    return line;
}

char *cli_password(const char *prompt)
{
    const char *given = getenv("TOLMACH_PASSWORD");
    char *password = NULL;
    if (given != NULL) {
        password = strdup(given);
    } else {
        FILE *terminal = fopen("/dev/tty", "r+");
        if (terminal == NULL)
            return NULL;
        password = ask(terminal, prompt);
        (void)fclose(terminal);
    }
    if (password != NULL && password[0] == '\0') {
        free(password);
        return NULL;
    }
    return password;
}
