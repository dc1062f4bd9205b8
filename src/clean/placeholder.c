/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Lines that a client shows where it cannot show the media. They are matched as whole lines only:
 * "Photo" alone is a placeholder, "Photo: Anna" is text. The label of the web preview counts only
 * together with its "VIEW IN TELEGRAM" button or as one of the sentences that nobody writes.
 * Sources: Telegram Desktop's and the web preview's own strings.
 */
#include "clean/cleaning.h"

static const struct tm_str sentences[] = {
    TM_STR_INIT("This media is not supported in your browser"),
    TM_STR_INIT("Please open Telegram to view this post"),
    TM_STR_INIT("VIEW IN TELEGRAM"),
    TM_STR_INIT("Media is too big"),
    TM_STR_INIT("This message is not supported by your version of Telegram"),
    TM_STR_INIT("This message is not supported by this version of Telegram Desktop. Please update the "
           "application."),
    TM_STR_INIT("(File not included. Change data exporting settings to download.)"),
    TM_STR_INIT("(File exceeds maximum size. Change data exporting settings to download.)"),
    TM_STR_INIT("(File unavailable, please try again later)"),
    TM_STR_INIT("(Photo not included. Change data exporting settings to download.)"),
    TM_STR_INIT("(Photo exceeds maximum size. Change data exporting settings to download.)"),
    TM_STR_INIT("(Photo unavailable, please try again later)"),
    TM_STR_INIT("Not included, change data exporting settings to download."),
    TM_STR_INIT("Exceeds maximum size, change data exporting settings to download."),
    TM_STR_INIT("Unavailable, please try again later."),
    TM_STR_INIT("This story has expired."),
    TM_STR_INIT("The account was hidden by the user."),
    TM_STR_INIT("This message was imported from another app. It may not be real."),
    TM_STR_INIT("Это медиа не поддерживается в вашем браузере"),
    TM_STR_INIT("Вложение не поддерживается"),
    TM_STR_INIT("Откройте Telegram, чтобы посмотреть эту публикацию"),
    TM_STR_INIT("ОТКРЫТЬ В TELEGRAM"),
    TM_STR_INIT("Открыть в Telegram"),
};

static bool is_placeholder(struct tm_str text)
{
    if (text.n < 10 || text.n > 120)
        return false;
    for (size_t i = 0; i < sizeof sentences / sizeof *sentences; i++)
        if (tm_str_equal(text, sentences[i]))
            return true;
    return false;
}

size_t placeholder_end(struct tm_str text, size_t start)
{
    if (start >= text.n)
        return start;
    struct line line = line_at(text, start);
    return is_placeholder(tm_str_trim(slice(text, line.start, line.end))) ? line.next : start;
}

void rule_placeholder(struct cleaning *c)
{
    for (size_t at = 0; at < c->text.n;) {
        struct line line = line_at(c->text, at);
        if (placeholder_end(c->text, at) != at)
            cut_line(c, TM_RULE_PLACEHOLDER, line);
        at = line.next;
    }
}
