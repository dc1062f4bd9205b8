/* SPDX-License-Identifier: Apache-2.0 */
/* Unicode Normalization Form C (UAX #15) through ICU, and combining marks that are decoration. */
#include <unicode/unorm2.h>
#include <unicode/ustring.h>

#include "clean/cleaning.h"

/* Longest run of marks that is composed; what is longer is decoration and stays as it is. */
#define MAX_RUN 32

/* Composes text[from, to), which ICU says may not be in NFC. */
static void compose(struct cleaning *c, const UNormalizer2 *nfc, size_t from, size_t to)
{
    UChar source[MAX_RUN * 2];
    UChar target[MAX_RUN * 4];
    char bytes[MAX_RUN * 12];
    int32_t n = 0;
    int32_t n_bytes = 0;
    UErrorCode status = U_ZERO_ERROR;
    u_strFromUTF8(source, MAX_RUN * 2, &n, c->text.p + from, (int32_t)(to - from), &status);
    n = unorm2_normalize(nfc, source, n, target, MAX_RUN * 4, &status);
    u_strToUTF8(bytes, sizeof bytes, &n_bytes, target, n, &status);
    if (U_FAILURE(status))
        return;
    struct tm_str text = {bytes, (size_t)n_bytes};
    if (!tm_str_equal(text, slice(c->text, from, to)))
        rewrite(c, TM_RULE_NFC, from, to, text);
}

static bool may_change(const UNormalizer2 *nfc, uint32_t cp)
{
    /* All below U+0300 but nothing above is certain without a look. */
    return cp >= 0x300 && !(cp >= 0x400 && cp < 0x483) && !unorm2_isInert(nfc, (UChar32)cp);
}

/* A quick look at lead bytes: whether anything stands in the text that NFC may change. Letters of
 * both languages, punctuation, arrows and pictures do not. */
static bool has_candidate(struct tm_str text)
{
    const unsigned char *p = (const unsigned char *)text.p;
    for (size_t i = next_rare(text, 0); i < text.n; i = next_rare(text, i + 1)) {
        unsigned char next = i + 1 < text.n ? p[i + 1] : 0;
        bool plain = p[i] < 0xCC || (p[i] == 0xE2 && next != 0x83 && next != 0x84 && next != 0xAB) ||
                     (p[i] == 0xF0 && next == 0x9F);
        if (!plain)
            return true;
    }
    return false;
}

void rule_nfc(struct cleaning *c)
{
    if (!has_candidate(c->text))
        return;
    UErrorCode status = U_ZERO_ERROR;
    const UNormalizer2 *nfc = unorm2_getNFCInstance(&status);
    if (U_FAILURE(status)) {
        c->failed = true;
        return;
    }
    struct tm_str text = c->text;
    size_t run = 0;                 /* start of the run: the last code point that begins one */
    size_t n = 0;                   /* code points in it */
    bool look = false;
    for (size_t at = 0; at < text.n;) {
        size_t start = at;
        uint32_t cp = tm_utf8_next(text.p, text.n, &at);
        if (n != 0 && unorm2_hasBoundaryBefore(nfc, (UChar32)cp)) {
            if (look && n <= MAX_RUN)
                compose(c, nfc, run, start);
            n = 0;
            look = false;
        }
        if (n == 0)
            run = start;
        n++;
        look |= may_change(nfc, cp);
    }
    if (look && n <= MAX_RUN)
        compose(c, nfc, run, text.n);
}

static bool is_vowel_ru(uint32_t cp)
{
    switch (tm_lower(cp)) {
    case 0x430: case 0x435: case 0x438: case 0x43E: case 0x443: case 0x44B: case 0x44D:
    case 0x44E: case 0x44F:
        return true;
    default:
        return false;
    }
}

/* U+0335 to U+0338 strike a letter through; U+0301 on a Russian vowel marks the stress. */
void rule_strike(struct cleaning *c)
{
    struct tm_str text = c->text;
    for (size_t at = 0; at < text.n;) {
        size_t start = at;
        uint32_t cp = tm_utf8_next(text.p, text.n, &at);
        bool stress = cp == 0x301 && c->cleaner->options.strip_stress &&
                      is_vowel_ru(tm_utf8_before(text.p, start));
        if ((cp >= 0x335 && cp <= 0x338) || stress)
            cut(c, TM_RULE_STRIKE, start, at);
    }
}
