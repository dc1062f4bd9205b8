/* SPDX-License-Identifier: Apache-2.0 */
/* Duplicates among lines or JSON objects. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/cli.h"
#include "cli/dedup_rows.h"

#define WRITE_BYTES ((size_t)128 << 10)

static const struct cli_option options[] = {
    {"near", 0, NULL, "drop near duplicates too"},
    {"threshold", 0, "SHARE", "similarity of near duplicates (default 0.8)"},
    {"numbers", 0, "RULE", "agree (default): texts with other numbers stay; ignore"},
    {"against", 0, "FILE", "drop what overlaps this evaluation set (repeatable)"},
    {"explain", 0, NULL, "print what goes: row, row that stays, why, similarity"},
    {"field", 0, "NAME", "field of JSON objects that is compared (default text)"},
    {"memory", 'm', "SIZE", "memory to use, such as 64M (default 256M)"},
    {"jobs", 'j', "N", "threads (default: all cores)"},
    CLI_COMMON_OPTIONS,
};

static enum tm_status no_memory(struct tm_err *err)
{
    return tm_fail(err, TM_ERR_NOMEM, "", TM_NO_OFFSET, "out of memory");
}

/* Reads the evaluation sets; they may take half the memory, which the index has not then. */
static enum tm_status open_against(struct dedup *dedup, struct cli *cli, const char *field,
                                   uint64_t *memory, struct tm_err *err)
{
    size_t at = 0;
    const char *path = cli_next(cli, "against", &at);
    if (path == NULL)
        return TM_OK;
    dedup->names = calloc(cli->n_given, sizeof *dedup->names);
    dedup->overlaps = calloc(cli->n_given, sizeof *dedup->overlaps);
    if (dedup->names == NULL || dedup->overlaps == NULL)
        return no_memory(err);
    enum tm_status status = tm_against_create(&dedup->against, err);
    *memory /= 2;
    if (status == TM_OK)
        tm_against_limit(dedup->against, (size_t)*memory);
    for (; path != NULL && status == TM_OK; path = cli_next(cli, "against", &at)) {
        dedup->names[dedup->n_files++] = path;
        status = tm_against_add_file(dedup->against, path, field, err);
    }
    return status;
}

static void tell_overlaps(const struct dedup *dedup, struct cli *cli)
{
    for (size_t i = 0; i < dedup->n_files; i++) {
        struct tm_err note;
        (void)tm_fail(&note, TM_OK, dedup->names[i], TM_NO_OFFSET,
                      "%" PRIu64 " rows overlap with it", dedup->overlaps[i]);
        cli_notify(cli, TM_NOTE, &note);
    }
}

struct settings {
    bool near;
    struct tm_near_options options;
    uint64_t memory;
    unsigned threads;
};

/* False after telling what is wrong. */
static bool read_settings(struct cli *cli, struct settings *ret_settings)
{
    const char *memory = cli_value(cli, "memory");
    const char *threshold = cli_value(cli, "threshold");
    const char *numbers = cli_value(cli, "numbers");
    const char *threads = cli_value(cli, "jobs");
    long cores = sysconf(_SC_NPROCESSORS_ONLN);
    struct settings s = {.near = cli_value(cli, "near") != NULL, .memory = (uint64_t)256 << 20,
                         .threads = cores > 0 ? (unsigned)cores : 1};
    char *end = NULL;
    if (memory != NULL && (s.memory = cli_memory(memory)) == 0) {
        (void)cli_usage(cli, "--memory %s: not a size such as 64M", memory);
        return false;
    }
    double share = threshold == NULL ? 0 : strtod(threshold, &end);
    if (threshold != NULL && (*end != '\0' || end == threshold || !(share > 0 && share <= 1))) {
        (void)cli_usage(cli, "--threshold %s: not a number above 0 and up to 1", threshold);
        return false;
    }
    s.options.threshold = (unsigned)(share * 10000 + 0.5);
    s.options.ignore_numbers = numbers != NULL && strcmp(numbers, "ignore") == 0;
    if (numbers != NULL && !s.options.ignore_numbers && strcmp(numbers, "agree") != 0) {
        (void)cli_usage(cli, "--numbers %s: agree or ignore", numbers);
        return false;
    }
    unsigned long given = threads == NULL ? s.threads : strtoul(threads, &end, 10);
    if (threads != NULL && (*end != '\0' || given == 0 || given > 256)) {
        (void)cli_usage(cli, "-j %s: not a number from 1 to 256", threads);
        return false;
    }
    s.threads = (unsigned)given;
    *ret_settings = s;
    return true;
}

