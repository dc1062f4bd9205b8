/* SPDX-License-Identifier: Apache-2.0 */
/* Last step: duplicates are decided, and the rendered rows go to the packer with what only that
 * decision could tell. */
#include "build/index.h"
#include "build/job.h"

#include <stdlib.h>
#include <string.h>

#include "base/json_write.h"
#include "base/str.h"
#include "core/codec.h"
#include "report/report.h"

/* One row that waits to be taken. */
struct pending {
    enum tm_pack_stream stream;
    size_t start;                   /* in `lines` */
    size_t end;
    uint64_t text;
};

struct emitter {
    struct job *job;
    struct tm_tempreader reader;
    struct tm_decision decision;    /* of the next place that has one */
    bool decided;                   /* there is one */
    struct tm_buf dup_of;           /* its text, since slices do not last */
    struct tm_buf lines;            /* rows of the document under way */
    struct pending *rows;
    size_t n_rows;
    size_t capacity;
    size_t next_row;
    uint32_t source;
    uint64_t offset;                /* in the file of rows, of the next document */
    bool ended;                     /* no document is left */
    uint64_t n_versions;            /* of the document under way */
    char version[24];               /* key of the next version (job->versions) */
    bool more_versions;
};

static enum tm_status no_memory(struct tm_err *err)
{
    return tm_fail(err, TM_ERR_NOMEM, "", TM_NO_OFFSET, "out of memory");
}

static enum tm_status next_decision(struct emitter *emitter, struct tm_err *err)
{
    struct job *job = emitter->job;
    emitter->decided = false;
    if (job->exact == NULL && job->near == NULL)
        return TM_OK;
    enum tm_status status = job->near != NULL ? tm_near_next(job->near, &emitter->decision, err)
                                              : tm_exact_next(job->exact, &emitter->decision, err);
    if (status == TM_OK) {
        emitter->decided = true;
        emitter->dup_of.n = 0;
        tm_buf_str(&emitter->dup_of, emitter->decision.dup_of);
        if (emitter->dup_of.failed)
            return no_memory(err);
    }
    return status == TM_END ? TM_OK : status;
}

static bool begin_row(struct emitter *emitter, enum tm_pack_stream stream, uint64_t text)
{
    if (emitter->n_rows == emitter->capacity) {
        size_t capacity = emitter->capacity == 0 ? 16 : emitter->capacity * 2;
        struct pending *rows = realloc(emitter->rows, capacity * sizeof *rows);
        if (rows == NULL)
            return false;
        emitter->rows = rows;
        emitter->capacity = capacity;
    }
    emitter->rows[emitter->n_rows++] =
        (struct pending){.stream = stream, .start = emitter->lines.n, .text = text};
    return true;
}

static void end_row(struct emitter *emitter)
{
    emitter->rows[emitter->n_rows - 1].end = emitter->lines.n;
}

static enum tm_status put_row(struct emitter *emitter, enum tm_pack_stream stream,
                              struct tm_str row, struct tm_err *err)
{
    bool good = begin_row(emitter, stream, 0);
    tm_buf_str(&emitter->lines, row);
    if (good)
        end_row(emitter);
    return good && !emitter->lines.failed ? TM_OK : no_memory(err);
}

/* The index begins with what its documents depend on. */
static enum tm_status put_index_head(struct emitter *emitter, struct tm_err *err)
{
    struct tm_buf head = {0};
    tm_index_put_head(&head, emitter->job->recipe);
    enum tm_status status = head.failed
        ? no_memory(err) : put_row(emitter, TM_PACK_INDEX, tm_buf_view(&head), err);
    tm_buf_finish(&head);
    return status;
}

/* Position of `mark` in a JSON row. It holds quotes that no string can hold unescaped, so it is a
 * key of the row and nothing else. */
static size_t find_mark(struct tm_str row, size_t from, const char *mark)
{
    const char *p = memmem(row.p + from, row.n - from, mark, strlen(mark));
    return p == NULL ? row.n : (size_t)(p - row.p);
}

