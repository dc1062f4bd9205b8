/* SPDX-License-Identifier: Apache-2.0 */
#include "report/columns.h"

#include "base/scan.h"
#include "base/str.h"
#include "base/utf8.h"

void tm_columns_begin(struct tm_columns *c, const struct tm_opened *opened,
                      enum tm_pack_stream stream, const struct tm_str *names, size_t n)
{
    *c = (struct tm_columns){.opened = opened, .stream = stream, .names = names, .n = n};
}

void tm_columns_end(struct tm_columns *c)
{
    if (c->is_open)
        tm_frames_close(&c->frames);
    c->is_open = false;
}

static enum tm_status bad(const struct tm_columns *c, size_t at, const char *what,
                          struct tm_err *err)
{
    return tm_fail(err, TM_ERR_FORMAT, c->name, c->before + at, "content: %s", what);
}

static enum tm_status open_shard(struct tm_columns *c, struct tm_err *err)
{
    const struct tm_opened *opened = c->opened;
    while (c->next_shard < opened->n_shards && opened->streams[c->next_shard] != c->stream)
        c->next_shard++;
    if (c->next_shard == opened->n_shards)
        return TM_END;
    const struct tm_shard *shard = &opened->shards[c->next_shard++];
    c->name = shard->path;
    c->next_frame = 0;
    c->before = 0;
    c->at = 0;
    enum tm_status status = tm_frames_open(&c->frames, opened->dir, shard->path, shard, err);
    c->is_open = status == TM_OK;
    return status;
}

/* A frame ends with a line feed, so each of its rows does. */
static enum tm_status load_frame(struct tm_columns *c, struct tm_err *err)
{
    struct tm_buf *content = &c->frames.content;
    c->before += c->at;
    c->at = 0;
    enum tm_status status = tm_frames_load(&c->frames, c->next_frame++, err);
    if (status != TM_OK)
        return status;
    if (!tm_buf_reserve(content, TM_COLUMNS_PAD))
        return tm_fail(err, TM_ERR_NOMEM, "", TM_NO_OFFSET, "out of memory");
    memset(content->p + content->n, 0, TM_COLUMNS_PAD);
    size_t good = tm_scan_utf8(content->p, content->n);
    return good == content->n ? TM_OK : bad(c, good, "not UTF-8", err);
}

/* Behind the closing quote of the string whose opening quote stands at p, or NULL. */
static const char *string_end(const char *p)
{
    bool high = false;
    for (p++;; p += 2) {
        p = tm_scan_string(p, &high);
        if (*p == '"')
            return p + 1;
        if (*p != '\\' || (unsigned char)p[1] < 0x20)
            return NULL;
    }
}

/* Behind the bracket that closes the one at p; a wanted column nests at most 64 deep. */
static const char *container_end(const char *p)
{
    unsigned depth = 0;
    uint64_t braces = 0;            /* of the open ones, the innermost lowest: 1 is a brace */
    for (;;) {
        switch (*p) {
        case '"':
            p = string_end(p);
            if (p == NULL)
                return NULL;
            continue;
        case '[': case '{':
            if (depth++ == 64)
                return NULL;
            braces = braces << 1 | (*p == '{');
            break;
        case ']': case '}':
            if ((braces & 1) != (*p == '}'))
                return NULL;
            braces >>= 1;
            if (--depth == 0)
                return p + 1;
            break;
        case '\n': case '\0':
            return NULL;
        default:
            break;
        }
        p++;
    }
}

static const char *plain_end(const char *p)
{
    const char *start = p;
    while ((*p >= '0' && *p <= '9') || (*p >= 'a' && *p <= 'z') || *p == '-' || *p == '+' ||
           *p == '.' || *p == 'E')
        p++;
    return p == start ? NULL : p;
}

static const char *value_end(const char *p)
{
    return *p == '"' ? string_end(p) : *p == '[' || *p == '{' ? container_end(p) : plain_end(p);
}

/* The value behind `before`, a brace or comma, and its key; NULL if that is not what stands there.
 * A key is shorter than the pad. */
static inline const char *take_cell(const char *p, char before, struct tm_str name,
                                    struct tm_str *ret_cell)
{
    if (*p != before || memcmp(p + 1, name.p, name.n) != 0)
        return NULL;
    p += name.n + 1;
    const char *end = value_end(p);
    if (end != NULL)
        *ret_cell = (struct tm_str){p, (size_t)(end - p)};
    return end;
}

size_t tm_columns_of(struct tm_str line, const struct tm_str *names, size_t n,
                     struct tm_str *ret_cells)
{
    const char *p = line.p;
    for (size_t i = 0; i < n; i++) {
        p = take_cell(p, i == 0 ? '{' : ',', names[i], &ret_cells[i]);
        if (p == NULL)
            return 0;
    }
    const char *end = p[0] == '}' && p[1] == '\n'
        ? p + 1 : memchr(p, '\n', line.n - (size_t)(p - line.p));
    if (end == NULL || end[-1] != '}' || (*p != ',' && *p != '}'))
        return 0;
    return (size_t)(end - line.p) + 1;
}

