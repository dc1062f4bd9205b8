/* SPDX-License-Identifier: Apache-2.0 */
#define ZSTD_STATIC_LINKING_ONLY
#include "pack/frame.h"

#include <zstd.h>
#include <zstd_errors.h>

#define SKIPPABLE_MAGIC 0x184D2A5Eu
#define SEEKABLE_MAGIC 0x8F92EAB1u
#define HAS_CHECKSUMS 0x80
/* Readers refuse larger windows without being asked. */
#define MOST_WINDOW_LOG 23u
/* From which on zstd with vector instructions takes the row match finder; without them it would
 * begin later, and the bytes would differ. */
#define ROWS_WINDOW_LOG 14u

void tm_frame_finish(struct tm_frame *frame)
{
    tm_buf_finish(&frame->content);
    tm_buf_finish(&frame->packed);
    (void)ZSTD_freeCCtx(frame->context);
    frame->context = NULL;
}

void tm_frame_reset(struct tm_frame *frame)
{
    frame->content.n = 0;
    frame->packed.n = 0;
    frame->info = (struct tm_frame_info){0};
    frame->text_bytes = 0;
}

static size_t set_parameters(ZSTD_CCtx *context, size_t n, int level)
{
    ZSTD_compressionParameters plan = ZSTD_getCParams(level, n, 0);
    unsigned window = plan.windowLog < MOST_WINDOW_LOG ? plan.windowLog : MOST_WINDOW_LOG;
    const struct {
        ZSTD_cParameter name;
        int value;
    } settings[] = {
        {ZSTD_c_compressionLevel, level},
        {ZSTD_c_strategy, (int)plan.strategy},
        {ZSTD_c_windowLog, (int)window},
        {ZSTD_c_useRowMatchFinder, window > ROWS_WINDOW_LOG ? ZSTD_ps_enable : ZSTD_ps_disable},
        {ZSTD_c_contentSizeFlag, 1},
        {ZSTD_c_checksumFlag, 1},
        {ZSTD_c_dictIDFlag, 0},
        {ZSTD_c_nbWorkers, 0},
    };
    size_t result = ZSTD_CCtx_reset(context, ZSTD_reset_session_and_parameters);
    for (size_t i = 0; i < sizeof settings / sizeof *settings && !ZSTD_isError(result); i++)
        result = ZSTD_CCtx_setParameter(context, settings[i].name, settings[i].value);
    return result;
}

static uint32_t read_le32(const char *p)
{
    const unsigned char *b = (const unsigned char *)p;
    return (uint32_t)b[0] | (uint32_t)b[1] << 8 | (uint32_t)b[2] << 16 | (uint32_t)b[3] << 24;
}

uint32_t tm_frame_check(const struct tm_buf *packed)
{
    return read_le32(packed->p + packed->n - 4);
}

void tm_frame_describe(struct tm_frame *frame)
{
    frame->info.bytes = frame->content.n;
    frame->info.packed = frame->packed.n;
    frame->info.digest = tm_hash128_of(frame->content.p, frame->content.n);
    frame->info.check = tm_frame_check(&frame->packed);
}

enum tm_status tm_frame_compress(struct tm_frame *frame, int level, struct tm_err *err)
{
    size_t n = frame->content.n;
    if (frame->context == NULL)
        frame->context = ZSTD_createCCtx();
    frame->packed.n = 0;
    if (frame->context == NULL || frame->content.failed ||
        !tm_buf_reserve(&frame->packed, ZSTD_compressBound(n)))
        return tm_fail(err, TM_ERR_NOMEM, "", TM_NO_OFFSET, "out of memory");
    size_t result = set_parameters(frame->context, n, level);
    if (!ZSTD_isError(result))
        result = ZSTD_compress2(frame->context, frame->packed.p, frame->packed.capacity,
                                frame->content.p, n);
    if (ZSTD_isError(result))
        return tm_fail(err, ZSTD_getErrorCode(result) == ZSTD_error_memory_allocation
                                ? TM_ERR_NOMEM : TM_ERR_INTERNAL,
                       "", TM_NO_OFFSET, "cannot compress: %s", ZSTD_getErrorName(result));
    frame->packed.n = result;
    tm_frame_describe(frame);
    return TM_OK;
}

bool tm_frame_ends_after(uint64_t bytes, struct tm_str line, uint64_t mean)
{
    if (bytes < mean / 4)
        return false;
    if (bytes >= 2 * mean)
        return true;
    uint64_t span = mean - mean / 4;
    uint64_t draw = tm_hash128_of(line.p, line.n).low >> 32;
    return draw * span < (uint64_t)line.n << 32;
}

static void put_le32(struct tm_buf *buf, uint32_t value)
{
    char bytes[4] = {(char)value, (char)(value >> 8), (char)(value >> 16), (char)(value >> 24)};
    tm_buf_add(buf, bytes, sizeof bytes);
}

void tm_seek_table_write(struct tm_buf *buf, const struct tm_frame_info *frames, size_t n)
{
    put_le32(buf, SKIPPABLE_MAGIC);
    put_le32(buf, (uint32_t)(tm_seek_table_size(n) - 8));
    for (size_t i = 0; i < n; i++) {
        put_le32(buf, (uint32_t)frames[i].packed);
        put_le32(buf, (uint32_t)frames[i].bytes);
        put_le32(buf, frames[i].check);
    }
    put_le32(buf, (uint32_t)n);
    tm_buf_byte(buf, (char)HAS_CHECKSUMS);
    put_le32(buf, SEEKABLE_MAGIC);
}
