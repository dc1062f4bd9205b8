/* SPDX-License-Identifier: Apache-2.0 */
#include "source/source_test.h"

#include <yajl/yajl_parse.h>

#include "base/json.h"
#include "base/scan.h"

struct parsed {
    struct tm_stream stream;
    struct memory memory;
    struct tm_json json;
};

static void start(struct parsed *in, const char *p, size_t n, size_t chunk, bool mend)
{
    if (chunk == SIZE_MAX && n < 4096) {        /* one window without reads, as a stream shows it */
        static char window[4096 + TM_STREAM_PAD];
        memcpy(window, p, n);
        memset(window + n, 0, TM_STREAM_PAD);
        in->stream = (struct tm_stream){.p = window, .n = n, .ended = true};
        tm_json_init(&in->json, &in->stream, mend);
        return;
    }
    in->memory = (struct memory){p, n, chunk};
    assert_int_equal(tm_stream_init(&in->stream, test_read, &in->memory, 1 << 20, NULL), TM_OK);
    tm_json_init(&in->json, &in->stream, mend);
}

static void finish(struct parsed *in)
{
    tm_json_finish(&in->json);
    tm_stream_finish(&in->stream);
}

/* One value and nothing after it, by our reader. Checks the places of all tokens on the way. */
static bool ours(const char *p, size_t n, size_t chunk)
{
    struct parsed in;
    enum tm_json_event event;
    uint64_t end = 0;
    unsigned values = 0;
    start(&in, p, n, chunk, false);
    while ((event = tm_json_next(&in.json)) > 0) {
        values += in.json.depth == 0;
        assert_true(in.json.start >= end && in.json.end > in.json.start && in.json.end <= n);
        end = in.json.end;
        if (event == TM_JSON_KEY || event == TM_JSON_STRING) {
            assert_true(p[in.json.start] == '"' && p[end - 1] == '"');
            assert_true(in.json.raw + 2 == end - in.json.start);
        }
        if (event == TM_JSON_NUMBER)
            assert_memory_equal(in.json.value.p, p + in.json.start, in.json.raw);
    }
    assert_true(event == TM_JSON_END || (in.json.status == TM_ERR_FORMAT && in.json.where <= n));
    finish(&in);
    return event == TM_JSON_END && values == 1;
}

static int take_number(void *user, const char *p, size_t n)
{
    (void)user;
    (void)p;
    (void)n;
    return 1;
}

static bool yajl_takes(const char *before, const char *p, size_t n, const char *after)
{
    static const yajl_callbacks callbacks = {.yajl_number = take_number};
    const char *parts[] = {before, p, after};
    size_t lengths[] = {strlen(before), n, strlen(after)};
    yajl_handle handle = yajl_alloc(&callbacks, NULL, NULL);
    bool good = true;
    for (size_t i = 0; i < LENGTH(parts) && good; i++)
        good = yajl_parse(handle, (const unsigned char *)parts[i], lengths[i]) == yajl_status_ok;
    good = good && yajl_complete_parse(handle) == yajl_status_ok;
    yajl_free(handle);
    return good;
}

/* yajl does not see a string that is open behind the value, hence the second look. */
static bool theirs(const char *p, size_t n)
{
    return yajl_takes("", p, n, "") && yajl_takes("[", p, n, "]");
}

