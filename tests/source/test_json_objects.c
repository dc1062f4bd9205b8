/* SPDX-License-Identifier: Apache-2.0 */
#include "source/source_test.h"

static const struct {
    const char *name;
    const char *input;
    const char *texts[5];
} shapes[] = {
    {"lines", "{\"text\":\"A\"}\n{\"text\":\"B\"}\n", {"A", "B"}},
    {"lines with CR LF", "{\"text\":\"A\"}\r\n{\"text\":\"B\"}\r\n", {"A", "B"}},
    {"array on a line", "[{\"text\":\"A\"},{\"text\":\"B\"}]", {"A", "B"}},
    {"pretty array", "[\n  {\n    \"text\": \"A\"\n  },\n  {\n    \"text\": \"B\"\n  }\n]\n", {"A", "B"}},
    {"pretty objects", "{\n \"text\": \"A\"\n}\n{\n \"text\": \"B\"\n}", {"A", "B"}},
    {"two arrays", "[{\"text\":\"A\"}]\n[{\"text\":\"B\"}]", {"A", "B"}},
    {"empty array", "[]", {NULL}},
    {"byte order mark", "\xEF\xBB\xBF{\"text\":\"A\"}", {"A"}},
    {"message, then content", "{\"content\":\"A\"}\n{\"content\":\"x\",\"message\":\"B\"}", {"A", "B"}},
    {"text before message", "{\"message\":\"x\",\"text\":\"A\"}", {"A"}},
    {"empty text, full message", "{\"text\":\"\",\"message\":\"A\"}", {"A"}},
    {"null text is an empty post", "{\"content\":null}", {""}},
    {"text in pieces", "{\"text\":[\"A \",{\"type\":\"bold\",\"text\":\"B\"},\" C\"]}", {"A B C"}},
    {"text in an object", "{\"text\":{\"text\":\"A\",\"entities\":[{\"text\":\"x\"}]}}", {"A"}},
    {"service message of Telethon", "{\"_\":\"MessageService\",\"message\":\"x\"}\n{\"text\":\"A\"}",
     {"A"}},
    {"values that are no objects", "[1,\"x\",[{\"text\":\"x\"}],{\"text\":\"A\"},null]", {"A"}},
    {"key twice: the last one", "{\"text\":\"x\",\"text\":\"A\"}", {"A"}},
    {"escaped key", "{\"te\\u0078t\":\"A\"}", {"A"}},
};

static void reads_all_shapes(void **state)
{
    static const size_t chunks[] = {SIZE_MAX, 1, 5};
    (void)state;
    for (size_t i = 0; i < LENGTH(shapes); i++) {
        for (size_t c = 0; c < LENGTH(chunks); c++) {
            struct reading r;
            size_t n = 0;
            assert_true(read_memory(&r, "json", shapes[i].input, strlen(shapes[i].input),
                                    chunks[c], NULL));
            while (shapes[i].texts[n] != NULL)
                n++;
            if (r.batch->n != n || r.told.faults != 0)
                fail_msg("%s: %zu posts, %s", shapes[i].name, r.batch->n, r.told.text);
            for (size_t k = 0; k < n; k++) {
                const struct tm_doc *doc = &r.batch->docs[k];
                assert_str(doc->text, shapes[i].texts[k]);
                assert_int_equal(shapes[i].input[doc->source_offset], '{');
                assert_int_equal(shapes[i].input[doc->source_offset + doc->source_length - 1],
                                 '}');
            }
            reading_finish(&r);
        }
    }
}

static void read_one(struct reading *r, const char *object)
{
    read_text(r, "json", object);
    if (r->batch->n != 1)
        fail_msg("%s: %s", object, r->told.text);
}

