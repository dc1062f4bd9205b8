/* SPDX-License-Identifier: Apache-2.0 */
/* Characters that nobody sees: line ends of other systems, zero-width and direction marks, special
 * spaces, controls. */
#include <unicode/uscript.h>
#ifdef __SSE2__
#include <emmintrin.h>
#endif

#include "clean/cleaning.h"

bool is_blank(uint32_t cp)
{
    switch (cp) {
    case ' ': case '\t': case 0x00A0: case 0x00AD: case 0x1680: case 0x202F: case 0x205F:
    case 0x2060: case 0x2800: case 0x3000: case 0x3164: case 0xFEFF: case 0xFE0E: case 0xFE0F:
        return true;
    default:
        return cp >= 0x2000 && cp <= 0x200F;
    }
}

size_t skip_blanks(struct tm_str text, size_t at, size_t end)
{
    while (at < end) {
        size_t next = at;
        if (!is_blank(tm_utf8_next(text.p, end, &next)))
            break;
        at = next;
    }
    return at;
}

size_t back_blanks(struct tm_str text, size_t end, size_t start)
{
    while (end > start && is_blank(tm_utf8_before(text.p, end)))
        end = tm_utf8_back(text.p, end);
    return end;
}

static bool is_rare(unsigned char byte)
{
    if (byte < 0x80)
        return (byte < 0x20 && byte != '\n' && byte != '\t') || byte == 0x7F;
    return byte >= 0xC0 && byte != 0xD0 && byte != 0xD1;
}

size_t next_rare(struct tm_str text, size_t at)
{
#ifdef __SSE2__
    /* As signed bytes: 80 to BF lie below C0, which lies below all of ASCII. */
    const __m128i lead = _mm_set1_epi8((char)0xBF);
    const __m128i blank = _mm_set1_epi8(0x20);
    for (; at + 16 <= text.n; at += 16) {
        __m128i v = _mm_loadu_si128((const void *)(text.p + at));
        /* What is above BF and below 20 is a lead byte or a control. */
        __m128i odd = _mm_and_si128(_mm_cmpgt_epi8(v, lead), _mm_cmplt_epi8(v, blank));
        __m128i fine = _mm_or_si128(_mm_cmpeq_epi8(_mm_and_si128(v, _mm_set1_epi8((char)0xFE)),
                                                   _mm_set1_epi8((char)0xD0)),
                                    _mm_or_si128(_mm_cmpeq_epi8(v, _mm_set1_epi8('\n')),
                                                 _mm_cmpeq_epi8(v, _mm_set1_epi8('\t'))));
        odd = _mm_or_si128(_mm_andnot_si128(fine, odd), _mm_cmpeq_epi8(v, _mm_set1_epi8(0x7F)));
        int mask = _mm_movemask_epi8(odd);
        if (mask != 0)
            return at + (size_t)__builtin_ctz((unsigned)mask);
    }
#endif
    while (at < text.n && !is_rare((unsigned char)text.p[at]))
        at++;
    return at;
}

void rule_newline(struct cleaning *c)
{
    struct tm_str text = c->text;
    for (size_t at = next_rare(text, 0); at < text.n; at = next_rare(text, at)) {
        size_t start = at;
        uint32_t cp = tm_utf8_next(text.p, text.n, &at);
        if (cp == '\r') {
            if (at < text.n && text.p[at] == '\n')
                at++;
        } else if (cp != 0x2028 && cp != 0x2029 && cp != 0x85 && cp != 0x0B && cp != 0x0C) {
            continue;
        }
        rewrite(c, TM_RULE_NEWLINE, start, at, TM_STR("\n"));
    }
}

static bool joins_letters(uint32_t cp)
{
    UErrorCode status = U_ZERO_ERROR;
    UScriptCode script = cp == TM_NO_CODE_POINT ? USCRIPT_COMMON
                                                : uscript_getScript((UChar32)cp, &status);
    return U_SUCCESS(status) && script != USCRIPT_COMMON && script != USCRIPT_INHERITED &&
           script != USCRIPT_LATIN && script != USCRIPT_CYRILLIC && script != USCRIPT_GREEK;
}

/* Joiners spell words in Arabic and the Indic scripts; between two such letters they stay. */
static bool is_spelling_joiner(struct tm_str text, size_t start, size_t end)
{
    return joins_letters(tm_utf8_before(text.p, start)) &&
           joins_letters(tm_utf8_at(text.p, text.n, end));
}

static bool is_invisible(uint32_t cp)
{
    return cp == 0xFE0E || cp == 0xFE0F || cp == 0x200B || cp == 0x2060 || cp == 0xFEFF ||
           cp == 0x00AD || cp == 0x200E || cp == 0x200F || cp == 0x061C || cp == 0x180E ||
           cp == 0x034F || cp == 0x20E3 || (cp >= 0x202A && cp <= 0x202E) ||
           (cp >= 0x2061 && cp <= 0x206F) || (cp >= 0xE0000 && cp <= 0xE007F);
}

static bool is_space(uint32_t cp)
{
    return cp == 0x00A0 || cp == 0x202F || cp == 0x205F || cp == 0x1680 || cp == 0x3000 ||
           cp == 0x2800 || cp == 0x3164 || (cp >= 0x2000 && cp <= 0x200A);
}

static bool is_control(uint32_t cp)
{
    return (cp < 0x20 && cp != '\n' && cp != '\t') || (cp >= 0x7F && cp < 0xA0) ||
           (cp >= 0xFFF9 && cp <= 0xFFFC);
}

void rule_invisible(struct cleaning *c)
{
    struct tm_str text = c->text;
    for (size_t at = next_rare(text, 0); at < text.n; at = next_rare(text, at)) {
        size_t start = at;
        uint32_t cp = tm_utf8_next(text.p, text.n, &at);
        if (is_invisible(cp))
            cut(c, TM_RULE_INVISIBLE, start, at);
        else if ((cp == 0x200C || cp == 0x200D) && !is_spelling_joiner(text, start, at))
            cut(c, TM_RULE_INVISIBLE, start, at);
        else if (is_space(cp))
            rewrite(c, TM_RULE_SPACE, start, at, TM_STR(" "));
        else if (is_control(cp))
            cut(c, TM_RULE_CONTROL, start, at);
    }
}
