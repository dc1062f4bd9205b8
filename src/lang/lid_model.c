/* SPDX-License-Identifier: Apache-2.0 */
/* The trained model, embedded by the assembler, and the check that it is one. */
#include "lid_model.h"

#include "lid_model_sum.h" /* empty: makes this file depend on lid_model.bin */

#include <stddef.h>
#include <string.h>

#ifndef TM_LID_MODEL_PATH
#error "TM_LID_MODEL_PATH must name lid_model.bin (a string literal)"
#endif

#if __BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__
#error "lid_model.bin is little-endian and mapped as it is"
#endif

/* 64 is a cache line. */
__asm__(".pushsection .rodata\n"
        ".balign 64\n"
        ".hidden tm_lid_model_begin\n"
        ".globl tm_lid_model_begin\n"
        "tm_lid_model_begin:\n"
        ".incbin \"" TM_LID_MODEL_PATH "\"\n"
        ".hidden tm_lid_model_end\n"
        ".globl tm_lid_model_end\n"
        "tm_lid_model_end:\n"
        ".byte 0\n"
        ".popsection\n");

extern const struct lid_model tm_lid_model_begin __attribute__((visibility("hidden")));
extern const unsigned char tm_lid_model_end[] __attribute__((visibility("hidden")));

_Static_assert(offsetof(struct lid_model, calibration) == 48, "no padding in the header");
_Static_assert(offsetof(struct lid_model, symbol) ==
                   48 + 8 * LID_SCRIPTS * LID_BUCKETS + 8 * LID_SCRIPTS,
               "no padding before the tables");

const struct lid_model *lid_model_get(void)
{
    const struct lid_model *m = &tm_lid_model_begin;
    size_t size = (size_t)((uintptr_t)tm_lid_model_end - (uintptr_t)m);
    if (size != sizeof *m || memcmp(m->magic, LID_MAGIC, sizeof m->magic) != 0 ||
        m->format != LID_FORMAT)
        return NULL;
    return m;
}