static const struct {
    const char *name;
    const char *text;
    bool valid;
} table[] = {
    {"empty", "", false},
    {"blank", " \n", false},
    {"object", "{}", true},
    {"array", "[ ]", true},
    {"blanks everywhere", " { \"a\" : [ 1 , 2 ] , \"b\" : null } ", true},
    {"literals", "[true,false,null]", true},
    {"half a literal", "[tru]", false},
    {"capital literal", "[True]", false},
    {"numbers", "[0,-0,1,-1,10,1.5,-0.25,1e3,1E+3,1e-3,123456789012345678901234567890]", true},
    {"leading zero", "[01]", false},
    {"leading plus", "[+1]", false},
    {"bare minus", "[-]", false},
    {"bare point", "[1.]", false},
    {"no whole part", "[.5]", false},
    {"bare exponent", "[1e]", false},
    {"hexadecimal", "[0x10]", false},
    {"not a number", "[NaN]", false},
    {"number at the root", "12", true},
    {"string at the root", "\"a\"", true},
    {"two roots", "1 2", false},
    {"escapes", "[\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u0041\"]", true},
    {"unknown escape", "[\"\\q\"]", false},
    {"escape of Desktop", "[\"\\x1f\"]", false},
    {"short unicode escape", "[\"\\u12\"]", false},
    {"unicode escape that is none", "[\"\\u12g4\"]", false},
    {"pair", "[\"\\ud83d\\ude00\"]", true},
    {"lone surrogate", "[\"\\ud83d!\"]", true},
    {"zero escape", "[\"\\u0000\"]", true},
    {"raw line feed", "[\"a\nb\"]", false},
    {"raw tab", "[\"a\tb\"]", false},
    {"delete is allowed", "[\"a\x7F\"]", true},
    {"open string", "[\"abc", false},
    {"open escape", "[\"abc\\", false},
    {"open array", "[1", false},
    {"open object", "{\"a\":1", false},
    {"key alone", "{\"a\"}", false},
    {"key and colon", "{\"a\":}", false},
    {"key without quotes", "{a:1}", false},
    {"key in single quotes", "{'a':1}", false},
    {"number as key", "{1:1}", false},
    {"trailing comma, array", "[1,]", false},
    {"trailing comma, object", "{\"a\":1,}", false},
    {"leading comma", "[,1]", false},
    {"two commas", "[1,,2]", false},
    {"no comma", "[1 2]", false},
    {"no comma, object", "{\"a\":1 \"b\":2}", false},
    {"two colons", "{\"a\"::1}", false},
    {"colon in array", "[\"a\":1]", false},
    {"wrong bracket", "[1}", false},
    {"wrong brace", "{\"a\":1]", false},
    {"closed twice", "[]]", false},
    {"comment", "[1 /* one */]", false},
    {"Cyrillic and emoji", "{\"\xD1\x81\xD1\x83\xD0\xBF\":\"\xF0\x9F\x8D\xB2\"}", true},
    {"bad UTF-8", "[\"\xD0\"]", false},
    {"byte order mark", "\xEF\xBB\xBF[]", false},
};

static void accepts_what_is_valid(void **state)
{
    (void)state;
    for (size_t i = 0; i < LENGTH(table); i++) {
        size_t n = strlen(table[i].text);
        if (ours(table[i].text, n, SIZE_MAX) != table[i].valid
            || ours(table[i].text, n, 1) != table[i].valid)
            fail_msg("%s", table[i].name);
        if (theirs(table[i].text, n) != table[i].valid)
            fail_msg("yajl does not agree: %s", table[i].name);
    }
}

/* What yajl lets pass and the RFC does not. */
static void is_stricter_than_yajl(void **state)
{
    static const char *const texts[] = {"[\f1]", "[1\v]", "[\"\xC0\xAF\"]", "[\"\xED\xA0\x80\"]"};
    (void)state;
    for (size_t i = 0; i < LENGTH(texts); i++)
        assert_false(ours(texts[i], strlen(texts[i]), SIZE_MAX));
}

/* Random changes of valid texts: both readers agree on what is valid. */
static void agrees_with_yajl(void **state)
{
    static const char alphabet[] = "{}[]:,\"\\ \n0123456789-+.eEtfnulax\xD0\xBF";
    uint64_t seed = 11;
    char text[256];
    unsigned valid = 0;
    (void)state;
    for (int round = 0; round < 200000; round++) {
        size_t k = test_random(&seed) % LENGTH(table), n = strlen(table[k].text);
        memcpy(text, table[k].text, n);
        for (uint32_t change = test_random(&seed) % 4; change > 0 && n > 0; change--) {
            size_t at = test_random(&seed) % n;
            char c = alphabet[test_random(&seed) % (sizeof alphabet - 1)];
            if (test_random(&seed) % 3 == 0 && n < 200) {
                memmove(text + at + 1, text + at, n - at);
                n++;
            }
            text[at] = c;
        }
        if (tm_scan_utf8(text, n) != n)
            continue;           /* yajl lets overlong forms and surrogates pass */
        bool mine = ours(text, n, round % 50 == 0 ? 1 + (size_t)round % 7 : SIZE_MAX);
        if (mine != theirs(text, n))
            fail_msg("ours %d, yajl %d: %.*s", mine, !mine, (int)n, text);
        valid += mine;
    }
    assert_true(valid > 5000);
}

