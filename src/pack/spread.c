/* SPDX-License-Identifier: Apache-2.0 */
/* Three sorts: copies meet the channel of their survivor, edges of one name meet each other, and
 * edges are ranked by how often they were used. */
#include "pack/spread.h"

#include <stdlib.h>

#include "base/hash.h"
#include "base/sorter.h"
#include "core/codec.h"
#include "pack/pretty.h"

enum { SURVIVOR, COPY };

enum kind { EXACT, NEAR, CONTAINED, FORWARD };

static const char *const kind_names[] = {"exact", "near", "contained", "forward"};

struct tm_spread {
    struct tm_sorter *ids;          /* hash of a survivor's id, SURVIVOR or COPY -> its channel, or
                                       kind, hash of the document, length of the channel's name,
                                       name, date */
    struct tm_sorter *edges;        /* from, NUL, to, NUL, kind -> hash of a document, its date */
    struct tm_sorter *ranks;        /* count inverted, from, NUL, to, NUL, kind -> first NUL last */
    struct tm_buf key;
    struct tm_buf payload;
    uint64_t unnamed;               /* of which an end has no name */
};

static enum tm_status no_memory(struct tm_err *err)
{
    return tm_fail(err, TM_ERR_NOMEM, "", TM_NO_OFFSET, "out of memory");
}

enum tm_status tm_spread_create(const char *folder, size_t budget, struct tm_spread **ret_spread,
                                struct tm_err *err)
{
    struct tm_spread *spread = calloc(1, sizeof *spread);
    if (spread == NULL)
        return no_memory(err);
    enum tm_status status = tm_sorter_create(folder, budget / 3, &spread->ids, err);
    if (status == TM_OK)
        status = tm_sorter_create(folder, budget / 3, &spread->edges, err);
    if (status == TM_OK)
        status = tm_sorter_create(folder, budget / 3, &spread->ranks, err);
    if (status == TM_OK)
        *ret_spread = spread;
    else
        tm_spread_destroy(spread);
    return status;
}

void tm_spread_destroy(struct tm_spread *spread)
{
    if (spread == NULL)
        return;
    tm_sorter_destroy(spread->ids);
    tm_sorter_destroy(spread->edges);
    tm_sorter_destroy(spread->ranks);
    tm_buf_finish(&spread->key);
    tm_buf_finish(&spread->payload);
    free(spread);
}

/* What stands between the quotes; nothing of null. */
static struct tm_str inside(struct tm_str json)
{
    return json.n >= 2 && json.p[0] == '"' ? (struct tm_str){json.p + 1, json.n - 2} : TM_STR("");
}

/* An id without its last number: of a segment's that of the document, of a document's that of the
 * channel. */
static struct tm_str shorter(struct tm_str id)
{
    size_t n = id.n;
    while (n > 0 && id.p[n - 1] != '-')
        n--;
    return (struct tm_str){id.p, n == 0 ? id.n : n - 1};
}

static struct tm_str name_of(const struct tm_spread_row *row)
{
    struct tm_str title = inside(row->channel);
    return title.n != 0 || !tm_str_starts(row->id, TM_STR("tg-")) ? title
                                                                  : shorter(shorter(row->id));
}

static void put_hash(struct tm_buf *buf, struct tm_str id)
{
    struct tm_hash128 hash = tm_hash128_of(id.p, id.n);
    tm_put_be64(buf, hash.high);
    tm_put_be64(buf, hash.low);
}

/* Notes that the document in `payload` (hash and date) went along an edge. */
static enum tm_status add_edge(struct tm_spread *spread, struct tm_str from, struct tm_str to,
                               enum kind kind, struct tm_str payload, struct tm_err *err)
{
    spread->key.n = 0;
    if (from.n == 0 || to.n == 0)
        from = to = TM_STR("");
    tm_buf_str(&spread->key, from);
    tm_buf_byte(&spread->key, '\0');
    tm_buf_str(&spread->key, to);
    tm_buf_byte(&spread->key, '\0');
    tm_buf_byte(&spread->key, (char)kind);
    return spread->key.failed ? no_memory(err)
                              : tm_sorter_add(spread->edges, tm_buf_view(&spread->key), payload,
                                              err);
}

static enum tm_status note_forward(struct tm_spread *spread, const struct tm_spread_row *row,
                                   struct tm_err *err)
{
    struct tm_buf *payload = &spread->payload;
    payload->n = 0;
    put_hash(payload, shorter(row->id));
    tm_buf_str(payload, inside(row->date));
    return payload->failed ? no_memory(err)
                           : add_edge(spread, inside(row->forwarded_from), name_of(row), FORWARD,
                                      tm_buf_view(payload), err);
}

