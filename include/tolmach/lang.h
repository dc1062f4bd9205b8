/* SPDX-License-Identifier: Apache-2.0 */
/*
 * lang.h - which language a text is in, and where one language ends and the next begins.
 *
 * The detector knows three answers: Russian, English, and anything else. It holds two logistic
 * models over hashed character n-grams and whole words, one for Cyrillic and one for Latin
 * letters, trained by tools/train-lid.c and embedded in the library (src/lang/MODEL_CARD.md names
 * the sources, the licence and the measured figures). Everything is integer arithmetic on a fixed
 * table: the same text gets the same label and score on every machine and with every compiler.
 *
 * Text is UTF-8, need not be NUL-terminated, and may be broken: a bad byte separates words and
 * nothing is read outside [text, text + n). All functions are pure and may be called from any
 * number of threads at once.
 *
 * The algorithm is that of Cavnar & Trenkle (1994, character n-grams) in the form of a hashed
 * linear classifier (Joulin et al., "Bag of Tricks for Efficient Text Classification", 2016).
 */
#ifndef TOLMACH_LANG_H
#define TOLMACH_LANG_H

#include <tolmach/base.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Label of a text. Append only. */
enum tm_lang {
    TM_LANG_UND = 0, /* no letters that could tell: empty, digits, emoji, links, handles */
    TM_LANG_RU = 1,
    TM_LANG_EN = 2,
    TM_LANG_OTHER = 3, /* any other language, romanised Russian, program code */
};

/* A probability in 1/10000, as `score` everywhere below. */
#define TM_LANG_SCORE_MAX 10000

struct tm_lang_result {
    enum tm_lang lang;
    uint16_t score; /* calibrated probability that `lang` is right, 1/10000; 0 for und */
};

/* Returns "und", "ru", "en" or "other"; a string that lives for ever. */
TM_API const char *tm_lang_name(enum tm_lang lang);

/* Identifies the embedded model: "FORMAT-DIGEST", for manifests; a string that lives for ever.
 * Two builds with the same string give the same labels and scores. */
TM_API const char *tm_lang_model_version(void);

/* Labels `n` bytes of text as a whole, without any context. Never fails and allocates nothing.
 *
 * Links, e-mail addresses and @handles are no evidence. Letters of one script decide: Cyrillic
 * when it has at least as many letters as Latin, or when the Latin letters are but a few words
 * (a brand or a name in a Russian sentence); otherwise Latin. A line of program code is `other`.
 * A letter that Russian does not have (і, ў, ә) weighs against Russian, the more the shorter the
 * text. A long text is read until its verdict is settled (40 letters, three errors in ten thousand
 * such texts), from there on every fourth window of 96 bytes, while the letters of both scripts
 * are still counted everywhere: a text that changes its script late is not judged by its head.
 * The score supposes that Russian, English and other are equally likely beforehand; it is at
 * least 5000 unless the label is `und`. */
TM_API void tm_lang_detect(const char *text, size_t n, struct tm_lang_result *ret);

/* Labels `n` texts, each as tm_lang_detect would: ret_results[i] is that of texts[i]. */
TM_API void tm_lang_detect_batch(const struct tm_str *texts, size_t n,
                                 struct tm_lang_result *ret_results);

/* The likeliest ISO 639-1 code of a text that is known not to be Russian and whose letters are
 * Cyrillic: be, uk, bg, sr, mk, kk, ky, tg, mn, tt or ba, whichever fits its letters best (naive
 * Bayes over the letters of the first 4,096 bytes, no allocation). A guess without a score; other
 * languages in Cyrillic letters get the code of the nearest of these. NULL when the letters are
 * mostly not Cyrillic. The string lives for ever. */
TM_API const char *tm_lang_code(const char *text, size_t n);

/* A run of whole paragraphs of one language. */
struct tm_segment {
    size_t offset; /* bytes from the start of the text */
    size_t length; /* bytes, without the newlines after the last paragraph */
    enum tm_lang lang;
    uint16_t score; /* probability that `lang` is right given the whole text, 1/10000 */
};

/* The threshold that a recipe gets when it names none, 1/10000. */
#define TM_LANG_THRESHOLD 8000

