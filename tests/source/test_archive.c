/* SPDX-License-Identifier: Apache-2.0 */
#include "source/archive_test.h"

#define A_LINE "{\"text\":\"A\"}\n"
#define B_LINE "{\"text\":\"B\"}\n"

static const struct member two[] = {
    {"a.jsonl", A_LINE, 13, 0},
    {"deep/er/b.jsonl", B_LINE, 13, 0},
    {NULL, NULL, 0, 0},
};

static const struct {
    const char *name;
    int format;
    int filter;
} kinds[] = {
    {"in.tar", ARCHIVE_FORMAT_TAR_USTAR, ARCHIVE_FILTER_NONE},
    {"in.pax", ARCHIVE_FORMAT_TAR_PAX_INTERCHANGE, ARCHIVE_FILTER_NONE},
    {"in.tar.gz", ARCHIVE_FORMAT_TAR_USTAR, ARCHIVE_FILTER_GZIP},
    {"in.tar.bz2", ARCHIVE_FORMAT_TAR_USTAR, ARCHIVE_FILTER_BZIP2},
    {"in.tar.xz", ARCHIVE_FORMAT_TAR_USTAR, ARCHIVE_FILTER_XZ},
    {"in.tar.zst", ARCHIVE_FORMAT_TAR_USTAR, ARCHIVE_FILTER_ZSTD},
    {"in.zip", ARCHIVE_FORMAT_ZIP, ARCHIVE_FILTER_NONE},
    {"in.7z", ARCHIVE_FORMAT_7ZIP, ARCHIVE_FILTER_NONE},
};

static void reads_members(void **state)
{
    static char bytes[1 << 16];
    struct folder folder;
    (void)state;
    folder_make(&folder);
    for (size_t i = 0; i < LENGTH(kinds); i++) {
        struct sourced s;
        char want[64];
        size_t n = pack(kinds[i].format, kinds[i].filter, two, bytes, sizeof bytes);
        folder_write(&folder, kinds[i].name, bytes, n);
        sourced_file(&s, &folder, kinds[i].name, NULL);
        if (s.batch->n != 2 || s.told.faults != 0)
            fail_msg("%s: %s", kinds[i].name, s.told.text);
        assert_str(s.batch->docs[1].text, "B");
        snprintf(want, sizeof want, "%s!deep/er/b.jsonl", kinds[i].name);
        assert_str(s.batch->docs[1].source_file, want);
        assert_int_equal(s.batch->docs[1].source_offset, 0);
        assert_int_equal(tm_source_position(s.source), n);
        sourced_finish(&s);
    }
    folder_remove(&folder);
}

static void reads_compressed_files(void **state)
{
    static const int filters[] = {ARCHIVE_FILTER_GZIP, ARCHIVE_FILTER_BZIP2, ARCHIVE_FILTER_XZ,
                                  ARCHIVE_FILTER_ZSTD};
    static const struct member one[] = {{"x", A_LINE B_LINE, 26, 0}, {NULL, NULL, 0, 0}};
    char bytes[4096];
    struct folder folder;
    (void)state;
    folder_make(&folder);
    for (size_t i = 0; i < LENGTH(filters); i++) {
        struct sourced s;
        size_t n = pack(ARCHIVE_FORMAT_RAW, filters[i], one, bytes, sizeof bytes);
        for (int twice = 0; twice < 2; twice++) {   /* two streams in one file */
            memcpy(bytes + n, bytes, n);
            folder_write(&folder, "posts", bytes, twice ? 2 * n : n);
            sourced_file(&s, &folder, "posts", NULL);
            assert_int_equal(s.told.faults, 0);
            assert_int_equal(s.batch->n, twice ? 4 : 2);
            assert_str(s.batch->docs[1].source_file, "posts");
            assert_int_equal(s.batch->docs[1].source_offset, 13);
            sourced_finish(&s);
        }
    }
    folder_remove(&folder);
}

/* With all of libarchive's formats on, this text is an mtree specification without files. */
static void text_is_no_mtree(void **state)
{
    static const struct member one[] = {{"x", "harbour\ntown\nkitchen\nsoup\n", 26, 0},
                                        {NULL, NULL, 0, 0}};
    char bytes[4096];
    struct folder folder;
    struct sourced s;
    (void)state;
    folder_make(&folder);
    folder_write(&folder, "words.gz", bytes,
                 pack(ARCHIVE_FORMAT_RAW, ARCHIVE_FILTER_GZIP, one, bytes, sizeof bytes));
    sourced_file(&s, &folder, "words.gz", NULL);
    assert_int_equal(s.batch->n, 1);
    assert_int_equal(s.reports[0].bytes, 26);
    sourced_finish(&s);
    folder_remove(&folder);
}

