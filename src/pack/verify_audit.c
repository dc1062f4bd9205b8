/* SPDX-License-Identifier: Apache-2.0 */
/* The audit folder: the two balances of each document, and their totals against the ledger. */
#include <inttypes.h>
#include <stdio.h>

#include "pack/check.h"
#include "pack/folder.h"
#include "pack/ledger_json.h"
#include "pack/verifying.h"

#define DOCUMENTS "documents.jsonl.zst"
#define REJECTS "rejects.jsonl.zst"
#define PREFIX "audit/"

static const char *const keys[] = {"doc_id", "source", "author", "source_file", "source_offset",
                                   "source_length", "reading", "raw", "text", "drop", "rules", "separators",
                                   "segments", "removed"};

static bool reason_of(struct tm_str name, enum tm_reason *ret_reason)
{
    for (int i = 0; i < TM_REASON_COUNT; i++) {
        if (tm_str_is(name, tm_reason_name((enum tm_reason)i))) {
            *ret_reason = (enum tm_reason)i;
            return true;
        }
    }
    return false;
}

static bool has_keys(const struct tm_value *row)
{
    const struct tm_value *v = row->first;
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++, v = v->next)
        if (v == NULL || !tm_str_is(v->key, keys[i]))
            return false;
    return v == NULL;
}

/* [edits, removed, delta] of each rule, added to *ledger; sums of this document in *ret_…. */
static bool take_rules(const struct tm_value *rules, struct tm_ledger *ledger,
                       uint64_t *ret_removed, uint64_t *ret_delta)
{
    if (rules == NULL || rules->kind != TM_KIND_OBJECT)
        return false;
    for (const struct tm_value *v = rules->first; v != NULL; v = v->next) {
        int rule = 0;
        struct tm_rule_sum sum;
        while (rule < TM_RULE_COUNT && !tm_str_is(v->key, tm_rule_name((enum tm_rule)rule)))
            rule++;
        if (rule == TM_RULE_COUNT || v->kind != TM_KIND_ARRAY || v->n != 3 ||
            !tm_value_u64(v->first, &sum.edits) || !tm_value_u64(v->first->next, &sum.removed) ||
            !tm_value_i64(v->first->next->next, &sum.delta))
            return false;
        ledger->rules[rule].edits += sum.edits;
        ledger->rules[rule].removed += sum.removed;
        ledger->rules[rule].delta += sum.delta;
        *ret_removed += sum.removed;
        *ret_delta += (uint64_t)sum.delta;
    }
    return true;
}

static bool take_segments(const struct tm_value *segments, struct tm_ledger *ledger,
                          uint64_t *ret_bytes)
{
    if (segments == NULL || segments->kind != TM_KIND_ARRAY)
        return false;
    for (const struct tm_value *v = segments->first; v != NULL; v = v->next) {
        uint64_t bytes;
        enum tm_reason reason;
        if (v->kind != TM_KIND_ARRAY || v->n != 3 || !tm_value_u64(v->first->next, &bytes) ||
            !reason_of(tm_value_text(v->first->next->next), &reason))
            return false;
        tm_ledger_add_segment(ledger, reason, bytes);
        *ret_bytes += bytes;
    }
    return true;
}

struct reading {
    uint64_t markup;
    uint64_t metadata;
    uint64_t body;
    int64_t decode;
    int64_t recode;
};

static bool take_reading(const struct tm_value *value, struct reading *ret)
{
    return tm_value_u64(tm_value_get(value, "markup"), &ret->markup) &&
           tm_value_u64(tm_value_get(value, "metadata"), &ret->metadata) &&
           tm_value_u64(tm_value_get(value, "body"), &ret->body) &&
           tm_value_i64(tm_value_get(value, "decode"), &ret->decode) &&
           tm_value_i64(tm_value_get(value, "recode"), &ret->recode);
}

/* NULL, or what is wrong with the row; its numbers go to *ledger. Signed sums are taken modulo
 * 2^64, where they are exact. */
