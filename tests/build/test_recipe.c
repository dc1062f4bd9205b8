/* SPDX-License-Identifier: Apache-2.0 */
#include "../cmocka_all.h"

#include <sys/stat.h>
#include <unistd.h>

#include "build/recipe.h"

static char folder[64];

static int make_folder(void **state)
{
    (void)state;
    (void)snprintf(folder, sizeof folder, "/tmp/tolmach-recipe-XXXXXX");
    if (mkdtemp(folder) == NULL)
        return -1;
    char path[96];
    static const char *const names[] = {"a.json", "b.json"};
    for (size_t i = 0; i < LENGTH(names); i++) {
        (void)snprintf(path, sizeof path, "%s/%s", folder, names[i]);
        FILE *file = fopen(path, "w");
        (void)fclose(file);
    }
    return 0;
}

static int remove_folder(void **state)
{
    (void)state;
    char command[96];
    (void)snprintf(command, sizeof command, "rm -rf %s", folder);
    return system(command);
}

static enum tm_status load(const char *yaml, struct tm_recipe **ret_recipe, struct tm_err *err)
{
    char path[96];
    (void)snprintf(path, sizeof path, "%s/recipe.yaml", folder);
    FILE *file = fopen(path, "w");
    (void)fputs(yaml, file);
    (void)fclose(file);
    assert_int_equal(tm_recipe_create(ret_recipe, err), TM_OK);
    return tm_recipe_load(*ret_recipe, path, err);
}

/* Position and part of the message of each mistake. */
static void test_mistakes(void **state)
{
    (void)state;
    static const struct { const char *name, *yaml, *where, *what; enum tm_status status; } rows[] = {
        {"unknown key", "name: a\ncolour: red\n", ":2:1", "unknown key 'colour'", TM_ERR_USAGE},
        {"unknown inner key", "clean:\n  emoji: {flags: drop, size: 3}\n", ":2:24",
         "unknown key 'clean.emoji.size'", TM_ERR_USAGE},
        {"wrong choice", "clean:\n  markup: html\n", ":2:3", "not one of auto|none|markdown",
         TM_ERR_USAGE},
        {"list for a value", "lang: {threshold: [1]}\n", ":1:8", "not a single value",
         TM_ERR_USAGE},
        {"value for a list", "lang: {keep: ru}\n", ":1:8", "is not a list", TM_ERR_USAGE},
        {"wrong language", "lang: {keep: [ru, de]}\n", ":1:14", "de is not one of ru|en",
         TM_ERR_USAGE},
        {"threshold above one", "lang: {threshold: 1.5}\n", ":1:8", "a number from 0 to 1",
         TM_ERR_USAGE},
        {"size", "pack: {frame: huge}\n", ":1:8", "a size such as 256M", TM_ERR_USAGE},
        {"level", "pack: {level: 40}\n", ":1:8", "from 1 to 19", TM_ERR_USAGE},
        {"key twice", "name: a\nname: b\n", ":2:1", "stands twice", TM_ERR_USAGE},
        {"missing file", "inputs: [a.json, c.json]\n", ":1:18", "'c.json' does not exist",
         TM_ERR_READ},
        {"unknown key of an input", "inputs:\n  - {path: a.json, size: 3}\n", ":2:20",
         "unknown key of an input", TM_ERR_USAGE},
        {"unknown format", "inputs:\n  - {path: a.json, format: pdf}\n", ":2:28",
         "unknown format", TM_ERR_USAGE},
        {"not YAML", "name: [a\n", ":2:1", "not valid YAML", TM_ERR_USAGE},
        {"second document", "name: a\n---\nname: b\n", "", "second YAML document", TM_ERR_USAGE},
        {"key of an input twice", "inputs:\n  - {path: a.json, path: b.json}\n", ":2:20",
         "stands twice", TM_ERR_USAGE},
        {"group without keys", "clean: off\n", ":1:1", "holds keys", TM_ERR_USAGE},
        {"five decimals", "lang: {threshold: 0.80001}\n", ":1:8", "a number from 0 to 1",
         TM_ERR_USAGE},
        {"tiny frame", "pack: {frame: 1}\n", ":1:8", "4K at least", TM_ERR_USAGE},
        {"no mapping", "- a\n", "", "is a YAML mapping", TM_ERR_USAGE},
    };
    for (size_t i = 0; i < LENGTH(rows); i++) {
        struct tm_recipe *recipe = NULL;
        struct tm_err err = {0};
        enum tm_status status = load(rows[i].yaml, &recipe, &err);
        if (status != rows[i].status || strstr(err.message, rows[i].what) == NULL ||
            strstr(err.file, rows[i].where) == NULL)
            fail_msg("%s: %d %s: %s", rows[i].name, status, err.file, err.message);
        tm_recipe_destroy(recipe);
    }
}

