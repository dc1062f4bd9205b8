/* SPDX-License-Identifier: Apache-2.0 */
/* The shards: every row of provenance has its record, in order, and every record its row. */
#include <inttypes.h>

#include "pack/check.h"
#include "pack/verifying.h"

/* One stream of records, and the record that waits for its row of provenance. */
struct head {
    struct tm_walk walk;
    bool has;
    bool good;                      /* it passed its check */
    const struct tm_value *row;
    struct tm_record_facts facts;
    struct tm_str id;
    uint64_t offset;
};

static enum tm_status no_memory(struct tm_err *err)
{
    return tm_fail(err, TM_ERR_NOMEM, "", TM_NO_OFFSET, "out of memory");
}

static const char *file_digest(const struct tm_verifier *v, const char *path)
{
    for (size_t i = 0; i < v->files.n; i++)
        if (strcmp(v->files.list[i].path, path) == 0)
            return v->files.list[i].sha256;
    return "";
}

/* A shard has been read to its end: its sums against the manifest. */
static void shard_ended(void *user, size_t index, struct tm_rows *rows)
{
    struct tm_verifier *v = user;
    const struct tm_shard *shard = &v->opened->shards[index];
    bool is_data = v->opened->streams[index] != TM_PACK_PROVENANCE;
    char digest[TM_SHA256_HEX];
    tm_rows_digest(rows, digest);
    if (is_data)
        tm_buf_printf(&v->digests, "%s  %s\n", digest, shard->path);
    if (strcmp(digest, shard->content_sha256) != 0)
        tm_verify_fault(v, shard->path, TM_NO_OFFSET,
                        "the SHA-256 of its content is not that of the manifest");
    else if (strcmp(file_digest(v, shard->path), shard->sha256) != 0)
        tm_verify_fault(v, shard->path, TM_NO_OFFSET,
                        "its content is as stated, its bytes are not (another zstd?)");
    else if (rows->frames.size != shard->packed)
        tm_verify_fault(v, shard->path, TM_NO_OFFSET, "its size is not that of the manifest");
    if (rows->rows != shard->records || rows->row_end != shard->bytes)
        tm_verify_fault(v, shard->path, TM_NO_OFFSET,
                        "it holds %" PRIu64 " rows of %" PRIu64 " bytes, the manifest states %"
                        PRIu64 " of %" PRIu64, rows->rows, rows->row_end, shard->records,
                        shard->bytes);
    for (size_t i = 0; i < rows->frames.n && rows->frames.size == shard->packed; i++)
        if (rows->frames.list[i].packed != shard->frames[i].packed)
            tm_verify_fault(v, shard->path, TM_NO_OFFSET,
                            "the compressed size of frame %zu is not that of the manifest", i);
}

/* Text is counted per stream; shards of a stream follow each other. */
static void count_record(struct tm_verifier *v, enum tm_pack_stream stream,
                         const struct tm_record_facts *facts)
{
    v->records[stream]++;
    v->bytes[stream] += facts->text.n;
    v->result.records++;
    v->result.text_bytes += facts->text.n;
}

static enum tm_status advance(struct tm_verifier *v, struct head *head, struct tm_err *err)
{
    const struct tm_value *row;
    struct tm_err what = {0};
    enum tm_pack_stream stream = head->walk.stream;
    head->has = false;
    enum tm_status status = tm_walk_next(&head->walk, &row, &head->offset, &what);
    if (status == TM_END)
        return TM_OK;
    if (status != TM_OK) {
        v->broken = true;
        return tm_verify_absorb(v, status, &what, err);
    }
    const char *fault = tm_check_record(row, tm_pack_stream_lang(stream), &head->facts);
    if (fault != NULL)
        tm_verify_fault(v, head->walk.rows.name, head->offset, "content: %s", fault);
    head->has = true;
    head->row = row;
    head->good = fault == NULL;
    head->id = tm_value_text(tm_value_get(row, "id"));
    if (fault == NULL)
        count_record(v, stream, &head->facts);
    return TM_OK;
}

/* Segments of a document follow each other, their numbers rising. */
static enum tm_status note_order(struct tm_verifier *v, const struct head *head,
                                 struct tm_err *err)
{
    const struct tm_record_facts *facts = &head->facts;
    if (!head->good)
        return TM_OK;
    if (v->result.documents != 0 && tm_str_equal(tm_buf_view(&v->doc_id), facts->doc_id)) {
        if (facts->seg <= v->seg)
            tm_verify_fault(v, head->walk.rows.name, head->offset,
                            "content: the segments of a document are not in order");
    } else {
        v->result.documents++;
        v->doc_id.n = 0;
        tm_buf_str(&v->doc_id, facts->doc_id);
    }
    v->seg = facts->seg;
    struct tm_hash128 hash = tm_hash128_of(facts->id.p, facts->id.n);
    struct tm_str key = {(const char *)&hash, sizeof hash};
    return v->doc_id.failed ? no_memory(err) : tm_sorter_add(v->ids, key, facts->id, err);
}

