/* SPDX-License-Identifier: Apache-2.0 */
#include "../cmocka_all.h"

#include "base/str.h"
#include "core/codec.h"

static struct tm_doc sample(void)
{
    static struct tm_str urls[] = {TM_STR_INIT("https://example.org/a"), TM_STR_INIT("")};
    return (struct tm_doc){
        .source_key = TM_STR("1900000001"), .message_key = TM_STR("00000000000000000007"),
        .doc_id = TM_STR("tg-1900000001-7"), .channel = TM_STR("Harbour"),
        .author = TM_STR(""), .text = TM_STR("Text\nhere"), .source_file = TM_STR("a!b.json"),
        .date = 1700000000, .edited = TM_UNKNOWN, .views = 0, .source_offset = 12,
        .source_length = 345, .reading = {1, 2, 3, -4}, .markup = TM_MARKUP_MARKDOWN,
        .urls = urls, .n_urls = 2};
}

static void test_round_trip(void **state)
{
    (void)state;
    struct tm_doc doc = sample();
    struct tm_doc got;
    struct tm_buf buf = {0};
    struct tm_arena *arena = tm_arena_create();
    tm_doc_encode(&doc, &buf);
    assert_int_equal(tm_doc_decode(tm_buf_view(&buf), arena, &got, NULL), TM_OK);
    assert_true(tm_str_equal(got.text, doc.text) && tm_str_equal(got.doc_id, doc.doc_id));
    assert_true(got.author.p != NULL && got.author.n == 0);
    assert_null(got.forwarded_from.p);
    assert_int_equal(got.date, doc.date);
    assert_int_equal(got.edited, TM_UNKNOWN);
    assert_int_equal(got.reading.decode, -4);
    assert_int_equal(got.n_urls, 2);
    assert_true(tm_str_equal(got.urls[0], doc.urls[0]));
    for (size_t n = 0; n < buf.n; n++)
        assert_int_equal(tm_doc_decode((struct tm_str){buf.p, n}, arena, &got, NULL),
                         TM_ERR_INTERNAL);
    tm_arena_destroy(arena);
    tm_buf_finish(&buf);
}

/* What decoding damaged bytes gives must stay inside of them, whatever it is. */
static void use(const struct tm_doc *doc)
{
    size_t sum = 0;
    for (size_t i = 0; i < doc->n_edits; i++)
        sum += strlen(tm_rule_name((enum tm_rule)doc->edits[i].rule));
    for (size_t i = 0; i < doc->n_segments; i++)
        for (size_t k = 0; k < doc->segments[i].length; k++)
            sum += (unsigned char)doc->text.p[doc->segments[i].offset + k];
    for (size_t i = 0; i < doc->n_hashtags; i++)
        sum += doc->hashtags[i].n == 0 ? 0 : (unsigned char)doc->hashtags[i].p[0];
    assert_true(sum != SIZE_MAX);
}

static void test_done(void **state)
{
    (void)state;
    static struct tm_edit edits[] = {{.at = 1, .removed = 2, .added = 3, .rule = TM_RULE_EMOJI,
                                      .cut = 1, .pass = 0}};
    static struct tm_str tags[] = {TM_STR_INIT("ferry")};
    static struct tm_segment segments[] = {{0, 4, TM_LANG_EN, 9000}, {5, 4, TM_LANG_RU, 8000}};
    struct tm_doc doc = sample();
    struct tm_doc got;
    struct tm_buf buf = {0};
    struct tm_arena *arena = tm_arena_create();
    doc.raw_length = 17;
    doc.edits = edits;
    doc.n_edits = 1;
    doc.hashtags = tags;
    doc.n_hashtags = 1;
    doc.segments = segments;
    doc.n_segments = 2;
    doc.ad = true;
    tm_doc_encode_done(&doc, TM_STR("[[\"emoji\",\"x\"]]"), &buf);
    assert_int_equal(tm_doc_decode(tm_buf_view(&buf), arena, &got, NULL), TM_OK);
    assert_true(got.done && got.ad && !got.suspect && got.drop == TM_KEPT && got.spans == NULL);
    assert_int_equal(got.raw_length, 17);
    assert_memory_equal(got.edits, edits, sizeof edits);
    assert_true(tm_str_is(got.hashtags[0], "ferry") && tm_str_is(got.cut, "[[\"emoji\",\"x\"]]"));
    assert_true(got.segments[1].offset == 5 && got.segments[1].lang == TM_LANG_RU &&
                got.segments[1].score == 8000);
    for (size_t n = 0; n < buf.n; n++)
        assert_int_equal(tm_doc_decode((struct tm_str){buf.p, n}, arena, &got, NULL),
                         TM_ERR_INTERNAL);
    for (size_t i = 0; i < buf.n * 8; i++) {
        buf.p[i / 8] = (char)(buf.p[i / 8] ^ 1 << i % 8);
        if (tm_doc_decode(tm_buf_view(&buf), arena, &got, NULL) == TM_OK)
            use(&got);
        buf.p[i / 8] = (char)(buf.p[i / 8] ^ 1 << i % 8);
        tm_arena_reset(arena);
    }
    tm_arena_destroy(arena);
    tm_buf_finish(&buf);
}

static void test_what_goes_uncleaned_leaves_no_text(void **state)
{
    (void)state;
    static const enum tm_reason reasons[] = {TM_REASON_SUPERSEDED, TM_REASON_FORGOTTEN};
    for (int i = 0; i < 2; i++) {
        struct tm_doc doc = sample();
        struct tm_doc got;
        struct tm_buf buf = {0};
        struct tm_arena *arena = tm_arena_create();
        doc.author = TM_STR("Keeper");
        doc.drop = reasons[i];
        doc.raw_length = 9;
        tm_doc_encode_done(&doc, TM_STR("[]"), &buf);
        assert_int_equal(tm_doc_decode(tm_buf_view(&buf), arena, &got, NULL), TM_OK);
        assert_true(got.drop == reasons[i] && got.text.n == 0 && got.raw_length == 9);
        assert_true(reasons[i] == TM_REASON_FORGOTTEN ? got.author.p == NULL && got.n_urls == 0
                                                      : tm_str_is(got.author, "Keeper"));
        tm_arena_destroy(arena);
        tm_buf_finish(&buf);
    }
}

static int order(const struct tm_doc *a, const struct tm_doc *b)
{
    struct tm_buf x = {0};
    struct tm_buf y = {0};
    tm_doc_sort_key(a, &x);
    tm_doc_sort_key(b, &y);
    int result = tm_str_order(tm_buf_view(&x), tm_buf_view(&y));
    tm_buf_finish(&x);
    tm_buf_finish(&y);
    return result;
}

static void test_shard_order(void **state)
{
    (void)state;
    struct tm_doc a = sample();
    struct tm_doc b = sample();
    b.source_key = TM_STR("19000000010");
    assert_true(order(&a, &b) < 0);
    b = sample();
    b.date = -5;
    assert_true(order(&b, &a) < 0);
    b.date = TM_UNKNOWN;
    assert_true(order(&a, &b) < 0);
    b = sample();
    b.message_key = TM_STR("00000000000000000010");
    assert_true(order(&a, &b) < 0);
    b = sample();
    b.edited = 5;
    assert_true(order(&b, &a) < 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_round_trip),
        cmocka_unit_test(test_done),
        cmocka_unit_test(test_what_goes_uncleaned_leaves_no_text),
        cmocka_unit_test(test_shard_order),
    };
    return cmocka_run_group_tests_name("codec", tests, NULL, NULL);
}
