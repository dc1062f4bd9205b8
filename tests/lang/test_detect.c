/* SPDX-License-Identifier: Apache-2.0 */
/* Labels of single texts, and what must not change them. */
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <tolmach/lang.h>

struct sentence {
    const char *name;
    enum tm_lang lang;
    const char *text;
};

static const struct sentence sentences[] = {
    {"ru plain", TM_LANG_RU, "Завтра утром мы поедем на рынок за яблоками и свежим хлебом."},
    {"ru question", TM_LANG_RU, "Кто-нибудь знает, во сколько закрывается библиотека?"},
    {"ru without yo", TM_LANG_RU, "Елка стоит во дворе, ее еще не успели нарядить."},
    {"ru with brand", TM_LANG_RU, "Купил новый пылесос Bosch, работает тихо и хорошо."},
    {"ru with model name", TM_LANG_RU, "Взял наушники Sony WH-1000XM5 за полцены"},
    {"ru with mail", TM_LANG_RU, "Пишите нам на почту hello@example.org, ответим за день."},
    {"ru chat", TM_LANG_RU, "ну вот, опять дождь, а я зонт дома забыла"},
    {"en plain", TM_LANG_EN, "Tomorrow morning we will go to the market for apples and bread."},
    {"en question", TM_LANG_EN, "Does anybody know when the library closes on Sundays?"},
    {"en chat", TM_LANG_EN, "lol i forgot my umbrella again and now it is raining"},
    {"en with name", TM_LANG_EN,
     "The soup called \xd0\xb1\xd0\xbe\xd1\x80\xd1\x89 is best with a lot of beetroot."},
    {"en contractions", TM_LANG_EN, "I don't think they've ever seen snow, so let's go outside."},
    {"uk", TM_LANG_OTHER, "Завтра вранці ми поїдемо на ринок по яблука та свіжий хліб."},
    {"be", TM_LANG_OTHER, "Заўтра раніцай мы паедзем на рынак па яблыкі і свежы хлеб."},
    {"bg", TM_LANG_OTHER, "Утре сутринта ще отидем на пазара за ябълки и пресен хляб."},
    {"sr", TM_LANG_OTHER, "Сутра ујутру идемо на пијацу по јабуке и свеж хлеб."},
    {"kk", TM_LANG_OTHER, "Ертең таңертең біз базарға алма мен жаңа нан алуға барамыз."},
    {"de", TM_LANG_OTHER, "Morgen früh gehen wir auf den Markt und kaufen Äpfel und Brot."},
    {"fr", TM_LANG_OTHER, "Demain matin nous irons au marché acheter des pommes et du pain."},
    {"es without marks", TM_LANG_OTHER,
     "Manana por la manana iremos al mercado a comprar pan fresco."},
    {"nl", TM_LANG_OTHER, "Morgenochtend gaan we naar de markt voor appels en vers brood."},
    {"tr", TM_LANG_OTHER, "Yarın sabah elma ve taze ekmek almak için pazara gideceğiz."},
    {"romanised ru", TM_LANG_OTHER,
     "Zavtra utrom my poedem na rynok za yablokami i svezhim khlebom."},
    {"chat romanised ru", TM_LANG_OTHER, "nu vot opyat dojd, a ya zontik doma zabyla, kak vsegda"},
    {"zh", TM_LANG_OTHER,
     "\xe6\x98\x8e\xe5\xa4\xa9\xe6\x88\x91\xe4\xbb\xac\xe5\x8e\xbb\xe5\xb8\x82\xe5\x9c\xba"},
    {"el", TM_LANG_OTHER,
     "\xce\x91\xcf\x8d\xcf\x81\xce\xb9\xce\xbf \xce\xb8\xce\xb1 \xcf\x80\xce\xac\xce\xbc\xce\xb5"},
    {"c code", TM_LANG_OTHER, "for (int i = 0; i < n; i++) { total += weight[i]; }"},
    {"python code", TM_LANG_OTHER, "def read_lines(path): return open(path).read().split('\\n')"},
    {"code with emoji", TM_LANG_OTHER,
     "x = total \xf0\x9f\x98\x80 \xf0\x9f\x98\x80 \xf0\x9f\x98\x80 \xf0\x9f\x98\x80 + last(y)"},
    {"json", TM_LANG_OTHER, "{\"name\": \"apple\", \"price\": 12, \"in_stock\": true}"},
};

