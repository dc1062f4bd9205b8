/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Pages of t.me/s/CHANNEL and pieces of them: about twenty messages, each in one <div>. What
 * belongs to a message is told by classes alone, for a post may say what a service message says.
 * The channel's number stands, in base64, in data-view. Quoted replies, link previews, polls,
 * buttons, reactions and placeholders are never read as text; the text of an album stands in two
 * nested elements of one class.
 */
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "source/html_post.h"

enum {
    MESSAGE = 1 << 0,
    SERVICE = 1 << 1,
    TEXT = 1 << 2,
    QUOTED = 1 << 3,
    REPLY = 1 << 4,
    PREVIEW = 1 << 5,
    OWNER = 1 << 6,
    FORWARD_NAME = 1 << 7,
    AUTHOR = 1 << 8,
    VIEWS = 1 << 9,
    LABEL = 1 << 10,
    AUDIO = 1 << 11,
    EMPTY = 1 << 12,
    KIND = 1 << 13,             /* times the index of a kind of media */
};

enum kind { NO_KIND, PHOTO, VIDEO, VIDEO_MESSAGE, VOICE, STICKER, A_FILE, AUDIO_FILE, LOCATION,
            CONTACT, POLL, UNSUPPORTED };

/* As the JSON export calls them; it has no word for what the page does not show. */
static const char *const kinds[] = {
    NULL, "photo", "video_file", "video_message", "voice_message", "sticker", "file", "audio_file",
    "location", "contact", "poll", "unsupported",
};

#define PART(literal) TM_HTML_CLASS("tgme_widget_message" literal)

static const struct tm_html_class classes[] = {
    {PART(""), MESSAGE},
    {TM_HTML_CLASS("service_message"), SERVICE},
    {PART("_text"), TEXT},
    {TM_HTML_CLASS("js-message_reply_text"), QUOTED},
    {PART("_reply"), REPLY},
    {PART("_link_preview"), PREVIEW},
    {PART("_owner_name"), OWNER},
    {PART("_forwarded_from_name"), FORWARD_NAME},
    {PART("_from_author"), AUTHOR},
    {PART("_views"), VIEWS},
    {TM_HTML_CLASS("message_media_not_supported_label"), LABEL},
    {TM_HTML_CLASS("audio"), AUDIO},
    {TM_HTML_CLASS("tme_no_messages_found"), EMPTY},
    {PART("_photo_wrap"), KIND * PHOTO},
    {PART("_video_player"), KIND * VIDEO},
    {PART("_roundvideo"), KIND * VIDEO_MESSAGE},
    {PART("_roundvideo_player"), KIND * VIDEO_MESSAGE},
    {PART("_voice"), KIND * VOICE},
    {PART("_voice_player"), KIND * VOICE},
    {PART("_sticker"), KIND * STICKER},
    {PART("_sticker_wrap"), KIND * STICKER},
    {PART("_tgsticker"), KIND * STICKER},
    {PART("_videosticker"), KIND * STICKER},
    {PART("_document"), KIND * A_FILE},
    {PART("_document_wrap"), KIND * A_FILE},
    {PART("_location"), KIND * LOCATION},
    {PART("_location_wrap"), KIND * LOCATION},
    {PART("_contact"), KIND * CONTACT},
    {PART("_contact_wrap"), KIND * CONTACT},
    {PART("_poll"), KIND * POLL},
    {{NULL, 0}, 0},
};

static const char hidden[] = "Please open Telegram to view this post";

enum { IN_OWNER = TM_REGION_OWN, IN_FORWARD_NAME, IN_AUTHOR, IN_VIEWS, IN_LABEL, IN_DROPPED };

struct tme {
    struct tm_html_post post;
    struct tm_buf channel;          /* the page's title, else the last owner's name */
    struct tm_buf owner;
    struct tm_buf forward;
    struct tm_buf author;
    struct tm_buf date;
    struct tm_buf reply;
    struct tm_buf place;            /* HANDLE/ID */
    struct tm_buf view;
    int64_t views;
    enum kind kind;
    bool service;
    bool messages;
    bool empty;                     /* the page says that it has no posts */
};

/* Value of a character of base64, or -1. */
static int sextet(char c)
{
    if (c >= 'A' && c <= 'Z')
        return c - 'A';
    if (c >= 'a' && c <= 'z')
        return c - 'a' + 26;
    if (c >= '0' && c <= '9')
        return c - '0' + 52;
    return c == '+' || c == '-' ? 62 : c == '/' || c == '_' ? 63 : -1;
}

/* The channel's number in data-view: {"c":-1900000001,"p":12,…}. Unknown when it is not there; the
 * digits are put into `ret_text`. */
