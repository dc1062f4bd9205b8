/* SPDX-License-Identifier: Apache-2.0 */
#include "pack_test.h"

#include <tolmach/report.h>

#include "base/hash.h"
#include "pack/verifying.h"

static char release[128];
static char last_fault[1200];

static void note_fault(void *user, const struct tm_err *fault)
{
    (void)user;
    (void)snprintf(last_fault, sizeof last_fault, "%s: %s", fault->file, fault->message);
}

static uint64_t faults_with(const char *audit)
{
    struct tm_verify_result result = {0};
    struct tm_err err = {0};
    last_fault[0] = '\0';
    enum tm_status status = tm_verify(release, audit, note_fault, NULL, &result, &err);
    assert_true(status == TM_OK || status == TM_ERR_VERIFY);
    assert_int_equal(status == TM_OK, result.faults == 0);
    return result.faults;
}

static uint64_t faults(void)
{
    return faults_with(NULL);
}

static int make(void **state)
{
    if (make_dir(state) != 0)
        return -1;
    make_release("out", "1.0.0", 40, 1024, 4000, 1);
    (void)snprintf(release, sizeof release, "%s/out/port/1.0.0", test_dir);
    return 0;
}

static char *path_of(const char *name)
{
    static char path[512];
    (void)snprintf(path, sizeof path, "%s/%s", release, name);
    return path;
}

static void test_a_good_release(void **state)
{
    (void)state;
    struct tm_verify_result result = {0};
    struct tm_err err = {0};
    assert_int_equal(tm_verify(release, NULL, note_fault, NULL, &result, &err), TM_OK);
    assert_int_equal(result.records, 80);
    assert_int_equal(result.documents, 40);
    assert_true(result.audited);
    assert_int_equal(tm_verify(release, "", NULL, NULL, &result, &err), TM_OK);
    assert_false(result.audited);
    assert_int_equal(strlen(result.corpus_digest), 64);
}

/* Faults that the digests alone find: fast enough for every byte. */
static uint64_t faults_of_files(const char *dir)
{
    struct tm_verifier v = {.fault = note_fault};
    struct tm_err err;
    assert_int_equal(tm_verify_files(&v, dir, "", &v.files, &err), TM_OK);
    tm_sums_finish(&v.files);
    return v.result.faults;
}

/* Changes a bit of every byte, and lets the whole verification look at about `full` of them. */
static void flip(const char *dir, const char *path, size_t full)
{
    size_t n;
    char *bytes = slurp(path, &n);
    int fd = open(path, O_WRONLY);
    assert_true(fd >= 0);
    size_t step = n < 8192 ? 1 : 13;    /* of a large file some: the digest is the same for all */
    for (size_t at = 0; at < n; at += step) {
        char flipped = (char)(bytes[at] ^ (1 << at % 8));
        assert_int_equal(pwrite(fd, &flipped, 1, (off_t)at), 1);
        if (faults_of_files(dir) == 0 || (at / step % (n / step / full + 1) == 0 && faults() == 0))
            fail_msg("a change at %zu of %s is not seen", at, path);
        assert_int_equal(pwrite(fd, bytes + at, 1, (off_t)at), 1);
    }
    (void)close(fd);
    assert_int_equal(faults(), 0);
    free(bytes);
}

static unsigned flip_each_file(const char *dir)
{
    char command[256];
    char path[512];
    unsigned n = 0;
    (void)snprintf(command, sizeof command, "find %s -type f", dir);
    FILE *list = popen(command, "r");
    assert_non_null(list);
    while (fgets(path, sizeof path, list) != NULL) {
        path[strcspn(path, "\n")] = '\0';
        flip(dir, path, 25);
        n++;
    }
    (void)pclose(list);
    return n;
}