/* The provenance row with the number of duplicates and their cluster, named after the survivor, and
 * the number of versions. */
static bool put_provenance(struct emitter *emitter, struct tm_str row, uint64_t n_dups)
{
    static const char mark[] = ",\"n_dups\":0,\"cluster_id\":null,\"n_versions\":1";
    struct tm_buf *lines = &emitter->lines;
    if (!begin_row(emitter, TM_PACK_PROVENANCE, 0))
        return false;
    bool plain = n_dups == 0 && emitter->n_versions == 1;
    size_t at = plain ? row.n : find_mark(row, 0, mark);
    tm_buf_add(lines, row.p, at);
    if (at < row.n) {
        size_t id_end = find_mark(row, 0, ",\"source_file\":");
        tm_buf_text(lines, ",\"n_dups\":");
        tm_buf_u64(lines, n_dups);
        tm_buf_text(lines, ",\"cluster_id\":");
        if (n_dups == 0)
            tm_buf_text(lines, "null");
        else
            tm_buf_add(lines, row.p + strlen("{\"id\":"), id_end - strlen("{\"id\":"));
        tm_buf_text(lines, ",\"n_versions\":");
        tm_buf_u64(lines, emitter->n_versions);
        tm_buf_add(lines, row.p + at + strlen(mark), row.n - at - strlen(mark));
    }
    end_row(emitter);
    return true;
}

/* The pieces of a record that a reject row is made of, each from its comma on. */
struct pieces {
    struct tm_str id;               /* with the brace before it */
    struct tm_str text;
    struct tm_str lang;             /* and lang_score */
    struct tm_str channel;
    struct tm_str forwarded_from;
    struct tm_str date;
};

static void cut_record(struct tm_str record, struct pieces *ret)
{
    static const char *const marks[] = {",\"text\":", ",\"lang\":", ",\"doc_id\":", ",\"seg\":",
                                        ",\"channel\":", ",\"forwarded_from\":",
                                        ",\"author\":", ",\"date\":", ",\"url\":"};
    size_t at[sizeof marks / sizeof *marks];
    for (size_t i = 0; i < sizeof marks / sizeof *marks; i++)
        at[i] = find_mark(record, i == 0 ? 0 : at[i - 1], marks[i]);
    *ret = (struct pieces){
        .id = {record.p, at[0]}, .text = {record.p + at[0], at[1] - at[0]},
        .lang = {record.p + at[1], at[2] - at[1]}, .channel = {record.p + at[4], at[5] - at[4]},
        .forwarded_from = {record.p + at[5], at[6] - at[5]},
        .date = {record.p + at[7], at[8] - at[7]},
    };
}

/* A reject row out of the record that was rendered (tm_reject_write). */
static bool put_reject(struct emitter *emitter, struct tm_str record, enum tm_reason reason,
                       struct tm_str dup_of, unsigned similarity)
{
    if (!begin_row(emitter, TM_PACK_REJECTS, 0))
        return false;
    struct tm_buf *lines = &emitter->lines;
    struct pieces pieces;
    cut_record(record, &pieces);
    tm_buf_str(lines, pieces.id);
    tm_buf_printf(lines, ",\"reason\":\"%s\",\"dup_of\":", tm_reason_name(reason));
    if (dup_of.n == 0) {
        tm_buf_text(lines, "null,\"similarity\":null");
    } else {
        tm_buf_printf(lines, "\"%.*s\",\"similarity\":", (int)dup_of.n, dup_of.p);
        tm_json_put_score(lines, similarity);
    }
    tm_buf_str(lines, pieces.channel);
    tm_buf_str(lines, pieces.forwarded_from);
    tm_buf_str(lines, pieces.date);
    tm_buf_str(lines, pieces.lang);
    tm_buf_str(lines, pieces.text);
    tm_buf_add(lines, "}\n", 2);
    end_row(emitter);
    return true;
}

static bool is_duplicate(enum tm_reason reason)
{
    return reason == TM_REASON_DUPLICATE || reason == TM_REASON_NEAR ||
           reason == TM_REASON_CONTAINED;
}