static struct tm_str number_of(struct tm_str view, char ret_text[64])
{
    uint32_t bits = 0;
    size_t n = 0;
    int held = 0;
    for (size_t i = 0; i < view.n && n < 64; i++) {
        int value = sextet(view.p[i]);
        if (value < 0)
            break;
        bits = bits << 6 | (uint32_t)value;
        held += 6;
        if (held >= 8) {
            held -= 8;
            ret_text[n++] = (char)(bits >> held & 0xFF);
        }
    }
    if (n < 6 || memcmp(ret_text, "{\"c\":", 5) != 0)
        return TM_STR_UNKNOWN;
    size_t end = 5;
    while (end < n && (ret_text[end] == '-' || (ret_text[end] >= '0' && ret_text[end] <= '9')))
        end++;
    return end == n ? TM_STR_UNKNOWN : tm_ident_channel((struct tm_str){ret_text + 5, end - 5});
}

/* 12, 436.6K, 3.1M, 1.2B. */
static int64_t count_of(struct tm_str text)
{
    char last = text.n == 0 ? '\0' : text.p[text.n - 1];
    int64_t unit = last == 'K' ? 1000 : last == 'M' ? 1000000 : last == 'B' ? 1000000000 : 1;
    size_t end = text.n - (unit != 1), at = 0;
    int64_t value = 0;
    while (at < end && at < 9 && text.p[at] >= '0' && text.p[at] <= '9')
        value = value * 10 + (text.p[at++] - '0');
    if (at == 0)
        return TM_UNKNOWN;
    value *= unit;
    if (at < end && text.p[at] == '.' && unit != 1) {
        for (at++; at < end && text.p[at] >= '0' && text.p[at] <= '9'; at++) {
            unit /= 10;
            value += (text.p[at] - '0') * unit;
        }
    }
    return at == end ? value : TM_UNKNOWN;
}

static void begin_message(struct tme *tme, uint32_t bits, struct tm_str place)
{
    struct tm_html_post *post = &tme->post;
    tm_html_post_begin(post);
    tme->messages = true;
    tme->service = bits & SERVICE;
    tme->kind = NO_KIND;
    tme->views = TM_UNKNOWN;
    tme->owner.n = tme->forward.n = tme->author.n = tme->date.n = tme->reply.n = 0;
    tm_html_post_keep(post, &tme->place, place);
    tm_html_post_keep(post, &tme->view, tm_html_attribute(post->html.raw, "data-view"));
}

/* The kind that the classes name; those of several in one element give some kind or none. */
static enum kind kind_of(uint32_t bits)
{
    uint32_t kind = bits / KIND;
    return kind < sizeof kinds / sizeof *kinds ? (enum kind)kind : NO_KIND;
}

static void open_reply(struct tme *tme)
{
    struct tm_ident_link link;
    struct tm_str href = tm_html_attribute(tme->post.html.raw, "href");
    if (tm_ident_link(href, &link))
        tm_html_post_keep(&tme->post, &tme->reply, link.message);
    tm_html_post_enter(&tme->post, IN_DROPPED);
}

/* A tag inside a message and outside its regions. */
static void read_element(struct tme *tme, uint32_t bits)
{
    struct tm_html_post *post = &tme->post;
    if (bits & REPLY)
        open_reply(tme);
    else if (bits & (QUOTED | PREVIEW))
        tm_html_post_enter(post, IN_DROPPED);
    else if (bits & TEXT)
        tm_html_post_enter(post, TM_REGION_TEXT);
    else if ((bits & OWNER) && tme->owner.n == 0)
        tm_html_post_enter(post, IN_OWNER);
    else if (bits & FORWARD_NAME)
        tm_html_post_enter(post, IN_FORWARD_NAME);
    else if (bits & AUTHOR)
        tm_html_post_enter(post, IN_AUTHOR);
    else if (bits & VIEWS)
        tm_html_post_enter(post, IN_VIEWS);
    else if (bits & LABEL)
        tm_html_post_enter(post, IN_LABEL);
    else if ((bits & AUDIO) && tme->kind == A_FILE)
        tme->kind = AUDIO_FILE;
    else if (bits >= KIND && (tme->kind == NO_KIND || tme->kind == UNSUPPORTED))
        tme->kind = kind_of(bits);
}