static void test_one_changed_byte_anywhere(void **state)
{
    (void)state;
    char audit[128];
    make_release("small", "1.0.0", 5, 1024, 0, 1);
    (void)snprintf(release, sizeof release, "%s/small/port/1.0.0", test_dir);
    (void)snprintf(audit, sizeof audit, "%s/small/port/audit/1.0.0", test_dir);
    assert_int_equal(flip_each_file(release), 7);
    assert_int_equal(flip_each_file(audit), 3);
}

static void test_cut_off_shards(void **state)
{
    (void)state;
    char path[512];
    char command[256];
    size_t n;
    (void)snprintf(command, sizeof command, "find %s/data/ru -type f | sort | head -1", release);
    FILE *list = popen(command, "r");
    assert_non_null(fgets(path, sizeof path, list));
    (void)pclose(list);
    path[strcspn(path, "\n")] = '\0';
    char *bytes = slurp(path, &n);
    for (size_t keep = 0; keep < n; keep += 97) {
        assert_int_equal(truncate(path, (off_t)keep), 0);
        assert_true(faults() != 0);
        spit(path, bytes, n);
    }
    spit(path, "", 0);
    assert_true(faults() != 0);
    (void)unlink(path);
    assert_true(faults() != 0);
    free(bytes);
}

static void test_files_that_do_not_belong(void **state)
{
    static const char *const names[] = {"extra.txt", "data/ru/train-00009-of-00010.jsonl.zst",
                                        "data/ru/.hidden", "data/x", ".env"};
    (void)state;
    for (size_t i = 0; i < LENGTH(names); i++) {
        spit(path_of(names[i]), "x", 1);
        assert_true(faults() != 0);
        assert_non_null(strstr(last_fault, names[i]));
        (void)unlink(path_of(names[i]));
    }
    assert_int_equal(mkdir(path_of("data/empty"), 0777), 0);
    assert_true(faults() != 0);
    assert_int_equal(rmdir(path_of("data/empty")), 0);
    assert_int_equal(symlink("README.md", path_of("link")), 0);
    assert_true(faults() != 0);
    (void)unlink(path_of("link"));
    spit(path_of(".gitattributes"), "x", 1);
    assert_int_equal(faults(), 0);
}

static void test_files_that_are_missing(void **state)
{
    static const char *const names[] = {"README.md", "manifest.json", "croissant.json", "SHA256SUMS"};
    (void)state;
    for (size_t i = 0; i < LENGTH(names); i++) {
        size_t n;
        char *bytes = slurp(path_of(names[i]), &n);
        (void)unlink(path_of(names[i]));
        assert_true(faults() != 0);
        spit(path_of(names[i]), bytes, n);
        free(bytes);
    }
    assert_int_equal(faults(), 0);
}

static void test_no_release(void **state)
{
    (void)state;
    struct tm_verify_result result;
    struct tm_err err = {0};
    assert_int_equal(tm_verify("/nonexistent", NULL, NULL, NULL, &result, &err), TM_ERR_READ);
    assert_int_equal(tm_verify(test_dir, NULL, NULL, NULL, &result, &err), TM_ERR_READ);
    assert_true(strlen(err.hint) != 0);
}

/* Writes a changed manifest, and SHA256SUMS so that it fits: only what the numbers mean can
 * give it away. */
static void edit_manifest(const char *from, const char *to)
{
    size_t n;
    char *text = slurp(path_of("manifest.json"), &n);
    char *at = strstr(text, from);
    assert_non_null(at);
    FILE *file = fopen(path_of("manifest.json"), "wb");
    (void)fwrite(text, 1, (size_t)(at - text), file);
    (void)fputs(to, file);
    (void)fputs(at + strlen(from), file);
    (void)fclose(file);
    free(text);
    char command[600];
    (void)snprintf(command, sizeof command,
                   "cd %s && sha256sum $(cut -c 67- SHA256SUMS) > %s/sums && "
                   "mv %s/sums SHA256SUMS", release, test_dir, test_dir);
    assert_int_equal(system(command), 0);
}

