/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TM_DEDUP_NORMAL_H
#define TM_DEDUP_NORMAL_H

#include <tolmach/base.h>

/* As tm_normal_form, with room for n + TM_FORM_ROOM bytes; between the words of different lines
 * stands a line feed. */
size_t tm_normal_lines(const char *text, size_t n, char *ret_form);

/* The same by the way that every machine has, to be compared with the other one. */
size_t tm_normal_slowly(const char *text, size_t n, char *ret_form, bool lines);

#endif
