/* SPDX-License-Identifier: Apache-2.0 */
/* filter.h - what the commands share that put their inputs through, batch by batch. */
#ifndef TM_CLI_FILTER_H
#define TM_CLI_FILTER_H

#include "base/buf.h"
#include "cli/cli.h"

/* Bytes of text read, or written, at a time. */
#define FILTER_BYTES ((size_t)1 << 20)

/* Told of each batch as it was read; appends to `out` what goes to standard output. */
typedef enum tm_status filter_fn(void *user, struct tm_batch *batch, struct tm_buf *out,
                                 struct tm_err *err);

/* Reads all inputs of a recipe, `bytes` of text at a time; returns the exit code. */
int filter_run(struct cli *cli, const struct tm_recipe *recipe, size_t bytes, filter_fn *each,
               void *user);

/* A document as one JSON line; `cleaned` adds what the cleaner found. */
void filter_put_document(struct tm_buf *buf, const struct tm_doc *doc, bool cleaned);

/* Writes the buffer to standard output and empties it; false when either failed. */
bool filter_write(struct tm_buf *buf);

#endif
