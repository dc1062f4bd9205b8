/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ledger.h - the names under which bytes, segments and documents are accounted for: what a reader
 * made of its input, which rules change text, and why something is left out.
 *
 * The sums that hold:
 *   reader:   input + recode = markup + metadata + body + skipped + broken (source bytes; recode
 *             is what they grew by where they had to be brought to UTF-8 first)
 *             raw = body + decode
 *   cleaner:  raw + sum of delta = superseded + forgotten + sum of removed + text
 *   release:  text = sum of bytes by reason, kept included, + separators
 */
#ifndef TOLMACH_LEDGER_H
#define TOLMACH_LEDGER_H

#include <tolmach/base.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Why a document or a segment is left out of the release: X(identifier, name in ledger, why). */
#define TM_REASONS(X)                                                                             \
    X(EMPTY, "empty", "nothing is left after cleaning")                                           \
    X(SUPERSEDED, "superseded", "the same message in another input, edited later or read first")  \
    X(OTHER_LANG, "lang_other", "neither Russian nor English")                                    \
    X(LANG_OFF, "lang_off", "a language that the recipe does not keep")                           \
    X(DUPLICATE, "duplicate", "the normal form of an earlier segment")                            \
    X(AD, "ad", "the post carried an advertising label, and the recipe drops ads")                \
    X(QUALITY, "quality", "out of the limits of the recipe's preset")                             \
    X(NEAR, "near_duplicate", "similar to a segment that stays")                                  \
    X(CONTAINED, "contained", "held by a longer segment that stays")                              \
    X(CONTAMINATED, "contaminated", "overlaps with an evaluation set")                            \
    X(FORGOTTEN, "forgotten", "somebody asked for its removal")

enum tm_reason {
    TM_KEPT = 0,
#define TM_REASON_ID(id, name, text) TM_REASON_##id,
    TM_REASONS(TM_REASON_ID)
#undef TM_REASON_ID
    TM_REASON_COUNT
};

/* "kept" for TM_KEPT. */
TM_API const char *tm_reason_name(enum tm_reason reason);
TM_API const char *tm_reason_text(enum tm_reason reason);

/* Whether documents that go for this reason are not even cleaned. */
TM_API bool tm_reason_is_uncleaned(enum tm_reason reason);

/* X(identifier, name in ledger, what it does) */
#define TM_RULES(X)                                                                               \
    X(MOJIBAKE, "mojibake", "text that was decoded with a wrong code page reads as it was")       \
    X(NEWLINE, "newline", "CR LF, CR, VT, FF, U+0085, U+2028 and U+2029 become a line feed")      \
    X(FORWARD_HEADER, "forward_header", "a first line `Forwarded from X`; kept as metadata")      \
    X(REPEAT, "repeat", "a body that stands twice in a post (X Y Y, Y Y) stays once")             \
    X(PLACEHOLDER, "placeholder", "lines that a client shows instead of media")                   \
    X(MARKDOWN, "markdown", "marks of bold, italic, code and links; link text stays")             \
    X(EMOJI_LEGEND, "emoji_legend", "lines that explain reactions: an emoji, a dash, a word")     \
    X(KEYCAP, "keycap", "a keycap emoji becomes its digit")                                       \
    X(BULLET, "bullet", "an emoji that marks items of a list becomes `- `")                       \
    X(FLAG, "flag", "flags: pairs of regional indicators and tag sequences")                      \
    X(EMOJI, "emoji", "all other emoji, by the grammar of UTS #51")                               \
    X(INVISIBLE, "invisible", "zero-width, joiner, direction and soft-hyphen characters")         \
    X(SPACE, "space", "special spaces become a blank")                                            \
    X(CONTROL, "control", "control characters and object placeholders")                           \
    X(NFC, "nfc", "decomposed letters compose (Unicode NFC)")                                     \
    X(HOMOGLYPH, "homoglyph", "letters of the other script that look alike, inside a word")       \
    X(STRIKE, "strike", "combining strike-through overlays")                                      \
    X(HASHTAG_LINE, "hashtag_line", "lines of hashtags only, first or last; kept as metadata")    \
    X(HASHTAG, "hashtag", "the # before a word of the text, and _ inside it")                     \
    X(FOOTER_LEARNT, "footer_learnt", "closing or opening lines that recur in the source")        \
    X(FOOTER_HANDLE, "footer_handle", "the source's recurring @handle at the end of a post")      \
    X(FOOTER_PHRASE, "footer_phrase", "closing lines that ask to subscribe, send news and so on") \
    X(AD_LABEL, "ad_label", "advertising labels: erid, legal name and tax number, #ad")           \
    X(FOREIGN_AGENT, "foreign_agent", "the statutory long notice of a foreign agent")             \
    X(LEGAL_NOTE, "legal_note", "footnotes that the law asks for: `* banned in Russia`")          \
    X(LINK_LINE, "link_line", "lines of links or handles only; kept as metadata")                 \
    X(URL, "url", "links inside the text; kept as metadata")                                      \
    X(PII_EMAIL, "pii_email", "e-mail addresses become <EMAIL>")                                  \
    X(PII_PHONE, "pii_phone", "telephone numbers become <PHONE>")                                 \
    X(PII_CARD, "pii_card", "bank card numbers become <CARD>")                                    \
    X(PII_INN, "pii_inn", "personal tax numbers (INN, 12 digits) become <INN>")                   \
    X(PII_SNILS, "pii_snils", "insurance numbers (SNILS) become <SNILS>")                         \
    X(PII_IP, "pii_ip", "public internet addresses become <IP>")                                  \
    X(BLANK, "blank", "blanks at line ends, runs of blanks, runs of empty lines")

enum tm_rule {
#define TM_RULE_ID(id, name, text) TM_RULE_##id,
    TM_RULES(TM_RULE_ID)
#undef TM_RULE_ID
    TM_RULE_COUNT
};

TM_API const char *tm_rule_name(enum tm_rule rule);
TM_API const char *tm_rule_text(enum tm_rule rule);

/* What was read of one file or archive member. */
struct tm_input_report {
    const char *name;             /* relative name, `archive!member` */
    const char *format;           /* or "empty", "unknown": nothing of it could be used */
    char sha256[65];              /* of the decompressed bytes, hexadecimal */
    char encoding[64];            /* "UTF-8", "windows-1251"; "" when the file holds no text */
    unsigned confidence;          /* in the encoding, per cent */
    uint64_t bytes;               /* decompressed; + recode = markup + metadata + body + skipped +
                                     broken */
    int64_t recode;               /* bytes that decoding to UTF-8 added or took away */
    uint64_t markup;
    uint64_t metadata;
    uint64_t body;
    int64_t decode;               /* raw text bytes - body */
    uint64_t skipped;             /* bytes of service messages, objects without text and the like */
    uint64_t broken;              /* bytes that could not be used */
    uint64_t documents;
    uint64_t skipped_documents;
    uint64_t broken_documents;
    uint64_t repairs;             /* \xHH escapes, lone surrogates and the like */
};

#ifdef __cplusplus
}
#endif

#endif
