/* SPDX-License-Identifier: Apache-2.0 */
/*
 * bench_html FILE... - our HTML tokenizer and readers beside libxml2's SAX parser on the same bytes
 * in memory, best of seven rounds each, taken in turn. Small files are repeated up to 8 MB. Exit 1
 * if a reader of posts is slower than libxml2 anywhere.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <libxml/HTMLparser.h>

#include "source/html_page.h"
#include "source/html_scan.h"
#include "source/open.h"

#define ROUNDS 7
#define CHUNK ((size_t)256 << 10)
#define ENOUGH ((size_t)8 << 20)

enum way { LIBXML2, TOKENS, READER, PAGE, WAYS };

static const char *const names[] = {"libxml2 SAX, push", "tolmach, tokens in memory",
                                    "tolmach, reader + SHA-256", "tolmach, main text of a page"};

struct bytes {
    char *p;
    size_t n;
    size_t once;                /* of the file that is repeated */
    size_t at;
    const struct tm_format *format;
    uint64_t found;             /* tags, or documents */
};

static double seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

static void on_start(void *user, const xmlChar *name, const xmlChar **attributes)
{
    (void)name;
    (void)attributes;
    ((struct bytes *)user)->found++;
}

static void on_text(void *user, const xmlChar *text, int n)
{
    (void)user;
    (void)text;
    (void)n;
}

/* One copy of the file, for this parser stops at the end of the first page. */
static bool libxml2_once(struct bytes *bytes, const char *p)
{
    htmlSAXHandler sax = {.startElement = on_start, .characters = on_text};
    htmlParserCtxtPtr parser = htmlCreatePushParserCtxt(&sax, bytes, NULL, 0, NULL,
                                                        XML_CHAR_ENCODING_UTF8);
    if (parser == NULL)
        return false;
    htmlCtxtUseOptions(parser, HTML_PARSE_NOERROR | HTML_PARSE_NOWARNING);
    for (size_t at = 0; at < bytes->once; at += CHUNK) {
        size_t n = bytes->once - at < CHUNK ? bytes->once - at : CHUNK;
        htmlParseChunk(parser, p + at, (int)n, at + n == bytes->once);
    }
    htmlFreeParserCtxt(parser);
    return true;
}

static bool libxml2_round(struct bytes *bytes)
{
    bool good = true;
    for (size_t at = 0; at < bytes->n && good; at += bytes->once)
        good = libxml2_once(bytes, bytes->p + at);
    return good;
}

static bool tokens_round(struct bytes *bytes)
{
    struct tm_stream stream = {.p = bytes->p, .n = bytes->n, .ended = true};
    struct tm_html html;
    enum tm_html_event event;
    tm_html_init(&html, &stream, bytes->n + 1);
    while ((event = tm_html_next(&html)) != TM_HTML_END)
        bytes->found += event == TM_HTML_OPEN;
    return true;
}

static ssize_t read_bytes(void *user, void *p, size_t n, struct tm_err *err)
{
    struct bytes *bytes = user;
    (void)err;
    if (n > bytes->n - bytes->at)
        n = bytes->n - bytes->at;
    memcpy(p, bytes->p + bytes->at, n);
    bytes->at += n;
    return (ssize_t)n;
}

static bool reader_round(struct bytes *bytes)
{
    struct tm_input_options options = {.max_document = TM_SOURCE_MAX_DOCUMENT};
    struct tm_input_report report = {0};
    struct tm_batch *batch = tm_batch_create();
    struct tm_stream stream;
    struct tm_file file = {.name = "bench", .options = &options, .stream = &stream,
                           .report = &report, .batch = batch};
    void *state;
    bytes->at = 0;
    if (batch == NULL || tm_stream_init(&stream, read_bytes, bytes, (size_t)32 << 20, NULL) != TM_OK
        || bytes->format->open(&file, &state, NULL) != TM_OK)
        return false;
    while (bytes->format->next(state, NULL) == TM_OK) {
        bytes->found++;
        if (batch->n == 1000) {
            tm_batch_reset(batch);
            file.shared_name = (struct tm_str){NULL, 0};
        }
    }
    bytes->format->close(state);
    tm_stream_drain(&stream);
    tm_stream_finish(&stream);
    tm_batch_destroy(batch);
    return true;
}

static bool page_round(struct bytes *bytes)
{
    struct tm_arena *arena = tm_arena_create();
    struct tm_html_page page;
    bool good = arena != NULL
                && tm_html_page_read(bytes->p, bytes->n, arena, &page, NULL) == TM_OK;
    bytes->found = 1;
    tm_arena_destroy(arena);
    return good;
}

static bool load(const char *path, struct bytes *bytes)
{
    FILE *file = fopen(path, "rb");
    if (file == NULL || fseek(file, 0, SEEK_END) != 0)
        return false;
    size_t n = (size_t)ftell(file), times = n == 0 ? 1 : 1 + ENOUGH / n;
    rewind(file);
    bytes->p = malloc(n * times + 1);
    bool good = bytes->p != NULL && fread(bytes->p, 1, n, file) == n;
    for (size_t i = 1; good && i < times; i++)
        memcpy(bytes->p + i * n, bytes->p, n);
    bytes->n = n * times;
    bytes->once = n;
    fclose(file);
    return good;
}

int main(int argc, char **argv)
{
    static bool (*const rounds[WAYS])(struct bytes *) = {libxml2_round, tokens_round, reader_round,
                                                         page_round};
    int slower = 0;
    for (int i = 1; i < argc; i++) {
        struct bytes bytes = {0};
        double best[WAYS] = {1e9, 1e9, 1e9, 1e9};
        uint64_t found[WAYS] = {0};
        int bid;
        if (!load(argv[i], &bytes)) {
            fprintf(stderr, "cannot read %s\n", argv[i]);
            return 3;
        }
        bytes.format = tm_format_guess(bytes.p, bytes.n < 65536 ? bytes.n : 65536, &bid);
        for (int round = 0; round < ROUNDS && bytes.format != NULL; round++) {
            for (int k = 0; k < WAYS; k++) {
                bytes.found = 0;
                double begin = seconds();
                if (!rounds[k](&bytes))
                    printf("%s: %s fails\n", argv[i], names[k]);
                double took = seconds() - begin;
                best[k] = took < best[k] ? took : best[k];
                found[k] = bytes.found;
            }
        }
        printf("%s, %zu bytes, %s\n", argv[i], bytes.n,
               bytes.format == NULL ? "not recognised" : bytes.format->name);
        for (int k = 0; k < WAYS && bytes.format != NULL; k++)
            printf("  %-30s %6.0f MB/s  %5.2f x  %llu %s\n", names[k],
                   (double)bytes.n / best[k] / 1e6, best[LIBXML2] / best[k],
                   (unsigned long long)found[k], k < READER ? "start tags" : "documents");
        slower |= best[READER] > best[LIBXML2];
        free(bytes.p);
    }
    return slower;
}
