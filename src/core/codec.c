/* SPDX-License-Identifier: Apache-2.0 */
#include "core/codec.h"

#include <string.h>

#include "base/hash.h"
#include "base/str.h"

#define UNKNOWN_LENGTH UINT32_MAX

/* The text fields of a document, in the order in which they are written. */
static struct tm_str *field(struct tm_doc *doc, int index)
{
    struct tm_str *const fields[] = {
        &doc->source_key, &doc->message_key, &doc->doc_id, &doc->channel, &doc->forwarded_from,
        &doc->author, &doc->url, &doc->reply_to, &doc->media, &doc->extra, &doc->source_file,
        &doc->text,
    };
    return index < (int)(sizeof fields / sizeof *fields) ? fields[index] : NULL;
}

/* The plain numbers, likewise. */
struct numbers {
    int64_t date;
    int64_t edited;
    int64_t views;
    uint64_t source_offset;
    uint64_t source_length;
    struct tm_reading reading;
    uint32_t markup;
    uint32_t n_urls;
    uint32_t done;
    uint32_t reserved;
    uint64_t raw_digest;
};

/* Those of a document that is done. */
struct done_numbers {
    uint64_t raw_length;
    uint32_t n_edits;
    uint32_t n_hashtags;
    uint32_t n_segments;
    uint32_t n_spans;
    uint32_t flags;                 /* 1: ad, 2: suspect */
    uint32_t drop;
};

static void put_str(struct tm_buf *buf, struct tm_str text)
{
    uint32_t n = text.p == NULL ? UNKNOWN_LENGTH : (uint32_t)text.n;
    tm_buf_add(buf, &n, sizeof n);
    tm_buf_str(buf, text);
}

static void encode(const struct tm_doc *doc, bool done, struct tm_buf *buf)
{
    struct numbers numbers = {doc->date, doc->edited, doc->views, doc->source_offset,
                              doc->source_length, doc->reading, (uint32_t)doc->markup,
                              (uint32_t)doc->n_urls, done, 0, doc->raw_digest};
    if (doc->raw_digest == 0 && !done)
        numbers.raw_digest = tm_hash128_of(doc->text.p, doc->text.n).low;
    tm_buf_add(buf, &numbers, sizeof numbers);
    struct tm_doc copy = *doc;
    struct tm_str *text;
    for (int i = 0; (text = field(&copy, i)) != NULL; i++)
        put_str(buf, *text);
    for (size_t i = 0; i < doc->n_urls; i++)
        put_str(buf, doc->urls[i]);
}

void tm_doc_encode(const struct tm_doc *doc, struct tm_buf *buf)
{
    encode(doc, false, buf);
}

static void put_segments(struct tm_buf *buf, const struct tm_segment *segments, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        uint64_t cells[3] = {segments[i].offset, segments[i].length,
                             (uint64_t)segments[i].lang << 32 | segments[i].score};
        tm_buf_add(buf, cells, sizeof cells);
    }
}

void tm_doc_encode_done(const struct tm_doc *doc, struct tm_str cut, struct tm_buf *buf)
{
    struct tm_doc copy = *doc;
    if (tm_reason_is_uncleaned(doc->drop)) {
        copy.text = TM_STR("");
        copy.n_edits = copy.n_hashtags = copy.n_segments = copy.n_spans = 0;
    }
    if (doc->drop == TM_REASON_FORGOTTEN) {
        copy.author = copy.forwarded_from = copy.url = copy.extra = TM_STR_UNKNOWN;
        copy.n_urls = 0;
        copy.raw_digest = 0;
    }
    encode(&copy, true, buf);
    struct done_numbers numbers = {
        copy.raw_length, (uint32_t)copy.n_edits, (uint32_t)copy.n_hashtags,
        (uint32_t)copy.n_segments, (uint32_t)copy.n_spans,
        (copy.ad ? 1u : 0) | (copy.suspect ? 2u : 0), (uint32_t)copy.drop,
    };
    tm_buf_add(buf, &numbers, sizeof numbers);
    put_str(buf, cut);
    tm_buf_add(buf, copy.edits, copy.n_edits * sizeof *copy.edits);
    for (size_t i = 0; i < copy.n_hashtags; i++)
        put_str(buf, copy.hashtags[i]);
    put_segments(buf, copy.segments, copy.n_segments);
    put_segments(buf, copy.spans, copy.n_spans);
}

static bool get(struct tm_str *bytes, void *p, size_t n)
{
    if (bytes->n < n)
        return false;
    if (n != 0)
        memcpy(p, bytes->p, n);
    bytes->p += n;
    bytes->n -= n;
    return true;
}

static bool get_str(struct tm_str *bytes, struct tm_str *ret_text)
{
    uint32_t n;
    if (!get(bytes, &n, sizeof n))
        return false;
    if (n == UNKNOWN_LENGTH) {
        *ret_text = (struct tm_str){NULL, 0};
        return true;
    }
    if (bytes->n < n)
        return false;
    *ret_text = (struct tm_str){bytes->p, n};
    bytes->p += n;
    bytes->n -= n;
    return true;
}

/* Room for n elements, of which each takes at least `least` of the bytes that are left. */
static void *room(struct tm_str bytes, size_t n, size_t least, size_t size, struct tm_arena *arena)
{
    return n > bytes.n / least ? NULL : tm_arena_alloc(arena, (n + 1) * size);
}

