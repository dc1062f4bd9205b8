/* SPDX-License-Identifier: Apache-2.0 */
#include "source/folder_test.h"

static void reads_inputs_in_order(void **state)
{
    struct folder folder;
    struct sourced s;
    char path[512];
    (void)state;
    folder_make(&folder);
    folder_write(&folder, "raw/b.jsonl", "{\"text\":\"B\"}\n", 13);
    folder_write(&folder, "raw/a.txt", "Forwarded from Port\nA", 21);
    folder_write(&folder, "c.jsonl", "{\"text\":\"C\"}\n{\"text\":\"D\"}\n", 26);
    sourced_start(&s);
    assert_int_equal(tm_source_add(s.source, folder_path(&folder, "raw", path), "raw/", NULL, NULL),
                     TM_OK);
    assert_int_equal(tm_source_add(s.source, folder_path(&folder, "c.jsonl", path), "c.jsonl", NULL,
                                   NULL), TM_OK);
    assert_int_equal(tm_source_size(s.source), 60);
    sourced_read(&s);
    assert_int_equal(s.n_reports, 3);
    assert_string_equal(s.reports[0].name, "raw/a.txt");
    assert_string_equal(s.reports[0].format, "webcopy");
    assert_string_equal(s.reports[1].name, "raw/b.jsonl");
    assert_string_equal(s.reports[2].name, "c.jsonl");
    assert_int_equal(s.batch->n, 4);
    assert_str(s.batch->docs[1].source_file, "raw/b.jsonl");
    assert_str(s.batch->docs[3].text, "D");
    assert_int_equal(tm_source_position(s.source), 60);
    assert_int_equal(s.told.faults, 0);
    sourced_finish(&s);
    folder_remove(&folder);
}

static void batches_hold_about_the_target(void **state)
{
    struct folder folder;
    struct sourced s;
    char path[512], text[30000];
    size_t n = 0, batches = 0, documents = 0;
    (void)state;
    folder_make(&folder);
    for (int i = 0; i < 1000; i++)
        n += (size_t)sprintf(text + n, "{\"text\":\"Soup %d\"}\n", i);
    folder_write(&folder, "a.jsonl", text, n);
    sourced_start(&s);
    folder_path(&folder, "a.jsonl", path);
    assert_int_equal(tm_source_add(s.source, path, NULL, NULL, NULL), TM_OK);
    for (enum tm_status status = TM_OK; status == TM_OK; batches++) {
        tm_batch_reset(s.batch);
        status = tm_source_read(s.source, 10000, s.batch, NULL);
        assert_true(status == TM_OK || status == TM_END);
        assert_true(status == TM_END || s.batch->n > 0);
        for (size_t i = 0; i < s.batch->n; i++) {
            char want[32];
            snprintf(want, sizeof want, "Soup %zu", documents++);
            assert_str(s.batch->docs[i].text, want);
        }
    }
    assert_int_equal(documents, 1000);
    assert_in_range(batches, 20, 40);
    sourced_finish(&s);
    folder_remove(&folder);
}

static const struct {
    const char *name;
    const char *bytes;
    size_t n;
    const char *said;
    const char *format;
} faults[] = {
    {"empty", "", 0, "empty file", "empty"},
    {"junk", "\x00\x01\x02\x03junk", 8, "format not recognised", "unknown"},
    {"feed", "<rss><item>Soup</item>", 22, "looks like XML", "unknown"},
    {"rar", "Rar!\x1A\x07\x01\x00", 8, "RAR archives are not read", "unknown"},
};

static void tells_of_files_it_cannot_read(void **state)
{
    (void)state;
    for (size_t i = 0; i < LENGTH(faults); i++) {
        struct folder folder;
        struct sourced s;
        char path[512];
        folder_make(&folder);
        folder_write(&folder, faults[i].name, faults[i].bytes, faults[i].n);
        folder_write(&folder, "zz.jsonl", "{\"text\":\"A\"}", 12);
        sourced_start(&s);
        assert_int_equal(tm_source_add(s.source, folder_path(&folder, "", path), "in", NULL, NULL),
                         TM_OK);
        sourced_read(&s);
        if (s.told.faults != 1 || strstr(s.told.text, faults[i].said) == NULL)
            fail_msg("%s: %s", faults[i].name, s.told.text);
        assert_int_equal(s.batch->n, 1);
        assert_int_equal(s.n_reports, 2);
        assert_string_equal(s.reports[0].format, faults[i].format);
        assert_int_equal(s.reports[0].broken, faults[i].n);
        sourced_finish(&s);
        folder_remove(&folder);
    }
}

