/* SPDX-License-Identifier: Apache-2.0 */
/*
 * WARC 1.0 and 1.1 (ISO 28500): one document for each web page or plain text in a response,
 * resource or conversion record. libarchive takes the file's compression off, a member a record;
 * its own reader of WARC gives neither the type of a record nor the HTTP head apart, and passes
 * over conversion records, so the records are read here.
 *
 * A record's length is believed when what follows it is the end or another record. Where it is
 * not, reading goes on at the next line that begins a record.
 */
#include "source/warc.h"

#include <stdlib.h>

#define MOST_HEAD ((size_t)64 << 10)
#define MOST_LENGTH ((uint64_t)1 << 50)

struct warc {
    struct tm_file *file;
    struct tm_warc_pages pages;
};

struct record {
    size_t head;
    uint64_t length;            /* of the block */
    bool wanted;
};

static bool begins_record(const char *p, size_t n)
{
    return n >= 6 && memcmp(p, "WARC/", 5) == 0 && p[5] >= '0' && p[5] <= '9';
}

/* Consumes the blank lines between records; false at the end of the stream. */
static bool skip_blanks(struct tm_stream *stream)
{
    while (tm_stream_ensure(stream, 1)) {
        size_t blanks = 0;
        while (blanks < stream->n && (stream->p[blanks] == '\r' || stream->p[blanks] == '\n'))
            blanks++;
        if (blanks == 0)
            return true;
        tm_stream_consume(stream, blanks);
    }
    return false;
}

static bool holds_pages(struct tm_str head)
{
    static const char *const types[] = {"response", "resource", "conversion"};
    struct tm_str type = tm_http_field(head, "WARC-Type");
    for (size_t i = 0; i < sizeof types / sizeof *types; i++)
        if (tm_str_is(type, types[i]))
            return true;
    return false;
}

/* The head at the start of the window; false if there is none. */
static bool read_head(struct tm_stream *stream, struct record *record)
{
    uint64_t length = 0;
    size_t head = 0;
    for (size_t want = 1024; head == 0; want *= 2) {
        bool more = tm_stream_ensure(stream, want);
        size_t n = stream->n < MOST_HEAD ? stream->n : MOST_HEAD;
        head = begins_record(stream->p, n) ? tm_http_head((struct tm_str){stream->p, n}) : 0;
        if (!more || want >= MOST_HEAD)
            break;
    }
    struct tm_str view = {stream->p, head};
    struct tm_str digits = tm_http_field(view, "Content-Length");
    if (head == 0 || digits.n == 0)
        return false;
    for (size_t i = 0; i < digits.n; i++) {
        if (digits.p[i] < '0' || digits.p[i] > '9' || length > MOST_LENGTH)
            return false;
        length = length * 10 + (uint64_t)(digits.p[i] - '0');
    }
    *record = (struct record){head, length, holds_pages(view)};
    return true;
}

/* Bytes before the next line from `from` on that begins a record, or SIZE_MAX. */
static size_t next_record(const struct tm_stream *stream, size_t from)
{
    const char *p = stream->p, *end = p + stream->n;
    for (p += from; (p = memmem(p, (size_t)(end - p), "\nWARC/", 6)) != NULL; p++)
        if (begins_record(p + 1, (size_t)(end - p) - 1))
            return (size_t)(p - stream->p) + 1;
    return SIZE_MAX;
}

/* Goes to the next record, piece by piece. */
static void resync(struct tm_stream *stream)
{
    size_t from = 0;
    while (tm_stream_ensure(stream, 8)) {
        size_t next = next_record(stream, from);
        if (next != SIZE_MAX) {
            tm_stream_consume(stream, next);
            return;
        }
        tm_stream_consume(stream, stream->n - 7);   /* which may begin the line */
        tm_stream_more(stream);
        if (stream->n <= 7)
            break;
    }
    tm_stream_consume(stream, stream->n);
}

