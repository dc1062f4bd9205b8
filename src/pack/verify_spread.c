/* SPDX-License-Identifier: Apache-2.0 */
/* report/spread.json against the records and the rejects that it was made from. */
#include <stdlib.h>

#include "base/json_write.h"
#include "pack/folder.h"
#include "pack/spread.h"
#include "pack/verifying.h"

#define BUDGET ((size_t)32 << 20)

static enum tm_status no_memory(struct tm_err *err)
{
    return tm_fail(err, TM_ERR_NOMEM, "", TM_NO_OFFSET, "out of memory");
}

enum tm_status tm_verify_spread_begin(struct tm_verifier *v, const char *temp, struct tm_err *err)
{
    char path[TM_PACK_PATH];
    bool whole = v->opened->audit_dir[0] != '\0' && v->opened->partial == NULL;
    if (!whole || !tm_path_join(path, v->opened->dir, TM_SPREAD_FILE) || !tm_path_exists(path))
        return TM_OK;
    return tm_spread_create(temp, BUDGET, &v->spread, err);
}

/* The strings of the row are written as JSON once more. */
static enum tm_status note(struct tm_verifier *v, const struct tm_value *row,
                           struct tm_spread_row *ret, struct tm_err *err)
{
    static const char *const keys[] = {"channel", "forwarded_from", "date"};
    struct tm_str *const to[] = {&ret->channel, &ret->forwarded_from, &ret->date};
    size_t ends[4] = {0};
    struct tm_buf text = {0};
    for (int i = 0; i < 3; i++) {
        tm_json_put_str(&text, tm_value_text(tm_value_get(row, keys[i])));
        ends[i + 1] = text.n;
    }
    for (int i = 0; i < 3 && !text.failed; i++)
        *to[i] = (struct tm_str){text.p + ends[i], ends[i + 1] - ends[i]};
    ret->id = tm_value_text(tm_value_get(row, "id"));
    enum tm_status status = text.failed ? no_memory(err) : tm_spread_note(v->spread, ret, err);
    tm_buf_finish(&text);
    return status;
}

enum tm_status tm_verify_spread_record(struct tm_verifier *v, const struct tm_value *record,
                                       const struct tm_value *provenance, struct tm_err *err)
{
    uint64_t n_dups = 0;
    if (v->spread == NULL)
        return TM_OK;
    (void)tm_value_u64(tm_value_get(provenance, "n_dups"), &n_dups);
    struct tm_spread_row row = {.reason = TM_KEPT, .survivor = n_dups != 0};
    return note(v, record, &row, err);
}

enum tm_status tm_verify_spread_reject(struct tm_verifier *v, const struct tm_value *reject,
                                       struct tm_err *err)
{
    static const enum tm_reason reasons[] = {TM_REASON_DUPLICATE, TM_REASON_NEAR,
                                             TM_REASON_CONTAINED};
    struct tm_str reason = tm_value_text(tm_value_get(reject, "reason"));
    struct tm_spread_row row = {.dup_of = tm_value_text(tm_value_get(reject, "dup_of"))};
    for (size_t i = 0; i < sizeof reasons / sizeof *reasons; i++)
        if (tm_str_is(reason, tm_reason_name(reasons[i])))
            row.reason = reasons[i];
    if (v->spread == NULL || row.reason == TM_KEPT)
        return TM_OK;
    v->spread_cut |= tm_value_text(tm_value_get(reject, "text")).p == NULL;
    return note(v, reject, &row, err);
}

/* What was forgotten later stands in the file and not in the audit folder any more. */
enum tm_status tm_verify_spread(struct tm_verifier *v, struct tm_err *err)
{
    char digest[TM_SHA256_HEX];
    struct tm_buf text = {0};
    if (v->spread == NULL || v->spread_cut || v->broken)
        return TM_OK;
    enum tm_status status = tm_spread_write(v->spread, &text, err);
    if (status == TM_OK && !tm_sha256_of(text.p, text.n, digest))
        status = no_memory(err);
    tm_buf_finish(&text);
    for (size_t i = 0; i < v->files.n && status == TM_OK; i++)
        if (strcmp(v->files.list[i].path, TM_SPREAD_FILE) == 0 &&
            strcmp(v->files.list[i].sha256, digest) != 0)
            tm_verify_fault(v, TM_SPREAD_FILE, TM_NO_OFFSET,
                            "its edges are not those that records and rejects give");
    return status;
}
