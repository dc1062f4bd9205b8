/* SPDX-License-Identifier: Apache-2.0 */
/* scan.h - the inner loops of the readers: the end of a plain run in a JSON string, UTF-8. */
#ifndef TM_BASE_SCAN_H
#define TM_BASE_SCAN_H

#include <tolmach/base.h>

/* First byte from p on that is a quote, a backslash or below 0x20. Such a byte must exist, and 16
 * bytes after it must be readable (a stream's zero pad is both). *high is set if a byte of 0x80 or
 * above stands before it, and left alone otherwise. */
const char *tm_scan_string(const char *p, bool *high);

/* Length of the longest valid UTF-8 prefix (RFC 3629: no overlong forms, no surrogates, nothing
 * above U+10FFFF): n if all is valid, else where the first bad sequence begins. */
size_t tm_scan_utf8(const char *p, size_t n);

#endif
