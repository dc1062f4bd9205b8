/* SPDX-License-Identifier: Apache-2.0 */
#include "source/html_post.h"

#include <string.h>

#include "base/str.h"

#define MOST_LINKS 1000         /* more of one document are not kept */

void tm_html_post_init(struct tm_html_post *post, struct tm_file *file)
{
    memset(post, 0, sizeof *post);
    post->file = file;
    tm_file_skip_bom(file->stream);
    tm_html_init(&post->html, file->stream, file->options->max_document);
}

void tm_html_post_finish(struct tm_html_post *post)
{
    tm_buf_finish(&post->text.out);
    tm_buf_finish(&post->value.out);
    tm_buf_finish(&post->href);
}

uint32_t tm_html_post_classes(const struct tm_html_post *post, const struct tm_html_class *table)
{
    struct tm_str classes = tm_html_attribute(post->html.raw, "class");
    uint32_t bits = 0;
    size_t at = 0;
    while (at < classes.n) {
        size_t start = at;
        while (at < classes.n && classes.p[at] > ' ')
            at++;
        struct tm_str word = {classes.p + start, at - start};
        for (const struct tm_html_class *c = table; c->name.p != NULL && word.n != 0; c++) {
            if (word.n == c->name.n && word.p[0] == c->name.p[0] && tm_str_equal(word, c->name))
                bits |= c->bit;
        }
        at++;
    }
    return bits;
}

void tm_html_post_begin(struct tm_html_post *post)
{
    tm_html_text_reset(&post->text);
    post->start = post->html.start;
    post->divs = 1;
    post->region = TM_REGION_NONE;
    post->metadata = 0;
    post->links = NULL;
    post->n_links = post->room_links = 0;
    post->huge = false;
    post->href.n = 0;
}

void tm_html_post_enter(struct tm_html_post *post, int region)
{
    post->region = region;
    post->region_tag = post->html.tag;
    post->region_depth = 1;
    if (region == TM_REGION_TEXT)
        tm_html_text_border(&post->text);
    else
        tm_html_text_reset(&post->value);
}

void tm_html_post_keep(struct tm_html_post *post, struct tm_buf *buf, struct tm_str raw)
{
    buf->n = 0;
    tm_html_decode(buf, raw);
    post->metadata += raw.n;
}

void tm_html_post_keep_value(struct tm_html_post *post, struct tm_buf *buf)
{
    struct tm_str value = tm_html_text_view(&post->value);
    buf->n = 0;
    for (size_t i = 0; i < value.n; i++)
        tm_buf_byte(buf, value.p[i] == '\n' ? ' ' : value.p[i]);
    post->metadata += post->value.raw;
}

/* Each target once. The list has room for the next power of two, as the cleaner expects it. */
static void add_link(struct tm_html_post *post, struct tm_str target)
{
    struct tm_arena *arena = post->file->batch->arena;
    for (size_t i = 0; i < post->n_links; i++) {
        if (tm_str_equal(post->links[i], target))
            return;
    }
    if (post->n_links == MOST_LINKS)
        return;
    if (post->n_links == post->room_links) {
        size_t room = post->room_links == 0 ? 4 : 2 * post->room_links;
        struct tm_str *links = tm_arena_alloc(arena, room * sizeof *links);
        if (links == NULL) {
            post->failed = true;
            return;
        }
        if (post->n_links != 0)
            memcpy(links, post->links, post->n_links * sizeof *links);
        post->links = links;
        post->room_links = room;
    }
    struct tm_str copy = tm_arena_copy(arena, target);
    post->failed |= copy.p == NULL;
    post->links[post->n_links++] = copy;
    post->metadata += post->href_raw;
}

/* An address with or without its scheme and its last slash. */
static struct tm_str bare(struct tm_str url)
{
    const char *colon = url.n == 0 ? NULL : memmem(url.p, url.n, "://", 3);
    if (colon != NULL && colon - url.p < 8) {
        url.n -= (size_t)(colon - url.p) + 3;
        url.p = colon + 3;
    }
    url.n -= url.n != 0 && url.p[url.n - 1] == '/';
    return url;
}

/* Does a link say something else than its target? A mention, a hashtag or an address that was
 * made a link by the program does not. */
static bool tells_more(struct tm_str text, struct tm_str target)
{
    if (memmem(target.p, target.n, "://", 3) == NULL || tm_str_starts(target, TM_STR("tg://user?")))
        return false;
    if (text.n != 0 && (text.p[0] == '@' || text.p[0] == '#'))
        return false;
    return !tm_str_equal(bare(text), bare(target));
}

