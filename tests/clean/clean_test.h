/* SPDX-License-Identifier: Apache-2.0 */
/* clean_test.h - one text through the cleaner, with its balance checked each time. */
#ifndef TM_TESTS_CLEAN_TEST_H
#define TM_TESTS_CLEAN_TEST_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <tolmach/clean.h>

#include "base/str.h"

#define LENGTH(array) (sizeof(array) / sizeof *(array))

struct clean_case {
    const char *name;
    const char *raw;
    const char *want;
};

static inline void assert_balance(const struct tm_doc *doc)
{
    uint64_t left = doc->raw_length;
    uint64_t right = doc->text.n;
    for (size_t i = 0; i < doc->n_edits; i++) {
        left += doc->edits[i].added;
        right += doc->edits[i].removed;
    }
    assert_int_equal(left, right);
}

/* Cleans one text; the document lives in the batch. */
static inline struct tm_doc *clean_doc(struct tm_batch *batch, const char *raw, size_t n,
                                       const struct tm_clean_options *options,
                                       const struct tm_learnt *learnt, const char *source)
{
    struct tm_cleaner *cleaner = NULL;
    assert_int_equal(tm_cleaner_create(options, learnt, &cleaner, NULL), TM_OK);
    tm_batch_reset(batch);
    struct tm_doc *doc = tm_batch_add(batch);
    assert_non_null(doc);
    doc->text = (struct tm_str){raw, n};
    doc->source_key = tm_str_of(source);
    struct tm_stage stage = tm_cleaner_stage(cleaner);
    assert_int_equal(stage.process(stage.state, batch, NULL), TM_OK);
    tm_cleaner_destroy(cleaner);
    assert_balance(doc);
    return doc;
}

static inline void check_case(const struct clean_case *row, const struct tm_clean_options *options)
{
    struct tm_batch *batch = tm_batch_create();
    assert_non_null(batch);
    struct tm_doc *doc = clean_doc(batch, row->raw, strlen(row->raw), options, NULL, "s");
    struct tm_str want = tm_str_of(row->want);
    if (!tm_str_equal(doc->text, want))
        fail_msg("%s: want \"%s\", got \"%.*s\"", row->name, row->want, (int)doc->text.n,
                 doc->text.p);
    /* Cleaning a clean text changes nothing. */
    char *again = strndup(doc->text.p == NULL ? "" : doc->text.p, doc->text.n);
    doc = clean_doc(batch, again, strlen(again), options, NULL, "s");
    if (!tm_str_equal(doc->text, want))
        fail_msg("%s: a second cleaning gives \"%.*s\"", row->name, (int)doc->text.n, doc->text.p);
    free(again);
    tm_batch_destroy(batch);
}

static inline void check_cases(const struct clean_case *rows, size_t n,
                               const struct tm_clean_options *options)
{
    for (size_t i = 0; i < n; i++)
        check_case(&rows[i], options);
}

#endif
