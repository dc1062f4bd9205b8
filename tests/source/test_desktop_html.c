/* SPDX-License-Identifier: Apache-2.0 */
#include "source/source_test.h"

#define PAGE_OF(title, messages) \
    "<!DOCTYPE html>\n<html>\n\n <head>\n\n  <meta charset=\"utf-8\"/>\n<title>Exported Data</title>\n" \
    " </head>\n\n <body onload=\"CheckLocation();\">\n\n  <div class=\"page_wrap\">\n\n" \
    "   <div class=\"page_header\">\n\n    <div class=\"content\">\n\n     <div class=\"text bold\">\n" title \
    " \n     </div>\n\n    </div>\n\n   </div>\n\n   <div class=\"page_body chat_page\">\n\n" \
    "    <div class=\"history\">\n\n" messages "    </div>\n\n   </div>\n\n  </div>\n\n </body>\n\n</html>\n"
#define PAGE(messages) PAGE_OF("Harbour &amp; news", messages)
#define DATE "<div class=\"pull_right date details\" title=\"04.12.2024 13:00:28 UTC+03:00\">\n13:00\n</div>\n"
#define NAME(name) "<div class=\"from_name\">\n" name " \n</div>\n"
#define TEXT(text) "<div class=\"text\">\n" text "\n       </div>\n"
#define OPEN(id) "<div class=\"message default clearfix\" id=\"message" id "\">\n" \
    "<div class=\"pull_left userpic_wrap\"><div class=\"userpic userpic4\"><div class=\"initials\">\nHN\n" \
    "</div></div></div>\n<div class=\"body\">\n" DATE
#define JOINED(id) "<div class=\"message default clearfix joined\" id=\"message" id "\">\n" \
    "<div class=\"body\">\n" DATE
#define CLOSE "</div>\n</div>\n"
#define MEDIA(class_, title) "<div class=\"media_wrap clearfix\">\n<div class=\"media clearfix pull_left " \
    class_ "\">\n<div class=\"fill pull_left\">\n</div>\n<div class=\"body\">\n<div class=\"title bold\">\n" \
    title "\n</div>\n<div class=\"description\">\nNot included, change data exporting settings to " \
    "download.\n</div>\n<div class=\"status details\">\n1280x853\n</div>\n</div>\n</div>\n</div>\n"

static void read_page(struct reading *r, const char *text)
{
    read_text(r, NULL, text);
    assert_string_equal(r->report.format, "desktop-html");
    assert_int_equal(r->told.faults, 0);
}

static void reads_a_message(void **state)
{
    static const char page[] = PAGE(OPEN("42") NAME("Harbour &amp; news")
        "<div class=\"reply_to details\">\nIn reply to <a href=\"messages.html#go_to_message41\" onclick="
        "\"return GoToMessage(41)\">this message</a>\n</div>\n" TEXT("Fog &lt;today&gt;")
        "<div class=\"signature details\">\nDuty officer\n</div>\n" CLOSE);
    struct reading r;
    (void)state;
    read_page(&r, page);
    assert_int_equal(r.batch->n, 1);
    const struct tm_doc *doc = &r.batch->docs[0];
    assert_str(doc->text, "Fog <today>");
    assert_str(doc->source_key, "Harbour & news");
    assert_str(doc->channel, "Harbour & news");
    assert_str(doc->message_key, "00000000000000000042");
    assert_str(doc->author, "Duty officer");
    assert_str(doc->reply_to, "41");
    assert_str(doc->forwarded_from, NULL);
    assert_str(doc->media, NULL);
    assert_int_equal(doc->date, 1733306428);
    assert_int_equal(doc->markup, TM_MARKUP_NONE);
    assert_int_equal(doc->reading.body, strlen("Fog &lt;today&gt;"));
    assert_memory_equal(page + doc->source_offset, "<div class=\"message default", 27);
    assert_memory_equal(page + doc->source_offset + doc->source_length - 13, CLOSE, 13);
    assert_int_equal(r.report.metadata - doc->reading.metadata, strlen("Harbour &amp; news "));
    assert_int_equal(r.told.notes + r.told.warnings, 0);
    reading_finish(&r);
}

