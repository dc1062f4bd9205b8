/* SPDX-License-Identifier: Apache-2.0 */
#include "source/open.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "source/walk.h"

void tm_source_tell(struct tm_source *source, enum tm_severity severity, const char *name,
                    const char *format, ...)
{
    char message[512];
    struct tm_err what = {0};
    va_list args;
    if (source->notify == NULL)
        return;
    va_start(args, format);
    vsnprintf(message, sizeof message, format, args);
    va_end(args);
    tm_fail(&what, severity == TM_FAULT ? TM_ERR_FORMAT : TM_OK, name, TM_NO_OFFSET, "%s", message);
    source->notify(source->user, severity, &what);
}

static enum tm_status no_memory(struct tm_err *err)
{
    return tm_fail(err, TM_ERR_NOMEM, NULL, TM_NO_OFFSET, "out of memory");
}

/* A new report; takes over `name`. */
static struct tm_input_report *add_report(struct tm_source *source, char *name)
{
    if (source->n_reports == source->room_reports) {
        size_t room = source->room_reports == 0 ? 16 : 2 * source->room_reports;
        struct tm_input_report *reports = realloc(source->reports, room * sizeof *reports);
        if (reports == NULL) {
            free(name);
            return NULL;
        }
        source->reports = reports;
        source->room_reports = room;
    }
    struct tm_input_report *report = &source->reports[source->n_reports++];
    memset(report, 0, sizeof *report);
    report->name = name;
    return report;
}

static void close_input(struct tm_source *source)
{
    source->done += source->feed.seekable ? source->feed.size : source->feed.position;
    tm_feed_close(&source->feed);
}

static void close_level(struct tm_source *source)
{
    struct tm_level *level = &source->levels[--source->n_levels];
    tm_archive_close(level->archive);
    tm_stream_finish(&level->stream);
    free(level->name);
    memset(level, 0, sizeof *level);
}

void tm_source_abandon(struct tm_source *source)
{
    if (source->format != NULL)
        source->format->close(source->state);
    source->format = NULL;
    tm_stream_finish(&source->stream);
    tm_decoder_finish(&source->decoder);
    while (source->n_levels != 0)
        close_level(source);
    tm_feed_close(&source->feed);
}

/* What was decoded: bytes and digest are those of the file. */
static void finish_decoder(struct tm_source *source)
{
    struct tm_decoder *decoder = &source->decoder;
    struct tm_input_report *report = source->file.report;
    if (decoder->state == TM_DECODER_ON) {
        tm_sha256_hex(decoder->sha, report->sha256);
        report->bytes = decoder->source;
        report->recode = (int64_t)(decoder->decoded - decoder->source);
        report->repairs += decoder->replaced;
    }
    tm_decoder_finish(decoder);
}

static void tell_replaced(struct tm_source *source)
{
    struct tm_decoder *decoder = &source->decoder;
    struct tm_err what = {0};
    if (decoder->state != TM_DECODER_ON || decoder->replaced == 0 || source->notify == NULL)
        return;
    tm_fail(&what, TM_OK, source->file.name, decoder->first_replaced,
            "%llu bytes stand for nothing in %s and became U+FFFD, the first here",
            (unsigned long long)decoder->replaced, decoder->encoding.name);
    tm_hint(&what, "--encoding NAME if it is another");
    source->notify(source->user, TM_WARNING, &what);
}

/* What the stream still holds, its digest, and why it ended if that was before its time. */
static void finish_stream(struct tm_source *source)
{
    struct tm_stream *stream = &source->stream;
    tm_stream_drain(stream);
    if (source->decoder.state != TM_DECODER_ON)
        tm_stream_sha256(stream, source->file.report->sha256);
    tell_replaced(source);
    if (stream->err.status != TM_OK)
        tm_file_tell(&source->file, TM_FAULT, stream->offset,
                     stream->err.hint[0] != '\0' ? stream->err.hint : NULL, "%s",
                     stream->err.message);
    tm_file_close(&source->file, stream->offset);
    finish_decoder(source);
    tm_stream_finish(stream);
    if (source->n_levels == 0)
        close_input(source);
}

void tm_source_close_file(struct tm_source *source)
{
    source->format->close(source->state);
    source->format = NULL;
    finish_stream(source);
}

/* A file that no format reads: told, and all of it is broken. */
static void refuse(struct tm_source *source, const char *format, const char *hint,
                   const char *message)
{
    struct tm_file *file = &source->file;
    file->report->format = format;
    tm_file_tell(file, TM_FAULT, 0, hint, "%s", message);
    tm_stream_drain(&source->stream);
    file->report->broken += source->stream.offset;
    file->accounted = source->stream.offset;
    finish_stream(source);
}

