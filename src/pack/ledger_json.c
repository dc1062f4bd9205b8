/* SPDX-License-Identifier: Apache-2.0 */
#include "pack/ledger_json.h"

#include <stddef.h>

#define COLUMN(name) {#name, offsetof(struct tm_ledger, name), false}

const struct tm_ledger_column tm_ledger_columns[] = {
    COLUMN(input), {"recode", offsetof(struct tm_ledger, recode), true}, COLUMN(markup), COLUMN(metadata), COLUMN(body), COLUMN(skipped),
    COLUMN(broken), {"decode", offsetof(struct tm_ledger, decode), true}, COLUMN(raw),
    COLUMN(superseded), COLUMN(forgotten), COLUMN(text), COLUMN(separators), COLUMN(skipped_documents),
    COLUMN(broken_documents), {NULL, 0, false},
};

static void put_columns(struct tm_pretty *json, const struct tm_ledger *ledger)
{
    for (const struct tm_ledger_column *c = tm_ledger_columns; c->name != NULL; c++) {
        const char *at = (const char *)ledger + c->offset;
        if (c->is_signed)
            tm_pretty_i64(json, c->name, *(const int64_t *)(const void *)at);
        else
            tm_pretty_u64(json, c->name, *(const uint64_t *)(const void *)at);
    }
}

static void put_rules(struct tm_pretty *json, const struct tm_ledger *ledger)
{
    tm_pretty_open(json, "rules", '{');
    for (int i = 0; i < TM_RULE_COUNT; i++) {
        const struct tm_rule_sum *sum = &ledger->rules[i];
        tm_pretty_key(json, tm_rule_name((enum tm_rule)i));
        tm_buf_text(json->buf, "{\"edits\": ");
        tm_buf_u64(json->buf, sum->edits);
        tm_buf_text(json->buf, ", \"removed\": ");
        tm_buf_u64(json->buf, sum->removed);
        tm_buf_text(json->buf, ", \"delta\": ");
        tm_json_put_i64(json->buf, sum->delta);
        tm_buf_byte(json->buf, '}');
    }
    tm_pretty_close(json, '{');
}

static void put_reasons(struct tm_pretty *json, const char *key, const uint64_t *values)
{
    tm_pretty_open(json, key, '{');
    for (int i = 0; i < TM_REASON_COUNT; i++)
        tm_pretty_u64(json, tm_reason_name((enum tm_reason)i), values[i]);
    tm_pretty_close(json, '{');
}

void tm_ledger_put(struct tm_pretty *json, const char *key, const struct tm_ledger *ledger)
{
    tm_pretty_open(json, key, '{');
    put_columns(json, ledger);
    put_rules(json, ledger);
    put_reasons(json, "bytes", ledger->bytes);
    put_reasons(json, "segments", ledger->segments);
    put_reasons(json, "documents", ledger->documents);
    tm_pretty_close(json, '{');
}
