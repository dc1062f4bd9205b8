/* SPDX-License-Identifier: Apache-2.0 */
/* report/stats.json; its schema is corpora/schema/stats.schema.json. */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>

#include "pack/ledger_json.h"
#include "report/report.h"
#include "report/stems.h"

/* Entries of a list; the page shows fewer. */
enum { MOST_ENTRIES = 100, MOST_FORMS = 5, MOST_SOURCES = 1000 };

/* sum / n with one decimal, rounded down. */
static void put_mean(struct tm_pretty *json, const char *key, uint64_t sum, uint64_t n)
{
    uint64_t tenths = n == 0 ? 0 : sum / n * 10 + sum % n * 10 / n;
    tm_pretty_key(json, key);
    tm_buf_u64(json->buf, tenths / 10);
    if (tenths % 10 != 0)
        tm_buf_printf(json->buf, ".%u", (unsigned)(tenths % 10));
}

static void put_bool(struct tm_pretty *json, const char *key, bool value)
{
    tm_pretty_key(json, key);
    tm_buf_text(json->buf, value ? "true" : "false");
}

/* [a, b, ...] in one line. */
static void put_numbers(struct tm_pretty *json, const char *key, const uint64_t *list, size_t n)
{
    tm_pretty_key(json, key);
    tm_buf_byte(json->buf, '[');
    for (size_t i = 0; i < n; i++) {
        tm_buf_text(json->buf, i == 0 ? "" : ", ");
        tm_buf_u64(json->buf, list[i]);
    }
    tm_buf_byte(json->buf, ']');
}

static void put_point(struct tm_pretty *json, uint64_t x, uint64_t y)
{
    put_numbers(json, NULL, (uint64_t[]){x, y}, 2);
}

static void put_quantiles(struct tm_pretty *json, const char *key, const uint64_t *histogram,
                          uint64_t n)
{
    static const unsigned per_cents[] = {10, 25, 50, 75, 90, 99};
    uint64_t values[6];
    for (int i = 0; i < 6; i++)
        values[i] = tm_report_quantile(histogram, n, per_cents[i]);
    put_numbers(json, key, values, 6);
}

static void put_quantiles_of_all(struct tm_pretty *json, const char *key,
                                 const struct tm_report *report, bool words)
{
    static const unsigned per_cents[] = {10, 25, 50, 75, 90, 99};
    uint64_t values[6];
    for (int i = 0; i < 6; i++)
        values[i] = tm_report_quantile_of_all(report, words, per_cents[i]);
    put_numbers(json, key, values, 6);
}

static void put_lengths(struct tm_pretty *json, const char *key, const uint64_t *histogram,
                        uint64_t n)
{
    uint64_t bins[TM_LENGTH_BINS];
    unsigned last = TM_LENGTH_BINS;
    tm_length_bins(histogram, n, bins);
    while (last > 0 && bins[last - 1] == 0)
        last--;
    tm_pretty_open(json, key, '[');
    for (unsigned i = 0; i < last; i++)
        put_point(json, tm_length_edge(i), bins[i]);
    tm_pretty_close(json, '[');
}

/* [key, number, its standard error] */
static void put_entry(struct tm_pretty *json, struct tm_str key, uint64_t number, uint64_t error)
{
    tm_pretty_key(json, NULL);
    tm_buf_byte(json->buf, '[');
    tm_json_put_str(json->buf, key);
    tm_buf_text(json->buf, ", ");
    tm_buf_u64(json->buf, number);
    tm_buf_text(json->buf, ", ");
    tm_buf_u64(json->buf, error);
    tm_buf_byte(json->buf, ']');
}

