/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Plain text: the copy of a channel's web view ("webcopy"), where a post begins at a forward
 * header, and any other text ("text"). In both, two blank lines part posts. Header and placeholder
 * lines stay in the text; the cleaner takes them out.
 */
#include "source/reader.h"

#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "base/scan.h"
#include "source/ident.h"
#include "source/lines.h"

struct plain {
    struct tm_file *file;
    bool headers;               /* forward headers part posts */
};

static const struct tm_str header_words[] = {
    {"Forwarded from ", 15},
    {"\xD0\x9F\xD0\xB5\xD1\x80\xD0\xB5\xD1\x81\xD0\xBB\xD0\xB0\xD0\xBD\xD0\xBE \xD0\xBE\xD1\x82 ",
     22},
};

/* Whom a line is forwarded from, or unknown when it is no forward header. */
static struct tm_str header_name(struct tm_str line)
{
    for (size_t i = 0; i < sizeof header_words / sizeof *header_words; i++) {
        struct tm_str word = header_words[i];
        if (!tm_str_starts(line, word))
            continue;
        struct tm_str name = tm_str_trim((struct tm_str){line.p + word.n, line.n - word.n});
        if (name.n != 0)
            return name;
    }
    return TM_STR_UNKNOWN;
}

/* Length of the post at the start of the window, blank lines after it not counted; false when it
 * is larger than the window may be. */
static bool measure_post(const struct plain *plain, struct tm_stream *stream, size_t *ret_length)
{
    size_t at = 0, length = 0, blanks = 0;
    struct tm_str line;
    while (blanks < 2 && (at < stream->n || tm_stream_more(stream) == TM_OK)) {
        if (!tm_line_at(stream, at, &line))
            return false;
        if (at != 0 && plain->headers && header_name(line).p != NULL)
            break;
        if (tm_line_is_blank(line)) {
            blanks++;
        } else {
            blanks = 0;
            length = at + line.n;
        }
        at += line.n == stream->n - at ? line.n : line.n + 1;
    }
    while (length != 0 && stream->p[length - 1] == '\r')
        length--;
    *ret_length = length;
    return true;
}

/* Passes a post that is too large, piece by piece, up to where the next one begins; its end. */
static uint64_t skip_giant(const struct plain *plain, struct tm_stream *stream)
{
    struct tm_str line;
    bool whole = false;         /* the window begins at the start of a line */
    size_t blanks = 0;
    uint64_t end = stream->offset;
    while (blanks < 2 && tm_stream_ensure(stream, 1)) {
        bool full = tm_line_at(stream, 0, &line);
        if (full && whole && plain->headers && header_name(line).p != NULL)
            break;
        blanks = full && whole && tm_line_is_blank(line) ? blanks + 1 : 0;
        if (blanks == 0)
            end = stream->offset + line.n;
        whole = full;
        tm_stream_consume(stream, line.n == stream->n ? line.n : line.n + 1);
    }
    return end;
}

/* Which one-byte code page the text may be in, by where Russian's small letters stand there. */
static const char *encoding_hint(struct tm_str text)
{
    size_t upper = 0, high_half = 0, low_half = 0, dos = 0;
    for (size_t i = 0; i < text.n; i++) {
        unsigned char c = (unsigned char)text.p[i];
        upper += c >= 0x80;
        high_half += c >= 0xE0;
        low_half += c >= 0xC0 && c < 0xE0;
        dos += c >= 0xA0 && c < 0xB0;
    }
    if (upper * 8 < text.n)
        return NULL;
    if (high_half * 10 >= upper * 7)
        return "some of it looks like windows-1251: --encoding windows-1251 if all of it is";
    if (low_half * 10 >= upper * 7)
        return "some of it looks like KOI8-R: --encoding KOI8-R if all of it is";
    if ((dos + high_half) * 10 >= upper * 7)
        return "some of it looks like CP866: --encoding CP866 if all of it is";
    return NULL;
}

static enum tm_status emit(struct plain *plain, size_t length, struct tm_err *err)
{
    struct tm_file *file = plain->file;
    struct tm_stream *stream = file->stream;
    struct tm_arena *arena = file->batch->arena;
    struct tm_str channel = tm_str_of(file->options->channel);
    struct tm_str text = tm_arena_copy(arena, (struct tm_str){stream->p, length});
    struct tm_doc *doc = text.p == NULL ? NULL : tm_file_begin(file);
    if (doc == NULL)
        goto failed;
    const char *feed = memchr(stream->p, '\n', length);
    size_t first = feed == NULL ? length : (size_t)(feed - stream->p);
    doc->text = text;
    if (plain->headers)
        doc->forwarded_from = header_name((struct tm_str){text.p, first});
    doc->channel = tm_arena_copy(arena, channel);
    doc->markup = file->options->markup;
    doc->source_offset = stream->offset;
    doc->source_length = length;
    doc->reading.body = length;

