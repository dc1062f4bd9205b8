/* SPDX-License-Identifier: Apache-2.0 */
#include "source/http.h"

#include <ctype.h>
#include <zlib.h>
#include <zstd.h>

#ifdef TM_HAVE_BROTLI
#include <brotli/decode.h>
#endif

#define STEP ((size_t)64 << 10)

struct tm_str tm_http_field(struct tm_str head, const char *name)
{
    size_t k = strlen(name);
    const char *end = head.p + head.n;
    for (const char *line = head.p; line != NULL && line < end;) {
        const char *feed = memchr(line, '\n', (size_t)(end - line));
        const char *stop = feed == NULL ? end : feed;
        if ((size_t)(stop - line) > k && line[k] == ':' && tm_ascii_alike(line, name, k))
            return tm_str_trim((struct tm_str){line + k + 1, (size_t)(stop - line) - k - 1});
        line = feed == NULL ? NULL : feed + 1;
    }
    return TM_STR_UNKNOWN;
}

size_t tm_http_head(struct tm_str text)
{
    for (size_t at = 0; at < text.n;) {
        const char *feed = memchr(text.p + at, '\n', text.n - at);
        if (feed == NULL)
            return 0;
        size_t next = (size_t)(feed - text.p) + 1;
        if (next < text.n && text.p[next] == '\n')
            return next + 1;
        if (next + 1 < text.n && text.p[next] == '\r' && text.p[next + 1] == '\n')
            return next + 2;
        at = next;
    }
    return 0;
}

void tm_http_type(struct tm_str value, char ret_type[64], char ret_charset[64])
{
    size_t n = 0;
    while (n < value.n && n < 63 && value.p[n] != ';' && value.p[n] != ' ')
        n++;
    for (size_t i = 0; i < n; i++)
        ret_type[i] = (char)tolower((unsigned char)value.p[i]);
    ret_type[n] = '\0';
    ret_charset[0] = '\0';
    for (; n + 8 < value.n; n++) {
        size_t k = 0;
        if (!tm_ascii_alike(value.p + n, "charset=", 8))
            continue;
        n += 8;
        n += n < value.n && (value.p[n] == '"' || value.p[n] == '\'');
        for (; n < value.n && k < 63 && strchr("\"'; ", value.p[n]) == NULL; n++)
            ret_charset[k++] = value.p[n];
        ret_charset[k] = '\0';
    }
}

void tm_http_response(struct tm_str block, struct tm_http *ret)
{
    size_t head = tm_http_head(block);
    *ret = (struct tm_http){0, {block.p, head}, {block.p + head, block.n - head}};
    if (head == 0 || !tm_str_starts(block, TM_STR("HTTP/")))
        return;
    const char *blank = memchr(block.p, ' ', head);
    size_t at = blank == NULL ? head : (size_t)(blank - block.p) + 1;
    for (unsigned i = 0; i < 3 && at + i < head && isdigit((unsigned char)block.p[at + i]); i++)
        ret->status = ret->status * 10 + (unsigned)(block.p[at + i] - '0');
}

/* Appends the chunks of a body. False if it is not written in chunks, or breaks off. */
static bool join_chunks(struct tm_str body, struct tm_buf *out)
{
    for (size_t at = 0; at < body.n;) {
        size_t size = 0, digits = 0;
        for (; at < body.n && isxdigit((unsigned char)body.p[at]) && digits < 12; at++, digits++) {
            int c = tolower((unsigned char)body.p[at]);
            size = size * 16 + (size_t)(c <= '9' ? c - '0' : c - 'a' + 10);
        }
        const char *feed = memchr(body.p + at, '\n', body.n - at);
        if (digits == 0 || feed == NULL || feed - (body.p + at) > 256)
            return false;
        at = (size_t)(feed - body.p) + 1;
        if (size == 0)
            return true;
        if (size > body.n - at)
            return false;
        tm_buf_add(out, body.p + at, size);
        at += size;
        at += at < body.n && body.p[at] == '\r';
        if (at < body.n && body.p[at] != '\n')
            return false;
        at += at < body.n;
    }
    return false;
}

/* What decoders share: room for the next step, never much more than `limit`. */
static enum tm_status make_room(struct tm_buf *out, size_t limit)
{
    if (out->n > limit)
        return TM_ERR_LIMIT;
    return tm_buf_reserve(out, STEP) ? TM_OK : TM_ERR_NOMEM;
}

/* gzip and zlib by their heads, or with `raw` the bare stream that some servers call deflate. */
static enum tm_status inflate_body(struct tm_str body, bool raw, size_t limit, struct tm_buf *out)
{
    z_stream z = {0};
    if (inflateInit2(&z, raw ? -15 : 15 + 32) != Z_OK)
        return TM_ERR_NOMEM;
    z.next_in = (Bytef *)(uintptr_t)body.p;
    z.avail_in = (uInt)body.n;
    int result = Z_OK;
    enum tm_status status = TM_OK;
    while (result != Z_STREAM_END && status == TM_OK) {
        status = make_room(out, limit);
        if (status != TM_OK)
            break;
        z.next_out = (Bytef *)out->p + out->n;
        z.avail_out = (uInt)STEP;
        result = inflate(&z, Z_NO_FLUSH);
        size_t got = STEP - z.avail_out;
        out->n += got;
        if (result != Z_STREAM_END && (result != Z_OK || (got == 0 && z.avail_in == 0)))
            status = TM_ERR_FORMAT;
    }
    inflateEnd(&z);
    return status;
}

