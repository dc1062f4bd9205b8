/* SPDX-License-Identifier: Apache-2.0 */
/* The names of rules and reasons. */
#include <tolmach/ledger.h>

const char *tm_reason_name(enum tm_reason reason)
{
    static const char *const names[TM_REASON_COUNT] = {
        [TM_KEPT] = "kept",
        [TM_REASON_EMPTY] = "empty",
        [TM_REASON_SUPERSEDED] = "superseded",
        [TM_REASON_OTHER_LANG] = "lang_other",
        [TM_REASON_LANG_OFF] = "lang_off",
        [TM_REASON_DUPLICATE] = "duplicate",
        [TM_REASON_AD] = "ad",
        [TM_REASON_QUALITY] = "quality",
        [TM_REASON_NEAR] = "near_duplicate",
        [TM_REASON_CONTAINED] = "contained",
        [TM_REASON_CONTAMINATED] = "contaminated",
        [TM_REASON_FORGOTTEN] = "forgotten",
    };
    return names[reason];
}

bool tm_reason_is_uncleaned(enum tm_reason reason)
{
    return reason == TM_REASON_SUPERSEDED || reason == TM_REASON_FORGOTTEN;
}

const char *tm_rule_name(enum tm_rule rule)
{
    static const char *const names[TM_RULE_COUNT] = {
#define RULE_NAME(id, name, text) [TM_RULE_##id] = name,
        TM_RULES(RULE_NAME)
#undef RULE_NAME
    };
    return names[rule];
}

const char *tm_rule_text(enum tm_rule rule)
{
    static const char *const texts[TM_RULE_COUNT] = {
#define RULE_TEXT(id, name, text) [TM_RULE_##id] = text,
        TM_RULES(RULE_TEXT)
#undef RULE_TEXT
    };
    return texts[rule];
}
