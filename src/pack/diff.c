/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Two releases side by side: the ids of both, with digests of what the records hold, go through one
 * sorter, so that the same id comes out twice in a row.
 */
#include <tolmach/release.h>

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "base/sorter.h"
#include "base/str.h"
#include "pack/diff.h"
#include "pack/folder.h"
#include "pack/pretty.h"
#include "pack/text.h"

#define IDS_BUDGET ((size_t)64 << 20)

enum { CHANGES = TM_CHANGE_METADATA + 1, TITLE_BYTES = 200, REASONS = TM_REASON_COUNT + 1 };

/* Where a pair in the sorter comes from; rejects of the new release sort before its records. */
enum side { REJECT, OLD, NEW };

struct source {
    char *title;
    uint64_t n[CHANGES];
};

struct difference {
    const struct tm_opened *old;
    const struct tm_opened *new;
    struct tm_hash128 *shared;      /* frames of the same content in both, sorted */
    size_t n_shared;
    struct tm_sorter *ids;
    tm_change_fn *change;
    void *user;
    struct source *sources;
    size_t n_sources;
    size_t last_source;
    uint64_t total[CHANGES];
    uint64_t reasons[REASONS];      /* of what was removed; the last one: absent */
    struct tm_buf row;              /* scratch */
};

/* The rest of a record: its keys and values without text, language and quality, which follows from
 * the text. */
static void put_metadata(struct tm_buf *buf, const struct tm_value *row)
{
    for (const struct tm_value *v = row->first; v != NULL; v = v->next)
        if (!tm_str_is(v->key, "text") && !tm_str_is(v->key, "quality")) {
            tm_buf_str(buf, v->key);
            tm_value_put(buf, v);
        }
}

/* Payload: side, digest of language and text, digest of the rest, title of the channel. */
static enum tm_status add_record(struct difference *d, enum side side, const struct tm_value *row,
                                 struct tm_err *err)
{
    struct tm_str text = tm_value_text(tm_value_get(row, "text"));
    struct tm_str lang = tm_value_text(tm_value_get(row, "lang"));
    struct tm_str title = tm_value_text(tm_value_get(row, "channel"));
    struct tm_buf *buf = &d->row;
    buf->n = 0;
    put_metadata(buf, row);
    struct tm_hash128 rest = tm_hash128_of(buf->p, buf->n);
    struct tm_hash128 content = tm_hash128_of(text.p, text.n);
    buf->n = 0;
    tm_buf_byte(buf, (char)side);
    tm_buf_add(buf, lang.p, lang.n < 2 ? lang.n : 2);
    tm_buf_add(buf, &content, sizeof content);
    tm_buf_add(buf, &rest, sizeof rest);
    tm_buf_add(buf, title.p, title.n < TITLE_BYTES ? title.n : TITLE_BYTES);
    if (buf->failed)
        return tm_fail(err, TM_ERR_NOMEM, "", TM_NO_OFFSET, "out of memory");
    return tm_sorter_add(d->ids, tm_value_text(tm_value_get(row, "id")), tm_buf_view(buf), err);
}

static enum tm_status add_release(struct difference *d, enum side side,
                                  const struct tm_opened *opened, struct tm_err *err)
{
    enum tm_status status = TM_END;
    for (int i = TM_PACK_RU; i <= TM_PACK_OTHER && status == TM_END; i++) {
        struct tm_walk walk;
        const struct tm_value *row;
        uint64_t offset;
        tm_walk_begin(&walk, opened, (enum tm_pack_stream)i);
        walk.skip = d->shared;
        walk.n_skip = d->n_shared;
        while ((status = tm_walk_next(&walk, &row, &offset, err)) == TM_OK)
            if ((status = add_record(d, side, row, err)) != TM_OK)
                break;
        tm_walk_end(&walk);
    }
    return status == TM_END ? TM_OK : status;
}

