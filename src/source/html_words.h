/* SPDX-License-Identifier: Apache-2.0 */
/* html_words.h - is a word one of the function words of Russian or English? */
#ifndef TM_SOURCE_HTML_WORDS_H
#define TM_SOURCE_HTML_WORDS_H

#include <tolmach/base.h>

#define TM_HTML_WORD ((size_t)16)        /* bytes of the longest one */

/* `word` in lower case, filled up with zero bytes. */
bool tm_html_is_common(const char word[TM_HTML_WORD]);

#endif
