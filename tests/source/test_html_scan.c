/* SPDX-License-Identifier: Apache-2.0 */
#include "source/source_test.h"

#include "source/html_scan.h"
#include "source/html_text.h"

/* The tokens of a page as one line: <tag> </tag> "text" !huge, and $ when it was cut off. */
static void tokens_of(const char *p, size_t n, size_t chunk, size_t limit, char *out, size_t room)
{
    struct memory memory = {p, n, chunk};
    struct tm_stream stream;
    struct tm_html html;
    enum tm_html_event event;
    uint64_t end = 0;
    size_t at = 0;
    assert_int_equal(tm_stream_init(&stream, test_read, &memory, limit + 4096, NULL), TM_OK);
    tm_html_init(&html, &stream, limit);
    out[0] = '\0';
    while ((event = tm_html_next(&html)) != TM_HTML_END && at + 64 < room) {
        assert_true(html.start >= end && html.end > html.start);
        end = html.end;
        assert_true(event == TM_HTML_HUGE || html.raw.n == html.end - html.start);
        int shown = html.raw.n > 40 ? 40 : (int)html.raw.n;
        if (event == TM_HTML_HUGE)
            at += (size_t)snprintf(out + at, room - at, "!%llu ",
                                   (unsigned long long)(html.end - html.start));
        else
            at += (size_t)snprintf(out + at, room - at, event == TM_HTML_TEXT ? "\"%.*s\" " : "%.*s ",
                                   shown, html.raw.p);
    }
    if (html.cut)
        snprintf(out + at, room - at, "$");
    else if (at != 0)
        out[at - 1] = '\0';
    assert_true(at + 64 >= room || stream.offset == n);
    tm_stream_finish(&stream);
}

static const struct {
    const char *name;
    const char *page;
    const char *tokens;
} pages[] = {
    {"tags and text", "<p>Fog <b>today</b></p>", "<p> \"Fog \" <b> \"today\" </b> </p>"},
    {"less-than in text", "1 < 2 and a<3 <- x <", "\"1 < 2 and a<3 <- x <\""},
    {"doctype, comment, instruction", "<!DOCTYPE html><!-- <p> > --x-- -->A<?xml version=\"1\"?>B",
     "\"A\" \"B\""},
    {"empty comments", "<!-->A<!--->B<!---->C", "\"A\" \"B\" \"C\""},
    {"CDATA is a comment in HTML", "<![CDATA[x]]>A", "\"A\""},
    {"odd end tags", "A</>B</ p>C", "\"A\" \"B\" \"C\""},
    {"tags inside attributes", "<a title=\"<b>x</b>\" b='>'>A</a>", "<a title=\"<b>x</b>\" b='>'> \"A\" </a>"},
    {"quotes that are no values", "<p don't>A</p><p a=b\"c>B</p>", "<p don't> \"A\" </p> <p a=b\"c> \"B\" </p>"},
    {"quote that is never closed", "<p a=\"x>A</p><b>", "<p a=\"x> \"A\" </p> <b>"},
    {"script is passed over", "<script>if (a < b) \"</p>\";</script >A", "<script> </script > \"A\""},
    {"script's end has another name", "<script></scripts>x</SCRIPT>A", "<script> </SCRIPT> \"A\""},
    {"style, then text", "<style>p > b {}</style><p>", "<style> </style> <p>"},
    {"title is text", "<title>A <b> &amp; B</title>", "<title> \"A <b> &amp; B\" </title>"},
    {"empty title", "<title></title>A", "<title> </title> \"A\""},
    {"textarea is text", "<textarea><p></textarea>", "<textarea> \"<p>\" </textarea>"},
    {"upper case", "<DIV CLASS=x>A</DIV>", "<DIV CLASS=x> \"A\" </DIV>"},
    {"cut off in a tag", "A<p class=\"x", "\"A\" $"},
    {"cut off in a comment", "A<!-- x", "\"A\" $"},
    {"cut off in a script", "A<script>x", "\"A\" <script> $"},
    {"cut off in a title", "<title>x", "<title> \"x\" $"},
    {"nothing", "", ""},
};

static void finds_tags_and_texts(void **state)
{
    static const size_t chunks[] = {SIZE_MAX, 1, 2, 3, 7};
    (void)state;
    for (size_t i = 0; i < LENGTH(pages); i++) {
        for (size_t c = 0; c < LENGTH(chunks); c++) {
            char out[1024];
            tokens_of(pages[i].page, strlen(pages[i].page), chunks[c], 4096, out, sizeof out);
            if (strcmp(out, pages[i].tokens) != 0)
                fail_msg("%s: %s", pages[i].name, out);
        }
    }
}