static const struct {
    const char *name;
    const char *page;
    const char *text;           /* NULL: no document */
    const char *author;
    const char *forwarded_from;
    const char *media;
} messages[] = {
    {"class text of the header is not taken", PAGE(""), NULL, NULL, NULL, NULL},
    {"a date divider", PAGE("<div class=\"message service\" id=\"message-1\">\n<div class=\"body details\">\n"
     "6 November 2018\n</div>\n</div>\n"), NULL, NULL, NULL, NULL},
    {"a service message", PAGE("<div class=\"message service\" id=\"message7\">\n<div class=\"body details\">\n"
     "Channel &laquo;Port&raquo; created\n</div>\n</div>\n"), NULL, NULL, NULL, NULL},
    {"text in a service message", PAGE("<div class=\"message service\" id=\"message7\">\n" TEXT("A") "</div>"),
     NULL, NULL, NULL, NULL},
    {"unsupported", PAGE(OPEN("1") NAME("Harbour &amp; news") TEXT("This message is not supported by this "
     "version of Telegram Desktop. Please update the application.") CLOSE), NULL, NULL, NULL, NULL},
    {"an author who is a person", PAGE(OPEN("1") NAME("Reader") TEXT("A") CLOSE), "A", "Reader", NULL, NULL},
    {"an author with a bot", PAGE(OPEN("1") NAME("Reader via @gif") TEXT("A") CLOSE), "A", "Reader", NULL,
     NULL},
    {"an author who is gone", PAGE(OPEN("1") NAME("Deleted Account") TEXT("A") CLOSE), "A", NULL, NULL, NULL},
    {"a forwarded message, its date inside the name", PAGE(OPEN("1") NAME("Harbour &amp; news")
     "<div class=\"pull_left forwarded userpic_wrap\"></div>\n<div class=\"forwarded body\">\n"
     "<div class=\"from_name\">\nPort <span class=\"date details\" title=\"03.12.2024 10:00:28\"> 03.12.2024 "
     "10:00:28</span>\n</div>\n" TEXT("A") "</div>\n" CLOSE), "A", NULL, "Port", NULL},
    {"forwarded from somebody who is gone", PAGE(OPEN("1") NAME("Harbour &amp; news")
     "<div class=\"forwarded body\">\n" NAME("Deleted Account") TEXT("A") "</div>\n" CLOSE), "A", NULL, NULL,
     NULL},
    {"a photo", PAGE(OPEN("1") MEDIA("media_photo", "Photo") TEXT("A") CLOSE), "A", NULL, NULL, "photo"},
    {"a photo that is there", PAGE(OPEN("1") "<div class=\"media_wrap clearfix\"><a class=\"photo_wrap "
     "clearfix pull_left\" href=\"photos/1.jpg\"><img class=\"photo\" src=\"1\"/></a></div>" CLOSE), "", NULL,
     NULL, "photo"},
    {"a sticker among photos", PAGE(OPEN("1") MEDIA("media_photo", "Sticker") CLOSE), "", NULL, NULL,
     "sticker"},
    {"a video", PAGE(OPEN("1") MEDIA("media_video", "Video file") CLOSE), "", NULL, NULL, "video_file"},
    {"a round video", PAGE(OPEN("1") MEDIA("media_video", "Video message") CLOSE), "", NULL, NULL,
     "video_message"},
    {"an animation", PAGE(OPEN("1") MEDIA("media_video", "Animation") CLOSE), "", NULL, NULL, "animation"},
    {"an animation that is there", PAGE(OPEN("1") "<div class=\"media_wrap clearfix\"><a class=\"animated_wrap"
     "\"><div class=\"video_play_bg\"><div class=\"gif_play\">\nGIF\n</div></div></a></div>" TEXT("A") CLOSE),
     "A", NULL, NULL, "animation"},
    {"a voice message", PAGE(OPEN("1") MEDIA("media_voice_message", "Voice message") CLOSE), "", NULL, NULL,
     "voice_message"},
    {"a file with a name", PAGE(OPEN("1") MEDIA("media_file", "text.pdf") TEXT("A") CLOSE), "A", NULL, NULL,
     "file"},
    {"class text inside media", PAGE(OPEN("1") "<div class=\"media_wrap clearfix\"><div class=\"media media_game\">"
     TEXT("A game") "</div></div>" TEXT("A") CLOSE), "A", NULL, NULL, NULL},
    {"a contact", PAGE(OPEN("1") MEDIA("media_contact", "Anna") CLOSE), "", NULL, NULL, "contact"},
    {"a place", PAGE(OPEN("1") MEDIA("media_live_location", "Live location") CLOSE), "", NULL, NULL,
     "location"},
    {"a poll stays out of the text", PAGE(OPEN("1") "<div class=\"media_wrap clearfix\">\n<div class="
     "\"media_poll\">\n<div class=\"question bold\">\nTea?\n</div>\n<div class=\"details\">\nAnonymous poll\n"
     "</div>\n<div class=\"answer\">\n- Yes <span class=\"details\">3 votes, chosen vote</span>\n</div>\n<div "
     "class=\"total details\">\n3 votes\n</div>\n</div>\n</div>\n" TEXT("A") CLOSE), "A", NULL, NULL, "poll"},
    {"a spoiler", PAGE(OPEN("1") TEXT("A <span class=\"spoiler hidden\" onclick=\"ShowSpoiler(this)\"><span "
     "aria-hidden=\"true\">B</span></span>C") CLOSE), "A BC", NULL, NULL, NULL},
    {"a custom emoji", PAGE(OPEN("1") TEXT("A<a href=\"\" onclick=\"return ShowNotLoadedEmoji();\">"
     "\xF0\x9F\x8D\xB2</a>") CLOSE), "A\xF0\x9F\x8D\xB2", NULL, NULL, NULL},
    {"buttons", PAGE(OPEN("1") TEXT("A") "<table class=\"bot_buttons_table\"><tbody><tr><td class="
     "\"bot_button_row\"><div class=\"bot_button\"><a href=\"x\"><div>\nPush\n</div></a></div></td></tr></tbody>"
     "</table>" CLOSE), "A", NULL, NULL, NULL},
    {"reactions", PAGE(OPEN("1") TEXT("A") "<span class=\"reactions\"><span class=\"reaction\"><span class="
     "\"emoji\">\nx\n</span><span class=\"count\">\n5\n</span></span></span>" CLOSE), "A", NULL, NULL, NULL},
    {"a tag leaves no blank", PAGE(OPEN("1") TEXT("D<strong>ead Ins</strong>ide") CLOSE), "Dead Inside", NULL,
     NULL, NULL},
    {"line ends inside tags", PAGE(OPEN("1") TEXT("<strong>A<br><br>B</strong><br>C") CLOSE), "A\n\nB\nC", NULL,
     NULL, NULL},
    {"pre between line ends", PAGE(OPEN("1") TEXT("A<br><pre>x<br>  y</pre><br>B") CLOSE), "A\nx\n  y\nB", NULL,
     NULL, NULL},
    {"pre and quotation without line ends", PAGE(OPEN("1") TEXT("A<pre>x</pre>B<blockquote>C</blockquote>D")
     CLOSE), "A\nx\nB\nC\nD", NULL, NULL, NULL},
    {"a quotation with an empty line", PAGE(OPEN("1") TEXT("A<br><br><blockquote>B</blockquote><br><br>C")
     CLOSE), "A\n\nB\n\nC", NULL, NULL, NULL},
    {"double blanks stay", PAGE(OPEN("1") TEXT("A  B &#x09;C") CLOSE), "A  B \tC", NULL, NULL, NULL},
    {"tags in the text are text", PAGE(OPEN("1") TEXT("&lt;div class=&quot;message&quot;&gt;") CLOSE),
     "<div class=\"message\">", NULL, NULL, NULL},
    {"no text at all", PAGE(OPEN("1") CLOSE), "", NULL, NULL, NULL},
};

