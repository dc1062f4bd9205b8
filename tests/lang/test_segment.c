/* SPDX-License-Identifier: Apache-2.0 */
/* Segments of posts and spans of lines. Each case says in its name which rule it holds. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <tolmach/lang.h>

struct post {
    const char *name;
    const char *want; /* labels of the segments, each with the number of its paragraphs */
    const char *text;
};

#define RU1 "Завтра в городском парке пройдёт ярмарка, приходите всей семьёй."
#define RU2 "Вход свободный, а для детей работает отдельная площадка с играми."
#define EN1 "Tomorrow there will be a fair in the city park, so bring the whole family."
#define EN2 "Admission is free, and there is a playground with games for the children."
#define UK1 "Завтра в міському парку відбудеться ярмарок, приходьте всією родиною."
#define BG1 "Утре в градския парк ще има панаир, заповядайте с цялото семейство."
#define DE1 "Morgen gibt es im Stadtpark einen Jahrmarkt, kommt doch mit der ganzen Familie."

static const struct post posts[] = {
    {"one Russian paragraph", "ru1", RU1},
    {"two Russian paragraphs", "ru2", RU1 "\n" RU2},
    {"a blank line between them", "ru2", RU1 "\n\n" RU2},
    {"one English paragraph", "en1", EN1},
    {"the same in two languages", "ru1 en1", RU1 "\n\n" EN1},
    {"two paragraphs each", "ru2 en2", RU1 "\n" RU2 "\n\n" EN1 "\n" EN2},
    {"English first", "en2 ru2", EN1 "\n" EN2 "\n" RU1 "\n" RU2},
    {"three changes", "ru1 en1 ru1", RU1 "\n" EN1 "\n" RU2},
    {"Ukrainian after Russian", "ru1 other1", RU1 "\n" UK1},
    {"Bulgarian alone", "other1", BG1},
    {"German and Russian", "other1 ru1", DE1 "\n" RU1},
    {"German and English", "en1 other1", EN1 "\n" DE1},
    {"brand in a sentence", "ru2", "Привезли колонки JBL Charge и Sony SRS, цены прежние.\n" RU2},
    {"list of products", "ru5",
     "Что сегодня со скидкой в нашем магазине:\n- Sony WH-1000XM5\n- Samsung Galaxy Buds2 Pro\n"
     "- Apple AirPods Max Space Gray\n" RU2},
    {"list of products at the end", "ru4",
     "Что сегодня со скидкой в нашем магазине:\nSony WH-1000XM5\nLogitech MX Master 3S\nGoPro Hero "
     "12"},
    {"list of products first", "ru3", "Sony WH-1000XM5\nBose QuietComfort Ultra\n" RU1},
    {"products under a short Russian heading", "ru4",
     "Лучшие наушники года\nSony WH-1000XM5\nBose QuietComfort Ultra\nApple AirPods Max"},
    {"titles of songs", "ru4", RU1 "\nThe Old River Road\nDancing Lights\nA Summer Song"},
    {"small words that are no sentence", "ru3", RU1 "\nusb type-c to hdmi adapter\n" RU2},
    {"three foreign words", "ru3", RU1 "\nHave a nice\n" RU2},
    {"version numbers", "ru4", RU1 "\nv2.1.3-beta\n10.0.19045\n" RU2},
    {"handle and hashtags", "ru3", RU1 "\n@city_park_news\n#park #fair #weekend"},
    {"link in between", "ru3", RU1 "\nhttps://example.org/park/fair-of-the-year\n" RU2},
    {"code in between", "ru3", RU1 "\nprintf(\"%d\\n\", the_number_of_games);\n" RU2},
    {"a motto of its own line", "ru4", RU1 "\n" RU2 "\nWe will see what happens then.\n" RU1},
    {"quotation inside", "ru1",
     "Бабушка любила повторять «practice makes perfect», хотя английского почти не знала."},
    {"Russian names in an English post", "en4",
     EN1 "\n\xd0\x9c\xd0\xbe\xd1\x81\xd0\xba\xd0\xb2\xd0\xb0\n\xd0\x9a\xd0\xb0\xd0\xb7\xd0\xb0\xd0"
         "\xbd\xd1\x8c\n" EN2},
    {"number between languages, text in Russian", "ru3 en1", RU1 "\n" RU2 "\n12:00\n" EN1},
    {"number between languages, text in English", "ru1 en3", RU1 "\n12:00\n" EN1 "\n" EN2},
    {"heading goes with its language", "ru1 en2", RU1 "\nOpening hours\n" EN1},
    {"heading of the first language too", "en1 ru2", EN1 "\nЧасы работы\n" RU1},
    {"romanised Russian is other", "other1",
     "Zavtra v gorodskom parke budet yarmarka, prihodite vsey semyoy."},
    {"shouting is a sentence", "ru1 en1",
     RU1 "\nTHERE IS A SPECIAL OFFER FOR ALL OF OUR READERS IN THE SHOP TODAY"},
    {"both languages in one line: the majority", "ru1",
     "Завтра ярмарка в парке, приходите всей семьёй и приводите друзей! Come to the fair."},
    {"nothing but code", "other2", "int read_all(int fd);\nprintf(\"%d\\n\", total_size);"},
    {"no letters", "und2", "12.05.2024\n\xf0\x9f\x98\x80"},
    {"one link", "und1", "https://example.org/"},
    {"nothing", "", ""},
    {"only newlines", "", "\n\n\n"},
    {"newlines around", "ru1", "\n\n" RU1 "\n\n"},
    {"greeting", "ru1", "Доброе утро!"},
};

