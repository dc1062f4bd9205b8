/* SPDX-License-Identifier: Apache-2.0 */
/* The signals, against values counted by hand, and against a plain way to count n-grams. */
#include <tolmach/quality.h>

#include "../cmocka_all.h"
#include "base/buf.h"
#include "base/str.h"
#include "pack/count.h"

static struct tm_signals measure(const char *text, enum tm_lang lang)
{
    struct tm_signals s;
    assert_int_equal(tm_quality_measure(tm_str_of(text), lang, &s), TM_OK);
    return s;
}

#define VALUE(s, name) ((s).value[TM_SIGNAL_##name])

static void test_words(void **state)
{
    (void)state;
    /* 10 words of 3 5 3 1 4 2 5 5 2 4 characters, 3 stop words: и, в, не. */
    struct tm_signals s = measure("Вот катер, два и ещё не вышли утром в порт…", TM_LANG_RU);
    assert_int_equal(s.words, 10);
    assert_int_equal(VALUE(s, stop_words), 3);
    assert_int_equal(VALUE(s, mean_word), 1000 * (3 + 5 + 3 + 1 + 3 + 2 + 5 + 5 + 1 + 4) / 10);
    assert_int_equal(VALUE(s, symbols), 100);
    assert_int_equal(VALUE(s, ellipses), 1000);
    s = measure("In the port, 12 boats of the 2 fleets have left.", TM_LANG_EN);
    assert_int_equal(s.words, 11);
    assert_int_equal(VALUE(s, stop_words), 3);
    assert_int_equal(VALUE(s, alpha_words), 1000 * 9 / 11);
    assert_int_equal(VALUE(s, sentences), 1);
    /* Punctuation is no word, a hyphen or an apostrophe parts none, case does not count. */
    s = measure("THE из-за don't — … !!! «»", TM_LANG_EN);
    assert_int_equal(s.words, 3);
    assert_int_equal(VALUE(s, stop_words), 1);
    s = measure("", TM_LANG_RU);
    assert_int_equal(s.words, 0);
    assert_int_equal(VALUE(s, mean_word), 0);
}

static void test_lines(void **state)
{
    (void)state;
    struct tm_signals s = measure("Меню на завтра, столовая у третьего причала:\n"
                                  "- суп\n"
                                  "• рыба\n"
                                  "- суп\n"
                                  "\n"
                                  "Ждём всех к полудню. Приходите! «Места есть»",
                                  TM_LANG_RU);
    assert_int_equal(s.words, 7 + 1 + 1 + 1 + 7);
    assert_int_equal(VALUE(s, bullets), 600);
    assert_int_equal(VALUE(s, short_lines), 600);
    assert_int_equal(VALUE(s, punct_lines), 200);
    assert_int_equal(VALUE(s, newlines), 1000 * 5 / 17);
    assert_int_equal(VALUE(s, sentences), 2);
    /* "-суп" a second time: 4 characters of 38 + 4 + 5 + 4 + 38. */
    assert_int_equal(VALUE(s, dup_lines), 1000 * 4 / (38 + 4 + 5 + 4 + 38));
}

static void test_c4(void **state)
{
    (void)state;
    assert_int_equal(VALUE(measure("One. Two. Three. Four. Five.", TM_LANG_EN), sentences), 5);
    assert_int_equal(VALUE(measure("One. Two. Three { four. Five.", TM_LANG_EN), sentences), 0);
    assert_int_equal(VALUE(measure("Lorem ipsum is not a text.", TM_LANG_EN), sentences), 0);
    assert_int_equal(VALUE(measure("Turn on Javascript to read.\nIt is a fine day.", TM_LANG_EN),
                           sentences), 1);
    assert_int_equal(VALUE(measure("Too short.\nNo end of it here\nAnd so on...", TM_LANG_EN),
                           sentences), 0);
}

