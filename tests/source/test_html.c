/* SPDX-License-Identifier: Apache-2.0 */
#include "source/source_test.h"

#include "source/html_page.h"

#define LONG_RU \
    "\xD0\x92 \xD0\xBF\xD1\x8F\xD1\x82\xD0\xBD\xD0\xB8\xD1\x86\xD1\x83 \xD0\xB8 \xD0\xB2 " \
    "\xD1\x81\xD1\x83\xD0\xB1\xD0\xB1\xD0\xBE\xD1\x82\xD1\x83 \xD0\xBF\xD0\xB0\xD1\x80\xD0\xBE\xD0\xBC " \
    "\xD0\xBD\xD0\xB5 \xD1\x85\xD0\xBE\xD0\xB4\xD0\xB8\xD1\x82, \xD0\xB0 \xD0\xB2 " \
    "\xD0\xB2\xD0\xBE\xD1\x81\xD0\xBA\xD1\x80\xD0\xB5\xD1\x81\xD0\xB5\xD0\xBD\xD1\x8C\xD0\xB5 " \
    "\xD0\xBE\xD0\xBD \xD0\xB8\xD0\xB4\xD1\x91\xD1\x82 \xD0\xBA\xD0\xB0\xD0\xBA \xD0\xB2\xD1\x81\xD0\xB5\xD0\xB3\xD0\xB4\xD0\xB0."
#define LONG_EN \
    "The ferry does not run on Friday and on Saturday, because the harbour is closed for the race of " \
    "the old boats; on Sunday it will go as always, and those who have a ticket for one of the two days " \
    "can use it in the week that follows."
#define LINKS "<ul><li><a href=a>News</a></li><li><a href=b>Weather</a></li><li><a href=c>About us</a></li></ul>"

static const struct {
    const char *name;
    const char *page;
    const char *text;
} pages[] = {
    {"main text between menus", "<!DOCTYPE html><html><body><div>" LINKS "</div><h1>Fog</h1><p>" LONG_EN "</p><p>"
     "Short line.</p><p>" LONG_EN "</p><div>" LINKS "</div></body></html>",
     "Fog\n" LONG_EN "\nShort line.\n" LONG_EN},
    {"Russian", "<html><p>" LONG_RU " " LONG_RU " " LONG_RU "</p></html>", LONG_RU " " LONG_RU " " LONG_RU},
    {"what is never text", "<html><nav><p>" LONG_EN "</p></nav><header>x</header><script>var a = '<p>';</script><style>"
     "p{}</style><noscript><p>" LONG_EN "</p></noscript><p>" LONG_EN "</p><aside>" LONG_EN "</aside><button>Push"
     "</button><svg><text>x</text></svg><footer>" LONG_EN "</footer></html>", LONG_EN},
    {"an article keeps its header", "<html><header>Site</header><article><header><h1>Fog</h1></header><p>" LONG_EN
     "</p></article></html>", "Fog\n" LONG_EN},
    {"a copyright line", "<html><p>" LONG_EN "</p><p>&copy; The harbour, all the rights in the world are with us and "
     "with those who have them.</p></html>", LONG_EN},
    {"inline tags and blanks", "<html><p>The  <b>fer</b>ry\n does\tnot run on Friday<br>and on Saturday, because the "
     "harbour is closed for the race.</p></html>", "The ferry does not run on Friday\nand on Saturday, because the "
     "harbour is closed for the race."},
    {"preformatted lines stay", "<html><p>" LONG_EN "</p><pre>\nThe tide of the day\n  is in the\n    table of the "
     "harbour and it is the same as it was</pre><p>" LONG_EN "</p></html>", LONG_EN "\nThe tide of the day\n  is in "
     "the\n    table of the harbour and it is the same as it was\n" LONG_EN},
    {"a search form", "<html><form><label>Search the site for what you want and for what you do not want, as it is "
     "with the others</label></form><p>" LONG_EN "</p></html>", LONG_EN},
    {"a page that is one form", "<html><form><p>" LONG_EN "</p></form></html>", LONG_EN},
    {"a heading with a link to itself", "<html><h2><a href=\"#fog\">Fog</a></h2><p>" LONG_EN "</p></html>", "Fog\n"
     LONG_EN},
    {"a sign that links a heading to itself", "<html><h2>1. Fog<a href=\"#fog\"> &para;</a></h2><p><a href=\"#a\">#"
     "</a>" LONG_EN "</p></html>", "1. Fog\n" LONG_EN},
    {"a page with nothing but little", "<html><p>Fog today.</p>" LINKS "</html>", "Fog today."},
    {"an element that is never closed", "<html><aside>x<p>" LONG_EN "</p></html>", LONG_EN},
    {"spacers", "<html><p>" LONG_EN "</p><p>&nbsp;</p><p> &shy;&#8203;</p><p>" LONG_EN "</p></html>", LONG_EN "\n"
     LONG_EN},
    {"no text", "<html><body></body></html>", ""},
    {"cells of a table", "<html><table><tr><td>A</td><td>B</td></tr></table></html>", "A\nB"},
};

