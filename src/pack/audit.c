/* SPDX-License-Identifier: Apache-2.0 */
/* The audit row of a document: its two balances, and the text that the rules cut. */
#include <tolmach/clean.h>

#include "base/json_write.h"
#include "base/scan.h"
#include "base/utf8.h"
#include "clean/mask.h"
#include "core/ledger.h"
#include "pack/record.h"

/* Whitespace says nothing when shown, and personal data must not be. */
static bool is_shown(unsigned rule)
{
    return rule != TM_RULE_BLANK && rule != TM_RULE_NEWLINE && rule != TM_RULE_SPACE &&
           !(rule >= TM_RULE_PII_EMAIL && rule <= TM_RULE_PII_IP);
}

static void put_reading(struct tm_buf *buf, const struct tm_reading *reading)
{
    tm_buf_text(buf, ",\"reading\":{\"markup\":");
    tm_buf_u64(buf, reading->markup);
    tm_buf_text(buf, ",\"metadata\":");
    tm_buf_u64(buf, reading->metadata);
    tm_buf_text(buf, ",\"body\":");
    tm_buf_u64(buf, reading->body);
    tm_buf_text(buf, ",\"decode\":");
    tm_json_put_i64(buf, reading->decode);
    tm_buf_text(buf, ",\"recode\":");
    tm_json_put_i64(buf, reading->recode);
    tm_buf_byte(buf, '}');
}

static void put_rules(struct tm_buf *buf, const struct tm_doc *doc)
{
    struct tm_rule_sum sums[TM_RULE_COUNT] = {{0}};
    for (size_t i = 0; i < doc->n_edits; i++) {
        const struct tm_edit *e = &doc->edits[i];
        struct tm_rule_sum *sum = &sums[e->rule];
        sum->edits++;
        sum->delta += e->added;
        if (e->cut)
            sum->removed += e->removed;
        else
            sum->delta -= e->removed;
    }
    tm_buf_text(buf, ",\"rules\":{");
    bool first = true;
    for (int i = 0; i < TM_RULE_COUNT; i++) {
        if (sums[i].edits == 0)
            continue;
        tm_buf_text(buf, first ? "\"" : ",\"");
        first = false;
        tm_buf_text(buf, tm_rule_name((enum tm_rule)i));
        tm_buf_text(buf, "\":[");
        tm_buf_u64(buf, sums[i].edits);
        tm_buf_byte(buf, ',');
        tm_buf_u64(buf, sums[i].removed);
        tm_buf_byte(buf, ',');
        tm_json_put_i64(buf, sums[i].delta);
        tm_buf_byte(buf, ']');
    }
    tm_buf_byte(buf, '}');
}

static void put_segments(struct tm_buf *buf, const struct tm_doc *doc,
                         const enum tm_reason *reasons)
{
    uint64_t inside = 0;
    for (size_t i = 0; i < doc->n_segments; i++)
        inside += doc->segments[i].length;
    tm_buf_text(buf, ",\"separators\":");
    tm_buf_u64(buf, tm_reason_is_uncleaned(doc->drop) ? 0 : doc->text.n - inside);
    tm_buf_text(buf, ",\"segments\":[");
    for (size_t i = 0; i < doc->n_segments; i++) {
        tm_buf_text(buf, i == 0 ? "[\"" : ",[\"");
        tm_buf_text(buf, tm_record_lang(doc->segments[i].lang));
        tm_buf_text(buf, "\",");
        tm_buf_u64(buf, doc->segments[i].length);
        tm_buf_text(buf, ",\"");
        tm_buf_text(buf, reasons[i] == TM_KEPT ? "kept" : tm_reason_name(reasons[i]));
        tm_buf_text(buf, "\"]");
    }
    tm_buf_byte(buf, ']');
}

