/* SPDX-License-Identifier: Apache-2.0 */
#include "source/html_page.h"

#include <string.h>

#include "base/json_write.h"
#include "base/str.h"
#include "base/utf8.h"
#include "source/html_blocks.h"
#include "source/html_scan.h"
#include "source/html_text.h"
#include "source/html_words.h"
#include "source/ident.h"

#define MOST_BLOCKS 65536       /* what follows belongs to the last one */
#define NOBODY 0

#define FORM TM_HTML_TAG('f', 'o', 'r', 'm', 0, 0, 0, 0)
#define MAIN TM_HTML_TAG('m', 'a', 'i', 'n', 0, 0, 0, 0)
#define ARTICLE TM_HTML_TAG('a', 'r', 't', 'i', 'c', 'l', 'e', 0)

struct page {
    struct tm_html html;
    struct tm_stream stream;
    struct tm_html_text text;
    struct tm_buf blocks;           /* struct tm_html_block */
    struct tm_buf title;
    struct tm_buf heading;          /* og:title */
    struct tm_buf url;
    struct tm_buf og_url;
    struct tm_buf date;
    uint64_t metadata;
    uint64_t dropped;               /* tag of the element that is being left out, or NOBODY */
    unsigned dropped_depth;
    uint64_t open_ended;            /* tag whose end is missing: it is not left out */
    unsigned forms;
    unsigned articles;
    unsigned headings;
    bool link;
    bool anchor;                    /* the link at hand leads into the page itself */
    bool in_title;
    bool published;
    size_t link_start;              /* in `text` */
    uint64_t link_raw;
    uint32_t linked;                /* of the block at hand */
    size_t block_start;
    uint64_t block_raw;
};

static struct tm_html_block *blocks_of(struct page *page)
{
    return (struct tm_html_block *)(void *)page->blocks.p;
}

static size_t n_blocks(const struct page *page)
{
    return page->blocks.n / sizeof(struct tm_html_block);
}

/* Length in characters of a valid or mended text. */
static uint32_t count_chars(const char *p, size_t n)
{
    uint32_t count = 0;
    for (size_t i = 0; i < n; i++)
        count += ((unsigned char)p[i] & 0xC0) != 0x80;
    return count;
}

static void count_words(struct tm_html_block *block, struct tm_str text)
{
    char word[TM_HTML_WORD] = {0};
    size_t n = 0, at = 0;
    while (at < text.n || n != 0) {
        uint32_t cp = at == text.n ? ' ' : tm_utf8_next(text.p, text.n, &at);
        if (cp == 0xA9)
            block->copyright = 1;
        if (tm_is_letter(cp) || tm_is_digit(cp)) {
            char bytes[4];
            size_t k = tm_utf8_put(tm_lower(cp), bytes);
            if (n + k <= TM_HTML_WORD)
                memcpy(word + n, bytes, k);
            n += k;
        } else if (n != 0) {
            block->words++;
            block->common += n <= TM_HTML_WORD && tm_html_is_common(word);
            memset(word, 0, sizeof word);
            n = 0;
        }
    }
}

static void end_link(struct page *page)
{
    if (page->link && page->text.out.n > page->link_start)
        page->linked += count_chars(page->text.out.p + page->link_start,
                                    page->text.out.n - page->link_start);
    page->link_start = page->text.out.n;
    page->link_raw = page->text.raw;
}

/* Takes back the sign that links a heading or paragraph to itself. */
static void drop_sign(struct page *page)
{
    struct tm_buf *out = &page->text.out;
    if (!page->anchor || out->n <= page->link_start)
        return;
    struct tm_str sign = tm_str_trim((struct tm_str){out->p + page->link_start,
                                                     out->n - page->link_start});
    if (tm_str_is(sign, "\xC2\xB6") || tm_str_is(sign, "\xC2\xA7") || tm_str_is(sign, "#")) {
        out->n = page->link_start;
        page->text.raw = page->link_raw;
    }
}

/* Blanks and no-break spaces alone, with which pages keep cells and lines apart. */
static bool is_spacer(struct tm_str text)
{
    size_t at = 0;
    while (at < text.n) {
        uint32_t cp = tm_utf8_next(text.p, text.n, &at);
        if (cp > ' ' && cp != 0xA0 && cp != 0xAD && cp != 0x200B && cp != 0xFEFF)
            return false;
    }
    return true;
}

