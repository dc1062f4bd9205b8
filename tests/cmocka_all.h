/* SPDX-License-Identifier: Apache-2.0 */
/* cmocka_all.h - cmocka with the headers that it wants before it. */
#ifndef TM_TESTS_CMOCKA_ALL_H
#define TM_TESTS_CMOCKA_ALL_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define LENGTH(array) (sizeof(array) / sizeof *(array))

#endif
