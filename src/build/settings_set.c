/* SPDX-License-Identifier: Apache-2.0 */
/* Values of recipe keys, as texts, into a recipe. */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "build/forget.h"
#include "build/settings.h"

/* Of frames and shards. */
#define LEAST_BYTES 4096

/* Index of a word in "a|b|c", or -1. */
static int choice_index(const char *choices, const char *word)
{
    size_t n = strlen(word);
    for (int index = 0;; index++) {
        size_t length = strcspn(choices, "|");
        if (length == n && strncmp(choices, word, n) == 0)
            return index;
        if (choices[length] == '\0')
            return -1;
        choices += length + 1;
    }
}

int tm_switch_value(const char *word)
{
    static const char *const words[] = {"off", "on", "false", "true", "no", "yes"};
    for (int i = 0; i < 6; i++)
        if (strcmp(word, words[i]) == 0)
            return i & 1;
    return -1;
}

/* "256M" and the like; false if it is none. */
static bool bytes_value(const char *word, uint64_t *ret_bytes)
{
    char *end;
    errno = 0;
    unsigned long long value = strtoull(word, &end, 10);
    if (errno != 0 || end == word || word[0] == '-')
        return false;
    static const char units[] = "KMGT";
    const char *unit = *end == '\0' ? NULL : strchr(units, *end);
    unsigned shift = unit == NULL ? 0 : 10 * (unsigned)(unit - units + 1);
    if ((unit == NULL && *end != '\0') || (unit != NULL && end[1] != '\0') || value == 0 ||
        value > UINT64_MAX >> (shift + 1))
        return false;
    *ret_bytes = (uint64_t)value << shift;
    return true;
}

/* "0.8" as 8000; four decimals at most. */
static bool share_value(const char *word, int *ret_share)
{
    const char *p = word;
    if (*p != '0' && *p != '1')
        return false;
    int value = (*p++ - '0') * 10000;
    if (*p == '.')
        for (int unit = 1000; unit > 0 && *++p >= '0' && *p <= '9'; unit /= 10)
            value += (*p - '0') * unit;
    p += *p >= '0' && *p <= '9';        /* the fourth decimal */
    if (*p != '\0' || value > 10000)
        return false;
    *ret_share = value;
    return true;
}

static enum tm_status wrong(const char *path, const char *value, const char *where,
                            struct tm_err *err, const char *format, ...) TM_PRINTF(5, 6);

static enum tm_status wrong(const char *path, const char *value, const char *where,
                            struct tm_err *err, const char *format, ...)
{
    char expected[200];
    va_list args;
    va_start(args, format);
    (void)vsnprintf(expected, sizeof expected, format, args);
    va_end(args);
    return tm_fail(err, TM_ERR_USAGE, where, TM_NO_OFFSET, "%s: %s is not %s", path,
                   value == NULL ? "a list" : value, expected);
}

static void set_family(struct tm_recipe *recipe, const struct tm_setting *setting, bool on)
{
    uint64_t rules = setting->rules;
    if (strcmp(setting->path, "dedup") == 0) {
        recipe->dedup_exact = on;
        rules = TM_RECIPE_NEAR;
    }
    recipe->off = on ? recipe->off & ~rules : recipe->off | rules;
}

static enum tm_status set_scalar(struct tm_recipe *recipe, const struct tm_setting *setting,
                                 const char *value, const char *where, struct tm_err *err)
{
    void *field = tm_setting_field(recipe, setting);
    int number = -1;
    uint64_t bytes = 0;
    char *end;
    switch (setting->kind) {
    case TM_SETTING_STRING: {
        const char *copy = tm_recipe_string(recipe, value);
        if (copy == NULL)
            return tm_fail(err, TM_ERR_NOMEM, where, TM_NO_OFFSET, "out of memory");
        memcpy(field, &copy, sizeof copy);
        return TM_OK;
    }
    case TM_SETTING_CHOICE:
        number = choice_index(setting->choices, value);
        /* YAML's own words for a switched-off thing. */
        if (number < 0 && tm_switch_value(value) == 0)
            number = choice_index(setting->choices, "off");
        if (number < 0)
            return wrong(setting->path, value, where, err, "one of %s", setting->choices);
        break;
    case TM_SETTING_SWITCH:
    case TM_SETTING_FAMILY:
        number = tm_switch_value(value);
        if (number < 0)
            return wrong(setting->path, value, where, err, "true or false");
        if (setting->kind == TM_SETTING_FAMILY) {
            set_family(recipe, setting, number == 1);
            return TM_OK;
        }
        break;
    case TM_SETTING_SHARE:
        if (!share_value(value, &number))
            return wrong(setting->path, value, where, err, "a number from 0 to 1");
        break;
    case TM_SETTING_INTEGER: {
        long low = strtol(setting->choices, &end, 10);
        long high = strtol(end + 1, NULL, 10);
        long given = strtol(value, &end, 10);
        if (end == value || *end != '\0' || given < low || given > high)
            return wrong(setting->path, value, where, err, "a whole number from %ld to %ld", low,
                         high);
        number = (int)given;
        break;
    }
    case TM_SETTING_BYTES:
        if (!bytes_value(value, &bytes) || bytes < LEAST_BYTES)
            return wrong(setting->path, value, where, err, "a size such as 256M, 4K at least");
        memcpy(field, &bytes, sizeof bytes);
        return TM_OK;
    case TM_SETTING_LIST:
        return wrong(setting->path, value, where, err, "a list");
    }
    memcpy(field, &number, sizeof number);
    return TM_OK;
}

