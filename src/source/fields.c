/* SPDX-License-Identifier: Apache-2.0 */
#include "source/fields.h"

#include <string.h>

#include "base/str.h"

struct tm_extra_value {
    size_t begin;           /* in plan->more */
    size_t n;               /* 0: the field is missing */
    uint64_t raw;
};

/* What users may name in options->fields. An option takes over all names of its group. */
static const struct tm_field_name roles[] = {
    {TM_FIELD_NAME("text"), TM_FIELD_TEXT},
    {TM_FIELD_NAME("id"), TM_FIELD_MESSAGE_ID},
    {TM_FIELD_NAME("date"), TM_FIELD_DATE},
    {TM_FIELD_NAME("channel"), TM_FIELD_CHANNEL},
    {TM_FIELD_NAME("channel_id"), TM_FIELD_CHANNEL_ID},
    {TM_FIELD_NAME("url"), TM_FIELD_URL},
    {TM_FIELD_NAME("author"), TM_FIELD_SIGNATURE},
    {TM_FIELD_NAME("edited"), TM_FIELD_EDITED},
    {TM_FIELD_NAME("views"), TM_FIELD_VIEWS},
    {TM_FIELD_NAME("forwarded_from"), TM_FIELD_FORWARD},
    {TM_FIELD_NAME("reply_to"), TM_FIELD_REPLY},
    {TM_FIELD_NAME("media"), TM_FIELD_MEDIA},
    {{NULL, 0}, TM_FIELD_NONE},
};

/* Splits "role=name"; the role's field, or TM_FIELD_NONE. */
static enum tm_field role_of(const char *pair, struct tm_str *ret_name)
{
    const char *sign = strchr(pair, '=');
    if (sign == NULL || sign[1] == '\0')
        return TM_FIELD_NONE;
    struct tm_str role = {pair, (size_t)(sign - pair)};
    *ret_name = tm_str_of(sign + 1);
    for (const struct tm_field_name *r = roles; r->field != TM_FIELD_NONE; r++) {
        if (tm_str_equal(r->name, role))
            return r->field;
    }
    return TM_FIELD_NONE;
}

enum tm_status tm_fields_check(const struct tm_input_options *options, struct tm_err *err)
{
    struct tm_str name = TM_STR_UNKNOWN;
    for (const char *const *pair = options->fields; pair != NULL && *pair != NULL; pair++) {
        if (role_of(*pair, &name) != TM_FIELD_NONE)
            continue;
        tm_fail(err, TM_ERR_USAGE, NULL, TM_NO_OFFSET, "unknown field pair '%s'", *pair);
        return tm_hint(err, "write ROLE=NAME; roles: text, id, date, channel, channel_id, url, "
                            "author, edited, views, forwarded_from, reply_to, media");
    }
    return TM_OK;
}

/* Fields whose default names an option on `field` switches off. */
static unsigned group_of(enum tm_field field)
{
    unsigned group = 1u << field;
    if (field == TM_FIELD_TEXT)
        group |= 1u << TM_FIELD_MESSAGE | 1u << TM_FIELD_CONTENT;
    if (field == TM_FIELD_MESSAGE_ID)
        group |= 1u << TM_FIELD_ID;
    if (field == TM_FIELD_CHANNEL_ID)
        group |= 1u << TM_FIELD_PEER | 1u << TM_FIELD_SENDER;
    if (field == TM_FIELD_CHANNEL)
        group |= 1u << TM_FIELD_HANDLE;
    if (field == TM_FIELD_SIGNATURE)
        group |= 1u << TM_FIELD_AUTHOR;
    return group;
}

static uint64_t filter_bit(struct tm_str name)
{
    unsigned first = name.n == 0 ? 0 : (unsigned char)name.p[0];
    return (uint64_t)1 << ((first * 7 + name.n) & 63);
}

void tm_fields_plan_init(struct tm_fields_plan *plan)
{
    struct tm_str name = TM_STR_UNKNOWN;
    for (const struct tm_field_name *n = plan->names; n->field != TM_FIELD_NONE; n++)
        plan->filter |= filter_bit(n->name);
    const char *const *pair = plan->options->fields;
    for (; pair != NULL && *pair != NULL; pair++)
        plan->overridden |= group_of(role_of(*pair, &name));
}

void tm_fields_plan_finish(struct tm_fields_plan *plan)
{
    tm_buf_finish(&plan->text);
    tm_buf_finish(&plan->more);
}