static const char *guess_hint(const struct tm_stream *stream)
{
    const char *p = stream->p;
    if (stream->n >= 4 && memcmp(p, "Rar!", 4) == 0)
        return "RAR archives are not read; unpack it";
    for (size_t i = 0; i < stream->n && i < 256; i++) {
        if (p[i] == '<')
            return "it looks like XML, which is not read; of HTML name the format: --format html";
        if (strchr(" \t\r\n\xEF\xBB\xBF", p[i]) == NULL || p[i] == '\0')
            break;
    }
    return "name its format: --format NAME";
}

/* Puts the decoder on the stream, and says what it takes the text for. */
static enum tm_status decode_stream(struct tm_source *source, struct tm_err *err)
{
    struct tm_file *file = &source->file;
    struct tm_decoder *decoder = &source->decoder;
    const char *wanted = file->options->encoding;
    tm_stream_ensure(&source->stream, TM_READER_SNIFF);
    bool warc = tm_format_warc.bid(source->stream.p, source->stream.n) != 0
                || (file->options->format != NULL && strcmp(file->options->format, "warc") == 0);
    if (warc)                       /* each record has an encoding of its own */
        return TM_OK;
    enum tm_status status = tm_decoder_attach(decoder, &source->stream, wanted, err);
    if (status != TM_OK)
        return status;
    snprintf(file->report->encoding, sizeof file->report->encoding, "%s", decoder->encoding.name);
    file->report->confidence = decoder->confidence;
    return TM_OK;
}

/* Once a file, when it is known. */
void tm_source_tell_encoding(struct tm_source *source)
{
    struct tm_decoder *decoder = &source->decoder;
    struct tm_file *file = &source->file;
    if (decoder->state != TM_DECODER_ON || file->options->encoding != NULL || source->decoder_told)
        return;
    source->decoder_told = true;
    snprintf(file->report->encoding, sizeof file->report->encoding, "%s", decoder->encoding.name);
    file->report->confidence = decoder->confidence;
    tm_file_tell(file, TM_NOTE, TM_NO_OFFSET,
                 decoder->confidence < TM_SOURCE_SURE ? "--encoding NAME if it is another" : NULL,
                 "read as %s, by %s (%u %%)", decoder->encoding.name,
                 decoder->confidence == 100 ? "its byte order mark" : "its letters",
                 decoder->confidence);
}

/* Chooses the format of the stream; false when the file has been refused. */
static bool choose(struct tm_source *source, const struct tm_format **ret_format)
{
    struct tm_file *file = &source->file;
    struct tm_stream *stream = &source->stream;
    const char *wanted = file->options->format;
    int bid = 100;
    tm_stream_ensure(stream, TM_READER_SNIFF);
    if (stream->n == 0 && stream->err.status == TM_OK) {
        refuse(source, "empty", NULL, "empty file");
        return false;
    }
    *ret_format = wanted != NULL ? tm_format_named(wanted)
                                 : tm_format_guess(stream->p, stream->n < TM_READER_SNIFF
                                                                  ? stream->n
                                                                  : TM_READER_SNIFF, &bid);
    if (*ret_format == NULL) {
        refuse(source, "unknown", guess_hint(stream), "format not recognised");
        return false;
    }
    if (bid < 50)
        tm_file_tell(file, TM_NOTE, TM_NO_OFFSET, "--format NAME", "read as %s, which is a guess",
                     (*ret_format)->name);
    return true;
}

static enum tm_status begin_stream(struct tm_source *source, tm_read_fn *read, void *user,
                                   struct tm_err *err)
{
    const struct tm_input *input = &source->inputs[source->next_input - 1];
    return tm_stream_init(&source->stream, read, user,
                          input->options.max_document + TM_SOURCE_AHEAD, err);
}

/* Begins to read the file whose stream has been begun; takes over `name`. */
static enum tm_status begin_file(struct tm_source *source, char *name, struct tm_err *err)
{
    const struct tm_input *input = &source->inputs[source->next_input - 1];
    struct tm_input_report *report = add_report(source, name);
    if (report == NULL)
        return no_memory(err);
    enum tm_status status;
    struct tm_batch *batch = source->file.batch;
    source->file = (struct tm_file){
        .name = name,
        .options = &input->options,
        .stream = &source->stream,
        .report = report,
        .notify = source->notify,
        .user = source->user,
        .batch = batch,
    };
    const struct tm_format *format;
    source->decoder_told = false;
    status = decode_stream(source, err);
    if (status != TM_OK)
        return status;
    source->file.decoder = &source->decoder;
    tm_source_tell_encoding(source);
    if (!choose(source, &format))
        return TM_OK;
    report->format = format->name;
    status = format->open(&source->file, &source->state, err);
    if (status == TM_OK)
        source->format = format;
    return status;
}

/* The bytes of an archive inside another one, which has unpacked them. */
static ssize_t read_inner(void *user, void *p, size_t n, struct tm_err *err)
{
    struct tm_source *source = user;
    struct tm_stream *stream = &source->levels[1].stream;
    if (stream->n == 0)
        tm_stream_more(stream);
    if (stream->n == 0 && stream->err.status != TM_OK) {
        *err = stream->err;
        return -1;
    }
    size_t got = n < stream->n ? n : stream->n;
    memcpy(p, stream->p, got);
    tm_stream_consume(stream, got);
    return (ssize_t)got;
}

