/* SPDX-License-Identifier: Apache-2.0 */
/* Hashtags, links, footers and notices. */
#include "clean_test.h"

static const struct clean_case cases[] = {
    {"tags at the end", "Text here.\n#ferry #news", "Text here."},
    {"tags at the start", "#ferry\nText here.", "Text here."},
    {"tags in the middle", "One here.\n#ferry\nTwo here.", "One here.\nTwo here."},
    {"tags after the last sentence", "Text here. #ferry #news", "Text here."},
    {"one tag after a full stop", "Text here. #ferry", "Text here."},
    {"tag in the text", "the #ferry is late", "the ferry is late"},
    {"tag as the last word", "we wait for the #ferry", "we wait for the ferry"},
    {"tag with underscores", "it is the #year_of_the_sea now", "it is the year of the sea now"},
    {"no tags", "#1 and C# and a&#39;b", "#1 and C# and a&#39;b"},
    {"link line at the end", "Text here.\nhttps://example.org/a", "Text here."},
    {"link line in the middle", "One.\nhttps://example.org/a\nTwo.", "One.\nTwo."},
    {"label and link", "Text here.\nRead more: https://example.org", "Text here."},
    {"link in the text", "see https://example.org/a for more", "see for more"},
    {"link before a stop", "see https://example.org/a.", "see."},
    {"link in brackets", "the table (https://example.org) is new", "the table is new"},
    {"bare domain with a path", "go to example.org/a now", "go to now"},
    {"bare domain without one stays", "the site example.org is new", "the site example.org is new"},
    {"words around a dot stay", "end.Next word", "end.Next word"},
    {"handle line at the end", "Text here.\n@harbour_news", "Text here."},
    {"handle in the text stays", "write to @anna_b today", "write to @anna_b today"},
    {"phrase with a link", "Text here.\nПодписаться: https://t.me/x", "Text here."},
    {"phrase", "Текст поста.\nПодписывайтесь на наш канал", "Текст поста."},
    {"menu", "Текст поста.\nПодписаться | Прислать новость", "Текст поста."},
    {"phrase inside a sentence stays", "Подписаться на газету можно на почте до пятницы и никак иначе.",
     "Подписаться на газету можно на почте до пятницы и никак иначе."},
    {"a call to another cause stays", "The petition is ready.\nSubscribe to nothing.",
     "The petition is ready.\nSubscribe to nothing."},
    {"a sentence about giving stays", "At the town hall.\nDonate blood this Saturday.",
     "At the town hall.\nDonate blood this Saturday."},
    {"a sentence about a canal stays", "Зима пришла рано.\nНаш канал замёрз ещё в ноябре.",
     "Зима пришла рано.\nНаш канал замёрз ещё в ноябре."},
    {"a call to sign stays", "Петиция готова.\nПодпишитесь под ней до пятницы!",
     "Петиция готова.\nПодпишитесь под ней до пятницы!"},
    {"subscribe to a name", "Text here.\nSubscribe to Harbour Notes | Chat", "Text here."},
    {"two tags that are words of the sentence stay", "we like #bread #butter",
     "we like bread butter"},
    {"news about advertising stays", "Реклама подорожала. ООО «Ромашка» сообщило о росте.",
     "Реклама подорожала. ООО «Ромашка» сообщило о росте."},
    {"news about what an agent made stays",
     "Данный материал, по мнению суда, распространён иностранным агентом без пометки. Идёт спор.",
     "Данный материал, по мнению суда, распространён иностранным агентом без пометки. Идёт спор."},
    {"a material of another kind",
     "Настоящий материал для лодок создан учёными, а не иностранным агентом.",
     "Настоящий материал для лодок создан учёными, а не иностранным агентом."},
    {"news about agents stays",
     "Данный материал создан при поддержке фонда. Иностранные агенты обсуждают закон.",
     "Данный материал создан при поддержке фонда. Иностранные агенты обсуждают закон."},
    {"phrase is the whole post without a link", "Подписаться", "Подписаться"},
    {"ad label", "Текст.\nРеклама. ООО «Ромашка», ИНН 7700000000", "Текст."},
    {"erid line", "Текст.\nerid: 2VtzqAbCdEf", "Текст."},
    {"erid at the end of a sentence", "Текст. erid: 2VtzqAbCdEf", "Текст."},
    {"the word advertising in a sentence stays", "Реклама двигатель торговли.",
     "Реклама двигатель торговли."},
    {"agent's notice",
     "НАСТОЯЩИЙ МАТЕРИАЛ (ИНФОРМАЦИЯ) ПРОИЗВЕДЕН И (ИЛИ) РАСПРОСТРАНЕН ИНОСТРАННЫМ АГЕНТОМ "
     "ИВАНОВЫМ И. И. 18+\nТекст поста.",
     "Текст поста."},
    {"text after the notice stays",
     "Настоящий материал произведён и распространён иностранным агентом. Завтра дождь.",
     "Завтра дождь."},
    {"the word agent in a sentence stays", "Его признали иностранным агентом.",
     "Его признали иностранным агентом."},
    {"legal note", "Пост в соцсети.\n\n* Организация Meta запрещена на территории РФ",
     "Пост в соцсети."},
    {"legal note inside", "Текст.\n*Признан иноагентом\nЕщё текст.", "Текст.\nЕщё текст."},
    {"items of a list are no footnotes",
     "* Минюст внёс в реестр иноагентов писателя\n* Курс доллара вырос\n* Завтра дождь",
     "* Минюст внёс в реестр иноагентов писателя\n* Курс доллара вырос\n* Завтра дождь"},
    {"a ban among other items", "* Организация запрещена в РФ\n* Курс доллара вырос",
     "* Организация запрещена в РФ\n* Курс доллара вырос"},
    {"who labels whom is news", "* Суд признал террористом жителя посёлка",
     "* Суд признал террористом жителя посёлка"},
    {"house rules", "Правила:\n* Вход с животными запрещён\n*Копирование запрещено",
     "Правила:\n* Вход с животными запрещён\n*Копирование запрещено"},
    {"short footnotes", "Движение* и фонд**.\n*запрещено в РФ\n** Иноагент.", "Движение* и фонд**."},
    {"a footnote about something else", "Цена указана за кило*\n* без доставки",
     "Цена указана за кило*\n* без доставки"},
    {"news about a ban", "Организация запрещена на территории РФ, сообщил суд.",
     "Организация запрещена на территории РФ, сообщил суд."},
    {"small print behind the label", "Лодки даром.\nРеклама. ООО «Причал», ИНН 7700000000. Срок акции до мая.",
     "Лодки даром."},
    {"label amid the text", "Скидки! Реклама. ООО «Причал», ИНН 7700000000. Лодки ждут вас весь май.",
     "Скидки! Лодки ждут вас весь май."},
    {"label behind the text", "Лодки со скидкой! Реклама. ООО «Причал», ИНН 7700000000, erid: 2VtzqabcDEF",
     "Лодки со скидкой!"},
    {"advertising as a topic", "Реклама. ООО «Причал» подало в суд на газету.",
     "Реклама. ООО «Причал» подало в суд на газету."},
    {"directives of C are no tags", "Code:\n#define PORT 80\n#include <stdio.h>\n#endif",
     "Code:\n#define PORT 80\n#include <stdio.h>\n#endif"},
    {"a tag that a directive is called", "the #include of #define", "the include of define"},
    {"see a link", "Расписание сменилось (см. https://example.org/a).", "Расписание сменилось."},
    {"advertiser", "Скидка на лодки.\n\nРеклама. Информация о рекламодателе", "Скидка на лодки."},
    {"pointer with its link", "Паром отменён.\n\nПодробнее — тут: https://example.org/a",
     "Паром отменён."},
    {"pointer above its link", "Паром отменён.\n\nЧитайте также на нашем сайте:\nhttps://example.org/a",
     "Паром отменён."},
    {"pointer without a link", "Паром отменён.\n\nПодробнее — тут.",
     "Паром отменён.\n\nПодробнее — тут."},
    {"pointer with something to say", "Паром отменён.\n\nПодробнее о пароме читайте тут: https://example.org/a",
     "Паром отменён.\n\nПодробнее о пароме читайте тут:"},
    {"pointer in the middle", "Первая новость.\nЧитать статью: https://example.org/a\nВторая новость.",
     "Первая новость.\nВторая новость."},
    {"advertising contact", "Ветер слабый.\n\nПо вопросам рекламы: @harbour_ads", "Ветер слабый."},
    {"socials", "The ferry is late.\n\nFollow us on Twitter | Instagram", "The ferry is late."},
    {"contact in a sentence", "The pier is closed.\n\nContact us if you saw the boat.",
     "The pier is closed.\n\nContact us if you saw the boat."},
    {"head of a sentence with a link", "Новости.\n\nСотрудничество портов продлили https://example.org/a",
     "Новости.\n\nСотрудничество портов продлили"},
    {"one word", "Новости.\n\nСотрудничество", "Новости.\n\nСотрудничество"},
    {"read more", "The ferry is late.\n\nRead the full story here: https://example.org/a",
     "The ferry is late."},
};