static enum tm_field field_of(const struct tm_fields_plan *plan, struct tm_str key)
{
    struct tm_str name = TM_STR_UNKNOWN;
    if (plan->overridden != 0) {
        for (const char *const *pair = plan->options->fields; *pair != NULL; pair++) {
            enum tm_field field = role_of(*pair, &name);
            if (tm_str_equal(name, key))
                return field;
        }
    }
    if ((plan->filter & filter_bit(key)) == 0)
        return TM_FIELD_NONE;
    for (const struct tm_field_name *n = plan->names; n->field != TM_FIELD_NONE; n++) {
        if (tm_str_equal(n->name, key))
            return (plan->overridden >> n->field) & 1 ? TM_FIELD_NONE : n->field;
    }
    return TM_FIELD_NONE;
}

bool tm_fields_no_memory(struct tm_fields *fields)
{
    fields->failed = true;
    return false;
}

/* Puts a value into a slot, copied into the arena. */
bool tm_fields_fill(struct tm_fields *fields, enum tm_field field, struct tm_str value,
                    uint64_t raw)
{
    struct tm_slot *slot = &fields->slots[field];
    slot->value = tm_arena_copy(fields->arena, value);
    slot->raw = raw;
    return slot->value.p != NULL || tm_fields_no_memory(fields);
}

/* A value that is one string or number, or an object in which one of the nested names is. */
static bool read_scalar(struct tm_fields *fields, struct tm_json *json, enum tm_field field,
                        enum tm_json_event event)
{
    if (event == TM_JSON_STRING || event == TM_JSON_NUMBER)
        return tm_fields_fill(fields, field, json->value, json->raw);
    if (event != TM_JSON_OBJECT)
        return tm_json_skip(json, event);
    while ((event = tm_json_next(json)) == TM_JSON_KEY) {
        enum tm_field inner = TM_FIELD_NONE;
        const struct tm_field_nested *n = fields->plan->nested;
        for (; n->outer != TM_FIELD_NONE && inner == TM_FIELD_NONE; n++) {
            if (n->outer == field && tm_str_equal(n->name, json->value))
                inner = n->field;
        }
        event = tm_json_next(json);
        bool scalar = event == TM_JSON_STRING || event == TM_JSON_NUMBER;
        if (inner != TM_FIELD_NONE && scalar) {
            if (!tm_fields_fill(fields, inner, json->value, json->raw))
                return false;
        } else if (!tm_json_skip(json, event)) {
            return false;
        }
    }
    return event == TM_JSON_OBJECT_END;
}

static bool read_value(struct tm_fields *fields, struct tm_json *json, enum tm_field field,
                       enum tm_json_event event)
{
    fields->slots[field].seen = true;
    switch ((int)field) {       /* all others are scalars */
    case TM_FIELD_NONE:
        return tm_json_skip(json, event);
    case TM_FIELD_TEXT:
    case TM_FIELD_MESSAGE:
    case TM_FIELD_CONTENT:
        return tm_fields_read_text(fields, json, field, event);
    case TM_FIELD_ENTITIES:
        /* They repeat the text, which comes before them. */
        if (fields->slots[TM_FIELD_TEXT].value.n != 0)
            return tm_json_skip(json, event);
        return tm_fields_read_text(fields, json, field, event);
    case TM_FIELD_LINKS:
        return tm_fields_read_links(fields, json, event);
    case TM_FIELD_POLL:
    case TM_FIELD_PHOTO:
    case TM_FIELD_FILE:
    case TM_FIELD_LOCATION:
    case TM_FIELD_CONTACT:
        if (event != TM_JSON_NULL)
            fields->slots[field].value = (struct tm_str){"", 0};
        return tm_json_skip(json, event);
    default:
        return read_scalar(fields, json, field, event);
    }
}

static bool skip_kind(struct tm_fields *fields)
{
    struct tm_str kind = fields->slots[TM_FIELD_KIND].value;
    for (const char *const *skip = fields->plan->skip; skip != NULL && *skip != NULL; skip++) {
        if (tm_str_is(kind, *skip))
            return true;
    }
    return false;
}

/* Keeps the value for `extra` if its key is asked for. *ret_taken: it has been read to its end. */
static bool pass_through(struct tm_fields *fields, struct tm_json *json, int index,
                         enum tm_field field, enum tm_json_event event, bool *ret_taken)
{
    struct tm_buf *more = &fields->plan->more;
    struct tm_extra_value *value = &fields->extras[index];
    bool container = event == TM_JSON_OBJECT || event == TM_JSON_ARRAY;
    uint64_t start = json->start;
    value->begin = more->n;
    if (!tm_json_copy(json, event, more))
        return false;
    value->n = more->n - value->begin;
    *ret_taken = container || field == TM_FIELD_NONE;
    value->raw = container ? json->end - start : *ret_taken ? json->raw : 0;
    fields->slots[field].extra = !*ret_taken;
    return true;
}

