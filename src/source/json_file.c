/* SPDX-License-Identifier: Apache-2.0 */
#include "source/json_file.h"

#include "source/ident.h"

void tm_json_file_init(struct tm_json_file *in, struct tm_file *file)
{
    in->file = file;
    in->indent = -1;
    in->plan.options = file->options;
    tm_fields_plan_init(&in->plan);
    tm_file_skip_bom(file->stream);
    tm_json_init(&in->json, file->stream, true);
}

void tm_json_file_finish(struct tm_json_file *in)
{
    if (in->json.repairs != 0) {
        tm_file_tell(in->file, TM_WARNING, in->json.first_repair, NULL,
                     "%llu places that are no valid JSON or Unicode were mended, the first here",
                     (unsigned long long)in->json.repairs);
        in->file->report->repairs += in->json.repairs;
    }
    tm_fields_plan_finish(&in->plan);
    tm_json_finish(&in->json);
}

/* Goes on after the error that the parser has met in a stretch that begins at `start`. `indent` is
 * that of the object to look for, -1 for none. */
static bool go_on_at(struct tm_json_file *in, uint64_t start, unsigned depth, int indent)
{
    struct tm_json *json = &in->json;
    uint64_t resumed;
    if (json->status == TM_ERR_NOMEM)
        return false;
    tm_file_tell(in->file, TM_FAULT, json->where, NULL, "%s", json->what);
    /* Looking from the start of each of many levels again would take them times the input. */
    uint64_t from = json->depth == TM_JSON_DEPTH ? json->where : start;
    bool on = tm_json_resync(json, from, depth, indent, &resumed);
    tm_file_broken(in->file, start, resumed);
    return on;
}

static bool go_on(struct tm_json_file *in, uint64_t start, unsigned depth)
{
    return go_on_at(in, start, depth, depth == 0 && in->indent < 0 ? 0 : in->indent);
}

bool tm_json_file_recover(struct tm_json_file *in, unsigned depth)
{
    return go_on(in, in->file->stream->offset, depth);
}

bool tm_json_file_give_up(struct tm_json_file *in)
{
    go_on_at(in, in->file->stream->offset, 0, -1);
    return false;
}

static enum tm_object lost_object(struct tm_json_file *in, uint64_t start)
{
    struct tm_json *json = &in->json;
    if (json->oversize)
        tm_file_tell(in->file, TM_FAULT, start, "raise max_document",
                     "object of more than %zu bytes", in->file->options->max_document);
    else
        tm_file_tell(in->file, TM_FAULT, json->bad_utf8, NULL, "not UTF-8");
    tm_file_broken(in->file, start, json->end);
    json->oversize = false;
    json->bad_utf8 = TM_NO_OFFSET;
    return TM_OBJECT_LOST;
}

enum tm_object tm_json_file_object(struct tm_json_file *in)
{
    struct tm_json *json = &in->json;
    uint64_t start = json->start;
    unsigned outside = json->depth - 1;
    int indent = tm_json_indent(json);
    if (indent >= 0)
        in->indent = indent;
    tm_json_commit_before(json);        /* the window is the document's alone */
    json->oversize = false;
    json->bad_utf8 = TM_NO_OFFSET;
    if (!tm_fields_read(&in->fields, &in->plan, in->file->batch->arena, json)) {
        if (in->fields.failed || json->status == TM_ERR_NOMEM)
            return TM_OBJECT_STOP;
        go_on(in, start, outside);
        return TM_OBJECT_LOST;
    }
    if (json->end - start > in->file->options->max_document)
        json->oversize = true;
    if (json->oversize || json->bad_utf8 != TM_NO_OFFSET)
        return lost_object(in, start);
    in->fields.start = start;
    in->fields.end = json->end;
    if (in->fields.skipped) {
        tm_file_skipped(in->file, start, json->end);
        return TM_OBJECT_LOST;
    }
    return TM_OBJECT_GOOD;
}

bool tm_json_file_skip(struct tm_json_file *in, enum tm_json_event event, unsigned depth)
{
    uint64_t start = in->json.start;
    if (!tm_json_skip(&in->json, event))
        return go_on(in, in->file->stream->offset > start ? in->file->stream->offset : start,
                     depth);
    tm_file_skipped(in->file, start, in->json.end);
    in->json.oversize = false;
    in->json.bad_utf8 = TM_NO_OFFSET;
    return true;
}

int64_t tm_json_file_date(struct tm_json_file *in, struct tm_str text)
{
    bool zone;
    if (text.n == 0)
        return TM_UNKNOWN;
    int64_t date = tm_ident_date(text, &zone);
    if (!zone)
        tm_file_note(in->file, TM_NOTE_NO_ZONE, NULL,
                     "dates without a time zone are taken as UTC");
    return date;
}

void tm_json_file_extent(struct tm_json_file *in, const struct tm_slot *body, struct tm_doc *doc)
{
    doc->source_offset = in->fields.start;
    doc->source_length = in->fields.end - in->fields.start;
    doc->reading.metadata = tm_fields_metadata(&in->fields);
    doc->reading.body = body == NULL ? 0 : body->raw;
    doc->extra = in->fields.extra;
    doc->urls = in->fields.links;
    doc->n_urls = in->fields.n_links;
}
