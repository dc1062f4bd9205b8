/* SPDX-License-Identifier: Apache-2.0 */
/* Which units are in the sample, and that it says of the whole what it claims to say. */
#include <stdio.h>
#include <stdlib.h>

#include "cmocka_all.h"

#include "base/str.h"
#include "pack/count.h"
#include "report/report.h"
#include "report/words.h"

enum { RECORDS = 6000, MOST_SIZE = 2000, HEAD = 32 };

static uint64_t hash_of(unsigned i)
{
    char name[24];
    int n = snprintf(name, sizeof name, "record%u", i);
    return tm_word_hash((struct tm_str){name, (size_t)n});
}

static size_t size_of(unsigned i)
{
    return 200 + i * 37 % (MOST_SIZE - 200);
}

/* The text of a record is of one byte; its number of words is size / 5. */
static void offer(struct tm_sample *sample, unsigned i)
{
    char text[MOST_SIZE];
    memset(text, 'a' + (int)(i % 26), sizeof text);
    assert_true(tm_sample_offer(sample, hash_of(i), (struct tm_str){text, size_of(i)},
                                size_of(i) / 5, size_of(i)));
}

static void test_all_while_it_fits(void **state)
{
    (void)state;
    struct tm_sample sample = {.one_in = 1};
    struct tm_sampled unit;
    size_t at = 0;
    uint64_t words = 0;
    for (unsigned i = 0; i < 100; i++)
        offer(&sample, i);
    for (unsigned i = 0; i < 100; i++) {
        assert_true(tm_sample_next(&sample, &at, &unit));
        assert_int_equal(unit.hash, hash_of(i));
        assert_int_equal(unit.text.n, size_of(i));
        assert_int_equal(unit.text.p[unit.text.n - 1], 'a' + (int)(i % 26));
        words += unit.words;
    }
    assert_false(tm_sample_next(&sample, &at, &unit));
    tm_sample_close(&sample);
    assert_int_equal(sample.words, words);
    assert_int_equal(sample.one_in, 1);
    assert_int_equal(tm_sample_scale(&sample, words, false, 42), 42);
    assert_int_equal(tm_sample_error(&sample, words, false, 42, (struct tm_moments){0}), 0);
    tm_buf_finish(&sample.bytes);
}

/* The units whose hash is a multiple of the least power of two that lets them fit. */
static void test_choice(void **state)
{
    (void)state;
    struct tm_sample forth = {.one_in = 1};
    struct tm_sample back = {.one_in = 1};
    struct tm_sampled unit;
    size_t at = 0;
    size_t with_half = 0;
    for (unsigned i = 0; i < RECORDS; i++) {
        offer(&forth, i);
        offer(&back, RECORDS - 1 - i);
    }
    assert_int_equal(forth.one_in, back.one_in);
    assert_int_equal(forth.n, back.n);
    assert_true(forth.one_in > 1 && (forth.one_in & (forth.one_in - 1)) == 0);
    assert_true(forth.bytes.n <= TM_SAMPLE_TEXT);
    for (unsigned i = 0; i < RECORDS; i++) {
        if (hash_of(i) % (forth.one_in / 2) == 0)
            with_half += size_of(i) + HEAD;
        if (hash_of(i) % forth.one_in != 0)
            continue;
        assert_true(tm_sample_next(&forth, &at, &unit));
        assert_int_equal(unit.hash, hash_of(i));
        assert_int_equal(unit.text.n, size_of(i));
    }
    assert_false(tm_sample_next(&forth, &at, &unit));
    assert_true(with_half > TM_SAMPLE_TEXT);
    tm_buf_finish(&forth.bytes);
    tm_buf_finish(&back.bytes);
}

/* y of a record: a number that is large in some records and nought in most. */
static unsigned y_of(unsigned i)
{
    return hash_of(i) >> 40 & 7 ? 0 : 1 + i % 9;
}