/* Names are data: nothing is opened or written by them; what is no regular file is passed over. */
static void names_are_data(void **state)
{
    static const struct member evil[] = {
        {"../../../../tmp/tolmach-escape.jsonl", A_LINE, 13, 0},
        {"/etc/tolmach-escape.jsonl", B_LINE, 13, 0},
        {"line\nbreak.jsonl", A_LINE, 13, 0},
        {"bad\xFFname.jsonl", B_LINE, 13, 0},
        {"link.jsonl", NULL, 0, AE_IFLNK},
        {"folder.jsonl", NULL, 0, AE_IFDIR},
        {"photo.jpg", "x", 1, 0},
        {NULL, NULL, 0, 0},
    };
    static char bytes[1 << 16];
    struct folder folder;
    struct sourced s;
    (void)state;
    folder_make(&folder);
    folder_write(&folder, "in.tar", bytes,
                 pack(ARCHIVE_FORMAT_TAR_USTAR, ARCHIVE_FILTER_NONE, evil, bytes, sizeof bytes));
    sourced_file(&s, &folder, "in.tar", NULL);
    assert_int_equal(s.batch->n, 4);
    assert_str(s.batch->docs[0].source_file, "in.tar!../../../../tmp/tolmach-escape.jsonl");
    assert_str(s.batch->docs[1].source_file, "in.tar!/etc/tolmach-escape.jsonl");
    assert_str(s.batch->docs[2].source_file, "in.tar!line?break.jsonl");
    assert_str(s.batch->docs[3].source_file, "in.tar!bad?name.jsonl");
    assert_int_equal(access("/tmp/tolmach-escape.jsonl", F_OK), -1);
    assert_int_equal(access("/etc/tolmach-escape.jsonl", F_OK), -1);
    assert_int_equal(s.told.notes, 1);
    assert_int_equal(s.told.faults, 0);
    sourced_finish(&s);
    folder_remove(&folder);
}

static void reads_one_archive_in_another(void **state)
{
    static char inner[1 << 16], outer[1 << 17];
    struct folder folder;
    struct sourced s;
    size_t n = pack(ARCHIVE_FORMAT_TAR_USTAR, ARCHIVE_FILTER_GZIP, two, inner, sizeof inner);
    const struct member nested[] = {
        {"first.jsonl", A_LINE, 13, 0}, {"in.tar.gz", inner, n, 0}, {"last.jsonl", B_LINE, 13, 0},
        {NULL, NULL, 0, 0},
    };
    (void)state;
    folder_make(&folder);
    n = pack(ARCHIVE_FORMAT_ZIP, ARCHIVE_FILTER_NONE, nested, outer, sizeof outer);
    folder_write(&folder, "out.zip", outer, n);
    sourced_file(&s, &folder, "out.zip", NULL);
    assert_int_equal(s.batch->n, 4);
    assert_str(s.batch->docs[2].source_file, "out.zip!in.tar.gz!deep/er/b.jsonl");
    assert_str(s.batch->docs[3].source_file, "out.zip!last.jsonl");
    assert_int_equal(s.told.faults, 0);
    sourced_finish(&s);

    /* A third level is told and passed over. */
    const struct member deeper[] = {{"out.zip", outer, n, 0}, {"z.jsonl", A_LINE, 13, 0},
                                    {NULL, NULL, 0, 0}};
    static char third[1 << 18];
    folder_write(&folder, "third.tar", third,
                 pack(ARCHIVE_FORMAT_TAR_USTAR, ARCHIVE_FILTER_NONE, deeper, third, sizeof third));
    sourced_file(&s, &folder, "third.tar", NULL);
    assert_int_equal(s.told.faults, 1);
    assert_int_equal(s.batch->n, 3);
    sourced_finish(&s);
    folder_remove(&folder);
}

/* Cut off at any byte: never a crash, the balance holds, and something is said unless all the
 * documents are there. */
static void truncated_archives_are_told(void **state)
{
    static char bytes[1 << 16];
    struct folder folder;
    (void)state;
    folder_make(&folder);
    for (size_t i = 0; i < LENGTH(kinds); i++) {
        size_t n = pack(kinds[i].format, kinds[i].filter, two, bytes, sizeof bytes);
        for (size_t cut = 0; cut < n; cut += n > 1000 ? 37 : 1) {
            struct sourced s;
            folder_write(&folder, "cut", bytes, cut);
            sourced_file(&s, &folder, "cut", NULL);
            if (s.batch->n < 2 && s.told.faults + s.told.notes == 0)
                fail_msg("%s cut at %zu of %zu: %zu documents, nothing said", kinds[i].name, cut, n,
                         s.batch->n);
            sourced_finish(&s);
        }
    }
    folder_remove(&folder);
}

static void changed_archives_do_no_harm(void **state)
{
    static char bytes[1 << 16], changed[1 << 16];
    uint64_t seed = 5;
    struct folder folder;
    (void)state;
    folder_make(&folder);
    for (size_t i = 0; i < LENGTH(kinds); i++) {
        size_t n = pack(kinds[i].format, kinds[i].filter, two, bytes, sizeof bytes);
        for (int round = 0; round < 50; round++) {
            struct sourced s;
            memcpy(changed, bytes, n);
            for (int k = 0; k < 4; k++)
                changed[test_random(&seed) % n] = (char)test_random(&seed);
            folder_write(&folder, "changed", changed, n);
            sourced_file(&s, &folder, "changed", NULL);
            sourced_finish(&s);
        }
    }
    folder_remove(&folder);
}