/* The dumps of the data sets: flat objects with a marked channel id. */
static void reads_flat_telethon_dumps(void **state)
{
    struct reading r;
    (void)state;
    read_one(&r, "[{\"message_id\": 118, \"sender_id\": -1001900000007, \"text\": \"Soup\\nand tea\","
                 " \"date\": \"2024-12-04T12:00:28+03:00\", \"channel\": \"Kitchen talk\","
                 " \"category\": \"food\"}]");
    const struct tm_doc *doc = &r.batch->docs[0];
    assert_str(doc->text, "Soup\nand tea");
    assert_str(doc->source_key, "1900000007");
    assert_str(doc->message_key, "00000000000000000118");
    assert_str(doc->doc_id, "tg-1900000007-118");
    assert_str(doc->channel, "Kitchen talk");
    assert_int_equal(doc->date, 1733302828);
    assert_true(doc->edited == TM_UNKNOWN && doc->views == TM_UNKNOWN);
    assert_int_equal(doc->markup, TM_MARKUP_AUTO);
    assert_int_equal(doc->reading.body, strlen("Soup\\nand tea"));
    assert_int_equal(doc->reading.decode, -1);
    assert_int_equal(doc->reading.metadata, strlen("118-10019000000072024-12-04T12:00:28+03:00"
                                                   "Kitchen talk"));
    reading_finish(&r);
}

static void reads_to_dict(void **state)
{
    struct reading r;
    (void)state;
    read_one(&r, "{\"_\":\"Message\",\"id\":7,\"peer_id\":{\"_\":\"PeerChannel\",\"channel_id\":55},"
                 "\"date\":\"2024-12-04T09:00:28+00:00\",\"message\":\"Soup\",\"views\":31,"
                 "\"fwd_from\":{\"_\":\"MessageFwdHeader\",\"from_id\":{\"channel_id\":9},"
                 "\"from_name\":\"Port\"},\"reply_to\":{\"reply_to_msg_id\":3},"
                 "\"media\":{\"_\":\"MessageMediaPhoto\",\"photo\":{\"id\":99}},"
                 "\"edit_date\":\"2024-12-04T09:01:28+00:00\",\"post_author\":\"Cook\"}");
    const struct tm_doc *doc = &r.batch->docs[0];
    assert_str(doc->doc_id, "tg-55-7");
    assert_str(doc->forwarded_from, "Port");
    assert_str(doc->reply_to, "3");
    assert_str(doc->media, "photo");
    assert_str(doc->author, "Cook");
    assert_int_equal(doc->edited, 1733302888);
    assert_int_equal(doc->views, 31);
    assert_int_equal(doc->markup, TM_MARKUP_NONE);
    reading_finish(&r);
}

static void reads_snscrape(void **state)
{
    struct reading r;
    (void)state;
    read_one(&r, "{\"_type\":\"snscrape.modules.telegram.TelegramPost\","
                 "\"url\":\"https://t.me/s/harbour_news/86190\","
                 "\"date\":\"2024-03-19T07:03:06+00:00\",\"content\":\"Tea\",\"outlinks\":[\"x\"],"
                 "\"linkPreview\":null}");
    const struct tm_doc *doc = &r.batch->docs[0];
    assert_str(doc->source_key, "harbour_news");
    assert_str(doc->doc_id, "tg-harbour_news-86190");
    assert_str(doc->message_key, "00000000000000086190");
    assert_str(doc->channel, "harbour_news");
    assert_str(doc->url, "https://t.me/s/harbour_news/86190");
    reading_finish(&r);
}

