/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/filter.h"

#include "base/json_write.h"

static void put_list(struct tm_buf *buf, const struct tm_str *list, size_t n)
{
    tm_buf_byte(buf, '[');
    for (size_t i = 0; i < n; i++) {
        if (i != 0)
            tm_buf_byte(buf, ',');
        tm_json_put_str(buf, list[i]);
    }
    tm_buf_byte(buf, ']');
}

static void put_pair(struct tm_buf *buf, const char *key, struct tm_str value)
{
    tm_buf_printf(buf, ",\"%s\":", key);
    tm_json_put_str(buf, value);
}

void filter_put_document(struct tm_buf *buf, const struct tm_doc *doc, bool cleaned)
{
    tm_buf_text(buf, "{\"doc_id\":");
    tm_json_put_str(buf, doc->doc_id);
    put_pair(buf, "text", doc->text);
    put_pair(buf, "channel", doc->channel);
    put_pair(buf, "forwarded_from", doc->forwarded_from);
    put_pair(buf, "author", doc->author);
    tm_buf_text(buf, ",\"date\":");
    tm_json_put_time(buf, doc->date);
    tm_buf_text(buf, ",\"edited\":");
    tm_json_put_time(buf, doc->edited);
    put_pair(buf, "url", doc->url);
    put_pair(buf, "reply_to", doc->reply_to);
    put_pair(buf, "media", doc->media);
    tm_buf_text(buf, ",\"views\":");
    tm_json_put_i64(buf, doc->views);
    if (cleaned) {
        tm_buf_text(buf, ",\"hashtags\":");
        put_list(buf, doc->hashtags, doc->n_hashtags);
        tm_buf_printf(buf, ",\"ad\":%s", doc->ad ? "true" : "false");
    }
    tm_buf_text(buf, ",\"urls\":");
    put_list(buf, doc->urls, doc->n_urls);
    tm_buf_text(buf, ",\"extra\":");
    tm_buf_str(buf, doc->extra.p == NULL ? TM_STR("null") : doc->extra);
    put_pair(buf, "source_file", doc->source_file);
    tm_buf_text(buf, ",\"source_offset\":");
    tm_buf_u64(buf, doc->source_offset);
    tm_buf_text(buf, ",\"source_length\":");
    tm_buf_u64(buf, doc->source_length);
    tm_buf_text(buf, "}\n");
}

bool filter_write(struct tm_buf *buf)
{
    bool good = !buf->failed && fwrite(buf->p == NULL ? "" : buf->p, 1, buf->n, stdout) == buf->n;
    buf->n = 0;
    return good;
}

int filter_run(struct cli *cli, const struct tm_recipe *recipe, size_t bytes, filter_fn *each,
               void *user)
{
    struct tm_err err = {0};
    struct tm_source *source = NULL;
    struct tm_batch *batch = tm_batch_create();
    struct tm_buf out = {0};
    enum tm_status status = batch == NULL
        ? tm_fail(&err, TM_ERR_NOMEM, "", TM_NO_OFFSET, "out of memory")
        : tm_source_create(cli_notify, cli, &source, &err);
    if (status == TM_OK)
        status = tm_recipe_open(recipe, source, &err);
    bool good = true;
    while (status == TM_OK && good) {
        tm_batch_reset(batch);
        status = tm_source_read(source, bytes, batch, &err);
        if (status >= TM_OK) {
            enum tm_status done = each(user, batch, &out, &err);
            status = done == TM_OK ? status : done;
        }
        good = filter_write(&out);
    }
    tm_buf_finish(&out);
    tm_batch_destroy(batch);
    tm_source_destroy(source);
    if (status >= TM_OK && !good && ferror(stdout) == 0)
        status = tm_fail(&err, TM_ERR_NOMEM, "", TM_NO_OFFSET, "out of memory");
    if (status < TM_OK)
        return cli_fail(cli, &err);
    return cli_finish(cli, cli->faults == 0 ? EXIT_DONE : EXIT_PARTLY);
}
