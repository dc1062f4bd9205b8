/* SPDX-License-Identifier: Apache-2.0 */
#include "source/source_test.h"

#define CHAT(messages) \
    "{\n \"name\": \"Harbour news\",\n \"type\": \"public_channel\",\n \"id\": 1234567,\n" \
    " \"messages\": [\n  " messages "\n ]\n}"

static void read_chat(struct reading *r, const char *text)
{
    read_text(r, NULL, text);
    assert_string_equal(r->report.format, "desktop-json");
}

static void reads_a_message(void **state)
{
    struct reading r;
    (void)state;
    read_chat(&r, CHAT("{\n   \"id\": 42,\n   \"type\": \"message\",\n"
                       "   \"date\": \"2024-12-04T10:00:28\",\n   \"date_unixtime\": \"1733302828\",\n"
                       "   \"edited\": \"2024-12-04T10:01:28\",\n   \"edited_unixtime\": \"1733302888\",\n"
                       "   \"from\": \"Harbour news\",\n   \"from_id\": \"channel1234567\",\n"
                       "   \"author\": \"Duty officer\",\n   \"forwarded_from\": \"Port\",\n"
                       "   \"reply_to_message_id\": 41,\n   \"text\": \"Fog today\",\n"
                       "   \"text_entities\": [\n    {\n     \"type\": \"plain\",\n"
                       "     \"text\": \"Fog today\"\n    }\n   ]\n  }"));
    assert_int_equal(r.batch->n, 1);
    const struct tm_doc *doc = &r.batch->docs[0];
    assert_str(doc->text, "Fog today");
    assert_str(doc->source_key, "1234567");
    assert_str(doc->message_key, "00000000000000000042");
    assert_str(doc->doc_id, "tg-1234567-42");
    assert_str(doc->channel, "Harbour news");
    assert_str(doc->author, "Duty officer");
    assert_str(doc->forwarded_from, "Port");
    assert_str(doc->reply_to, "41");
    assert_int_equal(doc->date, 1733302828);
    assert_int_equal(doc->edited, 1733302888);
    assert_int_equal(doc->markup, TM_MARKUP_NONE);
    assert_int_equal(doc->reading.body, 9);
    assert_int_equal(r.told.notes + r.told.warnings + r.told.faults, 0);
    reading_finish(&r);
}