static enum tm_status note_id(struct tm_spread *spread, const struct tm_spread_row *row,
                              struct tm_err *err)
{
    struct tm_buf *key = &spread->key;
    struct tm_buf *payload = &spread->payload;
    struct tm_str name = name_of(row);
    bool copy = row->reason != TM_KEPT;
    enum kind kind = row->reason == TM_REASON_NEAR        ? NEAR
                     : row->reason == TM_REASON_CONTAINED ? CONTAINED
                                                          : EXACT;
    key->n = 0;
    payload->n = 0;
    put_hash(key, copy ? row->dup_of : row->id);
    tm_buf_byte(key, copy ? COPY : SURVIVOR);
    if (copy) {
        tm_buf_byte(payload, (char)kind);
        put_hash(payload, shorter(row->id));
        tm_put_be64(payload, name.n);
    }
    tm_buf_str(payload, name);
    if (copy)
        tm_buf_str(payload, inside(row->date));
    return key->failed || payload->failed
        ? no_memory(err)
        : tm_sorter_add(spread->ids, tm_buf_view(key), tm_buf_view(payload), err);
}

enum tm_status tm_spread_note(struct tm_spread *spread, const struct tm_spread_row *row,
                              struct tm_err *err)
{
    enum tm_status status = TM_OK;
    if (inside(row->forwarded_from).n != 0)
        status = note_forward(spread, row, err);
    if (status == TM_OK && (row->survivor || row->reason != TM_KEPT))
        status = note_id(spread, row, err);
    return status;
}

/* A copy as note_id has written it, to the edge from its survivor's channel. */
static enum tm_status add_copy(struct tm_spread *spread, struct tm_str from, struct tm_str copy,
                               struct tm_err *err)
{
    enum { HASH = 1, LENGTH = HASH + 16, NAME = LENGTH + 8 };
    size_t n = (size_t)tm_get_be64(copy.p + LENGTH);
    spread->payload.n = 0;
    tm_buf_add(&spread->payload, copy.p + HASH, LENGTH - HASH);
    tm_buf_add(&spread->payload, copy.p + NAME + n, copy.n - NAME - n);
    return spread->payload.failed ? no_memory(err)
                                  : add_edge(spread, from, (struct tm_str){copy.p + NAME, n},
                                             (enum kind)copy.p[0], tm_buf_view(&spread->payload),
                                             err);
}

/* Copies follow their survivor, whose name each of them takes; without it they come from nowhere. */
static enum tm_status join(struct tm_spread *spread, struct tm_err *err)
{
    enum { ID = 16 };
    struct tm_buf from = {0};
    char last[ID] = "";
    enum tm_status status = tm_sorter_rewind(spread->ids, err);
    while (status == TM_OK) {
        struct tm_str key, payload;
        status = tm_sorter_next(spread->ids, &key, &payload, err);
        if (status != TM_OK)
            break;
        if (memcmp(last, key.p, ID) != 0)
            from.n = 0;
        memcpy(last, key.p, ID);
        if (key.p[ID] == SURVIVOR)
            tm_buf_str(&from, payload);
        else
            status = add_copy(spread, tm_buf_view(&from), payload, err);
        if (from.failed)
            status = no_memory(err);
    }
    tm_buf_finish(&from);
    return status == TM_END ? TM_OK : status;
}

/* An edge under way. */
struct edge {
    struct tm_buf name;             /* key of the sorter */
    struct tm_buf document;         /* the last one: hash and date */
    struct tm_buf first;
    struct tm_buf last;
    uint64_t count;
};

static void store(struct tm_buf *buf, struct tm_str text)
{
    buf->n = 0;
    tm_buf_str(buf, text);
}

static void take_document(struct edge *edge, struct tm_str document)
{
    struct tm_str date = {document.p + 16, document.n - 16};
    if (edge->count != 0 && tm_str_equal(document, tm_buf_view(&edge->document)))
        return;                     /* another segment of it */
    store(&edge->document, document);
    edge->count++;
    if (date.n != 0 && (edge->first.n == 0 || tm_str_order(date, tm_buf_view(&edge->first)) < 0))
        store(&edge->first, date);
    if (date.n != 0 && tm_str_order(date, tm_buf_view(&edge->last)) > 0)
        store(&edge->last, date);
}

