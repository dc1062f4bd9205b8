/* SPDX-License-Identifier: Apache-2.0 */
/* Links, handles and hashtags: where they begin, how long they are, and what becomes of links inside
 * the text. */
#ifdef __SSE2__
#include <emmintrin.h>
#endif

#include "base/str.h"
#include "clean/cleaning.h"

static bool is_url_byte(unsigned char byte)
{
    return byte > ' ' && byte != 0x7F && strchr("<>\"`{}|\\^", byte) == NULL;
}

/* Where a word begins: not inside a longer one. */
static bool at_word_start(struct tm_str text, size_t at)
{
    if (at == 0 || text.p[at - 1] == ' ' || text.p[at - 1] == '\n')
        return true;
    uint32_t before = tm_utf8_before(text.p, at);
    return before == TM_NO_CODE_POINT ||
           !(tm_is_letter(before) || tm_is_digit(before) || before == '_' || before == '.' ||
             before == '-' || before == '/' || before == '@');
}

/* Takes off what belongs to the sentence: closing punctuation, and a bracket that was opened
 * before the link. */
static size_t trim_url(struct tm_str text, size_t at, size_t end)
{
    bool round = memchr(text.p + at, '(', end - at) != NULL;
    bool square = memchr(text.p + at, '[', end - at) != NULL;
    for (;;) {
        uint32_t last = tm_utf8_before(text.p, end);
        size_t previous = tm_utf8_back(text.p, end);
        if (previous <= at)
            return end;
        if (last == ')' || last == ']') {
            if (last == ')' ? round : square)
                return end;
        } else if (last >= 0x80 ? last != 0xBB && last != 0x2026 && last != 0x201D &&
                                  last != 0x2014 && last != 0x2013
                                : strchr(".,;:!?'*_~", (int)last) == NULL) {
            return end;
        }
        end = previous;
    }
}

static size_t run_of_url(struct tm_str text, size_t at)
{
    size_t end = at;
    while (end < text.n) {
        size_t next = end;
        uint32_t cp = tm_utf8_next(text.p, text.n, &next);
        enum tm_rule rule;
        if (cp < 0x80 ? !is_url_byte((unsigned char)cp)
                      : is_blank(cp) || cp == 0xAB || cp == 0xBB || cp == 0x201C || cp == 0x201D)
            break;
        if (cp >= 0x2000 && emoji_length(text, end, &rule) != 0)
            break;
        end = next;
    }
    return trim_url(text, at, end) - at;
}

static bool starts_nocase(struct tm_str text, size_t at, const char *word)
{
    size_t n = strlen(word);
    return text.n - at >= n && tm_ascii_alike(text.p + at, word, n);
}

/* A bare domain counts with a path, and only under endings that no sentence makes by accident. */
static size_t bare_length(struct tm_str text, size_t at)
{
    static const char *const endings[] = {"me", "ru", "com", "org", "net", "io", "su", "info", "ly",
                                          "app", "cc", "tv", "by", "ua", "kz", "be", "eu", "uk",
                                          "de", "gov", "edu", "dev", "link", "online", "site", "club",
                                          "news", "media", "live", "pro", "co", "gl", "to", "gg"};
    enum { LONGEST_DOMAIN = 253 };
    size_t end = at;
    size_t dot = 0;
    while (end < text.n && end - at <= LONGEST_DOMAIN && (tm_is_letter((unsigned char)text.p[end]) ||
                            (text.p[end] >= '0' && text.p[end] <= '9') || text.p[end] == '-' ||
                            text.p[end] == '.')) {
        if ((unsigned char)text.p[end] >= 0x80)
            return 0;
        if (text.p[end] == '.')
            dot = end;
        end++;
    }
    bool host = dot >= at + 2 || starts_nocase(text, at, "t.me/");
    if (!host || end >= text.n || text.p[end] != '/' || end + 1 >= text.n ||
        (unsigned char)text.p[end + 1] <= ' ')
        return 0;
    for (size_t i = 0; i < sizeof endings / sizeof *endings; i++)
        if (strlen(endings[i]) == end - dot - 1 && starts_nocase(text, dot + 1, endings[i]))
            return run_of_url(text, at);
    return 0;
}

