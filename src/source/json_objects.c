/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Objects that are posts: JSON Lines, arrays of objects, objects one after another. The names are
 * those of Telethon (dumps of to_dict and of its users), snscrape and the Bot API; the options add
 * others.
 */
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "source/ident.h"
#include "source/json_file.h"

static const struct tm_field_name names[] = {
    {TM_FIELD_NAME("text"), TM_FIELD_TEXT},
    {TM_FIELD_NAME("message"), TM_FIELD_MESSAGE},
    {TM_FIELD_NAME("content"), TM_FIELD_CONTENT},
    {TM_FIELD_NAME("id"), TM_FIELD_ID},
    {TM_FIELD_NAME("message_id"), TM_FIELD_MESSAGE_ID},
    {TM_FIELD_NAME("channel_id"), TM_FIELD_CHANNEL_ID},
    {TM_FIELD_NAME("peer_id"), TM_FIELD_PEER},
    {TM_FIELD_NAME("chat_id"), TM_FIELD_PEER},
    {TM_FIELD_NAME("sender_id"), TM_FIELD_SENDER},
    {TM_FIELD_NAME("channel"), TM_FIELD_CHANNEL},
    {TM_FIELD_NAME("chat"), TM_FIELD_CHANNEL},
    {TM_FIELD_NAME("channel_username"), TM_FIELD_HANDLE},
    {TM_FIELD_NAME("date"), TM_FIELD_DATE},
    {TM_FIELD_NAME("edit_date"), TM_FIELD_EDITED},
    {TM_FIELD_NAME("views"), TM_FIELD_VIEWS},
    {TM_FIELD_NAME("post_author"), TM_FIELD_SIGNATURE},
    {TM_FIELD_NAME("author"), TM_FIELD_AUTHOR},
    {TM_FIELD_NAME("fwd_from"), TM_FIELD_FORWARD},
    {TM_FIELD_NAME("forwarded_from"), TM_FIELD_FORWARD},
    {TM_FIELD_NAME("reply_to"), TM_FIELD_REPLY},
    {TM_FIELD_NAME("reply_to_message_id"), TM_FIELD_REPLY},
    {TM_FIELD_NAME("reply_to_msg_id"), TM_FIELD_REPLY},
    {TM_FIELD_NAME("url"), TM_FIELD_URL},
    {TM_FIELD_NAME("media"), TM_FIELD_MEDIA},
    {TM_FIELD_NAME("media_type"), TM_FIELD_MEDIA},
    {TM_FIELD_NAME("_"), TM_FIELD_KIND},
    {TM_FIELD_NAME("entities"), TM_FIELD_LINKS},
    {TM_FIELD_NAME("caption_entities"), TM_FIELD_LINKS},
    {{NULL, 0}, TM_FIELD_NONE},
};

static const struct tm_field_nested nested[] = {
    {TM_FIELD_PEER, TM_FIELD_NAME("channel_id"), TM_FIELD_PEER},
    {TM_FIELD_SENDER, TM_FIELD_NAME("channel_id"), TM_FIELD_CHANNEL_ID},
    {TM_FIELD_CHANNEL_ID, TM_FIELD_NAME("channel_id"), TM_FIELD_CHANNEL_ID},
    {TM_FIELD_CHANNEL, TM_FIELD_NAME("id"), TM_FIELD_PEER},
    {TM_FIELD_CHANNEL, TM_FIELD_NAME("title"), TM_FIELD_CHANNEL},
    {TM_FIELD_CHANNEL, TM_FIELD_NAME("username"), TM_FIELD_HANDLE},
    {TM_FIELD_FORWARD, TM_FIELD_NAME("from_name"), TM_FIELD_FORWARD},
    {TM_FIELD_REPLY, TM_FIELD_NAME("reply_to_msg_id"), TM_FIELD_REPLY},
    {TM_FIELD_MEDIA, TM_FIELD_NAME("_"), TM_FIELD_MEDIA},
    {TM_FIELD_NONE, {NULL, 0}, TM_FIELD_NONE},
};

static const char *const service_kinds[] = {"MessageService", "MessageEmpty", NULL};

struct objects {
    struct tm_json_file in;
};

/* "MessageMediaPhoto" is a photo. */
static struct tm_str media_name(struct tm_arena *arena, struct tm_str media)
{
    static const struct tm_str prefix = {"MessageMedia", 12};
    if (!tm_str_starts(media, prefix) || media.n == prefix.n)
        return media;
    struct tm_str name = tm_arena_copy(arena, (struct tm_str){media.p + prefix.n,
                                                              media.n - prefix.n});
    for (size_t i = 0; name.p != NULL && i < name.n; i++) {
        char *c = (char *)(uintptr_t)name.p + i;
        if (*c >= 'A' && *c <= 'Z')
            *c = (char)(*c | 0x20);
    }
    return name;
}

