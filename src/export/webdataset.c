/* SPDX-License-Identifier: Apache-2.0 */
/* A tar as WebDataset reads it: a sample is a run of members with one name up to the first dot. */
#include <archive.h>
#include <archive_entry.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/buf.h"
#include "export/writer.h"

struct tar {
    struct archive *archive;
    struct tm_buf name;
    struct tm_buf json;
    struct tm_err err;              /* of the write callback */
};

static la_ssize_t write_tar(struct archive *archive, void *user, const void *p, size_t n)
{
    struct tm_writer *writer = user;
    struct tar *tar = writer->state;
    (void)archive;
    return tm_writer_write(writer, p, n, &tar->err) == TM_OK ? (la_ssize_t)n : -1;
}

static enum tm_status fail(struct tm_writer *writer, struct tm_err *err)
{
    struct tar *tar = writer->state;
    if (tar->err.status != TM_OK) {
        *err = tar->err;
        return err->status;
    }
    return tm_fail(err, TM_ERR_WRITE, writer->path, TM_NO_OFFSET, "cannot write the archive: %s",
                   archive_error_string(tar->archive));
}

static enum tm_status begin(struct tm_writer *writer, struct tm_err *err)
{
    struct tar *tar = calloc(1, sizeof *tar);
    writer->state = tar;
    if (tar != NULL)
        tar->archive = archive_write_new();
    if (tar == NULL || tar->archive == NULL)
        return tm_fail(err, TM_ERR_NOMEM, "", TM_NO_OFFSET, "out of memory");
    if (archive_write_set_format_ustar(tar->archive) != ARCHIVE_OK ||
        archive_write_open(tar->archive, writer, NULL, write_tar, NULL) != ARCHIVE_OK)
        return fail(writer, err);
    return TM_OK;
}

static enum tm_status put_member(struct tm_writer *writer, struct tm_str id, const char *extension,
                                 struct tm_str bytes, struct tm_err *err)
{
    struct tar *tar = writer->state;
    tar->name.n = 0;
    /* A dot would end the name of the sample; ordinals in ids have one. */
    for (size_t i = 0; i < id.n; i++)
        tm_buf_byte(&tar->name, id.p[i] == '.' ? '_' : id.p[i]);
    tm_buf_printf(&tar->name, ".%s", extension);
    tm_buf_byte(&tar->name, '\0');
    struct archive_entry *entry = archive_entry_new();
    if (tar->name.failed || entry == NULL) {
        archive_entry_free(entry);
        return tm_fail(err, TM_ERR_NOMEM, "", TM_NO_OFFSET, "out of memory");
    }
    archive_entry_set_pathname(entry, tar->name.p);
    archive_entry_set_size(entry, (la_int64_t)bytes.n);
    archive_entry_set_filetype(entry, AE_IFREG);
    archive_entry_set_perm(entry, 0644);
    archive_entry_set_mtime(entry, 0, 0);
    bool good = archive_write_header(tar->archive, entry) == ARCHIVE_OK &&
                (bytes.n == 0 ||
                 archive_write_data(tar->archive, bytes.p, bytes.n) == (la_ssize_t)bytes.n);
    archive_entry_free(entry);
    return good ? TM_OK : fail(writer, err);
}

static enum tm_status put(struct tm_writer *writer, const struct tm_value *row, struct tm_err *err)
{
    struct tar *tar = writer->state;
    struct tm_str id = tm_row_text(row, "id");
    tar->json.n = 0;
    tm_value_put(&tar->json, row);
    if (tar->json.failed)
        return tm_fail(err, TM_ERR_NOMEM, "", TM_NO_OFFSET, "out of memory");
    enum tm_status status = put_member(writer, id, "txt", tm_row_text(row, "text"), err);
    return status == TM_OK ? put_member(writer, id, "json", tm_buf_view(&tar->json), err) : status;
}

static enum tm_status end(struct tm_writer *writer, struct tm_err *err)
{
    struct tar *tar = writer->state;
    return archive_write_close(tar->archive) == ARCHIVE_OK ? TM_OK : fail(writer, err);
}

static void finish(struct tm_writer *writer)
{
    struct tar *tar = writer->state;
    if (tar == NULL)
        return;
    (void)archive_write_free(tar->archive);
    tm_buf_finish(&tar->name);
    tm_buf_finish(&tar->json);
    free(tar);
}

const struct tm_writer_form tm_webdataset_form = {"webdataset", "tar", begin, put, end, finish};