    struct tm_ident ident = {.source = doc->forwarded_from};
    if (ident.source.p == NULL)
        ident.source = channel.p != NULL ? channel : tm_str_of(file->name);
    if ((channel.p != NULL && doc->channel.p == NULL) || !tm_ident_fill(&ident, arena, doc))
        goto failed;
    tm_file_document(file, doc);
    return TM_OK;
failed:
    return tm_fail(err, TM_ERR_NOMEM, file->name, stream->offset, "out of memory");
}

static void lose_giant(struct plain *plain, uint64_t start, uint64_t end)
{
    tm_file_tell(plain->file, TM_FAULT, start, "raise max_document, or part posts by blank lines",
                 "post of more than %zu bytes", plain->file->options->max_document);
    tm_file_broken(plain->file, start, end);
}

static void lose_bytes(struct plain *plain, size_t good, size_t length)
{
    struct tm_stream *stream = plain->file->stream;
    tm_file_tell(plain->file, TM_FAULT, stream->offset + good,
                 encoding_hint((struct tm_str){stream->p, length}), "not UTF-8");
    tm_file_broken(plain->file, stream->offset, stream->offset + length);
}

static enum tm_status plain_next(void *state, struct tm_err *err)
{
    struct plain *plain = state;
    struct tm_stream *stream = plain->file->stream;
    size_t length;
    while (tm_line_skip_blanks(stream)) {
        uint64_t start = stream->offset;
        if (!measure_post(plain, stream, &length)) {
            lose_giant(plain, start, skip_giant(plain, stream));
            continue;
        }
        size_t good = tm_scan_utf8(stream->p, length);
        bool fits = length <= plain->file->options->max_document;
        if (fits && good == length) {
            enum tm_status status = emit(plain, length, err);
            tm_stream_consume(stream, length);
            return status;
        }
        if (fits)
            lose_bytes(plain, good, length);
        else
            lose_giant(plain, start, start + length);
        tm_stream_consume(stream, length);
    }
    return TM_END;
}

static enum tm_status plain_open(struct tm_file *file, bool headers, void **ret_state,
                                 struct tm_err *err)
{
    struct plain *plain = malloc(sizeof *plain);
    if (plain == NULL)
        return tm_fail(err, TM_ERR_NOMEM, file->name, TM_NO_OFFSET, "out of memory");
    plain->file = file;
    plain->headers = headers;
    tm_file_skip_bom(file->stream);
    *ret_state = plain;
    return TM_OK;
}

static enum tm_status webcopy_open(struct tm_file *file, void **ret_state, struct tm_err *err)
{
    return plain_open(file, true, ret_state, err);
}

static enum tm_status text_open(struct tm_file *file, void **ret_state, struct tm_err *err)
{
    return plain_open(file, false, ret_state, err);
}

/* No zero byte, hardly a control byte, and no tag first. */
static bool looks_like_text(const char *p, size_t n)
{
    size_t controls = 0;
    for (size_t i = 0; i < n; i++) {
        unsigned char c = (unsigned char)p[i];
        if (c == 0)
            return false;
        controls += c < 0x20 && c != '\n' && c != '\r' && c != '\t';
    }
    struct tm_str head = tm_str_trim((struct tm_str){p, n});
    bool tag = head.n >= 2 && head.p[0] == '<'
               && (head.p[1] == '!' || head.p[1] == '?' || (head.p[1] | 0x20) >= 'a');
    return head.n != 0 && !tag && controls * 100 <= n;
}

static int text_bid(const char *p, size_t n)
{
    if (!looks_like_text(p, n))
        return 0;
    size_t good = tm_scan_utf8(p, n);
    if (n - good >= 4)              /* more than a character cut off by the end of what we see */
        return 10;
    return memmem(p, n, "\n\n\n", 3) != NULL ? 45 : 40;    /* still a guess, which is told */
}

static int webcopy_bid(const char *p, size_t n)
{
    if (!looks_like_text(p, n))
        return 0;
    const char *end = p + n;
    while (p < end) {
        const char *feed = memchr(p, '\n', (size_t)(end - p));
        const char *stop = feed == NULL ? end : feed;
        if (header_name((struct tm_str){p, (size_t)(stop - p)}).p != NULL)
            return 80;
        p = stop + 1;
    }
    return 0;
}

const struct tm_format tm_format_webcopy = {
    "webcopy", webcopy_bid, webcopy_open, plain_next, free,
};

const struct tm_format tm_format_text = {
    "text", text_bid, text_open, plain_next, free,
};
