/* SPDX-License-Identifier: Apache-2.0 */
/* The names of rules and reasons. */
#include <tolmach/ledger.h>

const char *tm_reason_name(enum tm_reason reason)
{
    static const char *const names[TM_REASON_COUNT] = {
        [TM_KEPT] = "kept",
#define REASON_NAME(id, name, text) [TM_REASON_##id] = name,
        TM_REASONS(REASON_NAME)
#undef REASON_NAME
    };
    return names[reason];
}

const char *tm_reason_text(enum tm_reason reason)
{
    static const char *const texts[TM_REASON_COUNT] = {
        [TM_KEPT] = "in the release",
#define REASON_TEXT(id, name, text) [TM_REASON_##id] = text,
        TM_REASONS(REASON_TEXT)
#undef REASON_TEXT
    };
    return texts[reason];
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
