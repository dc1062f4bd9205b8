/* SPDX-License-Identifier: Apache-2.0 */
/* opened.h - a published release: its manifest, read back into what wrote it. */
#ifndef TM_PACK_OPENED_H
#define TM_PACK_OPENED_H

#include "core/ledger.h"
#include "pack/packer.h"
#include "pack/rows_read.h"

struct tm_opened {
    char dir[TM_PACK_PATH];
    char audit_dir[TM_PACK_PATH];   /* "" when there is none */
    struct tm_arena *arena;
    const struct tm_value *manifest;
    struct tm_str name;
    struct tm_str version;
    struct tm_shard *shards;        /* frames and all, in the order of the manifest */
    enum tm_pack_stream *streams;   /* of each */
    size_t n_shards;
    const struct tm_value *partial; /* partial.json, or NULL: then the shards above are only those
                                       that it names, see partial.h */
    size_t n_published;             /* shards of the manifest */
    struct tm_ledger ledger;
};

/* Reads dir/manifest.json and finds the audit folder (see release.h). TM_ERR_READ when there is no
 * manifest, TM_ERR_FORMAT when it is not one. finish is needed after success alone. */
enum tm_status tm_opened_init(struct tm_opened *opened, const char *dir, const char *audit_dir,
                              struct tm_err *err);
void tm_opened_finish(struct tm_opened *opened);

/* The rows of one stream, shard after shard. */
struct tm_walk {
    const struct tm_opened *opened;
    enum tm_pack_stream stream;
    size_t next;                    /* shard to be looked at */
    bool is_open;
    struct tm_rows rows;
    const struct tm_hash128 *skip;  /* frames that are left out, sorted; NULL: none */
    size_t n_skip;
    /* Called (if not NULL) when a shard has been read to its end, before it is closed. */
    void (*ended)(void *user, size_t shard, struct tm_rows *rows);
    void *user;
};

void tm_walk_begin(struct tm_walk *walk, const struct tm_opened *opened,
                   enum tm_pack_stream stream);
void tm_walk_end(struct tm_walk *walk);

/* As tm_rows_next; walk->rows.name tells the file. */
enum tm_status tm_walk_next(struct tm_walk *walk, const struct tm_value **ret_row,
                            uint64_t *ret_offset, struct tm_err *err);

#endif