/* `sampled`: of the language's sample, and scaled up. */
static void put_tally(struct tm_pretty *json, const char *key, const struct tm_report_lang *lang,
                      const struct tm_tally *tally, bool sampled)
{
    tm_pretty_open(json, key, '{');
    tm_pretty_u64(json, "total", sampled ? tm_sample_scale(&lang->sample, lang->words, false,
                                                           tally->total) : tally->total);
    tm_pretty_u64(json, "error", sampled ? tm_sample_scale(&lang->sample, lang->words, false,
                                                           tally->error) : tally->error);
    tm_pretty_open(json, "top", '[');
    for (size_t i = 0; i < tally->n && i < MOST_ENTRIES; i++) {
        const struct tm_tally_entry *entry = &tally->entries[i];
        put_entry(json, tm_tally_key(tally, entry),
                  sampled ? tm_report_times(lang, entry) : entry->count,
                  sampled ? tm_report_times_error(lang, tally, entry) : 0);
    }
    tm_pretty_close(json, '[');
    tm_pretty_close(json, '{');
}

static void put_stems(struct tm_pretty *json, const struct tm_report_lang *lang)
{
    const char *algorithm = tm_stems_algorithm(lang->alphabet);
    const struct tm_tally *stems = &lang->stems;
    tm_pretty_open(json, "stems", '{');
    tm_pretty_str(json, "algorithm", tm_str_of(algorithm == NULL ? "none" : algorithm));
    tm_pretty_u64(json, "total", tm_sample_scale(&lang->sample, lang->words, false, stems->total));
    tm_pretty_open(json, "top", '[');
    for (size_t i = 0; i < stems->n && i < MOST_ENTRIES; i++) {
        struct tm_str forms[MOST_FORMS];
        size_t n = tm_stems_forms(lang, &stems->entries[i], MOST_FORMS, forms);
        tm_pretty_open(json, NULL, '{');
        tm_pretty_str(json, "stem", tm_tally_key(stems, &stems->entries[i]));
        tm_pretty_u64(json, "times", tm_report_times(lang, &stems->entries[i]));
        tm_pretty_u64(json, "standard_error", tm_report_times_error(lang, stems, &stems->entries[i]));
        tm_pretty_open(json, "forms", '[');
        for (size_t k = 0; k < n; k++)
            tm_pretty_str(json, NULL, forms[k]);
        tm_pretty_close(json, '[');
        tm_pretty_close(json, '{');
    }
    tm_pretty_close(json, '[');
    tm_pretty_close(json, '{');
}

/* Points, and the exponent of the power law through them. */
static void put_law(struct tm_pretty *json, const char *key, const char *exponent_key,
                    const struct tm_points *points)
{
    tm_pretty_open(json, key, '[');
    for (size_t i = 0; i < points->n; i++)
        put_point(json, points->x[i], points->y[i]);
    tm_pretty_close(json, '[');
    double exponent = tm_report_exponent(points->x, points->y, points->n) * 10000;
    int64_t parts = (int64_t)(exponent + (exponent < 0 ? -0.5 : 0.5));
    uint64_t size = (uint64_t)(parts < 0 ? -parts : parts);
    tm_pretty_key(json, exponent_key);
    tm_buf_printf(json->buf, "%s%" PRIu64 ".%04u", parts < 0 ? "-" : "", size / 10000,
                  (unsigned)(size % 10000));
}

/* Of all languages together if `lang` is TM_REPORT_LANGS. */
static void put_vocabulary(struct tm_pretty *json, const struct tm_report *report, int lang)
{
    bool all = lang == TM_REPORT_LANGS;
    struct tm_points points;
    tm_pretty_open(json, "vocabulary", '{');
    tm_pretty_u64(json, "different_words", all ? report->different : report->langs[lang].different);
    put_bool(json, "exact", all ? report->exact : report->langs[lang].exact);
    tm_report_growth(report, lang, &points);
    put_law(json, "growth", "heaps_exponent", &points);
    tm_report_ranks(report, lang, &points);
    put_law(json, "rank_frequency", "zipf_exponent", &points);
    tm_pretty_close(json, '{');
}

static void put_mix(struct tm_pretty *json, const struct tm_mix *mix)
{
    uint64_t bins[TM_MIX_BINS];
    tm_mix_bins(mix, bins);
    tm_pretty_open(json, "documents_by_english_share", '{');
    tm_pretty_u64(json, "one_in", mix->one_in);
    put_numbers(json, "documents", bins, TM_MIX_BINS);
    tm_pretty_close(json, '{');
}

