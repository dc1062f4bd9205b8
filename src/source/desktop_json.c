/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Telegram Desktop's result.json, in its two shapes: one chat, whose object is the root, or a full
 * export, whose root holds lists of chats. Facts: Telegram Desktop, export_output_json.cpp.
 */
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "source/ident.h"
#include "source/json_file.h"

static const struct tm_field_name names[] = {
    {TM_FIELD_NAME("id"), TM_FIELD_MESSAGE_ID},
    {TM_FIELD_NAME("type"), TM_FIELD_KIND},
    {TM_FIELD_NAME("date"), TM_FIELD_DATE_LOCAL},
    {TM_FIELD_NAME("date_unixtime"), TM_FIELD_DATE},
    {TM_FIELD_NAME("edited"), TM_FIELD_EDITED_LOCAL},
    {TM_FIELD_NAME("edited_unixtime"), TM_FIELD_EDITED},
    {TM_FIELD_NAME("author"), TM_FIELD_SIGNATURE},
    {TM_FIELD_NAME("from"), TM_FIELD_AUTHOR},
    {TM_FIELD_NAME("from_id"), TM_FIELD_AUTHOR_ID},
    {TM_FIELD_NAME("forwarded_from"), TM_FIELD_FORWARD},
    {TM_FIELD_NAME("reply_to_message_id"), TM_FIELD_REPLY},
    {TM_FIELD_NAME("text"), TM_FIELD_TEXT},
    {TM_FIELD_NAME("text_entities"), TM_FIELD_ENTITIES},
    {TM_FIELD_NAME("poll"), TM_FIELD_POLL},
    {TM_FIELD_NAME("media_type"), TM_FIELD_MEDIA},
    {TM_FIELD_NAME("photo"), TM_FIELD_PHOTO},
    {TM_FIELD_NAME("file"), TM_FIELD_FILE},
    {TM_FIELD_NAME("location_information"), TM_FIELD_LOCATION},
    {TM_FIELD_NAME("contact_information"), TM_FIELD_CONTACT},
    {{NULL, 0}, TM_FIELD_NONE},
};

static const struct tm_field_nested nested[] = {{TM_FIELD_NONE, {NULL, 0}, TM_FIELD_NONE}};

static const char *const not_messages[] = {"service", "unsupported", NULL};

/* Where in the file the reader stands, outside messages. */
enum place {
    AT_ROOT,
    IN_ROOT,                /* the object of a full export, or of the one chat */
    IN_CHATS,               /* the object that holds a list of chats */
    IN_LIST,
    IN_CHAT,
};

struct chat {
    struct tm_buf name;
    struct tm_buf type;
    struct tm_buf id;
};

struct desktop {
    struct tm_json_file in;
    struct chat chat;
    enum place place;
    bool in_messages;
};

static struct tm_str known(const struct tm_buf *buf)
{
    return buf->n == 0 ? TM_STR_UNKNOWN : tm_buf_view(buf);
}

static bool is_private(struct tm_str type)
{
    static const char *const kinds[] = {"saved_messages", "replies", "verification_codes",
                                        "personal_chat", "bot_chat", "private_group",
                                        "private_supergroup"};
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        if (tm_str_is(type, kinds[i]))
            return true;
    }
    return false;
}

/* Who wrote it: the signature; a channel's `from` is the channel itself. */
static struct tm_str author(struct desktop *desktop)
{
    struct tm_fields *fields = &desktop->in.fields;
    struct tm_str id = fields->slots[TM_FIELD_AUTHOR_ID].value;
    struct tm_str type = known(&desktop->chat.type);
    bool channel = tm_str_is(type, "public_channel") || tm_str_is(type, "private_channel");
    if (id.p != NULL)
        channel = tm_str_starts(id, TM_STR("channel"));
    return tm_fields_text(fields, TM_FIELD_SIGNATURE, channel ? TM_FIELD_NONE : TM_FIELD_AUTHOR);
}

static struct tm_str media(struct tm_fields *fields)
{
    static const struct {
        enum tm_field field;
        const char *name;
    } kinds[] = {
        {TM_FIELD_PHOTO, "photo"}, {TM_FIELD_FILE, "file"}, {TM_FIELD_POLL, "poll"},
        {TM_FIELD_LOCATION, "location"}, {TM_FIELD_CONTACT, "contact"},
    };
    struct tm_str type = tm_fields_text(fields, TM_FIELD_MEDIA, TM_FIELD_NONE);
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds && type.p == NULL; i++) {
        if (fields->slots[kinds[i].field].value.p != NULL)
            type = tm_str_of(kinds[i].name);
    }
    return type;
}

static bool identify(struct desktop *desktop, struct tm_doc *doc)
{
    struct tm_file *file = desktop->in.file;
    struct tm_ident ident = {.source = tm_ident_channel(known(&desktop->chat.id))};
    struct tm_str name = known(&desktop->chat.name);
    if (name.p == NULL)
        name = tm_str_of(file->options->channel);
    ident.source_id = ident.source.p != NULL;
    if (!ident.source_id)
        ident.source = name.p != NULL ? name : tm_str_of(file->name);
    ident.message = tm_fields_text(&desktop->in.fields, TM_FIELD_MESSAGE_ID, TM_FIELD_NONE);
    doc->channel = tm_arena_copy(file->batch->arena, name);
    return tm_ident_fill(&ident, file->batch->arena, doc);
}

