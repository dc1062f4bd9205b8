/* SPDX-License-Identifier: Apache-2.0 */
/* The numbers of a release out of its rows, as they come. */
#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

#include "base/pages.h"
#include "base/str.h"
#include "report/columns.h"
#include "report/icu_words.h"
#include "report/report.h"
#include "report/vocabulary.h"

enum { TOP_PLACES = 131072, PAIR_PLACES = 65536, SMALL_PLACES = 8192 };

/* Bytes of a language's sample that ICU's iterator walks: it takes 20 ns a byte. */
enum { ICU_BYTES = 512 << 10 };

/* Bytes of a text that stand for a cluster. */
enum { CLUSTER_TEXT = 240 };

/* The columns of a record, in their order. */
enum column { ID, TEXT, LANG, LANG_SCORE, DOC_ID, SEG, N_SEGS, CHANNEL, FORWARDED_FROM, AUTHOR, DATE,
              URL, HASHTAGS, N_CHARS, N_WORDS, QUALITY, EXTRA, COLUMNS };

const struct tm_str tm_record_columns[] = {
    TM_COLUMN("id"), TM_COLUMN("text"), TM_COLUMN("lang"), TM_COLUMN("lang_score"),
    TM_COLUMN("doc_id"), TM_COLUMN("seg"), TM_COLUMN("n_segs"), TM_COLUMN("channel"),
    TM_COLUMN("forwarded_from"), TM_COLUMN("author"), TM_COLUMN("date"), TM_COLUMN("url"),
    TM_COLUMN("hashtags"), TM_COLUMN("n_chars"), TM_COLUMN("n_words"), TM_COLUMN("quality"),
    TM_COLUMN("extra"),
};
const size_t tm_record_columns_n = COLUMNS;

/* The columns of a provenance row that are of use. */
enum { P_ID, P_N_DUPS = 4, P_COLUMNS };

const struct tm_str tm_provenance_columns[] = {
    TM_COLUMN("id"), TM_COLUMN("source_file"), TM_COLUMN("source_offset"),
    TM_COLUMN("source_length"), TM_COLUMN("n_dups"),
};
const size_t tm_provenance_columns_n = P_COLUMNS;

/* A record with what is needed of it decoded. */
struct record {
    const struct tm_str *cells;
    struct tm_str id;               /* id and text are decoded in any case */
    struct tm_str text;
    uint64_t hash;                  /* of the id */
    uint64_t chars;
    uint64_t words;
    uint64_t score;                 /* 1/10000 */
    uint64_t kept;
};

