/* SPDX-License-Identifier: Apache-2.0 */
/*
 * index.h - the documents of a release, cleaned and segmented, in its audit folder: what a next
 * version adds to without reading old inputs again.
 *
 * audit/VERSION/index.zst holds entries: their size as 8 big-endian bytes, then so many bytes, the
 * last of them '\n'. The first entry names all that the documents depend on beside their inputs;
 * the others are documents (core/codec.h) in shard order. Numbers are little-endian.
 */
#ifndef TM_BUILD_INDEX_H
#define TM_BUILD_INDEX_H

#include "build/recipe.h"

/* Appends the first entry: versions, and the settings of cleaning and segmenting. */
void tm_index_put_head(struct tm_buf *buf, const struct tm_recipe *recipe);

/* Appends an entry with a document. */
void tm_index_put(struct tm_buf *buf, const struct tm_doc *doc, struct tm_str cut);

/* The next entry of `entries` as a document, whose slices borrow it; `entries` steps over it. */
enum tm_status tm_index_take(struct tm_str *entries, struct tm_arena *arena,
                             struct tm_doc *ret_doc, struct tm_err *err);

/* Called for each document's bytes, good until it returns. */
typedef enum tm_status tm_index_fn(void *user, struct tm_str bytes, struct tm_err *err);

/* Reads the index in `audit_dir`. TM_ERR_READ when there is none or it is damaged; TM_ERR_USAGE
 * when it was made by other versions or settings than those of `recipe`: the message names the
 * first that differs. */
enum tm_status tm_index_read(const char *audit_dir, const struct tm_recipe *recipe,
                             tm_index_fn *take, void *user, struct tm_err *err);

#endif
