/* SPDX-License-Identifier: Apache-2.0 */
/* plan and init: what a build would read and take, and a recipe to begin with. */
#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <tolmach/document.h>
#include <tolmach/lang.h>

#include "cli/look.h"

/* So much of each input is read. */
#define LOOK_BYTES ((uint64_t)64 << 20)

/* What a build takes, seen on posts of 1 KB and of 165 bytes (see README, "How it compares"): seconds
 * of one core for 100 MB of input, temporary disk and release as a share of the input. */
static const struct {
    double seconds[2];
    double disk[2];
    double release[2];
} cost = {{5, 9}, {4.5, 9}, {0.4, 0.6}};

static const struct cli_option plan_options[] = {
    CLI_INPUT_OPTIONS,
    CLI_COMMON_OPTIONS,
};

static const struct cli_option init_options[] = {
    {"out", 'o', "FILE", "where the recipe goes (default: standard output)"},
    CLI_COMMON_OPTIONS,
};

static void put_names(FILE *to, const char *list, size_t size, const char *none)
{
    if (list[0] == '\0')
        (void)fputs(none, to);
    for (int i = 0; i < LOOK_NAMES && list[(size_t)i * size] != '\0'; i++)
        (void)fprintf(to, "%s%s", i == 0 ? "" : ", ", list + (size_t)i * size);
}

static void put_date(FILE *to, int64_t seconds)
{
    struct tm tm;
    time_t at = (time_t)seconds;
    if (gmtime_r(&at, &tm) != NULL)
        (void)fprintf(to, "%04d-%02d-%02d", tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday);
}

static const char *size_text(uint64_t bytes, char ret_text[32])
{
    if (bytes < 1000)
        (void)snprintf(ret_text, 32, "%" PRIu64 " byte%s", bytes, cli_s(bytes));
    else if (bytes < 1000000)
        (void)snprintf(ret_text, 32, "%.0f KB", (double)bytes / 1e3);
    else
        (void)snprintf(ret_text, 32, "%.1f MB", (double)bytes / 1e6);
    return ret_text;
}

/* The findings about one input, a line each behind `mark`. */
static void put_look(FILE *to, const char *mark, const struct look *look)
{
    const uint64_t *by = look->by_lang;
    char size[32];
    (void)fprintf(to, "%s%s, %" PRIu64 " file%s, ", mark, size_text(look->bytes, size),
                  look->files, cli_s(look->files));
    put_names(to, look->formats[0], sizeof look->formats[0], "nothing that can be read");
    if (!look->whole)
        (void)fprintf(to, "\n%slooked at the first %s", mark, size_text(look->seen, size));
    (void)fprintf(to, "\n%s%" PRIu64 " document%s, %s of text: %" PRIu64 " ru, %" PRIu64
                  " en, %" PRIu64 " other", mark, look->documents, cli_s(look->documents),
                  size_text(look->text, size), by[TM_LANG_RU], by[TM_LANG_EN], by[TM_LANG_OTHER] + by[TM_LANG_UND]);
    if (look->first != TM_UNKNOWN) {
        (void)fprintf(to, "\n%s", mark);
        put_date(to, look->first);
        (void)fputs(" to ", to);
        put_date(to, look->last);
        if (look->undated != 0)
            (void)fprintf(to, ", %" PRIu64 " without a date", look->undated);
    }
    if (look->channels[0][0] != '\0') {
        (void)fprintf(to, "\n%s", mark);
        put_names(to, look->channels[0], sizeof look->channels[0], "");
        if (look->more_channels != 0)
            (void)fputs(" and others", to);
    }
    (void)fputc('\n', to);
}

/* "5 to 8 MB", or one number if both look the same. */
static void put_range(double low, double high, const char *behind)
{
    static const struct {
        double size;
        const char *name;
    } units[] = {{1e12, "TB"}, {1e9, "GB"}, {1e6, "MB"}, {1e3, "KB"}};
    size_t i = 0;
    char texts[2][32];
    while (i < 3 && high < units[i].size)
        i++;
    const double numbers[2] = {low / units[i].size, high / units[i].size};
    for (int k = 0; k < 2; k++)
        (void)snprintf(texts[k], sizeof texts[k], numbers[k] < 9.95 && i < 3 ? "%.1f" : "%.0f",
                       numbers[k]);
    if (strcmp(texts[0], texts[1]) != 0)
        (void)printf("%s to ", texts[0]);
    (void)printf("%s %s %s", texts[1], units[i].name, behind);
}

static void put_time(double low, double high)
{
    if (high < 1)
        (void)printf("  time        a second\n");
    else if (high < 1.5)
        (void)printf("  time        a second of one core, or two\n");
    else
        (void)printf("  time        %.0f to %.0f s of one core\n", low < 1 ? 1 : low,
                     high < 2 ? 2 : high);
}

