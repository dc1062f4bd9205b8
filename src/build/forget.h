/* SPDX-License-Identifier: Apache-2.0 */
/*
 * forget.h - what somebody asked to be removed: messages, authors or whole sources. An entry is
 * kept as its digest alone, so that recipes and manifests do not name what is to be forgotten.
 */
#ifndef TM_BUILD_FORGET_H
#define TM_BUILD_FORGET_H

#include <tolmach/document.h>

#include "base/hash.h"

struct tm_forget {
    char (*digests)[TM_SHA256_HEX];     /* sorted, each once, after tm_forget_sort */
    size_t n;
};

void tm_forget_finish(struct tm_forget *forget);

/* The digest of an entry: SHA-256 of `doc:ID`, `author:NAME` or `source:KEY`. An entry is one of
 * these, or a bare id, or `sha256:` and the digest itself. False if it is nothing of the kind. */
bool tm_forget_digest(const char *entry, char ret_digest[TM_SHA256_HEX]);

/* False when memory is short. */
bool tm_forget_add(struct tm_forget *forget, const char digest[TM_SHA256_HEX]);
void tm_forget_sort(struct tm_forget *forget);

/* Whether the document is to be forgotten: its doc_id, author and source_key tell. */
bool tm_forget_has(const struct tm_forget *forget, const struct tm_doc *doc);

#endif