static enum tm_status open_index(struct dedup *dedup, const struct settings *settings,
                                 struct tm_err *err)
{
    const char *temp = getenv("TMPDIR");
    if (temp == NULL || temp[0] == '\0')
        temp = "/tmp";
    enum tm_status status = tm_tempfile_create(temp, &dedup->rows, err);
    if (status == TM_OK)
        status = tm_tempfile_create(temp, &dedup->heads, err);
    if (status == TM_OK && !settings->near && !dedup->explain)
        status = tm_seen_create((size_t)settings->memory, &dedup->seen, err);
    if (status != TM_OK)
        return status;
    return settings->near ? tm_near_create(temp, (size_t)settings->memory, &settings->options,
                                           &dedup->near, err)
                          : tm_exact_create(temp, (size_t)settings->memory, &dedup->exact, err);
}

/* 0 if it is not a file. */
static uint64_t size_of(FILE *file)
{
    struct stat stat;
    return fstat(fileno(file), &stat) == 0 && S_ISREG(stat.st_mode) ? (uint64_t)stat.st_size : 0;
}

/* A field that is not there is rather a mistake than meant. */
static void tell_whole(const struct tm_rowfile *in, struct cli *cli)
{
    struct tm_err what;
    if (in->n_whole == 0)
        return;
    (void)tm_fail(&what, TM_ERR_FORMAT, in->name, TM_NO_OFFSET,
                  "%" PRIu64 " of %" PRIu64 " object%s had no text in the field '%s' and %s "
                  "compared as a whole", in->n_whole, in->n_objects, cli_s(in->n_objects),
                  in->field, in->n_whole == 1 ? "was" : "were");
    (void)tm_hint(&what, "--field NAME");
    cli_notify(cli, TM_WARNING, &what);
}

static int run(struct cli *cli)
{
    static char output[WRITE_BYTES];
    struct settings settings;
    if (!read_settings(cli, &settings))
        return EXIT_USAGE;
    (void)setvbuf(stdout, output, _IOFBF, sizeof output);
    const char *field = cli_value(cli, "field");
    struct dedup dedup = {.explain = cli_value(cli, "explain") != NULL};
    FILE *file = cli_open(cli);
    if (file == NULL)
        return EXIT_INPUT;
    dedup.size = size_of(file);
    struct tm_err err = {0};
    enum tm_status status =
        tm_rowfile_init(&dedup.in, file, cli->n_operands == 0 ? "-" : cli->operands[0],
                     field == NULL ? "text" : field, &err);
    if (status == TM_OK)
        status = open_against(&dedup, cli, dedup.in.field, &settings.memory, &err);
    if (status == TM_OK)
        status = open_index(&dedup, &settings, &err);
    if (status == TM_OK)
        status = dedup_read_rows(&dedup, settings.threads, &err);
    /* What waits is told from what was printed, and needs the memory now. */
    tm_seen_destroy(dedup.seen);
    bool unread = status == TM_OK && cli_unread(cli, file);
    if (status == TM_OK && !unread)
        status = dedup_print_rows(&dedup, &err);
    if (status == TM_OK)
        tell_whole(&dedup.in, cli);
    tm_rowfile_finish(&dedup.in);
    if (file != stdin)
        (void)fclose(file);
    if (status == TM_OK)
        tell_overlaps(&dedup, cli);
    tm_against_destroy(dedup.against);
    free(dedup.names);
    free(dedup.overlaps);
    tm_exact_destroy(dedup.exact);
    tm_near_destroy(dedup.near);
    tm_tempfile_destroy(dedup.rows);
    tm_tempfile_destroy(dedup.heads);
    if (status != TM_OK)
        return cli_fail(cli, &err);
    return cli_finish(cli, unread ? EXIT_INPUT : EXIT_DONE);
}

const struct cli_command cli_dedup = {
    .name = "dedup",
    .operands = "[FILE]",
    .summary = "Drop lines (or JSON objects) whose normal form came before",
    .details = "An input that begins with { is read as JSON objects. Case, punctuation and\n"
               "spacing do not count. What stays comes out unchanged and in order. --near drops\n"
               "also what is similar to a row that stays, or is held by a longer one.",
    .example = "  tolmach dedup --near posts.jsonl > unique.jsonl",
    .options = options,
    .most = 1,
    .run = run,
};