static size_t lines_of(const char *text, size_t n)
{
    size_t lines = 0;
    for (size_t i = 0; i < n; i++)
        if (text[i] != '\n' && (i + 1 == n || text[i + 1] == '\n'))
            lines++;
    return lines;
}

/* What the header promises whatever the text is. */
static void check_order(const char *text, size_t n, const struct tm_segment *segs, size_t k)
{
    size_t at = 0;
    for (size_t i = 0; i < k; i++) {
        assert_true(segs[i].offset >= at && segs[i].length != 0);
        assert_true(segs[i].offset + segs[i].length <= n);
        for (; at < segs[i].offset; at++)
            assert_true((unsigned char)text[at] <= ' ');
        at = segs[i].offset + segs[i].length;
        assert_true(segs[i].score <= TM_LANG_SCORE_MAX);
    }
    for (; at < n; at++)
        assert_true((unsigned char)text[at] <= ' ');
}

static void segment(struct tm_arena *arena, const char *text, size_t n, uint16_t threshold,
                    char *ret, size_t room)
{
    struct tm_segment *segs;
    size_t k, used = 0;
    assert_int_equal(tm_lang_segment(text, n, threshold, arena, &segs, &k), TM_OK);
    check_order(text, n, segs, k);
    ret[0] = '\0';
    for (size_t i = 0; i < k && used < room; i++)
        used += (size_t)snprintf(ret + used, room - used, "%s%s%zu", i == 0 ? "" : " ",
                                 tm_lang_name(segs[i].lang),
                                 lines_of(text + segs[i].offset, segs[i].length));
}

static void test_posts(void **state)
{
    char got[200];
    int failures = 0;
    for (size_t i = 0; i < sizeof posts / sizeof posts[0]; i++) {
        segment(*state, posts[i].text, strlen(posts[i].text), 0, got, sizeof got);
        if (strcmp(got, posts[i].want) != 0) {
            print_error("%s: \"%s\" instead of \"%s\"\n", posts[i].name, got, posts[i].want);
            failures++;
        }
    }
    assert_int_equal(failures, 0);
}

static void test_threshold_is_between_language_and_other(void **state)
{
    static const char text[] = "Погода"; /* a word of several languages */
    char got[200];
    segment(*state, text, sizeof text - 1, 1, got, sizeof got);
    assert_string_equal(got, "ru1");
    segment(*state, text, sizeof text - 1, 9999, got, sizeof got);
    assert_string_equal(got, "other1");
    segment(*state, RU1 "\n" EN1, sizeof(RU1 "\n" EN1) - 1, 9000, got, sizeof got);
    assert_string_equal(got, "ru1 en1");
}

static void test_context_helps_the_unsure(void **state)
{
    /* alone it could be Bulgarian or Serbian; its post says what it is */
    static const char text[] = RU1 "\n" RU2 "\nмного народа и музика\n" RU1;
    char got[200];
    segment(*state, text, sizeof text - 1, 0, got, sizeof got);
    assert_string_equal(got, "ru4");
}

