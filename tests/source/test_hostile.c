/* SPDX-License-Identifier: Apache-2.0 */
/* Properties of all readers: cut off anywhere, changed anywhere, fed in any chunks. */
#include "source/source_test.h"

#define LETTERS "\xD1\x81\xD1\x83\xD0\xBF \xF0\x9F\x8D\xB2"

static const struct {
    const char *format;
    const char *text;
} samples[] = {
    {"webcopy",
     "\xEF\xBB\xBF" "Forwarded from Port\nThis media is not supported in your browser\n"
     "VIEW IN TELEGRAM\nFog " LETTERS "\nMore fog\n\nForwarded from Town " LETTERS "\nMarket day\n"
     "\n\n\nA post without a header\r\nof two lines\r\n"},
    {"text", "One\n\nparagraph " LETTERS "\n\n\nTwo\n\n\n\nThree \xC2\xAB" "four\xC2\xBB\n"},
    {"paste",
     "Ann, [12/1/21 1:59 PM]\nFog " LETTERS "\n\nBob, [1.12.2021 14:00:01]\r\n[Forwarded from Port]\r\n"
     "[ Poll : tea? ]\r\n- yes\r\n- no\r\n\r\nBob, [2.12.2021 14:00]\n{{\nspoken\n}}\nSoup\n"},
    {"warc",
     "WARC/1.0\r\nWARC-Type: response\r\nWARC-Target-URI: http://example.org/a\r\n"
     "WARC-Date: 2024-05-06T07:08:09Z\r\nContent-Length: 112\r\n\r\n"
     "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nTransfer-Encoding: chunked\r\n\r\n"
     "1d\r\n<p>Fog &amp; rain</p><b>x</b>\r\n0\r\n\r\n\r\n\r\n"
     "WARC/1.0\r\nWARC-Type: request\r\nContent-Length: 4\r\n\r\nGET \r\n\r\n"
     "WARC/1.0\r\nWARC-Type: conversion\r\nWARC-Target-URI: http://example.org/b\r\n"
     "Content-Type: text/plain\r\nContent-Length: 13\r\n\r\nSoup and tea\n\r\n\r\n"},
    {"json",
     "{\"id\":1,\"text\":\"Fog \\u0441" LETTERS "\\n\",\"channel\":\"Port\",\"date\":\"2024-12-04T09:00:28Z\"}\n"
     "{\"id\":2,\"text\":[\"a\",{\"type\":\"bold\",\"text\":\"b\"}],\"views\":12,\"x\":[1,[2,{\"y\":null}]]}\n"
     "{\"_\":\"MessageService\",\"id\":3}\n{\"other\":true}\n"
     "{\"url\":\"https://t.me/port/4\",\"content\":\"\\ud83c\\udf72 \\x1f\"}\n"},
    {"json",
     "[\n    {\n        \"message_id\": 118,\n        \"sender_id\": -1001900000007,\n"
     "        \"text\": \"Soup\\nand tea\",\n        \"channel\": \"Kitchen\"\n    },\n    {\n"
     "        \"message_id\": 117,\n        \"sender_id\": -1001900000007,\n"
     "        \"text\": \"" LETTERS "\",\n        \"fwd_from\": {\n            \"from_name\": \"Port\"\n"
     "        }\n    },\n    {\n        \"message_id\": 116,\n        \"text\": \"Bread\"\n    }\n]\n"},
    {"desktop-json",
     "{\n \"name\": \"Harbour\",\n \"type\": \"public_channel\",\n \"id\": 1234567,\n \"messages\": [\n"
     "  {\n   \"id\": 1,\n   \"type\": \"service\",\n   \"text\": \"\"\n  },\n"
     "  {\n   \"id\": 2,\n   \"type\": \"message\",\n   \"date_unixtime\": \"1733302828\",\n"
     "   \"text\": [\n    \"Fog \",\n    {\n     \"type\": \"text_link\",\n     \"text\": \"here\",\n"
     "     \"href\": \"https://example.org\"\n    }\n   ]\n  },\n"
     "  {\n   \"id\": 3,\n   \"type\": \"message\",\n   \"document_id\": stickers/a (1).webm,\n"
     "   \"poll\": {\n    \"question\": \"Tea?\",\n    \"answers\": [\n     {\n      \"text\": \"" LETTERS
     "\"\n     }\n    ]\n   },\n   \"text\": \"\"\n  }\n ]\n}"},
    {"desktop-json",
     "{\"about\": \"x\", \"chats\": {\"list\": [\n{\"name\": \"Port\", \"type\": \"personal_chat\", \"id\": 1,"
     " \"messages\": [\n {\"id\": 1, \"type\": \"message\", \"text\": \"A\"},\n"
     " {\"id\": 2, \"type\": \"unsupported\"},\n {\"id\": 3, \"type\": \"message\", \"text\": \"B\"}\n]},\n"
     "{\"name\": null, \"id\": 2, \"messages\": [\n {\"id\": 1, \"type\": \"message\", \"text\": \"C\"}\n]}\n]}}"},
    {"desktop-html",
     "<!DOCTYPE html>\n<html><head><title>Exported Data</title></head><body><div class=\"page_wrap\">\n"
     "<div class=\"page_header\"><div class=\"text bold\">\nPort &amp; town \n</div></div>\n"
     "<div class=\"page_body chat_page\"><div class=\"history\">\n"
     "<div class=\"message service\" id=\"message-1\"><div class=\"body\">4 December 2024</div></div>\n"
     "<div class=\"message default clearfix\" id=\"message2\"><div class=\"body\">\n<div class=\"pull_right "
     "date details\" title=\"04.12.2024 10:00:28 UTC+03:00\">10:00</div>\n<div class=\"from_name\">\nAnna\n"
     "</div>\n<div class=\"reply_to details\"><a href=\"#go_to_message1\">x</a></div><div class=\"text\">\n"
     "Fog &#1071; <strong>" LETTERS "<br></strong><a href=\"https://example.org\">here</a>\n</div></div></div>\n"
     "<div class=\"message default clearfix joined\" id=\"message3\"><div class=\"forwarded body\">"
     "<div class=\"from_name\">Town <span class=\"date details\">04.12</span></div><div class=\"media_wrap\">"
     "<div class=\"media_photo\"><div class=\"title\">Sticker</div></div></div><!-- x --><div class='text'>A<pre>\n"
     "b</pre></div></div></div>\n</div></div></div></body></html>"},
    {"tme-html",
     "<div class=\"tgme_widget_message js\" data-post=\"port/7\" data-view=\"eyJjIjotMTkwMDAwMDAwMSwicCI6NDJ9\">\n"
     "<a class=\"tgme_widget_message_owner_name\"><span>Port</span></a><a class=\"tgme_widget_message_reply\" "
     "href=\"https://t.me/port/1\"><div class=\"tgme_widget_message_text js-message_reply_text\">x</div></a>"
     "<div class=\"tgme_widget_message_text js-message_text\"><div class=\"tgme_widget_message_text\">Fog<br/>"
     LETTERS "</div></div><span class=\"tgme_widget_message_views\">1.2K</span><time datetime=\"2024-12-04T10:00:28"
     "+00:00\">10:00</time></div>\n<script>if (a < b) x</script>"
     "<div class=\"tgme_widget_message service_message\" data-post=\"port/8\"><div>x</div></div>\n"
     "<div class=\"tgme_widget_message\" data-post=\"port/9\"><div class=\"tgme_widget_message_text\">A &lt; B "
     "<a href=\"https://example.org/?a&amp;amp;b\" onclick=\"x\">there</a></div></div>\n"},
};