/* Rejects of the new release say why a record is gone. */
static enum tm_status add_rejects(struct difference *d, struct tm_err *err)
{
    static const char name[] = "rejects.jsonl.zst";
    struct tm_rows rows;
    const struct tm_value *row;
    uint64_t offset;
    char path[TM_PACK_PATH];
    if (d->new->audit_dir[0] == '\0' || !tm_path_join(path, d->new->audit_dir, name) ||
        !tm_path_exists(path))
        return TM_OK;               /* nothing was left out, or it is not known */
    enum tm_status status = tm_rows_open(&rows, d->new->audit_dir, name, NULL, err);
    if (status != TM_OK)
        return status;
    while ((status = tm_rows_next(&rows, &row, &offset, err)) == TM_OK) {
        struct tm_str reason = tm_value_text(tm_value_get(row, "reason"));
        d->row.n = 0;
        tm_buf_byte(&d->row, REJECT);
        tm_buf_str(&d->row, reason);
        status = tm_sorter_add(d->ids, tm_value_text(tm_value_get(row, "id")),
                               tm_buf_view(&d->row), err);
        if (status != TM_OK)
            break;
    }
    tm_rows_close(&rows);
    return status == TM_END ? TM_OK : status;
}

/* Records of one source stand together, mostly: the last one found is tried first. */
static struct source *source_named(struct difference *d, struct tm_str title)
{
    if (d->last_source < d->n_sources && tm_str_is(title, d->sources[d->last_source].title))
        return &d->sources[d->last_source];
    for (size_t i = 0; i < d->n_sources; i++)
        if (tm_str_is(title, d->sources[i].title)) {
            d->last_source = i;
            return &d->sources[i];
        }
    struct source *sources = realloc(d->sources, (d->n_sources + 1) * sizeof *sources);
    if (sources == NULL)
        return NULL;
    d->sources = sources;
    char *copy = malloc(title.n + 1);
    if (copy == NULL)
        return NULL;
    if (title.n != 0)
        memcpy(copy, title.p, title.n);
    copy[title.n] = '\0';
    d->last_source = d->n_sources++;
    sources[d->last_source] = (struct source){.title = copy};
    return &sources[d->last_source];
}

static int reason_number(struct tm_str name)
{
    for (int i = 0; i < TM_REASON_COUNT; i++)
        if (tm_str_is(name, tm_reason_name((enum tm_reason)i)))
            return i;
    return TM_REASON_COUNT;
}

/* What the sorter has given of one id. */
struct group {
    struct tm_buf id;
    struct tm_buf payload[NEW + 1];
    bool there[NEW + 1];
    struct tm_buf document;         /* the last reject of a whole document, and why */
    struct tm_buf document_reason;
};

static void store(struct tm_buf *buf, struct tm_str text)
{
    buf->n = 0;
    tm_buf_str(buf, text);
}

/* Why a record is gone: its own reject, that of its document, or nothing that is known. */
static struct tm_str reason_of(const struct group *g)
{
    struct tm_str id = tm_buf_view(&g->id);
    struct tm_str document = tm_buf_view(&g->document);
    if (g->there[REJECT])
        return (struct tm_str){g->payload[REJECT].p + 1, g->payload[REJECT].n - 1};
    if (document.n != 0 && tm_str_starts(id, document) && id.n > document.n &&
        id.p[document.n] == '-')
        return tm_buf_view(&g->document_reason);
    return TM_STR("absent");
}

static bool end_group(struct difference *d, struct group *g)
{
    enum { HEAD = 1 + 2 + 16 };     /* side, language, digest of the text */
    const struct tm_buf *old = &g->payload[OLD];
    const struct tm_buf *new = &g->payload[NEW];
    enum tm_change change;
    struct tm_str reason = TM_STR_UNKNOWN;
    if (!g->there[OLD] && !g->there[NEW]) {
        if (g->there[REJECT]) {
            store(&g->document, tm_buf_view(&g->id));
            store(&g->document_reason, (struct tm_str){g->payload[REJECT].p + 1,
                                                       g->payload[REJECT].n - 1});
        }
        return true;
    }
    if (!g->there[OLD]) {
        change = TM_CHANGE_ADDED;
    } else if (!g->there[NEW]) {
        change = TM_CHANGE_REMOVED;
        reason = reason_of(g);
    } else if (memcmp(old->p + 1, new->p + 1, HEAD - 1) != 0) {
        change = TM_CHANGE_TEXT;
    } else if (memcmp(old->p + HEAD, new->p + HEAD, 16) != 0) {
        change = TM_CHANGE_METADATA;
    } else {
        return true;
    }
    const struct tm_buf *shown = g->there[NEW] ? new : old;
    struct source *source = source_named(d, (struct tm_str){shown->p + HEAD + 16,
                                                            shown->n - HEAD - 16});
    if (source == NULL)
        return false;
    source->n[change]++;
    d->total[change]++;
    if (change == TM_CHANGE_REMOVED)
        d->reasons[reason_number(reason)]++;
    if (d->change != NULL)
        d->change(d->user, change, tm_buf_view(&g->id), reason);
    return true;
}