static void test_cases(void **state)
{
    (void)state;
    check_cases(cases, LENGTH(cases), NULL);
}

static void test_last_lines_of_links(void **state)
{
    (void)state;
    static const struct clean_case rows[] = {
        {"two links", "Ferries are late.\n\n[Site](https://a.org/x) & [Chat](https://a.org/y)",
         "Ferries are late."},
        {"a link over two lines", "Ferries are late.\n\n[Harbour. Notes —\nRead](https://a.org/x)",
         "Ferries are late."},
        {"a link that ends on the next row",
         "Ferries are late.\n\n[Join Harbour Life\n\n](https://a.org/x)[Ask us](https://a.org/y)",
         "Ferries are late."},
        {"a word beside the link", "Ferries are late.\n\nby [Anna](https://a.org/x)",
         "Ferries are late.\n\nby Anna"},
        {"a headline", "Ferries are late.\n\n[Why the ferries are late](https://a.org/x)",
         "Ferries are late.\n\nWhy the ferries are late"},
        {"a sentence", "Ferries are late.\n\n[Who knew?](https://a.org/x)",
         "Ferries are late.\n\nWho knew?"},
        {"an item of a list", "We use\n[Rope](https://a.org/x)\n[Tar](https://a.org/y)",
         "We use\nRope\nTar"},
        {"the whole post", "[Rope](https://a.org/x)", "Rope"},
        {"no link", "Look at https://a.org/x now.\n\n[Rope] and tar",
         "Look at now.\n\n[Rope] and tar"},
    };
    check_cases(rows, LENGTH(rows), &(struct tm_clean_options){.markup = TM_MARKUP_MARKDOWN});
}

