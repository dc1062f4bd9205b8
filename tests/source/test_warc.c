/* SPDX-License-Identifier: Apache-2.0 */
#include "source/source_test.h"

#include <zlib.h>
#include <zstd.h>

#include "base/buf.h"

#define FOG "Сегодня утром над гаванью стоит туман, и паром уйдёт только в полдень."
#define PAGE \
    "<html><head><title>Гавань</title></head><body><p>" FOG " Дежурный просит подождать в зале, там " \
    "тепло и продают чай с пирогами.</p></body></html>"

/* Appends a record. */
static void put(struct tm_buf *file, const char *type, const char *uri, const char *content,
                struct tm_str block)
{
    tm_buf_printf(file, "WARC/1.1\r\nWARC-Type: %s\r\nWARC-Target-URI: %s\r\n"
                  "WARC-Date: 2024-05-06T07:08:09Z\r\nContent-Type: %s\r\nContent-Length: %zu\r\n\r\n",
                  type, uri, content, block.n);
    tm_buf_str(file, block);
    tm_buf_text(file, "\r\n\r\n");
}

static void put_response(struct tm_buf *file, const char *uri, const char *status,
                         const char *fields, struct tm_str body)
{
    struct tm_buf block = {0};
    tm_buf_printf(&block, "HTTP/1.1 %s\r\n%s\r\n", status, fields);
    tm_buf_str(&block, body);
    put(file, "response", uri, "application/http; msgtype=response", tm_buf_view(&block));
    tm_buf_finish(&block);
}

/* window: 15 + 16 for gzip, 15 for zlib, -15 for the bare stream */
static void deflate_to(struct tm_buf *out, struct tm_str text, int window)
{
    z_stream z = {0};
    assert_int_equal(deflateInit2(&z, 9, Z_DEFLATED, window, 8, Z_DEFAULT_STRATEGY), Z_OK);
    size_t room = deflateBound(&z, (uLong)text.n);
    out->n = 0;
    assert_true(tm_buf_reserve(out, room));
    z.next_in = (Bytef *)(uintptr_t)text.p;
    z.avail_in = (uInt)text.n;
    z.next_out = (Bytef *)out->p;
    z.avail_out = (uInt)room;
    assert_int_equal(deflate(&z, Z_FINISH), Z_STREAM_END);
    out->n = room - z.avail_out;
    deflateEnd(&z);
}

static void chunk_to(struct tm_buf *out, struct tm_str text, size_t size)
{
    out->n = 0;
    for (size_t at = 0; at < text.n; at += size) {
        size_t n = text.n - at < size ? text.n - at : size;
        tm_buf_printf(out, "%zx;name=value\r\n", n);
        tm_buf_add(out, text.p + at, n);
        tm_buf_text(out, "\r\n");
    }
    tm_buf_text(out, "0\r\n\r\n");
}

static void read_warc(struct reading *r, const struct tm_buf *file, size_t max_document)
{
    struct tm_input_options options = {.max_document = max_document};
    assert_false(file->failed);
    assert_true(read_memory(r, NULL, file->p, file->n, SIZE_MAX, &options));
    assert_string_equal(r->report.format, "warc");
}

static void reads_a_response(void **state)
{
    struct tm_buf file = {0};
    struct reading r;
    (void)state;
    put_response(&file, "https://example.org/fog?a=1", "200 OK",
                 "Content-Type: text/html; charset=utf-8\r\n", TM_STR(PAGE));
    read_warc(&r, &file, 0);
    assert_int_equal(r.batch->n, 1);
    const struct tm_doc *doc = &r.batch->docs[0];
    assert_non_null(memmem(doc->text.p, doc->text.n, FOG, strlen(FOG)));
    assert_str(doc->url, "https://example.org/fog?a=1");
    assert_str(doc->source_key, "example.org");
    assert_true(tm_str_starts(doc->doc_id, TM_STR("web-")));
    assert_int_equal(doc->date, 1714979289);
    assert_str(doc->extra, "{\"title\":\"Гавань\"}");
    assert_int_equal(doc->source_offset, 0);
    assert_int_equal(doc->source_length, file.n - 4);
    assert_int_equal(doc->reading.recode, 0);
    assert_int_equal(r.told.notes + r.told.warnings + r.told.faults, 0);
    reading_finish(&r);
    tm_buf_finish(&file);
}