static const struct {
    const char *name;
    const char *message;
    const char *text;           /* NULL: no document */
    const char *author;
    const char *media;
} messages[] = {
    {"text as an array", "{\"id\":1,\"type\":\"message\",\"text\":[\"A \",{\"type\":\"bold\",\"text\":\"B\"},"
     "{\"type\":\"text_link\",\"text\":\"C\",\"href\":\"https://example.org\"}]}", "A BC", NULL, NULL},
    {"custom emoji keeps its text", "{\"id\":1,\"type\":\"message\",\"text\":[\"A\",{\"type\":"
     "\"custom_emoji\",\"text\":\"\\ud83c\\udf72\",\"document_id\":\"x\"}]}", "A\xF0\x9F\x8D\xB2", NULL, NULL},
    {"only text_entities", "{\"id\":1,\"type\":\"message\",\"text_entities\":[{\"type\":\"plain\","
     "\"text\":\"A\"},{\"type\":\"bold\",\"text\":\"B\"}]}", "AB", NULL, NULL},
    {"empty text, full text_entities", "{\"id\":1,\"type\":\"message\",\"text\":\"\",\"text_entities\":"
     "[{\"type\":\"plain\",\"text\":\"A\"}]}", "A", NULL, NULL},
    {"no text at all", "{\"id\":1,\"type\":\"message\",\"photo\":\"photos/1.jpg\",\"text\":\"\"}", "",
     NULL, "photo"},
    {"file that was left out", "{\"id\":1,\"type\":\"message\",\"file\":\"(File not included. Change "
     "data exporting settings to download.)\",\"media_type\":\"video_file\",\"text\":\"A\"}", "A", NULL,
     "video_file"},
    {"poll", "{\"id\":1,\"type\":\"message\",\"poll\":{\"question\":\"Tea?\",\"closed\":false,"
     "\"answers\":[{\"text\":\"Yes\",\"voters\":3},{\"text\":[\"N\",{\"type\":\"bold\",\"text\":\"o\"}]}]},"
     "\"text\":\"\"}", "", NULL, "poll"},
    {"poll under a text", "{\"id\":1,\"type\":\"message\",\"poll\":{\"question\":\"Tea?\",\"answers\":[]},"
     "\"text\":\"A\"}", "A", NULL, "poll"},
    {"service", "{\"id\":1,\"type\":\"service\",\"action\":\"pin_message\",\"text\":\"\"}", NULL, NULL, NULL},
    {"unsupported has no date and no text", "{\"id\":1,\"type\":\"unsupported\"}", NULL, NULL, NULL},
    {"null forward", "{\"id\":1,\"type\":\"message\",\"forwarded_from\":null,\"text\":\"A\"}", "A", NULL,
     NULL},
    {"null sender", "{\"id\":1,\"type\":\"message\",\"from\":null,\"from_id\":\"user1\",\"text\":\"A\"}",
     "A", NULL, NULL},
    {"channel is no author", "{\"id\":1,\"type\":\"message\",\"from\":\"Harbour news\",\"text\":\"A\"}", "A",
     NULL, NULL},
    {"person is one", "{\"id\":1,\"type\":\"message\",\"from\":\"Reader\",\"from_id\":\"user5\","
     "\"text\":\"A\"}", "A", "Reader", NULL},
    {"null location", "{\"id\":1,\"type\":\"message\",\"location_information\":null,\"text\":\"A\"}", "A",
     NULL, NULL},
    {"invoice is a string of JSON", "{\"id\":1,\"type\":\"message\",\"invoice_information\":"
     "\"{\\\"text\\\": \\\"x\\\"}\",\"text\":\"A\"}", "A", NULL, NULL},
    {"question as an array",
     "{\"id\":1,\"type\":\"message\",\"poll\":{\"question\":[\"Tea \",{\"type\":\"cust"
     "om_emoji\",\"text\":\"x\",\"document_id\":\"1\"}],\"answers\":[]},\"text\":\"\"}",
     "", NULL, "poll"},
    {"to-do list",
     "{\"id\":1,\"type\":\"message\",\"todo_list\":{\"title\":\"Shop\",\"answers\":[{\""
     "text\":\"Milk\",\"id\":1}]},\"text\":\"A\"}",
     "A", NULL, NULL},
    {"giveaway",
     "{\"id\":1,\"type\":\"message\",\"giveaway_information\":{\"quantity\":5,\"countr"
     "ies\":[\"FI\"]},\"text\":\"A\"}",
     "A", NULL, NULL},
    {"contact is personal data",
     "{\"id\":1,\"type\":\"message\",\"contact_information\":{\"first_name\":\"Ann\",\""
     "phone_number\":\"+358 00\"},\"contact_vcard\":\"contacts/1.vcard\",\"text\":\"\""
     "}",
     "", NULL, "contact"},
    {"place",
     "{\"id\":1,\"type\":\"message\",\"location_information\":{\"latitude\":60.1,\"lon"
     "gitude\":24.9},\"place_name\":\"Pier\",\"address\":\"Shore 1\",\"text\":\"\"}",
     "", NULL, "location"},
    {"file names stay out",
     "{\"id\":1,\"type\":\"message\",\"file\":\"files/a.pdf\",\"file_name\":\"Ann Smit"
     "h CV.pdf\",\"mime_type\":\"application/pdf\",\"thumbnail\":\"a_thumb.jpg\",\"per"
     "former\":\"x\",\"title\":\"y\",\"text\":\"A\"}",
     "A", NULL, "file"},
    {"sent by way of a bot",
     "{\"id\":1,\"type\":\"message\",\"via_bot\":\"@gif\",\"saved_from\":\"Port\",\"te"
     "xt\":\"A\"}",
     "A", NULL, NULL},
    {"every entity gives its text",
     "{\"id\":1,\"type\":\"message\",\"text\":[{\"type\":\"mention\",\"text\":\"@a\"},"
     "{\"type\":\"hashtag\",\"text\":\"#b\"},{\"type\":\"pre\",\"text\":\"c()\",\"lang"
     "uage\":\"c\"},{\"type\":\"mention_name\",\"text\":\"D\",\"user_id\":1},{\"type\""
     ":\"blockquote\",\"text\":\"E\",\"collapsed\":true},{\"type\":\"spoiler\",\"text\""
     ":\"F\"},{\"type\":\"bank_card\",\"text\":\"G\"},{\"type\":\"unknown\",\"text\":\""
     "H\"}]}",
     "@a#bc()DEFGH", NULL, NULL},
    {"empty array",
     "{\"id\":1,\"type\":\"message\",\"text\":[]}",
     "", NULL, NULL},
    {"number as text",
     "{\"id\":1,\"type\":\"message\",\"text\":5}",
     "", NULL, NULL},
    {"line separators",
     "{\"id\":1,\"type\":\"message\",\"text\":\"A\\u2028B\"}",
     "A\xE2\x80\xA8" "B", NULL, NULL},
    {"backslash before x is no escape",
     "{\"id\":1,\"type\":\"message\",\"text\":\"A\\\\x41\"}",
     "A\\x41", NULL, NULL},
    {"type null",
     "{\"id\":1,\"type\":null,\"text\":\"A\"}",
     "A", NULL, NULL},
    {"buttons and reactions stay out", "{\"id\":1,\"type\":\"message\",\"text\":\"A\",\"reactions\":[{"
     "\"type\":\"emoji\",\"count\":2,\"emoji\":\"x\"}],\"inline_bot_buttons\":[[{\"text\":\"Push\"}]]}", "A",
     NULL, NULL},
};