static const char *const extra[] = {"x", "views", "id", NULL};

/* The balance is checked by every read_memory. */
static void cut_off_at_every_byte(void **state)
{
    struct tm_input_options options = {.extra = extra};
    (void)state;
    for (size_t i = 0; i < LENGTH(samples); i++) {
        struct reading whole;
        size_t n = strlen(samples[i].text);
        assert_true(read_memory(&whole, samples[i].format, samples[i].text, n, SIZE_MAX, &options));
        assert_true(whole.batch->n > 1 && whole.told.faults == 0);
        for (size_t cut = 0; cut < n; cut++) {
            struct reading r;
            assert_true(read_memory(&r, samples[i].format, samples[i].text, cut, SIZE_MAX,
                                    &options));
            /* What was complete is there, and is the same. */
            for (size_t k = 0; k < whole.batch->n; k++) {
                const struct tm_doc *doc = &whole.batch->docs[k];
                if (doc->source_offset + doc->source_length > cut)
                    break;
                assert_true(k < r.batch->n);
                if (strncmp(samples[i].format, "json", 4) == 0 || k + 1 < r.batch->n)
                    assert_true(tm_str_equal(doc->text, r.batch->docs[k].text));
            }
            reading_finish(&r);
        }
        reading_finish(&whole);
    }
}

