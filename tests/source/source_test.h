/* SPDX-License-Identifier: Apache-2.0 */
/* source_test.h - reading from memory, in chunks of any size, with the balance always checked. */
#ifndef TM_TESTS_SOURCE_TEST_H
#define TM_TESTS_SOURCE_TEST_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <tolmach/source.h>

#include "base/str.h"
#include "source/open.h"
#include "source/reader.h"

#define LENGTH(array) (sizeof(array) / sizeof *(array))

/* What was told while reading. */
struct told {
    unsigned notes;
    unsigned warnings;
    unsigned faults;
    uint64_t offset;            /* of the first fault, else of the last warning */
    char text[8192];            /* all messages, a line each */
};

static inline void test_notify(void *user, enum tm_severity severity, const struct tm_err *what)
{
    struct told *told = user;
    size_t n = strlen(told->text);
    snprintf(told->text + n, sizeof told->text - n, "%s: %s (%s)\n", what->file, what->message,
             what->hint);
    if (severity == TM_FAULT && told->faults == 0)
        told->offset = what->offset;
    if (severity == TM_WARNING && told->faults == 0)
        told->offset = what->offset;
    told->notes += severity == TM_NOTE;
    told->warnings += severity == TM_WARNING;
    told->faults += severity == TM_FAULT;
}

/* Bytes in memory, given out in chunks. */
struct memory {
    const char *p;
    size_t n;
    size_t chunk;
};

static inline ssize_t test_read(void *user, void *p, size_t n, struct tm_err *err)
{
    struct memory *memory = user;
    (void)err;
    if (n > memory->chunk)
        n = memory->chunk;
    if (n > memory->n)
        n = memory->n;
    if (n != 0)
        memcpy(p, memory->p, n);
    memory->p += n;
    memory->n -= n;
    return (ssize_t)n;
}

struct reading {
    struct tm_batch *batch;
    struct tm_input_report report;
    struct told told;
};

static inline void reading_finish(struct reading *reading)
{
    tm_batch_destroy(reading->batch);
    memset(reading, 0, sizeof *reading);
}

/* Nothing vanishes: each byte of a document and of the file in one class. */
static inline void check_balance(const struct tm_input_report *report,
                                 const struct tm_batch *batch, uint64_t bytes)
{
    uint64_t end = 0;
    for (size_t i = 0; batch != NULL && i < batch->n; i++) {
        const struct tm_doc *doc = &batch->docs[i];
        const struct tm_reading *r = &doc->reading;
        assert_true(doc->source_offset >= end);
        end = doc->source_offset + doc->source_length;
        assert_true(end <= bytes);
        uint64_t length = doc->source_length + (uint64_t)r->recode;
        assert_true(r->markup + r->metadata + r->body == length);
        assert_true(r->markup <= length && r->metadata <= length);
        assert_true((int64_t)doc->text.n == (int64_t)r->body + r->decode);
        assert_non_null(doc->text.p);
        assert_non_null(doc->source_key.p);
        assert_non_null(doc->message_key.p);
        for (size_t k = 0; k < doc->doc_id.n; k++)
            assert_non_null(strchr("abcdefghijklmnopqrstuvwxyz0123456789._-"
                                   "ABCDEFGHIJKLMNOPQRSTUVWXYZ", doc->doc_id.p[k]));
    }
    assert_true(report->bytes == bytes);
    assert_true(report->markup + report->metadata + report->body + report->skipped + report->broken
                == bytes + (uint64_t)report->recode);
    assert_true(report->markup <= bytes + (uint64_t)report->recode);
    if (batch != NULL)
        assert_true(report->documents == batch->n);
}

/* Reads bytes as `format` (NULL: guessed); false when no format bids. */
static inline bool read_memory(struct reading *reading, const char *format, const char *p, size_t n,
                               size_t chunk, const struct tm_input_options *given)
{
    struct memory memory = {p, n, chunk};
    struct tm_stream stream;
    struct tm_input_options options = {0};
    struct tm_err err = {0};
    void *state;
    int bid;
    memset(reading, 0, sizeof *reading);
    if (given != NULL)
        options = *given;
    if (options.max_document == 0)
        options.max_document = TM_SOURCE_MAX_DOCUMENT;
    const struct tm_format *reader = format != NULL ? tm_format_named(format)
                                                    : tm_format_guess(p, n, &bid);
    if (reader == NULL)
        return false;
    reading->batch = tm_batch_create();
    assert_non_null(reading->batch);
    assert_int_equal(tm_stream_init(&stream, test_read, &memory,
                                    options.max_document + TM_SOURCE_AHEAD, &err), TM_OK);
    struct tm_file file = {
        .name = "input", .options = &options, .stream = &stream, .report = &reading->report,
        .notify = test_notify, .user = &reading->told, .batch = reading->batch,
    };
    reading->report.format = reader->name;
    assert_int_equal(reader->open(&file, &state, &err), TM_OK);
    while (reader->next(state, &err) == TM_OK)
        ;
    assert_int_equal(err.status, TM_OK);
    reader->close(state);
    tm_stream_drain(&stream);
    tm_stream_sha256(&stream, reading->report.sha256);
    tm_file_close(&file, stream.offset);
    tm_stream_finish(&stream);
    check_balance(&reading->report, reading->batch, n);
    return true;
}

static inline void read_text(struct reading *reading, const char *format, const char *text)
{
    assert_true(read_memory(reading, format, text, strlen(text), SIZE_MAX, NULL));
}

static inline void assert_str(struct tm_str got, const char *want)
{
    if (want == NULL) {
        assert_null(got.p);
        return;
    }
    assert_non_null(got.p);
    if (got.n != strlen(want) || memcmp(got.p, want, got.n) != 0)
        fail_msg("got \"%.*s\", want \"%s\"", (int)got.n, got.p, want);
}

/* The same documents, to the last field that a reader fills. */
static inline void assert_same_documents(const struct tm_batch *a, const struct tm_batch *b)
{
    assert_int_equal(a->n, b->n);
    for (size_t i = 0; i < a->n; i++) {
        const struct tm_doc *x = &a->docs[i], *y = &b->docs[i];
        const struct tm_str pairs[][2] = {
            {x->text, y->text}, {x->source_key, y->source_key}, {x->message_key, y->message_key},
            {x->doc_id, y->doc_id}, {x->channel, y->channel}, {x->author, y->author},
            {x->forwarded_from, y->forwarded_from}, {x->url, y->url}, {x->reply_to, y->reply_to},
            {x->media, y->media}, {x->extra, y->extra},
        };
        for (size_t k = 0; k < LENGTH(pairs); k++) {
            assert_true(tm_str_equal(pairs[k][0], pairs[k][1]));
            assert_true((pairs[k][0].p == NULL) == (pairs[k][1].p == NULL));
        }
        assert_true(x->source_offset == y->source_offset && x->source_length == y->source_length);
        assert_true(x->date == y->date && x->edited == y->edited && x->views == y->views);
        assert_memory_equal(&x->reading, &y->reading, sizeof x->reading);
    }
}

/* A small generator, the same everywhere (xorshift64*). */
static inline uint32_t test_random(uint64_t *state)
{
    *state ^= *state >> 12;
    *state ^= *state << 25;
    *state ^= *state >> 27;
    return (uint32_t)((*state * 2685821657736338717u) >> 32);
}

#endif