static void end_region(struct tme *tme, int region)
{
    struct tm_html_post *post = &tme->post;
    struct tm_str value = tm_html_text_view(&post->value);
    switch (region) {
    case IN_OWNER:
        tm_html_post_keep_value(post, &tme->owner);
        break;
    case IN_FORWARD_NAME:
        tm_html_post_keep_value(post, &tme->forward);
        break;
    case IN_AUTHOR:
        tm_html_post_keep_value(post, &tme->author);
        while (tme->author.n != 0 && strchr(", ", tme->author.p[tme->author.n - 1]) != NULL)
            tme->author.n--;
        break;
    case IN_VIEWS:
        post->metadata += post->value.raw;
        tme->views = count_of(value);
        break;
    case IN_LABEL:
        if (tm_str_is(value, hidden) && tme->kind == NO_KIND)
            tme->kind = UNSUPPORTED;
        break;
    default:
        break;
    }
}

static bool identify(struct tme *tme, struct tm_doc *doc)
{
    struct tm_html_post *post = &tme->post;
    struct tm_arena *arena = post->file->batch->arena;
    char decoded[64], address[13 + 256];
    struct tm_str place = tm_buf_view(&tme->place);
    const char *slash = place.n == 0 ? NULL : memrchr(place.p, '/', place.n);
    struct tm_str channel = tme->owner.n != 0     ? tm_buf_view(&tme->owner)
                            : tme->channel.n != 0 ? tm_buf_view(&tme->channel)
                                                  : tm_str_of(post->file->options->channel);
    struct tm_ident ident = {.source = number_of(tm_buf_view(&tme->view), decoded)};
    ident.source_id = ident.source.p != NULL;
    if (slash != NULL) {
        size_t handle = (size_t)(slash - place.p);
        ident.message = (struct tm_str){slash + 1, place.n - handle - 1};
        if (!ident.source_id && handle != 0)
            ident.source = (struct tm_str){place.p, handle};
    }
    if (ident.source.n == 0)
        ident.source = channel.n != 0 ? channel : tm_str_of(post->file->name);
    doc->channel = tm_arena_copy(arena, channel);
    post->failed |= channel.p != NULL && doc->channel.p == NULL;
    if (place.n != 0 && place.n <= 256) {
        memcpy(address, "https://t.me/", 13);
        memcpy(address + 13, place.p, place.n);
        doc->url = tm_arena_copy(arena, (struct tm_str){address, 13 + place.n});
        post->failed |= doc->url.p == NULL;
    }
    return tm_ident_fill(&ident, arena, doc) && !post->failed;
}

/* TM_END when the message becomes no document. */
static enum tm_status end_message(struct tme *tme, uint64_t end, struct tm_err *err)
{
    struct tm_html_post *post = &tme->post;
    struct tm_file *file = post->file;
    bool zone;
    if (post->region != TM_REGION_NONE)
        end_region(tme, post->region);
    post->region = TM_REGION_NONE;
    post->divs = 0;
    if (tme->service) {
        tm_file_skipped(file, post->start, end);
        return TM_END;
    }
    struct tm_doc *doc = tm_html_post_document(post, end);
    if (doc == NULL && !post->failed)
        return TM_END;
    if (doc != NULL) {
        doc->date = tme->date.n == 0 ? TM_UNKNOWN
                                     : tm_ident_date(tm_buf_view(&tme->date), &zone);
        doc->views = tme->views;
        doc->author = tm_html_post_copy(post, &tme->author);
        doc->forwarded_from = tm_html_post_copy(post, &tme->forward);
        doc->reply_to = tm_html_post_copy(post, &tme->reply);
        doc->media = tm_str_of(kinds[tme->kind]);
    }
    if (doc == NULL || !identify(tme, doc))
        return tm_fail(err, TM_ERR_NOMEM, file->name, post->start, "out of memory");
    tm_file_document(file, doc);
    return TM_OK;
}

static void open_inside(struct tme *tme)
{
    struct tm_html_post *post = &tme->post;
    uint64_t tag = post->html.tag;
    if (tag == TM_HTML_DIV)
        post->divs++;
    if (post->region != TM_REGION_NONE) {
        tm_html_post_follow(post, TM_HTML_OPEN);
        return;
    }
    if (tag == TM_HTML_TIME && tme->date.n == 0) {
        struct tm_str date = tm_html_attribute(post->html.raw, "datetime");
        if (date.n != 0)
            tm_html_post_keep(post, &tme->date, date);
        return;
    }
    uint32_t bits = tm_html_post_classes(post, classes);
    if (bits != 0)
        read_element(tme, bits);
}

static void close_inside(struct tme *tme)
{
    struct tm_html_post *post = &tme->post;
    if (post->region != TM_REGION_NONE) {
        int region = tm_html_post_follow(post, TM_HTML_CLOSE);
        if (region != TM_REGION_NONE)
            end_region(tme, region);
    }
    post->divs -= post->html.tag == TM_HTML_DIV;
}

