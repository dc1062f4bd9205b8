/* SPDX-License-Identifier: Apache-2.0 */
/*
 * From a WARC record to a document. Its source bytes are those of the record; what the codings of
 * HTTP and the encoding of the text made of the payload is its `recode`.
 */
#include "source/warc.h"

#include "base/scan.h"
#include "base/str.h"
#include "source/html_page.h"
#include "source/ident.h"

struct payload {
    struct tm_str body;             /* as it stands in the record */
    struct tm_str text;             /* without the codings of HTTP, then as UTF-8 */
    char type[64];
    char charset[64];               /* as HTTP says it, or "" */
    uint64_t mended;
};

static enum tm_warc_outcome broken(struct tm_warc_pages *pages, uint64_t offset, const char *why)
{
    tm_file_tell(pages->file, TM_FAULT, offset, NULL, "the page cannot be read: %s", why);
    return TM_WARC_BROKEN;
}

static bool is_html(const char *type)
{
    return strcmp(type, "text/html") == 0 || strcmp(type, "application/xhtml+xml") == 0;
}

/* Takes the block apart: an HTTP response of status 200, or the content itself. */
static enum tm_warc_outcome open_payload(struct tm_warc_pages *pages, struct tm_str head,
                                         struct tm_str block, uint64_t offset,
                                         struct payload *payload)
{
    struct tm_http http;
    const char *why = "out of memory";
    struct tm_str type = tm_http_field(head, "Content-Type");
    bool response = tm_str_is(tm_http_field(head, "WARC-Type"), "response")
                    || (type.n > 16 && tm_ascii_alike(type.p, "application/http", 16));
    tm_http_response(block, &http);
    if (!response) {
        http = (struct tm_http){200, {"", 0}, block};
    } else {
        if (http.status == 0)
            return broken(pages, offset, "it is no HTTP response");
        type = tm_http_field(http.head, "Content-Type");
    }
    tm_http_type(type, payload->type, payload->charset);
    bool unknown = payload->type[0] == '\0' || strcmp(payload->type, "unknown") == 0;
    if (http.status != 200
        || (!unknown && !is_html(payload->type) && strcmp(payload->type, "text/plain") != 0))
        return TM_WARC_NONE;
    enum tm_status status = tm_http_body(&http, pages->file->options->max_document, pages->coded,
                                         &payload->text, &why);
    if (status == TM_ERR_NOMEM)
        return TM_WARC_STOP;
    if (status != TM_OK)
        return broken(pages, offset, why);
    payload->body = http.body;
    if (!unknown)
        return TM_WARC_PAGE;
    struct tm_str start = tm_str_trim(payload->text);
    memcpy(payload->type, "text/html", 10);
    return start.n != 0 && start.p[0] == '<' ? TM_WARC_PAGE : TM_WARC_NONE;
}

/* Copies text, and what is no UTF-8 as U+FFFD. */
static void mend(struct tm_str text, struct tm_buf *out, uint64_t *mended)
{
    for (size_t at = 0; at < text.n;) {
        size_t good = tm_scan_utf8(text.p + at, text.n - at);
        tm_buf_add(out, text.p + at, good);
        at += good;
        if (at < text.n) {
            tm_buf_text(out, "\xEF\xBF\xBD");
            at++;
            ++*mended;
        }
    }
}

/* Which encoding the payload is in: as the user says, else by the bytes, with what HTTP or the page
 * declares as a hint. False if it declares one that is not read. */
static bool find_encoding(struct tm_warc_pages *pages, const struct payload *payload,
                          char room[64], struct tm_encoding_guess *guess)
{
    const char *given = pages->file->options->encoding;
    struct tm_str text = payload->text;
    struct tm_encoding declared;
    char name[64];
    *guess = (struct tm_encoding_guess){.confidence = 100};
    if (given != NULL)
        return tm_encoding_named(given, room, &guess->encoding);
    bool says = payload->charset[0] != '\0';
    if (says)
        memcpy(name, payload->charset, sizeof name);
    else
        says = tm_encoding_declared(text.p, text.n, name);
    bool known = says && tm_encoding_named(name, room, &declared);
    tm_encoding_guess(text.p, text.n, known ? &declared : NULL, true, guess);
    return !says || known || guess->encoding.kind == TM_ENCODING_UTF8;
}

static enum tm_warc_outcome bring_to_utf8(struct tm_warc_pages *pages, struct payload *payload)
{
    struct tm_encoding_guess guess;
    char room[64];
    if (!find_encoding(pages, payload, room, &guess)) {
        pages->foreign++;
        return TM_WARC_NONE;
    }
    struct tm_buf *out = &pages->text;
    struct tm_str text = {payload->text.p + guess.mark, payload->text.n - guess.mark};
    bool utf8 = guess.encoding.kind == TM_ENCODING_UTF8;
    pages->unsure += guess.confidence < 90;
    payload->text = text;
    if (utf8 && (is_html(payload->type) || tm_scan_utf8(text.p, text.n) == text.n))
        return TM_WARC_PAGE;
    out->n = 0;
    if (utf8)
        mend(text, out, &payload->mended);
    else
        tm_decode(&guess.encoding, text.p, text.n, out, &payload->mended);
    payload->text = out->n == 0 ? TM_STR("") : tm_buf_view(out);
    return out->failed ? TM_WARC_STOP : TM_WARC_PAGE;
}

