/* SPDX-License-Identifier: Apache-2.0 */
/*
 * clean.h - raw text of a post to clean text, every byte accounted for.
 *
 * The cleaner is an ordered table of rules; the name of a rule is also its reason in the ledger.
 * A rule cuts spans of text, or writes them otherwise; each such edit is kept with the document
 * (document.h), so that raw + sum of deltas = removed + clean holds exactly and every byte of the
 * clean text can be followed back to the raw text.
 *
 * The rules run in the order of the table until nothing changes any more, so that cleaning a clean
 * text changes nothing.
 */
#ifndef TOLMACH_CLEAN_H
#define TOLMACH_CLEAN_H

#include <tolmach/base.h>
#include <tolmach/document.h>
#include <tolmach/ledger.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Version of the set of rules; goes to the manifest. */
#define TM_CLEAN_VERSION "3"

/* Version of the emoji tables, for the manifest; static. */
TM_API const char *tm_emoji_version(void);

enum tm_url_mode { TM_URL_DROP = 0, TM_URL_TOKEN, TM_URL_KEEP };

/* Zero means default. `off` holds a bit (1 << rule) for each rule that is switched off. */
struct tm_clean_options {
    uint64_t off;
    enum tm_markup markup;        /* for documents whose markup is TM_MARKUP_AUTO and whose source
                                     was not decided by learning */
    bool keep_flags;              /* flags become their ISO code instead of going */
    bool drop_bullets;            /* emoji bullets go instead of becoming `- ` */
    bool keep_underscore;         /* `_` in a hashtag of the text stays */
    enum tm_url_mode urls;        /* links inside the text */
    bool strip_stress;            /* U+0301 after a Cyrillic vowel goes */
    const char *const *keep;      /* learnt lines never to remove, NULL-ended, as reported */
    const char *const *remove;    /* closing lines to remove without evidence, the same */
};

/*
 * What recurs in each source: closing and opening lines, handles at the end of a last line, and
 * whether its posts are markdown. Feed it the raw documents in shard order, source by source; the
 * result depends on that order alone. Memory per source is bounded (Manku and Motwani's lossy
 * counting, VLDB 2002).
 */
struct tm_learnt;

TM_API enum tm_status tm_learnt_create(struct tm_learnt **ret_learnt, struct tm_err *err);
TM_API void tm_learnt_destroy(struct tm_learnt *learnt);
TM_API enum tm_status tm_learnt_add(struct tm_learnt *learnt, const struct tm_doc *doc,
                                    struct tm_err *err);
/* Ends the last source. Nothing may be added after it. */
TM_API enum tm_status tm_learnt_finish(struct tm_learnt *learnt, struct tm_err *err);

/* One learnt line. `removed`: it shows evidence of being boilerplate and goes; otherwise it is
 * only proposed. */
struct tm_learnt_line {
    struct tm_str source_key;
    struct tm_str line;           /* as normalised: letters and digits, lower case; or the @handle */
    struct tm_str example;        /* the line as it first stood */
    uint64_t posts;               /* in which it stood */
    uint64_t source_posts;
    bool leading;                 /* an opening line, else a closing one */
    bool handle;                  /* a handle at the end of the last line */
    bool evident;                 /* by more than a call: a post of nothing else goes too */
    bool removed;
    bool masked;                  /* frozen: `line` holds personal data and was masked, so the line
                                     is known by its digest alone */
    uint64_t digest[2];           /* XXH3-128 of the line, high half first */
};

/* All learnt lines in byte order of source and line; borrowed. */
TM_API const struct tm_learnt_line *tm_learnt_lines(const struct tm_learnt *learnt, size_t *ret_n);

/* What was decided about the markup of one source. */
struct tm_learnt_source {
    struct tm_str key;
    enum tm_markup markup;        /* TM_MARKUP_MARKDOWN, or TM_MARKUP_NONE */
    uint64_t posts;
    uint64_t marked;              /* of undeclared markup, that look like markdown */
};

/* What an earlier version has learnt of these sources holds for them and is not learnt again; call
 * it before the first document. Everything is copied. */
TM_API enum tm_status tm_learnt_freeze(struct tm_learnt *learnt,
                                       const struct tm_learnt_source *sources, size_t n_sources,
                                       const struct tm_learnt_line *lines, size_t n_lines,
                                       struct tm_err *err);

/* All sources in the order in which they were fed; borrowed. */
TM_API const struct tm_learnt_source *tm_learnt_sources(const struct tm_learnt *learnt,
                                                        size_t *ret_n);

/* One of them, or NULL. */
TM_API const struct tm_learnt_source *tm_learnt_find(const struct tm_learnt *learnt,
                                                     struct tm_str source_key);

/* The markup decided for a source; TM_MARKUP_NONE for an unknown source. */
TM_API enum tm_markup tm_learnt_markup(const struct tm_learnt *learnt, struct tm_str source_key);

struct tm_cleaner;

/* `learnt` may be NULL (nothing is learnt) and is borrowed until destroy; options are copied, their
 * strings borrowed. */
TM_API enum tm_status tm_cleaner_create(const struct tm_clean_options *options,
                                        const struct tm_learnt *learnt,
                                        struct tm_cleaner **ret_cleaner, struct tm_err *err);
TM_API void tm_cleaner_destroy(struct tm_cleaner *cleaner);

/* The cleaner as a stage of the pipeline: text, raw, edits, hashtags, urls, forwarded_from, ad and
 * drop (TM_REASON_EMPTY) of each document. Borrowed from `cleaner`. */
TM_API struct tm_stage tm_cleaner_stage(const struct tm_cleaner *cleaner);

/* Told of each pass that changed a document: the text that it was given, the text that it left, and
 * its edits in text order. All is good until the callback returns. */
typedef void tm_trace_fn(void *user, const struct tm_doc *doc, struct tm_str before,
                         struct tm_str after, const struct tm_edit *edits, size_t n);

/* Has the passes of this cleaner told, from now on; `trace` NULL ends it. A traced cleaner belongs
 * to one thread. */
TM_API void tm_cleaner_trace(struct tm_cleaner *cleaner, tm_trace_fn *trace, void *user);

/* Where byte `offset` of the clean text stood in the raw text. */
TM_API size_t tm_doc_raw_offset(const struct tm_doc *doc, size_t offset);

/* The same for byte `offset` of the text that the pass of edit `edit` was given. */
TM_API size_t tm_edit_raw_offset(const struct tm_doc *doc, size_t edit, size_t offset);

/* Where edit number `edit` stands in the clean text: for instance where an emoji was, at which a
 * sentence may end. */
TM_API size_t tm_edit_clean_offset(const struct tm_doc *doc, size_t edit);

#ifdef __cplusplus
}
#endif

#endif
