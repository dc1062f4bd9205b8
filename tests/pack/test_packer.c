/* SPDX-License-Identifier: Apache-2.0 */
#include "pack_test.h"

#include <signal.h>
#include <sys/wait.h>

static void same_trees(const char *a, const char *b)
{
    char command[512];
    (void)snprintf(command, sizeof command, "diff -r %s/%s %s/%s", test_dir, a, test_dir, b);
    assert_int_equal(system(command), 0);
}

static void test_threads_do_not_change_a_byte(void **state)
{
    (void)state;
    make_release("one", "1.0.0", 3000, 4096, 65536, 1);
    make_release("three", "1.0.0", 3000, 4096, 65536, 3);
    make_release("many", "1.0.0", 3000, 4096, 65536, 16);
    same_trees("one", "three");
    same_trees("one", "many");
    assert_false(exists("%s/%s", "one/port/1.0.0/data/ru/train-00000-of-00001.jsonl.zst"));
    assert_false(exists("%s/%s", "one/port/1.0.0/data/other"));
    assert_true(exists("%s/%s", "one/port/audit/1.0.0/rejects.jsonl.zst"));
}

static void test_an_empty_release(void **state)
{
    (void)state;
    make_release("out", "0", 0, 0, 0, 2);
    assert_true(exists("%s/%s", "out/port/0/manifest.json"));
    assert_false(exists("%s/%s", "out/port/0/data"));
}

static enum tm_status create(const char *name, const char *version, struct tm_packer **ret_packer,
                             struct tm_err *err)
{
    static char out[80];
    (void)snprintf(out, sizeof out, "%s/out", test_dir);
    struct tm_pack_options options = {.out = out, .name = name, .version = version};
    return tm_packer_create(&options, ret_packer, err);
}

static void test_names(void **state)
{
    static const struct {
        const char *name;
        const char *version;
    } bad[] = {
        {"", "1"}, {NULL, "1"}, {".x", "1"}, {"a/b", "1"}, {"..", "1"}, {"a b", "1"},
        {"порт", "1"}, {"a", ""}, {"a", "../1"}, {"a", "audit"}, {"a", ".1"}, {"a", "1\n"},
    };
    struct tm_packer *packer = NULL;
    struct tm_err err;
    (void)state;
    for (size_t i = 0; i < LENGTH(bad); i++)
        assert_int_equal(create(bad[i].name, bad[i].version, &packer, &err), TM_ERR_USAGE);
    assert_null(packer);
    assert_false(exists("%s/%s", "out"));
}

static void test_a_version_is_never_changed(void **state)
{
    (void)state;
    struct tm_packer *packer = NULL;
    struct tm_err err = {0};
    make_release("out", "1.0.0", 5, 0, 0, 1);
    assert_int_equal(create("port", "1.0.0", &packer, &err), TM_ERR_WRITE);
    assert_non_null(strstr(err.message, "never changed"));
    assert_non_null(strstr(err.hint, "raise the version"));
    make_release("out", "1.0.1", 6, 0, 0, 1);
    assert_true(exists("%s/%s", "out/port/1.0.0/manifest.json"));
    assert_true(exists("%s/%s", "out/port/audit/1.0.1/documents.jsonl.zst"));
}

static void test_one_build_at_a_time(void **state)
{
    (void)state;
    struct tm_packer *first = NULL;
    struct tm_packer *second = NULL;
    struct tm_err err = {0};
    assert_int_equal(create("port", "1", &first, &err), TM_OK);
    assert_int_equal(create("port", "1", &second, &err), TM_ERR_WRITE);
    assert_string_equal(err.message, "another build is running");
    assert_int_equal(create("other", "1", &second, &err), TM_OK);
    tm_packer_destroy(second);
    char hidden[64];
    (void)snprintf(hidden, sizeof hidden, "out/port/.1.partial-%ld", (long)getpid());
    assert_true(exists("%s/%s", hidden));       /* the second one did not remove what is not its */
    tm_packer_destroy(first);
    assert_int_equal(create("port", "1", &first, &err), TM_OK);
    tm_packer_destroy(first);
}

