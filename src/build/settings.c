/* SPDX-License-Identifier: Apache-2.0 */
/* The table of recipe keys: it parses values, fills defaults, writes recipes and documents itself. */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "build/forget.h"
#include "build/recipe.h"

enum kind { STRING, CHOICE, SWITCH, LIST, INTEGER, BYTES, SHARE, FAMILY };

#define BIT(rule) ((uint64_t)1 << TM_RULE_##rule)

struct setting {
    const char *path;
    enum kind kind;
    size_t field;
    const char *standard;       /* the default, as it would be written */
    const char *choices;        /* "a|b|c", or "low|high" for numbers */
    uint64_t rules;             /* of a family */
    const char *text;
};

#define FIELD(member) offsetof(struct tm_recipe, member)

/* In the order in which they are written. A family comes before its own keys. */
static const struct setting settings[] = {
    {"name", STRING, FIELD(name), NULL, NULL, 0, "name of the corpus, safe as a folder name"},
    {"version", STRING, FIELD(version), NULL, NULL, 0, "version of the release"},
    {"title", STRING, FIELD(title), NULL, NULL, 0, "title for the dataset card"},
    {"description", STRING, FIELD(description), NULL, NULL, 0, "what the corpus is, in a sentence"},
    {"url", STRING, FIELD(url), NULL, NULL, 0, "where the corpus lives"},
    {"creator", STRING, FIELD(creator), NULL, NULL, 0, "who makes it"},
    {"licence", STRING, FIELD(licence), "other", NULL, 0, "licence of the texts, an SPDX name"},
    {"parent", STRING, FIELD(parent), NULL, NULL, 0,
     "release that this one follows: a version of this corpus, or a path"},
    {"add", SWITCH, FIELD(add), "false", NULL, 0,
     "inputs are added to those of the parent, which are not read again"},
    {"forget", LIST, FIELD(forget), NULL, NULL, 0,
     "what is to be removed: doc:ID, author:NAME, source:KEY, or sha256: of one of these"},
    {"unit", CHOICE, FIELD(unit), "segment", "segment|sentence|document", 0,
     "what a record holds: a run of paragraphs of one language, a sentence of it, or the post"},
    {"limit", INTEGER, FIELD(limit), "0", "0|2000000000", 0,
     "documents read at most, for a try; 0 reads all"},
    {"clean.markup", CHOICE, FIELD(markup), "auto", "auto|none|markdown", 0,
     "markup of inputs that do not say; auto decides per source from all its posts"},
    {"clean.encoding", FAMILY, 0, "on", NULL, BIT(MOJIBAKE), "text decoded with a wrong code page"},
    {"clean.forward", FAMILY, 0, "on", NULL, BIT(FORWARD_HEADER), "header lines of forwards"},
    {"clean.repeat", FAMILY, 0, "on", NULL, BIT(REPEAT), "bodies that stand twice"},
    {"clean.placeholder", FAMILY, 0, "on", NULL, BIT(PLACEHOLDER), "lines shown instead of media"},
    {"clean.emoji", FAMILY, 0, "on", NULL,
     BIT(EMOJI_LEGEND) | BIT(KEYCAP) | BIT(BULLET) | BIT(FLAG) | BIT(EMOJI), "emoji"},
    {"clean.emoji.flags", CHOICE, FIELD(flags), "drop", "drop|iso", 0,
     "flags go, or become their ISO code"},
    {"clean.emoji.bullets", CHOICE, FIELD(bullets), "dash", "dash|drop", 0,
     "emoji before items of a list of two lines or more"},
    {"clean.invisible", FAMILY, 0, "on", NULL, BIT(INVISIBLE) | BIT(SPACE) | BIT(CONTROL),
     "invisible characters, special spaces, controls"},
    {"clean.normalize", FAMILY, 0, "on", NULL, BIT(NFC) | BIT(STRIKE), "Unicode NFC, strike-through"},
    {"clean.normalize.stress", CHOICE, FIELD(stress), "keep", "keep|strip", 0,
     "stress marks on Russian vowels"},
    {"clean.homoglyphs", FAMILY, 0, "on", NULL, BIT(HOMOGLYPH),
     "look-alike letters of the other script inside a word"},
    {"clean.hashtags", FAMILY, 0, "on", NULL, BIT(HASHTAG_LINE) | BIT(HASHTAG), "hashtags"},
    {"clean.hashtags.tail", CHOICE, FIELD(tags_tail), "drop", "drop|keep", 0,
     "lines of hashtags at the ends of a post"},
    {"clean.hashtags.inline", CHOICE, FIELD(tags_inline), "word", "word|keep", 0,
     "hashtags inside the text"},
    {"clean.hashtags.underscore", CHOICE, FIELD(underscore), "blank", "blank|keep", 0,
     "_ inside a hashtag of the text"},
    {"clean.urls", FAMILY, 0, "on", NULL, BIT(LINK_LINE) | BIT(URL), "links"},
    {"clean.urls.inline", CHOICE, FIELD(urls), "drop", "drop|token|keep", 0,
     "links inside the text"},
    {"clean.boilerplate", FAMILY, 0, "on", NULL,
     BIT(FOOTER_LEARNT) | BIT(FOOTER_HANDLE) | BIT(FOOTER_PHRASE) | BIT(AD_LABEL) |
         BIT(FOREIGN_AGENT) | BIT(LEGAL_NOTE), "footers, labels, notices"},
    {"clean.boilerplate.learn", SWITCH, FIELD(learn), "true", NULL, 0,
     "learn recurring lines of each source"},
    {"clean.boilerplate.keep", LIST, FIELD(keep_lines), NULL, NULL, 0,
     "learnt lines that stay, as the manifest lists them"},
    {"clean.boilerplate.remove", LIST, FIELD(remove_lines), NULL, NULL, 0,
     "closing lines that go, as the manifest lists what is only proposed"},
    {"clean.pii", FAMILY, 0, "on", NULL,
     BIT(PII_EMAIL) | BIT(PII_PHONE) | BIT(PII_CARD) | BIT(PII_INN) | BIT(PII_SNILS) |
         BIT(PII_IP),
     "personal data"},
    {"clean.pii.phone", CHOICE, FIELD(pii_mask[0]), "mask", "keep|mask", 0, "telephone numbers"},
    {"clean.pii.email", CHOICE, FIELD(pii_mask[1]), "mask", "keep|mask", 0, "e-mail addresses"},
    {"clean.pii.card", CHOICE, FIELD(pii_mask[2]), "mask", "keep|mask", 0, "bank cards"},
    {"clean.pii.inn", CHOICE, FIELD(pii_mask[3]), "mask", "keep|mask", 0, "personal tax numbers"},
    {"clean.pii.snils", CHOICE, FIELD(pii_mask[4]), "mask", "keep|mask", 0, "insurance numbers"},
    {"clean.pii.ip", CHOICE, FIELD(pii_mask[5]), "mask", "keep|mask", 0, "public internet addresses"},
    {"lang.keep", LIST, FIELD(lang_keep), "ru en", "ru|en", 0, "languages of the release"},
    {"lang.other", CHOICE, FIELD(lang_other), "reject", "reject|keep", 0,
     "segments that are neither; keep writes them to data/other"},
    {"lang.threshold", SHARE, FIELD(threshold), "0.8", "0|1", 0,
     "probability from which a segment is ru or en rather than other"},
    {"dedup", FAMILY, 0, "on", NULL, 0, "duplicates"},
    {"dedup.exact", SWITCH, FIELD(dedup_exact), "true", NULL, 0,
     "of segments with the same normal form the first one stays"},
    {"dedup.near", FAMILY, 0, "on", NULL, TM_RECIPE_NEAR,
     "segments that are similar to one that stays, or held by a longer one"},
    {"dedup.near.threshold", SHARE, FIELD(near_threshold), "0.8", NULL, 0,
     "similarity of character 5-grams from which on"},
    {"dedup.near.numbers", CHOICE, FIELD(near_numbers), "agree", "agree|ignore", 0,
     "texts whose numbers differ stay apart; ignore looks at similarity alone"},
    {"dedup.paragraphs", CHOICE, FIELD(paragraphs), "off", "off|count", 0,
     "paragraphs that stand in five documents or more; count lists them in the audit folder"},
    {"dedup.against", LIST, FIELD(against), NULL, NULL, 0,
     "evaluation sets (lines, or JSON objects with a text): segments that overlap are left out"},
    {"quality.preset", CHOICE, FIELD(quality), "none", "none|gopher|c4|fineweb|fineweb-ru-short", 0,
     "records out of these limits go; the manifest counts what each would remove"},
    {"quality.ads", CHOICE, FIELD(ads), "keep", "keep|drop", 0,
     "posts that carried an advertising label"},
    {"audit.index", SWITCH, FIELD(index), "false", NULL, 0,
     "keep the cleaned documents in the audit folder, for versions that add to this one"},
    {"pack.level", INTEGER, FIELD(level), "3", "1|19", 0, "zstd level"},
    {"pack.shard", BYTES, FIELD(shard), "256M", NULL, 0, "bytes of text in a shard, about"},
    {"pack.frame", BYTES, FIELD(frame), "1M", NULL, 0, "bytes of text in a zstd frame, about"},
    {"report", FAMILY, 0, "on", NULL, TM_RECIPE_REPORT, "the folder report: index.html, stats.json, spread.json"},
    {"report.examples", INTEGER, FIELD(examples), "20", "0|100", 0,
     "random records of each language on its page"},
};

