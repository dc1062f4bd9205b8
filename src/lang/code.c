/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The likeliest code of a Cyrillic language that is not Russian: naive Bayes over letters, apart by
 * their place in the word, for a word's ends tell more than its middle.
 */
#include "letter_costs.h"
#include "lid_text.h"

#include <tolmach/lang.h>

#define LANGUAGES (sizeof letter_language / sizeof letter_language[0])
#define CYRILLIC 0x400
#define FIRST_SMALL 0x430

/* Number of the letter at text[i], two bytes; 0 when none stands there. */
static unsigned letter_at(const char *text, size_t n, size_t i)
{
    if (n - i < 2)
        return 0;
    unsigned a = (unsigned char)text[i], b = (unsigned char)text[i + 1];
    if (a < 0xd0 || a > 0xd3 || (b & 0xc0) != 0x80)
        return 0;
    unsigned cp = (a & 0x1f) << 6 | (b & 0x3f);
    if (cp < CYRILLIC + 0x10)
        cp += 0x50;
    else if (cp < FIRST_SMALL)
        cp += 0x20;
    else if (cp >= 0x460)
        cp |= 1; /* pairs of a capital and the small letter behind it */
    return letter_number[cp - FIRST_SMALL];
}

static void add_letter(uint32_t cost[LANGUAGES], unsigned place, unsigned letter)
{
    for (size_t k = 0; k < LANGUAGES; k++)
        cost[k] += letter_cost[k][place][letter];
}

const char *tm_lang_code(const char *text, size_t n)
{
    const size_t enough = 4096; /* bytes: more tell nothing new, and the sums stay small */
    uint32_t cost[LANGUAGES] = {0}, letters[LID_SCRIPTS] = {0};
    unsigned held = 0, place = 0;
    size_t best = 0;
    n = n < enough ? n : enough;
    lid_count_letters(text, n, letters);
    if (letters[LID_CYRILLIC] == 0 || letters[LID_CYRILLIC] < letters[LID_LATIN])
        return NULL;
    for (size_t i = 0; i <= n;) {
        unsigned letter = letter_at(text, n, i);
        if (held != 0)
            add_letter(cost, letter == 0 ? 2 : place, held);
        place = held != 0;
        held = letter;
        i += letter != 0 ? 2 : 1;
    }
    for (size_t k = 1; k < LANGUAGES; k++)
        best = cost[k] < cost[best] ? k : best;
    return cost[best] == 0 ? NULL : letter_language[best]; /* 0: no whole letter */
}
