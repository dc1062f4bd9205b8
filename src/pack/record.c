/* SPDX-License-Identifier: Apache-2.0 */
#include "pack/record.h"

#include <tolmach/clean.h>

#include "base/json_write.h"
#include "base/utf8.h"

const char *tm_record_lang(enum tm_lang lang)
{
    return lang == TM_LANG_RU ? "ru" : lang == TM_LANG_EN ? "en" : "other";
}

static struct tm_str segment_text(const struct tm_doc *doc, size_t seg)
{
    const struct tm_segment *segment = &doc->segments[seg];
    return (struct tm_str){doc->text.p + segment->offset, segment->length};
}

static void put_key(struct tm_buf *buf, const char *key)
{
    tm_buf_text(buf, ",\"");
    tm_buf_text(buf, key);
    tm_buf_text(buf, "\":");
}

static void put_text(struct tm_buf *buf, const char *key, struct tm_str value)
{
    put_key(buf, key);
    tm_json_put_str(buf, value);
}

static void put_number(struct tm_buf *buf, const char *key, uint64_t value)
{
    put_key(buf, key);
    tm_buf_u64(buf, value);
}

static void put_strings(struct tm_buf *buf, const char *key, const struct tm_str *list, size_t n)
{
    put_key(buf, key);
    tm_buf_byte(buf, '[');
    for (size_t i = 0; i < n; i++) {
        if (i != 0)
            tm_buf_byte(buf, ',');
        tm_json_put_str(buf, list[i]);
    }
    tm_buf_byte(buf, ']');
}

/* `{"id":"DOC-SEG"`: the digits need no escape, so they go in front of the closing quote. */
static void put_id(struct tm_buf *buf, const struct tm_doc *doc, size_t seg)
{
    tm_buf_text(buf, "{\"id\":");
    tm_json_put_str(buf, doc->doc_id.p == NULL ? TM_STR("") : doc->doc_id);
    if (buf->failed)
        return;
    buf->n--;
    tm_buf_byte(buf, '-');
    tm_buf_u64(buf, seg);
    tm_buf_byte(buf, '"');
}

unsigned tm_record_kept(const struct tm_doc *doc)
{
    if (doc->text.n >= doc->raw_length)
        return 10000;
    return (unsigned)((double)doc->text.n * 10000 / (double)doc->raw_length);
}

struct tm_str tm_record_text(const struct tm_doc *doc, size_t seg, struct tm_buf *scratch)
{
    struct tm_str text = segment_text(doc, seg);
    scratch->n = 0;
    if (text.n == 0 || memchr(text.p, '\0', text.n) == NULL)
        return text;
    for (size_t i = 0; i < text.n; i++)
        if (text.p[i] != '\0')
            tm_buf_byte(scratch, text.p[i]);
    return tm_buf_view(scratch);
}

enum tm_status tm_record_signals(const struct tm_doc *doc, size_t seg, tm_quality_take_fn *take,
                                 void *user, struct tm_signals *ret_signals)
{
    struct tm_buf scratch = {0};
    struct tm_str text = tm_record_text(doc, seg, &scratch);
    enum tm_lang lang = doc->segments[seg].lang;
    enum tm_status status = tm_quality_measure_words(text, lang, take, user, ret_signals);
    if (scratch.failed)
        status = TM_ERR_NOMEM;
    tm_buf_finish(&scratch);
    return status;
}

static void put_quality(struct tm_buf *buf, const struct tm_doc *doc,
                        const struct tm_signals *signals)
{
    put_key(buf, "quality");
    tm_buf_text(buf, doc->ad ? "{\"ad\":true,\"kept\":" : "{\"ad\":false,\"kept\":");
    tm_json_put_score(buf, tm_record_kept(doc));
    for (int i = 0; i < TM_SIGNAL_COUNT; i++) {
        put_key(buf, tm_signal_name((enum tm_signal)i));
        if (tm_signal_is_count((enum tm_signal)i))
            tm_buf_u64(buf, signals->value[i]);
        else
            tm_json_put_score(buf, (uint64_t)10 * signals->value[i]);
    }
    tm_buf_byte(buf, '}');
}

/* Code points of text[0..n) as it is written. */
static uint64_t written_length(const char *text, size_t n)
{
    uint64_t zeros = 0;
    for (size_t i = 0; i < n; i++)
        zeros += text[i] == '\0';
    return tm_utf8_length(text, n) - zeros;
}

