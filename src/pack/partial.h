/* SPDX-License-Identifier: Apache-2.0 */
/*
 * partial.h - a copy of some shards of a release. Manifest, SHA256SUMS and cards are as published;
 * partial.json says which shards are there:
 *
 *   {"partial_version": 1, "manifest_sha256": "…", "shards": 1, "of_shards": 3,
 *    "files": [{"path": "data/ru/train-00000-of-00002.jsonl.zst"}]}
 *
 * A sample takes single frames of a shard. They stand in a file of another name, which has its own
 * digests:
 *
 *   {"path": "data/ru/train-00000-of-00002.sample.jsonl.zst",
 *    "of": "data/ru/train-00000-of-00002.jsonl.zst", "frames": [3, 17],
 *    "sha256": "…", "content_sha256": "…"}
 *
 * Files stand in the order of the manifest, frames in the order of the shard.
 */
#ifndef TM_PACK_PARTIAL_H
#define TM_PACK_PARTIAL_H

#include "pack/opened.h"

#define TM_PARTIAL_VERSION 1
#define TM_PARTIAL_FILE "partial.json"
#define TM_SAMPLE_SUFFIX ".sample.jsonl.zst"

/* The name of a sample of the shard `path`; false if it is too long or no shard's. */
bool tm_partial_sample_path(const char *path, char *ret_path, size_t size);

/* True for such a name. */
bool tm_partial_is_sample(const char *path);

/* Of a release just opened: reads partial.json if there is one, and leaves the shards that it
 * names. */
enum tm_status tm_partial_apply(struct tm_opened *opened, struct tm_err *err);

/* Keeps these frames (their numbers rise) of a shard; its sums become theirs, its digests "" and its
 * text_bytes 0. False when memory is short. */
bool tm_partial_cut(struct tm_shard *shard, const size_t *frames, size_t n,
                    struct tm_arena *arena);

#endif