/* Of the first row of a document. */
static void count_edits(struct tm_verifier *v, const struct tm_value *provenance)
{
    uint64_t versions = 0;
    if (tm_value_u64(tm_value_get(provenance, "n_versions"), &versions))
        v->edits += versions - 1;
}

static enum tm_status match(struct tm_verifier *v, struct head heads[3], const struct tm_walk *walk,
                            const struct tm_value *row, uint64_t offset, struct tm_err *err)
{
    struct tm_str id = tm_value_text(tm_value_get(row, "id"));
    for (int i = 0; i < 3; i++) {
        if (!heads[i].has || !tm_str_equal(heads[i].id, id))
            continue;
        uint64_t documents = v->result.documents;
        enum tm_status status = note_order(v, &heads[i], err);
        if (v->result.documents != documents)
            count_edits(v, row);
        if (status == TM_OK && heads[i].good)
            status = tm_verify_spread_record(v, heads[i].row, row, err);
        if (status == TM_OK && heads[i].good)
            status = tm_verify_paragraphs_record(v, heads[i].row, err);
        return status == TM_OK ? advance(v, &heads[i], err) : status;
    }
    if (v->opened->partial != NULL)         /* of a record that this copy has left out */
        return TM_OK;
    tm_verify_fault(v, walk->rows.name, offset,
                    "content: provenance of a record that is not there, or not in its order");
    v->broken = true;
    return TM_OK;
}

static bool has_provenance(const struct tm_opened *opened)
{
    for (size_t i = 0; i < opened->n_shards; i++)
        if (opened->streams[i] == TM_PACK_PROVENANCE)
            return true;
    return false;
}

/* The records of a partial copy that has no provenance. */
static enum tm_status drain(struct tm_verifier *v, struct head *head, struct tm_err *err)
{
    enum tm_status status = TM_OK;
    while (head->has && status == TM_OK && !has_provenance(v->opened)) {
        status = note_order(v, head, err);
        if (status == TM_OK)
            status = advance(v, head, err);
    }
    return status;
}

static enum tm_status merge(struct tm_verifier *v, struct head heads[3], struct tm_walk *walk,
                            struct tm_err *err)
{
    enum tm_status status = TM_OK;
    for (int i = 0; i < 3 && status == TM_OK; i++)
        status = advance(v, &heads[i], err);
    while (status == TM_OK && !v->broken) {
        const struct tm_value *row;
        struct tm_err what = {0};
        struct tm_str id = TM_STR_UNKNOWN;
        uint64_t offset = 0;
        enum tm_status got = tm_walk_next(walk, &row, &offset, &what);
        if (got == TM_END)
            break;
        if (got != TM_OK) {
            v->broken = true;
            return tm_verify_absorb(v, got, &what, err);
        }
        const char *fault = tm_check_provenance(row, &id);
        if (fault != NULL)
            tm_verify_fault(v, walk->rows.name, offset, "content: %s", fault);
        status = match(v, heads, walk, row, offset, err);
    }
    for (int i = 0; i < 3 && status == TM_OK && v->opened->partial != NULL; i++)
        status = drain(v, &heads[i], err);
    for (int i = 0; i < 3 && status == TM_OK && !v->broken; i++) {
        if (!heads[i].has)
            continue;
        tm_verify_fault(v, heads[i].walk.rows.name, heads[i].offset,
                        "content: a record without a row of provenance");
        v->broken = true;
    }
    return status;
}

static enum tm_status find_equal_ids(struct tm_verifier *v, struct tm_err *err)
{
    struct tm_buf last = {0};
    struct tm_str key;
    struct tm_str id;
    bool first = true;
    enum tm_status status = tm_sorter_rewind(v->ids, err);
    while (status == TM_OK && (status = tm_sorter_next(v->ids, &key, &id, err)) == TM_OK) {
        if (!first && tm_str_equal(id, tm_buf_view(&last)))
            tm_verify_fault(v, "data", TM_NO_OFFSET, "two records have the id %.*s", (int)id.n,
                            id.p);
        first = false;
        last.n = 0;
        tm_buf_str(&last, id);
    }
    if (last.failed)
        status = no_memory(err);
    tm_buf_finish(&last);
    return status == TM_END ? TM_OK : status;
}

