/* SPDX-License-Identifier: Apache-2.0 */
#include "pack/check.h"

#include <inttypes.h>
#include <stdio.h>

#include "base/json_write.h"
#include "base/scan.h"
#include "base/utf8.h"
#include "pack/count.h"
#include "pack/fields.h"
#include "pack/record.h"

/* 1.0, or 0 with one to four decimals. */
static bool is_share(struct tm_str text)
{
    if (tm_str_is(text, "1.0"))
        return true;
    if (text.n < 3 || text.n > 6 || text.p[0] != '0' || text.p[1] != '.')
        return false;
    for (size_t i = 2; i < text.n; i++)
        if ((unsigned char)text.p[i] - 48u > 9)
            return false;
    return true;
}

static bool is_time(struct tm_str text)
{
    static const char pattern[] = "dddd-dd-ddTdd:dd:ddZ";
    if (text.n != sizeof pattern - 1)
        return false;
    for (size_t i = 0; i < text.n; i++) {
        bool digit = (unsigned char)text.p[i] - 48u <= 9;
        if (pattern[i] == 'd' ? !digit : text.p[i] != pattern[i])
            return false;
    }
    return true;
}

static bool is_strings(const struct tm_value *value)
{
    for (const struct tm_value *v = value->first; v != NULL; v = v->next)
        if (v->kind != TM_KIND_STRING)
            return false;
    return true;
}

static unsigned kinds_of(enum tm_field_type type)
{
    switch (type) {
    case TM_FIELD_TEXT:
    case TM_FIELD_TIME:
    case TM_FIELD_URL: return TM_KIND_STRING;
    case TM_FIELD_COUNT:
    case TM_FIELD_SIGNED:
    case TM_FIELD_SHARE:
    case TM_FIELD_NUMBER: return TM_KIND_NUMBER;
    case TM_FIELD_FLAG: return TM_KIND_BOOL;
    case TM_FIELD_TEXTS:
    case TM_FIELD_URLS:
    case TM_FIELD_OBJECTS: return TM_KIND_ARRAY;
    case TM_FIELD_OBJECT: break;
    }
    return TM_KIND_OBJECT;
}

static bool has_type(const struct tm_value *value, const struct tm_field *field)
{
    uint64_t number;
    int64_t signed_number;
    if (value->kind == TM_KIND_NULL)
        return field->maybe;
    if ((value->kind & kinds_of(field->type)) == 0)
        return false;
    switch (field->type) {
    case TM_FIELD_COUNT: return tm_value_u64(value, &number);
    case TM_FIELD_SIGNED: return tm_value_i64(value, &signed_number);
    case TM_FIELD_SHARE: return is_share(value->text);
    case TM_FIELD_TIME: return is_time(value->text);
    case TM_FIELD_TEXTS:
    case TM_FIELD_URLS: return is_strings(value);
    case TM_FIELD_TEXT:
    case TM_FIELD_URL:
    case TM_FIELD_NUMBER:
    case TM_FIELD_FLAG:
    case TM_FIELD_OBJECT:
    case TM_FIELD_OBJECTS: break;
    }
    return true;
}

/* Fills `cells` with the values in the order of the fields, NULL behind the last one. The list of
 * objects that ends a row need not be there. */
static const char *check_fields(const struct tm_value *row, const struct tm_field *fields,
                                const struct tm_value *cells[TM_FIELDS_MOST])
{
    const struct tm_value *v = row->first;
    size_t i = 0;
    if (row->kind != TM_KIND_OBJECT)
        return "not the keys that a row must have";
    for (; v != NULL && fields[i].name != NULL; i++, v = v->next) {
        if (!tm_str_is(v->key, fields[i].name))
            return "not the keys that a row must have, in their order";
        if (!has_type(v, &fields[i]))
            return "a value of a type that its key cannot have";
        cells[i] = v;
    }
    cells[i] = NULL;
    bool complete = fields[i].name == NULL || fields[i].type == TM_FIELD_OBJECTS;
    return v == NULL && complete ? NULL : "not the keys that a row must have";
}

/* `id` is doc_id, a hyphen and the number of the segment. */
static bool id_fits(const struct tm_record_facts *facts)
{
    char tail[24];
    int n = snprintf(tail, sizeof tail, "-%" PRIu64, facts->seg);
    return n > 0 && facts->id.n == facts->doc_id.n + (size_t)n &&
           tm_str_starts(facts->id, facts->doc_id) &&
           memcmp(facts->id.p + facts->doc_id.n, tail, (size_t)n) == 0;
}

