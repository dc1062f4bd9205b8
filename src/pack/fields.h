/* SPDX-License-Identifier: Apache-2.0 */
/* fields.h - the keys of rows for people, in their order: the dataset card and the reference are
 * written from these tables. Each ends with a NULL name. */
#ifndef TM_PACK_FIELDS_H
#define TM_PACK_FIELDS_H

struct tm_field {
    const char *name;
    const char *type;               /* of JSON */
    const char *text;
};

extern const struct tm_field tm_record_fields[];
extern const struct tm_field tm_quality_fields[];       /* of `quality` in a record */
extern const struct tm_field tm_provenance_fields[];
extern const struct tm_field tm_reject_fields[];        /* in the audit folder */

#endif