static void test_grams(void **state)
{
    (void)state;
    struct tm_signals s = measure("one two three four five six seven", TM_LANG_EN);
    assert_int_equal(VALUE(s, top_ngram), 0);
    assert_int_equal(VALUE(s, dup_ngram), 0);
    /* "aa bb" three times, 12 of 16 characters: 0.75 over the limit of 0.2; "bb aa" twice. The
     * 3-grams "aa bb aa" and "bb aa bb" twice: 12 of 16 over 0.18; the 4-gram "aa bb aa bb" twice,
     * overlapping as Gopher counts it: 16 of 16 over 0.16. */
    s = measure("aa bb aa bb aa bb cccc", TM_LANG_EN);
    assert_int_equal(VALUE(s, top_ngram), 1000 * (1000 * 16) / (160 * 16));
    assert_int_equal(VALUE(s, dup_ngram), 0);
    /* A 6-gram twice: 5-grams 1 and 2 stand again, the second within the first: 10 of 24 over .15;
     * the 6-gram 12 of 24 over .14. */
    s = measure("aa bb cc dd ee ff aa bb cc dd ee ff", TM_LANG_EN);
    assert_int_equal(VALUE(s, dup_ngram), 1000 * (1000 * 12) / (140 * 24));
}

/* Beyond the arrays on the stack: many words, many lines. */
static void test_long_texts(void **state)
{
    (void)state;
    struct tm_buf buf = {0};
    for (int i = 0; i < 40000; i++)
        tm_buf_printf(&buf, "w%d%c", i, i % 10 == 9 ? '\n' : ' ');
    struct tm_signals s;
    assert_int_equal(tm_quality_measure(tm_buf_view(&buf), TM_LANG_EN, &s), TM_OK);
    assert_int_equal(s.words, 40000);
    assert_int_equal(VALUE(s, top_ngram), 0);
    assert_int_equal(VALUE(s, dup_lines), 0);
    size_t half = buf.n;
    assert_true(tm_buf_reserve(&buf, half));
    tm_buf_add(&buf, buf.p, half);
    assert_int_equal(tm_quality_measure(tm_buf_view(&buf), TM_LANG_EN, &s), TM_OK);
    assert_int_equal(VALUE(s, dup_lines), 500);
    assert_int_equal(VALUE(s, dup_ngram), 5000);        /* half of the text over .10 */
    tm_buf_finish(&buf);
}

/* Words are those of n_words, wherever they lie in the blocks. */
static void test_words_are_n_words(void **state)
{
    (void)state;
    static const char *const pieces[] = {"a", "я", " ", "-", "'", "\u2019", "7", ".", "\n", "é",
                                         "\u0301", "слово", "word", "—", "#", "из-за"};
    unsigned seed = 1;
    for (int i = 0; i < 20000; i++) {
        char text[600];
        size_t n = 0;
        size_t wanted = (size_t)(rand_r(&seed) % 500);
        while (n < wanted) {
            const char *piece = pieces[(size_t)rand_r(&seed) % (sizeof pieces / sizeof *pieces)];
            memcpy(text + n, piece, strlen(piece));
            n += strlen(piece);
        }
        struct tm_str view = {text, n};
        struct tm_signals s;
        assert_int_equal(tm_quality_measure(view, TM_LANG_RU, &s), TM_OK);
        assert_int_equal(s.words, tm_count_text(view).words);
    }
}

static void test_presets(void **state)
{
    (void)state;
    struct tm_signals s = measure("Паром идёт в порт и ждёт там до утра.", TM_LANG_RU);
    assert_null(tm_preset_fault(TM_PRESET_NONE, &s));
    assert_string_equal(tm_preset_fault(TM_PRESET_GOPHER, &s), "words");
    assert_string_equal(tm_preset_fault(TM_PRESET_C4, &s), "sentences");
    assert_null(tm_preset_fault(TM_PRESET_FINEWEB_RU_SHORT, &s));
    s = measure("скидка скидка скидка скидка скидка скидка скидка скидка", TM_LANG_RU);
    assert_string_equal(tm_preset_fault(TM_PRESET_FINEWEB_RU_SHORT, &s), "top_ngram");
    for (int i = 0; i < TM_PRESET_COUNT; i++)
        assert_true(tm_preset_name(i)[0] != '\0' && tm_preset_text(i)[0] != '\0');
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_words),
        cmocka_unit_test(test_lines),
        cmocka_unit_test(test_c4),
        cmocka_unit_test(test_grams),
        cmocka_unit_test(test_long_texts),
        cmocka_unit_test(test_words_are_n_words),
        cmocka_unit_test(test_presets),
    };
    return cmocka_run_group_tests_name("quality", tests, NULL, NULL);
}
