/* SPDX-License-Identifier: Apache-2.0 */
/* README.md: the dataset card that Hugging Face reads, and people. */
#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>

#include "base/json_write.h"
#include "pack/fields.h"
#include "pack/packing.h"

/* Sources that the table of the card lists; the manifest has all. */
#define MOST_SOURCES 200

static const char *size_category(uint64_t n)
{
    static const struct {
        uint64_t below;
        const char *name;
    } sizes[] = {
        {1000, "n<1K"}, {10000, "1K<n<10K"}, {100000, "10K<n<100K"}, {1000000, "100K<n<1M"},
        {10000000, "1M<n<10M"}, {100000000, "10M<n<100M"}, {1000000000, "100M<n<1B"},
        {10000000000, "1B<n<10B"}, {100000000000, "10B<n<100B"},
    };
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++)
        if (n < sizes[i].below)
            return sizes[i].name;
    return "100B<n<1T";
}

/* A title may hold anything; nothing of it may be taken for markup or end the cell. */
static void put_cell(struct tm_buf *buf, struct tm_str text)
{
    if (text.n == 0)
        tm_buf_text(buf, "–");
    for (size_t i = 0; i < text.n; i++) {
        char c = text.p[i];
        if ((unsigned char)c < 0x20 || c == 0x7F) {
            tm_buf_byte(buf, ' ');
            continue;
        }
        if (strchr("\\`*_{}[]<>|#&~!", c) != NULL)
            tm_buf_byte(buf, '\\');
        tm_buf_byte(buf, c);
    }
}

static const char *title_of(const struct tm_packer *packer, const struct tm_manifest_info *info)
{
    return info->title == NULL || info->title[0] == '\0' ? packer->name : info->title;
}

static const char *licence_of(const struct tm_manifest_info *info)
{
    return info->licence == NULL || info->licence[0] == '\0' ? "other" : info->licence;
}

static uint64_t record_total(const struct tm_packer *packer)
{
    return packer->streams[TM_PACK_RU].rows + packer->streams[TM_PACK_EN].rows +
           packer->streams[TM_PACK_OTHER].rows;
}

static void put_config(struct tm_buf *buf, const char *name, const char *path, bool is_default)
{
    tm_buf_printf(buf, "- config_name: %s\n%s  data_files:\n  - split: train\n    path: %s\n", name,
                  is_default ? "  default: true\n" : "", path);
}

static void put_configs(struct tm_buf *buf, const struct tm_packer *packer)
{
    tm_buf_text(buf, "configs:\n");
    bool first = true;
    for (int i = TM_PACK_RU; i <= TM_PACK_OTHER; i++) {
        const char *lang = tm_pack_stream_lang((enum tm_pack_stream)i);
        char path[64];
        (void)snprintf(path, sizeof path, "data/%s/train-*.jsonl.zst", lang);
        if (packer->streams[i].set.n == 0)
            continue;
        put_config(buf, lang, path, first);
        first = false;
    }
    if (packer->streams[TM_PACK_PROVENANCE].set.n != 0)
        put_config(buf, "provenance", "provenance/part-*.jsonl.zst", false);
}

static bool has_spans(const struct tm_manifest_info *info)
{
    return info->unit != NULL && strcmp(info->unit, "document") == 0;
}

/* Types as the library `datasets` calls them. */
static const char *feature_type(enum tm_field_type type)
{
    switch (type) {
    case TM_FIELD_COUNT:
    case TM_FIELD_SIGNED: return "dtype: int64";
    case TM_FIELD_SHARE:
    case TM_FIELD_NUMBER: return "dtype: float64";
    case TM_FIELD_FLAG: return "dtype: bool";
    case TM_FIELD_TEXTS:
    case TM_FIELD_URLS: return "sequence: string";
    case TM_FIELD_TEXT:
    case TM_FIELD_TIME:
    case TM_FIELD_URL:
    case TM_FIELD_OBJECT:
    case TM_FIELD_OBJECTS: break;
    }
    return "dtype: string";
}

