/* SPDX-License-Identifier: Apache-2.0 */
#include "source/source_test.h"

#define FORWARDED_RU \
    "\xD0\x9F\xD0\xB5\xD1\x80\xD0\xB5\xD1\x81\xD0\xBB\xD0\xB0\xD0\xBD\xD0\xBE \xD0\xBE\xD1\x82 "

static const struct {
    const char *name;
    const char *format;
    const char *input;
    const char *texts[5];
} splits[] = {
    {"headers", "webcopy", "Forwarded from Port\nA\nB\nForwarded from Town\nC",
     {"Forwarded from Port\nA\nB", "Forwarded from Town\nC"}},
    {"Russian header", "webcopy", FORWARDED_RU "Port\nA\n" FORWARDED_RU "Town\nB\n",
     {FORWARDED_RU "Port\nA", FORWARDED_RU "Town\nB"}},
    {"placeholder stays", "webcopy",
     "Forwarded from Port\nThis media is not supported in your browser\nVIEW IN TELEGRAM\nA\n",
     {"Forwarded from Port\nThis media is not supported in your browser\nVIEW IN TELEGRAM\nA"}},
    {"post before the first header", "webcopy", "A\nForwarded from Port\nB\n",
     {"A", "Forwarded from Port\nB"}},
    {"header without a name", "webcopy", "Forwarded from Port\nA\nForwarded from \nB\n",
     {"Forwarded from Port\nA\nForwarded from \nB"}},
    {"header inside a line", "webcopy", "Forwarded from Port\nIt was Forwarded from Town\n",
     {"Forwarded from Port\nIt was Forwarded from Town"}},
    {"two blank lines part a copy too", "webcopy", "Forwarded from Port\nA\n\n\nB\n",
     {"Forwarded from Port\nA", "B"}},
    {"one blank line does not", "text", "A\n\nB\n\n\nC\n", {"A\n\nB", "C"}},
    {"lines of blanks are blank", "text", "A\n \t\n  \r\nB\n", {"A", "B"}},
    {"many blank lines", "text", "\n\n\nA\n\n\n\n\n\nB\n\n\n\n", {"A", "B"}},
    {"carriage returns", "text", "A\r\nB\r\n\r\n\r\nC\r\n", {"A\r\nB", "C"}},
    {"no line feed at the end", "text", "A", {"A"}},
    {"byte order mark", "text", "\xEF\xBB\xBF" "A\n", {"A"}},
    {"headers are text in plain text", "text", "A\nForwarded from Port\nB",
     {"A\nForwarded from Port\nB"}},
    {"indented first line", "text", "\n  A\n", {"  A"}},
    {"nothing but blanks", "text", "\n \n\t\n", {NULL}},
};

static void splits_posts(void **state)
{
    static const size_t chunks[] = {SIZE_MAX, 1, 3};
    (void)state;
    for (size_t i = 0; i < LENGTH(splits); i++) {
        for (size_t c = 0; c < LENGTH(chunks); c++) {
            struct reading r;
            size_t n = 0;
            assert_true(read_memory(&r, splits[i].format, splits[i].input,
                                    strlen(splits[i].input), chunks[c], NULL));
            while (splits[i].texts[n] != NULL)
                n++;
            if (r.batch->n != n)
                fail_msg("%s: %zu posts", splits[i].name, r.batch->n);
            for (size_t k = 0; k < n; k++) {
                const struct tm_doc *doc = &r.batch->docs[k];
                assert_str(doc->text, splits[i].texts[k]);
                assert_memory_equal(splits[i].input + doc->source_offset, doc->text.p,
                                    doc->text.n);
            }
            assert_int_equal(r.told.faults, 0);
            reading_finish(&r);
        }
    }
}

static void knows_whom_it_is_from(void **state)
{
    struct reading r;
    struct tm_input_options options = {.channel = "Harbour"};
    const char *text = "Forwarded from  Port \xF0\x9F\x87\xB7\xF0\x9F\x87\xBA \r\nA\n\n\nB";
    (void)state;
    assert_true(read_memory(&r, "webcopy", text, strlen(text), SIZE_MAX, &options));
    assert_int_equal(r.batch->n, 2);
    assert_str(r.batch->docs[0].forwarded_from, "Port \xF0\x9F\x87\xB7\xF0\x9F\x87\xBA");
    assert_str(r.batch->docs[0].source_key, "Port \xF0\x9F\x87\xB7\xF0\x9F\x87\xBA");
    assert_str(r.batch->docs[0].channel, "Harbour");
    assert_str(r.batch->docs[1].forwarded_from, NULL);
    assert_str(r.batch->docs[1].source_key, "Harbour");
    reading_finish(&r);
    read_text(&r, "text", "A");
    assert_str(r.batch->docs[0].source_key, "input");
    assert_str(r.batch->docs[0].channel, NULL);
    assert_true(tm_str_starts(r.batch->docs[0].doc_id, TM_STR("raw-")));
    reading_finish(&r);
}