static void finds_the_main_text(void **state)
{
    (void)state;
    for (size_t i = 0; i < LENGTH(pages); i++) {
        struct reading r;
        read_text(&r, NULL, pages[i].page);
        assert_string_equal(r.report.format, "html");
        assert_int_equal(r.batch->n, 1);
        struct tm_str text = r.batch->docs[0].text;
        if (!tm_str_is(text, pages[i].text) || r.told.faults + r.told.warnings != 0)
            fail_msg("%s: \"%.*s\" %s", pages[i].name, (int)text.n, text.p, r.told.text);
        reading_finish(&r);
    }
}

static void knows_what_the_page_says_of_itself(void **state)
{
    struct reading r;
    (void)state;
    read_text(&r, NULL, "<!doctype html><head><title>Fog &mdash;\n The \"Harbour\"</title><link rel=\"canonical\" "
              "href=\"https://example.org/fog?a=1&amp;b=2\"><meta property=\"og:url\" content=\"https://x.org/\">"
              "<meta property=\"article:published_time\" content=\"2024-12-04T13:00:28+03:00\"></head>"
              "<time datetime=\"2020-01-01\">then</time><p>Fog.</p>");
    const struct tm_doc *doc = &r.batch->docs[0];
    assert_str(doc->extra, "{\"title\":\"Fog \xE2\x80\x94 The \\\"Harbour\\\"\"}");
    assert_str(doc->url, "https://example.org/fog?a=1&b=2");
    assert_str(doc->source_key, "example.org");
    assert_str(doc->channel, NULL);
    assert_true(tm_str_starts(doc->doc_id, TM_STR("web-")));
    assert_int_equal(doc->date, 1733306428);
    reading_finish(&r);
}

/* The text's own bytes, and those that were taken from the head. */
static void accounts_for_the_text(void **state)
{
    struct reading r;
    (void)state;
    read_text(&r, NULL, "<html><title>Fog</title><h2>A<a href=\"#a\">&para;</a></h2><p>" LONG_EN " &amp; <b>B</b></p>"
              "<nav>x</nav></html>");
    const struct tm_reading *reading = &r.batch->docs[0].reading;
    assert_str(r.batch->docs[0].text, "A\n" LONG_EN " & B");
    assert_int_equal(reading->metadata, strlen("Fog"));
    assert_int_equal(reading->body, strlen("A" LONG_EN " &amp; B"));
    reading_finish(&r);
}

static const struct {
    const char *name;
    const char *head;
    const char *title;
    const char *url;
    int64_t date;
} heads[] = {
    {"nothing", "", NULL, NULL, TM_UNKNOWN},
    {"og:title before title", "<title>A | Site</title><meta property='og:title' content='A'>",
     "{\"title\":\"A\"}", NULL, TM_UNKNOWN},
    {"og:url where there is no canonical one", "<meta property=og:url content=https://example.org/a>", NULL,
     "https://example.org/a", TM_UNKNOWN},
    {"an address that is no address", "<link rel=canonical href=/fog>", NULL, NULL, TM_UNKNOWN},
    {"time in the text", "<p><time datetime=\"2024-12-04\">4 December</time></p>", NULL, NULL, 1733270400},
    {"an empty title", "<title> \n </title>", NULL, NULL, TM_UNKNOWN},
    {"a date that is none", "<time datetime=\"2 weeks\">x</time>", NULL, NULL, TM_UNKNOWN},
};

