/* SPDX-License-Identifier: Apache-2.0 */
/* folder_test.h - a temporary folder, and what a source makes of it. */
#ifndef TM_TESTS_FOLDER_TEST_H
#define TM_TESTS_FOLDER_TEST_H

#include <ftw.h>
#include <sys/stat.h>
#include <unistd.h>

#include "source/source_test.h"

struct folder {
    char path[256];
};

static inline void folder_make(struct folder *folder)
{
    const char *temp = getenv("TMPDIR");
    snprintf(folder->path, sizeof folder->path, "%s/tolmach-test-XXXXXX",
             temp == NULL ? "/tmp" : temp);
    assert_non_null(mkdtemp(folder->path));
}

static inline char *folder_path(const struct folder *folder, const char *name, char path[512])
{
    snprintf(path, 512, "%s/%s", folder->path, name);
    return path;
}

/* Makes the folders on the way too. */
static inline void folder_write(const struct folder *folder, const char *name, const void *p,
                                size_t n)
{
    char path[512];
    folder_path(folder, name, path);
    for (char *slash = strchr(path + strlen(folder->path) + 1, '/'); slash != NULL;
         slash = strchr(slash + 1, '/')) {
        *slash = '\0';
        mkdir(path, 0700);
        *slash = '/';
    }
    unlink(path);   /* to cut a file short and write it again makes ext4 wait for the disk */
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(p, 1, n, file), n);
    assert_int_equal(fclose(file), 0);
}

static inline int folder_unlink(const char *path, const struct stat *st, int kind, struct FTW *at)
{
    (void)st;
    (void)kind;
    (void)at;
    return remove(path);
}

static inline void folder_remove(struct folder *folder)
{
    nftw(folder->path, folder_unlink, 16, FTW_DEPTH | FTW_PHYS);
}

/* All that a source says of its inputs; the balance of each file is checked. */
struct sourced {
    struct tm_source *source;
    struct tm_batch *batch;
    const struct tm_input_report *reports;
    size_t n_reports;
    struct told told;
};

static inline void sourced_start(struct sourced *s)
{
    memset(s, 0, sizeof *s);
    assert_int_equal(tm_source_create(test_notify, &s->told, &s->source, NULL), TM_OK);
    s->batch = tm_batch_create();
    assert_non_null(s->batch);
}

static inline void sourced_read(struct sourced *s)
{
    enum tm_status status;
    while ((status = tm_source_read(s->source, 1, s->batch, NULL)) == TM_OK)
        ;
    assert_int_equal(status, TM_END);
    s->reports = tm_source_reports(s->source, &s->n_reports);
    uint64_t documents = 0;
    for (size_t i = 0; i < s->n_reports; i++) {
        const struct tm_input_report *report = &s->reports[i];
        check_balance(report, NULL, report->bytes);
        documents += report->documents;
        assert_int_equal(strlen(report->sha256), 64);
        assert_non_null(report->format);
    }
    assert_int_equal(documents, s->batch->n);
}

static inline void sourced_finish(struct sourced *s)
{
    tm_batch_destroy(s->batch);
    tm_source_destroy(s->source);
}

/* Reads one file of the folder. */
static inline void sourced_file(struct sourced *s, const struct folder *folder, const char *name,
                                const struct tm_input_options *options)
{
    char path[512];
    sourced_start(s);
    assert_int_equal(tm_source_add(s->source, folder_path(folder, name, path), name, options, NULL),
                     TM_OK);
    sourced_read(s);
}

#endif