static bool get_strs(struct tm_str *bytes, size_t n, struct tm_arena *arena,
                     struct tm_str **ret_list)
{
    struct tm_str *list = room(*bytes, n, sizeof(uint32_t), sizeof *list, arena);
    for (size_t i = 0; list != NULL && i < n; i++)
        if (!get_str(bytes, &list[i]))
            return false;
    *ret_list = list;
    return list != NULL;
}

static bool get_segments(struct tm_str *bytes, size_t n, size_t text, struct tm_arena *arena,
                         struct tm_segment **ret_list)
{
    uint64_t cells[3];
    struct tm_segment *list = room(*bytes, n, sizeof cells, sizeof *list, arena);
    for (size_t i = 0; list != NULL && i < n; i++) {
        if (!get(bytes, cells, sizeof cells) || cells[0] > text || cells[1] > text - cells[0] ||
            cells[2] >> 32 > TM_LANG_OTHER)
            return false;
        list[i] = (struct tm_segment){(size_t)cells[0], (size_t)cells[1],
                                      (enum tm_lang)(cells[2] >> 32), (uint16_t)cells[2]};
    }
    *ret_list = list;
    return list != NULL;
}

static bool decode_done(struct tm_str *bytes, struct tm_arena *arena, struct tm_doc *doc)
{
    struct done_numbers numbers;
    if (!get(bytes, &numbers, sizeof numbers) || !get_str(bytes, &doc->cut) ||
        numbers.drop >= TM_REASON_COUNT)
        return false;
    doc->done = true;
    doc->raw_length = numbers.raw_length;
    doc->ad = (numbers.flags & 1) != 0;
    doc->suspect = (numbers.flags & 2) != 0;
    doc->drop = (enum tm_reason)numbers.drop;
    doc->n_edits = numbers.n_edits;
    doc->n_hashtags = numbers.n_hashtags;
    doc->n_segments = numbers.n_segments;
    doc->n_spans = numbers.n_spans;
    doc->edits = room(*bytes, doc->n_edits, sizeof *doc->edits, sizeof *doc->edits, arena);
    if (doc->edits == NULL || !get(bytes, doc->edits, doc->n_edits * sizeof *doc->edits))
        return false;
    for (size_t i = 0; i < doc->n_edits; i++)
        if (doc->edits[i].rule >= TM_RULE_COUNT)
            return false;
    bool good = get_strs(bytes, doc->n_hashtags, arena, &doc->hashtags) &&
                get_segments(bytes, doc->n_segments, doc->text.n, arena, &doc->segments) &&
                get_segments(bytes, doc->n_spans, doc->text.n, arena, &doc->spans);
    if (doc->n_spans == 0)
        doc->spans = NULL;
    return good;
}

enum tm_status tm_doc_decode(struct tm_str bytes, struct tm_arena *arena, struct tm_doc *ret_doc,
                             struct tm_err *err)
{
    struct numbers numbers;
    struct tm_doc doc = {.drop = TM_KEPT};
    bool good = get(&bytes, &numbers, sizeof numbers);
    struct tm_str *text;
    for (int i = 0; good && (text = field(&doc, i)) != NULL; i++)
        good = get_str(&bytes, text);
    if (good && numbers.n_urls != 0)
        /* The cleaner doubles the list at powers of two, so an odd length is rounded there. */
        good = get_strs(&bytes, numbers.n_urls, arena, &doc.urls);
    if (good && numbers.done != 0)
        good = decode_done(&bytes, arena, &doc);
    if (!good)
        return tm_fail(err, TM_ERR_INTERNAL, "", TM_NO_OFFSET,
                       "a spilled document is cut, or memory is short");
    doc.n_urls = numbers.n_urls;
    doc.date = numbers.date;
    doc.edited = numbers.edited;
    doc.views = numbers.views;
    doc.source_offset = numbers.source_offset;
    doc.source_length = numbers.source_length;
    doc.reading = numbers.reading;
    doc.raw_digest = numbers.raw_digest;
    doc.markup = (enum tm_markup)numbers.markup;
    *ret_doc = doc;
    return TM_OK;
}

void tm_put_be64(struct tm_buf *buf, uint64_t value)
{
    char bytes[8];
    for (int i = 0; i < 8; i++)
        bytes[i] = (char)(value >> (56 - 8 * i));
    tm_buf_add(buf, bytes, sizeof bytes);
}

void tm_put_be_time(struct tm_buf *buf, int64_t time)
{
    uint64_t value = time == TM_UNKNOWN ? UINT64_MAX : (uint64_t)time ^ (uint64_t)1 << 63;
    tm_put_be64(buf, value);
}

uint64_t tm_get_be64(const char *p)
{
    uint64_t value = 0;
    for (int i = 0; i < 8; i++)
        value = value << 8 | (unsigned char)p[i];
    return value;
}

void tm_doc_sort_key(const struct tm_doc *doc, struct tm_buf *buf)
{
    /* A NUL cannot stand in a key, and sorts before all that can: shorter keys come first. */
    tm_buf_str(buf, doc->source_key);
    tm_buf_byte(buf, '\0');
    tm_put_be_time(buf, doc->date);
    tm_buf_str(buf, doc->message_key);
    tm_buf_byte(buf, '\0');
    uint64_t edited = doc->edited == TM_UNKNOWN ? 0 : (uint64_t)doc->edited ^ (uint64_t)1 << 63;
    tm_put_be64(buf, ~edited);
    tm_buf_str(buf, doc->source_file);
    tm_buf_byte(buf, '\0');
    tm_put_be64(buf, doc->source_offset);
}