/* Ends the block at hand; an empty one leaves no trace. */
static void end_block(struct page *page)
{
    struct tm_buf *out = &page->text.out;
    end_link(page);
    tm_html_text_border(&page->text);
    size_t start = page->block_start;
    struct tm_str all = {out->p + start, out->n - start};
    struct tm_str text = start == out->n ? TM_STR_UNKNOWN : tm_str_trim(all);
    if (!is_spacer(text)) {
        struct tm_html_block block = {
            .start = (uint32_t)(text.p - out->p),
            .n = (uint32_t)text.n,
            .raw = (uint32_t)(page->text.raw - page->block_raw),
            .linked = page->linked,
            .chars = count_chars(text.p, text.n),
            .heading = page->headings != 0,
            .form = page->forms != 0,
        };
        count_words(&block, text);
        size_t n = n_blocks(page);
        if (n == MOST_BLOCKS) {
            struct tm_html_block *last = &blocks_of(page)[n - 1];
            last->n = block.start + block.n - last->start;
            last->raw += block.raw;
            last->chars += block.chars;
            last->linked += block.linked;
            last->words += block.words;
            last->common += block.common;
        } else {
            tm_buf_add(&page->blocks, &block, sizeof block);
        }
    }
    page->block_start = out->n;
    page->block_raw = page->text.raw;
    page->linked = 0;
}

static bool is_left_out(const struct page *page, uint64_t tag)
{
    if (tag == page->open_ended)
        return false;
    switch (tag) {
    case TM_HTML_TAG('h', 'e', 'a', 'd', 'e', 'r', 0, 0):
    case TM_HTML_TAG('f', 'o', 'o', 't', 'e', 'r', 0, 0):
        return page->articles == 0;         /* an article's own holds its title */
    case TM_HTML_TAG('n', 'a', 'v', 0, 0, 0, 0, 0):
    case TM_HTML_TAG('a', 's', 'i', 'd', 'e', 0, 0, 0):
    case TM_HTML_TAG('b', 'u', 't', 't', 'o', 'n', 0, 0):
    case TM_HTML_TAG('s', 'e', 'l', 'e', 'c', 't', 0, 0):
    case TM_HTML_TAG('n', 'o', 's', 'c', 'r', 'i', 'p', 't'):
    case TM_HTML_TAG('t', 'e', 'm', 'p', 'l', 'a', 't', 'e'):
    case TM_HTML_TAG('s', 'v', 'g', 0, 0, 0, 0, 0):
    case TM_HTML_TAG('m', 'a', 't', 'h', 0, 0, 0, 0):
    case TM_HTML_TAG('o', 'b', 'j', 'e', 'c', 't', 0, 0):
    case TM_HTML_TAG('v', 'i', 'd', 'e', 'o', 0, 0, 0):
    case TM_HTML_TAG('a', 'u', 'd', 'i', 'o', 0, 0, 0):
    case TM_HTML_TAG('c', 'a', 'n', 'v', 'a', 's', 0, 0):
    case TM_HTML_TAG('d', 'i', 'a', 'l', 'o', 'g', 0, 0):
    case TM_HTML_TAG('m', 'e', 'n', 'u', 0, 0, 0, 0):
    case TM_HTML_TAG('t', 'e', 'x', 't', 'a', 'r', 'e', 'a'):
        return true;
    default:
        return false;
    }
}

/* Keeps the first value; its bytes are metadata. */
static void keep(struct page *page, struct tm_buf *buf, struct tm_str value)
{
    if (value.n == 0 || buf->n != 0)
        return;
    tm_html_decode(buf, value);
    page->metadata += value.n;
}

static void read_meta(struct page *page)
{
    struct tm_str raw = page->html.raw;
    struct tm_str name = tm_html_attribute(raw, "property");
    if (name.n == 0)
        name = tm_html_attribute(raw, "name");
    if (name.n == 0)
        name = tm_html_attribute(raw, "itemprop");
    struct tm_str value = tm_html_attribute(raw, "content");
    if (tm_str_is(name, "og:title")) {
        keep(page, &page->heading, value);
    } else if (tm_str_is(name, "og:url")) {
        keep(page, &page->og_url, value);
    } else if ((tm_str_is(name, "article:published_time") || tm_str_is(name, "datePublished"))
               && !page->published) {
        if (page->date.n != 0)
            page->date.n = 0;
        keep(page, &page->date, value);
        page->published = page->date.n != 0;
    }
}

