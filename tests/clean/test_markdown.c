/* SPDX-License-Identifier: Apache-2.0 */
#include "clean_test.h"

static const struct clean_case cases[] = {
    {"bold", "**Ferry** is late", "Ferry is late"},
    {"italic", "the __old__ pier", "the old pier"},
    {"strike", "~~closed~~ open", "closed open"},
    {"code", "run `make` now", "run make now"},
    {"block", "```\nmake\n```", "make"},
    {"link", "see [the table](https://example.org/t) for more", "see the table for more"},
    {"link with brackets in the text", "[a [b] c](https://example.org)", "a [b] c"},
    {"link with brackets in the target", "[a](https://example.org/x_(y)) b", "a b"},
    {"link of an emoji only", "News [\U0001F449 ](https://example.org)[Harbour](https://t.me/x)",
     "News Harbour"},
    {"link of nothing visible", "News[\u200B](https://example.org)", "News"},
    {"empty label with a blank parts words", "friend[ ](https://t.me/x)came", "friend came"},
    {"empty label with a line feed parts lines", "one[\n](https://t.me/x)two", "one\ntwo"},
    {"touching links are two words", "[One](https://t.me/x)[Two](https://t.me/y)", "One Two"},
    {"crossing marks", "**\U0001F4F1****Harbour **[Send](https://t.me/x_bot) news",
     "Harbour Send news"},
    {"touching marks", "__Read: ____example__ now", "Read: example now"},
    {"over lines", "**One\n\n**two", "One\n\ntwo"},
    {"name with underscores stays", "call snake__case here", "call snake__case here"},
    {"power stays", "2 ** 3 is 8", "2 ** 3 is 8"},
    {"brackets that are no link stay", "[1](see below) stays", "[1](see below) stays"},
    {"odd backtick stays", "it`s fine", "it`s fine"},
    {"single asterisks stay", "5 * 3 * 2", "5 * 3 * 2"},
};

static void test_cases(void **state)
{
    (void)state;
    struct tm_clean_options options = {.markup = TM_MARKUP_MARKDOWN};
    check_cases(cases, LENGTH(cases), &options);
}

static void test_plain_text_is_not_touched(void **state)
{
    (void)state;
    static const struct clean_case rows[] = {
        {"marks", "**Ferry** __init__", "**Ferry** __init__"},
    };
    struct tm_clean_options options = {.markup = TM_MARKUP_NONE};
    check_cases(rows, LENGTH(rows), &options);
    check_cases(rows, LENGTH(rows), NULL);
}

static void test_html_that_stands_as_text(void **state)
{
    (void)state;
    static const struct clean_case rows[] = {
        {"title and text", "<b>Tides</b>\n\n<code>High at </code><code>nine</code>",
         "Tides\n\nHigh at nine"},
        {"references", "<b>&#9000; Tides &amp; boats</b> &#x41;", "Tides & boats A"},
        {"a link", "<a href=\"https://a.org/x\">Tides</a> are &lt;high&gt;", "Tides are <high>"},
        {"a mark that is opened again", "<b>Tides</b>\n<code>High</code><code>at nine</code>",
         "Tides\nHigh at nine"},
        {"a word of two marks", "<b>Ti</b><i>des</i> rise", "Tides rise"},
        {"a reference first", "&#9000; Tides\n<code>High at nine</code>", "Tides\nHigh at nine"},
        {"one mark", "<b>text</b> is bold", "<b>text</b> is bold"},
        {"about HTML", "Write <b>text</b> or <i>text</i> &lt;3", "Write <b>text</b> or <i>text</i> &lt;3"},
        {"other tags", "<div><b>x</b></div> &amp;", "<div><b>x</b></div> &amp;"},
        {"no tag", "<b is <c/d> and &#; &#1114112; &#55296;", "<b is <c/d> and &#; &#1114112; &#55296;"},
        {"references that are none", "<b>a</b> &#; &#1114112; &#55296; <i>b</i>",
         "a &#; &#1114112; &#55296; b"},
    };
    check_cases(rows, LENGTH(rows), NULL);
    static const struct clean_case kept[] = {{"off", "<b>a</b> <i>b</i>", "<b>a</b> <i>b</i>"}};
    check_cases(kept, 1, &(struct tm_clean_options){.markup = TM_MARKUP_NONE});
}

static void test_targets_are_kept_as_metadata(void **state)
{
    (void)state;
    static const char raw[] = "see [a](https://example.org/a) and [b](https://example.org/b)";
    struct tm_clean_options options = {.markup = TM_MARKUP_MARKDOWN};
    struct tm_batch *batch = tm_batch_create();
    struct tm_doc *doc = clean_doc(batch, raw, strlen(raw), &options, NULL, "s");
    assert_int_equal(doc->n_urls, 2);
    assert_true(tm_str_is(doc->urls[1], "https://example.org/b"));
    tm_batch_destroy(batch);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_cases),
        cmocka_unit_test(test_plain_text_is_not_touched),
        cmocka_unit_test(test_html_that_stands_as_text),
        cmocka_unit_test(test_targets_are_kept_as_metadata),
    };
    return cmocka_run_group_tests_name("markdown", tests, NULL, NULL);
}