static void refuses_what_is_not_there(void **state)
{
    struct folder folder;
    struct sourced s;
    struct tm_err err = {0};
    struct tm_input_options format = {.format = "jsonl5"};
    static const char *const fields[] = {"txt=body", NULL};
    struct tm_input_options field = {.fields = fields};
    char path[512];
    (void)state;
    folder_make(&folder);
    folder_write(&folder, "empty/.hidden", "x", 1);
    folder_write(&folder, "pictures/1.jpg", "x", 1);
    sourced_start(&s);
    folder_path(&folder, "missing", path);
    assert_int_equal(tm_source_add(s.source, path, NULL, NULL, &err), TM_ERR_READ);
    assert_string_equal(err.file, path);
    assert_int_equal(tm_source_add(s.source, folder_path(&folder, "empty", path), NULL, NULL, &err),
                     TM_ERR_READ);
    assert_int_equal(tm_source_add(s.source, folder_path(&folder, "pictures", path), NULL, NULL,
                                   &err), TM_ERR_READ);
    folder_path(&folder, "empty/.hidden", path);
    assert_int_equal(tm_source_add(s.source, path, NULL, &format, &err), TM_ERR_USAGE);
    assert_non_null(strstr(err.hint, "desktop-json"));
    assert_int_equal(tm_source_add(s.source, path, NULL, &field, &err), TM_ERR_USAGE);
    sourced_read(&s);
    assert_int_equal(s.n_reports, 0);
    sourced_finish(&s);
    folder_remove(&folder);
}

/* A file that goes away between add and read is a fault, and the rest is read. */
static void survives_a_file_that_vanishes(void **state)
{
    struct folder folder;
    struct sourced s;
    char path[512];
    (void)state;
    folder_make(&folder);
    folder_write(&folder, "a.jsonl", "{\"text\":\"A\"}", 12);
    folder_write(&folder, "b.jsonl", "{\"text\":\"B\"}", 12);
    sourced_start(&s);
    assert_int_equal(tm_source_add(s.source, folder.path, "in", NULL, NULL), TM_OK);
    unlink(folder_path(&folder, "a.jsonl", path));
    sourced_read(&s);
    assert_int_equal(s.told.faults, 1);
    assert_int_equal(s.batch->n, 1);
    sourced_finish(&s);
    folder_remove(&folder);
}

static void notes_a_guess(void **state)
{
    struct folder folder;
    struct sourced s;
    struct tm_input_options options = {.format = "text"};
    (void)state;
    folder_make(&folder);
    folder_write(&folder, "a", "Soup", 4);
    sourced_file(&s, &folder, "a", NULL);
    assert_int_equal(s.told.notes, 1);
    assert_non_null(strstr(s.told.text, "read as text"));
    sourced_finish(&s);
    sourced_file(&s, &folder, "a", &options);
    assert_int_equal(s.told.notes, 0);
    sourced_finish(&s);
    folder_remove(&folder);
}

static void reads_standard_input(void **state)
{
    struct sourced s;
    int ends[2], old = dup(STDIN_FILENO);
    (void)state;
    assert_int_equal(pipe(ends), 0);
    assert_int_equal(write(ends[1], "{\"text\":\"A\"}\n", 13), 13);
    close(ends[1]);
    dup2(ends[0], STDIN_FILENO);
    close(ends[0]);
    sourced_start(&s);
    assert_int_equal(tm_source_add(s.source, "-", "stdin", NULL, NULL), TM_OK);
    assert_int_equal(tm_source_size(s.source), 0);
    sourced_read(&s);
    assert_int_equal(s.batch->n, 1);
    assert_str(s.batch->docs[0].source_file, "stdin");
    assert_int_equal(tm_source_position(s.source), 13);
    sourced_finish(&s);
    dup2(old, STDIN_FILENO);
    close(old);
}

