/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/dedup_rows.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include <tolmach/document.h>

#include "base/ordered.h"
#include "base/str.h"

#define READ_BYTES ((size_t)128 << 10)
#define BATCH_BYTES ((size_t)256 << 10)

/* Where a row and what is compared of it begin in their buffers. */
struct row {
    size_t row;
    size_t value;
};

struct batch {
    struct tm_buf rows;
    struct tm_buf values;
    struct row *list;
    size_t n;
    size_t capacity;
    char *scratch;                  /* forms of the rows */
    size_t scratch_capacity;
    struct tm_sketch *sketches;     /* of near duplicates, else prints */
    struct tm_fingerprint *prints;
    int *files;                     /* of the evaluation set, with which a row overlaps, or -1 */
    size_t n_results;               /* room for them */
    struct batch *next_free;
};

/* Of a row in its temporary file: its length, and from FILE_AT on the evaluation set with which it
 * overlaps, counted from 1, or 0. */
enum { FILE_AT = 48 };

static uint64_t make_head(size_t length, int file)
{
    return (uint64_t)(file + 1) << FILE_AT | length;
}

static size_t length_of(uint64_t head)
{
    return (size_t)(head & (((uint64_t)1 << FILE_AT) - 1));
}

static int file_of(uint64_t head)
{
    return (int)(head >> FILE_AT) - 1;
}

static enum tm_status no_memory(struct tm_err *err)
{
    return tm_fail(err, TM_ERR_NOMEM, "", TM_NO_OFFSET, "out of memory");
}

static void put_batch(void *user, void *job)
{
    struct dedup *dedup = user;
    struct batch *batch = job;
    batch->next_free = dedup->free_batches;
    dedup->free_batches = batch;
}

static struct batch *get_batch(struct dedup *dedup)
{
    struct batch *batch = dedup->free_batches;
    if (batch == NULL)
        return calloc(1, sizeof *batch);
    dedup->free_batches = batch->next_free;
    batch->rows.n = 0;
    batch->values.n = 0;
    batch->n = 0;
    return batch;
}

static void destroy_batch(struct batch *batch)
{
    tm_buf_finish(&batch->rows);
    tm_buf_finish(&batch->values);
    free(batch->list);
    free(batch->scratch);
    free(batch->sketches);
    free(batch->prints);
    free(batch->files);
    free(batch);
}

/* Room for one more row, and for the end of the last one. */
static bool reserve(struct batch *batch)
{
    if (batch->n + 1 < batch->capacity)
        return true;
    size_t capacity = batch->capacity == 0 ? 256 : 2 * batch->capacity;
    struct row *list = realloc(batch->list, capacity * sizeof *list);
    if (list == NULL)
        return false;
    batch->list = list;
    batch->capacity = capacity;
    return true;
}

static enum tm_status make(void *user, void **ret_job, struct tm_err *err)
{
    struct dedup *dedup = user;
    struct batch *batch = get_batch(dedup);
    if (batch == NULL)
        return no_memory(err);
    enum tm_status status = TM_OK;
    while (batch->rows.n < BATCH_BYTES && status == TM_OK) {
        if (!reserve(batch)) {
            status = no_memory(err);
            break;
        }
        batch->list[batch->n] = (struct row){batch->rows.n, batch->values.n};
        status = tm_rowfile_next(&dedup->in, &batch->rows,
                                 dedup->in.objects ? &batch->values : NULL, err);
        batch->n += status == TM_OK;
    }
    if (status == TM_END && batch->n != 0)
        status = TM_OK;
    if (status != TM_OK) {
        put_batch(dedup, batch);
        return status;
    }
    batch->list[batch->n] = (struct row){batch->rows.n, batch->values.n};
    *ret_job = batch;
    return TM_OK;
}

/* What is compared of a row, and where there is room for its form. */
static struct tm_str value_of(const struct dedup *dedup, const struct batch *batch, size_t i,
                              char **ret_form)
{
    const struct row *row = &batch->list[i];
    if (dedup->in.objects) {
        *ret_form = batch->scratch + row->value + TM_FORM_ROOM * i;
        return (struct tm_str){batch->values.p + row->value, row[1].value - row->value};
    }
    *ret_form = batch->scratch + row->row + TM_FORM_ROOM * i;
    return (struct tm_str){batch->rows.p + row->row, row[1].row - row->row - 1};
}

