/* SPDX-License-Identifier: Apache-2.0 */
#include "pack/stats.h"

#include <stdio.h>
#include <stdlib.h>

#include <tolmach/release.h>

#include "pack/check.h"
#include "pack/ledger_json.h"
#include "pack/text.h"

uint64_t tm_stats_median(const uint64_t *histogram, uint64_t n)
{
    uint64_t seen = 0;
    for (uint64_t length = 0; length < TM_STATS_LENGTHS; length++) {
        seen += histogram[length];
        if (n != 0 && seen >= (n + 1) / 2)
            return length;
    }
    return 0;
}

/* Month of a time that check.c has found well formed. */
static size_t month_of(struct tm_str date)
{
    size_t year = 0;
    for (size_t i = 0; i < 4; i++)
        year = year * 10 + (size_t)(date.p[i] - '0');
    size_t month = (size_t)(date.p[5] - '0') * 10 + (size_t)(date.p[6] - '0');
    return year * 12 + (month >= 1 && month <= 12 ? month - 1 : 0);
}

static void count_record(struct tm_lang_stats *lang, const struct tm_record_facts *facts)
{
    lang->records++;
    lang->bytes += facts->text.n;
    lang->chars += facts->chars;
    lang->words += facts->words;
    lang->by_chars[facts->chars < TM_STATS_LENGTHS ? facts->chars : TM_STATS_LENGTHS - 1]++;
    lang->by_words[facts->words < TM_STATS_LENGTHS ? facts->words : TM_STATS_LENGTHS - 1]++;
    if (facts->date.p == NULL)
        lang->undated++;
    else
        lang->by_month[month_of(facts->date)]++;
}

static enum tm_status count_lang(struct tm_stats_numbers *stats, enum tm_pack_stream stream,
                                 struct tm_err *err)
{
    struct tm_lang_stats *lang = &stats->langs[stream];
    struct tm_walk walk;
    struct tm_buf last = {0};       /* doc_id: records of one document follow each other */
    const struct tm_value *row;
    uint64_t offset;
    tm_walk_begin(&walk, stats->opened, stream);
    enum tm_status status;
    while ((status = tm_walk_next(&walk, &row, &offset, err)) == TM_OK) {
        struct tm_record_facts facts;
        const char *fault = tm_check_record(row, NULL, &facts);
        if (fault != NULL) {
            status = tm_fail(err, TM_ERR_FORMAT, walk.rows.name, offset, "content: %s", fault);
            break;
        }
        if (lang->records == 0 || !tm_str_equal(tm_buf_view(&last), facts.doc_id)) {
            lang->documents++;
            last.n = 0;
            tm_buf_str(&last, facts.doc_id);
        }
        count_record(lang, &facts);
    }
    tm_walk_end(&walk);
    if (last.failed)
        status = tm_fail(err, TM_ERR_NOMEM, "", TM_NO_OFFSET, "out of memory");
    tm_buf_finish(&last);
    return status == TM_END ? TM_OK : status;
}

static enum tm_status count_all(struct tm_stats_numbers *stats, struct tm_err *err)
{
    enum tm_status status = TM_OK;
    for (int i = TM_PACK_RU; i <= TM_PACK_OTHER && status == TM_OK; i++) {
        struct tm_lang_stats *lang = &stats->langs[i];
        lang->by_chars = calloc(TM_STATS_LENGTHS, sizeof *lang->by_chars);
        lang->by_words = calloc(TM_STATS_LENGTHS, sizeof *lang->by_words);
        lang->by_month = calloc(TM_STATS_MONTHS, sizeof *lang->by_month);
        if (lang->by_chars == NULL || lang->by_words == NULL || lang->by_month == NULL)
            return tm_fail(err, TM_ERR_NOMEM, "", TM_NO_OFFSET, "out of memory");
        status = count_lang(stats, (enum tm_pack_stream)i, err);
    }
    return status;
}