/* Destroyed in the middle of a file. */
static void can_be_left_early(void **state)
{
    struct folder folder;
    struct sourced s;
    char path[512];
    (void)state;
    folder_make(&folder);
    folder_write(&folder, "a.jsonl", "{\"text\":\"A\"}\n{\"text\":\"B\"}", 25);
    sourced_start(&s);
    folder_path(&folder, "a.jsonl", path);
    assert_int_equal(tm_source_add(s.source, path, NULL, NULL, NULL), TM_OK);
    assert_int_equal(tm_source_read(s.source, 1, s.batch, NULL), TM_OK);
    assert_int_equal(s.batch->n, 1);
    sourced_finish(&s);
    tm_source_destroy(NULL);
    folder_remove(&folder);
}

static void lists_its_formats(void **state)
{
    (void)state;
    for (const char *const *name = tm_source_formats(); *name != NULL; name++) {
        assert_non_null(tm_format_named(*name));
        assert_string_equal(tm_format_named(*name)->name, *name);
    }
}

/* Without media, posts that are nothing else are skipped, and the others say nothing of it. */
static void leaves_media_out(void **state)
{
    static const char *const extra[] = {"views", "photo", NULL};
    static const struct {
        const char *format;
        const char *text;
    } dumps[] = {
        {"desktop-json", "{\"name\":\"Port\",\"type\":\"public_channel\",\"id\":1,\"messages\":["
         "{\"id\":1,\"type\":\"message\",\"photo\":\"a/1.jpg\",\"text\":\"\"},"
         "{\"id\":2,\"type\":\"message\",\"photo\":\"a/2.jpg\",\"text\":\"Fog\"},"
         "{\"id\":3,\"type\":\"message\",\"text\":\"\"}]}"},
        {"json", "{\"id\":1,\"message\":\" \",\"media\":{\"_\":\"MessageMediaPhoto\"}}\n"
         "{\"id\":2,\"message\":\"Fog\",\"media\":{\"_\":\"MessageMediaPhoto\"}}\n{\"id\":3,\"text\":\"\"}"},
        {"paste", "Ann, [12/1/21 1:59 PM]\n[ Photo ]\nAnn, [12/1/21 2:00 PM]\n[ Photo ]\nFog\n"
         "Ann, [12/1/21 2:01 PM]\n"},
    };
    struct sourced s;
    struct tm_err err = {0};
    struct tm_input_options options = {.no_media = true, .extra = extra};
    (void)state;
    sourced_start(&s);
    assert_int_equal(tm_source_add(s.source, "-", NULL, &options, &err), TM_ERR_USAGE);
    assert_non_null(strstr(err.message, "photo"));
    sourced_finish(&s);
    options.extra = NULL;
    for (size_t i = 0; i < LENGTH(dumps); i++) {
        struct folder folder;
        folder_make(&folder);
        folder_write(&folder, "in", dumps[i].text, strlen(dumps[i].text));
        sourced_file(&s, &folder, "in", &options);
        assert_string_equal(s.reports[0].format, dumps[i].format);
        assert_int_equal(s.batch->n, 2);        /* the last one is empty without media */
        assert_int_equal(s.reports[0].skipped_documents, 1);
        assert_str(s.batch->docs[0].text, "Fog");
        assert_null(s.batch->docs[0].media.p);
        sourced_finish(&s);
        folder_remove(&folder);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_inputs_in_order),
        cmocka_unit_test(batches_hold_about_the_target),
        cmocka_unit_test(tells_of_files_it_cannot_read),
        cmocka_unit_test(refuses_what_is_not_there),
        cmocka_unit_test(survives_a_file_that_vanishes),
        cmocka_unit_test(notes_a_guess),
        cmocka_unit_test(reads_standard_input),
        cmocka_unit_test(can_be_left_early),
        cmocka_unit_test(leaves_media_out),
        cmocka_unit_test(lists_its_formats),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
