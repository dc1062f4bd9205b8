/* SPDX-License-Identifier: Apache-2.0 */
/* Duplicates among lines or JSON objects: a first pass takes fingerprints and lays the rows in a
 * temporary file, a second one prints those that stay. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <tolmach/dedup.h>
#include <tolmach/document.h>

#include "base/json.h"
#include "base/str.h"
#include "base/tempfile.h"
#include "cli/cli.h"

#define READ_BYTES ((size_t)1 << 20)
#define MOST_OBJECT ((size_t)64 << 20)

static const struct cli_option options[] = {
    {"field", 0, "NAME", "field of JSON objects that is compared (default text)"},
    {"memory", 'm', "SIZE", "memory to use, such as 64M (default 256M)"},
    CLI_COMMON_OPTIONS,
};

struct dedup {
    const char *name;               /* of the input, for messages */
    const char *field;
    FILE *file;
    struct tm_tempfile *rows;       /* a length, then the row with its line feed */
    struct tm_exact *exact;
    struct tm_buf scratch;
    uint64_t n;
};

static enum tm_status no_memory(struct tm_err *err)
{
    return tm_fail(err, TM_ERR_NOMEM, "", TM_NO_OFFSET, "out of memory");
}

static enum tm_status add_row(struct dedup *dedup, struct tm_str row, struct tm_str compared,
                              struct tm_err *err)
{
    dedup->scratch.n = 0;
    if (!tm_buf_reserve(&dedup->scratch, compared.n + 8))
        return no_memory(err);
    struct tm_fingerprint print = tm_fingerprint_of(compared.p, compared.n, dedup->scratch.p);
    uint64_t length = (uint64_t)row.n + 1;
    enum tm_status status =
        tm_exact_add(dedup->exact, print, TM_UNKNOWN, dedup->n++, 0, TM_STR("-"), err);
    if (status == TM_OK)
        status = tm_tempfile_append(dedup->rows, &length, sizeof length, err);
    if (status == TM_OK)
        status = tm_tempfile_append(dedup->rows, row.p, row.n, err);
    return status == TM_OK ? tm_tempfile_append(dedup->rows, "\n", 1, err) : status;
}

static enum tm_status index_lines(struct dedup *dedup, struct tm_err *err)
{
    char *line = NULL;
    size_t capacity = 0;
    enum tm_status status = TM_OK;
    ssize_t n;
    while (status == TM_OK && (n = getline(&line, &capacity, dedup->file)) >= 0) {
        struct tm_str row = {line, (size_t)n};
        if (row.n != 0 && row.p[row.n - 1] == '\n')
            row.n--;
        status = add_row(dedup, row, row, err);
    }
    free(line);
    return status;
}

static ssize_t read_file(void *user, void *p, size_t n, struct tm_err *err)
{
    struct dedup *dedup = user;
    size_t got = fread(p, 1, n, dedup->file);
    if (got == 0 && ferror(dedup->file)) {
        (void)tm_fail(err, TM_ERR_READ, dedup->name, TM_NO_OFFSET, "cannot read: %s",
                      strerror(errno));
        return -1;
    }
    return (ssize_t)got;
}

/* One object whose opening brace has just been given: the value of the field at its top goes to
 * `value`. False on an error. */
static bool read_object(struct dedup *dedup, struct tm_json *json, struct tm_buf *value,
                        bool *ret_found)
{
    enum tm_json_event event;
    while ((event = tm_json_next(json)) == TM_JSON_KEY) {
        bool wanted = tm_str_is(json->value, dedup->field);
        event = tm_json_next(json);
        if (wanted && event == TM_JSON_STRING) {
            value->n = 0;
            tm_buf_str(value, json->value);
            *ret_found = true;
        } else if (!tm_json_skip(json, event)) {
            return false;
        }
    }
    return event == TM_JSON_OBJECT_END;
}

