/* SPDX-License-Identifier: Apache-2.0 */
/* pack_test.h - a folder of its own for each test, and a small release made of invented posts. */
#ifndef TM_TESTS_PACK_TEST_H
#define TM_TESTS_PACK_TEST_H

#include <fcntl.h>
#include <ftw.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../cmocka_all.h"
#include "base/str.h"
#include "pack/packer.h"
#include "pack/record.h"

#define UNUSED __attribute__((unused))

/* A record with the signals of its text. */
static inline void write_record(struct tm_buf *buf, const struct tm_doc *doc, size_t seg)
{
    struct tm_signals signals;
    assert_int_equal(tm_record_signals(doc, seg, NULL, NULL, &signals), TM_OK);
    tm_record_write(buf, doc, seg, &signals);
}

static char test_dir[64];

static inline int make_dir(void **state)
{
    (void)state;
    const char *temp = getenv("TMPDIR");
    (void)snprintf(test_dir, sizeof test_dir, "%s/tm-pack-XXXXXX", temp == NULL ? "/tmp" : temp);
    return mkdtemp(test_dir) == NULL;
}

static inline int remove_entry(const char *path, const struct stat *st, int type, struct FTW *walk)
{
    (void)st;
    (void)type;
    (void)walk;
    return remove(path);
}

static inline int remove_dir(void **state)
{
    (void)state;
    return nftw(test_dir, remove_entry, 16, FTW_DEPTH | FTW_PHYS);
}

UNUSED static char *slurp(const char *path, size_t *ret_n)
{
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    assert_int_equal(fseek(file, 0, SEEK_END), 0);
    long n = ftell(file);
    rewind(file);
    char *bytes = malloc((size_t)n + 1);
    assert_non_null(bytes);
    assert_int_equal(fread(bytes, 1, (size_t)n, file), (size_t)n);
    bytes[n] = '\0';
    (void)fclose(file);
    *ret_n = (size_t)n;
    return bytes;
}

UNUSED static void spit(const char *path, const void *bytes, size_t n)
{
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(bytes, 1, n, file), n);
    assert_int_equal(fclose(file), 0);
}

UNUSED static bool exists(const char *format, const char *name)
{
    char path[4096];
    struct stat st;
    (void)snprintf(path, sizeof path, format, test_dir, name);
    return lstat(path, &st) == 0;
}

/* Posts that come out of a number: two segments each, of both languages, every fifth post has a
 * second Russian one that is left out as a duplicate. */
struct feed {
    unsigned n_docs;
    unsigned per_source;
    unsigned doc;
    unsigned step;
    struct tm_buf line;
    struct tm_doc d;
    struct tm_segment segments[3];
    enum tm_reason reasons[3];
    char text[1024];
    char doc_id[32];
    char source[32];
    struct tm_ledger ledger;
    struct tm_input_report report;
    struct tm_manifest_source sources[64];
    char keys[64][32];
    unsigned n_sources;
    enum tm_status fail_at_end;
};

static inline void next_doc(struct feed *f)
{
    unsigned i = f->doc;
    unsigned s = i / f->per_source;
    bool third = i % 5 == 4;
    (void)snprintf(f->doc_id, sizeof f->doc_id, "tg-7%03u-%05u", s, i);
    (void)snprintf(f->source, sizeof f->source, "7%03u", s);
    char ru[300];
    char en[300];
    (void)snprintf(ru, sizeof ru, "Катер номер %u вышел из порта, на борту %u ящиков яблок.", i,
                   i * 7919 % 1000);
    (void)snprintf(en, sizeof en, "Boat number %u left the port with %u boxes of apples.", i,
                   i * 104729 % 1000);
    (void)snprintf(f->text, sizeof f->text, "%s\n%s%s%s", ru, en, third ? "\n" : "",
                   third ? "Как и вчера." : "");
    f->d = (struct tm_doc){
        .source_key = tm_str_of(f->source), .doc_id = tm_str_of(f->doc_id),
        .channel = TM_STR("Порт | Port"), .date = 1700000000 + (int64_t)i * 86400,
        .edited = TM_UNKNOWN, .views = (int64_t)i, .source_file = TM_STR("port.json"),
        .source_offset = (uint64_t)i * 1000, .text = tm_str_of(f->text), .raw = tm_str_of(f->text),
        .segments = f->segments, .n_segments = third ? 3 : 2,
    };
    f->d.raw_length = f->d.text.n;
    f->d.source_length = f->d.text.n + 20;
    f->d.reading = (struct tm_reading){.markup = 15, .metadata = 5, .body = f->d.text.n};
    size_t a = strlen(ru);
    size_t b = strlen(en);
    f->segments[0] = (struct tm_segment){0, a, TM_LANG_RU, 9987};
    f->segments[1] = (struct tm_segment){a + 1, b, TM_LANG_EN, 10000};
    f->segments[2] = (struct tm_segment){a + b + 2, strlen(f->text) - a - b - 2, TM_LANG_RU, 9000};
    f->reasons[0] = f->reasons[1] = TM_KEPT;
    f->reasons[2] = TM_REASON_DUPLICATE;
    tm_ledger_add_document(&f->ledger, &f->d);
    for (size_t k = 0; k < f->d.n_segments; k++)
        tm_ledger_add_segment(&f->ledger, f->reasons[k], f->segments[k].length);
    f->report.bytes += f->d.source_length;
    f->report.markup += 15;
    f->report.metadata += 5;
    f->report.body += f->d.text.n;
    f->report.documents++;
    struct tm_manifest_source *source = &f->sources[s];
    (void)snprintf(f->keys[s], sizeof f->keys[s], "%s", f->source);
    source->key = tm_str_of(f->keys[s]);
    source->documents++;
    source->records[TM_PACK_RU]++;
    source->records[TM_PACK_EN]++;
    source->bytes[TM_PACK_RU] += a;
    source->bytes[TM_PACK_EN] += b;
    f->n_sources = s + 1;
}

