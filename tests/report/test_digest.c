/* SPDX-License-Identifier: Apache-2.0 */
/* What is counted of a record where it is made is what its row says. */
#include <stddef.h>
#include <stdlib.h>

#include "cmocka_all.h"

#include "base/str.h"
#include "pack/record.h"
#include "report/digest.h"
#include "report/report.h"
#include "report/vocabulary.h"

struct tm_case {
    const char *name;
    struct tm_str doc_id;
    struct tm_str text;
    struct tm_str forwarded_from;
    int64_t date;
    size_t n_hashtags;
    uint64_t raw_length;
};

#define ZEROS "Zeros\0and \0the \"rest\" of\n\u2028 it: \u042F\u0431\u043B\u043E\u043A\u043E\0."

static const struct tm_case cases[] = {
    {"plain", TM_STR_INIT("tg-1-2"), TM_STR_INIT("Boats leave, boats come."), {NULL, 0}, 1700000000,
     0, 24},
    {"nothing known", {NULL, 0}, TM_STR_INIT("a"), {NULL, 0}, TM_UNKNOWN, 0, 0},
    {"zeros and quotes", TM_STR_INIT("web-\"q\"\\\0\n"), {ZEROS, sizeof ZEROS - 1}, TM_STR_INIT("x"),
     951868799, 2, 1000},
    {"no text", TM_STR_INIT("raw-0"), TM_STR_INIT(""), TM_STR_INIT(""), -62167219201, 1, 1},
    {"first year", TM_STR_INIT("raw-1"), TM_STR_INIT("\u00C9t\u00E9 2020"), {NULL, 0}, -62167219200,
     0, 9},
    {"last second", TM_STR_INIT("raw-2"), TM_STR_INIT("\n \n"), {NULL, 0}, 253402300799, 0, 3},
    {"too late", TM_STR_INIT("raw-3"), TM_STR_INIT("!"), {NULL, 0}, 253402300800, 0, 30000},
};

/* The row of a record, taken apart; `ret_row` and `scratch` hold what the digest was read from. */
static struct tm_digest read_row(const struct tm_doc *doc, size_t seg,
                                 const struct tm_signals *signals, struct tm_buf *ret_row,
                                 struct tm_buf scratch[2])
{
    struct tm_str cells[TM_RECORD_COLUMNS];
    tm_record_write(ret_row, doc, seg, signals);
    size_t n = ret_row->n;
    assert_true(tm_buf_reserve(ret_row, TM_COLUMNS_PAD));
    memset(ret_row->p + n, 0, TM_COLUMNS_PAD);
    assert_int_equal(tm_columns_of(tm_buf_view(ret_row), tm_record_columns, tm_record_columns_n, cells),
                     n);
    return tm_digest_read(cells, tm_cell_text(cells[TM_COLUMN_ID], &scratch[0]),
                          tm_cell_text(cells[TM_COLUMN_TEXT], &scratch[1]));
}

/* Marks do to the vocabulary what the words of the text do that the row has. */
static void check_marks(const struct tm_digest *made, const char *marks, struct tm_str text)
{
    struct tm_report_lang *langs = calloc(2, sizeof *langs);
    struct tm_lower_words words = {.n = 0};
    assert_non_null(langs);
    assert_true(tm_vocabulary_add(&langs[0], &words, text));
    assert_true(tm_vocabulary_add_marks(&langs[1], marks, made->marks));
    assert_memory_equal(&langs[0].vocabulary, &langs[1].vocabulary, sizeof langs[0].vocabulary);
    tm_lower_words_finish(&words);
    free(langs);
}

/* Of many words: all ranks. */
static void test_marks(void **state)
{
    (void)state;
    struct tm_report_lang *langs = calloc(2, sizeof *langs);
    assert_non_null(langs);
    for (uint64_t i = 0; i < 200000; i++) {
        uint16_t list[2];
        size_t n = 0;
        uint64_t hash = (i + 1) * 0x9E3779B97F4A7C15u;
        hash = i % 100 == 0 ? i << 50 : hash ^ hash >> 31;
        tm_hll_add(&langs[0].vocabulary, hash);
        tm_vocabulary_put_mark(list, &n, hash);
        assert_in_range(n, 1, 2);
        assert_true(tm_vocabulary_add_marks(&langs[1], (const char *)list, n * sizeof *list));
    }
    assert_memory_equal(&langs[0].vocabulary, &langs[1].vocabulary, sizeof langs[0].vocabulary);
    free(langs);
}

