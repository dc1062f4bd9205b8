/* SPDX-License-Identifier: Apache-2.0 */
/* What must not change a label, on sentences made of words drawn at random. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <tolmach/lang.h>

#define ROUNDS 4000
#define ROOM 2048

/* Words of one language, and some that two share: sentences that are sure and sentences that are
 * not have to keep their label alike. */
static const char *const words[][16] = {
    {"дождь", "утром", "опять", "кончился", "мы", "поехали", "за", "город", "где", "тихо", "и",
     "пахнет", "мокрой", "травой", "ещё", "много"},
    {"the", "rain", "stopped", "early", "and", "we", "went", "out", "of", "town", "where", "it",
     "smells", "wet", "grass", "normal"},
    {"дощ", "вранці", "знову", "скінчився", "ми", "поїхали", "за", "місто", "де", "тихо", "і",
     "пахне", "мокрою", "травою", "ще", "її"},
    {"дождж", "раніцай", "зноў", "скончыўся", "мы", "паехалі", "за", "горад", "дзе", "ціха", "і",
     "пахне", "мокрай", "травой", "яшчэ", "не"},
    {"der", "regen", "hat", "früh", "aufgehört", "und", "wir", "sind", "aus", "der", "stadt",
     "gefahren", "es", "riecht", "gras", "schön"},
};

static uint64_t state = 20261125;

static uint32_t below(uint32_t bound)
{
    state = state * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)((state >> 33) % bound);
}

static size_t put(char *text, size_t n, const char *more)
{
    size_t k = strlen(more);
    assert_true(n + k < ROOM);
    memcpy(text + n, more, k);
    return n + k;
}

static size_t draw_sentence(char *text)
{
    size_t n = 0, language = below(sizeof words / sizeof words[0]);
    uint32_t want = 1 + below(12);
    for (uint32_t i = 0; i < want; i++) {
        static const char *const marks[] = {"", "", "", ",", " \xe2\x80\x94", ":", "!"};
        n = put(text, n, i == 0 ? "" : " ");
        n = put(text, n, words[language][below(16)]);
        n = put(text, n, marks[below(7)]);
    }
    return put(text, n, ".");
}

/* Capitals of a to z, U+00E0 to U+00FE and U+0430 to U+045F. */
static size_t in_capitals(const char *text, size_t n, char *ret)
{
    for (size_t i = 0; i < n; i++) {
        unsigned a = (unsigned char)text[i], b = i + 1 < n ? (unsigned char)text[i + 1] : 0;
        unsigned cp = (a & 0x1f) << 6 | (b & 0x3f);
        ret[i] = a >= 'a' && a <= 'z' ? (char)(a - 32) : text[i];
        if (a != 0xc3 && a != 0xd0 && a != 0xd1)
            continue;
        cp -= (cp >= 0xe0 && cp <= 0xfe) || (cp >= 0x430 && cp <= 0x44f) ? 0x20
              : cp >= 0x450 && cp <= 0x45f                               ? 0x50
                                                                         : 0;
        ret[i] = (char)(0xc0 | cp >> 6);
        ret[++i] = (char)(0x80 | (cp & 0x3f));
    }
    return n;
}

static size_t without_marks(const char *text, size_t n, char *ret)
{
    size_t k = 0;
    for (size_t i = 0; i < n; i++) {
        bool dash = n - i >= 3 && memcmp(text + i, "\xe2\x80\x94", 3) == 0;
        i += dash ? 2 : 0;
        if (!dash && strchr(",:!.", text[i]) == NULL)
            ret[k++] = text[i];
    }
    return k;
}

/* Something that is no evidence, in front, behind or between two words. */
static size_t with_addition(const char *text, size_t n, char *ret)
{
    static const char *const extra[] = {"\xf0\x9f\x99\x82",
                                        "\xf0\x9f\x94\xa5\xf0\x9f\x8e\x89",
                                        "\xe2\x9d\xa4\xef\xb8\x8f",
                                        "https://example.com/news/2024/page?id=17",
                                        "WWW.EXAMPLE.RU/NOVOSTI",
                                        "example.org",
                                        "@some_channel",
                                        "someone@example.com",
                                        "12:30"};
    const char *what = extra[below(sizeof extra / sizeof extra[0])];
    const char *blank = memchr(text, ' ', n);
    size_t at = below(3) == 0 ? 0 : blank == NULL || below(2) == 0 ? n : (size_t)(blank - text);
    memcpy(ret, text, at);
    size_t k = put(ret, at, at == 0 ? "" : " ");
    k = put(ret, k, what);
    k = put(ret, k, at == 0 ? " " : "");
    memcpy(ret + k, text + at, n - at);
    return k + n - at;
}

static void expect_same(const char *what, size_t (*change)(const char *, size_t, char *))
{
    for (int round = 0; round < ROUNDS; round++) {
        char text[ROOM], changed[ROOM];
        struct tm_lang_result before, after;
        size_t n = draw_sentence(text), k = change(text, n, changed);
        tm_lang_detect(text, n, &before);
        tm_lang_detect(changed, k, &after);
        if (before.lang != after.lang)
            fail_msg("%s: %s for \"%.*s\", %s for \"%.*s\"", what, tm_lang_name(before.lang),
                     (int)n, text, tm_lang_name(after.lang), (int)k, changed);
    }
}

static void test_capitals(void **unused)
{
    (void)unused;
    expect_same("in capitals", in_capitals);
}

static void test_marks(void **unused)
{
    (void)unused;
    expect_same("without marks", without_marks);
}

static void test_additions(void **unused)
{
    (void)unused;
    expect_same("with an addition", with_addition);
}

/* One after the other or all at once. */
static void test_batch(void **unused)
{
    static char text[ROUNDS][ROOM / 4];
    static struct tm_str texts[ROUNDS];
    static struct tm_lang_result got[ROUNDS];
    (void)unused;
    for (size_t i = 0; i < ROUNDS; i++) {
        char longer[ROOM];
        size_t n = draw_sentence(longer);
        assert_true(n <= sizeof text[i]);
        memcpy(text[i], longer, n);
        texts[i] = (struct tm_str){text[i], n};
    }
    tm_lang_detect_batch(texts, ROUNDS, got);
    for (size_t i = 0; i < ROUNDS; i++) {
        struct tm_lang_result alone;
        tm_lang_detect(texts[i].p, texts[i].n, &alone);
        assert_int_equal(got[i].lang, alone.lang);
        assert_int_equal(got[i].score, alone.score);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_capitals),
        cmocka_unit_test(test_marks),
        cmocka_unit_test(test_additions),
        cmocka_unit_test(test_batch),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