static enum tm_status take_row(struct tm_columns *c, struct tm_err *err)
{
    const struct tm_buf *content = &c->frames.content;
    struct tm_str rest = {content->p + c->at, content->n - c->at};
    size_t length = tm_columns_of(rest, c->names, c->n, c->cells);
    if (length == 0)
        return bad(c, c->at, "not the keys that a row must have, in their order", err);
    c->offset = c->before + c->at;
    c->at += length;
    return TM_OK;
}

enum tm_status tm_columns_next(struct tm_columns *c, struct tm_err *err)
{
    while (!c->is_open || c->at == c->frames.content.n) {
        enum tm_status status = TM_OK;
        if (c->is_open && c->next_frame == c->frames.n)
            tm_columns_end(c);
        if (!c->is_open)
            status = open_shard(c, err);
        else
            status = load_frame(c, err);
        if (status != TM_OK)
            return status;
    }
    return take_row(c, err);
}

/* Value of four hexadecimal digits; what is none counts as nought. */
static uint32_t hex4(const char *p)
{
    uint32_t value = 0;
    for (int i = 0; i < 4; i++) {
        uint32_t c = (unsigned char)p[i];
        value = value << 4 | (c - '0' < 10 ? c - '0' : ((c | 0x20) - 'a' + 10) & 15);
    }
    return value;
}

/* \uXXXX at p, which has `left` bytes. Returns the bytes taken. */
static size_t unicode_escape(const char *p, size_t left, struct tm_buf *scratch)
{
    char bytes[4];
    if (left < 6)
        return left;
    uint32_t cp = hex4(p + 2);
    size_t taken = 6;
    if (cp >= 0xD800 && cp < 0xDC00 && left >= 12 && p[6] == '\\' && p[7] == 'u') {
        uint32_t low = hex4(p + 8);
        if (low >= 0xDC00 && low < 0xE000) {
            cp = 0x10000 + ((cp - 0xD800) << 10) + (low - 0xDC00);
            taken = 12;
        }
    }
    if (cp >= 0xD800 && cp < 0xE000)
        cp = 0xFFFD;
    tm_buf_add(scratch, bytes, tm_utf8_put(cp, bytes));
    return taken;
}

static size_t escape(const char *p, size_t left, struct tm_buf *scratch)
{
    char byte = p[1];
    switch (p[1]) {
    case 'n': byte = '\n'; break;
    case 'b': byte = '\b'; break;
    case 'f': byte = '\f'; break;
    case 'r': byte = '\r'; break;
    case 't': byte = '\t'; break;
    case 'u': return unicode_escape(p, left, scratch);
    default: break;
    }
    tm_buf_byte(scratch, byte);
    return 2;
}

struct tm_str tm_cell_text(struct tm_str cell, struct tm_buf *scratch)
{
    if (cell.n < 2 || cell.p[0] != '"')
        return TM_STR_UNKNOWN;
    const char *p = cell.p + 1;
    const char *end = cell.p + cell.n - 1;
    const char *stop = memchr(p, '\\', (size_t)(end - p));
    if (stop == NULL)
        return (struct tm_str){p, (size_t)(end - p)};
    scratch->n = 0;
    while (stop < end) {
        bool high;
        size_t left = (size_t)(end - stop);
        tm_buf_add(scratch, p, (size_t)(stop - p));
        size_t taken = escape(stop, left, scratch);
        p = stop + (taken < left ? taken : left);
        stop = tm_scan_string(p, &high);
    }
    tm_buf_add(scratch, p, (size_t)(end - p));
    return tm_buf_view(scratch);
}

uint64_t tm_cell_fixed(struct tm_str cell, unsigned decimals)
{
    uint64_t number = 0;
    bool fraction = false;
    for (size_t i = 0; i < cell.n; i++) {
        unsigned digit = (unsigned char)cell.p[i] - '0';
        if (cell.p[i] == '.' && !fraction)
            fraction = true;
        else if (digit > 9 || number > UINT64_MAX / 100)
            return 0;
        else if (!fraction || decimals != 0)
            number = number * 10 + digit;
        if (fraction && digit <= 9 && decimals != 0)
            decimals--;
    }
    while (decimals-- > 0 && number <= UINT64_MAX / 100)
        number *= 10;
    return number;
}

bool tm_cell_next(struct tm_str cell, size_t *at, struct tm_str *ret_key, struct tm_str *ret_value)
{
    if (cell.n < 3 || (cell.p[0] != '[' && cell.p[0] != '{') || *at + 1 >= cell.n)
        return false;
    const char *p = cell.p + *at + 1;       /* over the bracket or comma */
    if (cell.p[0] == '{') {
        const char *end = *p == '"' ? string_end(p) : NULL;
        if (end == NULL || *end != ':')
            return false;
        *ret_key = (struct tm_str){p + 1, (size_t)(end - p) - 2};
        p = end + 1;
    }
    const char *end = value_end(p);
    if (end == NULL)
        return false;
    *ret_value = (struct tm_str){p, (size_t)(end - p)};
    *at = (size_t)(end - cell.p);
    return true;
}
