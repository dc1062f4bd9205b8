/* SPDX-License-Identifier: Apache-2.0 */
/* json_file.h - what the JSON formats share: a file of objects, its faults, what was mended. */
#ifndef TM_SOURCE_JSON_FILE_H
#define TM_SOURCE_JSON_FILE_H

#include "source/fields.h"
#include "source/reader.h"

struct tm_json_file {
    struct tm_file *file;
    struct tm_json json;
    struct tm_fields_plan plan;
    struct tm_fields fields;
    int indent;             /* blanks before the objects of this array, -1: they share a line */
};

enum tm_object {
    TM_OBJECT_GOOD,         /* read into `fields` */
    TM_OBJECT_LOST,         /* skipped or broken, told and accounted for; go on */
    TM_OBJECT_STOP,         /* memory was short */
};

/* plan.names, nested and skip must be set. */
void tm_json_file_init(struct tm_json_file *in, struct tm_file *file);

/* Tells what was mended, and frees. */
void tm_json_file_finish(struct tm_json_file *in);

/* Reads the object whose first event has just been given. */
enum tm_object tm_json_file_object(struct tm_json_file *in);

/* After TM_JSON_ERROR outside an object, at depth `depth`: tells it and goes on if it can. False
 * when the file ends here or memory is short. */
bool tm_json_file_recover(struct tm_json_file *in, unsigned depth);

/* The same, but all the rest is broken; false. */
bool tm_json_file_give_up(struct tm_json_file *in);

/* Skips a value that is no object. False as above. */
bool tm_json_file_skip(struct tm_json_file *in, enum tm_json_event event, unsigned depth);

/* Date of a slot; notes once a file if it has no zone. */
int64_t tm_json_file_date(struct tm_json_file *in, struct tm_str text);

/* Fills extent, balance and links from the object last read; `body` may be NULL. */
void tm_json_file_extent(struct tm_json_file *in, const struct tm_slot *body, struct tm_doc *doc);

#endif
