/* SPDX-License-Identifier: Apache-2.0 */
#include "source/source_test.h"

#define M "tgme_widget_message"
#define VIEW "eyJjIjotMTkwMDAwMDAwMSwicCI6NDIsInQiOjF9"      /* {"c":-1900000001,"p":42,"t":1} */
#define DIV(class_, inside) "<div class=\"" M class_ "\">" inside "</div>\n"
#define OPEN_AS(more, id, view) "<div class=\"" M "_wrap js-widget_message_wrap\"><div class=\"" M \
    " text_not_supported_wrap" more " js-widget_message\" data-post=\"port/" id "\" data-view=\"" view "\">\n" \
    DIV("_user", "<a href=\"https://t.me/port\"><i class=\"" M "_user_photo\" data-content=\"P\">x</i></a>") \
    "<div class=\"" M "_bubble\">\n<i class=\"" M "_bubble_tail\"><svg><path d=\"M8,1\"></path></svg></i>\n" \
    DIV("_author", "<a class=\"" M "_owner_name\" href=\"https://t.me/port\"><span dir=\"auto\">Port &amp; " \
        "town <i class=\"emoji\" style=\"x\"><b>\xF0\x9F\x8D\xB2</b></i></span></a>")
#define OPEN OPEN_AS("", "42", VIEW)
#define TEXT(text) "<div class=\"" M "_text js-message_text\" dir=\"auto\">" text "\n</div>\n"
#define FOOTER(views, meta) DIV("_footer compact js-message_footer", "<span class=\"" M "_views\">" views \
    "</span><span class=\"copyonly\"> views</span><span class=\"" M "_meta\">" meta "<a class=\"" M "_date\" " \
    "href=\"https://t.me/port/42\"><time datetime=\"2024-12-04T10:00:28+00:00\" class=\"time\">10:00</time></a>" \
    "</span>")
#define CLOSE "</div>\n</div></div>\n"
#define LABEL(label) "<div class=\"message_media_not_supported_wrap\"><div class=\"message_media_not_supported" \
    "\"><div class=\"message_media_not_supported_label\">" label "\n</div><span class=\"message_media_view_in_" \
    "telegram\">VIEW IN TELEGRAM</span></div></div>"

static void read_page(struct reading *r, const char *text)
{
    read_text(r, NULL, text);
    assert_string_equal(r->report.format, "tme-html");
    assert_int_equal(r->told.faults, 0);
}

static void reads_a_message(void **state)
{
    static const char page[] = "<!DOCTYPE html><html><head><meta property=\"og:title\" content=\"Port\"></head>"
        "<body>" OPEN
        "<a class=\"" M "_reply\" href=\"https://t.me/port/19\"><div class=\"" M "_author accent_color\"><span "
        "class=\"" M "_author_name\">Port</span></div><div class=\"" M "_text js-message_reply_text\">Quoted</div>"
        "</a>\n" DIV("_forwarded_from", "Forwarded from&nbsp;<a class=\"" M "_forwarded_from_name\" href=\"x\">"
        "<span>Town</span></a> <span class=\"" M "_forwarded_from_author\">(Anna)</span>")
        TEXT("Fog &#39;today&#39;") FOOTER("436.6K", "<span class=\"" M "_from_author\">Duty officer \xD0\xA0, </span>&nbsp;"
        "edited &nbsp;") CLOSE "</body></html>";
    struct reading r;
    (void)state;
    read_page(&r, page);
    assert_int_equal(r.batch->n, 1);
    const struct tm_doc *doc = &r.batch->docs[0];
    assert_str(doc->text, "Fog 'today'");
    assert_str(doc->source_key, "1900000001");
    assert_str(doc->doc_id, "tg-1900000001-42");
    assert_str(doc->channel, "Port & town \xF0\x9F\x8D\xB2");
    assert_str(doc->url, "https://t.me/port/42");
    assert_str(doc->author, "Duty officer \xD0\xA0");
    assert_str(doc->forwarded_from, "Town");
    assert_str(doc->reply_to, "19");
    assert_str(doc->media, NULL);
    assert_int_equal(doc->date, 1733306428);
    assert_int_equal(doc->views, 436600);
    assert_memory_equal(page + doc->source_offset, "<div class=\"" M " ", 32);
    assert_memory_equal(page + doc->source_offset + doc->source_length, "</div>\n</body>", 14);
    assert_int_equal(r.told.notes + r.told.warnings, 0);
    reading_finish(&r);
}

