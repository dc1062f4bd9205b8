/* SPDX-License-Identifier: Apache-2.0 */
/* Stages as Unix filters: read, clean, detect. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/json_write.h"
#include "cli/cli.h"

#define BATCH_BYTES ((size_t)1 << 20)

static const struct cli_option read_options[] = {CLI_INPUT_OPTIONS, CLI_COMMON_OPTIONS};

static const struct cli_option clean_options[] = {
    {"jsonl", 0, NULL, "one JSON object per document instead of text"},
    CLI_INPUT_OPTIONS,
    CLI_COMMON_OPTIONS,
};

static const struct cli_option detect_options[] = {
    {"segments", 0, NULL, "split lines that mix languages"},
    CLI_COMMON_OPTIONS,
};

static void put_list(struct tm_buf *buf, const struct tm_str *list, size_t n)
{
    tm_buf_byte(buf, '[');
    for (size_t i = 0; i < n; i++) {
        if (i != 0)
            tm_buf_byte(buf, ',');
        tm_json_put_str(buf, list[i]);
    }
    tm_buf_byte(buf, ']');
}

static void put_pair(struct tm_buf *buf, const char *key, struct tm_str value)
{
    tm_buf_printf(buf, ",\"%s\":", key);
    tm_json_put_str(buf, value);
}

/* A document as one JSON line; `cleaned` adds what the cleaner found. */
static void put_document(struct tm_buf *buf, const struct tm_doc *doc, bool cleaned)
{
    tm_buf_text(buf, "{\"doc_id\":");
    tm_json_put_str(buf, doc->doc_id);
    put_pair(buf, "text", doc->text);
    put_pair(buf, "channel", doc->channel);
    put_pair(buf, "forwarded_from", doc->forwarded_from);
    put_pair(buf, "author", doc->author);
    tm_buf_text(buf, ",\"date\":");
    tm_json_put_time(buf, doc->date);
    tm_buf_text(buf, ",\"edited\":");
    tm_json_put_time(buf, doc->edited);
    put_pair(buf, "url", doc->url);
    put_pair(buf, "reply_to", doc->reply_to);
    put_pair(buf, "media", doc->media);
    tm_buf_text(buf, ",\"views\":");
    tm_json_put_i64(buf, doc->views);
    if (cleaned) {
        tm_buf_text(buf, ",\"hashtags\":");
        put_list(buf, doc->hashtags, doc->n_hashtags);
        tm_buf_printf(buf, ",\"ad\":%s", doc->ad ? "true" : "false");
    }
    tm_buf_text(buf, ",\"urls\":");
    put_list(buf, doc->urls, doc->n_urls);
    tm_buf_text(buf, ",\"extra\":");
    tm_buf_str(buf, doc->extra.p == NULL ? TM_STR("null") : doc->extra);
    put_pair(buf, "source_file", doc->source_file);
    tm_buf_text(buf, ",\"source_offset\":");
    tm_buf_u64(buf, doc->source_offset);
    tm_buf_text(buf, ",\"source_length\":");
    tm_buf_u64(buf, doc->source_length);
    tm_buf_text(buf, "}\n");
}

static bool write_out(struct tm_buf *buf)
{
    bool good = !buf->failed && fwrite(buf->p == NULL ? "" : buf->p, 1, buf->n, stdout) == buf->n;
    buf->n = 0;
    return good;
}

/* What is done with the batches of a command's inputs. */
struct filter {
    struct cli *cli;
    const struct tm_stage *stage;       /* or NULL */
    bool json;
    bool first;
};

static void put_batch(struct filter *filter, const struct tm_batch *batch, struct tm_buf *buf)
{
    for (size_t i = 0; i < batch->n; i++) {
        const struct tm_doc *doc = &batch->docs[i];
        if (filter->json) {
            put_document(buf, doc, filter->stage != NULL);
        } else if (doc->text.n != 0) {
            tm_buf_text(buf, filter->first ? "" : "\n\n");
            tm_buf_str(buf, doc->text);
            tm_buf_byte(buf, '\n');
            filter->first = false;
        }
    }
}

static int run_inputs(struct filter *filter, const struct tm_recipe *recipe)
{
    struct cli *cli = filter->cli;
    struct tm_err err = {0};
    struct tm_source *source = NULL;
    struct tm_batch *batch = tm_batch_create();
    struct tm_buf buf = {0};
    enum tm_status status = batch == NULL
        ? tm_fail(&err, TM_ERR_NOMEM, "", TM_NO_OFFSET, "out of memory")
        : tm_source_create(cli_notify, cli, &source, &err);
    if (status == TM_OK)
        status = tm_recipe_open(recipe, source, &err);
    bool good = true;
    while (status == TM_OK && good) {
        tm_batch_reset(batch);
        status = tm_source_read(source, BATCH_BYTES, batch, &err);
        if (status >= TM_OK && filter->stage != NULL) {
            enum tm_status done = filter->stage->process(filter->stage->state, batch, &err);
            status = done == TM_OK ? status : done;
        }
        if (status >= TM_OK)
            put_batch(filter, batch, &buf);
        good = write_out(&buf);
    }
    tm_buf_finish(&buf);
    tm_batch_destroy(batch);
    tm_source_destroy(source);
    if (status >= TM_OK && !good && ferror(stdout) == 0)
        status = tm_fail(&err, TM_ERR_NOMEM, "", TM_NO_OFFSET, "out of memory");
    if (status < TM_OK)
        return cli_fail(cli, &err);
    return cli_finish(cli, cli->faults == 0 ? EXIT_DONE : EXIT_PARTLY);
}

