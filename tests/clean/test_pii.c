/* SPDX-License-Identifier: Apache-2.0 */
/* Personal data: what is masked, and what only looks like it. All numbers are made up; the cards
 * are the test numbers of payment systems. */
#include "clean_test.h"

static const struct clean_case cases[] = {
    {"mobile", "звоните +7 900 000-00-00 днём", "звоните <PHONE> днём"},
    {"mobile with brackets", "тел. 8 (900) 000-00-00", "тел. <PHONE>"},
    {"mobile without blanks", "тел. 89000000000", "тел. <PHONE>"},
    {"free call", "8-800-000-00-00 бесплатно", "<PHONE> бесплатно"},
    {"international", "call +44 20 7946 0000 now", "call <PHONE> now"},
    {"city number with brackets", "тел. (495) 000-00-00", "тел. <PHONE>"},
    {"North American", "call 202-555-0143 or 1-800-555-0199", "call <PHONE> or <PHONE>"},
    {"thousands", "79 161 234 567 рублей, +12 345 678 901", "79 161 234 567 рублей, +12 345 678 901"},
    {"amount with a currency", "89123456789 руб.", "89123456789 руб."},
    {"e-mail", "write to info@example.org.", "write to <EMAIL>."},
    {"e-mail with digits first", "write 24info@example.org", "write <EMAIL>"},
    {"Cyrillic e-mail", "почта инфо@пример.рф тут", "почта <EMAIL> тут"},
    {"account on a machine", "git clone git@example.org:port/boats.git",
     "git clone git@example.org:port/boats.git"},
    {"card", "карта 4111 1111 1111 1111 тут", "карта <CARD> тут"},
    {"card in one run", "card 5555555555554444", "card <CARD>"},
    {"card with a wrong check digit", "номер 4111 1111 1111 1112", "номер 4111 1111 1111 1112"},
    {"snils", "СНИЛС 112-233-445 95", "СНИЛС <SNILS>"},
    {"personal inn", "ИНН 500100732259", "ИНН <INN>"},
    {"company inn stays", "ИНН 7700000000", "ИНН 7700000000"},
    {"handle stays", "write to @harbour_notes today", "write to @harbour_notes today"},
    {"date", "12.05.2024 18:30", "12.05.2024 18:30"},
    {"years", "1941-1945, 2020-2025", "1941-1945, 2020-2025"},
    {"a volume and years", "Том 8 1941-1945 10 глав", "Том 8 1941-1945 10 глав"},
    {"years in a table", "строка 7 1980 1990 20", "строка 7 1980 1990 20"},
    {"coordinates with a sign", "+55.7512 37.6184", "+55.7512 37.6184"},
    {"order numbers", "заказ 123-456-7890, 101-202-3034", "заказ 123-456-7890, 101-202-3034"},
    {"prices with a check digit", "5500 5600 5700 5800", "5500 5600 5700 5800"},
    {"ranges with a check digit", "4111-1111 1111-1111", "4111-1111 1111-1111"},
    {"number of a contract", "договор № 79000000000", "договор № 79000000000"},
    {"price", "1 200 000 000 рублей", "1 200 000 000 рублей"},
    {"score", "3:2, 21:15, 21:18", "3:2, 21:15, 21:18"},
    {"isbn", "ISBN 978-5-17-118366-6", "ISBN 978-5-17-118366-6"},
    {"law", "закон № 149-ФЗ от 27.07.2006", "закон № 149-ФЗ от 27.07.2006"},
    {"long id", "заказ 12345678901234567890", "заказ 12345678901234567890"},
    {"internet address", "запрос с 93.184.216.34 вчера", "запрос с <IP> вчера"},
    {"address with a port", "open 93.184.216.34:8080 now", "open <IP>:8080 now"},
    {"private addresses", "127.0.0.1, 192.168.10.12, 10.20.30.40, 203.0.113.77",
     "127.0.0.1, 192.168.10.12, 10.20.30.40, 203.0.113.77"},
    {"versions and sections", "версия 10.15.70.12, v. 17.28.33.45, ст. 12.13.14.15, п. 1.2.3.4",
     "версия 10.15.70.12, v. 17.28.33.45, ст. 12.13.14.15, п. 1.2.3.4"},
    {"longer dotted number", "код 21.22.23.24.25 тут", "код 21.22.23.24.25 тут"},
    {"headings", "14.20.13.13. Вкладка размера; Раздел 13.112.13.6", "14.20.13.13. Вкладка размера; Раздел 13.112.13.6"},
    {"short octets", "рулон 5.6.7.8 тут", "рулон 5.6.7.8 тут"},
    {"number in a link", "see https://t.me/x/89000000000 now", "see now"},
};

static void test_cases(void **state)
{
    (void)state;
    check_cases(cases, LENGTH(cases), NULL);
}

static void test_each_class_is_an_option(void **state)
{
    (void)state;
    static const struct clean_case rows[] = {
        {"phone kept", "тел. +7 900 000-00-00, info@example.org",
         "тел. +7 900 000-00-00, <EMAIL>"}};
    check_cases(rows, 1, &(struct tm_clean_options){.off = (uint64_t)1 << TM_RULE_PII_PHONE});
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_cases),
        cmocka_unit_test(test_each_class_is_an_option),
    };
    return cmocka_run_group_tests_name("pii", tests, NULL, NULL);
}
