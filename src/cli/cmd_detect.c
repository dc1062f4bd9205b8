/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>

#include "base/json_write.h"
#include "cli/filter.h"

static const struct cli_option options[] = {
    {"segments", 0, NULL, "split lines that mix languages"},
    CLI_COMMON_OPTIONS,
};

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

static int run(struct cli *cli)
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
        if (buf.n > FILTER_BYTES)
            good = filter_write(&buf) && good;
    }
    good = filter_write(&buf) && good;
    bool unread = cli_unread(cli, file);
    free(line);
    tm_buf_finish(&buf);
    tm_arena_destroy(arena);
    if (file != stdin)
        (void)fclose(file);
    return unread ? EXIT_INPUT : cli_finish(cli, good ? EXIT_DONE : EXIT_INTERNAL);
}

const struct cli_command cli_detect = {
    .name = "detect",
    .operands = "[FILE]",
    .summary = "Label each line: language, probability, line",
    .details = "The languages are ru, en, other (any other language, romanised Russian,\n"
               "program code) and und (no letters). The number is the probability of the\n"
               "label, calibrated. Like `fasttext predict` it answers every line in order.",
    .example = "  tolmach detect < lines.txt | cut -f1 | sort | uniq -c\n"
               "  tolmach detect lines.txt | sed 's/\\t.*//; s/^/__label__/' # as fasttext",
    .options = options,
    .most = 1,
    .run = run,
};
