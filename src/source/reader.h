/* SPDX-License-Identifier: Apache-2.0 */
/*
 * reader.h - what a format is, and what each reader knows of the file that it reads.
 *
 * A reader appends one document a call. It accounts for each byte of the stream once: documents,
 * skipped and broken stretches are told with their extent, in order; what lies between them is the
 * file's markup. Offsets are those of the stream; where it is decoded from another encoding, the
 * source puts those of the file in their place. A new format is a file with a struct tm_format and a line in reader.c.
 */
#ifndef TM_SOURCE_READER_H
#define TM_SOURCE_READER_H

#include <tolmach/source.h>

#include "base/stream.h"
#include "source/decoder.h"

#define TM_READER_SNIFF ((size_t)64 << 10)      /* bytes that a bid may look at */
#define TM_READER_FAULTS 16                     /* faults of one file told singly */

/* Notes that are given once a file. */
enum tm_reader_note {
    TM_NOTE_NO_ZONE = 1 << 0,
    TM_NOTE_PRIVATE = 1 << 1,
    TM_NOTE_NO_TEXT = 1 << 2,
    TM_NOTE_NO_CHANNEL = 1 << 3,
};

struct tm_file {
    const char *name;
    const struct tm_input_options *options;
    struct tm_stream *stream;
    struct tm_decoder *decoder;     /* that the stream passes through, or NULL */
    struct tm_input_report *report;
    tm_notify_fn *notify;
    void *user;
    struct tm_batch *batch;         /* of this call; documents' text goes to its arena */
    struct tm_str shared_name;      /* `name`, in that arena; unknown until the first document */
    uint64_t accounted;             /* offset up to which all bytes have their class */
    uint64_t metadata;              /* metadata bytes since then, outside documents */
    uint64_t faults;
    unsigned noted;                 /* bits of tm_reader_note */
};

struct tm_format {
    const char *name;

    /* How much the first n bytes look like this format, 0 to 100; under 50 the choice is told. */
    int (*bid)(const char *p, size_t n);

    /* Starts reading; on failure *err is filled and nothing is kept. */
    enum tm_status (*open)(struct tm_file *file, void **ret_state, struct tm_err *err);

    /* Appends one document to file->batch, or returns TM_END when the stream is consumed. */
    enum tm_status (*next)(void *state, struct tm_err *err);

    void (*close)(void *state);
};

extern const struct tm_format tm_format_desktop_json;
extern const struct tm_format tm_format_desktop_html;
extern const struct tm_format tm_format_tme_html;
extern const struct tm_format tm_format_html;
extern const struct tm_format tm_format_json;
extern const struct tm_format tm_format_webcopy;
extern const struct tm_format tm_format_text;
extern const struct tm_format tm_format_paste;
extern const struct tm_format tm_format_warc;

/* The format of that name, or NULL. */
const struct tm_format *tm_format_named(const char *name);

/* The highest bid, or NULL when nobody bids; *ret_bid says how high. */
const struct tm_format *tm_format_guess(const char *p, size_t n, int *ret_bid);

/* Tells the user; `offset` may be TM_NO_OFFSET, `hint` NULL. */
void tm_file_tell(struct tm_file *file, enum tm_severity severity, uint64_t offset,
                  const char *hint, const char *format, ...) TM_PRINTF(5, 6);

/* The same as a note, once a file for each kind. */
void tm_file_note(struct tm_file *file, enum tm_reader_note note, const char *hint,
                  const char *format, ...) TM_PRINTF(4, 5);

/* Appends a document of which nothing is known but its file; NULL when memory is short. */
struct tm_doc *tm_file_begin(struct tm_file *file);

/* Completes it: extent, body and metadata must be there, markup is what they leave. With no_media it
 * may take the document off the batch again: do not touch it afterwards. */
void tm_file_document(struct tm_file *file, struct tm_doc *doc);

/* Accounts for a stretch that became no document. */
void tm_file_skipped(struct tm_file *file, uint64_t start, uint64_t end);
void tm_file_broken(struct tm_file *file, uint64_t start, uint64_t end);

/* The rest up to `end` is markup. */
void tm_file_close(struct tm_file *file, uint64_t end);

/* Consumes a byte order mark at the start of the stream. */
void tm_file_skip_bom(struct tm_stream *stream);

#endif