static void check(const struct tm_case *test, size_t seg)
{
    static struct tm_str hashtags[2] = {TM_STR_INIT("one"), TM_STR_INIT("two")};
    struct tm_segment segments[2] = {{0, test->text.n, TM_LANG_RU, 9987},
                                     {0, test->text.n / 2, TM_LANG_OTHER, 0}};
    struct tm_doc doc = {.doc_id = test->doc_id, .text = test->text, .date = test->date,
                         .forwarded_from = test->forwarded_from, .hashtags = hashtags,
                         .n_hashtags = test->n_hashtags, .segments = segments, .n_segments = 2,
                         .raw_length = test->raw_length};
    struct tm_digester digester = {.scratch = {0}};
    struct tm_buf row = {0};
    struct tm_buf made = {0};
    struct tm_buf scratch[2] = {{0}, {0}};
    struct tm_signals signals;
    struct tm_digest digest;
    assert_int_equal(tm_record_signals(&doc, seg, tm_digester_take, &digester, &signals), TM_OK);
    struct tm_digest read = read_row(&doc, seg, &signals, &row, scratch);
    tm_buf_byte(&made, 'x');        /* what stands before it stays */
    tm_digest_put(&made, &digester, &doc, seg, &signals);
    assert_false(made.failed);
    memcpy(&digest, made.p + 1, sizeof digest);
    struct tm_str text = tm_record_text(&doc, seg, &scratch[0]);
    assert_int_equal(made.n, 1 + sizeof digest + digest.marks);
    check_marks(&digest, made.p + 1 + sizeof digest, text);
    if (memcmp(&digest, &read, offsetof(struct tm_digest, marks)) != 0)
        fail_msg("%s, segment %zu", test->name, seg);
    tm_digester_finish(&digester);
    tm_buf_finish(&row);
    tm_buf_finish(&made);
    tm_buf_finish(&scratch[0]);
    tm_buf_finish(&scratch[1]);
}

static void test_made_is_read(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        for (size_t seg = 0; seg < 2; seg++)
            check(&cases[i], seg);
}

/* The row of another program that lacks signals, or has numbers that are none. */
static void test_other_rows(void **state)
{
    (void)state;
    struct tm_str cells[TM_RECORD_COLUMNS];
    for (size_t i = 0; i < TM_RECORD_COLUMNS; i++)
        cells[i] = TM_STR("null");
    struct tm_digest digest = tm_digest_read(cells, TM_STR("a-0"), TM_STR("text"));
    assert_int_equal(digest.month, TM_REPORT_MONTHS);
    assert_int_equal(digest.kept, UINT32_MAX);
    assert_int_equal(digest.n_signals, 0);
    assert_int_equal(digest.named, 0);
    /* A cell stands in a row, which has zeros behind it. */
    static const char quality[200] =
        "{\"ad\":false,\"kept\":0.25,\"stop_words\":99999999999,\"b\":\"c\"}";
    cells[TM_COLUMN_QUALITY] = tm_str_of(quality);
    cells[TM_COLUMN_DATE] = TM_STR("\"2024-13\"");
    cells[TM_COLUMN_HASHTAGS] = TM_STR("[\"a\"]");
    digest = tm_digest_read(cells, TM_STR("a-0"), TM_STR("text"));
    assert_int_equal(digest.month, TM_REPORT_MONTHS);
    assert_int_equal(digest.kept, 2500);
    assert_int_equal(digest.n_signals, 2);
    assert_int_equal(digest.signals[0], UINT32_MAX - 1);
    assert_int_equal(digest.signals[1], 0);
    assert_int_equal(digest.named, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_made_is_read),
        cmocka_unit_test(test_marks),
        cmocka_unit_test(test_other_rows),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