static void only_the_lock_is_left(void)
{
    char command[256];
    (void)snprintf(command, sizeof command,
                   "test \"$(ls -A %s/out/port)\" = .lock", test_dir);
    assert_int_equal(system(command), 0);
}

static void test_a_failed_build_leaves_nothing(void **state)
{
    (void)state;
    struct tm_packer *packer = NULL;
    struct tm_err err = {0};
    struct feed *f = calloc(1, sizeof *f);
    assert_int_equal(create("port", "1", &packer, &err), TM_OK);
    f->n_docs = 100;
    f->per_source = 10;
    f->fail_at_end = TM_ERR_READ;
    assert_int_equal(tm_packer_write(packer, feed_next, f, &err), TM_ERR_READ);
    assert_string_equal(err.message, "the feed fails");
    assert_int_equal(finish_release(packer, f, &err), TM_ERR_INTERNAL);
    tm_packer_destroy(packer);
    only_the_lock_is_left();
    tm_buf_finish(&f->line);
    free(f);
}

static void test_a_ledger_that_lies_is_not_published(void **state)
{
    (void)state;
    for (int what = 0; what < 2; what++) {
        struct tm_packer *packer = NULL;
        struct tm_err err = {0};
        struct feed *f = calloc(1, sizeof *f);
        assert_int_equal(create("port", "1", &packer, &err), TM_OK);
        f->n_docs = 10;
        f->per_source = 10;
        assert_int_equal(tm_packer_write(packer, feed_next, f, &err), TM_OK);
        if (what == 0) {
            f->ledger.text++;               /* does not balance */
        } else {                            /* balances, but is not what was written */
            f->ledger.bytes[TM_KEPT]--;
            f->ledger.bytes[TM_REASON_DUPLICATE]++;
        }
        assert_int_equal(finish_release(packer, f, &err), TM_ERR_INTERNAL);
        tm_packer_destroy(packer);
        only_the_lock_is_left();
        tm_buf_finish(&f->line);
        free(f);
    }
}

/* A build that is killed leaves a hidden folder; the next one clears it away. */
static void test_a_killed_build_is_cleared_away(void **state)
{
    (void)state;
    pid_t child = fork();
    if (child == 0) {
        struct tm_packer *packer = NULL;
        struct feed *f = calloc(1, sizeof *f);
        f->n_docs = 100;
        f->per_source = 10;
        if (create("port", "1", &packer, NULL) == TM_OK)
            (void)tm_packer_write(packer, feed_next, f, NULL);
        (void)kill(getpid(), SIGKILL);
    }
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    char hidden[64];
    (void)snprintf(hidden, sizeof hidden, "out/port/.1.partial-%ld", (long)child);
    assert_true(exists("%s/%s", hidden));
    assert_false(exists("%s/%s", "out/port/1"));
    make_release("out", "1", 5, 0, 0, 1);
    assert_false(exists("%s/%s", hidden));
}

/* Killed between the two renames: the release is there, its audit folder still hidden. */
static void test_the_audit_folder_is_rescued(void **state)
{
    (void)state;
    char from[128];
    char to[128];
    make_release("out", "1", 5, 0, 0, 1);
    (void)snprintf(from, sizeof from, "%s/out/port/audit/1", test_dir);
    (void)snprintf(to, sizeof to, "%s/out/port/audit/.1.partial-4711", test_dir);
    assert_int_equal(rename(from, to), 0);
    make_release("out", "2", 5, 0, 0, 1);
    assert_true(exists("%s/%s", "out/port/audit/1/documents.jsonl.zst"));
    assert_false(exists("%s/%s", "out/port/audit/.1.partial-4711"));
}

static void test_a_full_or_closed_folder(void **state)
{
    (void)state;
    struct tm_packer *packer = NULL;
    struct tm_err err = {0};
    char out[80];
    (void)snprintf(out, sizeof out, "%s/out", test_dir);
    spit(out, "x", 1);
    assert_int_equal(create("port", "1", &packer, &err), TM_ERR_WRITE);
    assert_non_null(strstr(err.message, "cannot make the folder"));
}

struct lines {
    unsigned n;
    char line[512];
};

