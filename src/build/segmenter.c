/* SPDX-License-Identifier: Apache-2.0 */
#include "build/segmenter.h"

static enum tm_status segment_batch(const void *state, struct tm_batch *batch, struct tm_err *err)
{
    uint16_t threshold = *(const uint16_t *)state;
    for (size_t i = 0; i < batch->n; i++) {
        struct tm_doc *doc = &batch->docs[i];
        if (doc->drop != TM_KEPT)
            continue;
        enum tm_status status = tm_lang_segment(doc->text.p, doc->text.n, threshold, batch->arena,
                                                &doc->segments, &doc->n_segments);
        if (status != TM_OK)
            return tm_fail(err, status, "", TM_NO_OFFSET, "cannot segment a document");
    }
    return TM_OK;
}

struct tm_stage tm_segmenter_stage(const uint16_t *threshold)
{
    return (struct tm_stage){.name = "segment", .state = threshold, .process = segment_batch};
}
