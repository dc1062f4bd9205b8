/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fields.h - what an object of a JSON dump says about one document, gathered while it streams by.
 *
 * A reader gives a table of names; the values land in slots, each with its place and its bytes in
 * the source, so that the balance of the document can be drawn up when it is known which slots
 * were used.
 */
#ifndef TM_SOURCE_FIELDS_H
#define TM_SOURCE_FIELDS_H

#include <tolmach/source.h>

#include "base/json.h"

enum tm_field {
    TM_FIELD_NONE,
    TM_FIELD_KIND,          /* "type", "_" */
    TM_FIELD_TEXT,
    TM_FIELD_MESSAGE,       /* text, second choice */
    TM_FIELD_CONTENT,       /* third */
    TM_FIELD_ENTITIES,      /* pieces that make the text when there is none */
    TM_FIELD_LINKS,         /* places of the text, of which those with an address are links */
    TM_FIELD_POLL,
    TM_FIELD_MESSAGE_ID,
    TM_FIELD_ID,
    TM_FIELD_CHANNEL_ID,
    TM_FIELD_PEER,          /* chat of the message, by number */
    TM_FIELD_SENDER,        /* by number; a channel if it says so */
    TM_FIELD_CHANNEL,       /* title */
    TM_FIELD_HANDLE,
    TM_FIELD_DATE,
    TM_FIELD_DATE_LOCAL,    /* second choice */
    TM_FIELD_EDITED,
    TM_FIELD_EDITED_LOCAL,
    TM_FIELD_VIEWS,
    TM_FIELD_SIGNATURE,
    TM_FIELD_AUTHOR,        /* second choice */
    TM_FIELD_AUTHOR_ID,
    TM_FIELD_FORWARD,
    TM_FIELD_REPLY,
    TM_FIELD_URL,
    TM_FIELD_MEDIA,
    TM_FIELD_PHOTO,         /* a value other than null says that there is one */
    TM_FIELD_FILE,
    TM_FIELD_LOCATION,
    TM_FIELD_CONTACT,
    TM_FIELD_COUNT
};

struct tm_field_name {
    struct tm_str name;
    enum tm_field field;
};

/* A name inside the object that stands as the value of a field. */
struct tm_field_nested {
    enum tm_field outer;
    struct tm_str name;
    enum tm_field field;
};

#define TM_FIELD_NAME(literal) {(literal), sizeof(literal) - 1}

struct tm_slot {
    struct tm_str value;    /* in the arena; unknown: null or not there */
    uint64_t raw;           /* its bytes in the source */
    bool seen;              /* the key was there */
    bool used;
    bool extra;             /* passed through as well */
};

/* How one reader sees an object; set up once a file. */
struct tm_fields_plan {
    const struct tm_field_name *names;      /* ended by TM_FIELD_NONE */
    const struct tm_field_nested *nested;   /* the same */
    const char *const *skip;                /* values of TM_FIELD_KIND that are no documents */
    const struct tm_input_options *options;
    uint64_t filter;                        /* private */
    unsigned overridden;                    /* private: names that an option has taken over */
    struct tm_buf text;                     /* private: texts of several pieces */
    struct tm_buf more;                     /* private: values of `extra` */
};

struct tm_extra_value;

/* What one object said. */
struct tm_fields {
    struct tm_slot slots[TM_FIELD_COUNT];
    struct tm_str *links;           /* targets of text links */
    size_t n_links;
    uint64_t links_raw;
    struct tm_str extra;            /* text of a JSON object, or unknown */
    uint64_t extra_raw;             /* bytes of its values that are in no slot */
    uint64_t start, end;            /* of the object; set by json_file */
    bool skipped;                   /* of a kind that is no document; not all was gathered */
    bool failed;                    /* memory was short */
    /* private */
    struct tm_fields_plan *plan;
    struct tm_arena *arena;
    struct tm_extra_value *extras;
    size_t room_links;
};

/* Checks the pairs of `options->fields`; TM_ERR_USAGE when one is not "role=name". */
enum tm_status tm_fields_check(const struct tm_input_options *options, struct tm_err *err);

/* `names`, `nested`, `skip` and `options` are set by the caller; finish frees the buffers. */
void tm_fields_plan_init(struct tm_fields_plan *plan);
void tm_fields_plan_finish(struct tm_fields_plan *plan);

/* Reads the object whose first event has just been given, to its end. False on a JSON error or
 * when memory is short (fields->failed). */
bool tm_fields_read(struct tm_fields *fields, struct tm_fields_plan *plan, struct tm_arena *arena,
                    struct tm_json *json);

/* The first of three slots whose value is not empty, marked as used; NULL if there is none. */
struct tm_slot *tm_fields_take(struct tm_fields *fields, enum tm_field first, enum tm_field second,
                               enum tm_field third);

/* The same for the text of the document, whose bytes are body and not metadata. */
struct tm_slot *tm_fields_take_body(struct tm_fields *fields, enum tm_field first,
                                    enum tm_field second, enum tm_field third);

/* The value of one of two slots; unknown if there is none. */
struct tm_str tm_fields_text(struct tm_fields *fields, enum tm_field first, enum tm_field second);

/* Bytes of all used slots, of links and of extra. */
uint64_t tm_fields_metadata(const struct tm_fields *fields);

/* private to fields*.c; all are false when memory is short */
bool tm_fields_no_memory(struct tm_fields *fields);
bool tm_fields_fill(struct tm_fields *fields, enum tm_field field, struct tm_str value,
                    uint64_t raw);
bool tm_fields_read_links(struct tm_fields *fields, struct tm_json *json, enum tm_json_event event);
bool tm_fields_read_text(struct tm_fields *fields, struct tm_json *json, enum tm_field field,
                         enum tm_json_event event);

#endif