static enum tm_status compare(struct difference *d, struct tm_err *err)
{
    struct group g = {0};
    struct tm_str id, payload;
    bool good = true;
    enum tm_status status = tm_sorter_rewind(d->ids, err);
    while (status == TM_OK && good) {
        status = tm_sorter_next(d->ids, &id, &payload, err);
        if (status == TM_OK && !tm_str_equal(id, tm_buf_view(&g.id))) {
            good = end_group(d, &g);
            store(&g.id, id);
            memset(g.there, 0, sizeof g.there);
        }
        if (status == TM_OK && good) {
            enum side side = (enum side)payload.p[0];
            g.there[side] = true;
            store(&g.payload[side], payload);
        }
        good &= !g.id.failed && !g.document.failed && !g.document_reason.failed &&
                !g.payload[REJECT].failed && !g.payload[OLD].failed && !g.payload[NEW].failed;
    }
    if (status == TM_END && good) {
        good = end_group(d, &g);
        status = TM_OK;
    }
    tm_buf_finish(&g.id);
    tm_buf_finish(&g.document);
    tm_buf_finish(&g.document_reason);
    for (int i = REJECT; i <= NEW; i++)
        tm_buf_finish(&g.payload[i]);
    return good ? status : tm_fail(err, TM_ERR_NOMEM, "", TM_NO_OFFSET, "out of memory");
}

static int order_sources(const void *a, const void *b)
{
    return strcmp(((const struct source *)a)->title, ((const struct source *)b)->title);
}

static struct tm_str manifest_text(const struct tm_opened *opened, const char *group,
                                   const char *key)
{
    const struct tm_value *value = tm_value_get(opened->manifest, group);
    return tm_value_text(value == NULL || key == NULL ? value : tm_value_get(value, key));
}

static struct tm_str line_of(struct tm_str text, size_t at)
{
    const char *feed = memchr(text.p + at, '\n', text.n - at);
    return (struct tm_str){text.p + at, feed == NULL ? text.n - at : (size_t)(feed - text.p) - at};
}

static bool has_line(struct tm_str text, struct tm_str line)
{
    for (size_t at = 0; at < text.n; at += line_of(text, at).n + 1)
        if (tm_str_equal(line_of(text, at), line))
            return true;
    return false;
}

/* Lines of one recipe that the other has not. */
static void put_lines(struct tm_buf *buf, struct tm_str text, struct tm_str other, char mark)
{
    for (size_t at = 0; at < text.n; at += line_of(text, at).n + 1) {
        struct tm_str line = line_of(text, at);
        if (has_line(other, line))
            continue;
        tm_buf_printf(buf, "  %c ", mark);
        tm_text_line(buf, line, 4);
    }
}

