/* SPDX-License-Identifier: Apache-2.0 */
#include "source/ident.h"

#include <string.h>

#include "base/buf.h"
#include "base/hash.h"
#include "base/str.h"

#define SAFE_SOURCE 64      /* longest source that is written into a doc_id as it stands */

static bool digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool all_digits(struct tm_str text)
{
    for (size_t i = 0; i < text.n; i++) {
        if (!digit(text.p[i]))
            return false;
    }
    return text.n != 0;
}

static struct tm_str without_zeros(struct tm_str digits)
{
    while (digits.n > 1 && digits.p[0] == '0') {
        digits.p++;
        digits.n--;
    }
    return digits;
}

int64_t tm_ident_integer(struct tm_str text)
{
    if (text.n == 0)
        return TM_UNKNOWN;
    bool minus = text.p[0] == '-';
    struct tm_str digits = {text.p + minus, text.n - minus};
    if (!all_digits(digits) || without_zeros(digits).n > 18)
        return TM_UNKNOWN;
    int64_t value = 0;
    for (size_t i = 0; i < digits.n; i++)
        value = value * 10 + (digits.p[i] - '0');
    return minus ? -value : value;
}

struct tm_str tm_ident_channel(struct tm_str text)
{
    if (text.n != 0 && text.p[0] == '-') {
        text.p++;
        text.n--;
        /* -1000000000000 - id: the mark is a one and as many zeros as make thirteen digits. */
        if (text.n >= 13 && memcmp(text.p, "100", 3) == 0) {
            text.p++;
            text.n--;
        }
    }
    return all_digits(text) ? without_zeros(text) : TM_STR_UNKNOWN;
}

/* Takes one path segment off `rest`. */
static struct tm_str segment(struct tm_str *rest)
{
    const char *slash = rest->n == 0 ? NULL : memchr(rest->p, '/', rest->n);
    struct tm_str head = {rest->p, slash == NULL ? rest->n : (size_t)(slash - rest->p)};
    size_t taken = head.n + (slash != NULL);
    rest->p += taken;
    rest->n -= taken;
    return head;
}

bool tm_ident_link(struct tm_str url, struct tm_ident_link *ret_link)
{
    static const char *const hosts[] = {"https://t.me/", "http://t.me/", "https://telegram.me/",
                                        "http://telegram.me/", "t.me/"};
    struct tm_str rest = TM_STR_UNKNOWN;
    for (size_t i = 0; i < sizeof hosts / sizeof *hosts && rest.p == NULL; i++) {
        struct tm_str host = tm_str_of(hosts[i]);
        if (tm_str_starts(url, host))
            rest = (struct tm_str){url.p + host.n, url.n - host.n};
    }
    if (rest.p == NULL)
        return false;
    struct tm_ident_link link = {0};
    struct tm_str first = segment(&rest);
    bool by_id = tm_str_is(first, "c");
    if (by_id || tm_str_is(first, "s"))
        first = segment(&rest);
    *(by_id ? &link.channel : &link.handle) = first;
    struct tm_str id = segment(&rest);
    while (rest.n != 0 && all_digits(id) && digit(rest.p[0]))   /* t.me/HANDLE/TOPIC/ID */
        id = segment(&rest);
    size_t n = 0;
    while (n < id.n && digit(id.p[n]))
        n++;
    bool tail = n == id.n || id.p[n] == '?' || id.p[n] == '#';
    link.message = (struct tm_str){id.p, n};
    if (first.n == 0 || n == 0 || !tail || (by_id && !all_digits(first)))
        return false;
    *ret_link = link;
    return true;
}

static bool safe_source(struct tm_str source)
{
    if (source.n == 0 || source.n > SAFE_SOURCE || all_digits(source))
        return false;
    for (size_t i = 0; i < source.n; i++) {
        char c = source.p[i];
        bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
        if (!letter && !digit(c) && c != '_' && c != '-' && (c != '.' || i == 0))
            return false;
    }
    return true;
}

