/* SPDX-License-Identifier: Apache-2.0 */
/* ident.h - keys and identifiers of documents, and the few values they are made of. */
#ifndef TM_SOURCE_IDENT_H
#define TM_SOURCE_IDENT_H

#include <tolmach/document.h>

/* Seconds since 1970 of a date as dumps write it: ISO 8601 with or without a zone, seconds or
 * milliseconds since 1970 as digits. TM_UNKNOWN if it is none. *ret_zone is false only when the
 * date is a local time without a zone (it is then taken as UTC). */
int64_t tm_ident_date(struct tm_str text, bool *ret_zone);

/* A decimal integer, the whole of `text`; TM_UNKNOWN if it is none or too large. */
int64_t tm_ident_integer(struct tm_str text);

/* The bare id in a channel's id as text: a sign goes, and so does the mark -100 that Telethon and
 * the Bot API put before it. Unknown if `text` is no integer. The result points into `text`, or
 * to static digits. */
struct tm_str tm_ident_channel(struct tm_str text);

/* Parts of an address of a message: t.me/HANDLE/ID, t.me/s/HANDLE/ID, t.me/c/CHANNEL/ID. */
struct tm_ident_link {
    struct tm_str handle;
    struct tm_str channel;
    struct tm_str message;
};

bool tm_ident_link(struct tm_str url, struct tm_ident_link *ret_link);

/* The host of an address, with its port; unknown if there is none. The result points into `url`. */
struct tm_str tm_ident_host(struct tm_str url);

/* What a document is called by. */
struct tm_ident {
    struct tm_str source;       /* becomes source_key; must be known */
    bool source_id;             /* it is a channel's number */
    struct tm_str message;      /* id as it stands, or unknown */
    struct tm_str url;          /* address that serves where there is no id, or unknown */
};

/* Fills source_key, message_key and doc_id of `doc`, whose text must be there. False when memory
 * is short. */
bool tm_ident_fill(const struct tm_ident *ident, struct tm_arena *arena, struct tm_doc *doc);

#endif