static void reads_every_kind(void **state)
{
    char text[2048];
    (void)state;
    for (size_t i = 0; i < LENGTH(messages); i++) {
        struct reading r;
        snprintf(text, sizeof text, CHAT("%s"), messages[i].message);
        read_chat(&r, text);
        if (r.batch->n != (messages[i].text != NULL) || r.told.faults != 0)
            fail_msg("%s: %s", messages[i].name, r.told.text);
        assert_int_equal(r.report.skipped_documents, messages[i].text == NULL);
        if (messages[i].text != NULL) {
            assert_str(r.batch->docs[0].text, messages[i].text);
            assert_str(r.batch->docs[0].author, messages[i].author);
            assert_str(r.batch->docs[0].media, messages[i].media);
        }
        reading_finish(&r);
    }
}

#define EXPORT \
    "{\n \"about\": \"Here is the data you requested.\",\n" \
    " \"personal_information\": {\"first_name\": \"x\", \"text\": \"x\"},\n" \
    " \"contacts\": {\"about\": \"x\", \"list\": [{\"name\": \"x\"}]},\n" \
    " \"chats\": {\n  \"about\": \"x\",\n  \"list\": [\n" \
    "   {\n    \"name\": \"Port\",\n    \"type\": \"public_channel\",\n    \"id\": 1,\n" \
    "    \"messages\": [\n     {\"id\": 1, \"type\": \"message\", \"text\": \"A\"},\n" \
    "     {\"id\": 2, \"type\": \"message\", \"text\": \"B\"}\n    ]\n   },\n" \
    "   {\n    \"name\": null,\n    \"type\": \"saved_messages\",\n    \"id\": 2,\n" \
    "    \"messages\": [\n     {\"id\": 1, \"type\": \"message\", \"text\": \"C\"}\n    ]\n   },\n" \
    "   {\n    \"type\": \"public_channel\",\n    \"id\": 3,\n    \"messages\": []\n   }\n  ]\n },\n" \
    " \"left_chats\": {\n  \"list\": [\n   {\n    \"name\": \"Town\",\n    \"id\": 4,\n" \
    "    \"messages\": [\n     {\"id\": 9, \"type\": \"message\", \"text\": \"D\"}\n    ]\n   }\n  ]\n }\n}\n"

static void reads_a_full_export(void **state)
{
    static const size_t chunks[] = {SIZE_MAX, 1};
    (void)state;
    for (size_t i = 0; i < LENGTH(chunks); i++) {
        struct reading r;
        assert_true(read_memory(&r, NULL, EXPORT, strlen(EXPORT), chunks[i], NULL));
        assert_string_equal(r.report.format, "desktop-json");
        assert_int_equal(r.batch->n, 4);
        assert_str(r.batch->docs[1].doc_id, "tg-1-2");
        assert_str(r.batch->docs[1].channel, "Port");
        assert_str(r.batch->docs[2].doc_id, "tg-2-1");
        assert_str(r.batch->docs[2].channel, NULL);
        assert_str(r.batch->docs[3].doc_id, "tg-4-9");
        assert_str(r.batch->docs[3].channel, "Town");
        assert_int_equal(r.told.notes, 1);      /* the private chat */
        assert_int_equal(r.told.faults, 0);
        reading_finish(&r);
    }
}

static void notes_old_dates(void **state)
{
    struct reading r;
    (void)state;
    read_chat(&r, CHAT("{\"id\": 1, \"type\": \"message\", \"date\": \"2022-03-16T19:24:40\","
                       " \"text\": \"A\"}"));
    assert_int_equal(r.batch->docs[0].date, 1647458680);
    assert_int_equal(r.told.notes, 1);
    reading_finish(&r);
}

