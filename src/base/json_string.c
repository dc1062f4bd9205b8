/* SPDX-License-Identifier: Apache-2.0 */
/* Strings of JSON: the common one is a plain run and is borrowed from the window; one with escapes
 * is put together in the scratch buffer. */
#include "base/json.h"
#include "base/scan.h"

#include "base/str.h"
#include "base/utf8.h"

static int hex_value(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c = (char)(c | 0x20);
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* Value of n hexadecimal digits, or -1. The zero behind the window is no digit. */
static int hex_digits(const char *p, int n)
{
    int value = 0;
    for (int i = 0; i < n; i++) {
        int digit = hex_value(p[i]);
        if (digit < 0)
            return -1;
        value = value * 16 + digit;
    }
    return value;
}

static void put_code_point(struct tm_buf *buf, uint32_t cp)
{
    char bytes[4];
    tm_buf_add(buf, bytes, tm_utf8_put(cp, bytes));
}

/* \uXXXX, with its second half where it is a surrogate pair. Returns the bytes taken, 0 if bad. */
static size_t unicode_escape(struct tm_json *json, const char *p)
{
    int unit = hex_digits(p + 2, 4);
    if (unit < 0)
        return 0;
    uint32_t cp = (uint32_t)unit;
    if (cp >= 0xD800 && cp < 0xDC00 && p[6] == '\\' && p[7] == 'u') {
        int low = hex_digits(p + 8, 4);
        if (low >= 0xDC00 && low < 0xE000) {
            cp = 0x10000 + ((cp - 0xD800) << 10) + ((uint32_t)low - 0xDC00);
            put_code_point(&json->scratch, cp);
            return 12;
        }
    }
    if (cp >= 0xD800 && cp < 0xE000) {
        tm_json_repaired(json, json->at);
        cp = 0xFFFD;
    }
    put_code_point(&json->scratch, cp);
    return 6;
}

/* The escape at p, whose 12 bytes are in the window or the pad. Returns the bytes taken, 0 if it
 * is bad. */
static size_t escape(struct tm_json *json, const char *p)
{
    char plain;
    if (p[1] == 'u')
        return unicode_escape(json, p);
    if (p[1] == 'x' && json->mend) {
        int byte = hex_digits(p + 2, 2);
        if (byte < 0)
            return 0;
        tm_json_repaired(json, json->at);
        put_code_point(&json->scratch, (uint32_t)byte);
        return 4;
    }
    switch (p[1]) {
    case '"': case '\\': case '/':
        plain = p[1];
        break;
    case 'b':
        plain = '\b';
        break;
    case 'f':
        plain = '\f';
        break;
    case 'n':
        plain = '\n';
        break;
    case 'r':
        plain = '\r';
        break;
    case 't':
        plain = '\t';
        break;
    default:
        return 0;
    }
    tm_buf_byte(&json->scratch, plain);
    return 2;
}

/* Checks the run of bytes between two escapes; false if it is no UTF-8 and that is an error. */
static bool check_run(struct tm_json *json, size_t run, size_t n)
{
    size_t good = tm_scan_utf8(json->stream->p + run, n);
    if (good == n || json->giant)       /* a giant's run may begin inside a character */
        return true;
    if (!json->mend) {
        tm_json_fail(json, run + good, "not UTF-8");
        return false;
    }
    if (json->bad_utf8 == TM_NO_OFFSET)
        json->bad_utf8 = json->stream->offset + run + good;
    return true;
}

static enum tm_json_event finish_string(struct tm_json *json, struct tm_str value,
                                        uint64_t start, enum tm_json_event event)
{
    json->at++;
    json->start = start;
    json->end = json->stream->offset + json->at;
    json->raw = json->end - start - 2;
    json->value = value;
    if (json->giant)
        json->value = (struct tm_str){"", 0};
    if (json->scratch.failed) {
        json->status = TM_ERR_NOMEM;
        return tm_json_fail(json, json->at, "out of memory");
    }
    return event;
}

/* A control byte inside a string: kept as it is, except for the line breaks, which are the only
 * hold after a lost quote. */
static bool stray_control(struct tm_json *json, char c)
{
    if (!json->mend || c == '\n' || c == '\r' || c == '\0')
        return false;
    tm_json_repaired(json, json->at);
    return true;
}

enum tm_json_event tm_json_string(struct tm_json *json, enum tm_json_event event)
{
    struct tm_stream *stream = json->stream;
    uint64_t start = stream->offset + json->at;
    uint64_t run = start + 1;       /* start of the run that is not yet in scratch */
    bool escaped = false, high = false;
    json->scratch.n = 0;
    json->at++;
    for (;;) {
        const char *stop = tm_scan_string(stream->p + json->at, &high);
        json->at = (size_t)(stop - stream->p);
        if (json->at >= stream->n) {
            if (!tm_json_more(json))
                return tm_json_fail(json, json->at, "ends inside a string");
            if (run < stream->offset)
                run = stream->offset;
            continue;
        }
        size_t begin = (size_t)(run - stream->offset);
        size_t n = json->at - begin;
        if (*stop != '"' && *stop != '\\') {
            if (!stray_control(json, *stop))
                return tm_json_fail(json, json->at, "control byte in a string");
            json->at++;
            continue;
        }
        if (high && !check_run(json, begin, n))
            return TM_JSON_ERROR;
        high = false;
        if (*stop == '"' && !escaped)
            return finish_string(json, (struct tm_str){stream->p + begin, n}, start, event);
        tm_buf_add(&json->scratch, stream->p + begin, n);
        if (*stop == '"')
            return finish_string(json, tm_buf_view(&json->scratch), start, event);
        run = stream->offset + json->at;
        while (stream->n - json->at < 12 && tm_json_more(json))
            ;
        size_t taken = escape(json, stream->p + json->at);
        if (taken == 0)
            return tm_json_fail(json, json->at, "unknown escape in a string");
        json->at += taken;
        run = stream->offset + json->at;
        escaped = true;
        if (json->giant)
            json->scratch.n = 0;
    }
}

static bool path_byte(char c)
{
    return (unsigned char)c >= 0x20 && c != '"' && c != '\\' && c != '{' && c != '}';
}

/* What may stand without quotes: NaN and its like, as Python writes them; a path or a placeholder
 * in brackets, as Telegram Desktop 4.1 wrote document_id, which reaches to the end of its line. */
enum tm_json_event tm_json_unquoted(struct tm_json *json)
{
    static const char *const words[] = {"NaN", "Infinity", "-Infinity"};
    struct tm_stream *stream = json->stream;
    size_t n = 0;
    for (;;) {
        while (json->at + n < stream->n && n < 4096 && path_byte(stream->p[json->at + n]))
            n++;
        if (json->at + n < stream->n || n == 4096 || !tm_json_more(json))
            break;
    }
    const char *p = stream->p + json->at;
    bool object = json->depth != 0
                  && (json->objects[(json->depth - 1) / 64] >> ((json->depth - 1) % 64)) & 1;
    bool whole = p[n] == '\n' || p[n] == '\r' || p[n] == '}';
    size_t length = 0;
    enum tm_json_event event = TM_JSON_STRING;
    for (size_t i = 0; i < sizeof words / sizeof *words && length == 0; i++) {
        size_t k = strlen(words[i]);
        if (n >= k && memcmp(p, words[i], k) == 0) {
            length = k;
            event = TM_JSON_NULL;
        }
    }
    char first = (char)(p[0] | 0x20);
    if (length == 0 && object && whole && ((first >= 'a' && first <= 'z') || p[0] == '(')) {
        struct tm_str path = tm_str_trim((struct tm_str){p, n});
        if (path.n != 0 && path.p[path.n - 1] == ',')
            path = tm_str_trim((struct tm_str){path.p, path.n - 1});
        if (memchr(path.p, '.', path.n) != NULL || memchr(path.p, '/', path.n) != NULL)
            length = path.n;
    }
    if (length == 0 || (event == TM_JSON_STRING && tm_scan_utf8(p, length) != length))
        return tm_json_fail(json, json->at, "not a JSON value");
    tm_json_repaired(json, json->at);
    json->start = stream->offset + json->at;
    json->end = json->start + length;
    json->raw = length;
    json->value = (struct tm_str){p, length};
    json->at += length;
    json->state = json->depth == 0 ? TM_JSON_AT_ROOT : TM_JSON_AT_COMMA;
    return event;
}
