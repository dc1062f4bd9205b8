/* SPDX-License-Identifier: Apache-2.0 */
#include "pack/fields.h"

#include <stddef.h>

#include <tolmach/quality.h>

const struct tm_field tm_record_fields[] = {
    {"id", "string", "`doc_id`-`seg`: the place, stable when rules change"},
    {"text", "string", "paragraphs, one a line"},
    {"lang", "string", "`ru`, `en` (or `other`, where it is kept)"},
    {"lang_score", "number", "probability that `lang` is right, 0 to 1"},
    {"doc_id", "string", "the post or page"},
    {"seg", "integer", "number of the segment in the document, from 0"},
    {"n_segs", "integer", "segments of the document"},
    {"channel", "string or null", "title as last seen"},
    {"forwarded_from", "string or null", "as the source gives it"},
    {"author", "string or null", "as the source gives it"},
    {"date", "string or null", "RFC 3339, UTC"},
    {"url", "string or null", "as the source gives it"},
    {"hashtags", "list of strings", "of the whole document, without #"},
    {"n_chars", "integer", "code points of `text`"},
    {"n_words", "integer", "runs of letters and digits in `text`"},
    {"quality", "object", "signals of `text`, see below"},
    {"extra", "string or null", "JSON text of the fields that the recipe passes through"},
    {NULL, NULL, NULL},
};

const struct tm_field tm_quality_fields[] = {
    {"ad", "boolean", "the post carried an advertising label"},
    {"kept", "number", "share of the raw bytes of the post that stayed"},
#define SIGNAL(name, text) {#name, "number", text},
    TM_SIGNALS(SIGNAL)
#undef SIGNAL
    {NULL, NULL, NULL},
};

const struct tm_field tm_provenance_fields[] = {
    {"id", "string", "of the record"},
    {"source_file", "string or null", "relative path, `archive!member`"},
    {"source_offset", "integer", "first byte of the message in the file as it lies there"},
    {"source_length", "integer", "bytes of the message there"},
    {"n_dups", "integer", "copies that went for this record"},
    {"cluster_id", "string or null", "id of the record that stands for a group of duplicates"},
    {"n_versions", "integer", "versions of the message that the inputs held"},
    {"reply_to", "string or null", "the message that it answers"},
    {"views", "integer or null", "as the source gives them"},
    {"edited", "string or null", "RFC 3339, UTC"},
    {"media", "string or null", "kind of what was attached"},
    {"urls", "list of strings", "links of the document"},
    {NULL, NULL, NULL},
};

const struct tm_field tm_reject_fields[] = {
    {"id", "string", "of the segment, or of the document when it went as a whole"},
    {"reason", "string", "see the reasons below"},
    {"dup_of", "string or null", "the record that stays for it"},
    {"similarity", "number or null", "to that record, 0 to 1"},
    {"channel", "string or null", "as in a record"},
    {"forwarded_from", "string or null", "as in a record"},
    {"date", "string or null", "as in a record"},
    {"lang", "string or null", "as in a record"},
    {"lang_score", "number or null", "as in a record"},
    {"text", "string or null", "clean text, personal data masked"},
    {NULL, NULL, NULL},
};
