/* SPDX-License-Identifier: Apache-2.0 */
/* Sentences: each case shows its borders as bars. What must not happen is shown by a text without
 * bars. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>
#include <tolmach/lang.h>

/* The text is the case without its bars; a bar stands in front of what a sentence begins with. */
static const struct {
    const char *name;
    const char *marked;
} cases[] = {
    {"two sentences", "Сегодня дождь. |Гулять не пойдём."},
    {"two English ones", "It rains today. |We stay at home."},
    {"question and exclamation", "Кто там? |Это я! |Открывай скорее."},
    {"marks in a row", "Правда?! |Не верю... |Ну ладно."},
    {"newline without a mark", "Список покупок\n|Хлеб, молоко, сыр\n\n|Не забыть сдачу"},
    {"initials", "Рассказ написал И. С. Петров в прошлом году. |Мне понравилось."},
    {"English initials", "The story is by J. R. Miller and his sister. |It is short."},
    {"street and house", "Встреча на ул. Садовой, д. 5, кв. 12. |Вход со двора."},
    {"year at the end", "Дом построили в 1912 г. |Потом его забыли."},
    {"town after its sign", "Поезд идёт в г. Тверь. |Билеты есть."},
    {"and so on", "Взяли ложки, вилки и т.д. |Про ножи забыли."},
    {"that is", "Уехал утром, т.е. рано. |Никого не разбудил."},
    {"units", "Нужно 2 кг. муки и 5 шт. яиц. |Ещё сахар."},
    {"decimal numbers", "Стоит 3.50 за штуку. |Дорого."},
    {"date", "Увидимся 12.05.2024 у входа. |Не опаздывай."},
    {"titles", "Mr. Brown met Dr. Green at 5 p.m. near the river. |They talked."},
    {"country at the end", "She moved to the U.S. |It was summer."},
    {"country inside", "She joined the U.S. Navy band last year."},
    {"for example", "Bring something warm, e.g. a scarf. |It gets cold."},
    {"and others", "Apples, pears, etc. are on sale. |Come early."},
    {"number of a page", "See p. 12 for the recipe. |No. 5 is the best."},
    {"quotation", "«Пойдём домой!» — сказала она. |И мы пошли."},
    {"English quotation", "\"Let us go home!\" she said. |And we went."},
    {"quotation that ends", "Она сказала: «Пойдём домой.» |И мы пошли."},
    {"reply and said he", "— Куда идёшь? — спросил сосед. |Я промолчал."},
    {"replies in a line", "— Где ключи? |— На столе. |— Спасибо."},
    {"interjection", "Эх, вот бы снег! |Скоро зима."},
    {"bracketed sentence", "Мы пришли рано. |(Дверь была закрыта.) |Пришлось ждать."},
    {"numbered list", "1. Налить воды\n|2. Вскипятить\n|3. Добавить чай"},
    {"lettered list", "а) утром\n|б) вечером"},
    {"bullets", "- хлеб\n|- молоко\n|• сыр"},
    {"smiley ends", "Завтра выходной :) |Пойдём на озеро"},
    {"bracket ends", "Завтра выходной) |Пойдём на озеро"},
    {"brackets end", "Наконец-то пятница))) |Всем хорошего вечера"},
    {"sad brackets end", "Снова понедельник(( |Хочу спать"},
    {"smiley in the middle", "завтра выходной) пойдём на озеро"},
    {"bracket that closes", "Приехал брат (младший) Иван с гостями."},
    {"counting bracket", "Нужно: 1) Иван 2) Пётр."},
    {"emoji ends", "Завтра выходной \xf0\x9f\x98\x80 |Пойдём на озеро"},
    {"emoji behind a mark", "Завтра выходной! \xf0\x9f\x98\x80\xf0\x9f\x8e\x89 |Пойдём на озеро"},
    {"emoji in the middle", "завтра \xe2\x98\x80\xef\xb8\x8f солнце"},
    {"emoji first", "\xf0\x9f\x94\xa5 Новость дня"},
    {"no blank", "Дождь кончился.|Пойдём гулять."},
    {"no blank in a name", "Программа написана на Node.js и работает. |Проверено."},
    {"small letter follows", "ну вот опять. |забыла зонт дома"},
    {"mark forgotten", "мы всё купили |Теперь нужно это приготовить"},
    {"mark forgotten in English", "we bought it all |Now we have to cook it"},
    {"I is always capital", "we bought what I wanted to eat"},
    {"link", "Подробности на example.org/news. |Читайте там."},
    {"dots alone", "...и тогда он ушёл. |Дверь закрылась."},
    {"ellipsis inside", "Он подумал… и согласился. |Все рады."},
    {"nothing", ""},
    {"blank", "  \n \t\n"},
    {"marks alone", "..."},
};

