/* SPDX-License-Identifier: Apache-2.0 */
/* open.h - the state of a source, and going from one file or member to the next. */
#ifndef TM_SOURCE_OPEN_H
#define TM_SOURCE_OPEN_H

#include "source/archive.h"
#include "source/decoder.h"
#include "source/feed.h"
#include "source/reader.h"

#define TM_SOURCE_MAX_DOCUMENT ((size_t)16 << 20)

/* The window is that much larger than the largest document: room to look ahead. What is larger
 * than max_document is refused by its exact size, however the reads fell. */
#define TM_SOURCE_AHEAD ((size_t)8 << 10)

/* Per cent from which an encoding is taken for certain. */
#define TM_SOURCE_SURE 90

/* An archive, and one inside it. */
#define TM_SOURCE_LEVELS 2

struct tm_input {
    char *path;
    char *name;
    struct tm_input_options options;
    uint64_t size;
};

/* An open archive; inside another one, `stream` brings its bytes. */
struct tm_level {
    struct tm_archive *archive;
    struct tm_stream stream;
    char *name;                     /* as messages call it */
    uint64_t members;
    uint64_t passed_over;
};

struct tm_source {
    tm_notify_fn *notify;
    void *user;
    struct tm_input *inputs;
    size_t n_inputs;
    size_t room_inputs;
    size_t next_input;
    uint64_t size;
    uint64_t done;                  /* bytes of the inputs before the one that is open */
    struct tm_input_report *reports;
    size_t n_reports;
    size_t room_reports;
    /* what is open */
    struct tm_feed feed;
    struct tm_level levels[TM_SOURCE_LEVELS];
    size_t n_levels;
    struct tm_stream stream;
    struct tm_decoder decoder;      /* between the stream and its bytes */
    struct tm_file file;
    bool decoder_told;
    const struct tm_format *format; /* NULL: no file is open */
    void *state;
};

/* Opens the next file that some format reads; what cannot be read on the way is told and
 * reported. TM_END after the last one. */
enum tm_status tm_source_open_next(struct tm_source *source, struct tm_err *err);

/* What is said once a file as soon as it is known: its encoding. */
void tm_source_tell_encoding(struct tm_source *source);

/* Closes the file that is open and completes its report. */
void tm_source_close_file(struct tm_source *source);

/* Closes all without another word. */
void tm_source_abandon(struct tm_source *source);

void tm_source_tell(struct tm_source *source, enum tm_severity severity, const char *name,
                    const char *format, ...) TM_PRINTF(4, 5);

#endif