static enum tm_status next_big(void *user, struct tm_pack_row *ret_row, struct tm_err *err)
{
    struct lines *lines = user;
    (void)err;
    if (lines->n++ == 2000)
        return TM_END;
    unsigned source = lines->n / 97;
    static char key[16];
    (void)snprintf(key, sizeof key, "s%03u", source);
    (void)snprintf(lines->line, sizeof lines->line, "{\"id\":\"%s\",\"n\":\"%0200u\"}\n", key,
                   lines->n * 7919);
    *ret_row = (struct tm_pack_row){.stream = TM_PACK_RU, .source_key = tm_str_of(key),
                                    .line = tm_str_of(lines->line)};
    return TM_OK;
}

/* Every shard begins with a new source as long as no source is larger than a shard. */
static void test_shards_end_with_a_source(void **state)
{
    (void)state;
    char out[80];
    char command[512];
    (void)snprintf(out, sizeof out, "%s/out", test_dir);
    struct tm_pack_options options = {.out = out, .name = "port", .version = "1", .frame = 4096,
                                      .shard = 40000, .threads = 2};
    struct tm_packer *packer = NULL;
    struct lines lines = {0};
    struct tm_err err = {0};
    assert_int_equal(tm_packer_create(&options, &packer, &err), TM_OK);
    assert_int_equal(tm_packer_write(packer, next_big, &lines, &err), TM_OK);
    (void)snprintf(command, sizeof command,
                   "cd %s/out/port/.1.partial-*/data/ru && test $(ls | wc -l) -gt 5 && "
                   "for f in *; do (head -c 99999999 $f | zstd -dcq 2>/dev/null || true) | "
                   "cut -d '\"' -f 4 | sort -u; done | sort | uniq -d | wc -l | grep -qx 0",
                   test_dir);
    assert_int_equal(system(command), 0);
    tm_packer_destroy(packer);
}

static enum tm_status next_bad(void *user, struct tm_pack_row *ret_row, struct tm_err *err)
{
    (void)err;
    *ret_row = (struct tm_pack_row){.stream = TM_PACK_RU, .source_key = TM_STR("a"),
                                    .line = tm_str_of(user)};
    return TM_OK;
}

static void test_a_row_is_a_line(void **state)
{
    (void)state;
    static char bad[] = "{}";
    struct tm_packer *packer = NULL;
    struct tm_err err = {0};
    assert_int_equal(create("port", "1", &packer, &err), TM_OK);
    assert_int_equal(tm_packer_write(packer, next_bad, bad, &err), TM_ERR_INTERNAL);
    tm_packer_destroy(packer);
}

static void test_nothing_of_this_machine_is_in_it(void **state)
{
    (void)state;
    char path[256];
    size_t n;
    make_release("out", "1", 50, 0, 0, 1);
    static const char *const names[] = {"manifest.json", "README.md"};
    for (size_t i = 0; i < LENGTH(names); i++) {
        (void)snprintf(path, sizeof path, "%s/out/port/1/%s", test_dir, names[i]);
        char *text = slurp(path, &n);
        assert_null(strstr(text, test_dir));
        assert_null(strstr(text, "/tmp"));
        assert_null(strstr(text, "port@example.com"));      /* of a learnt line */
        if (i == 1)
            assert_non_null(strstr(text, "path: data/ru/train-*.jsonl.zst"));
        free(text);
    }
}

int main(void)
{
#define IN_FOLDER(test) cmocka_unit_test_setup_teardown(test, make_dir, remove_dir)
    const struct CMUnitTest tests[] = {
        IN_FOLDER(test_threads_do_not_change_a_byte),
        IN_FOLDER(test_an_empty_release),
        IN_FOLDER(test_names),
        IN_FOLDER(test_a_version_is_never_changed),
        IN_FOLDER(test_one_build_at_a_time),
        IN_FOLDER(test_a_failed_build_leaves_nothing),
        IN_FOLDER(test_a_ledger_that_lies_is_not_published),
        IN_FOLDER(test_a_killed_build_is_cleared_away),
        IN_FOLDER(test_the_audit_folder_is_rescued),
        IN_FOLDER(test_a_full_or_closed_folder),
        IN_FOLDER(test_shards_end_with_a_source),
        IN_FOLDER(test_a_row_is_a_line),
        IN_FOLDER(test_nothing_of_this_machine_is_in_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