static const struct {
    const char *name;
    const char *page;
    const char *text;           /* NULL: no document */
    const char *media;
} messages[] = {
    {"an album's text stands in two nested elements", OPEN "<div class=\"" M "_grouped_wrap\"><a class=\"" M
     "_photo_wrap grouped_media_wrap\" href=\"x\"></a></div>" TEXT("\n" TEXT("A<br/>B")) FOOTER("2", "") CLOSE,
     "A\nB", "photo"},
    {"a quoted reply is somebody else's", OPEN "<a class=\"" M "_reply\" href=\"https://t.me/port/1\"><div class=\""
     M "_text js-message_reply_text\">Quoted</div></a>" TEXT("A") CLOSE, "A", NULL},
    {"a quotation outside its link", OPEN "<div class=\"" M "_text js-message_reply_text\">Quoted</div>" TEXT("A")
     CLOSE, "A", NULL},
    {"a reply to a video", OPEN "<a class=\"" M "_reply\" href=\"x\"><div class=\"" M "_metatext "
     "js-message_reply_text\">Video</div></a>" TEXT("A") CLOSE, "A", NULL},
    {"a link's preview", OPEN TEXT("A") "<a class=\"" M "_link_preview\" href=\"x\"><div class=\"link_preview_"
     "title\">B</div><div class=\"link_preview_description\">C</div></a>" CLOSE, "A", NULL},
    {"a poll", OPEN DIV("_poll js-poll", DIV("_poll_question", "Tea?") DIV("_poll_type", "Anonymous Quiz")
     "<a class=\"" M "_poll_options\" href=\"x\">" DIV("_poll_option_text", "Yes") "</a>") CLOSE, "", "poll"},
    {"reactions", OPEN TEXT("A") DIV("_reactions", "<span class=\"tgme_reaction\"><i class=\"emoji\"><b>x</b></i>"
     "12</span>") CLOSE, "A", NULL},
    {"buttons", OPEN TEXT("A") DIV("_inline_keyboard", "<a class=\"" M "_inline_button url_button\"><span class=\""
     M "_inline_button_text\">Push</span></a>") CLOSE, "A", NULL},
    {"a service message", OPEN_AS(" service_message", "1", VIEW) TEXT("Channel created") CLOSE, NULL, NULL},
    {"a post that says what a service message says", OPEN TEXT("Channel created") CLOSE, "Channel created", NULL},
    {"a placeholder beside a video", OPEN "<a class=\"" M "_video_player\" href=\"x\"><time class=\"message_video_"
     "duration\">0:27</time>" LABEL("This media is not supported in your browser") "</a>" TEXT("A") CLOSE, "A",
     "video_file"},
    {"a text that says what a placeholder says", OPEN TEXT("Please open Telegram to view this post") CLOSE,
     "Please open Telegram to view this post", NULL},
    {"a post that the page hides", OPEN LABEL("Please open Telegram to view this post") FOOTER("2", "") CLOSE, "",
     "unsupported"},
    {"a round video", OPEN "<a class=\"" M "_roundvideo_player\"></a>" CLOSE, "", "video_message"},
    {"a voice message", OPEN "<a class=\"" M "_voice_player\"><audio class=\"" M "_voice\"></audio></a>" CLOSE, "",
     "voice_message"},
    {"a sticker", OPEN DIV("_sticker_wrap media_supported_cont", "<i class=\"" M "_sticker\"></i>") CLOSE, "",
     "sticker"},
    {"a file", OPEN "<a class=\"" M "_document_wrap\">" DIV("_document_title", "a.pdf") "</a>" TEXT("A") CLOSE, "A",
     "file"},
    {"a sound file", OPEN "<a class=\"" M "_document_wrap\"><div class=\"" M "_document_icon accent_bg audio\">"
     "</div>" DIV("_document_title", "a.mp3") "</a>" CLOSE, "", "audio_file"},
    {"a place", OPEN "<a class=\"" M "_location_wrap\"></a>" CLOSE, "", "location"},
    {"a contact", OPEN DIV("_contact", DIV("_contact_name", "Anna") DIV("_contact_phone", "+1")) CLOSE, "",
     "contact"},
    {"emoji are text", OPEN TEXT("A<tg-emoji emoji-id=\"1\"><i class=\"emoji\" style=\"background-image:url('//x/"
     "y.png')\"><b>\xF0\x9F\x8D\xB2</b></i></tg-emoji>B") CLOSE, "A\xF0\x9F\x8D\xB2" "B", NULL},
    {"inline tags leave no blank", OPEN TEXT("D<b>ead</b> <tg-spoiler>In</tg-spoiler>side") CLOSE, "Dead Inside",
     NULL},
    {"preformatted and quoted text", OPEN TEXT("A<pre><code>x\n  y</code></pre>B<blockquote>C</blockquote>D")
     CLOSE, "A\nx\n  y\nB\nC\nD", NULL},
    {"no text", OPEN FOOTER("2", "") CLOSE, "", NULL},
};