/* The same page, whatever it is wrapped in. */
static void undoes_codings(void **state)
{
    static const char *const fields[] = {
        "", "Content-Encoding: gzip\r\n", "Content-Encoding: deflate\r\n",
        "Content-Encoding: Deflate\r\n", "Transfer-Encoding: chunked\r\n",
        "Transfer-Encoding: chunked\r\nContent-Encoding: gzip\r\n", "Content-Encoding: zstd\r\n",
        /* undone by the crawler, which left the head as it was */
        "Transfer-Encoding: chunked\r\nContent-Encoding: gzip\r\n", "Content-Encoding: br\r\n",
    };
    static const int windows[] = {0, 31, 15, -15, 0, 31, 0, 0, 0};
    (void)state;
    for (size_t i = 0; i < LENGTH(fields); i++) {
        struct tm_buf file = {0}, body = {0}, chunks = {0};
        struct reading r;
        char all[200];
        tm_buf_text(&body, PAGE);
        if (windows[i] != 0)
            deflate_to(&body, TM_STR(PAGE), windows[i]);
        if (strstr(fields[i], "zstd") != NULL) {
            body.n = 0;
            assert_true(tm_buf_reserve(&body, ZSTD_compressBound(strlen(PAGE))));
            body.n = ZSTD_compress(body.p, ZSTD_compressBound(strlen(PAGE)), PAGE, strlen(PAGE), 3);
        }
        tm_buf_str(&chunks, tm_buf_view(&body));
        if (strstr(fields[i], "chunked") != NULL && i != 7)
            chunk_to(&chunks, tm_buf_view(&body), 50);
        snprintf(all, sizeof all, "Content-Type: text/html\r\n%s", fields[i]);
        put_response(&file, "https://example.org/", "200 OK", all, tm_buf_view(&chunks));
        read_warc(&r, &file, 0);
        if (r.batch->n != 1 || memmem(r.batch->docs[0].text.p, r.batch->docs[0].text.n, FOG,
                                      strlen(FOG)) == NULL)
            fail_msg("%zu: %s", i, r.told.text);
        int64_t grown = (int64_t)strlen(PAGE) - (int64_t)chunks.n;
        assert_true(r.batch->docs[0].reading.recode == grown);
        reading_finish(&r);
        tm_buf_finish(&file);
        tm_buf_finish(&body);
        tm_buf_finish(&chunks);
    }
}

static void knows_encodings(void **state)
{
    /* "Туман над рекой" */
    static const struct {
        const char *fields;
        const char *body;
        const char *text;
        unsigned notes;
    } pages[] = {
        {"Content-Type: text/plain; charset=windows-1251\r\n",
         "\xD2\xF3\xEC\xE0\xED \xED\xE0\xE4 \xF0\xE5\xEA\xEE\xE9", "Туман над рекой", 0},
        {"Content-Type: text/plain; charset=\"KOI8-R\"\r\n",
         "\xF4\xD5\xCD\xC1\xCE \xCE\xC1\xC4 \xD2\xC5\xCB\xCF\xCA", "Туман над рекой", 0},
        {"Content-Type: text/plain\r\n", "\x92\xE3\xAC\xA0\xAD \xAD\xA0\xA4 \xE0\xA5\xAA\xAE\xA9",
         "Туман над рекой", 0},
        {"Content-Type: text/plain; charset=utf-8\r\n", "Fog \xFF today", "Fog \xEF\xBF\xBD today", 0},
        {"Content-Type: text/plain; charset=gbk\r\n", "\xCE\xED\xBA\xCD\xD3\xEA", NULL, 1},
    };
    (void)state;
    for (size_t i = 0; i < LENGTH(pages); i++) {
        struct tm_buf file = {0};
        struct reading r;
        put_response(&file, "http://example.org/", "200", pages[i].fields,
                     tm_str_of(pages[i].body));
        read_warc(&r, &file, 0);
        assert_int_equal(r.batch->n, pages[i].text != NULL);
        if (pages[i].text != NULL)
            assert_str(r.batch->docs[0].text, pages[i].text);
        if (r.told.faults != 0 || r.told.notes < pages[i].notes)
            fail_msg("%zu: %s", i, r.told.text);
        reading_finish(&r);
        tm_buf_finish(&file);
    }
}

/* Of all records, the pages and texts; the others are counted. */
static void chooses_records(void **state)
{
    struct tm_buf file = {0};
    struct reading r;
    (void)state;
    put(&file, "warcinfo", "", "application/warc-fields", TM_STR("software: x\r\n"));
    put(&file, "request", "http://a/", "application/http", TM_STR("GET / HTTP/1.1\r\n\r\n"));
    put(&file, "metadata", "http://a/", "application/warc-fields", TM_STR("via: x\r\n"));
    put(&file, "revisit", "http://a/", "application/http", TM_STR("HTTP/1.1 200 OK\r\n\r\n"));
    put_response(&file, "http://a/gone", "404 Not Found", "Content-Type: text/html\r\n",
                 TM_STR(PAGE));
    put_response(&file, "http://a/1.png", "200 OK", "Content-Type: image/png\r\n",
                 TM_STR("\x89PNG"));
    put_response(&file, "http://a/untyped", "200 OK", "", TM_STR(PAGE));
    put(&file, "resource", "http://a/res", "text/html", TM_STR(PAGE));
    put(&file, "conversion", "http://a/conv", "text/plain", TM_STR("\n" FOG "\n"));
    read_warc(&r, &file, 0);
    assert_int_equal(r.batch->n, 3);
    assert_int_equal(r.report.skipped_documents, 6);
    assert_str(r.batch->docs[0].url, "http://a/untyped");
    assert_str(r.batch->docs[1].url, "http://a/res");
    assert_str(r.batch->docs[2].text, FOG);
    assert_int_equal(r.told.faults, 0);
    reading_finish(&r);
    tm_buf_finish(&file);
}

