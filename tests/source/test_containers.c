/* SPDX-License-Identifier: Apache-2.0 */
/* Every format in every container: what comes out is what a folder of the same files gives. */
#include "source/archive_test.h"

#define FOG "Fog over the harbour, the ferry leaves at noon."

static const struct sample {
    const char *name;
    const char *format;
    const char *bytes;
    size_t documents;
} samples[] = {
    {"a.txt", "text", FOG "\n\n\nSoup and tea in the waiting room.\n", 2},
    {"b/copy.txt", "webcopy", "Forwarded from Port\n" FOG "\nForwarded from Town\nMarket day\n", 2},
    {"b/posts.jsonl", "json", "{\"id\":1,\"text\":\"" FOG "\"}\n{\"id\":2,\"text\":\"Soup\"}\n", 2},
    {"c/chat.txt", "paste", "Ann, [12/1/21 1:59 PM]\n" FOG "\n\nBob, [12/1/21 2:00 PM]\nYes\n", 2},
    {"c/pages.warc", "warc", "WARC/1.0\r\nWARC-Type: conversion\r\nWARC-Target-URI: http://example.org/\r\n"
     "Content-Type: text/plain\r\nContent-Length: 13\r\n\r\nSoup and tea\n\r\n\r\n", 1},
    {"d.html", "html", "<!DOCTYPE html><html><body><p>" FOG " The guard asks everybody to wait inside, "
     "where it is warm and there is tea.</p></body></html>", 1},
    {"d/cp1251.txt", "text", "\xD2\xF3\xEC\xE0\xED \xED\xE0\xE4 \xE3\xE0\xE2\xE0\xED\xFC\xFE, "
     "\xEF\xE0\xF0\xEE\xEC \xF3\xE9\xE4\xB8\xF2 \xE2 \xEF\xEE\xEB\xE4\xE5\xED\xFC.\n", 1},
    {"d/result.json", "desktop-json", "{\"name\":\"Port\",\"type\":\"public_channel\",\"id\":7,\"messages\":["
     "{\"id\":1,\"type\":\"message\",\"text\":\"" FOG "\"},{\"id\":2,\"type\":\"message\",\"text\":\"Tea\"}]}", 2},
};

static const struct {
    const char *name;
    int format;
    int filter;
} containers[] = {
    {"in.zip", ARCHIVE_FORMAT_ZIP, ARCHIVE_FILTER_NONE},
    {"in.7z", ARCHIVE_FORMAT_7ZIP, ARCHIVE_FILTER_NONE},
    {"in.tar", ARCHIVE_FORMAT_TAR_PAX_INTERCHANGE, ARCHIVE_FILTER_NONE},
    {"in.tar.gz", ARCHIVE_FORMAT_TAR_USTAR, ARCHIVE_FILTER_GZIP},
    {"in.tar.bz2", ARCHIVE_FORMAT_TAR_USTAR, ARCHIVE_FILTER_BZIP2},
    {"in.tar.xz", ARCHIVE_FORMAT_TAR_USTAR, ARCHIVE_FILTER_XZ},
    {"in.tar.zst", ARCHIVE_FORMAT_TAR_USTAR, ARCHIVE_FILTER_ZSTD},
};

static char packed[1 << 17], outer[1 << 18];

/* The samples, in the order in which a folder is walked. */
static void list_members(struct member members[LENGTH(samples) + 1])
{
    for (size_t i = 0; i < LENGTH(samples); i++)
        members[i] = (struct member){samples[i].name, samples[i].bytes, strlen(samples[i].bytes), 0};
    members[LENGTH(samples)] = (struct member){NULL, NULL, 0, 0};
}

static void read_folder(struct sourced *s, const struct folder *folder)
{
    char path[512];
    sourced_start(s);
    assert_int_equal(tm_source_add(s->source, folder_path(folder, "tree", path), "in", NULL, NULL),
                     TM_OK);
    sourced_read(s);
}

/* The same documents; those that are known by the name of their file aside, by all they have. */
static void compare(const char *name, const struct sourced *s, const struct sourced *want)
{
    if (s->batch->n != want->batch->n || s->told.faults != 0 || s->n_reports != want->n_reports)
        fail_msg("%s: %zu documents: %s", name, s->batch->n, s->told.text);
    for (size_t i = 0; i < s->batch->n; i++) {
        const struct tm_doc *a = &s->batch->docs[i], *b = &want->batch->docs[i];
        if (!tm_str_equal(a->text, b->text) || a->source_offset != b->source_offset
            || a->source_length != b->source_length || !tm_str_equal(a->author, b->author))
            fail_msg("%s: document %zu: %.*s", name, i, (int)a->text.n, a->text.p);
    }
    for (size_t i = 0; i < s->n_reports; i++) {
        assert_string_equal(s->reports[i].format, want->reports[i].format);
        assert_string_equal(s->reports[i].sha256, want->reports[i].sha256);
        assert_string_equal(s->reports[i].encoding, want->reports[i].encoding);
    }
}

