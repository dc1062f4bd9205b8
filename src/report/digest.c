/* SPDX-License-Identifier: Apache-2.0 */
#include "report/digest.h"

#include <string.h>
#include <xxhash.h>

#include "base/json_write.h"
#include "base/str.h"
#include "pack/record.h"
#include "report/report.h"
#include "report/vocabulary.h"

static uint64_t hash_of(struct tm_str text)
{
    return text.n == 0 ? 0 : XXH3_64bits(text.p, text.n);
}

static uint32_t month_of(struct tm_str date)
{
    uint32_t numbers[2] = {0, 0};
    if (date.n < 7)
        return TM_REPORT_MONTHS;
    for (size_t i = 0; i < 7; i++) {
        unsigned digit = (unsigned char)date.p[i] - '0';
        if (i == 4)
            continue;
        if (digit > 9)
            return TM_REPORT_MONTHS;
        numbers[i / 5] = numbers[i / 5] * 10 + digit;
    }
    return numbers[1] >= 1 && numbers[1] <= 12 ? numbers[0] * 12 + numbers[1] - 1
                                               : TM_REPORT_MONTHS;
}

static uint32_t at_most(uint64_t value, uint32_t most)
{
    return value < most ? (uint32_t)value : most;
}

/* Behind ad and kept stand the signals. */
static void read_any_quality(struct tm_str quality, struct tm_digest *digest)
{
    struct tm_str key, value;
    size_t at = 0;
    for (int i = -2; i < TM_SIGNAL_COUNT && tm_cell_next(quality, &at, &key, &value); i++) {
        if (i == -1)
            digest->kept = at_most(tm_cell_fixed(value, 4), UINT32_MAX - 1);
        if (i < 0)
            continue;
        unsigned decimals = tm_signal_is_count((enum tm_signal)i) ? 0 : 3;
        digest->signals[i] = at_most(tm_cell_fixed(value, decimals), UINT32_MAX - 1);
        digest->n_signals++;
    }
}

/* A number of at most nine digits before the point, as rows of our own have them; NULL for others,
 * which tm_cell_fixed reads. */
static const char *read_number(const char *p, unsigned decimals, uint32_t *ret_value)
{
    uint64_t value = 0;
    const char *start = p;
    for (; *p >= '0' && *p <= '9'; p++)
        value = value * 10 + (uint64_t)(*p - '0');
    if (p == start || p - start > 9)
        return NULL;
    bool fraction = *p == '.';
    p += fraction;
    for (; decimals != 0; decimals--) {
        bool digit = fraction && *p >= '0' && *p <= '9';
        value = value * 10 + (digit ? (uint64_t)(*p - '0') : 0);
        p += digit;
    }
    if (*p != ',' && *p != '}')
        return NULL;
    *ret_value = at_most(value, UINT32_MAX - 1);
    return p;
}

/* The same of a row that has the keys that this program writes, each with the sign before it: one
 * look at each byte, no search for ends. */
static bool read_own_quality(struct tm_str quality, struct tm_digest *digest)
{
#define SIGNAL_KEY(name, kind, text) TM_STR_INIT(",\"" #name "\":"),
    static const struct tm_str keys[] = {TM_SIGNALS(SIGNAL_KEY)};
#undef SIGNAL_KEY
    static const struct tm_str heads[] = {TM_STR_INIT("{\"ad\":false,\"kept\":"),
                                          TM_STR_INIT("{\"ad\":true,\"kept\":")};
    const struct tm_str *head = &heads[quality.n > 6 && quality.p[6] == 't'];
    if (!tm_str_starts(quality, *head))
        return false;
    const char *p = read_number(quality.p + head->n, 4, &digest->kept);
    for (int i = 0; i < TM_SIGNAL_COUNT && p != NULL; i++) {
        if (memcmp(p, keys[i].p, keys[i].n) != 0)
            return false;
        unsigned decimals = tm_signal_is_count((enum tm_signal)i) ? 0 : 3;
        p = read_number(p + keys[i].n, decimals, &digest->signals[i]);
    }
    digest->n_signals = TM_SIGNAL_COUNT;
    return p != NULL && *p == '}';
}

static void read_quality(struct tm_str quality, struct tm_digest *digest)
{
    if (read_own_quality(quality, digest))
        return;
    digest->kept = UINT32_MAX;
    digest->n_signals = 0;
    memset(digest->signals, 0, sizeof digest->signals);
    read_any_quality(quality, digest);
}

