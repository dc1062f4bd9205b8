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
        cmocka_unit_test(test_shard_order),
    };
    return cmocka_run_group_tests_name("codec", tests, NULL, NULL);
}
