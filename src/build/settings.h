/* SPDX-License-Identifier: Apache-2.0 */
/* settings.h - the table of recipe keys; private to the files that fill a recipe from values and
 * write it. */
#ifndef TM_BUILD_SETTINGS_H
#define TM_BUILD_SETTINGS_H

#include "build/recipe.h"

enum tm_setting_kind {
    TM_SETTING_STRING,
    TM_SETTING_CHOICE,
    TM_SETTING_SWITCH,
    TM_SETTING_LIST,
    TM_SETTING_INTEGER,
    TM_SETTING_BYTES,
    TM_SETTING_SHARE,
    TM_SETTING_FAMILY,
};

struct tm_setting {
    const char *path;
    enum tm_setting_kind kind;
    size_t field;               /* where its value lies in the recipe */
    const char *standard;       /* the default, as it would be written */
    const char *choices;        /* "a|b|c", or "low|high" for numbers */
    uint64_t rules;             /* of a family */
    const char *text;
};

/* In the order in which they are written. A family comes before its own keys. */
extern const struct tm_setting tm_settings[];
extern const size_t tm_n_settings;

/* NULL: there is no such key. */
const struct tm_setting *tm_setting_find(const char *path);

static inline void *tm_setting_field(const struct tm_recipe *recipe,
                                     const struct tm_setting *setting)
{
    return (char *)(uintptr_t)recipe + setting->field;
}

/* "on", "true", "yes": 1; "off", "false", "no": 0; other words: -1. */
int tm_switch_value(const char *word);

#endif
