/* SPDX-License-Identifier: Apache-2.0 */
#include "source/reader.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/str.h"

static const struct tm_format *const formats[] = {
    &tm_format_warc,
    &tm_format_desktop_json,
    &tm_format_desktop_html,
    &tm_format_tme_html,
    &tm_format_html,
    &tm_format_json,
    &tm_format_paste,
    &tm_format_webcopy,
    &tm_format_text,
};

#define N_FORMATS (sizeof formats / sizeof *formats)

const char *const *tm_source_formats(void)
{
    static const char *const names[] = {"desktop-json", "desktop-html", "tme-html", "html",
                                        "json", "webcopy", "text", "warc", "paste", NULL};
    return names;
}

const struct tm_format *tm_format_named(const char *name)
{
    for (size_t i = 0; i < N_FORMATS; i++) {
        if (strcmp(formats[i]->name, name) == 0)
            return formats[i];
    }
    return NULL;
}

const struct tm_format *tm_format_guess(const char *p, size_t n, int *ret_bid)
{
    const struct tm_format *best = NULL;
    int highest = 0;
    if (n >= 3 && memcmp(p, "\xEF\xBB\xBF", 3) == 0) {
        p += 3;
        n -= 3;
    }
    for (size_t i = 0; i < N_FORMATS; i++) {
        int bid = formats[i]->bid(p, n);
        if (bid > highest) {
            highest = bid;
            best = formats[i];
        }
    }
    *ret_bid = highest;
    return best;
}

static void tell(struct tm_file *file, enum tm_severity severity, uint64_t offset,
                 const char *hint, const char *message)
{
    struct tm_err what = {0};
    if (file->notify == NULL)
        return;
    if (file->decoder != NULL && offset != TM_NO_OFFSET)
        offset = tm_decoder_source(file->decoder, offset);
    tm_fail(&what, severity == TM_FAULT ? TM_ERR_FORMAT : TM_OK, file->name, offset, "%s", message);
    if (hint != NULL)
        tm_hint(&what, "%s", hint);
    file->notify(file->user, severity, &what);
}

void tm_file_tell(struct tm_file *file, enum tm_severity severity, uint64_t offset,
                  const char *hint, const char *format, ...)
{
    char message[512];
    va_list args;
    if (severity == TM_FAULT && file->faults++ >= TM_READER_FAULTS)
        return;     /* tm_file_close tells how many more there were */
    va_start(args, format);
    vsnprintf(message, sizeof message, format, args);
    va_end(args);
    tell(file, severity, offset, hint, message);
}

void tm_file_note(struct tm_file *file, enum tm_reader_note note, const char *hint,
                  const char *format, ...)
{
    char message[512];
    va_list args;
    if (file->noted & (unsigned)note)
        return;
    file->noted |= (unsigned)note;
    va_start(args, format);
    vsnprintf(message, sizeof message, format, args);
    va_end(args);
    tell(file, TM_NOTE, TM_NO_OFFSET, hint, message);
}

/* What lies between the last stretch and `start` is markup, the metadata in it aside. */
static void account(struct tm_file *file, uint64_t start, uint64_t end)
{
    file->report->markup += start - file->accounted - file->metadata;
    file->report->metadata += file->metadata;
    file->metadata = 0;
    file->accounted = end;
}

struct tm_doc *tm_file_begin(struct tm_file *file)
{
    if (file->shared_name.p == NULL)
        file->shared_name = tm_arena_copy(file->batch->arena, tm_str_of(file->name));
    struct tm_doc *doc = file->shared_name.p == NULL ? NULL : tm_batch_add(file->batch);
    if (doc != NULL)
        doc->source_file = file->shared_name;
    return doc;
}

/* Without media, a post that is nothing else is none. */
static bool is_left_out(struct tm_file *file, struct tm_doc *doc)
{
    bool media = doc->media.p != NULL;
    if (!file->options->no_media)
        return false;
    doc->media = TM_STR_UNKNOWN;
    if (!media || tm_str_trim(doc->text).n != 0)
        return false;
    tm_file_skipped(file, doc->source_offset, doc->source_offset + doc->source_length);
    file->batch->n--;               /* it is the last one */
    return true;
}

void tm_file_document(struct tm_file *file, struct tm_doc *doc)
{
    struct tm_input_report *report = file->report;
    if (is_left_out(file, doc))
        return;
    doc->reading.markup = doc->source_length + (uint64_t)doc->reading.recode
                          - doc->reading.metadata - doc->reading.body;
    doc->reading.decode = (int64_t)doc->text.n - (int64_t)doc->reading.body;
    account(file, doc->source_offset, doc->source_offset + doc->source_length);
    report->markup += doc->reading.markup;
    report->metadata += doc->reading.metadata;
    report->body += doc->reading.body;
    report->decode += doc->reading.decode;
    report->recode += doc->reading.recode;
    report->documents++;
}

void tm_file_skipped(struct tm_file *file, uint64_t start, uint64_t end)
{
    account(file, start, end);
    file->report->skipped += end - start;
    file->report->skipped_documents++;
}

void tm_file_broken(struct tm_file *file, uint64_t start, uint64_t end)
{
    account(file, start, end);
    file->report->broken += end - start;
    file->report->broken_documents++;
}

void tm_file_close(struct tm_file *file, uint64_t end)
{
    account(file, end, end);
    file->report->bytes = end;
    if (file->faults > TM_READER_FAULTS) {
        char message[64];
        snprintf(message, sizeof message, "%llu more faults of this file are not listed",
                 (unsigned long long)(file->faults - TM_READER_FAULTS));
        tell(file, TM_FAULT, TM_NO_OFFSET, NULL, message);
    }
}

void tm_file_skip_bom(struct tm_stream *stream)
{
    if (tm_stream_ensure(stream, 3) && memcmp(stream->p, "\xEF\xBB\xBF", 3) == 0)
        tm_stream_consume(stream, 3);
}
