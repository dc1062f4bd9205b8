/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Telegram Desktop's messages*.html, a thousand messages a file. Facts: Telegram Desktop,
 * export_output_html.cpp. The channel's number is not in the page, its title stands for it. A
 * message that is joined to the one before has no author of its own; the first one of a file never
 * is. What the pages say of reactions, buttons and replies is never read as text.
 */
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "source/html_post.h"

enum {
    MESSAGE = 1 << 0,
    SERVICE = 1 << 1,
    JOINED = 1 << 2,
    HEADER = 1 << 3,
    TEXT = 1 << 4,
    NAME = 1 << 5,
    FORWARDED = 1 << 6,
    DATE = 1 << 7,
    REPLY = 1 << 8,
    SIGNATURE = 1 << 9,
    MEDIA = 1 << 10,
    TITLE = 1 << 11,
    KIND = 1 << 12,             /* times the index of a kind of media */
};

enum kind { NO_KIND, PHOTO, VIDEO, VIDEO_MESSAGE, VOICE, ANIMATION, STICKER, AUDIO, A_FILE,
            LOCATION, CONTACT, POLL };

/* As the JSON export calls them. */
static const char *const kinds[] = {
    NULL, "photo", "video_file", "video_message", "voice_message", "animation", "sticker",
    "audio_file", "file", "location", "contact", "poll",
};

static const struct tm_html_class classes[] = {
    {TM_HTML_CLASS("message"), MESSAGE},
    {TM_HTML_CLASS("service"), SERVICE},
    {TM_HTML_CLASS("joined"), JOINED},
    {TM_HTML_CLASS("page_header"), HEADER},
    {TM_HTML_CLASS("text"), TEXT},
    {TM_HTML_CLASS("from_name"), NAME},
    {TM_HTML_CLASS("forwarded"), FORWARDED},
    {TM_HTML_CLASS("date"), DATE},
    {TM_HTML_CLASS("reply_to"), REPLY},
    {TM_HTML_CLASS("signature"), SIGNATURE},
    {TM_HTML_CLASS("media_wrap"), MEDIA},
    {TM_HTML_CLASS("title"), TITLE},
    {TM_HTML_CLASS("media_photo"), KIND * PHOTO},
    {TM_HTML_CLASS("photo_wrap"), KIND * PHOTO},
    {TM_HTML_CLASS("media_video"), KIND * VIDEO},
    {TM_HTML_CLASS("video_file_wrap"), KIND * VIDEO},
    {TM_HTML_CLASS("animated_wrap"), KIND * ANIMATION},
    {TM_HTML_CLASS("sticker_wrap"), KIND * STICKER},
    {TM_HTML_CLASS("media_voice_message"), KIND * VOICE},
    {TM_HTML_CLASS("media_audio_file"), KIND * AUDIO},
    {TM_HTML_CLASS("media_file"), KIND * A_FILE},
    {TM_HTML_CLASS("media_location"), KIND * LOCATION},
    {TM_HTML_CLASS("media_live_location"), KIND * LOCATION},
    {TM_HTML_CLASS("media_venue"), KIND * LOCATION},
    {TM_HTML_CLASS("media_contact"), KIND * CONTACT},
    {TM_HTML_CLASS("media_poll"), KIND * POLL},
    {{NULL, 0}, 0},
};

/* Titles of media blocks that say more than their class. */
static const struct {
    const char *title;
    enum kind kind;
} titles[] = {
    {"Sticker", STICKER},
    {"Animation", ANIMATION},
    {"Video message", VIDEO_MESSAGE},
};

static const char unsupported[] = "This message is not supported by this version of Telegram "
                                  "Desktop. Please update the application.";

enum { IN_TITLE = TM_REGION_OWN, IN_NAME, IN_FORWARD, IN_SIGNATURE, IN_REPLY, IN_MEDIA_TITLE };

struct desktop {
    struct tm_html_post post;
    struct tm_buf title;
    struct tm_buf name;             /* of the last message that had one */
    struct tm_buf forward;          /* the same */
    struct tm_buf signature;
    struct tm_buf date;
    struct tm_buf reply;
    struct tm_buf id;
    bool messages;                  /* there was one */
    bool ended;                     /* </html> was there */
    bool header;                    /* divs are those of the header */
    bool service;
    bool forwarded;
    enum kind kind;
    unsigned media;                 /* depth of the media block, 0 outside */
    unsigned passed;                /* open spans of a date inside a name */
};

/* Takes the digits behind `mark`. */
static void keep_number(struct desktop *desktop, struct tm_buf *buf, struct tm_str value,
                        const char *mark)
{
    size_t k = strlen(mark);
    const char *found = value.n == 0 ? NULL : memmem(value.p, value.n, mark, k);
    if (found == NULL)
        return;
    const char *end = found + k;
    while (end < value.p + value.n && *end >= '0' && *end <= '9')
        end++;
    tm_html_post_keep(&desktop->post, buf, (struct tm_str){found + k, (size_t)(end - found) - k});
}

