/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>

#include <tolmach/dedup.h>
#include <tolmach/document.h>

#include "base/buf.h"
#include "base/sorter.h"
#include "core/codec.h"

/* Fingerprints sort by (digest, date, place) and carry the id; decisions sort by place. */
enum { DIGEST = 16, DATE = 8, PLACE = 12 };

struct tm_exact {
    struct tm_sorter *prints;
    struct tm_sorter *decisions;
    struct tm_buf key;
    struct tm_buf payload;
};

enum tm_status tm_exact_create(const char *folder, size_t budget, struct tm_exact **ret_exact,
                               struct tm_err *err)
{
    struct tm_exact *exact = calloc(1, sizeof *exact);
    if (exact == NULL)
        return tm_fail(err, TM_ERR_NOMEM, "", TM_NO_OFFSET, "out of memory");
    enum tm_status status = tm_sorter_create(folder, budget / 4 * 3, &exact->prints, err);
    if (status == TM_OK)
        status = tm_sorter_create(folder, budget / 4, &exact->decisions, err);
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
    tm_sorter_destroy(exact->prints);
    tm_sorter_destroy(exact->decisions);
    tm_buf_finish(&exact->key);
    tm_buf_finish(&exact->payload);
    free(exact);
}

static void put_be32(struct tm_buf *buf, uint32_t value)
{
    char bytes[4] = {(char)(value >> 24), (char)(value >> 16), (char)(value >> 8), (char)value};
    tm_buf_add(buf, bytes, sizeof bytes);
}

static enum tm_status no_memory(struct tm_err *err)
{
    return tm_fail(err, TM_ERR_NOMEM, "", TM_NO_OFFSET, "out of memory");
}

enum tm_status tm_exact_add(struct tm_exact *exact, struct tm_fingerprint fingerprint,
                            int64_t date, uint64_t document, uint32_t segment, struct tm_str id,
                            struct tm_err *err)
{
    exact->key.n = 0;
    tm_put_be64(&exact->key, fingerprint.high);
    tm_put_be64(&exact->key, fingerprint.low);
    tm_put_be_time(&exact->key, date);
    tm_put_be64(&exact->key, document);
    put_be32(&exact->key, segment);
    if (exact->key.failed)
        return no_memory(err);
    return tm_sorter_add(exact->prints, tm_buf_view(&exact->key), id, err);
}

/* A decision's payload: 'd' and the survivor's id, or 's' and the number of duplicates. */
static enum tm_status decide(struct tm_exact *exact, struct tm_str place, char kind,
                             struct tm_str value, struct tm_err *err)
{
    exact->payload.n = 0;
    tm_buf_byte(&exact->payload, kind);
    tm_buf_str(&exact->payload, value);
    if (exact->payload.failed)
        return no_memory(err);
    return tm_sorter_add(exact->decisions, place, tm_buf_view(&exact->payload), err);
}

/* The group under way: its digest, and the survivor's place and id. */
struct group {
    char digest[DIGEST];
    char place[PLACE];
    struct tm_buf id;
    uint64_t dups;
    bool open;
};

static enum tm_status end_group(struct tm_exact *exact, struct group *group, struct tm_err *err)
{
    if (!group->open || group->dups == 0)
        return TM_OK;
    char count[8];
    for (int i = 0; i < 8; i++)
        count[i] = (char)(group->dups >> (56 - 8 * i));
    return decide(exact, (struct tm_str){group->place, PLACE}, 's',
                  (struct tm_str){count, sizeof count}, err);
}

static enum tm_status next_print(struct tm_exact *exact, struct group *group, struct tm_str key,
                                 struct tm_str id, struct tm_err *err)
{
    struct tm_str place = {key.p + DIGEST + DATE, PLACE};
    if (group->open && memcmp(group->digest, key.p, DIGEST) == 0) {
        group->dups++;
        return decide(exact, place, 'd', tm_buf_view(&group->id), err);
    }
    enum tm_status status = end_group(exact, group, err);
    memcpy(group->digest, key.p, DIGEST);
    memcpy(group->place, place.p, PLACE);
    group->id.n = 0;
    tm_buf_str(&group->id, id);
    group->dups = 0;
    group->open = true;
    return group->id.failed ? no_memory(err) : status;
}

enum tm_status tm_exact_decide(struct tm_exact *exact, struct tm_err *err)
{
    struct group group = {.open = false};
    enum tm_status status = tm_sorter_rewind(exact->prints, err);
    while (status == TM_OK) {
        struct tm_str key, id;
        status = tm_sorter_next(exact->prints, &key, &id, err);
        if (status == TM_OK)
            status = next_print(exact, &group, key, id, err);
    }
    if (status == TM_END)
        status = end_group(exact, &group, err);
    tm_buf_finish(&group.id);
    return status == TM_OK ? tm_sorter_rewind(exact->decisions, err) : status;
}

enum tm_status tm_exact_next(struct tm_exact *exact, struct tm_decision *ret_decision,
                             struct tm_err *err)
{
    struct tm_str key, payload;
    enum tm_status status = tm_sorter_next(exact->decisions, &key, &payload, err);
    if (status != TM_OK)
        return status;
    const unsigned char *p = (const unsigned char *)key.p;
    *ret_decision = (struct tm_decision){
        .document = tm_get_be64(key.p),
        .segment = (uint32_t)p[8] << 24 | (uint32_t)p[9] << 16 | (uint32_t)p[10] << 8 | p[11],
    };
    if (payload.p[0] == 's')
        ret_decision->n_dups = tm_get_be64(payload.p + 1);
    else
        ret_decision->dup_of = (struct tm_str){payload.p + 1, payload.n - 1};
    ret_decision->kind = TM_DUP_EXACT;
    ret_decision->similarity = 10000;
    return TM_OK;
}
