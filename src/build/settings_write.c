/* SPDX-License-Identifier: Apache-2.0 */
/* A recipe's settings as YAML: all of them, or those that a step of a build goes by. */
#include <stdio.h>
#include <string.h>

#include "build/settings.h"

void tm_yaml_put(struct tm_buf *buf, const char *text)
{
    bool plain = text[0] != '\0' && strchr(" -?:,[]{}#&*!|>'\"%@`", text[0]) == NULL &&
                 tm_switch_value(text) < 0 && strcmp(text, "null") != 0 && strcmp(text, "~") != 0;
    for (const char *p = text; *p != '\0' && plain; p++)
        plain = (unsigned char)*p >= 0x20 && *p != '"' && *p != '\\' && *p != '\'' && *p != ',' &&
                *p != '[' && *p != ']' && *p != '{' && *p != '}' && *p != '#' &&
                !(*p == ':' && (p[1] == ' ' || p[1] == '\0')) && !(*p == ' ' && p[1] == '\0');
    if (plain) {
        tm_buf_text(buf, text);
        return;
    }
    tm_buf_byte(buf, '"');
    for (const char *p = text; *p != '\0'; p++) {
        if ((unsigned char)*p < 0x20) {
            tm_buf_printf(buf, "\\x%02x", (unsigned)(unsigned char)*p);
            continue;
        }
        if (*p == '"' || *p == '\\')
            tm_buf_byte(buf, '\\');
        tm_buf_byte(buf, *p);
    }
    tm_buf_byte(buf, '"');
}

static void write_choice(const char *choices, int index, struct tm_buf *buf)
{
    while (index-- > 0)
        choices += strcspn(choices, "|") + 1;
    tm_buf_add(buf, choices, strcspn(choices, "|"));
}

static void write_bytes(uint64_t bytes, struct tm_buf *buf)
{
    static const char units[] = "\0KMGT";
    int unit = 0;
    while (unit < 4 && bytes != 0 && bytes % 1024 == 0) {
        bytes /= 1024;
        unit++;
    }
    tm_buf_u64(buf, bytes);
    if (unit > 0)
        tm_buf_byte(buf, units[unit]);
}

static void write_value(const struct tm_recipe *recipe, const struct tm_setting *setting,
                        struct tm_buf *buf)
{
    const void *field = tm_setting_field(recipe, setting);
    int number = 0;
    uint64_t bytes = 0;
    const char *text = NULL;
    const char *const *list = NULL;
    switch (setting->kind) {
    case TM_SETTING_STRING:
        memcpy(&text, field, sizeof text);
        if (text == NULL)
            tm_buf_text(buf, "null");
        else
            tm_yaml_put(buf, text);
        return;
    case TM_SETTING_BYTES:
        memcpy(&bytes, field, sizeof bytes);
        write_bytes(bytes, buf);
        return;
    case TM_SETTING_LIST:
        memcpy(&list, field, sizeof list);
        tm_buf_byte(buf, '[');
        for (size_t i = 0; list[i] != NULL; i++) {
            tm_buf_text(buf, i == 0 ? "" : ", ");
            tm_yaml_put(buf, list[i]);
        }
        tm_buf_byte(buf, ']');
        return;
    case TM_SETTING_CHOICE:
        memcpy(&number, field, sizeof number);
        write_choice(setting->choices, number, buf);
        return;
    case TM_SETTING_SWITCH:
        memcpy(&number, field, sizeof number);
        tm_buf_text(buf, number != 0 ? "true" : "false");
        return;
    case TM_SETTING_FAMILY:
        tm_buf_text(buf, (recipe->off & setting->rules) == 0 ? "on" : "off");
        return;
    case TM_SETTING_INTEGER:
        memcpy(&number, field, sizeof number);
        tm_buf_u64(buf, (uint64_t)number);
        return;
    case TM_SETTING_SHARE:
        memcpy(&number, field, sizeof number);
        tm_buf_printf(buf, "%d.%04d", number / 10000, number % 10000);
        while (buf->n > 2 && buf->p[buf->n - 1] == '0' && buf->p[buf->n - 2] != '.')
            buf->n--;
        return;
    }
}

/* A family that is on and has keys of its own is a mapping of these; else it is on or off. */
static bool is_mapping(const struct tm_recipe *recipe, const struct tm_setting *setting)
{
    return setting->kind == TM_SETTING_FAMILY && tm_setting_is_group(setting->path) &&
           (setting->rules == 0 || (recipe->off & setting->rules) != setting->rules);
}

void tm_settings_write(const struct tm_recipe *recipe, struct tm_buf *buf)
{
    char open[3][64] = {"", "", ""};    /* the mapping begun at each depth */
    for (size_t i = 0; i < tm_n_settings; i++) {
        const struct tm_setting *setting = &tm_settings[i];
        if (setting->kind == TM_SETTING_STRING && *(const char *const *)tm_setting_field(recipe, setting) == NULL)
            continue;
        if (is_mapping(recipe, setting))
            continue;
        const char *part = setting->path;
        const char *dot;
        int depth = 0;
        bool hidden = false;
        for (; (dot = strchr(part, '.')) != NULL; depth++, part = dot + 1) {
            char group[64];
            (void)snprintf(group, sizeof group, "%.*s", (int)(dot - setting->path), setting->path);
            const struct tm_setting *family = tm_setting_find(group);
            hidden |= family != NULL && !is_mapping(recipe, family);
            if (strcmp(open[depth], group) == 0 || hidden)
                continue;
            (void)snprintf(open[depth], sizeof open[depth], "%s", group);
            tm_buf_printf(buf, "%*s%.*s:\n", depth * 2, "", (int)(dot - part), part);
        }
        if (hidden)
            continue;
        tm_buf_printf(buf, "%*s%s: ", depth * 2, "", part);
        write_value(recipe, setting, buf);
        tm_buf_byte(buf, '\n');
    }
}

void tm_settings_write_cleaning(const struct tm_recipe *recipe, struct tm_buf *buf)
{
    for (size_t i = 0; i < tm_n_settings; i++) {
        const struct tm_setting *setting = &tm_settings[i];
        if (strncmp(setting->path, "clean.", 6) != 0 && strcmp(setting->path, "unit") != 0 &&
            strcmp(setting->path, "lang.threshold") != 0)
            continue;
        tm_buf_printf(buf, "%s: ", setting->path);
        write_value(recipe, setting, buf);
        tm_buf_byte(buf, '\n');
    }
}

/* What names a release, decides duplicates of finished rows, or packs them. */
static bool is_for_later(const char *path)
{
    static const char *const later[] = {
        "name", "version", "licence", "title", "description", "url", "creator", "parent", "add",
        "limit", "forget", "clean", "dedup.near.threshold", "dedup.near.numbers", "pack",
        "report.examples",
    };
    for (size_t i = 0; i < sizeof later / sizeof *later; i++) {
        size_t n = strlen(later[i]);
        if (strncmp(path, later[i], n) == 0 && (path[n] == '\0' || path[n] == '.'))
            return true;
    }
    return false;
}

void tm_settings_write_rows(const struct tm_recipe *recipe, struct tm_buf *buf)
{
    for (size_t i = 0; i < tm_n_settings; i++) {
        if (is_for_later(tm_settings[i].path))
            continue;
        tm_buf_printf(buf, "%s: ", tm_settings[i].path);
        write_value(recipe, &tm_settings[i], buf);
        tm_buf_byte(buf, '\n');
    }
}