struct tm_digest tm_digest_read(const struct tm_str *cells, struct tm_str id, struct tm_str text)
{
    struct tm_digest digest = {
        .id = hash_of(id), .doc = hash_of(cells[TM_COLUMN_DOC_ID]), .bytes = text.n,
        .chars = tm_cell_fixed(cells[TM_COLUMN_N_CHARS], 0),
        .words = tm_cell_fixed(cells[TM_COLUMN_N_WORDS], 0),
        .n_segs = tm_cell_fixed(cells[TM_COLUMN_N_SEGS], 0), .month = TM_REPORT_MONTHS,
        .score = at_most(tm_cell_fixed(cells[TM_COLUMN_LANG_SCORE], 4), UINT32_MAX),
        .kept = UINT32_MAX,
    };
    struct tm_str date = cells[TM_COLUMN_DATE];
    if (date.n > 2 && date.p[0] == '"')
        digest.month = month_of((struct tm_str){date.p + 1, date.n - 2});
    struct tm_str hashtags = cells[TM_COLUMN_HASHTAGS];
    digest.named = (hashtags.p[0] == '[' && hashtags.n > 2) ||
                   cells[TM_COLUMN_FORWARDED_FROM].p[0] == '"';
    read_quality(cells[TM_COLUMN_QUALITY], &digest);
    return digest;
}

void tm_digester_finish(struct tm_digester *digester)
{
    tm_lower_words_finish(&digester->words);
    tm_buf_finish(&digester->marks);
    tm_buf_finish(&digester->scratch);
}

/* The hashes of both ids: that of the document is of its JSON, that of the record of its text. */
static void hash_ids(struct tm_buf *scratch, const struct tm_doc *doc, size_t seg,
                     struct tm_digest *digest)
{
    scratch->n = 0;
    tm_json_put_str(scratch, doc->doc_id);
    digest->doc = hash_of(tm_buf_view(scratch));
    scratch->n = 0;
    for (size_t i = 0; i < doc->doc_id.n; i++)
        if (doc->doc_id.p[i] != '\0')
            tm_buf_byte(scratch, doc->doc_id.p[i]);
    tm_buf_byte(scratch, '-');
    tm_buf_u64(scratch, seg);
    digest->id = hash_of(tm_buf_view(scratch));
}

static uint32_t month_of_time(int64_t seconds, struct tm_buf *scratch)
{
    scratch->n = 0;
    tm_json_put_time(scratch, seconds);
    return scratch->n < 2 || scratch->p[0] != '"'
        ? TM_REPORT_MONTHS : month_of((struct tm_str){scratch->p + 1, scratch->n - 2});
}

void tm_digester_take(void *user, struct tm_str text, const struct tm_quality_word *words, size_t n)
{
    struct tm_digester *digester = user;
    struct tm_buf *marks = &digester->marks;
    marks->n = 0;
    digester->bytes = text.n;
    marks->failed |= !tm_lower_words_begin(&digester->words, text);
    for (size_t at = 0; at < n && !marks->failed; at += TM_WORDS_AT_ONCE) {
        uint64_t hashes[TM_WORDS_AT_ONCE];
        uint16_t some[2 * TM_WORDS_AT_ONCE];
        size_t used = 0;
        size_t here = n - at < TM_WORDS_AT_ONCE ? n - at : TM_WORDS_AT_ONCE;
        tm_lower_words_hash(&digester->words, words + at, here, hashes);
        for (size_t i = 0; i < here; i++)
            tm_vocabulary_put_mark(some, &used, hashes[i]);
        tm_buf_add(marks, some, used * sizeof *some);
    }
}

void tm_digest_put(struct tm_buf *buf, struct tm_digester *digester, const struct tm_doc *doc,
                   size_t seg, const struct tm_signals *signals)
{
    struct tm_buf *scratch = &digester->scratch;
    struct tm_buf *marks = &digester->marks;
    struct tm_digest digest = {
        .bytes = digester->bytes, .chars = signals->chars, .words = signals->words,
        .n_segs = doc->n_segments, .month = month_of_time(doc->date, scratch),
        .score = doc->segments[seg].score, .kept = tm_record_kept(doc),
        .n_signals = TM_SIGNAL_COUNT,
        .named = doc->n_hashtags != 0 || doc->forwarded_from.p != NULL,
        .marks = (uint32_t)marks->n,
    };
    memcpy(digest.signals, signals->value, sizeof digest.signals);
    hash_ids(scratch, doc, seg, &digest);
    tm_buf_add(buf, &digest, sizeof digest);
    tm_buf_str(buf, tm_buf_view(marks));
    buf->failed |= scratch->failed | marks->failed;
}
