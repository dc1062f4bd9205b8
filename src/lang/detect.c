/* SPDX-License-Identifier: Apache-2.0 */
/* The label of one text. */
#include "lid_score.h"

const char *tm_lang_name(enum tm_lang lang)
{
    switch (lang) {
    case TM_LANG_RU:
        return "ru";
    case TM_LANG_EN:
        return "en";
    case TM_LANG_OTHER:
        return "other";
    case TM_LANG_UND:
        break;
    }
    return "und";
}

const char *tm_lang_model_version(void)
{
    const struct lid_model *model = lid_model_get();
    return model == NULL ? "none" : model->version;
}

static struct tm_lang_result verdict(enum tm_lang language, int32_t logit)
{
    struct tm_lang_result r;
    r.lang = logit > 0 ? language : TM_LANG_OTHER;
    r.score = lid_probability(logit > 0 ? logit : -logit);
    return r;
}

void tm_lang_detect(const char *text, size_t n, struct tm_lang_result *ret)
{
    const struct lid_model *model = lid_model_get();
    struct lid_evidence ev = {0};
    *ret = (struct tm_lang_result){TM_LANG_UND, 0};
    if (model == NULL)
        return;
    lid_evidence_add(model, text, n, &ev);
    switch (lid_dominant(&ev)) {
    case LID_CYRILLIC:
        *ret = verdict(TM_LANG_RU, lid_logit(model, &ev, LID_CYRILLIC));
        break;
    case LID_LATIN:
        *ret = verdict(TM_LANG_EN, lid_logit(model, &ev, LID_LATIN));
        if (ret->lang == TM_LANG_EN && lid_is_code(text, n))
            *ret = (struct tm_lang_result){TM_LANG_OTHER, 9500};
        break;
    case LID_SCRIPTS:
        *ret = (struct tm_lang_result){TM_LANG_OTHER, 9990};
        break;
    default:
        break;
    }
}

void tm_lang_detect_batch(const struct tm_str *texts, size_t n, struct tm_lang_result *ret_results)
{
    for (size_t i = 0; i < n; i++)
        tm_lang_detect(texts[i].p, texts[i].n, &ret_results[i]);
}
