/* SPDX-License-Identifier: Apache-2.0 */
/* The fixed half of the boilerplate list: phrases of Russian and English channel footers, and the
 * normal form in which fixed and learnt lines are compared. */
#include "clean/boilerplate.h"

/* A longer line is no boilerplate, links included. */
enum { LONGEST_LINE = 2000 };

void make_line_key(struct tm_str line, struct line_key *ret_key)
{
    ret_key->n = 0;
    ret_key->words = 0;
    ret_key->whole = true;
    bool gap = false;
    struct tm_str head = {line.p, line.n < LONGEST_LINE ? line.n : LONGEST_LINE};
    size_t url = SIZE_MAX;
    size_t length = 0;
    if (!next_url(head, 0, &url, &length))
        url = SIZE_MAX;
    for (size_t at = 0; at < line.n;) {
        if (at == url) {
            at += length;
            gap = true;
            if (!next_url(head, at, &url, &length))
                url = SIZE_MAX;
            continue;
        }
        uint32_t cp = tm_utf8_next(line.p, line.n, &at);
        if (!tm_is_letter(cp) && !tm_is_digit(cp)) {
            /* Marks inside a word do not part it; blanks and punctuation do. */
            gap |= !(cp >= 0x300 && cp < 0x370) && cp != 0xAD && cp != 0x200B;
            continue;
        }
        char bytes[4] = {0};
        size_t n = tm_utf8_put(tm_lower(cp), bytes);
        if (ret_key->n + sizeof bytes + 1 > MAX_LINE_KEY) {
            ret_key->whole = false;
            return;
        }
        if (ret_key->n == 0 || gap) {
            ret_key->words++;
            if (ret_key->n != 0)
                ret_key->text[ret_key->n++] = ' ';
        }
        gap = false;
        memcpy(ret_key->text + ret_key->n, bytes, sizeof bytes);
        ret_key->n += n;
    }
}

/* A key holds `word` (or a word that begins with it, where it ends with *). */
static bool key_has(const struct line_key *key, struct tm_str word)
{
    bool stem = word.p[word.n - 1] == '*';
    size_t n = word.n - stem;
    const char *p = key->text;
    const char *end = key->text + key->n;
    while ((p = memmem(p, (size_t)(end - p), word.p, n)) != NULL) {
        bool starts = p == key->text || p[-1] == ' ';
        if (starts && (stem || p + n == end || p[n] == ' '))
            return true;
        p += n;
    }
    return false;
}

static bool begins_with(const struct line_key *key, struct tm_str phrase)
{
    size_t n = phrase.n;
    return key->n >= n && memcmp(key->text, phrase.p, n) == 0 &&
           (key->n == n || key->text[n] == ' ');
}

static bool ends_with(const struct line_key *key, struct tm_str phrase)
{
    size_t n = phrase.n;
    return key->n >= n && memcmp(key->text + key->n - n, phrase.p, n) == 0 &&
           (key->n == n || key->text[key->n - n - 1] == ' ');
}

static bool shows_call(const struct line_key *key)
{
    static const struct tm_str calls[] = {
        TM_STR("подпис*"), TM_STR("подпиш*"), TM_STR("прислать"), TM_STR("пришл*"),
        TM_STR("присылай*"), TM_STR("предложить"), TM_STR("предложка"), TM_STR("предлож*"),
        TM_STR("читать"), TM_STR("читай*"), TM_STR("читаем"), TM_STR("смотреть"), TM_STR("смотри*"),
        TM_STR("слушать"), TM_STR("обсуд*"), TM_STR("поддерж*"), TM_STR("донат*"), TM_STR("зеркало"),
        TM_STR("источник"), TM_STR("чат"), TM_STR("бот"), TM_STR("бота"), TM_STR("реклама"),
        TM_STR("связь"), TM_STR("вступай*"), TM_STR("присоединя*"), TM_STR("бусти"), TM_STR("буст*"),
        TM_STR("голосу*"), TM_STR("vpn"), TM_STR("ставь*"), TM_STR("пиши*"), TM_STR("заходи*"),
        TM_STR("купить"), TM_STR("скачать"), TM_STR("subscribe"), TM_STR("follow"), TM_STR("join"),
        TM_STR("donate"), TM_STR("read"), TM_STR("watch"), TM_STR("chat"), TM_STR("contact"),
        TM_STR("support"), TM_STR("submit"), TM_STR("share"), TM_STR("source"), TM_STR("boost"),
        TM_STR("send")};
    for (size_t i = 0; i < sizeof calls / sizeof *calls; i++)
        if (key_has(key, calls[i]))
            return true;
    return false;
}

