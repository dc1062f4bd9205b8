/* SPDX-License-Identifier: Apache-2.0 */
#include "base/utf8.h"

#include <unicode/uchar.h>

size_t tm_utf8_put(uint32_t cp, char ret_bytes[4])
{
    if (cp < 0x80) {
        ret_bytes[0] = (char)cp;
        return 1;
    }
    if (cp < 0x800) {
        ret_bytes[0] = (char)(0xC0 | cp >> 6);
        ret_bytes[1] = (char)(0x80 | (cp & 0x3F));
        return 2;
    }
    if (cp < 0x10000) {
        ret_bytes[0] = (char)(0xE0 | cp >> 12);
        ret_bytes[1] = (char)(0x80 | (cp >> 6 & 0x3F));
        ret_bytes[2] = (char)(0x80 | (cp & 0x3F));
        return 3;
    }
    ret_bytes[0] = (char)(0xF0 | cp >> 18);
    ret_bytes[1] = (char)(0x80 | (cp >> 12 & 0x3F));
    ret_bytes[2] = (char)(0x80 | (cp >> 6 & 0x3F));
    ret_bytes[3] = (char)(0x80 | (cp & 0x3F));
    return 4;
}

bool tm_is_rare_letter(uint32_t cp)
{
    return cp != TM_NO_CODE_POINT && u_isalpha((UChar32)cp);
}

bool tm_is_rare_digit(uint32_t cp)
{
    return cp != TM_NO_CODE_POINT && u_isdigit((UChar32)cp);
}

uint32_t tm_rare_lower(uint32_t cp)
{
    return cp == TM_NO_CODE_POINT ? cp : (uint32_t)u_tolower((UChar32)cp);
}

size_t tm_utf8_length(const char *text, size_t n)
{
    size_t length = 0;
    for (size_t i = 0; i < n; i++)
        length += ((unsigned char)text[i] & 0xC0) != 0x80;
    return length;
}