static const struct {
    const char *name;
    const char *input;
    uint64_t offset;
    uint64_t broken;
    size_t posts;
    const char *hint;
} breaks[] = {
    {"bad byte in the middle", "A\n\n\nB\xFF" "C\n\n\nD", 5, 3, 2, NULL},
    {"cut off at the end", "A\n\n\nB\xD0", 5, 2, 1, NULL},
    {"windows-1251", "A\n\n\n\xF1\xF3\xEF \xE4\xED\xFF, \xF5\xEB\xE5\xE1 \xE8 \xEC\xE0\xF1\xEB\xEE", 4,
     21, 1, "windows-1251"},
    {"KOI8-R", "\xD3\xD5\xD0 \xC4\xCE\xD1 \xC8\xCC\xC5\xC2", 0, 12, 0, "KOI8-R"},
    {"CP866", "\xE1\xE3\xAF \xA4\xAD\xEF \xE5\xAB\xA5\xA1", 0, 12, 0, "CP866"},
};

static void loses_only_the_broken_post(void **state)
{
    (void)state;
    for (size_t i = 0; i < LENGTH(breaks); i++) {
        struct reading r;
        read_text(&r, "text", breaks[i].input);
        if (r.told.faults != 1 || r.told.offset != breaks[i].offset
            || r.report.broken != breaks[i].broken || r.batch->n != breaks[i].posts)
            fail_msg("%s: %s", breaks[i].name, r.told.text);
        if (breaks[i].hint != NULL)
            assert_non_null(strstr(r.told.text, breaks[i].hint));
        assert_int_equal(r.report.broken_documents, 1);
        reading_finish(&r);
    }
}

/* Faults are told singly up to a number, then as a number; all are counted. */
static void many_faults_are_summed_up(void **state)
{
    char text[600] = "";
    struct reading r;
    (void)state;
    for (int i = 0; i < 100; i++)
        strcat(text, "\xFF\n\n\n");
    read_text(&r, "text", text);
    assert_int_equal(r.report.broken_documents, 100);
    assert_int_equal(r.told.faults, TM_READER_FAULTS + 1);
    assert_non_null(strstr(r.told.text, "84 more faults"));
    reading_finish(&r);
}

/* A post above max_document is passed, whatever the reads, and its neighbours stay. */
static void giant_post_is_passed(void **state)
{
    static const size_t chunks[] = {SIZE_MAX, 1000, 77777};
    size_t n = 600000;
    char *text = malloc(n);
    struct tm_input_options options = {.max_document = 1000};
    (void)state;
    assert_non_null(text);
    memset(text, 'x', n);
    memcpy(text, "A\n\n\n", 4);
    for (size_t at = 5000; at < 100000; at += 3000)
        text[at] = '\n';
    memcpy(text + n - 5, "\n\n\nB\n", 5);
    for (size_t i = 0; i < LENGTH(chunks); i++) {
        struct reading r;
        assert_true(read_memory(&r, "text", text, n, chunks[i], &options));
        assert_int_equal(r.batch->n, 2);
        assert_str(r.batch->docs[1].text, "B");
        assert_int_equal(r.told.faults, 1);
        assert_int_equal(r.told.offset, 4);
        assert_int_equal(r.report.broken, n - 9);
        reading_finish(&r);
    }
    free(text);
}

static const struct {
    const char *text;
    const char *format;
} guesses[] = {
    {"Forwarded from Port\nA\n", "webcopy"},
    {"A\n" FORWARDED_RU "Port\n", "webcopy"},
    {"Just a line", "text"},
    {"\xF1\xF3\xEF \xE4\xED\xFF", "text"},
    {"<!DOCTYPE html><html>Forwarded from Port", "html"},
    {"  <div class=\"x\">", "html"},
    {"<rss><item>", NULL},
    {"\x01\x02\x03\x04 junk", NULL},
    {"\n\n", NULL},
};

static void bids(void **state)
{
    (void)state;
    for (size_t i = 0; i < LENGTH(guesses); i++) {
        int bid;
        const struct tm_format *format = tm_format_guess(guesses[i].text,
                                                         strlen(guesses[i].text), &bid);
        if (guesses[i].format == NULL)
            assert_null(format);
        else
            assert_string_equal(format->name, guesses[i].format);
    }
    int bid;
    assert_null(tm_format_guess("zero\0byte", 9, &bid));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(splits_posts),
        cmocka_unit_test(knows_whom_it_is_from),
        cmocka_unit_test(loses_only_the_broken_post),
        cmocka_unit_test(many_faults_are_summed_up),
        cmocka_unit_test(giant_post_is_passed),
        cmocka_unit_test(bids),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
