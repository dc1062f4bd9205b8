/* SPDX-License-Identifier: Apache-2.0 */
#include "../cmocka_all.h"

#include "base/json_write.h"

static void check(struct tm_buf *buf, const char *want)
{
    assert_int_equal(buf->n, strlen(want));
    assert_memory_equal(buf->p, want, buf->n);
    buf->n = 0;
}

static void test_strings(void **state)
{
    (void)state;
    static const struct { const char *name; struct tm_str text; const char *want; } rows[] = {
        {"unknown", {NULL, 0}, "null"},
        {"empty", {"", 0}, "\"\""},
        {"plain", TM_STR_INIT("harbour"), "\"harbour\""},
        {"Cyrillic", TM_STR_INIT("гавань"), "\"гавань\""},
        {"quotes", TM_STR_INIT("a \"b\" \\ c"), "\"a \\\"b\\\" \\\\ c\""},
        {"controls", TM_STR_INIT("a\n\t\r\x01"), "\"a\\n\\t\\r\\u0001\""},
        {"NUL goes", {"a\0b", 3}, "\"ab\""},
        {"line separators", TM_STR_INIT("a\u2028b\u2029c\xC2\x85"), "\"a\\u2028b\\u2029c\\u0085\""},
        {"dash and no-break space stay", TM_STR_INIT("a\u2014b\u00A0c"), "\"a\u2014b\u00A0c\""},
        {"escape after a long run", TM_STR_INIT("0123456789abcdef0123456789abcdef\"x"),
         "\"0123456789abcdef0123456789abcdef\\\"x\""},
        {"lead byte at the very end", TM_STR_INIT("0123456789abcde\xE2"), "\"0123456789abcde\xE2\""},
    };
    struct tm_buf buf = {0};
    for (size_t i = 0; i < LENGTH(rows); i++) {
        tm_json_put_str(&buf, rows[i].text);
        check(&buf, rows[i].want);
    }
    tm_buf_finish(&buf);
}

static void test_numbers(void **state)
{
    (void)state;
    struct tm_buf buf = {0};
    tm_json_put_i64(&buf, 0); check(&buf, "0");
    tm_json_put_i64(&buf, -42); check(&buf, "-42");
    tm_json_put_i64(&buf, INT64_MAX); check(&buf, "9223372036854775807");
    tm_json_put_i64(&buf, INT64_MIN); check(&buf, "null");
    tm_json_put_score(&buf, 0); check(&buf, "0.0");
    tm_json_put_score(&buf, 10000); check(&buf, "1.0");
    tm_json_put_score(&buf, 5000); check(&buf, "0.5");
    tm_json_put_score(&buf, 9987); check(&buf, "0.9987");
    tm_json_put_score(&buf, 3); check(&buf, "0.0003");
    tm_buf_finish(&buf);
}

static void test_times(void **state)
{
    (void)state;
    static const struct { int64_t seconds; const char *want; } rows[] = {
        {0, "\"1970-01-01T00:00:00Z\""},
        {951782400, "\"2000-02-29T00:00:00Z\""},
        {1735689599, "\"2024-12-31T23:59:59Z\""},
        {-1, "\"1969-12-31T23:59:59Z\""},
        {253402300799, "\"9999-12-31T23:59:59Z\""},
        {253402300800, "null"},
        {INT64_MAX, "null"},
        {INT64_MIN, "null"},
    };
    struct tm_buf buf = {0};
    for (size_t i = 0; i < LENGTH(rows); i++) {
        tm_json_put_time(&buf, rows[i].seconds);
        check(&buf, rows[i].want);
    }
    tm_buf_finish(&buf);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_strings),
        cmocka_unit_test(test_numbers),
        cmocka_unit_test(test_times),
    };
    return cmocka_run_group_tests_name("json_write", tests, NULL, NULL);
}
