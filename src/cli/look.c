/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/look.h"

#include <string.h>

#include <tolmach/document.h>
#include <tolmach/lang.h>

#define BATCH ((size_t)1 << 20)
/* So many bytes of a text tell its language. */
#define ENOUGH 400

/* Puts a name in the list if there is room and it is not there; false if there is none. */
static bool note(char *list, size_t size, const char *p, size_t n)
{
    if (n > size - 1)
        for (n = size - 1; n > 0 && ((unsigned char)p[n] & 0xC0) == 0x80;)
            n--;
    for (int i = 0; i < LOOK_NAMES; i++) {
        char *name = list + (size_t)i * size;
        if (name[0] == '\0') {
            for (size_t k = 0; k < n; k++)      /* names are shown in lines */
                name[k] = (unsigned char)p[k] < ' ' ? ' ' : p[k];
            name[n] = '\0';
        }
        size_t k = 0;
        while (k < n && (name[k] == p[k] || (name[k] == ' ' && (unsigned char)p[k] < ' ')))
            k++;
        if (k == n && name[n] == '\0')
            return true;
    }
    return false;
}

static void take(struct look *look, const struct tm_doc *doc)
{
    struct tm_lang_result result;
    size_t n = doc->text.n;
    if (n > ENOUGH)
        for (n = ENOUGH; n > 0 && ((unsigned char)doc->text.p[n] & 0xC0) == 0x80;)
            n--;
    look->documents++;
    look->text += doc->text.n;
    tm_lang_detect(doc->text.p, n, &result);
    look->by_lang[result.lang]++;
    if (doc->channel.p != NULL && doc->channel.n != 0 &&
        !note(look->channels[0], sizeof look->channels[0], doc->channel.p, doc->channel.n))
        look->more_channels++;
    look->undated += doc->date == TM_UNKNOWN;
    if (doc->date == TM_UNKNOWN)
        return;
    if (look->first == TM_UNKNOWN || doc->date < look->first)
        look->first = doc->date;
    if (look->last == TM_UNKNOWN || doc->date > look->last)
        look->last = doc->date;
}

enum tm_status look_at(const char *path, const struct tm_input_options *options, uint64_t most,
                       struct look *ret_look, struct tm_err *err)
{
    struct tm_source *source = NULL;
    struct look look = {.first = TM_UNKNOWN, .last = TM_UNKNOWN};
    struct tm_batch *batch = tm_batch_create();
    enum tm_status status = batch == NULL
        ? tm_fail(err, TM_ERR_NOMEM, "", TM_NO_OFFSET, "out of memory")
        : tm_source_create(NULL, NULL, &source, err);
    if (status == TM_OK)
        status = tm_source_add(source, path, NULL, options, err);
    while (status == TM_OK && tm_source_position(source) < most) {
        tm_batch_reset(batch);
        status = tm_source_read(source, BATCH, batch, err);
        for (size_t i = 0; i < batch->n && status >= TM_OK; i++)
            take(&look, &batch->docs[i]);
    }
    look.whole = status == TM_END;
    if (status >= TM_OK) {
        size_t n = 0;
        const struct tm_input_report *reports = tm_source_reports(source, &n);
        look.files = n;
        look.bytes = tm_source_size(source);
        look.seen = tm_source_position(source);
        for (size_t i = 0; i < n; i++)
            (void)note(look.formats[0], sizeof look.formats[0], reports[i].format,
                       strlen(reports[i].format));
        *ret_look = look;
        status = TM_OK;
    }
    tm_source_destroy(source);
    tm_batch_destroy(batch);
    return status;
}
