/* SPDX-License-Identifier: Apache-2.0 */
/* Places are written as they come, and read again in order: for the ids of those that stay, then
 * for what was decided. */
#include <stdlib.h>
#include <string.h>

#include <tolmach/dedup.h>

#include "base/buf.h"
#include "base/sorter.h"
#include "base/tempfile.h"
#include "core/codec.h"
#include "dedup/prints.h"

#define READ_BYTES ((size_t)64 << 10)

/* A place, with its id behind it. */
struct place {
    uint64_t document;
    uint32_t segment;
    uint32_t id;                    /* bytes */
};

/* Places read in order. */
struct walk {
    struct tm_tempreader reader;
    uint64_t next;                  /* number of the next place */
};

struct tm_exact {
    char *folder;
    size_t budget;
    struct tm_prints *prints;
    struct tm_tempfile *places;
    struct walk walk;
    struct tm_sorter *decisions;    /* by the text's number */
    struct tm_buf payload;
    uint64_t n;
};

static enum tm_status no_memory(struct tm_err *err)
{
    return tm_fail(err, TM_ERR_NOMEM, "", TM_NO_OFFSET, "out of memory");
}

enum tm_status tm_exact_create(const char *folder, size_t budget, struct tm_exact **ret_exact,
                               struct tm_err *err)
{
    struct tm_exact *exact = calloc(1, sizeof *exact);
    if (exact == NULL)
        return no_memory(err);
    exact->budget = budget;
    exact->folder = strdup(folder);
    enum tm_status status = exact->folder == NULL ? no_memory(err) : TM_OK;
    if (status == TM_OK)
        status = tm_prints_create(folder, budget / 4 * 3, &exact->prints, err);
    if (status == TM_OK)
        status = tm_tempfile_create(folder, &exact->places, err);
    if (status != TM_OK) {
        tm_exact_destroy(exact);
        return status;
    }
    *ret_exact = exact;
    return TM_OK;
}

void tm_exact_destroy(struct tm_exact *exact)
{
    if (exact == NULL)
        return;
    tm_tempreader_close(&exact->walk.reader);
    tm_prints_destroy(exact->prints);
    tm_tempfile_destroy(exact->places);
    tm_sorter_destroy(exact->decisions);
    tm_buf_finish(&exact->payload);
    free(exact->folder);
    free(exact);
}

enum tm_status tm_exact_add(struct tm_exact *exact, struct tm_fingerprint fingerprint,
                            int64_t date, uint64_t document, uint32_t segment, struct tm_str id,
                            struct tm_err *err)
{
    if (exact->n >> (64 - TM_NUMBER_AT) != 0 || id.n > UINT32_MAX)
        return tm_fail(err, TM_ERR_LIMIT, "", TM_NO_OFFSET, "too many texts, or an id too long");
    struct place place = {document, segment, (uint32_t)id.n};
    exact->n++;
    enum tm_status status = tm_prints_add(exact->prints, fingerprint, date, err);
    if (status == TM_OK)
        status = tm_tempfile_append(exact->places, &place, sizeof place, err);
    return status == TM_OK ? tm_tempfile_append(exact->places, id.p, id.n, err) : status;
}

static enum tm_status begin_walk(struct tm_exact *exact, struct tm_err *err)
{
    tm_tempreader_close(&exact->walk.reader);
    exact->walk.next = 0;
    return tm_tempreader_open(&exact->walk.reader, exact->places, 0,
                              tm_tempfile_size(exact->places), READ_BYTES, err);
}

/* Steps forward to a place; its id is good until the next call. */
static enum tm_status walk_to(struct tm_exact *exact, uint64_t number, struct place *ret_place,
                              struct tm_str *ret_id, struct tm_err *err)
{
    struct walk *walk = &exact->walk;
    enum tm_status status = TM_OK;
    while (walk->next <= number && status == TM_OK) {
        const char *p;
        status = tm_tempreader_take(&walk->reader, sizeof *ret_place, &p, err);
        if (status != TM_OK)
            break;
        memcpy(ret_place, p, sizeof *ret_place);
        ret_id->n = ret_place->id;
        status = tm_tempreader_take(&walk->reader, ret_place->id, &ret_id->p, err);
        walk->next++;
    }
    return status == TM_END ? tm_fail(err, TM_ERR_INTERNAL, "", TM_NO_OFFSET,
                                      "the temporary file of places is cut")
                            : status;
}

