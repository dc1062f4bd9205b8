/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How often the encoding of a piece of text is told, beside ICU's detector.
 *
 * usage: eval-encoding [plain] < UTF-8 text
 *
 * The text is cut into pieces of some lengths, each written in each encoding that can hold it; a
 * piece counts when what is told reads it back as it was. With `plain` dashes and quotes are written
 * as in ASCII first.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <unicode/ucsdet.h>

#include "base/buf.h"
#include "base/encoding.h"
#include "base/utf8.h"

static const size_t lengths[] = {50, 100, 200, 1000};
static const char *const names[] = {"UTF-8", "windows-1251", "KOI8-R", "IBM866", "x-mac-cyrillic",
                                    "ISO-8859-5", "windows-1252", "UTF-16LE", "UTF-16BE"};

/* False if the encoding has not all of the characters. */
static bool encode(const struct tm_encoding *encoding, const uint32_t *cps, size_t n,
                   struct tm_buf *out)
{
    out->n = 0;
    for (size_t i = 0; i < n; i++) {
        char bytes[4];
        int byte = cps[i] < 128 ? (int)cps[i] : -1;
        if (encoding->kind == TM_ENCODING_UTF8) {
            tm_buf_add(out, bytes, tm_utf8_put(cps[i], bytes));
            continue;
        }
        if (encoding->kind != TM_ENCODING_TABLE) {
            bool little = encoding->kind == TM_ENCODING_UTF16LE;
            tm_buf_byte(out, (char)(little ? cps[i] & 0xFF : cps[i] >> 8));
            tm_buf_byte(out, (char)(little ? cps[i] >> 8 : cps[i] & 0xFF));
            if (cps[i] > 0xFFFF)
                return false;
            continue;
        }
        for (int k = 0; k < 128 && byte < 0; k++)
            if (encoding->high[k] == cps[i])
                byte = 128 + k;
        if (byte < 0)
            return false;
        tm_buf_byte(out, (char)byte);
    }
    return true;
}

static bool reads_back(const struct tm_encoding *encoding, const struct tm_buf *bytes,
                       const uint32_t *cps, size_t n)
{
    size_t at = 0, i = 0;
    for (; at < bytes->n && i < n; i++) {
        uint32_t cp;
        if (encoding->kind == TM_ENCODING_UTF8)
            cp = tm_utf8_next(bytes->p, bytes->n, &at);
        else
            at += tm_encoding_next(encoding, bytes->p + at, bytes->n - at, true, &cp);
        if (cp != cps[i])
            return false;
    }
    return at == bytes->n && i == n;
}

static bool icu_reads_back(const struct tm_buf *bytes, const uint32_t *cps, size_t n)
{
    UErrorCode error = U_ZERO_ERROR;
    struct tm_encoding encoding;
    char room[64];
    UCharsetDetector *detector = ucsdet_open(&error);
    ucsdet_setText(detector, bytes->p, (int32_t)bytes->n, &error);
    const UCharsetMatch *match = ucsdet_detect(detector, &error);
    const char *name = match == NULL ? NULL : ucsdet_getName(match, &error);
    bool good = name != NULL && tm_encoding_named(name, room, &encoding)
                && reads_back(&encoding, bytes, cps, n);
    ucsdet_close(detector);
    return good;
}

static void evaluate(const uint32_t *cps, size_t n, const char *name, size_t length)
{
    struct tm_encoding encoding;
    struct tm_encoding_guess guess;
    struct tm_buf bytes = {0};
    char room[64];
    unsigned pieces = 0, ours = 0, icu = 0, sure = 0, sure_wrong = 0;
    tm_encoding_named(name, room, &encoding);
    for (size_t at = 0; at + length <= n; at += length) {
        if (!encode(&encoding, cps + at, length, &bytes))
            continue;
        tm_encoding_guess(bytes.p, bytes.n, NULL, true, &guess);
        bool good = reads_back(&guess.encoding, &bytes, cps + at, length);
        pieces++;
        ours += good;
        sure += guess.confidence >= 90;
        sure_wrong += !good && guess.confidence >= 90;
        icu += icu_reads_back(&bytes, cps + at, length);
    }
    if (pieces != 0)
        printf("%-16s %5zu %6u   ours %6.2f %%   ICU %6.2f %%   sure %6.2f %%, of these wrong %u\n",
               name, length, pieces, 100.0 * ours / pieces, 100.0 * icu / pieces,
               100.0 * sure / pieces, sure_wrong);
    tm_buf_finish(&bytes);
}

/* What people write in pages that have no such sign. */
static uint32_t plain(uint32_t cp)
{
    switch (cp) {
    case 0xA0: return ' ';
    case 0x2013: case 0x2014: return '-';
    case 0xAB: case 0xBB: case 0x201C: case 0x201D: case 0x201E: return '"';
    case 0x2018: case 0x2019: return '\'';
    default: return cp;
    }
}

int main(int argc, char **argv)
{
    const char *ascii_only = argc > 1 ? argv[1] : NULL;
    struct tm_buf text = {0};
    char block[65536];
    size_t got, n = 0;
    while ((got = fread(block, 1, sizeof block, stdin)) > 0)
        tm_buf_add(&text, block, got);
    uint32_t *cps = malloc((text.n + 1) * sizeof *cps);
    if (text.failed || cps == NULL)
        return 1;
    for (size_t at = 0; at < text.n; n++) {
        cps[n] = tm_utf8_next(text.p, text.n, &at);
        if (ascii_only != NULL)
            cps[n] = plain(cps[n]);
    }
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        for (size_t k = 0; k < sizeof lengths / sizeof *lengths; k++)
            evaluate(cps, n, names[i], lengths[k]);
    free(cps);
    tm_buf_finish(&text);
    return 0;
}
