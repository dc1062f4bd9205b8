/* SPDX-License-Identifier: Apache-2.0 */
/* fields.h - the keys of rows in their order: what `verify` checks, and what the dataset card,
 * Croissant, Parquet and the reference say of them, comes from these tables. */
#ifndef TM_PACK_FIELDS_H
#define TM_PACK_FIELDS_H

#include <stdbool.h>

enum tm_field_type {
    TM_FIELD_TEXT,
    TM_FIELD_TIME,              /* text, RFC 3339 in UTC */
    TM_FIELD_URL,
    TM_FIELD_COUNT,             /* whole number from 0 */
    TM_FIELD_SIGNED,            /* whole number */
    TM_FIELD_SHARE,             /* number from 0 to 1, four decimals at most */
    TM_FIELD_NUMBER,
    TM_FIELD_FLAG,
    TM_FIELD_TEXTS,             /* list */
    TM_FIELD_URLS,              /* list */
    TM_FIELD_OBJECT,
    TM_FIELD_OBJECTS,           /* list */
};

struct tm_field {
    const char *name;           /* NULL ends a table */
    enum tm_field_type type;
    bool maybe;                 /* may be null */
    const char *text;
    const struct tm_field *members;     /* of an object */
};

/* More fields than any table has. */
enum { TM_FIELDS_MOST = 32 };

extern const struct tm_field tm_record_fields[];        /* the last one, OBJECTS, of documents only */
extern const struct tm_field tm_quality_fields[];       /* `quality` in a record */
extern const struct tm_field tm_span_fields[];          /* each of `lang_spans` in a record */
extern const struct tm_field tm_provenance_fields[];
extern const struct tm_field tm_reject_fields[];        /* in the audit folder */

/* The type in JSON, for people: "string or null". */
const char *tm_field_type_text(const struct tm_field *field);

#endif
