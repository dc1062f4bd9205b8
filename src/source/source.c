/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The source: a list of inputs, and of the one that is open the member that is open. Data faults
 * go to `notify`; a status is returned for wrong options, inputs that are not there, and memory.
 */
#include "source/open.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "source/fields.h"
#include "source/walk.h"

/* Room that a document takes beside its text, so that a batch of empty ones ends too. */
#define DOCUMENT_COST 256

enum tm_status tm_source_create(tm_notify_fn *notify, void *user, struct tm_source **ret_source,
                                struct tm_err *err)
{
    struct tm_source *source = calloc(1, sizeof *source);
    if (source == NULL)
        return tm_fail(err, TM_ERR_NOMEM, NULL, TM_NO_OFFSET, "out of memory");
    source->notify = notify;
    source->user = user;
    source->feed.fd = -1;
    *ret_source = source;
    return TM_OK;
}

void tm_source_destroy(struct tm_source *source)
{
    if (source == NULL)
        return;
    tm_source_abandon(source);
    for (size_t i = 0; i < source->n_inputs; i++) {
        free(source->inputs[i].path);
        free(source->inputs[i].name);
    }
    free(source->inputs);
    for (size_t i = 0; i < source->n_reports; i++)
        free((char *)(uintptr_t)source->reports[i].name);
    free(source->reports);
    free(source);
}

static char *join(const char *folder, const char *name)
{
    size_t n = strlen(folder), k = strlen(name);
    size_t slash = n != 0 && folder[n - 1] != '/';
    char *path = malloc(n + slash + k + 1);
    if (path == NULL)
        return NULL;
    memcpy(path, folder, n);
    if (slash)
        path[n] = '/';
    memcpy(path + n + slash, name, k + 1);
    return path;
}

/* Takes over both strings, which may be NULL when memory was short. */
static enum tm_status add_file(struct tm_source *source, char *path, char *name,
                               const struct tm_input_options *options, struct tm_err *err)
{
    struct stat st;
    struct tm_input *inputs = source->inputs;
    if (source->n_inputs == source->room_inputs) {
        size_t room = source->room_inputs == 0 ? 16 : 2 * source->room_inputs;
        inputs = realloc(inputs, room * sizeof *inputs);
        if (inputs != NULL) {
            source->inputs = inputs;
            source->room_inputs = room;
        }
    }
    if (inputs == NULL || path == NULL || name == NULL) {
        free(path);
        free(name);
        return tm_fail(err, TM_ERR_NOMEM, NULL, TM_NO_OFFSET, "out of memory");
    }
    struct tm_input *input = &inputs[source->n_inputs++];
    *input = (struct tm_input){.path = path, .name = name, .options = *options};
    if (input->options.max_document == 0)
        input->options.max_document = TM_SOURCE_MAX_DOCUMENT;
    if (strcmp(path, "-") != 0 && stat(path, &st) == 0 && S_ISREG(st.st_mode))
        input->size = (uint64_t)st.st_size;
    source->size += input->size;
    return TM_OK;
}

static enum tm_status add_folder(struct tm_source *source, const char *path, const char *name,
                                 const struct tm_input_options *options, struct tm_err *err)
{
    struct tm_walk walk;
    enum tm_status status = tm_walk_folder(path, &walk, err);
    if (status != TM_OK)
        return status;
    if (walk.n == 0) {
        tm_walk_finish(&walk);
        return tm_fail(err, TM_ERR_READ, name, TM_NO_OFFSET, "the folder holds no readable file");
    }
    for (size_t i = 0; i < walk.n && status == TM_OK; i++)
        status = add_file(source, join(path, walk.names[i]), join(name, walk.names[i]), options,
                          err);
    if (walk.passed_over != 0)
        tm_source_tell(source, TM_NOTE, name,
                       "%llu files that hold no posts by their names (pictures, README and "
                       "the like) are passed over",
                       (unsigned long long)walk.passed_over);
    tm_walk_finish(&walk);
    return status;
}

/* Fields that say something of media do not leave a source that leaves media out. */
static enum tm_status check_extra(const struct tm_input_options *options, struct tm_err *err)
{
    static const char *const media[] = {
        "media", "media_type", "photo", "file", "file_name", "file_id", "thumbnail", "mime_type",
        "performer", "sticker_emoji", "video", "audio", "voice", "document", "animation",
        "sticker", "contact", "location", "venue", "contact_information", "contact_vcard",
        "location_information", "poll", "linkPreview",
    };
    for (const char *const *name = options->extra; name != NULL && *name != NULL; name++)
        for (size_t i = 0; i < sizeof media / sizeof *media && options->no_media; i++)
            if (strcmp(*name, media[i]) == 0)
                return tm_fail(err, TM_ERR_USAGE, NULL, TM_NO_OFFSET,
                               "field '%s' is about media, which is to be left out", *name);
    return TM_OK;
}