static void open_tag(struct page *page)
{
    struct tm_html *html = &page->html;
    switch (html->tag) {
    case TM_HTML_META:
        read_meta(page);
        break;
    case TM_HTML_TAG('l', 'i', 'n', 'k', 0, 0, 0, 0):
        if (tm_str_is(tm_html_attribute(html->raw, "rel"), "canonical"))
            keep(page, &page->url, tm_html_attribute(html->raw, "href"));
        break;
    case TM_HTML_TIME:
        keep(page, &page->date, tm_html_attribute(html->raw, "datetime"));
        break;
    case TM_HTML_TITLE:
        page->in_title = true;
        break;
    case TM_HTML_A:
        end_link(page);
        page->anchor = tm_str_starts(tm_html_attribute(html->raw, "href"), TM_STR("#"));
        page->link = page->headings == 0 || !page->anchor;  /* a heading's link to itself is none */
        break;
    case TM_HTML_BR:
        tm_html_text_break(&page->text);
        break;
    default:
        break;
    }
}

/* Elements whose depth is counted: their end tags count down and never below nought. */
static void count_depth(struct page *page, uint64_t tag, bool opens)
{
    bool heading = (tag & 0xFF) == 'h' && ((tag >> 8) & 0xFF) - '1' < 6 && tag >> 16 == 0;
    unsigned *depth = tag == FORM                      ? &page->forms
                      : tag == MAIN || tag == ARTICLE ? &page->articles
                      : tag == TM_HTML_PRE            ? &page->text.pre
                      : heading                       ? &page->headings
                                                      : NULL;
    if (depth != NULL && (opens || *depth != 0))
        *depth = opens ? *depth + 1 : *depth - 1;
}

static void on_tag(struct page *page, bool opens)
{
    uint64_t tag = page->html.tag;
    if (page->dropped != NOBODY) {
        if (tag == page->dropped)
            page->dropped_depth = opens ? page->dropped_depth + 1 : page->dropped_depth - 1;
        if (page->dropped_depth == 0)
            page->dropped = NOBODY;
        return;
    }
    if (opens && is_left_out(page, tag)) {
        end_block(page);
        page->dropped = tag;
        page->dropped_depth = 1;
        return;
    }
    if (tm_html_is_block(tag))
        end_block(page);
    count_depth(page, tag, opens);
    if (opens) {
        open_tag(page);
    } else if (tag == TM_HTML_A) {
        drop_sign(page);
        end_link(page);
        page->link = page->anchor = false;
    } else if (tag == TM_HTML_TITLE) {
        page->in_title = false;
    }
}

static void on_text(struct page *page)
{
    struct tm_str raw = page->html.raw;
    if (page->in_title) {
        raw = tm_str_trim(raw);
        keep(page, &page->title, raw);
    } else if (page->dropped == NOBODY) {
        tm_html_text_add(&page->text, raw);
    }
}

static void walk(struct page *page)
{
    enum tm_html_event event;
    while ((event = tm_html_next(&page->html)) != TM_HTML_END) {
        if (event == TM_HTML_TEXT)
            on_text(page);
        else if (event == TM_HTML_OPEN || event == TM_HTML_CLOSE)
            on_tag(page, event == TM_HTML_OPEN);
    }
    end_block(page);
}

/* The text of the good blocks, a line feed between them. */
static bool assemble(struct page *page, struct tm_arena *arena, struct tm_html_page *ret)
{
    const struct tm_html_block *blocks = blocks_of(page);
    size_t n = n_blocks(page), length = 0;
    for (size_t i = 0; i < n; i++)
        length += blocks[i].verdict == TM_BLOCK_GOOD ? blocks[i].n + 1 : 0;
    char *text = tm_arena_alloc(arena, length);
    if (text == NULL)
        return false;
    size_t at = 0;
    for (size_t i = 0; i < n; i++) {
        if (blocks[i].verdict != TM_BLOCK_GOOD)
            continue;
        if (at != 0)
            text[at++] = '\n';
        memcpy(text + at, page->text.out.p + blocks[i].start, blocks[i].n);
        at += blocks[i].n;
        ret->reading.body += blocks[i].raw;
    }
    ret->text = (struct tm_str){text, at};
    return true;
}