/* A gibibyte and a half of blanks in a few hundred bytes: stopped by the ratio. */
static void bombs_are_stopped(void **state)
{
    static char bytes[1 << 22], twice[1 << 18];
    struct folder folder;
    struct sourced s;
    struct archive *a = archive_write_new();
    size_t used = 0;
    char *block = calloc(1, 1 << 20);
    (void)state;
    assert_non_null(block);
    memset(block, '\n', 1 << 20);
    archive_write_set_format_raw(a);
    archive_write_add_filter_zstd(a);
    archive_write_open_memory(a, bytes, sizeof bytes, &used);
    struct archive_entry *entry = archive_entry_new();
    archive_entry_set_filetype(entry, AE_IFREG);
    archive_write_header(a, entry);
    for (int i = 0; i < 1536; i++)
        assert_int_equal(archive_write_data(a, block, 1 << 20), 1 << 20);
    archive_entry_free(entry);
    archive_write_close(a);
    archive_write_free(a);
    free(block);

    const struct member packed[] = {{"x", bytes, used, 0}, {NULL, NULL, 0, 0}};
    size_t n = pack(ARCHIVE_FORMAT_RAW, ARCHIVE_FILTER_ZSTD, packed, twice, sizeof twice);
    assert_true(n < (1 << 20));
    folder_make(&folder);
    folder_write(&folder, "bomb", twice, n);
    sourced_file(&s, &folder, "bomb", &(struct tm_input_options){.format = "text"});
    assert_int_equal(s.told.faults, 1);
    assert_non_null(strstr(s.told.text, "unpacks to more than 200 times"));
    assert_in_range(s.told.offset, 1 << 30, (1 << 30) + (1 << 20));
    sourced_finish(&s);
    folder_remove(&folder);
}

static void filters_do_not_stack_high(void **state)
{
    static char one[1 << 16], other[1 << 16];
    struct folder folder;
    size_t n = 26;
    (void)state;
    folder_make(&folder);
    memcpy(one, A_LINE B_LINE, n);
    for (int levels = 1; levels <= 5; levels++) {
        struct sourced s;
        const struct member packed[] = {{"x", one, n, 0}, {NULL, NULL, 0, 0}};
        n = pack(ARCHIVE_FORMAT_RAW, ARCHIVE_FILTER_GZIP, packed, other, sizeof other);
        memcpy(one, other, n);
        folder_write(&folder, "stack", one, n);
        sourced_file(&s, &folder, "stack", NULL);
        assert_int_equal(s.batch->n, levels <= TM_ARCHIVE_FILTERS ? 2 : 0);
        assert_int_equal(s.told.faults, levels > TM_ARCHIVE_FILTERS);
        sourced_finish(&s);
    }
    folder_remove(&folder);
}

static void empty_archives_are_told(void **state)
{
    static char bytes[1 << 16];
    static const struct member none[] = {{NULL, NULL, 0, 0}};
    struct folder folder;
    struct sourced s;
    (void)state;
    folder_make(&folder);
    folder_write(&folder, "none.zip", bytes,
                 pack(ARCHIVE_FORMAT_ZIP, ARCHIVE_FILTER_NONE, none, bytes, sizeof bytes));
    sourced_file(&s, &folder, "none.zip", NULL);
    assert_int_equal(s.told.faults, 1);
    sourced_finish(&s);
    memset(bytes, 0, 4096);
    const struct member zeros[] = {{"x", bytes, 4096, 0}, {NULL, NULL, 0, 0}};
    static char packed[1 << 16];
    folder_write(&folder, "zeros.gz", packed,
                 pack(ARCHIVE_FORMAT_RAW, ARCHIVE_FILTER_GZIP, zeros, packed, sizeof packed));
    sourced_file(&s, &folder, "zeros.gz", NULL);
    assert_int_equal(s.told.faults, 1);
    sourced_finish(&s);
    folder_remove(&folder);
}

static void knows_first_bytes(void **state)
{
    (void)state;
    assert_true(tm_archive_magic("\x1F\x8B\x08\0", 4));
    assert_true(tm_archive_magic("BZh91AY&SY", 10));
    assert_false(tm_archive_magic("BZh is a text", 13));
    assert_false(tm_archive_magic("{\"text\":1}", 10));
    assert_false(tm_archive_magic("", 0));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_members),
        cmocka_unit_test(reads_compressed_files),
        cmocka_unit_test(text_is_no_mtree),
        cmocka_unit_test(names_are_data),
        cmocka_unit_test(reads_one_archive_in_another),
        cmocka_unit_test(truncated_archives_are_told),
        cmocka_unit_test(changed_archives_do_no_harm),
        cmocka_unit_test(bombs_are_stopped),
        cmocka_unit_test(filters_do_not_stack_high),
        cmocka_unit_test(empty_archives_are_told),
        cmocka_unit_test(knows_first_bytes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