static enum tm_status unknown_format(const char *format, struct tm_err *err)
{
    char names[200];
    size_t n = 0;
    for (const char *const *name = tm_source_formats(); *name != NULL && n < sizeof names; name++)
        n += (size_t)snprintf(names + n, sizeof names - n, "%s%s", n == 0 ? "" : ", ", *name);
    tm_fail(err, TM_ERR_USAGE, NULL, TM_NO_OFFSET, "unknown format '%s'", format);
    return tm_hint(err, "formats: %s", names);
}

static enum tm_status check_options(const struct tm_input_options *options, struct tm_err *err)
{
    char room[64];
    struct tm_encoding encoding;
    if (options->encoding != NULL && !tm_encoding_named(options->encoding, room, &encoding)) {
        tm_fail(err, TM_ERR_USAGE, NULL, TM_NO_OFFSET, "unknown encoding '%s'", options->encoding);
        return tm_hint(err, "for example UTF-8, UTF-16LE, windows-1251, KOI8-R, IBM866");
    }
    if (options->format != NULL && tm_format_named(options->format) == NULL)
        return unknown_format(options->format, err);
    enum tm_status status = check_extra(options, err);
    return status != TM_OK ? status : tm_fields_check(options, err);
}

enum tm_status tm_source_add(struct tm_source *source, const char *path, const char *name,
                             const struct tm_input_options *options, struct tm_err *err)
{
    static const struct tm_input_options defaults = {0};
    struct stat st;
    if (options == NULL)
        options = &defaults;
    if (name == NULL)
        name = path;
    enum tm_status status = check_options(options, err);
    if (status != TM_OK)
        return status;
    if (strcmp(path, "-") != 0) {
        if (stat(path, &st) != 0)
            return tm_fail(err, TM_ERR_READ, name, TM_NO_OFFSET, "cannot read: %s",
                           strerror(errno));
        if (S_ISDIR(st.st_mode))
            return add_folder(source, path, name, options, err);
    }
    return add_file(source, strdup(path), strdup(name), options, err);
}

/* Gives a document its place in the file, if the reader saw it decoded. */
static void place(struct tm_source *source, struct tm_doc *doc)
{
    struct tm_decoder *decoder = &source->decoder;
    if (decoder->state != TM_DECODER_ON)
        return;
    uint64_t start = tm_decoder_source(decoder, doc->source_offset);
    uint64_t end = tm_decoder_source(decoder, doc->source_offset + doc->source_length);
    doc->reading.recode += (int64_t)(doc->source_length - (end - start));
    doc->source_offset = start;
    doc->source_length = end - start;
}

enum tm_status tm_source_read(struct tm_source *source, size_t target, struct tm_batch *batch,
                              struct tm_err *err)
{
    size_t held = 0, first = batch->n;
    source->file.batch = batch;
    source->file.shared_name = (struct tm_str){NULL, 0};
    while (held < target || batch->n == first) {
        size_t n = batch->n;
        enum tm_status status = source->format != NULL ? TM_OK : tm_source_open_next(source, err);
        if (status != TM_OK)
            return status;
        status = source->format->next(source->state, err);
        if (status < 0)
            return status;
        if (source->stream.err.status == TM_ERR_NOMEM)
            return tm_fail(err, TM_ERR_NOMEM, source->file.name, TM_NO_OFFSET, "out of memory");
        for (; n < batch->n; n++) {
            place(source, &batch->docs[n]);
            held += batch->docs[n].text.n + DOCUMENT_COST;
        }
        tm_source_tell_encoding(source);
        if (status == TM_END)
            tm_source_close_file(source);
    }
    return TM_OK;
}

const struct tm_input_report *tm_source_reports(const struct tm_source *source, size_t *ret_n)
{
    *ret_n = source->n_reports;
    return source->reports;
}

uint64_t tm_source_size(const struct tm_source *source)
{
    return source->size;
}

uint64_t tm_source_position(const struct tm_source *source)
{
    return source->done + (source->feed.fd >= 0 ? source->feed.position : 0);
}