static const struct {
    const char *why;
    const char *length;         /* of the second record of three; its block has 5 bytes */
    size_t documents;
    const char *said;
} lies[] = {
    {"too long", "40", 2, "does not end where it says"},
    {"too short", "2", 2, "does not end where it says"},
    {"beyond the end", "4000", 2, "longer than what follows"},
    {"beyond any file", "99999999999999999999999", 2, "no WARC record begins here"},
    {"negative", "-5", 2, "no WARC record begins here"},
    {"missing", "", 2, "no WARC record begins here"},
    {"larger than a document", "2000000", 1, "larger than a document may be"},
};

static void does_not_believe_lengths(void **state)
{
    (void)state;
    for (size_t i = 0; i < LENGTH(lies); i++) {
        struct tm_buf file = {0};
        struct reading r;
        put(&file, "conversion", "http://a/1", "text/plain", TM_STR("first"));
        size_t place = file.n;
        tm_buf_printf(&file, "WARC/1.0\r\nWARC-Type: conversion\r\nContent-Type: text/plain\r\n"
                      "Content-Length: %s\r\n\r\nwrong\r\n\r\n", lies[i].length);
        put(&file, "conversion", "http://a/3", "text/plain", TM_STR("third"));
        read_warc(&r, &file, 1000000);
        if (r.batch->n != lies[i].documents || strstr(r.told.text, lies[i].said) == NULL
            || r.told.offset != place || r.report.broken_documents != 1)
            fail_msg("%s: %zu documents: %s", lies[i].why, r.batch->n, r.told.text);
        reading_finish(&r);
        tm_buf_finish(&file);
    }
}

/* What unpacks to more than a document may be, what breaks off, what is no coding at all. */
static void survives_bombs(void **state)
{
    static const struct {
        const char *fields;
        const char *body;           /* NULL: gzip of 64 MiB */
        size_t n;
        const char *said;
    } bombs[] = {
        {"Content-Encoding: gzip\r\n", NULL, 0, "unpacks to more than max_document"},
        {"Content-Encoding: gzip\r\n", "\x1F\x8B\x08\0\0\0\0\0\0\3xxxxxxxxx", 19, "broken"},
        {"Content-Encoding: zstd\r\n", "\x28\xB5\x2F\xFDxxxxxxxxxxx", 15, "broken"},
        {"Content-Encoding: lzma\r\n", "xxxx", 4, "not known"},
        {"Content-Encoding: br\r\n", "\xFF\xFF\xFF\xFF", 4, "br"},
    };
    char *zeros = calloc(1, (size_t)64 << 20);
    (void)state;
    assert_non_null(zeros);
    for (size_t i = 0; i < LENGTH(bombs); i++) {
        struct tm_buf file = {0}, body = {0};
        struct reading r;
        char fields[100];
        if (bombs[i].body == NULL)
            deflate_to(&body, (struct tm_str){zeros, (size_t)64 << 20}, 31);
        else
            tm_buf_add(&body, bombs[i].body, bombs[i].n);
        snprintf(fields, sizeof fields, "Content-Type: text/html\r\n%s", bombs[i].fields);
        put_response(&file, "http://a/1", "200 OK", fields, tm_buf_view(&body));
        put(&file, "conversion", "http://a/2", "text/plain", TM_STR("second"));
        read_warc(&r, &file, 1 << 20);
        if (r.batch->n != 1 || r.told.faults != 1 || strstr(r.told.text, bombs[i].said) == NULL)
            fail_msg("%zu: %s", i, r.told.text);
        assert_str(r.batch->docs[0].text, "second");
        reading_finish(&r);
        tm_buf_finish(&file);
        tm_buf_finish(&body);
    }
    free(zeros);
}

/* Chunks that claim more than there is: the body is then taken as it stands. */
static void survives_chunks_that_lie(void **state)
{
    static const char *const bodies[] = {"ffffffffffff\r\n<p>Fog</p>", "5\r\n<p>Fog</p>\r\n0\r\n\r\n",
                                         "fffffffffffffffffffffffff\r\n<p>Fog</p>", "\r\n<p>Fog</p>",
                                         "4\r\n<p>F"};
    (void)state;
    for (size_t i = 0; i < LENGTH(bodies); i++) {
        struct tm_buf file = {0};
        struct reading r;
        put_response(&file, "http://a/1", "200 OK",
                     "Content-Type: text/html\r\nTransfer-Encoding: chunked\r\n",
                     tm_str_of(bodies[i]));
        read_warc(&r, &file, 0);
        assert_int_equal(r.batch->n, 1);
        assert_int_equal(r.told.faults, 0);
        assert_non_null(memmem(r.batch->docs[0].text.p, r.batch->docs[0].text.n, "F", 1));
        reading_finish(&r);
        tm_buf_finish(&file);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_a_response),
        cmocka_unit_test(undoes_codings),
        cmocka_unit_test(knows_encodings),
        cmocka_unit_test(chooses_records),
        cmocka_unit_test(does_not_believe_lengths),
        cmocka_unit_test(survives_bombs),
        cmocka_unit_test(survives_chunks_that_lie),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