/* Chunks change nothing. */
static void fed_in_any_chunks(void **state)
{
    static const size_t chunks[] = {1, 2, 3, 7, 16, 64, 1000};
    struct tm_input_options options = {.extra = extra};
    (void)state;
    for (size_t i = 0; i < LENGTH(samples); i++) {
        struct reading whole;
        size_t n = strlen(samples[i].text);
        assert_true(read_memory(&whole, samples[i].format, samples[i].text, n, SIZE_MAX, &options));
        for (size_t c = 0; c < LENGTH(chunks); c++) {
            struct reading r;
            assert_true(read_memory(&r, samples[i].format, samples[i].text, n, chunks[c],
                                    &options));
            assert_same_documents(whole.batch, r.batch);
            assert_string_equal(whole.report.sha256, r.report.sha256);
            assert_int_equal(whole.report.skipped, r.report.skipped);
            assert_int_equal(whole.report.repairs, r.report.repairs);
            reading_finish(&r);
        }
        reading_finish(&whole);
    }
}

static size_t change(uint64_t *seed, const char *text, size_t n, char *out)
{
    static const char likely[] = "{}[]\",:\\\n x0<>/&=\xD0\xFF";
    memmove(out, text, n);
    for (uint32_t k = 1 + test_random(seed) % 5; k > 0 && n > 1; k--) {
        size_t at = test_random(seed) % n, length = test_random(seed) % 9;
        switch (test_random(seed) % 4) {
        case 0:
            out[at] = (char)test_random(seed);
            break;
        case 1:
            out[at] = likely[test_random(seed) % (sizeof likely - 1)];
            break;
        case 2:                         /* a piece goes */
            length = length < n - at ? length : n - at;
            memmove(out + at, out + at + length, n - at - length);
            n -= length;
            break;
        default:                        /* a piece comes twice */
            length = length < n - at ? length : n - at;
            memmove(out + at + length, out + at, n - at);
            n += length;
        }
    }
    return n;
}

/* Whatever comes: no crash, all bytes in one class, and the same result in one piece and byte by
 * byte. */
static void changed_at_random(void **state)
{
    char text[4096];
    uint64_t seed = 1;
    struct tm_input_options options = {.extra = extra};
    (void)state;
    for (int round = 0; round < 12000; round++) {
        size_t i = (size_t)round % LENGTH(samples);
        struct reading r, again;
        size_t n = change(&seed, samples[i].text, strlen(samples[i].text), text);
        const char *format = round % 3 == 0 ? samples[(size_t)round / 7 % LENGTH(samples)].format
                                            : samples[i].format;
        assert_true(read_memory(&r, format, text, n, SIZE_MAX, &options));
        if (round % 4 == 0) {
            assert_true(read_memory(&again, format, text, n, 1, &options));
            assert_same_documents(r.batch, again.batch);
            assert_int_equal(r.report.broken, again.report.broken);
            assert_int_equal(r.told.faults, again.told.faults);
            assert_string_equal(r.told.text, again.told.text);
            reading_finish(&again);
        }
        reading_finish(&r);
    }
}

/* The same with windows that are too small for some documents. */
static void changed_and_too_large(void **state)
{
    static char text[70000];
    uint64_t seed = 2;
    (void)state;
    for (int round = 0; round < 300; round++) {
        size_t i = (size_t)round % LENGTH(samples), n = 0;
        struct tm_input_options options = {.extra = extra};
        options.max_document = 1 + test_random(&seed) % 300;
        while (n < 30000) {
            n += change(&seed, samples[i].text, strlen(samples[i].text), text + n);
            memset(text + n, test_random(&seed) % 2 ? ' ' : 'a', 9000);
            n += test_random(&seed) % 2 ? 9000 : 1;
        }
        struct reading r;
        assert_true(read_memory(&r, samples[i].format, text, n, 1 + test_random(&seed) % 5000,
                                &options));
        for (size_t k = 0; k < r.batch->n; k++)
            assert_true(r.batch->docs[k].source_length <= options.max_document);
        reading_finish(&r);
    }
}

/* A file of the folder that an environment variable names; its length, 0 when it is not there. */
static size_t load(const char *variable, const char *name, char *to, size_t room)
{
    char path[1024];
    const char *folder = getenv(variable);
    if (folder == NULL || folder[0] == '\0')
        return 0;
    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *file = fopen(path, "rb");
    if (file == NULL)
        return 0;
    size_t n = fread(to, 1, room, file);
    fclose(file);
    return n;
}