/* What is larger than the limit is passed over, to the byte, however the reads fall. */
static void passes_over_giants(void **state)
{
    static const size_t chunks[] = {SIZE_MAX, 1, 10, 100};
    static const struct {
        const char *before;
        char again;
        const char *after;
        const char *tokens;
    } giants[] = {
        {"<p>", 'x', "<b>A", "<p> !400 <b> \"A\""},
        {"<p a=\"", 'x', "\">A<b>", "!408 \"A\" <b>"},
        {"<p a=", 'x', ">A<b>", "!406 \"A\" <b>"},
        {"<title>", 'x', "</title>A", "<title> !400 </title> \"A\""},
        {"<!--", 'x', "-->A", "\"A\""},
        {"<script>", '<', "</script>A", "<script> </script> \"A\""},
    };
    (void)state;
    for (size_t i = 0; i < LENGTH(giants); i++) {
        char page[1024], out[1024];
        size_t n = strlen(giants[i].before);
        memcpy(page, giants[i].before, n);
        memset(page + n, giants[i].again, 400);
        strcpy(page + n + 400, giants[i].after);
        for (size_t c = 0; c < LENGTH(chunks); c++) {
            tokens_of(page, strlen(page), chunks[c], 100, out, sizeof out);
            if (strcmp(out, giants[i].tokens) != 0)
                fail_msg("%s: %s", giants[i].before, out);
        }
    }
}

static void reads_attributes(void **state)
{
    static const struct {
        const char *tag;
        const char *name;
        const char *value;
    } cases[] = {
        {"<a href=\"x\">", "href", "x"},       {"<a href='x y'>", "href", "x y"},
        {"<a href=x/y>", "href", "x/y"},       {"<A HREF = \"x\">", "href", "x"},
        {"<a data-href=y href=x>", "href", "x"}, {"<a href=x href=y>", "href", "x"},
        {"<input disabled>", "disabled", ""},  {"<br/>", "href", NULL},
        {"<a title=\"href=y\">", "href", NULL}, {"<a class=\"\" href=x>", "href", "x"},
        {"<a/href=x>", "href", "x"},           {"<a href>", "href", ""},
    };
    (void)state;
    for (size_t i = 0; i < LENGTH(cases); i++)
        assert_str(tm_html_attribute(tm_str_of(cases[i].tag), cases[i].name), cases[i].value);
    assert_true(tm_html_has_class(TM_STR("a text b"), "text"));
    assert_true(tm_html_has_class(TM_STR("\ttext\n"), "text"));
    assert_false(tm_html_has_class(TM_STR("texts js-text"), "text"));
    assert_false(tm_html_has_class(TM_STR(""), "text"));
}

static const struct {
    const char *raw;
    const char *text;
    const char *attribute;      /* NULL: the same */
} references[] = {
    {"&lt;b&gt; &amp;amp; &quot;&apos;", "<b> &amp; \"'", NULL},
    {"&laquo;&raquo;&mdash;&hellip;", "\xC2\xAB\xC2\xBB\xE2\x80\x94\xE2\x80\xA6", NULL},
    {"&#1071;&#x42F;&#X42f", "\xD0\xAF\xD0\xAF\xD0\xAF", NULL},
    {"&#150;&#x80;&#129;", "\xE2\x80\x93\xE2\x82\xAC\xC2\x81", NULL},
    {"&#0;&#xD800;&#1114112;&#99999999999;",
     "\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD", NULL},
    {"&#128077;", "\xF0\x9F\x91\x8D", NULL},
    {"&copy 2025 &copyright &notit;", "\xC2\xA9 2025 \xC2\xA9right \xC2\xACit;",
     "\xC2\xA9 2025 &copyright &notit;"},
    {"?a=1&copy=2&lt=3", "?a=1\xC2\xA9=2<=3", "?a=1&copy=2&lt=3"},
    {"& &; &x &#; &#x; &unknown; AT&T &", "& &; &x &#; &#x; &unknown; AT&T &", NULL},
    {"&NotEqualTilde;&fjlig;", "\xE2\x89\x82\xCC\xB8" "fj", NULL},
    {"&CounterClockwiseContourIntegral;", "\xE2\x88\xB3", NULL},
    {"\xD1\x81\xFF\xD1", "\xD1\x81\xEF\xBF\xBD\xEF\xBF\xBD", NULL},
};

static void decodes_references(void **state)
{
    (void)state;
    for (size_t i = 0; i < LENGTH(references); i++) {
        struct tm_html_text text = {0};
        struct tm_buf buf = {0};
        struct tm_str raw = tm_str_of(references[i].raw);
        tm_html_text_add(&text, raw);
        assert_str(tm_html_text_view(&text), references[i].text);
        assert_int_equal(text.raw, raw.n);
        tm_html_decode(&buf, raw);
        assert_str(tm_buf_view(&buf), references[i].attribute != NULL ? references[i].attribute
                                                                      : references[i].text);
        tm_buf_finish(&text.out);
        tm_buf_finish(&buf);
    }
}