static uint64_t packed_root(void *user)
{
    const struct tm_source *source = user;
    return tm_feed_packed((struct tm_feed *)(uintptr_t)&source->feed);
}

static ssize_t read_root(void *user, void *p, size_t n, struct tm_err *err)
{
    struct tm_source *source = user;
    return tm_feed_read(&source->feed, p, n, err);
}

static int64_t seek_root(void *user, int64_t offset, int whence)
{
    struct tm_source *source = user;
    return tm_feed_seek(&source->feed, offset, whence);
}

/* Opens an archive on the feed or on the stream that the new level already has; takes over `name`.
 * An archive that cannot be opened is told and left. */
static enum tm_status open_level(struct tm_source *source, char *name, struct tm_err *err)
{
    struct tm_level *level = &source->levels[source->n_levels++];
    bool root = source->n_levels == 1;
    struct tm_archive_io io = {
        .user = source,
        .read = root ? read_root : read_inner,
        .seek = root && source->feed.seekable ? seek_root : NULL,
        .packed = packed_root,
    };
    struct tm_err why = {0};
    level->name = name;
    enum tm_status status = tm_archive_open(&io, &level->archive, &why);
    if (status == TM_OK)
        return TM_OK;
    tm_source_tell(source, TM_FAULT, name, "%s", why.message);
    close_level(source);
    if (root)
        close_input(source);
    return status == TM_ERR_NOMEM ? no_memory(err) : TM_OK;
}

static void end_level(struct tm_source *source)
{
    struct tm_level *level = &source->levels[source->n_levels - 1];
    if (level->passed_over != 0)
        tm_source_tell(source, TM_NOTE, level->name,
                       "%llu members that hold no posts by their names (pictures, README and "
                       "the like) are passed over", (unsigned long long)level->passed_over);
    else if (level->members == 0)
        tm_source_tell(source, TM_FAULT, level->name, "archive without files");
    close_level(source);
    if (source->n_levels == 0)
        close_input(source);
}

static char *member_name(const char *archive, const char *member)
{
    struct tm_buf buf = {0};
    tm_buf_text(&buf, archive);
    if (member != NULL) {
        tm_buf_byte(&buf, '!');
        tm_buf_text(&buf, member);
    }
    tm_buf_byte(&buf, '\0');
    if (buf.failed)
        tm_buf_finish(&buf);
    return buf.failed ? NULL : buf.p;
}

static enum tm_status next_member(struct tm_source *source, struct tm_err *err)
{
    struct tm_level *level = &source->levels[source->n_levels - 1];
    struct tm_err why = {0};
    const char *member;
    enum tm_status status = tm_archive_next(level->archive, &member, &why);
    if (status != TM_OK) {
        if (status != TM_END) {
            tm_source_tell(source, TM_FAULT, level->name, "%s", why.message);
            level->members++;
        }
        end_level(source);
        return status == TM_ERR_NOMEM ? no_memory(err) : TM_OK;
    }
    if (member != NULL && tm_walk_is_other(member)) {
        level->passed_over++;
        return TM_OK;
    }
    level->members++;
    char *name = member_name(level->name, member);
    if (name == NULL)
        return no_memory(err);
    status = begin_stream(source, tm_archive_read, level->archive, err);
    if (status != TM_OK) {
        free(name);
        return status;
    }
    struct tm_stream *stream = &source->stream;
    tm_stream_ensure(stream, TM_ARCHIVE_MAGIC);
    if (source->n_levels == TM_SOURCE_LEVELS || !tm_archive_magic(stream->p, stream->n))
        return begin_file(source, name, err);
    level[1].stream = *stream;      /* an archive itself: its bytes feed the next level */
    memset(stream, 0, sizeof *stream);
    return open_level(source, name, err);
}

static enum tm_status next_input(struct tm_source *source, struct tm_err *err)
{
    struct tm_input *input = &source->inputs[source->next_input++];
    struct tm_err why = {0};
    if (tm_feed_open(&source->feed, input->path, &why) != TM_OK) {
        tm_source_tell(source, TM_FAULT, input->name, "%s", why.message);
        return TM_OK;
    }
    char *name = strdup(input->name);
    if (name == NULL)
        return no_memory(err);
    if (tm_archive_magic(source->feed.head, source->feed.n_head))
        return open_level(source, name, err);
    enum tm_status status = begin_stream(source, tm_feed_read, &source->feed, err);
    if (status == TM_OK)
        return begin_file(source, name, err);
    free(name);
    return status;
}

enum tm_status tm_source_open_next(struct tm_source *source, struct tm_err *err)
{
    while (source->format == NULL) {
        enum tm_status status = TM_END;
        if (source->n_levels != 0)
            status = next_member(source, err);
        else if (source->next_input < source->n_inputs)
            status = next_input(source, err);
        if (status != TM_OK)
            return status;
    }
    return TM_OK;
}