/* The place of the message that begins with the tag at hand, or unknown. */
static struct tm_str message_at(struct tme *tme, uint32_t *ret_bits)
{
    struct tm_html_post *post = &tme->post;
    if (post->html.tag != TM_HTML_DIV)
        return TM_STR_UNKNOWN;
    *ret_bits = tm_html_post_classes(post, classes);
    return *ret_bits & MESSAGE ? tm_html_attribute(post->html.raw, "data-post") : TM_STR_UNKNOWN;
}

static void open_outside(struct tme *tme)
{
    struct tm_html_post *post = &tme->post;
    uint32_t bits = 0;
    struct tm_str place = message_at(tme, &bits);
    tme->empty |= (bits & EMPTY) != 0;
    if (place.p != NULL) {
        begin_message(tme, bits, place);
    } else if (post->html.tag == TM_HTML_META && tme->channel.n == 0
               && tm_str_is(tm_html_attribute(post->html.raw, "property"), "og:title")) {
        struct tm_str title = tm_html_attribute(post->html.raw, "content");
        tm_html_post_keep(post, &tme->channel, title);
        post->file->metadata += title.n;
    }
}

/* One token; TM_OK when it ended a message that became a document, else TM_END. */
static enum tm_status take(struct tme *tme, enum tm_html_event event, struct tm_err *err)
{
    struct tm_html_post *post = &tme->post;
    enum tm_status status = TM_END;
    bool inside = post->divs != 0;
    uint32_t bits;
    if (event == TM_HTML_HUGE && inside) {
        post->huge = true;
    } else if (event == TM_HTML_HUGE) {
        tm_file_tell(post->file, TM_FAULT, post->html.start, "raise max_document",
                     "tag or text of more than %zu bytes", post->html.limit);
        tm_file_broken(post->file, post->html.start, post->html.end);
    } else if (event == TM_HTML_TEXT) {
        if (inside && post->region > TM_REGION_NONE && post->region != IN_DROPPED)
            tm_html_post_follow(post, event);
    } else if (event == TM_HTML_OPEN) {
        if (inside && message_at(tme, &bits).p != NULL) {   /* the last one's end is missing */
            status = end_message(tme, post->html.start, err);
            inside = false;
        }
        if (!inside)
            open_outside(tme);
        else
            open_inside(tme);
    } else if (inside) {
        close_inside(tme);
        if (post->divs == 0)
            status = end_message(tme, post->html.end, err);
    }
    return status;
}

static enum tm_status tme_next(void *state, struct tm_err *err)
{
    struct tme *tme = state;
    enum tm_html_event event;
    while ((event = tm_html_next(&tme->post.html)) != TM_HTML_END) {
        enum tm_status status = take(tme, event, err);
        if (status != TM_END)
            return status;
    }
    tm_html_post_cut(&tme->post);
    if (!tme->messages)
        tm_file_note(tme->post.file, TM_NOTE_NO_TEXT, NULL, "%s",
                     tme->empty ? "the page says that it has no posts"
                                : "a page of t.me without posts");
    return TM_END;
}

static enum tm_status tme_open(struct tm_file *file, void **ret_state, struct tm_err *err)
{
    struct tme *tme = calloc(1, sizeof *tme);
    if (tme == NULL)
        return tm_fail(err, TM_ERR_NOMEM, file->name, TM_NO_OFFSET, "out of memory");
    tm_html_post_init(&tme->post, file);
    *ret_state = tme;
    return TM_OK;
}

static void tme_close(void *state)
{
    struct tme *tme = state;
    struct tm_buf *const bufs[] = {&tme->channel, &tme->owner, &tme->forward, &tme->author,
                                   &tme->date, &tme->reply, &tme->place, &tme->view};
    tm_html_post_finish(&tme->post);
    for (size_t i = 0; i < sizeof bufs / sizeof *bufs; i++)
        tm_buf_finish(bufs[i]);
    free(tme);
}

/* A page begins with a tag; a piece of one may begin with anything but what is JSON. */
static int tme_bid(const char *p, size_t n)
{
    static const char *const marks[] = {"class=\"tgme_widget_message", "class=\"tgme_channel_info",
                                        "class=\"tme_no_messages_found"};
    struct tm_str head = tm_str_trim((struct tm_str){p, n});
    bool marked = false;
    if (head.n == 0 || head.p[0] == '{')
        return 0;
    for (size_t i = 0; i < sizeof marks / sizeof *marks; i++)
        marked |= memmem(p, n, marks[i], strlen(marks[i])) != NULL;
    return !marked ? 0 : head.p[0] == '<' ? 95 : 60;
}

const struct tm_format tm_format_tme_html = {
    "tme-html", tme_bid, tme_open, tme_next, tme_close,
};
