/* SPDX-License-Identifier: Apache-2.0 */
/* Recipes: read from YAML, completed with defaults, written back in one canonical form. */
#include "build/recipe.h"

#include <errno.h>
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <yaml.h>

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

static const char **copy_list(struct tm_recipe *recipe, const char *const *list)
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

static enum tm_status add_input(struct tm_recipe *recipe, const char *path, const char *given,
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
        if (options->channel != NULL)
            input->options.channel = tm_recipe_string(recipe, options->channel);
        if (options->fields != NULL)
            input->options.fields = copy_list(recipe, options->fields);
        if (options->extra != NULL)
            input->options.extra = copy_list(recipe, options->extra);
    }
    return TM_OK;
}

enum tm_status tm_recipe_add_input(struct tm_recipe *recipe, const char *path,
                                   const struct tm_input_options *options, struct tm_err *err)
{
    return add_input(recipe, path, path, options, err);
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

/* The document under way and where its values go. */
struct loader {
    struct tm_recipe *recipe;
    yaml_document_t *document;
    const char *file;
    char where[600];
    struct tm_err *err;
};

static const char *place(struct loader *loader, const yaml_node_t *node)
{
    (void)snprintf(loader->where, sizeof loader->where, "%s:%zu:%zu", loader->file,
                   node->start_mark.line + 1, node->start_mark.column + 1);
    return loader->where;
}

static enum tm_status complain(struct loader *loader, const yaml_node_t *node, const char *what)
{
    return tm_fail(loader->err, TM_ERR_USAGE, place(loader, node), TM_NO_OFFSET, "%s", what);
}

static const char *scalar(const yaml_node_t *node)
{
    if (node == NULL || node->type != YAML_SCALAR_NODE)
        return NULL;
    const char *text = (const char *)node->data.scalar.value;
    return strlen(text) == node->data.scalar.length ? text : NULL;
}

static bool is_null(const yaml_node_t *node)
{
    const char *text = scalar(node);
    return text != NULL && node->data.scalar.style == YAML_PLAIN_SCALAR_STYLE &&
           (strcmp(text, "") == 0 || strcmp(text, "null") == 0 || strcmp(text, "~") == 0);
}

/* Whether the key of `pair` came before in the same mapping. */
static bool stands_twice(struct loader *loader, const yaml_node_t *node,
                         const yaml_node_pair_t *pair)
{
    const char *key = scalar(yaml_document_get_node(loader->document, pair->key));
    for (yaml_node_pair_t *earlier = node->data.mapping.pairs.start; earlier < pair; earlier++) {
        const char *other = scalar(yaml_document_get_node(loader->document, earlier->key));
        if (key != NULL && other != NULL && strcmp(other, key) == 0)
            return true;
    }
    return false;
}

/* The strings of a list; NULL-ended. */
static enum tm_status read_list(struct loader *loader, yaml_node_t *node,
                                const char *items[MAX_ITEMS + 1])
{
    size_t n = 0;
    for (yaml_node_item_t *item = node->data.sequence.items.start;
         item < node->data.sequence.items.top; item++) {
        const yaml_node_t *element = yaml_document_get_node(loader->document, *item);
        items[n] = scalar(element);
        if (items[n] == NULL || n == MAX_ITEMS - 1)
            return complain(loader, element, "this has to be a list of words");
        n++;
    }
    items[n] = NULL;
    return TM_OK;
}

/* fields: {text: message} as "text=message" pairs. */
static enum tm_status read_fields(struct loader *loader, yaml_node_t *node,
                                  const char *pairs[MAX_ITEMS + 1])
{
    size_t n = 0;
    if (node->type != YAML_MAPPING_NODE)
        return complain(loader, node, "fields: is not a mapping such as {text: message}");
    for (yaml_node_pair_t *pair = node->data.mapping.pairs.start;
         pair < node->data.mapping.pairs.top && n < MAX_ITEMS; pair++) {
        const char *key = scalar(yaml_document_get_node(loader->document, pair->key));
        const char *value = scalar(yaml_document_get_node(loader->document, pair->value));
        char text[256];
        if (key == NULL || value == NULL ||
            snprintf(text, sizeof text, "%s=%s", key, value) >= (int)sizeof text)
            return complain(loader, node, "fields: is not a mapping such as {text: message}");
        pairs[n] = tm_recipe_string(loader->recipe, text);
        if (pairs[n++] == NULL)
            return tm_fail(loader->err, TM_ERR_NOMEM, loader->file, TM_NO_OFFSET, "out of memory");
    }
    pairs[n] = NULL;
    return TM_OK;
}

static bool is_format(const char *name)
{
    for (const char *const *format = tm_source_formats(); *format != NULL; format++)
        if (strcmp(*format, name) == 0)
            return true;
    return false;
}

/* One key of an input's mapping. */
static enum tm_status read_input_key(struct loader *loader, const yaml_node_t *key_node,
                                     yaml_node_t *value, struct tm_input_options *options,
                                     const char **ret_path)
{
    const char *key = scalar(key_node);
    const char *text = scalar(value);
    const char *list[MAX_ITEMS + 1];
    enum tm_status status = TM_OK;
    if (key == NULL)
        return complain(loader, key_node, "a key has to be a word");
    if (strcmp(key, "fields") == 0 || strcmp(key, "extra") == 0) {
        bool fields = key[0] == 'f';
        if (fields)
            status = read_fields(loader, value, list);
        else if (value->type != YAML_SEQUENCE_NODE)
            status = complain(loader, value, "extra: is not a list of field names");
        else
            status = read_list(loader, value, list);
        if (status != TM_OK)
            return status;
        const char **copy = copy_list(loader->recipe, list);
        if (copy == NULL)
            return tm_fail(loader->err, TM_ERR_NOMEM, loader->file, TM_NO_OFFSET, "out of memory");
        *(fields ? &options->fields : &options->extra) = copy;
        return TM_OK;
    }
    if (text == NULL)
        return complain(loader, value, "this has to be a single word");
    if (strcmp(key, "path") == 0) {
        *ret_path = text;
    } else if (strcmp(key, "channel") == 0) {
        options->channel = text;
    } else if (strcmp(key, "format") == 0) {
        if (!is_format(text) && strcmp(text, "auto") != 0)
            return complain(loader, value, "unknown format");
        options->format = strcmp(text, "auto") == 0 ? NULL : text;
    } else if (strcmp(key, "markup") == 0) {
        static const char *const names[] = {"auto", "none", "markdown"};
        for (int i = 0; i < 3; i++)
            if (strcmp(text, names[i]) == 0) {
                options->markup = (enum tm_markup)i;
                return TM_OK;
            }
        return complain(loader, value, "markup: is not one of auto|none|markdown");
    } else {
        (void)complain(loader, key_node, "unknown key of an input");
        return tm_hint(loader->err, "known here: path, format, channel, fields, markup, extra");
    }
    return TM_OK;
}

static int order_names(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* A path or a glob, relative to the recipe's folder. */
static enum tm_status add_paths(struct loader *loader, const yaml_node_t *node, const char *path,
                                const struct tm_input_options *options)
{
    struct tm_recipe *recipe = loader->recipe;
    char full[4096];
    bool absolute = path[0] == '/';
    size_t skip = absolute ? 0 : strlen(recipe->folder) + 1;
    int n = absolute ? snprintf(full, sizeof full, "%s", path)
                     : snprintf(full, sizeof full, "%s/%s", recipe->folder, path);
    if (n < 0 || n >= (int)sizeof full)
        return complain(loader, node, "the path is too long");
    struct stat info;
    if (stat(full, &info) == 0)
        return add_input(recipe, full, full + skip, options, loader->err);
    glob_t found;
    enum tm_status status = TM_OK;
    if (strpbrk(path, "*?[") == NULL || glob(full, GLOB_NOSORT, NULL, &found) != 0) {
        (void)tm_fail(loader->err, TM_ERR_READ, place(loader, node), TM_NO_OFFSET,
                      "input '%s' does not exist", path);
        return tm_hint(loader->err, "paths are relative to the recipe's folder");
    }
    qsort(found.gl_pathv, found.gl_pathc, sizeof *found.gl_pathv, order_names);
    for (size_t i = 0; i < found.gl_pathc && status == TM_OK; i++)
        status = add_input(recipe, found.gl_pathv[i], found.gl_pathv[i] + skip, options,
                           loader->err);
    globfree(&found);
    return status;
}

static enum tm_status read_input(struct loader *loader, yaml_node_t *node)
{
    struct tm_input_options options = {0};
    const char *path = scalar(node);
    if (node->type == YAML_SEQUENCE_NODE || (path == NULL && node->type != YAML_MAPPING_NODE))
        return complain(loader, node, "an input is a path, or a mapping with a path");
    if (node->type == YAML_MAPPING_NODE) {
        for (yaml_node_pair_t *pair = node->data.mapping.pairs.start;
             pair < node->data.mapping.pairs.top; pair++) {
            if (stands_twice(loader, node, pair))
                return complain(loader, yaml_document_get_node(loader->document, pair->key),
                                "this key stands twice");
            enum tm_status status = read_input_key(
                loader, yaml_document_get_node(loader->document, pair->key),
                yaml_document_get_node(loader->document, pair->value), &options, &path);
            if (status != TM_OK)
                return status;
        }
        if (path == NULL)
            return complain(loader, node, "an input needs a path");
    }
    return add_paths(loader, node, path, &options);
}

static enum tm_status read_inputs(struct loader *loader, yaml_node_t *node)
{
    if (node->type != YAML_SEQUENCE_NODE)
        return complain(loader, node, "inputs: is not a list");
    for (yaml_node_item_t *item = node->data.sequence.items.start;
         item < node->data.sequence.items.top; item++) {
        enum tm_status status =
            read_input(loader, yaml_document_get_node(loader->document, *item));
        if (status != TM_OK)
            return status;
    }
    return TM_OK;
}

/* One key and its value below `group`; mappings go deeper. */
static enum tm_status read_value(struct loader *loader, const char *path,
                                 const yaml_node_t *key_node, yaml_node_t *node);

static enum tm_status read_mapping(struct loader *loader, const char *group, yaml_node_t *node)
{
    for (yaml_node_pair_t *pair = node->data.mapping.pairs.start;
         pair < node->data.mapping.pairs.top; pair++) {
        yaml_node_t *key_node = yaml_document_get_node(loader->document, pair->key);
        const char *key = scalar(key_node);
        char path[MAX_PATH_KEY];
        if (key == NULL || snprintf(path, sizeof path, "%s%s%s", group, group[0] == '\0' ? "" : ".",
                                    key) >= (int)sizeof path)
            return complain(loader, key_node, "a key has to be a word");
        if (stands_twice(loader, node, pair))
            return complain(loader, key_node, "this key stands twice");
        enum tm_status status = read_value(
            loader, path, key_node, yaml_document_get_node(loader->document, pair->value));
        if (status != TM_OK)
            return status;
    }
    return TM_OK;
}

static enum tm_status read_value(struct loader *loader, const char *path,
                                 const yaml_node_t *key_node, yaml_node_t *node)
{
    struct tm_recipe *recipe = loader->recipe;
    if (strcmp(path, "inputs") == 0)
        return read_inputs(loader, node);
    if (node->type == YAML_MAPPING_NODE && tm_setting_is_group(path))
        return read_mapping(loader, path, node);
    if (node->type == YAML_SEQUENCE_NODE && tm_setting_takes_list(path)) {
        const char *items[MAX_ITEMS + 1];
        enum tm_status status = read_list(loader, node, items);
        return status != TM_OK ? status
                               : tm_setting_set(recipe, path, NULL, items, place(loader, node),
                                                loader->err);
    }
    if (is_null(node))
        return TM_OK;       /* null leaves the default */
    const char *text = scalar(node);
    if (text != NULL)
        return tm_setting_set(recipe, path, text, NULL, place(loader, key_node),
                              loader->err);
    /* A list or a mapping where none may stand: unknown keys are told as such. */
    static const char *const nothing[] = {NULL};
    enum tm_status status = tm_setting_set(recipe, path, NULL, nothing, place(loader, key_node),
                                           loader->err);
    return status != TM_OK ? status
                           : complain(loader, node, "this has to be a list or a single value");
}

static enum tm_status yaml_fault(const yaml_parser_t *parser, const char *path, struct tm_err *err)
{
    char where[600];
    (void)snprintf(where, sizeof where, "%s:%zu:%zu", path, parser->problem_mark.line + 1,
                   parser->problem_mark.column + 1);
    return tm_fail(err, parser->error == YAML_MEMORY_ERROR ? TM_ERR_NOMEM : TM_ERR_USAGE, where,
                   TM_NO_OFFSET, "not valid YAML: %s",
                   parser->problem == NULL ? "broken" : parser->problem);
}

/* A recipe is one document; a second one would be passed over in silence. */
static enum tm_status no_more_documents(yaml_parser_t *parser, const char *path,
                                        struct tm_err *err)
{
    yaml_document_t document;
    if (!yaml_parser_load(parser, &document))
        return yaml_fault(parser, path, err);
    bool more = yaml_document_get_root_node(&document) != NULL;
    yaml_document_delete(&document);
    return more ? tm_fail(err, TM_ERR_USAGE, path, TM_NO_OFFSET,
                          "the recipe holds a second YAML document")
                : TM_OK;
}

static enum tm_status set_folder(struct tm_recipe *recipe, const char *path, struct tm_err *err)
{
    const char *slash = strrchr(path, '/');
    char folder[4096];
    size_t n = slash == NULL ? 0 : (size_t)(slash - path);
    (void)snprintf(folder, sizeof folder, "%.*s", (int)n, path);
    recipe->folder = tm_recipe_string(recipe, slash == NULL ? "." : n == 0 ? "" : folder);
    return recipe->folder != NULL ? TM_OK
                                  : tm_fail(err, TM_ERR_NOMEM, path, TM_NO_OFFSET, "out of memory");
}

enum tm_status tm_recipe_load(struct tm_recipe *recipe, const char *path, struct tm_err *err)
{
    FILE *file = fopen(path, "rb");
    if (file == NULL)
        return tm_fail(err, TM_ERR_READ, path, TM_NO_OFFSET, "cannot open the recipe: %s",
                       strerror(errno));
    yaml_parser_t parser;
    yaml_document_t document;
    struct loader loader = {.recipe = recipe, .document = &document, .file = path, .err = err};
    enum tm_status status = set_folder(recipe, path, err);
    if (status != TM_OK || !yaml_parser_initialize(&parser)) {
        (void)fclose(file);
        return status != TM_OK ? status
                               : tm_fail(err, TM_ERR_NOMEM, path, TM_NO_OFFSET, "out of memory");
    }
    yaml_parser_set_input_file(&parser, file);
    if (!yaml_parser_load(&parser, &document)) {
        status = yaml_fault(&parser, path, err);
    } else {
        yaml_node_t *root = yaml_document_get_root_node(&document);
        if (root == NULL || root->type != YAML_MAPPING_NODE)
            status = tm_fail(err, TM_ERR_USAGE, path, TM_NO_OFFSET, "a recipe is a YAML mapping");
        else
            status = read_mapping(&loader, "", root);
        yaml_document_delete(&document);
        if (status == TM_OK)
            status = no_more_documents(&parser, path, err);
    }
    yaml_parser_delete(&parser);
    (void)fclose(file);
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

static enum tm_status name_inputs(struct tm_recipe *recipe, struct tm_err *err)
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
                                       TM_RULE_PII_INN, TM_RULE_PII_SNILS};
    struct tm_clean_options *clean = &recipe->clean;
    *clean = (struct tm_clean_options){
        .off = recipe->off,
        .markup = (enum tm_markup)recipe->markup,
        .keep_flags = recipe->flags == 1,
        .drop_bullets = recipe->bullets == 1,
        .keep_underscore = recipe->underscore == 1,
        .urls = (enum tm_url_mode)recipe->urls,
        .strip_stress = recipe->stress == 1,
        .keep = recipe->keep_lines,
    };
    for (int i = 0; i < 5; i++)
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
    if (recipe->n_inputs == 0)
        return tm_fail(err, TM_ERR_USAGE, "", TM_NO_OFFSET, "no inputs are given");
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
    return name_inputs(recipe, err);
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
        if (input->options.channel != NULL) {
            tm_buf_text(buf, "    channel: ");
            tm_yaml_put(buf, input->options.channel);
            tm_buf_byte(buf, '\n');
        }
        if (input->options.fields != NULL && input->options.fields[0] != NULL)
            write_pairs(buf, "fields", input->options.fields, true);
        if (input->options.extra != NULL && input->options.extra[0] != NULL)
            write_pairs(buf, "extra", input->options.extra, false);
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
