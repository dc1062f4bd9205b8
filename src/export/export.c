/* SPDX-License-Identifier: Apache-2.0 */
#include <tolmach/export.h>

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/hash.h"
#include "export/writer.h"
#include "pack/folder.h"
#include "pack/opened.h"

enum { SPLITS = 3, WHOLE = 10000 };

#define DEFAULT_ROWS 1000000

static const char *const split_names[SPLITS] = {"train", "validation", "test"};

static const struct tm_writer_form *const forms[] = {
    [TM_EXPORT_TEXT] = &tm_text_form, [TM_EXPORT_TSV] = &tm_tsv_form,
    [TM_EXPORT_WEBDATASET] = &tm_webdataset_form, [TM_EXPORT_PARQUET] = &tm_parquet_form,
};

enum { FORMS = sizeof forms / sizeof *forms };

const char *tm_export_form_name(int form)
{
    return form >= 0 && form < FORMS ? forms[form]->name : NULL;
}

enum tm_status tm_writer_write(struct tm_writer *writer, const void *p, size_t n,
                               struct tm_err *err)
{
    writer->written += n;
    return tm_fd_write(writer->fd, writer->path, p, n, err);
}

struct tm_str tm_row_text(const struct tm_value *row, const char *key)
{
    return tm_value_text(tm_value_get(row, key));
}

uint64_t tm_row_number(const struct tm_value *row, const char *key)
{
    uint64_t number = 0;
    (void)tm_value_u64(tm_value_get(row, key), &number);
    return number;
}

/* The file under way of one split. */
struct output {
    struct tm_writer writer;
    char path[TM_PACK_PATH];
    uint64_t rows;
    uint64_t files;
    bool is_open;
};

struct exporter {
    const struct tm_export_options *options;
    struct tm_export_result *result;
    char folder[TM_PACK_PATH];      /* of the language */
    struct output outputs[SPLITS];
};