static void put_text(struct tm_buf *buf, struct difference *d)
{
    static const char *const parts[] = {"version", "clean", "dedup", "language_model", "zstd",
                                        "icu", "unicode", "emoji"};
    struct tm_str old = manifest_text(d->old, "recipe", "text");
    struct tm_str new = manifest_text(d->new, "recipe", "text");
    tm_buf_printf(buf, "from %.*s to %.*s\nrecords: %" PRIu64 " added, %" PRIu64 " removed, %" PRIu64
                  " with another text, %" PRIu64 " with other metadata\n",
                  (int)d->old->version.n, d->old->version.p, (int)d->new->version.n,
                  d->new->version.p, d->total[0], d->total[1], d->total[2], d->total[3]);
    if (d->n_sources != 0)
        tm_buf_printf(buf, "\n%9s %9s %9s %9s  %s\n", "added", "removed", "text", "metadata",
                      "source");
    for (size_t i = 0; i < d->n_sources; i++) {
        const struct source *s = &d->sources[i];
        tm_buf_printf(buf, "%9" PRIu64 " %9" PRIu64 " %9" PRIu64 " %9" PRIu64 "  ", s->n[0],
                      s->n[1], s->n[2], s->n[3]);
        tm_text_line(buf, s->title[0] == '\0' ? TM_STR("(no title)") : tm_str_of(s->title), 42);
    }
    for (int i = 0; i < REASONS; i++)
        if (d->reasons[i] != 0)
            tm_buf_printf(buf, "removed as %-16s %" PRIu64 "\n",
                          i == TM_REASON_COUNT ? "absent" : tm_reason_name((enum tm_reason)i),
                          d->reasons[i]);
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        struct tm_str a = manifest_text(d->old, "tolmach", parts[i]);
        struct tm_str b = manifest_text(d->new, "tolmach", parts[i]);
        if (!tm_str_equal(a, b))
            tm_buf_printf(buf, "%s: %.*s -> %.*s\n", i == 0 ? "tolmach" : parts[i], (int)a.n, a.p,
                          (int)b.n, b.p);
    }
    if (!tm_str_equal(old, new)) {
        tm_buf_text(buf, "recipe:\n");
        put_lines(buf, old, new, '-');
        put_lines(buf, new, old, '+');
    }
}

static void put_changes(struct tm_pretty *json, const uint64_t n[CHANGES])
{
    tm_pretty_u64(json, "added", n[TM_CHANGE_ADDED]);
    tm_pretty_u64(json, "removed", n[TM_CHANGE_REMOVED]);
    tm_pretty_u64(json, "text", n[TM_CHANGE_TEXT]);
    tm_pretty_u64(json, "metadata", n[TM_CHANGE_METADATA]);
}

static void put_json(struct tm_buf *buf, struct difference *d)
{
    struct tm_pretty json = {.buf = buf};
    tm_pretty_open(&json, NULL, '{');
    tm_pretty_str(&json, "name", d->new->name);
    tm_pretty_str(&json, "from", d->old->version);
    tm_pretty_str(&json, "to", d->new->version);
    put_changes(&json, d->total);
    tm_pretty_open(&json, "removed_as", '{');
    for (int i = 0; i < REASONS; i++)
        if (d->reasons[i] != 0)
            tm_pretty_u64(&json, i == TM_REASON_COUNT ? "absent"
                                                      : tm_reason_name((enum tm_reason)i),
                          d->reasons[i]);
    tm_pretty_close(&json, '{');
    tm_pretty_open(&json, "sources", '[');
    for (size_t i = 0; i < d->n_sources; i++) {
        tm_pretty_open(&json, NULL, '{');
        tm_pretty_text(&json, "title", d->sources[i].title);
        put_changes(&json, d->sources[i].n);
        tm_pretty_close(&json, '{');
    }
    tm_pretty_close(&json, '[');
    tm_pretty_key(&json, "same_recipe");
    tm_buf_text(buf, tm_str_equal(manifest_text(d->old, "recipe", "text"),
                                  manifest_text(d->new, "recipe", "text")) ? "true" : "false");
    tm_pretty_close(&json, '{');
}

static int order_digests(const void *a, const void *b)
{
    return tm_hash128_order(*(const struct tm_hash128 *)a, *(const struct tm_hash128 *)b);
}

/* Digests of the frames of records, sorted; NULL when memory is short. */
static struct tm_hash128 *digests(const struct tm_opened *opened, size_t *ret_n)
{
    size_t n = 0;
    for (size_t i = 0; i < opened->n_shards; i++)
        n += opened->shards[i].n_frames;
    struct tm_hash128 *list = calloc(n + 1, sizeof *list);
    *ret_n = 0;
    for (size_t i = 0; i < opened->n_shards && list != NULL; i++)
        for (size_t k = 0; k < opened->shards[i].n_frames; k++)
            if (opened->streams[i] <= TM_PACK_OTHER)
                list[(*ret_n)++] = opened->shards[i].frames[k].digest;
    if (list != NULL)
        qsort(list, *ret_n, sizeof *list, order_digests);
    return list;
}