static void reads_every_kind(void **state)
{
    (void)state;
    for (size_t i = 0; i < LENGTH(messages); i++) {
        struct reading r;
        read_page(&r, messages[i].page);
        if (r.batch->n != (messages[i].text != NULL))
            fail_msg("%s: %zu documents", messages[i].name, r.batch->n);
        if (messages[i].text != NULL) {
            const struct tm_doc *doc = &r.batch->docs[0];
            if (!tm_str_is(doc->text, messages[i].text))
                fail_msg("%s: %.*s", messages[i].name, (int)doc->text.n, doc->text.p);
            assert_str(doc->author, messages[i].author);
            assert_str(doc->forwarded_from, messages[i].forwarded_from);
            assert_str(doc->media, messages[i].media);
        } else if (i != 0) {
            assert_int_equal(r.report.skipped_documents, 1);
        }
        reading_finish(&r);
    }
}

static void joined_messages_inherit(void **state)
{
    struct reading r;
    (void)state;
    read_page(&r, PAGE(OPEN("1") NAME("Reader") TEXT("A") CLOSE JOINED("2") TEXT("B") CLOSE
                       "<div class=\"message service\" id=\"message-3\"></div>"
                       JOINED("3") TEXT("C") CLOSE
                       OPEN("4") NAME("Harbour &amp; news") "<div class=\"forwarded body\">\n" NAME("Port")
                       TEXT("D") "</div>\n" CLOSE
                       JOINED("5") "<div class=\"forwarded body\">\n" TEXT("E") "</div>\n" CLOSE
                       OPEN("6") TEXT("F") CLOSE));
    static const char *const want[][2] = {{"Reader", NULL}, {"Reader", NULL}, {"Reader", NULL},
                                          {NULL, "Port"},   {NULL, "Port"},   {NULL, NULL}};
    assert_int_equal(r.batch->n, LENGTH(want));
    for (size_t i = 0; i < LENGTH(want); i++) {
        assert_str(r.batch->docs[i].author, want[i][0]);
        assert_str(r.batch->docs[i].forwarded_from, want[i][1]);
    }
    reading_finish(&r);
}