static const struct sentence nothing[] = {
    {"empty", TM_LANG_UND, ""},
    {"blanks", TM_LANG_UND, " \t \n "},
    {"digits", TM_LANG_UND, "12.05.2024 10:30"},
    {"price", TM_LANG_UND, "$1 299.00"},
    {"link", TM_LANG_UND, "https://example.org/news/today?id=5"},
    {"bare link", TM_LANG_UND, "example.com/apples"},
    {"handle", TM_LANG_UND, "@some_channel"},
    {"mail", TM_LANG_UND, "hello@example.org"},
    {"emoji", TM_LANG_UND, "\xf0\x9f\x98\x80\xf0\x9f\x8e\x89 \xe2\x9c\x85"},
    {"combining marks", TM_LANG_UND, "\xcc\x81\xcc\x80\xcc\x86\xcc\x88\xcc\x81"},
    {"punctuation", TM_LANG_UND, "--- *** !!! \xe2\x80\x94 \xc2\xab\xc2\xbb"},
};

static enum tm_lang label(const char *text, size_t n)
{
    struct tm_lang_result r;
    tm_lang_detect(text, n, &r);
    assert_true(r.score <= TM_LANG_SCORE_MAX);
    assert_true(r.lang == TM_LANG_UND ? r.score == 0 : r.score >= 5000);
    return r.lang;
}

static void expect(const struct sentence *s, const char *what, const char *text, size_t n)
{
    enum tm_lang got = label(text, n);
    if (got != s->lang)
        fail_msg("%s, %s: %s instead of %s", s->name, what, tm_lang_name(got),
                 tm_lang_name(s->lang));
}

static void test_sentences(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof sentences / sizeof sentences[0]; i++)
        expect(&sentences[i], "as it is", sentences[i].text, strlen(sentences[i].text));
}

static void test_nothing(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof nothing / sizeof nothing[0]; i++)
        expect(&nothing[i], "as it is", nothing[i].text, strlen(nothing[i].text));
}

static void test_names(void **state)
{
    (void)state;
    assert_string_equal(tm_lang_name(TM_LANG_UND), "und");
    assert_string_equal(tm_lang_name(TM_LANG_RU), "ru");
    assert_string_equal(tm_lang_name(TM_LANG_EN), "en");
    assert_string_equal(tm_lang_name(TM_LANG_OTHER), "other");
}

static bool is_prose(const struct sentence *s)
{
    return strstr(s->name, "code") == NULL && strcmp(s->name, "json") != 0;
}

/* Capitals for ASCII and for basic Cyrillic. */
static size_t to_upper(const char *text, char *ret)
{
    size_t n = strlen(text);
    for (size_t i = 0; i < n; i++) {
        unsigned char a = (unsigned char)text[i], b = (unsigned char)text[i + 1];
        ret[i] = text[i];
        if (a >= 'a' && a <= 'z') {
            ret[i] = (char)(a - 32);
        } else if (a == 0xd0 && b >= 0xb0) {
            ret[i] = (char)0xd0;
            ret[++i] = (char)(b - 0x20);
        } else if (a == 0xd1 && b <= 0x8f) {
            ret[i] = (char)0xd0;
            ret[++i] = (char)(b + 0x20);
        } else if (a == 0xd1) {
            ret[i] = (char)0xd0;
            ret[++i] = (char)(b - 0x10);
        }
    }
    return n;
}

static size_t drop_punctuation(const char *text, char *ret)
{
    size_t k = 0;
    for (; *text != '\0'; text++)
        if ((unsigned char)*text >= 0x80 || *text == ' ' || *text == '@' ||
            (*text >= '0' && *text <= '9') || (*text | 0x20) >= 'a')
            ret[k++] = *text;
    return k;
}

static void test_case_does_not_matter(void **state)
{
    char text[512];
    (void)state;
    for (size_t i = 0; i < sizeof sentences / sizeof sentences[0]; i++)
        if (is_prose(&sentences[i]))
            expect(&sentences[i], "in capitals", text, to_upper(sentences[i].text, text));
}

