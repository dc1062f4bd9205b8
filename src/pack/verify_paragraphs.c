/* SPDX-License-Identifier: Apache-2.0 */
/* counts.paragraphs of the manifest against the records. */
#include <inttypes.h>

#include "pack/verifying.h"

#define BUDGET ((size_t)32 << 20)

static const struct tm_value *told(const struct tm_verifier *v)
{
    return tm_value_get(tm_value_get(v->opened->manifest, "counts"), "paragraphs");
}

enum tm_status tm_verify_paragraphs_begin(struct tm_verifier *v, const char *temp,
                                          struct tm_err *err)
{
    bool counted = tm_value_get(told(v), "recurring") != NULL;
    return counted && v->opened->partial == NULL
        ? tm_paragraphs_create(temp, BUDGET, &v->paragraphs, err) : TM_OK;
}

enum tm_status tm_verify_paragraphs_record(struct tm_verifier *v, const struct tm_value *record,
                                           struct tm_err *err)
{
    if (v->paragraphs == NULL)
        return TM_OK;
    struct tm_str id = tm_value_text(tm_value_get(record, "doc_id"));
    v->entries.n = 0;
    tm_paragraphs_put(&v->entries, tm_value_text(tm_value_get(record, "text")), &v->form);
    if (v->entries.failed)
        return tm_fail(err, TM_ERR_NOMEM, "", TM_NO_OFFSET, "out of memory");
    return tm_paragraphs_add(v->paragraphs, tm_buf_view(&v->entries),
                             tm_hash128_of(id.p, id.n).low, 0, 0, err);
}

static void compare(struct tm_verifier *v, const char *name, uint64_t want)
{
    uint64_t is = 0;
    if (!tm_value_u64(tm_value_get(told(v), name), &is) || is != want)
        tm_verify_fault(v, "manifest.json", TM_NO_OFFSET,
                        "its paragraphs are %" PRIu64 " %s, the records have %" PRIu64, is, name,
                        want);
}

/* A record that is not right has been told of, and may have any text. */
enum tm_status tm_verify_paragraphs(struct tm_verifier *v, struct tm_err *err)
{
    if (v->paragraphs == NULL || v->broken || v->result.faults != 0)
        return TM_OK;
    enum tm_status status = tm_paragraphs_count(v->paragraphs, err);
    if (status != TM_OK)
        return status;
    struct tm_paragraph_sum sum = tm_paragraphs_sum(v->paragraphs);
    compare(v, "recurring", sum.paragraphs);
    compare(v, "bytes", sum.bytes);
    return TM_OK;
}