static void put_signals(struct tm_pretty *json, const struct tm_report_lang *lang)
{
    tm_pretty_open(json, "quality", '{');
    for (int i = 0; i <= TM_SIGNAL_COUNT; i++) {
        bool count = i == TM_SIGNAL_COUNT || tm_signal_is_count((enum tm_signal)i);
        tm_pretty_open(json, i == TM_SIGNAL_COUNT ? "n_words" : tm_signal_name((enum tm_signal)i),
                       '{');
        tm_pretty_key(json, "step");
        uint32_t step = tm_signal_step(i);
        if (count)
            tm_buf_u64(json->buf, step);
        else
            tm_buf_printf(json->buf, "0.%03u", step);
        put_numbers(json, "records", lang->signals[i], TM_REPORT_BINS);
        tm_pretty_close(json, '{');
    }
    tm_pretty_close(json, '{');
}

static void put_picks(struct tm_pretty *json, const char *key, const struct tm_picks *picks)
{
    tm_pretty_open(json, key, '[');
    for (size_t i = 0; i < picks->n; i++)
        tm_pretty_str(json, NULL, picks->list[i].id);
    tm_pretty_close(json, '[');
}

static void put_characters(struct tm_pretty *json, const struct tm_report_lang *lang)
{
    uint32_t list[MOST_ENTRIES];
    size_t n = tm_report_common_chars(lang, TM_CHAR_ALPHABET, MOST_ENTRIES, list);
    tm_pretty_open(json, "characters_by_frequency", '[');
    for (size_t i = 0; i < n; i++) {
        char name[16];
        (void)snprintf(name, sizeof name, "U+%04X", (unsigned)list[i]);
        put_entry(json, tm_str_of(name), tm_report_chars(lang, &lang->characters[list[i]]),
                  tm_report_chars_error(lang, &lang->characters[list[i]]));
    }
    tm_pretty_close(json, '[');
    tm_pretty_open(json, "characters_by_kind", '{');
    for (int kind = 0; kind < TM_CHAR_KINDS; kind++) {
        static const char *const names[TM_CHAR_KINDS] = {
            "alphabet", "other_letters", "digits", "blanks", "punctuation", "symbols", "rest"};
        const uint64_t numbers[] = {tm_report_chars(lang, &lang->kinds[kind]),
                                    tm_report_chars_error(lang, &lang->kinds[kind])};
        put_numbers(json, names[kind], numbers, 2);
    }
    tm_pretty_close(json, '{');
}

static void put_tokens(struct tm_pretty *json, const struct tm_report *report, int lang)
{
    struct tm_tokens tokens = tm_report_tokens(report, lang);
    tm_pretty_open(json, "tokens_estimate", '{');
    tm_pretty_u64(json, "low", tokens.low);
    tm_pretty_u64(json, "high", tokens.high);
    if (tokens.n != 0) {
        tm_pretty_open(json, "by_rule", '{');
        for (size_t i = 0; i < tokens.n; i++)
            tm_pretty_u64(json, tokens.rules[i].formula, tokens.rules[i].tokens);
        tm_pretty_close(json, '{');
    }
    tm_pretty_close(json, '{');
}

static void put_estimate(struct tm_pretty *json, const char *key, struct tm_estimate estimate)
{
    tm_pretty_open(json, key, '{');
    tm_pretty_u64(json, "number", estimate.number);
    tm_pretty_u64(json, "standard_error", estimate.error);
    tm_pretty_u64(json, "one_in", estimate.one_in);
    tm_pretty_close(json, '{');
}

