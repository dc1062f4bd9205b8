/* SPDX-License-Identifier: Apache-2.0 */
/* fetch: a release from elsewhere. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <tolmach/fetch.h>

#include "base/json_write.h"
#include "cli/cli.h"

static const struct cli_option options[] = {
    {"out", 'o', "FOLDER", "where FOLDER/NAME/VERSION is made"},
    {"have", 0, "RELEASE", "a local release to copy frames from (repeatable)"},
    {"lang", 0, "LANG", "ru, en or other alone, with the provenance"},
    {"shards", 0, "A-B", "shards A to B of each language alone"},
    {"sample", 0, "N", "whole frames with at least N records a language"},
    {"jobs", 'j', "N", "connections (default 4, at most 16)"},
    {"timeout", 0, "SECONDS", "patience with a silent server (default 30)"},
    {"json", 0, NULL, "print the result as JSON"},
    {"no-progress", 0, NULL, "no progress lines"},
    CLI_COMMON_OPTIONS,
};

static void show(void *user, uint64_t done, uint64_t total)
{
    cli_progress(user, "fetch", done, total);
}

static void print_result(const struct tm_fetch_result *r, bool json)
{
    if (json) {
        struct tm_buf folder = {0};
        tm_json_put_str(&folder, tm_str_of(r->folder));
        (void)printf("{\"folder\":%.*s,\"was_there\":%s,\"downloaded\":%" PRIu64 ",\"copied\":%"
                     PRIu64 ",\"linked\":%" PRIu64 ",\"resumed\":%" PRIu64 ",\"shards\":%" PRIu64
                     ",\"shards_published\":%" PRIu64 "}\n", (int)folder.n, folder.p,
                     r->was_there ? "true" : "false", r->downloaded, r->copied, r->linked,
                     r->resumed, r->shards, r->shards_published);
        tm_buf_finish(&folder);
        return;
    }
    if (r->was_there) {
        (void)printf("release     %s (was there)\n", r->folder);
        return;
    }
    (void)printf("downloaded  %" PRIu64 " bytes", r->downloaded);
    if (r->copied + r->linked != 0)
        (void)printf("; %" PRIu64 " from local releases", r->copied + r->linked);
    if (r->resumed != 0)
        (void)printf("; %" PRIu64 " were there from before", r->resumed);
    (void)putchar('\n');
    if (r->shards != r->shards_published)
        (void)printf("partial     %" PRIu64 " of %" PRIu64 " shards\n", r->shards,
                     r->shards_published);
    (void)printf("release     %s\n", r->folder);
}

static bool take_shards(const char *text, struct tm_fetch_options *fetch)
{
    char *end;
    if (text == NULL)
        return true;
    fetch->some_shards = true;
    if ((unsigned char)text[0] - 48u > 9)
        return false;
    fetch->first_shard = fetch->last_shard = strtoull(text, &end, 10);
    if (*end == '-' && (unsigned char)end[1] - 48u <= 9)
        fetch->last_shard = strtoull(end + 1, &end, 10);
    return *end == '\0' && fetch->last_shard >= fetch->first_shard;
}

/* The value of an option from 1 to `most`; `fallback` when it is not given, 0 when it is wrong. */
static uint64_t take_number(const struct cli *cli, const char *name, uint64_t most,
                            uint64_t fallback)
{
    const char *text = cli_value(cli, name);
    char *end;
    if (text == NULL)
        return fallback;
    uint64_t value = strtoull(text, &end, 10);
    return (unsigned char)text[0] - 48u > 9 || *end != '\0' || value > most ? 0 : value;
}

static int fetch_now(struct cli *cli, struct tm_fetch_options *fetch)
{
    struct tm_err err = {0};
    struct tm_fetch_result *result = calloc(1, sizeof *result);
    if (result == NULL)
        return EXIT_INTERNAL;
    fetch->notify = cli_notify;
    fetch->progress = show;
    fetch->user = cli;
    enum tm_status status = tm_fetch(fetch, result, &err);
    cli_progress_end(cli);
    int code = EXIT_DONE;
    if (status != TM_OK)
        code = cli_fail(cli, &err);
    else if (cli_value(cli, "json") != NULL || !cli->quiet)
        print_result(result, cli_value(cli, "json") != NULL);
    free(result);
    return cli_finish(cli, code);
}

static int run(struct cli *cli)
{
    struct tm_fetch_options fetch = {
        .urls = (const char *const *)cli->operands, .n_urls = cli->n_operands,
        .out = cli_value(cli, "out"), .lang = cli_value(cli, "lang"),
        .connections = (unsigned)take_number(cli, "jobs", 16, 4),
        .timeout = (unsigned)take_number(cli, "timeout", 86400, 30),
        .sample = take_number(cli, "sample", UINT64_MAX, 0),
    };
    if (fetch.out == NULL)
        return cli_usage(cli, "no output folder is given: -o FOLDER");
    if (fetch.connections == 0 || fetch.timeout == 0 ||
        (fetch.sample == 0 && cli_value(cli, "sample") != NULL))
        return cli_usage(cli, "-j (1 to 16), --timeout and --sample are numbers");
    if (!take_shards(cli_value(cli, "shards"), &fetch))
        return cli_usage(cli, "--shards %s: not a range such as 0-3", cli_value(cli, "shards"));
    if (fetch.lang != NULL && strcmp(fetch.lang, "ru") != 0 && strcmp(fetch.lang, "en") != 0 &&
        strcmp(fetch.lang, "other") != 0)
        return cli_usage(cli, "--lang %s: not ru, en or other", fetch.lang);
    const char **have = calloc(cli->n_given + 1, sizeof *have);
    size_t at = 0;
    if (have == NULL)
        return EXIT_INTERNAL;
    while ((have[fetch.n_have] = cli_next(cli, "have", &at)) != NULL)
        fetch.n_have++;
    fetch.have = have;
    int code = fetch_now(cli, &fetch);
    free(have);
    return code;
}

const struct cli_command cli_fetch = {
    .name = "fetch",
    .operands = "URL...",
    .summary = "Download a release, verified while it comes",
    .details = "URL is the folder of a release on a web server or on a disk; more of them are\n"
               "mirrors. Run it again to go on after a stop. Frames that another version in\n"
               "FOLDER/NAME has are not downloaded. With --lang, --shards or --sample the copy\n"
               "is a partial one and says so in its partial.json.",
    .example = "  tolmach fetch https://example.org/harbour/1.1.0 -o corpora\n"
               "  tolmach fetch https://example.org/harbour/1.1.0 -o corpora --sample 1000",
    .options = options,
    .least = 1,
    .most = SIZE_MAX,
    .run = run,
};
