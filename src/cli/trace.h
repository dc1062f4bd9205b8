/* SPDX-License-Identifier: Apache-2.0 */
/* trace.h - the way of a document through the cleaner, rule by rule, for people and programs. */
#ifndef TM_CLI_TRACE_H
#define TM_CLI_TRACE_H

#include "base/buf.h"
#include "cli/cli.h"

struct trace {
    bool colour;            /* else what goes stands in [-…-], what comes in {+…+} */
    bool json;
    struct tm_buf steps;    /* of the document under way */
};

/* --color, NO_COLOR and the terminal decide; false after telling that the value is wrong. */
bool trace_begin(struct trace *trace, struct cli *cli, bool json);
void trace_end(struct trace *trace);

/* Cleans one document and appends its way to `out`: a heading, a line for each change with what
 * stands around it, or a JSON object with all edits. Nothing is written for people when nothing
 * changed, unless `whole`, which also shows the raw and the clean text. */
enum tm_status trace_document(struct trace *trace, struct tm_cleaner *cleaner,
                              struct tm_batch *batch, size_t index, bool whole,
                              struct tm_buf *out, struct tm_err *err);

#define TRACE_COLOR_OPTION {"color", 0, "WHEN", "auto, always or never"}

#endif