/* In the scripts below | is a border, / a <br>, [ and ] begin and end <pre>. */
static const struct {
    const char *script;
    bool collapse;
    const char *text;
} shapes[] = {
    {"  \n  A\n   ", false, "A"},
    {"A  B", false, "A  B"},
    {"A  B", true, "A B"},
    {"A\n   B \n\n C", false, "A B C"},
    {"A/B//C", false, "A\nB\n\nC"},
    {"A/\n  B", false, "A\nB"},
    {"A|B", false, "A\nB"},
    {"A||  B| |", false, "A\nB"},
    {"A/|B|/C", false, "A\nB\nC"},
    {"A//|B|//C", false, "A\n\nB\n\nC"},
    {"|A|", false, "A"},
    {"A|[\nx\n  y]|B", false, "A\nx\n  y\nB"},
    {"A\n|\nB", true, "A\nB"},
    {"A/  B", false, "A\n  B"},
    {"A\t\tB", true, "A B"},
    {"A&nbsp; B", false, "A\xC2\xA0 B"},
};

static void shapes_lines(void **state)
{
    (void)state;
    for (size_t i = 0; i < LENGTH(shapes); i++) {
        struct tm_html_text text = {.collapse = shapes[i].collapse};
        for (const char *p = shapes[i].script; *p != '\0';) {
            size_t n = strcspn(p, "|/[]");
            if (n != 0)
                tm_html_text_add(&text, (struct tm_str){p, n});
            p += n;
            if (*p == '|')
                tm_html_text_border(&text);
            else if (*p == '/')
                tm_html_text_break(&text);
            text.pre += *p == '[';
            text.pre -= *p == ']';
            p += *p != '\0';
        }
        struct tm_str got = tm_html_text_view(&text);
        if (!tm_str_is(got, shapes[i].text))
            fail_msg("%s: \"%.*s\"", shapes[i].script, (int)got.n, got.p);
        tm_buf_finish(&text.out);
    }
}

static void drops_zero_bytes(void **state)
{
    struct tm_html_text text = {0};
    (void)state;
    tm_html_text_add(&text, (struct tm_str){"A\0B \0C", 6});
    assert_str(tm_html_text_view(&text), "AB C");
    tm_buf_finish(&text.out);
}

/* Endless tags, texts, quotes and nestings, given out by the piece. */
struct flood {
    const char *piece;
    uint64_t left;
};

static ssize_t read_flood(void *user, void *p, size_t n, struct tm_err *err)
{
    struct flood *flood = user;
    size_t k = strlen(flood->piece), at = 0;
    (void)err;
    while (at + k <= n && flood->left >= k) {
        memcpy((char *)p + at, flood->piece, k);
        at += k;
        flood->left -= k;
    }
    return (ssize_t)at;
}

static void ends_in_time_and_memory(void **state)
{
    static const struct {
        const char *piece;
        uint64_t n;
    } floods[] = {
        {"<div><p>", 800000},                   /* 100,000 deep */
        {"<a ", (uint64_t)100 << 20},           /* a tag that never ends */
        {"x", (uint64_t)1 << 30},               /* a line of 1 GiB */
        {"<a b=\"", (uint64_t)16 << 20},        /* quotes that are opened again and again */
        {"<a b='", (uint64_t)16 << 20},
        {"<a b=\"'", (uint64_t)16 << 20},
        {"<", (uint64_t)16 << 20},
        {"</", (uint64_t)16 << 20},
        {"<!--", (uint64_t)16 << 20},
        {"<title>", (uint64_t)16 << 20},
        {"&", (uint64_t)16 << 20},
    };
    (void)state;
    for (size_t i = 0; i < LENGTH(floods); i++) {
        struct flood flood = {floods[i].piece, floods[i].n};
        struct tm_stream stream;
        struct tm_html html;
        assert_int_equal(tm_stream_init(&stream, read_flood, &flood, (1 << 20) + 4096, NULL), TM_OK);
        tm_html_init(&html, &stream, 1 << 20);
        while (tm_html_next(&html) != TM_HTML_END)
            ;
        assert_true(stream.offset >= floods[i].n - 8);
        assert_true(stream.capacity <= (size_t)8 << 20);
        tm_stream_finish(&stream);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(finds_tags_and_texts),
        cmocka_unit_test(passes_over_giants),
        cmocka_unit_test(reads_attributes),
        cmocka_unit_test(decodes_references),
        cmocka_unit_test(shapes_lines),
        cmocka_unit_test(drops_zero_bytes),
        cmocka_unit_test(ends_in_time_and_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