static void put_features(struct tm_buf *buf, const struct tm_field *field, const char *indent,
                         bool spans)
{
    for (; field->name != NULL; field++) {
        if (field->members == NULL) {
            tm_buf_printf(buf, "%s- {name: %s, %s}\n", indent, field->name,
                          feature_type(field->type));
        } else if (field->type == TM_FIELD_OBJECT || spans) {
            tm_buf_printf(buf, "%s- name: %s\n%s  %s:\n", indent, field->name, indent,
                          field->type == TM_FIELD_OBJECT ? "struct" : "list");
            put_features(buf, field->members, "    ", spans);
        }
    }
}

static void put_dataset_info(struct tm_buf *buf, const struct tm_packer *packer,
                             const struct tm_manifest_info *info)
{
    tm_buf_text(buf, "dataset_info:\n");
    for (int i = TM_PACK_RU; i <= TM_PACK_PROVENANCE; i++) {
        const struct tm_stream_state *stream = &packer->streams[i];
        const char *lang = tm_pack_stream_lang((enum tm_pack_stream)i);
        uint64_t bytes = 0;
        uint64_t packed = 0;
        for (size_t k = 0; k < stream->set.n; k++) {
            bytes += stream->set.shards[k].bytes;
            packed += stream->set.shards[k].packed;
        }
        if (stream->set.n == 0)
            continue;
        tm_buf_printf(buf, "- config_name: %s\n  features:\n",
                      lang[0] == '\0' ? "provenance" : lang);
        put_features(buf, i == TM_PACK_PROVENANCE ? tm_provenance_fields : tm_record_fields, "  ",
                     has_spans(info));
        tm_buf_printf(buf, "  splits:\n  - {name: train, num_examples: %" PRIu64
                      ", num_bytes: %" PRIu64 "}\n  download_size: %" PRIu64
                      "\n  dataset_size: %" PRIu64 "\n", stream->rows, bytes, packed, bytes);
    }
}

/* Hugging Face writes SPDX identifiers small. */
static void put_licence(struct tm_buf *buf, const struct tm_manifest_info *info)
{
    tm_buf_text(buf, "license: \"");
    for (const char *p = licence_of(info); *p != '\0'; p++)
        if (isalnum((unsigned char)*p) || strchr(".-+", *p) != NULL)
            tm_buf_byte(buf, (char)tolower((unsigned char)*p));
    tm_buf_text(buf, "\"\n");
}

static void put_front_matter(struct tm_buf *buf, const struct tm_packer *packer,
                             const struct tm_manifest_info *info)
{
    tm_buf_text(buf, "---\nlanguage:\n");
    if (packer->streams[TM_PACK_RU].rows != 0 || record_total(packer) == 0)
        tm_buf_text(buf, "- ru\n");
    if (packer->streams[TM_PACK_EN].rows != 0 || record_total(packer) == 0)
        tm_buf_text(buf, "- en\n");
    put_licence(buf, info);
    tm_buf_text(buf, "pretty_name: ");
    tm_json_put_str(buf, tm_str_of(title_of(packer, info)));
    tm_buf_printf(buf, "\nsize_categories:\n- %s\n", size_category(record_total(packer)));
    tm_buf_text(buf, "task_categories:\n- text-generation\n- fill-mask\n"
                     "source_datasets:\n- original\n");
    if (record_total(packer) != 0) {
        put_configs(buf, packer);
        put_dataset_info(buf, packer, info);
    }
    tm_buf_text(buf, "---\n\n");
}