/* Of frames and shards. */
#define LEAST_BYTES 4096

enum { N_SETTINGS = sizeof settings / sizeof *settings };

static void *field_of(const struct tm_recipe *recipe, const struct setting *setting)
{
    return (char *)(uintptr_t)recipe + setting->field;
}

static const struct setting *find(const char *path)
{
    for (size_t i = 0; i < N_SETTINGS; i++)
        if (strcmp(settings[i].path, path) == 0)
            return &settings[i];
    return NULL;
}

bool tm_setting_at(size_t index, struct tm_setting_info *ret_info)
{
    static const char *const kinds[] = {
        [STRING] = "text", [SWITCH] = "true, false", [LIST] = "list",
        [BYTES] = "size: 4K, 256M, 1G", [SHARE] = "0 to 1", [FAMILY] = "on, off",
        [CHOICE] = NULL, [INTEGER] = NULL,
    };
    if (index >= N_SETTINGS)
        return false;
    const struct setting *setting = &settings[index];
    *ret_info = (struct tm_setting_info){
        .path = setting->path,
        .values = kinds[setting->kind],
        .choices = setting->choices,
        .standard = setting->standard,
        .text = setting->text,
    };
    return true;
}

bool tm_setting_is_group(const char *path)
{
    size_t n = strlen(path);
    for (size_t i = 0; i < N_SETTINGS; i++)
        if (strncmp(settings[i].path, path, n) == 0 && settings[i].path[n] == '.')
            return true;
    return false;
}

