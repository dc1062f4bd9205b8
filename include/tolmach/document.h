/* SPDX-License-Identifier: Apache-2.0 */
/*
 * document.h - what passes from stage to stage: a batch of documents, and the stage interface.
 *
 * A document is one post or page. All its slices are borrowed: they point into the arena of its
 * batch (or into static memory) and live as long as that. Integers that a format does not give
 * have the value TM_UNKNOWN; slices that it does not give have p == NULL.
 */
#ifndef TOLMACH_DOCUMENT_H
#define TOLMACH_DOCUMENT_H

#include <tolmach/base.h>
#include <tolmach/lang.h>
#include <tolmach/ledger.h>

#ifdef __cplusplus
extern "C" {
#endif

#define TM_UNKNOWN INT64_MIN

/* Markup inside a document's text. */
enum tm_markup {
    TM_MARKUP_AUTO = 0,     /* not known: decided per source from all its posts */
    TM_MARKUP_NONE,         /* plain text */
    TM_MARKUP_MARKDOWN,     /* Telethon's markdown: **bold**, __italic__, [text](url) … */
};

/* How the source bytes of a document divide; markup, metadata and body are source_length + recode. */
struct tm_reading {
    uint64_t markup;        /* brackets, keys, tags, fields that are not read */
    uint64_t metadata;      /* bytes of the values that became metadata */
    uint64_t body;          /* bytes of the text as it stands in the source, still escaped */
    int64_t decode;         /* text.n as read - body: what escapes changed */
    int64_t recode;         /* bytes by which the document grew before it was read: another
                               encoding than UTF-8, compression inside a WARC record */
};

/* One change that a rule made: at byte `at` of the text that the rule was given, `removed` bytes
 * went and `added` bytes came. `cut` says which of the two columns of the ledger it belongs to. */
struct tm_edit {
    uint32_t at;
    uint32_t removed;
    uint32_t added;
    uint16_t rule;          /* index in the table of rules (ledger.h) */
    uint8_t cut;            /* 1: removed text; 0: the same text written otherwise */
    uint8_t pass;           /* edits of one pass stand in text order; a pass sees what the one
                               before it left */
};

struct tm_doc {
    /* identity */
    struct tm_str source_key;     /* channel id, else handle or title, else forward header, else file */
    struct tm_str message_key;    /* numeric ids padded with zeros to 20 digits; digest otherwise */
    struct tm_str doc_id;         /* tg-<channel>-<message>, web-<digest>, raw-<digest> */
    /* metadata */
    struct tm_str channel;        /* title */
    struct tm_str forwarded_from;
    struct tm_str author;
    struct tm_str url;
    struct tm_str reply_to;
    struct tm_str media;          /* "photo", "video", … */
    struct tm_str extra;          /* text of a JSON object, or unknown */
    int64_t date;                 /* seconds since 1970, UTC */
    int64_t edited;
    int64_t views;
    /* where it came from */
    struct tm_str source_file;    /* relative name, `archive!member` inside archives */
    uint64_t source_offset;       /* byte offset in the decompressed file or member */
    uint64_t source_length;
    struct tm_reading reading;
    enum tm_markup markup;
    /* text: raw as the reader saw it, clean after the cleaner */
    struct tm_str text;
    uint64_t raw_digest;          /* of the text as it was read, once the document was stored
                                     (core/codec.h); tells versions of a message apart */
    /* filled by the cleaner */
    uint64_t raw_length;          /* bytes of text before the first rule; of a document that goes
                                     uncleaned: of all its text */
    struct tm_str raw;            /* that text (borrowed as the rest) */
    struct tm_edit *edits;        /* in the order in which they were made */
    size_t n_edits;
    struct tm_str *hashtags;      /* without #, in order, each once */
    size_t n_hashtags;
    struct tm_str *urls;
    size_t n_urls;
    bool ad;                      /* carried an advertising label */
    bool suspect;                 /* looks like text in a wrong code page, but not certainly enough
                                     to be mended */
    /* filled by the segmenter */
    struct tm_segment *segments;
    size_t n_segments;
    struct tm_segment *spans;     /* of one language each, for records of whole documents; or NULL */
    size_t n_spans;
    /* outcome */
    bool done;                    /* cleaned and segmented by an earlier build: stages leave it */
    struct tm_str cut;            /* of such a document what its audit row says of cut text */
    enum tm_reason drop;          /* TM_KEPT, or why the whole document goes */
};

/* A run of documents in input order and the arena that holds their text. */
struct tm_batch {
    struct tm_arena *arena;
    struct tm_doc *docs;
    size_t n;
    size_t capacity;
};

/* Creates an empty batch, NULL when memory is short. Destroy allows NULL. */
TM_API struct tm_batch *tm_batch_create(void);
TM_API void tm_batch_destroy(struct tm_batch *batch);

/* Empties the batch and keeps its memory. */
TM_API void tm_batch_reset(struct tm_batch *batch);

/* Appends a cleared document (all slices unknown, all integers TM_UNKNOWN) and returns it; the
 * pointer is good until the next call. NULL when memory is short. */
TM_API struct tm_doc *tm_batch_add(struct tm_batch *batch);

/* A step of the pipeline. `process` edits the documents of one batch in place: it may change their
 * text, mark them as dropped with a reason, and allocate from the batch's arena; it never reorders
 * or removes a document. Its result depends on the batch and on `state` alone, and `state` is not
 * changed by it, so that one stage may work on several batches at once, a thread each. */
struct tm_stage {
    const char *name;
    const void *state;
    enum tm_status (*process)(const void *state, struct tm_batch *batch, struct tm_err *err);
};

#ifdef __cplusplus
}
#endif

#endif
