/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Any other web page: one document of its main text (see html_page.h). Its title goes to `extra`,
 * for a page has no channel; its source is the host of its canonical address, so that what recurs
 * on a site is learnt from all its pages.
 */
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "source/html_page.h"
#include "source/ident.h"
#include "source/reader.h"

struct web {
    struct tm_file *file;
    bool done;
};

static enum tm_status make_document(struct web *web, struct tm_err *err)
{
    struct tm_file *file = web->file;
    struct tm_stream *stream = file->stream;
    struct tm_arena *arena = file->batch->arena;
    struct tm_html_page page;
    enum tm_status status = tm_html_page_read(stream->p, stream->n, arena, &page, err);
    if (status != TM_OK)
        return status;
    struct tm_doc *doc = tm_file_begin(file);
    struct tm_str channel = tm_str_of(file->options->channel);
    struct tm_ident ident = {.source = channel.p != NULL ? channel : tm_ident_host(page.url),
                             .url = page.url};
    if (ident.source.p == NULL)
        ident.source = tm_str_of(file->name);
    if (doc == NULL || !tm_html_title_object(arena, page.title, &doc->extra))
        goto failed;
    doc->text = page.text;
    doc->markup = TM_MARKUP_NONE;
    doc->url = page.url;
    doc->date = page.date;
    doc->channel = tm_arena_copy(arena, channel);
    doc->source_offset = stream->offset;
    doc->source_length = stream->n;
    doc->reading = page.reading;
    if ((channel.p != NULL && doc->channel.p == NULL) || !tm_ident_fill(&ident, arena, doc))
        goto failed;
    tm_file_document(file, doc);
    if (page.mended != 0) {
        tm_file_tell(file, TM_WARNING, stream->offset, NULL,
                     "%llu places that are not UTF-8 became U+FFFD",
                     (unsigned long long)page.mended);
        file->report->repairs += page.mended;
    }
    if (page.cut)
        tm_file_tell(file, TM_WARNING, stream->offset + stream->n, NULL,
                     "the page ends inside a tag, a comment or a script");
    tm_stream_consume(stream, stream->n);
    return TM_OK;
failed:
    return tm_fail(err, TM_ERR_NOMEM, file->name, stream->offset, "out of memory");
}

static enum tm_status web_next(void *state, struct tm_err *err)
{
    struct web *web = state;
    struct tm_file *file = web->file;
    size_t largest = file->options->max_document;
    if (web->done)
        return TM_END;
    web->done = true;
    if (!tm_stream_ensure(file->stream, largest + 1))
        return file->stream->n == 0 ? TM_END : make_document(web, err);
    uint64_t start = file->stream->offset;
    tm_file_tell(file, TM_FAULT, start, "raise max_document", "page of more than %zu bytes",
                 largest);
    tm_stream_drain(file->stream);
    tm_file_broken(file, start, file->stream->offset);
    return TM_END;
}

static enum tm_status web_open(struct tm_file *file, void **ret_state, struct tm_err *err)
{
    struct web *web = calloc(1, sizeof *web);
    if (web == NULL)
        return tm_fail(err, TM_ERR_NOMEM, file->name, TM_NO_OFFSET, "out of memory");
    web->file = file;
    tm_file_skip_bom(file->stream);
    *ret_state = web;
    return TM_OK;
}

/* Begins with a doctype, a comment or <html>, or with another tag of HTML. */
static int web_bid(const char *p, size_t n)
{
    static const char *const firsts[] = {"!doctype html", "html", "head", "body", "!--", "meta",
                                         "title", "div", "p>", "article", "section", "h1", "table",
                                         "script", "link"};
    struct tm_str head = tm_str_trim((struct tm_str){p, n});
    if (head.n < 3 || head.p[0] != '<')
        return 0;
    if (tm_str_starts(head, TM_STR("<?xml")) && memmem(p, n, "<html", 5) != NULL)
        return 70;
    for (size_t i = 0; i < sizeof firsts / sizeof *firsts; i++) {
        size_t k = strlen(firsts[i]);
        if (head.n > k && tm_ascii_alike(head.p + 1, firsts[i], k))
            return i < 4 ? 70 : 55;
    }
    return 0;
}

const struct tm_format tm_format_html = {
    "html", web_bid, web_open, web_next, free,
};
