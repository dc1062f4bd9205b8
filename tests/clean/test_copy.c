/* SPDX-License-Identifier: Apache-2.0 */
/* What a copy out of a client brings along: headers, bodies twice, placeholders, invisible
 * characters, blanks. */
#include "clean_test.h"

#define LONG                                                                                      \
    "The harbour master walks along the old pier every morning, counts the boats, writes their "  \
    "names into a thick blue book, and then has a cup of tea with the keeper of the lighthouse, "  \
    "who has seen more boats than anybody."

static const struct clean_case cases[] = {
    {"X Y Y", "Forwarded from A\nTitle\nBody one.\nBody two.\nBody one.\nBody two.",
     "Title\nBody one.\nBody two."},
    {"Y Y", "Forwarded from A\nBody one.\nBody two.\nBody one.\nBody two.", "Body one.\nBody two."},
    {"Y Y without a header, long", LONG "\n" LONG, LONG},
    {"a short repetition without a header stays", "Yes\nYes", "Yes\nYes"},
    {"a dialogue stays", "Knock, knock.\nWho is there?\nWho is there?",
     "Knock, knock.\nWho is there?\nWho is there?"},
    {"X Y Y below a header", "Forwarded from Harbour\nTitle\nBody.\nBody.", "Title\nBody."},
    {"X Y Y below header and placeholder",
     "Forwarded from Harbour\nThis media is not supported in your browser\nVIEW IN TELEGRAM\n"
     "Title\nBody.\nBody.",
     "Title\nBody."},
    {"a repeated last line stays", "One.\nTwo.\nThree.\nThree.", "One.\nTwo.\nThree.\nThree."},
    {"a refrain stays", "One.\nTwo.\nOne.\nThree.", "One.\nTwo.\nOne.\nThree."},
    {"header in Russian", "Переслано от Гавань\nТекст поста.", "Текст поста."},
    {"header word in a sentence stays", "It was Forwarded from Anna.",
     "It was Forwarded from Anna."},
    {"header in the middle stays", "Text.\nForwarded from Anna", "Text.\nForwarded from Anna"},
    {"placeholder after the text", "Text.\nPlease open Telegram to view this post\nVIEW IN TELEGRAM",
     "Text."},
    {"placeholder inside a sentence stays",
     "The button says VIEW IN TELEGRAM, press it.", "The button says VIEW IN TELEGRAM, press it."},
    {"caption that begins with a label stays", "Photo: Anna", "Photo: Anna"},
    {"CR LF", "a\r\nb\rc", "a\nb\nc"},
    {"line separators", "a\u2028b\u2029c", "a\nb\nc"},
    {"zero width", "zero\u200Bwidth \uFEFFhere\u200E", "zerowidth here"},
    {"soft hyphen", "harbour\u00ADmaster", "harbourmaster"},
    {"joiners around a brand", "new \u200CiPhone\u200C here", "new iPhone here"},
    {"joiner between Arabic letters stays", "\u0645\u06CC\u200C\u062E\u0648\u0627\u0647\u0645",
     "\u0645\u06CC\u200C\u062E\u0648\u0627\u0647\u0645"},
    {"no-break space", "\u2116\u00A02, 3\u202F000", "\u2116 2, 3 000"},
    {"blank that looks like none", "a\n\u2800\nb", "a\n\nb"},
    {"no-break hyphen stays", "al\u2011Bahri", "al\u2011Bahri"},
    {"controls", "a\x01" "b\x7F" "c", "abc"},
    {"object placeholder", "a \uFFFC b", "a b"},
    {"decomposed", "кру\u0438\u0306 бе\u0308рег", "кру\u0439 б\u0451рег"},
    {"decomposed Latin", "cafe\u0301", "caf\u00E9"},
    {"stress stays", "замо\u0301к", "замо\u0301к"},
    {"strike-through", "c\u0336o\u0336d\u0336e\u0336", "code"},
    {"blanks", "  a   b \t c  \n\n\n\n d ", "a b c\n\nd"},
    {"one empty line stays", "a\n\nb", "a\n\nb"},
    {"only blanks", " \n\t \n", ""},
    {"empty", "", ""},
};

static void test_cases(void **state)
{
    (void)state;
    check_cases(cases, LENGTH(cases), NULL);
}

static void test_forward_is_kept_as_metadata(void **state)
{
    (void)state;
    static const char raw[] = "Forwarded from Harbour \u2693\nText.";
    struct tm_batch *batch = tm_batch_create();
    struct tm_doc *doc = clean_doc(batch, raw, strlen(raw), NULL, NULL, "s");
    assert_true(tm_str_is(doc->forwarded_from, "Harbour \u2693"));
    tm_batch_destroy(batch);
}

static void test_stress_by_option(void **state)
{
    (void)state;
    static const struct clean_case rows[] = {
        {"vowel", "замо\u0301к", "замок"},
        {"Latin stays composed", "cafe\u0301", "caf\u00E9"},
    };
    struct tm_clean_options options = {.strip_stress = true};
    check_cases(rows, LENGTH(rows), &options);
}

static void test_empty_is_dropped_with_a_reason(void **state)
{
    (void)state;
    static const char raw[] = "\U0001F44D";
    struct tm_batch *batch = tm_batch_create();
    struct tm_doc *doc = clean_doc(batch, raw, strlen(raw), NULL, NULL, "s");
    assert_int_equal(doc->drop, TM_REASON_EMPTY);
    tm_batch_destroy(batch);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_cases),
        cmocka_unit_test(test_forward_is_kept_as_metadata),
        cmocka_unit_test(test_stress_by_option),
        cmocka_unit_test(test_empty_is_dropped_with_a_reason),
    };
    return cmocka_run_group_tests_name("copy", tests, NULL, NULL);
}