static void test_urls_by_option(void **state)
{
    (void)state;
    static const struct clean_case token[] = {
        {"token", "see https://example.org/a for more", "see <URL> for more"}};
    static const struct clean_case keep[] = {
        {"keep", "see https://example.org/a for more", "see https://example.org/a for more"}};
    check_cases(token, 1, &(struct tm_clean_options){.urls = TM_URL_TOKEN});
    check_cases(keep, 1, &(struct tm_clean_options){.urls = TM_URL_KEEP});
}

static void test_tags_are_kept_as_metadata(void **state)
{
    (void)state;
    static const char raw[] = "#top\nthe #ferry is late\n#news #ferry";
    struct tm_batch *batch = tm_batch_create();
    struct tm_doc *doc = clean_doc(batch, raw, strlen(raw), NULL, NULL, "s");
    assert_true(tm_str_is(doc->text, "the ferry is late"));
    assert_int_equal(doc->n_hashtags, 3);
    tm_batch_destroy(batch);
}

static void test_ad_signal(void **state)
{
    (void)state;
    static const char *const raws[] = {"Text.\nerid: 2VtzqAbCdEf", "Текст.\n#реклама",
                                       "see https://example.org/?erid=2VtzqAbCdEf now"};
    struct tm_batch *batch = tm_batch_create();
    for (size_t i = 0; i < LENGTH(raws); i++)
        assert_true(clean_doc(batch, raws[i], strlen(raws[i]), NULL, NULL, "s")->ad);
    assert_false(clean_doc(batch, "Text.", 5, NULL, NULL, "s")->ad);
    tm_batch_destroy(batch);
}

