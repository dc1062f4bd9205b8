/* SPDX-License-Identifier: Apache-2.0 */
/* tokenizer.h - counts the tokens of a SentencePiece model that the user gives. */
#ifndef TM_REPORT_TOKENIZER_H
#define TM_REPORT_TOKENIZER_H

#include "base/hash.h"

struct tm_tokenizer;

/* Loads SentencePiece, once; TM_ERR_USAGE if this build or machine has none. Any thread may call it. */
enum tm_status tm_tokenizer_load(struct tm_err *err);

/* Loads the model. TM_ERR_USAGE if this build or machine has no SentencePiece or the file is no model,
 * TM_ERR_READ, TM_ERR_LIMIT for a file of more than 64 MiB, TM_ERR_NOMEM. */
enum tm_status tm_tokenizer_open(const char *path, struct tm_tokenizer **ret_tokenizer,
                                 struct tm_err *err);

/* NULL is allowed. */
void tm_tokenizer_close(struct tm_tokenizer *tokenizer);

/* Name of the file without its folder, and its digest. */
const char *tm_tokenizer_name(const struct tm_tokenizer *tokenizer);
const char *tm_tokenizer_sha256(const struct tm_tokenizer *tokenizer);

/* Tokens of a text; `user` is a struct tm_tokenizer (a tm_unit_fn). */
uint64_t tm_tokenizer_count(void *user, struct tm_str text);

/* Whether a text could not be counted since it was opened. */
bool tm_tokenizer_failed(const struct tm_tokenizer *tokenizer);

#endif