static const struct {
    const char *name;
    const char *input;
    const char *source;
    const char *id;             /* its beginning */
    const char *channel;
} places[] = {
    {"number before title", "{\"text\":\"A\",\"id\":1,\"channel\":\"Port\",\"channel_id\":5}", "5",
     "tg-5-1", "Port"},
    {"channel before peer before sender",
     "{\"text\":\"A\",\"id\":1,\"sender_id\":-1000000000003,\"peer_id\":2,\"channel_id\":1}", "1",
     "tg-1-1", NULL},
    {"a person is no source", "{\"text\":\"A\",\"id\":1,\"sender_id\":77,\"channel\":\"Port\"}", "Port",
     "tg-Port-1", "Port"},
    {"sender in an object",
     "{\"text\":\"A\",\"id\":1,\"sender_id\":{\"channel_id\":77}}", "77", "tg-77-1", NULL},
    {"handle before title",
     "{\"text\":\"A\",\"id\":1,\"channel\":{\"title\":\"The Port\",\"username\":\"port\"}}", "port",
     "tg-port-1", "The Port"},
    {"chat of the Bot API",
     "{\"text\":\"A\",\"message_id\":1,\"chat\":{\"id\":-1000000000042,\"title\":\"Port\"}}", "42",
     "tg-42-1", "Port"},
    {"title with blanks", "{\"text\":\"A\",\"id\":1,\"channel\":\"The Port\"}", "The Port", "tg-",
     "The Port"},
    {"nothing but the file", "{\"text\":\"A\",\"id\":1}", "input", "tg-input-1", NULL},
    {"nothing at all", "{\"text\":\"A\"}", "input", "raw-", NULL},
    {"address of a page", "{\"text\":\"A\",\"url\":\"https://example.org/soup\"}", "input", "web-",
     NULL},
    {"address of a message in a closed channel",
     "{\"text\":\"A\",\"url\":\"https://t.me/c/123/4\"}", "123", "tg-123-4", NULL},
    {"message_id before id", "{\"text\":\"A\",\"id\":9,\"message_id\":1}", "input", "tg-input-1",
     NULL},
    {"id as text", "{\"text\":\"A\",\"id\":\"12\"}", "input", "tg-input-12", NULL},
    {"id that is no number", "{\"text\":\"A\",\"id\":\"a/b\"}", "input", "tg-input-", NULL},
    {"nulls", "{\"text\":\"A\",\"id\":null,\"channel\":null,\"date\":null,\"fwd_from\":null}", "input",
     "raw-", NULL},
};

static void places_documents(void **state)
{
    (void)state;
    for (size_t i = 0; i < LENGTH(places); i++) {
        struct reading r;
        read_one(&r, places[i].input);
        const struct tm_doc *doc = &r.batch->docs[0];
        if (!tm_str_starts(doc->doc_id, tm_str_of(places[i].id)))
            fail_msg("%s: %.*s", places[i].name, (int)doc->doc_id.n, doc->doc_id.p);
        assert_str(doc->source_key, places[i].source);
        assert_str(doc->channel, places[i].channel);
        reading_finish(&r);
    }
}

static void names_the_fields_seen(void **state)
{
    struct reading r;
    (void)state;
    read_text(&r, "json", "{\"text\":\"A\"}\n{\"id\":1,\"body\":\"x\"}\n{\"other\":2}\n");
    assert_int_equal(r.batch->n, 1);
    assert_int_equal(r.report.skipped_documents, 2);
    assert_int_equal(r.told.notes, 1);
    assert_int_equal(r.told.faults, 0);
    assert_non_null(strstr(r.told.text, "id, body"));
    assert_non_null(strstr(r.told.text, "--field text=NAME"));
    reading_finish(&r);
}

static void notes_dates_without_zone_once(void **state)
{
    struct reading r;
    (void)state;
    read_text(&r, "json", "{\"text\":\"A\",\"date\":\"2024-12-04 09:00:28\"}\n"
                          "{\"text\":\"B\",\"date\":\"2024-12-04 09:00:29\"}\n");
    assert_int_equal(r.told.notes, 1);
    assert_int_equal(r.batch->docs[1].date, 1733302829);
    reading_finish(&r);
}