/* What a build with the default --memory stays below: a quarter above it, and some for threads. */
static double most_memory(void)
{
    long cores = sysconf(_SC_NPROCESSORS_ONLN);
    double mib = 1.25 * 1024 + 64 + 16 * (double)(cores > 0 ? cores : 1);
    return mib * 1024 * 1024;
}

static void put_estimate(size_t n, uint64_t bytes)
{
    char size[32];
    double mb = (double)bytes / 1e6;
    (void)printf("\n%zu input%s, %s. A build takes, about:\n", n, cli_s(n), size_text(bytes, size));
    put_time(mb * cost.seconds[0] / 100, mb * cost.seconds[1] / 100);
    (void)printf("  disk        ");
    put_range((double)bytes * cost.disk[0], (double)bytes * cost.disk[1], "while it runs, ");
    put_range((double)bytes * cost.release[0], (double)bytes * cost.release[1],
              "for the release\n");
    (void)printf("  memory      less than %.1f GB (--memory 1G, the default), however much comes\n",
                 most_memory() / 1e9);
    (void)printf("Packed inputs (zip, zst ...) are larger than their files, and so is all this.\n");
}

static int run_plan(struct cli *cli)
{
    struct tm_err err = {0};
    struct tm_recipe *recipe = NULL;
    uint64_t bytes = 0;
    size_t n = 0;
    enum tm_status status = cli_recipe(cli, &recipe, &err);
    struct look *look = calloc(1, sizeof *look);
    if (status == TM_OK && look == NULL)
        status = tm_fail(&err, TM_ERR_NOMEM, "", TM_NO_OFFSET, "out of memory");
    const struct tm_input_options *options;
    const char *path;
    for (; status == TM_OK && (path = tm_recipe_input(recipe, n, &options)) != NULL; n++) {
        status = look_at(path, options, LOOK_BYTES, look, &err);
        if (status != TM_OK)
            break;
        bytes += look->bytes;
        (void)printf("%s\n", path);
        put_look(stdout, "  ", look);
    }
    if (status == TM_OK)
        put_estimate(n, bytes);
    free(look);
    tm_recipe_destroy(recipe);
    return cli_finish(cli, status == TM_OK ? EXIT_DONE : cli_fail(cli, &err));
}

static void put_recipe_head(FILE *to)
{
    (void)fputs("# A recipe for tolmach. `tolmach build THIS -o out` makes the release;\n"
                "# `tolmach build THIS --print-recipe` shows all keys with their defaults.\n"
                "name: my-corpus\n"
                "version: 1.0.0\n"
                "licence: other              # of the texts, an SPDX name: CC-BY-4.0, CC0-1.0\n"
                "# title: A title for the dataset card\n"
                "# description: What it is, in a sentence.\n"
                "inputs:\n", to);
}

static void put_recipe_tail(FILE *to)
{
    (void)fputs(
        "# What follows are defaults: take the # away and change them.\n"
        "# unit: segment             # or sentence, document\n"
        "# clean:\n"
        "#   markup: auto            # markdown, or none\n"
        "#   emoji: {flags: drop}    # iso: a flag becomes its country code\n"
        "#   urls: {inline: drop}    # token: a link becomes <URL>; keep\n"
        "#   boilerplate: {learn: true, keep: [], remove: []}\n"
        "#   pii: {phone: mask, email: mask}\n"
        "# lang: {keep: [ru, en], other: reject, threshold: 0.8}\n"
        "# dedup: {exact: true, near: {threshold: 0.8, numbers: agree}}\n"
        "# quality: {preset: none, ads: keep}\n"
        "# audit: {index: false}     # true: later versions can add to this one\n"
        "# pack: {level: 3}          # 9 to 19 for a release that many will download\n", to);
}

/* A path in double quotes, where YAML has few surprises. */
static void put_path(FILE *to, const char *path)
{
    (void)fputs("  - path: \"", to);
    for (const char *p = path; *p != '\0'; p++) {
        if (*p == '"' || *p == '\\')
            (void)fputc('\\', to);
        (void)fputc(*p, to);
    }
    (void)fputs("\"\n", to);
}

