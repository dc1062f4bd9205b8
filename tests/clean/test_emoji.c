/* SPDX-License-Identifier: Apache-2.0 */
#include "clean_test.h"

#define THUMB "\U0001F44D"
#define FIRE "\U0001F525"
#define SQUARE "\u25AA\uFE0F"
#define POINT "\U0001F449"
#define FLAG_FR "\U0001F1EB\U0001F1F7"
#define FLAG_JP "\U0001F1EF\U0001F1F5"

static const struct clean_case cases[] = {
    {"alone", THUMB, ""},
    {"at the start of a line", FIRE " News", "News"},
    {"glued to the start", FIRE "News", "News"},
    {"at the end", "Good bread " THUMB, "Good bread"},
    {"glued to the end", "Good bread" THUMB THUMB, "Good bread"},
    {"between words", "good " THUMB " bread", "good bread"},
    {"between glued words", "bread" THUMB "Only fresh", "bread Only fresh"},
    {"between a stop and a word", "bread." THUMB "Only", "bread. Only"},
    {"before punctuation", "bread " THUMB ", milk", "bread, milk"},
    {"inside quotes", "\u00AB" FIRE " News\u00BB", "\u00ABNews\u00BB"},
    {"run with blanks", "bread " THUMB " " FIRE " milk", "bread milk"},
    {"text default without selector", "I \u2764 bread", "I bread"},
    {"presentation with selector", "\u26A1\uFE0FStorm", "Storm"},
    {"skin tone", "wave \U0001F44B\U0001F3FD there", "wave there"},
    {"family", "a \U0001F468\u200D\U0001F469\u200D\U0001F467 b", "a b"},
    {"family whose joiners were stripped", "a \U0001F468\u2764\uFE0F\U0001F468 b", "a b"},
    {"two flags touching", FLAG_FR FLAG_JP " summit", "summit"},
    {"flag between words", "from " FLAG_FR " to " FLAG_JP " by boat", "from to by boat"},
    {"tag flag", "the \U0001F3F4\U000E0067\U000E0062\U000E0073\U000E0063\U000E0074\U000E007F "
                 "coast", "the coast"},
    {"half a flag", "a \U0001F1EB b", "a b"},
    {"future emoji", "a \U0001FAEF b", "a b"},
    {"keycap before a word", "1\uFE0F\u20E3 Learn", "1 Learn"},
    {"keycap glued to a word", "8\uFE0F\u20E3Line", "8 Line"},
    {"keycaps make a number", "1\uFE0F\u20E30\uFE0F\u20E3 days", "10 days"},
    {"keycap without selector", "2\u20E3 eggs", "2 eggs"},
    {"keycap of a sign", "#\uFE0F\u20E3C#", "C#"},
    {"ten", "\U0001F51F days", "10 days"},
    {"versus", "cats\U0001F19A" "dogs", "cats vs dogs"},
    {"copyright stays without selector", "\u00A9\uFE0F 2025", "\u00A9 2025"},
    {"arrow stays", "a \u2192 b \u2194\uFE0F c", "a \u2192 b \u2194 c"},
    {"bullets that are no emoji stay", "\u2022 one\n\u25CF two", "\u2022 one\n\u25CF two"},
    {"star rating stays", "\u2605\u2605\u2606", "\u2605\u2605\u2606"},
    {"list of one emoji", SQUARE " one\n" SQUARE " two", "- one\n- two"},
    {"list of different emoji below a title", "Menu\n\U0001F35E bread\n\U0001F9C0 cheese",
     "Menu\n- bread\n- cheese"},
    {"title is no item", FIRE " Title\n" SQUARE " one\n" SQUARE " two", "Title\n- one\n- two"},
    {"a single marked line is no list", "Text\n" SQUARE " one\nmore", "Text\none\nmore"},
    {"paragraphs are no list", FIRE " One.\n\n" FIRE " Two.", "One.\n\nTwo."},
    {"line that introduces is no item", "A\n" POINT " Stops:\n" SQUARE " one\n" SQUARE " two",
     "A\nStops:\n- one\n- two"},
    {"speech is no item", "A\n" SQUARE " one\n" SQUARE " two\n\U0001F4AC Quote",
     "A\n- one\n- two\nQuote"},
    {"no second dash", SQUARE " - one\n" SQUARE " - two", "- one\n- two"},
    {"legend", "Do you like it?\n" THUMB " \u2014 yes\n" FIRE " \u2014 no", "Do you like it?"},
    {"legend in one line", "Vote:\n" THUMB " - yes / " FIRE " - no", "Vote:"},
    {"legend with strokes inside", "Works?\n" THUMB " - yes\n" FIRE " - no / not always", "Works?"},
    {"legend of sentences", "Works?\n" THUMB " - yes, and it has worked for us since the first day\n"
     FIRE " - no", "Works?"},
    {"prices are no legend", "Market:\n\U0001F34C - 99\n\U0001F353 - 250",
     "Market:\n- 99\n- 250"},
    {"a whole post is no legend", THUMB " - yes\n" FIRE " - no", "- yes\n- no"},
    {"an item in a longer list stays",
     "Games:\n\u2694 - war\n\U0001F3C6 - olympics\n\U0001F5E1 - fights",
     "Games:\n- war\n- olympics\n- fights"},
    {"a number below zero is no dash", "Now:\n\u2600 -5\n\u2744 -7", "Now:\n- -5\n- -7"},
    {"one item is no legend", "Vote:\n" THUMB " - yes", "Vote:\n- yes"},
    {"line of emoji between lines", "One.\n\u2796\u2796\u2796\nTwo.", "One.\nTwo."},
    {"digits and # stay", "100 % #1 * 5", "100 % #1 * 5"},
};