/* Masks first and shortens then: half a number would not be known as one. */
static void put_removed_text(struct tm_buf *buf, struct tm_str raw, struct tm_buf *scratch)
{
    scratch->n = 0;
    tm_mask_personal(raw, scratch);
    struct tm_str shown = tm_buf_view(scratch);
    shown.n = tm_scan_utf8(shown.p, shown.n);
    if (shown.n > TM_AUDIT_REMOVED_BYTES) {
        shown.n = tm_utf8_back(shown.p, TM_AUDIT_REMOVED_BYTES + 1);
        scratch->n = shown.n;
        tm_buf_text(scratch, "\xE2\x80\xA6");       /* an ellipsis */
        shown = tm_buf_view(scratch);
    }
    tm_json_put_str(buf, shown);
    buf->failed |= scratch->failed;
}

/* Where the cut text stood in the raw text. Its end is looked for from its last byte, since what an
 * earlier rule cut right behind it is not part of it. */
static struct tm_str cut_text(const struct tm_doc *doc, size_t index)
{
    const struct tm_edit *e = &doc->edits[index];
    if (e->removed == 0)
        return TM_STR_UNKNOWN;
    size_t from = tm_edit_raw_offset(doc, index, e->at);
    size_t to = tm_edit_raw_offset(doc, index, (size_t)e->at + e->removed - 1) + 1;
    while (to < doc->raw.n && ((unsigned char)doc->raw.p[to] & 0xC0) == 0x80)
        to++;
    if (from >= to || to > doc->raw.n)
        return TM_STR_UNKNOWN;      /* all of it had been put in by an earlier rule */
    return (struct tm_str){doc->raw.p + from, to - from};
}

void tm_audit_cut(struct tm_buf *buf, const struct tm_doc *doc)
{
    if (doc->done) {
        tm_buf_str(buf, doc->cut);
        return;
    }
    tm_buf_byte(buf, '[');
    struct tm_buf scratch = {0};
    size_t n = 0;
    for (size_t i = 0; i < doc->n_edits && n < TM_AUDIT_REMOVED; i++) {
        const struct tm_edit *e = &doc->edits[i];
        if (!e->cut || !is_shown(e->rule))
            continue;
        struct tm_str text = cut_text(doc, i);
        if (text.n == 0)
            continue;
        tm_buf_text(buf, n++ == 0 ? "[\"" : ",[\"");
        tm_buf_text(buf, tm_rule_name((enum tm_rule)e->rule));
        tm_buf_text(buf, "\",");
        put_removed_text(buf, text, &scratch);
        tm_buf_byte(buf, ']');
    }
    tm_buf_byte(buf, ']');
    tm_buf_finish(&scratch);
}

void tm_audit_document_write(struct tm_buf *buf, const struct tm_doc *doc,
                             const enum tm_reason *reasons)
{
    tm_buf_text(buf, "{\"doc_id\":");
    tm_json_put_str(buf, doc->doc_id);
    tm_buf_text(buf, ",\"source\":");
    tm_json_put_str(buf, doc->source_key);
    tm_buf_text(buf, ",\"author\":");
    tm_json_put_str(buf, doc->drop == TM_REASON_FORGOTTEN ? TM_STR_UNKNOWN : doc->author);
    tm_buf_text(buf, ",\"source_file\":");
    tm_json_put_str(buf, doc->source_file);
    tm_buf_text(buf, ",\"source_offset\":");
    tm_buf_u64(buf, doc->source_offset);
    tm_buf_text(buf, ",\"source_length\":");
    tm_buf_u64(buf, doc->source_length);
    put_reading(buf, &doc->reading);
    tm_buf_text(buf, ",\"raw\":");
    tm_buf_u64(buf, doc->raw_length);
    tm_buf_text(buf, ",\"text\":");
    tm_buf_u64(buf, tm_reason_is_uncleaned(doc->drop) ? 0 : doc->text.n);
    tm_buf_text(buf, ",\"drop\":");
    tm_json_put_str(buf, doc->drop == TM_KEPT ? TM_STR_UNKNOWN
                                              : tm_str_of(tm_reason_name(doc->drop)));
    put_rules(buf, doc);
    put_segments(buf, doc, reasons);
    tm_buf_text(buf, ",\"removed\":");
    tm_audit_cut(buf, doc);
    tm_buf_add(buf, "}\n", 2);
}
