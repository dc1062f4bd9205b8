/* SPDX-License-Identifier: Apache-2.0 */
#include "source/source_test.h"

#include "source/fields.h"

static void checks_the_pairs(void **state)
{
    static const struct {
        const char *pair;
        bool good;
    } pairs[] = {
        {"text=body", true}, {"id=n", true}, {"date=when", true}, {"channel=room", true},
        {"author=who", true}, {"text", false}, {"text=", false}, {"=body", false},
        {"texts=body", false}, {"", false},
    };
    (void)state;
    for (size_t i = 0; i < LENGTH(pairs); i++) {
        const char *list[] = {pairs[i].pair, NULL};
        struct tm_input_options options = {.fields = list};
        struct tm_err err = {0};
        assert_int_equal(tm_fields_check(&options, &err), pairs[i].good ? TM_OK : TM_ERR_USAGE);
        assert_true(pairs[i].good || err.hint[0] != '\0');
    }
}

/* A named field takes the place of all names that the role has by itself. */
static void takes_named_fields(void **state)
{
    static const char *const fields[] = {"text=body", "id=n", "channel=room", "date=when",
                                         "author=who", "url=link", NULL};
    static const char *const text =
        "{\"text\":\"no\",\"body\":\"Soup\",\"id\":1,\"n\":2,\"channel\":\"no\",\"room\":\"kitchen\","
        "\"when\":1733302828,\"who\":\"Cook\",\"author\":\"no\",\"link\":\"https://example.org/\"}";
    struct tm_input_options options = {.fields = fields};
    struct reading r;
    (void)state;
    assert_true(read_memory(&r, "json", text, strlen(text), SIZE_MAX, &options));
    assert_int_equal(r.batch->n, 1);
    assert_str(r.batch->docs[0].text, "Soup");
    assert_str(r.batch->docs[0].doc_id, "tg-kitchen-2");
    assert_str(r.batch->docs[0].channel, "kitchen");
    assert_str(r.batch->docs[0].author, "Cook");
    assert_str(r.batch->docs[0].url, "https://example.org/");
    assert_int_equal(r.batch->docs[0].date, 1733302828);
    reading_finish(&r);
}

static const struct {
    const char *name;
    const char *input;
    const char *extra;
} passes[] = {
    {"in the order of the option", "{\"b\":2,\"text\":\"A\",\"a\":\"x\"}", "{\"a\":\"x\",\"b\":2,\"id\":null}"},
    {"missing is null", "{\"text\":\"A\"}", "{\"a\":null,\"b\":null,\"id\":null}"},
    {"null is null", "{\"text\":\"A\",\"a\":null}", "{\"a\":null,\"b\":null,\"id\":null}"},
    {"containers on one line", "{\"text\":\"A\",\"a\":{\n \"k\" : [ 1,\n 2 ]\n}}",
     "{\"a\":{\"k\":[1,2]},\"b\":null,\"id\":null}"},
    {"escapes as they stand", "{\"text\":\"A\",\"a\":\"x\\n\\u0441\"}",
     "{\"a\":\"x\\n\\u0441\",\"b\":null,\"id\":null}"},
    {"mended ones written anew", "{\"text\":\"A\",\"a\":\"\\x1f\"}",
     "{\"a\":\"\\u001f\",\"b\":null,\"id\":null}"},
    {"a field that has a role too", "{\"text\":\"A\",\"id\":7,\"a\":false}",
     "{\"a\":false,\"b\":null,\"id\":7}"},
    {"key twice: the last one", "{\"text\":\"A\",\"a\":1,\"a\":2}", "{\"a\":2,\"b\":null,\"id\":null}"},
};

static void passes_extra_through(void **state)
{
    static const char *const extra[] = {"a", "b", "id", NULL};
    struct tm_input_options options = {.extra = extra};
    (void)state;
    for (size_t i = 0; i < LENGTH(passes); i++) {
        struct reading r;
        assert_true(read_memory(&r, "json", passes[i].input, strlen(passes[i].input), 1, &options));
        if (r.batch->n != 1)
            fail_msg("%s", passes[i].name);
        assert_str(r.batch->docs[0].extra, passes[i].extra);
        reading_finish(&r);
    }
}

/* Bytes are counted once where a field has a role and is passed through too. */
static void counts_bytes_once(void **state)
{
    static const char *const extra[] = {"id", "text", "rest", NULL};
    static const char *const text = "{\"text\":\"Soup\",\"id\":1234,\"rest\":[1, 2]}";
    struct tm_input_options options = {.extra = extra};
    struct reading r;
    (void)state;
    assert_true(read_memory(&r, "json", text, strlen(text), SIZE_MAX, &options));
    assert_int_equal(r.batch->docs[0].reading.body, 4);
    assert_int_equal(r.batch->docs[0].reading.metadata, 4 + 6);
    assert_str(r.batch->docs[0].doc_id, "tg-input-1234");
    assert_str(r.batch->docs[0].extra, "{\"id\":1234,\"text\":\"Soup\",\"rest\":[1,2]}");
    reading_finish(&r);
}

static void keeps_link_targets(void **state)
{
    struct reading r;
    (void)state;
    read_text(&r, "json", "{\"text\":[\"See \",{\"type\":\"text_link\",\"text\":\"this\","
                          "\"href\":\"https://example.org/a\"}]}");
    assert_str(r.batch->docs[0].text, "See this");
    assert_int_equal(r.batch->docs[0].n_urls, 1);
    assert_str(r.batch->docs[0].urls[0], "https://example.org/a");
    assert_int_equal(r.batch->docs[0].reading.metadata, strlen("https://example.org/a"));
    reading_finish(&r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(checks_the_pairs),
        cmocka_unit_test(takes_named_fields),
        cmocka_unit_test(passes_extra_through),
        cmocka_unit_test(counts_bytes_once),
        cmocka_unit_test(keeps_link_targets),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
