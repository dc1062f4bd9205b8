/* SPDX-License-Identifier: Apache-2.0 */
#include "build/recall.h"

#include <stdlib.h>
#include <zstd.h>

#include "base/str.h"
#include "build/index.h"
#include "build/journal.h"
#include "build/segmenter.h"
#include "core/codec.h"

/* Bytes of text and metadata in a load, about. */
#define SPAN ((uint64_t)256 << 10)
#define LEVEL (-1)              /* of zstd: fast rather than small */
#define MOST_ENTRY ((unsigned long long)1 << 30)

struct tm_recall {
    const struct job *job;
    struct tm_hash128 cleaning;     /* digest of settings and versions */
    struct tm_entry_basis basis;
    size_t source;                  /* whose digest `learnt` is; SIZE_MAX: of none */
    struct tm_hash128 learnt;
    size_t next_line;               /* first learnt line of later sources */
    struct tm_buf scratch;
};

static enum tm_status no_memory(struct tm_err *err)
{
    return tm_fail(err, TM_ERR_NOMEM, "", TM_NO_OFFSET, "out of memory");
}

/* The threshold is not part of the names: clean documents are segmented again. Sentences need what
 * cleaning alone knows, and there it is. */
static void begin_keys(struct tm_recall *recall)
{
    struct tm_recipe recipe = *recall->job->recipe;
    struct tm_buf *buf = &recall->scratch;
    recall->basis.threshold = recipe.threshold;
    tm_settings_write_rows(&recipe, buf);
    if (recall->job->against != NULL) {
        uint64_t digest = tm_against_digest(recall->job->against);
        tm_buf_add(buf, &digest, sizeof digest);
    }
    recall->basis.settings = tm_hash128_of(buf->p, buf->n);
    buf->n = 0;
    if (recipe.unit != TM_UNIT_SENTENCE)
        recipe.threshold = 0;
    tm_index_put_head(buf, &recipe);
    recall->cleaning = tm_hash128_of(buf->p, buf->n);
}

enum tm_status tm_recall_create(const struct job *job, struct tm_recall **ret_recall,
                                struct tm_err *err)
{
    struct tm_recall *recall = calloc(1, sizeof *recall);
    if (recall == NULL)
        return no_memory(err);
    *recall = (struct tm_recall){.job = job, .source = SIZE_MAX};
    begin_keys(recall);
    if (!recall->scratch.failed) {
        *ret_recall = recall;
        return TM_OK;
    }
    tm_recall_destroy(recall);
    return no_memory(err);
}

void tm_recall_destroy(struct tm_recall *recall)
{
    if (recall != NULL)
        tm_buf_finish(&recall->scratch);
    free(recall);
}

/* The digest of what was learnt of a source, and of its title. Learnt lines come in byte order of
 * the sources' keys, as the sources do. */
static void note_source(struct tm_recall *recall, size_t index)
{
    const struct job_source *source = &recall->job->sources[index];
    const struct tm_learnt *learnt = recall->job->learnt;
    struct tm_buf *buf = &recall->scratch;
    size_t n = 0;
    const struct tm_learnt_line *lines = learnt == NULL ? NULL : tm_learnt_lines(learnt, &n);
    size_t i = recall->next_line;
    buf->n = 0;
    tm_buf_add(buf, &recall->cleaning, sizeof recall->cleaning);
    tm_buf_str(buf, source->title);
    tm_buf_byte(buf, learnt == NULL ? 0 : (char)tm_learnt_markup(learnt, source->key));
    while (i < n && tm_str_order(lines[i].source_key, source->key) < 0)
        i++;
    for (; i < n && tm_str_equal(lines[i].source_key, source->key); i++) {
        tm_buf_add(buf, lines[i].digest, sizeof lines[i].digest);
        tm_buf_byte(buf, (char)(lines[i].leading | lines[i].handle << 1 | lines[i].evident << 2 |
                                lines[i].removed << 3));
    }
    recall->next_line = i;
    recall->learnt = tm_hash128_of(buf->p, buf->n);
    recall->source = index;
}

static bool load_ends(uint64_t bytes, uint64_t last, struct tm_hash128 digest)
{
    return bytes >= 2 * SPAN ||
           (bytes >= SPAN / 4 && (digest.low >> 32) * (SPAN - SPAN / 4) < last << 32);
}

enum tm_status tm_recall_note(struct tm_recall *recall, struct load *load, size_t source,
                              const struct tm_doc *doc, bool *ret_ends, struct tm_err *err)
{
    struct tm_buf *buf = &recall->scratch;
    if (source != recall->source)
        note_source(recall, source);
    buf->n = 0;
    tm_buf_add(buf, &recall->learnt, sizeof recall->learnt);
    tm_buf_byte(buf, (char)doc->drop);
    tm_doc_encode(doc, buf);
    struct tm_hash128 both[2] = {load->key, tm_hash128_of(buf->p, buf->n)};
    load->key = tm_hash128_of(both, sizeof both);
    *ret_ends = load_ends(load->bytes, doc->text.n + 256, both[1]);
    return buf->failed ? no_memory(err) : TM_OK;
}

static bool unpack(const struct tm_buf *packed, struct tm_buf *content)
{
    unsigned long long size = ZSTD_getFrameContentSize(packed->p, packed->n);
    content->n = 0;
    if (size > MOST_ENTRY || !tm_buf_reserve(content, (size_t)size))
        return false;
    size_t n = ZSTD_decompress(content->p, (size_t)size, packed->p, packed->n);
    content->n = ZSTD_isError(n) ? 0 : n;
    return content->n == size;
}

enum tm_recalled tm_recall_get(const struct tm_recall *recall, struct load *load)
{
    if (!tm_journal_get(recall->job->journal, load->key, &load->packed) ||
        !unpack(&load->packed, &load->entry))
        return TM_RECALLED_NOTHING;
    return tm_entry_take(load, &recall->basis, tm_buf_view(&load->entry));
}

static bool pack(struct load *load)
{
    struct tm_buf *packed = &load->packed;
    size_t room = ZSTD_compressBound(load->entry.n);
    if (load->context == NULL)
        load->context = ZSTD_createCCtx();
    packed->n = 0;
    if (load->context == NULL || load->entry.failed || !tm_buf_reserve(packed, room))
        return false;
    size_t n = ZSTD_compressCCtx(load->context, packed->p, room, load->entry.p, load->entry.n,
                                 LEVEL);
    packed->n = ZSTD_isError(n) ? 0 : n;
    return packed->n != 0;
}

enum tm_status tm_recall_put(const struct tm_recall *recall, struct load *load, struct tm_err *err)
{
    tm_entry_put(load, &recall->basis, &load->entry);
    if (!pack(load))
        return no_memory(err);
    tm_journal_put(recall->job->journal, load->key, tm_buf_view(&load->packed));
    return TM_OK;
}
