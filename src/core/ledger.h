/* SPDX-License-Identifier: Apache-2.0 */
/* ledger.h - the balance of what was read, removed and kept; nothing vanishes. The sums stand in
 * <tolmach/ledger.h>. */
#ifndef TM_CORE_LEDGER_H
#define TM_CORE_LEDGER_H

#include <tolmach/document.h>
#include <tolmach/ledger.h>

struct tm_rule_sum {
    uint64_t edits;
    uint64_t removed;           /* bytes of text that was cut */
    int64_t delta;              /* bytes by which rewriting and what was put in changed the length */
};

struct tm_ledger {
    uint64_t input;
    int64_t recode;             /* input + recode = the five below */
    uint64_t markup;
    uint64_t metadata;
    uint64_t body;
    uint64_t skipped;
    uint64_t broken;
    int64_t decode;
    uint64_t raw;
    uint64_t superseded;        /* raw text of documents of which another version stays */
    uint64_t forgotten;         /* raw text of documents whose removal was asked for */
    struct tm_rule_sum rules[TM_RULE_COUNT];
    uint64_t text;
    uint64_t separators;        /* newlines between segments */
    uint64_t bytes[TM_REASON_COUNT];        /* of segments, by what became of them */
    uint64_t segments[TM_REASON_COUNT];
    uint64_t documents[TM_REASON_COUNT];    /* empty, superseded, forgotten; kept: all others */
    uint64_t skipped_documents;
    uint64_t broken_documents;
};

/* Adds the reader's side of one input. */
void tm_ledger_add_input(struct tm_ledger *ledger, const struct tm_input_report *report);

/* Adds the cleaner's side of one document, after cleaning and segmentation; its segments' outcome
 * is added by tm_ledger_add_segment. */
void tm_ledger_add_document(struct tm_ledger *ledger, const struct tm_doc *doc);
void tm_ledger_add_segment(struct tm_ledger *ledger, enum tm_reason reason, uint64_t bytes);

/* Adds all of `other`. */
void tm_ledger_add(struct tm_ledger *ledger, const struct tm_ledger *other);

/* TM_OK, or TM_ERR_INTERNAL with the balance that does not hold. */
enum tm_status tm_ledger_check(const struct tm_ledger *ledger, struct tm_err *err);

#endif
