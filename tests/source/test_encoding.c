/* SPDX-License-Identifier: Apache-2.0 */
/* Files in other encodings than UTF-8, through the source. */
#include "source/folder_test.h"

#include "base/buf.h"
#include "base/hash.h"
#include "base/utf8.h"

#define ONE "Сегодня утром над гаванью стоит туман, паром уйдёт в полдень."
#define TWO "В субботу на рынке продают яблоки, тыквы и свежий хлеб."
#define THREE "Приходите с корзинами, хватит всем."

static const struct {
    const char *name;
    const char *format;
    const char *text;
} files[] = {
    {"text", "text", ONE "\n\n\n" TWO "\n" THREE "\n"},
    {"webcopy", "webcopy", "Forwarded from Порт\n" ONE "\nForwarded from Рынок\n" TWO "\n"},
    {"jsonl", "json", "{\"id\":1,\"text\":\"" ONE "\",\"channel\":\"Порт\"}\n{\"id\":2,\"text\":\"" TWO
     "\\n" THREE "\"}\n{\"id\":3,\"_\":\"MessageService\"}\n"},
    {"export", "desktop-json", "{\n \"name\": \"Порт\",\n \"type\": \"public_channel\",\n \"id\": 12,\n"
     " \"messages\": [\n  {\n   \"id\": 1,\n   \"type\": \"message\",\n   \"text\": \"" ONE "\"\n  },\n"
     "  {\n   \"id\": 2,\n   \"type\": \"message\",\n   \"text\": [\"" TWO "\", {\"type\": \"bold\","
     " \"text\": \"" THREE "\"}]\n  }\n ]\n}"},
};

static const char *const encodings[] = {"UTF-16LE", "UTF-16BE", "windows-1251", "KOI8-R", "IBM866",
                                        "x-mac-cyrillic", "ISO-8859-5"};

static void encode(const struct tm_encoding *encoding, const char *text, struct tm_buf *out)
{
    out->n = 0;
    for (size_t n = strlen(text), at = 0; at < n;) {
        uint32_t cp = tm_utf8_next(text, n, &at), byte = cp;
        if (encoding->kind == TM_ENCODING_TABLE) {
            for (uint32_t k = 0; k < 128 && cp >= 128; k++)
                if (encoding->high[k] == cp)
                    byte = 128 + k;
            assert_true(byte < 256);
            tm_buf_byte(out, (char)byte);
        } else {
            bool little = encoding->kind == TM_ENCODING_UTF16LE;
            tm_buf_byte(out, (char)(little ? cp & 0xFF : cp >> 8));
            tm_buf_byte(out, (char)(little ? cp >> 8 : cp & 0xFF));
        }
    }
}

static void check_digest(const struct sourced *s, const struct tm_buf *bytes)
{
    char hex[TM_SHA256_HEX];
    assert_true(tm_sha256_of(bytes->p, bytes->n, hex));
    assert_string_equal(s->reports[0].sha256, hex);
}

/* The same documents as from UTF-8, and each in its place in the file. */
static void reads_every_encoding(void **state)
{
    (void)state;
    for (size_t f = 0; f < LENGTH(files); f++) {
        for (size_t e = 0; e < LENGTH(encodings); e++) {
            struct folder folder;
            struct sourced plain, s;
            struct tm_buf bytes = {0};
            struct tm_encoding encoding;
            char room[64];
            folder_make(&folder);
            assert_true(tm_encoding_named(encodings[e], room, &encoding));
            encode(&encoding, files[f].text, &bytes);
            folder_write(&folder, "plain", files[f].text, strlen(files[f].text));
            sourced_file(&plain, &folder, "plain", NULL);
            folder_write(&folder, "plain", bytes.p, bytes.n);
            sourced_file(&s, &folder, "plain", NULL);
            assert_string_equal(s.reports[0].encoding, encodings[e]);
            assert_string_equal(s.reports[0].format, files[f].format);
            assert_true(s.reports[0].bytes == bytes.n && s.reports[0].confidence >= 50);
            check_digest(&s, &bytes);
            assert_int_equal(s.told.faults, 0);
            assert_true(plain.batch->n >= 2 && s.batch->n == plain.batch->n);
            for (size_t i = 0; i < s.batch->n; i++) {
                const struct tm_doc *doc = &s.batch->docs[i], *want = &plain.batch->docs[i];
                struct tm_buf again = {0};
                uint64_t replaced = 0;
                assert_true(tm_str_equal(doc->text, want->text));
                assert_true(tm_str_equal(doc->doc_id, want->doc_id));
                tm_decode(&encoding, bytes.p + doc->source_offset, doc->source_length, &again,
                          &replaced);
                struct tm_str there = {files[f].text + want->source_offset, want->source_length};
                assert_true(tm_str_equal(tm_buf_view(&again), there));
                tm_buf_finish(&again);
            }
            tm_buf_finish(&bytes);
            sourced_finish(&plain);
            sourced_finish(&s);
            folder_remove(&folder);
        }
    }
}