static void test_estimate(void **state)
{
    (void)state;
    struct tm_sample sample = {.one_in = 1};
    struct tm_moments moments = {0};
    uint64_t words = 0, truth = 0, count = 0;
    uint32_t number = 0;
    for (unsigned i = 0; i < RECORDS; i++) {
        offer(&sample, i);
        words += size_of(i) / 5;
        truth += y_of(i);
    }
    tm_sample_close(&sample);
    for (unsigned i = 0; i < RECORDS; i++) {
        if (hash_of(i) % sample.one_in != 0)
            continue;
        number++;
        count += y_of(i);
        for (unsigned k = 0; k < y_of(i); k++)
            tm_moments_add(&moments, number, (double)(size_of(i) / 5));
    }
    uint64_t estimate = tm_sample_scale(&sample, words, false, count);
    uint64_t error = tm_sample_error(&sample, words, false, count, moments);
    uint64_t miss = estimate > truth ? estimate - truth : truth - estimate;
    assert_int_equal(number, sample.n);
    assert_true(error > 0 && error < truth / 8);
    assert_true(miss < 4 * error);
    tm_buf_finish(&sample.bytes);
}

/* y of 3 in a unit of 10 words, 1 in one of 5; of 15 words out of 60, one unit in four. */
static void test_error_by_hand(void **state)
{
    (void)state;
    struct tm_moments moments = {0};
    struct tm_sample sample = {.one_in = 4, .n = 2, .words = 15, .words_squared = 125};
    for (int i = 0; i < 3; i++)
        tm_moments_add(&moments, 1, 10);
    tm_moments_add(&moments, 2, 5);
    assert_true(moments.squares > 9.999 && moments.squares < 10.001);
    assert_true(moments.cross > 34.999 && moments.cross < 35.001);
    /* r = 4/15: (3 - 10r)^2 + (1 - 5r)^2 = 2/9; 60/15 * sqrt(3/4 * 2/9 * 2/1) = 2.31 */
    assert_int_equal(tm_sample_scale(&sample, 60, false, 4), 16);
    assert_int_equal(tm_sample_error(&sample, 60, false, 4, moments), 3);
}

/* The units of a long text are the text, cut behind line feeds or between characters. */
static void check_long(const char *part, bool at_feeds)
{
    struct tm_sample sample = {.one_in = 1};
    struct tm_sampled unit;
    struct tm_buf text = {0};
    size_t at = 0;
    size_t n = 0;
    while (text.n < 1500000)
        tm_buf_text(&text, part);
    struct tm_counts counts = tm_count_text(tm_buf_view(&text));
    assert_true(tm_sample_offer(&sample, 8, tm_buf_view(&text), counts.words, counts.chars));
    /* Few large units would make the error itself a matter of chance. */
    assert_true(sample.n > text.n / (at_feeds ? 8 << 10 : 64 << 10));
    while (tm_sample_next(&sample, &at, &unit)) {
        assert_true(n + unit.text.n <= text.n);
        assert_memory_equal(unit.text.p, text.p + n, unit.text.n);
        n += unit.text.n;
        assert_true(((unsigned char)text.p[n - 1] == '\n' || !at_feeds) &&
                    (n == text.n || ((unsigned char)text.p[n] & 0xC0) != 0x80));
    }
    assert_int_equal(n, text.n);
    tm_sample_close(&sample);
    assert_int_equal(sample.chars, counts.chars);
    if (at_feeds)
        assert_int_equal(sample.words, counts.words);
    tm_buf_finish(&text);
    tm_buf_finish(&sample.bytes);
}

static void test_long_texts(void **state)
{
    (void)state;
    check_long("a line of some words\n", true);
    check_long("words without a line feed ", false);
    check_long("\xE2\x82\xAC", false);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_all_while_it_fits), cmocka_unit_test(test_choice),
        cmocka_unit_test(test_estimate),          cmocka_unit_test(test_error_by_hand),
        cmocka_unit_test(test_long_texts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
