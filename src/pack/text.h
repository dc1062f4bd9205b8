/* SPDX-License-Identifier: Apache-2.0 */
/* text.h - plain text for people, which the library gives away and never prints. */
#ifndef TM_PACK_TEXT_H
#define TM_PACK_TEXT_H

#include "base/buf.h"

/* Ends the text with a NUL and hands it over, or frees it when memory was short. */
enum tm_status tm_text_give(struct tm_buf *buf, char **ret_text, struct tm_err *err);

/* Text of a corpus and a line feed: further lines begin with `indent` blanks, control characters,
 * which a terminal might obey, become question marks. */
void tm_text_line(struct tm_buf *buf, struct tm_str text, unsigned indent);

#endif