static const struct {
    const char *name;
    const char *text;
    const char *value;
    size_t n;
    uint64_t repairs;
    enum tm_json_event event;
} strings[] = {
    {"plain", "\"soup\"", "soup", 4, 0, TM_JSON_STRING},
    {"escapes", "\"a\\n\\t\\\"b\\/\"", "a\n\t\"b/", 6, 0, TM_JSON_STRING},
    {"two bytes", "\"\\u0441\\u0443\\u043f\"", "\xD1\x81\xD1\x83\xD0\xBF", 6, 0, TM_JSON_STRING},
    {"three bytes", "\"\\u20ac\"", "\xE2\x82\xAC", 3, 0, TM_JSON_STRING},
    {"pair", "\"\\uD83C\\udf72\"", "\xF0\x9F\x8D\xB2", 4, 0, TM_JSON_STRING},
    {"zero", "\"a\\u0000b\"", "a\0b", 3, 0, TM_JSON_STRING},
    {"high surrogate alone", "\"\\ud83c!\"", "\xEF\xBF\xBD!", 4, 1, TM_JSON_STRING},
    {"low surrogate alone", "\"\\udf72\"", "\xEF\xBF\xBD", 3, 1, TM_JSON_STRING},
    {"two high surrogates", "\"\\ud83c\\ud83c\"", "\xEF\xBF\xBD\xEF\xBF\xBD", 6, 2, TM_JSON_STRING},
    {"high, then a pair", "\"\\ud83c\\ud83c\\udf72\"", "\xEF\xBF\xBD\xF0\x9F\x8D\xB2", 7, 1,
     TM_JSON_STRING},
    {"Desktop's byte escape", "\"a\\x1Fb\"", "a\x1F" "b", 3, 1, TM_JSON_STRING},
    {"byte escape above ASCII", "\"\\xe9\"", "\xC3\xA9", 2, 1, TM_JSON_STRING},
    {"backslash before an x", "\"\\\\x1F\"", "\\x1F", 4, 0, TM_JSON_STRING},
    {"raw tab", "\"a\tb\"", "a\tb", 3, 1, TM_JSON_STRING},
    {"NaN", "NaN", NULL, 0, 1, TM_JSON_NULL},
    {"minus infinity", "-Infinity", NULL, 0, 1, TM_JSON_NULL},
};

static void decodes_and_mends(void **state)
{
    (void)state;
    for (size_t i = 0; i < LENGTH(strings); i++) {
        for (size_t chunk = 1; chunk < 9; chunk += 7) {
            struct parsed in;
            start(&in, strings[i].text, strlen(strings[i].text), chunk, true);
            enum tm_json_event event = tm_json_next(&in.json);
            if (event != strings[i].event || in.json.repairs != strings[i].repairs)
                fail_msg("%s", strings[i].name);
            if (event == TM_JSON_STRING) {
                assert_int_equal(in.json.value.n, strings[i].n);
                assert_memory_equal(in.json.value.p, strings[i].value, strings[i].n);
            }
            assert_int_equal(in.json.end, strlen(strings[i].text));
            assert_int_equal(tm_json_next(&in.json), TM_JSON_END);
            finish(&in);
        }
    }
}

static const struct {
    const char *name;
    const char *text;
    const char *value;          /* NULL: an error */
} unquoted[] = {
    {"path to the end of its line", "{\"document_id\": video_files/sticker (2).webm\n}",
     "video_files/sticker (2).webm"},
    {"path and comma", "{\"document_id\": stickers/a, b.webp,\n\"x\": 1}", "stickers/a, b.webp"},
    {"placeholder", "{\"document_id\": (File not included. Change data exporting settings to "
     "download.)\r\n}",
     "(File not included. Change data exporting settings to download.)"},
    {"begins like false", "{\"document_id\": files/a.webm\n}", "files/a.webm"},
    {"begins like null", "{\"document_id\": n.webm\n}", "n.webm"},
    {"closed in its line", "{\"document_id\": a/b.webm}", "a/b.webm"},
    {"word", "{\"a\": word\n}", NULL},
    {"in an array", "[a/b.webm\n]", NULL},
    {"more in its line", "{\"a\": a/b.webm, \"b\": 1}", NULL},
};