/* The audit row, where segments that turned out to be duplicates say so. */
static bool put_audit(struct emitter *emitter, struct tm_str row, const struct row_part *parts,
                      size_t n)
{
    static const char kept[] = ",\"kept\"]";
    if (!begin_row(emitter, TM_PACK_DOCUMENTS, 0))
        return false;
    size_t at = 0;
    size_t scan = find_mark(row, 0, ",\"segments\":[");
    for (size_t i = 0; i < n; i++) {
        enum tm_reason reason = (enum tm_reason)parts[i].reason;
        if (!is_duplicate(reason) && reason != TM_KEPT)
            continue;
        size_t mark = find_mark(row, scan, kept);
        if (mark == row.n)
            break;
        scan = mark + strlen(kept);
        if (reason == TM_KEPT)
            continue;
        tm_buf_add(&emitter->lines, row.p + at, mark - at);
        tm_buf_printf(&emitter->lines, ",\"%s\"]", tm_reason_name(reason));
        at = scan;
    }
    tm_buf_add(&emitter->lines, row.p + at, row.n - at);
    end_row(emitter);
    return true;
}

/* The value of a piece, which begins with its key. */
static struct tm_str value_of(struct tm_str piece, const char *key)
{
    size_t n = strlen(key);
    return piece.n < n ? TM_STR("null") : (struct tm_str){piece.p + n, piece.n - n};
}

static enum tm_status note_spread(struct emitter *emitter, struct tm_str record,
                                  enum tm_reason reason, struct tm_str dup_of, uint64_t n_dups,
                                  struct tm_err *err)
{
    struct pieces pieces;
    cut_record(record, &pieces);
    struct tm_str id = value_of(pieces.id, "{\"id\":\"");
    struct tm_spread_row row = {
        .id = {id.p, id.n - 1}, .channel = value_of(pieces.channel, ",\"channel\":"),
        .forwarded_from = value_of(pieces.forwarded_from, ",\"forwarded_from\":"),
        .date = value_of(pieces.date, ",\"date\":"), .reason = reason, .dup_of = dup_of,
        .survivor = n_dups != 0,
    };
    return tm_spread_note(emitter->job->spread, &row, err);
}

static void count_kept(struct job *job, uint32_t source, const struct row_part *part, bool first)
{
    job->sources[source].documents += first;
    job->sources[source].records[part->stream]++;
    job->sources[source].bytes[part->stream] += part->text;
}

static enum tm_status emit_part(struct emitter *emitter, const struct row_head *head,
                                struct row_part *part, uint32_t index, const char *bytes,
                                uint64_t offset, bool *first, struct tm_err *err)
{
    struct tm_str record = {bytes, part->record};
    struct tm_str provenance = {bytes + part->record, part->provenance};
    uint64_t n_dups = 0;
    struct tm_str dup_of = TM_STR_UNKNOWN;
    bool here = emitter->decided && emitter->decision.document == head->number &&
                emitter->decision.segment == index;
    if (here && emitter->decision.dup_of.p != NULL) {
        static const enum tm_reason reasons[] = {[TM_DUP_EXACT] = TM_REASON_DUPLICATE,
                                                 [TM_DUP_NEAR] = TM_REASON_NEAR,
                                                 [TM_DUP_CONTAINED] = TM_REASON_CONTAINED};
        part->reason = reasons[emitter->decision.kind];
        dup_of = tm_buf_view(&emitter->dup_of);
    } else if (here) {
        n_dups = emitter->decision.n_dups;
    }
    bool good;
    enum tm_reason reason = (enum tm_reason)part->reason;
    bool spreads = emitter->job->spread != NULL &&
                   (is_duplicate(reason) ||
                    (reason == TM_KEPT && (n_dups != 0 || head->forwarded != 0)));
    enum tm_status status = spreads ? note_spread(emitter, record, reason, dup_of, n_dups, err)
                                    : TM_OK;
    if (status != TM_OK)
        return status;
    if (reason == TM_KEPT) {
        count_kept(emitter->job, head->source, part, *first);
        emitter->job->n_edits += *first ? emitter->n_versions - 1 : 0;
        *first = false;
        good = begin_row(emitter, (enum tm_pack_stream)part->stream, part->text);
        tm_buf_str(&emitter->lines, record);
        if (good)
            end_row(emitter);
        good = good && put_provenance(emitter, provenance, n_dups);
        struct tm_str entries = {provenance.p + provenance.n, part->paragraphs};
        struct tm_str digest = {entries.p + entries.n, part->digest};
        if (emitter->job->report != NULL)
            status = tm_report_record(emitter->job->report, (enum tm_pack_stream)part->stream,
                                      digest, record, n_dups, err);
        if (status == TM_OK && emitter->job->paragraphs != NULL)
            status = tm_paragraphs_add(emitter->job->paragraphs, entries, head->number, offset,
                                       record.n, err);
    } else {
        good = put_reject(emitter, record, reason, dup_of, emitter->decision.similarity);
    }
    tm_ledger_add_segment(&emitter->job->ledger, reason, part->text);
    if (!good || emitter->lines.failed)
        return no_memory(err);
    if (status != TM_OK)
        return status;
    return here ? next_decision(emitter, err) : TM_OK;
}