/* The signals are those of the text, digit for digit. */
static const char *check_quality(const struct tm_record_facts *facts,
                                 const struct tm_value *const *cells)
{
    struct tm_signals signals;
    enum tm_lang lang = tm_str_is(facts->lang, "ru")   ? TM_LANG_RU
                        : tm_str_is(facts->lang, "en") ? TM_LANG_EN
                                                       : TM_LANG_OTHER;
    struct tm_buf number = {0};
    const char *what = NULL;
    if (tm_quality_measure(facts->text, lang, &signals) != TM_OK)
        return "a text for whose signals memory is short";
    for (int i = 0; i < TM_SIGNAL_COUNT && what == NULL; i++) {
        number.n = 0;
        if (tm_signal_is_count((enum tm_signal)i))
            tm_buf_u64(&number, signals.value[i]);
        else
            tm_json_put_score(&number, (uint64_t)10 * signals.value[i]);
        if (!tm_str_equal(tm_buf_view(&number), cells[2 + i]->text))
            what = "a signal in quality is not that of the text";
    }
    tm_buf_finish(&number);
    return what;
}

/* Spans stand in order, inside the text, and are of the known languages. */
static const char *check_spans(const struct tm_value *spans, uint64_t chars)
{
    uint64_t at = 0, start = 0, end = 0;
    for (const struct tm_value *v = spans->first; v != NULL; v = v->next) {
        const struct tm_value *cells[TM_FIELDS_MOST];
        const char *what = check_fields(v, tm_span_fields, cells);
        if (what != NULL)
            return what;
        (void)tm_value_u64(cells[0], &start);
        (void)tm_value_u64(cells[1], &end);
        if (start < at || end <= start || end > chars)
            return "spans that are not in order inside the text";
        if (!tm_str_is(cells[2]->text, "ru") && !tm_str_is(cells[2]->text, "en") &&
            !tm_str_is(cells[2]->text, "other") && !tm_str_is(cells[2]->text, "und"))
            return "a span of an unknown language";
        at = end;
    }
    return NULL;
}

static const char *check_text(const struct tm_record_facts *facts)
{
    struct tm_str text = facts->text;
    if (text.n == 0)
        return "an empty text";
    if (tm_scan_utf8(text.p, text.n) != text.n || memchr(text.p, '\0', text.n) != NULL)
        return "text that is not valid UTF-8 without U+0000";
    struct tm_counts counts = tm_count_text(text);
    if (counts.chars != facts->chars)
        return "n_chars is not the number of characters of the text";
    if (counts.words != facts->words)
        return "n_words is not the number of words of the text";
    return NULL;
}

const char *tm_check_record(const struct tm_value *row, const char *lang,
                            struct tm_record_facts *ret_facts)
{
    const struct tm_value *cells[TM_FIELDS_MOST];
    const struct tm_value *quality[TM_FIELDS_MOST];
    const char *what = check_fields(row, tm_record_fields, cells);
    if (what == NULL)
        what = check_fields(cells[15], tm_quality_fields, quality);
    if (what != NULL)
        return what;
    struct tm_record_facts facts = {.id = cells[0]->text, .text = cells[1]->text,
                                    .lang = cells[2]->text, .doc_id = cells[4]->text,
                                    .date = tm_value_text(cells[10])};
    (void)tm_value_u64(cells[5], &facts.seg);
    (void)tm_value_u64(cells[6], &facts.n_segs);
    (void)tm_value_u64(cells[13], &facts.chars);
    (void)tm_value_u64(cells[14], &facts.words);
    if (facts.doc_id.n == 0 || !id_fits(&facts))
        return "id is not doc_id and seg";
    if (facts.seg >= facts.n_segs)
        return "seg is not below n_segs";
    if (lang != NULL && !tm_str_is(facts.lang, lang))
        return "lang is not that of the folder";
    what = check_text(&facts);
    if (what == NULL)
        what = check_quality(&facts, quality);
    if (what == NULL && cells[17] != NULL)
        what = check_spans(cells[17], facts.chars);
    if (what == NULL)
        *ret_facts = facts;
    return what;
}

const char *tm_check_provenance(const struct tm_value *row, struct tm_str *ret_id)
{
    const struct tm_value *cells[TM_FIELDS_MOST];
    const char *what = check_fields(row, tm_provenance_fields, cells);
    if (what == NULL)
        *ret_id = cells[0]->text;
    return what;
}

const char *tm_check_reject(const struct tm_value *row)
{
    const struct tm_value *cells[TM_FIELDS_MOST];
    return check_fields(row, tm_reject_fields, cells);
}