struct tm_counter {
    struct tm_report *report;
    struct tm_report_lang *lang;
    struct tm_lower_words words;
    struct tm_buf id;               /* of the last record, decoded if it has escapes */
    struct tm_buf text;
    struct tm_buf last_id;          /* of the record before a provenance row, and its text's start */
    struct tm_buf last_text;
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

static size_t month_of(struct tm_str date)
{
    size_t numbers[2] = {0, 0};
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

/* Behind ad and kept stand the signals. */
static void count_signals(struct tm_report_lang *lang, struct record *record)
{
    struct tm_str key, value;
    size_t at = 0;
    struct tm_str quality = record->cells[QUALITY];
    for (int i = -2; i < TM_SIGNAL_COUNT && tm_cell_next(quality, &at, &key, &value); i++) {
        if (i == -1) {
            record->kept = tm_cell_fixed(value, 4);
            uint64_t step = record->kept / 500;
            lang->kept[step < TM_REPORT_KEPT ? step : TM_REPORT_KEPT - 1]++;
        }
        if (i < 0)
            continue;
        uint64_t bin = tm_cell_fixed(value, tm_signal_is_count((enum tm_signal)i) ? 0 : 3) /
                       tm_signal_step(i);
        lang->signals[i][bin < TM_REPORT_BINS ? bin : TM_REPORT_BINS - 1]++;
    }
    uint64_t bin = record->words / tm_signal_step(TM_SIGNAL_COUNT);
    lang->signals[TM_SIGNAL_COUNT][bin < TM_REPORT_BINS ? bin : TM_REPORT_BINS - 1]++;
}

/* What is counted once for a document: its segments and hashtags. */
static void count_document(struct tm_counter *c, const struct record *record)
{
    struct tm_report_lang *lang = c->lang;
    struct tm_str key, value;
    size_t at = 0;
    uint64_t segs = tm_cell_fixed(record->cells[N_SEGS], 0);
    lang->documents++;
    lang->segs[segs == 0 ? 0 : segs < TM_REPORT_SEGS ? segs - 1 : TM_REPORT_SEGS - 1]++;
    while (tm_cell_next(record->cells[HASHTAGS], &at, &key, &value)) {
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

static void offer(struct tm_counter *c, struct tm_picks *picks, const struct record *record,
                  uint64_t value)
{
    if (!tm_picks_wants(picks, value, record->hash))
        return;
    struct tm_pick pick = {
        .value = value, .hash = record->hash, .id = tm_report_cut(record->id, 200),
        .channel = tm_report_cut(tm_cell_text(record->cells[CHANNEL], &c->scratch[0]), 120),
        .date = tm_report_cut(tm_cell_text(record->cells[DATE], &c->scratch[1]), 20),
        .text = tm_report_cut(record->text, TM_REPORT_SNIPPET), .chars = record->chars,
        .words = record->words, .score = (uint32_t)record->score, .kept = (uint32_t)record->kept,
    };
    c->failed |= !tm_picks_add(picks, &pick);
}

static void offer_all(struct tm_counter *c, const struct record *record)
{
    struct tm_report_lang *lang = c->lang;
    offer(c, &lang->examples, record, UINT64_MAX - record->hash);
    offer(c, &lang->doubtful, record, 10000 - record->score);
    offer(c, &lang->longest, record, record->chars);
    offer(c, &lang->shortened, record, 10000 - record->kept);
}

static void find_cluster(struct tm_counter *c, const struct record *record)
{
    struct tm_report *report = c->report;
    for (size_t i = 0; i < report->n_clusters; i++) {
        struct tm_cluster *cluster = &report->clusters[i];
        if (cluster->hash != record->hash || cluster->text.p != NULL ||
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

static void count_date(struct tm_counter *c, struct tm_str cell)
{
    struct tm_report *report = c->report;
    size_t month = month_of(tm_cell_text(cell, &c->scratch[0]));
    if (month == TM_REPORT_MONTHS) {
        c->lang->undated++;
        return;
    }
    c->lang->by_month[month]++;
    report->first_month = month < report->first_month ? month : report->first_month;
    report->last_month = month > report->last_month ? month : report->last_month;
}

static void count_record(struct tm_counter *c, struct record *record)
{
    struct tm_report_lang *lang = c->lang;
    const struct tm_str *cells = record->cells;
    uint64_t doc = hash_of(cells[DOC_ID]);
    if (lang->records++ == 0 || doc != lang->doc)
        count_document(c, record);
    lang->doc = doc;
    if (tm_cell_fixed(cells[N_SEGS], 0) > 1)
        c->failed |= !tm_mix_add(&c->report->mix, doc, (int)(lang - c->report->langs),
                                 record->text.n);
    lang->bytes += record->text.n;
    lang->chars += record->chars;
    lang->words += record->words;
    count_length(lang->by_chars, record->chars);
    count_length(lang->by_words, record->words);
    count_date(c, cells[DATE]);
    uint64_t step = record->score < 5000 ? 0 : (record->score - 5000) / 200 + 1;
    lang->scores[step < TM_REPORT_SCORES ? step : TM_REPORT_SCORES - 1]++;
    count_signals(lang, record);
    count_forward(c, tm_cell_text(cells[FORWARDED_FROM], &c->scratch[0]),
                  tm_cell_text(cells[CHANNEL], &c->scratch[1]));
    c->failed |= !tm_vocabulary_add(lang, &c->words, record->text) ||
                 !tm_sample_offer(&lang->sample, record->hash, record->text, record->words,
                                  record->chars);
    offer_all(c, record);
    find_cluster(c, record);
}

static struct record record_of(struct tm_counter *c, const struct tm_str *cells)
{
    struct record record = {.cells = cells, .id = tm_cell_text(cells[ID], &c->id),
                            .text = tm_cell_text(cells[TEXT], &c->text),
                            .chars = tm_cell_fixed(cells[N_CHARS], 0),
                            .words = tm_cell_fixed(cells[N_WORDS], 0),
                            .score = tm_cell_fixed(cells[LANG_SCORE], 4)};
    record.hash = hash_of(record.id);
    return record;
}

enum tm_status tm_count_record(struct tm_report *report, enum tm_pack_stream stream,
                               const struct tm_str *cells, struct tm_err *err)
{
    struct tm_counter *c = report->counter;
    struct record record = record_of(c, cells);
    c->lang = &report->langs[stream];
    if (record.text.p == NULL || record.id.p == NULL)
        return tm_fail(err, TM_ERR_FORMAT, "", TM_NO_OFFSET, "id or text is no string");
    count_record(c, &record);
    c->last_id.n = 0;
    c->last_text.n = 0;
    tm_buf_str(&c->last_id, record.id);
    tm_buf_str(&c->last_text, tm_report_cut(record.text, CLUSTER_TEXT));
    return c->failed ? no_memory(err) : TM_OK;
}

/* In a build the record stands right before its provenance; when a release is read its text is found
 * later (find_cluster). */
static void take_cluster(struct tm_counter *c, struct tm_str id, uint64_t dups)
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
    if (tm_str_equal(id, tm_buf_view(&c->last_id))) {
        cluster.text = tm_arena_copy(report->arena, tm_buf_view(&c->last_text));
        c->failed |= cluster.text.p == NULL;
    }
    report->n_clusters += report->n_clusters < TM_REPORT_CLUSTERS;
    memmove(list + at + 1, list + at, (report->n_clusters - 1 - at) * sizeof *list);
    list[at] = cluster;
}

enum tm_status tm_count_provenance(struct tm_report *report, const struct tm_str *cells,
                                   struct tm_err *err)
{
    struct tm_counter *c = report->counter;
    uint64_t dups = tm_cell_fixed(cells[P_N_DUPS], 0);
    if (dups == 0)
        return TM_OK;
    report->clustered++;
    report->dups += dups;
    unsigned size = dups == 1 ? 0 : 64 - (unsigned)__builtin_clzll(dups - 1);
    report->dup_sizes[size < TM_REPORT_DUPS ? size : TM_REPORT_DUPS - 1]++;
    take_cluster(c, tm_cell_text(cells[P_ID], &c->id), dups);
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
    tm_buf_finish(&c->last_id);
    tm_buf_finish(&c->last_text);
    tm_buf_finish(&c->scratch[0]);
    tm_buf_finish(&c->scratch[1]);
    free(c);
}

/* The counts of the two words of each of the commonest pairs, while they can be looked up. */
static void look_up_pairs(struct tm_report_lang *lang)
{
    tm_tally_sort(&lang->pairs);
    for (size_t i = 0; i < TM_REPORT_PAIRS && i < lang->pairs.n; i++) {
        const struct tm_tally_entry *pair = &lang->pairs.entries[i];
        struct tm_str first, second;
        tm_tally_split(&lang->pairs, pair, ' ', &first, &second);
        lang->pair_words[i][0] = tm_tally_count(&lang->top, tm_word_hash(first));
        lang->pair_words[i][1] = tm_tally_count(&lang->top, tm_word_hash(second));
    }
}

/* Words of a language that no one before it has. */
static uint64_t new_words(const struct tm_report *report, int i)
{
    const struct tm_tally *top = &report->langs[i].top;
    uint64_t n = 0;
    for (size_t k = 0; k < top->capacity; k++) {
        bool before = top->entries[k].count == 0;
        for (int j = 0; j < i && !before; j++)
            before = tm_tally_count(&report->langs[j].top, top->entries[k].hash) != 0;
        n += !before;
    }
    return n;
}

/* The vocabularies, of each language and of all together. */
static void settle_vocabulary(struct tm_report *report)
{
    struct tm_hll all = {{0}};
    report->exact = true;
    report->different = 0;
    for (int i = 0; i < TM_REPORT_LANGS; i++) {
        struct tm_report_lang *lang = &report->langs[i];
        lang->exact = lang->sample.one_in == 1 && lang->top.error == 0;
        lang->different = lang->exact ? lang->top.n : tm_hll_estimate(&lang->vocabulary);
        report->exact &= lang->exact;
        tm_hll_merge(&all, &lang->vocabulary);
        if (lang->n_growth != 0 && lang->growth[lang->n_growth - 1].words != lang->words &&
            lang->n_growth < TM_REPORT_GROWTH)
            lang->growth[lang->n_growth++] = (struct tm_growth){0, lang->words, lang->different};
    }
    for (int i = 0; i < TM_REPORT_LANGS && report->exact; i++)
        report->different += new_words(report, i);
    if (!report->exact)
        report->different = tm_hll_estimate(&all);
}

static bool count_icu_words(struct tm_report *report)
{
    struct tm_icu_words *words = tm_icu_words_create();
    if (words == NULL)
        return false;
    for (int i = 0; i < TM_REPORT_LANGS; i++) {
        struct tm_report_lang *lang = &report->langs[i];
        lang->icu_words = tm_sample_estimate(&lang->sample, ICU_BYTES, false, lang->words,
                                             tm_icu_words_count, words);
    }
    bool good = !tm_icu_words_failed(words);
    tm_icu_words_destroy(words);
    return good;
}

static bool count_tokens(struct tm_report *report)
{
    if (report->tokenizer == NULL)
        return true;
    for (int i = 0; i < TM_REPORT_LANGS; i++) {
        struct tm_report_lang *lang = &report->langs[i];
        lang->tokens = tm_sample_estimate(&lang->sample, TM_SAMPLE_TEXT, true, lang->chars,
                                          tm_tokenizer_count, report->tokenizer);
    }
    return !tm_tokenizer_failed(report->tokenizer);
}

bool tm_count_close(struct tm_report *report)
{
    struct tm_counter *c = report->counter;
    bool failed = c->failed || c->id.failed || c->text.failed || c->scratch[0].failed ||
                  c->scratch[1].failed || c->last_id.failed || c->last_text.failed;
    for (int i = 0; i < TM_REPORT_LANGS; i++) {
        struct tm_report_lang *lang = &report->langs[i];
        tm_sample_close(&lang->sample);
        tm_tally_merge(&report->forwards, &lang->forwards);
    }
    failed |= !tm_count_samples(report);
    failed |= !count_icu_words(report) || !count_tokens(report);
    settle_vocabulary(report);
    tm_together_growth(report);
    failed |= !tm_together_ranks(report);
    for (int i = 0; i < TM_REPORT_LANGS; i++) {
        struct tm_report_lang *lang = &report->langs[i];
        look_up_pairs(lang);
        tm_tally_sort(&lang->top);
        tm_tally_sort(&lang->stems);
        tm_tally_sort(&lang->hashtags);
        failed |= lang->top.failed || lang->stems.failed || lang->pairs.failed || lang->hashtags.failed;
    }
    tm_tally_sort(&report->forwards);
    return !failed && !report->forwards.failed;
}