/* The path as it reads from another folder; both are absolute. */
static void put_relative(FILE *to, const char *folder, const char *path)
{
    char text[2 * PATH_MAX] = "";
    size_t same = 0;        /* bytes of the folders that both lie in */
    size_t n = 0;
    for (size_t i = 0; folder[i] == path[i] || folder[i] == '\0'; i++) {
        if ((folder[i] == '/' || folder[i] == '\0') && (path[i] == '/' || path[i] == '\0'))
            same = i;
        if (folder[i] == '\0' || path[i] == '\0')
            break;
    }
    for (const char *p = folder + same; *p != '\0' && n < PATH_MAX; p++)
        if (*p == '/' && p[1] != '\0')
            n += (size_t)snprintf(text + n, sizeof text - n, "../");
    const char *rest = path + same + (path[same] == '/');
    (void)snprintf(text + n, sizeof text - n, "%s", rest[0] == '\0' && n == 0 ? "." : rest);
    put_path(to, text);
}

/* An input as the recipe names it: relative to its own folder, but absolute if given so. */
static void put_input(FILE *to, const char *recipe, const char *input)
{
    char folder[PATH_MAX];
    char path[PATH_MAX];
    const char *slash = recipe == NULL ? NULL : strrchr(recipe, '/');
    if (slash == NULL || input[0] == '/' || realpath(input, path) == NULL) {
        put_path(to, input);
        return;
    }
    char *parent = strndup(recipe, slash == recipe ? 1 : (size_t)(slash - recipe));
    if (parent != NULL && realpath(parent, folder) != NULL)
        put_relative(to, folder, path);
    else
        put_path(to, input);
    free(parent);
}

static enum tm_status write_recipe(struct cli *cli, FILE *to, struct tm_err *err)
{
    struct look *look = calloc(1, sizeof *look);
    enum tm_status status = look == NULL
        ? tm_fail(err, TM_ERR_NOMEM, "", TM_NO_OFFSET, "out of memory") : TM_OK;
    put_recipe_head(to);
    for (size_t i = 0; i < cli->n_operands && status == TM_OK; i++) {
        status = look_at(cli->operands[i], NULL, LOOK_BYTES, look, err);
        if (status != TM_OK)
            break;
        put_input(to, cli_value(cli, "out"), cli->operands[i]);
        put_look(to, "    # ", look);
    }
    put_recipe_tail(to);
    free(look);
    return status;
}

/* Writes the text in a new file; one that is there is somebody's work. */
static enum tm_status put_new_file(const char *path, const char *text, size_t n,
                                   struct tm_err *err)
{
    FILE *file = fopen(path, "wx");
    if (file == NULL && errno == EEXIST) {
        (void)tm_fail(err, TM_ERR_WRITE, path, TM_NO_OFFSET, "it is there already");
        return tm_hint(err, "give another name, or remove it");
    }
    bool good = file != NULL && fwrite(text, 1, n, file) == n;
    if (file != NULL && fclose(file) != 0)
        good = false;
    return good ? TM_OK
                : tm_fail(err, TM_ERR_WRITE, path, TM_NO_OFFSET, "cannot write it: %s",
                          strerror(errno));
}

/* Nothing is written when an input cannot be read. */
static int run_init(struct cli *cli)
{
    const char *path = cli_value(cli, "out");
    struct tm_err err = {0};
    char *text = NULL;
    size_t n = 0;
    FILE *to = open_memstream(&text, &n);
    enum tm_status status = to == NULL ? TM_ERR_NOMEM : write_recipe(cli, to, &err);
    if (to == NULL || fclose(to) != 0)
        status = tm_fail(&err, TM_ERR_NOMEM, "", TM_NO_OFFSET, "out of memory");
    if (status == TM_OK && path != NULL)
        status = put_new_file(path, text, n, &err);
    else if (status == TM_OK)
        (void)fwrite(text, 1, n, stdout);
    free(text);
    if (status != TM_OK)
        return cli_fail(cli, &err);
    if (path != NULL && !cli->quiet)
        (void)printf("recipe      %s\n", path);
    return cli_finish(cli, EXIT_DONE);
}

const struct cli_command cli_plan = {
    .name = "plan",
    .operands = "RECIPE.yaml | INPUT...",
    .summary = "Tell what a build would read and take",
    .details = "Reads the first 64 MB of each input and writes nothing. `build --dry-run` does\n"
               "all the work and gives exact numbers.",
    .example = "  tolmach plan harbour.yaml",
    .options = plan_options,
    .least = 1,
    .most = SIZE_MAX,
    .run = run_plan,
};

const struct cli_command cli_init = {
    .name = "init",
    .operands = "INPUT...",
    .summary = "Write a commented recipe from a look at the inputs",
    .details = "Paths in it are relative to the folder of FILE, as a recipe reads them; absolute\n"
               "ones stay. A file that is there is not written over.",
    .example = "  tolmach init raw/ -o corpus.yaml",
    .options = init_options,
    .least = 1,
    .most = SIZE_MAX,
    .run = run_init,
};
