/* SPDX-License-Identifier: Apache-2.0 */
#include "pack/count.h"

#include <unicode/uchar.h>

#include "base/utf8.h"

enum kind { APART, LETTER, DIGIT, JOINER, MARK };

static enum kind kind_of_ascii(unsigned char byte)
{
    if ((byte | 0x20u) - 97u < 26u)
        return LETTER;
    if (byte - 48u < 10u)
        return DIGIT;
    return byte == '\'' || byte == '-' ? JOINER : APART;
}

static enum kind kind_of(uint32_t cp)
{
    if (cp == 0x2019 || cp == 0x2010 || cp == 0x2011)
        return JOINER;
    if (tm_is_letter(cp))
        return LETTER;
    if (tm_is_digit(cp))
        return DIGIT;
    return (U_GET_GC_MASK((UChar32)cp) & U_GC_M_MASK) != 0 ? MARK : APART;
}

struct tm_counts tm_count_text(struct tm_str text)
{
    struct tm_counts counts = {0, 0};
    enum kind before = APART;       /* LETTER or DIGIT inside a word; JOINER behind a letter */
    for (size_t at = 0; at < text.n; counts.chars++) {
        unsigned char byte = (unsigned char)text.p[at];
        enum kind kind;
        if (byte < 0x80) {
            kind = kind_of_ascii(byte);
            at++;
        } else if ((byte == 0xD0 || byte == 0xD1) && at + 1 < text.n) {
            kind = LETTER;          /* U+0400 to U+047F */
            at += 2;
        } else {
            kind = kind_of(tm_utf8_next(text.p, text.n, &at));
        }
        switch (kind) {
        case LETTER:
            counts.words += before == APART;
            before = LETTER;
            break;
        case DIGIT:
            counts.words += before == APART || before == JOINER;
            before = DIGIT;
            break;
        case JOINER:
            before = before == LETTER ? JOINER : APART;
            break;
        case MARK:
            before = before == JOINER ? APART : before;
            break;
        case APART:
            before = APART;
            break;
        }
    }
    return counts;
}
