/* SPDX-License-Identifier: Apache-2.0 */
/* What outlines refuse is not similar: forms and what becomes of them, compared both ways. */
#include "../cmocka_all.h"

#include "base/buf.h"
#include "base/str.h"
#include "dedup/compare.h"
#include "dedup/outline.h"

#define ROUNDS 60000

static const char *const words[] = {
    "boat", "harbour", "паром", "причал", "а", "not", "не", "lighthouse", "42", "7.5", "18:30", "на",
    "метеорологическая", "y", "unseen", "seen", "станция", "rope", "12", "корабля", "😀😀", "of"};

enum { N_WORDS = sizeof words / sizeof *words, MOST_WORDS = 120 };

struct text {
    const char *list[MOST_WORDS + 1];
    size_t n;
};

static uint64_t state = 1;

static size_t below(size_t n)
{
    state = state * 6364136223846793005u + 1442695040888963407u;
    return (size_t)(state >> 33) % n;
}

static struct text invent(size_t most)
{
    struct text text = {.n = 1 + below(most)};
    for (size_t i = 0; i < text.n; i++)
        text.list[i] = words[below(N_WORDS)];
    return text;
}

static void put_in(struct text *text, size_t at, const char *word)
{
    if (text->n > MOST_WORDS)
        return;
    memmove(&text->list[at + 1], &text->list[at], (text->n - at) * sizeof *text->list);
    text->list[at] = word;
    text->n++;
}

static void take_out(struct text *text, size_t at)
{
    if (text->n > 1)
        memmove(&text->list[at], &text->list[at + 1], (--text->n - at) * sizeof *text->list);
}

/* A word more, less or another one; an end cut off; two words that change places. */
static void change(struct text *text)
{
    size_t at = below(text->n);
    const char *word = words[below(N_WORDS)];
    switch (below(5)) {
    case 0: put_in(text, at, word); break;
    case 1: take_out(text, at); break;
    case 2: text->list[at] = word; break;
    case 3: text->n = 1 + at; break;
    default: text->list[at] = text->list[0]; text->list[0] = word;
    }
}

/* The form, with the letters of a typing error: `errors` bytes of ASCII words are others. */
static void write_form(const struct text *text, size_t errors, struct tm_buf *form)
{
    form->n = 0;
    for (size_t i = 0; i < text->n; i++) {
        if (i != 0)
            tm_buf_byte(form, ' ');
        tm_buf_text(form, text->list[i]);
    }
    assert_false(form->failed);
    for (; errors != 0; errors--) {
        char *byte = &form->p[below(form->n)];
        if (*byte >= 'a' && *byte <= 'z')
            *byte = (char)('a' + below(26));
    }
}

struct tally {
    size_t found;
    size_t refused;
};

static bool compare(struct tm_compare *compare, struct tm_str a, struct tm_str b)
{
    bool found = false;
    enum tm_dup_kind kind;
    unsigned similarity;
    assert_int_equal(tm_compare_load(compare, a, NULL), TM_OK);
    assert_int_equal(tm_compare_with(compare, b, &found, &kind, &similarity, NULL), TM_OK);
    return found;
}

static void check(struct tm_compare *comparer, struct tm_str a, struct tm_str b,
                  const struct tm_near_options *options, struct tally *tally)
{
    struct tm_outline x, y;
    tm_outline_of(a, &x);
    tm_outline_of(b, &y);
    bool found = compare(comparer, a, b);
    bool may = tm_outlines_may_agree(&x, &y, options);
    assert_int_equal(compare(comparer, b, a), found);
    assert_int_equal(tm_outlines_may_agree(&y, &x, options), may);
    if (found && !may)
        fail_msg("refused, but similar: %.*s | %.*s", (int)a.n, a.p, (int)b.n, b.p);
    tally->found += found;
    tally->refused += !may;
}

static void check_all(struct tm_near_options options)
{
    struct tm_compare *comparer = NULL;
    struct tm_buf forms[2] = {{0}, {0}};
    struct tally tally = {0, 0};
    assert_int_equal(tm_compare_create(&options, &comparer, NULL), TM_OK);
    for (size_t i = 0; i < ROUNDS; i++) {
        struct text text = invent(i % 3 == 0 ? 8 : i % 3 == 1 ? 24 : MOST_WORDS);
        write_form(&text, 0, &forms[0]);
        for (size_t changes = below(1 + text.n / 4); changes != 0; changes--)
            change(&text);
        write_form(&text, below(3), &forms[1]);
        check(comparer, tm_buf_view(&forms[0]), tm_buf_view(&forms[1]), &options, &tally);
    }
    /* A test that finds nothing, or refuses nothing, would say nothing. */
    assert_true(tally.found > ROUNDS / 20);
    assert_true(tally.refused > ROUNDS / 20);
    tm_compare_destroy(comparer);
    tm_buf_finish(&forms[0]);
    tm_buf_finish(&forms[1]);
}

static void test_default(void **unused)
{
    (void)unused;
    check_all((struct tm_near_options){.threshold = TM_NEAR_THRESHOLD});
}

static void test_options(void **unused)
{
    (void)unused;
    check_all((struct tm_near_options){.threshold = 6000});
    check_all((struct tm_near_options){.threshold = 9500, .ignore_numbers = true});
}

/* Nothing but other numbers: told by these alone. */
static void test_numbers(void **unused)
{
    (void)unused;
    static const char a[] = "курс доллара 92.4 рубля за доллар на торгах в понедельник";
    static const char b[] = "курс доллара 92.5 рубля за доллар на торгах в понедельник";
    struct tm_near_options options = {.threshold = TM_NEAR_THRESHOLD};
    struct tm_outline x, y;
    tm_outline_of((struct tm_str){a, sizeof a - 1}, &x);
    tm_outline_of((struct tm_str){b, sizeof b - 1}, &y);
    assert_false(tm_outlines_may_agree(&x, &y, &options));
    options.ignore_numbers = true;
    assert_true(tm_outlines_may_agree(&x, &y, &options));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_default),
        cmocka_unit_test(test_options),
        cmocka_unit_test(test_numbers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