static int extra_index(const struct tm_fields_plan *plan, struct tm_str key)
{
    const char *const *names = plan->options->extra;
    for (int i = 0; names != NULL && names[i] != NULL; i++) {
        if (tm_str_is(key, names[i]))
            return i;
    }
    return -1;
}

/* {"name":value,…} in the order of the option, null where a field is missing. */
static bool join_extra(struct tm_fields *fields)
{
    const char *const *names = fields->plan->options->extra;
    struct tm_buf *buf = &fields->plan->text;
    buf->n = 0;
    for (int i = 0; names[i] != NULL; i++) {
        struct tm_extra_value value = fields->extras[i];
        tm_buf_text(buf, i == 0 ? "{\"" : ",\"");
        for (const char *p = names[i]; *p != '\0'; p++) {
            if ((unsigned char)*p < 0x20 || *p == '"' || *p == '\\')
                tm_buf_printf(buf, "\\u%04x", (unsigned char)*p);
            else
                tm_buf_byte(buf, *p);
        }
        tm_buf_text(buf, "\":");
        if (value.n == 0)
            tm_buf_text(buf, "null");
        else
            tm_buf_add(buf, fields->plan->more.p + value.begin, value.n);
        fields->extra_raw += value.raw;
    }
    tm_buf_byte(buf, '}');
    if (buf->failed || fields->plan->more.failed)
        return tm_fields_no_memory(fields);
    fields->extra = tm_arena_copy(fields->arena, tm_buf_view(buf));
    return fields->extra.p != NULL || tm_fields_no_memory(fields);
}

static bool start_extra(struct tm_fields *fields)
{
    size_t n = 0;
    while (fields->plan->options->extra[n] != NULL)
        n++;
    if (n == 0)
        return true;
    fields->plan->more.n = 0;
    fields->extras = tm_arena_alloc(fields->arena, n * sizeof *fields->extras);
    if (fields->extras == NULL)
        return tm_fields_no_memory(fields);
    memset(fields->extras, 0, n * sizeof *fields->extras);
    return true;
}

bool tm_fields_read(struct tm_fields *fields, struct tm_fields_plan *plan, struct tm_arena *arena,
                    struct tm_json *json)
{
    enum tm_json_event event;
    memset(fields, 0, sizeof *fields);
    fields->plan = plan;
    fields->arena = arena;
    if (plan->options->extra != NULL && !start_extra(fields))
        return false;
    while ((event = tm_json_next(json)) == TM_JSON_KEY) {
        enum tm_field field = fields->skipped ? TM_FIELD_NONE : field_of(plan, json->value);
        int extra = fields->extras == NULL ? -1 : extra_index(plan, json->value);
        bool taken = false;
        event = tm_json_next(json);
        if (event == TM_JSON_ERROR)
            return false;
        if (extra >= 0 && !pass_through(fields, json, extra, field, event, &taken))
            return false;
        if (!taken && !read_value(fields, json, field, event))
            return false;
        if (field == TM_FIELD_KIND)
            fields->skipped = skip_kind(fields);
    }
    if (event != TM_JSON_OBJECT_END)
        return false;
    return fields->extras == NULL || fields->skipped || join_extra(fields);
}

struct tm_slot *tm_fields_take(struct tm_fields *fields, enum tm_field first, enum tm_field second,
                               enum tm_field third)
{
    enum tm_field order[] = {first, second, third};
    for (size_t i = 0; i < 3; i++) {
        struct tm_slot *slot = &fields->slots[order[i]];
        if (order[i] != TM_FIELD_NONE && slot->value.n != 0) {
            slot->used = true;
            return slot;
        }
    }
    return NULL;
}

struct tm_slot *tm_fields_take_body(struct tm_fields *fields, enum tm_field first,
                                    enum tm_field second, enum tm_field third)
{
    struct tm_slot *slot = tm_fields_take(fields, first, second, third);
    if (slot != NULL)
        slot->used = slot->extra = false;
    return slot;
}

struct tm_str tm_fields_text(struct tm_fields *fields, enum tm_field first, enum tm_field second)
{
    struct tm_slot *slot = tm_fields_take(fields, first, second, TM_FIELD_NONE);
    return slot == NULL ? TM_STR_UNKNOWN : slot->value;
}

uint64_t tm_fields_metadata(const struct tm_fields *fields)
{
    uint64_t sum = fields->links_raw + fields->extra_raw;
    for (size_t i = 1; i < TM_FIELD_COUNT; i++) {
        const struct tm_slot *slot = &fields->slots[i];
        if (slot->used || slot->extra)
            sum += slot->raw;
    }
    return sum;
}