static void put_contents(struct tm_buf *buf, const struct tm_packer *packer)
{
    tm_buf_text(buf, "## What is in it\n\n| language | records | bytes of text | shards |\n"
                     "| --- | ---: | ---: | ---: |\n");
    for (int i = TM_PACK_RU; i <= TM_PACK_OTHER; i++) {
        const struct tm_stream_state *stream = &packer->streams[i];
        if (i != TM_PACK_OTHER || stream->rows != 0)
            tm_buf_printf(buf, "| %s | %" PRIu64 " | %" PRIu64 " | %zu |\n",
                          tm_pack_stream_lang((enum tm_pack_stream)i), stream->rows,
                          stream->text_bytes, stream->set.n);
    }
    tm_buf_text(buf, "\nA record is a run of whole paragraphs of one language; records of one post "
                     "share `doc_id`. Where each record came from stands in `provenance/`, under "
                     "the same `id`.\n\n");
}

static void put_sources(struct tm_buf *buf, const struct tm_manifest_info *info)
{
    tm_buf_text(buf, "## Sources\n\n| source | title | documents | ru | en |\n"
                     "| --- | --- | ---: | ---: | ---: |\n");
    size_t shown = info->n_sources < MOST_SOURCES ? info->n_sources : MOST_SOURCES;
    for (size_t i = 0; i < shown; i++) {
        const struct tm_manifest_source *s = &info->sources[i];
        tm_buf_text(buf, "| ");
        put_cell(buf, s->key);
        tm_buf_text(buf, " | ");
        put_cell(buf, s->title);
        tm_buf_printf(buf, " | %" PRIu64 " | %" PRIu64 " | %" PRIu64 " |\n", s->documents,
                      s->records[TM_PACK_RU], s->records[TM_PACK_EN]);
    }
    if (shown < info->n_sources)
        tm_buf_printf(buf, "\nand %zu more, see `manifest.json`.\n", info->n_sources - shown);
    tm_buf_byte(buf, '\n');
}

static void put_ledger(struct tm_buf *buf, const struct tm_ledger *ledger)
{
    tm_buf_printf(buf, "## What was removed\n\nOf %" PRIu64 " bytes of raw text %" PRIu64
                  " are in the records. Every other byte has a reason; the sums balance and "
                  "`tolmach verify` checks them.\n\n", ledger->raw, ledger->bytes[TM_KEPT]);
    tm_buf_text(buf, "| rule | what it does | edits | bytes removed | bytes by rewriting |\n"
                     "| --- | --- | ---: | ---: | ---: |\n");
    for (int i = 0; i < TM_RULE_COUNT; i++) {
        const struct tm_rule_sum *sum = &ledger->rules[i];
        if (sum->edits == 0)
            continue;
        tm_buf_printf(buf, "| `%s` | ", tm_rule_name((enum tm_rule)i));
        put_cell(buf, tm_str_of(tm_rule_text((enum tm_rule)i)));
        tm_buf_printf(buf, " | %" PRIu64 " | %" PRIu64 " | %" PRId64 " |\n", sum->edits,
                      sum->removed, sum->delta);
    }
    tm_buf_text(buf, "\n| what became of the clean text | segments | bytes |\n"
                     "| --- | ---: | ---: |\n");
    for (int i = 0; i < TM_REASON_COUNT; i++)
        if (ledger->segments[i] != 0)
            tm_buf_printf(buf, "| %s | %" PRIu64 " | %" PRIu64 " |\n",
                          tm_reason_name((enum tm_reason)i), ledger->segments[i],
                          ledger->bytes[i]);
    tm_buf_printf(buf, "\nWhole documents left out: %" PRIu64 " empty after cleaning, %" PRIu64
                  " superseded by another version of the same message, %" PRIu64
                  " forgotten on request.\n\n", ledger->documents[TM_REASON_EMPTY],
                  ledger->documents[TM_REASON_SUPERSEDED], ledger->documents[TM_REASON_FORGOTTEN]);
}

static void put_rows(struct tm_buf *buf, const struct tm_field *field, const char *group,
                     bool spans)
{
    for (; field->name != NULL; field++) {
        if (field->type == TM_FIELD_OBJECTS && !spans)
            continue;
        tm_buf_printf(buf, "| `%s%s` | %s | ", group, field->name, tm_field_type_text(field));
        put_cell(buf, tm_str_of(field->text));
        tm_buf_text(buf, " |\n");
        char path[64];
        (void)snprintf(path, sizeof path, "%s.", field->name);
        if (field->members != NULL)
            put_rows(buf, field->members, path, spans);
    }
}

