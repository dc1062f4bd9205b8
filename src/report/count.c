/* SPDX-License-Identifier: Apache-2.0 */
/* The numbers of a release out of its rows, as they come. */
#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

#include "base/pages.h"
#include "base/str.h"
#include "report/digest.h"
#include "report/report.h"
#include "report/vocabulary.h"

enum { TOP_PLACES = 131072, PAIR_PLACES = 65536, SMALL_PLACES = 8192 };

/* Bytes of a text that stand for a cluster. */
enum { CLUSTER_TEXT = 240 };

const struct tm_str tm_record_columns[] = {
    TM_COLUMN("id"), TM_COLUMN("text"), TM_COLUMN("lang"), TM_COLUMN("lang_score"),
    TM_COLUMN("doc_id"), TM_COLUMN("seg"), TM_COLUMN("n_segs"), TM_COLUMN("channel"),
    TM_COLUMN("forwarded_from"), TM_COLUMN("author"), TM_COLUMN("date"), TM_COLUMN("url"),
    TM_COLUMN("hashtags"), TM_COLUMN("n_chars"), TM_COLUMN("n_words"), TM_COLUMN("quality"),
    TM_COLUMN("extra"),
};
const size_t tm_record_columns_n = TM_RECORD_COLUMNS;

/* The columns of a provenance row that are of use. */
enum { P_ID, P_N_DUPS = 4, P_COLUMNS };

const struct tm_str tm_provenance_columns[] = {
    TM_COLUMN("id"), TM_COLUMN("source_file"), TM_COLUMN("source_offset"),
    TM_COLUMN("source_length"), TM_COLUMN("n_dups"),
};
const size_t tm_provenance_columns_n = P_COLUMNS;

/* A record: its numbers, and its row, which a build takes apart only where more is wanted. */
struct record {
    const struct tm_digest *digest;
    const char *marks;              /* of its words, or NULL: they stand in its text */
    struct tm_str line;
    const struct tm_str *cells;     /* of the row; NULL until it is taken apart */
    struct tm_str id;               /* decoded with them */
    struct tm_str text;
};

struct tm_counter {
    struct tm_report *report;
    struct tm_report_lang *lang;
    struct tm_lower_words words;
    struct tm_buf row;              /* of a record in a build that was taken apart */
    struct tm_str cells[TM_RECORD_COLUMNS];
    struct tm_buf id;               /* of the last record, decoded if it has escapes */
    struct tm_buf text;
    struct tm_buf scratch[2];
    bool failed;                    /* memory was short */
};

static enum tm_status no_memory(struct tm_err *err)
{
    return tm_fail(err, TM_ERR_NOMEM, "", TM_NO_OFFSET, "out of memory");
}

static uint64_t hash_of(struct tm_str text)
{
    return text.n == 0 ? 0 : XXH3_64bits(text.p, text.n);
}

static uint32_t kept_of(const struct tm_digest *digest)
{
    return digest->kept == UINT32_MAX ? 0 : digest->kept;
}

/* Decodes id and text; false if they are no strings. */
static bool decode(struct tm_counter *c, struct record *record)
{
    record->id = tm_cell_text(record->cells[TM_COLUMN_ID], &c->id);
    record->text = tm_cell_text(record->cells[TM_COLUMN_TEXT], &c->text);
    return record->id.p != NULL && record->text.p != NULL;
}

/* The row in its cells; false if it has other keys, or memory is short. */
static bool take_apart(struct tm_counter *c, struct record *record)
{
    if (record->cells != NULL)
        return true;
    c->row.n = 0;
    tm_buf_str(&c->row, record->line);
    if (!tm_buf_reserve(&c->row, TM_COLUMNS_PAD))
        return false;
    memset(c->row.p + c->row.n, 0, TM_COLUMNS_PAD);
    if (tm_columns_of(tm_buf_view(&c->row), tm_record_columns, tm_record_columns_n, c->cells) == 0)
        return false;
    record->cells = c->cells;
    return decode(c, record);
}

static void count_bin(uint64_t bins[TM_REPORT_BINS], uint64_t bin)
{
    bins[bin < TM_REPORT_BINS ? bin : TM_REPORT_BINS - 1]++;
}

