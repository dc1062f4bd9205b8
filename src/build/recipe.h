/* SPDX-License-Identifier: Apache-2.0 */
/* recipe.h - what a recipe says, after defaults. */
#ifndef TM_BUILD_RECIPE_H
#define TM_BUILD_RECIPE_H

#include <tolmach/build.h>

#include "base/buf.h"

enum tm_switch { TM_OFF = 0, TM_ON = 1 };

/* In tm_recipe.off, where no rule stands: near duplicates stay. */
#define TM_RECIPE_NEAR ((uint64_t)1 << 63)
/* The release gets no report. */
#define TM_RECIPE_REPORT ((uint64_t)1 << 62)

struct tm_recipe_input {
    const char *path;           /* as it can be opened */
    const char *given;          /* as it was named: relative to the recipe, or a path of the caller */
    const char *name;           /* what documents call it; set by tm_recipe_resolve */
    struct tm_input_options options;
};

struct tm_recipe {
    struct tm_arena *arena;
    const char *folder;         /* of the recipe file; NULL: inputs are the caller's paths */
    const char *name;
    const char *version;
    const char *licence;
    const char *title;
    const char *description;
    const char *url;
    const char *creator;
    const char *parent;         /* version or path of the release that this one follows */
    int add;                    /* its documents are taken over */
    int index;                  /* the audit folder keeps the cleaned documents */
    const char **forget;        /* "sha256:DIGEST" each */
    struct tm_recipe_input *inputs;
    size_t n_inputs;
    /* settings, as the table in recipe.c lists them */
    int unit;
    int limit;
    int markup;
    int flags;
    int bullets;
    int tags_tail;
    int tags_inline;
    int underscore;
    int urls;
    int learn;
    const char **keep_lines;
    const char **remove_lines;
    int stress;
    int pii_mask[6];            /* phone, email, card, inn, snils, ip */
    uint64_t off;               /* rules of families that are off */
    const char **lang_keep;
    int lang_other;
    int threshold;
    int dedup_exact;
    int near_threshold;
    int near_numbers;
    int paragraphs;             /* off, count */
    const char **against;
    int quality;                /* enum of presets */
    int ads;                    /* keep, drop */
    int level;
    uint64_t shard;
    uint64_t frame;
    int examples;               /* of each language in the report */
    /* derived */
    struct tm_clean_options clean;
    struct tm_buf text;
};

/* Checks what has to be there (name, version, inputs), gives inputs their names, and derives the
 * options of the stages. */
enum tm_status tm_recipe_resolve(struct tm_recipe *recipe, struct tm_err *err);

/* One value as text at a path; `where` is FILE:LINE:COLUMN or "--set". `items` is a NULL-ended list
 * for keys that take lists, else NULL and `value` counts. */
enum tm_status tm_setting_set(struct tm_recipe *recipe, const char *path, const char *value,
                              const char *const *items, const char *where, struct tm_err *err);

/* Whether keys below this path exist, such as "clean" or "clean.emoji". */
/* A key for the reference. All are constants. */
struct tm_setting_info {
    const char *path;               /* "dedup.near.threshold" */
    const char *values;             /* what it may be; NULL: its choices say that */
    const char *choices;            /* "a|b|c", or "low|high" for whole numbers; or NULL */
    const char *standard;           /* the default, or NULL */
    const char *text;
};

/* False behind the last. */
bool tm_setting_at(size_t index, struct tm_setting_info *ret_info);

bool tm_setting_is_group(const char *path);
bool tm_setting_takes_list(const char *path);
void tm_settings_default(struct tm_recipe *recipe);

/* Keys that may stand at `group` ("" for the top), for hints. */
void tm_setting_names(const char *group, struct tm_buf *buf);

/* Appends all settings as YAML. */
void tm_settings_write(const struct tm_recipe *recipe, struct tm_buf *buf);

/* Appends the settings that decide what a document becomes before duplicates are looked for. */
void tm_settings_write_cleaning(const struct tm_recipe *recipe, struct tm_buf *buf);

/* Appends the settings that the rows of a clean document depend on, before duplicates go, and maybe
 * others, but none of cleaning. */
void tm_settings_write_rows(const struct tm_recipe *recipe, struct tm_buf *buf);

/* Copies into the recipe's arena; NULL when memory is short. */
const char *tm_recipe_string(struct tm_recipe *recipe, const char *text);

/* A copy of a NULL-ended list in the recipe's arena; NULL when memory is short. */
const char **tm_recipe_list(struct tm_recipe *recipe, const char *const *list);

/* Adds an input that is opened at `path` and was named `given`. */
enum tm_status tm_recipe_put_input(struct tm_recipe *recipe, const char *path, const char *given,
                                   const struct tm_input_options *options, struct tm_err *err);

/* A YAML scalar: plain where that is safe, else double-quoted. */
void tm_yaml_put(struct tm_buf *buf, const char *text);

#endif
