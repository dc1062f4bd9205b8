/* SPDX-License-Identifier: Apache-2.0 */
/* The fixed half of the boilerplate list: phrases of Russian and English channel footers, and the
 * normal form in which fixed and learnt lines are compared. */
#include "clean/boilerplate.h"

#include "base/fold.h"

/* A longer line is no boilerplate, links included. */
enum { LONGEST_LINE = 2000 };

void make_line_key(struct tm_str line, struct line_key *ret_key)
{
    make_short_key(line, SIZE_MAX, ret_key);
}

void make_short_key(struct tm_str line, size_t most_words, struct line_key *ret_key)
{
    ret_key->n = 0;
    ret_key->words = 0;
    /* A line twice as long as a key is too long, unless a link makes it so: no need to fold it. */
    ret_key->whole = line.n <= 2 * MAX_LINE_KEY || memchr(line.p, '/', line.n) != NULL;
    if (!ret_key->whole)
        return;
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
        if (tm_str_starts(slice(line, at, line.n), TM_STR("__"))) {
            /* Before its marks go a link may stand behind them, as a word behind blanks. */
            while (at < line.n && line.p[at] == '_')
                at++;
            gap = true;
            if (at < head.n && next_url(slice(head, at, head.n), 0, &url, &length))
                url += at;
            else
                url = SIZE_MAX;
            continue;
        }
        uint32_t cp = 0;
        struct tm_folded f = tm_fold_next(line.p, line.n, &at, &cp);
        if (f.n == 0) {
            /* Marks inside a word do not part it; blanks and punctuation do. */
            gap |= !(cp >= 0x300 && cp < 0x370) && cp != 0xAD && cp != 0x200B;
            continue;
        }
        if (ret_key->n + sizeof f.bytes + 1 > MAX_LINE_KEY || ret_key->words > most_words) {
            ret_key->whole = false;
            return;
        }
        if (ret_key->n == 0 || gap) {
            ret_key->words++;
            if (ret_key->n != 0)
                ret_key->text[ret_key->n++] = ' ';
        }
        gap = false;
        tm_fold_put(f, ret_key->text + ret_key->n);
        ret_key->n += f.n;
    }
}

/* A key holds `word` (or a word that begins with it, where it ends with *). */
static bool key_has(const struct line_key *key, const char *word)
{
    size_t n = strlen(word);
    bool stem = word[n - 1] == '*';
    n -= stem;
    const char *p = key->text;
    const char *end = key->text + key->n;
    while ((p = memmem(p, (size_t)(end - p), word, n)) != NULL) {
        bool starts = p == key->text || p[-1] == ' ';
        if (starts && (stem || p + n == end || p[n] == ' '))
            return true;
        p += n;
    }
    return false;
}

static bool begins_with(const struct line_key *key, const char *phrase)
{
    size_t n = 0;
    while (n < key->n && phrase[n] == key->text[n])
        n++;
    return phrase[n] == '\0' && (n == key->n || key->text[n] == ' ');
}

static bool ends_with(const struct line_key *key, const char *phrase)
{
    size_t n = strlen(phrase);
    return key->n >= n && memcmp(key->text + key->n - n, phrase, n) == 0 &&
           (key->n == n || key->text[key->n - n - 1] == ' ');
}