static const struct {
    const char *name;
    const char *input;
    const char *texts;          /* one letter a post */
    uint64_t offset;
    uint64_t broken;
} breaks[] = {
    {"broken line", "{\"text\":\"A\"}\n{\"text\":\"B}\n{\"text\":\"C\"}\n", "AC", 24, 12},
    {"line that is cut off", "{\"text\":\"A\"}\n{\"text\":\n{\"text\":\"C\"}\n{\"text\":\"D\"}\n", "ACD",
     35, 9},
    {"junk between lines", "{\"text\":\"A\"}\njunk\n{\"text\":\"C\"}\n", "AC", 13, 6},
    {"junk at the end", "{\"text\":\"A\"}\njunk\n", "A", 13, 6},
    {"truncated last line", "{\"text\":\"A\"}\n{\"text\":\"B", "A", 23, 10},
    {"object in an array", "[\n {\"text\":\"A\"},\n {\"text\":x},\n {\"text\":\"C\"}\n]", "AC", 26, 13},
    {"last object in an array", "[\n {\"text\":\"A\"},\n {\"text\":x}\n]\n", "A", 26, 11},
    {"array goes on after its fault", "[\n {\"text\":x}\n]\n[\n {\"text\":\"C\"}\n]", "C", 11, 11},
    {"array on one line", "[{\"text\":\"A\"},{\"text\":x},{\"text\":\"C\"}]", "A", 22, 24},
    {"comma lost in an array", "[\n {\"text\":\"A\"}\n {\"text\":\"B\"},\n {\"text\":\"C\"}\n]", "ABC", 17,
     2},
    {"bad UTF-8 loses one object", "[{\"text\":\"A\"},{\"text\":\"\xFF\"},{\"text\":\"C\"}]", "AC", 23, 12},
    {"bad UTF-8 in another field", "[{\"x\":\"\xFF\",\"text\":\"A\"},{\"text\":\"C\"}]", "C", 7, 20},
};

static void loses_only_what_is_broken(void **state)
{
    (void)state;
    for (size_t i = 0; i < LENGTH(breaks); i++) {
        struct reading r;
        char texts[16] = "";
        read_text(&r, "json", breaks[i].input);
        for (size_t k = 0; k < r.batch->n; k++)
            texts[k] = r.batch->docs[k].text.p[0];
        if (strcmp(texts, breaks[i].texts) != 0 || r.told.faults != 1
            || r.told.offset != breaks[i].offset || r.report.broken != breaks[i].broken)
            fail_msg("%s: %s, %llu broken, at %llu: %s", breaks[i].name, texts,
                     (unsigned long long)r.report.broken, (unsigned long long)r.told.offset,
                     r.told.text);
        reading_finish(&r);
    }
}

static void mends_with_one_warning(void **state)
{
    struct reading r;
    (void)state;
    read_text(&r, "json", "{\"text\":\"A\\x1f\"}\n{\"text\":\"\\ud800\",\"views\":NaN}\n");
    assert_int_equal(r.batch->n, 2);
    assert_int_equal(r.told.warnings, 1);
    assert_int_equal(r.told.faults, 0);
    assert_int_equal(r.told.offset, 10);
    assert_int_equal(r.report.repairs, 3);
    assert_str(r.batch->docs[1].text, "\xEF\xBF\xBD");
    reading_finish(&r);
}

/* Exactly max_document passes, one more does not, wherever the chunks end. */
static void size_limit_is_exact(void **state)
{
    static const size_t chunks[] = {SIZE_MAX, 1, 100, 4000};
    char text[40000];
    struct tm_input_options options = {.max_document = 12000};
    (void)state;
    for (size_t c = 0; c < LENGTH(chunks); c++) {
        for (int more = 0; more < 2; more++) {
            struct reading r;
            size_t n = (size_t)sprintf(text, "{\"text\":\"A\"}\n   {\"text\":\"B\\n");
            size_t begin = 16, end = begin + options.max_document + (size_t)more;
            memset(text + n, 'x', end - 2 - n);
            strcpy(text + end - 2, "\"}\n{\"text\":\"C\"}");
            assert_true(read_memory(&r, "json", text, strlen(text), chunks[c], &options));
            assert_int_equal(r.batch->n, more ? 2 : 3);
            assert_int_equal(r.told.faults, more);
            assert_str(r.batch->docs[r.batch->n - 1].text, "C");
            assert_int_equal(r.report.broken, more ? options.max_document + 1 : 0);
            reading_finish(&r);
        }
    }
}