static void test_a_rule_that_is_off(void **state)
{
    (void)state;
    static const struct clean_case rows[] = {
        {"tags", "Text here.\n#ferry", "Text here.\n#ferry"}};
    struct tm_clean_options options = {
        .off = (uint64_t)1 << TM_RULE_HASHTAG_LINE | (uint64_t)1 << TM_RULE_HASHTAG};
    check_cases(rows, 1, &options);
}

/* Feeds `n` posts that end with `tail` to a learner of one source. */
static struct tm_learnt *learn(size_t n, const char *tail, const char *channel)
{
    struct tm_learnt *learnt = NULL;
    assert_int_equal(tm_learnt_create(&learnt, NULL), TM_OK);
    for (size_t i = 0; i < n; i++) {
        char text[512];
        int length = snprintf(text, sizeof text, "Post number %zu about the pier.\n%s", i, tail);
        struct tm_doc doc = {.source_key = TM_STR("s"), .channel = tm_str_of(channel),
                             .text = {text, (size_t)length}, .date = TM_UNKNOWN};
        assert_int_equal(tm_learnt_add(learnt, &doc, NULL), TM_OK);
    }
    assert_int_equal(tm_learnt_finish(learnt, NULL), TM_OK);
    return learnt;
}

static void check_learnt(const char *tail, const char *channel, size_t posts, bool removed)
{
    struct tm_learnt *learnt = learn(posts, tail, channel);
    char raw[512];
    (void)snprintf(raw, sizeof raw, "A new post about the boats.\n%s", tail);
    struct tm_batch *batch = tm_batch_create();
    struct tm_doc *doc = clean_doc(batch, raw, strlen(raw), NULL, learnt, "s");
    bool gone = tm_str_is(doc->text, "A new post about the boats.");
    if (gone != removed)
        fail_msg("%s: got \"%.*s\"", tail, (int)doc->text.n, doc->text.p);
    /* With what was learnt frozen, a clean text stays as it is. */
    char *once = strndup(doc->text.p, doc->text.n);
    doc = clean_doc(batch, once, strlen(once), NULL, learnt, "s");
    assert_true(tm_str_is(doc->text, once));
    free(once);
    tm_batch_destroy(batch);
    tm_learnt_destroy(learnt);
}

static void test_learnt_footers(void **state)
{
    (void)state;
    check_learnt("Our tide table https://example.org/tide", "Harbour", 8, true);
    check_learnt("Tide | Weather | Boats", "Harbour", 8, true);
    check_learnt("Yours, Harbour Notes", "Harbour Notes", 8, true);
    /* As they stand in markdown: an address behind marks, a link that ends on the next line. */
    check_learnt("__The tides are here without fog ____tides.org/x__", "Harbour", 8, true);
    check_learnt("[The harbour of all four winds —\nRead](https://a.org/tide)", "Gazette", 8, true);
    /* Recurrence without evidence is proposed, not removed. */
    check_learnt("The harbour master has not commented on it so far.", "Gazette", 8, false);
    /* Four posts are not enough. */
    check_learnt("Tide | Weather | Boats", "Harbour", 4, false);
}

