/* SPDX-License-Identifier: Apache-2.0 */
#include "source/source_test.h"

#include "source/local_date.h"

#define NOON 1638367140     /* 2021-12-01 13:59:00 */

static const struct {
    const char *text;
    int64_t seconds;
} dates[] = {
    {"01.12.2021 13:59", NOON},       {"01.12.2021 13:59:07", NOON + 7}, {"1.12.21 13:59", NOON},
    {"12/1/21 1:59 PM", NOON},        {"12/1/2021 1:59:07 PM", NOON + 7}, {"01/12/2021 13:59", NOON},
    {"12/31/2021 13:59", NOON + 30 * 86400}, {"2021-12-01 13:59", NOON}, {"1 Dec 2021 at 13:59", NOON},
    {"December 1, 2021 1:59 PM", NOON}, {"1 декабря 2021 г., 13:59", NOON}, {"01 дек. 2021 13:59", NOON},
    {"1 мая 2021 в 13:59", NOON - 214 * 86400}, {"12/1/21 12:59 AM", NOON - 13 * 3600},
    {"12/1/21 1:59\xE2\x80\xAFPM", NOON},
    {"01.12.2021", TM_UNKNOWN},       {"13:59", TM_UNKNOWN},              {"32.12.2021 13:59", TM_UNKNOWN},
    {"01.13.2021 13:59", TM_UNKNOWN}, {"1 2 3 4 13:59", TM_UNKNOWN},      {"12/1/21 13:59 PM", TM_UNKNOWN},
    {"на рынке в 13:59", TM_UNKNOWN}, {"", TM_UNKNOWN},                   {"01.12.2021 25:00", TM_UNKNOWN},
    {"99999999999999999999.1.1 10:00", TM_UNKNOWN},
};

static void reads_dates(void **state)
{
    (void)state;
    for (size_t i = 0; i < LENGTH(dates); i++)
        if (tm_local_date(tm_str_of(dates[i].text)) != dates[i].seconds)
            fail_msg("%s: %lld", dates[i].text, (long long)tm_local_date(tm_str_of(dates[i].text)));
}

#define CHAT \
    "Лида, [01.12.2021 13:59]\nПривет! Паром сегодня ходит?\n\n" \
    "Олег Петров, [01.12.2021 14:02]\n[В ответ на Лида]\nХодит, но только до пяти.\nПотом туман.\n\n" \
    "Лида, [01.12.2021 14:03]\n[Переслано от Гавань: объявления]\n[ Фотография ]\nРасписание на зиму\n\n" \
    "Олег Петров, [01.12.2021 14:05]\n[ Контакт ]\nКасса\n+7 900 000-00-00\n\n" \
    "Лида, [01.12.2021 14:06]\n[ Опрос : Едем? ]\n- да\n- нет\n\n" \
    "Лида, [01.12.2021 14:07]\n[ Голосовое сообщение ]\n{{\nну ладно\n}}\n"

static const struct {
    const char *author;
    const char *text;
    const char *forwarded;
    const char *media;
} messages[] = {
    {"Лида", "Привет! Паром сегодня ходит?", NULL, NULL},
    {"Олег Петров", "Ходит, но только до пяти.\nПотом туман.", NULL, NULL},
    {"Лида", "Расписание на зиму", "Гавань: объявления", "photo"},
    {"Олег Петров", "", NULL, "contact"},
    {"Лида", "", NULL, "poll"},
    {"Лида", "", NULL, "voice_message"},
};

static void reads_a_chat(void **state)
{
    static const size_t chunks[] = {SIZE_MAX, 1, 7};
    (void)state;
    for (size_t c = 0; c < LENGTH(chunks); c++) {
        struct reading r;
        assert_true(read_memory(&r, NULL, CHAT, strlen(CHAT), chunks[c], NULL));
        assert_string_equal(r.report.format, "paste");
        assert_int_equal(r.batch->n, LENGTH(messages));
        for (size_t i = 0; i < LENGTH(messages); i++) {
            assert_str(r.batch->docs[i].author, messages[i].author);
            assert_str(r.batch->docs[i].text, messages[i].text);
            assert_str(r.batch->docs[i].forwarded_from, messages[i].forwarded);
            assert_str(r.batch->docs[i].media, messages[i].media);
        }
        assert_int_equal(r.batch->docs[0].date, NOON);
        assert_int_equal(r.told.notes, 1);          /* dates without a zone */
        assert_int_equal(r.told.faults, 0);
        reading_finish(&r);
    }
}

static void reads_english(void **state)
{
    struct reading r;
    (void)state;
    read_text(&r, NULL, "Ann, [12/1/21 1:59 PM]\n[Forwarded from Town]\nMarket day [really]\n\n"
                        "Bob, the baker, [12/1/21 2:00 PM]\r\n[ Location ]\r\nhttps://maps.example/1\r\n"
                        "Here\r\n");
    assert_int_equal(r.batch->n, 2);
    assert_str(r.batch->docs[0].text, "Market day [really]");
    assert_str(r.batch->docs[0].forwarded_from, "Town");
    assert_str(r.batch->docs[1].author, "Bob, the baker");
    assert_str(r.batch->docs[1].text, "Here");
    assert_str(r.batch->docs[1].media, "location");
    assert_int_equal(r.batch->docs[1].date, NOON + 60);
    reading_finish(&r);
}

/* Equal words of two people, or at two times, are two messages. */
static void keeps_equal_messages_apart(void **state)
{
    struct reading r;
    (void)state;
    read_text(&r, "paste", "Ann, [12/1/21 1:59 PM]\nYes\nBob, [12/1/21 1:59 PM]\nYes\n"
                           "Ann, [12/1/21 2:59 PM]\nYes\n");
    assert_int_equal(r.batch->n, 3);
    for (size_t i = 0; i < 3; i++)
        assert_false(tm_str_equal(r.batch->docs[i].doc_id, r.batch->docs[(i + 1) % 3].doc_id));
    reading_finish(&r);
}

/* What only looks like a header, or like media, is text. */
static void takes_nothing_from_the_text(void **state)
{
    static const char *const text = "Ann, [12/1/21 1:59 PM]\nIn the book, [page 12:30] says\n[ Photo ]\n"
                                    "Bread, [milk]\n{{\nno end";
    struct reading r;
    (void)state;
    read_text(&r, NULL, text);
    assert_int_equal(r.batch->n, 1);
    assert_str(r.batch->docs[0].text, strchr(text, '\n') + 1);
    reading_finish(&r);
}

static void loses_only_what_is_too_large(void **state)
{
    struct tm_input_options options = {.max_document = 20000};
    static char text[200000];
    struct reading r;
    (void)state;
    size_t n = (size_t)sprintf(text, "Ann, [12/1/21 1:59 PM]\n");
    memset(text + n, 'x', 100000);
    n += 100000;
    n += (size_t)sprintf(text + n, "\nBob, [12/1/21 2:00 PM]\nSmall\n");
    assert_true(read_memory(&r, "paste", text, n, SIZE_MAX, &options));
    assert_int_equal(r.batch->n, 1);
    assert_str(r.batch->docs[0].text, "Small");
    assert_int_equal(r.told.faults, 1);
    assert_int_equal(r.told.offset, 0);
    reading_finish(&r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_dates),
        cmocka_unit_test(reads_a_chat),
        cmocka_unit_test(reads_english),
        cmocka_unit_test(keeps_equal_messages_apart),
        cmocka_unit_test(takes_nothing_from_the_text),
        cmocka_unit_test(loses_only_what_is_too_large),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
