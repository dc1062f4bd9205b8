/* SPDX-License-Identifier: Apache-2.0 */
/* archive_test.h - archives made with libarchive. */
#ifndef TM_TESTS_ARCHIVE_TEST_H
#define TM_TESTS_ARCHIVE_TEST_H

#include <archive.h>
#include <archive_entry.h>

#include "source/folder_test.h"

struct member {
    const char *name;
    const char *bytes;
    size_t n;
    unsigned type;
};

/* Writes an archive with libarchive; `format` and `filter` are its codes, members end with a NULL
 * name. Its size. */
static inline size_t pack(int format, int filter, const struct member *members, char *out, size_t room)
{
    struct archive *a = archive_write_new();
    size_t used = 0;
    assert_int_equal(archive_write_set_format(a, format), ARCHIVE_OK);
    if (filter != ARCHIVE_FILTER_NONE)
        assert_int_equal(archive_write_add_filter(a, filter), ARCHIVE_OK);
    archive_write_set_bytes_in_last_block(a, 1);
    assert_int_equal(archive_write_open_memory(a, out, room, &used), ARCHIVE_OK);
    for (; members->name != NULL; members++) {
        struct archive_entry *entry = archive_entry_new();
        archive_entry_set_pathname(entry, members->name);
        archive_entry_set_filetype(entry, members->type == 0 ? AE_IFREG : members->type);
        archive_entry_set_perm(entry, 0644);
        archive_entry_set_size(entry, (la_int64_t)members->n);
        if (members->type == AE_IFLNK)
            archive_entry_set_symlink(entry, "/etc/passwd");
        assert_true(archive_write_header(a, entry) >= ARCHIVE_WARN);
        if (members->n != 0)
            assert_int_equal(archive_write_data(a, members->bytes, members->n), members->n);
        archive_entry_free(entry);
    }
    assert_int_equal(archive_write_close(a), ARCHIVE_OK);
    archive_write_free(a);
    return used;
}

#endif
