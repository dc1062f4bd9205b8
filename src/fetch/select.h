/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TM_FETCH_SELECT_H
#define TM_FETCH_SELECT_H

#include "base/buf.h"

struct fetch;

/* Lists the files that are wanted and their frames, all missing. */
enum tm_status tm_select(struct fetch *fetch, struct tm_err *err);

/* The text of partial.json, when the files are complete. */
void tm_select_put(const struct fetch *fetch, struct tm_buf *buf);

#endif
