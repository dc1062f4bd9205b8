/* SPDX-License-Identifier: Apache-2.0 */
/* Frames that an earlier build has compressed, from its journal: named by their content, the level
 * and the version of zstd. */
#include <zstd.h>

#include "build/job.h"
#include "build/journal.h"
#include "pack/frame.h"

static struct tm_hash128 key_of(const struct job *job, const struct tm_frame *frame)
{
    const struct {
        struct tm_hash128 content;
        uint64_t bytes;
        uint64_t level;
        uint64_t zstd;
    } key = {tm_hash128_of(frame->content.p, frame->content.n), frame->content.n,
             (uint64_t)job->recipe->level, ZSTD_versionNumber()};
    return tm_hash128_of(&key, sizeof key);
}

static bool find(void *user, struct tm_frame *frame)
{
    const struct job *job = user;
    if (job->journal == NULL)
        return false;
    struct tm_hash128 key = key_of(job, frame);
    if (!tm_journal_get(job->journal, TM_JOURNAL_FRAME, key, &frame->packed))
        return false;
    tm_journal_use(job->journal, key);
    tm_frame_describe(frame);
    return true;
}

static void keep(void *user, const struct tm_frame *frame)
{
    const struct job *job = user;
    if (job->journal != NULL && job->keeps_rows)
        tm_journal_put(job->journal, TM_JOURNAL_FRAME, key_of(job, frame),
                       tm_buf_view(&frame->packed));
}

struct tm_pack_store tm_job_frames(struct job *job)
{
    return (struct tm_pack_store){.user = job, .find = find, .keep = keep};
}