static void takes_a_name_from_the_options(void **state)
{
    static const char *const text = "{\"type\":\"public_channel\",\"messages\":[{\"id\":1,\"type\":"
                                    "\"message\",\"text\":\"A\"}]}";
    struct tm_input_options options = {.channel = "Port"};
    struct reading r;
    (void)state;
    assert_true(read_memory(&r, "desktop-json", text, strlen(text), SIZE_MAX, &options));
    assert_str(r.batch->docs[0].channel, "Port");
    assert_str(r.batch->docs[0].doc_id, "tg-Port-1");
    reading_finish(&r);
}

/* Both ways in which Telegram Desktop writes what is no JSON. */
static void mends_invalid_exports(void **state)
{
    struct reading r;
    (void)state;
    read_chat(&r, CHAT("{\"id\": 1, \"type\": \"message\", \"text\": \"A\\x0bB\"},\n"
                       "  {\"id\": 2, \"type\": \"message\", \"text\": [\"C\", {\n"
                       "    \"type\": \"custom_emoji\",\n    \"text\": \"D\",\n"
                       "    \"document_id\": video_files/sticker (2).webm\n  }]}"));
    assert_int_equal(r.batch->n, 2);
    assert_str(r.batch->docs[0].text, "A\x0b" "B");
    assert_str(r.batch->docs[1].text, "CD");
    assert_int_equal(r.report.repairs, 2);
    assert_int_equal(r.told.warnings, 1);
    assert_int_equal(r.told.faults, 0);
    reading_finish(&r);
}

static const struct {
    const char *name;
    const char *broken;         /* replaced by `with` in the full export */
    const char *with;
    const char *texts;
} breaks[] = {
    {"message", "\"text\": \"A\"}", "\"text\": \"A}", "BCD"},
    {"last message of a chat", "\"text\": \"B\"}", "\"text\": \"B}", "ACD"},
    {"only message of a chat", "\"text\": \"C\"}", "\"text\": C}", "ABD"},
    {"comma between messages", "},\n     {\"id\": 2", "}\n     {\"id\": 2", "ABCD"},
    {"bad UTF-8", "\"text\": \"A\"}", "\"text\": \"\xD0\"}", "BCD"},
    {"end of the messages", "    ]\n   },\n   {\n    \"name\": null", "    }\n   },\n   {\n    \"name\": null",
     "AB"},
    {"chat's header", "\"name\": null", "\"name\": nul", "AB"},
};

/* What follows a fault is read when it is certain whose it is, and is broken otherwise. */
static void loses_only_what_is_broken(void **state)
{
    char text[4096];
    (void)state;
    for (size_t i = 0; i < LENGTH(breaks); i++) {
        struct reading r;
        char texts[16] = "";
        const char *at = strstr(EXPORT, breaks[i].broken);
        assert_non_null(at);
        snprintf(text, sizeof text, "%.*s%s%s", (int)(at - EXPORT), EXPORT, breaks[i].with,
                 at + strlen(breaks[i].broken));
        read_text(&r, "desktop-json", text);
        for (size_t k = 0; k < r.batch->n; k++)
            texts[k] = r.batch->docs[k].text.p[0];
        if (strcmp(texts, breaks[i].texts) != 0 || r.told.faults != 1)
            fail_msg("%s: %s: %s", breaks[i].name, texts, r.told.text);
        for (size_t k = 0; k < r.batch->n; k++) {
            char want = texts[k] < 'C' ? '1' : texts[k] == 'C' ? '2' : '4';
            assert_int_equal(r.batch->docs[k].source_key.p[0], want);
        }
        reading_finish(&r);
    }
}

static const struct {
    const char *text;
    const char *format;
} guesses[] = {
    {CHAT(""), "desktop-json"},
    {"{\"about\": \"x\", \"chats\": {\"list\": []}}", "desktop-json"},
    {"{\"id\": 1, \"text\": \"say \\\"messages\\\": [\"}", "json"},
    {"{\"id\": 1, \"messages\": 12, \"text\": \"A\"}", "json"},
    {"{\"text\": \"A\", \"messages\": []}", "json"},
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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_a_message),
        cmocka_unit_test(reads_every_kind),
        cmocka_unit_test(reads_a_full_export),
        cmocka_unit_test(notes_old_dates),
        cmocka_unit_test(takes_a_name_from_the_options),
        cmocka_unit_test(mends_invalid_exports),
        cmocka_unit_test(loses_only_what_is_broken),
        cmocka_unit_test(bids),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
