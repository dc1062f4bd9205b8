/* SPDX-License-Identifier: Apache-2.0 */
/* Properties of the cleaner as a whole, on text made at random from what posts are made of. */
#include "clean_test.h"

static const char *const pieces[] = {
    "Ferry", "паром", " ", " ", " ", "\n", "\n\n", ".", ",", "!", "\U0001F44D", "\u26A1\uFE0F",
    "\u25AA\uFE0F ", "1\uFE0F\u20E3", "\U0001F1EB\U0001F1F7", "#news", "#год_моря", "@harbour_news",
    "https://example.org/a?b=c", "example.org/x", "**", "__", "[text](https://example.org)", "`",
    "VIEW IN TELEGRAM", "Forwarded from Harbour", "Подписаться", "|", "erid: 2VtzqAbCdEf",
    "+7 900 000-00-00", "info@example.org", "\u200B", "\u00A0", "\u00AD", "и\u0306", "o\u0301",
    "\u0336", "\r\n", "\t", "- ", "\u2014", "(", ")", "\u00AB", "\u00BB", "42", "\xFF", "\xD0",
    "\xF0\x9F", "Реклама. ООО «Ромашка» ИНН 7700000000", "\u2028", "#", "@", "://", "www.",
};

static uint64_t seed = 42;

static size_t random_below(size_t n)
{
    seed ^= seed << 13;
    seed ^= seed >> 7;
    seed ^= seed << 17;
    return (size_t)(seed % n);
}

static size_t random_text(char *text, size_t capacity)
{
    size_t n = 0;
    size_t parts = 1 + random_below(30);
    for (size_t i = 0; i < parts; i++) {
        const char *piece = pieces[random_below(LENGTH(pieces))];
        size_t length = strlen(piece);
        if (n + length > capacity)
            break;
        memcpy(text + n, piece, length);
        n += length;
    }
    return n;
}

/* Balance (checked by clean_doc), idempotence, and the way back of every offset. */
static void test_random_texts(void **state)
{
    (void)state;
    struct tm_batch *batch = tm_batch_create();
    char raw[2048];
    char once[4096];
    for (int i = 0; i < 30000; i++) {
        struct tm_clean_options options = {
            .markup = i % 2 == 0 ? TM_MARKUP_MARKDOWN : TM_MARKUP_NONE,
            .urls = (enum tm_url_mode)(i % 3)};
        size_t n = random_text(raw, sizeof raw);
        struct tm_doc *doc = clean_doc(batch, raw, n, &options, NULL, "s");
        size_t last = 0;
        for (size_t at = 0; at <= doc->text.n; at++) {
            size_t from = tm_doc_raw_offset(doc, at);
            assert_true(from >= last && from <= n);
            last = from;
        }
        size_t m = doc->text.n;
        assert_true(m <= sizeof once);
        if (m != 0)
            memcpy(once, doc->text.p, m);
        doc = clean_doc(batch, once, m, &options, NULL, "s");
        if (!tm_str_equal(doc->text, (struct tm_str){once, m}))
            fail_msg("not idempotent: \"%.*s\" gives \"%.*s\", then \"%.*s\"", (int)n, raw, (int)m,
                     once, (int)doc->text.n, doc->text.p);
    }
    tm_batch_destroy(batch);
}

/* A byte that is kept is found at its place in the raw text. */
static void test_offsets(void **state)
{
    (void)state;
    static const char raw[] = "\U0001F44D **Ferry** at 1\uFE0F\u20E3 pm \U0001F525\n#news";
    struct tm_clean_options options = {.markup = TM_MARKUP_MARKDOWN};
    struct tm_batch *batch = tm_batch_create();
    struct tm_doc *doc = clean_doc(batch, raw, strlen(raw), &options, NULL, "s");
    assert_true(tm_str_is(doc->text, "Ferry at 1 pm"));
    for (size_t at = 0; at < doc->text.n; at++)
        assert_int_equal(raw[tm_doc_raw_offset(doc, at)], doc->text.p[at]);
    tm_batch_destroy(batch);
}

/* Inputs that must end soon. */
static void test_hostile(void **state)
{
    (void)state;
    static const char *const units[] = {"[", "](", "*", "_", "`", "#", "@", "(", "\n", "\u200B",
                                        "\U0001F44D", "1 ", "a.", "http://", "o\u0301\u0301",
                                        "\U0001F468\u200D", "www.", "[a](b.c)", "- ", "#a "};
    struct tm_batch *batch = tm_batch_create();
    size_t n = 200000;
    char *raw = malloc(n + 16);
    assert_non_null(raw);
    for (size_t u = 0; u < LENGTH(units); u++) {
        size_t length = strlen(units[u]);
        size_t filled = 0;
        while (filled + length <= n) {
            memcpy(raw + filled, units[u], length);
            filled += length;
        }
        struct tm_clean_options options = {.markup = TM_MARKUP_MARKDOWN};
        (void)clean_doc(batch, raw, filled, &options, NULL, "s");
    }
    free(raw);
    tm_batch_destroy(batch);
}

static void test_rule_names(void **state)
{
    (void)state;
    for (int i = 0; i < TM_RULE_COUNT; i++) {
        assert_true(strlen(tm_rule_name((enum tm_rule)i)) > 0);
        assert_true(strlen(tm_rule_text((enum tm_rule)i)) > 0);
    }
    assert_true(TM_RULE_COUNT <= 64);
}

/* The places of emoji in the clean text, where a sentence may end. */
static void test_places_of_emoji(void **state)
{
    (void)state;
    static const char raw[] = "\U0001F6A2 Паром ушёл\U0001F642  Ждём   его \U0001F30A к вечеру #порт\n\nПодписаться | Чат \U0001F642";
    struct tm_batch *batch = tm_batch_create();
    struct tm_doc *doc = clean_doc(batch, raw, strlen(raw), NULL, NULL, "s");
    assert_true(tm_str_is(doc->text, "Паром ушёл Ждём его к вечеру порт"));
    static const char *const before[] = {"", "Паром ушёл", "Паром ушёл Ждём его",
                                         "Паром ушёл Ждём его к вечеру порт"};
    size_t n = 0;
    for (size_t i = 0; i < doc->n_edits; i++) {
        if (doc->edits[i].rule != TM_RULE_EMOJI)
            continue;
        assert_true(n < 4);
        size_t place = tm_edit_clean_offset(doc, i);
        size_t wanted = strlen(before[n++]);
        assert_true(place == wanted || (place == wanted + 1 && doc->text.p[wanted] == ' '));
    }
    assert_int_equal(n, 4);
    tm_batch_destroy(batch);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_places_of_emoji),
        cmocka_unit_test(test_random_texts),
        cmocka_unit_test(test_offsets),
        cmocka_unit_test(test_hostile),
        cmocka_unit_test(test_rule_names),
    };
    return cmocka_run_group_tests_name("clean", tests, NULL, NULL);
}
