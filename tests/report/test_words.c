/* SPDX-License-Identifier: Apache-2.0 */
/* The lower case of many bytes at once is that of one character after the other. */
#include <stdlib.h>

#include "cmocka_all.h"

#include "base/str.h"
#include "base/utf8.h"
#include "report/words.h"

enum { ROUNDS = 3000, MOST_CHARS = 300 };

/* Characters of words: both cases, letters that move from D0 to D1 and back, and such as are
 * longer or shorter in lower case (U+0130, U+023A, U+1E9E, U+2126). */
static const uint32_t alphabet[] = {
    'a', 'Z', 'q', '7', ' ', '.', '-', '\'', '\n', 0x410, 0x430, 0x41F, 0x43F, 0x420, 0x440, 0x42F,
    0x44F, 0x401, 0x451, 0x40F, 0x45F, 0x460, 0x461, 0x47F, 0x480, 0x490, 0x4C0, 0xC9, 0xE9,
    0x391, 0x3C9, 0x130, 0x23A, 0x1E9E, 0x2126, 0x10400, 0x1F600, 0x2019, 0x301, 0xAB, 0x2014,
};

static size_t put_text(char *text, size_t n_chars, unsigned *seed, size_t kinds)
{
    size_t n = 0;
    for (size_t i = 0; i < n_chars; i++) {
        *seed = *seed * 1103515245 + 12345;
        n += tm_utf8_put(alphabet[(*seed >> 16) % kinds], text + n);
    }
    return n;
}

/* One character after the other; of a word that is not plain as much as fits. */
static struct tm_str lower_of(struct tm_str word, bool plain, char *ret_lower)
{
    size_t n = 0;
    for (size_t at = 0; at < word.n && (plain || n + 4 <= TM_WORD_MOST);)
        n += tm_utf8_put(tm_lower(tm_utf8_next(word.p, word.n, &at)), ret_lower + n);
    return (struct tm_str){ret_lower, n};
}

static void check_word(const struct tm_lower_words *words, const struct tm_lower_word *word)
{
    char wanted_bytes[8 * MOST_CHARS];
    char bytes[TM_WORD_MOST];
    struct tm_str text = {words->text.p + word->start, word->n};
    struct tm_str wanted = lower_of(text, word->plain, wanted_bytes);
    struct tm_str lower = tm_lower_word_text(words, word, bytes);
    assert_true(tm_str_equal(lower, wanted));
    assert_int_equal(word->hash, tm_word_hash(wanted));
    if (word->plain)
        assert_int_equal(tm_lower_hash(words, word->start, word->n), word->hash);
}

static void check_text(struct tm_lower_words *words, struct tm_str text)
{
    struct tm_words walk;
    size_t start = 0;
    size_t end = 0;
    tm_words_begin(&walk, text);
    assert_true(tm_lower_words_begin(words, text));
    while (tm_lower_words_next(words))
        for (size_t i = 0; i < words->n; i++) {
            assert_true(tm_words_next(&walk, &start, &end));
            assert_int_equal(words->list[i].start, start);
            assert_int_equal(words->list[i].n, end - start);
            check_word(words, &words->list[i]);
        }
    assert_false(tm_words_next(&walk, &start, &end));
}

/* Each text in an allocation of its own size, so that nothing is read behind it unseen. */
static void check_random(size_t kinds)
{
    struct tm_lower_words words = {.n = 0};
    char text[4 * MOST_CHARS];
    unsigned seed = 1;
    for (unsigned i = 0; i < ROUNDS; i++) {
        size_t n = put_text(text, i % MOST_CHARS, &seed, kinds);
        char *copy = malloc(n + 1);
        assert_non_null(copy);
        memcpy(copy, text, n);
        check_text(&words, (struct tm_str){realloc(copy, n == 0 ? 1 : n), n});
        free((char *)words.text.p);
    }
    tm_lower_words_finish(&words);
}

static void test_ascii_and_cyrillic(void **state)
{
    (void)state;
    check_random(21);
}

static void test_any_letters(void **state)
{
    (void)state;
    check_random(sizeof alphabet / sizeof *alphabet);
}

/* More words than are found at once, and words that are longer than what is hashed at once. */
static void test_long(void **state)
{
    (void)state;
    struct tm_lower_words words = {.n = 0};
    struct tm_buf text = {0};
    for (unsigned i = 0; i < 3 * TM_WORDS_AT_ONCE; i++) {
        for (unsigned k = 0; k <= i; k++)
            tm_buf_text(&text, k % 5 == 4 ? "\u00C9" : i % 2 == 0 ? "\u0419" : "N");
        tm_buf_text(&text, " ");
    }
    assert_false(text.failed);
    assert_true(tm_lower_words_begin(&words, tm_buf_view(&text)));
    size_t n = 0;
    while (tm_lower_words_next(&words))
        for (size_t i = 0; i < words.n; i++, n++)
            if (words.list[i].n < 2 * MOST_CHARS)
                check_word(&words, &words.list[i]);
    assert_int_equal(n, 3 * TM_WORDS_AT_ONCE);
    tm_lower_words_finish(&words);
    tm_buf_finish(&text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_ascii_and_cyrillic),
        cmocka_unit_test(test_any_letters),
        cmocka_unit_test(test_long),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