static enum tm_status make_document(struct desktop *desktop, struct tm_err *err)
{
    struct tm_json_file *in = &desktop->in;
    struct tm_fields *fields = &in->fields;
    struct tm_doc *doc = tm_file_begin(in->file);
    if (doc == NULL)
        return tm_fail(err, TM_ERR_NOMEM, in->file->name, fields->start, "out of memory");
    struct tm_slot *body = tm_fields_take_body(fields, TM_FIELD_TEXT, TM_FIELD_ENTITIES,
                                               TM_FIELD_NONE);
    doc->text = body == NULL ? TM_STR("") : body->value;
    doc->markup = TM_MARKUP_NONE;
    doc->date = tm_json_file_date(in, tm_fields_text(fields, TM_FIELD_DATE, TM_FIELD_DATE_LOCAL));
    doc->edited = tm_json_file_date(in, tm_fields_text(fields, TM_FIELD_EDITED,
                                                      TM_FIELD_EDITED_LOCAL));
    doc->author = author(desktop);
    doc->forwarded_from = tm_fields_text(fields, TM_FIELD_FORWARD, TM_FIELD_NONE);
    doc->reply_to = tm_fields_text(fields, TM_FIELD_REPLY, TM_FIELD_NONE);
    doc->media = media(fields);
    if (!identify(desktop, doc))
        return tm_fail(err, TM_ERR_NOMEM, in->file->name, fields->start, "out of memory");
    tm_json_file_extent(in, body, doc);
    tm_file_document(in->file, doc);
    return TM_OK;
}

/* A value of the chat's header: kept, and its bytes are metadata. */
static void keep(struct desktop *desktop, struct tm_buf *buf, enum tm_json_event event)
{
    struct tm_json *json = &desktop->in.json;
    buf->n = 0;
    if (event != TM_JSON_STRING && event != TM_JSON_NUMBER)
        return;
    if (json->bad_utf8 != TM_NO_OFFSET) {
        tm_file_tell(desktop->in.file, TM_FAULT, json->bad_utf8, NULL,
                     "the chat's name is not UTF-8 and is left out");
        json->bad_utf8 = TM_NO_OFFSET;
        return;
    }
    tm_buf_str(buf, json->value);
    desktop->in.file->metadata += json->raw;
}

static void enter_messages(struct desktop *desktop)
{
    struct tm_str type = known(&desktop->chat.type);
    desktop->in_messages = true;
    desktop->in.indent = -1;
    if (is_private(type))
        tm_file_note(desktop->in.file, TM_NOTE_PRIVATE, "leave such chats out of the export",
                     "a private chat (%.*s) is read, is this meant?", (int)type.n, type.p);
}

/* A key outside messages and its value; false on a JSON error. */
static bool read_header(struct desktop *desktop, struct tm_json *json)
{
    bool chat = desktop->place == IN_ROOT || desktop->place == IN_CHAT;
    bool messages = chat && tm_str_is(json->value, "messages");
    bool chats = desktop->place == IN_ROOT && (tm_str_is(json->value, "chats")
                                               || tm_str_is(json->value, "left_chats"));
    bool list = desktop->place == IN_CHATS && tm_str_is(json->value, "list");
    struct tm_buf *buf = !chat                             ? NULL
                         : tm_str_is(json->value, "name") ? &desktop->chat.name
                         : tm_str_is(json->value, "type") ? &desktop->chat.type
                         : tm_str_is(json->value, "id")   ? &desktop->chat.id
                                                           : NULL;
    enum tm_json_event event = tm_json_next(json);
    if (buf != NULL)
        keep(desktop, buf, event);
    if (messages && event == TM_JSON_ARRAY)
        enter_messages(desktop);
    else if (chats && event == TM_JSON_OBJECT)
        desktop->place = IN_CHATS;
    else if (list && event == TM_JSON_ARRAY)
        desktop->place = IN_LIST;
    else
        return tm_json_skip(json, event);
    return true;
}

/* Steps from place to place by brackets. */
static void step(struct desktop *desktop, enum tm_json_event event)
{
    if (event == TM_JSON_OBJECT) {
        desktop->place = desktop->place == AT_ROOT ? IN_ROOT : IN_CHAT;
        desktop->chat.name.n = desktop->chat.type.n = desktop->chat.id.n = 0;
    } else if (event == TM_JSON_ARRAY_END) {
        desktop->place = IN_CHATS;
    } else if (event == TM_JSON_OBJECT_END) {
        desktop->place = desktop->place == IN_CHAT ? IN_LIST
                         : desktop->place == IN_CHATS ? IN_ROOT : AT_ROOT;
    }
}