static void reads_every_kind(void **state)
{
    (void)state;
    for (size_t i = 0; i < LENGTH(messages); i++) {
        struct reading r;
        read_page(&r, messages[i].page);
        if (r.batch->n != (messages[i].text != NULL))
            fail_msg("%s: %zu documents", messages[i].name, r.batch->n);
        assert_int_equal(r.report.skipped_documents, messages[i].text == NULL);
        if (messages[i].text != NULL) {
            const struct tm_doc *doc = &r.batch->docs[0];
            if (!tm_str_is(doc->text, messages[i].text))
                fail_msg("%s: %.*s", messages[i].name, (int)doc->text.n, doc->text.p);
            if (messages[i].media == NULL ? doc->media.p != NULL : !tm_str_is(doc->media, messages[i].media))
                fail_msg("%s: %.*s", messages[i].name, (int)doc->media.n, doc->media.p);
        }
        reading_finish(&r);
    }
}

static void counts_views(void **state)
{
    static const struct {
        const char *page;
        int64_t views;
    } cases[] = {
        {OPEN FOOTER("2", "") CLOSE, 2},           {OPEN FOOTER("3.1M", "") CLOSE, 3100000},
        {OPEN FOOTER("12K", "") CLOSE, 12000},     {OPEN FOOTER("1.05K", "") CLOSE, 1050},
        {OPEN FOOTER("many", "") CLOSE, TM_UNKNOWN}, {OPEN FOOTER("1.5", "") CLOSE, TM_UNKNOWN},
        {OPEN FOOTER("", "") CLOSE, TM_UNKNOWN},   {OPEN CLOSE, TM_UNKNOWN},
    };
    (void)state;
    for (size_t i = 0; i < LENGTH(cases); i++) {
        struct reading r;
        read_page(&r, cases[i].page);
        if (r.batch->docs[0].views != cases[i].views)
            fail_msg("%zu: %lld", i, (long long)r.batch->docs[0].views);
        reading_finish(&r);
    }
}

/* The channel's number, else its handle. */
static void knows_the_channel(void **state)
{
    static const struct {
        const char *page;
        const char *source_key;
        const char *doc_id;
    } cases[] = {
        {OPEN CLOSE, "1900000001", "tg-1900000001-42"},
        {OPEN_AS("", "7", "") CLOSE, "port", "tg-port-7"},
        {OPEN_AS("", "7", "e30") CLOSE, "port", "tg-port-7"},
        {OPEN_AS("", "7", "!!") CLOSE, "port", "tg-port-7"},
        {OPEN_AS("", "7", "eyJjIjotMTkwMDAwMDAw") CLOSE, "port", "tg-port-7"},  /* cut inside the number */
    };
    (void)state;
    for (size_t i = 0; i < LENGTH(cases); i++) {
        struct reading r;
        read_page(&r, cases[i].page);
        assert_str(r.batch->docs[0].source_key, cases[i].source_key);
        assert_str(r.batch->docs[0].doc_id, cases[i].doc_id);
        reading_finish(&r);
    }
}