static void begin_message(struct desktop *desktop, uint32_t bits)
{
    struct tm_html_post *post = &desktop->post;
    tm_html_post_begin(post);
    desktop->messages = true;
    desktop->service = bits & SERVICE;
    desktop->forwarded = false;
    desktop->kind = NO_KIND;
    desktop->media = desktop->passed = 0;
    desktop->signature.n = desktop->date.n = desktop->reply.n = desktop->id.n = 0;
    if (!(bits & (JOINED | SERVICE)))
        desktop->name.n = desktop->forward.n = 0;
    keep_number(desktop, &desktop->id, tm_html_attribute(post->html.raw, "id"), "message");
}

/* The kind that the classes name; those of several in one element give some kind or none. */
static enum kind kind_of(uint32_t bits)
{
    uint32_t kind = bits / KIND;
    return kind < sizeof kinds / sizeof *kinds ? (enum kind)kind : NO_KIND;
}

/* A tag inside a message and outside its regions. */
static void read_element(struct desktop *desktop, uint32_t bits)
{
    struct tm_html_post *post = &desktop->post;
    bool div = post->html.tag == TM_HTML_DIV;
    if (bits >= KIND && desktop->kind == NO_KIND)
        desktop->kind = kind_of(bits);
    if (!div)
        return;
    if ((bits & MEDIA) && desktop->media == 0)
        desktop->media = post->divs;
    else if (desktop->media != 0 && (bits & TITLE))
        tm_html_post_enter(post, IN_MEDIA_TITLE);
    else if (desktop->media != 0)
        return;
    else if (bits & TEXT)
        tm_html_post_enter(post, TM_REGION_TEXT);
    else if (bits & NAME)
        tm_html_post_enter(post, desktop->forwarded ? IN_FORWARD : IN_NAME);
    else if (bits & SIGNATURE)
        tm_html_post_enter(post, IN_SIGNATURE);
    else if (bits & REPLY)
        tm_html_post_enter(post, IN_REPLY);
    else if ((bits & DATE) && desktop->date.n == 0)
        tm_html_post_keep(post, &desktop->date, tm_html_attribute(post->html.raw, "title"));
    desktop->forwarded |= bits & FORWARDED;
}

/* Without what the page adds to a name; somebody who is gone has none. */
static void keep_name(struct desktop *desktop, struct tm_buf *buf)
{
    tm_html_post_keep_value(&desktop->post, buf);
    struct tm_str name = tm_buf_view(buf);
    const char *via = name.n == 0 ? NULL : memmem(name.p, name.n, " via @", 6);
    if (via != NULL)
        name.n = (size_t)(via - name.p);
    buf->n = tm_str_is(name, "Deleted Account") ? 0 : tm_str_trim(name).n;
}

static void end_region(struct desktop *desktop, int region)
{
    struct tm_html_post *post = &desktop->post;
    struct tm_str value = tm_html_text_view(&post->value);
    switch (region) {
    case IN_NAME:
        keep_name(desktop, &desktop->name);
        break;
    case IN_FORWARD:
        keep_name(desktop, &desktop->forward);
        break;
    case IN_SIGNATURE:
        tm_html_post_keep_value(post, &desktop->signature);
        break;
    case IN_MEDIA_TITLE:
        for (size_t i = 0; i < sizeof titles / sizeof *titles; i++) {
            if (tm_str_is(value, titles[i].title))
                desktop->kind = titles[i].kind;
        }
        break;
    case IN_TITLE:
        if (desktop->title.n == 0) {
            tm_html_post_keep_value(post, &desktop->title);
            post->file->metadata += post->value.raw;
        }
        break;
    default:
        break;
    }
}

/* 30.12.2021 10:00:37 UTC+01:00, in older exports without a zone. */
static int64_t date_of(struct desktop *desktop)
{
    const char *p = desktop->date.p;
    char iso[64];
    bool zone;
    if (desktop->date.n < 19 || desktop->date.n > 40)
        return TM_UNKNOWN;
    struct tm_str rest = tm_str_trim((struct tm_str){p + 19, desktop->date.n - 19});
    if (rest.n > 3 && tm_str_starts(rest, TM_STR("UTC"))) {
        rest.p += 3;
        rest.n -= 3;
    }
    memcpy(iso, p + 6, 4);
    iso[4] = iso[7] = '-';
    memcpy(iso + 5, p + 3, 2);
    memcpy(iso + 8, p, 2);
    iso[10] = 'T';
    memcpy(iso + 11, p + 11, 8);
    if (rest.n != 0)
        memcpy(iso + 19, rest.p, rest.n);
    if (p[2] != '.' || p[5] != '.' || p[10] != ' ')
        return TM_UNKNOWN;
    int64_t date = tm_ident_date((struct tm_str){iso, 19 + rest.n}, &zone);
    if (!zone)
        tm_file_note(desktop->post.file, TM_NOTE_NO_ZONE, NULL,
                     "dates without a time zone are taken as UTC");
    return date;
}