static void test_hostile(void **state)
{
    static char text[200000];
    char got[20];
    uint32_t x = 7;
    for (size_t i = 0; i < sizeof text; i++) {
        x = x * 1664525u + 1013904223u;
        text[i] = x >> 28 == 0 ? '\n' : (char)(x >> 24);
    }
    segment(*state, text, sizeof text, 0, got, sizeof got);
    memset(text, '\n', sizeof text);
    segment(*state, text, sizeof text, 0, got, sizeof got);
    memset(text, 'a', sizeof text);
    segment(*state, text, sizeof text, 0, got, sizeof got);
    for (size_t i = 0; i < sizeof text; i += 2)
        text[i] = '\n';
    segment(*state, text, sizeof text, 0, got, sizeof got);
    memset(text, 0, sizeof text);
    segment(*state, text, sizeof text, 0, got, sizeof got);
}

static const struct post lines[] = {
    {"one language", "ru", "Утром шёл снег."},
    {"two sentences", "ru|en", "Утром шёл снег. Now the sun is shining."},
    {"phrase inside", "ru|en|ru", "Он сказал see you later и быстро ушёл."},
    {"number stays with the one before", "ru|en", "Дом 5 is for sale"},
    {"mark before a sentence goes with it", "en|ru", "The door is open. - Заходите скорее"},
    {"a name inside stays", "ru", "Вчера компания Qeexo показала новую технологию."},
    {"a name in front stays", "ru", "Google знает, что вы делали прошлым летом."},
    {"a name behind stays", "ru", "Подарим коробку конфет и чайник KINDER."},
    {"a name of several words stays", "ru", "Мы летели рейсом Turkish Airlines в Анталью."},
    {"a letter that is a face is no language", "ru", "Мы не грустим, скоро лето! \xe3\x83\x84"},
    {"a greeting is a sentence", "en|ru", "Hello! Как у вас дела?"},
    {"Roman numeral", "ru", "В XIX веке здесь стоял сад."},
    {"Ukrainian and Russian", "ru|other",
     "Сегодня на рынке продают свежие яблоки. Сьогодні на ринку продають свіжі яблука."},
    {"German after English", "en|other",
     "We have fresh apples today. Wir haben heute frische Äpfel und auch Birnen."},
    {"no letters", "und", "12:30 \xe2\x80\x94 13:00"},
    {"nothing", "", "  "},
};

static void test_spans(void **state)
{
    int failures = 0;
    for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++) {
        char got[200] = "";
        size_t n = strlen(lines[i].text), k, used = 0;
        struct tm_segment *segs;
        assert_int_equal(tm_lang_spans(lines[i].text, n, *state, &segs, &k), TM_OK);
        check_order(lines[i].text, n, segs, k);
        for (size_t j = 0; j < k; j++)
            used += (size_t)snprintf(got + used, sizeof got - used, "%s%s", j == 0 ? "" : "|",
                                     tm_lang_name(segs[j].lang));
        if (strcmp(got, lines[i].want) != 0) {
            print_error("%s: \"%s\" instead of \"%s\"\n", lines[i].name, got, lines[i].want);
            failures++;
        }
    }
    assert_int_equal(failures, 0);
}

/* Where a span ends: what has no letters goes with the one or the other side. */
static const struct {
    const char *name;
    const char *marked;
} borders[] = {
    {"a counter goes with what it counts", "We did not know it. |3. Ещё минута, и всё готово"},
    {"a smiley with what it comments on", "She said so! :) |Потом мы пошли домой"},
    {"a face too", "Сначала был дождь. \xf0\x9f\x98\x80 |Then we went home again"},
    {"a picture with what follows", "The rain is over. |\xf0\x9f\x8e\x81 Подарки ждут всех гостей"},
    {"a number with its noun", "мы ждали его |here and there |10 минут на улице"},
    {"a number with its year", "мы купили это в 2016 |There was nothing else to buy"},
    {"a dash with the reply", "It was late. |\xe2\x80\x94 Пойдём скорее домой"},
    {"a handle with its message", "It was late. |RT @some_name: Пойдём скорее домой"},
    {"a dash behind a phrase is the sentence's",
     "мы нашли |a bit of bread |\xe2\x80\x94 и больше ничего"},
    {"a dash before a phrase too", "мы нашли - |a bit of bread |и больше ничего"},
    {"handles before a phrase are the sentence's", "@some_name |is there to |тебя никто не ждёт"},
    {"a smiley behind a phrase is the sentence's", "мы вчера нашли там |a bit of bread |:)"},
    {"behind a sentence it is that sentence's", "Мы пришли. |there was a bit of bread :)"},
    {"a number counts the small word behind it", "10 apples are in |нашем саду"},
    {"a tag says nothing", "мы вчера нашли #bread #water и ещё соль"},
    {"a full stop and a capital begin a sentence",
     "Сегодня вышел новый альбом. |The band is back on tour."},
    {"a year with the word that governs it", "мы нашли |that were new in 2005 |и купили всё"},
    {"a number with its month", "мы ждали |for a big sale |12 декабря"},
    {"a numeral with its century", "он искал |some of these old |XX века часы"},
    {"a phrase ends with its own number", "мы слушали |the radio show, 93, |пока не уснули"},
    {"what a phrase leaves at the begin",
     "\xe2\x80\x94 |those cheap sites |А может, нам туда не надо?"},
    {"nor does P.S.", "P.S. мы вчера нашли хлеб"},
};