static void addresses_are_escaped_twice(void **state)
{
    struct reading r;
    (void)state;
    read_page(&r, OPEN TEXT(
        "<a href=\"https://example.org/?a=1&amp;amp;b=2\" onclick=\"return confirm('?')\">Here</a> "
        "<a href=\"https://example.org/?q=&amp;amp;\">there</a> <a href=\"?q=%23fog\">#fog</a> "
        "<a href=\"https://t.me/town\">@town</a> <a href=\"https://example.org/\">https://example.org/</a>") CLOSE);
    const struct tm_doc *doc = &r.batch->docs[0];
    assert_int_equal(doc->n_urls, 2);
    assert_str(doc->urls[0], "https://example.org/?a=1&b=2");
    assert_str(doc->urls[1], "https://example.org/?q=&amp;");
    reading_finish(&r);
}

static void says_when_there_are_no_posts(void **state)
{
    static const char *const pages[] = {
        "<div class=\"tgme_channel_history\"><div class=\"tme_no_messages_found\">No posts found</div></div>",
        "[...]\n<div class=\"tgme_channel_info_header_username\"><a href=\"x\">@port</a></div>",
    };
    (void)state;
    for (size_t i = 0; i < LENGTH(pages); i++) {
        struct reading r;
        read_page(&r, pages[i]);
        assert_int_equal(r.batch->n, 0);
        assert_int_equal(r.told.notes, 1);
        reading_finish(&r);
    }
}

static void goes_on_after_a_broken_message(void **state)
{
    static const struct {
        const char *page;
        size_t good;
        unsigned faults;
    } cases[] = {
        {OPEN TEXT("\xFF") CLOSE OPEN TEXT("B") CLOSE, 1, 1},
        {OPEN TEXT("A") OPEN TEXT("B") CLOSE, 2, 0},
        {OPEN TEXT("B") CLOSE OPEN TEXT("A"), 1, 1},
        {OPEN TEXT("B") CLOSE "<!-- ", 1, 1},
    };
    (void)state;
    for (size_t i = 0; i < LENGTH(cases); i++) {
        struct reading r;
        read_text(&r, NULL, cases[i].page);
        assert_int_equal(r.batch->n, cases[i].good);
        assert_int_equal(r.told.faults, cases[i].faults);
        assert_str(r.batch->docs[cases[i].good - 1].text, "B");
        reading_finish(&r);
    }
}

static void bids(void **state)
{
    static const struct {
        const char *text;
        const char *format;
    } guesses[] = {
        {"\n  <div class=\"" M "_wrap\">", "tme-html"},
        {"<!DOCTYPE html><html><div class=\"" M "_wrap\">", "tme-html"},
        {"{\"text\": \"<div class=\\\"" M "\\\">\", \"x\": \"class=\"" M "\"}", "json"},
        {"<!DOCTYPE html><html><div class=\"page_wrap\">", "html"},
        {"<?xml version=\"1.0\"?><html xmlns=\"x\">", "html"},
        {"<p>A", "html"},
    };
    (void)state;
    for (size_t i = 0; i < LENGTH(guesses); i++) {
        int bid;
        const struct tm_format *format = tm_format_guess(guesses[i].text, strlen(guesses[i].text),
                                                         &bid);
        assert_non_null(format);
        assert_string_equal(format->name, guesses[i].format);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_a_message),
        cmocka_unit_test(reads_every_kind),
        cmocka_unit_test(counts_views),
        cmocka_unit_test(knows_the_channel),
        cmocka_unit_test(addresses_are_escaped_twice),
        cmocka_unit_test(says_when_there_are_no_posts),
        cmocka_unit_test(goes_on_after_a_broken_message),
        cmocka_unit_test(bids),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
