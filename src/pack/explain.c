/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>

#include <tolmach/release.h>

#include "base/json_write.h"
#include "pack/folder.h"
#include "pack/opened.h"
#include "pack/pretty.h"
#include "pack/text.h"

/* Rows that were found, as JSON text, one a line. */
struct finding {
    struct tm_opened opened;
    struct tm_str id;               /* what is looked for: of a record or of a document */
    struct tm_buf doc_id;           /* of what was found */
    struct tm_buf records;
    struct tm_buf provenance;
    struct tm_buf rejects;
    struct tm_buf document;
    struct tm_origin origin;
};

/* True if `id` is what is looked for, or a segment of it. */
static bool is_wanted(const struct finding *f, struct tm_str id)
{
    if (tm_str_equal(id, f->id))
        return true;
    if (!tm_str_starts(id, f->id) || id.n < f->id.n + 2 || id.p[f->id.n] != '-')
        return false;
    for (size_t i = f->id.n + 1; i < id.n; i++)
        if ((unsigned char)id.p[i] - 48u > 9)
            return false;
    return true;
}

static void keep(struct tm_buf *buf, const struct tm_value *row)
{
    tm_value_put(buf, row);
    tm_buf_byte(buf, '\n');
}

static void note_origin(struct finding *f, const struct tm_value *row)
{
    struct tm_str file = tm_value_text(tm_value_get(row, "source_file"));
    if (file.n != 0 && file.n < sizeof f->origin.file &&
        tm_value_u64(tm_value_get(row, "source_offset"), &f->origin.offset)) {
        memcpy(f->origin.file, file.p, file.n);
        f->origin.file[file.n] = '\0';
    }
}

/* A reject of a whole document has its doc_id as id and no language. */
static void note_document(struct finding *f, struct tm_str id, bool whole)
{
    if (f->doc_id.n != 0)
        return;
    while (!whole && id.n != 0 && id.p[id.n - 1] != '-')
        id.n--;
    id.n -= !whole && id.n != 0;
    tm_buf_str(&f->doc_id, id);
}

static enum tm_status find_records(struct finding *f, struct tm_err *err)
{
    enum tm_status status = TM_END;
    for (int i = TM_PACK_RU; i <= TM_PACK_PROVENANCE && status == TM_END; i++) {
        bool data = i != TM_PACK_PROVENANCE;
        struct tm_walk walk;
        const struct tm_value *row;
        uint64_t offset;
        tm_walk_begin(&walk, &f->opened, (enum tm_pack_stream)i);
        while ((status = tm_walk_next(&walk, &row, &offset, err)) == TM_OK) {
            struct tm_str id = tm_value_text(tm_value_get(row, "id"));
            if (!is_wanted(f, id))
                continue;
            keep(data ? &f->records : &f->provenance, row);
            if (!data)
                note_origin(f, row);
            note_document(f, id, false);
        }
        tm_walk_end(&walk);
    }
    return status == TM_END ? TM_OK : status;
}

static enum tm_status find_in_audit(struct finding *f, const char *name, bool documents,
                                    struct tm_err *err)
{
    char path[TM_PACK_PATH];
    struct tm_rows rows;
    const struct tm_value *row;
    uint64_t offset;
    if (!tm_path_join(path, f->opened.audit_dir, name) || !tm_path_exists(path))
        return TM_OK;
    enum tm_status status = tm_rows_open(&rows, f->opened.audit_dir, name, NULL, err);
    if (status != TM_OK)
        return status;
    while ((status = tm_rows_next(&rows, &row, &offset, err)) == TM_OK) {
        struct tm_str id = tm_value_text(tm_value_get(row, documents ? "doc_id" : "id"));
        const struct tm_value *lang = tm_value_get(row, "lang");
        if (documents) {
            bool found = f->doc_id.n != 0 ? tm_str_equal(id, tm_buf_view(&f->doc_id))
                                          : tm_str_equal(id, f->id);
            if (found) {
                keep(&f->document, row);
                note_origin(f, row);
            }
        } else if (is_wanted(f, id)) {
            keep(&f->rejects, row);
            note_document(f, id, lang == NULL || lang->kind == TM_KIND_NULL);
        }
    }
    tm_rows_close(&rows);
    return status == TM_END ? TM_OK : status;
}