/* The channel's bare id from the fields that may hold it, or unknown. */
static struct tm_str channel_number(struct tm_fields *fields)
{
    static const enum tm_field order[] = {TM_FIELD_CHANNEL_ID, TM_FIELD_PEER, TM_FIELD_SENDER};
    for (size_t i = 0; i < sizeof order / sizeof *order; i++) {
        struct tm_slot *slot = &fields->slots[order[i]];
        struct tm_str number = tm_ident_channel(slot->value);
        /* A sender without a sign is a person, who does not make a source. */
        bool person = order[i] == TM_FIELD_SENDER && slot->value.n != 0 && slot->value.p[0] != '-';
        if (number.p == NULL || person)
            continue;
        slot->used = true;
        return number;
    }
    return TM_STR_UNKNOWN;
}

/* Who and where: the channel by number, handle or title, else by the address, else by the file. */
static bool identify(struct objects *objects, struct tm_doc *doc)
{
    struct tm_fields *fields = &objects->in.fields;
    struct tm_file *file = objects->in.file;
    struct tm_ident ident = {0};
    struct tm_ident_link link = {0};
    struct tm_str title = tm_fields_text(fields, TM_FIELD_CHANNEL, TM_FIELD_NONE);
    struct tm_str handle = tm_fields_text(fields, TM_FIELD_HANDLE, TM_FIELD_NONE);
    bool linked = tm_ident_link(doc->url, &link);

    ident.source = channel_number(fields);
    if (ident.source.p == NULL)
        ident.source = link.channel;
    ident.source_id = ident.source.p != NULL;
    if (ident.source.p == NULL)
        ident.source = handle.p != NULL ? handle : link.handle.p != NULL ? link.handle : title;
    doc->channel = title.p != NULL ? title : tm_str_of(file->options->channel);
    if (doc->channel.p == NULL)
        doc->channel = handle.p != NULL ? handle : link.handle;
    if (ident.source.p == NULL)
        ident.source = doc->channel.p != NULL ? doc->channel : tm_str_of(file->name);
    ident.message = tm_fields_text(fields, TM_FIELD_MESSAGE_ID, TM_FIELD_ID);
    if (ident.message.p == NULL)
        ident.message = link.message;
    if (!linked)
        ident.url = doc->url;
    doc->channel = tm_arena_copy(file->batch->arena, doc->channel);
    return tm_ident_fill(&ident, file->batch->arena, doc);
}

static enum tm_status make_document(struct objects *objects, struct tm_err *err)
{
    struct tm_json_file *in = &objects->in;
    struct tm_fields *fields = &in->fields;
    struct tm_doc *doc = tm_file_begin(in->file);
    if (doc == NULL)
        return tm_fail(err, TM_ERR_NOMEM, in->file->name, fields->start, "out of memory");
    struct tm_slot *body = tm_fields_take_body(fields, TM_FIELD_TEXT, TM_FIELD_MESSAGE,
                                               TM_FIELD_CONTENT);
    doc->text = body == NULL ? TM_STR("") : body->value;
    doc->markup = in->file->options->markup;
    /* What Telethon itself writes of a message has its markup beside the text, not in it. */
    if (doc->markup == TM_MARKUP_AUTO && body == &fields->slots[TM_FIELD_MESSAGE]
        && tm_str_is(fields->slots[TM_FIELD_KIND].value, "Message"))
        doc->markup = TM_MARKUP_NONE;
    doc->url = tm_fields_text(fields, TM_FIELD_URL, TM_FIELD_NONE);
    doc->forwarded_from = tm_fields_text(fields, TM_FIELD_FORWARD, TM_FIELD_NONE);
    doc->author = tm_fields_text(fields, TM_FIELD_SIGNATURE, TM_FIELD_AUTHOR);
    doc->reply_to = tm_fields_text(fields, TM_FIELD_REPLY, TM_FIELD_NONE);
    doc->media = media_name(in->file->batch->arena, tm_fields_text(fields, TM_FIELD_MEDIA,
                                                                  TM_FIELD_NONE));
    doc->date = tm_json_file_date(in, tm_fields_text(fields, TM_FIELD_DATE, TM_FIELD_NONE));
    doc->edited = tm_json_file_date(in, tm_fields_text(fields, TM_FIELD_EDITED, TM_FIELD_NONE));
    doc->views = tm_ident_integer(tm_fields_text(fields, TM_FIELD_VIEWS, TM_FIELD_NONE));
    if (!identify(objects, doc))
        return tm_fail(err, TM_ERR_NOMEM, in->file->name, fields->start, "out of memory");
    tm_json_file_extent(in, body, doc);
    tm_file_document(in->file, doc);
    return TM_OK;
}