static void test_punctuation_does_not_matter(void **state)
{
    char text[512];
    (void)state;
    for (size_t i = 0; i < sizeof sentences / sizeof sentences[0]; i++)
        if (is_prose(&sentences[i]) && strchr(sentences[i].text, '@') == NULL)
            expect(&sentences[i], "no punctuation", text,
                   drop_punctuation(sentences[i].text, text));
}

static void test_additions_do_not_matter(void **state)
{
    static const char *const extra[] = {
        " \xf0\x9f\x98\x80\xf0\x9f\x87\xb7\xf0\x9f\x87\xba \xe2\x9d\xa4\xef\xb8\x8f",
        " https://example.com/this/is/the/page-of-the-day",
        " www.example.ru/novosti",
        " @handle_of_somebody",
        " 2024 12:30 +7 (000) 000-00-00",
    };
    char text[1024];
    (void)state;
    for (size_t i = 0; i < sizeof sentences / sizeof sentences[0]; i++) {
        for (size_t k = 0; is_prose(&sentences[i]) && k < sizeof extra / sizeof extra[0]; k++) {
            size_t n = strlen(sentences[i].text);
            memcpy(text, sentences[i].text, n);
            memcpy(text + n, extra[k], strlen(extra[k]));
            expect(&sentences[i], extra[k], text, n + strlen(extra[k]));
        }
    }
}

/* Latin letters that look like Cyrillic ones, as spammers type them. */
static void test_lookalikes(void **state)
{
    static const char text[] = "3\xd0\xb0\xd1\x80\xd0\xb0"
                               "бoтoк из дoмa, "
                               "пpиcoeдиняйcя к нaм cкopee";
    (void)state;
    assert_int_equal(label(text, sizeof text - 1), TM_LANG_RU);
}

