// SPDX-License-Identifier: Apache-2.0
#include "lid-peers.h"

#include <cstdio> // which the next one forgets

#include <cld2/public/compact_lang_det.h>
#include <cld2/public/encodings.h>
#include <cstring>

extern "C" enum tm_lang peer_cld2(const char *text, size_t n)
{
    CLD2::CLDHints hints = {nullptr, nullptr, CLD2::UNKNOWN_ENCODING, CLD2::UNKNOWN_LANGUAGE};
    CLD2::Language top[3];
    int percent[3], bytes = 0;
    double score[3];
    bool reliable = false;
    CLD2::Language lang = CLD2::ExtDetectLanguageSummary(
        text, static_cast<int>(n), true, &hints, CLD2::kCLDFlagBestEffort, top, percent, score,
        nullptr, &bytes, &reliable);
    const char *code = CLD2::LanguageCode(lang);
    if (lang == CLD2::UNKNOWN_LANGUAGE || !reliable)
        return TM_LANG_UND;
    return std::strcmp(code, "ru") == 0   ? TM_LANG_RU
           : std::strcmp(code, "en") == 0 ? TM_LANG_EN
                                          : TM_LANG_OTHER;
}
