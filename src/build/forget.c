/* SPDX-License-Identifier: Apache-2.0 */
#include "build/forget.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/str.h"

void tm_forget_finish(struct tm_forget *forget)
{
    free(forget->digests);
    *forget = (struct tm_forget){0};
}

static bool is_id(const char *entry)
{
    return strncmp(entry, "tg-", 3) == 0 || strncmp(entry, "web-", 4) == 0 ||
           strncmp(entry, "raw-", 4) == 0;
}

static bool digest_of(const char *kind, struct tm_str text, char ret_digest[TM_SHA256_HEX])
{
    struct tm_buf buf = {0};
    tm_buf_text(&buf, kind);
    tm_buf_str(&buf, text);
    bool good = !buf.failed && tm_sha256_of(buf.p, buf.n, ret_digest);
    tm_buf_finish(&buf);
    return good;
}

bool tm_forget_digest(const char *entry, char ret_digest[TM_SHA256_HEX])
{
    static const char mark[] = "sha256:";
    static const char *const kinds[] = {"doc:", "author:", "source:"};
    if (strncmp(entry, mark, sizeof mark - 1) == 0) {
        const char *digits = entry + sizeof mark - 1;
        if (strlen(digits) != TM_SHA256_HEX - 1 ||
            strspn(digits, "0123456789abcdef") != TM_SHA256_HEX - 1)
            return false;
        memcpy(ret_digest, digits, TM_SHA256_HEX);
        return true;
    }
    if (is_id(entry))
        return digest_of("doc:", tm_str_of(entry), ret_digest);
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (strncmp(entry, kinds[i], strlen(kinds[i])) == 0 && entry[strlen(kinds[i])] != '\0')
            return digest_of("", tm_str_of(entry), ret_digest);
    return false;
}

bool tm_forget_add(struct tm_forget *forget, const char digest[TM_SHA256_HEX])
{
    char (*digests)[TM_SHA256_HEX] = realloc(forget->digests,
                                             (forget->n + 1) * sizeof *forget->digests);
    if (digests == NULL)
        return false;
    forget->digests = digests;
    memcpy(digests[forget->n++], digest, TM_SHA256_HEX);
    return true;
}

static int order(const void *a, const void *b)
{
    return strcmp(a, b);
}

void tm_forget_sort(struct tm_forget *forget)
{
    size_t kept = 0;
    if (forget->n > 1)
        qsort(forget->digests, forget->n, sizeof *forget->digests, order);
    for (size_t i = 0; i < forget->n; i++)
        if (kept == 0 || strcmp(forget->digests[kept - 1], forget->digests[i]) != 0)
            memmove(forget->digests[kept++], forget->digests[i], TM_SHA256_HEX);
    forget->n = kept;
}

static bool has(const struct tm_forget *forget, const char *kind, struct tm_str text)
{
    char digest[TM_SHA256_HEX];
    return text.n != 0 && digest_of(kind, text, digest) &&
           bsearch(digest, forget->digests, forget->n, sizeof *forget->digests, order) != NULL;
}

bool tm_forget_has(const struct tm_forget *forget, const struct tm_doc *doc)
{
    return forget->n != 0 && (has(forget, "doc:", doc->doc_id) ||
                              has(forget, "author:", doc->author) ||
                              has(forget, "source:", doc->source_key));
}
