/* SPDX-License-Identifier: Apache-2.0 */
/*
 * source.h - raw dumps to documents.
 *
 * Inputs are files, folders (walked in byte order of their relative names, numbers in them by value:
 * messages10.html after messages9.html) and standard input ("-"), each of which may be an archive or compressed (zip, tar, 7z; gz, bz2, xz, zst), with one
 * more archive inside. The format of each file is chosen by what its first bytes look like unless
 * it is named. Reading is streaming: memory is bounded by the largest document, and that by
 * `max_document`.
 *
 * Text in UTF-16 or in a code page of Russian or English is told by its bytes and read as UTF-8;
 * what was taken for what stands in the report, and a note says so. Offsets and lengths of
 * documents and faults are those of the file as it lies there; a fault that is told late may be
 * placed up to 256 KiB before its place.
 *
 * Data that cannot be used is no error of the call: it is told through `notify` with file and
 * offset, counted, and the rest is read. At most 16 faults of a file are told singly.
 *
 * In folders and archives, files that hold no posts by their names (pictures, style sheets, README,
 * LICENCE and the like) are passed over with one note; hidden names are passed over, links are
 * followed to regular files only. Names of archive members are data and never paths. An archive is
 * left, with a fault, when it is compressed more than three times over, or when it has unpacked to
 * more than 1 GiB and more than a thousand times the size of its file.
 */
#ifndef TOLMACH_SOURCE_H
#define TOLMACH_SOURCE_H

#include <tolmach/base.h>
#include <tolmach/document.h>
#include <tolmach/ledger.h>

#ifdef __cplusplus
extern "C" {
#endif

enum tm_severity {
    TM_NOTE,                /* something was guessed; err.hint names the flag that settles it */
    TM_WARNING,             /* something was repaired, nothing is lost */
    TM_FAULT,               /* some input could not be used */
};

typedef void tm_notify_fn(void *user, enum tm_severity severity, const struct tm_err *what);

/* How to read one input. Zero means default. All strings are borrowed until destroy. */
struct tm_input_options {
    const char *format;           /* NULL: by first bytes; else a name of tm_source_formats */
    const char *channel;          /* title for documents that carry none */
    const char *const *fields;    /* "text=message" …: role=name pairs for JSON objects, NULL-ended;
                                     roles: text id date channel channel_id url author edited views
                                     forwarded_from reply_to media */
    const char *const *extra;     /* names of JSON fields passed through, NULL-ended */
    const char *encoding;         /* NULL: by the bytes; else a name such as windows-1251 */
    enum tm_markup markup;        /* AUTO leaves it to the reader, and it to the cleaner */
    bool no_media;                /* text and metadata alone: documents say nothing of media, and a
                                     post that is nothing but media is skipped (and counted); what
                                     is written under a picture is text and stays */
    size_t max_document;          /* bytes of one document in its source; 0 = 16 MiB */
};

struct tm_source;

/* Creates a source without inputs. `notify` may be NULL. */
TM_API enum tm_status tm_source_create(tm_notify_fn *notify, void *user,
                                       struct tm_source **ret_source, struct tm_err *err);
TM_API void tm_source_destroy(struct tm_source *source);

/* Adds an input: `path` is what is opened, `name` what documents and messages call it (NULL: the
 * path). A folder is walked at once, its files are named `name/relative`; a folder without a
 * readable file, or a path that does not exist, is TM_ERR_READ. */
TM_API enum tm_status tm_source_add(struct tm_source *source, const char *path, const char *name,
                                    const struct tm_input_options *options, struct tm_err *err);

/* Appends documents to `batch` until it holds about `target` bytes of text, at least one document;
 * all that they point to is in the batch's arena. A reader may fill `urls` with the targets of
 * links that have another text (with room for the next power of two); the cleaner adds to them.
 * TM_END when all inputs are read (the batch may still hold the last documents: look at
 * batch->n). */
TM_API enum tm_status tm_source_read(struct tm_source *source, size_t target,
                                     struct tm_batch *batch, struct tm_err *err);

/* Reports of the files begun so far, in reading order; borrowed until the next call on `source`. */
TM_API const struct tm_input_report *tm_source_reports(const struct tm_source *source,
                                                       size_t *ret_n);

/* Bytes of input known from file sizes (0 if unknown, as for standard input), and bytes of files
 * consumed so far (compressed as they lie on disk): for progress. */
TM_API uint64_t tm_source_size(const struct tm_source *source);
TM_API uint64_t tm_source_position(const struct tm_source *source);

/* Names of the formats, NULL-ended. */
TM_API const char *const *tm_source_formats(void);

#ifdef __cplusplus
}
#endif

#endif
