/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Noise for the training of the language detector: what people do to text that no clean corpus
 * shows. All of it is made from the training sentences by the tables below.
 */
#include "lid-corpus.h"

#include <string.h>
#include <unicode/uchar.h>
#include <unicode/unorm2.h>

/* Customs of writing Russian with Latin letters, by letter from a to ya, then yo. The first is
 * the passport table (ICAO 9303), the second GOST-like, the third library (ISO 9-like, without
 * marks), the fourth and fifth are chat customs with digits. */
static const char *const romanisation[5][33] = {
    {"a", "b", "v", "g", "d",  "e",  "zh", "z",  "i",    "i",  "k", "l", "m", "n",  "o",  "p", "r",
     "s", "t", "u", "f", "kh", "ts", "ch", "sh", "shch", "ie", "y", "",  "e", "iu", "ia", "e"},
    {"a", "b", "v", "g", "d", "e", "zh", "z",  "i",   "y", "k", "l", "m", "n",  "o",  "p", "r",
     "s", "t", "u", "f", "h", "c", "ch", "sh", "sch", "",  "y", "'", "e", "yu", "ya", "yo"},
    {"a", "b", "v", "g", "d", "e", "zh", "z",  "i",   "j",  "k", "l", "m", "n",  "o",  "p", "r",
     "s", "t", "u", "f", "x", "c", "ch", "sh", "shh", "''", "y", "'", "e", "ju", "ja", "jo"},
    {"a", "b", "v", "g", "d", "e", "zh", "z", "i",  "y", "k", "l", "m", "n",  "o",  "p", "r",
     "s", "t", "u", "f", "h", "c", "4",  "6", "6'", "",  "y", "",  "e", "yu", "ya", "e"},
    {"a", "b", "v", "g", "d", "e",  "j", "z",  "i",   "i", "k", "l", "m", "n", "o",  "p", "r",
     "s", "t", "u", "f", "x", "ts", "4", "sh", "sch", "",  "i", "",  "e", "u", "ya", "o"},
};

static void put(struct scratch *s, const char *text)
{
    size_t n = strlen(text);
    if (s->n + n <= sizeof s->text) {
        memcpy(s->text + s->n, text, n);
        s->n += n;
    }
}

static void put_cp(struct scratch *s, UChar32 cp)
{
    if (s->n + 4 <= sizeof s->text && cp >= 0)
        s->n += text_put(s->text + s->n, (uint32_t)cp);
}

static UChar32 next_cp(const char *text, size_t n, size_t *at)
{
    return (UChar32)text_next(text, n, at);
}

void noise_romanise(struct scratch *s, struct rng *rng)
{
    struct scratch out = {.n = 0};
    const char *const *table = romanisation[rng_below(rng, 5)];
    for (size_t i = 0; i < s->n;) {
        UChar32 cp = u_tolower(next_cp(s->text, s->n, &i));
        if (cp >= 0x430 && cp <= 0x44f)
            put(&out, table[cp - 0x430]);
        else if (cp == 0x451)
            put(&out, table[32]);
        else
            put_cp(&out, cp);
    }
    *s = out;
}

void noise_lookalikes(struct scratch *s, struct rng *rng)
{
    static const struct {
        UChar32 cyrillic;
        char latin[2];
    } pairs[] = {{0x430, "a"}, {0x441, "c"}, {0x435, "e"}, {0x43e, "o"}, {0x440, "p"},
                 {0x445, "x"}, {0x443, "y"}, {0x456, "i"}, {0x410, "A"}, {0x412, "B"},
                 {0x415, "E"}, {0x41a, "K"}, {0x41c, "M"}, {0x41d, "H"}, {0x41e, "O"},
                 {0x420, "P"}, {0x421, "C"}, {0x422, "T"}, {0x425, "X"}};
    struct scratch out = {.n = 0};
    uint32_t share = 1 + rng_below(rng, 8);
    for (size_t i = 0; i < s->n;) {
        UChar32 cp = next_cp(s->text, s->n, &i);
        const char *latin = NULL;
        for (size_t k = 0; k < sizeof pairs / sizeof pairs[0]; k++)
            if (pairs[k].cyrillic == cp)
                latin = pairs[k].latin;
        if (latin != NULL && rng_below(rng, 8) < share)
            put(&out, latin);
        else
            put_cp(&out, cp);
    }
    *s = out;
}

void noise_typos(struct scratch *s, struct rng *rng)
{
    struct scratch out = {.n = 0};
    UChar32 held = -1;
    for (size_t i = 0; i < s->n;) {
        UChar32 cp = next_cp(s->text, s->n, &i);
        bool letter = u_isalpha(cp) != 0;
        uint32_t dice = letter ? rng_below(rng, 40) : 40;
        if (dice == 0 && held < 0) {
            held = cp; /* comes after the next letter */
            continue;
        }
        if (dice != 1)
            put_cp(&out, cp);
        if (held >= 0) {
            put_cp(&out, held);
            held = -1;
        }
    }
    put_cp(&out, held);
    *s = out;
}

void noise_strip_marks(struct scratch *s)
{
    UErrorCode status = U_ZERO_ERROR;
    const UNormalizer2 *nfd = unorm2_getNFDInstance(&status);
    struct scratch out = {.n = 0};
    for (size_t i = 0; i < s->n;) {
        UChar32 cp = next_cp(s->text, s->n, &i);
        UChar parts[8];
        if (cp == 0x131)
            cp = 'i';
        else if (cp == 0x142)
            cp = 'l';
        else if (cp == 0xf8)
            cp = 'o';
        if (cp > 0xbf && (cp < 0x400 || cp > 0x4ff)) {
            status = U_ZERO_ERROR;
            int32_t k = unorm2_getDecomposition(nfd, cp, parts, 8, &status);
            if (k > 0 && U_SUCCESS(status))
                cp = parts[0];
        }
        put_cp(&out, cp);
    }
    *s = out;
}

void noise_plain_yo(struct scratch *s)
{
    struct scratch out = {.n = 0};
    for (size_t i = 0; i < s->n;) {
        UChar32 cp = next_cp(s->text, s->n, &i);
        put_cp(&out, cp == 0x451 ? 0x435 : cp == 0x401 ? 0x415 : cp);
    }
    *s = out;
}