static enum tm_status next_versions(struct emitter *emitter, struct tm_err *err)
{
    struct tm_str key, none;
    enum tm_status status = tm_sorter_next(emitter->job->versions, &key, &none, err);
    emitter->more_versions = status == TM_OK;
    if (status == TM_OK)
        memcpy(emitter->version, key.p, sizeof emitter->version);
    return status == TM_END ? TM_OK : status;
}

/* Counts the versions of a document: keys that differ, which come in order. */
static enum tm_status count_versions(struct emitter *emitter, uint64_t number, struct tm_err *err)
{
    enum tm_status status = TM_OK;
    char last[sizeof emitter->version];
    uint64_t n = 0;
    while (status == TM_OK && emitter->more_versions && tm_get_be64(emitter->version) == number) {
        n += n == 0 || memcmp(last, emitter->version, sizeof last) != 0;
        memcpy(last, emitter->version, sizeof last);
        status = next_versions(emitter, err);
    }
    emitter->n_versions = n == 0 ? 1 : n;
    return status;
}

/* Loads the next document and makes its rows. */
static enum tm_status load_document(struct emitter *emitter, struct tm_err *err)
{
    const char *p;
    struct row_head head;
    enum tm_status status = tm_tempreader_take(&emitter->reader, sizeof head, &p, err);
    if (status != TM_OK)
        return status;
    memcpy(&head, p, sizeof head);
    status = tm_tempreader_take(&emitter->reader, head.size, &p, err);
    if (status != TM_OK)
        return status == TM_END ? tm_fail(err, TM_ERR_INTERNAL, "", TM_NO_OFFSET,
                                          "the temporary file of rows is cut")
                                : status;
    const char *start = p;
    uint64_t offset = emitter->offset + sizeof head;
    emitter->offset = offset + head.size;
    emitter->source = head.source;
    emitter->lines.n = 0;
    emitter->n_rows = 0;
    emitter->next_row = 0;
    status = count_versions(emitter, head.number, err);
    if (status != TM_OK)
        return status;
    size_t n = head.n_segments;
    struct row_part *parts = malloc((n + 1) * sizeof *parts);
    if (parts == NULL)
        return no_memory(err);
    memcpy(parts, p, n * sizeof *parts);
    p += n * sizeof *parts;
    bool first = true;
    for (size_t i = 0; i < n && status == TM_OK; i++) {
        status = emit_part(emitter, &head, &parts[i], (uint32_t)i, p,
                           offset + (uint64_t)(p - start), &first, err);
        p += parts[i].record + parts[i].provenance + parts[i].paragraphs + parts[i].digest;
    }
    if (status == TM_OK && !put_audit(emitter, (struct tm_str){p, head.audit}, parts, n))
        status = no_memory(err);
    p += head.audit;
    if (status == TM_OK && head.reject != 0)
        status = put_row(emitter, TM_PACK_REJECTS, (struct tm_str){p, head.reject}, err);
    p += head.reject;
    if (status == TM_OK && head.index != 0)
        status = put_row(emitter, TM_PACK_INDEX, (struct tm_str){p, head.index}, err);
    free(parts);
    if (head.number % 4096 == 0)
        tm_job_progress(emitter->job, "pack", head.number, emitter->job->n_documents);
    return status;
}

