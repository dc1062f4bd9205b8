/* SPDX-License-Identifier: Apache-2.0 */
/* Look-alike letters: words are mended by their own script, what mixes scripts on purpose stays. */
#include "clean_test.h"

static const struct clean_case cases[] = {
    {"Latin in a Russian word", "Гaвaнь oткpытa ceгoдня", "Гавань открыта сегодня"},
    {"Latin capital", "Mоре и Tуман", "Море и Туман"},
    {"Latin e with two dots", "причëм Ëлка", "причём Ёлка"},
    {"Cyrillic in an English word", "hаrbour and Sеptember", "harbour and September"},
    {"Cyrillic capital before Latin", "СOVID-19, Хbox", "COVID-19, Xbox"},
    {"capitals that are an abbreviation in both scripts", "\u041DATO, \u0422OP", "\u041DATO, \u0422OP"},
    {"nothing decides", "2 МB", "2 МB"},
    {"hyphens part words", "IT-специалист, T-образный, COVID-больной",
     "IT-специалист, T-образный, COVID-больной"},
    {"apostrophe", "Wi-Fi'ем, USB’шный", "Wi-Fi'ем, USB’шный"},
    {"an ending put to a foreign name", "HTMLа, VPNом, PDFку, SIMка, iPhoneы",
     "HTMLа, VPNом, PDFку, SIMка, iPhoneы"},
    {"a letter without a twin", "Zапад, Vетер, Sаша, привеt", "Zапад, Vетер, Sаша, привеt"},
    {"one letter of each", "Zа, сa", "Zа, сa"},
    {"one script only", "Привет, мир. Hello, world. «Apple», don’t",
     "Привет, мир. Hello, world. «Apple», don’t"},
    {"words glued together", "Mac OS XРаздел, ДанныеY, ВВЕРХCTRL, СТОПSTOP",
     "Mac OS XРаздел, ДанныеY, ВВЕРХCTRL, СТОПSTOP"},
    {"handle", "пишите @hаrbour сегодня", "пишите @hаrbour сегодня"},
    {"words beside each other", "Паром—ferry, ferry—паром", "Паром—ferry, ferry—паром"},
};

static const struct clean_case kept_links[] = {
    {"not in a link", "см. https://example.org/гaвaнь и гaвaнь",
     "см. https://example.org/гaвaнь и гавань"},
};

static void test_cases(void **state)
{
    (void)state;
    check_cases(cases, LENGTH(cases), NULL);
}

static void test_links_stay(void **state)
{
    (void)state;
    check_cases(kept_links, LENGTH(kept_links), &(struct tm_clean_options){.urls = TM_URL_KEEP});
}

static void test_off(void **state)
{
    (void)state;
    static const struct clean_case rows[] = {{"off", "Гaвaнь", "Гaвaнь"}};
    check_cases(rows, 1, &(struct tm_clean_options){.off = (uint64_t)1 << TM_RULE_HOMOGLYPH});
}

/* Every place in a block of the vector scan, and the places beside it. */
static void test_every_place(void **state)
{
    (void)state;
    for (size_t pad = 0; pad < 40; pad++) {
        char raw[200];
        char want[200];
        int n = (int)pad;
        (void)snprintf(raw, sizeof raw, "%.*sпoра", n, "............................................");
        (void)snprintf(want, sizeof want, "%.*sпора", n,
                       "............................................");
        struct clean_case row = {"place", raw, want};
        check_case(&row, NULL);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_cases),
        cmocka_unit_test(test_links_stay),
        cmocka_unit_test(test_off),
        cmocka_unit_test(test_every_place),
    };
    return cmocka_run_group_tests_name("homoglyph", tests, NULL, NULL);
}