static void put_lang(struct tm_pretty *json, const struct tm_report *report, int i)
{
    const struct tm_report_lang *lang = &report->langs[i];
    tm_pretty_open(json, tm_pack_stream_lang((enum tm_pack_stream)i), '{');
    tm_pretty_u64(json, "documents", lang->documents);
    tm_pretty_u64(json, "records", lang->records);
    tm_pretty_u64(json, "sentences", tm_report_sentences(report, i));
    tm_pretty_u64(json, "sentences_standard_error", tm_report_sentences_error(report, i));
    tm_pretty_u64(json, "words", lang->words);
    put_estimate(json, "words_by_icu", lang->icu_words);
    tm_pretty_u64(json, "characters", lang->chars);
    tm_pretty_u64(json, "bytes", lang->bytes);
    put_mean(json, "mean_words", lang->words, lang->records);
    tm_pretty_u64(json, "median_words", tm_report_quantile(lang->by_words, lang->records, 50));
    put_mean(json, "mean_characters", lang->chars, lang->records);
    tm_pretty_u64(json, "median_characters",
                  tm_report_quantile(lang->by_chars, lang->records, 50));
    put_quantiles(json, "words_p10_p25_p50_p75_p90_p99", lang->by_words, lang->records);
    put_quantiles(json, "characters_p10_p25_p50_p75_p90_p99", lang->by_chars, lang->records);
    tm_pretty_u64(json, "undated", lang->undated);
    put_tokens(json, report, i);
    if (report->tokenizer != NULL)
        put_estimate(json, "tokens_by_model", lang->tokens);
    tm_pretty_u64(json, "sample_one_in", lang->sample.one_in);
    tm_pretty_u64(json, "sample_units", lang->sample.n);
    tm_pretty_u64(json, "sample_words", lang->sample.words);
    put_vocabulary(json, report, i);
    put_lengths(json, "records_by_words", lang->by_words, lang->records);
    put_lengths(json, "records_by_characters", lang->by_chars, lang->records);
    put_numbers(json, "records_by_lang_score", lang->scores, TM_REPORT_SCORES);
    put_numbers(json, "records_by_kept", lang->kept, TM_REPORT_KEPT);
    put_numbers(json, "documents_by_n_segs", lang->segs, TM_REPORT_SEGS);
    put_signals(json, lang);
    put_tally(json, "words_by_frequency", lang, &lang->top, true);
    put_stems(json, lang);
    put_tally(json, "pairs", lang, &lang->pairs, true);
    put_tally(json, "hashtags", lang, &lang->hashtags, false);
    put_characters(json, lang);
    put_picks(json, "examples", &lang->examples);
    put_picks(json, "least_certain", &lang->doubtful);
    put_picks(json, "longest", &lang->longest);
    put_picks(json, "most_removed", &lang->shortened);
    tm_pretty_close(json, '{');
}

static void put_total(struct tm_pretty *json, const struct tm_report *report)
{
    struct tm_report_lang sum = {0};
    uint64_t sentences = 0;
    double variance = 0;
    for (int i = 0; i < TM_REPORT_LANGS; i++) {
        const struct tm_report_lang *lang = &report->langs[i];
        sum.records += lang->records;
        sum.words += lang->words;
        sum.chars += lang->chars;
        sum.bytes += lang->bytes;
        sum.documents += lang->documents;
        double error = (double)tm_report_sentences_error(report, i);
        variance += error * error;
        sentences += tm_report_sentences(report, i);
    }
    tm_pretty_open(json, "all", '{');
    tm_pretty_u64(json, "documents", report->documents);
    tm_pretty_u64(json, "documents_in_several_languages", sum.documents > report->documents
                                                              ? sum.documents - report->documents : 0);
    tm_pretty_u64(json, "records", sum.records);
    tm_pretty_u64(json, "sentences", sentences);
    tm_pretty_u64(json, "sentences_standard_error", (uint64_t)ceil(sqrt(variance)));
    tm_pretty_u64(json, "words", sum.words);
    tm_pretty_u64(json, "characters", sum.chars);
    tm_pretty_u64(json, "bytes", sum.bytes);
    put_quantiles_of_all(json, "words_p10_p25_p50_p75_p90_p99", report, true);
    put_quantiles_of_all(json, "characters_p10_p25_p50_p75_p90_p99", report, false);
    put_mix(json, &report->mix);
    put_vocabulary(json, report, TM_REPORT_LANGS);
    put_tokens(json, report, TM_REPORT_LANGS);
    tm_pretty_close(json, '{');
}