static enum tm_status open_output(struct exporter *x, int split, struct tm_err *err)
{
    struct output *o = &x->outputs[split];
    char name[64];
    const struct tm_writer_form *form = forms[x->options->form];
    (void)snprintf(name, sizeof name, "%s-%05llu.%s", split_names[split],
                   (unsigned long long)o->files, form->extension);
    if (!tm_path_join(o->path, x->folder, name))
        return tm_fail(err, TM_ERR_WRITE, x->folder, TM_NO_OFFSET, "the path is too long");
    int fd = open(o->path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    if (fd < 0)
        return tm_fail(err, TM_ERR_WRITE, o->path, TM_NO_OFFSET, "cannot make the file: %s",
                       strerror(errno));
    o->writer = (struct tm_writer){.form = form, .path = o->path, .fd = fd};
    o->rows = 0;
    o->files++;
    o->is_open = true;
    x->result->files++;
    return form->begin(&o->writer, err);
}

static enum tm_status close_output(struct output *o, enum tm_status status, struct tm_err *err)
{
    if (!o->is_open)
        return status;
    if (status == TM_OK)
        status = o->writer.form->end(&o->writer, err);
    o->writer.form->finish(&o->writer);
    if (close(o->writer.fd) != 0 && status == TM_OK)
        status = tm_fail(err, TM_ERR_WRITE, o->path, TM_NO_OFFSET, "cannot close: %s",
                         strerror(errno));
    o->is_open = false;
    return status;
}

/* See export.h. */
static bool draw_split(const struct tm_export_options *options, struct tm_str doc_id,
                       int *ret_split)
{
    char hex[TM_SHA256_HEX];
    if (!tm_sha256_of(doc_id.p, doc_id.n, hex))
        return false;
    hex[16] = '\0';
    double share = (double)strtoull(hex, NULL, 16) / 18446744073709551616.0;
    double test = options->test / (double)WHOLE;
    double both = (options->test + options->validation) / (double)WHOLE;
    *ret_split = share < test ? 2 : share < both ? 1 : 0;
    return true;
}

static enum tm_status put_row(struct exporter *x, const struct tm_value *row, struct tm_err *err)
{
    int split;
    uint64_t most = x->options->rows == 0 ? DEFAULT_ROWS : x->options->rows;
    if (!draw_split(x->options, tm_row_text(row, "doc_id"), &split))
        return tm_fail(err, TM_ERR_NOMEM, "", TM_NO_OFFSET, "out of memory");
    struct output *o = &x->outputs[split];
    enum tm_status status = TM_OK;
    if (o->is_open && o->rows >= most)
        status = close_output(o, status, err);
    if (status == TM_OK && !o->is_open)
        status = open_output(x, split, err);
    if (status == TM_OK)
        status = o->writer.form->put(&o->writer, row, err);
    o->rows++;
    x->result->records[split]++;
    return status;
}

static enum tm_status export_lang(struct exporter *x, const struct tm_opened *release,
                                  enum tm_pack_stream stream, struct tm_err *err)
{
    struct tm_walk walk;
    const struct tm_value *row;
    uint64_t offset;
    memset(x->outputs, 0, sizeof x->outputs);
    if (!tm_path_join(x->folder, x->options->out, tm_pack_stream_lang(stream)))
        return tm_fail(err, TM_ERR_WRITE, x->options->out, TM_NO_OFFSET, "the path is too long");
    enum tm_status status = tm_folder_make(x->folder, err);
    tm_walk_begin(&walk, release, stream);
    while (status == TM_OK && (status = tm_walk_next(&walk, &row, &offset, err)) == TM_OK)
        status = put_row(x, row, err);
    tm_walk_end(&walk);
    status = status == TM_END ? TM_OK : status;
    for (int i = 0; i < SPLITS; i++)
        status = close_output(&x->outputs[i], status, err);
    return status;
}

static enum tm_status check(const struct tm_export_options *options, struct tm_err *err)
{
    if ((uint64_t)options->test + options->validation > WHOLE)
        return tm_fail(err, TM_ERR_USAGE, "", TM_NO_OFFSET,
                       "test and validation share are more than all");
    enum tm_status status = tm_folder_make(options->out, err);
    DIR *dir = status == TM_OK ? opendir(options->out) : NULL;
    bool empty = true;
    for (struct dirent *entry; dir != NULL && (entry = readdir(dir)) != NULL;)
        empty &= strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0;
    if (dir != NULL)
        (void)closedir(dir);
    if (status == TM_OK && !empty) {
        (void)tm_fail(err, TM_ERR_USAGE, options->out, TM_NO_OFFSET, "the folder is not empty");
        status = tm_hint(err, "give one that is, or a new one");
    }
    return status;
}

static bool has(const struct tm_opened *release, enum tm_pack_stream stream)
{
    for (size_t i = 0; i < release->n_shards; i++)
        if (release->streams[i] == stream)
            return true;
    return false;
}

enum tm_status tm_export(const char *dir, const struct tm_export_options *options,
                         struct tm_export_result *ret_result, struct tm_err *err)
{
    struct tm_opened release;
    struct exporter *x = calloc(1, sizeof *x);
    if (x == NULL)
        return tm_fail(err, TM_ERR_NOMEM, "", TM_NO_OFFSET, "out of memory");
    *ret_result = (struct tm_export_result){0};
    x->options = options;
    x->result = ret_result;
    enum tm_status status = tm_opened_init(&release, dir, "", err);
    bool is_open = status == TM_OK;
    if (status == TM_OK)
        status = check(options, err);
    for (int i = TM_PACK_RU; i <= TM_PACK_OTHER && status == TM_OK; i++) {
        enum tm_pack_stream stream = (enum tm_pack_stream)i;
        if (has(&release, stream) &&
            (options->lang == NULL || strcmp(options->lang, tm_pack_stream_lang(stream)) == 0))
            status = export_lang(x, &release, stream, err);
    }
    if (is_open)
        tm_opened_finish(&release);
    free(x);
    return status;
}
