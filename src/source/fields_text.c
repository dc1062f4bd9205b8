/* SPDX-License-Identifier: Apache-2.0 */
/* Texts of JSON dumps: plain strings, and pieces with their entities. */
#include "source/fields.h"

#include <string.h>

#include "base/str.h"

/* More links than this of one document are not kept. */
#define MOST_LINKS 1000

/* Each target once. The list has room for the next power of two, as the cleaner expects it. */
static bool add_link(struct tm_fields *fields, struct tm_str target, uint64_t raw)
{
    for (size_t i = 0; i < fields->n_links; i++) {
        if (tm_str_equal(fields->links[i], target))
            return true;
    }
    if (fields->n_links == MOST_LINKS)
        return true;
    if (fields->n_links == fields->room_links) {
        size_t room = fields->room_links == 0 ? 4 : 2 * fields->room_links;
        struct tm_str *links = tm_arena_alloc(fields->arena, room * sizeof *links);
        if (links == NULL)
            return tm_fields_no_memory(fields);
        if (fields->n_links != 0)
            memcpy(links, fields->links, fields->n_links * sizeof *links);
        fields->links = links;
        fields->room_links = room;
    }
    struct tm_str copy = tm_arena_copy(fields->arena, target);
    if (copy.p == NULL)
        return tm_fields_no_memory(fields);
    fields->links[fields->n_links++] = copy;
    fields->links_raw += raw;
    return true;
}

/* Appends a text to the scratch buffer: a string; an object with a text; an array of both. */
static bool append_text(struct tm_fields *fields, struct tm_json *json, enum tm_json_event event,
                        uint64_t *raw)
{
    struct tm_buf *buf = &fields->plan->text;
    if (event == TM_JSON_STRING) {
        tm_buf_str(buf, json->value);
        *raw += json->raw;
        return true;
    }
    if (event != TM_JSON_ARRAY && event != TM_JSON_OBJECT)
        return event != TM_JSON_ERROR;
    unsigned depth = json->depth;
    while ((event = tm_json_next(json)), json->depth >= depth) {
        bool link = false;
        if (event == TM_JSON_ERROR)
            return false;
        if (event == TM_JSON_KEY) {
            bool text = tm_str_is(json->value, "text");
            link = tm_str_is(json->value, "href") || tm_str_is(json->value, "url");
            event = tm_json_next(json);
            if (!text && !(link && event == TM_JSON_STRING)) {
                if (!tm_json_skip(json, event))
                    return false;
                continue;
            }
        }
        if (link ? !add_link(fields, json->value, json->raw)
                 : !append_text(fields, json, event, raw))
            return false;
    }
    return event != TM_JSON_ERROR;
}

/* Places are counted in UTF-16 units and lie beside the text, which needs none of them to be read:
 * a link's address is all that is taken. */
bool tm_fields_read_links(struct tm_fields *fields, struct tm_json *json, enum tm_json_event event)
{
    if (event != TM_JSON_ARRAY)
        return tm_json_skip(json, event);
    unsigned depth = json->depth;
    while ((event = tm_json_next(json)), json->depth >= depth) {
        if (event == TM_JSON_ERROR)
            return false;
        if (event != TM_JSON_KEY || json->depth != depth + 1)
            continue;
        bool address = tm_str_is(json->value, "url");
        event = tm_json_next(json);
        if (address && event == TM_JSON_STRING ? !add_link(fields, json->value, json->raw)
                                               : !tm_json_skip(json, event))
            return false;
    }
    return event != TM_JSON_ERROR;
}

bool tm_fields_read_text(struct tm_fields *fields, struct tm_json *json, enum tm_field field,
                      enum tm_json_event event)
{
    uint64_t raw = 0;
    if (event == TM_JSON_STRING)
        return tm_fields_fill(fields, field, json->value, json->raw);
    if (event != TM_JSON_ARRAY && event != TM_JSON_OBJECT)
        return event != TM_JSON_ERROR;
    fields->plan->text.n = 0;
    if (!append_text(fields, json, event, &raw))
        return false;
    if (fields->plan->text.failed)
        return tm_fields_no_memory(fields);
    struct tm_str text = tm_buf_view(&fields->plan->text);
    return tm_fields_fill(fields, field, text.n == 0 ? TM_STR("") : text, raw);
}
