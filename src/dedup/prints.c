/* SPDX-License-Identifier: Apache-2.0 */
/* Fingerprints are written as they come; those that may be there twice are sorted. */
#include "dedup/prints.h"

#include <stdlib.h>
#include <string.h>

#include "base/tempfile.h"
#include "dedup/counts.h"

#define READ_BYTES ((size_t)64 << 10)

struct print {
    uint64_t high;
    uint64_t low;
    uint64_t date;
};

struct tm_prints {
    char *folder;
    size_t budget;
    struct tm_tempfile *file;
    uint64_t n;
};

enum tm_status tm_prints_create(const char *folder, size_t budget, struct tm_prints **ret_prints,
                                struct tm_err *err)
{
    struct tm_prints *prints = calloc(1, sizeof *prints);
    if (prints != NULL)
        prints->folder = strdup(folder);
    if (prints == NULL || prints->folder == NULL) {
        tm_prints_destroy(prints);
        return tm_fail(err, TM_ERR_NOMEM, "", TM_NO_OFFSET, "out of memory");
    }
    prints->budget = budget;
    enum tm_status status = tm_tempfile_create(folder, &prints->file, err);
    if (status != TM_OK) {
        tm_prints_destroy(prints);
        return status;
    }
    *ret_prints = prints;
    return TM_OK;
}

void tm_prints_destroy(struct tm_prints *prints)
{
    if (prints == NULL)
        return;
    tm_tempfile_destroy(prints->file);
    free(prints->folder);
    free(prints);
}

enum tm_status tm_prints_add(struct tm_prints *prints, struct tm_fingerprint print, int64_t date,
                             struct tm_err *err)
{
    struct print record = {print.high, print.low, tm_date_order(date)};
    prints->n++;
    return tm_tempfile_append(prints->file, &record, sizeof record, err);
}

/* Counts them, or, when `keys` is there, adds those seen twice. */
static enum tm_status read_prints(struct tm_prints *prints, struct tm_counts *counts,
                                  struct tm_keys *keys, struct tm_err *err)
{
    struct tm_tempreader reader;
    enum tm_status status = tm_tempreader_open(&reader, prints->file, 0,
                                               tm_tempfile_size(prints->file), READ_BYTES, err);
    for (uint64_t number = 0; number < prints->n && status == TM_OK; number++) {
        const char *p;
        struct print print;
        status = tm_tempreader_take(&reader, sizeof print, &p, err);
        if (status != TM_OK)
            break;
        memcpy(&print, p, sizeof print);
        struct tm_wide_key key = {{print.high, print.low}, {print.date, number}};
        if (keys == NULL)
            tm_counts_add(counts, print.high);
        else if (tm_counts_reach(counts, print.high, 2))
            status = tm_keys_add_wide(keys, &key, err);
    }
    tm_tempreader_close(&reader);
    return status;
}

static enum tm_status pair_copies(struct tm_keys *keys, struct tm_keys *copies,
                                  struct tm_err *err)
{
    struct tm_wide_key key, first = {.more = {0, 0}};
    bool any = false;
    enum tm_status status = tm_keys_rewind(keys, err);
    while (status == TM_OK) {
        status = tm_keys_next_wide(keys, &key, err);
        if (status != TM_OK)
            break;
        if (any && key.key.high == first.key.high && key.key.low == first.key.low)
            status = tm_keys_add(copies, (struct tm_key){first.more[1] << TM_NUMBER_AT,
                                                         key.more[1] << TM_NUMBER_AT}, err);
        else
            first = key;
        any = true;
    }
    return status == TM_END ? TM_OK : status;
}

enum tm_status tm_prints_decide(struct tm_prints *prints, struct tm_keys *copies,
                                struct tm_err *err)
{
    struct tm_counts counts;
    struct tm_keys *keys = NULL;
    enum tm_status status = tm_counts_init(&counts, prints->n, prints->budget / 2, err);
    if (status == TM_OK)
        status = tm_tempfile_flush(prints->file, err);
    if (status == TM_OK && counts.cells != NULL)
        status = read_prints(prints, &counts, NULL, err);
    if (status == TM_OK)
        status = tm_keys_create(prints->folder, prints->budget / 2, 2, &keys, err);
    if (status == TM_OK)
        status = read_prints(prints, &counts, keys, err);
    tm_counts_finish(&counts);
    tm_tempfile_destroy(prints->file);
    prints->file = NULL;
    if (status == TM_OK)
        status = pair_copies(keys, copies, err);
    tm_keys_destroy(keys);
    return status;
}