static bool shows_call(const struct line_key *key)
{
    static const char *const calls[] = {
        "подписаться", "подпишись", "подпишитесь", "подписывайся", "подписывайтесь",
        "подписывайтеся", "прислать", "присылай", "присылайте", "пришлите", "предложка",
        "предложить", "читайте", "смотрите", "слушайте", "обсудить", "поддержать", "поддержите",
        "задонатить", "донат", "зеркало", "бот", "бота", "вступай", "вступайте", "присоединяйся",
        "присоединяйтесь", "бусти", "голосуй", "голосуйте", "vpn", "ставь", "ставьте", "заходи",
        "заходите", "скачать", "subscribe", "follow", "join", "donate", "submit", "boost"};
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

/* A word for a source or an author, and the name behind a colon, a dash or a quotation mark. */
static bool shows_credit(struct tm_str line, const struct line_key *key)
{
    static const char *const words[] = {"via", "source", "photo", "photos", "credit", "источник",
                                        "фото", "видео", "автор", "иллюстрация"};
    bool known = false;
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        known |= begins_with(key, words[i]) && key->n > strlen(words[i]);
    size_t at = 0;
    while (at < line.n && !tm_is_letter(tm_utf8_at(line.p, line.n, at)))
        (void)tm_utf8_next(line.p, line.n, &at);
    while (at < line.n && tm_is_letter(tm_utf8_at(line.p, line.n, at)))
        (void)tm_utf8_next(line.p, line.n, &at);
    at = skip_blanks(line, at, line.n);
    uint32_t sign = tm_utf8_at(line.p, line.n, at);
    return known && key->words <= 10 &&
           (sign == ':' || sign == '"' || sign == 0xAB || sign == 0x201C || sign == 0x2014);
}

/* A line that begins with the text of a markdown link and ends before its address: [Name\n…](…). */
static bool opens_link(struct tm_str line)
{
    line = tm_str_trim(line);
    return line.n > 1 && line.p[0] == '[' && memchr(line.p, ']', line.n) == NULL;
}

/* A link, also one behind the marks of markdown. */
static bool has_link(struct tm_str line)
{
    size_t start, length;
    if (next_url(line, 0, &start, &length))
        return true;
    for (size_t at = 0; at < line.n; at++)
        if (line.p[at] == '_' && next_url(slice(line, at + 1, line.n), 0, &start, &length))
            return true;
    return false;
}

unsigned line_evidence(struct tm_str line, const struct line_key *key, struct tm_str channel)
{
    unsigned shown = has_link(line) || opens_link(line) ? SHOWS_LINK : 0;
    for (size_t at = 0; at < line.n; at++)
        if (line.p[at] == '@' && handle_length(line, at) != 0)
            shown |= SHOWS_HANDLE;
    if (key->words <= 10 && shows_call(key))
        shown |= SHOWS_CALL;
    if (shows_menu(line))
        shown |= SHOWS_MENU;
    if (shows_credit(line, key))
        shown |= SHOWS_CREDIT;
    if (key_has(key, "erid") || begins_with(key, "реклама"))
        shown |= SHOWS_AD;
    struct line_key name;
    make_line_key(channel, &name);
    if (name.n >= 4 && name.whole && key->words <= name.words + 6 && key->n >= name.n &&
        memmem(key->text, key->n, name.text, name.n) != NULL)
        shown |= SHOWS_NAME;
    return shown;
}

/* Words that may stand beside a call without making it a sentence about something else. */
static bool is_filler(struct tm_str word)
{
    static const char *const words[] = {
        "на", "в", "во", "и", "к", "по", "с", "у", "нас", "нам", "наш", "наша", "наше", "нашу",
        "наши", "нашем", "нашего", "канал", "канале", "каналы", "чат", "чате", "группу", "группе",
        "бот", "боте", "бота", "новости", "новость", "рассылку", "telegram", "телеграм", "тг",
        "вк", "вконтакте", "макс", "max", "дзен", "ютуб", "youtube", "тут", "здесь", "ссылке",
        "ссылка", "всегда", "связи", "подписаться", "прислать", "the", "to", "our", "us", "on",
        "in", "via", "and", "channel", "chat", "group", "newsletter", "news", "here", "now",
        "полностью", "далее", "статью", "more", "full", "story", "article", "for", "bot",
        "и", "сотрудничества", "сотрудничеству", "рекламе", "рекламы", "писать", "пишите", "сюда",
        "лс", "автор", "автора", "автору", "редакция", "редакции", "друзьями", "бусти", "patreon",
        "boosty", "discord", "twitter", "x", "instagram", "инстаграм", "facebook", "dm", "contact",
        "social", "media", "socials", "page", "website", "сайт", "сайте", "группа"};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (tm_str_is(word, words[i]))
            return true;
    return false;
}

/* Whether all words of a key outside [from, to) are fillers or belong to the channel's name. */
static bool rest_is_filler(const struct line_key *key, size_t from, size_t to,
                           const struct line_key *name)
{
    for (size_t at = 0; at < key->n;) {
        const char *blank = memchr(key->text + at, ' ', key->n - at);
        size_t end = blank == NULL ? key->n : (size_t)(blank - key->text);
        char word[MAX_LINE_KEY + 1];
        (void)memcpy(word, key->text + at, end - at);
        word[end - at] = '\0';
        bool inside = at >= from && end <= to;
        if (!inside && !is_filler((struct tm_str){word, end - at}) &&
            (name->n == 0 || !key_has(name, word)))
            return false;
        at = end + 1;
    }
    return true;
}

/* Words of a line that does nothing but point at a link. */
static bool is_pointing(struct tm_str word)
{
    static const char *const words[] = {
        "подробнее", "подробности", "подробно", "читать", "читайте", "читай", "прочитать",
        "прочесть", "почитать", "смотреть", "смотрите", "смотри", "посмотреть", "слушать",
        "слушайте", "слушай", "послушать", "узнать", "узнайте", "ознакомиться", "переходите",
        "переходи", "перейти", "скачать", "открыть", "ссылка", "ссылке", "ссылки", "тут", "здесь",
        "источник", "источники", "первоисточник", "зеркало", "оригинал", "платформе", "платформах",
        "read", "watch", "listen", "source", "sources", "link", "here", "details", "download",
        "original", "mirror"};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (tm_str_is(word, words[i]))
            return true;
    return false;
}

static bool is_beside_pointing(struct tm_str word)
{
    static const char *const words[] = {
        "по", "на", "в", "и", "или", "об", "этом", "этой", "нас", "нашем", "нашей", "наш", "наше",
        "можно", "также", "еще", "ещё", "больше", "все", "всё", "полностью", "полную", "полный",
        "полная", "версию", "версия", "материал", "материале", "статья", "статью", "статье",
        "текст", "тексте", "репортаж", "репортаже", "интервью", "видео", "подкаст", "выпуск",
        "эпизод", "запись", "новость", "книгу", "книга", "репозиторий", "сайте", "сайт", "канале",
        "гайде", "гайд", "обзор", "обзоре", "других", "вашей", "любимой", "удобной", "youtube",
        "ютубе", "vk", "вк", "дзене", "telegram", "телеграм", "apple", "podcasts", "spotify",
        "яндекс", "музыке", "the", "full", "story", "article", "more", "at", "on", "our", "via",
        "see", "website", "site", "click", "this", "for", "to", "and", "or", "in", "learn", "find",
        "out", "video", "podcast", "episode", "paper", "report", "post", "blog", "github"};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (tm_str_is(word, words[i]))
            return true;
    return false;
}

bool is_pointer(const struct line_key *key)
{
    if (!key->whole || key->words == 0 || key->words > 10)
        return false;
    bool points = false;
    for (size_t at = 0; at < key->n;) {
        const char *blank = memchr(key->text + at, ' ', key->n - at);
        size_t end = blank == NULL ? key->n : (size_t)(blank - key->text);
        struct tm_str word = {key->text + at, end - at};
        bool pointing = is_pointing(word);
        if (!pointing && !is_beside_pointing(word))
            return false;
        points |= pointing;
        at = end + 1;
    }
    return points;
}

/* "Subscribe to Name of a Channel": a capital after the preposition, four words at most, and no
 * full stop that would make it a sentence. */
static bool subscribes_to_name(struct tm_str line)
{
    static const struct tm_str calls[] = {
        TM_STR_INIT("Подписаться на "), TM_STR_INIT("Подписывайся на "),
        TM_STR_INIT("Подписывайтесь на "), TM_STR_INIT("Подпишись на "),
        TM_STR_INIT("Подпишитесь на "), TM_STR_INIT("Subscribe to "), TM_STR_INIT("Join ")};
    line = tm_str_trim(line);
    for (size_t i = 0; i < sizeof calls / sizeof *calls; i++) {
        if (!tm_str_starts(line, calls[i]) || line.p[line.n - 1] == '.')
            continue;
        struct line_key name;
        make_line_key(slice(line, calls[i].n, line.n), &name);
        size_t at = calls[i].n;
        while (at < line.n && !tm_is_letter(tm_utf8_at(line.p, line.n, at)))
            (void)tm_utf8_next(line.p, line.n, &at);
        uint32_t first = tm_utf8_at(line.p, line.n, at);
        return name.words > 0 && name.words <= 4 && tm_lower(first) != first;
    }
    return false;
}

/* The key of a line of a few words, its @handles left out. */
static void key_without_handles(struct tm_str line, struct line_key *ret_key)
{
    char bytes[2 * MAX_LINE_KEY];
    size_t n = 0;
    for (size_t at = 0; at < line.n && n < sizeof bytes;) {
        size_t length = line.p[at] == '@' ? handle_length(line, at) : 0;
        if (length == 0)
            bytes[n++] = line.p[at++];
        at += length;
    }
    make_short_key((struct tm_str){bytes, n}, 10, ret_key);
}

bool is_footer_phrase(struct tm_str line, const struct line_key *key, bool linked,
                      struct tm_str channel)
{
    static const char *const heads[] = {
        "подписаться", "подписывайся", "подписывайтесь", "подпишись", "подпишитесь",
        "не забудьте подписаться", "не забудь подписаться", "прислать новость",
        "прислать материал", "прислать контент", "прислать фото", "пришлите новость",
        "присылайте новости", "предложить новость", "предложить пост", "предложка",
        "сообщить новость", "читать далее", "читать полностью", "читать статью", "читать нас",
        "читайте нас", "читайте далее", "наш канал", "наш чат", "наш telegram", "наш телеграм",
        "мы в telegram", "мы в телеграм", "мы в телеграме", "мы в вк", "мы во вконтакте",
        "мы в макс", "мы в max", "присоединяйтесь", "поддержать канал", "поддержать нас",
        "поддержать проект", "задонатить", "обсудить в чате", "обсудить в комментариях",
        "перешлите другу", "отправь другу", "здесь мы всегда на связи", "subscribe", "follow us",
        "join us", "join our", "join the channel", "join the chat", "read more", "read the full",
        "send news", "send us your news", "submit news", "support us", "support the channel",
        "donate", "our chat", "our channel", "share this channel", "leave a comment"};
    /* These begin sentences too: nothing but fillers, the name and handles may follow. */
    static const char *const bare[] = {
        "по вопросам рекламы", "по рекламе", "по поводу рекламы", "реклама и сотрудничество",
        "по вопросам сотрудничества", "сотрудничество", "для связи", "связь с нами",
        "связь с редакцией", "связаться с нами", "обратная связь", "написать нам", "пишите нам",
        "наш сайт", "наша группа", "наши соцсети", "мы в соцсетях", "наш бот", "наш канал в макс",
        "включайте уведомления", "включи уведомления", "делитесь с друзьями",
        "поделитесь с друзьями", "поделиться с друзьями", "ставьте лайки",
        "поддержите канал", "поддержите нас", "поддержать автора", "буст канала",
        "проголосовать за канал", "отдать голос каналу", "follow our", "follow me", "for ads",
        "for advertising", "for promotion", "advertise with us", "buy ads", "contact us",
        "contact admin", "our website", "our socials", "share with friends", "share this post",
        "like and subscribe", "turn on notifications", "sign up for our newsletter", "boost us",
        "boost the channel", "boost this channel", "check out our channel", "visit our website",
        "powered by", "join the discussion", "join the conversation"};
    static const char *const tails[] = {
        "подписаться", "подписывайся", "подписывайтесь", "подпишись", "subscribe", "join us"};
    if (!key->whole || key->words == 0 || key->words > 8)
        return false;
    if (subscribes_to_name(line))
        return true;
    struct line_key name;
    make_line_key(channel, &name);
    for (size_t i = 0; i < sizeof heads / sizeof *heads; i++)
        if (begins_with(key, heads[i]) &&
            (linked || rest_is_filler(key, 0, strlen(heads[i]), &name)))
            return true;
    struct line_key alone;
    key_without_handles(line, &alone);
    for (size_t i = 0; i < sizeof bare / sizeof *bare; i++)
        if ((linked || alone.words > 1) && begins_with(&alone, bare[i]) &&
            rest_is_filler(&alone, 0, strlen(bare[i]), &name))
            return true;
    for (size_t i = 0; i < sizeof tails / sizeof *tails; i++)
        if (ends_with(key, tails[i]) &&
            (linked || rest_is_filler(key, key->n - strlen(tails[i]), key->n, &name)))
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