static enum tm_status set_list(struct tm_recipe *recipe, const struct tm_setting *setting,
                               const char *const *items, const char *where, struct tm_err *err)
{
    size_t n = 0;
    while (items[n] != NULL)
        n++;
    const char **copy = tm_arena_alloc(recipe->arena, (n + 1) * sizeof *copy);
    if (copy == NULL)
        return tm_fail(err, TM_ERR_NOMEM, where, TM_NO_OFFSET, "out of memory");
    for (size_t i = 0; i < n; i++) {
        if (setting->choices != NULL && choice_index(setting->choices, items[i]) < 0)
            return wrong(setting->path, items[i], where, err, "one of %s", setting->choices);
        char digest[sizeof "sha256:" + TM_SHA256_HEX] = "sha256:";
        bool forget = setting->field == offsetof(struct tm_recipe, forget);
        if (forget && !tm_forget_digest(items[i], digest + strlen(digest)))
            return wrong(setting->path, items[i], where, err,
                         "doc:ID, author:NAME, source:KEY or sha256:DIGEST");
        copy[i] = tm_recipe_string(recipe, forget ? digest : items[i]);
        if (copy[i] == NULL)
            return tm_fail(err, TM_ERR_NOMEM, where, TM_NO_OFFSET, "out of memory");
    }
    copy[n] = NULL;
    memcpy(tm_setting_field(recipe, setting), &copy, sizeof copy);
    return TM_OK;
}

enum tm_status tm_setting_set(struct tm_recipe *recipe, const char *path, const char *value,
                              const char *const *items, const char *where, struct tm_err *err)
{
    const struct tm_setting *setting = tm_setting_find(path);
    if (setting == NULL && tm_setting_is_group(path))
        return tm_fail(err, TM_ERR_USAGE, where, TM_NO_OFFSET, "%s: holds keys, no value", path);
    if (setting == NULL) {
        char group[128];
        (void)snprintf(group, sizeof group, "%s", path);
        char *dot = strrchr(group, '.');
        *(dot == NULL ? group : dot) = '\0';
        struct tm_buf names = {0};
        tm_setting_names(group, &names);
        tm_buf_byte(&names, '\0');
        enum tm_status status = tm_fail(err, TM_ERR_USAGE, where, TM_NO_OFFSET, "unknown key '%s'",
                                        path);
        if (!names.failed && names.n > 1)
            tm_hint(err, "known here: %s", names.p);
        tm_buf_finish(&names);
        return status;
    }
    if (items != NULL && setting->kind != TM_SETTING_LIST)
        return wrong(path, NULL, where, err, "a single value");
    return items != NULL ? set_list(recipe, setting, items, where, err)
                         : set_scalar(recipe, setting, value, where, err);
}

void tm_settings_default(struct tm_recipe *recipe)
{
    static const char *const both[] = {"ru", "en", NULL};
    static const char *const none[] = {NULL};
    for (size_t i = 0; i < tm_n_settings; i++) {
        const struct tm_setting *setting = &tm_settings[i];
        if (setting->kind == TM_SETTING_LIST)
            (void)set_list(recipe, setting, setting->standard == NULL ? none : both, "", NULL);
        else if (setting->standard != NULL)
            (void)set_scalar(recipe, setting, setting->standard, "", NULL);
    }
}
