/* SPDX-License-Identifier: Apache-2.0 */
#include "source/html_scan.h"

#include <string.h>

#include "base/str.h"

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

#define SCRIPT TM_HTML_TAG('s', 'c', 'r', 'i', 'p', 't', 0, 0)
#define STYLE TM_HTML_TAG('s', 't', 'y', 'l', 'e', 0, 0, 0)
#define XMP TM_HTML_TAG('x', 'm', 'p', 0, 0, 0, 0, 0)
#define IFRAME TM_HTML_TAG('i', 'f', 'r', 'a', 'm', 'e', 0, 0)
#define NOEMBED TM_HTML_TAG('n', 'o', 'e', 'm', 'b', 'e', 'd', 0)
#define NOFRAMES TM_HTML_TAG('n', 'o', 'f', 'r', 'a', 'm', 'e', 's')
#define TEXTAREA TM_HTML_TAG('t', 'e', 'x', 't', 'a', 'r', 'e', 'a')

static bool is_blank(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r' && c != '\v');
}

static bool is_letter(char c)
{
    return (unsigned char)((c | 0x20) - 'a') < 26;
}

static bool ends_name(char c)
{
    return is_blank(c) || c == '/' || c == '>';
}

static uint64_t tag_of(const char *p, const char *end)
{
    uint64_t tag = 0;
    unsigned n = 0;
    for (; p < end && !ends_name(*p); p++, n++) {
        unsigned char c = (unsigned char)*p & 0x7F;
        if (c >= 'A' && c <= 'Z')
            c |= 0x20;
        if (n == 8)
            return tag | TM_HTML_LONG;
        tag |= (uint64_t)c << (8 * n);
    }
    return tag;
}

void tm_html_init(struct tm_html *html, struct tm_stream *stream, size_t limit)
{
    *html = (struct tm_html){.stream = stream, .limit = limit};
}

/* Lets the window grow; false at the end of the stream. */
static bool more(struct tm_html *html)
{
    return tm_stream_more(html->stream) == TM_OK;
}

/* First `>` or quote of the window from `at` on, or its end. */
static size_t find_end(const struct tm_stream *stream, size_t at)
{
    const char *p = stream->p;
    size_t n = stream->n;
#if defined(__SSE2__)
    const __m128i close = _mm_set1_epi8('>');
    const __m128i two = _mm_set1_epi8('"');
    const __m128i one = _mm_set1_epi8('\'');
    for (; n - at >= 16; at += 16) {
        __m128i v = _mm_loadu_si128((const __m128i *)(const void *)(p + at));
        __m128i stop = _mm_or_si128(_mm_cmpeq_epi8(v, close), _mm_cmpeq_epi8(v, two));
        stop = _mm_or_si128(stop, _mm_cmpeq_epi8(v, one));
        unsigned mask = (unsigned)_mm_movemask_epi8(stop);
        if (mask != 0)
            return at + (size_t)__builtin_ctz(mask);
    }
#endif
    while (at < n && p[at] != '>' && p[at] != '"' && p[at] != '\'')
        at++;
    return at;
}

/* A quote opens a value after an equals sign alone. */
static bool opens_value(const char *p, size_t at)
{
    while (at > 1 && is_blank(p[at - 1]))
        at--;
    return at > 1 && p[at - 1] == '=';
}

/* Behind the value whose opening quote stands at `at`; when the quote is not closed within the
 * limit it is a character as any other (and the next one of its kind is a limit away). */
static size_t past_value(struct tm_html *html, size_t at)
{
    struct tm_stream *stream = html->stream;
    for (size_t from = at + 1;;) {
        size_t end = stream->n < html->limit ? stream->n : html->limit;
        const char *found = from >= end ? NULL
                                        : memchr(stream->p + from, stream->p[at], end - from);
        if (found != NULL)
            return (size_t)(found - stream->p) + 1;
        from = from > end ? from : end;
        if (end == html->limit || !more(html))
            return at + 1;
    }
}

/* Length of the tag at the start of the window; 0 when it does not end within the limit, or with
 * `cut` set when the stream ends before it. */
static size_t measure_tag(struct tm_html *html)
{
    struct tm_stream *stream = html->stream;
    for (size_t at = 1;;) {
        at = find_end(stream, at);
        if (at >= html->limit)
            return 0;
        if (at >= stream->n) {
            if (more(html))
                continue;
            html->cut = true;
            return 0;
        }
        if (stream->p[at] == '>')
            return at + 1;
        at = opens_value(stream->p, at) ? past_value(html, at) : at + 1;
    }
}