/* Where each language stands in the text of the record, in code points from its start. */
static void put_spans(struct tm_buf *buf, const struct tm_doc *doc, const struct tm_segment *record)
{
    uint64_t at = 0;
    size_t done = record->offset;
    put_key(buf, "lang_spans");
    tm_buf_byte(buf, '[');
    for (size_t i = 0; i < doc->n_spans; i++) {
        const struct tm_segment *span = &doc->spans[i];
        at += written_length(doc->text.p + done, span->offset - done);
        tm_buf_text(buf, i == 0 ? "{\"start\":" : ",{\"start\":");
        tm_buf_u64(buf, at);
        at += written_length(doc->text.p + span->offset, span->length);
        done = span->offset + span->length;
        put_number(buf, "end", at);
        put_text(buf, "lang", tm_str_of(tm_lang_name(span->lang)));
        tm_buf_byte(buf, '}');
    }
    tm_buf_byte(buf, ']');
}

void tm_record_write(struct tm_buf *buf, const struct tm_doc *doc, size_t seg,
                     const struct tm_signals *signals)
{
    const struct tm_segment *segment = &doc->segments[seg];
    put_id(buf, doc, seg);
    put_text(buf, "text", segment_text(doc, seg));
    put_text(buf, "lang", tm_str_of(tm_record_lang(segment->lang)));
    put_key(buf, "lang_score");
    tm_json_put_score(buf, segment->score);
    put_text(buf, "doc_id", doc->doc_id);
    put_number(buf, "seg", seg);
    put_number(buf, "n_segs", doc->n_segments);
    put_text(buf, "channel", doc->channel);
    put_text(buf, "forwarded_from", doc->forwarded_from);
    put_text(buf, "author", doc->author);
    put_key(buf, "date");
    tm_json_put_time(buf, doc->date);
    put_text(buf, "url", doc->url);
    put_strings(buf, "hashtags", doc->hashtags, doc->n_hashtags);
    put_number(buf, "n_chars", signals->chars);
    put_number(buf, "n_words", signals->words);
    put_quality(buf, doc, signals);
    put_text(buf, "extra", doc->extra);
    if (doc->spans != NULL)
        put_spans(buf, doc, segment);
    tm_buf_add(buf, "}\n", 2);
}

void tm_provenance_write(struct tm_buf *buf, const struct tm_doc *doc, size_t seg,
                         uint64_t n_dups, struct tm_str cluster_id)
{
    put_id(buf, doc, seg);
    put_text(buf, "source_file", doc->source_file);
    put_number(buf, "source_offset", doc->source_offset);
    put_number(buf, "source_length", doc->source_length);
    put_number(buf, "n_dups", n_dups);
    put_text(buf, "cluster_id", cluster_id);
    put_number(buf, "n_versions", 1);
    put_text(buf, "reply_to", doc->reply_to);
    put_key(buf, "views");
    tm_json_put_i64(buf, doc->views);
    put_key(buf, "edited");
    tm_json_put_time(buf, doc->edited);
    put_text(buf, "media", doc->media);
    put_strings(buf, "urls", doc->urls, doc->n_urls);
    tm_buf_add(buf, "}\n", 2);
}

void tm_reject_write(struct tm_buf *buf, const struct tm_doc *doc, size_t seg,
                     enum tm_reason reason, struct tm_str dup_of)
{
    bool whole = seg >= doc->n_segments;
    if (whole) {
        tm_buf_text(buf, "{\"id\":");
        tm_json_put_str(buf, doc->doc_id);
    } else {
        put_id(buf, doc, seg);
    }
    put_text(buf, "reason", tm_str_of(tm_reason_name(reason)));
    put_text(buf, "dup_of", dup_of);
    tm_buf_text(buf, ",\"similarity\":null");
    bool forgotten = doc->drop == TM_REASON_FORGOTTEN;
    put_text(buf, "channel", forgotten ? TM_STR_UNKNOWN : doc->channel);
    put_text(buf, "forwarded_from", forgotten ? TM_STR_UNKNOWN : doc->forwarded_from);
    put_key(buf, "date");
    tm_json_put_time(buf, forgotten ? TM_UNKNOWN : doc->date);
    if (whole) {
        tm_buf_text(buf, ",\"lang\":null,\"lang_score\":null,\"text\":null");
    } else {
        put_text(buf, "lang", tm_str_of(tm_record_lang(doc->segments[seg].lang)));
        put_key(buf, "lang_score");
        tm_json_put_score(buf, doc->segments[seg].score);
        put_text(buf, "text", segment_text(doc, seg));
    }
    tm_buf_add(buf, "}\n", 2);
}