static void test_learnt_handle(void **state)
{
    (void)state;
    struct tm_learnt *learnt = NULL;
    assert_int_equal(tm_learnt_create(&learnt, NULL), TM_OK);
    for (int i = 0; i < 8; i++) {
        char text[128];
        int n = snprintf(text, sizeof text, "Post number %d about the pier. @harbour", i);
        struct tm_doc doc = {.source_key = TM_STR("s"), .text = {text, (size_t)n}};
        assert_int_equal(tm_learnt_add(learnt, &doc, NULL), TM_OK);
    }
    assert_int_equal(tm_learnt_finish(learnt, NULL), TM_OK);
    struct tm_batch *batch = tm_batch_create();
    static const char raw[] = "Boats are back. @harbour";
    assert_true(tm_str_is(clean_doc(batch, raw, strlen(raw), NULL, learnt, "s")->text,
                          "Boats are back."));
    static const char other[] = "Boats are back. @another";
    assert_true(tm_str_is(clean_doc(batch, other, strlen(other), NULL, learnt, "s")->text, other));
    tm_batch_destroy(batch);
    tm_learnt_destroy(learnt);
}

static void test_the_recipe_removes(void **state)
{
    (void)state;
    static const char *const lines[] = {"погода от порта", NULL};
    static const struct clean_case rows[] = {
        {"closing", "Ветер слабый.\n\nПогода от порта!", "Ветер слабый."},
        {"in the text", "Погода от порта\nВетер слабый.", "Погода от порта\nВетер слабый."},
        {"alone", "Погода от порта", "Погода от порта"},
    };
    check_cases(rows, LENGTH(rows), &(struct tm_clean_options){.remove = lines});
}

static void test_keep_wins_over_learnt(void **state)
{
    (void)state;
    struct tm_learnt *learnt = learn(8, "Tide | Weather | Boats", "Harbour");
    static const char *const keep[] = {"tide weather boats", NULL};
    struct tm_clean_options options = {.keep = keep};
    struct tm_batch *batch = tm_batch_create();
    static const char raw[] = "A new post.\nTide | Weather | Boats";
    assert_true(tm_str_is(clean_doc(batch, raw, strlen(raw), &options, learnt, "s")->text, raw));
    tm_batch_destroy(batch);
    tm_learnt_destroy(learnt);
}

static void test_markdown_is_learnt_from_two_posts(void **state)
{
    (void)state;
    struct tm_learnt *one = NULL;
    assert_int_equal(tm_learnt_create(&one, NULL), TM_OK);
    struct tm_doc doc = {.source_key = TM_STR("s"),
                         .text = TM_STR("see [a](https://example.org/a)")};
    assert_int_equal(tm_learnt_add(one, &doc, NULL), TM_OK);
    struct tm_doc next = {.source_key = TM_STR("t"), .text = doc.text};
    assert_int_equal(tm_learnt_add(one, &next, NULL), TM_OK);
    assert_int_equal(tm_learnt_add(one, &next, NULL), TM_OK);
    assert_int_equal(tm_learnt_finish(one, NULL), TM_OK);
    assert_int_equal(tm_learnt_markup(one, TM_STR("s")), TM_MARKUP_NONE);
    assert_int_equal(tm_learnt_markup(one, TM_STR("t")), TM_MARKUP_MARKDOWN);
    tm_learnt_destroy(one);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_cases),
        cmocka_unit_test(test_last_lines_of_links),
        cmocka_unit_test(test_urls_by_option),
        cmocka_unit_test(test_tags_are_kept_as_metadata),
        cmocka_unit_test(test_ad_signal),
        cmocka_unit_test(test_a_rule_that_is_off),
        cmocka_unit_test(test_learnt_footers),
        cmocka_unit_test(test_learnt_handle),
        cmocka_unit_test(test_the_recipe_removes),
        cmocka_unit_test(test_keep_wins_over_learnt),
        cmocka_unit_test(test_markdown_is_learnt_from_two_posts),
    };
    return cmocka_run_group_tests_name("ends", tests, NULL, NULL);
}