static void reads_every_format_in_every_container(void **state)
{
    struct member members[LENGTH(samples) + 1];
    struct folder folder;
    struct sourced want;
    (void)state;
    list_members(members);
    folder_make(&folder);
    for (size_t i = 0; i < LENGTH(samples); i++) {
        char name[64];
        snprintf(name, sizeof name, "tree/%s", samples[i].name);
        folder_write(&folder, name, samples[i].bytes, strlen(samples[i].bytes));
    }
    read_folder(&want, &folder);
    assert_int_equal(want.n_reports, LENGTH(samples));
    for (size_t i = 0; i < LENGTH(samples); i++) {
        char name[64];
        snprintf(name, sizeof name, "in/%s", samples[i].name);
        assert_string_equal(want.reports[i].name, name);        /* in a fixed order */
        assert_string_equal(want.reports[i].format, samples[i].format);
        assert_int_equal(want.reports[i].documents, samples[i].documents);
    }
    for (size_t i = 0; i < LENGTH(containers); i++) {
        struct sourced s;
        size_t n = pack(containers[i].format, containers[i].filter, members, packed, sizeof packed);
        folder_write(&folder, containers[i].name, packed, n);
        sourced_file(&s, &folder, containers[i].name, NULL);
        compare(containers[i].name, &s, &want);
        sourced_finish(&s);
        /* and that in a tar.gz; a 7z has to be sought in */
        struct member inner[] = {{containers[i].name, packed, n, 0}, {NULL, NULL, 0, 0}};
        size_t m = pack(ARCHIVE_FORMAT_TAR_USTAR, ARCHIVE_FILTER_GZIP, inner, outer, sizeof outer);
        folder_write(&folder, "nested.tar.gz", outer, m);
        sourced_file(&s, &folder, "nested.tar.gz", NULL);
        if (containers[i].format == ARCHIVE_FORMAT_7ZIP) {
            assert_non_null(strstr(s.told.text, "a 7z inside another archive"));
            assert_int_equal(s.told.faults, 1);
        } else {
            compare("nested", &s, &want);
            assert_non_null(strstr(s.reports[0].name, "nested.tar.gz!in."));
        }
        sourced_finish(&s);
    }
    sourced_finish(&want);
    folder_remove(&folder);
}

/* A tar whose header claims more than there is: what is there is read, the rest is told. */
static void a_tar_that_lies_about_a_size(void **state)
{
    struct member members[] = {{"a.jsonl", "{\"text\":\"A\"}\n", 13, 0}, {NULL, NULL, 0, 0}};
    struct folder folder;
    struct sourced s;
    (void)state;
    size_t n = pack(ARCHIVE_FORMAT_TAR_USTAR, ARCHIVE_FILTER_NONE, members, packed, sizeof packed);
    memcpy(packed + 124, "77777777777", 11);            /* 8 GiB, in octal digits */
    memset(packed + 148, ' ', 8);
    unsigned sum = 0;
    for (int i = 0; i < 512; i++)
        sum += (unsigned char)packed[i];
    snprintf(packed + 148, 8, "%06o", sum);
    folder_make(&folder);
    folder_write(&folder, "lie.tar", packed, n);
    sourced_file(&s, &folder, "lie.tar", NULL);
    assert_true(s.told.faults >= 1);
    assert_non_null(strstr(s.told.text, "lie.tar"));
    if (s.batch->n != 1)
        fail_msg("%s", s.told.text);
    sourced_finish(&s);
    folder_remove(&folder);
}

/* Larger than what is read of an archive at a time, so that the outer one is asked for more while
 * the inner one is read. */
static void a_large_archive_in_an_archive(void **state)
{
    static char text[1 << 20], inner[3 << 19], large[1 << 21];
    struct folder folder;
    struct sourced s;
    uint64_t random = 77;
    size_t n = 0;
    (void)state;
    for (unsigned i = 0; n + 64 < sizeof text; i++)
        n += (size_t)snprintf(text + n, 64, "{\"id\":%u,\"text\":\"%08x%08x%08x\"}\n", i,
                              test_random(&random), test_random(&random), test_random(&random));
    struct member members[] = {{"a.jsonl", text, n, 0}, {NULL, NULL, 0, 0}};
    size_t m = pack(ARCHIVE_FORMAT_ZIP, ARCHIVE_FILTER_NONE, members, inner, sizeof inner);
    struct member outside[] = {{"in.zip", inner, m, 0}, {NULL, NULL, 0, 0}};
    size_t k = pack(ARCHIVE_FORMAT_TAR_USTAR, ARCHIVE_FILTER_GZIP, outside, large, sizeof large);
    assert_true(k > 300000);
    folder_make(&folder);
    folder_write(&folder, "large.tar.gz", large, k);
    sourced_file(&s, &folder, "large.tar.gz", NULL);
    assert_int_equal(s.told.faults, 0);
    assert_int_equal(s.n_reports, 1);
    assert_true(s.reports[0].bytes == n && s.batch->n > 10000);
    sourced_finish(&s);
    folder_remove(&folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_every_format_in_every_container),
        cmocka_unit_test(a_tar_that_lies_about_a_size),
        cmocka_unit_test(a_large_archive_in_an_archive),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
