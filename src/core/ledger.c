/* SPDX-License-Identifier: Apache-2.0 */
#include "core/ledger.h"

#include <inttypes.h>

void tm_ledger_add_input(struct tm_ledger *ledger, const struct tm_input_report *report)
{
    ledger->input += report->bytes;
    ledger->recode += report->recode;
    ledger->markup += report->markup;
    ledger->metadata += report->metadata;
    ledger->body += report->body;
    ledger->skipped += report->skipped;
    ledger->broken += report->broken;
    ledger->decode += report->decode;
    ledger->skipped_documents += report->skipped_documents;
    ledger->broken_documents += report->broken_documents;
}

void tm_ledger_add_document(struct tm_ledger *ledger, const struct tm_doc *doc)
{
    ledger->documents[doc->drop]++;
    ledger->raw += doc->raw_length;
    if (doc->drop == TM_REASON_SUPERSEDED)
        ledger->superseded += doc->raw_length;
    if (doc->drop == TM_REASON_FORGOTTEN)
        ledger->forgotten += doc->raw_length;
    if (tm_reason_is_uncleaned(doc->drop))
        return;
    ledger->text += doc->text.n;
    for (size_t i = 0; i < doc->n_edits; i++) {
        const struct tm_edit *e = &doc->edits[i];
        struct tm_rule_sum *sum = &ledger->rules[e->rule];
        sum->edits++;
        sum->delta += e->added;
        if (e->cut)
            sum->removed += e->removed;
        else
            sum->delta -= e->removed;
    }
    uint64_t inside = 0;
    for (size_t i = 0; i < doc->n_segments; i++)
        inside += doc->segments[i].length;
    ledger->separators += doc->text.n - inside;
}

void tm_ledger_add_segment(struct tm_ledger *ledger, enum tm_reason reason, uint64_t bytes)
{
    ledger->segments[reason]++;
    ledger->bytes[reason] += bytes;
}

void tm_ledger_add(struct tm_ledger *ledger, const struct tm_ledger *other)
{
    ledger->input += other->input;
    ledger->recode += other->recode;
    ledger->markup += other->markup;
    ledger->metadata += other->metadata;
    ledger->body += other->body;
    ledger->skipped += other->skipped;
    ledger->broken += other->broken;
    ledger->decode += other->decode;
    ledger->raw += other->raw;
    ledger->superseded += other->superseded;
    ledger->forgotten += other->forgotten;
    for (int i = 0; i < TM_RULE_COUNT; i++) {
        ledger->rules[i].edits += other->rules[i].edits;
        ledger->rules[i].removed += other->rules[i].removed;
        ledger->rules[i].delta += other->rules[i].delta;
    }
    ledger->text += other->text;
    ledger->separators += other->separators;
    for (int i = 0; i < TM_REASON_COUNT; i++) {
        ledger->bytes[i] += other->bytes[i];
        ledger->segments[i] += other->segments[i];
        ledger->documents[i] += other->documents[i];
    }
    ledger->skipped_documents += other->skipped_documents;
    ledger->broken_documents += other->broken_documents;
}

static enum tm_status differ(const char *what, uint64_t left, uint64_t right, struct tm_err *err)
{
    if (left == right)
        return TM_OK;
    return tm_fail(err, TM_ERR_INTERNAL, "", TM_NO_OFFSET,
                   "the ledger does not balance: %s is %" PRIu64 " against %" PRIu64, what, left,
                   right);
}

enum tm_status tm_ledger_check(const struct tm_ledger *ledger, struct tm_err *err)
{
    /* Signed sums are taken modulo 2^64, where they are exact. */
    uint64_t source = ledger->markup + ledger->metadata + ledger->body + ledger->skipped +
                      ledger->broken;
    uint64_t rewritten = ledger->raw;
    uint64_t removed = ledger->superseded + ledger->forgotten + ledger->text;
    for (int i = 0; i < TM_RULE_COUNT; i++) {
        rewritten += (uint64_t)ledger->rules[i].delta;
        removed += ledger->rules[i].removed;
    }
    uint64_t parts = ledger->separators;
    for (int i = 0; i < TM_REASON_COUNT; i++)
        parts += ledger->bytes[i];
    enum tm_status status = differ("input", ledger->input + (uint64_t)ledger->recode, source, err);
    if (status == TM_OK)
        status = differ("raw text", ledger->raw, ledger->body + (uint64_t)ledger->decode, err);
    if (status == TM_OK)
        status = differ("rewritten text", rewritten, removed, err);
    if (status == TM_OK)
        status = differ("clean text", ledger->text, parts, err);
    return status;
}
