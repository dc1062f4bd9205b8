/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sentencepiece.h - the functions of the module tolmach-sentencepiece.so, in which all that is C++
 * is kept. Nobody links it: tokenizer.c loads it when a model is given.
 */
#ifndef TM_REPORT_SENTENCEPIECE_H
#define TM_REPORT_SENTENCEPIECE_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* A model out of its bytes; NULL, and a message of less than `size` bytes, if it is none. */
typedef void *tm_sentencepiece_open_fn(const char *bytes, size_t n, char *ret_message, size_t size);
typedef void tm_sentencepiece_close_fn(void *model);

/* Pieces of a text, without marks of its begin and end; below 0: it failed. */
typedef int64_t tm_sentencepiece_count_fn(void *model, const char *text, size_t n);

tm_sentencepiece_open_fn tm_sentencepiece_open;
tm_sentencepiece_close_fn tm_sentencepiece_close;
tm_sentencepiece_count_fn tm_sentencepiece_count;

#ifdef __cplusplus
}
#endif

#endif
