/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Chats as they are pasted from Telegram's clients: before each message a line `Name, [date]`, then
 * perhaps `[Forwarded from X]`, `[In reply to X]` and `[ Photo ]`, then the text. What stands for
 * media is left out of the text: polls with their answers, contacts (which are personal data),
 * places, and what was made out of speech, in {{ }}. Facts: Telegram Desktop,
 * history_inner_widget.cpp and data_media_types.cpp.
 */
#include <stdlib.h>

#include "base/scan.h"
#include "source/ident.h"
#include "source/lines.h"
#include "source/local_date.h"
#include "source/reader.h"

struct paste {
    struct tm_file *file;
};

struct header {
    struct tm_str name;
    struct tm_str date;         /* as it stands */
    int64_t seconds;
};

/* Is this the line before a message? */
static bool read_header(struct tm_str line, struct header *header)
{
    line = tm_str_trim(line);
    if (line.n < 10 || line.n > 512 || line.p[line.n - 1] != ']')
        return false;
    const char *open = memrchr(line.p, '[', line.n);
    if (open == NULL || open - line.p < 3 || open[-1] != ' ' || open[-2] != ',')
        return false;
    struct tm_str date = {open + 1, (size_t)(line.p + line.n - open) - 2};
    int64_t seconds = tm_local_date(date);
    if (seconds == TM_UNKNOWN)
        return false;
    *header = (struct header){{line.p, (size_t)(open - line.p) - 2}, date, seconds};
    return true;
}

/* The name in `[Forwarded from X]`; unknown if the line is none. */
static struct tm_str bracketed(struct tm_str line, const char *const *words)
{
    line = tm_str_trim(line);
    if (line.n < 3 || line.p[0] != '[' || line.p[line.n - 1] != ']')
        return TM_STR_UNKNOWN;
    line = (struct tm_str){line.p + 1, line.n - 2};
    for (; *words != NULL; words++)
        if (tm_str_starts(line, tm_str_of(*words)) && line.n > strlen(*words))
            return (struct tm_str){line.p + strlen(*words), line.n - strlen(*words)};
    return TM_STR_UNKNOWN;
}

/* `[ Photo ]`: blanks inside the brackets. What it is called by; NULL if the line is no such. */
static const char *media_of(struct tm_str line)
{
    static const struct {
        const char *word;
        const char *media;
    } words[] = {
        {"Photo", "photo"}, {"Фото", "photo"}, {"Album", "photo"}, {"Альбом", "photo"},
        {"Video message", "video_message"}, {"Видеосообщение", "video_message"},
        {"Video", "video"}, {"Видео", "video"}, {"Voice message", "voice_message"},
        {"Голосовое", "voice_message"},
        {"Audio", "audio"}, {"Аудио", "audio"}, {"GIF", "animation"},
        {"Animation", "animation"}, {"File", "file"}, {"Файл", "file"}, {"Poll", "poll"},
        {"Опрос", "poll"}, {"Quiz", "poll"}, {"Викторина", "poll"}, {"Contact", "contact"},
        {"Контакт", "contact"}, {"Location", "location"}, {"Live location", "location"},
        {"Геопозиция", "location"}, {"Местоположение", "location"}, {"Game", "game"},
        {"Игра", "game"}, {"Invoice", "invoice"}, {"Story", "story"}, {"История", "story"},
    };
    line = tm_str_trim(line);
    if (line.n < 5 || memcmp(line.p, "[ ", 2) != 0 || memcmp(line.p + line.n - 2, " ]", 2) != 0)
        return NULL;
    struct tm_str inside = {line.p + 2, line.n - 4};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (tm_str_starts(inside, tm_str_of(words[i].word)))
            return words[i].media;
    bool sticker = memmem(inside.p, inside.n, "Sticker", 7) != NULL
                   || memmem(inside.p, inside.n, "Стикер", strlen("Стикер")) != NULL;
    return sticker ? "sticker" : "other";
}

/* The line at `at` in a text, and where the next one begins. */
static struct tm_str next_line(struct tm_str text, size_t at, size_t *ret_next)
{
    const char *feed = memchr(text.p + at, '\n', text.n - at);
    size_t end = feed == NULL ? text.n : (size_t)(feed - text.p);
    *ret_next = feed == NULL ? end : end + 1;
    return (struct tm_str){text.p + at, end - at};
}

/* End of what belongs to a media line: the answers of a poll, all lines of a contact, the address
 * of a place. */
static size_t after_media(struct tm_str text, size_t at, const char *media)
{
    bool poll = strcmp(media, "poll") == 0;
    unsigned lines = strcmp(media, "contact") == 0 ? 2 : strcmp(media, "location") == 0;
    while (at < text.n && (poll || lines > 0)) {
        size_t next;
        struct tm_str line = next_line(text, at, &next);
        if (poll ? !tm_str_starts(line, TM_STR("- ")) : tm_line_is_blank(line))
            break;
        lines -= lines > 0;
        at = next;
    }
    return at;
}

/* What was made out of speech: `{{`, lines, `}}`. */
static size_t after_speech(struct tm_str text, size_t at)
{
    size_t next;
    if (!tm_str_is(tm_str_trim(next_line(text, at, &next)), "{{"))
        return at;
    for (size_t k = next; k < text.n;) {
        if (tm_str_is(tm_str_trim(next_line(text, k, &k)), "}}"))
            return k;
    }
    return at;
}

struct message {
    struct header header;       /* name unknown: text before the first header */
    struct tm_str forwarded;
    const char *media;
    struct tm_str text;
};