/* An end without a name leaves nothing that could be ranked. */
static enum tm_status end_edge(struct tm_spread *spread, struct edge *edge, struct tm_err *err)
{
    enum tm_status status = TM_OK;
    if (edge->count != 0 && edge->name.p[0] == '\0') {
        spread->unnamed += edge->count;
    } else if (edge->count != 0) {
        spread->key.n = 0;
        tm_put_be64(&spread->key, ~edge->count);
        tm_buf_str(&spread->key, tm_buf_view(&edge->name));
        tm_buf_byte(&edge->first, '\0');
        tm_buf_str(&edge->first, tm_buf_view(&edge->last));
        bool failed = spread->key.failed || edge->name.failed || edge->document.failed ||
                      edge->first.failed || edge->last.failed;
        status = failed ? no_memory(err)
                        : tm_sorter_add(spread->ranks, tm_buf_view(&spread->key),
                                        tm_buf_view(&edge->first), err);
    }
    edge->count = edge->first.n = edge->last.n = 0;
    return status;
}

static enum tm_status rank(struct tm_spread *spread, struct tm_err *err)
{
    struct edge edge = {0};
    enum tm_status status = tm_sorter_rewind(spread->edges, err);
    while (status == TM_OK) {
        struct tm_str key, payload;
        status = tm_sorter_next(spread->edges, &key, &payload, err);
        if (status == TM_OK && !tm_str_equal(key, tm_buf_view(&edge.name))) {
            status = end_edge(spread, &edge, err);
            store(&edge.name, key);
        }
        if (status == TM_OK)
            take_document(&edge, payload);
    }
    if (status == TM_END)
        status = end_edge(spread, &edge, err);
    tm_buf_finish(&edge.name);
    tm_buf_finish(&edge.document);
    tm_buf_finish(&edge.first);
    tm_buf_finish(&edge.last);
    return status;
}

static void put_quoted(struct tm_buf *buf, const char *key, struct tm_str text)
{
    tm_buf_printf(buf, "\"%s\": ", key);
    if (text.n == 0) {
        tm_buf_text(buf, "null");
        return;
    }
    tm_buf_byte(buf, '"');
    tm_buf_str(buf, text);
    tm_buf_byte(buf, '"');
}

/* The part of `text` before its first NUL; `text` steps behind it. */
static struct tm_str take_part(struct tm_str *text)
{
    const char *end = memchr(text->p, '\0', text->n);
    struct tm_str part = {text->p, end == NULL ? text->n : (size_t)(end - text->p)};
    size_t n = part.n + (end != NULL);
    text->p += n;
    text->n -= n;
    return part;
}

/* An edge a line. */
static void put_edge(struct tm_pretty *json, struct tm_str key, struct tm_str dates)
{
    struct tm_buf *buf = json->buf;
    uint64_t count = ~tm_get_be64(key.p);
    struct tm_str name = {key.p + 8, key.n - 8};
    tm_pretty_key(json, NULL);
    tm_buf_byte(buf, '{');
    put_quoted(buf, "from", take_part(&name));
    tm_buf_text(buf, ", ");
    put_quoted(buf, "to", take_part(&name));
    tm_buf_printf(buf, ", \"kind\": \"%s\", \"count\": ", kind_names[(unsigned char)name.p[0]]);
    tm_buf_u64(buf, count);
    tm_buf_text(buf, ", ");
    put_quoted(buf, "first", take_part(&dates));
    tm_buf_text(buf, ", ");
    put_quoted(buf, "last", dates);
    tm_buf_byte(buf, '}');
}

static enum tm_status put_edges(struct tm_spread *spread, struct tm_pretty *json,
                                struct tm_err *err)
{
    uint64_t n = 0;
    uint64_t rest = 0;
    enum tm_status status = tm_sorter_rewind(spread->ranks, err);
    tm_pretty_open(json, "edges", '[');
    while (status == TM_OK) {
        struct tm_str key, dates;
        status = tm_sorter_next(spread->ranks, &key, &dates, err);
        if (status == TM_OK && n++ < TM_SPREAD_EDGES)
            put_edge(json, key, dates);
        else if (status == TM_OK)
            rest += ~tm_get_be64(key.p);
    }
    tm_pretty_close(json, '[');
    tm_pretty_open(json, "rest", '{');
    tm_pretty_u64(json, "edges", n < TM_SPREAD_EDGES ? 0 : n - TM_SPREAD_EDGES);
    tm_pretty_u64(json, "count", rest);
    tm_pretty_close(json, '{');
    return status == TM_END ? TM_OK : status;
}

enum tm_status tm_spread_write(struct tm_spread *spread, struct tm_buf *buf, struct tm_err *err)
{
    struct tm_pretty json = {.buf = buf};
    enum tm_status status = join(spread, err);
    if (status == TM_OK)
        status = rank(spread, err);
    if (status != TM_OK)
        return status;
    tm_pretty_open(&json, NULL, '{');
    tm_pretty_u64(&json, "schema_version", 1);
    status = put_edges(spread, &json, err);
    tm_pretty_u64(&json, "unnamed", spread->unnamed);
    tm_pretty_close(&json, '{');
    return status == TM_OK && buf->failed ? no_memory(err) : status;
}
