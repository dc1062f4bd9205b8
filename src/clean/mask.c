/* SPDX-License-Identifier: Apache-2.0 */
#include "clean/mask.h"

#include <stdlib.h>

#include "clean/cleaning.h"

void tm_mask_personal(struct tm_str text, struct tm_buf *out)
{
    static const struct tm_cleaner cleaner = {0};
    struct tm_doc doc = {0};
    struct cleaning c = {.cleaner = &cleaner, .doc = &doc, .text = text};
    rule_pii(&c);
    end_pass(&c);
    tm_buf_str(out, c.text);
    out->failed |= c.failed;
    tm_buf_finish(&c.out[0]);
    tm_buf_finish(&c.out[1]);
    free(c.edits);
}
