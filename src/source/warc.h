/* SPDX-License-Identifier: Apache-2.0 */
/* warc.h - the pages inside WARC records. */
#ifndef TM_SOURCE_WARC_H
#define TM_SOURCE_WARC_H

#include "source/http.h"
#include "source/reader.h"

/* Buffers that serve one page after the other, and counts of what they showed. */
struct tm_warc_pages {
    struct tm_file *file;
    struct tm_buf coded[2];
    struct tm_buf text;
    uint64_t unsure;            /* pages whose encoding is a guess */
    uint64_t foreign;           /* pages in encodings that are not read */
};

enum tm_warc_outcome {
    TM_WARC_PAGE,               /* a document was appended */
    TM_WARC_NONE,               /* of a kind that holds no text, or not status 200 */
    TM_WARC_BROKEN,             /* told */
    TM_WARC_STOP,               /* memory was short */
};

/* Reads the page of a record of n bytes, whose head takes the first `head`, into a document; the
 * record begins at `offset`. */
enum tm_warc_outcome tm_warc_page(struct tm_warc_pages *pages, const char *record, size_t head,
                                  size_t n, uint64_t offset, struct tm_err *err);
void tm_warc_pages_finish(struct tm_warc_pages *pages);

#endif