/* Room for results and forms: each form takes TM_FORM_ROOM bytes more than its text. */
static bool reserve_results(const struct dedup *dedup, struct batch *batch)
{
    size_t values = dedup->in.objects ? batch->values.n : batch->rows.n;
    size_t scratch = values + TM_FORM_ROOM * (batch->n + 1);
    if (scratch > batch->scratch_capacity) {
        free(batch->scratch);
        batch->scratch = malloc(scratch);
        batch->scratch_capacity = batch->scratch == NULL ? 0 : scratch;
    }
    if (batch->n > batch->n_results) {
        free(batch->sketches);
        free(batch->prints);
        free(batch->files);
        batch->files = malloc(batch->n * sizeof *batch->files);
        batch->sketches = dedup->near == NULL ? NULL : malloc(batch->n * sizeof *batch->sketches);
        batch->prints = dedup->near != NULL ? NULL : malloc(batch->n * sizeof *batch->prints);
        bool good = batch->files != NULL && (batch->sketches != NULL || batch->prints != NULL);
        batch->n_results = good ? batch->n : 0;
    }
    return batch->scratch != NULL && batch->n_results != 0;
}

static enum tm_status work(void *user, void *job, struct tm_err *err)
{
    const struct dedup *dedup = user;
    struct batch *batch = job;
    if (!reserve_results(dedup, batch))
        return no_memory(err);
    for (size_t i = 0; i < batch->n; i++) {
        char *form;
        struct tm_str text = value_of(dedup, batch, i, &form);
        batch->files[i] = -1;
        if (dedup->against != NULL)
            batch->files[i] = tm_against_find(dedup->against, form,
                                              tm_normal_form(text.p, text.n, form));
        if (dedup->near != NULL)
            tm_sketch_of(text.p, text.n, form, &batch->sketches[i]);
        else
            batch->prints[i] = tm_fingerprint_of(text.p, text.n, form);
    }
    return TM_OK;
}

/* A row that waits for the second pass. */
static enum tm_status add_row(struct dedup *dedup, const struct batch *batch, size_t i,
                              struct tm_err *err)
{
    uint64_t head = make_head(batch->list[i + 1].row - batch->list[i].row, batch->files[i]);
    uint64_t number = dedup->n++;
    char digits[24] = "-";
    int n = dedup->explain ? snprintf(digits, sizeof digits, "%" PRIu64, number + 1) : 1;
    struct tm_str id = {digits, (size_t)n};
    enum tm_status status = TM_OK;
    if (batch->files[i] >= 0)
        dedup->overlaps[batch->files[i]]++;
    else if (dedup->near != NULL)
        status = tm_near_add(dedup->near, &batch->sketches[i], TM_UNKNOWN, number, 0, id, err);
    else
        status = tm_exact_add(dedup->exact, batch->prints[i], TM_UNKNOWN, number, 0, id, err);
    return status == TM_OK ? tm_tempfile_append(dedup->heads, &head, sizeof head, err) : status;
}

/* Rows [first, end), all of which wait. */
static enum tm_status add_rows(struct dedup *dedup, const struct batch *batch, size_t first,
                               size_t end, struct tm_err *err)
{
    size_t from = batch->list[first].row;
    enum tm_status status = tm_tempfile_append(dedup->rows, batch->rows.p + from,
                                               batch->list[end].row - from, err);
    for (size_t i = first; i < end && status == TM_OK; i++)
        status = add_row(dedup, batch, i, err);
    return status;
}

/* What becomes of a row at once. */
static enum tm_status judge_row(struct dedup *dedup, const struct batch *batch, size_t i,
                                enum tm_seen_answer *ret_answer, struct tm_err *err)
{
    enum { AHEAD = 12 };
    if (i + AHEAD < batch->n)
        tm_seen_expect(dedup->seen, batch->prints[i + AHEAD]);
    if (batch->files[i] < 0)
        return tm_seen_put(dedup->seen, batch->prints[i], ret_answer, err);
    dedup->overlaps[batch->files[i]]++;
    *ret_answer = TM_SEEN_OLD;
    return TM_OK;
}

/* Rows of one fate go together. */
static enum tm_status stream_rows(struct dedup *dedup, const struct batch *batch,
                                  struct tm_err *err)
{
    enum tm_seen_answer fate = TM_SEEN_OLD;
    size_t first = 0;
    for (size_t i = 0; i <= batch->n; i++) {
        enum tm_seen_answer answer = fate;
        enum tm_status status = i == batch->n ? TM_OK : judge_row(dedup, batch, i, &answer, err);
        if (status == TM_OK && answer == fate && i < batch->n)
            continue;
        size_t from = batch->list[first].row;
        if (status == TM_OK && fate == TM_SEEN_NEW)
            (void)fwrite(batch->rows.p + from, 1, batch->list[i].row - from, stdout);
        else if (status == TM_OK && fate == TM_SEEN_FULL)
            status = add_rows(dedup, batch, first, i, err);
        if (status != TM_OK)
            return status;
        fate = answer;
        first = i;
    }
    return TM_OK;
}