static int run_read(struct cli *cli)
{
    struct tm_err err = {0};
    struct tm_recipe *recipe = NULL;
    if (cli_recipe(cli, &recipe, &err) != TM_OK)
        return cli_fail(cli, &err);
    struct filter filter = {.cli = cli, .json = true};
    int code = run_inputs(&filter, recipe);
    tm_recipe_destroy(recipe);
    return code;
}

static int run_clean(struct cli *cli)
{
    struct tm_err err = {0};
    struct tm_recipe *recipe = NULL;
    struct tm_learnt *learnt = NULL;
    struct tm_cleaner *cleaner = NULL;
    bool named = cli->n_operands > 0;
    for (size_t i = 0; i < cli->n_operands; i++)
        named &= strcmp(cli->operands[i], "-") != 0;
    enum tm_status status = cli_recipe(cli, &recipe, &err);
    struct tm_build_options build = {.threads = 1};
    if (status == TM_OK && named && tm_recipe_learns(recipe))
        status = tm_learn(recipe, &build, &learnt, &err);
    if (status == TM_OK)
        status = tm_cleaner_create(tm_recipe_clean(recipe), learnt, &cleaner, &err);
    int code;
    if (status != TM_OK) {
        code = cli_fail(cli, &err);
    } else {
        struct tm_stage stage = tm_cleaner_stage(cleaner);
        struct filter filter = {.cli = cli, .stage = &stage, .first = true,
                                .json = cli_value(cli, "jsonl") != NULL};
        code = run_inputs(&filter, recipe);
    }
    tm_cleaner_destroy(cleaner);
    tm_learnt_destroy(learnt);
    tm_recipe_destroy(recipe);
    return code;
}

static void put_verdict(struct tm_buf *buf, enum tm_lang lang, unsigned score, struct tm_str text)
{
    tm_buf_text(buf, tm_lang_name(lang));
    tm_buf_byte(buf, '\t');
    tm_json_put_score(buf, score);
    tm_buf_byte(buf, '\t');
    tm_buf_str(buf, text);
    tm_buf_byte(buf, '\n');
}

static bool detect_line(struct tm_str line, bool segments, struct tm_arena *arena,
                        struct tm_buf *buf)
{
    struct tm_segment *spans = NULL;
    size_t n = 0;
    tm_arena_reset(arena);
    if (segments && tm_lang_spans(line.p, line.n, arena, &spans, &n) != TM_OK)
        return false;
    for (size_t i = 0; i < n; i++)
        put_verdict(buf, spans[i].lang, spans[i].score,
                    (struct tm_str){line.p + spans[i].offset, spans[i].length});
    if (n == 0) {
        struct tm_lang_result result;
        tm_lang_detect(line.p, line.n, &result);
        put_verdict(buf, result.lang, result.score, line);
    }
    return true;
}

FILE *cli_open(struct cli *cli)
{
    if (cli->n_operands == 0 || strcmp(cli->operands[0], "-") == 0)
        return stdin;
    FILE *file = fopen(cli->operands[0], "rb");
    if (file == NULL) {
        struct tm_err err;
        (void)tm_fail(&err, TM_ERR_READ, cli->operands[0], TM_NO_OFFSET, "cannot open: %s",
                      strerror(errno));
        (void)cli_fail(cli, &err);
    }
    return file;
}

bool cli_unread(struct cli *cli, FILE *file)
{
    struct tm_err err;
    if (ferror(file) == 0)
        return false;
    (void)tm_fail(&err, TM_ERR_READ, cli->n_operands == 0 ? "-" : cli->operands[0], TM_NO_OFFSET,
                  "cannot read: %s", strerror(errno));
    (void)cli_fail(cli, &err);
    return true;
}

static int run_detect(struct cli *cli)
{
    FILE *file = cli_open(cli);
    if (file == NULL)
        return EXIT_INPUT;
    bool segments = cli_value(cli, "segments") != NULL;
    struct tm_arena *arena = tm_arena_create();
    struct tm_buf buf = {0};
    char *line = NULL;
    size_t capacity = 0;
    ssize_t n;
    bool good = arena != NULL;
    while (good && (n = getline(&line, &capacity, file)) >= 0) {
        struct tm_str text = {line, (size_t)n};
        while (text.n != 0 && (text.p[text.n - 1] == '\n' || text.p[text.n - 1] == '\r'))
            text.n--;
        good = detect_line(text, segments, arena, &buf);
        if (buf.n > BATCH_BYTES)
            good = write_out(&buf) && good;
    }
    good = write_out(&buf) && good;
    bool unread = cli_unread(cli, file);
    free(line);
    tm_buf_finish(&buf);
    tm_arena_destroy(arena);
    if (file != stdin)
        (void)fclose(file);
    return unread ? EXIT_INPUT : cli_finish(cli, good ? EXIT_DONE : EXIT_INTERNAL);
}

const struct cli_command cli_read = {
    .name = "read",
    .operands = "[FILE...]",
    .summary = "Show any input as its reader saw it, a JSON object per document",
    .example = "  tolmach read result.json | jq -r .text | less",
    .options = read_options,
    .most = SIZE_MAX,
    .run = run_read,
};

const struct cli_command cli_clean = {
    .name = "clean",
    .operands = "[FILE...]",
    .summary = "Clean text, posts parted by two blank lines",
    .details = "\nRecurring lines are learnt from files that are named, not from standard input.",
    .example = "  tolmach clean channel.txt\n  tolmach clean --jsonl dump.json | jq .hashtags",
    .options = clean_options,
    .most = SIZE_MAX,
    .run = run_clean,
};

const struct cli_command cli_detect = {
    .name = "detect",
    .operands = "[FILE]",
    .summary = "Label each line: language, probability, line",
    .example = "  tolmach detect < lines.txt | cut -f1 | sort | uniq -c",
    .options = detect_options,
    .most = 1,
    .run = run_detect,
};
