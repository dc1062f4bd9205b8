/* SPDX-License-Identifier: Apache-2.0 */
/*
 * shard.h - the files of one stream of rows: frames are appended in order; names that tell how
 * many files there are (train-00000-of-00004) are given at the end.
 */
#ifndef TM_PACK_SHARD_H
#define TM_PACK_SHARD_H

#include "pack/frame.h"

/* One finished file. */
struct tm_shard {
    char path[128];                 /* relative to the release */
    uint64_t records;
    uint64_t bytes;                 /* of content */
    uint64_t text_bytes;            /* of the records' texts */
    uint64_t packed;                /* bytes of the file */
    char sha256[TM_SHA256_HEX];     /* of the file */
    char content_sha256[TM_SHA256_HEX];
    struct tm_frame_info *frames;
    size_t n_frames;
    size_t capacity;
};

struct tm_shard_set {
    const char *root;               /* folder of the release, borrowed */
    const char *folder;             /* in it, borrowed; "" for none */
    const char *prefix;             /* "train": train-00000-of-00001.jsonl.zst; of a single file
                                       its name */
    const char *suffix;             /* ".jsonl.zst" */
    bool single;
    struct tm_shard *shards;
    size_t n;
    size_t capacity;
    int fd;                         /* of the last one while it is open, else -1 */
    struct tm_sha256 *sha_file;
    struct tm_sha256 *sha_content;
};

enum tm_status tm_shard_set_init(struct tm_shard_set *set, const char *root, const char *folder,
                                 const char *prefix, const char *suffix, bool single,
                                 struct tm_err *err);
void tm_shard_set_finish(struct tm_shard_set *set);

/* Appends a compressed frame to the shard that it names: the last one, or the next. */
enum tm_status tm_shard_set_add(struct tm_shard_set *set, const struct tm_frame *frame,
                                struct tm_err *err);

/* Ends the last file and gives all of them their names. */
enum tm_status tm_shard_set_close(struct tm_shard_set *set, struct tm_err *err);

#endif
