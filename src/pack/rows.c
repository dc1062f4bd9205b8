/* SPDX-License-Identifier: Apache-2.0 */
/* Rows to frames, frames through the threads, and in order to their shards. */
#include <inttypes.h>
#include <stdlib.h>

#include "base/ordered.h"
#include "base/str.h"
#include "pack/packing.h"

static enum tm_status no_memory(struct tm_err *err)
{
    return tm_fail(err, TM_ERR_NOMEM, "", TM_NO_OFFSET, "out of memory");
}

static struct tm_frame *take_spare(struct tm_packer *packer)
{
    struct tm_frame *frame = packer->spare;
    if (frame == NULL)
        return calloc(1, sizeof *frame);
    packer->spare = frame->next;
    frame->next = NULL;
    tm_frame_reset(frame);
    return frame;
}

static void give_back(void *user, void *job)
{
    struct tm_packer *packer = user;
    struct tm_frame *frame = job;
    frame->next = packer->spare;
    packer->spare = frame;
}

static uint64_t open_bytes(const struct tm_stream_state *stream)
{
    return stream->frame == NULL ? 0 : stream->frame->content.n;
}

/* At a border of sources: when the shard is full; or when it is half full and the coming source
 * bids for it, so that after a change of earlier sources the borders fall in step again. */
static bool shard_ends_before(const struct tm_packer *packer, const struct tm_stream_state *stream,
                              struct tm_str source)
{
    uint64_t bytes = stream->shard_bytes + open_bytes(stream);
    if (stream->set.single || bytes == 0)
        return false;
    return bytes >= packer->options.shard ||
           (bytes >= packer->options.shard / 2 && tm_hash128_of(source.p, source.n).low >> 62 == 0);
}

static void *end_frame(struct tm_packer *packer, struct tm_stream_state *stream)
{
    struct tm_frame *frame = stream->frame;
    stream->frame = NULL;
    stream->shard_bytes += frame->content.n;
    /* One source may be larger than a shard. */
    if (!stream->set.single && stream->shard_bytes >= 2 * packer->options.shard) {
        stream->shard++;
        stream->shard_bytes = 0;
    }
    return frame;
}

/* What ends because the waiting row is of another source than the row before it: the frame that is
 * returned, or NULL. */
static void *end_before(struct tm_packer *packer, struct tm_stream_state *stream)
{
    struct tm_str source = packer->row.source_key;
    if (stream->rows == 0 || tm_str_equal(tm_buf_view(&stream->source), source))
        return NULL;
    bool new_shard = shard_ends_before(packer, stream, source);
    bool new_frame = open_bytes(stream) != 0 &&
                     (new_shard || open_bytes(stream) >= packer->options.frame / 4);
    size_t shard = stream->shard;
    void *frame = new_frame ? end_frame(packer, stream) : NULL;
    if (new_shard) {
        stream->shard = shard + 1;
        stream->shard_bytes = 0;
    }
    return frame;
}

static enum tm_status check_row(const struct tm_pack_row *row, struct tm_err *err)
{
    if (row->line.n > TM_FRAME_MOST)
        return tm_fail(err, TM_ERR_LIMIT, "", TM_NO_OFFSET, "a row of %zu bytes is too long",
                       row->line.n);
    if (row->line.n == 0 || row->line.p[row->line.n - 1] != '\n' ||
        (unsigned)row->stream >= TM_PACK_STREAMS)
        return tm_fail(err, TM_ERR_INTERNAL, "", TM_NO_OFFSET, "a row is not a line");
    return TM_OK;
}

static enum tm_status add_row(struct tm_packer *packer, struct tm_stream_state *stream,
                              struct tm_err *err)
{
    const struct tm_pack_row *row = &packer->row;
    if (stream->frame == NULL) {
        stream->frame = take_spare(packer);
        if (stream->frame == NULL)
            return no_memory(err);
        stream->frame->stream = row->stream;
        stream->frame->shard = stream->shard;
    }
    tm_buf_str(&stream->frame->content, row->line);
    stream->frame->info.records++;
    stream->frame->text_bytes += row->text_bytes;
    if (stream->rows == 0 || !tm_str_equal(tm_buf_view(&stream->source), row->source_key)) {
        stream->source.n = 0;
        tm_buf_str(&stream->source, row->source_key);
    }
    stream->rows++;
    stream->text_bytes += row->text_bytes;
    packer->waiting = false;
    return stream->frame->content.failed || stream->source.failed ? no_memory(err) : TM_OK;
}

static enum tm_status end_all(struct tm_packer *packer, void **ret_job)
{
    for (int i = 0; i < TM_PACK_STREAMS; i++) {
        if (packer->streams[i].frame != NULL) {
            *ret_job = end_frame(packer, &packer->streams[i]);
            return TM_OK;
        }
    }
    return TM_END;
}

static enum tm_status make_frame(void *user, void **ret_job, struct tm_err *err)
{
    struct tm_packer *packer = user;
    while (!packer->ended) {
        enum tm_status status = TM_OK;
        if (!packer->waiting) {
            status = packer->next(packer->user, &packer->row, err);
            packer->ended = status == TM_END;
            if (packer->ended)
                break;
            if (status == TM_OK)
                status = check_row(&packer->row, err);
            if (status != TM_OK)
                return status;
            packer->waiting = true;
        }
        struct tm_stream_state *stream = &packer->streams[packer->row.stream];
        *ret_job = end_before(packer, stream);
        if (*ret_job != NULL)
            return TM_OK;
        status = add_row(packer, stream, err);
        if (status != TM_OK)
            return status;
        if (tm_frame_ends_after(open_bytes(stream), packer->row.line, packer->options.frame)) {
            *ret_job = end_frame(packer, stream);
            return TM_OK;
        }
    }
    return end_all(packer, ret_job);
}

static enum tm_status work_frame(void *user, void *job, struct tm_err *err)
{
    const struct tm_packer *packer = user;
    const struct tm_pack_store *store = &packer->options.store;
    if (packer->reuse != NULL && tm_reuse_frame(packer->reuse, job))
        return TM_OK;
    if (store->find != NULL && store->find(store->user, job))
        return TM_OK;
    enum tm_status status = tm_frame_compress(job, packer->options.level, err);
    if (status == TM_OK && store->keep != NULL)
        store->keep(store->user, job);
    return status;
}

static enum tm_status take_frame(void *user, void *job, struct tm_err *err)
{
    struct tm_packer *packer = user;
    struct tm_frame *frame = job;
    enum tm_status status = tm_shard_set_add(&packer->streams[frame->stream].set, frame, err);
    give_back(packer, frame);
    return status;
}

enum tm_status tm_packer_write(struct tm_packer *packer, tm_pack_next_fn *next, void *user,
                               struct tm_err *err)
{
    const struct tm_ordered line = {.user = packer, .make = make_frame, .work = work_frame,
                                    .take = take_frame, .drop = give_back};
    packer->next = next;
    packer->user = user;
    enum tm_status status = tm_ordered_run(&line, packer->options.threads, err);
    packer->complete = status == TM_OK;
    return status;
}
