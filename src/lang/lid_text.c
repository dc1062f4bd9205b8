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
    if (cp < 0x2000 || (cp >= 0x2c00 && cp <= 0x2dff) || (cp >= 0x3040 && cp <= 0xd7ff) ||
        (cp >= 0xf900 && cp <= 0xfdff) || (cp >= 0xfe70 && cp <= 0xfeff))
        return LID_SYM_OTHER;
    if ((cp >= 0x10000 && cp <= 0x1cfff) || (cp >= 0x1e100 && cp <= 0x1efff) ||
        (cp >= 0x20000 && cp <= 0x3ffff))
        return LID_SYM_OTHER;
    return LID_SYM_BREAK;
}

/* Symbol of a sequence whose first byte is >= 0xe0, moving *at to its last byte; a broken one
 * counts as one byte. */
static uint8_t decode_wide(const struct lid_model *model, const unsigned char *p, size_t n,
                           size_t *at)
{
    size_t first = *at, length = p[first] < 0xf0 ? 3 : p[first] < 0xf8 ? 4 : 1;
    if (length == 1 || n - first < length)
        return LID_SYM_BREAK;
    uint32_t cp = length == 3 ? p[first] & 0x0fu : p[first] & 0x07u;
    for (size_t i = first + 1; i < first + length; i++) {
        if ((p[i] & 0xc0) != 0x80)
            return LID_SYM_BREAK;
        cp = cp << 6 | (p[i] & 0x3fu);
    }
    *at += length - 1;
    return symbol_of_wide(model, cp);
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
    uint8_t copy[LID_WINDOW + 2];
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

/* Looks at eight symbols at a time: whether letters of both scripts occur, and whether two such
 * stand next to each other. The bytes behind the block, up to the next multiple of eight, must be
 * BREAK. */
static bool is_mixed(struct lid_block *block)
{
    const uint64_t low = 0x7f7f7f7f7f7f7f7fu, top = ~low, one = 0x0101010101010101u;
    uint64_t mixed = 0, latin = 0, cyrillic = 0;
    for (size_t i = 0; i + 1 < block->length; i += 8) {
        uint64_t a, b;
        memcpy(&a, block->symbol + i, 8);
        memcpy(&b, block->symbol + i + 1, 8);
        /* the top bit of a byte says: this is a letter, as its symbol is not 1 */
        uint64_t la = (((a ^ one) & low) + low) | a, lb = (((b ^ one) & low) + low) | b;
        mixed |= (a ^ b) & la & lb;
        latin |= la & ~a;
        cyrillic |= a;
    }
    block->one_script = (latin & top) == 0 || (cyrillic & top) == 0;
    return (mixed & top) != 0;
}

size_t lid_window(const char *text, size_t n)
{
    if (n <= LID_WINDOW)
        return n;
    size_t k = LID_WINDOW;
    while (k > LID_WINDOW / 2 && (unsigned char)text[k] > ' ')
        k--;
    if ((unsigned char)text[k] <= ' ')
        return k;
    for (k = LID_WINDOW; k > LID_WINDOW - 3 && ((unsigned char)text[k] & 0xc0) == 0x80;)
        k--;
    return k;
}

/* Where the decoder is; inlined into registers. */
struct cursor {
    uint8_t *out;
    size_t k;
    size_t row; /* of the lead byte before, see lid_model.h */
    uint32_t other;
    uint8_t before; /* the last symbol that was written */
};

/* Eight bytes of ASCII: no lead bytes, no marks to skip. */
static inline void decode_ascii(const struct lid_model *model, const unsigned char *p,
                                struct cursor *c)
{
    const uint8_t *symbol = model->symbol + LID_ROW_ASCII;
    for (size_t i = 0; i < 8; i++) {
        uint8_t s = symbol[p[i]];
        c->out[c->k] = s;
        c->k += (s | c->before) != LID_SYM_BREAK;
        c->before = s;
    }
    c->row = 0;
}

/* Bytes from `i` to `stop`, or a little more when the last one begins a wide sequence. Masks
 * instead of conditions, because blanks between words come as they like. Returns the next byte. */
static inline size_t decode_any(const struct lid_model *model, const unsigned char *p, size_t n,
                                size_t i, size_t stop, struct cursor *c)
{
    for (; i < stop; i++) {
        unsigned b = p[i];
        size_t wide = 0 - (size_t)(b >> 7), lead = 0 - (size_t)(b >= 0xc0);
        size_t row = LID_ROW_ASCII ^ ((LID_ROW_ASCII ^ c->row) & wide);
        uint8_t s = model->symbol[row + (b & 0x7f)];
        c->row = (size_t)(b & 0x1f) * LID_ROW & lead;
        if (b >= 0xe0) {
            s = decode_wide(model, p, n, &i);
            c->row = 0;
        }
        if (s == LID_SYM_OTHER) {
            c->other++;
            s = LID_SYM_BREAK;
        }
        c->out[c->k] = s;
        c->k += (s != LID_SYM_SKIP) & ((s | c->before) != LID_SYM_BREAK);
        c->before = s == LID_SYM_SKIP ? c->before : s;
    }
    return i;
}

static bool is_ascii(const unsigned char *p)
{
    uint64_t x;
    memcpy(&x, p, 8);
    return (x & 0x8080808080808080u) == 0;
}

void lid_decode(const struct lid_model *model, const char *text, size_t n,
                struct lid_block *ret_block)
{
    const unsigned char *p = (const unsigned char *)text;
    struct cursor c = {ret_block->symbol, 1, 0, 0, LID_SYM_BREAK};
    c.out[0] = LID_SYM_BREAK;
    for (size_t i = 0; i < n;) {
        if (n - i >= 8 && is_ascii(p + i)) {
            decode_ascii(model, p + i, &c);
            i += 8;
        } else {
            i = decode_any(model, p, n, i, n - i > 8 ? i + 8 : n, &c);
        }
    }
    if (c.out[c.k - 1] != LID_SYM_BREAK)
        c.out[c.k++] = LID_SYM_BREAK;
    ret_block->length = c.k;
    ret_block->other = c.other;
    memset(c.out + c.k, LID_SYM_BREAK, 8);
    if (is_mixed(ret_block))
        mend_block(model, ret_block);
}

/* Adds up the top bits of eight bytes. */
static uint32_t count_tops(uint64_t x)
{
    return (uint32_t)((x >> 7 & 0x0101010101010101u) * 0x0101010101010101u >> 56);
}

void lid_count_letters(const char *text, size_t n, uint32_t ret_letters[LID_SCRIPTS])
{
    const uint64_t ones = 0x0101010101010101u, low = 0x7f * ones;
    uint32_t latin = 0, cyrillic = 0;
    for (; n != 0;) {
        uint64_t x = 0;
        size_t step = n < 8 ? n : 8;
        memcpy(&x, text, step);
        /* 'a'..'z' without regard to case: the carries at 'a' and behind 'z' differ */
        uint64_t small = (x | 0x20 * ones) & low;
        latin += count_tops((small + (0x80 - 'a') * ones) & ~(small + (0x7f - 'z') * ones) & ~x);
        uint64_t lead = (x & 0xfc * ones) ^ 0xd0 * ones;
        cyrillic += count_tops(~(((lead & low) + low) | lead));
        text += step;
        n -= step;
    }
    ret_letters[LID_LATIN] += latin;
    ret_letters[LID_CYRILLIC] += cyrillic;
}

/* The top bit of each byte of `x` that equals the byte repeated in `what`. */
static uint64_t equal_tops(uint64_t x, uint64_t what)
{
    const uint64_t low = 0x7f7f7f7f7f7f7f7fu;
    uint64_t d = x ^ what;
    return ~(((d & low) + low) | d | low);
}

/* U+0402..U+040F are 0xd0 and 0x82..0x8f, their small letters 0xd1 and 0x92..0x9f: one bit of each
 * byte tells them apart. U+0400, U+0401 and theirs count as Russian; U+0480..U+04FF begin with 0xd2
 * or 0xd3. */
uint32_t lid_count_foreign(const char *text, size_t n)
{
    const uint64_t ones = 0x0101010101010101u;
    uint32_t count = 0;
    while (n > 1) {
        uint64_t x = 0, y = 0;
        size_t step = n - 1 < 8 ? n - 1 : 8;
        memcpy(&x, text, step);
        memcpy(&y, text + 1, step);
        uint64_t folded = y ^ (x & ones) << 4;
        uint64_t extra = equal_tops(folded & 0xf0 * ones, 0x80 * ones);
        uint64_t russian = equal_tops(folded & 0xfe * ones, 0x80 * ones);
        count += count_tops(equal_tops(x & 0xfe * ones, 0xd0 * ones) & extra & ~russian);
        count += count_tops(equal_tops(x & 0xfe * ones, 0xd2 * ones));
        text += step;
        n -= step;
    }
    return count;
}