size_t url_length(struct tm_str text, size_t at)
{
    unsigned char byte = (unsigned char)text.p[at];
    if (byte >= 0x80 || !(tm_is_letter(byte) || (byte >= '0' && byte <= '9')) ||
        !at_word_start(text, at))
        return 0;
    static const char *const schemes[] = {"https://", "http://", "tg://", "ftp://", "www."};
    for (size_t i = 0; i < sizeof schemes / sizeof *schemes; i++) {
        size_t n = strlen(schemes[i]);
        if (starts_nocase(text, at, schemes[i]) && text.n - at > n &&
            is_url_byte((unsigned char)text.p[at + n]))
            return run_of_url(text, at);
    }
    return bare_length(text, at);
}

size_t handle_length(struct tm_str text, size_t at)
{
    if (text.p[at] != '@' || !at_word_start(text, at))
        return 0;
    size_t end = at + 1;
    while (end < text.n && (text.p[end] == '_' || (text.p[end] >= '0' && text.p[end] <= '9') ||
                            ((unsigned char)text.p[end] < 0x80 &&
                             tm_is_letter((unsigned char)text.p[end]))))
        end++;
    bool domain = end + 1 < text.n && text.p[end] == '.' &&
                  tm_is_letter(tm_utf8_at(text.p, text.n, end + 1));
    if (end - at < 4 || domain || !tm_is_letter((unsigned char)text.p[at + 1]))
        return 0;
    return end - at;
}

/* A line of the C preprocessor: a directive at its beginning, and what it is about. */
static bool is_directive(struct tm_str text, size_t at)
{
    static const struct tm_str with[] = {
        TM_STR_INIT("#define "), TM_STR_INIT("#undef "), TM_STR_INIT("#ifdef "),
        TM_STR_INIT("#ifndef "), TM_STR_INIT("#pragma "), TM_STR_INIT("#include <"),
        TM_STR_INIT("#include \""), TM_STR_INIT("#endif\n"), TM_STR_INIT("#endif /"),
        TM_STR_INIT("#else\n"), TM_STR_INIT("#if defined"), TM_STR_INIT("#if !")};
    if (at != 0 && text.p[at - 1] != '\n')
        return false;
    for (size_t i = 0; i < sizeof with / sizeof *with; i++)
        if (tm_str_starts(slice(text, at, text.n), with[i]))
            return true;
    return tm_str_is(slice(text, at, text.n), "#endif");
}

size_t hashtag_length(struct tm_str text, size_t at)
{
    if (text.p[at] != '#' || at + 1 >= text.n || is_directive(text, at))
        return 0;
    uint32_t before = tm_utf8_before(text.p, at);
    if (before != TM_NO_CODE_POINT && (tm_is_letter(before) || tm_is_digit(before) ||
                                       before == '&' || before == '/'))
        return 0;
    size_t end = at + 1;
    bool word = false;
    while (end < text.n) {
        size_t next = end;
        uint32_t cp = tm_utf8_next(text.p, text.n, &next);
        bool letter = tm_is_letter(cp) || (cp >= 0x300 && cp < 0x370);
        if (!letter && !tm_is_digit(cp) && cp != '_' && cp != 0xB7)
            break;
        word |= letter || cp == '_';
        end = next;
    }
    return word ? end - at : 0;
}

/* A link in the text goes, with brackets or a dangling preposition left alone around it: only the
 * blank before it, so that the sentence closes. */
static void drop_url(struct cleaning *c, size_t at, size_t end)
{
    struct tm_str text = c->text;
    size_t from = at;
    /* (см. …), (see …): nothing is left to see. */
    static const struct tm_str see[] = {TM_STR_INIT("(см. "), TM_STR_INIT("(См. "),
                                        TM_STR_INIT("(see "), TM_STR_INIT("(See "),
                                        TM_STR_INIT("(по ссылке "), TM_STR_INIT("(подробнее: ")};
    for (size_t i = 0; i < sizeof see / sizeof *see; i++)
        if (end < text.n && text.p[end] == ')' && from >= see[i].n &&
            memcmp(text.p + from - see[i].n, see[i].p, see[i].n) == 0)
            from -= see[i].n - 1;
    if (from > 0 && end < text.n && (text.p[from - 1] == '(' || text.p[from - 1] == '[') &&
        (text.p[end] == ')' || text.p[end] == ']')) {
        from--;
        end++;
    }
    while (from > 0 && text.p[from - 1] == ' ')
        from--;
    if (from == 0 || text.p[from - 1] == '\n')
        while (end < text.n && text.p[end] == ' ')
            end++;
    cut(c, TM_RULE_URL, from, end);
}