bool tm_setting_takes_list(const char *path)
{
    const struct setting *setting = find(path);
    return setting != NULL && setting->kind == LIST;
}

void tm_setting_names(const char *group, struct tm_buf *buf)
{
    size_t n = strlen(group);
    char last[64] = "";
    for (size_t i = 0; i < N_SETTINGS; i++) {
        const char *path = settings[i].path;
        if (n != 0 && (strncmp(path, group, n) != 0 || path[n] != '.'))
            continue;
        path += n == 0 ? 0 : n + 1;
        size_t length = strcspn(path, ".");
        if (strlen(last) == length && strncmp(last, path, length) == 0)
            continue;
        (void)snprintf(last, sizeof last, "%.*s", (int)length, path);
        tm_buf_printf(buf, "%s%s", buf->n == 0 ? "" : ", ", last);
    }
}

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

static int switch_value(const char *word)
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

static void set_family(struct tm_recipe *recipe, const struct setting *setting, bool on)
{
    uint64_t rules = setting->rules;
    if (strcmp(setting->path, "dedup") == 0) {
        recipe->dedup_exact = on;
        rules = TM_RECIPE_NEAR;
    }
    recipe->off = on ? recipe->off & ~rules : recipe->off | rules;
}

static enum tm_status set_scalar(struct tm_recipe *recipe, const struct setting *setting,
                                 const char *value, const char *where, struct tm_err *err)
{
    void *field = field_of(recipe, setting);
    int number = -1;
    uint64_t bytes = 0;
    char *end;
    switch (setting->kind) {
    case STRING: {
        const char *copy = tm_recipe_string(recipe, value);
        if (copy == NULL)
            return tm_fail(err, TM_ERR_NOMEM, where, TM_NO_OFFSET, "out of memory");
        memcpy(field, &copy, sizeof copy);
        return TM_OK;
    }
    case CHOICE:
        number = choice_index(setting->choices, value);
        /* YAML's own words for a switched-off thing. */
        if (number < 0 && switch_value(value) == 0)
            number = choice_index(setting->choices, "off");
        if (number < 0)
            return wrong(setting->path, value, where, err, "one of %s", setting->choices);
        break;
    case SWITCH:
    case FAMILY:
        number = switch_value(value);
        if (number < 0)
            return wrong(setting->path, value, where, err, "true or false");
        if (setting->kind == FAMILY) {
            set_family(recipe, setting, number == 1);
            return TM_OK;
        }
        break;
    case SHARE:
        if (!share_value(value, &number))
            return wrong(setting->path, value, where, err, "a number from 0 to 1");
        break;
    case INTEGER: {
        long low = strtol(setting->choices, &end, 10);
        long high = strtol(end + 1, NULL, 10);
        long given = strtol(value, &end, 10);
        if (end == value || *end != '\0' || given < low || given > high)
            return wrong(setting->path, value, where, err, "a whole number from %ld to %ld", low,
                         high);
        number = (int)given;
        break;
    }
    case BYTES:
        if (!bytes_value(value, &bytes) || bytes < LEAST_BYTES)
            return wrong(setting->path, value, where, err, "a size such as 256M, 4K at least");
        memcpy(field, &bytes, sizeof bytes);
        return TM_OK;
    case LIST:
        return wrong(setting->path, value, where, err, "a list");
    }
    memcpy(field, &number, sizeof number);
    return TM_OK;
}

