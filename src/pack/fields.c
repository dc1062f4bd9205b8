/* SPDX-License-Identifier: Apache-2.0 */
#include "pack/fields.h"

#include <stddef.h>

#include <tolmach/quality.h>

const struct tm_field tm_record_fields[] = {
    {"id", TM_FIELD_TEXT, false, "`doc_id`-`seg`: the place, stable when rules change", NULL},
    {"text", TM_FIELD_TEXT, false, "paragraphs, one a line", NULL},
    {"lang", TM_FIELD_TEXT, false, "`ru`, `en` (or `other`, where it is kept)", NULL},
    {"lang_score", TM_FIELD_SHARE, false, "probability that `lang` is right, 0 to 1", NULL},
    {"doc_id", TM_FIELD_TEXT, false, "the post or page", NULL},
    {"seg", TM_FIELD_COUNT, false, "number of the segment in the document, from 0", NULL},
    {"n_segs", TM_FIELD_COUNT, false, "segments of the document", NULL},
    {"channel", TM_FIELD_TEXT, true, "title as last seen", NULL},
    {"forwarded_from", TM_FIELD_TEXT, true, "as the source gives it", NULL},
    {"author", TM_FIELD_TEXT, true, "as the source gives it", NULL},
    {"date", TM_FIELD_TIME, true, "RFC 3339, UTC", NULL},
    {"url", TM_FIELD_URL, true, "as the source gives it", NULL},
    {"hashtags", TM_FIELD_TEXTS, false, "of the whole document, without #", NULL},
    {"n_chars", TM_FIELD_COUNT, false, "code points of `text`", NULL},
    {"n_words", TM_FIELD_COUNT, false, "runs of letters and digits in `text`", NULL},
    {"quality", TM_FIELD_OBJECT, false, "signals of `text`, see below", tm_quality_fields},
    {"extra", TM_FIELD_TEXT, true, "JSON text of the fields that the recipe passes through", NULL},
    {"lang_spans", TM_FIELD_OBJECTS, false,
     "of whole documents only (`unit: document`): the stretches of one language", tm_span_fields},
    {.name = NULL},
};

const struct tm_field tm_quality_fields[] = {
    {"ad", TM_FIELD_FLAG, false, "the post carried an advertising label", NULL},
    {"kept", TM_FIELD_SHARE, false, "share of the raw bytes of the post that stayed", NULL},
#define SIGNAL(name, kind, text) {#name, TM_FIELD_##kind, false, text, NULL},
    TM_SIGNALS(SIGNAL)
#undef SIGNAL
    {.name = NULL},
};

const struct tm_field tm_span_fields[] = {
    {"start", TM_FIELD_COUNT, false, "first character of `text`, from 0", NULL},
    {"end", TM_FIELD_COUNT, false, "character behind the last one", NULL},
    {"lang", TM_FIELD_TEXT, false, "`ru`, `en`, `other` or `und`", NULL},
    {.name = NULL},
};

const struct tm_field tm_provenance_fields[] = {
    {"id", TM_FIELD_TEXT, false, "of the record", NULL},
    {"source_file", TM_FIELD_TEXT, true, "relative path, `archive!member`", NULL},
    {"source_offset", TM_FIELD_COUNT, false,
     "first byte of the message in the file as it lies there", NULL},
    {"source_length", TM_FIELD_COUNT, false, "bytes of the message there", NULL},
    {"n_dups", TM_FIELD_COUNT, false, "copies that went for this record", NULL},
    {"cluster_id", TM_FIELD_TEXT, true,
     "id of the record that stands for a group of duplicates", NULL},
    {"n_versions", TM_FIELD_COUNT, false, "versions of the message that the inputs held", NULL},
    {"reply_to", TM_FIELD_TEXT, true, "the message that it answers", NULL},
    {"views", TM_FIELD_SIGNED, true, "as the source gives them", NULL},
    {"edited", TM_FIELD_TIME, true, "RFC 3339, UTC", NULL},
    {"media", TM_FIELD_TEXT, true, "kind of what was attached", NULL},
    {"urls", TM_FIELD_URLS, false, "links of the document", NULL},
    {.name = NULL},
};

const struct tm_field tm_reject_fields[] = {
    {"id", TM_FIELD_TEXT, false,
     "of the segment, or of the document when it went as a whole", NULL},
    {"reason", TM_FIELD_TEXT, false, "see the reasons below", NULL},
    {"dup_of", TM_FIELD_TEXT, true, "the record that stays for it", NULL},
    {"similarity", TM_FIELD_SHARE, true, "to that record, 0 to 1", NULL},
    {"channel", TM_FIELD_TEXT, true, "as in a record", NULL},
    {"forwarded_from", TM_FIELD_TEXT, true, "as in a record", NULL},
    {"date", TM_FIELD_TIME, true, "as in a record", NULL},
    {"lang", TM_FIELD_TEXT, true, "as in a record", NULL},
    {"lang_score", TM_FIELD_SHARE, true, "as in a record", NULL},
    {"text", TM_FIELD_TEXT, true, "clean text, personal data masked", NULL},
    {.name = NULL},
};

const char *tm_field_type_text(const struct tm_field *field)
{
    switch (field->type) {
    case TM_FIELD_TEXT:
    case TM_FIELD_TIME:
    case TM_FIELD_URL: return field->maybe ? "string or null" : "string";
    case TM_FIELD_COUNT:
    case TM_FIELD_SIGNED: return field->maybe ? "integer or null" : "integer";
    case TM_FIELD_SHARE:
    case TM_FIELD_NUMBER: return field->maybe ? "number or null" : "number";
    case TM_FIELD_FLAG: return "boolean";
    case TM_FIELD_TEXTS:
    case TM_FIELD_URLS: return "list of strings";
    case TM_FIELD_OBJECT: return "object";
    case TM_FIELD_OBJECTS: break;
    }
    return "list of objects";
}
