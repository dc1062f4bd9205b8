/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Bytes to letter symbols. The loop looks at every byte with the one before it instead of
 * stepping from code point to code point: there is no branch and no chain of dependent loads for
 * one- and two-byte sequences, which are all of Russian and English.
 */
#include "lid_text.h"

#include <string.h>

/* Three- and four-byte sequences are punctuation and emoji in our text; which of them are letters
 * of other scripts needs no more than their ranges. */
static uint8_t symbol_of_wide(const struct lid_model *model, uint32_t cp)
{
    if (cp >= 0x1e00 && cp <= 0x1eff)
        return model->symbol_latin_add[cp - 0x1e00];
    if (cp >= 0x200b && cp <= 0x200f)
        return LID_SYM_SKIP;
    if (cp >= 0xfe00 && cp <= 0xfe2f)
        return LID_SYM_SKIP; /* variation selectors, combining half marks */
    if (cp < 0x0800)
        return LID_SYM_BREAK; /* overlong: broken */
    if (cp < 0x2000 || (cp >= 0x2c00 && cp <= 0x2dff) || (cp >= 0x3040 && cp <= 0xd7ff)
        || (cp >= 0xf900 && cp <= 0xfdff) || (cp >= 0xfe70 && cp <= 0xfeff))
        return LID_SYM_OTHER;
    if ((cp >= 0x10000 && cp <= 0x1cfff) || (cp >= 0x1e100 && cp <= 0x1efff)
        || (cp >= 0x20000 && cp <= 0x3ffff))
        return LID_SYM_OTHER;
    return LID_SYM_BREAK;
}

/* Decodes a sequence whose first byte is >= 0xe0; a broken one counts as one byte. */
static size_t decode_wide(const unsigned char *p, size_t n, uint32_t *ret_cp)
{
    size_t length = p[0] < 0xf0 ? 3 : p[0] < 0xf8 ? 4 : 1;
    *ret_cp = 0;
    if (length == 1 || n < length)
        return 1;
    uint32_t cp = length == 3 ? p[0] & 0x0fu : p[0] & 0x07u;
    for (size_t i = 1; i < length; i++) {
        if ((p[i] & 0xc0) != 0x80)
            return 1;
        cp = cp << 6 | (p[i] & 0x3fu);
    }
    *ret_cp = cp;
    return length;
}

static bool is_letter(uint8_t symbol)
{
    return symbol >= LID_SYM_LATIN && symbol != LID_SYM_SKIP;
}

/* A word that mixes scripts is either a disguise (one script's letters replaced by look-alikes of
 * the other) or two words grown together. Disguised letters are put back; what remains mixed is
 * cut at the change of script. */
static size_t mend_word(const struct lid_model *model, const uint8_t *word, size_t n, uint8_t *out)
{
    size_t cyrillic = 0, latin = 0, latin_like = 0, cyrillic_like = 0;
    for (size_t i = 0; i < n; i++) {
        if (word[i] >= LID_SYM_CYRILLIC) {
            cyrillic++;
            cyrillic_like += model->lookalike_back[word[i] - LID_SYM_CYRILLIC] != 0;
        } else {
            latin++;
            latin_like += model->lookalike[word[i]] != 0;
        }
    }
    bool to_cyrillic = cyrillic != 0 && latin == latin_like;
    bool to_latin = latin != 0 && !to_cyrillic && cyrillic == cyrillic_like;
    size_t k = 0;
    uint8_t before = 0;
    for (size_t i = 0; i < n; i++) {
        uint8_t s = word[i];
        if (to_cyrillic && s < LID_SYM_CYRILLIC)
            s = model->lookalike[s];
        else if (to_latin && s >= LID_SYM_CYRILLIC)
            s = model->lookalike_back[s - LID_SYM_CYRILLIC];
        if (i != 0 && ((s ^ before) & LID_SYM_CYRILLIC) != 0)
            out[k++] = LID_SYM_BREAK;
        out[k++] = before = s;
    }
    return k;
}

static void mend_block(const struct lid_model *model, struct lid_block *block)
{
    uint8_t copy[LID_BLOCK + 2];
    size_t n = block->length, k = 0;
    memcpy(copy, block->symbol, n);
    for (size_t i = 0; i < n;) {
        if (copy[i] == LID_SYM_BREAK) {
            block->symbol[k++] = copy[i++];
            continue;
        }
        size_t end = i;
        while (copy[end] != LID_SYM_BREAK)
            end++;
        k += mend_word(model, copy + i, end - i, block->symbol + k);
        i = end;
    }
    block->length = k;
}

/* Ends the block after its last whole word when text remains, so that no word is cut in two.
 * A "word" that fills a block is cut all the same. */
static size_t close_block(struct lid_block *block, size_t used, size_t used_at_break, size_t n)
{
    uint8_t *out = block->symbol;
    size_t k = block->length;
    if (used < n && out[k - 1] != LID_SYM_BREAK) {
        size_t back = k;
        while (back > 1 && out[back - 1] != LID_SYM_BREAK)
            back--;
        if (back > 1) {
            k = back;
            used = used_at_break;
        }
    }
    if (out[k - 1] != LID_SYM_BREAK)
        out[k++] = LID_SYM_BREAK;
    block->length = k;
    return used;
}

size_t lid_decode(const struct lid_model *model, const char *text, size_t n,
                  struct lid_block *ret_block)
{
    const unsigned char *p = (const unsigned char *)text;
    uint8_t *out = ret_block->symbol;
    size_t k = 0, i = 0, used_at_break = 0;
    uint32_t other = 0, mixed = 0;
    uint8_t before = LID_SYM_BREAK;
    unsigned lead = 0;
    out[k++] = LID_SYM_BREAK;
    while (i < n && k < LID_BLOCK) {
        unsigned b = p[i];
        uint8_t s;
        if (b < 0xe0) {
            unsigned cp = b < 0x80 ? b : (lead & 0x1f) << 6 | (b & 0x3f);
            s = b >= 0xc0 ? LID_SYM_SKIP : model->symbol[cp];
            i++;
        } else {
            uint32_t cp;
            i += decode_wide(p + i, n - i, &cp);
            s = cp == 0 ? LID_SYM_BREAK : symbol_of_wide(model, cp);
            b = 0;
        }
        lead = b;
        other += s == LID_SYM_OTHER;
        s = s == LID_SYM_OTHER ? LID_SYM_BREAK : s;
        mixed |= is_letter(s) && is_letter(before) ? (unsigned)(s ^ before) & 0x80u : 0;
        out[k] = s;
        k += s != LID_SYM_SKIP && (s | before) != LID_SYM_BREAK;
        before = s == LID_SYM_SKIP ? before : s;
        used_at_break = s == LID_SYM_BREAK ? i : used_at_break;
    }
    ret_block->length = k;
    ret_block->other = other;
    size_t used = close_block(ret_block, i, used_at_break, n);
    if (mixed != 0)
        mend_block(model, ret_block);
    return used;
}