static void put_sources(struct tm_pretty *json, const struct tm_report *report)
{
    const struct tm_value *sources = tm_value_get(report->opened.manifest, "sources");
    size_t n = 0;
    tm_pretty_u64(json, "n_sources", sources == NULL ? 0 : sources->n);
    tm_pretty_open(json, "sources", '[');
    for (const struct tm_value *s = sources == NULL ? NULL : sources->first;
         s != NULL && n < MOST_SOURCES; s = s->next, n++) {
        tm_pretty_key(json, NULL);
        tm_value_put(json->buf, s);
    }
    tm_pretty_close(json, '[');
}

static void put_months(struct tm_pretty *json, const struct tm_report *report)
{
    tm_pretty_open(json, "months", '{');
    for (size_t month = report->first_month; month <= report->last_month; month++) {
        char name[24];
        uint64_t all = 0;
        for (int i = 0; i < TM_REPORT_LANGS; i++)
            all += report->langs[i].by_month[month];
        if (all == 0)
            continue;
        (void)snprintf(name, sizeof name, "%04zu-%02zu", month / 12, month % 12 + 1);
        tm_pretty_open(json, name, '{');
        for (int i = 0; i < TM_REPORT_LANGS; i++)
            tm_pretty_u64(json, tm_pack_stream_lang((enum tm_pack_stream)i),
                          report->langs[i].by_month[month]);
        tm_pretty_close(json, '{');
    }
    tm_pretty_close(json, '{');
}

static void put_duplicates(struct tm_pretty *json, const struct tm_report *report)
{
    tm_pretty_open(json, "duplicates", '{');
    tm_pretty_u64(json, "records_with_duplicates", report->clustered);
    tm_pretty_u64(json, "duplicates_removed", report->dups);
    put_numbers(json, "records_by_duplicates", report->dup_sizes, TM_REPORT_DUPS);
    tm_pretty_open(json, "largest", '[');
    for (size_t i = 0; i < report->n_clusters; i++) {
        tm_pretty_open(json, NULL, '{');
        tm_pretty_str(json, "id", report->clusters[i].id);
        tm_pretty_u64(json, "duplicates", report->clusters[i].dups);
        tm_pretty_close(json, '{');
    }
    tm_pretty_close(json, '[');
    tm_pretty_close(json, '{');
}

static void put_forwards(struct tm_pretty *json, const struct tm_report *report)
{
    const struct tm_tally *tally = &report->forwards;
    tm_pretty_open(json, "forwards", '{');
    tm_pretty_u64(json, "records", report->forwarded);
    tm_pretty_u64(json, "error", tally->error);
    tm_pretty_open(json, "top", '[');
    for (size_t i = 0; i < tally->n && i < MOST_ENTRIES; i++) {
        const struct tm_tally_entry *entry = &tally->entries[i];
        struct tm_str from, to;
        tm_tally_split(tally, entry, '\x1F', &from, &to);
        tm_pretty_open(json, NULL, '{');
        tm_pretty_str(json, "from", from);
        tm_pretty_str(json, "to", to);
        tm_pretty_u64(json, "records", entry->count);
        tm_pretty_close(json, '{');
    }
    tm_pretty_close(json, '[');
    tm_pretty_close(json, '{');
}

void tm_report_put_json(struct tm_pretty *json, const struct tm_report *report)
{
    tm_pretty_open(json, NULL, '{');
    tm_pretty_str(json, "name", report->opened.name);
    tm_pretty_str(json, "version", report->opened.version);
    if (report->tokenizer != NULL) {
        tm_pretty_open(json, "tokenizer", '{');
        tm_pretty_str(json, "model", tm_str_of(tm_tokenizer_name(report->tokenizer)));
        tm_pretty_str(json, "sha256", tm_str_of(tm_tokenizer_sha256(report->tokenizer)));
        tm_pretty_close(json, '{');
    }
    put_total(json, report);
    tm_pretty_open(json, "languages", '{');
    for (int i = 0; i < TM_REPORT_LANGS; i++)
        put_lang(json, report, i);
    tm_pretty_close(json, '{');
    put_sources(json, report);
    put_months(json, report);
    put_duplicates(json, report);
    put_forwards(json, report);
    tm_ledger_put(json, "ledger", &report->opened.ledger);
    tm_pretty_close(json, '{');
}