/* ASCII for longer than any window, then Russian in windows-1251; offsets hold behind it. */
static void watches_a_long_start(void **state)
{
    struct folder folder;
    struct sourced s;
    struct tm_buf bytes = {0}, russian = {0};
    struct tm_encoding encoding;
    char room[64];
    (void)state;
    folder_make(&folder);
    assert_true(tm_encoding_named("windows-1251", room, &encoding));
    encode(&encoding, ONE, &russian);
    for (int i = 0; i < 40000; i++)
        tm_buf_printf(&bytes, "{\"id\":%d,\"text\":\"Fog over the harbour\"}\n", i);
    for (int i = 40000; i < 80000; i++)
        tm_buf_printf(&bytes, "{\"id\":%d,\"text\":\"%.*s\"}\n", i, (int)russian.n, russian.p);
    folder_write(&folder, "a.jsonl", bytes.p, bytes.n);
    sourced_file(&s, &folder, "a.jsonl", NULL);
    assert_int_equal(s.batch->n, 80000);
    assert_int_equal(s.told.notes, 1);
    assert_int_equal(s.told.faults, 0);
    assert_string_equal(s.reports[0].encoding, "windows-1251");
    assert_true(s.reports[0].bytes == bytes.n);
    check_digest(&s, &bytes);
    for (size_t i = 0; i < s.batch->n; i += 777) {
        const struct tm_doc *doc = &s.batch->docs[i];
        char start[32];
        snprintf(start, sizeof start, "{\"id\":%zu,", i);
        assert_memory_equal(bytes.p + doc->source_offset, start, strlen(start));
        assert_int_equal(bytes.p[doc->source_offset + doc->source_length - 1], '}');
        assert_str(doc->text, i < 40000 ? "Fog over the harbour" : ONE);
    }
    tm_buf_finish(&bytes);
    tm_buf_finish(&russian);
    sourced_finish(&s);
    folder_remove(&folder);
}

static const struct {
    const char *why;
    const char *text;
    const char *name;           /* of the option, or NULL */
    const char *encoding;
    const char *said;           /* part of what is told, "" for nothing */
    const char *first;          /* text of the first document, NULL: there is none */
} cases[] = {
    {"UTF-8 is not told", ONE, NULL, "UTF-8", "", ONE},
    {"UTF-8 with a mark", "\xEF\xBB\xBF" ONE, NULL, "UTF-8", "", ONE},
    {"broken bytes leave UTF-8 alone", ONE "\n\n\n\xD0" TWO "\n", NULL, "UTF-8", "not UTF-8", ONE},
    {"the user knows better", "\xE4\xE0\n", "windows-1251", "windows-1251", "", "да"},
    {"and is believed", "\xE4\xE0\n", "KOI8-R", "KOI8-R", "", "ДЮ"},
    {"a page of ICU's", "\xB1\xB3\n", "ISO-8859-2", "ISO-8859-2", "", "ął"},
    {"UTF-16 by name, its mark says which", "\xFE\xFF\x04\x34\x04\x30", "UTF-16", "UTF-16BE", "", "да"},
    {"a byte that stands for nothing", "\xC4\xE0, \x98\xE4\xE0\n", "windows-1251", "windows-1251",
     "1 bytes stand for nothing", "Да, \xEF\xBF\xBD" "да"},
    {"UTF-8 by name", "\xC4\xE0\xED\xE5\xF2\xE7\xED\xE0\xFE\n", "UTF-8", "UTF-8", "not UTF-8", NULL},
};

