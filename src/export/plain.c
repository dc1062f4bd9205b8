/* SPDX-License-Identifier: Apache-2.0 */
/* Forms of one line a record: text, and tab-separated values. */
#include <stdlib.h>

#include "base/buf.h"
#include "export/writer.h"

#define FLUSH ((size_t)1 << 20)

static enum tm_status begin(struct tm_writer *writer, struct tm_err *err)
{
    writer->state = calloc(1, sizeof(struct tm_buf));
    return writer->state != NULL ? TM_OK
                                 : tm_fail(err, TM_ERR_NOMEM, "", TM_NO_OFFSET, "out of memory");
}

static enum tm_status flush(struct tm_writer *writer, size_t from, struct tm_err *err)
{
    struct tm_buf *buf = writer->state;
    if (buf->failed)
        return tm_fail(err, TM_ERR_NOMEM, "", TM_NO_OFFSET, "out of memory");
    if (buf->n < from || buf->n == 0)
        return TM_OK;
    enum tm_status status = tm_writer_write(writer, buf->p, buf->n, err);
    buf->n = 0;
    return status;
}

static enum tm_status end(struct tm_writer *writer, struct tm_err *err)
{
    return flush(writer, 0, err);
}

static void finish(struct tm_writer *writer)
{
    if (writer->state != NULL)
        tm_buf_finish(writer->state);
    free(writer->state);
}

static enum tm_status put_text(struct tm_writer *writer, const struct tm_value *row,
                               struct tm_err *err)
{
    struct tm_buf *buf = writer->state;
    struct tm_str text = tm_row_text(row, "text");
    size_t at = buf->n;
    tm_buf_str(buf, text);
    for (size_t i = at; i < buf->n; i++)
        if (buf->p[i] == '\n')
            buf->p[i] = ' ';
    tm_buf_byte(buf, '\n');
    return flush(writer, FLUSH, err);
}

static void put_escaped(struct tm_buf *buf, struct tm_str text)
{
    static const char plain[] = "\\\t\n\r";
    static const char named[] = "\\tnr";
    for (size_t i = 0; i < text.n; i++) {
        const char *special = text.p[i] == '\0' ? NULL : strchr(plain, text.p[i]);
        if (special != NULL)
            tm_buf_byte(buf, '\\');
        tm_buf_byte(buf, special == NULL ? text.p[i] : named[special - plain]);
    }
}

static enum tm_status put_tsv(struct tm_writer *writer, const struct tm_value *row,
                              struct tm_err *err)
{
    struct tm_buf *buf = writer->state;
    put_escaped(buf, tm_row_text(row, "doc_id"));
    tm_buf_byte(buf, '\t');
    tm_buf_u64(buf, tm_row_number(row, "seg"));
    tm_buf_byte(buf, '\t');
    put_escaped(buf, tm_row_text(row, "lang"));
    tm_buf_byte(buf, '\t');
    put_escaped(buf, tm_row_text(row, "text"));
    tm_buf_byte(buf, '\n');
    return flush(writer, FLUSH, err);
}

const struct tm_writer_form tm_text_form = {"text", "txt", begin, put_text, end, finish};
const struct tm_writer_form tm_tsv_form = {"tsv", "tsv", begin, put_tsv, end, finish};