/* Consumes all up to and with the first `mark` from `from` on; false when the stream ends. */
static bool pass(struct tm_html *html, size_t from, struct tm_str mark)
{
    struct tm_stream *stream = html->stream;
    for (;;) {
        const char *found = from >= stream->n ? NULL
                            : memmem(stream->p + from, stream->n - from, mark.p, mark.n);
        if (found != NULL) {
            tm_stream_consume(stream, (size_t)(found - stream->p) + mark.n);
            return true;
        }
        size_t keep = mark.n - 1 < stream->n ? mark.n - 1 : stream->n;
        size_t gone = stream->n - keep;
        tm_stream_consume(stream, gone);
        from = from > gone ? from - gone : 0;
        if (!more(html)) {
            tm_stream_consume(stream, stream->n);
            html->cut = true;
            return false;
        }
    }
}

/* Is the window's `</` at `at` the end tag of `inside`? Needs the bytes that it looks at. */
static bool closes(struct tm_html *html, size_t at)
{
    struct tm_stream *stream = html->stream;
    size_t need = at + 2 + 9;
    while (stream->n < need && more(html))
        ;
    size_t left = stream->n - at;
    if (left < 3 || stream->p[at + 1] != '/')
        return false;
    size_t n = 0;
    while (n < left - 2 && n < 9 && !ends_name(stream->p[at + 2 + n]))
        n++;
    return n < 9 && n < left - 2
           && tag_of(stream->p + at + 2, stream->p + at + 2 + n) == html->inside;
}

static enum tm_html_event token(struct tm_html *html, enum tm_html_event event, size_t n)
{
    html->raw = (struct tm_str){html->stream->p, n};
    html->start = html->stream->offset;
    html->end = html->start + n;
    html->taken = n;
    return event;
}

/* The content of an element that holds text alone: given for title and textarea, passed over for
 * the others. False when nothing is to be given. */
static bool raw_text(struct tm_html *html, enum tm_html_event *ret_event)
{
    struct tm_stream *stream = html->stream;
    bool wanted = html->inside == TM_HTML_TITLE || html->inside == TEXTAREA;
    bool huge = false;
    uint64_t start = stream->offset;
    size_t at = 0;
    for (;;) {
        const char *tag = at >= stream->n ? NULL : memchr(stream->p + at, '<', stream->n - at);
        at = tag == NULL ? stream->n : (size_t)(tag - stream->p);
        if (tag != NULL && closes(html, at))
            break;
        at += tag != NULL;
        if (!wanted || at > html->limit) {
            huge = wanted;
            tm_stream_consume(stream, at);
            at = 0;
        }
        if (tag == NULL && !more(html)) {
            html->cut = true;
            break;
        }
    }
    html->inside = 0;
    if (wanted && at > html->limit)
        huge = true;
    if (wanted && !huge && at != 0) {
        *ret_event = token(html, TM_HTML_TEXT, at);
        return true;
    }
    tm_stream_consume(stream, at);
    html->start = start;
    html->end = stream->offset;
    *ret_event = TM_HTML_HUGE;
    return huge;
}

/* What begins at a `<`. */
enum opening { PLAIN, START_TAG, END_TAG, COMMENT, OTHER };

static enum opening opening_at(struct tm_html *html, size_t at)
{
    struct tm_stream *stream = html->stream;
    while (stream->n - at < 4 && more(html))
        ;
    size_t left = stream->n - at;
    const char *p = stream->p + at;
    if (left < 2)
        return PLAIN;
    if (is_letter(p[1]))
        return START_TAG;
    if (p[1] == '/')
        return left < 3 ? PLAIN : is_letter(p[2]) ? END_TAG : OTHER;
    if (p[1] == '!')
        return left >= 4 && p[2] == '-' && p[3] == '-' ? COMMENT : OTHER;
    return p[1] == '?' ? OTHER : PLAIN;
}

/* Passes over the rest of a token that is larger than the limit. */
static enum tm_html_event huge(struct tm_html *html, char stop)
{
    uint64_t start = html->stream->offset;
    bool cut = html->cut;
    bool found = pass(html, html->limit, (struct tm_str){&stop, 1});
    if (found && stop == '<') {             /* it belongs to what follows */
        html->stream->p--;
        html->stream->n++;
        html->stream->offset--;
    }
    if (stop == '<')
        html->cut = cut;
    html->start = start;
    html->end = html->stream->offset;
    return TM_HTML_HUGE;
}

static enum tm_html_event text(struct tm_html *html)
{
    struct tm_stream *stream = html->stream;
    for (size_t at = stream->p[0] == '<';;) {
        const char *tag = at >= stream->n ? NULL : memchr(stream->p + at, '<', stream->n - at);
        at = tag == NULL ? stream->n : (size_t)(tag - stream->p);
        if (at > html->limit)
            return huge(html, '<');
        if (tag == NULL ? !more(html) : opening_at(html, at) != PLAIN)
            return token(html, TM_HTML_TEXT, at);
        at += tag != NULL;
    }
}

