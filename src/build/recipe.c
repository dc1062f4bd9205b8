/* SPDX-License-Identifier: Apache-2.0 */
/* Recipes: made, completed with defaults, written in one canonical form. */
#include "build/recipe.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "pack/packer.h"

enum { MAX_PATH_KEY = 128, MAX_ITEMS = 1000 };

const char *tm_recipe_string(struct tm_recipe *recipe, const char *text)
{
    struct tm_str copy = tm_arena_copy(recipe->arena, (struct tm_str){text, strlen(text) + 1});
    return copy.p;
}

enum tm_status tm_recipe_create(struct tm_recipe **ret_recipe, struct tm_err *err)
{
    struct tm_recipe *recipe = calloc(1, sizeof *recipe);
    if (recipe != NULL)
        recipe->arena = tm_arena_create();
    if (recipe == NULL || recipe->arena == NULL) {
        free(recipe);
        return tm_fail(err, TM_ERR_NOMEM, "", TM_NO_OFFSET, "out of memory");
    }
    tm_settings_default(recipe);
    *ret_recipe = recipe;
    return TM_OK;
}

void tm_recipe_destroy(struct tm_recipe *recipe)
{
    if (recipe == NULL)
        return;
    tm_buf_finish(&recipe->text);
    free(recipe->inputs);
    tm_arena_destroy(recipe->arena);
    free(recipe);
}

const char **tm_recipe_list(struct tm_recipe *recipe, const char *const *list)
{
    size_t n = 0;
    while (list[n] != NULL)
        n++;
    const char **copy = tm_arena_alloc(recipe->arena, (n + 1) * sizeof *copy);
    for (size_t i = 0; copy != NULL && i < n; i++)
        copy[i] = tm_recipe_string(recipe, list[i]);
    if (copy != NULL)
        copy[n] = NULL;
    return copy;
}

enum tm_status tm_recipe_put_input(struct tm_recipe *recipe, const char *path, const char *given,
                                const struct tm_input_options *options, struct tm_err *err)
{
    struct tm_recipe_input *inputs =
        realloc(recipe->inputs, (recipe->n_inputs + 1) * sizeof *inputs);
    if (inputs == NULL)
        return tm_fail(err, TM_ERR_NOMEM, path, TM_NO_OFFSET, "out of memory");
    recipe->inputs = inputs;
    struct tm_recipe_input *input = &inputs[recipe->n_inputs++];
    *input = (struct tm_recipe_input){.path = tm_recipe_string(recipe, path),
                                      .given = tm_recipe_string(recipe, given)};
    if (options != NULL) {
        input->options = *options;
        if (options->format != NULL)
            input->options.format = tm_recipe_string(recipe, options->format);
        if (options->encoding != NULL)
            input->options.encoding = tm_recipe_string(recipe, options->encoding);
        if (options->channel != NULL)
            input->options.channel = tm_recipe_string(recipe, options->channel);
        if (options->fields != NULL)
            input->options.fields = tm_recipe_list(recipe, options->fields);
        if (options->extra != NULL)
            input->options.extra = tm_recipe_list(recipe, options->extra);
    }
    return TM_OK;
}

enum tm_status tm_recipe_add_input(struct tm_recipe *recipe, const char *path,
                                   const struct tm_input_options *options, struct tm_err *err)
{
    return tm_recipe_put_input(recipe, path, path, options, err);
}

const char *tm_recipe_input(const struct tm_recipe *recipe, size_t i,
                            const struct tm_input_options **ret_options)
{
    if (i >= recipe->n_inputs)
        return NULL;
    if (ret_options != NULL)
        *ret_options = &recipe->inputs[i].options;
    return recipe->inputs[i].path;
}

enum tm_status tm_recipe_set(struct tm_recipe *recipe, const char *assignment, struct tm_err *err)
{
    const char *equals = strchr(assignment, '=');
    char path[MAX_PATH_KEY];
    if (equals == NULL || (size_t)(equals - assignment) >= sizeof path) {
        (void)tm_fail(err, TM_ERR_USAGE, "--set", TM_NO_OFFSET, "'%s' is not KEY=VALUE",
                      assignment);
        return tm_hint(err, "for example --set clean.emoji.flags=iso");
    }
    memcpy(path, assignment, (size_t)(equals - assignment));
    path[equals - assignment] = '\0';
    if (!tm_setting_takes_list(path))
        return tm_setting_set(recipe, path, equals + 1, NULL, "--set", err);
    char *words = strdup(equals + 1);
    const char *items[MAX_ITEMS + 1];
    size_t n = 0;
    char *rest = NULL;
    for (char *word = words == NULL ? NULL : strtok_r(words, ",", &rest);
         word != NULL && n < MAX_ITEMS; word = strtok_r(NULL, ",", &rest))
        items[n++] = word;
    items[n] = NULL;
    enum tm_status status = tm_setting_set(recipe, path, NULL, items, "--set", err);
    free(words);
    return status;
}