/* Two or more items parted by | or a bullet, short all of them. */
static bool shows_menu(struct tm_str line)
{
    size_t bars = 0;
    size_t run = 0;
    size_t url = SIZE_MAX;
    size_t length = 0;
    if (!next_url(line, 0, &url, &length))
        url = SIZE_MAX;
    for (size_t at = 0; at < line.n;) {
        if (at == url) {
            at += length;
            if (!next_url(line, at, &url, &length))
                url = SIZE_MAX;
            continue;
        }
        uint32_t cp = tm_utf8_next(line.p, line.n, &at);
        if (cp == '|' || cp == 0x2022 || cp == 0x2503) {
            bars++;
            run = 0;
        } else if (++run > 60) {
            return false;
        }
    }
    return bars > 0;
}

unsigned line_evidence(struct tm_str line, const struct line_key *key, struct tm_str channel)
{
    size_t start, length;
    unsigned shown = next_url(line, 0, &start, &length) ? SHOWS_LINK : 0;
    for (size_t at = 0; at < line.n; at++)
        if (line.p[at] == '@' && handle_length(line, at) != 0)
            shown |= SHOWS_HANDLE;
    if (key->words <= 10 && shows_call(key))
        shown |= SHOWS_CALL;
    if (shows_menu(line))
        shown |= SHOWS_MENU;
    if (key_has(key, TM_STR("erid")) || begins_with(key, TM_STR("реклама")))
        shown |= SHOWS_AD;
    struct line_key name;
    make_line_key(channel, &name);
    if (name.n >= 4 && name.whole && key->words <= name.words + 6 && key->n >= name.n &&
        memmem(key->text, key->n, name.text, name.n) != NULL)
        shown |= SHOWS_NAME;
    return shown;
}

bool is_footer_phrase(const struct line_key *key, bool linked)
{
    static const struct tm_str heads[] = {
        TM_STR("подписаться"), TM_STR("подписывайся"), TM_STR("подписывайтесь"), TM_STR("подпишись"),
        TM_STR("подпишитесь"), TM_STR("подписка на"), TM_STR("не забудьте подписаться"),
        TM_STR("не забудь подписаться"), TM_STR("прислать новость"), TM_STR("прислать материал"),
        TM_STR("прислать контент"), TM_STR("прислать фото"), TM_STR("пришлите новость"),
        TM_STR("присылайте новости"), TM_STR("предложить новость"), TM_STR("предложить пост"),
        TM_STR("предложка"), TM_STR("сообщить новость"), TM_STR("читать далее"),
        TM_STR("читать полностью"), TM_STR("читать статью"), TM_STR("читать нас"),
        TM_STR("читайте нас"), TM_STR("читайте далее"), TM_STR("наш канал"), TM_STR("наш чат"),
        TM_STR("наш telegram"), TM_STR("наш телеграм"), TM_STR("мы в telegram"),
        TM_STR("мы в телеграм"), TM_STR("мы в телеграме"), TM_STR("мы в вк"),
        TM_STR("мы во вконтакте"), TM_STR("мы в макс"), TM_STR("мы в max"), TM_STR("присоединяйтесь"),
        TM_STR("поддержать канал"), TM_STR("поддержать нас"), TM_STR("поддержать проект"),
        TM_STR("задонатить"), TM_STR("обсудить в чате"), TM_STR("обсудить в комментариях"),
        TM_STR("перешлите другу"), TM_STR("отправь другу"), TM_STR("здесь мы всегда на связи"),
        TM_STR("subscribe"), TM_STR("follow us"), TM_STR("join us"), TM_STR("join our"),
        TM_STR("join the channel"), TM_STR("join the chat"), TM_STR("read more"),
        TM_STR("read the full"), TM_STR("send news"), TM_STR("send us"), TM_STR("submit news"),
        TM_STR("support us"), TM_STR("support the channel"), TM_STR("donate"), TM_STR("our chat"),
        TM_STR("our channel"), TM_STR("share this channel"), TM_STR("leave a comment")};
    static const struct tm_str tails[] = {
        TM_STR("подписаться"), TM_STR("подписывайся"), TM_STR("подписывайтесь"), TM_STR("подпишись"),
        TM_STR("subscribe"), TM_STR("join"), TM_STR("follow")};
    if (!key->whole || key->words == 0 || key->words > 8)
        return false;
    for (size_t i = 0; i < sizeof heads / sizeof *heads; i++)
        if (begins_with(key, heads[i]))
            return true;
    for (size_t i = 0; linked && i < sizeof tails / sizeof *tails; i++)
        if (ends_with(key, tails[i]))
            return true;
    return false;
}

struct tm_str closing_handle(struct tm_str line)
{
    size_t end = line.n;
    while (end > 0 && strchr(".! \t", line.p[end - 1]) != NULL && line.p[end - 1] != '\0')
        end--;
    size_t at = end;
    while (at > 0 && line.p[at - 1] != ' ' && line.p[at - 1] != '@' && end - at < 64)
        at--;
    if (at == 0 || line.p[at - 1] != '@')
        return TM_STR_UNKNOWN;
    at--;
    struct tm_str to_end = slice(line, 0, end);
    if (at == 0 || line.p[at - 1] != ' ' || handle_length(to_end, at) != end - at)
        return TM_STR_UNKNOWN;
    return slice(line, at, end);
}
