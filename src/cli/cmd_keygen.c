/* SPDX-License-Identifier: Apache-2.0 */
/* keygen: a pair of keys to sign releases with. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <tolmach/sign.h>

#include "cli/cli.h"

static const struct cli_option options[] = {
    {"password", 0, NULL, "ask for a password that encrypts the secret key"},
    CLI_COMMON_OPTIONS,
};

static int run(struct cli *cli)
{
    struct tm_err err = {0};
    char secret[4096];
    char public[4096];
    char *password = NULL;
    const char *name = cli->operands[0];
    if (strlen(name) > 4000)
        return cli_usage(cli, "the name is too long");
    (void)snprintf(secret, sizeof secret, "%s.key", name);
    (void)snprintf(public, sizeof public, "%s.pub", name);
    if (cli_value(cli, "password") != NULL) {
        password = cli_password("Password for the new key: ");
        if (password == NULL)
            return cli_usage(cli, "--password: no password was given");
    }
    enum tm_status status = tm_keygen(secret, public, password, &err);
    free(password);
    if (status == TM_ERR_WRITE && (access(secret, F_OK) == 0 || access(public, F_OK) == 0))
        (void)tm_hint(&err, "a key is never written over: give another name");
    if (status != TM_OK)
        return cli_fail(cli, &err);
    if (!cli->quiet)
        (void)printf("secret key  %s (keep it to yourself, and keep a copy)\n"
                     "public key  %s (publish it where people know you)\n", secret, public);
    return cli_finish(cli, EXIT_DONE);
}

const struct cli_command cli_keygen = {
    .name = "keygen",
    .operands = "NAME",
    .summary = "Make a pair of keys to sign releases with",
    .details = "Writes NAME.key and NAME.pub in the form of minisign, which can read them, as\n"
               "`build --sign` and `verify --key` read minisign's. A password comes from\n"
               "TOLMACH_PASSWORD, or is asked for on the terminal.",
    .example = "  tolmach keygen harbour\n"
               "  tolmach build harbour.yaml -o out --sign harbour.key\n"
               "  tolmach verify out/harbour/1.0.0 --key harbour.pub",
    .options = options,
    .least = 1,
    .most = 1,
    .run = run,
};