static enum tm_html_event tag(struct tm_html *html, bool opens)
{
    size_t n = measure_tag(html);
    if (n == 0) {
        if (!html->cut)
            return huge(html, '>');
        tm_stream_consume(html->stream, html->stream->n);
        return TM_HTML_END;
    }
    const char *p = html->stream->p;
    html->tag = tag_of(p + (opens ? 1 : 2), p + n);
    if (opens) {
        switch (html->tag) {
        case SCRIPT: case STYLE: case XMP: case IFRAME: case NOEMBED: case NOFRAMES:
        case TEXTAREA: case TM_HTML_TITLE:
            html->inside = html->tag;
            break;
        default:
            break;
        }
    }
    return token(html, opens ? TM_HTML_OPEN : TM_HTML_CLOSE, n);
}

enum tm_html_event tm_html_next(struct tm_html *html)
{
    struct tm_stream *stream = html->stream;
    enum tm_html_event event;
    tm_stream_consume(stream, html->taken);
    html->taken = 0;
    if (html->inside != 0 && raw_text(html, &event))
        return event;
    while (stream->n != 0 || more(html)) {
        enum opening opening = stream->p[0] == '<' ? opening_at(html, 0) : PLAIN;
        switch (opening) {
        case PLAIN:
            return text(html);
        case START_TAG:
        case END_TAG:
            return tag(html, opening == START_TAG);
        case COMMENT:
            pass(html, 2, TM_STR("-->"));
            break;
        case OTHER:
            pass(html, 2, TM_STR(">"));
            break;
        }
    }
    html->start = html->end = stream->offset;
    return TM_HTML_END;
}

/* Steps over one attribute of a tag; false when there is none left. */
static bool next_attribute(const char **at, const char *end, struct tm_str *ret_name,
                           struct tm_str *ret_value)
{
    const char *p = *at;
    while (p < end && (is_blank(*p) || *p == '/'))
        p++;
    if (p == end)
        return false;
    const char *name = p++;
    while (p < end && !is_blank(*p) && *p != '/' && *p != '=')
        p++;
    *ret_name = (struct tm_str){name, (size_t)(p - name)};
    *ret_value = TM_STR("");
    const char *sign = p;
    while (sign < end && is_blank(*sign))
        sign++;
    if (sign < end && *sign == '=') {
        p = sign + 1;
        while (p < end && is_blank(*p))
            p++;
        const char *close = p < end && (*p == '"' || *p == '\'')
                                ? memchr(p + 1, *p, (size_t)(end - p - 1)) : NULL;
        if (close != NULL) {
            *ret_value = (struct tm_str){p + 1, (size_t)(close - p) - 1};
            p = close + 1;
        } else {
            const char *value = p;
            while (p < end && !is_blank(*p))
                p++;
            *ret_value = (struct tm_str){value, (size_t)(p - value)};
        }
    }
    *at = p;
    return true;
}

static bool same_name(struct tm_str name, const char *lower, size_t n)
{
    if (name.n != n)
        return false;
    for (size_t i = 0; i < n; i++) {
        char c = name.p[i];
        if ((is_letter(c) ? (char)(c | 0x20) : c) != lower[i])
            return false;
    }
    return true;
}

struct tm_str tm_html_attribute(struct tm_str raw, const char *name)
{
    const char *p = raw.p + 1, *end = raw.p + raw.n - 1;
    size_t n = strlen(name);
    struct tm_str found, value;
    while (p < end && !ends_name(*p))
        p++;
    while (next_attribute(&p, end, &found, &value)) {
        if (same_name(found, name, n))
            return value;
    }
    return TM_STR_UNKNOWN;
}

bool tm_html_has_class(struct tm_str classes, const char *name)
{
    size_t k = strlen(name), at = 0;
    while (at < classes.n) {
        while (at < classes.n && is_blank(classes.p[at]))
            at++;
        size_t start = at;
        while (at < classes.n && !is_blank(classes.p[at]))
            at++;
        if (at - start == k && memcmp(classes.p + start, name, k) == 0)
            return true;
    }
    return false;
}