static void put_list(struct tm_pretty *json, const char *key, const struct tm_buf *rows)
{
    tm_pretty_open(json, key, '[');
    for (size_t at = 0; at < rows->n;) {
        const char *end = memchr(rows->p + at, '\n', rows->n - at);
        tm_pretty_key(json, NULL);
        tm_buf_add(json->buf, rows->p + at, (size_t)(end - rows->p) - at);
        at = (size_t)(end - rows->p) + 1;
    }
    tm_pretty_close(json, '[');
}

static void put_json(struct tm_buf *buf, const struct finding *f)
{
    struct tm_pretty json = {.buf = buf};
    tm_pretty_open(&json, NULL, '{');
    tm_pretty_str(&json, "id", f->id);
    tm_pretty_str(&json, "doc_id", f->doc_id.n == 0 ? f->id : tm_buf_view(&f->doc_id));
    put_list(&json, "records", &f->records);
    put_list(&json, "provenance", &f->provenance);
    put_list(&json, "rejects", &f->rejects);
    put_list(&json, "documents", &f->document);
    tm_pretty_close(&json, '{');
}

struct row_reader {
    const struct tm_buf *rows;
    size_t at;
};

static ssize_t read_rows(void *user, void *p, size_t n, struct tm_err *err)
{
    struct row_reader *reader = user;
    size_t left = reader->rows->n - reader->at;
    (void)err;
    n = n < left ? n : left;
    if (n != 0)
        memcpy(p, reader->rows->p + reader->at, n);
    reader->at += n;
    return (ssize_t)n;
}

static void put_field(struct tm_buf *buf, const struct tm_value *v)
{
    if (v->kind == TM_KIND_NULL || ((v->kind == TM_KIND_ARRAY || v->kind == TM_KIND_OBJECT) &&
                                    v->n == 0))
        return;
    tm_buf_printf(buf, "  %-16.*s ", (int)v->key.n, v->key.p);
    if (v->kind == TM_KIND_STRING) {
        tm_text_line(buf, v->text, 19);
    } else {
        tm_value_put(buf, v);
        tm_buf_byte(buf, '\n');
    }
}

/* A rule a line: what it did, and what it cut. */
static void put_rules(struct tm_buf *buf, const struct tm_value *row)
{
    const struct tm_value *rules = tm_value_get(row, "rules");
    const struct tm_value *removed = tm_value_get(row, "removed");
    for (const struct tm_value *r = rules == NULL ? NULL : rules->first; r != NULL; r = r->next) {
        const struct tm_value *edits = r->first;
        if (r->n != 3)
            continue;
        tm_buf_printf(buf, "  rule %-11.*s %.*s edit%s, bytes removed %.*s, by rewriting %.*s\n",
                      (int)r->key.n, r->key.p, (int)edits->text.n, edits->text.p,
                      tm_str_is(edits->text, "1") ? "" : "s",
                      (int)edits->next->text.n, edits->next->text.p,
                      (int)edits->next->next->text.n, edits->next->next->text.p);
        for (const struct tm_value *c = removed == NULL ? NULL : removed->first; c != NULL;
             c = c->next) {
            if (c->n != 2 || !tm_str_equal(tm_value_text(c->first), r->key))
                continue;
            tm_buf_text(buf, "                   - ");
            tm_text_line(buf, tm_str_trim(tm_value_text(c->first->next)), 21);
        }
    }
}

