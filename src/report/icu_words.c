/* SPDX-License-Identifier: Apache-2.0 */
#include "report/icu_words.h"

#include <stdlib.h>
#include <unicode/ubrk.h>

struct tm_icu_words {
    UBreakIterator *walk;
    UText text;
    int32_t at;
    bool failed;
};

struct tm_icu_words *tm_icu_words_create(void)
{
    UErrorCode error = U_ZERO_ERROR;
    struct tm_icu_words *words = calloc(1, sizeof *words);
    if (words == NULL)
        return NULL;
    words->text = (UText)UTEXT_INITIALIZER;
    words->walk = ubrk_open(UBRK_WORD, "", NULL, 0, &error);
    if (U_SUCCESS(error))
        return words;
    tm_icu_words_destroy(words);
    return NULL;
}

void tm_icu_words_destroy(struct tm_icu_words *words)
{
    if (words == NULL)
        return;
    if (words->walk != NULL)
        ubrk_close(words->walk);
    utext_close(&words->text);
    free(words);
}

bool tm_icu_words_begin(struct tm_icu_words *words, struct tm_str text)
{
    UErrorCode error = U_ZERO_ERROR;
    utext_openUTF8(&words->text, text.n == 0 ? "" : text.p, (int64_t)text.n, &error);
    ubrk_setUText(words->walk, &words->text, &error);
    words->at = 0;
    words->failed |= U_FAILURE(error);
    return U_SUCCESS(error);
}

bool tm_icu_words_next(struct tm_icu_words *words, size_t *ret_start, size_t *ret_end)
{
    for (int32_t end; (end = ubrk_next(words->walk)) != UBRK_DONE;) {
        int32_t start = words->at;
        words->at = end;
        if (ubrk_getRuleStatus(words->walk) >= UBRK_WORD_NONE_LIMIT) {
            *ret_start = (size_t)start;
            *ret_end = (size_t)end;
            return true;
        }
    }
    return false;
}

uint64_t tm_icu_words_count(void *user, struct tm_str text)
{
    uint64_t n = 0;
    size_t start, end;
    if (!tm_icu_words_begin(user, text))
        return 0;
    while (tm_icu_words_next(user, &start, &end))
        n++;
    return n;
}

bool tm_icu_words_failed(const struct tm_icu_words *words)
{
    return words->failed;
}
