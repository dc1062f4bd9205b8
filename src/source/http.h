/* SPDX-License-Identifier: Apache-2.0 */
/* http.h - header lines as WARC and HTTP write them, and the bodies of HTTP responses. */
#ifndef TM_SOURCE_HTTP_H
#define TM_SOURCE_HTTP_H

#include "base/buf.h"
#include "base/str.h"

/* The value of a header field in the lines of `head`, blanks trimmed; unknown if it is not there.
 * Names are compared without regard to case. */
struct tm_str tm_http_field(struct tm_str head, const char *name);

/* Bytes of the head at the start of `text`, the empty line after it included; 0 if there is no
 * empty line. */
size_t tm_http_head(struct tm_str text);

/* "text/html" of "Text/HTML; charset=utf-8", in lower case; the charset, or "". */
void tm_http_type(struct tm_str value, char ret_type[64], char ret_charset[64]);

struct tm_http {
    unsigned status;            /* 0: this is no HTTP response */
    struct tm_str head;
    struct tm_str body;
};

void tm_http_response(struct tm_str block, struct tm_http *ret);

/* Undoes the transfer coding (chunked) and the content coding (gzip, deflate, zstd, and br where
 * it is built in) of a body, as the head names them; what a crawler has undone before is taken as
 * it stands. *ret_body points into the body or into one of the two buffers. On failure *ret_why
 * says what is wrong: TM_ERR_LIMIT, over `limit` bytes; TM_ERR_FORMAT; TM_ERR_NOMEM. */
enum tm_status tm_http_body(const struct tm_http *http, size_t limit, struct tm_buf buffers[2],
                            struct tm_str *ret_body, const char **ret_why);

#endif