/* Room for all rows of the input, as many as the first ones let expect. */
static enum tm_status expect_rows(struct dedup *dedup, const struct batch *batch,
                                  struct tm_err *err)
{
    uint64_t size = dedup->size;
    dedup->size = 0;
    return size == 0 ? TM_OK
                     : tm_seen_reserve(dedup->seen, size / (batch->rows.n / batch->n), err);
}

static enum tm_status take(void *user, void *job, struct tm_err *err)
{
    struct dedup *dedup = user;
    struct batch *batch = job;
    enum tm_status status = dedup->seen == NULL ? TM_OK : expect_rows(dedup, batch, err);
    if (status == TM_OK)
        status = dedup->seen != NULL ? stream_rows(dedup, batch, err)
                                     : add_rows(dedup, batch, 0, batch->n, err);
    put_batch(dedup, batch);
    return status;
}

static enum tm_status next_decision(struct dedup *dedup, struct tm_decision *ret_decision,
                                    struct tm_err *err)
{
    return dedup->near != NULL ? tm_near_next(dedup->near, ret_decision, err)
                               : tm_exact_next(dedup->exact, ret_decision, err);
}

/* The row, its survivor, why and how similar, then the row itself. */
static void explain(const struct tm_decision *decision, const char *row, size_t n)
{
    (void)printf("%" PRIu64 "\t%.*s\t%s\t%u.%04u\t", decision->document + 1,
                 (int)decision->dup_of.n, decision->dup_of.p, tm_dup_kind_name(decision->kind),
                 decision->similarity / 10000, decision->similarity % 10000);
    (void)fwrite(row, 1, n, stdout);
}

/* A row that stays is printed, or, to explain, one that goes. */
static void print_row(const struct dedup *dedup, uint64_t number, uint64_t head,
                      const struct tm_decision *decision, const char *row)
{
    size_t n = length_of(head);
    int file = file_of(head);
    if (file >= 0 && dedup->explain) {
        (void)printf("%" PRIu64 "\t%s\tcontaminated\t\t", number + 1,
                     dedup->names[file]);
        (void)fwrite(row, 1, n, stdout);
    } else if (decision != NULL && dedup->explain) {
        explain(decision, row, n);
    } else if (file < 0 && decision == NULL && !dedup->explain) {
        (void)fwrite_unlocked(row, 1, n, stdout);
    }
}

enum tm_status dedup_print_rows(struct dedup *dedup, struct tm_err *err)
{
    struct tm_tempreader rows = {0}, heads = {0};
    struct tm_decision decision = {0};
    enum tm_status status = tm_tempfile_flush(dedup->rows, err);
    if (status == TM_OK)
        status = tm_tempfile_flush(dedup->heads, err);
    if (status == TM_OK)
        status = dedup->near != NULL ? tm_near_decide(dedup->near, err)
                                     : tm_exact_decide(dedup->exact, err);
    if (status == TM_OK)
        status = tm_tempreader_open(&rows, dedup->rows, 0, tm_tempfile_size(dedup->rows),
                                    READ_BYTES, err);
    if (status == TM_OK)
        status = tm_tempreader_open(&heads, dedup->heads, 0, tm_tempfile_size(dedup->heads),
                                    READ_BYTES, err);
    enum tm_status more = status == TM_OK ? next_decision(dedup, &decision, err) : status;
    for (uint64_t number = 0; status == TM_OK && number < dedup->n; number++) {
        const char *p;
        uint64_t head = 0;
        status = tm_tempreader_take(&heads, sizeof head, &p, err);
        if (status == TM_OK)
            memcpy(&head, p, sizeof head);
        if (status == TM_OK)
            status = tm_tempreader_take(&rows, length_of(head), &p, err);
        if (status != TM_OK)
            break;
        bool here = more == TM_OK && decision.document == number;
        print_row(dedup, number, head, here && decision.dup_of.p != NULL ? &decision : NULL, p);
        if (here)
            more = next_decision(dedup, &decision, err);
        if (more < TM_OK)
            status = more;
    }
    tm_tempreader_close(&rows);
    tm_tempreader_close(&heads);
    return status == TM_END ? TM_OK : status;
}

enum tm_status dedup_read_rows(struct dedup *dedup, unsigned threads, struct tm_err *err)
{
    struct tm_ordered line = {dedup, make, work, take, put_batch};
    enum tm_status status = tm_ordered_run(&line, threads, err);
    while (dedup->free_batches != NULL) {
        struct batch *batch = dedup->free_batches;
        dedup->free_batches = batch->next_free;
        destroy_batch(batch);
    }
    return status;
}