/* One event outside messages; false when the file ends. */
static bool outside_messages(struct desktop *desktop)
{
    struct tm_json *json = &desktop->in.json;
    bool opens = desktop->place == AT_ROOT || desktop->place == IN_LIST;
    enum tm_json_event event = tm_json_next(json);
    if (event == TM_JSON_END)
        return false;
    if (event == TM_JSON_ERROR || (event == TM_JSON_KEY && !read_header(desktop, json)))
        return tm_json_file_give_up(&desktop->in);  /* whose messages follow cannot be known */
    if (event == TM_JSON_OBJECT || event == TM_JSON_OBJECT_END || event == TM_JSON_ARRAY_END)
        step(desktop, event);
    else if (event != TM_JSON_KEY && opens)
        return tm_json_file_skip(&desktop->in, event, json->depth);
    json->bad_utf8 = TM_NO_OFFSET;
    json->oversize = false;
    return true;
}

static enum tm_status desktop_next(void *state, struct tm_err *err)
{
    struct desktop *desktop = state;
    struct tm_json_file *in = &desktop->in;
    struct tm_json *json = &in->json;
    bool on = true;
    while (on) {
        tm_json_commit(json);
        if (!desktop->in_messages) {
            on = outside_messages(desktop);
            continue;
        }
        unsigned depth = json->depth;
        enum tm_json_event event = tm_json_next(json);
        if (event == TM_JSON_ARRAY_END) {
            desktop->in_messages = false;
        } else if (event == TM_JSON_ERROR) {
            on = tm_json_file_recover(in, depth);
        } else if (event != TM_JSON_OBJECT) {
            on = tm_json_file_skip(in, event, depth);
        } else {
            enum tm_object object = tm_json_file_object(in);
            if (object == TM_OBJECT_STOP)
                break;
            if (object == TM_OBJECT_GOOD)
                return make_document(desktop, err);
            if (json->depth == 0)       /* nothing could be made of the rest */
                desktop->in_messages = false;
        }
    }
    if (in->fields.failed || json->status == TM_ERR_NOMEM || desktop->chat.name.failed
        || desktop->chat.type.failed || desktop->chat.id.failed)
        return tm_fail(err, TM_ERR_NOMEM, in->file->name, TM_NO_OFFSET, "out of memory");
    return TM_END;
}

static enum tm_status desktop_open(struct tm_file *file, void **ret_state, struct tm_err *err)
{
    struct desktop *desktop = calloc(1, sizeof *desktop);
    if (desktop == NULL)
        return tm_fail(err, TM_ERR_NOMEM, file->name, TM_NO_OFFSET, "out of memory");
    desktop->in.plan.names = names;
    desktop->in.plan.nested = nested;
    desktop->in.plan.skip = not_messages;
    tm_json_file_init(&desktop->in, file);
    *ret_state = desktop;
    return TM_OK;
}

static void desktop_close(void *state)
{
    struct desktop *desktop = state;
    tm_json_file_finish(&desktop->in);
    tm_buf_finish(&desktop->chat.name);
    tm_buf_finish(&desktop->chat.type);
    tm_buf_finish(&desktop->chat.id);
    free(desktop);
}

/* Does the key stand in the text, and a value that begins with `opens` after it? */
static bool has_key(struct tm_str text, const char *key, char opens)
{
    size_t k = strlen(key);
    const char *end = text.p + text.n;
    for (const char *p = text.p; (p = memmem(p, (size_t)(end - p), key, k)) != NULL; p++) {
        if (p[-1] != '"' || end - p < (ptrdiff_t)k + 2 || p[k] != '"')
            continue;
        struct tm_str rest = tm_str_trim((struct tm_str){p + k + 1, (size_t)(end - p) - k - 1});
        if (rest.n == 0 || rest.p[0] != ':')
            continue;
        rest = tm_str_trim((struct tm_str){rest.p + 1, rest.n - 1});
        if (rest.n == 0 || rest.p[0] == opens)
            return true;
    }
    return false;
}

/* An object whose first key is one that Desktop begins with, and that has messages or chats. */
static int desktop_bid(const char *p, size_t n)
{
    static const char *const first[] = {"name", "type", "id", "about", "personal_information",
                                        "profile_pictures", "messages", "chats"};
    struct tm_str head = tm_str_trim((struct tm_str){p, n});
    if (head.n == 0 || head.p[0] != '{')
        return 0;
    head = tm_str_trim((struct tm_str){head.p + 1, head.n - 1});
    if (head.n == 0 || head.p[0] != '"')
        return 0;
    bool begins = false;
    for (size_t i = 0; i < sizeof first / sizeof *first && !begins; i++) {
        size_t k = strlen(first[i]);
        begins = head.n > k + 1 && memcmp(head.p + 1, first[i], k) == 0 && head.p[k + 1] == '"';
    }
    return begins && (has_key(head, "messages", '[') || has_key(head, "chats", '{')
                      || has_key(head, "personal_information", '{')) ? 90 : 0;
}

const struct tm_format tm_format_desktop_json = {
    "desktop-json", desktop_bid, desktop_open, desktop_next, desktop_close,
};