/* What a scheme or a domain is made of. */
static bool is_token_byte(char byte)
{
    return (unsigned char)((byte | 0x20) - 'a') < 26 || (byte >= '0' && byte <= '9') ||
           byte == '.' || byte == '-';
}

static bool is_hint(struct tm_str text, size_t at)
{
    return text.p[at] == '/' || (text.n - at > 4 && memcmp(text.p + at, "www.", 4) == 0);
}

/* Every link holds a slash, or begins with www: the next place where one may be. */
static size_t next_hint(struct tm_str text, size_t at)
{
#ifdef __SSE2__
    for (; at + 17 <= text.n; at += 16) {
        __m128i v = _mm_loadu_si128((const void *)(text.p + at));
        __m128i next = _mm_loadu_si128((const void *)(text.p + at + 1));
        __m128i w = _mm_set1_epi8('w');
        __m128i hit = _mm_or_si128(_mm_cmpeq_epi8(v, _mm_set1_epi8('/')),
                                   _mm_and_si128(_mm_cmpeq_epi8(v, w), _mm_cmpeq_epi8(next, w)));
        for (unsigned m = (unsigned)_mm_movemask_epi8(hit); m != 0; m &= m - 1) {
            size_t place = at + (size_t)__builtin_ctz(m);
            if (is_hint(text, place))
                return place;
        }
    }
#endif
    while (at < text.n && !is_hint(text, at))
        at++;
    return at;
}

bool next_url(struct tm_str text, size_t from, size_t *ret_start, size_t *ret_length)
{
    size_t floor = from;
    while (from < text.n) {
        size_t hint = next_hint(text, from);
        if (hint >= text.n)
            return false;
        bool scheme = hint > floor && text.p[hint - 1] == ':';
        size_t start = scheme ? hint - 1 : hint;
        while (start > floor && is_token_byte(text.p[start - 1]))
            start--;
        /* Signs before the first letter belong to the text. */
        while (start < hint && !tm_is_letter((unsigned char)text.p[start]) &&
               !tm_is_digit((unsigned char)text.p[start]))
            start++;
        size_t length = url_length(text, start);
        if (length != 0) {
            *ret_start = start;
            *ret_length = length;
            return true;
        }
        from = hint + 1;
        floor = from;           /* what was tried is not tried again */
    }
    return false;
}

void rule_url(struct cleaning *c)
{
    enum tm_url_mode mode = c->cleaner->options.urls;
    struct tm_str text = c->text;
    size_t start = 0;
    size_t length = 0;
    for (size_t at = 0; mode != TM_URL_KEEP && next_url(text, at, &start, &length);
         at = start + length) {
        note_url(c, slice(text, start, start + length));
        if (mode == TM_URL_TOKEN)
            cut_put(c, TM_RULE_URL, start, start + length, TM_STR("<URL>"));
        else
            drop_url(c, start, start + length);
    }
}

void rule_hashtag(struct cleaning *c)
{
    struct tm_str text = c->text;
    for (size_t at = 0; at < text.n; at++) {
        const char *mark = memchr(text.p + at, '#', text.n - at);
        if (mark == NULL)
            return;
        at = (size_t)(mark - text.p);
        size_t length = hashtag_length(text, at);
        if (length == 0)
            continue;
        size_t end = at + length;
        note_hashtag(c, slice(text, at + 1, end));
        cut(c, TM_RULE_HASHTAG, at, at + 1);
        for (size_t i = at + 1; i < end && !c->cleaner->options.keep_underscore; i++)
            if (text.p[i] == '_')
                rewrite(c, TM_RULE_HASHTAG, i, i + 1, TM_STR(" "));
        at = end - 1;
    }
}
