/* SPDX-License-Identifier: Apache-2.0 */
/* sign.h - a signature under a text, for the packer. */
#ifndef TM_PACK_SIGN_H
#define TM_PACK_SIGN_H

#include <tolmach/sign.h>

#include "base/buf.h"

/* Appends the text of NAME.minisig for `text`. `comment`, one line, is signed with it. */
enum tm_status tm_signature_write(const struct tm_sign_key *key, struct tm_str text,
                                  const char *comment, struct tm_buf *buf, struct tm_err *err);

#endif