static const char *check_document(const struct tm_value *row, struct tm_ledger *ledger)
{
    struct reading reading;
    uint64_t length;
    uint64_t raw;
    uint64_t text;
    uint64_t separators;
    uint64_t removed = 0;
    uint64_t delta = 0;
    uint64_t inside = 0;
    enum tm_reason drop = TM_KEPT;
    const struct tm_value *reason = tm_value_get(row, "drop");
    if (!has_keys(row) || !take_reading(tm_value_get(row, "reading"), &reading) ||
        !tm_value_u64(tm_value_get(row, "source_length"), &length) ||
        !tm_value_u64(tm_value_get(row, "raw"), &raw) ||
        !tm_value_u64(tm_value_get(row, "text"), &text) ||
        !tm_value_u64(tm_value_get(row, "separators"), &separators) ||
        (reason->kind != TM_KIND_NULL && !reason_of(tm_value_text(reason), &drop)) ||
        !take_rules(tm_value_get(row, "rules"), ledger, &removed, &delta) ||
        !take_segments(tm_value_get(row, "segments"), ledger, &inside))
        return "not the keys and values that a row must have";
    bool uncleaned = tm_reason_is_uncleaned(drop);
    ledger->documents[drop]++;
    ledger->body += reading.body;
    ledger->decode += reading.decode;
    ledger->raw += raw;
    ledger->superseded += drop == TM_REASON_SUPERSEDED ? raw : 0;
    ledger->forgotten += drop == TM_REASON_FORGOTTEN ? raw : 0;
    ledger->text += text;
    ledger->separators += separators;
    if (reading.markup + reading.metadata + reading.body != length + (uint64_t)reading.recode)
        return "markup, metadata and body are not the source bytes";
    if (raw != reading.body + (uint64_t)reading.decode)
        return "body and decoding do not give the raw text";
    if (raw + delta != removed + text + (uncleaned ? raw : 0))
        return "raw text and rewriting are not what was removed and what is left";
    if (text != separators + inside)
        return "segments and separators are not the text";
    return NULL;
}

static void compare(struct tm_verifier *v, const char *what, uint64_t found, uint64_t stated)
{
    if (found != stated)
        tm_verify_fault(v, PREFIX DOCUMENTS, TM_NO_OFFSET,
                        "%s: the documents give %" PRIu64 ", the ledger of the manifest %" PRIu64,
                        what, found, stated);
}

static void compare_totals(struct tm_verifier *v, const struct tm_ledger *found)
{
    const struct tm_ledger *stated = &v->opened->ledger;
    compare(v, "body", found->body, stated->body);
    compare(v, "decode", (uint64_t)found->decode, (uint64_t)stated->decode);
    compare(v, "raw", found->raw, stated->raw);
    compare(v, "superseded", found->superseded, stated->superseded);
    compare(v, "forgotten", found->forgotten, stated->forgotten);
    compare(v, "text", found->text, stated->text);
    compare(v, "separators", found->separators, stated->separators);
    for (int i = 0; i < TM_RULE_COUNT; i++) {
        const char *name = tm_rule_name((enum tm_rule)i);
        compare(v, name, found->rules[i].edits, stated->rules[i].edits);
        compare(v, name, found->rules[i].removed, stated->rules[i].removed);
        compare(v, name, (uint64_t)found->rules[i].delta, (uint64_t)stated->rules[i].delta);
    }
    for (int i = 0; i < TM_REASON_COUNT; i++) {
        const char *name = tm_reason_name((enum tm_reason)i);
        compare(v, name, found->bytes[i], stated->bytes[i]);
        compare(v, name, found->segments[i], stated->segments[i]);
        compare(v, name, found->documents[i], stated->documents[i]);
    }
}

/* Walks one file of the folder, if it is there: no rows, no file. */
static enum tm_status walk(struct tm_verifier *v, const char *name, struct tm_ledger *ledger,
                           struct tm_err *err)
{
    char path[TM_PACK_PATH];
    char shown[64];
    struct tm_rows rows;
    struct tm_err what = {0};
    const struct tm_value *row;
    uint64_t offset;
    (void)snprintf(shown, sizeof shown, PREFIX "%s", name);
    if (!tm_path_join(path, v->opened->audit_dir, name) || !tm_path_exists(path))
        return TM_OK;
    enum tm_status status = tm_rows_open(&rows, v->opened->audit_dir, name, NULL, &what);
    bool is_open = status == TM_OK;
    while (status == TM_OK && (status = tm_rows_next(&rows, &row, &offset, &what)) == TM_OK) {
        const char *fault = ledger != NULL ? check_document(row, ledger) : tm_check_reject(row);
        if (fault != NULL)
            tm_verify_fault(v, shown, offset, "content: %s", fault);
        else if (ledger == NULL)
            status = tm_verify_spread_reject(v, row, &what);
    }
    if (is_open)
        tm_rows_close(&rows);
    if (status == TM_END)
        return TM_OK;
    v->broken = true;
    (void)snprintf(what.file, sizeof what.file, "%s", shown);
    return tm_verify_absorb(v, status, &what, err);
}

enum tm_status tm_verify_audit(struct tm_verifier *v, struct tm_err *err)
{
    struct tm_ledger found = {0};
    struct tm_sums files = {0};
    enum tm_status status = tm_verify_files(v, v->opened->audit_dir, PREFIX, &files, err);
    tm_sums_finish(&files);
    v->broken = false;
    if (status == TM_OK)
        status = walk(v, DOCUMENTS, &found, err);
    if (status == TM_OK && !v->broken)
        compare_totals(v, &found);
    if (status == TM_OK)
        status = walk(v, REJECTS, NULL, err);
    v->result.audited = status == TM_OK;
    return status;
}