static void takes_links_that_say_something_else(void **state)
{
    struct reading r;
    (void)state;
    read_page(&r, PAGE(OPEN("1") TEXT(
        "<a href=\"https://example.org/?a=1&amp;b=2\">Here</a> <a href=\"https://example.org/x\">"
        "https://example.org/x</a> <a href=\"http://example.org/\">example.org</a> "
        "<a href=\"https://t.me/port\">@port</a> <a href=\"\" onclick=\"return ShowHashtag(&quot;fog&quot;)\">"
        "#fog</a> <a href=\"mailto:a@example.org\">a@example.org</a> <a href=\"tel:+1\">+1</a> "
        "<a href=\"https://example.org/?a=1&amp;b=2\">and here</a> <a href=\"https://t.me/port\">Join</a>")
        CLOSE));
    const struct tm_doc *doc = &r.batch->docs[0];
    assert_int_equal(doc->n_urls, 2);
    assert_str(doc->urls[0], "https://example.org/?a=1&b=2");
    assert_str(doc->urls[1], "https://t.me/port");
    assert_int_equal(doc->reading.metadata, strlen("1" "04.12.2024 13:00:28 UTC+03:00"
                     "https://example.org/?a=1&amp;b=2" "https://t.me/port"));
    reading_finish(&r);
}

static void notes_old_dates(void **state)
{
    struct reading r;
    (void)state;
    read_page(&r, PAGE("<div class=\"message default clearfix\" id=\"message1\"><div class=\"body\"><div class="
                       "\"pull_right date details\" title=\"16.03.2022 19:24:40\">\n19:24\n</div>" TEXT("A")
                       CLOSE));
    assert_int_equal(r.batch->docs[0].date, 1647458680);
    assert_int_equal(r.told.notes, 1);
    reading_finish(&r);
}