/* Whole pages, changed in many places. */
static void changed_pages(void **state)
{
    static const struct {
        const char *variable;
        const char *name;
        int rounds;
    } pages[] = {
        {"TOLMACH_CORPORA", "harbour/raw/port-vestnik.html/messages2.html", 100},
        {"TOLMACH_CORPORA", "harbour/raw/two-shores.html/messages.html", 100},
        {"TOLMACH_CORPORA", "harbour/raw/two-shores.tme/page1.html", 100},
        {"TOLMACH_CORPORA", "harbour/raw/harbour-notes.tme/page2.html", 100},
        {"TOLMACH_REAL_DATA", "telegram/desktop-html/DevComputaria-cyber.messages2.html", 6},
        {"TOLMACH_REAL_DATA", "telegram/desktop-html/roboteam-test.messages.html", 100},
        {"TOLMACH_REAL_DATA", "telegram/tme-preview/tchan.test_parse_multimedia_message.html", 100},
    };
    static const char *const formats[] = {NULL, "desktop-html", "tme-html", "html"};
    size_t room = 2 << 20;
    char *page = malloc(room), *text = malloc(room + 4096);
    uint64_t seed = 3;
    (void)state;
    assert_true(page != NULL && text != NULL);
    for (size_t i = 0; i < LENGTH(pages); i++) {
        size_t whole = load(pages[i].variable, pages[i].name, page, room);
        if (whole == 0 && strcmp(pages[i].variable, "TOLMACH_CORPORA") == 0)
            fail_msg("%s is not there", pages[i].name);
        for (int round = 0; round < pages[i].rounds && whole != 0; round++) {
            struct reading r;
            size_t n = change(&seed, page, whole, text);
            for (uint32_t k = test_random(&seed) % 20; k > 0; k--)
                n = change(&seed, text, n, text);
            if (round % 5 == 0)
                n = test_random(&seed) % n;
            if (read_memory(&r, formats[round % 4], text, n, 1 + test_random(&seed) % 100000, NULL))
                reading_finish(&r);
        }
    }
    free(page);
    free(text);
}

/* Deep nesting, endless lines and endless blanks end in bounded time and memory. */
static void large_and_flat(void **state)
{
    static const struct {
        const char *format;
        const char *before;
        const char *again;
    } floods[] = {
        {"json", "", "["},           {"json", "[", "[],"},       {"json", "{\"text\":", "["},
        {"json", "{\"text\":\"", "x"}, {"json", "{\"text\":\"", "\\n"}, {"json", "{\"a\":", "{\"a\":"},
        {"json", "", " "},           {"json", "[", "{},"},       {"json", "", "{\"a\"\n"},
        {"json", "", "{\"text\":\n"},
        {"json", "[1", "2"},         {"json", "{\"a\":", "x.y"}, {"desktop-json", "{\"messages\":[", "{"},
        {"desktop-json", "{\"name\":\"", "x"}, {"desktop-json", "{\"a\":[", "1,"},
        {"desktop-json", "{\"messages\":[", "{\"type\":\"service\"},"},
        {"webcopy", "", "x"},        {"webcopy", "", "\n"},      {"webcopy", "x", " "},
        {"webcopy", "", "Forwarded from x\n"}, {"text", "", "\xFF\n\n\n"}, {"text", "x\n", " \nx\n"},
        {"desktop-html", "", "<div class=\"message default\" id=\"message1\">"},
        {"desktop-html", "<div class=\"message\" id=\"message1\">", "<div class=\"text\">A"},
        {"desktop-html", "<div class=\"message\" id=\"message1\"><div class=\"text\">", "<a href=\"x://y\">B"},
        {"desktop-html", "<div class=\"message\" id=\"message1\"><div class=\"text\">", "<br>"},
        {"desktop-html", "", "</div>"},
        {"tme-html", "", "<div class=\"tgme_widget_message\" data-post=\"a/1\">"},
        {"tme-html", "<div class=\"tgme_widget_message\" data-post=\"a/1\">", "<a class=\"tgme_widget_message_reply\">"},
        {"tme-html", "<div class=\"tgme_widget_message\" data-post=\"", "a/"},
        {"html", "", "<p>A"}, {"html", "<title>", "x"}, {"html", "<p>", "x"},
    };
    size_t n = 3 << 20;
    char *text = malloc(n + 64);
    struct tm_input_options options = {.max_document = 1 << 18};
    (void)state;
    assert_non_null(text);
    for (size_t i = 0; i < LENGTH(floods); i++) {
        struct reading r;
        size_t k = strlen(floods[i].again), at = strlen(floods[i].before);
        memcpy(text, floods[i].before, at);
        while (at < n) {
            memcpy(text + at, floods[i].again, k);
            at += k;
        }
        assert_true(read_memory(&r, floods[i].format, text, at, SIZE_MAX, &options));
        reading_finish(&r);
    }
    free(text);
}