static void open_link(struct tm_html_post *post)
{
    struct tm_str raw = post->html.raw;
    struct tm_str href = tm_str_trim(tm_html_attribute(raw, "href"));
    post->href.n = 0;
    post->href_raw = href.n;
    tm_html_decode(&post->href, href);
    /* Links that ask before they open have been escaped twice since April 2024. */
    if (tm_html_attribute(raw, "onclick").n != 0 && post->href.n != 0
        && memmem(post->href.p, post->href.n, "&amp;", 5) != NULL) {
        size_t n = post->href.n;
        struct tm_buf again = {0};
        tm_html_decode(&again, (struct tm_str){post->href.p, n});
        tm_buf_finish(&post->href);
        post->href = again;
    }
    post->link_start = post->text.out.n;
}

static void close_link(struct tm_html_post *post)
{
    struct tm_buf *out = &post->text.out;
    if (post->href.n != 0 && out->n > post->link_start) {
        struct tm_str text = {out->p + post->link_start, out->n - post->link_start};
        struct tm_str target = tm_buf_view(&post->href);
        if (tells_more(tm_str_trim(text), target))
            add_link(post, target);
    }
    post->href.n = 0;
}

/* A tag inside the text. */
static void shape_text(struct tm_html_post *post, bool opens)
{
    uint64_t tag = post->html.tag;
    struct tm_html_text *text = &post->text;
    if (tag == TM_HTML_BR) {
        if (opens)
            tm_html_text_break(text);
    } else if (tag == TM_HTML_A) {
        if (opens)
            open_link(post);
        else
            close_link(post);
    } else if (tm_html_is_block(tag)) {
        tm_html_text_border(text);
        if (tag == TM_HTML_PRE)
            text->pre = opens ? text->pre + 1 : text->pre - (text->pre != 0);
    }
}

int tm_html_post_follow(struct tm_html_post *post, enum tm_html_event event)
{
    int region = post->region;
    bool is_text = region == TM_REGION_TEXT;
    if (event == TM_HTML_TEXT) {
        struct tm_html_text *to = is_text ? &post->text : &post->value;
        if (to->out.n <= post->file->options->max_document)
            tm_html_text_add(to, post->html.raw);
        return TM_REGION_NONE;
    }
    bool opens = event == TM_HTML_OPEN;
    if (post->html.tag == post->region_tag) {
        post->region_depth = opens ? post->region_depth + 1 : post->region_depth - 1;
        if (post->region_depth == 0) {
            post->region = TM_REGION_NONE;
            return region;
        }
    }
    if (is_text)
        shape_text(post, opens);
    return TM_REGION_NONE;
}

static bool is_usable(struct tm_html_post *post, uint64_t end)
{
    struct tm_file *file = post->file;
    size_t largest = file->options->max_document;
    if (post->huge || end - post->start > largest)
        tm_file_tell(file, TM_FAULT, post->start, "raise max_document",
                     "message of more than %zu bytes", largest);
    else if (post->text.mended != 0)
        tm_file_tell(file, TM_FAULT, post->start, NULL, "the message is not UTF-8");
    else
        return true;
    tm_file_broken(file, post->start, end);
    return false;
}

struct tm_doc *tm_html_post_document(struct tm_html_post *post, uint64_t end)
{
    struct tm_arena *arena = post->file->batch->arena;
    post->failed |= post->text.out.failed || post->value.out.failed || post->href.failed;
    if (post->failed || !is_usable(post, end))
        return NULL;
    struct tm_str text = tm_html_text_view(&post->text);
    text = tm_arena_copy(arena, text.n == 0 ? TM_STR("") : text);
    struct tm_doc *doc = text.p == NULL ? NULL : tm_file_begin(post->file);
    post->failed = doc == NULL;
    if (doc == NULL)
        return NULL;
    doc->text = text;
    doc->markup = TM_MARKUP_NONE;
    doc->urls = post->links;
    doc->n_urls = post->n_links;
    doc->source_offset = post->start;
    doc->source_length = end - post->start;
    doc->reading.body = post->text.raw;
    doc->reading.metadata = post->metadata;
    return doc;
}

void tm_html_post_cut(struct tm_html_post *post)
{
    struct tm_file *file = post->file;
    if (post->divs != 0) {
        tm_file_tell(file, TM_FAULT, post->start, NULL, "the file ends inside a message");
        tm_file_broken(file, post->start, file->stream->offset);
    } else if (post->html.cut) {
        tm_file_tell(file, TM_FAULT, file->stream->offset, NULL,
                     "the file ends inside a tag, a comment or a script");
    }
    post->divs = 0;
}

struct tm_str tm_html_post_copy(struct tm_html_post *post, const struct tm_buf *buf)
{
    struct tm_str copy = buf->n == 0 ? TM_STR_UNKNOWN
                                     : tm_arena_copy(post->file->batch->arena, tm_buf_view(buf));
    post->failed |= buf->failed || (buf->n != 0 && copy.p == NULL);
    return copy;
}