static enum tm_status set_list(struct tm_recipe *recipe, const struct setting *setting,
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
        bool forget = setting->field == FIELD(forget);
        if (forget && !tm_forget_digest(items[i], digest + strlen(digest)))
            return wrong(setting->path, items[i], where, err,
                         "doc:ID, author:NAME, source:KEY or sha256:DIGEST");
        copy[i] = tm_recipe_string(recipe, forget ? digest : items[i]);
        if (copy[i] == NULL)
            return tm_fail(err, TM_ERR_NOMEM, where, TM_NO_OFFSET, "out of memory");
    }
    copy[n] = NULL;
    memcpy(field_of(recipe, setting), &copy, sizeof copy);
    return TM_OK;
}

enum tm_status tm_setting_set(struct tm_recipe *recipe, const char *path, const char *value,
                              const char *const *items, const char *where, struct tm_err *err)
{
    const struct setting *setting = find(path);
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
    if (items != NULL && setting->kind != LIST)
        return wrong(path, NULL, where, err, "a single value");
    return items != NULL ? set_list(recipe, setting, items, where, err)
                         : set_scalar(recipe, setting, value, where, err);
}

void tm_settings_default(struct tm_recipe *recipe)
{
    static const char *const both[] = {"ru", "en", NULL};
    static const char *const none[] = {NULL};
    for (size_t i = 0; i < N_SETTINGS; i++) {
        const struct setting *setting = &settings[i];
        if (setting->kind == LIST)
            (void)set_list(recipe, setting, setting->standard == NULL ? none : both, "", NULL);
        else if (setting->standard != NULL)
            (void)set_scalar(recipe, setting, setting->standard, "", NULL);
    }
}

