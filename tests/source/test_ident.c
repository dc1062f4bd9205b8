/* SPDX-License-Identifier: Apache-2.0 */
#include "source/source_test.h"

#include "source/ident.h"

static const struct {
    const char *text;
    int64_t seconds;
    bool zone;
} dates[] = {
    {"1970-01-01T00:00:00Z", 0, true},
    {"2024-12-04T09:00:28+00:00", 1733302828, true},
    {"2024-12-04T12:00:28+03:00", 1733302828, true},
    {"2024-12-04T12:00:28+0300", 1733302828, true},
    {"2024-12-04T12:00:28+03", 1733302828, true},
    {"2024-12-04T03:30:28-05:30", 1733302828, true},
    {"2024-12-04 09:00:28 UTC", 1733302828, true},
    {"2024-12-04 09:00:28", 1733302828, false},
    {"2024-12-04T09:00:28.125", 1733302828, false},
    {"2024-12-04T09:00:28.125Z", 1733302828, true},
    {"2024-12-04T09:00", 1733302800, false},
    {"2024-12-04", 1733270400, true},
    {"2024-02-29T00:00:00Z", 1709164800, true},
    {"2023-02-29T00:00:00Z", TM_UNKNOWN, true},
    {"1900-02-28T00:00:00Z", -2203977600, true},
    {"1969-12-31T23:59:59Z", -1, true},
    {"9999-12-31T23:59:59Z", 253402300799, true},
    {"0000-01-01T00:00:00Z", TM_UNKNOWN, true},
    {"2024-13-01T00:00:00Z", TM_UNKNOWN, true},
    {"2024-12-04T25:00:00Z", TM_UNKNOWN, true},
    {"2024-12-04T09:00:28+3", TM_UNKNOWN, true},
    {"2024-12-04T09:00:28Zulu", TM_UNKNOWN, true},
    {"4 December 2024", TM_UNKNOWN, true},
    {"1733302828", 1733302828, true},
    {"1733302828.75", 1733302828, true},
    {"1733302828750", 1733302828, true},
    {"-5", -5, true},
    {"1e9", TM_UNKNOWN, true},
    {"99999999999999999999", TM_UNKNOWN, true},
    {"", TM_UNKNOWN, true},
};

static void reads_dates(void **state)
{
    (void)state;
    for (size_t i = 0; i < LENGTH(dates); i++) {
        bool zone = false;
        int64_t seconds = tm_ident_date(tm_str_of(dates[i].text), &zone);
        if (seconds != dates[i].seconds || (seconds != TM_UNKNOWN && zone != dates[i].zone))
            fail_msg("%s: %lld", dates[i].text, (long long)seconds);
    }
}

static const struct {
    const char *text;
    const char *id;
} channels[] = {
    {"1900000007", "1900000007"},
    {"-1001900000007", "1900000007"},
    {"-1000000001234", "1234"},
    {"-1002147483648123", "2147483648123"},
    {"-123456", "123456"},
    {"0012", "12"},
    {"@harbour", NULL},
    {"12.5", NULL},
    {"", NULL},
    {"-", NULL},
};

static void strips_channel_ids(void **state)
{
    (void)state;
    for (size_t i = 0; i < LENGTH(channels); i++)
        assert_str(tm_ident_channel(tm_str_of(channels[i].text)), channels[i].id);
}

static const struct {
    const char *url;
    const char *handle;
    const char *channel;
    const char *message;
} links[] = {
    {"https://t.me/s/harbour_news/86190", "harbour_news", NULL, "86190"},
    {"https://t.me/harbour_news/7", "harbour_news", NULL, "7"},
    {"http://telegram.me/harbour_news/7", "harbour_news", NULL, "7"},
    {"t.me/harbour_news/7?single", "harbour_news", NULL, "7"},
    {"https://t.me/c/1234567/89", NULL, "1234567", "89"},
    {"https://t.me/c/1234567/12/89", NULL, "1234567", "89"},
    {"https://t.me/harbour_news", NULL, NULL, NULL},
    {"https://t.me/harbour_news/about", NULL, NULL, NULL},
    {"https://t.me/c/abc/12", NULL, NULL, NULL},
    {"https://example.org/harbour_news/7", NULL, NULL, NULL},
    {"https://t.me/", NULL, NULL, NULL},
};