static void test_span_borders(void **state)
{
    int failures = 0;
    for (size_t i = 0; i < sizeof borders / sizeof borders[0]; i++) {
        char text[200], got[200] = "";
        size_t n = 0, k, used = 0;
        struct tm_segment *segs;
        for (const char *p = borders[i].marked; *p != '\0'; p++)
            if (*p != '|')
                text[n++] = *p;
        assert_int_equal(tm_lang_spans(text, n, *state, &segs, &k), TM_OK);
        for (size_t j = 0; j < k; j++)
            used += (size_t)snprintf(got + used, sizeof got - used, "%s%.*s", j == 0 ? "" : " |",
                                     (int)segs[j].length, text + segs[j].offset);
        if (strcmp(got, borders[i].marked) != 0) {
            print_error("%s: \"%s\"\n", borders[i].name, got);
            failures++;
        }
    }
    assert_int_equal(failures, 0);
}

/* A million numbers between two words: quadratic time would not end. */
static void check_long_gap(struct tm_arena *arena)
{
    enum { NUMBERS = 1000000 };
    struct tm_segment *segs;
    size_t k, n = 0;
    char *text = malloc(2 * NUMBERS + 32);
    assert_non_null(text);
    n += (size_t)snprintf(text, 16, "дом ");
    for (size_t i = 0; i < NUMBERS; i++, n += 2)
        memcpy(text + n, "5 ", 2);
    n += (size_t)snprintf(text + n, 16, "houses");
    assert_int_equal(tm_lang_spans(text, n, arena, &segs, &k), TM_OK);
    check_order(text, n, segs, k);
    assert_int_equal(k, 2);
    free(text);
}

/* Spans of random bytes, of words drawn from looks that decide borders, and of one long word. */
static void test_hostile_spans(void **state)
{
    static const char *const word[] = {"дом",
                                       "the",
                                       "-",
                                       "5",
                                       "3.",
                                       "@a",
                                       ":)",
                                       "XIV",
                                       "#a",
                                       "*",
                                       "\xf0\x9f\x98\x80",
                                       "(2)",
                                       "A",
                                       "мир.",
                                       "of,",
                                       "a.b/c",
                                       "\xe3\x83\x84",
                                       "\xd0",
                                       "\xe2"};
    static char text[20000];
    struct tm_segment *segs;
    size_t k, n = 0;
    uint32_t x = 7;
    for (size_t i = 0; i < sizeof text; i++) {
        x = x * 1664525u + 1013904223u;
        text[i] = x >> 29 == 0 ? ' ' : (char)(x >> 24);
    }
    assert_int_equal(tm_lang_spans(text, sizeof text, *state, &segs, &k), TM_OK);
    check_order(text, sizeof text, segs, k);
    while (n + 16 < sizeof text) {
        x = x * 1664525u + 1013904223u;
        n += (size_t)snprintf(text + n, 16, "%s ", word[(x >> 16) % (sizeof word / sizeof *word)]);
        if (x >> 25 == 0 || n < 200) {
            assert_int_equal(tm_lang_spans(text, n, *state, &segs, &k), TM_OK);
            check_order(text, n, segs, k);
        }
    }
    memset(text, '-', sizeof text);
    assert_int_equal(tm_lang_spans(text, sizeof text, *state, &segs, &k), TM_OK);
    assert_int_equal(k, 1);
    check_long_gap(*state);
}

static int set_up(void **state)
{
    *state = tm_arena_create();
    return *state == NULL;
}

static int tear_down(void **state)
{
    tm_arena_destroy(*state);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_posts),
        cmocka_unit_test(test_threshold_is_between_language_and_other),
        cmocka_unit_test(test_context_helps_the_unsure),
        cmocka_unit_test(test_hostile),
        cmocka_unit_test(test_spans),
        cmocka_unit_test(test_span_borders),
        cmocka_unit_test(test_hostile_spans),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