/* The records of a frame that both have are the same: they need not be read. */
static enum tm_status find_shared(struct difference *d, struct tm_err *err)
{
    size_t n_old, n_new, k = 0;
    struct tm_hash128 *old = digests(d->old, &n_old);
    struct tm_hash128 *new = digests(d->new, &n_new);
    d->shared = old;
    for (size_t i = 0; i < n_new && old != NULL && new != NULL; i++) {
        while (k < n_old && order_digests(&old[k], &new[i]) < 0)
            k++;
        if (k < n_old && order_digests(&old[k], &new[i]) == 0)
            old[d->n_shared++] = old[k++];
    }
    bool good = old != NULL && new != NULL;
    free(new);
    return good ? TM_OK : tm_fail(err, TM_ERR_NOMEM, "", TM_NO_OFFSET, "out of memory");
}

static enum tm_status run(struct difference *d, const char *temp, size_t budget,
                          struct tm_err *err)
{
    enum tm_status status = tm_sorter_create(temp, budget, &d->ids, err);
    if (status == TM_OK)
        status = find_shared(d, err);
    if (status == TM_OK)
        status = add_release(d, OLD, d->old, err);
    if (status == TM_OK)
        status = add_release(d, NEW, d->new, err);
    if (status == TM_OK)
        status = add_rejects(d, err);
    if (status == TM_OK)
        status = compare(d, err);
    if (status == TM_OK && d->n_sources > 1)
        qsort(d->sources, d->n_sources, sizeof *d->sources, order_sources);
    return status;
}

static void finish(struct difference *d)
{
    for (size_t i = 0; i < d->n_sources; i++)
        free(d->sources[i].title);
    free(d->sources);
    free(d->shared);
    tm_buf_finish(&d->row);
    tm_sorter_destroy(d->ids);
}

enum tm_status tm_diff_write(const struct tm_opened *old, const struct tm_opened *new,
                             const char *temp, struct tm_buf *text, struct tm_buf *json,
                             struct tm_err *err)
{
    struct difference d = {.old = old, .new = new};
    enum tm_status status = run(&d, temp, IDS_BUDGET / 4, err);
    if (status == TM_OK) {
        put_text(text, &d);
        put_json(json, &d);
    }
    finish(&d);
    return status;
}

static enum tm_status diff_opened(struct difference *d, enum tm_form form, uint64_t *ret_changes,
                                  char **ret_text, struct tm_err *err)
{
    const char *temp = getenv("TMPDIR");
    struct tm_buf buf = {0};
    enum tm_status status = run(d, temp != NULL && temp[0] != '\0' ? temp : "/tmp", IDS_BUDGET,
                                err);
    if (status == TM_OK) {
        *ret_changes = d->total[0] + d->total[1] + d->total[2] + d->total[3];
        if (form == TM_FORM_JSON)
            put_json(&buf, d);
        else
            put_text(&buf, d);
        status = tm_text_give(&buf, ret_text, err);
    }
    finish(d);
    return status;
}

enum tm_status tm_diff(const char *old_dir, const char *new_dir, tm_change_fn *change, void *user,
                       enum tm_form form, uint64_t *ret_changes, char **ret_text,
                       struct tm_err *err)
{
    struct tm_opened old, new;
    enum tm_status status = tm_opened_init(&old, old_dir, "", err);
    if (status != TM_OK)
        return status;
    status = tm_opened_init(&new, new_dir, NULL, err);
    if (status == TM_OK) {
        struct difference d = {.old = &old, .new = &new, .change = change, .user = user};
        status = diff_opened(&d, form, ret_changes, ret_text, err);
        tm_opened_finish(&new);
    }
    tm_opened_finish(&old);
    return status;
}