static void obeys_and_tells(void **state)
{
    (void)state;
    for (size_t i = 0; i < LENGTH(cases); i++) {
        struct folder folder;
        struct sourced s;
        struct tm_input_options options = {.format = "text", .encoding = cases[i].name};
        folder_make(&folder);
        folder_write(&folder, "a.txt", cases[i].text, strlen(cases[i].text));
        sourced_file(&s, &folder, "a.txt", &options);
        bool said = cases[i].said[0] == '\0' ? s.told.text[0] == '\0'
                                             : strstr(s.told.text, cases[i].said) != NULL;
        if (strcmp(s.reports[0].encoding, cases[i].encoding) != 0 || !said)
            fail_msg("%s: %s: %s", cases[i].why, s.reports[0].encoding, s.told.text);
        assert_int_equal(s.batch->n != 0, cases[i].first != NULL);
        if (cases[i].first != NULL)
            assert_str(s.batch->docs[0].text, cases[i].first);
        sourced_finish(&s);
        folder_remove(&folder);
    }
}

/* The place of a fault is one in the file. */
static void places_faults_in_the_file(void **state)
{
    struct folder folder;
    struct sourced s;
    struct tm_buf bytes = {0};
    struct tm_encoding encoding;
    char room[64];
    (void)state;
    folder_make(&folder);
    assert_true(tm_encoding_named("windows-1251", room, &encoding));
    encode(&encoding, "{\"text\":\"" ONE "\"}\n{\"text\":\"" TWO "\",}\n{\"text\":\"" THREE "\"}\n", &bytes);
    folder_write(&folder, "a.jsonl", bytes.p, bytes.n);
    sourced_file(&s, &folder, "a.jsonl", NULL);
    assert_int_equal(s.batch->n, 2);
    assert_int_equal(s.told.faults, 1);
    const char *fault = strstr(bytes.p, ",}");
    assert_true(s.told.offset == (uint64_t)(fault - bytes.p) + 1);
    assert_true(s.reports[0].broken != 0);
    tm_buf_finish(&bytes);
    sourced_finish(&s);
    folder_remove(&folder);
}

/* Whatever becomes of the bytes, each is accounted for (sourced_file checks it), and documents lie
 * in the file one after the other. */
static void balances_changed_bytes(void **state)
{
    uint64_t random = 4711;
    struct tm_buf bytes = {0};
    struct folder folder;
    (void)state;
    folder_make(&folder);
    for (unsigned round = 0; round < 400; round++) {
        struct sourced s;
        struct tm_encoding encoding;
        struct tm_input_options options = {.max_document = round % 3 == 0 ? 100 : 0};
        char room[64];
        uint64_t end = 0;
        const char *name = encodings[test_random(&random) % LENGTH(encodings)];
        assert_true(tm_encoding_named(name, room, &encoding));
        encode(&encoding, files[test_random(&random) % LENGTH(files)].text, &bytes);
        for (unsigned n = test_random(&random) % 6; n > 0; n--)
            bytes.p[test_random(&random) % bytes.n] = (char)test_random(&random);
        bytes.n -= test_random(&random) % (bytes.n / 2);
        folder_write(&folder, "in", bytes.p, bytes.n);
        options.encoding = round % 2 == 0 ? name : NULL;
        sourced_file(&s, &folder, "in", &options);
        assert_true(s.reports[0].bytes == bytes.n);
        check_digest(&s, &bytes);
        for (size_t i = 0; i < s.batch->n; i++) {
            const struct tm_doc *doc = &s.batch->docs[i];
            const struct tm_reading *r = &doc->reading;
            assert_true(doc->source_offset >= end);
            end = doc->source_offset + doc->source_length;
            assert_true(end <= bytes.n);
            assert_true(r->markup + r->metadata + r->body
                        == doc->source_length + (uint64_t)r->recode);
        }
        sourced_finish(&s);
    }
    tm_buf_finish(&bytes);
    folder_remove(&folder);
}

static void refuses_unknown_names(void **state)
{
    struct sourced s;
    struct tm_err err = {0};
    struct tm_input_options options = {.encoding = "klingon"};
    (void)state;
    sourced_start(&s);
    assert_int_equal(tm_source_add(s.source, "-", NULL, &options, &err), TM_ERR_USAGE);
    assert_non_null(strstr(err.message, "klingon"));
    sourced_finish(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_every_encoding),
        cmocka_unit_test(watches_a_long_start),
        cmocka_unit_test(obeys_and_tells),
        cmocka_unit_test(places_faults_in_the_file),
        cmocka_unit_test(balances_changed_bytes),
        cmocka_unit_test(refuses_unknown_names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
