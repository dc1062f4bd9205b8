/* SPDX-License-Identifier: Apache-2.0 */
/* pages.h - a temporary file read here and there, through pages held in memory. */
#ifndef TM_DEDUP_PAGES_H
#define TM_DEDUP_PAGES_H

#include "base/tempfile.h"

struct tm_pages {
    struct tm_tempfile *file;
    uint64_t *numbers;              /* of the pages held, UINT64_MAX for none */
    char *bytes;
    size_t n;
};

/* The file is borrowed, and must not grow any more. `budget`: bytes of pages, one page at least. A
 * zeroed struct is finished. */
enum tm_status tm_pages_init(struct tm_pages *pages, struct tm_tempfile *file, size_t budget,
                             struct tm_err *err);
void tm_pages_finish(struct tm_pages *pages);

enum tm_status tm_pages_read(struct tm_pages *pages, uint64_t offset, char *to, size_t n,
                             struct tm_err *err);

#endif
