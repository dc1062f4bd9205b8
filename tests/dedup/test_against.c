/* SPDX-License-Identifier: Apache-2.0 */
#include "../cmocka_all.h"

#include <unistd.h>

#include <tolmach/dedup.h>

static void write_file(const char *path, const char *text)
{
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    assert_true(fputs(text, file) >= 0);
    assert_int_equal(fclose(file), 0);
}

static int find(const struct tm_against *against, const char *text)
{
    char form[512];
    return tm_against_find(against, form, tm_normal_form(text, strlen(text), form));
}

static void test_windows(void **state)
{
    (void)state;
    char folder[] = "/tmp/tolmach-against-XXXXXX";
    char lines[64], objects[64];
    assert_non_null(mkdtemp(folder));
    (void)snprintf(lines, sizeof lines, "%s/a", folder);
    (void)snprintf(objects, sizeof objects, "%s/b", folder);
    write_file(lines, "a b c d e f g h i j k l m n\nthe cat sat on the mat\ntoo short\n");
    write_file(objects, "{\"text\":\"which boat is the oldest one here\"}\n"
                        "{\"text\":\"the cat sat on the mat\"}\n");
    struct tm_against *against = NULL;
    assert_int_equal(tm_against_create(&against, NULL), TM_OK);
    assert_int_equal(find(against, "a b c d e f g h i j k l m"), -1);
    assert_int_equal(tm_against_add_file(against, lines, "text", NULL), TM_OK);
    assert_int_equal(tm_against_add_file(against, objects, "text", NULL), TM_OK);
    static const struct { const char *text; int want; } rows[] = {
        {"a b c d e f g h i j k l m", 0},
        {"x, B c d e f g h i j k l M! n y", 0},
        {"a b c d e f g h i j k l x", -1},
        {"I saw: The Cat sat on the mat.", 0},
        {"the cat sat on a mat", -1},
        {"too short", -1},
        {"Which boat is the oldest one here?", 1},
        {"Which boat is the oldest one here? The cat sat on the mat", 0},
        {"", -1},
    };
    for (size_t i = 0; i < LENGTH(rows); i++)
        if (find(against, rows[i].text) != rows[i].want)
            fail_msg("%s: %d", rows[i].text, find(against, rows[i].text));
    struct tm_err err = {0};
    (void)unlink(lines);
    assert_int_equal(tm_against_add_file(against, lines, "text", &err), TM_ERR_READ);
    assert_string_equal(err.file, lines);
    tm_against_destroy(against);
    (void)unlink(objects);
    (void)rmdir(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_windows),
    };
    return cmocka_run_group_tests_name("against", tests, NULL, NULL);
}
