/* SPDX-License-Identifier: Apache-2.0 */
/*
 * packer.h - rows to a release: shards, manifest, card, checksums, published at once.
 *
 * create takes the lock of OUT/NAME and a hidden folder beside the version to come; write fills
 * it; finish makes it visible by one rename. Until then, and after any failure, nothing is seen.
 * The bytes depend on the rows, the options and the library versions, never on `threads`.
 */
#ifndef TM_PACK_PACKER_H
#define TM_PACK_PACKER_H

#include <tolmach/clean.h>
#include <tolmach/quality.h>
#include <tolmach/sign.h>
#include <tolmach/source.h>

#include "base/buf.h"
#include "core/ledger.h"

/* Longest path that the packer makes, with the NUL. */
#define TM_PACK_PATH 4096

/* Version of the form of manifest.json. */
#define TM_MANIFEST_SCHEMA 1

/* The files that a row can belong to. */
enum tm_pack_stream {
    TM_PACK_RU,             /* data/ru */
    TM_PACK_EN,             /* data/en */
    TM_PACK_OTHER,          /* data/other, when the recipe keeps other languages */
    TM_PACK_PROVENANCE,     /* provenance: one row for each record, in the order of the records */
    TM_PACK_DOCUMENTS,      /* audit: documents.jsonl.zst */
    TM_PACK_REJECTS,        /* audit: rejects.jsonl.zst */
    TM_PACK_INDEX,          /* audit: index.zst, entries that end with '\n' (build/index.h) */
    TM_PACK_PARAGRAPHS,     /* audit: paragraphs.jsonl.zst */
    TM_PACK_STREAMS
};

/* Name in paths and in the manifest: ru, en, other; "" for the rest. */
const char *tm_pack_stream_lang(enum tm_pack_stream stream);

struct tm_opened;

/* Where further files of a release go. */
struct tm_pack_more;

/* Adds a file to the release, `name` relative to it ("report/index.html"), and to its checksums;
 * empties `buf`. */
enum tm_status tm_pack_put(struct tm_pack_more *more, const char *name, struct tm_buf *buf,
                           struct tm_err *err);

/* Called when shards and manifest of the release in `dir` are written and closed, before its
 * checksums are: what is derived from them may be added with tm_pack_put. */
typedef enum tm_status tm_pack_more_fn(void *user, const char *dir, struct tm_pack_more *more,
                                       struct tm_err *err);

struct tm_frame;

/* Where compressed frames may be found, and are kept. Both functions are called by any thread. */
struct tm_pack_store {
    void *user;
    bool (*find)(void *user, struct tm_frame *frame);       /* fills `packed` and `info` */
    void (*keep)(void *user, const struct tm_frame *frame);
};

struct tm_pack_options {
    const char *out;
    const char *name;       /* letters, digits, dot, underscore, hyphen; no dot first */
    const char *version;    /* the same */
    int level;              /* of zstd, 1 to 19; 0 = 3 */
    uint64_t frame;         /* mean bytes of text in a frame; 0 = 1 MiB */
    uint64_t shard;         /* bytes of text in a shard; 0 = 256 MiB */
    unsigned threads;       /* 0 = 1 */
    const struct tm_sign_key *sign;     /* borrowed; NULL: the release is not signed */
    const struct tm_opened *parent;     /* borrowed; its frames are used again. NULL: none */
    struct tm_pack_store store;         /* zeroed: there is none */
    tm_pack_more_fn *more;              /* NULL: nothing more */
    void *more_user;
};

struct tm_pack_row {
    enum tm_pack_stream stream;
    struct tm_str source_key;
    struct tm_str line;     /* one row with its '\n' */
    uint64_t text_bytes;    /* of a record's text; 0 for other rows */
};

/* Gives the next row, whose slices are good until the next call; TM_END after the last one. Rows
 * of each stream come in shard order; streams may alternate as they like. */
typedef enum tm_status tm_pack_next_fn(void *user, struct tm_pack_row *ret_row,
                                       struct tm_err *err);