/* The signature; a name that is the channel's own is none. */
static const struct tm_buf *author_of(const struct desktop *desktop)
{
    static const struct tm_buf none = {0};
    if (desktop->signature.n != 0)
        return &desktop->signature;
    bool own = tm_str_equal(tm_buf_view(&desktop->name), tm_buf_view(&desktop->title));
    return own ? &none : &desktop->name;
}

static bool identify(struct desktop *desktop, struct tm_doc *doc)
{
    struct tm_html_post *post = &desktop->post;
    struct tm_file *file = post->file;
    struct tm_str title = desktop->title.n != 0 ? tm_buf_view(&desktop->title)
                                                : tm_str_of(file->options->channel);
    struct tm_ident ident = {
        .source = title.p != NULL ? title : tm_str_of(file->name),
        .message = tm_buf_view(&desktop->id),
    };
    doc->channel = tm_arena_copy(file->batch->arena, title);
    post->failed |= title.p != NULL && doc->channel.p == NULL;
    return tm_ident_fill(&ident, file->batch->arena, doc) && !post->failed;
}

/* TM_END when the message becomes no document. */
static enum tm_status end_message(struct desktop *desktop, uint64_t end, struct tm_err *err)
{
    struct tm_html_post *post = &desktop->post;
    struct tm_file *file = post->file;
    if (post->region != TM_REGION_NONE)
        end_region(desktop, post->region);
    post->region = TM_REGION_NONE;
    post->divs = 0;
    if (desktop->service || tm_str_is(tm_html_text_view(&post->text), unsupported)) {
        tm_file_skipped(file, post->start, end);
        return TM_END;
    }
    struct tm_doc *doc = tm_html_post_document(post, end);
    if (doc == NULL && !post->failed)
        return TM_END;
    if (doc != NULL) {
        doc->date = date_of(desktop);
        doc->author = tm_html_post_copy(post, author_of(desktop));
        if (desktop->forwarded)
            doc->forwarded_from = tm_html_post_copy(post, &desktop->forward);
        doc->reply_to = tm_html_post_copy(post, &desktop->reply);
        doc->media = tm_str_of(kinds[desktop->kind]);
    }
    if (doc == NULL || !identify(desktop, doc))
        return tm_fail(err, TM_ERR_NOMEM, file->name, post->start, "out of memory");
    tm_file_document(file, doc);
    return TM_OK;
}

static void open_inside(struct desktop *desktop)
{
    struct tm_html_post *post = &desktop->post;
    uint64_t tag = post->html.tag;
    if (tag == TM_HTML_DIV)
        post->divs++;
    if (desktop->passed != 0) {
        desktop->passed += tag == TM_HTML_SPAN;
        return;
    }
    if (post->region == TM_REGION_TEXT) {
        tm_html_post_follow(post, TM_HTML_OPEN);
        return;
    }
    if (post->region == TM_REGION_NONE) {
        uint32_t bits = tm_html_post_classes(post, classes);
        if (!desktop->header && bits != 0)
            read_element(desktop, bits);
        else if (desktop->header && (bits & TEXT))
            tm_html_post_enter(post, IN_TITLE);
        return;
    }
    if (post->region == IN_REPLY && tag == TM_HTML_A)
        keep_number(desktop, &desktop->reply, tm_html_attribute(post->html.raw, "href"),
                    "go_to_message");
    if (tag == TM_HTML_SPAN && (tm_html_post_classes(post, classes) & DATE))
        desktop->passed = 1;
    else
        tm_html_post_follow(post, TM_HTML_OPEN);
}

static void close_inside(struct desktop *desktop)
{
    struct tm_html_post *post = &desktop->post;
    uint64_t tag = post->html.tag;
    if (desktop->passed != 0 && tag == TM_HTML_SPAN) {
        desktop->passed--;
    } else if (post->region != TM_REGION_NONE) {
        int region = tm_html_post_follow(post, TM_HTML_CLOSE);
        if (region != TM_REGION_NONE) {
            desktop->passed = 0;
            end_region(desktop, region);
        }
    }
    if (tag == TM_HTML_DIV) {
        if (post->divs == desktop->media)
            desktop->media = 0;
        post->divs--;
    }
}