static void splits_addresses(void **state)
{
    (void)state;
    for (size_t i = 0; i < LENGTH(links); i++) {
        struct tm_ident_link link = {0};
        bool found = tm_ident_link(tm_str_of(links[i].url), &link);
        assert_int_equal(found, links[i].message != NULL);
        assert_str(link.handle, links[i].handle);
        assert_str(link.channel, links[i].channel);
        assert_str(link.message, links[i].message);
    }
}

static const struct {
    const char *source;
    bool number;
    const char *message;
    const char *url;
    const char *key;            /* NULL: a digest */
    const char *id;             /* its beginning */
} names[] = {
    {"1900000007", true, "42", NULL, "00000000000000000042", "tg-1900000007-42"},
    {"harbour_news", false, "0042", NULL, "00000000000000000042", "tg-harbour_news-42"},
    {"Harbour news", false, "42", NULL, "00000000000000000042", "tg-"},
    {"../../etc", false, "42", NULL, "00000000000000000042", "tg-"},
    {"2024", false, "42", NULL, "00000000000000000042", "tg-"},
    {"a/b", false, "x/y", "https://example.org/", NULL, "tg-"},
    {"kitchen", false, "18446744073709551615", NULL, "18446744073709551615",
     "tg-kitchen-18446744073709551615"},
    {"kitchen", false, "-5", NULL, NULL, "tg-kitchen-"},
    {"kitchen", false, NULL, "https://example.org/soup", NULL, "web-"},
    {"kitchen", false, NULL, NULL, NULL, "raw-"},
};

static void names_documents(void **state)
{
    struct tm_arena *arena = tm_arena_create();
    (void)state;
    for (size_t i = 0; i < LENGTH(names); i++) {
        struct tm_doc doc = {.text = TM_STR("Soup of the day")};
        struct tm_ident ident = {tm_str_of(names[i].source), names[i].number,
                                 tm_str_of(names[i].message), tm_str_of(names[i].url)};
        assert_true(tm_ident_fill(&ident, arena, &doc));
        assert_str(doc.source_key, names[i].source);
        if (names[i].key != NULL)
            assert_str(doc.message_key, names[i].key);
        else
            assert_int_equal(doc.message_key.n, 32);
        assert_true(tm_str_starts(doc.doc_id, tm_str_of(names[i].id)));
        assert_true(names[i].number || names[i].key == NULL || doc.doc_id.n == strlen(names[i].id)
                    || doc.doc_id.n == 3 + 16 + 3);
        for (size_t k = 0; k < doc.doc_id.n; k++)
            assert_null(strchr("/\\: \n", doc.doc_id.p[k]));
    }
    tm_arena_destroy(arena);
}

/* The same text in another source is another document. */
static void raw_names_differ_by_source(void **state)
{
    struct tm_arena *arena = tm_arena_create();
    struct tm_doc a = {.text = TM_STR("Soup")}, b = a;
    struct tm_ident one = {.source = TM_STR("kitchen")}, other = {.source = TM_STR("harbour")};
    (void)state;
    assert_true(tm_ident_fill(&one, arena, &a) && tm_ident_fill(&other, arena, &b));
    assert_true(tm_str_equal(a.message_key, b.message_key));
    assert_false(tm_str_equal(a.doc_id, b.doc_id));
    tm_arena_destroy(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_dates),
        cmocka_unit_test(strips_channel_ids),
        cmocka_unit_test(splits_addresses),
        cmocka_unit_test(names_documents),
        cmocka_unit_test(raw_names_differ_by_source),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