static int order_inputs(const void *a, const void *b)
{
    return strcmp(((const struct tm_recipe_input *)a)->name,
                  ((const struct tm_recipe_input *)b)->name);
}

/* Bytes of the folders that all inputs of the caller share: names begin after it, so that they do
 * not tell where the inputs lie. */
static size_t shared_folder(const struct tm_recipe *recipe)
{
    size_t shared = SIZE_MAX;
    for (size_t i = 0; i < recipe->n_inputs; i++) {
        const char *given = recipe->inputs[i].given;
        size_t n = 0;
        while (n < shared && given[n] != '\0' && given[n] == recipe->inputs[0].given[n])
            n++;
        shared = n;
    }
    const char *first = recipe->n_inputs == 0 ? "" : recipe->inputs[0].given;
    size_t end = strlen(first);
    while (end > 0 && first[end - 1] == '/')
        end--;                      /* a folder keeps its own name */
    shared = shared > end ? end : shared;
    while (shared > 0 && first[shared - 1] != '/')
        shared--;
    return shared;
}

enum tm_status tm_recipe_name_inputs(struct tm_recipe *recipe, struct tm_err *err)
{
    size_t skip = recipe->folder == NULL ? shared_folder(recipe) : 0;
    for (size_t i = 0; i < recipe->n_inputs; i++) {
        struct tm_recipe_input *input = &recipe->inputs[i];
        const char *given = input->given;
        bool absolute = recipe->folder != NULL && given[0] == '/';
        const char *slash = strrchr(given, '/');
        char name[4096];
        (void)snprintf(name, sizeof name, "%s",
                       strcmp(given, "-") == 0       ? "stdin"
                       : absolute && slash != NULL ? slash + 1
                                                     : given + skip);
        for (size_t n = strlen(name); n > 1 && name[n - 1] == '/'; n--)
            name[n - 1] = '\0';
        input->name = tm_recipe_string(recipe, name);
        if (input->name == NULL)
            return tm_fail(err, TM_ERR_NOMEM, given, TM_NO_OFFSET, "out of memory");
    }
    if (recipe->n_inputs > 1)
        qsort(recipe->inputs, recipe->n_inputs, sizeof *recipe->inputs, order_inputs);
    for (size_t i = 1; i < recipe->n_inputs; i++)
        if (strcmp(recipe->inputs[i - 1].name, recipe->inputs[i].name) == 0) {
            (void)tm_fail(err, TM_ERR_USAGE, recipe->inputs[i].given, TM_NO_OFFSET,
                          "two inputs would have the name '%s'", recipe->inputs[i].name);
            return tm_hint(err, "give each once, with paths relative to the recipe");
        }
    return TM_OK;
}

static void derive(struct tm_recipe *recipe)
{
    static const enum tm_rule pii[] = {TM_RULE_PII_PHONE, TM_RULE_PII_EMAIL, TM_RULE_PII_CARD,
                                       TM_RULE_PII_INN, TM_RULE_PII_SNILS, TM_RULE_PII_IP};
    struct tm_clean_options *clean = &recipe->clean;
    *clean = (struct tm_clean_options){
        .off = recipe->off & ~(TM_RECIPE_NEAR | TM_RECIPE_REPORT),
        .markup = (enum tm_markup)recipe->markup,
        .keep_flags = recipe->flags == 1,
        .drop_bullets = recipe->bullets == 1,
        .keep_underscore = recipe->underscore == 1,
        .urls = (enum tm_url_mode)recipe->urls,
        .strip_stress = recipe->stress == 1,
        .keep = recipe->keep_lines,
        .remove = recipe->remove_lines,
    };
    for (int i = 0; i < 6; i++)
        if (recipe->pii_mask[i] == 0)
            clean->off |= (uint64_t)1 << pii[i];
    if (recipe->tags_tail == 1)
        clean->off |= (uint64_t)1 << TM_RULE_HASHTAG_LINE;
    if (recipe->tags_inline == 1)
        clean->off |= (uint64_t)1 << TM_RULE_HASHTAG;
}

