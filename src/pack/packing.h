/* SPDX-License-Identifier: Apache-2.0 */
/* packing.h - a packer under way; private to the files that write a release. */
#ifndef TM_PACK_PACKING_H
#define TM_PACK_PACKING_H

#include "pack/packer.h"
#include "pack/reuse.h"
#include "pack/shard.h"

/* Where the next row of a stream goes. */
struct tm_stream_state {
    struct tm_shard_set set;
    struct tm_frame *frame;         /* under way, or NULL */
    struct tm_buf source;           /* key of the last row's source */
    uint64_t rows;
    uint64_t text_bytes;
    uint64_t shard_bytes;           /* in ended frames of the shard under way */
    size_t shard;                   /* its number */
};

struct tm_packer {
    struct tm_pack_options options; /* with defaults filled in; strings point to the next two */
    char name[101];
    char version[101];
    char home[TM_PACK_PATH];        /* OUT/NAME */
    char dir[TM_PACK_PATH];         /* OUT/NAME/VERSION, to come */
    char hidden[TM_PACK_PATH];
    char audit_dir[TM_PACK_PATH];   /* OUT/NAME/audit/VERSION, to come */
    char audit_hidden[TM_PACK_PATH];
    int lock;
    bool published;
    struct tm_stream_state streams[TM_PACK_STREAMS];
    struct tm_frame *spare;
    struct tm_reuse *reuse;         /* NULL without a parent, or when it was packed otherwise */
    /* while rows are pulled */
    tm_pack_next_fn *next;
    void *user;
    struct tm_pack_row row;
    bool waiting;                   /* `row` is not yet in a frame */
    bool ended;
    bool complete;                  /* all rows are in their shards */
};

/* manifest.c: the text of manifest.json. */
void tm_manifest_write(struct tm_buf *buf, const struct tm_packer *packer,
                       const struct tm_manifest_info *info);

/* croissant.c: the text of croissant.json. */
void tm_croissant_write(struct tm_buf *buf, const struct tm_packer *packer,
                        const struct tm_manifest_info *info);

/* card.c: the text of README.md. */
void tm_card_write(struct tm_buf *buf, const struct tm_packer *packer,
                   const struct tm_manifest_info *info);

#endif
