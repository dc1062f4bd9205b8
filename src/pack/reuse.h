/* SPDX-License-Identifier: Apache-2.0 */
/*
 * reuse.h - what a release shares with its parent: frames of the same content are not compressed
 * again but copied, and files of the same bytes become hard links where that is possible. All that
 * is taken from the parent is compared first: damage does not spread.
 */
#ifndef TM_PACK_REUSE_H
#define TM_PACK_REUSE_H

#include "pack/opened.h"

struct tm_reuse;

/* `parent` is borrowed. */
enum tm_status tm_reuse_create(const struct tm_opened *parent, struct tm_reuse **ret_reuse,
                               struct tm_err *err);
void tm_reuse_destroy(struct tm_reuse *reuse);

/* Fills `packed` and `info` as tm_frame_compress does. False when the parent has no such frame; any
 * thread. */
bool tm_reuse_frame(const struct tm_reuse *reuse, struct tm_frame *frame);

/* Makes the file `path`, which holds `shard`, a link to the parent's file of the same bytes. */
void tm_reuse_file(const struct tm_reuse *reuse, const struct tm_shard *shard, const char *path);

#endif