static void test_numbers_that_lie(void **state)
{
    static const struct {
        const char *from;
        const char *to;
    } edits[] = {
        {"\"markup\": 600", "\"markup\": 601"},
        {"\"kept\": 80", "\"kept\": 81"},
        {"\"records\": {\n      \"ru\": 40", "\"records\": {\n      \"ru\": 41"},
        {"\"sources\": 7,\n    \"documents\": 40", "\"sources\": 7,\n    \"documents\": 39"},
        {"\"skipped\": 0,\n    \"broken\": 0",
         "\"skipped\": 1,\n    \"broken\": 18446744073709551615"},
        {"\"edits\": 0", "\"edits\": 1"},
        {"\"corpus_digest\": \"", "\"corpus_digest\": \"0"},
        {"name: port", "name: fort"},
        {"\"xxh128\": \"", "\"xxh128\": \"00"},
        {"\"schema_version\": 1", "\"schema_version\": 2"},
        {"data/en/train-00000", "../en/train-00000"},
        {"\"ledger\"", "\"ledgers\""},
        {"\"decode\": 0", "\"decode\": 9999999999999999999999"},
        {"\"recode\": 0", "\"recode\": 1"},
        {"\"recode\": 0", "\"recode\": \"0\""},
        {"{", "[{"},
    };
    (void)state;
    size_t n;
    size_t n_sums;
    char *good = slurp(path_of("manifest.json"), &n);
    char *sums = slurp(path_of("SHA256SUMS"), &n_sums);
    edit_manifest("\"unit\"", "\"unit\"");
    assert_int_equal(faults(), 0);
    for (size_t i = 0; i < LENGTH(edits); i++) {
        edit_manifest(edits[i].from, edits[i].to);
        if (faults() == 0)
            fail_msg("%s instead of %s is not seen", edits[i].to, edits[i].from);
        assert_null(strstr(last_fault, "SHA256SUMS"));
        spit(path_of("manifest.json"), good, n);
    }
    spit(path_of("SHA256SUMS"), sums, n_sums);
    assert_int_equal(faults(), 0);
    free(good);
    free(sums);
}

static void test_sums_have_one_form(void **state)
{
    (void)state;
    size_t n;
    char *sums = slurp(path_of("SHA256SUMS"), &n);
    struct tm_buf other = {0};
    tm_buf_printf(&other, "%s\n", sums);                               /* an empty line */
    spit(path_of("SHA256SUMS"), other.p, other.n);
    assert_true(faults() != 0);
    other.n = 0;
    tm_buf_printf(&other, "%s%.*s\n", sums, (int)strcspn(sums, "\n"), sums);   /* one twice */
    spit(path_of("SHA256SUMS"), other.p, other.n);
    assert_true(faults() != 0);
    spit(path_of("SHA256SUMS"), sums, n - 1);                           /* no last line feed */
    assert_true(faults() != 0);
    tm_buf_finish(&other);
    free(sums);
}

/* Another zstd: the same rows in a file of other bytes. */
static void test_other_bytes_same_content(void **state)
{
    (void)state;
    struct tm_err err = {0};
    struct tm_verify_result result;
    char command[700];
    char out[128];
    (void)snprintf(out, sizeof out, "%s/again", test_dir);
    struct tm_pack_options options = {.out = out, .name = "port", .version = "1.0.0",
                                      .frame = 1024, .shard = 4000, .level = 19};
    struct tm_packer *packer = NULL;
    struct feed *f = calloc(1, sizeof *f);
    f->n_docs = 40;
    f->per_source = 6;
    assert_int_equal(tm_packer_create(&options, &packer, &err), TM_OK);
    assert_int_equal(tm_packer_write(packer, feed_next, f, &err), TM_OK);
    assert_int_equal(finish_release(packer, f, &err), TM_OK);
    tm_packer_destroy(packer);
    tm_buf_finish(&f->line);
    free(f);
    (void)snprintf(command, sizeof command, "cp %s/again/port/1.0.0/data/ru/*00000-of* %s/data/ru/",
                   test_dir, release);
    assert_int_equal(system(command), 0);
    assert_int_equal(tm_verify(release, "", note_fault, NULL, &result, &err), TM_ERR_VERIFY);
    assert_non_null(strstr(last_fault, "its content is as stated"));
    assert_int_equal(result.faults, 2);
}