/* One string far beyond the limit: one fault, for what it is, and its neighbours stay. */
static void giant_string_is_passed(void **state)
{
    size_t n = 3 << 20;
    char *text = malloc(n);
    struct tm_input_options options = {.max_document = 1 << 20};
    struct reading r;
    (void)state;
    assert_non_null(text);
    memset(text, 'x', n);
    memcpy(text, "{\"text\":\"A\"}\n{\"text\":\"", 22);
    memcpy(text + n - 15, "\"}\n{\"text\":\"C\"}", 15);
    assert_true(read_memory(&r, "json", text, n, SIZE_MAX, &options));
    assert_int_equal(r.batch->n, 2);
    assert_int_equal(r.told.faults, 1);
    assert_non_null(strstr(r.told.text, "object of more than 1048576 bytes"));
    assert_int_equal(r.told.offset, 13);
    assert_int_equal(r.report.broken, n - 13 - 13);
    reading_finish(&r);
    free(text);
}

static const struct {
    const char *text;
    const char *format;
} guesses[] = {
    {"{\"text\":1}", "json"},
    {" [ {\"id\":1}", "json"},
    {"[]", "json"},
    {"{}", "json"},
    {"[1] First footnote", "text"},
    {"{curly} text", "text"},
    {"\xEF\xBB\xBF{\"a\":1}", "json"},
};

static void bids(void **state)
{
    (void)state;
    for (size_t i = 0; i < LENGTH(guesses); i++) {
        int bid;
        const struct tm_format *format = tm_format_guess(guesses[i].text,
                                                         strlen(guesses[i].text), &bid);
        assert_non_null(format);
        assert_string_equal(format->name, guesses[i].format);
    }
}

/* Places are in UTF-16 units, of which the emoji before them take two and four each: the links are
 * found whatever they are, and the text stays as it is. */
static void takes_links_from_entities(void **state)
{
    struct reading r;
    (void)state;
    read_text(&r, "json",
              "{\"_\":\"Message\",\"id\":1,\"message\":\"\xF0\x9F\x8D\xB2\xF0\x9F\x87\xB7\xF0\x9F\x87\xBA fog x()\","
              "\"entities\":[{\"_\":\"MessageEntityTextUrl\",\"offset\":7,\"length\":3,"
              "\"url\":\"https://example.org/a\"},{\"_\":\"MessageEntityPre\",\"offset\":11,\"length\":3,"
              "\"language\":\"c\"},{\"_\":\"MessageEntityCustomEmoji\",\"offset\":0,\"length\":2,"
              "\"document_id\":{\"url\":\"no\"}},null,{\"url\":null},"
              "{\"_\":\"MessageEntityTextUrl\",\"offset\":900,\"length\":-1,\"url\":\"https://example.org/a\"}]}\n"
              "{\"message_id\":2,\"text\":\"Tea\",\"entities\":{\"url\":\"no\"}}\n");
    assert_int_equal(r.batch->n, 2);
    const struct tm_doc *doc = &r.batch->docs[0];
    assert_str(doc->text, "\xF0\x9F\x8D\xB2\xF0\x9F\x87\xB7\xF0\x9F\x87\xBA fog x()");
    assert_int_equal(doc->n_urls, 1);
    assert_str(doc->urls[0], "https://example.org/a");
    assert_int_equal(doc->reading.metadata, 1 + strlen("https://example.org/a"));
    assert_int_equal(r.batch->docs[1].n_urls, 0);
    assert_int_equal(r.told.faults, 0);
    reading_finish(&r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_all_shapes),
        cmocka_unit_test(reads_flat_telethon_dumps),
        cmocka_unit_test(reads_to_dict),
        cmocka_unit_test(takes_links_from_entities),
        cmocka_unit_test(reads_snscrape),
        cmocka_unit_test(places_documents),
        cmocka_unit_test(names_the_fields_seen),
        cmocka_unit_test(notes_dates_without_zone_once),
        cmocka_unit_test(loses_only_what_is_broken),
        cmocka_unit_test(mends_with_one_warning),
        cmocka_unit_test(size_limit_is_exact),
        cmocka_unit_test(giant_string_is_passed),
        cmocka_unit_test(bids),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
