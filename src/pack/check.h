/* SPDX-License-Identifier: Apache-2.0 */
/* check.h - is a row that was read back as the rows are that we write? Pure functions. */
#ifndef TM_PACK_CHECK_H
#define TM_PACK_CHECK_H

#include "pack/value.h"

/* What a good record says, borrowed from the row. */
struct tm_record_facts {
    struct tm_str id;
    struct tm_str doc_id;
    struct tm_str text;
    struct tm_str date;             /* unknown for null */
    struct tm_str lang;
    uint64_t seg;
    uint64_t n_segs;
    uint64_t chars;
    uint64_t words;
};

/* Each returns NULL, or what is wrong: keys, their order, types; for a record also that the text
 * is one that we would write, that n_chars and n_words are right, and that `lang` (may be NULL) is
 * its language. Results are filled when it returns NULL. */
const char *tm_check_record(const struct tm_value *row, const char *lang,
                            struct tm_record_facts *ret_facts);
const char *tm_check_provenance(const struct tm_value *row, struct tm_str *ret_id);
const char *tm_check_reject(const struct tm_value *row);

#endif