static void count_signals(struct tm_report_lang *lang, const struct tm_digest *digest)
{
    uint64_t step = digest->kept / 500;
    if (digest->kept != UINT32_MAX)
        lang->kept[step < TM_REPORT_KEPT ? step : TM_REPORT_KEPT - 1]++;
    for (uint32_t i = 0; i < digest->n_signals; i++)
        count_bin(lang->signals[i], digest->signals[i] / tm_signal_step((int)i));
    count_bin(lang->signals[TM_SIGNAL_COUNT], digest->words / tm_signal_step(TM_SIGNAL_COUNT));
}

/* What is counted once for a document: its segments and hashtags. */
static void count_document(struct tm_counter *c, const struct record *record)
{
    struct tm_report_lang *lang = c->lang;
    struct tm_str key, value;
    size_t at = 0;
    uint64_t segs = record->digest->n_segs;
    lang->documents++;
    lang->segs[segs == 0 ? 0 : segs < TM_REPORT_SEGS ? segs - 1 : TM_REPORT_SEGS - 1]++;
    if (record->digest->named == 0)
        return;
    while (tm_cell_next(record->cells[TM_COLUMN_HASHTAGS], &at, &key, &value)) {
        struct tm_str tag = tm_cell_text(value, &c->scratch[0]);
        tm_tally_add(&lang->hashtags, hash_of(tag), tag);
    }
}

static void count_forward(struct tm_counter *c, struct tm_str from, struct tm_str to)
{
    char edge[TM_TALLY_KEY + 1];
    if (from.n == 0)
        return;
    c->report->forwarded++;
    from = tm_report_cut(from, TM_TALLY_KEY / 2);
    to = tm_report_cut(to, TM_TALLY_KEY / 2);
    memcpy(edge, from.p, from.n);
    edge[from.n] = '\x1F';
    if (to.n != 0)
        memcpy(edge + from.n + 1, to.p, to.n);
    struct tm_str key = {edge, from.n + 1 + to.n};
    tm_tally_add(&c->lang->forwards, hash_of(key), key);
}

/* Four orders of records, of which the first ones are shown. */
struct wish {
    struct tm_picks *picks;
    uint64_t value;
};

static void offer(struct tm_counter *c, const struct wish *wish, const struct record *record)
{
    const struct tm_digest *digest = record->digest;
    const struct tm_str *cells = record->cells;
    struct tm_pick pick = {
        .value = wish->value, .hash = digest->id, .id = tm_report_cut(record->id, 200),
        .channel = tm_report_cut(tm_cell_text(cells[TM_COLUMN_CHANNEL], &c->scratch[0]), 120),
        .date = tm_report_cut(tm_cell_text(cells[TM_COLUMN_DATE], &c->scratch[1]), 20),
        .text = tm_report_cut(record->text, TM_REPORT_SNIPPET), .chars = digest->chars,
        .words = digest->words, .score = digest->score, .kept = kept_of(digest),
    };
    c->failed |= !tm_picks_add(wish->picks, &pick);
}

static void offer_all(struct tm_counter *c, struct record *record)
{
    struct tm_report_lang *lang = c->lang;
    const struct tm_digest *digest = record->digest;
    const struct wish wishes[] = {
        {&lang->examples, UINT64_MAX - digest->id},
        {&lang->doubtful, 10000 - (uint64_t)digest->score},
        {&lang->longest, digest->chars},
        {&lang->shortened, 10000 - (uint64_t)kept_of(digest)},
    };
    for (size_t i = 0; i < sizeof wishes / sizeof *wishes; i++)
        if (tm_picks_wants(wishes[i].picks, wishes[i].value, digest->id)) {
            if (take_apart(c, record))
                offer(c, &wishes[i], record);
            else
                c->failed = true;
        }
}

static void find_cluster(struct tm_counter *c, const struct record *record)
{
    struct tm_report *report = c->report;
    for (size_t i = 0; i < report->n_clusters; i++) {
        struct tm_cluster *cluster = &report->clusters[i];
        if (cluster->hash != record->digest->id || cluster->text.p != NULL ||
            !tm_str_equal(cluster->id, record->id))
            continue;
        cluster->text = tm_arena_copy(report->arena, tm_report_cut(record->text, CLUSTER_TEXT));
        c->failed |= cluster->text.p == NULL;
    }
}

/* Adds a length to a histogram. */
static void count_length(uint64_t *histogram, uint64_t length)
{
    histogram[length < TM_REPORT_LENGTHS ? length : TM_REPORT_LENGTHS - 1]++;
}