static enum tm_status index_objects(struct dedup *dedup, struct tm_err *err)
{
    struct tm_stream stream;
    struct tm_json json;
    struct tm_buf value = {0};
    enum tm_status status = tm_stream_init(&stream, read_file, dedup, MOST_OBJECT, err);
    if (status != TM_OK)
        return status;
    tm_json_init(&json, &stream, false);
    enum tm_json_event event;
    while (status == TM_OK && (event = tm_json_next(&json)) != TM_JSON_END) {
        uint64_t start = json.start;
        bool found = false;
        bool good = event == TM_JSON_OBJECT ? read_object(dedup, &json, &value, &found)
                                            : event != TM_JSON_ERROR && tm_json_skip(&json, event);
        if (!good || json.oversize) {
            status = tm_fail(err, TM_ERR_FORMAT, dedup->name, good ? start : json.where, "%s",
                             good ? "object of more than 64 MiB" : json.what);
            break;
        }
        struct tm_str row = {stream.p + (start - stream.offset), (size_t)(json.end - start)};
        status = value.failed ? no_memory(err)
                              : add_row(dedup, row, found ? tm_buf_view(&value) : row, err);
        tm_json_commit(&json);
    }
    if (status == TM_OK && stream.err.status != TM_OK) {
        *err = stream.err;
        status = err->status;
    }
    tm_json_finish(&json);
    tm_stream_finish(&stream);
    tm_buf_finish(&value);
    return status;
}

static enum tm_status print_kept(struct dedup *dedup, struct tm_err *err)
{
    struct tm_tempreader reader;
    struct tm_decision decision = {0};
    enum tm_status status = tm_tempfile_flush(dedup->rows, err);
    if (status == TM_OK)
        status = tm_exact_decide(dedup->exact, err);
    if (status == TM_OK)
        status = tm_tempreader_open(&reader, dedup->rows, 0, tm_tempfile_size(dedup->rows),
                                    READ_BYTES, err);
    if (status != TM_OK)
        return status;
    enum tm_status more = tm_exact_next(dedup->exact, &decision, err);
    for (uint64_t number = 0; status == TM_OK && number < dedup->n; number++) {
        const char *p;
        uint64_t length = 0;
        status = tm_tempreader_take(&reader, sizeof length, &p, err);
        if (status == TM_OK)
            memcpy(&length, p, sizeof length);
        if (status == TM_OK)
            status = tm_tempreader_take(&reader, (size_t)length, &p, err);
        bool here = more == TM_OK && decision.document == number;
        if (status == TM_OK && (!here || decision.dup_of.p == NULL))
            (void)fwrite(p, 1, (size_t)length, stdout);
        if (here)
            more = tm_exact_next(dedup->exact, &decision, err);
        if (more < TM_OK)
            status = more;
    }
    tm_tempreader_close(&reader);
    return status == TM_END ? TM_OK : status;
}

static int run(struct cli *cli)
{
    const char *memory = cli_value(cli, "memory");
    uint64_t budget = memory == NULL ? (uint64_t)256 << 20 : cli_bytes(memory);
    if (budget == 0)
        return cli_usage(cli, "--memory %s: not a size such as 64M", memory);
    struct dedup dedup = {.field = cli_value(cli, "field"),
                          .name = cli->n_operands == 0 ? "-" : cli->operands[0]};
    if (dedup.field == NULL)
        dedup.field = "text";
    dedup.file = cli_open(cli);
    if (dedup.file == NULL)
        return EXIT_INPUT;
    const char *temp = getenv("TMPDIR");
    if (temp == NULL || temp[0] == '\0')
        temp = "/tmp";
    struct tm_err err = {0};
    enum tm_status status = tm_tempfile_create(temp, &dedup.rows, &err);
    if (status == TM_OK)
        status = tm_exact_create(temp, (size_t)budget, &dedup.exact, &err);
    if (status == TM_OK) {
        int first = getc(dedup.file);
        (void)ungetc(first, dedup.file);
        status = first == '{' ? index_objects(&dedup, &err) : index_lines(&dedup, &err);
    }
    bool unread = status == TM_OK && cli_unread(cli, dedup.file);
    if (status == TM_OK && !unread)
        status = print_kept(&dedup, &err);
    if (dedup.file != stdin)
        (void)fclose(dedup.file);
    tm_exact_destroy(dedup.exact);
    tm_tempfile_destroy(dedup.rows);
    tm_buf_finish(&dedup.scratch);
    if (status != TM_OK)
        return cli_fail(cli, &err);
    return cli_finish(cli, unread ? EXIT_INPUT : EXIT_DONE);
}

const struct cli_command cli_dedup = {
    .name = "dedup",
    .operands = "[FILE]",
    .summary = "Drop lines (or JSON objects) whose normal form came before",
    .details = "\nAn input that begins with { is read as JSON objects. Case, punctuation and\n"
               "spacing do not count. What stays comes out unchanged and in order.",
    .example = "  tolmach dedup posts.jsonl > unique.jsonl",
    .options = options,
    .most = 1,
    .run = run,
};