static void lose(struct warc *warc, const char *hint, const char *what)
{
    struct tm_stream *stream = warc->file->stream;
    uint64_t start = stream->offset;
    tm_file_tell(warc->file, TM_FAULT, start, hint, "%s", what);
    tm_stream_consume(stream, stream->n != 0);
    resync(stream);
    tm_file_broken(warc->file, start, stream->offset);
}

/* Passes a record without looking at it. False if the file ends inside it. */
static bool pass(struct tm_stream *stream, uint64_t n)
{
    while (n != 0) {
        if (stream->n == 0 && !tm_stream_ensure(stream, 1))
            return false;
        size_t step = n < stream->n ? (size_t)n : stream->n;
        tm_stream_consume(stream, step);
        n -= step;
    }
    return true;
}

/* Is there, behind the record of n bytes in the window, the end or another one? */
static bool ends_well(struct tm_stream *stream, size_t n)
{
    tm_stream_ensure(stream, n + 16);
    size_t at = n;
    while (at < stream->n && (stream->p[at] == '\r' || stream->p[at] == '\n'))
        at++;
    size_t left = stream->n - at;
    return begins_record(stream->p + at, left)
           || (left < 6 && memcmp(stream->p + at, "WARC/", left < 5 ? left : 5) == 0);
}

static void skip_record(struct warc *warc, const struct record *record)
{
    struct tm_stream *stream = warc->file->stream;
    uint64_t start = stream->offset, n = record->head + record->length;
    bool large = record->wanted;
    if (large)
        tm_file_tell(warc->file, TM_FAULT, start, "raise max_document",
                     "record of %llu bytes is larger than a document may be",
                     (unsigned long long)n);
    if (!pass(stream, n)) {
        tm_file_tell(warc->file, TM_FAULT, start, NULL,
                     "the record says it has %llu bytes, the file ends before",
                     (unsigned long long)record->length);
        large = true;
    }
    (large ? tm_file_broken : tm_file_skipped)(warc->file, start, stream->offset);
}

static enum tm_status warc_next(void *state, struct tm_err *err)
{
    struct warc *warc = state;
    struct tm_file *file = warc->file;
    struct tm_stream *stream = file->stream;
    struct record record;
    while (skip_blanks(stream)) {
        if (!read_head(stream, &record)) {
            lose(warc, NULL, "no WARC record begins here");
            continue;
        }
        if (!record.wanted || record.head + record.length > file->options->max_document) {
            skip_record(warc, &record);
            continue;
        }
        size_t n = record.head + (size_t)record.length;
        if (!tm_stream_ensure(stream, n)) {
            lose(warc, NULL, "the record says that it is longer than what follows");
            continue;
        }
        if (!ends_well(stream, n)) {
            lose(warc, NULL, "the record does not end where it says");
            continue;
        }
        uint64_t start = stream->offset;
        enum tm_warc_outcome outcome = tm_warc_page(&warc->pages, stream->p, record.head, n, start,
                                                    err);
        tm_stream_consume(stream, n);
        if (outcome == TM_WARC_PAGE)
            return TM_OK;
        if (outcome == TM_WARC_STOP)
            return TM_ERR_NOMEM;
        (outcome == TM_WARC_NONE ? tm_file_skipped : tm_file_broken)(file, start, start + n);
    }
    return TM_END;
}

static enum tm_status warc_open(struct tm_file *file, void **ret_state, struct tm_err *err)
{
    struct warc *warc = calloc(1, sizeof *warc);
    if (warc == NULL)
        return tm_fail(err, TM_ERR_NOMEM, file->name, TM_NO_OFFSET, "out of memory");
    warc->file = warc->pages.file = file;
    *ret_state = warc;
    return TM_OK;
}

static void warc_close(void *state)
{
    struct warc *warc = state;
    tm_warc_pages_finish(&warc->pages);
    free(warc);
}

static int warc_bid(const char *p, size_t n)
{
    return begins_record(p, n) ? 95 : 0;
}

const struct tm_format tm_format_warc = {
    "warc", warc_bid, warc_open, warc_next, warc_close,
};