enum tm_status tm_recipe_resolve(struct tm_recipe *recipe, struct tm_err *err)
{
    if (recipe->name == NULL) {
        (void)tm_fail(err, TM_ERR_USAGE, "", TM_NO_OFFSET, "the corpus has no name");
        return tm_hint(err, "give --name NAME, or name: in a recipe");
    }
    if (recipe->n_inputs == 0 && (recipe->parent == NULL || recipe->add == 0))
        return tm_fail(err, TM_ERR_USAGE, "", TM_NO_OFFSET, "no inputs are given");
    if (recipe->add != 0 && recipe->parent == NULL)
        return tm_fail(err, TM_ERR_USAGE, "add", TM_NO_OFFSET, "there is no parent to add to");
    if (recipe->add != 0 && recipe->limit != 0)
        return tm_fail(err, TM_ERR_USAGE, "add", TM_NO_OFFSET,
                       "a limit makes no sense when documents are added to those of a parent");
    if (recipe->version == NULL)
        recipe->version = "1.0.0";
    if (!tm_pack_name_ok(recipe->name) || !tm_pack_name_ok(recipe->version)) {
        (void)tm_fail(err, TM_ERR_USAGE, "", TM_NO_OFFSET, "'%s' is not safe as a folder's name",
                      tm_pack_name_ok(recipe->name) ? recipe->version : recipe->name);
        return tm_hint(err, "letters, digits, dot, hyphen and underscore, no dot first");
    }
    if (recipe->lang_keep[0] == NULL && recipe->lang_other == 0)
        return tm_fail(err, TM_ERR_USAGE, "lang.keep", TM_NO_OFFSET, "no language would be kept");
    derive(recipe);
    return tm_recipe_name_inputs(recipe, err);
}

const struct tm_clean_options *tm_recipe_clean(const struct tm_recipe *recipe)
{
    derive((struct tm_recipe *)(uintptr_t)recipe);
    return &recipe->clean;
}

bool tm_recipe_learns(const struct tm_recipe *recipe)
{
    return recipe->learn != 0;
}

static void write_pairs(struct tm_buf *buf, const char *key, const char *const *list, bool map)
{
    tm_buf_printf(buf, "    %s: %c", key, map ? '{' : '[');
    for (size_t i = 0; list[i] != NULL; i++) {
        tm_buf_text(buf, i == 0 ? "" : ", ");
        const char *equals = map ? strchr(list[i], '=') : NULL;
        if (equals == NULL) {
            tm_yaml_put(buf, list[i]);
            continue;
        }
        tm_buf_printf(buf, "%.*s: ", (int)(equals - list[i]), list[i]);
        tm_yaml_put(buf, equals + 1);
    }
    tm_buf_printf(buf, "%c\n", map ? '}' : ']');
}

static void write_inputs(const struct tm_recipe *recipe, struct tm_buf *buf)
{
    static const char *const markups[] = {"auto", "none", "markdown"};
    tm_buf_text(buf, recipe->n_inputs == 0 ? "inputs: []\n" : "inputs:\n");
    for (size_t i = 0; i < recipe->n_inputs; i++) {
        const struct tm_recipe_input *input = &recipe->inputs[i];
        tm_buf_text(buf, "  - path: ");
        tm_yaml_put(buf, input->name != NULL ? input->name : input->given);
        tm_buf_byte(buf, '\n');
        if (input->options.format != NULL) {
            tm_buf_text(buf, "    format: ");
            tm_yaml_put(buf, input->options.format);
            tm_buf_byte(buf, '\n');
        }
        if (input->options.encoding != NULL) {
            tm_buf_text(buf, "    encoding: ");
            tm_yaml_put(buf, input->options.encoding);
            tm_buf_byte(buf, '\n');
        }
        if (input->options.channel != NULL) {
            tm_buf_text(buf, "    channel: ");
            tm_yaml_put(buf, input->options.channel);
            tm_buf_byte(buf, '\n');
        }
        if (input->options.fields != NULL && input->options.fields[0] != NULL)
            write_pairs(buf, "fields", input->options.fields, true);
        if (input->options.extra != NULL && input->options.extra[0] != NULL)
            write_pairs(buf, "extra", input->options.extra, false);
        if (input->options.no_media)
            tm_buf_text(buf, "    media: drop\n");
        if (input->options.markup != TM_MARKUP_AUTO)
            tm_buf_printf(buf, "    markup: %s\n", markups[input->options.markup]);
    }
}

const char *tm_recipe_text(struct tm_recipe *recipe)
{
    struct tm_buf *buf = &recipe->text;
    buf->n = 0;
    write_inputs(recipe, buf);
    tm_settings_write(recipe, buf);
    tm_buf_byte(buf, '\0');
    return buf->failed ? NULL : buf->p;
}
