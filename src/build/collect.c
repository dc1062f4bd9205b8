/* SPDX-License-Identifier: Apache-2.0 */
/* First step: all inputs are read, and their documents sorted in shard order. */
#include "build/job.h"
#include "build/parent.h"

#include "core/codec.h"

#define BATCH_BYTES ((size_t)1 << 20)

enum tm_status tm_recipe_open(const struct tm_recipe *recipe, struct tm_source *source,
                              struct tm_err *err)
{
    enum tm_status status = TM_OK;
    for (size_t i = 0; i < recipe->n_inputs && status == TM_OK; i++) {
        const struct tm_recipe_input *input = &recipe->inputs[i];
        status = tm_source_add(source, input->path, input->name, &input->options, err);
    }
    return status;
}

static enum tm_status add_document(struct job *job, const struct tm_doc *doc, struct tm_buf *key,
                                   struct tm_buf *bytes, struct tm_err *err)
{
    key->n = 0;
    bytes->n = 0;
    tm_doc_sort_key(doc, key);
    tm_doc_encode(doc, bytes);
    if (key->failed || bytes->failed)
        return tm_fail(err, TM_ERR_NOMEM, "", TM_NO_OFFSET, "out of memory");
    job->reading.markup += doc->reading.markup;
    job->reading.metadata += doc->reading.metadata;
    job->reading.body += doc->reading.body;
    job->reading.decode += doc->reading.decode;
    job->n_documents++;
    return tm_sorter_add(job->documents, tm_buf_view(key), tm_buf_view(bytes), err);
}

uint64_t tm_job_input_bytes(const struct tm_input_report *report)
{
    return report->markup + report->metadata + report->body + report->skipped + report->broken
           - (uint64_t)report->recode;
}

/* With a limit the last input may be cut, and what was read beyond the limit counts as skipped. */
static void sum_inputs(struct job *job)
{
    size_t n = 0;
    const struct tm_input_report *reports = tm_source_reports(job->source, &n);
    struct tm_ledger *ledger = &job->ledger;
    uint64_t seen = 0;
    for (size_t i = 0; i < n; i++) {
        tm_ledger_add_input(ledger, &reports[i]);
        seen += tm_job_input_bytes(&reports[i]);
    }
    if (job->recipe->limit != 0) {
        ledger->input = seen;
        ledger->markup = job->reading.markup;
        ledger->metadata = job->reading.metadata;
        ledger->body = job->reading.body;
        ledger->decode = job->reading.decode;
        ledger->skipped = seen + (uint64_t)ledger->recode - ledger->markup - ledger->metadata -
                          ledger->body - ledger->broken;
    }
    job->result->inputs = n;
    job->result->input_bytes = ledger->input;
}

static enum tm_status add_parent(struct job *job, struct tm_err *err)
{
    struct tm_input_report *reports;
    size_t n;
    enum tm_status status = tm_parent_reports(job, &reports, &n, err);
    for (size_t i = 0; i < n && status == TM_OK; i++)
        tm_ledger_add_input(&job->ledger, &reports[i]);
    return status == TM_OK ? tm_parent_collect(job, err) : status;
}

enum tm_status tm_job_collect(struct job *job, struct tm_err *err)
{
    struct tm_batch *batch = tm_batch_create();
    struct tm_buf key = {0};
    struct tm_buf bytes = {0};
    uint64_t limit = job->recipe->limit == 0 ? UINT64_MAX : (uint64_t)job->recipe->limit;
    enum tm_status status = batch == NULL
        ? tm_fail(err, TM_ERR_NOMEM, "", TM_NO_OFFSET, "out of memory")
        : tm_recipe_open(job->recipe, job->source, err);
    while (status == TM_OK && job->n_documents < limit) {
        tm_batch_reset(batch);
        status = tm_source_read(job->source, BATCH_BYTES, batch, err);
        for (size_t i = 0; i < batch->n && status >= TM_OK && job->n_documents < limit; i++) {
            enum tm_status added = add_document(job, &batch->docs[i], &key, &bytes, err);
            status = added != TM_OK ? added : status;
        }
        tm_job_progress(job, "read", tm_source_position(job->source),
                        tm_source_size(job->source));
    }
    tm_batch_destroy(batch);
    tm_buf_finish(&key);
    tm_buf_finish(&bytes);
    sum_inputs(job);
    status = status == TM_END ? TM_OK : status;
    return status == TM_OK && job->recipe->add != 0 ? add_parent(job, err) : status;
}