/* The page's text, or the plain text as it is. */
static enum tm_status read_text(struct tm_warc_pages *pages, struct payload *payload,
                                struct tm_arena *arena, struct tm_html_page *page,
                                struct tm_err *err)
{
    if (is_html(payload->type))
        return tm_html_page_read(payload->text.p, payload->text.n, arena, page, err);
    struct tm_str text = tm_str_trim(payload->text);
    *page = (struct tm_html_page){.date = TM_UNKNOWN};
    page->text = tm_arena_copy(arena, text.n == 0 ? TM_STR("") : text);
    page->reading.body = text.n;
    return page->text.p != NULL ? TM_OK
                                : tm_fail(err, TM_ERR_NOMEM, pages->file->name, TM_NO_OFFSET,
                                          "out of memory");
}

static struct tm_str target_of(struct tm_str head)
{
    struct tm_str url = tm_http_field(head, "WARC-Target-URI");
    if (url.n >= 2 && url.p[0] == '<' && url.p[url.n - 1] == '>')
        url = (struct tm_str){url.p + 1, url.n - 2};    /* as some writers of 1.0 have it */
    return tm_scan_utf8(url.p == NULL ? "" : url.p, url.n) == url.n ? url : TM_STR_UNKNOWN;
}

static enum tm_warc_outcome make_document(struct tm_warc_pages *pages, struct tm_str head,
                                          struct payload *payload, struct tm_str place,
                                          uint64_t offset, struct tm_err *err)
{
    struct tm_file *file = pages->file;
    struct tm_arena *arena = file->batch->arena;
    struct tm_str url = target_of(head), date = tm_http_field(head, "WARC-Date");
    struct tm_html_page page;
    bool zone;
    if (read_text(pages, payload, arena, &page, err) != TM_OK)
        return TM_WARC_STOP;
    struct tm_doc *doc = tm_file_begin(file);
    struct tm_str channel = tm_str_of(file->options->channel);
    struct tm_ident ident = {.source = channel.p != NULL ? channel : tm_ident_host(url), .url = url};
    if (ident.source.p == NULL)
        ident.source = tm_str_of(file->name);
    if (doc == NULL)
        goto failed;
    doc->text = page.text;
    doc->markup = TM_MARKUP_NONE;
    doc->url = tm_arena_copy(arena, url);
    doc->channel = tm_arena_copy(arena, channel);
    doc->date = date.n == 0 ? TM_UNKNOWN : tm_ident_date(date, &zone);
    doc->source_offset = offset;
    doc->source_length = place.n;
    doc->reading.metadata = page.reading.metadata + url.n + date.n;
    doc->reading.body = page.reading.body;
    doc->reading.recode = (int64_t)payload->text.n - (int64_t)payload->body.n;
    if ((url.p != NULL && doc->url.p == NULL) || (channel.p != NULL && doc->channel.p == NULL)
        || !tm_html_title_object(arena, page.title, &doc->extra) || !tm_ident_fill(&ident, arena, doc))
        goto failed;
    file->report->repairs += payload->mended + page.mended;
    tm_file_document(file, doc);
    return TM_WARC_PAGE;
failed:
    tm_fail(err, TM_ERR_NOMEM, file->name, offset, "out of memory");
    return TM_WARC_STOP;
}

enum tm_warc_outcome tm_warc_page(struct tm_warc_pages *pages, const char *record, size_t head,
                                  size_t n, uint64_t offset, struct tm_err *err)
{
    struct payload payload = {.type = ""};
    struct tm_str fields = {record, head}, block = {record + head, n - head};
    enum tm_warc_outcome outcome = open_payload(pages, fields, block, offset, &payload);
    if (outcome == TM_WARC_PAGE)
        outcome = bring_to_utf8(pages, &payload);
    if (outcome == TM_WARC_PAGE)
        return make_document(pages, fields, &payload, (struct tm_str){record, n}, offset, err);
    if (outcome == TM_WARC_STOP)
        tm_fail(err, TM_ERR_NOMEM, pages->file->name, offset, "out of memory");
    return outcome;
}

void tm_warc_pages_finish(struct tm_warc_pages *pages)
{
    if (pages->unsure != 0)
        tm_file_tell(pages->file, TM_NOTE, TM_NO_OFFSET, "--encoding NAME, if all are in one",
                     "the encoding of %llu pages is a guess", (unsigned long long)pages->unsure);
    if (pages->foreign != 0)
        tm_file_tell(pages->file, TM_NOTE, TM_NO_OFFSET, NULL,
                     "%llu pages in encodings that are not read are passed over",
                     (unsigned long long)pages->foreign);
    tm_buf_finish(&pages->coded[0]);
    tm_buf_finish(&pages->coded[1]);
    tm_buf_finish(&pages->text);
}
