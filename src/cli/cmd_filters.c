/* SPDX-License-Identifier: Apache-2.0 */
/* The stages one by one, as Unix filters: read, clean, detect, dedup. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <tolmach/dedup.h>

#include "base/json_write.h"
#include "base/tempfile.h"
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

static const struct cli_option dedup_options[] = {
    {"field", 0, "NAME", "field of JSON lines that is compared (default text)"},
    {"memory", 'm', "SIZE", "memory to use, such as 64M (default 256M)"},
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

/* Lines of the operand or of standard input. */
static FILE *open_lines(struct cli *cli)
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

static int run_detect(struct cli *cli)
{
    FILE *file = open_lines(cli);
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
    bool unread = ferror(file) != 0;
    free(line);
    tm_buf_finish(&buf);
    tm_arena_destroy(arena);
    if (file != stdin)
        (void)fclose(file);
    return unread ? EXIT_INPUT : cli_finish(cli, good ? EXIT_DONE : EXIT_INTERNAL);
}

/* The JSON string of a field as it stands, or the whole line if it is no such object. */
static struct tm_str compared(struct tm_str line, const char *mark)
{
    if (line.n == 0 || line.p[0] != '{')
        return line;
    const char *p = memmem(line.p, line.n, mark, strlen(mark));
    if (p == NULL)
        return line;
    p += strlen(mark);
    while (p < line.p + line.n && (*p == ' ' || *p == ':'))
        p++;
    if (p == line.p + line.n || *p != '"')
        return line;
    const char *end = ++p;
    while (end < line.p + line.n && *end != '"')
        end += *end == '\\' ? 2 : 1;
    return end > line.p + line.n ? line : (struct tm_str){p, (size_t)(end - p)};
}

/* First pass: fingerprints of all lines, and the lines themselves to a temporary file. */
static enum tm_status index_lines(FILE *file, const char *mark, struct tm_tempfile *lines,
                                  struct tm_exact *exact, struct tm_err *err)
{
    char *line = NULL;
    size_t capacity = 0;
    struct tm_buf scratch = {0};
    enum tm_status status = TM_OK;
    ssize_t n;
    for (uint64_t number = 0; status == TM_OK && (n = getline(&line, &capacity, file)) >= 0;
         number++) {
        uint64_t length = (uint64_t)n;
        struct tm_str text = {line, (size_t)n};
        if (text.n != 0 && text.p[text.n - 1] == '\n')
            text.n--;
        text = compared(text, mark);
        scratch.n = 0;
        if (!tm_buf_reserve(&scratch, text.n + 8))
            status = tm_fail(err, TM_ERR_NOMEM, "", TM_NO_OFFSET, "out of memory");
        if (status == TM_OK)
            status = tm_exact_add(exact, tm_fingerprint_of(text.p, text.n, scratch.p), TM_UNKNOWN,
                                  number, 0, TM_STR("-"), err);
        if (status == TM_OK)
            status = tm_tempfile_append(lines, &length, sizeof length, err);
        if (status == TM_OK)
            status = tm_tempfile_append(lines, line, (size_t)n, err);
    }
    free(line);
    tm_buf_finish(&scratch);
    return status == TM_OK ? tm_tempfile_flush(lines, err) : status;
}

/* Second pass: lines that are no duplicates, in order. */
static enum tm_status print_kept(struct tm_tempfile *lines, struct tm_exact *exact,
                                 struct tm_err *err)
{
    struct tm_tempreader reader;
    struct tm_decision decision = {0};
    enum tm_status status = tm_exact_decide(exact, err);
    if (status == TM_OK)
        status = tm_tempreader_open(&reader, lines, 0, tm_tempfile_size(lines), BATCH_BYTES, err);
    if (status != TM_OK)
        return status;
    enum tm_status more = tm_exact_next(exact, &decision, err);
    for (uint64_t number = 0; status == TM_OK; number++) {
        const char *p;
        uint64_t length;
        status = tm_tempreader_take(&reader, sizeof length, &p, err);
        if (status != TM_OK)
            break;
        memcpy(&length, p, sizeof length);
        status = tm_tempreader_take(&reader, (size_t)length, &p, err);
        bool here = more == TM_OK && decision.document == number;
        if (status == TM_OK && (!here || decision.dup_of.p == NULL))
            (void)fwrite(p, 1, (size_t)length, stdout);
        if (here)
            more = tm_exact_next(exact, &decision, err);
        if (more < TM_OK)
            status = more;
    }
    tm_tempreader_close(&reader);
    return status == TM_END ? TM_OK : status;
}

static int run_dedup(struct cli *cli)
{
    const char *memory = cli_value(cli, "memory");
    uint64_t budget = memory == NULL ? (uint64_t)256 << 20 : cli_bytes(memory);
    if (budget == 0)
        return cli_usage(cli, "--memory %s: not a size such as 64M", memory);
    const char *field = cli_value(cli, "field");
    char mark[128];
    (void)snprintf(mark, sizeof mark, "\"%s\"", field == NULL ? "text" : field);
    FILE *file = open_lines(cli);
    if (file == NULL)
        return EXIT_INPUT;
    const char *temp = getenv("TMPDIR");
    if (temp == NULL || temp[0] == '\0')
        temp = "/tmp";
    struct tm_err err = {0};
    struct tm_tempfile *lines = NULL;
    struct tm_exact *exact = NULL;
    enum tm_status status = tm_tempfile_create(temp, &lines, &err);
    if (status == TM_OK)
        status = tm_exact_create(temp, (size_t)budget, &exact, &err);
    if (status == TM_OK)
        status = index_lines(file, mark, lines, exact, &err);
    if (status == TM_OK)
        status = print_kept(lines, exact, &err);
    bool unread = ferror(file) != 0;
    if (file != stdin)
        (void)fclose(file);
    tm_exact_destroy(exact);
    tm_tempfile_destroy(lines);
    if (status != TM_OK)
        return cli_fail(cli, &err);
    return cli_finish(cli, unread ? EXIT_INPUT : EXIT_DONE);
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

const struct cli_command cli_dedup = {
    .name = "dedup",
    .operands = "[FILE]",
    .summary = "Drop lines (or JSON lines) whose normal form came before",
    .details = "\nCase, punctuation and spacing do not count. What stays comes out unchanged\n"
               "and in order.",
    .example = "  tolmach dedup posts.jsonl > unique.jsonl",
    .options = dedup_options,
    .most = 1,
    .run = run_dedup,
};