/* A tag outside messages and header. */
static void open_outside(struct desktop *desktop)
{
    struct tm_html_post *post = &desktop->post;
    if (post->html.tag != TM_HTML_DIV)
        return;
    uint32_t bits = tm_html_post_classes(post, classes);
    desktop->header = (bits & HEADER) != 0;
    if (desktop->header)
        post->divs = 1;
    else if (bits & MESSAGE)
        begin_message(desktop, bits);
}

/* Does a new message begin inside this one, whose end tag is missing? */
static bool begins_inside(struct desktop *desktop)
{
    struct tm_html_post *post = &desktop->post;
    return post->html.tag == TM_HTML_DIV && !desktop->header
           && tm_str_starts(tm_html_attribute(post->html.raw, "id"), TM_STR("message"))
           && (tm_html_post_classes(post, classes) & MESSAGE);
}

/* One token; TM_OK when it ended a message that became a document, else TM_END. */
static enum tm_status take(struct desktop *desktop, enum tm_html_event event, struct tm_err *err)
{
    struct tm_html_post *post = &desktop->post;
    enum tm_status status = TM_END;
    bool inside = post->divs != 0;
    if (event == TM_HTML_HUGE && inside) {
        post->huge = true;
    } else if (event == TM_HTML_HUGE) {
        tm_file_tell(post->file, TM_FAULT, post->html.start, "raise max_document",
                     "tag or text of more than %zu bytes", post->html.limit);
        tm_file_broken(post->file, post->html.start, post->html.end);
    } else if (event == TM_HTML_TEXT) {
        if (inside && post->region != TM_REGION_NONE && desktop->passed == 0)
            tm_html_post_follow(post, event);
    } else if (event == TM_HTML_OPEN) {
        if (inside && begins_inside(desktop)) {
            status = end_message(desktop, post->html.start, err);
            inside = false;
        }
        if (!inside)
            open_outside(desktop);
        else if (!desktop->service)
            open_inside(desktop);
        else
            post->divs += post->html.tag == TM_HTML_DIV;
    } else if (inside) {
        close_inside(desktop);
        if (post->divs == 0 && desktop->header)
            desktop->header = false;
        else if (post->divs == 0)
            status = end_message(desktop, post->html.end, err);
    } else {
        desktop->ended |= post->html.tag == TM_HTML_TAG('h', 't', 'm', 'l', 0, 0, 0, 0);
    }
    return status;
}

static enum tm_status desktop_next(void *state, struct tm_err *err)
{
    struct desktop *desktop = state;
    struct tm_html_post *post = &desktop->post;
    enum tm_html_event event;
    while ((event = tm_html_next(&post->html)) != TM_HTML_END) {
        enum tm_status status = take(desktop, event, err);
        if (status != TM_END)
            return status;
    }
    if (desktop->header)
        post->divs = 0;
    bool cut = post->divs != 0 || post->html.cut;
    tm_html_post_cut(post);
    if (!desktop->messages)
        tm_file_note(post->file, TM_NOTE_NO_TEXT, NULL,
                     "a page of an export without messages, passed over");
    else if (!cut && !desktop->ended)
        tm_file_tell(post->file, TM_FAULT, post->file->stream->offset, NULL,
                     "the page has no end; it has been cut off");
    return TM_END;
}

static enum tm_status desktop_open(struct tm_file *file, void **ret_state, struct tm_err *err)
{
    struct desktop *desktop = calloc(1, sizeof *desktop);
    if (desktop == NULL)
        return tm_fail(err, TM_ERR_NOMEM, file->name, TM_NO_OFFSET, "out of memory");
    tm_html_post_init(&desktop->post, file);
    *ret_state = desktop;
    return TM_OK;
}

static void desktop_close(void *state)
{
    struct desktop *desktop = state;
    tm_html_post_finish(&desktop->post);
    tm_buf_finish(&desktop->title);
    tm_buf_finish(&desktop->name);
    tm_buf_finish(&desktop->forward);
    tm_buf_finish(&desktop->signature);
    tm_buf_finish(&desktop->date);
    tm_buf_finish(&desktop->reply);
    tm_buf_finish(&desktop->id);
    free(desktop);
}

/* The page of a chat; or another one of the export, which holds no posts but must not be taken for
 * a web page: contacts, sessions. */
static int desktop_bid(const char *p, size_t n)
{
    struct tm_str head = tm_str_trim((struct tm_str){p, n});
    if (head.n == 0 || head.p[0] != '<' || memmem(p, n, "class=\"page_wrap", 16) == NULL)
        return 0;
    if (memmem(p, n, "class=\"page_body chat_page", 26) != NULL)
        return 95;
    return memmem(p, n, "<title>Exported Data</title>", 28) != NULL ? 90 : 0;
}

const struct tm_format tm_format_desktop_html = {
    "desktop-html", desktop_bid, desktop_open, desktop_next, desktop_close,
};
