/* SPDX-License-Identifier: Apache-2.0 */
/* Two walks over a release: its provenance, for the duplicates, and then its records. */
#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

#include "base/str.h"
#include "report/report.h"

/* Text from which on words are counted in a part of the records. */
#define SAMPLE_TEXT ((uint64_t)8 << 20)

enum { TOP_PLACES = 131072, PAIR_PLACES = 32768, SMALL_PLACES = 8192 };

/* The columns of a record, in their order. */
enum column { ID, TEXT, LANG, LANG_SCORE, DOC_ID, SEG, N_SEGS, CHANNEL, FORWARDED_FROM, AUTHOR, DATE,
              URL, HASHTAGS, N_CHARS, N_WORDS, QUALITY, EXTRA, COLUMNS };

static const char *const column_names[COLUMNS] = {
    "id", "text", "lang", "lang_score", "doc_id", "seg", "n_segs", "channel", "forwarded_from",
    "author", "date", "url", "hashtags", "n_chars", "n_words", "quality", "extra",
};

struct counting {
    struct tm_report *report;
    struct tm_report_lang *lang;
    struct tm_word_counter *words;
    uint64_t doc;                   /* hash of the last record's document */
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

/* A decimal number times 10^decimals; what is no number counts as 0. */
static uint64_t fixed(const struct tm_value *value, unsigned decimals)
{
    uint64_t number = 0;
    bool fraction = false;
    struct tm_str digits = value == NULL ? TM_STR_UNKNOWN : value->text;
    for (size_t i = 0; i < digits.n; i++) {
        unsigned digit = (unsigned char)digits.p[i] - '0';
        if (digits.p[i] == '.' && !fraction)
            fraction = true;
        else if (digit > 9 || number > UINT64_MAX / 100)
            return 0;
        else if (!fraction || decimals != 0)
            number = number * 10 + digit;
        if (fraction && digit <= 9 && decimals != 0)
            decimals--;
    }
    while (decimals-- > 0 && number <= UINT64_MAX / 100)
        number *= 10;
    return number;
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

static bool take_columns(const struct tm_value *row, const struct tm_value *cells[COLUMNS])
{
    const struct tm_value *v = row->first;
    for (int i = 0; i < COLUMNS; i++, v = v->next) {
        if (v == NULL || !tm_str_is(v->key, column_names[i]))
            return false;
        cells[i] = v;
    }
    return cells[TEXT]->kind == TM_KIND_STRING && cells[ID]->kind == TM_KIND_STRING;
}

static void count_signals(struct tm_report_lang *lang, const struct tm_value *quality,
                          uint64_t words)
{
    const struct tm_value *v = quality->first;      /* ad, kept, and then the signals */
    for (int skip = 0; skip < 2 && v != NULL; skip++)
        v = v->next;
    for (int i = 0; i <= TM_SIGNAL_COUNT; i++) {
        uint64_t value = words;
        if (i < TM_SIGNAL_COUNT) {
            if (v == NULL)
                continue;
            value = fixed(v, tm_signal_is_count((enum tm_signal)i) ? 0 : 3);
            v = v->next;
        }
        uint64_t bin = value / tm_signal_step(i);
        lang->signals[i][bin < TM_REPORT_BINS ? bin : TM_REPORT_BINS - 1]++;
    }
}

/* What is counted once for a document: its segments and hashtags. */
static void count_document(struct counting *c, const struct tm_value *const *cells)
{
    struct tm_report_lang *lang = c->lang;
    uint64_t segs = fixed(cells[N_SEGS], 0);
    lang->documents++;
    lang->segs[segs == 0 ? 0 : segs < TM_REPORT_SEGS ? segs - 1 : TM_REPORT_SEGS - 1]++;
    for (const struct tm_value *v = cells[HASHTAGS]->first; v != NULL; v = v->next)
        tm_tally_add(&lang->hashtags, hash_of(v->text), v->text);
}

static void count_forward(struct tm_report *report, struct tm_str from, struct tm_str to)
{
    char edge[TM_TALLY_KEY + 1];
    if (from.n == 0)
        return;
    report->forwarded++;
    from = tm_report_cut(from, TM_TALLY_KEY / 2);
    to = tm_report_cut(to, TM_TALLY_KEY / 2);
    memcpy(edge, from.p, from.n);
    edge[from.n] = '\x1F';
    if (to.n != 0)
        memcpy(edge + from.n + 1, to.p, to.n);
    struct tm_str key = {edge, from.n + 1 + to.n};
    tm_tally_add(&report->forwards, hash_of(key), key);
}

static void offer(struct counting *c, struct tm_picks *picks, struct tm_pick *pick, uint64_t value)
{
    if (!tm_picks_wants(picks, value, pick->hash))
        return;
    pick->value = value;
    c->failed |= !tm_picks_add(picks, pick);
}

static void offer_all(struct counting *c, const struct tm_value *const *cells, uint64_t hash)
{
    struct tm_report_lang *lang = c->lang;
    const struct tm_value *quality = cells[QUALITY]->first;
    struct tm_pick pick = {
        .hash = hash, .id = tm_report_cut(cells[ID]->text, 200),
        .channel = tm_report_cut(tm_value_text(cells[CHANNEL]), 120),
        .date = tm_report_cut(tm_value_text(cells[DATE]), 20),
        .text = tm_report_cut(cells[TEXT]->text, TM_REPORT_SNIPPET),
        .chars = fixed(cells[N_CHARS], 0), .words = fixed(cells[N_WORDS], 0),
        .score = (uint32_t)fixed(cells[LANG_SCORE], 4),
        .kept = (uint32_t)fixed(quality == NULL ? NULL : quality->next, 4),
    };
    offer(c, &lang->examples, &pick, UINT64_MAX - hash);
    offer(c, &lang->doubtful, &pick, 10000 - pick.score);
    offer(c, &lang->longest, &pick, pick.chars);
    offer(c, &lang->shortened, &pick, 10000 - pick.kept);
}

static void find_cluster(struct counting *c, struct tm_str id, struct tm_str text, uint64_t hash)
{
    struct tm_report *report = c->report;
    for (size_t i = 0; i < report->n_clusters; i++) {
        struct tm_cluster *cluster = &report->clusters[i];
        if (cluster->hash != hash || cluster->text.p != NULL || !tm_str_equal(cluster->id, id))
            continue;
        cluster->text = tm_arena_copy(report->arena, tm_report_cut(text, 240));
        c->failed |= cluster->text.p == NULL;
    }
}

static void count_record(struct counting *c, const struct tm_value *const *cells)
{
    struct tm_report_lang *lang = c->lang;
    struct tm_str text = cells[TEXT]->text;
    uint64_t hash = hash_of(cells[ID]->text);
    uint64_t doc = hash_of(cells[DOC_ID]->text);
    uint64_t chars = fixed(cells[N_CHARS], 0);
    uint64_t words = fixed(cells[N_WORDS], 0);
    uint64_t score = fixed(cells[LANG_SCORE], 4);
    size_t month = month_of(tm_value_text(cells[DATE]));
    bool sampled = hash % c->report->one_in == 0;
    if (lang->records++ == 0 || doc != c->doc)
        count_document(c, cells);
    c->doc = doc;
    lang->bytes += text.n;
    lang->chars += chars;
    lang->words += words;
    lang->by_chars[chars < TM_REPORT_LENGTHS ? chars : TM_REPORT_LENGTHS - 1]++;
    lang->by_words[words < TM_REPORT_LENGTHS ? words : TM_REPORT_LENGTHS - 1]++;
    if (month == TM_REPORT_MONTHS)
        lang->undated++;
    else
        lang->by_month[month]++;
    uint64_t step = score < 5000 ? 0 : (score - 5000) / 200 + 1;
    lang->scores[step < TM_REPORT_SCORES ? step : TM_REPORT_SCORES - 1]++;
    if (sampled) {
        lang->sample_records++;
        lang->sample_words += words;
        lang->sample_chars += chars;
    }
    count_signals(lang, cells[QUALITY], words);
    count_forward(c->report, tm_value_text(cells[FORWARDED_FROM]), tm_value_text(cells[CHANNEL]));
    tm_words_count(c->words, lang, text, sampled, c->report->one_in == 1);
    offer_all(c, cells, hash);
    find_cluster(c, cells[ID]->text, text, hash);
}

static enum tm_status count_stream(struct counting *c, enum tm_pack_stream stream,
                                   struct tm_err *err)
{
    struct tm_walk walk;
    const struct tm_value *row;
    const struct tm_value *cells[COLUMNS];
    uint64_t offset;
    enum tm_status status;
    c->lang = &c->report->langs[stream];
    tm_walk_begin(&walk, &c->report->opened, stream);
    while ((status = tm_walk_next(&walk, &row, &offset, err)) == TM_OK) {
        if (!take_columns(row, cells)) {
            status = tm_fail(err, TM_ERR_FORMAT, walk.rows.name, offset,
                             "content: not the keys that a record must have, in their order");
            break;
        }
        count_record(c, cells);
    }
    tm_walk_end(&walk);
    return status == TM_END ? c->failed ? no_memory(err) : TM_OK : status;
}

static void take_cluster(struct tm_report *report, struct tm_str id, uint64_t dups, bool *failed)
{
    size_t at = report->n_clusters;
    struct tm_cluster *list = report->clusters;
    while (at > 0 && (dups > list[at - 1].dups ||
                      (dups == list[at - 1].dups && tm_str_order(id, list[at - 1].id) < 0)))
        at--;
    if (at == TM_REPORT_CLUSTERS)
        return;
    struct tm_cluster cluster = {.dups = dups, .hash = hash_of(id),
                                 .id = tm_arena_copy(report->arena, id)};
    *failed |= cluster.id.p == NULL;
    report->n_clusters += report->n_clusters < TM_REPORT_CLUSTERS;
    memmove(list + at + 1, list + at, (report->n_clusters - 1 - at) * sizeof *list);
    list[at] = cluster;
}

static enum tm_status count_provenance(struct tm_report *report, struct tm_err *err)
{
    struct tm_walk walk;
    const struct tm_value *row;
    uint64_t offset;
    bool failed = false;
    enum tm_status status;
    tm_walk_begin(&walk, &report->opened, TM_PACK_PROVENANCE);
    while ((status = tm_walk_next(&walk, &row, &offset, err)) == TM_OK) {
        uint64_t dups = 0;
        if (!tm_value_u64(tm_value_get(row, "n_dups"), &dups) || dups == 0)
            continue;
        report->clustered++;
        report->dups += dups;
        unsigned size = dups == 1 ? 0 : 64 - (unsigned)__builtin_clzll(dups - 1);
        report->dup_sizes[size < TM_REPORT_DUPS ? size : TM_REPORT_DUPS - 1]++;
        take_cluster(report, tm_value_text(tm_value_get(row, "id")), dups, &failed);
    }
    tm_walk_end(&walk);
    return status == TM_END ? failed ? no_memory(err) : TM_OK : status;
}

static bool make_room(struct tm_report *report)
{
    bool good = tm_tally_init(&report->forwards, SMALL_PLACES);
    for (int i = 0; i < TM_REPORT_LANGS && good; i++) {
        struct tm_report_lang *lang = &report->langs[i];
        lang->by_chars = calloc(TM_REPORT_LENGTHS, sizeof *lang->by_chars);
        lang->by_words = calloc(TM_REPORT_LENGTHS, sizeof *lang->by_words);
        lang->by_month = calloc(TM_REPORT_MONTHS, sizeof *lang->by_month);
        lang->code_points = calloc(TM_REPORT_CHARS, sizeof *lang->code_points);
        good = lang->by_chars != NULL && lang->by_words != NULL && lang->by_month != NULL &&
               lang->code_points != NULL && tm_tally_init(&lang->top, TOP_PLACES) &&
               tm_tally_init(&lang->pairs, PAIR_PLACES) &&
               tm_tally_init(&lang->hashtags, SMALL_PLACES) &&
               tm_picks_init(&lang->examples, report->options.examples) &&
               tm_picks_init(&lang->doubtful, TM_REPORT_STRANGE) &&
               tm_picks_init(&lang->longest, TM_REPORT_STRANGE) &&
               tm_picks_init(&lang->shortened, TM_REPORT_STRANGE);
    }
    return good;
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

/* The vocabularies, of each language and of all together, and the tables in order. */
static bool settle(struct tm_report *report)
{
    struct tm_hll all = {{0}};
    bool failed = report->forwards.failed;
    report->exact = true;
    report->different = 0;
    for (int i = 0; i < TM_REPORT_LANGS; i++) {
        struct tm_report_lang *lang = &report->langs[i];
        lang->exact = report->one_in == 1 && lang->top.error == 0;
        lang->different = lang->exact ? lang->top.n : tm_hll_estimate(&lang->vocabulary);
        report->exact &= lang->exact;
        tm_hll_merge(&all, &lang->vocabulary);
        failed |= lang->top.failed || lang->pairs.failed || lang->hashtags.failed;
        for (size_t k = 0; k < lang->top.capacity; k++) {
            const struct tm_tally_entry *entry = &lang->top.entries[k];
            bool before = false;
            for (int j = 0; j < i && entry->count != 0; j++)
                before |= tm_tally_count(&report->langs[j].top, entry->hash) != 0;
            report->different += entry->count != 0 && !before;
        }
    }
    if (!report->exact)
        report->different = tm_hll_estimate(&all);
    for (int i = 0; i < TM_REPORT_LANGS; i++) {
        struct tm_report_lang *lang = &report->langs[i];
        if (lang->n_growth != 0 && lang->growth[lang->n_growth - 1].words != lang->words &&
            lang->n_growth < TM_REPORT_GROWTH)
            lang->growth[lang->n_growth++] = (struct tm_growth){0, lang->words, lang->different};
        look_up_pairs(lang);
        tm_tally_sort(&lang->top);
        tm_tally_sort(&lang->hashtags);
    }
    tm_tally_sort(&report->forwards);
    return !failed;
}

enum tm_status tm_report_count(struct tm_report *report, struct tm_err *err)
{
    struct counting counting = {.report = report, .words = tm_word_counter_create()};
    uint64_t text = report->opened.ledger.bytes[TM_KEPT];
    const struct tm_value *counts = tm_value_get(report->opened.manifest, "counts");
    (void)tm_value_u64(tm_value_get(counts, "documents"), &report->documents);
    for (report->one_in = 1; text / report->one_in > SAMPLE_TEXT;)
        report->one_in *= 2;
    enum tm_status status = counting.words != NULL && make_room(report) ? TM_OK : no_memory(err);
    if (status == TM_OK)
        status = count_provenance(report, err);
    for (int i = TM_PACK_RU; i <= TM_PACK_OTHER && status == TM_OK; i++)
        status = count_stream(&counting, (enum tm_pack_stream)i, err);
    if (status == TM_OK && !settle(report))
        status = no_memory(err);
    tm_word_counter_destroy(counting.words);
    return status;
}