static void test_cases(void **state)
{
    (void)state;
    check_cases(cases, LENGTH(cases), NULL);
}

static void test_flags_as_iso(void **state)
{
    (void)state;
    static const struct clean_case rows[] = {
        {"in a sentence", "match " FLAG_FR " " FLAG_JP " today", "match FR JP today"},
    };
    struct tm_clean_options options = {.keep_flags = true};
    check_cases(rows, LENGTH(rows), &options);
}

static void test_bullets_dropped(void **state)
{
    (void)state;
    static const struct clean_case rows[] = {
        {"list", SQUARE " one\n" SQUARE " two", "one\ntwo"},
    };
    struct tm_clean_options options = {.drop_bullets = true};
    check_cases(rows, LENGTH(rows), &options);
}

/* Whether the nineteen signs that stay consist of this one, selectors aside. */
static bool is_ordinary(const char *text)
{
    static const char *const signs[] = {
        "\u00A9", "\u00AE", "\u2122", "\u203C", "\u2049", "\u2139", "\u3030", "\u303D", "\u24C2",
        "\u2194", "\u2195", "\u2196", "\u2197", "\u2198", "\u2199", "\u21A9", "\u21AA", "\u25B6",
        "\u25C0"};
    for (size_t i = 0; i < LENGTH(signs); i++)
        if (strcmp(text, signs[i]) == 0)
            return true;
    return false;
}

/* The sequence of code points that begins a line of emoji-test.txt. */
static size_t parse_sequence(const char *line, char *ret_text)
{
    size_t n = 0;
    char *end;
    for (;;) {
        unsigned long cp = strtoul(line, &end, 16);
        if (end == line)
            break;
        if (cp < 0x80) {
            ret_text[n++] = (char)cp;
        } else if (cp < 0x800) {
            ret_text[n++] = (char)(0xC0 | cp >> 6);
            ret_text[n++] = (char)(0x80 | (cp & 63));
        } else if (cp < 0x10000) {
            ret_text[n++] = (char)(0xE0 | cp >> 12);
            ret_text[n++] = (char)(0x80 | (cp >> 6 & 63));
            ret_text[n++] = (char)(0x80 | (cp & 63));
        } else {
            ret_text[n++] = (char)(0xF0 | cp >> 18);
            ret_text[n++] = (char)(0x80 | (cp >> 12 & 63));
            ret_text[n++] = (char)(0x80 | (cp >> 6 & 63));
            ret_text[n++] = (char)(0x80 | (cp & 63));
        }
        line = end;
    }
    ret_text[n] = '\0';
    return n;
}

/* Every line of Unicode's own list: gone, but for ordinary signs, digits of keycaps and the two
 * that are spelt. */
static void test_unicode_list(void **state)
{
    (void)state;
    FILE *file = fopen("/usr/share/unicode/emoji/emoji-test.txt", "r");
    if (file == NULL)
        fail_msg("%s", "emoji-test.txt is missing: install Debian's unicode-data");
    struct tm_batch *batch = tm_batch_create();
    char line[1024];
    size_t total = 0;
    size_t kept = 0;
    while (fgets(line, sizeof line, file) != NULL) {
        char text[256];
        if (line[0] == '#' || strchr(line, ';') == NULL || parse_sequence(line, text) == 0)
            continue;
        struct tm_doc *doc = clean_doc(batch, text, strlen(text), NULL, NULL, "s");
        char got[256];
        (void)snprintf(got, sizeof got, "%.*s", (int)doc->text.n, doc->text.p);
        total++;
        bool digit = strlen(got) == 1 && got[0] >= '0' && got[0] <= '9' && text[0] == got[0];
        bool spelt = strcmp(got, "10") == 0 || strcmp(got, "vs") == 0;
        if (got[0] == '\0' || digit || spelt)
            continue;
        if (!is_ordinary(got))
            fail_msg("left of %s: %s", line, got);
        kept++;
    }
    (void)fclose(file);
    tm_batch_destroy(batch);
    assert_true(total >= 4733);
    assert_int_equal(kept, 2 * 19);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_cases),
        cmocka_unit_test(test_flags_as_iso),
        cmocka_unit_test(test_bullets_dropped),
        cmocka_unit_test(test_unicode_list),
    };
    return cmocka_run_group_tests_name("emoji", tests, NULL, NULL);
}
