/* SPDX-License-Identifier: Apache-2.0 */
#include "lid-corpus.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zstd.h>

static char *grow(char *p, size_t size)
{
    char *q = realloc(p, size);
    if (q == NULL) {
        fprintf(stderr, "out of memory\n");
        exit(5);
    }
    return q;
}

static char *read_file(const char *path, size_t *ret_n)
{
    FILE *f = fopen(path, "rb");
    if (f == NULL) {
        perror(path);
        return NULL;
    }
    size_t room = 1 << 20, n = 0, got;
    char *p = grow(NULL, room);
    while ((got = fread(p + n, 1, room - n, f)) != 0) {
        n += got;
        if (n == room)
            p = grow(p, room *= 2);
    }
    bool bad = ferror(f) != 0;
    fclose(f);
    if (bad) {
        fprintf(stderr, "%s: cannot read\n", path);
        free(p);
        return NULL;
    }
    *ret_n = n;
    return p;
}

/* Several frames after each other are one file, so the stream interface it is. */
static char *inflate(const char *path, char *packed, size_t n, size_t *ret_n)
{
    ZSTD_DCtx *context = ZSTD_createDCtx();
    size_t room = 1 << 22, result = 1;
    ZSTD_inBuffer in = {packed, n, 0};
    ZSTD_outBuffer out = {grow(NULL, room), room, 0};
    while (in.pos < in.size || result != 0) {
        if (out.pos == out.size)
            out.dst = grow(out.dst, out.size *= 2);
        result = ZSTD_decompressStream(context, &out, &in);
        if (ZSTD_isError(result) || (in.pos == in.size && result != 0 && out.pos < out.size)) {
            fprintf(stderr, "%s: broken zstd data\n", path);
            free(out.dst);
            out.dst = NULL;
            break;
        }
    }
    ZSTD_freeDCtx(context);
    free(packed);
    *ret_n = out.pos;
    return out.dst;
}

static uint16_t label_index(struct corpus *corpus, const char *name, size_t n)
{
    char key[LABEL_ROOM] = {0};
    memcpy(key, name, n < sizeof key - 1 ? n : sizeof key - 1);
    for (size_t i = 0; i < corpus->n_labels; i++)
        if (memcmp(corpus->label[i], key, sizeof key) == 0)
            return (uint16_t)i;
    size_t size = (corpus->n_labels + 1) * sizeof *corpus->label;
    corpus->label = (char(*)[LABEL_ROOM])grow((char *)corpus->label, size);
    memcpy(corpus->label[corpus->n_labels], key, sizeof key);
    return (uint16_t)corpus->n_labels++;
}

static void add_line(struct corpus *corpus, struct line line)
{
    if (corpus->n == corpus->room) {
        corpus->room = corpus->room == 0 ? 1 << 16 : 2 * corpus->room;
        size_t size = corpus->room * sizeof *corpus->line;
        corpus->line = (struct line *)(void *)grow((char *)corpus->line, size);
    }
    corpus->line[corpus->n++] = line;
}

static bool add_rows(struct corpus *corpus, const char *path, const char *p, const char *end)
{
    size_t row = 1;
    for (; p < end; row++) {
        const char *stop = memchr(p, '\n', (size_t)(end - p));
        stop = stop == NULL ? end : stop;
        const char *tab = memchr(p, '\t', (size_t)(stop - p));
        if (tab == NULL) {
            fprintf(stderr, "%s:%zu: no tab\n", path, row);
            return false;
        }
        struct line line = {tab + 1, (uint32_t)(stop - tab - 1), 0, 0};
        line.label = label_index(corpus, p, (size_t)(tab - p));
        line.file = (uint16_t)corpus->n_blobs;
        if (line.n != 0)
            add_line(corpus, line);
        p = stop + 1;
    }
    return true;
}

bool corpus_read(struct corpus *corpus, const char *path)
{
    static const unsigned char magic[4] = {0x28, 0xb5, 0x2f, 0xfd};
    size_t n = 0;
    char *p = read_file(path, &n);
    if (p != NULL && n >= 4 && memcmp(p, magic, 4) == 0)
        p = inflate(path, p, n, &n);
    if (p == NULL)
        return false;
    bool good = add_rows(corpus, path, p, p + n);
    corpus->blob =
        (char **)(void *)grow((char *)corpus->blob, (corpus->n_blobs + 1) * sizeof *corpus->blob);
    corpus->blob[corpus->n_blobs++] = p;
    return good;
}

void corpus_finish(struct corpus *corpus)
{
    for (size_t i = 0; i < corpus->n_blobs; i++)
        free(corpus->blob[i]);
    free(corpus->blob);
    free(corpus->label);
    free(corpus->line);
    memset(corpus, 0, sizeof *corpus);
}

int corpus_label(const struct corpus *corpus, const char *name)
{
    for (size_t i = 0; i < corpus->n_labels; i++)
        if (strcmp(corpus->label[i], name) == 0)
            return (int)i;
    return -1;
}

uint64_t rng_next(struct rng *rng)
{
    uint64_t z = rng->state += 0x9e3779b97f4a7c15u;
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
    z = (z ^ z >> 27) * 0x94d049bb133111ebu;
    return z ^ z >> 31;
}

uint32_t rng_below(struct rng *rng, uint32_t bound)
{
    return (uint32_t)((rng_next(rng) >> 32) * bound >> 32);
}

uint32_t text_next(const char *text, size_t n, size_t *at)
{
    const unsigned char *p = (const unsigned char *)text + *at;
    size_t left = n - *at;
    size_t length = p[0] < 0x80 ? 1 : p[0] < 0xc2 ? 0 : p[0] < 0xe0 ? 2 : p[0] < 0xf0 ? 3 : 4;
    static const uint8_t mask[5] = {0, 0x7f, 0x1f, 0x0f, 0x07};
    bool good = length != 0 && length <= left && p[0] < 0xf5;
    for (size_t i = 1; good && i < length; i++)
        good = (p[i] & 0xc0) == 0x80;
    if (!good) {
        *at += 1;
        return 0xfffd;
    }
    uint32_t cp = p[0] & mask[length];
    for (size_t i = 1; i < length; i++)
        cp = cp << 6 | (p[i] & 0x3fu);
    *at += length;
    return cp;
}

size_t text_put(char *ret, uint32_t cp)
{
    unsigned char *p = (unsigned char *)ret;
    if (cp < 0x80) {
        p[0] = (unsigned char)cp;
        return 1;
    }
    size_t length = cp < 0x800 ? 2 : cp < 0x10000 ? 3 : 4;
    static const uint8_t lead[5] = {0, 0, 0xc0, 0xe0, 0xf0};
    for (size_t i = length; i-- > 1; cp >>= 6)
        p[i] = (unsigned char)(0x80 | (cp & 0x3f));
    p[0] = (unsigned char)(lead[length] | cp);
    return length;
}

void scratch_set(struct scratch *s, const char *text, size_t n)
{
    s->n = n < sizeof s->text ? n : sizeof s->text;
    memcpy(s->text, text, s->n);
}
