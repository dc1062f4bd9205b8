/* SPDX-License-Identifier: Apache-2.0 */
/* Recipes out of YAML: every mistake is told with its line and column. */
#include <errno.h>
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <yaml.h>

#include "build/recipe.h"

enum { MAX_PATH_KEY = 128, MAX_ITEMS = 1000 };

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
        const char **copy = tm_recipe_list(loader->recipe, list);
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
    } else if (strcmp(key, "encoding") == 0) {
        options->encoding = strcmp(text, "auto") == 0 ? NULL : text;
    } else if (strcmp(key, "format") == 0) {
        if (!is_format(text) && strcmp(text, "auto") != 0)
            return complain(loader, value, "unknown format");
        options->format = strcmp(text, "auto") == 0 ? NULL : text;
    } else if (strcmp(key, "media") == 0) {
        options->no_media = strcmp(text, "drop") == 0;
        if (!options->no_media && strcmp(text, "name") != 0)
            return complain(loader, value, "media: is not one of name|drop");
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
        return tm_hint(loader->err, "known here: path, format, encoding, channel, fields, markup, media, extra");
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
        return tm_recipe_put_input(recipe, full, full + skip, options, loader->err);
    glob_t found;
    enum tm_status status = TM_OK;
    if (strpbrk(path, "*?[") == NULL || glob(full, GLOB_NOSORT, NULL, &found) != 0) {
        (void)tm_fail(loader->err, TM_ERR_READ, place(loader, node), TM_NO_OFFSET,
                      "input '%s' does not exist", path);
        return tm_hint(loader->err, "paths are relative to the recipe's folder");
    }
    qsort(found.gl_pathv, found.gl_pathc, sizeof *found.gl_pathv, order_names);
    for (size_t i = 0; i < found.gl_pathc && status == TM_OK; i++)
        status = tm_recipe_put_input(recipe, found.gl_pathv[i], found.gl_pathv[i] + skip, options,
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