static void count_date(struct tm_counter *c, uint32_t month)
{
    struct tm_report *report = c->report;
    if (month == TM_REPORT_MONTHS) {
        c->lang->undated++;
        return;
    }
    c->lang->by_month[month]++;
    report->first_month = month < report->first_month ? month : report->first_month;
    report->last_month = month > report->last_month ? month : report->last_month;
}

static void count_numbers(struct tm_counter *c, const struct tm_digest *digest)
{
    struct tm_report_lang *lang = c->lang;
    lang->bytes += digest->bytes;
    lang->chars += digest->chars;
    lang->words += digest->words;
    count_length(lang->by_chars, digest->chars);
    count_length(lang->by_words, digest->words);
    count_date(c, digest->month);
    uint64_t step = digest->score < 5000 ? 0 : (digest->score - 5000) / 200 + 1;
    lang->scores[step < TM_REPORT_SCORES ? step : TM_REPORT_SCORES - 1]++;
    count_signals(lang, digest);
}

/* What looks at the text. */
static void count_text(struct tm_counter *c, struct record *record)
{
    struct tm_report_lang *lang = c->lang;
    const struct tm_digest *digest = record->digest;
    bool good = record->marks != NULL
        ? tm_vocabulary_add_marks(lang, record->marks, digest->marks)
        : tm_vocabulary_add(lang, &c->words, record->text);
    if (tm_sample_wants(&lang->sample, digest->id, digest->bytes))
        good = good && take_apart(c, record) &&
               tm_sample_offer(&lang->sample, digest->id, record->text, digest->words,
                               digest->chars);
    c->failed |= !good;
}

static void count_record(struct tm_counter *c, struct record *record)
{
    struct tm_report_lang *lang = c->lang;
    const struct tm_digest *digest = record->digest;
    if (digest->named != 0 && !take_apart(c, record)) {
        c->failed = true;
        return;
    }
    if (lang->records++ == 0 || digest->doc != lang->doc)
        count_document(c, record);
    lang->doc = digest->doc;
    if (digest->n_segs > 1)
        c->failed |= !tm_mix_add(&c->report->mix, digest->doc, (int)(lang - c->report->langs),
                                 digest->bytes);
    count_numbers(c, digest);
    if (digest->named != 0)
        count_forward(c, tm_cell_text(record->cells[TM_COLUMN_FORWARDED_FROM], &c->scratch[0]),
                      tm_cell_text(record->cells[TM_COLUMN_CHANNEL], &c->scratch[1]));
    count_text(c, record);
    offer_all(c, record);
}

enum tm_status tm_count_row(struct tm_report *report, enum tm_pack_stream stream,
                            const struct tm_str *cells, struct tm_err *err)
{
    struct tm_counter *c = report->counter;
    struct record record = {.cells = cells};
    c->lang = &report->langs[stream];
    if (!decode(c, &record))
        return tm_fail(err, TM_ERR_FORMAT, "", TM_NO_OFFSET, "id or text is no string");
    struct tm_digest digest = tm_digest_read(cells, record.id, record.text);
    record.digest = &digest;
    count_record(c, &record);
    find_cluster(c, &record);
    return c->failed ? no_memory(err) : TM_OK;
}

/* A record that stays for others; `text` is known in a build, otherwise it is found later
 * (find_cluster). */
static void take_cluster(struct tm_counter *c, struct tm_str id, struct tm_str text, uint64_t dups)
{
    struct tm_report *report = c->report;
    size_t at = report->n_clusters;
    struct tm_cluster *list = report->clusters;
    while (at > 0 && (dups > list[at - 1].dups ||
                      (dups == list[at - 1].dups && tm_str_order(id, list[at - 1].id) < 0)))
        at--;
    if (at == TM_REPORT_CLUSTERS)
        return;
    struct tm_cluster cluster = {.dups = dups, .hash = hash_of(id),
                                 .id = tm_arena_copy(report->arena, id)};
    c->failed |= cluster.id.p == NULL;
    if (text.p != NULL) {
        cluster.text = tm_arena_copy(report->arena, tm_report_cut(text, CLUSTER_TEXT));
        c->failed |= cluster.text.p == NULL;
    }
    report->n_clusters += report->n_clusters < TM_REPORT_CLUSTERS;
    memmove(list + at + 1, list + at, (report->n_clusters - 1 - at) * sizeof *list);
    list[at] = cluster;
}

