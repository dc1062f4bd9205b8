/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Letters are folded to lower case; the most frequent ones of each script get a symbol of their
 * own, rarer ones share that of the letter they are made of, or one that means "rare".
 */
#include "lid-symbols.h"

#include <stdlib.h>
#include <string.h>
#include <unicode/uchar.h>
#include <unicode/unorm2.h>
#include <unicode/uscript.h>

#define FIRST_ADD 0x1e00
#define N_CP 0x1f00

struct letter {
    uint32_t cp;
    uint64_t count;
};

struct chooser {
    uint64_t count[N_CP];
    uint8_t symbol[N_CP]; /* of folded letters */
};

static bool covered(UChar32 cp)
{
    return (cp >= 0 && cp < 0x800) || (cp >= FIRST_ADD && cp < N_CP);
}

static bool is_script(UChar32 cp, UScriptCode script)
{
    UErrorCode status = U_ZERO_ERROR;
    return u_isalpha(cp) && cp != 0xaa && cp != 0xba && uscript_getScript(cp, &status) == script;
}

static UChar32 fold(UChar32 cp)
{
    UChar32 low = u_foldCase(u_tolower(cp), U_FOLD_CASE_DEFAULT);
    return covered(low) ? low : cp;
}

static void count_letters(struct chooser *c, const struct corpus *corpus)
{
    for (size_t k = 0; k < corpus->n; k++) {
        const struct line *line = &corpus->line[k];
        for (size_t i = 0; i < line->n;) {
            UChar32 cp = (UChar32)text_next(line->text, line->n, &i);
            if (covered(cp) && cp >= 'A')
                c->count[fold(cp)]++;
        }
    }
}

static int by_count(const void *a, const void *b)
{
    const struct letter *x = a, *y = b;
    if (x->count != y->count)
        return x->count < y->count ? 1 : -1;
    return x->cp < y->cp ? -1 : x->cp > y->cp;
}

/* Gives the symbols [first, last) to the most frequent letters of a script, `last` to the rest. */
static void number_letters(struct chooser *c, UScriptCode script, unsigned first, unsigned last)
{
    static struct letter letter[N_CP];
    size_t n = 0;
    for (uint32_t cp = 'a'; cp < N_CP; cp++)
        if (is_script((UChar32)cp, script) && fold((UChar32)cp) == (UChar32)cp)
            letter[n++] = (struct letter){cp, c->count[cp]};
    qsort(letter, n, sizeof letter[0], by_count);
    for (size_t i = 0; i < n; i++) {
        bool own = first + i < last && letter[i].count >= 50;
        c->symbol[letter[i].cp] = (uint8_t)(own ? first + i : last);
    }
}

/* A letter without a symbol of its own takes that of its base letter where it has one. */
static void share_base(struct chooser *c, UScriptCode script, unsigned rare)
{
    UErrorCode status = U_ZERO_ERROR;
    const UNormalizer2 *nfd = unorm2_getNFDInstance(&status);
    for (UChar32 cp = 'a'; cp < N_CP; cp++) {
        UChar part[8];
        if (c->symbol[cp] != rare || !is_script(cp, script))
            continue;
        status = U_ZERO_ERROR;
        int32_t k = unorm2_getDecomposition(nfd, cp, part, 8, &status);
        if (k > 0 && U_SUCCESS(status) && part[0] < N_CP && c->symbol[part[0]] != LID_SYM_BREAK)
            c->symbol[cp] = c->symbol[part[0]];
    }
}

static uint8_t symbol_of(const struct chooser *c, UChar32 cp)
{
    int8_t type = u_charType(cp);
    if (is_script(cp, USCRIPT_LATIN) || is_script(cp, USCRIPT_CYRILLIC))
        return c->symbol[fold(cp)];
    if (cp == 0xad || type == U_NON_SPACING_MARK || type == U_ENCLOSING_MARK)
        return LID_SYM_SKIP;
    UErrorCode status = U_ZERO_ERROR;
    UScriptCode script = uscript_getScript(cp, &status);
    bool neutral = script == USCRIPT_COMMON || script == USCRIPT_INHERITED || cp < 0x100;
    return u_isalpha(cp) && !neutral ? LID_SYM_OTHER : LID_SYM_BREAK;
}

static void pair_lookalikes(struct lid_model *model)
{
    /* by the shape of small or capital letters, for text is folded before it is compared */
    static const struct {
        char latin;
        uint16_t cyrillic;
    } pair[] = {{'a', 0x430}, {'b', 0x432}, {'c', 0x441}, {'e', 0x435}, {'h', 0x43d},
                {'i', 0x456}, {'k', 0x43a}, {'m', 0x43c}, {'o', 0x43e}, {'p', 0x440},
                {'t', 0x442}, {'x', 0x445}, {'y', 0x443}};
    for (size_t i = 0; i < sizeof pair / sizeof pair[0]; i++) {
        uint8_t latin = lid_symbol(model, (unsigned char)pair[i].latin);
        uint8_t cyrillic = lid_symbol(model, pair[i].cyrillic);
        model->lookalike[latin] = cyrillic;
        model->lookalike_back[cyrillic - LID_SYM_CYRILLIC] = latin;
    }
    model->lookalike_back[lid_symbol(model, 0x458) - LID_SYM_CYRILLIC] = lid_symbol(model, 'j');
    model->lookalike_back[lid_symbol(model, 0x455) - LID_SYM_CYRILLIC] = lid_symbol(model, 's');
}

void symbols_choose(struct lid_model *model, const struct corpus *corpus)
{
    static struct chooser c;
    memset(&c, 0, sizeof c);
    memset(c.symbol, LID_SYM_BREAK, sizeof c.symbol);
    count_letters(&c, corpus);
    number_letters(&c, USCRIPT_LATIN, LID_SYM_LATIN, LID_SYM_SKIP - 1);
    number_letters(&c, USCRIPT_CYRILLIC, LID_SYM_CYRILLIC + LID_SYM_LATIN, 0xff);
    share_base(&c, USCRIPT_LATIN, LID_SYM_SKIP - 1);
    share_base(&c, USCRIPT_CYRILLIC, 0xff);
    memset(model->symbol, LID_SYM_BREAK, sizeof model->symbol);
    for (uint32_t cp = 0; cp < 0x80; cp++)
        model->symbol[LID_ROW_ASCII + cp] = symbol_of(&c, (UChar32)cp);
    for (uint32_t cp = 0x80; cp < 0x800; cp++)
        model->symbol[(cp >> 6) * LID_ROW + (cp & 0x3f)] = symbol_of(&c, (UChar32)cp);
    for (uint32_t lead = 0; lead < 32; lead++)
        memset(model->symbol + lead * LID_ROW + 0x40, LID_SYM_SKIP, 0x40);
    for (UChar32 cp = FIRST_ADD; cp < N_CP; cp++)
        model->symbol_latin_add[cp - FIRST_ADD] = symbol_of(&c, cp);
    pair_lookalikes(model);
}
