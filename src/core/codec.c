/* SPDX-License-Identifier: Apache-2.0 */
#include "core/codec.h"

#include <string.h>

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
};

static void put_str(struct tm_buf *buf, struct tm_str text)
{
    uint32_t n = text.p == NULL ? UNKNOWN_LENGTH : (uint32_t)text.n;
    tm_buf_add(buf, &n, sizeof n);
    tm_buf_str(buf, text);
}

void tm_doc_encode(const struct tm_doc *doc, struct tm_buf *buf)
{
    struct numbers numbers = {doc->date, doc->edited, doc->views, doc->source_offset,
                              doc->source_length, doc->reading, (uint32_t)doc->markup,
                              (uint32_t)doc->n_urls};
    tm_buf_add(buf, &numbers, sizeof numbers);
    struct tm_doc copy = *doc;
    struct tm_str *text;
    for (int i = 0; (text = field(&copy, i)) != NULL; i++)
        put_str(buf, *text);
    for (size_t i = 0; i < doc->n_urls; i++)
        put_str(buf, doc->urls[i]);
}

static bool get(struct tm_str *bytes, void *p, size_t n)
{
    if (bytes->n < n)
        return false;
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

enum tm_status tm_doc_decode(struct tm_str bytes, struct tm_arena *arena, struct tm_doc *ret_doc,
                             struct tm_err *err)
{
    struct numbers numbers;
    struct tm_doc doc = {.drop = TM_KEPT};
    bool good = get(&bytes, &numbers, sizeof numbers);
    struct tm_str *text;
    for (int i = 0; good && (text = field(&doc, i)) != NULL; i++)
        good = get_str(&bytes, text);
    if (good && numbers.n_urls != 0) {
        doc.urls = tm_arena_alloc(arena, numbers.n_urls * sizeof *doc.urls);
        if (doc.urls == NULL)
            return tm_fail(err, TM_ERR_NOMEM, "", TM_NO_OFFSET, "out of memory");
        /* The cleaner doubles the list at powers of two, so an odd length is rounded there. */
        for (uint32_t i = 0; good && i < numbers.n_urls; i++)
            good = get_str(&bytes, &doc.urls[i]);
    }
    if (!good)
        return tm_fail(err, TM_ERR_INTERNAL, "", TM_NO_OFFSET, "a spilled document is cut");
    doc.n_urls = numbers.n_urls;
    doc.date = numbers.date;
    doc.edited = numbers.edited;
    doc.views = numbers.views;
    doc.source_offset = numbers.source_offset;
    doc.source_length = numbers.source_length;
    doc.reading = numbers.reading;
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
