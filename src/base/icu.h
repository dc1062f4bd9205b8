/* SPDX-License-Identifier: Apache-2.0 */
/* icu.h - the versions of ICU and Unicode that are linked, which releases depend on. */
#ifndef TM_BASE_ICU_H
#define TM_BASE_ICU_H

#include <unicode/uchar.h>
#include <unicode/uversion.h>

static inline void tm_icu_version(char ret_text[U_MAX_VERSION_STRING_LENGTH])
{
    UVersionInfo version;
    u_getVersion(version);
    u_versionToString(version, ret_text);
}

static inline void tm_unicode_version(char ret_text[U_MAX_VERSION_STRING_LENGTH])
{
    UVersionInfo version;
    u_getUnicodeVersion(version);
    u_versionToString(version, ret_text);
}

#endif