void tm_yaml_put(struct tm_buf *buf, const char *text)
{
    bool plain = text[0] != '\0' && strchr(" -?:,[]{}#&*!|>'\"%@`", text[0]) == NULL &&
                 switch_value(text) < 0 && strcmp(text, "null") != 0 && strcmp(text, "~") != 0;
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

static void write_value(const struct tm_recipe *recipe, const struct setting *setting,
                        struct tm_buf *buf)
{
    const void *field = field_of(recipe, setting);
    int number = 0;
    uint64_t bytes = 0;
    const char *text = NULL;
    const char *const *list = NULL;
    switch (setting->kind) {
    case STRING:
        memcpy(&text, field, sizeof text);
        if (text == NULL)
            tm_buf_text(buf, "null");
        else
            tm_yaml_put(buf, text);
        return;
    case BYTES:
        memcpy(&bytes, field, sizeof bytes);
        write_bytes(bytes, buf);
        return;
    case LIST:
        memcpy(&list, field, sizeof list);
        tm_buf_byte(buf, '[');
        for (size_t i = 0; list[i] != NULL; i++) {
            tm_buf_text(buf, i == 0 ? "" : ", ");
            tm_yaml_put(buf, list[i]);
        }
        tm_buf_byte(buf, ']');
        return;
    case CHOICE:
        memcpy(&number, field, sizeof number);
        write_choice(setting->choices, number, buf);
        return;
    case SWITCH:
        memcpy(&number, field, sizeof number);
        tm_buf_text(buf, number != 0 ? "true" : "false");
        return;
    case FAMILY:
        tm_buf_text(buf, (recipe->off & setting->rules) == 0 ? "on" : "off");
        return;
    case INTEGER:
        memcpy(&number, field, sizeof number);
        tm_buf_u64(buf, (uint64_t)number);
        return;
    case SHARE:
        memcpy(&number, field, sizeof number);
        tm_buf_printf(buf, "%d.%04d", number / 10000, number % 10000);
        while (buf->n > 2 && buf->p[buf->n - 1] == '0' && buf->p[buf->n - 2] != '.')
            buf->n--;
        return;
    }
}

/* A family that is on and has keys of its own is a mapping of these; else it is on or off. */
static bool is_mapping(const struct tm_recipe *recipe, const struct setting *setting)
{
    return setting->kind == FAMILY && tm_setting_is_group(setting->path) &&
           (setting->rules == 0 || (recipe->off & setting->rules) != setting->rules);
}

void tm_settings_write(const struct tm_recipe *recipe, struct tm_buf *buf)
{
    char open[3][64] = {"", "", ""};    /* the mapping begun at each depth */
    for (size_t i = 0; i < N_SETTINGS; i++) {
        const struct setting *setting = &settings[i];
        if (setting->kind == STRING && *(const char *const *)field_of(recipe, setting) == NULL)
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
            const struct setting *family = find(group);
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
    for (size_t i = 0; i < N_SETTINGS; i++) {
        const struct setting *setting = &settings[i];
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
        "limit", "forget", "clean", "dedup.near.threshold", "dedup.near.numbers", "pack", "report",
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
    for (size_t i = 0; i < N_SETTINGS; i++) {
        if (is_for_later(settings[i].path))
            continue;
        tm_buf_printf(buf, "%s: ", settings[i].path);
        write_value(recipe, &settings[i], buf);
        tm_buf_byte(buf, '\n');
    }
}

const char *tm_recipe_reference(struct tm_recipe *recipe)
{
    struct tm_buf *buf = &recipe->text;
    buf->n = 0;
    for (size_t i = 0; i < N_SETTINGS; i++) {
        const struct setting *s = &settings[i];
        tm_buf_printf(buf, "%-27s %-8s %s", s->path, s->standard == NULL ? "-" : s->standard,
                      s->text);
        if (s->choices != NULL && (s->kind == CHOICE || s->kind == LIST))
            tm_buf_printf(buf, " (%s)", s->choices);
        tm_buf_byte(buf, '\n');
    }
    tm_buf_byte(buf, '\0');
    return buf->failed ? NULL : buf->p;
}