/* Numbers of one source, by language as enum tm_pack_stream has them. */
struct tm_manifest_source {
    struct tm_str key;
    struct tm_str title;            /* may be unknown */
    const char *markup;             /* decided for its undeclared posts: "markdown" or "none" */
    uint64_t marked;                /* of those, posts that look like markdown */
    uint64_t learnt_posts;          /* from which its recurring lines were learnt */
    uint64_t documents;             /* that gave at least one record */
    uint64_t records[3];
    uint64_t bytes[3];              /* of text */
};

/* An evaluation set, and how many segments were left out because of it. */
struct tm_manifest_against {
    const char *name;               /* as the recipe has it */
    uint64_t segments;
};

/* What the manifest and the card say beyond the shards. Strings are borrowed during the call. */
/* What a preset would remove, or has removed, of the segments in Russian and English. */
struct tm_quality_sum {
    uint64_t records;
    uint64_t bytes;
};

struct tm_manifest_info {
    const char *title;              /* NULL: the name */
    const char *description;        /* may be NULL */
    const char *url;                /* where the dataset lives, or NULL */
    const char *creator;            /* who made it, or NULL */
    const char *licence;            /* SPDX identifier; NULL: other */
    const char *parent;             /* version of the parent release, or NULL */
    const char *unit;               /* NULL: segment */
    const char *tool_version;
    const char *emoji_version;      /* of the emoji tables, or NULL */
    const char *dedup_version;
    struct tm_str recipe;           /* effective recipe as YAML, without paths of this machine */
    int64_t created;                /* seconds since 1970; TM_UNKNOWN counts as 0 */
    const struct tm_ledger *ledger;
    const struct tm_input_report *inputs;
    size_t n_inputs;
    const struct tm_learnt_line *learnt;
    size_t n_learnt;
    const char (*forget)[65];       /* SHA-256 of each entry (build/forget.h), sorted */
    size_t n_forget;
    const struct tm_quality_sum *quality;       /* TM_PRESET_COUNT of them, or NULL */
    const uint64_t *paragraphs;     /* that recur: how many, and their bytes; NULL: not counted */
    struct tm_str spread;           /* text of report/spread.json; may be unknown */
    uint64_t edits;                 /* versions that the documents of the release supersede */
    uint64_t suspects;              /* documents that may be in a wrong code page */
    const struct tm_manifest_against *against;
    size_t n_against;
    const struct tm_manifest_source *sources;   /* in byte order of their keys */
    size_t n_sources;
};

struct tm_packer;

/* TM_ERR_USAGE: a name or version that is not safe as a folder's name, or a level, frame or shard
 * out of range. TM_ERR_WRITE: the version exists (published versions never change), another build
 * holds the lock, or the folder cannot be made. Options are copied. */
enum tm_status tm_packer_create(const struct tm_pack_options *options,
                                struct tm_packer **ret_packer, struct tm_err *err);

/* Pulls all rows until TM_END. Once per packer. */
enum tm_status tm_packer_write(struct tm_packer *packer, tm_pack_next_fn *next, void *user,
                               struct tm_err *err);

/* Writes manifest, card and checksums, syncs, and publishes. ret_dir (may be NULL) gets the path
 * OUT/NAME/VERSION. Checks that info->ledger balances and that what it says is kept is what was
 * written: TM_ERR_INTERNAL otherwise. After it only destroy may follow. */
enum tm_status tm_packer_finish(struct tm_packer *packer, const struct tm_manifest_info *info,
                                char ret_dir[TM_PACK_PATH], struct tm_err *err);

/* Removes what was not published and gives the lock back. NULL is allowed. */
void tm_packer_destroy(struct tm_packer *packer);

/* True for a name that is safe as one component of a path: [A-Za-z0-9._-], at most 100 bytes, not
 * empty, not starting with a dot. */
bool tm_pack_name_ok(const char *name);

#endif
