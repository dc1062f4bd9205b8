/* SPDX-License-Identifier: Apache-2.0 */
#include "base/letters.h"

#include "base/letter_pairs.h"

unsigned tm_letter_number(uint32_t cp, bool *ret_upper)
{
    *ret_upper = (cp >= 0x410 && cp < 0x430) || cp == 0x401;
    if (cp == 0x401 || cp == 0x451)
        return 33;
    if (cp < 0x410 || cp >= 0x450)
        return 0;
    return (cp - 0x410) % 32 + 1;
}

unsigned tm_letter_cost(unsigned before, unsigned after)
{
    return letter_pairs[before][after];
}