static void test_stats(void **state)
{
    (void)state;
    char *text = NULL;
    struct tm_report *report = NULL;
    struct tm_err err = {0};
    assert_int_equal(tm_report_create(release, NULL, &report, &err), TM_OK);
    assert_int_equal(tm_report_text(report, TM_FORM_JSON, &text, &err), TM_OK);
    assert_non_null(strstr(text, "\"records\": 40,\n      \"sentences\": 40,\n      "
                            "\"sentences_standard_error\": 0,\n      \"words\": 440"));
    assert_non_null(strstr(text, "\"mean_words\": 11,\n      \"median_words\": 11"));
    assert_non_null(strstr(text, "\"2023-11\": {\n      \"ru\": 17"));
    tm_text_free(text);
    assert_int_equal(tm_report_text(report, TM_FORM_TEXT, &text, &err), TM_OK);
    assert_non_null(strstr(text, "port 1.0.0\n"));
    assert_non_null(strstr(text, "duplicate"));
    tm_text_free(text);
    tm_report_destroy(report);
    assert_int_equal(tm_report_create(test_dir, NULL, &report, &err), TM_ERR_READ);
    tm_report_destroy(NULL);
    tm_text_free(NULL);
}

static void test_explain(void **state)
{
    (void)state;
    char *text = NULL;
    struct tm_err err = {0};
    assert_int_equal(tm_explain(release, NULL, "tg-7000-00003-1", TM_FORM_TEXT, NULL, &text, &err),
                     TM_OK);
    assert_non_null(strstr(text, "Boat number 3 left the port"));
    assert_non_null(strstr(text, "source_offset    3000"));
    assert_null(strstr(text, "Катер"));
    tm_text_free(text);
    assert_int_equal(tm_explain(release, NULL, "tg-7000-00004", TM_FORM_JSON, NULL, &text, &err),
                     TM_OK);
    assert_non_null(strstr(text, "\"reason\":\"duplicate\""));
    assert_non_null(strstr(text, "\"doc_id\": \"tg-7000-00004\""));
    tm_text_free(text);
    assert_int_equal(tm_explain(release, NULL, "tg-7000-00004-2", TM_FORM_TEXT, NULL, &text, &err),
                     TM_OK);
    assert_non_null(strstr(text, "left out"));
    tm_text_free(text);
    assert_int_equal(tm_explain(release, "", "tg-7000-00004-2", TM_FORM_TEXT, NULL, &text, &err),
                     TM_ERR_USAGE);
    assert_int_equal(tm_explain(release, NULL, "tg-7000-0000", TM_FORM_TEXT, NULL, &text, &err),
                     TM_ERR_USAGE);
}

int main(void)
{
#define ON_RELEASE(test) cmocka_unit_test_setup_teardown(test, make, remove_dir)
    const struct CMUnitTest tests[] = {
        ON_RELEASE(test_a_good_release),
        ON_RELEASE(test_one_changed_byte_anywhere),
        ON_RELEASE(test_cut_off_shards),
        ON_RELEASE(test_files_that_do_not_belong),
        ON_RELEASE(test_files_that_are_missing),
        ON_RELEASE(test_no_release),
        ON_RELEASE(test_numbers_that_lie),
        ON_RELEASE(test_sums_have_one_form),
        ON_RELEASE(test_other_bytes_same_content),
        ON_RELEASE(test_stats),
        ON_RELEASE(test_explain),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