static void put_fields(struct tm_buf *buf, bool spans)
{
    tm_buf_text(buf, "## Fields\n\n| field | type | meaning |\n| --- | --- | --- |\n");
    put_rows(buf, tm_record_fields, "", spans);
}

static const char loading_text[] =
    "## How to load it\n\n"
    "```python\n"
    "from datasets import load_dataset           # \"ru\" or \"en\"\n"
    "rows = load_dataset(\"path/to/this/folder\", \"ru\", split=\"train\")\n"
    "```\n"
    "```python\n"
    "import glob, pandas, zstandard\n"
    "def load(path):\n"
    "    with open(path, \"rb\") as file:\n"
    "        reader = zstandard.ZstdDecompressor().stream_reader(file, read_across_frames=True)\n"
    "        return pandas.read_json(reader, lines=True)\n"
    "rows = pandas.concat(load(path) for path in sorted(glob.glob(\"data/ru/*.jsonl.zst\")))\n"
    "```\n"
    "```sql\n"
    "-- DuckDB\n"
    "SELECT channel, count(*), sum(n_words) FROM read_json('data/ru/*.jsonl.zst',\n"
    "  format = 'newline_delimited') GROUP BY channel;\n"
    "```\n"
    "```sh\n"
    "zstdcat data/ru/*.jsonl.zst | jq -r .text\n"
    "```\n\n"
    "**One call loses data without a word:** `zstandard.ZstdDecompressor().decompress(bytes)` of "
    "python-zstandard returns the first frame only, and a shard has many. Use `stream_reader(…, "
    "read_across_frames=True)` as above.\n\n"
    "`sha256sum -c SHA256SUMS` checks the files, `tolmach verify .` checks also what is in them."
    "\n\n";

static const char limits_text[] =
    "## Limits\n\n"
    "Language, boilerplate, advertising and personal data are found by rules and a small model; "
    "they err. Telephone numbers, addresses, card and tax numbers are masked where they were "
    "recognised; names of people stay. Posts say what their authors wished to say, true or not, "
    "and may offend. Duplicates of a segment are removed as the recipe in `manifest.json` says: of "
    "near ones the words may differ, the numbers do not. Check the terms of the sources before you publish what you make of "
    "it.\n\n";

void tm_card_write(struct tm_buf *buf, const struct tm_packer *packer,
                   const struct tm_manifest_info *info)
{
    put_front_matter(buf, packer, info);
    tm_buf_text(buf, "# ");
    put_cell(buf, tm_str_of(title_of(packer, info)));
    tm_buf_printf(buf, "\n\nVersion %s", packer->version);
    if (info->parent != NULL)
        tm_buf_printf(buf, ", after %s", info->parent);
    tm_buf_printf(buf, ". Made by tolmach %s from the recipe in `manifest.json`.",
                  info->tool_version);
    if (info->parent != NULL)
        tm_buf_text(buf, " What changed since its parent stands in `CHANGES.md`.");
    tm_buf_text(buf, "\n\n");
    if (info->description != NULL && info->description[0] != '\0') {
        tm_buf_text(buf, info->description);
        tm_buf_text(buf, "\n\n");
    }
    put_contents(buf, packer);
    put_sources(buf, info);
    put_ledger(buf, info->ledger);
    put_fields(buf, has_spans(info));
    tm_buf_text(buf, "\nEvery row has every key; what is unknown is `null`.\n\n");
    tm_buf_text(buf, loading_text);
    tm_buf_text(buf, limits_text);
    tm_buf_text(buf, "## Licence\n\n");
    put_cell(buf, tm_str_of(licence_of(info)));
    tm_buf_text(buf, ". The texts belong to their authors.\n");
}