/* Splits a clean text into segments: runs of whole paragraphs of one language.
 *
 * A paragraph is a line ('\n' ends it); lines without visible bytes separate. Segments come in
 * text order, do not overlap, begin and end at paragraph borders, and only newlines and blank
 * lines lie between them. A text without a visible byte has no segments; a text without letters
 * has one, `und`, a text of nothing but program code one, `other`.
 *
 * What splits a text is a *sentence*: a paragraph of at least four words of one script, most of
 * them beginning with a small letter (or nearly all in capitals), which the detector labels with
 * certainty (0.9, in Cyrillic letters 0.8). An English one needs two function words ("the", "of", "is"), another one in
 * Latin letters five words and 25 letters. A sentence of less than eight words in a text that has
 * six times as many letters of the other script is an aside and does not count. Everything else
 * follows:
 *  - what stands inside a paragraph (a foreign name, brand, quotation, code, link, hashtag) stays
 *    with it, the paragraph gets the language of its majority;
 *  - a paragraph that is no sentence (names, numbers, links, a list of products or titles, one to
 *    three foreign words) never opens a segment of its own among sentences of another language:
 *    it joins the neighbour that has its language, else the neighbour that has the language of
 *    the text, else the paragraph before it;
 *  - the language of the text (all paragraphs together, sentences counting most) is the prior of
 *    every paragraph; `threshold` decides only between ru/en and other: a paragraph is ru or en
 *    when its probability, given that prior, is at least `threshold`.
 *
 * `threshold` is in 1/10000 (0 means TM_LANG_THRESHOLD). The array *ret_segs lives in `arena`.
 * Returns TM_OK, TM_ERR_NOMEM, or TM_ERR_INTERNAL when no model is embedded; the results stay
 * untouched on failure. */
TM_API enum tm_status tm_lang_segment(const char *text, size_t n, uint16_t threshold,
                                      struct tm_arena *arena, struct tm_segment **ret_segs,
                                      size_t *ret_n);

/* Splits one line into spans of one language each, at blanks: first by script, then inside one
 * script by the most probable path over its words (Viterbi). What a change of language costs is
 * learnt from sentences and phrases that were put together (tools/train-spans): by its kind (one
 * sentence after another, a phrase that begins or ends inside a sentence) and by the look of the
 * words on both sides. Spans come in text order, cover every visible byte, begin and end at a
 * visible byte; each has a word with letters, unless it is what a phrase leaves of its sentence at
 * an end of the line. A change is cut where it costs least, so that a smiley goes with what it
 * comments on, a dash with the Russian side, a number with what it counts or with the word that
 * governs it, a handle or "RT" with its message. A hashtag in Latin letters, a numeral, a link go
 * with the words around them, and so does a foreign name in a Russian sentence: a capital word
 * alone as a rule, of several words those that look less English than a phrase. Here a foreign
 * phrase inside a sentence *is* a span: for `detect --segments` and `lang_spans`, not for the
 * records of a corpus.
 *
 * The array *ret_segs lives in `arena`; `score` is that of tm_lang_detect for the span alone when
 * it confirms the label, else 5000. Fails as tm_lang_segment does. */
TM_API enum tm_status tm_lang_spans(const char *text, size_t n, struct tm_arena *arena,
                                    struct tm_segment **ret_segs, size_t *ret_n);

/* A walk over the sentences of a text; see tm_sentences_begin. All fields are its own. */
struct tm_sentences {
    const char *text;
    size_t n;
    const size_t *soft;
    size_t n_soft;
    size_t start;     /* of the next sentence */
    size_t line_end;  /* of the line that it stands in */
    size_t next_line; /* where the line after it begins */
    size_t open;      /* brackets that the sentence opened and did not close */
    bool seen;        /* the sentence has a letter or a digit */
};

/* Begins a walk over the sentences of text[0..n), UTF-8 as everywhere here. The text and the array
 * are borrowed until the walk ends; nothing is allocated, so nothing needs to be released.
 *
 * A sentence ends at the end of its line, and inside a line
 *  - where UAX #29 has it (rules SB6 to SB11): behind . ! ? and the like with the quotes and
 *    brackets that close there, when a blank and no small letter follows;
 *  - not behind Russian and English abbreviations, initials, numbers that count a list;
 *  - not between a reply and its "said he", in quotes or behind a dash;
 *  - behind an emoji or a bracket smiley (":)", "))", a bracket that nothing opened), when what
 *    follows begins with a capital or a handle; an emoji goes with what stands before it;
 *  - behind a full stop without a blank, between a small word and a capital;
 *  - in front of a capital pronoun, article or the like amid small words, where people leave out
 *    the full stop.
 * `soft` are offsets, ascending, at which an emoji was taken out of the text (tm_edit_clean_offset
 * tells them): they count as emoji. NULL with `n_soft` 0 for none. */
TM_API void tm_sentences_begin(struct tm_sentences *ret_walk, const char *text, size_t n,
                               const size_t *soft, size_t n_soft);

/* Tells the next sentence, without the blanks around it; false, and nothing told, behind the last
 * one. Sentences come in text order, and only blanks and newlines lie between them. */
TM_API bool tm_sentences_next(struct tm_sentences *walk, size_t *ret_offset, size_t *ret_length);

#ifdef __cplusplus
}
#endif

#endif