/* Bytes of text, shard by shard, are what the ledger keeps; here by language. */
static void compare_sums(struct tm_verifier *v)
{
    static const enum tm_pack_stream streams[] = {TM_PACK_RU, TM_PACK_EN, TM_PACK_OTHER};
    const struct tm_opened *opened = v->opened;
    const struct tm_value *counts = tm_value_get(opened->manifest, "counts");
    uint64_t documents = 0;
    for (size_t i = 0; i < 3; i++) {
        const char *lang = tm_pack_stream_lang(streams[i]);
        uint64_t records = 0;
        uint64_t bytes = 0;
        uint64_t text = 0;
        for (size_t k = 0; k < opened->n_shards; k++)
            if (opened->streams[k] == streams[i])
                text += opened->shards[k].text_bytes;
        if (!tm_value_u64(tm_value_get(tm_value_get(counts, "records"), lang), &records) ||
            !tm_value_u64(tm_value_get(tm_value_get(counts, "bytes"), lang), &bytes) ||
            records != v->records[i] || bytes != v->bytes[i] || text != v->bytes[i])
            tm_verify_fault(v, "manifest.json", TM_NO_OFFSET,
                            "its counts of %s are not those of the shards (%" PRIu64
                            " records, %" PRIu64 " bytes of text)", lang, v->records[i],
                            v->bytes[i]);
    }
    if (!tm_value_u64(tm_value_get(counts, "documents"), &documents) ||
        documents != v->result.documents)
        tm_verify_fault(v, "manifest.json", TM_NO_OFFSET,
                        "its count of documents is not that of the shards (%" PRIu64 ")",
                        v->result.documents);
    uint64_t edits = 0;
    if (!tm_value_u64(tm_value_get(counts, "edits"), &edits) || edits != v->edits)
        tm_verify_fault(v, "manifest.json", TM_NO_OFFSET,
                        "its count of edits is not that of the provenance (%" PRIu64 ")", v->edits);
    if (opened->ledger.segments[TM_KEPT] != v->result.records ||
        opened->ledger.bytes[TM_KEPT] != v->result.text_bytes)
        tm_verify_fault(v, "manifest.json", TM_NO_OFFSET,
                        "its ledger keeps %" PRIu64 " segments of %" PRIu64
                        " bytes, the records are %" PRIu64 " of %" PRIu64,
                        opened->ledger.segments[TM_KEPT], opened->ledger.bytes[TM_KEPT],
                        v->result.records, v->result.text_bytes);
}

/* The lines of the digest go by path; the walks ended in whatever order. */
static enum tm_status compare_digest(struct tm_verifier *v, struct tm_err *err)
{
    struct tm_sums lines = {0};
    struct tm_buf text = {0};
    bool good = !v->digests.failed;
    for (size_t at = 0; at < v->digests.n && good;) {
        char *line = v->digests.p + at;
        char *end = memchr(line, '\n', v->digests.n - at);
        *end = '\0';
        line[64] = '\0';
        good = tm_sums_add(&lines, line + 66, line);
        at = (size_t)(end - v->digests.p) + 1;
    }
    tm_sums_write(&lines, &text);
    good = good && !text.failed &&
           tm_sha256_of(text.n == 0 ? "" : text.p, text.n, v->result.corpus_digest);
    tm_sums_finish(&lines);
    tm_buf_finish(&text);
    if (!good)
        return no_memory(err);
    struct tm_str stated = tm_value_text(tm_value_get(v->opened->manifest, "corpus_digest"));
    if (!tm_str_is(stated, v->result.corpus_digest))
        tm_verify_fault(v, "manifest.json", TM_NO_OFFSET,
                        "its corpus_digest is not that of the shards");
    return TM_OK;
}

enum tm_status tm_verify_rows(struct tm_verifier *v, struct tm_err *err)
{
    struct head heads[3] = {0};
    struct tm_walk walk;
    for (int i = 0; i < 3; i++)
        tm_walk_begin(&heads[i].walk, v->opened, (enum tm_pack_stream)(TM_PACK_RU + i));
    tm_walk_begin(&walk, v->opened, TM_PACK_PROVENANCE);
    for (int i = 0; i < 3; i++) {
        heads[i].walk.ended = shard_ended;
        heads[i].walk.user = v;
    }
    walk.ended = shard_ended;
    walk.user = v;
    enum tm_status status = merge(v, heads, &walk, err);
    for (int i = 0; i < 3; i++)
        tm_walk_end(&heads[i].walk);
    tm_walk_end(&walk);
    if (status == TM_OK && !v->broken) {
        status = find_equal_ids(v, err);
        if (v->opened->partial != NULL)
            return status;
        compare_sums(v);
        if (status == TM_OK)
            status = compare_digest(v, err);
    }
    return status;
}
