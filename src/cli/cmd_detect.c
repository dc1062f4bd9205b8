/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>

#include "base/json_write.h"
#include "cli/filter.h"

static const struct cli_option options[] = {
    {"code", 0, NULL, "for other in Cyrillic letters the likeliest ISO code"},
    {"segments", 0, NULL, "split lines that mix languages"},
    CLI_COMMON_OPTIONS,
};

struct answers {
    struct tm_buf buf;
    bool segments;
    bool code;
};

static const char *name_of(enum tm_lang lang, struct tm_str text, bool code)
{
    const char *likely = code && lang == TM_LANG_OTHER ? tm_lang_code(text.p, text.n) : NULL;
    return likely != NULL ? likely : tm_lang_name(lang);
}

static void put_verdict(struct answers *to, enum tm_lang lang, unsigned score, struct tm_str text)
{
    struct tm_buf *buf = &to->buf;
    tm_buf_text(buf, name_of(lang, text, to->code));
    tm_buf_byte(buf, '\t');
    tm_json_put_score(buf, score);
    tm_buf_byte(buf, '\t');
    tm_buf_str(buf, text);
    tm_buf_byte(buf, '\n');
}

static bool detect_line(struct tm_str line, struct tm_arena *arena, struct answers *to)
{
    struct tm_segment *spans = NULL;
    size_t n = 0;
    tm_arena_reset(arena);
    if (to->segments && tm_lang_spans(line.p, line.n, arena, &spans, &n) != TM_OK)
        return false;
    for (size_t i = 0; i < n; i++)
        put_verdict(to, spans[i].lang, spans[i].score,
                    (struct tm_str){line.p + spans[i].offset, spans[i].length});
    if (n == 0) {
        struct tm_lang_result result;
        tm_lang_detect(line.p, line.n, &result);
        put_verdict(to, result.lang, result.score, line);
    }
    return true;
}

static int run(struct cli *cli)
{
    FILE *file = cli_open(cli);
    if (file == NULL)
        return EXIT_INPUT;
    struct answers to = {.segments = cli_value(cli, "segments") != NULL,
                         .code = cli_value(cli, "code") != NULL};
    struct tm_arena *arena = tm_arena_create();
    char *line = NULL;
    size_t capacity = 0;
    ssize_t n;
    bool good = arena != NULL;
    while (good && (n = getline(&line, &capacity, file)) >= 0) {
        struct tm_str text = {line, (size_t)n};
        while (text.n != 0 && (text.p[text.n - 1] == '\n' || text.p[text.n - 1] == '\r'))
            text.n--;
        good = detect_line(text, arena, &to);
        if (to.buf.n > FILTER_BYTES)
            good = filter_write(&to.buf) && good;
    }
    good = filter_write(&to.buf) && good;
    bool unread = cli_unread(cli, file);
    free(line);
    tm_buf_finish(&to.buf);
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
               "label, calibrated. Like `fasttext predict` it answers every line in order.\n"
               "--code names be, uk, bg, sr, mk, kk, ky, tg, mn, tt or ba where the letters\n"
               "are Cyrillic, by the letters alone: a guess.",
    .example = "  tolmach detect < lines.txt | cut -f1 | sort | uniq -c\n"
               "  tolmach detect lines.txt | sed 's/\\t.*//; s/^/__label__/' # as fasttext",
    .options = options,
    .most = 1,
    .run = run,
};