static bool has_text(const struct tm_fields *fields)
{
    const struct tm_slot *slots = fields->slots;
    return slots[TM_FIELD_TEXT].seen || slots[TM_FIELD_MESSAGE].seen
           || slots[TM_FIELD_CONTENT].seen;
}

/* The names in the object last read, which still lies in the window. */
static void list_keys(const struct tm_json_file *in, struct tm_buf *keys)
{
    const struct tm_stream *stream = in->file->stream;
    size_t at = (size_t)(in->fields.start - stream->offset);
    struct tm_stream object = {.p = stream->p + at, .n = stream->n - at, .ended = true};
    struct tm_json json;
    tm_json_init(&json, &object, true);
    tm_json_next(&json);
    while (keys->n < 200 && tm_json_next(&json) == TM_JSON_KEY) {
        if (json.value.n < 60) {
            tm_buf_text(keys, keys->n == 0 ? "" : ", ");
            tm_buf_str(keys, json.value);
        }
        if (!tm_json_skip(&json, tm_json_next(&json)))
            break;
    }
    tm_json_finish(&json);
}

/* An object without a text is skipped; the first one is named. */
static void skip_textless(struct tm_json_file *in)
{
    tm_file_skipped(in->file, in->fields.start, in->fields.end);
    if (in->file->noted & TM_NOTE_NO_TEXT)
        return;
    struct tm_buf keys = {0};
    list_keys(in, &keys);
    tm_file_note(in->file, TM_NOTE_NO_TEXT, "--field text=NAME",
                 "objects without a text field are skipped; the first one has: %.*s",
                 keys.n == 0 ? 7 : (int)keys.n, keys.n == 0 ? "nothing" : keys.p);
    tm_buf_finish(&keys);
}

static enum tm_status objects_next(void *state, struct tm_err *err)
{
    struct objects *objects = state;
    struct tm_json_file *in = &objects->in;
    struct tm_json *json = &in->json;
    bool on = true;
    while (on) {
        tm_json_commit(json);
        unsigned depth = json->depth;
        enum tm_json_event event = tm_json_next(json);
        if (event == TM_JSON_END)
            return TM_END;
        if (event == TM_JSON_ARRAY_END || (event == TM_JSON_ARRAY && depth == 0))
            continue;
        if (event == TM_JSON_ERROR) {
            on = tm_json_file_recover(in, depth);
        } else if (event != TM_JSON_OBJECT) {
            on = tm_json_file_skip(in, event, depth);
        } else {
            enum tm_object object = tm_json_file_object(in);
            if (object == TM_OBJECT_STOP)
                break;
            if (object == TM_OBJECT_GOOD && has_text(&in->fields))
                return make_document(objects, err);
            if (object == TM_OBJECT_GOOD)
                skip_textless(in);
        }
    }
    if (in->fields.failed || json->status == TM_ERR_NOMEM)
        return tm_fail(err, TM_ERR_NOMEM, in->file->name, TM_NO_OFFSET, "out of memory");
    return TM_END;
}

static enum tm_status objects_open(struct tm_file *file, void **ret_state, struct tm_err *err)
{
    struct objects *objects = calloc(1, sizeof *objects);
    if (objects == NULL)
        return tm_fail(err, TM_ERR_NOMEM, file->name, TM_NO_OFFSET, "out of memory");
    objects->in.plan.names = names;
    objects->in.plan.nested = nested;
    objects->in.plan.skip = service_kinds;
    tm_json_file_init(&objects->in, file);
    *ret_state = objects;
    return TM_OK;
}

static void objects_close(void *state)
{
    struct objects *objects = state;
    tm_json_file_finish(&objects->in);
    free(objects);
}

/* Begins as an object, or as an array of objects. */
static int objects_bid(const char *p, size_t n)
{
    struct tm_str head = tm_str_trim((struct tm_str){p, n});
    for (unsigned brackets = 0; brackets < 2 && head.n != 0; brackets++) {
        char first = head.p[0];
        head = tm_str_trim((struct tm_str){head.p + 1, head.n - 1});
        if (first == '{')
            return head.n == 0 || head.p[0] == '"' || head.p[0] == '}' ? 70 : 0;
        if (first != '[')
            return 0;
        if (head.n == 0 || head.p[0] == ']')
            return 60;
    }
    return 0;
}

const struct tm_format tm_format_json = {
    "json", objects_bid, objects_open, objects_next, objects_close,
};
