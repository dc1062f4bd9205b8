/* SPDX-License-Identifier: Apache-2.0 */
/* The table of recipe keys, and what can be asked of it. */
#include <stdio.h>
#include <string.h>

#include "build/settings.h"

#define BIT(rule) ((uint64_t)1 << TM_RULE_##rule)
#define FIELD(member) offsetof(struct tm_recipe, member)
#define STRING TM_SETTING_STRING
#define CHOICE TM_SETTING_CHOICE
#define SWITCH TM_SETTING_SWITCH
#define LIST TM_SETTING_LIST
#define INTEGER TM_SETTING_INTEGER
#define BYTES TM_SETTING_BYTES
#define SHARE TM_SETTING_SHARE
#define FAMILY TM_SETTING_FAMILY

const struct tm_setting tm_settings[] = {
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

const size_t tm_n_settings = sizeof tm_settings / sizeof *tm_settings;

const struct tm_setting *tm_setting_find(const char *path)
{
    for (size_t i = 0; i < tm_n_settings; i++)
        if (strcmp(tm_settings[i].path, path) == 0)
            return &tm_settings[i];
    return NULL;
}

bool tm_setting_at(size_t index, struct tm_setting_info *ret_info)
{
    static const char *const kinds[] = {
        [STRING] = "text", [SWITCH] = "true, false", [LIST] = "list",
        [BYTES] = "size: 4K, 256M, 1G", [SHARE] = "0 to 1", [FAMILY] = "on, off",
        [CHOICE] = NULL, [INTEGER] = NULL,
    };
    if (index >= tm_n_settings)
        return false;
    const struct tm_setting *setting = &tm_settings[index];
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
    for (size_t i = 0; i < tm_n_settings; i++)
        if (strncmp(tm_settings[i].path, path, n) == 0 && tm_settings[i].path[n] == '.')
            return true;
    return false;
}

bool tm_setting_takes_list(const char *path)
{
    const struct tm_setting *setting = tm_setting_find(path);
    return setting != NULL && setting->kind == TM_SETTING_LIST;
}

void tm_setting_names(const char *group, struct tm_buf *buf)
{
    size_t n = strlen(group);
    char last[64] = "";
    for (size_t i = 0; i < tm_n_settings; i++) {
        const char *path = tm_settings[i].path;
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

const char *tm_recipe_reference(struct tm_recipe *recipe)
{
    struct tm_buf *buf = &recipe->text;
    buf->n = 0;
    for (size_t i = 0; i < tm_n_settings; i++) {
        const struct tm_setting *s = &tm_settings[i];
        tm_buf_printf(buf, "%-27s %-8s %s", s->path, s->standard == NULL ? "-" : s->standard,
                      s->text);
        if (s->choices != NULL && (s->kind == TM_SETTING_CHOICE || s->kind == TM_SETTING_LIST))
            tm_buf_printf(buf, " (%s)", s->choices);
        tm_buf_byte(buf, '\n');
    }
    tm_buf_byte(buf, '\0');
    return buf->failed ? NULL : buf->p;
}