/* The HTML standard's style sheet (15.3), and the cells of tables. */
bool tm_html_is_block(uint64_t tag)
{
    switch (tag) {
    case TM_HTML_TAG('a', 'd', 'd', 'r', 'e', 's', 's', 0):
    case TM_HTML_TAG('a', 'r', 't', 'i', 'c', 'l', 'e', 0):
    case TM_HTML_TAG('a', 's', 'i', 'd', 'e', 0, 0, 0):
    case TM_HTML_QUOTE:
    case TM_HTML_TAG('b', 'o', 'd', 'y', 0, 0, 0, 0):
    case TM_HTML_TAG('c', 'a', 'p', 't', 'i', 'o', 'n', 0):
    case TM_HTML_TAG('c', 'e', 'n', 't', 'e', 'r', 0, 0):
    case TM_HTML_TAG('d', 'd', 0, 0, 0, 0, 0, 0):
    case TM_HTML_TAG('d', 'e', 't', 'a', 'i', 'l', 's', 0):
    case TM_HTML_TAG('d', 'i', 'a', 'l', 'o', 'g', 0, 0):
    case TM_HTML_TAG('d', 'i', 'r', 0, 0, 0, 0, 0):
    case TM_HTML_DIV:
    case TM_HTML_TAG('d', 'l', 0, 0, 0, 0, 0, 0):
    case TM_HTML_TAG('d', 't', 0, 0, 0, 0, 0, 0):
    case TM_HTML_TAG('f', 'i', 'e', 'l', 'd', 's', 'e', 't'):
    case TM_HTML_TAG('f', 'i', 'g', 'c', 'a', 'p', 't', 'i') | TM_HTML_LONG:
    case TM_HTML_TAG('f', 'i', 'g', 'u', 'r', 'e', 0, 0):
    case TM_HTML_TAG('f', 'o', 'o', 't', 'e', 'r', 0, 0):
    case TM_HTML_TAG('f', 'o', 'r', 'm', 0, 0, 0, 0):
    case TM_HTML_TAG('h', '1', 0, 0, 0, 0, 0, 0):
    case TM_HTML_TAG('h', '2', 0, 0, 0, 0, 0, 0):
    case TM_HTML_TAG('h', '3', 0, 0, 0, 0, 0, 0):
    case TM_HTML_TAG('h', '4', 0, 0, 0, 0, 0, 0):
    case TM_HTML_TAG('h', '5', 0, 0, 0, 0, 0, 0):
    case TM_HTML_TAG('h', '6', 0, 0, 0, 0, 0, 0):
    case TM_HTML_TAG('h', 'e', 'a', 'd', 'e', 'r', 0, 0):
    case TM_HTML_TAG('h', 'g', 'r', 'o', 'u', 'p', 0, 0):
    case TM_HTML_TAG('h', 'r', 0, 0, 0, 0, 0, 0):
    case TM_HTML_TAG('h', 't', 'm', 'l', 0, 0, 0, 0):
    case TM_HTML_TAG('l', 'e', 'g', 'e', 'n', 'd', 0, 0):
    case TM_HTML_TAG('l', 'i', 0, 0, 0, 0, 0, 0):
    case TM_HTML_TAG('m', 'a', 'i', 'n', 0, 0, 0, 0):
    case TM_HTML_TAG('m', 'e', 'n', 'u', 0, 0, 0, 0):
    case TM_HTML_TAG('n', 'a', 'v', 0, 0, 0, 0, 0):
    case TM_HTML_TAG('o', 'l', 0, 0, 0, 0, 0, 0):
    case TM_HTML_TAG('o', 'p', 't', 'g', 'r', 'o', 'u', 'p'):
    case TM_HTML_TAG('o', 'p', 't', 'i', 'o', 'n', 0, 0):
    case TM_HTML_P:
    case TM_HTML_PRE:
    case TM_HTML_TAG('s', 'e', 'a', 'r', 'c', 'h', 0, 0):
    case TM_HTML_TAG('s', 'e', 'c', 't', 'i', 'o', 'n', 0):
    case TM_HTML_TAG('s', 'u', 'm', 'm', 'a', 'r', 'y', 0):
    case TM_HTML_TAG('t', 'a', 'b', 'l', 'e', 0, 0, 0):
    case TM_HTML_TAG('t', 'b', 'o', 'd', 'y', 0, 0, 0):
    case TM_HTML_TAG('t', 'd', 0, 0, 0, 0, 0, 0):
    case TM_HTML_TAG('t', 'f', 'o', 'o', 't', 0, 0, 0):
    case TM_HTML_TAG('t', 'h', 0, 0, 0, 0, 0, 0):
    case TM_HTML_TAG('t', 'h', 'e', 'a', 'd', 0, 0, 0):
    case TM_HTML_TITLE:
    case TM_HTML_TAG('t', 'r', 0, 0, 0, 0, 0, 0):
    case TM_HTML_TAG('u', 'l', 0, 0, 0, 0, 0, 0):
        return true;
    default:
        return false;
    }
}