static void test_values(void **state)
{
    (void)state;
    static const char yaml[] =
        "name: harbour\nversion: 2.0.0\ninputs: ['*.json']\n"
        "clean:\n  emoji: {flags: iso}\n  hashtags: off\n  pii: {phone: keep}\n"
        "  boilerplate: {learn: false, keep: [tide table]}\n"
        "lang: {keep: [ru], threshold: 0.95}\ndedup: off\npack: {shard: 64M}\n";
    struct tm_recipe *recipe = NULL;
    struct tm_err err = {0};
    if (load(yaml, &recipe, &err) != TM_OK)
        fail_msg("%s: %s", err.file, err.message);
    assert_int_equal(tm_recipe_resolve(recipe, &err), TM_OK);
    assert_int_equal(recipe->n_inputs, 2);
    assert_string_equal(recipe->inputs[0].name, "a.json");
    assert_true(recipe->clean.keep_flags);
    assert_true((recipe->clean.off >> TM_RULE_HASHTAG & 1) == 1);
    assert_true((recipe->clean.off >> TM_RULE_PII_PHONE & 1) == 1);
    assert_true((recipe->clean.off >> TM_RULE_PII_EMAIL & 1) == 0);
    assert_string_equal(recipe->clean.keep[0], "tide table");
    assert_int_equal(recipe->threshold, 9500);
    assert_int_equal(recipe->dedup_exact, 0);
    assert_int_equal(recipe->shard, (uint64_t)64 << 20);
    tm_recipe_destroy(recipe);
}

/* What is printed can be read, and prints the same. */
static void test_text_is_a_fixed_point(void **state)
{
    (void)state;
    static const char yaml[] =
        "name: harbour\ninputs:\n  - {path: b.json, channel: 'A: b', fields: {text: body}}\n"
        "  - a.json\nclean: {urls: off, emoji: {bullets: drop}}\nlang: {keep: [en]}\n";
    struct tm_recipe *first = NULL;
    struct tm_recipe *second = NULL;
    struct tm_err err = {0};
    assert_int_equal(load(yaml, &first, &err), TM_OK);
    assert_int_equal(tm_recipe_resolve(first, &err), TM_OK);
    const char *text = tm_recipe_text(first);
    if (load(text, &second, &err) != TM_OK)
        fail_msg("%s: %s in\n%s", err.file, err.message, text);
    assert_int_equal(tm_recipe_resolve(second, &err), TM_OK);
    assert_string_equal(text, tm_recipe_text(second));
    tm_recipe_destroy(first);
    tm_recipe_destroy(second);
}

static void test_set(void **state)
{
    (void)state;
    struct tm_recipe *recipe = NULL;
    struct tm_err err = {0};
    assert_int_equal(tm_recipe_create(&recipe, &err), TM_OK);
    assert_int_equal(tm_recipe_set(recipe, "clean.emoji.flags=iso", &err), TM_OK);
    assert_int_equal(tm_recipe_set(recipe, "lang.keep=ru,en", &err), TM_OK);
    assert_int_equal(tm_recipe_set(recipe, "clean.emoji", &err), TM_ERR_USAGE);
    assert_int_equal(tm_recipe_set(recipe, "clean.colour=red", &err), TM_ERR_USAGE);
    assert_non_null(strstr(err.hint, "markup"));
    tm_recipe_destroy(recipe);
}

/* Names do not tell where the inputs lie. */
static void test_names_of_the_callers_inputs(void **state)
{
    (void)state;
    static const struct { const char *paths[3], *names[3]; } rows[] = {
        {{"/a/b/dump.json", NULL, NULL}, {"dump.json", NULL, NULL}},
        {{"/a/b/raw/", NULL, NULL}, {"raw", NULL, NULL}},
        {{"/a/y/result.json", "/a/x/result.json", NULL}, {"x/result.json", "y/result.json", NULL}},
        {{"b.json", "a.json", NULL}, {"a.json", "b.json", NULL}},
        {{"-", NULL, NULL}, {"stdin", NULL, NULL}},
    };
    for (size_t i = 0; i < LENGTH(rows); i++) {
        struct tm_recipe *recipe = NULL;
        struct tm_err err = {0};
        assert_int_equal(tm_recipe_create(&recipe, &err), TM_OK);
        assert_int_equal(tm_recipe_set(recipe, "name=a", &err), TM_OK);
        for (size_t k = 0; rows[i].paths[k] != NULL; k++)
            assert_int_equal(tm_recipe_add_input(recipe, rows[i].paths[k], NULL, &err), TM_OK);
        assert_int_equal(tm_recipe_resolve(recipe, &err), TM_OK);
        for (size_t k = 0; rows[i].names[k] != NULL; k++)
            assert_string_equal(recipe->inputs[k].name, rows[i].names[k]);
        tm_recipe_destroy(recipe);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_mistakes),
        cmocka_unit_test(test_values),
        cmocka_unit_test(test_text_is_a_fixed_point),
        cmocka_unit_test(test_set),
        cmocka_unit_test(test_names_of_the_callers_inputs),
    };
    return cmocka_run_group_tests_name("recipe", tests, make_folder, remove_folder);
}
