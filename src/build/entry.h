/* SPDX-License-Identifier: Apache-2.0 */
/*
 * entry.h - rendered documents as bytes, and back: of each its prints, what it adds to the sums, the
 * clean document as the index has it (index.h), and its rows. The bytes are for this program on this
 * machine alone.
 *
 * An entry is a head, the part that tells which documents there are, and the bodies, the latter two
 * compressed each by itself.
 */
#ifndef TM_BUILD_ENTRY_H
#define TM_BUILD_ENTRY_H

#include "build/load.h"

/* What rows depend on beside the documents' cleaning. */
struct tm_entry_basis {
    int64_t threshold;              /* of languages */
    struct tm_hash128 settings;     /* digest of all of them */
};

/* What an entry begins with. */
struct tm_entry_head {
    struct tm_entry_basis basis;
    uint64_t documents;
    uint64_t list;                  /* bytes of the part that lists them */
};

/* Adds the document with this index to the load's next entry; what was rendered of it are the rows
 * from `row` and the prints from `print` on, which are left out unless load->keeps_rows. Its sums go
 * to the total. */
enum tm_status tm_entry_add(struct load *load, size_t index, size_t row, size_t print,
                            struct tm_err *err);

/* Adds the document as its body has it. */
enum tm_status tm_entry_add_again(struct load *load, size_t index, struct tm_err *err);

/* Packs the entry of what was added into load->packed, and makes the total the load's sums; *ret_key
 * is the digest of documents and basis. TM_END when nothing was added. */
enum tm_status tm_entry_pack(struct load *load, const struct tm_entry_basis *basis,
                             struct tm_hash128 *ret_key, struct tm_err *err);

/* The documents that an entry lists, one after the other; `list` is the part unpacked. */
struct tm_entry_item {
    struct tm_hash128 hash;
    struct tm_str key;
};
bool tm_entry_next(struct tm_str *list, struct tm_entry_item *ret_item);

/* Appends the content of a packed part; false when it is damaged or memory is short. */
bool tm_entry_unpack(struct tm_str packed, struct tm_buf *content);

/* Unpacks the bodies of the entry in load->packed into load->entry. False when it is damaged. */
bool tm_entry_open(struct load *load, struct tm_entry_head *ret_head);

/* The next body, a slice of `bodies`. */
bool tm_entry_next_body(struct tm_str *bodies, struct load_body *ret_body);

/* Appends what the body of a document holds to rows, prints and the total. */
enum tm_status tm_entry_take_rows(struct load *load, size_t index, struct tm_err *err);

#endif