/* After the documents: the next paragraph that recurs. */
static enum tm_status load_paragraph(struct emitter *emitter, struct tm_err *err)
{
    struct job *job = emitter->job;
    enum tm_status status = TM_OK;
    if (!emitter->ended)
        status = tm_paragraphs_decide(job->paragraphs, job->rows, err);
    emitter->ended = true;
    emitter->source = (uint32_t)job->n_sources;
    emitter->lines.n = 0;
    emitter->n_rows = 0;
    emitter->next_row = 0;
    if (status == TM_OK && !begin_row(emitter, TM_PACK_PARAGRAPHS, 0))
        status = no_memory(err);
    if (status == TM_OK)
        status = tm_paragraphs_next(job->paragraphs, &emitter->lines, err);
    if (status == TM_OK)
        end_row(emitter);
    else
        emitter->n_rows = 0;
    return status;
}

static enum tm_status next_row(void *user, struct tm_pack_row *ret_row, struct tm_err *err)
{
    struct emitter *emitter = user;
    while (emitter->next_row == emitter->n_rows) {
        enum tm_status status = emitter->ended ? TM_END : load_document(emitter, err);
        if (status == TM_END && emitter->job->paragraphs != NULL)
            status = load_paragraph(emitter, err);
        if (status != TM_OK)
            return status;
    }
    const struct pending *row = &emitter->rows[emitter->next_row++];
    *ret_row = (struct tm_pack_row){
        .stream = row->stream,
        .source_key = emitter->source < emitter->job->n_sources
            ? emitter->job->sources[emitter->source].key : TM_STR(""),
        .line = {emitter->lines.p + row->start, row->end - row->start},
        .text_bytes = row->text,
    };
    return TM_OK;
}

bool tm_job_reports(const struct job *job)
{
    return job->packer != NULL && (job->recipe->off & TM_RECIPE_REPORT) == 0;
}

/* The statistics are counted as the records go by (describe.c writes them). */
static enum tm_status begin_report(struct job *job, struct tm_err *err)
{
    struct tm_report_options options = {.examples = (unsigned)job->recipe->examples};
    return tm_job_reports(job) ? tm_report_begin(&options, &job->report, err) : TM_OK;
}

enum tm_status tm_job_emit(struct job *job, struct tm_err *err)
{
    struct emitter emitter = {.job = job};
    enum tm_status status = job->near != NULL    ? tm_near_decide(job->near, err)
                            : job->exact != NULL ? tm_exact_decide(job->exact, err)
                                                 : TM_OK;
    if (status == TM_OK)
        status = next_decision(&emitter, err);
    if (status == TM_OK)
        status = next_versions(&emitter, err);
    if (status == TM_OK)
        status = begin_report(job, err);
    if (status == TM_OK && job->recipe->index != 0)
        status = put_index_head(&emitter, err);
    if (status == TM_OK)
        status = tm_tempreader_open(&emitter.reader, job->rows, 0, tm_tempfile_size(job->rows),
                                    (size_t)1 << 20, err);
    if (status == TM_OK && job->packer != NULL) {
        status = tm_packer_write(job->packer, next_row, &emitter, err);
    } else {
        struct tm_pack_row row;
        while (status == TM_OK)
            status = next_row(&emitter, &row, err);
        status = status == TM_END ? TM_OK : status;
    }
    tm_tempreader_close(&emitter.reader);
    tm_buf_finish(&emitter.lines);
    tm_buf_finish(&emitter.dup_of);
    free(emitter.rows);
    return status;
}
