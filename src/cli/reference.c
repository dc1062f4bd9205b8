/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/reference.h"

#include <string.h>

#include <tolmach/ledger.h>

#include "build/recipe.h"
#include "cli/cli.h"
#include "pack/fields.h"

const struct cli_note cli_exit_codes[] = {
    {"0", "done"},
    {"1", "done, but some input could not be used, or verification failed"},
    {"2", "usage"},
    {"3", "input unreadable"},
    {"4", "output not writable"},
    {"5", "internal error"},
    {NULL, NULL},
};

const struct cli_note cli_environment[] = {
    {"TMPDIR", "temporary files of commands that write no release (default /tmp)"},
    {"SOURCE_DATE_EPOCH", "the date that a release bears, in seconds since 1970"},
    {"TOLMACH_PASSWORD", "the password of a key"},
    {"NO_COLOR", "no colours, when it is set"},
    {NULL, NULL},
};

/* Text of a cell: bars would end it, and < would begin a tag. */
static void put(const char *text)
{
    for (const char *p = text; *p != '\0'; p++) {
        if (*p == '|' || *p == '<')
            (void)fputc('\\', stdout);
        (void)fputc(*p, stdout);
    }
}

static void put_row(const char *name, const char *type, const char *text)
{
    (void)printf("| `%s` | ", name);
    if (type != NULL) {
        put(type);
        (void)fputs(" | ", stdout);
    }
    put(text);
    (void)fputs(" |\n", stdout);
}

static void put_head(const char *title, const char *text, const char *columns)
{
    (void)printf("\n## %s\n", title);
    if (text != NULL)
        (void)printf("%s\n", text);
    (void)printf("\n| %s |\n|", columns);
    for (const char *p = columns; p != NULL; p = strchr(p + 1, '|'))
        (void)fputs(" --- |", stdout);
    (void)fputs("\n", stdout);
}

/* "a|b|c" or "low|high". */
static void put_choices(const char *choices)
{
    bool number = *choices >= '0' && *choices <= '9';
    for (const char *p = choices; *p != '\0'; p++) {
        if (*p == '|')
            (void)fputs(number ? " to " : ", ", stdout);
        else
            (void)fputc(*p, stdout);
    }
}

static void put_recipe(void)
{
    struct tm_setting_info info;
    put_head("Recipe keys",
             "`inputs:` is a list of `{path:, format:, encoding:, markup:, field:, channel:, extra:, "
             "media:}` or of paths;\n[inputs](inputs.md) has them. Every other key can be given as "
             "`--set KEY=VALUE` too. A family (*on, off*) that is off\nswitches off what is below "
             "it.", "key | values | default | what it is");
    for (size_t i = 0; tm_setting_at(i, &info); i++) {
        (void)printf("| `%s` | ", info.path);
        if (info.values != NULL)
            (void)fputs(info.values, stdout);
        if (info.choices != NULL) {
            if (info.values != NULL)
                (void)fputs(" of ", stdout);
            put_choices(info.choices);
        }
        (void)printf(" | %s | ", info.standard == NULL ? "" : info.standard);
        put(info.text);
        (void)fputs(" |\n", stdout);
    }
}

static void put_fields(const char *title, const char *text, const struct tm_field *field)
{
    put_head(title, text, "key | type | meaning");
    for (; field->name != NULL; field++)
        put_row(field->name, tm_field_type_text(field), field->text);
}

static void put_notes(const char *title, const char *columns, const struct cli_note *note)
{
    put_head(title, NULL, columns);
    for (; note->name != NULL; note++)
        put_row(note->name, NULL, note->text);
}

static void put_ledger(void)
{
    put_head("Rules", "Every byte that goes from a text goes by one of these. Each can be seen at "
             "work with `tolmach clean --diff`\nand in `tolmach explain`.", "rule | what it does");
    for (int i = 0; i < TM_RULE_COUNT; i++)
        put_row(tm_rule_name((enum tm_rule)i), NULL, tm_rule_text((enum tm_rule)i));
    put_head("Reasons", "What becomes of a document or a segment.", "reason | why");
    for (int i = 0; i < TM_REASON_COUNT; i++)
        put_row(tm_reason_name((enum tm_reason)i), NULL, tm_reason_text((enum tm_reason)i));
}

static void put_command(const struct cli_command *command)
{
    (void)printf("\n### tolmach %s\n%s.\n\n```text\ntolmach %s [OPTION...] %s\n```\n\n"
                 "| option | what it does |\n| --- | --- |\n", command->name, command->summary,
                 command->name, command->operands);
    for (const struct cli_option *o = command->options; o->name != NULL; o++) {
        (void)fputs("| `", stdout);
        if (o->letter != 0)
            (void)printf("-%c, ", o->letter);
        (void)printf("--%s%s%s` | ", o->name, o->argument == NULL ? "" : " ",
                     o->argument == NULL ? "" : o->argument);
        put(o->help);
        (void)fputs(" |\n", stdout);
    }
}

void cli_reference(void)
{
    (void)fputs("# Reference\nWritten by `tolmach manual --reference` out of the tables that the "
                "program runs by; a test compares.\n", stdout);
    put_recipe();
    put_fields("Records", "Lines of `data/LANG/*.jsonl.zst`. Every key is in every row; unknown is "
               "`null`.", tm_record_fields);
    put_fields("Quality signals", "The object `quality` of a record.", tm_quality_fields);
    put_fields("Spans", "Each of `lang_spans` of a record.", tm_span_fields);
    put_fields("Provenance", "Lines of `provenance/*.jsonl.zst`, one for each record.",
               tm_provenance_fields);
    put_fields("Rejects", "Lines of `audit/VERSION/rejects.jsonl.zst`, one for each segment or "
               "document that was left out.", tm_reject_fields);
    put_ledger();
    put_notes("Exit status", "status | meaning", cli_exit_codes);
    put_notes("Environment", "variable | meaning", cli_environment);
    (void)fputs("\n## Commands\n", stdout);
    for (size_t i = 0; cli_commands[i] != NULL; i++)
        put_command(cli_commands[i]);
}