static enum tm_status unzstd(struct tm_str body, size_t limit, struct tm_buf *out)
{
    ZSTD_DStream *stream = ZSTD_createDStream();
    ZSTD_inBuffer in = {body.p, body.n, 0};
    enum tm_status status = stream == NULL ? TM_ERR_NOMEM : TM_OK;
    size_t left = 1;
    while (left != 0 && status == TM_OK) {
        status = make_room(out, limit);
        if (status != TM_OK)
            break;
        ZSTD_outBuffer to = {out->p + out->n, STEP, 0};
        left = ZSTD_decompressStream(stream, &to, &in);
        out->n += to.pos;
        if (ZSTD_isError(left) || (left != 0 && to.pos == 0 && in.pos == in.size))
            status = TM_ERR_FORMAT;
    }
    ZSTD_freeDStream(stream);
    return status;
}

#ifdef TM_HAVE_BROTLI
static enum tm_status unbrotli(struct tm_str body, size_t limit, struct tm_buf *out)
{
    BrotliDecoderState *brotli = BrotliDecoderCreateInstance(NULL, NULL, NULL);
    const uint8_t *in = (const uint8_t *)body.p;
    size_t left = body.n;
    enum tm_status status = brotli == NULL ? TM_ERR_NOMEM : TM_OK;
    BrotliDecoderResult result = BROTLI_DECODER_RESULT_NEEDS_MORE_OUTPUT;
    while (result != BROTLI_DECODER_RESULT_SUCCESS && status == TM_OK) {
        status = make_room(out, limit);
        if (status != TM_OK)
            break;
        uint8_t *to = (uint8_t *)out->p + out->n;
        size_t room = STEP;
        result = BrotliDecoderDecompressStream(brotli, &left, &in, &room, &to, NULL);
        out->n += STEP - room;
        if (result == BROTLI_DECODER_RESULT_ERROR
            || result == BROTLI_DECODER_RESULT_NEEDS_MORE_INPUT)
            status = TM_ERR_FORMAT;
    }
    BrotliDecoderDestroyInstance(brotli);
    return status;
}
#endif

static bool is(struct tm_str value, const char *word)
{
    return value.n == strlen(word) && tm_ascii_alike(value.p, word, value.n);
}

/* Crawlers that have undone a coding leave its name in the head: the first bytes tell. */
static enum tm_status uncode(struct tm_str coding, struct tm_str body, size_t limit,
                             struct tm_buf *out, bool *ret_done, const char **ret_why)
{
    const unsigned char *p = (const unsigned char *)body.p;
    bool gzip = body.n > 2 && p[0] == 0x1F && p[1] == 0x8B;
    bool zlib = body.n > 2 && (p[0] & 0x0F) == 8 && (p[0] * 256 + p[1]) % 31 == 0;
    bool text = body.n > 1 && p[0] == '<' && (p[1] == '!' || isalpha(p[1]));
    *ret_done = false;
    *ret_why = "its content coding breaks off or is broken";
    if (coding.n == 0 || is(coding, "identity") || is(coding, "none") || text || body.n == 0)
        return TM_OK;
    *ret_done = true;
    if (is(coding, "gzip") || is(coding, "x-gzip")) {
        *ret_done = gzip;
        return gzip ? inflate_body(body, false, limit, out) : TM_OK;
    }
    if (is(coding, "deflate"))
        return inflate_body(body, !gzip && !zlib, limit, out);
    if (is(coding, "zstd")) {
        *ret_done = body.n > 4 && memcmp(p, "\x28\xB5\x2F\xFD", 4) == 0;
        return *ret_done ? unzstd(body, limit, out) : TM_OK;
    }
#ifdef TM_HAVE_BROTLI
    if (is(coding, "br"))
        return unbrotli(body, limit, out);
#endif
    *ret_why = is(coding, "br") ? "its content coding br is not built in"
                                : "its content coding is not known";
    return TM_ERR_FORMAT;
}

enum tm_status tm_http_body(const struct tm_http *http, size_t limit, struct tm_buf buffers[2],
                            struct tm_str *ret_body, const char **ret_why)
{
    struct tm_str body = http->body;
    bool done;
    buffers[0].n = buffers[1].n = 0;
    if (is(tm_http_field(http->head, "Transfer-Encoding"), "chunked")
        && join_chunks(body, &buffers[0]))
        body = tm_buf_view(&buffers[0]);
    *ret_why = "out of memory";
    if (buffers[0].failed)
        return TM_ERR_NOMEM;
    if (body.p == NULL)
        body = TM_STR("");
    enum tm_status status = uncode(tm_http_field(http->head, "Content-Encoding"), body, limit,
                                   &buffers[1], &done, ret_why);
    if (status == TM_ERR_LIMIT)
        *ret_why = "it unpacks to more than max_document";
    if (status != TM_OK)
        return status;
    if (done)
        body = buffers[1].n == 0 ? TM_STR("") : tm_buf_view(&buffers[1]);
    *ret_body = body;
    return TM_OK;
}