/* Writes the marked text of a split, bars in front of all sentences but the first. */
static void mark(const char *text, size_t n, const size_t *soft, size_t n_soft, char *ret)
{
    struct tm_sentences walk;
    size_t offset, length, at = 0, k = 0, count = 0;
    tm_sentences_begin(&walk, text, n, soft, n_soft);
    while (tm_sentences_next(&walk, &offset, &length)) {
        assert_true(offset >= at && length != 0 && offset + length <= n);
        memcpy(ret + k, text + at, offset - at);
        k += offset - at;
        if (count++ != 0)
            ret[k++] = '|';
        memcpy(ret + k, text + offset, length);
        k += length;
        at = offset + length;
    }
    memcpy(ret + k, text + at, n - at);
    ret[k + n - at] = '\0';
}

static void test_cases(void **state)
{
    char text[512], got[1024];
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        size_t n = 0;
        for (const char *p = cases[i].marked; *p != '\0'; p++)
            if (*p != '|')
                text[n++] = *p;
        mark(text, n, NULL, 0, got);
        if (strcmp(got, cases[i].marked) != 0)
            fail_msg("%s: %s instead of %s", cases[i].name, got, cases[i].marked);
    }
}

/* An emoji that was taken out leaves a border where one would have been. */
static void test_soft_borders(void **state)
{
    static const char capital[] = "Завтра выходной Пойдём на озеро";
    static const char small[] = "завтра выходной пойдём на озеро";
    char got[256];
    size_t at = strlen("Завтра выходной");
    (void)state;
    mark(capital, sizeof capital - 1, NULL, 0, got);
    assert_string_equal(got, capital);
    mark(capital, sizeof capital - 1, &at, 1, got);
    assert_string_equal(got, "Завтра выходной |Пойдём на озеро");
    mark(small, sizeof small - 1, &at, 1, got);
    assert_string_equal(got, small);
    static const size_t all[] = {0, 0, 5, 29, sizeof capital - 1, 5000};
    mark(capital, sizeof capital - 1, all, sizeof all / sizeof all[0], got);
    assert_string_equal(got, "Завтра выходной |Пойдём на озеро");
}

/* Every visible byte lies in one sentence, whatever the bytes. */
static void check_cover(const char *text, size_t n)
{
    struct tm_sentences walk;
    size_t offset, length, at = 0;
    tm_sentences_begin(&walk, text, n, NULL, 0);
    while (tm_sentences_next(&walk, &offset, &length)) {
        assert_true(length != 0 && offset >= at && offset + length <= n);
        for (; at < offset; at++)
            assert_true((unsigned char)text[at] <= ' ' || (unsigned char)text[at] >= 0x80);
        at = offset + length;
    }
    for (; at < n; at++)
        assert_true((unsigned char)text[at] <= ' ' || (unsigned char)text[at] >= 0x80);
}

static void test_any_bytes(void **state)
{
    static const char pieces[][8] = {".",  "!",  " ",        ")",      "(",        "\n", "А",
                                     "б",  "a",  "T",        "The ",   "\xe2\x80", "…",  "г.",
                                     "\"", "\xf0\x9f\x98\x80", "5", "-", "\xd0", ":)"};
    char text[256];
    uint32_t x = 7;
    (void)state;
    for (int round = 0; round < 20000; round++) {
        size_t n = 0;
        for (int i = 0; i < 24; i++) {
            x = x * 1664525u + 1013904223u;
            const char *piece = pieces[(x >> 16) % (sizeof pieces / sizeof pieces[0])];
            memcpy(text + n, piece, strlen(piece));
            n += strlen(piece);
        }
        char *exact = malloc(n);
        assert_non_null(exact);
        memcpy(exact, text, n);
        check_cover(exact, n);
        free(exact);
    }
}

/* A megabyte of anything that a rule looks back or ahead over is done in time. */
static void test_linear(void **state)
{
    static const char *const pieces[] = {".", "!", ")", "(", ":)", "\xf0\x9f\x98\x80", ". ", "a.",
                                         "A. ", "Т ", "г. ", "\" ", "- ", "1", "\xe2\x80\xa6 "};
    size_t n = 1 << 20;
    char *text = malloc(n);
    clock_t begin = clock();
    (void)state;
    assert_non_null(text);
    for (size_t i = 0; i < sizeof pieces / sizeof pieces[0]; i++) {
        size_t k = strlen(pieces[i]);
        for (size_t at = 0; at < n; at++)
            text[at] = pieces[i][at % k];
        check_cover(text, n);
    }
    free(text);
    assert_true(clock() - begin < 20 * CLOCKS_PER_SEC);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_cases),
        cmocka_unit_test(test_soft_borders),
        cmocka_unit_test(test_any_bytes),
        cmocka_unit_test(test_linear),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
