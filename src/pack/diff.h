/* SPDX-License-Identifier: Apache-2.0 */
/* diff.h - what changed from one opened release to another, as a new version says it. */
#ifndef TM_PACK_DIFF_H
#define TM_PACK_DIFF_H

#include "pack/opened.h"

/* Appends what tm_diff gives, as text and as JSON. `temp`: folder for temporary files. */
enum tm_status tm_diff_write(const struct tm_opened *old, const struct tm_opened *new,
                             const char *temp, struct tm_buf *text, struct tm_buf *json,
                             struct tm_err *err);

#endif
