/* SPDX-License-Identifier: Apache-2.0 */
#include "source/source_test.h"

#include <sys/stat.h>
#include <unistd.h>

#include "source/walk.h"

#include "source/folder_test.h"

static void walks_in_order_of_bytes_and_numbers(void **state)
{
    static const char *const files[] = {"b.json", "a/2.json", "a/10.json", "a-b.txt", "B.json",
                                        "a/.hidden", ".git/x.json", "photos/1.JPG", "a/README.md",
                                        "LICENSE", "style.css", "messages10.html", "messages.html",
                                        "messages2.html", "messages02.html", "messages2a.html"};
    static const char *const want[] = {"B.json", "a-b.txt", "a/2.json", "a/10.json", "b.json",
                                       "messages.html", "messages02.html", "messages2.html",
                                       "messages2a.html", "messages10.html"};
    struct folder folder;
    struct tm_walk walk;
    (void)state;
    folder_make(&folder);
    for (size_t i = 0; i < LENGTH(files); i++)
        folder_write(&folder, files[i], "x", 1);
    assert_int_equal(tm_walk_folder(folder.path, &walk, NULL), TM_OK);
    assert_int_equal(walk.n, LENGTH(want));
    for (size_t i = 0; i < LENGTH(want); i++)
        assert_string_equal(walk.names[i], want[i]);
    assert_int_equal(walk.passed_over, 4);
    tm_walk_finish(&walk);
    folder_remove(&folder);
}

/* A link to a file is that file; a linked folder is not entered: there is no way out or round. */
static void follows_links_to_files_only(void **state)
{
    struct folder folder;
    struct tm_walk walk;
    char path[512];
    (void)state;
    folder_make(&folder);
    folder_write(&folder, "a/1.json", "x", 1);
    assert_int_equal(symlink("1.json", folder_path(&folder, "a/2.json", path)), 0);
    assert_int_equal(symlink("..", folder_path(&folder, "a/round", path)), 0);
    assert_int_equal(symlink("/", folder_path(&folder, "root", path)), 0);
    assert_int_equal(symlink("nowhere", folder_path(&folder, "dangling", path)), 0);
    assert_int_equal(mkfifo(folder_path(&folder, "pipe", path), 0600), 0);
    assert_int_equal(tm_walk_folder(folder.path, &walk, NULL), TM_OK);
    assert_int_equal(walk.n, 2);
    assert_string_equal(walk.names[0], "a/1.json");
    assert_string_equal(walk.names[1], "a/2.json");
    tm_walk_finish(&walk);
    folder_remove(&folder);
}

static void tells_what_is_missing(void **state)
{
    struct tm_walk walk;
    struct tm_err err = {0};
    (void)state;
    assert_int_equal(tm_walk_folder("/nonexistent", &walk, &err), TM_ERR_READ);
    assert_int_equal(err.status, TM_ERR_READ);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(walks_in_order_of_bytes_and_numbers),
        cmocka_unit_test(follows_links_to_files_only),
        cmocka_unit_test(tells_what_is_missing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