static void take_apart(struct tm_str post, struct message *message)
{
    static const char *const forwards[] = {"Forwarded from ", "Переслано от ", "Переслано из ",
                                           NULL};
    static const char *const replies[] = {"In reply to ", "В ответ на ", "Ответ на ", NULL};
    size_t at = 0, next;
    memset(message, 0, sizeof *message);
    message->header.seconds = TM_UNKNOWN;
    if (!read_header(next_line(post, 0, &next), &message->header))
        next = 0;
    while ((at = next) < post.n) {
        struct tm_str line = next_line(post, at, &next);
        struct tm_str from = bracketed(line, forwards);
        const char *media = media_of(line);
        size_t spoken = after_speech(post, at);
        if (from.p != NULL)
            message->forwarded = from;
        else if (media != NULL)
            next = after_media(post, next, message->media = media);
        else if (spoken != at)
            next = spoken;
        else if (bracketed(line, replies).p == NULL)
            break;
    }
    message->text = tm_str_trim((struct tm_str){post.p + at, post.n - at});
}

/* Length of the message at the start of the window, without the blank lines after it; false when
 * it is larger than the window may be. */
static bool measure(struct tm_stream *stream, size_t *ret_length)
{
    struct tm_str line;
    struct header header;
    size_t at = 0, length = 0;
    while (at < stream->n || tm_stream_more(stream) == TM_OK) {
        if (!tm_line_at(stream, at, &line))
            return false;
        if (at != 0 && read_header(line, &header))
            break;
        if (!tm_line_is_blank(line))
            length = at + line.n;
        at += tm_line_step(line, stream->n - at);
    }
    while (length != 0 && stream->p[length - 1] == '\r')
        length--;
    *ret_length = length;
    return true;
}

/* Passes lines up to the next header. */
static void lose_giant(struct paste *paste)
{
    struct tm_stream *stream = paste->file->stream;
    uint64_t start = stream->offset;
    struct tm_str line;
    struct header header;
    tm_file_tell(paste->file, TM_FAULT, start, "raise max_document",
                 "message of more than %zu bytes", paste->file->options->max_document);
    for (bool whole = false; tm_stream_ensure(stream, 1);) {
        bool full = tm_line_at(stream, 0, &line);
        if (full && whole && read_header(line, &header))
            break;
        whole = full;
        tm_stream_consume(stream, tm_line_step(line, stream->n));
    }
    tm_file_broken(paste->file, start, stream->offset);
}

static enum tm_status emit(struct paste *paste, size_t length, struct tm_err *err)
{
    struct tm_file *file = paste->file;
    struct tm_stream *stream = file->stream;
    struct tm_arena *arena = file->batch->arena;
    struct tm_str channel = tm_str_of(file->options->channel);
    struct tm_str post = tm_arena_copy(arena, (struct tm_str){stream->p, length});
    struct tm_doc *doc = post.p == NULL ? NULL : tm_file_begin(file);
    struct message message;
    if (doc == NULL)
        goto failed;
    take_apart(post, &message);
    doc->text = post;           /* the name and the date are part of what tells it from others */
    doc->channel = tm_arena_copy(arena, channel);
    struct tm_ident ident = {.source = channel.p != NULL ? channel : tm_str_of(file->name)};
    if ((channel.p != NULL && doc->channel.p == NULL) || !tm_ident_fill(&ident, arena, doc))
        goto failed;
    doc->text = message.text.n == 0 ? TM_STR("") : message.text;
    doc->author = message.header.name;
    doc->date = message.header.seconds;
    doc->forwarded_from = message.forwarded;
    doc->media = tm_str_of(message.media);
    doc->markup = TM_MARKUP_NONE;
    doc->source_offset = stream->offset;
    doc->source_length = length;
    doc->reading.metadata = message.header.name.n + message.header.date.n + message.forwarded.n;
    doc->reading.body = message.text.n;
    if (message.header.name.p != NULL)
        tm_file_note(file, TM_NOTE_NO_ZONE, NULL, "dates without a time zone are taken as UTC");
    tm_file_document(file, doc);
    return TM_OK;
failed:
    return tm_fail(err, TM_ERR_NOMEM, file->name, stream->offset, "out of memory");
}

static enum tm_status paste_next(void *state, struct tm_err *err)
{
    struct paste *paste = state;
    struct tm_stream *stream = paste->file->stream;
    size_t length;
    while (tm_line_skip_blanks(stream)) {
        if (!measure(stream, &length) || length > paste->file->options->max_document) {
            lose_giant(paste);
            continue;
        }
        size_t good = tm_scan_utf8(stream->p, length);
        if (good == length) {
            enum tm_status status = emit(paste, length, err);
            tm_stream_consume(stream, length);
            return status;
        }
        tm_file_tell(paste->file, TM_FAULT, stream->offset + good, "--encoding NAME", "not UTF-8");
        tm_file_broken(paste->file, stream->offset, stream->offset + length);
        tm_stream_consume(stream, length);
    }
    return TM_END;
}

static enum tm_status paste_open(struct tm_file *file, void **ret_state, struct tm_err *err)
{
    struct paste *paste = malloc(sizeof *paste);
    if (paste == NULL)
        return tm_fail(err, TM_ERR_NOMEM, file->name, TM_NO_OFFSET, "out of memory");
    paste->file = file;
    tm_file_skip_bom(file->stream);
    *ret_state = paste;
    return TM_OK;
}

/* The first line is a header, or two others are. */
static int paste_bid(const char *p, size_t n)
{
    struct tm_str text = tm_str_trim((struct tm_str){p, n});
    struct header header;
    unsigned headers = 0;
    for (size_t at = 0, next; at < text.n && headers < 2; at = next) {
        if (!read_header(next_line(text, at, &next), &header))
            continue;
        if (at == 0)
            return 85;
        headers++;
    }
    return headers == 2 ? 82 : 0;
}

const struct tm_format tm_format_paste = {
    "paste", paste_bid, paste_open, paste_next, free,
};