static void digest_of(struct tm_str text, char ret_hex[33])
{
    tm_hash128_hex(tm_hash128_of(text.p, text.n), ret_hex);
}

/* Digest of the two digests, so that no text can pass for the end of a source. */
static void digest_of_both(struct tm_str source, struct tm_str text, char ret_hex[33])
{
    struct tm_hash128 both[2] = {tm_hash128_of(source.p, source.n),
                                 tm_hash128_of(text.p, text.n)};
    uint64_t words[4] = {both[0].high, both[0].low, both[1].high, both[1].low};
    unsigned char bytes[32];
    for (size_t i = 0; i < sizeof bytes; i++)
        bytes[i] = (unsigned char)(words[i / 8] >> (8 * (i % 8)));
    tm_hash128_hex(tm_hash128_of(bytes, sizeof bytes), ret_hex);
}

/* The message's part of the keys: digits padded to 20 for the one, bare for the other; a digest
 * where the id is no number. */
static void message_parts(struct tm_str message, char ret_key[33], char ret_name[33])
{
    if (all_digits(message) && without_zeros(message).n <= 20) {
        struct tm_str digits = without_zeros(message);
        memset(ret_key, '0', 20);
        memcpy(ret_key + 20 - digits.n, digits.p, digits.n);
        ret_key[20] = '\0';
        memcpy(ret_name, digits.p, digits.n);
        ret_name[digits.n] = '\0';
    } else {
        digest_of(message, ret_key);
        memcpy(ret_name, ret_key, 33);
    }
}

/* Appends to a buffer that is large enough by construction; the new end. */
static char *append(char *end, const char *p, size_t n)
{
    memcpy(end, p, n);
    return end + n;
}

/* tg-SOURCE-MESSAGE; of a source that is no number and no safe name, sixteen digits of its
 * digest. */
static size_t tg_name(const struct tm_ident *ident, const char *message, char *ret_id)
{
    char hex[33], *end = append(ret_id, "tg-", 3);
    bool plain = ident->source.n <= SAFE_SOURCE && (ident->source_id || safe_source(ident->source));
    if (!plain)
        digest_of(ident->source, hex);
    end = plain ? append(end, ident->source.p, ident->source.n) : append(end, hex, 16);
    end = append(end, "-", 1);
    end = append(end, message, strlen(message));
    return (size_t)(end - ret_id);
}

struct tm_str tm_ident_host(struct tm_str url)
{
    const char *colon = url.n == 0 ? NULL : memmem(url.p, url.n, "://", 3);
    if (colon == NULL)
        return TM_STR_UNKNOWN;
    const char *host = colon + 3, *end = host;
    while (end < url.p + url.n && memchr("/?#", *end, 3) == NULL)
        end++;
    return end == host ? TM_STR_UNKNOWN : (struct tm_str){host, (size_t)(end - host)};
}

bool tm_ident_fill(const struct tm_ident *ident, struct tm_arena *arena, struct tm_doc *doc)
{
    char key[33], name[33], id[SAFE_SOURCE + 64];
    size_t n;
    if (ident->message.n != 0) {
        message_parts(ident->message, key, name);
        n = tg_name(ident, name, id);
    } else if (ident->url.n != 0) {
        digest_of(ident->url, key);
        n = (size_t)(append(append(id, "web-", 4), key, 32) - id);
    } else {
        digest_of(doc->text, key);
        digest_of_both(ident->source, doc->text, name);
        n = (size_t)(append(append(id, "raw-", 4), name, 32) - id);
    }
    doc->source_key = tm_arena_copy(arena, ident->source);
    doc->message_key = tm_arena_copy(arena, tm_str_of(key));
    doc->doc_id = tm_arena_copy(arena, (struct tm_str){id, n});
    return doc->source_key.p != NULL && doc->message_key.p != NULL && doc->doc_id.p != NULL;
}