/* In a short text one letter that Russian does not have is enough, in a long one it is an error. */
static void test_letters_that_russian_lacks(void **state)
{
    static const struct sentence texts[] = {
        {"without", TM_LANG_RU, "город у моря"},
        {"Kazakh letter", TM_LANG_OTHER, "г\xd3\xa9род у моря"},
        {"Belarusian letter", TM_LANG_OTHER, "город\xd1\x9e у моря"},
        {"Ukrainian letter", TM_LANG_OTHER, "м\xd1\x96ло у моря"},
        {"yo is Russian", TM_LANG_RU, "ещё у моря тёплый дождь"},
        {"one in a long text", TM_LANG_RU,
         "старый г\xd3\xa9род у моря и много другого текста на русском языке, где буква чужая"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        expect(&texts[i], "as it is", texts[i].text, strlen(texts[i].text));
}

static void test_no_look_behind_the_end(void **state)
{
    /* the text ends inside what would be a letter, a link, a longer word */
    static const char *const texts[] = {"\xd0", "\xe2\x80", "\xf0\x9f", "http://",
                                        "a.",   "@",        "www."};
    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        size_t n = strlen(texts[i]);
        char *exact = malloc(n);
        assert_non_null(exact);
        memcpy(exact, texts[i], n);
        label(exact, n);
        free(exact);
    }
}

static void test_hostile(void **state)
{
    size_t n = 1 << 20;
    char *text = malloc(n);
    (void)state;
    assert_non_null(text);
    static const unsigned char fill[] = {'a', 0, 0x80, 0xff, 0xd0, 0xe2, 0xf0, '.', '@', ' ', '_'};
    for (size_t i = 0; i < sizeof fill; i++) {
        memset(text, fill[i], n);
        label(text, n);
    }
    uint32_t x = 1;
    for (size_t i = 0; i < n; i++) {
        x = x * 1664525u + 1013904223u;
        text[i] = (char)(x >> 24);
    }
    label(text, n);
    free(text);
}

static void test_long_text_is_not_judged_by_its_head_alone(void **state)
{
    static const char ru[] = "Сегодня на ужин будет картошка с грибами и салат. ";
    static const char en[] = "There will be potatoes with mushrooms and a salad for dinner. ";
    static char text[64 * 1024];
    size_t n = 0;
    (void)state;
    for (int i = 0; i < 20; i++, n += sizeof ru - 1)
        memcpy(text + n, ru, sizeof ru - 1);
    assert_int_equal(label(text, n), TM_LANG_RU);
    for (int i = 0; i < 200; i++, n += sizeof en - 1)
        memcpy(text + n, en, sizeof en - 1);
    assert_int_equal(label(text, n), TM_LANG_EN);
}

static void test_zero_byte_is_a_border(void **state)
{
    static const char text[] = "we are going\0to the market\0tomorrow morning";
    (void)state;
    assert_int_equal(label(text, sizeof text - 1), TM_LANG_EN);
}

#define N_SENTENCES (sizeof sentences / sizeof sentences[0])

static void detect_all(struct tm_lang_result *ret)
{
    struct tm_str texts[N_SENTENCES];
    for (size_t i = 0; i < N_SENTENCES; i++)
        texts[i] = (struct tm_str){sentences[i].text, strlen(sentences[i].text)};
    tm_lang_detect_batch(texts, N_SENTENCES, ret);
}

static void *detect_in_thread(void *ret)
{
    for (int round = 0; round < 50; round++)
        detect_all(ret);
    return NULL;
}

/* Not the label alone: the score is the same to the digit, in a batch and on any thread. */
static void test_batch_and_threads(void **state)
{
    static struct tm_lang_result got[4][N_SENTENCES];
    pthread_t threads[4];
    (void)state;
    for (size_t k = 0; k < 4; k++)
        assert_int_equal(pthread_create(&threads[k], NULL, detect_in_thread, got[k]), 0);
    for (size_t k = 0; k < 4; k++)
        pthread_join(threads[k], NULL);
    for (size_t i = 0; i < N_SENTENCES; i++) {
        struct tm_lang_result alone;
        tm_lang_detect(sentences[i].text, strlen(sentences[i].text), &alone);
        for (size_t k = 0; k < 4; k++) {
            assert_int_equal(got[k][i].lang, alone.lang);
            assert_int_equal(got[k][i].score, alone.score);
        }
    }
}

/* Which language a text is in when it is in Cyrillic letters and not Russian. */
static void test_codes(void **state)
{
    static const char *const cyrillic[] = {"uk", "be", "bg", "sr", "kk"};
    (void)state;
    for (size_t i = 0; i < N_SENTENCES; i++) {
        const struct sentence *s = &sentences[i];
        for (size_t k = 0; k < sizeof cyrillic / sizeof cyrillic[0]; k++) {
            if (strcmp(s->name, cyrillic[k]) != 0)
                continue;
            char text[512];
            assert_string_equal(tm_lang_code(s->text, strlen(s->text)), cyrillic[k]);
            assert_string_equal(tm_lang_code(text, to_upper(s->text, text)), cyrillic[k]);
        }
    }
    assert_null(tm_lang_code("", 0));
    assert_null(tm_lang_code("2024", 4));
    assert_null(tm_lang_code("We saw it in the town of \xd0\x9c\xd0\xb8", 28));
    assert_null(tm_lang_code("\xd0", 1));
}

static void test_model_version(void **state)
{
    (void)state;
    assert_string_not_equal(tm_lang_model_version(), "none");
    assert_true(strlen(tm_lang_model_version()) == 18);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_sentences),
        cmocka_unit_test(test_nothing),
        cmocka_unit_test(test_names),
        cmocka_unit_test(test_case_does_not_matter),
        cmocka_unit_test(test_punctuation_does_not_matter),
        cmocka_unit_test(test_additions_do_not_matter),
        cmocka_unit_test(test_lookalikes),
        cmocka_unit_test(test_letters_that_russian_lacks),
        cmocka_unit_test(test_no_look_behind_the_end),
        cmocka_unit_test(test_hostile),
        cmocka_unit_test(test_long_text_is_not_judged_by_its_head_alone),
        cmocka_unit_test(test_zero_byte_is_a_border),
        cmocka_unit_test(test_batch_and_threads),
        cmocka_unit_test(test_codes),
        cmocka_unit_test(test_model_version),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