static void count_dups(struct tm_report *report, uint64_t dups)
{
    unsigned size = dups == 1 ? 0 : 64 - (unsigned)__builtin_clzll(dups - 1);
    report->clustered++;
    report->dups += dups;
    report->dup_sizes[size < TM_REPORT_DUPS ? size : TM_REPORT_DUPS - 1]++;
}

enum tm_status tm_count_provenance(struct tm_report *report, const struct tm_str *cells,
                                   struct tm_err *err)
{
    struct tm_counter *c = report->counter;
    uint64_t dups = tm_cell_fixed(cells[P_N_DUPS], 0);
    if (dups == 0)
        return TM_OK;
    count_dups(report, dups);
    take_cluster(c, tm_cell_text(cells[P_ID], &c->id), TM_STR_UNKNOWN, dups);
    return c->failed ? no_memory(err) : TM_OK;
}

enum tm_status tm_report_record(struct tm_report *report, enum tm_pack_stream stream,
                                struct tm_str digested, struct tm_str line, uint64_t dups,
                                struct tm_err *err)
{
    struct tm_counter *c = report->counter;
    struct tm_digest digest;
    memcpy(&digest, digested.p, sizeof digest);
    struct record record = {.digest = &digest, .marks = digested.p + sizeof digest, .line = line};
    c->lang = &report->langs[stream];
    count_record(c, &record);
    if (dups != 0) {
        count_dups(report, dups);
        if (take_apart(c, &record))
            take_cluster(c, record.id, record.text, dups);
        else
            c->failed = true;
    }
    return c->failed ? no_memory(err) : TM_OK;
}

/* All three fit into one large page. */
static bool make_histograms(struct tm_report_lang *lang)
{
    size_t n = 2 * TM_REPORT_LENGTHS + TM_REPORT_MONTHS;
    lang->by_chars = tm_pages_zero(n * sizeof *lang->by_chars);
    if (lang->by_chars == NULL)
        return false;
    lang->by_words = lang->by_chars + TM_REPORT_LENGTHS;
    lang->by_month = lang->by_words + TM_REPORT_LENGTHS;
    return true;
}

static bool make_room(struct tm_report *report)
{
    bool good = tm_tally_init(&report->forwards, SMALL_PLACES) && tm_mix_init(&report->mix);
    for (int i = 0; i < TM_REPORT_LANGS && good; i++) {
        struct tm_report_lang *lang = &report->langs[i];
        lang->alphabet = (enum tm_pack_stream)i;
        lang->sample.one_in = 1;
        lang->characters = calloc(TM_REPORT_CHARS + 1, sizeof *lang->characters);
        good = make_histograms(lang) && lang->characters != NULL && tm_tally_init(&lang->top, TOP_PLACES) &&
               tm_tally_init(&lang->stems, TOP_PLACES) &&
               tm_tally_init(&lang->pairs, PAIR_PLACES) &&
               tm_tally_init(&lang->hashtags, SMALL_PLACES) &&
               tm_tally_init(&lang->forwards, SMALL_PLACES) &&
               tm_picks_init(&lang->examples, report->options.examples) &&
               tm_picks_init(&lang->doubtful, TM_REPORT_STRANGE) &&
               tm_picks_init(&lang->longest, TM_REPORT_STRANGE) &&
               tm_picks_init(&lang->shortened, TM_REPORT_STRANGE);
    }
    return good;
}

bool tm_counter_create(struct tm_report *report)
{
    struct tm_counter *c = calloc(1, sizeof *c);
    report->counter = c;
    report->first_month = TM_REPORT_MONTHS;
    if (c == NULL)
        return false;
    c->report = report;
    return make_room(report);
}

void tm_counter_destroy(struct tm_counter *c)
{
    if (c == NULL)
        return;
    tm_lower_words_finish(&c->words);
    tm_buf_finish(&c->id);
    tm_buf_finish(&c->text);
    tm_buf_finish(&c->row);
    tm_buf_finish(&c->scratch[0]);
    tm_buf_finish(&c->scratch[1]);
    free(c);
}

bool tm_counter_failed(const struct tm_counter *c)
{
    return c->failed || c->row.failed || c->id.failed || c->text.failed || c->scratch[0].failed ||
           c->scratch[1].failed;
}