static void mends_unquoted_values(void **state)
{
    (void)state;
    for (size_t i = 0; i < LENGTH(unquoted); i++) {
        struct parsed in;
        start(&in, unquoted[i].text, strlen(unquoted[i].text), 3, true);
        bool object = tm_json_next(&in.json) == TM_JSON_OBJECT;
        enum tm_json_event event = tm_json_next(&in.json);
        if (object)
            event = tm_json_next(&in.json);
        if ((event == TM_JSON_STRING) != (unquoted[i].value != NULL))
            fail_msg("%s", unquoted[i].name);
        if (unquoted[i].value != NULL) {
            assert_str(in.json.value, unquoted[i].value);
            while ((event = tm_json_next(&in.json)) > 0)
                ;
            assert_int_equal(event, TM_JSON_END);
            assert_int_equal(in.json.repairs, 1);
        }
        finish(&in);
    }
}

static void depth_is_bounded(void **state)
{
    char text[2048];
    (void)state;
    for (size_t depth = TM_JSON_DEPTH; depth <= TM_JSON_DEPTH + 1; depth++) {
        struct parsed in;
        enum tm_json_event event;
        memset(text, '[', depth);
        memset(text + depth, ']', depth);
        start(&in, text, 2 * depth, SIZE_MAX, true);
        while ((event = tm_json_next(&in.json)) > 0)
            ;
        assert_int_equal(event, depth == TM_JSON_DEPTH ? TM_JSON_END : TM_JSON_ERROR);
        finish(&in);
    }
}

static void bad_bytes_are_noted(void **state)
{
    static const char text[] = "[\"good\", \"ba\xFF" "d\", 1]";
    struct parsed in;
    (void)state;
    start(&in, text, strlen(text), 1, true);
    while (tm_json_next(&in.json) > 0)
        ;
    assert_int_equal(in.json.status, TM_OK);
    assert_int_equal(in.json.bad_utf8, 12);
    finish(&in);
}

static const struct {
    const char *text;
    const char *copy;
} copies[] = {
    {"{ \"a\" : [ 1 , \"x\\u0041 y\" , { } ] ,\n \"b\" : true }",
     "{\"a\":[1,\"x\\u0041 y\",{}],\"b\":true}"},
    {"[ ]", "[]"},
    {"\"a\\n\"", "\"a\\n\""},
    {"-1.50e2", "-1.50e2"},
    {"[\"a\\x1Fb\", NaN, \"\\ud800\"]", "[\"a\\u001fb\",null,\"\xEF\xBF\xBD\"]"},
    {"[[],{\"k\":[null]},\"\"]", "[[],{\"k\":[null]},\"\"]"},
};

static void copies_compactly(void **state)
{
    (void)state;
    for (size_t i = 0; i < LENGTH(copies); i++) {
        struct parsed in;
        struct tm_buf buf = {0};
        start(&in, copies[i].text, strlen(copies[i].text), 1, true);
        assert_true(tm_json_copy(&in.json, tm_json_next(&in.json), &buf));
        assert_str(tm_buf_view(&buf), copies[i].copy);
        assert_int_equal(tm_json_next(&in.json), TM_JSON_END);
        tm_buf_finish(&buf);
        finish(&in);
    }
}

/* A string longer than the window: passed in bounded memory, and what follows is read. */
static void giant_string_is_passed(void **state)
{
    size_t n = 5 << 20;
    char *text = malloc(n + 100);
    struct parsed in;
    (void)state;
    assert_non_null(text);
    memset(text, 'x', n + 100);
    memcpy(text, "[\"a\\n", 5);
    memcpy(text + n, "\\n\",\"b\"]", 8);
    start(&in, text, n + 8, SIZE_MAX, true);
    assert_int_equal(tm_json_next(&in.json), TM_JSON_ARRAY);
    assert_int_equal(tm_json_next(&in.json), TM_JSON_STRING);
    assert_true(in.json.oversize);
    assert_int_equal(in.json.start, 1);
    assert_int_equal(in.json.end, n + 3);
    assert_int_equal(tm_json_next(&in.json), TM_JSON_STRING);
    assert_str(in.json.value, "b");
    assert_int_equal(tm_json_next(&in.json), TM_JSON_ARRAY_END);
    assert_int_equal(tm_json_next(&in.json), TM_JSON_END);
    assert_true(in.stream.capacity < 4 << 20);
    finish(&in);
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(accepts_what_is_valid),
        cmocka_unit_test(is_stricter_than_yajl),
        cmocka_unit_test(agrees_with_yajl),
        cmocka_unit_test(decodes_and_mends),
        cmocka_unit_test(mends_unquoted_values),
        cmocka_unit_test(depth_is_bounded),
        cmocka_unit_test(bad_bytes_are_noted),
        cmocka_unit_test(copies_compactly),
        cmocka_unit_test(giant_string_is_passed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
