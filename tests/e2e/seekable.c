/* SPDX-License-Identifier: Apache-2.0 */
/* zstd's own reader of seek tables: `seekable FILE` lists the frames, `seekable FILE OFFSET N`
 * writes N bytes of the content from there. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include <zstd.h>

#include "zstd_seekable.h"

static int list_frames(const ZSTD_seekable *seekable)
{
    for (unsigned i = 0; i < ZSTD_seekable_getNumFrames(seekable); i++)
        (void)printf("%llu %zu %llu %zu\n", ZSTD_seekable_getFrameCompressedOffset(seekable, i),
                     ZSTD_seekable_getFrameCompressedSize(seekable, i),
                     ZSTD_seekable_getFrameDecompressedOffset(seekable, i),
                     ZSTD_seekable_getFrameDecompressedSize(seekable, i));
    return 0;
}

static int write_range(ZSTD_seekable *seekable, unsigned long long offset, size_t n)
{
    char *content = malloc(n);
    size_t got = content == NULL ? 0 : ZSTD_seekable_decompress(seekable, content, n, offset);
    int good = !ZSTD_isError(got) && fwrite(content, 1, got, stdout) == got;
    free(content);
    return good ? 0 : 1;
}

int main(int argc, char **argv)
{
    FILE *file = argc < 2 ? NULL : fopen(argv[1], "rb");
    ZSTD_seekable *seekable = ZSTD_seekable_create();
    int status = 2;
    if (file != NULL && seekable != NULL &&
        !ZSTD_isError(ZSTD_seekable_initFile(seekable, file)))
        status = argc < 4 ? list_frames(seekable)
            : write_range(seekable, strtoull(argv[2], NULL, 10), strtoull(argv[3], NULL, 10));
    (void)ZSTD_seekable_free(seekable);
    if (file != NULL)
        (void)fclose(file);
    return status;
}