static struct tm_str address(const struct tm_buf *buf)
{
    struct tm_str url = buf->n == 0 ? TM_STR_UNKNOWN : tm_str_trim(tm_buf_view(buf));
    bool web = tm_str_starts(url, TM_STR("https://")) || tm_str_starts(url, TM_STR("http://"));
    return web ? url : TM_STR_UNKNOWN;
}

/* One line, whatever stood in the source; unknown if nothing is left. */
static struct tm_str one_line(struct tm_arena *arena, const struct tm_buf *value, bool *failed)
{
    size_t n = 0;
    char *line = value->n == 0 ? NULL : tm_arena_alloc(arena, value->n);
    *failed |= value->n != 0 && line == NULL;
    for (size_t i = 0; line != NULL && i < value->n; i++) {
        bool blank = strchr(" \t\r\n\f", value->p[i]) != NULL;   /* a zero byte as well */
        if (!blank || (n != 0 && line[n - 1] != ' '))
            line[n++] = blank ? ' ' : value->p[i];
    }
    n -= n != 0 && line[n - 1] == ' ';
    return n == 0 ? TM_STR_UNKNOWN : (struct tm_str){line, n};
}

static bool fill(struct page *page, struct tm_arena *arena, struct tm_html_page *ret)
{
    bool failed = page->text.out.failed || page->blocks.failed || page->title.failed
                  || page->heading.failed || page->url.failed || page->og_url.failed
                  || page->date.failed;
    if (failed)
        return false;
    tm_html_judge(blocks_of(page), n_blocks(page));
    if (!assemble(page, arena, ret))
        return false;
    bool zone;
    struct tm_str url = address(&page->url);
    if (url.p == NULL)
        url = address(&page->og_url);
    ret->url = tm_arena_copy(arena, url);
    ret->title = one_line(arena, page->heading.n != 0 ? &page->heading : &page->title, &failed);
    ret->date = page->date.n == 0 ? TM_UNKNOWN
                                  : tm_ident_date(tm_str_trim(tm_buf_view(&page->date)), &zone);
    ret->mended = page->text.mended;
    ret->cut = page->html.cut;
    return !failed && (url.p == NULL || ret->url.p != NULL);
}

static void finish(struct page *page)
{
    tm_buf_finish(&page->text.out);
    tm_buf_finish(&page->blocks);
    tm_buf_finish(&page->title);
    tm_buf_finish(&page->heading);
    tm_buf_finish(&page->url);
    tm_buf_finish(&page->og_url);
    tm_buf_finish(&page->date);
}

static void read_page(struct page *page, const char *p, size_t n, uint64_t open_ended)
{
    *page = (struct page){.stream = {.p = (char *)(uintptr_t)p, .n = n, .ended = true}};
    page->open_ended = open_ended;
    page->text.collapse = true;
    tm_html_init(&page->html, &page->stream, n + 1);
    walk(page);
}

enum tm_status tm_html_page_read(const char *p, size_t n, struct tm_arena *arena,
                                 struct tm_html_page *ret, struct tm_err *err)
{
    struct page page;
    struct tm_html_page result = {.date = TM_UNKNOWN};
    read_page(&page, p, n, NOBODY);
    if (page.dropped != NOBODY) {       /* it would take the rest of the page with it */
        uint64_t open_ended = page.dropped;
        finish(&page);
        read_page(&page, p, n, open_ended);
    }
    bool good = fill(&page, arena, &result);
    result.reading.metadata = page.metadata;
    finish(&page);
    if (!good)
        return tm_fail(err, TM_ERR_NOMEM, NULL, TM_NO_OFFSET, "out of memory");
    result.reading.markup = n - result.reading.metadata - result.reading.body;
    result.reading.decode = (int64_t)result.text.n - (int64_t)result.reading.body;
    *ret = result;
    return TM_OK;
}

bool tm_html_title_object(struct tm_arena *arena, struct tm_str title, struct tm_str *ret)
{
    struct tm_buf buf = {0};
    *ret = TM_STR_UNKNOWN;
    if (title.p == NULL)
        return true;
    tm_buf_text(&buf, "{\"title\":");
    tm_json_put_str(&buf, title);
    tm_buf_byte(&buf, '}');
    if (!buf.failed)
        *ret = tm_arena_copy(arena, tm_buf_view(&buf));
    tm_buf_finish(&buf);
    return ret->p != NULL;
}