/* One decimal, rounded down. */
static void put_mean(struct tm_pretty *json, const char *key, uint64_t sum, uint64_t n)
{
    uint64_t tenths = n == 0 ? 0 : sum / n * 10 + sum % n * 10 / n;
    tm_pretty_key(json, key);
    tm_buf_u64(json->buf, tenths / 10);
    if (tenths % 10 != 0)
        tm_buf_printf(json->buf, ".%u", (unsigned)(tenths % 10));
}

static void put_lang(struct tm_pretty *json, const char *name, const struct tm_lang_stats *lang)
{
    tm_pretty_open(json, name, '{');
    tm_pretty_u64(json, "documents", lang->documents);
    tm_pretty_u64(json, "records", lang->records);
    tm_pretty_u64(json, "words", lang->words);
    tm_pretty_u64(json, "characters", lang->chars);
    tm_pretty_u64(json, "bytes", lang->bytes);
    put_mean(json, "mean_words", lang->words, lang->records);
    tm_pretty_u64(json, "median_words", tm_stats_median(lang->by_words, lang->records));
    put_mean(json, "mean_characters", lang->chars, lang->records);
    tm_pretty_u64(json, "median_characters", tm_stats_median(lang->by_chars, lang->records));
    tm_pretty_u64(json, "undated", lang->undated);
    tm_pretty_close(json, '{');
}

static void put_months(struct tm_pretty *json, const struct tm_stats_numbers *stats)
{
    tm_pretty_open(json, "months", '{');
    for (size_t month = 0; month < TM_STATS_MONTHS; month++) {
        char name[16];
        uint64_t all = 0;
        for (int i = TM_PACK_RU; i <= TM_PACK_OTHER; i++)
            all += stats->langs[i].by_month[month];
        if (all == 0)
            continue;
        (void)snprintf(name, sizeof name, "%04zu-%02zu", month / 12, month % 12 + 1);
        tm_pretty_open(json, name, '{');
        for (int i = TM_PACK_RU; i <= TM_PACK_OTHER; i++)
            tm_pretty_u64(json, tm_pack_stream_lang((enum tm_pack_stream)i),
                          stats->langs[i].by_month[month]);
        tm_pretty_close(json, '{');
    }
    tm_pretty_close(json, '{');
}

void tm_stats_put_json(struct tm_buf *buf, const struct tm_stats_numbers *stats)
{
    struct tm_pretty json = {.buf = buf};
    const struct tm_value *sources = tm_value_get(stats->opened->manifest, "sources");
    tm_pretty_open(&json, NULL, '{');
    tm_pretty_str(&json, "name", stats->opened->name);
    tm_pretty_str(&json, "version", stats->opened->version);
    tm_pretty_open(&json, "languages", '{');
    for (int i = TM_PACK_RU; i <= TM_PACK_OTHER; i++)
        put_lang(&json, tm_pack_stream_lang((enum tm_pack_stream)i), &stats->langs[i]);
    tm_pretty_close(&json, '{');
    tm_pretty_open(&json, "sources", '[');
    for (const struct tm_value *s = sources == NULL ? NULL : sources->first; s != NULL;
         s = s->next) {
        tm_pretty_key(&json, NULL);
        tm_value_put(buf, s);
    }
    tm_pretty_close(&json, '[');
    put_months(&json, stats);
    tm_ledger_put(&json, "ledger", &stats->opened->ledger);
    tm_pretty_close(&json, '{');
}

enum tm_status tm_stats(const char *dir, enum tm_form form, char **ret_text, struct tm_err *err)
{
    struct tm_opened opened;
    enum tm_status status = tm_opened_init(&opened, dir, "", err);
    if (status != TM_OK)
        return status;
    struct tm_stats_numbers stats = {.opened = &opened};
    struct tm_buf buf = {0};
    status = count_all(&stats, err);
    if (status == TM_OK) {
        if (form == TM_FORM_JSON)
            tm_stats_put_json(&buf, &stats);
        else
            tm_stats_put_text(&buf, &stats);
        status = tm_text_give(&buf, ret_text, err);
    }
    for (int i = TM_PACK_RU; i <= TM_PACK_OTHER; i++) {
        free(stats.langs[i].by_chars);
        free(stats.langs[i].by_words);
        free(stats.langs[i].by_month);
    }
    tm_opened_finish(&opened);
    return status;
}
