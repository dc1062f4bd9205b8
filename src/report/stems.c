/* SPDX-License-Identifier: Apache-2.0 */
#include "report/stems.h"

#include <libstemmer.h>
#include <stdlib.h>
#include <string.h>

#include "base/pages.h"
#include "base/utf8.h"
#include "report/words.h"

/* So many have a mark; see TM_WORD_CONTENT. */
enum { CHOSEN_STEMS = 128 };

const char *tm_stems_algorithm(enum tm_pack_stream lang)
{
    return lang == TM_PACK_RU ? "russian" : lang == TM_PACK_EN ? "english" : NULL;
}

static bool is_own(enum tm_pack_stream alphabet, struct tm_str word)
{
    return tm_char_kind(alphabet, tm_utf8_at(word.p, word.n, 0)) == TM_CHAR_ALPHABET;
}

/* A copy with the apostrophe that Snowball knows. */
static struct tm_str straighten(struct tm_str word, char ret_copy[TM_TALLY_KEY])
{
    size_t n = 0;
    for (size_t at = 0; at < word.n;) {
        size_t start = at;
        if (tm_utf8_next(word.p, word.n, &at) == 0x2019) {
            ret_copy[n++] = '\'';
        } else {
            memcpy(ret_copy + n, word.p + start, at - start);
            n += at - start;
        }
    }
    return (struct tm_str){ret_copy, n};
}

/* Adds the word's number to its stem; the stem's hash, or 0 when memory is short. */
static uint64_t add_stem(struct tm_tally *stems, struct sb_stemmer *stemmer, struct tm_str word,
                         uint64_t times)
{
    char copy[TM_TALLY_KEY];
    struct tm_str text = straighten(word, copy);
    const sb_symbol *bytes = sb_stemmer_stem(stemmer, (const sb_symbol *)text.p, (int)text.n);
    if (bytes == NULL)
        return 0;
    struct tm_str stem = {(const char *)bytes, (size_t)sb_stemmer_length(stemmer)};
    uint64_t hash = tm_word_hash(stem);
    tm_tally_add(stems, hash, stem)->count += times - 1;
    stems->total += times - 1;
    return hash;
}

/* hashes[i] becomes that of the stem of the word at place i. */
static bool stem_words(struct tm_report_lang *lang, struct sb_stemmer *stemmer, uint64_t *hashes)
{
    for (size_t i = 0; i < lang->top.capacity; i++) {
        const struct tm_tally_entry *entry = &lang->top.entries[i];
        struct tm_str word = tm_tally_key(&lang->top, entry);
        if (entry->count == 0 || entry->mark != TM_WORD_CONTENT || !is_own(lang->alphabet, word))
            continue;
        hashes[i] = add_stem(&lang->stems, stemmer, word, entry->count);
        if (hashes[i] == 0)
            return false;
    }
    return !lang->stems.failed;
}

static void mark_words(struct tm_report_lang *lang, const uint64_t *hashes)
{
    for (size_t i = 0; i < lang->top.capacity; i++) {
        if (hashes[i] == 0)
            continue;
        unsigned chosen = tm_tally_find(&lang->stems, hashes[i])->chosen;
        lang->top.entries[i].mark = (unsigned char)(TM_WORD_CONTENT + chosen);
    }
}

bool tm_stems_count(struct tm_report_lang *lang)
{
    const char *algorithm = tm_stems_algorithm(lang->alphabet);
    if (algorithm == NULL)
        return true;
    struct sb_stemmer *stemmer = sb_stemmer_new(algorithm, "UTF_8");
    uint64_t *hashes = tm_pages_zero(lang->top.capacity * sizeof *hashes);
    bool good = stemmer != NULL && hashes != NULL && stem_words(lang, stemmer, hashes);
    if (good) {
        tm_tally_choose(&lang->stems, CHOSEN_STEMS);
        good = !lang->stems.failed;
    }
    if (good)
        mark_words(lang, hashes);
    free(hashes);
    if (stemmer != NULL)
        sb_stemmer_delete(stemmer);
    return good;
}

size_t tm_stems_forms(const struct tm_report_lang *lang, const struct tm_tally_entry *stem,
                      size_t most, struct tm_str *ret_forms)
{
    const struct tm_tally *top = &lang->top;
    size_t n = 0;
    if (stem->chosen == 0)
        return 0;
    for (size_t i = 0; i < top->n && i < TM_TALLY_ORDERED && n < most; i++)
        if (top->entries[i].mark == TM_WORD_CONTENT + stem->chosen)
            ret_forms[n++] = tm_tally_key(top, &top->entries[i]);
    return n;
}
