/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>

#include "base/str.h"
#include "cli/filter.h"

static const struct cli_option options[] = {
    {"flat", 0, NULL, "no empty lines between paragraphs"},
    CLI_COMMON_OPTIONS,
};

/* Puts the sentences of a line, one a line; returns whether it had any. */
static bool split_line(struct tm_str line, bool apart, struct tm_buf *buf)
{
    struct tm_sentences walk;
    size_t offset, length;
    bool any = false;
    tm_sentences_begin(&walk, line.p, line.n, NULL, 0);
    while (tm_sentences_next(&walk, &offset, &length)) {
        if (!any && apart)
            tm_buf_byte(buf, '\n');
        any = true;
        tm_buf_str(buf, (struct tm_str){line.p + offset, length});
        tm_buf_byte(buf, '\n');
    }
    return any;
}

static int run(struct cli *cli)
{
    FILE *file = cli_open(cli);
    if (file == NULL)
        return EXIT_INPUT;
    bool flat = cli_value(cli, "flat") != NULL;
    bool apart = false; /* the line before had sentences */
    struct tm_buf buf = {0};
    char *line = NULL;
    size_t capacity = 0;
    ssize_t n;
    bool good = true;
    while (good && (n = getline(&line, &capacity, file)) >= 0) {
        bool any = split_line((struct tm_str){line, (size_t)n}, apart, &buf);
        if (!any && !flat)
            tm_buf_byte(&buf, '\n');
        apart = any && !flat;
        if (buf.n > FILTER_BYTES)
            good = filter_write(&buf);
    }
    good = filter_write(&buf) && good;
    bool unread = cli_unread(cli, file);
    free(line);
    tm_buf_finish(&buf);
    if (file != stdin)
        (void)fclose(file);
    return unread ? EXIT_INPUT : cli_finish(cli, good ? EXIT_DONE : EXIT_INTERNAL);
}

const struct cli_command cli_split = {
    .name = "split",
    .operands = "[FILE]",
    .summary = "Split text into sentences, one a line",
    .details = "Each line of the input is a paragraph. An empty line parts the sentences of two\n"
               "paragraphs; the empty lines of the input stay.",
    .example = "  tolmach clean dump.json | tolmach split | less",
    .options = options,
    .most = 1,
    .run = run,
};