static enum tm_status put_rows(struct tm_buf *buf, const char *title, const struct tm_buf *rows,
                               struct tm_err *err)
{
    struct row_reader reader = {.rows = rows};
    struct tm_stream stream;
    struct tm_json json;
    struct tm_arena *arena = tm_arena_create();
    if (arena == NULL)
        return tm_fail(err, TM_ERR_NOMEM, "", TM_NO_OFFSET, "out of memory");
    enum tm_status status = tm_stream_init(&stream, read_rows, &reader, (size_t)1 << 30, err);
    if (status != TM_OK) {
        tm_arena_destroy(arena);
        return status;
    }
    tm_json_init(&json, &stream, false);
    enum tm_json_event event;
    while ((event = tm_json_next(&json)) == TM_JSON_OBJECT) {
        const struct tm_value *row = tm_value_read(&json, event, arena);
        if (row == NULL)
            break;
        tm_buf_printf(buf, "%s\n", title);
        for (const struct tm_value *v = row->first; v != NULL; v = v->next)
            if (!tm_str_is(v->key, "rules") && !tm_str_is(v->key, "removed"))
                put_field(buf, v);
        put_rules(buf, row);
    }
    if (event != TM_JSON_END)
        status = tm_fail(err, TM_ERR_NOMEM, "", TM_NO_OFFSET, "out of memory");
    tm_json_finish(&json);
    tm_stream_finish(&stream);
    tm_arena_destroy(arena);
    return status;
}

static enum tm_status put_text(struct tm_buf *buf, const struct finding *f, struct tm_err *err)
{
    enum tm_status status = put_rows(buf, "record", &f->records, err);
    if (status == TM_OK)
        status = put_rows(buf, "provenance", &f->provenance, err);
    if (status == TM_OK)
        status = put_rows(buf, "left out", &f->rejects, err);
    if (status == TM_OK)
        status = put_rows(buf, "document", &f->document, err);
    if (f->document.n == 0)
        tm_buf_text(buf, "no audit folder is at hand: what the rules removed is not known\n");
    return status;
}

static enum tm_status look(struct finding *f, const char *dir, struct tm_err *err)
{
    bool audit = f->opened.audit_dir[0] != '\0';
    enum tm_status status = find_records(f, err);
    if (status == TM_OK && audit)
        status = find_in_audit(f, "rejects.jsonl.zst", false, err);
    if (status == TM_OK && audit)
        status = find_in_audit(f, "documents.jsonl.zst", true, err);
    if (f->doc_id.failed || f->records.failed || f->provenance.failed || f->rejects.failed ||
        f->document.failed)
        return tm_fail(err, TM_ERR_NOMEM, "", TM_NO_OFFSET, "out of memory");
    if (status == TM_OK && f->records.n + f->rejects.n + f->document.n == 0) {
        (void)tm_fail(err, TM_ERR_USAGE, dir, TM_NO_OFFSET, "nothing has the id %.*s",
                      (int)(f->id.n < 200 ? f->id.n : 200), f->id.p);
        return audit ? TM_ERR_USAGE
                     : tm_hint(err, "what was left out is known to the audit folder alone");
    }
    return status;
}

enum tm_status tm_explain(const char *dir, const char *audit_dir, const char *id,
                          enum tm_form form, struct tm_origin *ret_origin, char **ret_text,
                          struct tm_err *err)
{
    struct finding f = {.id = tm_str_of(id)};
    struct tm_buf buf = {0};
    if (f.id.n == 0)
        return tm_fail(err, TM_ERR_USAGE, "", TM_NO_OFFSET, "no id is given");
    enum tm_status status = tm_opened_init(&f.opened, dir, audit_dir, err);
    if (status != TM_OK)
        return status;
    status = look(&f, dir, err);
    if (status == TM_OK) {
        if (form == TM_FORM_JSON)
            put_json(&buf, &f);
        else
            status = put_text(&buf, &f, err);
    }
    if (status == TM_OK)
        status = tm_text_give(&buf, ret_text, err);
    else
        tm_buf_finish(&buf);
    if (ret_origin != NULL)
        *ret_origin = f.origin;
    tm_buf_finish(&f.doc_id);
    tm_buf_finish(&f.records);
    tm_buf_finish(&f.provenance);
    tm_buf_finish(&f.rejects);
    tm_buf_finish(&f.document);
    tm_opened_finish(&f.opened);
    return status;
}