/* Steps of a document: ru, its provenance, en, its provenance, audit row, reject row. */
static inline enum tm_status feed_next(void *user, struct tm_pack_row *ret_row, struct tm_err *err)
{
    struct feed *f = user;
    if (f->step == 6 || (f->step == 5 && f->d.n_segments == 2)) {
        f->step = 0;
        f->doc++;
    }
    if (f->doc == f->n_docs)
        return f->fail_at_end != TM_OK
            ? tm_fail(err, f->fail_at_end, "", TM_NO_OFFSET, "the feed fails") : TM_END;
    if (f->step == 0)
        next_doc(f);
    f->line.n = 0;
    struct tm_pack_row row = {.source_key = f->d.source_key};
    size_t seg = f->step / 2;
    switch (f->step++) {
    case 0:
    case 2:
        row.stream = seg == 0 ? TM_PACK_RU : TM_PACK_EN;
        row.text_bytes = f->segments[seg].length;
        write_record(&f->line, &f->d, seg);
        break;
    case 1:
    case 3:
        row.stream = TM_PACK_PROVENANCE;
        tm_provenance_write(&f->line, &f->d, seg, f->d.n_segments - 2, TM_STR_UNKNOWN);
        break;
    case 4:
        row.stream = TM_PACK_DOCUMENTS;
        tm_audit_document_write(&f->line, &f->d, f->reasons);
        break;
    default:
        row.stream = TM_PACK_REJECTS;
        tm_reject_write(&f->line, &f->d, 2, TM_REASON_DUPLICATE, TM_STR("tg-7000-00004-0"));
        break;
    }
    row.line = tm_buf_view(&f->line);
    *ret_row = row;
    return TM_OK;
}

static inline enum tm_status finish_release(struct tm_packer *packer, struct feed *f,
                                            struct tm_err *err)
{
    f->report.name = "port.json";
    f->report.format = "test";
    (void)snprintf(f->report.sha256, sizeof f->report.sha256, "%064d", 0);
    tm_ledger_add_input(&f->ledger, &f->report);
    struct tm_learnt_line learnt = {
        .source_key = TM_STR("7000"), .line = TM_STR("подпишись"),
        .example = TM_STR("Подпишись, пиши на port@example.com"), .posts = 9, .source_posts = 10,
        .removed = true,
    };
    struct tm_manifest_info info = {
        .title = "Port", .licence = "CC-BY-4.0", .tool_version = "0.1.0",
        .recipe = TM_STR("name: port\nversion: 1.0.0\n"), .created = 1700000000,
        .ledger = &f->ledger, .inputs = &f->report, .n_inputs = 1, .learnt = &learnt,
        .n_learnt = 1, .sources = f->sources, .n_sources = f->n_sources,
    };
    return tm_packer_finish(packer, &info, NULL, err);
}

/* Makes test_dir/OUT/port/VERSION. */
UNUSED static void make_release(const char *out, const char *version, unsigned docs,
                                uint64_t frame, uint64_t shard, unsigned threads)
{
    char path[128];
    (void)snprintf(path, sizeof path, "%s/%s", test_dir, out);
    struct tm_pack_options options = {.out = path, .name = "port", .version = version,
                                      .frame = frame, .shard = shard, .threads = threads};
    struct tm_packer *packer = NULL;
    struct tm_err err = {0};
    struct feed *f = calloc(1, sizeof *f);
    assert_non_null(f);
    f->n_docs = docs;
    f->per_source = docs / 7 + 1;
    assert_int_equal(tm_packer_create(&options, &packer, &err), TM_OK);
    assert_int_equal(tm_packer_write(packer, feed_next, f, &err), TM_OK);
    assert_int_equal(finish_release(packer, f, &err), TM_OK);
    tm_packer_destroy(packer);
    tm_buf_finish(&f->line);
    free(f);
}

#endif