static void reads_heads(void **state)
{
    char page[512];
    (void)state;
    for (size_t i = 0; i < LENGTH(heads); i++) {
        struct reading r;
        snprintf(page, sizeof page, "<html>%s<p>A</html>", heads[i].head);
        read_text(&r, NULL, page);
        assert_str(r.batch->docs[0].extra, heads[i].title);
        assert_str(r.batch->docs[0].url, heads[i].url);
        if (r.batch->docs[0].date != heads[i].date)
            fail_msg("%s: %lld", heads[i].name, (long long)r.batch->docs[0].date);
        if (heads[i].url == NULL)
            assert_str(r.batch->docs[0].source_key, "input");
        reading_finish(&r);
    }
}

static void tells_what_is_broken(void **state)
{
    struct tm_input_options options = {.max_document = 20};
    struct reading r;
    (void)state;
    read_text(&r, "html", "<p>Fog \xFF today");
    assert_str(r.batch->docs[0].text, "Fog \xEF\xBF\xBD today");
    assert_int_equal(r.told.warnings, 1);
    assert_int_equal(r.report.repairs, 1);
    reading_finish(&r);
    read_text(&r, "html", "<p>Fog <!-- today");
    assert_str(r.batch->docs[0].text, "Fog");
    assert_int_equal(r.told.warnings, 1);
    reading_finish(&r);
    assert_true(read_memory(&r, "html", "<p>A page of 21 bytes", 21, 3, &options));
    assert_int_equal(r.batch->n, 0);
    assert_int_equal(r.report.broken, 21);
    assert_int_equal(r.told.faults, 1);
    reading_finish(&r);
}

/* Every byte once, also of pages that are nothing but noise. */
static void balances(void **state)
{
    static const char letters[] = "<>/ab \"'=&;!-\n\xD0\xB0";
    struct tm_arena *arena = tm_arena_create();
    uint64_t seed = 5;
    char page[4096];
    (void)state;
    for (int round = 0; round < 3000; round++) {
        struct tm_html_page got;
        size_t n = test_random(&seed) % sizeof page;
        for (size_t i = 0; i < n; i++)
            page[i] = letters[test_random(&seed) % (sizeof letters - 1)];
        for (size_t i = 0; i + 16 < n; i += 1 + test_random(&seed) % 64)
            memcpy(page + i, round % 2 == 0 ? "<p><a href=x>" : "</article><form>", 13);
        assert_int_equal(tm_html_page_read(page, n, arena, &got, NULL), TM_OK);
        assert_true(got.reading.markup <= n);
        assert_true(got.reading.markup + got.reading.metadata + got.reading.body == n);
        assert_true((int64_t)got.text.n == (int64_t)got.reading.body + got.reading.decode);
        tm_arena_reset(arena);
    }
    tm_arena_destroy(arena);
}

/* Deep and wide pages take time in proportion. */
static void large_pages(void **state)
{
    static const char *const pieces[] = {"<div>", "<p>A", "<p>A</p><a href=x>B</a>", "<nav>", "<h1>A", "<pre>\n",
                                         "&amp", "<a b=\"", "<b>A</b> ", "<article><form>A"};
    size_t n = 4 << 20;
    char *page = malloc(n);
    struct tm_arena *arena = tm_arena_create();
    (void)state;
    assert_non_null(page);
    for (size_t i = 0; i < LENGTH(pieces); i++) {
        struct tm_html_page got;
        size_t k = strlen(pieces[i]);
        for (size_t at = 0; at < n; at++)
            page[at] = pieces[i][at % k];
        assert_int_equal(tm_html_page_read(page, n, arena, &got, NULL), TM_OK);
        assert_true(got.reading.markup + got.reading.metadata + got.reading.body == n);
        tm_arena_reset(arena);
    }
    tm_arena_destroy(arena);
    free(page);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(finds_the_main_text),
        cmocka_unit_test(knows_what_the_page_says_of_itself),
        cmocka_unit_test(accounts_for_the_text),
        cmocka_unit_test(reads_heads),
        cmocka_unit_test(tells_what_is_broken),
        cmocka_unit_test(balances),
        cmocka_unit_test(large_pages),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
