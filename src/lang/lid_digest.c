/* SPDX-License-Identifier: Apache-2.0 */
/* Digest of a model; apart from lid_model.c so that the trainer links without a model. */
#include "lid_model.h"

#include <stddef.h>

uint64_t lid_model_digest(const struct lid_model *model)
{
    const unsigned char *p = (const unsigned char *)model;
    uint64_t h = 0xcbf29ce484222325u;
    for (size_t i = offsetof(struct lid_model, calibration); i < sizeof *model; i++)
        h = (h ^ p[i]) * 0x100000001b3u;
    return h;
}