static void takes_a_name_from_the_options(void **state)
{
    static const char page[] = PAGE_OF("", OPEN("1") TEXT("A") CLOSE);
    struct tm_input_options options = {.channel = "Port"};
    struct reading r;
    (void)state;
    assert_true(read_memory(&r, NULL, page, strlen(page), SIZE_MAX, &options));
    assert_str(r.batch->docs[0].channel, "Port");
    assert_str(r.batch->docs[0].source_key, "Port");
    reading_finish(&r);
}

#define TEN "0123456789"
#define HUNDRED TEN TEN TEN TEN TEN TEN TEN TEN TEN TEN
#define LONG_VALUE HUNDRED HUNDRED HUNDRED HUNDRED HUNDRED HUNDRED HUNDRED HUNDRED HUNDRED
#define LARGE_VALUE HUNDRED HUNDRED HUNDRED HUNDRED HUNDRED
#define GOOD OPEN("8") TEXT("B") CLOSE

static const struct {
    const char *name;
    const char *page;
    size_t good;
    unsigned faults;
    size_t broken;
} broken[] = {
    {"a message that is not UTF-8", PAGE(OPEN("1") TEXT("\xFF") CLOSE GOOD), 1, 1, 1},
    {"a message that is too large", PAGE(OPEN("1") TEXT("A") "<p a=\"" LONG_VALUE "\">" CLOSE GOOD), 1, 1, 1},
    {"a message that is too large as a whole", PAGE(OPEN("1") TEXT("A") "<p a=\"" LARGE_VALUE "\"><p a=\""
     LARGE_VALUE "\">" CLOSE GOOD), 1, 1, 1},
    {"a message that has no end", PAGE(OPEN("1") TEXT("A") GOOD), 2, 0, 0},
    {"the file ends in a message", "<html><div class=\"page_wrap\"><div class=\"page_body chat_page\">" GOOD
     OPEN("1") TEXT("A"), 1, 1, 1},
    {"the file ends in a tag", "<html><div class=\"page_wrap\"><div class=\"page_body chat_page\">" GOOD
     "<div class=\"mess", 1, 1, 0},
    {"the file has been cut off", "<html><div class=\"page_wrap\"><div class=\"page_body chat_page\">" GOOD, 1,
     1, 0},
};

static void loses_only_what_is_broken(void **state)
{
    struct tm_input_options options = {.max_document = 900};
    (void)state;
    for (size_t i = 0; i < LENGTH(broken); i++) {
        struct reading r;
        assert_true(read_memory(&r, NULL, broken[i].page, strlen(broken[i].page), 7, &options));
        assert_string_equal(r.report.format, "desktop-html");
        if (r.batch->n != broken[i].good || r.told.faults != broken[i].faults
            || r.report.broken_documents != broken[i].broken)
            fail_msg("%s: %zu %s", broken[i].name, r.batch->n, r.told.text);
        assert_str(r.batch->docs[broken[i].good - 1].text, "B");
        reading_finish(&r);
    }
}

/* Contacts, sessions and the like hold no posts, and must not be taken for web pages. */
static void passes_other_pages_of_an_export(void **state)
{
    struct reading r;
    (void)state;
    read_page(&r, "<!DOCTYPE html><html><head><title>Exported Data</title></head><body><div class=\"page_wrap "
                  "list_page\"><div class=\"page_header\"><div class=\"text bold\">Contacts</div></div><div "
                  "class=\"name bold\">Anna</div></div></body></html>");
    assert_int_equal(r.batch->n, 0);
    assert_int_equal(r.told.notes, 1);
    reading_finish(&r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_a_message),
        cmocka_unit_test(reads_every_kind),
        cmocka_unit_test(joined_messages_inherit),
        cmocka_unit_test(takes_links_that_say_something_else),
        cmocka_unit_test(notes_old_dates),
        cmocka_unit_test(takes_a_name_from_the_options),
        cmocka_unit_test(loses_only_what_is_broken),
        cmocka_unit_test(passes_other_pages_of_an_export),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