/* A decision's payload: 'd' and the survivor's id, or 's' and the number of duplicates. */
static enum tm_status decide(struct tm_exact *exact, uint64_t number, char kind,
                             struct tm_str value, struct tm_err *err)
{
    struct tm_buf *buf = &exact->payload;
    buf->n = 0;
    tm_put_be64(buf, number);
    tm_buf_byte(buf, kind);
    tm_buf_str(buf, value);
    if (buf->failed)
        return no_memory(err);
    return tm_sorter_add(exact->decisions, (struct tm_str){buf->p, 8},
                         (struct tm_str){buf->p + 8, buf->n - 8}, err);
}

static enum tm_status end_group(struct tm_exact *exact, uint64_t survivor, uint64_t dups,
                                struct tm_err *err)
{
    char count[8];
    for (int i = 0; i < 8; i++)
        count[i] = (char)(dups >> (56 - 8 * i));
    return dups == 0 ? TM_OK : decide(exact, survivor, 's',
                                      (struct tm_str){count, sizeof count}, err);
}

/* Copies come sorted by the one that stays. */
static enum tm_status tell(struct tm_exact *exact, struct tm_keys *copies, struct tm_err *err)
{
    uint64_t survivor = UINT64_MAX;
    uint64_t dups = 0;
    struct place place;
    struct tm_str id = {NULL, 0};
    enum tm_status status = begin_walk(exact, err);
    if (status == TM_OK)
        status = tm_keys_rewind(copies, err);
    while (status == TM_OK) {
        struct tm_key copy;
        status = tm_keys_next(copies, &copy, err);
        if (status != TM_OK)
            break;
        uint64_t stays = copy.high >> TM_NUMBER_AT;
        if (stays != survivor) {
            status = end_group(exact, survivor, dups, err);
            if (status == TM_OK)
                status = walk_to(exact, stays, &place, &id, err);
            survivor = stays;
            dups = 0;
        }
        dups++;
        if (status == TM_OK)
            status = decide(exact, copy.low >> TM_NUMBER_AT, 'd', id, err);
    }
    return status == TM_END ? end_group(exact, survivor, dups, err) : status;
}

enum tm_status tm_exact_decide(struct tm_exact *exact, struct tm_err *err)
{
    struct tm_keys *copies = NULL;
    enum tm_status status = tm_tempfile_flush(exact->places, err);
    if (status == TM_OK)
        status = tm_keys_create(exact->folder, exact->budget / 4, 0, &copies, err);
    if (status == TM_OK)
        status = tm_prints_decide(exact->prints, copies, err);
    tm_prints_destroy(exact->prints);
    exact->prints = NULL;
    if (status == TM_OK)
        status = tm_sorter_create(exact->folder, exact->budget / 2, &exact->decisions, err);
    if (status == TM_OK)
        status = tell(exact, copies, err);
    tm_keys_destroy(copies);
    if (status == TM_OK)
        status = tm_sorter_rewind(exact->decisions, err);
    return status == TM_OK ? begin_walk(exact, err) : status;
}

enum tm_status tm_exact_next(struct tm_exact *exact, struct tm_decision *ret_decision,
                             struct tm_err *err)
{
    struct tm_str key, payload, id;
    struct place place;
    enum tm_status status = tm_sorter_next(exact->decisions, &key, &payload, err);
    if (status == TM_OK)
        status = walk_to(exact, tm_get_be64(key.p), &place, &id, err);
    if (status != TM_OK)
        return status;
    *ret_decision = (struct tm_decision){.document = place.document, .segment = place.segment};
    if (payload.p[0] == 's')
        ret_decision->n_dups = tm_get_be64(payload.p + 1);
    else
        ret_decision->dup_of = (struct tm_str){payload.p + 1, payload.n - 1};
    ret_decision->kind = TM_DUP_EXACT;
    ret_decision->similarity = 10000;
    return TM_OK;
}
