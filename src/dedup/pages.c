/* SPDX-License-Identifier: Apache-2.0 */
#include "dedup/pages.h"

#include <stdlib.h>
#include <string.h>

#define PAGE ((size_t)16 << 10)

enum tm_status tm_pages_init(struct tm_pages *pages, struct tm_tempfile *file, size_t budget,
                             struct tm_err *err)
{
    uint64_t all = tm_tempfile_size(file) / PAGE + 1;
    size_t n = budget / PAGE + 1;
    n = n < all ? n : (size_t)all;
    *pages = (struct tm_pages){.file = file, .n = n, .numbers = malloc(n * sizeof(uint64_t)),
                               .bytes = malloc(n * PAGE)};
    if (pages->numbers == NULL || pages->bytes == NULL) {
        tm_pages_finish(pages);
        return tm_fail(err, TM_ERR_NOMEM, "", TM_NO_OFFSET, "out of memory");
    }
    memset(pages->numbers, 0xFF, n * sizeof *pages->numbers);
    return TM_OK;
}

void tm_pages_finish(struct tm_pages *pages)
{
    free(pages->numbers);
    free(pages->bytes);
    *pages = (struct tm_pages){.n = 0};
}

static enum tm_status load(struct tm_pages *pages, uint64_t number, size_t slot,
                           struct tm_err *err)
{
    uint64_t left = tm_tempfile_size(pages->file) - number * PAGE;
    pages->numbers[slot] = UINT64_MAX;
    enum tm_status status = tm_tempfile_read(pages->file, number * PAGE,
                                             pages->bytes + slot * PAGE,
                                             left < PAGE ? (size_t)left : PAGE, err);
    if (status == TM_OK)
        pages->numbers[slot] = number;
    return status;
}

enum tm_status tm_pages_read(struct tm_pages *pages, uint64_t offset, char *to, size_t n,
                             struct tm_err *err)
{
    while (n != 0) {
        uint64_t number = offset / PAGE;
        size_t slot = (size_t)(number % pages->n);
        size_t at = (size_t)(offset % PAGE);
        size_t part = PAGE - at < n ? PAGE - at : n;
        enum tm_status status = pages->numbers[slot] == number
            ? TM_OK : load(pages, number, slot, err);
        if (status != TM_OK)
            return status;
        memcpy(to, pages->bytes + slot * PAGE + at, part);
        to += part;
        offset += part;
        n -= part;
    }
    return TM_OK;
}