/* A byte pattern over and over: more than fits into memory. */
struct flood {
    struct tm_str start;
    struct tm_str again;
    uint64_t left;
};

static ssize_t read_flood(void *user, void *p, size_t n, struct tm_err *err)
{
    struct flood *flood = user;
    char *to = p;
    size_t k = flood->start.n;
    (void)err;
    if (k != 0) {
        memcpy(p, flood->start.p, k);
        flood->start.n = 0;
        return (ssize_t)k;
    }
    n = n < flood->left ? n : (size_t)flood->left;
    for (size_t i = 0; i < n; i += k) {
        k = flood->again.n < n - i ? flood->again.n : n - i;
        memcpy(to + i, flood->again.p, k);
    }
    flood->left -= n;
    return (ssize_t)n;
}

static long resident_kib(void)
{
    char line[128];
    long kib = 0;
    FILE *file = fopen("/proc/self/status", "r");
    assert_non_null(file);
    while (fgets(line, sizeof line, file) != NULL)
        if (sscanf(line, "VmRSS: %ld", &kib) == 1)
            break;
    fclose(file);
    return kib;
}

/* One line of 96 MiB, in another encoding as well: told with its place (a string
 * that never ends, where it breaks off), and no memory to speak of. */
static void endless_lines(void **state)
{
    static const struct {
        const char *format;
        const char *encoding;
        const char *start;
        const char *again;
    } floods[] = {
        {"text", NULL, "ok\n\n\n", "Fog over the harbour "},
        {"text", "windows-1251", "ok\n\n\n", "\xD2\xF3\xEC\xE0\xED \xED\xE0\xE4 "},
        {"paste", NULL, "Ann, [12/1/21 1:59 PM]\nok\nAnn, [12/1/21 2:59 PM]\n", "Fog "},
        {"json", NULL, "{\"text\":\"ok\"}\n{\"text\":\"", "Fog \\u0441"},
        {"warc", NULL, "WARC/1.0\r\nWARC-Type: conversion\r\nContent-Type: text/plain\r\n"
         "Content-Length: 2\r\n\r\nok\r\n\r\nWARC/1.0\r\nWARC-Type: conversion\r\n"
         "Content-Length: 999999999999\r\n\r\n", "Fog "},
    };
    long before = resident_kib();
    (void)state;
    for (size_t i = 0; i < LENGTH(floods); i++) {
        struct flood flood = {tm_str_of(floods[i].start), tm_str_of(floods[i].again),
                              (uint64_t)96 << 20};
        uint64_t start = flood.start.n;
        struct tm_input_options options = {.max_document = 1 << 20};
        struct tm_input_report report = {0};
        struct tm_decoder decoder = {0};
        struct told told = {0};
        struct tm_stream stream;
        struct tm_err err = {0};
        void *reader;
        const struct tm_format *format = tm_format_named(floods[i].format);
        struct tm_batch *batch = tm_batch_create();
        assert_int_equal(tm_stream_init(&stream, read_flood, &flood,
                                        options.max_document + TM_SOURCE_AHEAD, &err), TM_OK);
        if (floods[i].encoding != NULL)
            assert_int_equal(tm_decoder_attach(&decoder, &stream, floods[i].encoding, &err), TM_OK);
        struct tm_file file = {.name = "flood", .options = &options, .stream = &stream,
                               .decoder = &decoder, .report = &report, .notify = test_notify,
                               .user = &told, .batch = batch};
        assert_int_equal(format->open(&file, &reader, &err), TM_OK);
        while (format->next(reader, &err) == TM_OK)
            ;
        format->close(reader);
        tm_stream_drain(&stream);
        tm_file_close(&file, stream.offset);
        if (batch->n != 1 || told.faults == 0
            || (told.offset > start && strcmp(floods[i].format, "json") != 0))
            fail_msg("%s: %zu documents, at %llu: %s", floods[i].format, batch->n,
                     (unsigned long long)told.offset, told.text);
        assert_str(batch->docs[0].text, "ok");
        assert_true(report.bytes >= (uint64_t)96 << 20);
        tm_stream_finish(&stream);
        tm_decoder_finish(&decoder);
        tm_batch_destroy(batch);
        assert_true(resident_kib() - before < 32 << 10);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(cut_off_at_every_byte),
        cmocka_unit_test(fed_in_any_chunks),
        cmocka_unit_test(changed_at_random),
        cmocka_unit_test(changed_and_too_large),
        cmocka_unit_test(changed_pages),
        cmocka_unit_test(large_and_flat),
        cmocka_unit_test(endless_lines),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
